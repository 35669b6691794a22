package dataflow

import (
	"slices"
	"strings"
)

// A name can stand for one of several functions, as in a table of readers by the type of what they read: {"json": json.loads, "yaml": load}[kind].
// Those of the program are kept together anyway; of those of libraries each is kept by itself, because each does something else.

// mostAmong bounds the functions of libraries of which a value is one.
const mostAmong = 6

// severalFunctions are the functions of libraries of which a value is one that is one of two; none where it is that one function only.
func severalFunctions(a, b *Value) []*Value {
	of, with := functionsOfLibraries(a), functionsOfLibraries(b)
	if len(of)+len(with) == 0 {
		return nil
	}
	out := slices.Clone(of)
	for _, fn := range with {
		if len(out) < mostAmong && !slices.ContainsFunc(out, func(g *Value) bool { return g.ref == fn.ref && g.filled == fn.filled }) {
			out = append(out, fn)
		}
	}
	if len(out) == 1 && len(a.fns)+len(b.fns) == 0 {
		return nil
	}
	return out
}

// functionsOfLibraries are the functions of libraries that a value may be.
func functionsOfLibraries(v *Value) []*Value {
	switch {
	case len(v.among) > 0:
		return v.among
	case isLibraryFunction(v):
		return []*Value{v}
	}
	return nil
}

// isLibraryFunction reports whether a value is something of a module that can be called, and nothing that was made by a call: json.loads.
func isLibraryFunction(v *Value) bool {
	if len(v.fns) > 0 || v.class != nil || len(v.taints) > 0 || v.known || isEnvironment(v.ref) || isAWS(v.ref) {
		return false
	}
	return strings.Contains(v.ref, ".") && !strings.ContainsAny(v.ref, "()[]") && !strings.HasPrefix(v.ref, "exports")
}

// calledAmong follows a call of one of several functions: each of them is called.
func (in *interp) calledAmong(c call) *Value {
	ways := c.callee.among
	if len(c.callee.fns) > 0 {
		program := *c.callee
		program.ref, program.args, program.kw, program.filled, program.among = "", nil, nil, nil, nil
		ways = append([]*Value{&program}, ways...)
	}
	var out *Value
	for _, one := range ways {
		way := c
		way.callee = one
		out = join(out, in.callOf(way))
	}
	return orNothing(out)
}
