// Package lower turns syntax trees into the small language of package ir.
package lower

import (
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/javascript"
	"wardlet.example/internal/syntax/python"
)

// File reads a source file by the language that its name tells; nil for other languages, and where the parser refuses it, with
// the reason.
func File(path string, source []byte) (*ir.File, error) {
	language := LanguageOf(path)
	switch language {
	case ir.Node:
		tree, err := javascript.Parse(path, source)
		if err != nil {
			return nil, err
		}
		f := newFile(path, language, tree)
		j := &js{lowering{file: f, t: tree}}
		f.Body = j.body(tree.Root())
		return f, nil
	case ir.Python:
		tree, err := python.Parse(path, source)
		if err != nil {
			return nil, err
		}
		f := newFile(path, language, tree)
		p := &py{lowering{file: f, t: tree}}
		f.Body = p.body(tree.Root())
		return f, nil
	case ir.Go:
		return goFile(path, source)
	}
	return nil, nil
}

func newFile(path string, language ir.Language, tree *syntax.Tree) *ir.File {
	return &ir.File{Path: path, Language: language, Tree: tree, Broken: tree.Broken(), Cut: tree.Truncated}
}

// LanguageOf is the language of a file by its name; empty for others.
func LanguageOf(path string) ir.Language {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return ""
	}
	switch path[dot:] {
	case ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx":
		if strings.HasSuffix(path, ".d.ts") {
			return ""
		}
		return ir.Node
	case ".py":
		return ir.Python
	case ".go":
		if strings.HasSuffix(path, "_test.go") {
			return ""
		}
		return ir.Go
	}
	return ""
}

// lowering is what both languages share.
type lowering struct {
	file  *ir.File
	t     *syntax.Tree
	depth int
}

// maxDepth bounds how deep expressions and statements are followed.
const maxDepth = 1_000

// deep reports whether it goes too deep, and counts; call up when done.
func (l *lowering) deep() bool {
	l.depth++
	if l.depth > maxDepth && l.file.Cut == "" {
		l.file.Cut = "it is nested more than " + strconv.Itoa(maxDepth) + " levels deep"
	}
	return l.depth > maxDepth
}

func (l *lowering) up() { l.depth-- }

func (l *lowering) expr(kind ir.Kind, node int) *ir.Expr {
	n := l.t.Nodes[node]
	return &ir.Expr{Kind: kind, At: int32(n.Start), End: int32(n.End)}
}

func (l *lowering) constant(node int, text string) *ir.Expr {
	e := l.expr(ir.Const, node)
	e.Str = text
	return e
}

func (l *lowering) stmt(kind ir.StmtKind, node int) *ir.Stmt {
	return &ir.Stmt{Kind: kind, At: int32(l.t.Nodes[node].Start)}
}

func (l *lowering) function(node int) *ir.Func {
	n := l.t.Nodes[node]
	return &ir.Func{File: l.file, Start: int32(n.Start), End: int32(n.End)}
}

// unquoted is the text of a string literal.
func (l *lowering) unquoted(node int) string {
	s := l.t.Text(node)
	s = strings.TrimLeft(s, "rRbBuUfF")
	for _, q := range []string{`"""`, `'''`, `"`, `'`, "`"} {
		if strings.HasPrefix(s, q) && strings.HasSuffix(s, q) && len(s) >= 2*len(q) {
			return s[len(q) : len(s)-len(q)]
		}
	}
	return s
}
