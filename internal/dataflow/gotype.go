package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/data/events"
	"wardlet.example/internal/ir"
)

// goClass is a type of a package. Its methods are declared by themselves.
func (in *interp) goClass(f frame, def *ir.Class) *Value {
	cl := &class{def: def, scope: f.s, methods: map[string]*closure{}, static: &Value{fields: map[string]*Value{}}}
	return &Value{class: cl, isType: true, fields: map[string]*Value{}}
}

// declared is the type that a value of Go is declared with.
type declared struct {
	f frame
	t *ir.Expr
}

// kindOf is the type that an expression names: a class of the program, or a library's; types that stand for others are followed.
func (in *interp) kindOf(f frame, t *ir.Expr) *Value {
	for range maxFollowed {
		if t == nil {
			return nothing
		}
		var kind *Value
		switch t.Kind {
		case ir.Name, ir.Member:
			kind = in.quiet(f, t)
		case ir.ClassOf:
			return in.goClass(f, t.Class)
		default:
			return nothing
		}
		if kind.class == nil || kind.class.def.Under == nil {
			return kind
		}
		f, t = frame{kind.class.scope, kind.class.file(f)}, kind.class.def.Under
	}
	return nothing
}

// maxFollowed bounds how many types stand for others, one after the other.
const maxFollowed = 6

// file is the file of a class, or the one at hand.
func (c *class) file(f frame) *ir.File {
	if c.scope != nil && c.scope.module != nil {
		return c.scope.module.file
	}
	return f.file
}

// under is a type with those followed that it stands for, and the frame in which it is written.
func (in *interp) under(f frame, t *ir.Expr) (frame, *ir.Expr) {
	for range maxFollowed {
		if t == nil || t.Kind != ir.Name && t.Kind != ir.Member {
			return f, t
		}
		kind := in.quiet(f, t)
		if kind.class == nil || kind.class.def.Under == nil {
			return f, t
		}
		f, t = frame{kind.class.scope, kind.class.file(f)}, kind.class.def.Under
	}
	return f, t
}

// eventTypes is the package of the events of the platform.
const eventTypes = "github_com/aws/aws-lambda-go/events."

// structOf is a literal of Go: a struct or a map.
func (in *interp) structOf(f frame, e *ir.Expr) *Value {
	v := &Value{fields: map[string]*Value{}, born: in.branch}
	_, t := in.under(f, e.X)
	v.kind = &declared{f, e.X}
	v.isDict = t == nil || t.Kind == ir.Object
	kind := in.kindOf(f, e.X)
	event, isEvent := strings.CutPrefix(kind.ref, eventTypes)
	switch {
	case kind.class != nil && kind.isType:
		v.class = kind.class
		in.beginFields(v, 0)
	case isEvent:
		v.ref = kind.ref + "()"
	case isAWS(kind.ref): // what is not written is not there
		v.isDict = true
	case kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin."):
		v.ref = kind.ref + "()"
	}
	isList := t != nil && t.Kind == ir.Array
	for i, x := range e.List {
		key := e.Keys[i]
		if key == "" && isList { // of a type that stands for a list: Lines{first, second}
			key = itoa(i)
		}
		if key == "" && x.Kind == ir.Unknown && len(x.List) == 2 { // a computed key
			name, val := in.eval(f, x.List[0]), in.eval(f, x.List[1])
			if name.known && len(v.fields) < maxFields {
				v.fields[name.text] = val
				continue
			}
			v.named, v.elem = join(v.named, name), join(v.elem, val)
			continue
		}
		if key == "" && v.class != nil && i < len(v.class.def.Fields) {
			key = v.class.def.Fields[i].Name
		}
		if isEvent {
			key, _ = eventField(event, key)
		}
		if len(v.fields) < maxFields {
			v.fields[key] = in.forName(key, func() *Value { return in.eval(f, x) })
			in.forName(lastPart(textOf(orUnknown(e.X))), func() *Value { in.guessable(f, key, x, v.fields[key]); return nil })
		}
	}
	in.trusts(f, e, v)
	if kind := lastPart(textOf(orUnknown(e.X))); strings.HasPrefix(kind, "AttributeValueMember") && v.fields["Value"] != nil { // &types.AttributeValueMemberS{Value: id}
		return &Value{fields: map[string]*Value{strings.TrimPrefix(kind, "AttributeValueMember"): v.fields["Value"]}, isDict: true}
	}
	in.echoesOrigin(f, v, e.At)
	in.graphQLField(f, v, e.At)
	in.gqlgen(f, e, v)
	if in.answers == "lambda" && isEvent && v.fields["statusCode"] != nil {
		in.respond(f, v, e.At, bodyWrittenAt(e))
	}
	return v
}

