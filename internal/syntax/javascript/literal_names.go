package javascript

import (
	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// once works out what a name stands for the first time it is asked for.
func (r *reader) once(key named, at int, work func() *model.Value) *model.Value {
	if v, ok := r.values[key]; ok {
		return v
	}
	if r.pending[key] {
		return key.source.unknown(at, key.name+" is defined by itself")
	}
	if !r.enter() {
		return key.source.unknown(at, "too much to follow")
	}
	r.pending[key] = true
	v := work()
	r.depth--
	delete(r.pending, key)
	r.values[key] = v
	return v
}

// enter goes one step deeper, if that is allowed; then depth is to be taken back.
func (r *reader) enter() bool {
	if r.depth >= maxLiteralDepth || !r.spend(1) {
		return false
	}
	r.depth++
	return true
}

// spend uses up steps and reports whether there were enough.
func (r *reader) spend(steps int) bool {
	r.steps -= steps
	return r.steps > 0
}

// exported is what a file exports under a name; "*" is all of it.
func (r *reader) exported(s *source, name string) *model.Value {
	return r.once(named{s, name, true}, s.tree.Root(), func() *model.Value {
		if s.closed != "" {
			return s.unknown(s.tree.Root(), s.closed)
		}
		if g, ok := s.find(name); ok {
			return r.giving(s, g)
		}
		if name == "*" || name == "default" && !s.esm { // a CommonJS module is its own default
			return r.namespace(s)
		}
		if s.whole != syntax.None {
			return r.property(s, s.whole, name)
		}
		return r.throughStars(s, name)
	})
}

func (r *reader) giving(s *source, g given) *model.Value {
	switch {
	case g.from != (origin{}):
		return r.imported(s, g.from, g.at)
	case g.local != "":
		return r.named(s, g.local, g.at)
	}
	return r.value(s, g.value)
}

func (r *reader) throughStars(s *source, name string) *model.Value {
	found := s.unknown(s.tree.Root(), s.tree.Name+" exports no "+name)
	for _, star := range s.stars {
		if v := r.imported(s, origin{star, name}, s.tree.Root()); v.Kind != model.Unknown {
			return v
		}
	}
	return found
}

// namespace is a module as a whole: the value it sets, with all that it exports
// by name.
func (r *reader) namespace(s *source) *model.Value {
	var all fieldList
	start := s.tree.Root()
	if s.whole != syntax.None {
		start = s.whole
		v := r.value(s, s.whole)
		if v.Kind != model.Map || len(s.given) == 0 {
			return v
		}
		all.putAll(v)
	}
	for _, star := range s.stars {
		v := r.imported(s, origin{star, "*"}, start)
		if v.Kind != model.Map || !r.spend(len(v.Fields)) {
			return s.present(start, "the names of "+star+" are not known")
		}
		all.putAll(v)
	}
	for _, g := range s.given {
		all.put(model.Field{Key: g.name, At: s.at(g.at).Pos, Value: r.giving(s, g)})
	}
	return model.NewMap(all.fields, s.at(start))
}

// imported is what another module gives under a name.
func (r *reader) imported(s *source, from origin, at int) *model.Value {
	m, t, reason := r.module(s, from.module)
	switch {
	case reason != "":
		return s.unknown(at, reason)
	case t == nil && (from.name == "*" || from.name == "default"):
		return m.Data
	case t == nil:
		return m.Data.Get(from.name)
	case r.open[t]:
		return s.unknown(at, "files that import each other in a circle")
	}
	r.open[t] = true
	defer delete(r.open, t)
	return r.exported(t, from.name)
}

// module opens another module: its source, or data; or it says why not.
func (r *reader) module(s *source, specifier string) (Module, *source, string) {
	if r.options.Import == nil {
		return Module{}, nil, "imports are not followed"
	}
	m, err := r.options.Import(s.tree.Name, specifier)
	switch {
	case err != nil:
		return m, nil, err.Error()
	case m.Tree == nil && m.Data == nil:
		return m, nil, specifier + " is empty"
	case m.Tree == nil:
		return m, nil, ""
	case len(r.sources) >= maxModules && r.sources[m.Tree] == nil:
		return m, nil, "too many modules"
	}
	return m, r.source(m.Tree), ""
}

// named is what a declared name stands for, with what happens to it later.
func (r *reader) named(s *source, name string, at int) *model.Value {
	if l := s.local(name); l != nil {
		return l.value.At(l.value.Origin.Through(name, s.at(at).Pos))
	}
	top := s.top()
	v := r.once(named{top, name, false}, at, func() *model.Value {
		return r.changed(top, name, r.declared(top, name, at))
	})
	return v.At(v.Origin.Through(name, s.at(at).Pos))
}

func (r *reader) declared(s *source, name string, at int) *model.Value {
	known, ok := s.names[name]
	switch {
	case !ok && (name == "__dirname" || name == "__filename"):
		return r.place(s, name, at)
	case !ok:
		return s.unknown(at, "the file does not declare "+name)
	case known.origin != (origin{}):
		return r.imported(s, known.origin, known.declared)
	case known.value == syntax.None:
		return s.unknown(known.declared, name+" is given no value where it is declared")
	case known.property != "":
		v := r.property(s, known.value, known.property)
		if v.Kind == model.Absent { // the pattern may have a default for it
			return s.unknown(known.declared, known.property+" is not set")
		}
		return v
	}
	return r.value(s, known.value)
}

func (r *reader) changed(s *source, name string, v *model.Value) *model.Value {
	c := s.changes[name]
	if c != nil && v.Kind != model.Unknown && c.loops != nil && !c.elsewhere {
		if after := r.afterLoops(s, name, v); after != nil {
			return after
		}
	}
	switch {
	case c == nil || v.Kind == model.Unknown:
		return v
	case c.assigned, !v.IsScalar() && (c.touched || v.Kind != model.Map):
		return model.NewUnknown(name+" is changed after its declaration", v.Origin)
	case v.Kind != model.Map:
		return v
	}
	var all fieldList
	all.putAll(v)
	for _, member := range c.order {
		set := model.NewUnknown(name+"."+member+" is changed after its declaration", v.Origin)
		at := v.KeyPos(member)
		if value := c.set[member]; value != syntax.None {
			set, at = r.value(s, value), s.at(value).Pos
		}
		all.put(model.Field{Key: member, At: at, Value: set})
	}
	return model.NewMap(all.fields, v.Origin)
}

// afterLoops is what a name stands for after the loops at top level that change it, or nil.
func (r *reader) afterLoops(s *source, name string, v *model.Value) *model.Value {
	for _, loop := range s.changes[name].loops {
		inner := s.within()
		l := &local{value: v}
		inner.scope.names[name] = l
		if !r.orderly(s, loop) {
			return nil
		}
		if _, ok := r.run(inner, loop); !ok {
			return nil
		}
		v = l.value
	}
	return v
}
