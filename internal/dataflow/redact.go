package dataflow

import (
	"slices"
	"strings"
)

// Loggers leave out what they are told to, by paths in what is logged: pino({ redact: ["user.password", "*.token"] }). What stands elsewhere they write.

// hiddenPaths are the paths that a logger leaves out; false where it leaves out something of which that is not known.
func hiddenPaths(logger *Value) ([]string, bool) {
	var out []string
	for _, options := range orNothing(logger).args {
		if options == nil {
			continue
		}
		list := options.fields["redact"]
		if list != nil && list.fields["paths"] != nil {
			list = list.fields["paths"]
		}
		if list == nil {
			if redacts(&Value{args: []*Value{options}}) {
				return nil, false
			}
			continue
		}
		for _, x := range list.Elements() {
			if !x.known {
				return nil, false
			}
			out = append(out, strings.NewReplacer(`["`, ".", `"]`, "", "['", ".", "']", "", "[*]", ".*").Replace(x.text))
		}
	}
	return out, true
}

// isNamedIn reports whether one of some paths ends in a name, or in any.
func isNamedIn(paths []string, name string) bool {
	return slices.ContainsFunc(paths, func(path string) bool { return lastPart(path) == name || lastPart(path) == "*" })
}

// withoutPaths is a value without what stands at some paths in it.
func (v *Value) withoutPaths(paths []string) *Value {
	for _, path := range paths {
		v = v.withoutPath(path, 0)
	}
	return v
}

func (v *Value) withoutPath(path string, depth int) *Value {
	if v == nil || len(v.fields) == 0 || depth > deepestJoin {
		return v
	}
	first, rest, deeper := strings.Cut(path, ".")
	c := *v
	c.fields = map[string]*Value{}
	for name, x := range v.fields {
		switch {
		case name != first && first != "*":
			c.fields[name] = x
		case deeper:
			c.fields[name] = x.withoutPath(rest, depth+1)
		}
	}
	return &c
}