func orUnknown(e *ir.Expr) *ir.Expr {
	if e == nil {
		return &ir.Expr{Kind: ir.Unknown}
	}
	return e
}

// beginFields gives a struct the structs that are its fields, which are there from the start.
func (in *interp) beginFields(v *Value, depth int) {
	c := v.class
	if depth > 3 || c == nil {
		return
	}
	f := frame{c.scope, c.file(frame{})}
	for _, field := range c.def.Fields {
		if field.Type == nil || v.fields[field.Name] != nil {
			continue
		}
		kind := in.kindOf(f, field.Type)
		switch {
		case kind.class != nil && kind.isType:
			x := &Value{class: kind.class, fields: map[string]*Value{}, born: in.branch, kind: &declared{f, field.Type}}
			in.beginFields(x, depth+1)
			v.fields[field.Name] = x
		case field.Type.Kind == ir.Object || field.Type.Kind == ir.Array:
			v.fields[field.Name] = &Value{fields: map[string]*Value{}, born: in.branch, kind: &declared{f, field.Type}}
		}
	}
}

// goField is a field of a value of Go, where the language has its own way to it; nil for others.
func (in *interp) goField(f frame, v *Value, key string, at int32) *Value {
	if event, ok := strings.CutPrefix(v.ref, eventTypes); ok {
		if v.isNamespace() {
			return nil
		}
		name, t := eventField(strings.TrimSuffix(event, "()"), key)
		if x, ok := v.fields[name]; ok {
			return x
		}
		if len(v.taints) == 0 {
			return &Value{}
		}
		return in.eventPart(v, name, t)
	}
	if x := in.partOfRouter(f, v, key, at); x != nil {
		return x
	}
	if d := dialer(v, key); d != nil {
		return d
	}
	c := v.class
	if c == nil && v.kind != nil && v.fields[key] == nil {
		return in.methodOfKind(v, key)
	}
	if c == nil || v.isType {
		return nil
	}
	if _, ok := v.fields[key]; ok || in.over[v][key] != nil || c.method(key, 0) != nil {
		return nil
	}
	g := frame{c.scope, c.file(f)}
	for _, field := range c.def.Fields {
		if field.Name != key {
			continue
		}
		if len(v.taints) > 0 {
			return in.goTyped(g, &Value{taints: in.parts(v.taints, orElse(field.JSON, key))}, field.Type, at, 0)
		}
		x := in.unset(g, field.Type)
		if fills[x.ref] && !v.shared && v.fields != nil && len(v.fields) < maxFields {
			v.fields[key] = x
		}
		return x
	}
	if inner := in.embedded(f, v, key, at); inner != nil {
		return in.member(f, inner, key, at)
	}
	return nil
}

// embedded is what a struct holds without a name that has a field or a method of a name; nil where nothing does.
func (in *interp) embedded(f frame, v *Value, key string, at int32) *Value {
	for _, field := range v.class.def.Fields {
		if !field.Embedded {
			continue
		}
		inner := in.member(f, v, field.Name, at)
		if x := in.member(f, inner, key, at); !x.empty() {
			return inner
		}
	}
	return nil
}

// promoting is what a method is one of, where a struct has it of something of a library that it holds without a name: of
// struct{ strings.Builder; args []any } String() gives what the builder holds, and nothing of the rest.
func (in *interp) promoting(f frame, v *Value, method string, at int32) *Value {
	for range maxFollowed {
		if f.file.Language != ir.Go || v == nil || v.class == nil || v.isType || v.fields[method] != nil || v.class.method(method, 0) != nil {
			return v
		}
		inner := in.embedded(f, v, method, at)
		if inner == nil {
			return v
		}
		v = inner
	}
	return v
}

