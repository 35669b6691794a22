package golang

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/syntax"
)

func describe(defs []syntax.Def) string {
	var lines []string
	for _, def := range defs {
		lines = append(lines, def.String())
	}
	return strings.Join(lines, "\n")
}

func symbolsOf(t *testing.T, source string) *syntax.Symbols {
	t.Helper()
	symbols, err := Symbols("main.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return symbols
}

func TestDefs(t *testing.T) {
	symbols := symbolsOf(t, `package orders

func Create(ctx context.Context, a, b string, rest ...int) error { return nil }
func Unnamed(string) {}
func (s *Store[T]) Save(order T) {}
`)
	want := `Create: function(ctx, a, b, rest) at 3:1
Unnamed: function(_) at 4:1
Save: function(order) of Store at 5:1`
	if diff := cmp.Diff(want, describe(symbols.Defs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if symbols.PackageMain || symbols.Broken {
		t.Errorf("main: %v, broken: %v", symbols.PackageMain, symbols.Broken)
	}
}

func TestHandlers(t *testing.T) {
	examples := []struct {
		name string
		code string // follows the package clause and the imports, from line 5
		want string
	}{
		{"a function", `
			func handle(ctx context.Context, event Event) error { return nil }
			func main() { lambda.Start(handle) }`, `
			handle: function(ctx, event) at 5:1`},
		{"with options", `
			func handle(event Event) {}
			func main() { lambda.StartWithOptions(handle, lambda.WithContext(ctx)) }`, `
			handle: function(event) at 5:1`},
		{"with a context", `
			func handle(event Event) {}
			func main() { lambda.StartWithContext(ctx, handle) }`, `
			handle: function(event) at 5:1`},
		{"with types", `
			func handle(event Event) {}
			func main() { lambda.StartHandlerFunc[Event, any](handle) }`, `
			handle: function(event) at 5:1`},
		{"written in place", `func main() { lambda.Start(func(event Event) {}) }`, `
			func: function(event) at 5:28`},
		{"a variable", `
			func main() {
			  handle := func(event Event) {}
			  lambda.Start(handle)
			}`, `
			handle: function(event) at 6:13`},
		{"a method of a new value", `
			func (a *App) Handle(event Event) {}
			func (b *Other) Handle(other Event) {}
			func main() { a := &App{}; lambda.Start(a.Handle) }`, `
			Handle: function(event) of App at 5:1`},
		{"a method of what a function returns", `
			func NewApp() (*App, error) { return nil, nil }
			func (b Other) Handle(other Event) {}
			func (a App) Handle(event Event) {}
			func main() { a, err := NewApp(); lambda.Start(a.Handle) }`, `
			Handle: function(event) of App at 7:1`},
		{"the only method of the name", `
			func (a App) Handle(event Event) {}
			func main() { lambda.Start(wire().Handle) }`, `
			Handle: function(event) of App at 5:1`},
		{"a handler value", `
			func (a App) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return nil, nil }
			func main() { a := App{}; lambda.StartHandler(a) }`, `
			Invoke: function(ctx, payload) of App at 5:1`},
		{"a wrapped function", `
			func handle(event Event) {}
			func main() { lambda.Start(otellambda.InstrumentHandler(handle)) }`, `
			handle: wrapped function(event) at 5:1`},
		{"a function of another package", `func main() { lambda.Start(orders.Handle) }`, `orders.Handle: value at 5:28`},
		{"a function of another file", `func main() { lambda.Start(handle) }`, `handle: value at 5:28`},
		{"nothing for the runtime", `func main() { other.Start(handle) }`, ``},
	}
	for _, example := range examples {
		t.Run(example.name, func(t *testing.T) {
			code := strings.TrimSpace(strings.ReplaceAll(example.code, "\n\t\t\t", "\n"))
			want := strings.TrimSpace(strings.ReplaceAll(example.want, "\n\t\t\t", "\n"))
			symbols := symbolsOf(t, "package main\n\nimport \"github.com/aws/aws-lambda-go/lambda\"\n\n"+code)
			if diff := cmp.Diff(want, describe(symbols.Handlers)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !symbols.PackageMain || symbols.Broken {
				t.Errorf("main: %v, broken: %v", symbols.PackageMain, symbols.Broken)
			}
		})
	}
}

func TestHandlersUnderAnotherImportName(t *testing.T) {
	symbols := symbolsOf(t, `package main

import aws "github.com/aws/aws-lambda-go/lambda"

func main() { aws.Start(handle); lambda.Start(other) }
`)
	if got, want := describe(symbols.Handlers), "handle: value at 5:25"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHandlersOnlyInPrograms(t *testing.T) {
	symbols := symbolsOf(t, `package start

import "github.com/aws/aws-lambda-go/lambda"

func Start() { lambda.Start(handle) }
`)
	if len(symbols.Handlers) > 0 {
		t.Errorf("got %v", symbols.Handlers)
	}
}

func TestBrokenSourceGivesWhatParses(t *testing.T) {
	symbols := symbolsOf(t, "package main\n\nfunc a() {}\n\nfunc b() { x := = 1 }\n")
	if !symbols.Broken {
		t.Error("the syntax error is not reported")
	}
	if _, ok := symbols.Def("a"); !ok {
		t.Errorf("a is missing in %v", symbols.Defs)
	}
}

func TestEmptySource(t *testing.T) {
	if symbols := symbolsOf(t, ""); !symbols.Broken || len(symbols.Defs) > 0 {
		t.Errorf("got %+v", symbols)
	}
}

func TestLargeSourceIsRefused(t *testing.T) {
	_, err := Symbols("big.go", bytes.Repeat([]byte("\n"), syntax.MaxSource+1))
	var limit *syntax.LimitError
	if !errors.As(err, &limit) {
		t.Fatalf("got %v, want a LimitError", err)
	}
}

func FuzzSymbols(f *testing.F) {
	for _, seed := range []string{
		"package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\nfunc main() { a := &A{}; lambda.Start(w(a.H)) }\nfunc (a *A) H(int, x, y string) {}",
		"package main\nimport l \"github.com/aws/aws-lambda-go/lambda\"\nvar h, g = g, h\nfunc main() { l.StartHandlerFunc[A, B](h) }",
		"package p\nfunc (x) F[T any](...int)\nfunc (",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		symbols, err := Symbols("a.go", source)
		if err != nil {
			return
		}
		for _, def := range append(symbols.Defs, symbols.Handlers...) {
			if def.Start < 0 || def.End < def.Start || def.End > len(source) || def.Line < 1 || def.Col < 1 {
				t.Errorf("%+v lies outside of %d bytes", def, len(source))
			}
		}
	})
}
