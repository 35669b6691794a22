package javascript

import (
	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// Bounds of one Literal, with all that it imports.
const (
	maxLiteralSteps  = 1 << 20 // expressions looked at, fields and text copied
	maxLiteralDepth  = 500     // expressions inside of each other, names and imports followed
	maxLiteralValues = 300_000 // values of the result, shared ones counted each time
	maxLiteralHeight = 500     // maps and lists of the result inside of each other
	maxModules       = 1000    // files
)

// Module is what an import leads to: a source to read on, or data that is known
// already, such as a JSON file.
type Module struct {
	Tree *syntax.Tree
	Data *model.Value
}

// LiteralOptions are what a literal depends on besides its file.
type LiteralOptions struct {
	// Dir is the folder the program is started in: what process.cwd() gives.
	Dir string
	// Import finds what a file means by the specifier of an import. The error
	// says why it is not known. Without it no import is followed. It should give
	// the same tree whenever it is asked for the same file.
	Import func(from, specifier string) (Module, error)
}

// Literal gives the value that a module exports under the name, or as a whole
// where the name is empty: module.exports, else its default, else all its names.
//
// Nothing is run. What is written as data is known, with names, imports, spreads
// and texts put in; everything else is an Unknown that tells what it is. Values
// point at the place where they are written.
func Literal(tree *syntax.Tree, name string, o LiteralOptions) *model.Value {
	r := &reader{
		options: o, sources: map[*syntax.Tree]*source{}, values: map[named]*model.Value{},
		pending: map[named]bool{}, running: map[code]bool{}, open: map[*source]bool{}, steps: maxLiteralSteps,
	}
	s := r.source(tree)
	r.open[s] = true
	if name == "" {
		name = s.main()
	}
	v := r.placeless(r.exported(s, name))
	if v.Size > maxLiteralValues || higher(v, maxLiteralHeight) {
		return model.NewPresent("more values than a program of this kind has", v.Origin)
	}
	return v
}

// higher tells whether a value nests deeper than allowed, for those who walk it.
func higher(v *model.Value, allowed int) bool {
	if allowed == 0 {
		return true
	}
	for _, item := range v.Items {
		if higher(item, allowed-1) {
			return true
		}
	}
	for i := range v.Fields {
		if higher(v.Fields[i].Value, allowed-1) {
			return true
		}
	}
	return false
}

// reader works out values across files.
type reader struct {
	options LiteralOptions
	sources map[*syntax.Tree]*source
	values  map[named]*model.Value // what names and exports are, each worked out once
	pending map[named]bool
	open    map[*source]bool // files on the way to what is being worked out
	running map[code]bool    // functions that are being worked out
	placed  bool             // some value may depend on where the repository lies
	steps   int
	depth   int
}

// code is a function of a file.
type code struct {
	tree *syntax.Tree
	node int
}

// named is a name in a file, or an export of it.
type named struct {
	source *source
	name   string
	export bool
}

// source is one file whose values are read. Of its module only the helpers and
// the names are used: those declared at top level, where scopes do not matter.
type source struct {
	*module
	whole   int     // the value of module.exports = or export =
	given   []given // exports by name, in order
	givenAt map[string]int
	stars   []string // modules all of whose names are exported
	esm     bool
	closed  string       // why the exports are not known
	file    *source      // the file at its top level, where this is the inside of a function
	scope   *scope       // the names inside of that function
	loop    int          // the one at top level whose changes are being noted
	settled map[int]bool // the assignments that are statements at top level
	changes map[string]*changes
}

// given is one export: a name of the file, an expression, or something imported.
type given struct {
	name  string
	at    int
	local string
	value int
	from  origin
}

// changes are what is done to a name after its declaration.
type changes struct {
	assigned bool           // it is given another value
	touched  bool           // any of its members may be another one
	order    []string       // of the members in set
	set      map[string]int // members assigned once at top level; None when it is not known to what
	// loops are those at top level that change it. Where nothing else does, not
	// elsewhere, they are run.
	loops     []int
	elsewhere bool
}