// asReceiver is a struct whose method is called, with what was found out about its fields before: as the copy that such a method gets, or as the
// struct that it only reads.
func (in *interp) asReceiver(f frame, e *ir.Expr, v *Value, method string) *Value {
	if f.file.Language != ir.Go || v == nil || v.class == nil || v.isType || textOf(e) == "" {
		return v
	}
	m := v.class.method(method, 0)
	if m == nil || v.fields[method] != nil || in.isLasting(v) || len(v.all()) == 0 {
		return v
	}
	known := in.guardedFields(f, textOf(e), v)
	if known != v && !onlyReads(m.fn) {
		return v
	}
	return known
}

// onlyReads reports whether a method does nothing with what it is called of but to read its fields.
func onlyReads(fn *ir.Func) bool {
	name := receiverName(fn)
	if name == "" {
		return true
	}
	bases, uses, sets := 0, 0, false
	ir.Walk(fn.Body[1:], nil, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Name && e.Str == name:
			uses++
		case e.Kind == ir.Member && e.X.Kind == ir.Name && e.X.Str == name:
			bases++
		case e.Kind == ir.Assign && nameBelow(e.X) == name:
			sets = true
		case e.Kind == ir.Call: // of another of its methods nothing is known, nor of who gets the address of a field
			sets = sets || e.X.Kind == ir.Member && e.X.X.Kind == ir.Name && e.X.X.Str == name || slices.ContainsFunc(e.List, func(x *ir.Expr) bool {
				return nameBelow(x) == name && x.At > 0 && fn.File.Tree.Source[x.At-1] == '&'
			})
		}
		return true
	})
	return !sets && uses == bases
}

// nameBelow is the name that the parts of an expression are of: order of order.lines[0].price.
func nameBelow(e *ir.Expr) string {
	for e.Kind == ir.Member || e.Kind == ir.Index {
		e = e.X
	}
	if e.Kind == ir.Name {
		return e.Str
	}
	return ""
}

// partOfRouter is a part of what routers of Go give to functions: the request and the answer of Gin, the answer of Echo, and what a function
// that is a handler is called by; nil for others.
func (in *interp) partOfRouter(f frame, v *Value, key string, at int32) *Value {
	switch ofGin := v.ref == "github_com/gin-gonic/gin.Context()" && v.fields[key] == nil; {
	case ofGin && key == "Request":
		return in.goRequestOf(f, at)
	case ofGin && key == "Writer":
		return &Value{ref: responseWriter}
	case v.ref == responseWriter && key == "Writer", key == "ServeHTTP" && len(v.fns) > 0:
		return v
	}
	return nil
}

// writers are functions of Go that write into what they get first.
var writers = regexp.MustCompile(`^(fmt\.Fprint|io\.(WriteString|Copy)|encoding/json\.NewEncoder$|(text|html)/template\..*\.Execute)`)

// writesInto gives a function that writes into a struct what the struct holds without a name and writes by: struct{ *bytes.Buffer }.
func (in *interp) writesInto(f frame, e *ir.Expr, ref string, args *arguments) {
	if f.file.Language == ir.Go && len(args.list) > 0 && args.list[0].class != nil && writers.MatchString(ref) {
		args.list[0] = in.promoting(f, args.list[0], "Write", e.At)
	}
}

// unset reports whether a value is that of a variable of Go to which nothing was given yet.
func (v *Value) unset() bool {
	return v != nil && v.kind != nil && len(v.fields)+len(v.taints)+len(v.fns) == 0 && v.elem == nil && v.ref == "" && !v.known
}

// methodOfKind is a method of a type that is no struct: type state int, func (s state) String() string. Nil where it has none.
func (in *interp) methodOfKind(v *Value, key string) *Value {
	if v.kind.t == nil || v.kind.t.Kind != ir.Name && v.kind.t.Kind != ir.Member {
		return nil
	}
	kind := in.quiet(v.kind.f, v.kind.t)
	if kind.class == nil {
		return nil
	}
	m := kind.class.method(key, 0)
	if m == nil {
		return nil
	}
	return &Value{fns: []*closure{{fn: m.fn, scope: m.scope, this: v}}}
}

