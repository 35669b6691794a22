// Package ir is the small language that JavaScript, TypeScript, Python and Go are lowered to before data is followed through them:
// functions, statements and expressions with positions, and nothing of what the languages differ in.
package ir

import "wardlet.example/internal/syntax"

// Language is what a file was written in.
type Language string

// Languages.
const (
	Node   Language = "node"
	Python Language = "python"
	Go     Language = "go"
)

// File is one source file.
type File struct {
	Path     string // relative to the root
	Language Language
	Tree     *syntax.Tree
	Body     []*Stmt
	Broken   bool   // it has syntax errors: what parses is here
	Cut      string // which limit cut it, empty if it is whole
	Package  string // Go: the name of its package

	// Types are the names of types that TypeScript declares for expressions: x as Account, const a: Account = x, a parameter, f<Account>(x).
	Types map[*Expr]string
}

// Func is a function, method or lambda.
type Func struct {
	File       *File
	Name       string  // empty for one without
	Params     []*Expr // patterns; a Spread takes the rest, a Default has its value in Y
	Keywords   bool    // Python: the last Spread takes keyword arguments
	Body       []*Stmt
	Class      *Class // whose method it is
	Static     bool
	Decorators []*Expr
	Getter     bool     // JavaScript: it is read like a field
	Async      bool     // JavaScript: it gives a promise
	Gives      string   // TypeScript: the name of the type that it is declared to give, or of which it gives several or a promise
	Of         string   // Go: the type whose method it is
	Fails      bool     // Go: the last of what it gives back is an error
	Types      []string // Go: the names of the types that a call says
	Start, End int32    // offsets
}

// Class is a class with its methods.
type Class struct {
	Name       string
	Bases      []*Expr
	Decorators []*Expr
	Methods    []*Func
	Fields     []Field // with what they begin
	Under      *Expr   // Go: what a type is that is no struct
}

// Field is a field of a class.
type Field struct {
	Name       string
	Value      *Expr   // nil where none is written
	Type       *Expr   // that it is declared with, where it is a class or comes from a module
	Decorators []*Expr // TypeScript
	JSON       string  // Go: its name in JSON; "-" where it is left out
	Env        string  // Go: the setting of the environment that it is filled from
	Checks     string  // Go: what a validator asks of it: required,min=1
	Binds      string  // Go: the same, asked while Gin reads a request
	Embedded   bool    // Go: its fields and methods are those of the struct too
}

// Kind tells what an Expr is.
type Kind uint8

// Kinds of Expr.
const (
	Unknown  Kind = iota // List: what stands in it
	Const                // Str: its text; numbers and words as written
	Name                 // Str; of a parameter, Y is the type that it is declared with (Unknown for typeof List[0]), in Python Keys[0] its text, List its decorators
	This                 //
	Member               // X.Str
	Index                // X[Y]
	Call                 // X(List); Keys[i] names a keyword argument; New; Go: Y are the types that it says, an Array
	Lambda               // Fn
	Object               // Keys and List: "..." spreads, "" is computed (the key is in a Member of Unknown); Go: of the type X, unnamed fields in order
	Array                // List; Go: of the type X; Str "results": what a function returns, or where that goes
	Template             // List: the parts in order
	Binary               // Str: operator; X, Y
	Not                  // X
	Cond                 // X ? Y : Z
	Assign               // X = Y; Str: an operator such as += ; a pattern in X binds; Go: := binds here
	Await                // X; Str: yield, or yield* for all of X; Go: X as one of the simple type Y
	Spread               // ...X
	Default              // X, or Y where there is nothing: in patterns
	ClassOf              // Class
)

// Expr is an expression or a pattern.
type Expr struct {
	Kind     Kind
	New      bool // of a Call
	Declares bool // of an Assign of JavaScript: its names are those of the function at hand
	Regexp   bool // of a Const: a regular expression
	Bare     bool // of a Const: a number, a truth value or nothing, not a text
	At, End  int32
	Str      string
	X, Y, Z  *Expr
	List     []*Expr
	Keys     []string
	Fn       *Func
	Class    *Class
}

// StmtKind tells what a Stmt is.
type StmtKind uint8

// Kinds of Stmt.
const (
	Eval    StmtKind = iota // X; Str "go": beside what comes next
	Return                  // X or nothing; Str "failed": Go, with an error that is there
	Throw                   // X
	If                      // X; Body, Else
	Loop                    // Y is gone through, each bound to X; without X a condition in Y; Body; Str "keys": names are bound, Go "range": both
	Try                     // Body; X bound to what is thrown in Else; Final; Y is where Else stands; in Python Else has an If for each clause, with its Y
	Block                   // Body
	Import                  // Str: module; Names
	Define                  // Fn: a function by its name
	Declare                 // Class
	Export                  // Names: what is given to others; X: the default; Str: module it is from
	Leave                   // break or continue
	Guard                   // assert X
)

// Stmt is a statement.
type Stmt struct {
	Kind  StmtKind
	At    int32
	Str   string
	X, Y  *Expr
	Body  []*Stmt
	Else  []*Stmt
	Final []*Stmt
	Fn    *Func
	Class *Class
	Names []Alias
}

// Alias is one name of an import or export: "*" is the module as a whole, "default" its default.
type Alias struct{ Name, As string }

// Ends reports whether a statement list always leaves its function or loop.
func Ends(body []*Stmt) bool {
	for _, s := range body {
		switch s.Kind {
		case Return, Throw, Leave:
			return true
		case Block:
			if Ends(s.Body) {
				return true
			}
		case If:
			if len(s.Else) > 0 && Ends(s.Body) && Ends(s.Else) {
				return true
			}
		}
	}
	return false
}
