package syntax

import (
	"fmt"
	"strings"
)

// Symbols is what one source file defines at top level and gives to others, as
// far as finding handlers needs it.
type Symbols struct {
	// Defs are the names others can ask for: the exports of a JavaScript file,
	// the functions, classes and assigned names at the top of a Python file,
	// the functions and methods of a Go file. In order of first appearance,
	// each name once (Go: once for each receiver).
	Defs []Def
	// Reexports are names that come from other files.
	Reexports []Reexport
	// Imports are the modules the file asks for, as written, each once, in order
	// of appearance. A Python name that may be a module counts: ".", "orders"
	// gives ".orders" too.
	Imports []string
	// Handlers are the functions that are a Lambda handler by convention. They
	// are for trees that have no template to say it.
	Handlers []Def
	// PackageMain tells that a Go file belongs to a program.
	PackageMain bool
	// Broken tells that the source has syntax errors: names may be missing.
	Broken bool
	// Truncated says which limit cut the tree, or is empty: names may be missing.
	Truncated string
}

// DefKind is what a name stands for.
type DefKind string

const (
	// Function is a function, a method or a lambda expression.
	Function DefKind = "function"
	// Class is a class.
	Class DefKind = "class"
	// Value is everything else, and what could not be resolved in the file.
	Value DefKind = "value"
)

// Def is a defined name. The position is that of the function or class the name
// stands for when that is in the same file, otherwise that of the value.
type Def struct {
	Name string // "default" for a JavaScript module that is one value as a whole
	Kind DefKind
	// Params are the names of a function's parameters in order, without
	// defaults and types. A destructured one is "{}" or "[]"; one that takes
	// the rest keeps its stars or dots.
	Params []string
	// Wrapped tells that the function was given to a call, and what that
	// returned has the name: middy(fn), withTracing(async () => {}). On a
	// Value it tells that the value is what a call returned.
	Wrapped bool
	// Receiver is the class or type a method belongs to, or "".
	Receiver  string
	Line, Col int // from 1, Col in characters
	EndLine   int
	// Start and End are the byte offsets of the same range.
	Start, End int
}

// Reexport is a name a file gives to others that comes from another file.
type Reexport struct {
	Name     string // the name given, or "*" for all names of the module
	Module   string // as written: "./orders", ".orders", "shop.orders"
	Imported string // the name in the module, or "*" for the module as a whole
	Line     int
	Col      int
}

// Def returns the definition of the name, and whether there is one.
func (s *Symbols) Def(name string) (Def, bool) {
	for _, def := range s.Defs {
		if def.Name == name {
			return def, true
		}
	}
	return Def{}, false
}

// String describes the definition in one line:
// "handler: wrapped function(event, context) at 3:10".
func (d Def) String() string {
	kind := string(d.Kind)
	if d.Kind == Function {
		kind += "(" + strings.Join(d.Params, ", ") + ")"
	}
	if d.Receiver != "" {
		kind += " of " + d.Receiver
	}
	if d.Wrapped {
		kind = "wrapped " + kind
	}
	return fmt.Sprintf("%s: %s at %d:%d", d.Name, kind, d.Line, d.Col)
}

// String describes the re-export in one line: "handler: main from ./orders".
func (r Reexport) String() string {
	return r.Name + ": " + r.Imported + " from " + r.Module
}