// asKind is a value as one of a type of the program that is no struct: it has the methods of the type.
func (in *interp) asKind(f frame, t *ir.Expr, x *Value) *Value {
	if x == nil || x.class != nil || t == nil || t.Kind != ir.Name && t.Kind != ir.Member {
		return x
	}
	kind := in.quiet(f, t)
	if kind.class == nil || kind.class.def.Under == nil || len(kind.class.methods) == 0 {
		return x
	}
	c := *x
	c.kind = &declared{f, t}
	return &c
}

// isNamespace reports whether a value is a package.
func (v *Value) isNamespace() bool {
	return v.ref != "" && !strings.HasSuffix(v.ref, ")") && !strings.Contains(v.ref, "()") && len(v.taints) == 0 && !strings.Contains(lastPath(v.ref), ".")
}

func lastPath(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// fills are types that are ready to be written to as they are, and keep what was written.
var fills = set("strings.Builder() bytes.Buffer()")

// unset is a variable or field that nothing is known to have set: what its type is of a library.
func (in *interp) unset(f frame, t *ir.Expr) *Value {
	kind := in.kindOf(f, t)
	if kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin.") && !strings.HasSuffix(kind.ref, ")") {
		return &Value{ref: kind.ref + "()"}
	}
	return &Value{}
}

// eventPart is a part of an event of the platform, of a type of the events package.
func (in *interp) eventPart(v *Value, name, t string) *Value {
	part := in.parts(v.taints, name)
	switch list, isList := strings.CutPrefix(t, "[]"); {
	case isList:
		one := &Value{taints: in.partsOf(part, "0")}
		if eventStructs()[list] != nil {
			one.ref = eventTypes + list + "()"
		}
		return &Value{elem: one}
	case eventStructs()[t] != nil:
		out := &Value{taints: part, ref: eventTypes + t + "()"}
		if slices.ContainsFunc(v.taints, func(t *Taint) bool { return ofBucket(t.Path + "." + name) }) {
			out.fields = map[string]*Value{"name": {ref: eventBucket + ".name", taints: in.parts(part, "name")}}
		}
		return out
	case harmlessGo[t]:
		return checked(&Value{taints: part})
	}
	return &Value{taints: part}
}

func (in *interp) partsOf(taints []*Taint, key string) []*Taint { return in.parts(taints, key) }

// harmlessGo are types of which no value does harm.
var harmlessGo = set(`bool int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 byte rune uintptr time.Time Time Duration time.Duration UUID
	MilliSecondsEpochTime SecondsEpochTime RFC3339EpochTime`)

// signedGo are types of numbers that can be less than nothing.
var signedGo = set("int int8 int16 int32 int64 float32 float64")

// goTyped is a value that was decoded into a type.
func (in *interp) goTyped(f frame, x *Value, t *ir.Expr, at int32, depth int) *Value {
	if x == nil || t == nil || depth > deepestType {
		return x
	}
	g, u := in.under(f, t)
	return in.asKind(f, t, in.goTypedAs(g, x, u, at, depth))
}

// goTypedAs is goTyped for a type that stands for no other.
func (in *interp) goTypedAs(f frame, x *Value, t *ir.Expr, at int32, depth int) *Value {
	switch t.Kind {
	case ir.Name, ir.Member:
		name := lastPart(textOf(t))
		kind := in.quiet(f, t)
		switch {
		case kind.class != nil && kind.isType:
			return in.goStruct(kind.class, x, at, depth)
		case t.Kind == ir.Name && name == "string":
			mark(&in.looked.strings, x.taints)
			return cleanedBy(x, textOnly)
		case harmlessGo[name] && (t.Kind == ir.Name || kind.ref == "time.Time" || kind.ref == "time.Duration" || strings.HasSuffix(kind.ref, "/uuid.UUID")):
			v := checked(x)
			if t.Kind == ir.Name || kind.ref == "time.Time" || kind.ref == "time.Duration" {
				v.safe = onlyTyped(v.safe)
			}
			if signedGo[name] && t.Kind == ir.Name { // as much as whoever sent it says, also less than nothing
				v.numbers = onlyTyped(amounts(x))
			}
			return v
		case strings.HasPrefix(kind.ref, eventTypes):
			c := *x
			c.ref = kind.ref + "()"
			return &c
		}
	case ir.ClassOf:
		return in.goStruct(in.goClass(f, t.Class).class, x, at, depth)
	case ir.Array:
		if element := t.List[0]; element.Kind == ir.Name && (element.Str == "byte" || element.Str == "uint8") {
			return x
		}
		return &Value{elem: in.goTyped(f, in.elements(x), t.List[0], at, depth+1), kind: &declared{f, t}}
	case ir.Object:
		if t.Y.Kind == ir.Name && harmlessGo[t.Y.Str] {
			return &Value{named: &Value{taints: x.taints}, kind: &declared{f, t}}
		}
		c := *x
		c.kind = &declared{f, t}
		if t.Y.Kind == ir.Name && t.Y.Str == "string" {
			c.taints = cleanedBy(&Value{taints: x.taints}, []string{"nosql"}).taints
		}
		return &c
	}
	return x
}

