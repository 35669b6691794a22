package dataflow

import (
	"maps"
	"strings"

	"wardlet.example/internal/ir"
)

// scope is the names of a module or of one call of a function. While a branch is followed what it sets stands in a layer over the
// rest, so that it can be joined with what the other branch sets.
type scope struct {
	vars    map[string]*Value
	layers  []map[string]*Value
	parent  *scope
	module  *module
	global  map[string]bool // Python: names that belong to the module
	this    *Value
	result  *Value
	yielded *Value              // by a generator
	tests   map[string]*ir.Expr // names that hold the answer of a test, or the host of an address
	taken   map[string]*Taint   // names that were bound to a field of what came in
	given   map[string]bool     // parameters that were certainly given a constant
	guards  bool                // some expression is known to be harmless
	lasting bool                // of a function that was called while a module was loaded

	debugging bool // what comes next is only reached in some stages

	loops []*loop // that are followed, the innermost last
}

// loop is what the rounds of a loop have set that were left early, by break or continue.
type loop struct {
	depth int // of layers, before it
	left  []map[string]*Value
}

// mostLeft bounds what is kept of one round.
const mostLeft = 20

// leave keeps what is set where a round of a loop ends early: it still holds after the loop.
func (s *scope) leave() {
	if len(s.loops) == 0 {
		return
	}
	l := s.loops[len(s.loops)-1]
	if len(l.left) == mostLeft {
		return
	}
	set := map[string]*Value{}
	for _, layer := range s.layers[l.depth:] {
		maps.Copy(set, layer)
	}
	l.left = append(l.left, set)
}

// round follows a round of a loop and gives back what it has set, by each way out of it.
func (in *interp) round(s *scope, follow func()) []map[string]*Value {
	l := &loop{depth: len(s.layers)}
	s.loops = append(s.loops, l)
	layer := in.inBranch(s, follow)
	s.loops = s.loops[:len(s.loops)-1]
	return append(l.left, layer)
}

func newScope(parent *scope, m *module) *scope {
	return &scope{vars: map[string]*Value{}, parent: parent, module: m}
}

// own looks a name up in this scope alone.
func (s *scope) own(name string) (*Value, bool) {
	for i := len(s.layers) - 1; i >= 0; i-- {
		if v, ok := s.layers[i][name]; ok {
			return v, true
		}
	}
	v, ok := s.vars[name]
	return v, ok
}

// get looks a name up, also in the scopes around.
func (in *interp) get(s *scope, name string) (*Value, bool) {
	for ; s != nil; s = s.parent {
		if o := in.overlay[s]; o != nil {
			if v, ok := o[name]; ok {
				return v, true
			}
		}
		if v, ok := s.own(name); ok {
			return v, true
		}
	}
	return nil, false
}

// set binds a name: where it is bound already, or here. Python binds in the function unless told otherwise.
func (in *interp) set(s *scope, name string, v *Value, declares bool) {
	at := s
	if !declares {
		for t := s; t != nil; t = t.parent {
			if _, ok := t.own(name); ok {
				at = t
				break
			}
		}
	}
	if isGlobal, ok := s.global[name]; ok {
		if isGlobal && s.module != nil {
			at = s.module.scope
		}
		for t := s.parent; !isGlobal && t != nil; t = t.parent { // nonlocal
			if _, ok := t.own(name); ok {
				at = t
				break
			}
		}
	}
	if (len(name) == 0 || name[0] != guardMark) && in.lasts(at) && (at != s || at.module != nil && at == at.module.scope) {
		in.keep(place{scope: at, name: name}, v)
	}
	switch {
	case in.proving > 0 && at != s && at.module != nil && at.module.pkg != nil && at == at.module.scope: // it is only asked what a function makes sure of
	case in.starting == nil && (at != s && in.lasts(at) || at.module != nil && at == at.module.scope && at.module.loaded): // after its module is loaded: for this entry only
		o := in.overlay[at]
		if o == nil {
			o = map[string]*Value{}
			in.overlay[at] = o
		}
		before, _ := in.get(at, name)
		o[name] = join(before, v)
	case len(at.layers) > 0:
		at.layers[len(at.layers)-1][name] = v
	case at != s && in.starting != nil && at.vars[name].unset():
		at.vars[name] = v
	case at != s:
		at.vars[name] = join(at.vars[name], v)
	default:
		at.vars[name] = v
	}
}

// branch follows a branch in a layer of its own and gives it back.
func (s *scope) branch(follow func()) map[string]*Value {
	layer := map[string]*Value{}
	s.layers = append(s.layers, layer)
	follow()
	s.layers = s.layers[:len(s.layers)-1]
	return layer
}

// merge joins what branches set with what was before; branches that leave the function do not count.
func (in *interp) merge(s *scope, branches []map[string]*Value, ends []bool) {
	names := map[string]bool{}
	left := 0
	for i, b := range branches {
		if ends[i] {
			continue
		}
		left++
		for name := range b {
			names[name] = true
		}
	}
	if left == 0 {
		return
	}
	for name := range sorted(names) {
		before, _ := s.own(name)
		var v *Value
		isGuard := len(name) > 0 && name[0] == guardMark
		for i, b := range branches {
			if ends[i] {
				continue
			}
			set, ok := b[name]
			if !ok {
				set = before
			}
			if isGuard && set == nil && setHarmless(b, name[1:]) { // what it is about was set to something harmless there
				continue
			}
			if isGuard && set == nil { // harmless in one branch only
				v = nil
				break
			}
			if isFact(name) {
				v = oneOfBoth(name, v, set)
				continue
			}
			if isGuard && v != nil { // harmless for what both say
				v = guardFor(both(keysOf(v.fields), keysOf(set.fields)))
				continue
			}
			v = join(v, set)
		}
		if isGuard && v == nil {
			continue
		}
		if v == nil {
			v = nothing
		}
		in.set(s, name, v, true)
	}
}

// guardFor is what is known of an expression that does no harm for some rules.
func guardFor(rules []string) *Value {
	v := &Value{fields: map[string]*Value{}}
	for _, r := range rules {
		v.fields[r] = nothing
	}
	return v
}

// setHarmless reports whether a branch sets the name that an expression begins with to what no outsider decides.
func setHarmless(branch map[string]*Value, text string) bool {
	if i := strings.IndexByte(text, '.'); i >= 0 {
		text = text[:i]
	}
	v, ok := branch[text]
	return ok && len(v.all()) == 0
}

// guardMark stands before the text of an expression that is known to be harmless.
const guardMark = '\x00'

// textOf is the text of an expression that a guard can be about: names, members and elements; empty for others.
func textOf(e *ir.Expr) string {
	switch e.Kind {
	case ir.Name:
		return e.Str
	case ir.This:
		return "this"
	case ir.Member:
		if x := textOf(e.X); x != "" {
			return x + "." + e.Str
		}
	case ir.Index:
		if x := textOf(e.X); x != "" && e.Y.Kind == ir.Const {
			return x + "." + e.Y.Str
		}
	case ir.Await:
		return textOf(e.X)
	case ir.Call: // d.get("key") is d["key"]
		if e.X.Kind == ir.Member && e.X.Str == "get" && len(e.List) > 0 && e.List[0].Kind == ir.Const {
			if x := textOf(e.X.X); x != "" {
				return x + "." + e.List[0].Str
			}
		}
	}
	return ""
}

// moduleOf is the module that a scope belongs to.
func (s *scope) moduleOf() *module {
	for ; s != nil; s = s.parent {
		if s.module != nil {
			return s.module
		}
	}
	return nil
}
