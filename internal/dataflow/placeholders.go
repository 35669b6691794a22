package dataflow

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// filling is what the placeholders of a text are filled with.
type filling struct {
	parts []*Value // in their order
	named *Value   // an object with the others under their names
	rest  *Value   // any further ones
}

// formatted is a text with placeholders that are filled in order, or by their names; mark begins one.
func (in *interp) formatted(f frame, text *Value, mark string, with filling, at int32) *Value {
	if !text.known {
		return in.joined(f, with.all(text), at)
	}
	var all []*Value
	used := make([]bool, len(with.parts))
	plain, rest, next := true, text.text, 0
	for {
		hole := holes[mark].FindStringSubmatchIndex(rest)
		if hole == nil {
			break
		}
		name := ""
		if hole[2] >= 0 {
			name = rest[hole[2]:hole[3]]
		}
		part := with.rest
		if n, ok := number(name); ok && n < len(with.parts) {
			part, used[n] = with.parts[n], true
		} else if name != "" && !ok && with.named != nil {
			part = in.member(f, with.named, name, at)
		} else if next < len(with.parts) {
			part, used[next] = with.parts[next], true
			next++
		}
		plain = plain && part != nil && plainHole.MatchString(rest[hole[0]:hole[1]])
		all = append(all, constant(rest[:hole[0]]), orElseValue(part, &Value{}))
		rest = rest[hole[1]:]
	}
	for i, part := range with.parts {
		if !used[i] && part != with.named {
			all, plain = append(all, part), false
		}
	}
	out := in.joined(f, append(all, constant(rest)), at)
	if out.known && !plain {
		out.known, out.text = false, ""
	}
	return out
}

// all are a text of which nothing is known and what it is filled with.
func (w filling) all(text *Value) []*Value {
	all := append([]*Value{text}, w.parts...)
	for _, v := range []*Value{w.named, w.rest} {
		if v != nil && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// plainHole is a place for a part as it is, and not for one that is filled up or shortened.
var plainHole = regexp.MustCompile(`^(%(\(\w*\))?[sdv]|\{\w*\})$`)

// holes are what stands in a text for its parts, by the first sign: with the number or name of the part.
var holes = map[string]*regexp.Regexp{
	"{": regexp.MustCompile(`\{([^{}:!.\[]*)[^{}]*\}`), "%": regexp.MustCompile(`%(?:\(([^)]*)\))?[-+ #0-9.*]*[a-zA-Z]`),
}

// percent is a text of Python with placeholders: "%s of %s" % (name, shop), "%(name)s" % order.
func (in *interp) percent(f frame, e *ir.Expr) *Value {
	x := in.eval(f, e.X)
	if e.Y.Kind != ir.Array {
		v := in.eval(f, e.Y)
		if v.fields["0"] != nil { // a tuple
			return in.formatted(f, x, "%", filling{parts: v.inOrder()}, e.At)
		}
		return in.formatted(f, x, "%", filling{parts: []*Value{v}, named: v}, e.At)
	}
	parts := make([]*Value, len(e.Y.List))
	for i, p := range e.Y.List {
		parts[i] = in.eval(f, p)
	}
	return in.formatted(f, x, "%", filling{parts: parts}, e.At)
}

// formats: "{} of {}".format(name, shop), "{name}".format(name=name), of Python.
func (in *interp) formats(c call) (*Value, bool) {
	if c.f.file.Language != ir.Python {
		return nil, false
	}
	in.readsAttributes(c)
	if !c.recv.known {
		return nil, false
	}
	with := filling{parts: c.args.list, rest: c.args.rest}
	if len(c.args.kw) > 0 || c.args.dict != nil {
		with.named = in.merged(&Value{fields: c.args.kw}, orNothing(c.args.dict))
	}
	return in.formatted(c.f, c.recv, "{", with, c.e.At), true
}

// readsAttributes tells of a text of an outsider that is filled with an object of the program: {order.save.__globals__} reads what the
// module knows, keys too.
func (in *interp) readsAttributes(c call) {
	if c.recv.ref != "" || c.recv.class != nil || len(c.recv.taints) == 0 {
		return
	}
	if slices.ContainsFunc(append(kwValues(c.args), c.args.list...), isOfProgram) {
		in.hit(c.f, c.e.At, "template-injection", "str.format", texts(c.recv.taints), false)
	}
}

// isOfProgram reports whether a value is an object, a class or a function of the program.
func isOfProgram(v *Value) bool { return v.class != nil || len(v.fns) > 0 }
