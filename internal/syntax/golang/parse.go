package golang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
)

// Parse parses a source. Where it has mistakes, the declarations that have some are left out, so that the others are read; the places of
// what is read are those of the source.
func Parse(name string, source []byte) (*token.FileSet, *ast.File, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, name, source, mode)
	if err == nil {
		return files, tree, nil
	}
	mended := token.NewFileSet()
	if rest, other := parser.ParseFile(mended, name, withoutMistakes(source), mode); other == nil {
		return mended, rest, err
	}
	return files, tree, err
}

const mode = parser.SkipObjectResolution | parser.ParseComments

// begins is where a declaration begins, as everybody formats them.
var begins = regexp.MustCompile(`(?m)^(?:func|type|var|const|import)\b`)

// mostParts bounds how many declarations of a file are tried one by one.
const mostParts = 2_000

// withoutMistakes is a source with spaces for the declarations that do not parse.
func withoutMistakes(source []byte) []byte {
	starts := begins.FindAllIndex(source, mostParts)
	out := append([]byte(nil), source...)
	for i, at := range starts {
		end := len(source)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		part := append([]byte("package p\n"), source[at[0]:end]...)
		if _, err := parser.ParseFile(token.NewFileSet(), "", part, parser.SkipObjectResolution); err == nil {
			continue
		}
		for j := at[0]; j < end; j++ {
			if out[j] != '\n' {
				out[j] = ' '
			}
		}
	}
	return out
}
