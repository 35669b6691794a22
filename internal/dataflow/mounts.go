package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// What a router of Express is given: functions that answer, other routers, and things of libraries that stand before them. So it is known what
// a library does for which routes.

// mount is one call by which a router is given something.
type mount struct {
	router *Value
	first  bool   // it is the application
	path   string // empty for all that comes to the router, and where it is not known
	use    bool   // all paths that begin so
	given  []*Value
	fns    []*ir.Func
}

// mounts notes what a router of Express is given.
func (p *Program) mounts(c call, framework string) {
	if framework != "express" || c.recv == nil {
		return
	}
	m := &mount{router: routerOf(c.recv), first: strings.HasPrefix(c.recv.ref, "express()"), use: c.method == "use"}
	for i, a := range c.args.list {
		if i == 0 && a.known {
			m.path = strings.TrimSuffix(a.text, "/")
			continue
		}
		m.given = append(m.given, a)
		for _, x := range sorted(a.fields) {
			m.given = append(m.given, x)
		}
		for _, fn := range slices.Concat(a.fns, a.wraps, elementFns(a)) {
			m.fns = append(m.fns, fn.fn)
		}
	}
	p.mounted = append(p.mounted, m)
}

// routerOf tells routers apart, whose values are copied where another module gets them: it is made for the first thing that one is given.
func routerOf(v *Value) *Value {
	if v.kw["router"] == nil {
		v.kw = map[string]*Value{"router": {}}
	}
	return v.kw["router"]
}

// StandsBefore are the things of libraries that stand before the routes that some functions answer, by their paths. It reports whether all of
// them are known: the routers that lead there from the application, and where each of the packages that are asked for is used.
func (p *Program) StandsBefore(fns []*ir.Func, packages []string) (refs []string, known bool) {
	var way []*mount
	for _, m := range p.mounted {
		if slices.ContainsFunc(m.fns, func(fn *ir.Func) bool { return slices.Contains(fns, fn) }) {
			way = append(way, m)
		}
	}
	for i := 0; i < len(way); i++ { // those that give the router to another one
		for _, m := range p.mounted {
			if slices.ContainsFunc(m.given, func(x *Value) bool { return orNothing(x).kw["router"] == way[i].router }) && !slices.Contains(way, m) {
				way = append(way, m)
			}
		}
		known = known || way[i].first
	}
	for _, m := range p.mounted {
		for _, x := range m.given {
			packages = slices.DeleteFunc(slices.Clone(packages), func(name string) bool { return name == packageOf(orNothing(x).ref) })
			if x != nil && x.ref != "" && slices.ContainsFunc(way, m.before) {
				refs = append(refs, x.ref)
			}
		}
	}
	return refs, known && len(packages) == 0
}

// before reports whether what is mounted stands before something else that is.
func (m *mount) before(other *mount) bool {
	return m == other || m.use && m.router == other.router && strings.HasPrefix(other.path+"/", m.path+"/")
}
