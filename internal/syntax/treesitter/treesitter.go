// Package treesitter fills flat syntax trees with the tree-sitter parsers. It is
// the only package of the project that contains C.
//
// A crash in C cannot be recovered and its memory is invisible to Go's limits,
// so sources are bounded before they get there: by size, by the steps the parser
// may take, and by depth. None of the bounds is a time, so the same source gives
// the same tree on every machine.
package treesitter

// #cgo CFLAGS: -std=c11 -O2 -pthread
// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	// Linked for its C code, which bridge.c calls.
	_ "github.com/tree-sitter/go-tree-sitter"

	"wardlet.example/internal/syntax"
)

// Language is one tree-sitter grammar, ready to parse. It can be used by many
// at a time.
type Language struct {
	pointer *C.TSLanguage
	grammar *syntax.Grammar
}

// useCountingAllocator changes a setting of the C library, which must not happen
// twice while parsers run.
var useCountingAllocator = sync.OnceFunc(func() { C.wardlet_use_counting_allocator() })

// NewLanguage takes the pointer that a grammar's Go module returns, and reads
// the names of its kinds and fields. Call it once for each grammar and keep the
// result.
func NewLanguage(name string, grammar unsafe.Pointer) *Language {
	useCountingAllocator()
	pointer := (*C.TSLanguage)(grammar)
	return &Language{
		pointer: pointer,
		grammar: &syntax.Grammar{Language: name, Kinds: kindNames(pointer), Fields: fieldNames(pointer)},
	}
}

// kindNames ends with a kind tree-sitter gives no number of its own: the text
// that could not be parsed.
func kindNames(pointer *C.TSLanguage) []string {
	names := make([]string, int(C.wardlet_kind_count(pointer)), int(C.wardlet_kind_count(pointer))+1)
	for i := range names {
		names[i] = C.GoString(C.wardlet_kind_name(pointer, C.uint16_t(i)))
	}
	return append(names, "ERROR")
}

func fieldNames(pointer *C.TSLanguage) []string {
	names := make([]string, int(C.wardlet_field_count(pointer))+1)
	for i := 1; i < len(names); i++ {
		names[i] = C.GoString(C.wardlet_field_name(pointer, C.uint16_t(i)))
	}
	return names
}

// Parse parses the source. Syntax errors are no error: they are marked in the
// tree, beside everything that could be parsed. A *syntax.LimitError says that
// the source is too large or too much work to parse; a tree that nests too deep
// is cut and says so in Truncated.
func (l *Language) Parse(name string, source []byte) (*syntax.Tree, error) {
	if err := syntax.CheckSize(name, source); err != nil {
		return nil, err
	}
	tree, _, err := l.parse(name, source, allowed(len(source)))
	return tree, err
}

// work is what a parse takes: steps of 100 operations, and the bytes of memory
// asked for in all.
type work struct {
	steps, bytes int
}

// allowed returns the work a source of the size may take. Code people write takes
// up to 19 steps for a kilobyte and 85 bytes for a byte; what takes many times
// that is made of errors. The largest source may take about 160 MB, which is
// well under a second.
func allowed(size int) work {
	return work{steps: 2000 + size/10, bytes: 32<<20 + size*250}
}

// parse also returns the work it took.
func (l *Language) parse(name string, source []byte, limit work) (*syntax.Tree, work, error) {
	text := (*C.char)(unsafe.Pointer(unsafe.SliceData(source)))
	budget := C.wardlet_budget{steps: C.uint32_t(limit.steps), bytes: C.uint64_t(limit.bytes)}
	out := C.wardlet_parse(l.pointer, text, C.uint32_t(len(source)), budget, syntax.MaxDepth)
	defer C.free(unsafe.Pointer(out.nodes))
	used := work{steps: int(out.used.steps), bytes: int(out.used.bytes)}
	if err := statusError(name, int(out.status)); err != nil {
		return nil, used, err
	}
	tree := syntax.NewTree(name, source, copyNodes(out), l.grammar)
	if out.too_deep {
		tree.Truncated = fmt.Sprintf("nested deeper than %d levels", syntax.MaxDepth)
	}
	return tree, used, nil
}

func copyNodes(out C.wardlet_tree) []syntax.Node {
	nodes := make([]syntax.Node, int(out.count))
	copy(nodes, unsafe.Slice((*syntax.Node)(unsafe.Pointer(out.nodes)), int(out.count)))
	return nodes
}

// The layouts on both sides must agree.
var _ = [1]struct{}{}[unsafe.Sizeof(syntax.Node{})-C.sizeof_wardlet_node]

// statusError turns what C reported into an error, or nil.
func statusError(name string, status int) error {
	switch status {
	case C.WARDLET_OK:
		return nil
	case C.WARDLET_OVER_BUDGET:
		return &syntax.LimitError{Name: name, Reason: "the parser has too much work with it for its size"}
	case C.WARDLET_BAD_LANGUAGE:
		return errors.New(name + ": grammar and parser do not fit together")
	case C.WARDLET_NO_THREAD:
		return errors.New(name + ": no thread to parse on")
	default:
		return errors.New(name + ": not enough memory to parse")
	}
}
