// Package python reads Python sources: their tree, and the names a module
// defines at its top.
package python

import (
	"sync"

	python "github.com/tree-sitter/tree-sitter-python/bindings/go"

	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/treesitter"
)

var language = sync.OnceValue(func() *treesitter.Language {
	return treesitter.NewLanguage("python", python.Language())
})

// Parse parses the source. Syntax errors are marked in the tree. The error is a
// *syntax.LimitError when the source is too large or too costly to parse.
func Parse(name string, source []byte) (*syntax.Tree, error) {
	return language().Parse(name, source)
}