// onlyTyped are taints of what a decoder has read into a simple type: no more is known of it.
func onlyTyped(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		u := *t
		u.typed = true
		out[i] = &u
	}
	return out
}

// goStruct is a struct that was decoded: it has the fields that its type has, of their types.
func (in *interp) goStruct(c *class, x *Value, at int32, depth int) *Value {
	if x.class == c && !x.isType {
		return x
	}
	v := &Value{class: c, fields: map[string]*Value{}, born: in.branch}
	f := frame{c.scope, c.file(frame{})}
	for _, field := range c.def.Fields {
		switch {
		case field.JSON == "-":
		case field.Embedded && field.JSON == "":
			v.fields[field.Name] = in.goTyped(f, x, field.Type, at, depth+1)
		default:
			part := in.member(f, plainOf(x), in.fieldIn(x, field), at)
			v.fields[field.Name] = in.goTyped(f, part, field.Type, at, depth+1)
		}
	}
	return v
}

// plainOf is what was decoded as a value of no type.
func plainOf(x *Value) *Value {
	if x.ref == "" && x.class == nil {
		return x
	}
	c := *x
	c.ref, c.class = "", nil
	return &c
}

// fieldIn is the name by which a field stands in what is decoded: letters count the same, small and large.
func (in *interp) fieldIn(x *Value, field ir.Field) string {
	name := orElse(field.JSON, field.Name)
	if _, ok := x.fields[name]; ok || field.JSON != "" {
		return name
	}
	for k := range sorted(x.fields) {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	if len(x.taints) > 0 {
		return smallName(name)
	}
	return name
}

// smallName is a name as other languages write it: id for ID, userId for UserID.
func smallName(name string) string {
	begin := strings.IndexFunc(name, func(r rune) bool { return r < 'A' || r > 'Z' })
	switch {
	case begin < 0:
		return strings.ToLower(name)
	case begin > 1: // URLPath
		begin--
	}
	return strings.ToLower(name[:begin]) + name[begin:]
}

// isMap reports whether a value is declared as a map, also by a type of another name.
func (in *interp) isMap(v *Value) bool {
	if v.kind == nil {
		return false
	}
	_, t := in.under(v.kind.f, v.kind.t)
	return t != nil && t.Kind == ir.Object
}

// isChannel reports whether a value is a channel: going through it gives no places.
func (v *Value) isChannel() bool {
	return v.kind != nil && v.kind.t != nil && v.kind.t.Kind == ir.Unknown && v.kind.t.Str == "chan"
}

// ranged is what a loop over a value binds: the place or the key, and the element.
func (in *interp) ranged(v, item *Value) *Value {
	if v.isChannel() {
		return &Value{fields: map[string]*Value{"0": orNothing(item)}, results: true}
	}
	if in.isMap(v) {
		for _, x := range sorted(v.fields) {
			item = join(item, x)
		}
	}
	key := in.keys(v)
	if v.elem != nil && v.named == nil && len(v.taints) == 0 {
		key = &Value{}
	}
	return &Value{fields: map[string]*Value{"0": key, "1": orNothing(item)}, results: true}
}

// eventStructs are the event types of the platform.
func eventStructs() map[string]map[string]events.Field { return events.GoTypes() }

// eventField is the name in JSON of a field of an event type, and its type.
func eventField(event, field string) (name, of string) {
	if f, ok := events.GoTypes()[event][field]; ok {
		return f.JSON, f.Type
	}
	return field, ""
}
