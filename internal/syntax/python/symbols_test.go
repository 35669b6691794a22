package python

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/syntax"
)

// describe writes the names a file defines, one a line.
func describe(symbols *syntax.Symbols) string {
	var lines []string
	for _, def := range symbols.Defs {
		lines = append(lines, def.String())
	}
	for _, reexport := range symbols.Reexports {
		lines = append(lines, reexport.String())
	}
	return strings.Join(lines, "\n")
}

func symbolsOf(t *testing.T, source string) *syntax.Symbols {
	t.Helper()
	symbols, err := Symbols("orders.py", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return symbols
}

func TestSymbols(t *testing.T) {
	examples := []struct {
		name, source, want string
	}{
		{"a function", `
			def handler(event, context):
			    pass`, `
			handler: function(event, context) at 1:1`},
		{"all kinds of parameters", `
			async def run(a, /, b: int, c=1, d: str = "", *rest, e, **more):
			    pass`, `
			run: function(a, b, c, d, *rest, e, **more) at 1:1`},
		{"a decorated function", `
			@tracer.capture_lambda_handler
			@logger.inject
			def handler(event, context):
			    pass`, `
			handler: function(event, context) at 3:1`},
		{"a class", `
			class Orders(Base):
			    def run(self, event, context):
			        pass`, `
			Orders: class at 1:1`},
		{"assigned names", `
			a = b = 1
			c, (d, e) = values()
			f: int = 2
			g: int`, `
			a: value at 1:9
			b: value at 1:9
			c: value at 2:1
			d: value at 2:5
			e: value at 2:8
			f: value at 3:10`},
		{"another name for a function", `
			def run(event, context):
			    pass
			handler = run`, `
			run: function(event, context) at 1:1
			handler: function(event, context) at 1:1`},
		{"a lambda expression", `handler = lambda event, context: 1`, `handler: function(event, context) at 1:11`},
		{"a bound method", `
			class Orders:
			    @traced
			    def run(self, event, context):
			        pass
			orders = Orders(table)
			handler = orders.run`, `
			Orders: class at 1:1
			orders: wrapped value at 5:10
			handler: function(event, context) of Orders at 3:5`},
		{"a wrapped function", `
			def run(event, context):
			    pass
			handler = traced(name="a")(run)`, `
			run: function(event, context) at 1:1
			handler: wrapped function(event, context) at 1:1`},
		{"wrapped in place", `
			def handler(event, context):
			    pass
			handler = traced(handler)`, `
			handler: wrapped function(event, context) at 1:1`},
		{"the last one counts", `
			def a():
			    pass
			def a(b):
			    pass`, `
			a: function(b) at 3:1`},
		{"inside of blocks", `
			try:
			    from fast import json
			except ImportError:
			    json = None
			if DEBUG:
			    def trace(a): pass
			else:
			    def trace(b): pass
			with open("x") as f:
			    size = 1`, `
			json: value at 4:12
			trace: function(b) at 8:5
			size: value at 10:12
			json: json from fast`},
		{"not what runs as a program", `
			if __name__ == "__main__":
			    result = 1
			def handler(): pass`, `
			handler: function() at 3:1`},
		{"imported names", `
			import os, shop.db
			from .orders import create, remove as handler
			from shop.list import *
			from . import stock
			run = stock.run
			save = shop.save`, `
			create: create from .orders
			handler: remove from .orders
			*: * from shop.list
			stock: stock from .
			run: run from .stock
			save: save from shop`},
	}
	for _, example := range examples {
		t.Run(example.name, func(t *testing.T) {
			source := strings.TrimSpace(strings.ReplaceAll(example.source, "\n\t\t\t", "\n"))
			want := strings.TrimSpace(strings.ReplaceAll(example.want, "\n\t\t\t", "\n"))
			symbols := symbolsOf(t, source)
			if diff := cmp.Diff(want, describe(symbols)); diff != "" {
				t.Errorf("names of\n%s\n(-want +got):\n%s", source, diff)
			}
			if symbols.Broken {
				t.Error("the example does not parse")
			}
		})
	}
}

func TestHandlersByConvention(t *testing.T) {
	examples := []struct {
		source string
		want   string // names, with spaces between
	}{
		{"def lambda_handler(a): pass", "lambda_handler"},
		{"lambda_handler = traced(run)", "lambda_handler"},
		{"def handler(event, context): pass", "handler"},
		{"def create_order(_event, _): pass", "create_order"},
		{"def handler(request): pass", ""},
		{"def handler(order, context): pass", "handler"},
		{"def handler(event, *_): pass", "handler"},
		{"def handler(event): pass", ""},
		{"@json_api\ndef handler(event): pass", "handler"},
		{"def create(event, *rest): pass", ""},
		{"def exception_handler(exc, context): pass", ""},
		{"def run(event, context, more): pass", ""},
		{"def run(event, context): pass\nhandler = traced(run)\nother = run", "run handler"},
		{"handler = Mangum(app)", "handler"},
		{"handler = logging.StreamHandler()", ""},
		{"app = Chalice(app_name='orders')", "app"},
		{"app = Shop(app_name='orders')\n@app.lambda_function(name='tidy')\ndef tidy(event, context): pass", "app tidy"},
		{"app = Shop(app_name='orders')\n@app.route('/')\ndef home(): pass", ""},
		{"web = FlaskLambda(__name__)", "web"},
		{"app = Flask(__name__)", ""},
		{"class A:\n  def handler(event, context): pass", ""},
	}
	for _, example := range examples {
		var names []string
		for _, handler := range symbolsOf(t, example.source).Handlers {
			names = append(names, handler.Name)
		}
		if got := strings.Join(names, " "); got != example.want {
			t.Errorf("handlers of %q: %q, want %q", example.source, got, example.want)
		}
	}
}

func TestBrokenSourceGivesWhatParses(t *testing.T) {
	symbols := symbolsOf(t, "def a(event, context):\n    pass\n\nx = = 1\n\ndef b():\n    pass\n")
	if !symbols.Broken {
		t.Error("the syntax error is not reported")
	}
	for _, name := range []string{"a", "b"} {
		if _, ok := symbols.Def(name); !ok {
			t.Errorf("%s is missing in\n%s", name, describe(symbols))
		}
	}
}

func FuzzSymbols(f *testing.F) {
	for _, seed := range []string{
		"@a\nasync def handler(event, context: C = 1, *b, **c):\n  return {k: v for k in event}\n",
		"class A(B):\n  x: int = 1\n  def m(self): pass\nh = A().m\nlambda_handler = w(o)(h)\n",
		"from ..a import b as c, d\nfrom x import *\nimport e.f as g, h\na, (b, *c) = d = g.i\n",
		"try:\n  x = 1\nexcept E as e:\n  y = f'{x!r:>{y}}'\nelse:\n  match x:\n    case [1, *_]: z = lambda: 0\n",
		"if __name__ == '__main__':\n\tmain()\nelif x: y = 1 if a else b or c\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		symbols, err := Symbols("a.py", source)
		if err != nil {
			return
		}
		for _, def := range symbols.Defs {
			if def.Start < 0 || def.End < def.Start || def.End > len(source) || def.Line < 1 || def.Col < 1 {
				t.Errorf("%+v lies outside of %d bytes", def, len(source))
			}
		}
	})
}

func TestImports(t *testing.T) {
	symbols := symbolsOf(t, `
import a, b.c as d
from e import f, g as h
from . import i
from ..j import k
from l import *
# import comment
def late():
    import m
`)
	want := []string{"a", "b.c", "e", "e.f", "e.g", ".", ".i", "..j", "..j.k", "l", "m"}
	if diff := cmp.Diff(want, symbols.Imports); diff != "" {
		t.Error(diff)
	}
}
