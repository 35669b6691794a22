// Command gen builds the table of the event types of Go from the module that SOURCE.md names.
//
//	go run ./gen [-module DIR] OUT
//
// Without -module it downloads the module. The same module gives the same bytes.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

const module = "github.com/aws/aws-lambda-go@v1.55.1"

func main() {
	dir := flag.String("module", "", "folder that has the module already")
	flag.Parse()
	if err := run(*dir, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir, out string) error {
	if dir == "" {
		text, err := exec.Command("go", "mod", "download", "-json", module).Output()
		if err != nil {
			return err
		}
		var m struct{ Dir string }
		if err := json.Unmarshal(text, &m); err != nil {
			return err
		}
		dir = m.Dir
	}
	files, err := filepath.Glob(filepath.Join(dir, "events", "*.go"))
	if err != nil {
		return err
	}
	all := map[string]*ast.StructType{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if t, ok := n.(*ast.TypeSpec); ok && t.Name.IsExported() {
				if s, ok := t.Type.(*ast.StructType); ok {
					all[t.Name.Name] = s
				}
			}
			return true
		})
	}
	var rows []string
	for name, s := range all {
		rows = append(rows, fields(name, s, all)...)
	}
	sort.Strings(rows)
	return os.WriteFile(filepath.Join(out, "golang.tsv"), []byte("type\tfield\tjson\tof\n"+strings.Join(rows, "\n")+"\n"), 0o600)
}

// computed are fields that the module makes out of others when it reads an event, and out of which.
var computed = map[string]string{"S3Object.URLDecodedKey": "key"}

// fields are the rows of a struct, with the fields of the structs that it holds without a name.
func fields(of string, s *ast.StructType, all map[string]*ast.StructType) []string {
	var out []string
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			out = append(out, embedded(of, f, all)...)
		}
		for _, name := range f.Names {
			if tag := tagOf(f); name.IsExported() && tag != "-" {
				if tag == "" {
					tag = name.Name
				}
				if made := computed[of+"."+name.Name]; made != "" {
					tag = made
				}
				out = append(out, strings.Join([]string{of, name.Name, tag, typeOf(f.Type)}, "\t"))
			}
		}
	}
	return out
}

// embedded are the rows of a field that has no name but that of its type.
func embedded(of string, f *ast.Field, all map[string]*ast.StructType) []string {
	name := typeOf(f.Type)
	if tag := tagOf(f); tag != "" {
		return []string{strings.Join([]string{of, name, tag, name}, "\t")}
	}
	if s := all[name]; s != nil {
		return fields(of, s, all)
	}
	return nil
}

func tagOf(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	text, _ := strconv.Unquote(f.Tag.Value)
	name, _, _ := strings.Cut(reflect.StructTag(text).Get("json"), ",")
	return name
}

// typeOf is a type as the table has it: a name, [] before the type of a list's elements; empty for maps and others.
func typeOf(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return typeOf(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.ArrayType:
		if of := typeOf(t.Elt); of != "" && of != "byte" {
			return "[]" + of
		}
	}
	return ""
}
