// Package javascript reads JavaScript and TypeScript sources: their tree, and
// what they export in each of the ways modules do.
package javascript

import (
	"path"
	"strings"
	"sync"

	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"

	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/treesitter"
)

var (
	plainLanguage = sync.OnceValue(func() *treesitter.Language {
		return treesitter.NewLanguage("javascript", javascript.Language())
	})
	typedLanguage = sync.OnceValue(func() *treesitter.Language {
		return treesitter.NewLanguage("typescript", typescript.LanguageTypescript())
	})
	typedMarkupLanguage = sync.OnceValue(func() *treesitter.Language {
		return treesitter.NewLanguage("tsx", typescript.LanguageTSX())
	})
)

// Extensions lists the file name endings this package reads.
func Extensions() []string {
	return []string{".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}
}

// Parse parses the source with the grammar that goes with the ending of the
// file's name; without a known ending it is taken for JavaScript. Syntax errors
// are marked in the tree. The error is a *syntax.LimitError when the source is
// too large or too costly to parse.
func Parse(name string, source []byte) (*syntax.Tree, error) {
	return languageOf(name).Parse(name, source)
}

func languageOf(name string) *treesitter.Language {
	switch strings.ToLower(path.Ext(name)) {
	case ".ts", ".mts", ".cts":
		return typedLanguage()
	case ".tsx":
		return typedMarkupLanguage()
	default: // JSX is part of the JavaScript grammar
		return plainLanguage()
	}
}
