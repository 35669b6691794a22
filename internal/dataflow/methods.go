package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// methods of values of the languages. Which type a value has is not known, so a name is enough where the value is no library's: what is a
// method of texts is tried before what is one of functions, and that before what is one of containers.
func (in *interp) methods(c call) (*Value, bool) {
	if c.recv.json != nil && keepsText[c.method] && !strings.HasPrefix(c.args.get(0).text, "base64") && c.args.get(0).text != "hex" { // what it was written from is known
		return c.recv, true
	}
	for _, table := range in.p.models.natives.methods {
		if follow := table[c.method]; follow != nil {
			if v, ok := follow(in, c); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// methodsOfText are methods of texts.
func methodsOfText() map[string]native {
	return named(map[string]native{
		"data_as_json data_as_text data_as_bytes": (*interp).dataAs,
		"get_secret_value":                        (*interp).unveiled,
		"json formData":                           (*interp).readsBody,
		"replace replaceAll":                      (*interp).replaces,
		"translate":                               (*interp).translates,
		"match exec matchAll fullmatch search":    (*interp).matches,
		"concat":                                  (*interp).concatText,
		"toString":                                (*interp).writesText,
		"split rsplit":                            (*interp).splits,
		"encode":                                  (*interp).encodesText,
		"format":                                  (*interp).formats,
		"join":                                    (*interp).joins,
	})
}

// dataAs is the data of a record of Powertools.
func (in *interp) dataAs(c call) (*Value, bool) {
	if len(c.recv.taints) == 0 {
		return nil, false
	}
	v := &Value{taints: in.parts(c.recv.taints, "data")}
	if c.method == "data_as_json" {
		return in.parsed(c.f, c.e, v), true
	}
	return v, true
}

// unveiled is what a SecretStr of pydantic keeps from who writes it into a log.
func (in *interp) unveiled(c call) (*Value, bool) {
	if c.recv.ref != "" {
		return nil, false
	}
	v := *c.recv
	v.taints = nil
	for _, t := range c.recv.taints {
		u := t.cleaned(nil)
		delete(u.clean, Disclosed)
		v.taints = append(v.taints, u)
	}
	return &v, true
}

// readsBody is the body of a Request of the Fetch standard: request.json(), request.formData().
func (in *interp) readsBody(c call) (*Value, bool) {
	if c.f.file.Language != ir.Node || c.recv.ref != "" || len(c.recv.taints) != 1 || c.recv.taints[0].Path != "request" {
		return nil, false
	}
	if c.method == "json" {
		return in.parsed(c.f, c.e, &Value{taints: in.parts(c.recv.taints, "json")}), true
	}
	return &Value{taints: texts(in.parts(c.recv.taints, "form"))}, true
}

// replaces is a text in which something is replaced: it is harmless where that is what does harm, and has in it what is filled in.
func (in *interp) replaces(c call) (*Value, bool) {
	if v := in.replaced(c.f, c.e, c.recv, c.method, c.args); v != nil {
		return v, true
	}
	filled := c.args.get(1)
	if c.recv.known && len(filled.fns) == 0 || len(c.recv.fns) > 0 {
		return nil, false
	}
	for _, fn := range filled.fns {
		filled = join(filled, in.invoke(c.f, fn, fn.this, &arguments{list: []*Value{{}, {}}}, c.e.At))
	}
	if t := texts(filled.all()); len(t) > 0 {
		return &Value{taints: addTaints(in.stepped(c.f, t, c.e.At, "is filled into a text"), c.recv.taints)}, true
	}
	return nil, false
}

// matches is what a pattern has found that tells all of what it finds.
func (in *interp) matches(c call) (*Value, bool) {
	if !in.matched(c.f, c.e) {
		return nil, false
	}
	found := &Value{safe: addTaints(slices.Clone(c.recv.theirs()), c.args.all())}
	return &Value{elem: found}, true
}

// concatText: "uploads/".concat(name).
func (in *interp) concatText(c call) (*Value, bool) {
	if c.f.file.Language == ir.Node && c.recv.begin() != "" && c.args.rest == nil {
		return in.joined(c.f, append([]*Value{c.recv}, c.args.list...), c.e.At), true
	}
	return nil, false
}

// writesText: x.toString("base64").
func (in *interp) writesText(c call) (*Value, bool) {
	switch c.args.get(0).text {
	case "hex":
		return inSigns(c.recv, inDigits), true
	case "base64", "base64url":
		return inSigns(c.recv, encoded), true
	}
	if len(c.recv.taints) > 0 && len(c.recv.fns) == 0 && c.recv.class == nil {
		return &Value{taints: in.stepped(c.f, texts(c.recv.taints), c.e.At, ".toString()")}, true
	}
	return nil, false
}

// encodesText is a constant as bytes: "notes".encode().
func (in *interp) encodesText(c call) (*Value, bool) {
	if c.f.file.Language != ir.Python || !c.recv.known || c.recv.ref != "" || c.recv.secret != nil || len(c.recv.taints)+len(c.recv.fields) > 0 {
		return nil, false
	}
	return &Value{ref: encodedText, args: []*Value{c.recv}}, true
}

// encodedText is what encode gives of a constant.
const encodedText = "builtin.str.encode()"

// splits are the parts of a text, which are texts: those of a token, of a path, of any other.
func (in *interp) splits(c call) (*Value, bool) {
	if len(c.recv.taints) == 0 {
		return nil, false
	}
	switch sep := c.args.get(0); {
	case sep.known && sep.text == ".":
		return in.sections(c.f, c.recv, c.e.At), true
	case sep.known && (sep.text == "/" || sep.text == "\\"):
		out := &Value{taints: in.stepped(c.f, c.recv.taints, c.e.At, "is split at its slashes")}
		for i, t := range out.taints {
			u := *t.cleaned(textOnly)
			u.pieces, u.object = true, false
			out.taints[i] = &u
		}
		return out, true
	}
	whole := &Value{taints: texts(c.recv.taints)}
	if gone := between(c); gone != nil {
		whole = lacking(whole.taints, gone)
		for i, t := range whole.taints {
			u := *t
			u.apart = true
			whole.taints[i] = &u
		}
	}
	taints := in.stepped(c.f, whole.taints, c.e.At, "goes through string.split")
	return cleanedBy(&Value{taints: taints, isList: c.f.file.Language == ir.Python}, textOnly), true
}

// between is the pattern of what stands between the parts of a text that is split, which is in none of them; nil where it is not known.
func between(c call) *Value {
	sep := c.args.get(0)
	switch {
	case c.f.file.Language == ir.Python && len(c.args.list) == 0 && len(c.args.kw) == 0:
		return constant(`\s`)
	case c.method != "split" || !sep.known || sep.text == "" || len(c.args.list) > 1: // only so many parts: the last one holds the rest
		return nil
	case sep.regexp:
		return sep
	}
	return constant(regexp.QuoteMeta(escaped.Replace(sep.text)))
}

// joins: lines.join("\n"), or "\n".join(lines) of Python.
func (in *interp) joins(c call) (*Value, bool) {
	if c.recv.ref != "" {
		return nil, false
	}
	list, between := c.recv, c.args.get(0)
	if c.f.file.Language == ir.Python {
		list, between = between, list
		if list.isDict && !list.isList { // of a dictionary its keys are joined
			list = &Value{elem: in.keys(list)}
		}
	}
	if out := in.joinedList(c.f, list, between, c.e.At); out != nil {
		return out, true
	}
	parts := bodyOf(list, between)
	if len(list.fields) == 0 { // the program has not written out how many there are
		parts = together(parts, between)
	}
	all := addTaints(parts, texts(between.all()))
	return &Value{taints: in.stepped(c.f, all, c.e.At, "is joined"), safe: ofAnyName(list.elem, 0)}, true
}

// together are the taints of the parts of a text with something between them: where that is what the text was split at, or is not known, it is in
// the text again as often as an outsider likes.
func together(taints []*Taint, between *Value) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		if !t.apart {
			continue
		}
		u := *t
		u.apart, u.clean = false, maps.Clone(t.clean)
		u.gone = strings.Map(func(c rune) rune {
			if !between.known || strings.ContainsRune(escaped.Replace(between.text), c) {
				return -1
			}
			return c
		}, t.gone)
		for rule, characters := range harmful {
			if lacksAll(t.gone, characters) && !lacksAll(u.gone, characters) {
				delete(u.clean, rule)
			}
		}
		out[i] = &u
	}
	return out
}

// joinedList is the text that a list becomes of which all elements are known, with something constant between them; nil for others.
func (in *interp) joinedList(f frame, list, between *Value, at int32) *Value {
	elements := list.inOrder()
	if !between.known || len(list.taints) > 0 || list.elem != nil || len(elements) == 0 || len(elements) > maxTextParts || len(elements) != len(list.fields) {
		return nil
	}
	parts := elements[:1:1]
	for _, x := range elements[1:] {
		parts = append(parts, between, x)
	}
	return in.joined(f, parts, at)
}

// keepsText are methods that give the same text in another form.
var keepsText = set("encode decode trim strip toString")

// inSigns is a text in base64 or in digits, which does no harm before it is decoded.
func inSigns(v *Value, harmless []string) *Value {
	out := &Value{json: v.json}
	for _, t := range texts(v.all()) {
		if u := t.cleaned(harmless); u != nil {
			u.plain = t
			out.taints = append(out.taints, u)
		}
	}
	return out
}

// methodsOfFunction are methods of functions and promises.
func methodsOfFunction() map[string]native {
	return named(map[string]native{
		"call apply":         (*interp).callsWith,
		"bind":               (*interp).binds,
		"then":               (*interp).then,
		"nodeify asCallback": (*interp).toCallbackToo,
		"catch finally":      (*interp).settled,
		"promise":            (*interp).asPromise,
	})
}

// callsWith: f.call(this, x), f.apply(this, list).
func (in *interp) callsWith(c call) (*Value, bool) {
	if len(c.recv.fns) == 0 {
		return in.callsLibraryWith(c)
	}
	list := c.args.list[min(1, len(c.args.list)):]
	if c.method == "apply" {
		list = []*Value{in.elements(c.args.get(1))}
	}
	var out *Value
	for _, fn := range c.recv.fns {
		out = join(out, in.invoke(c.f, fn, c.args.get(0), &arguments{list: list}, c.e.At))
	}
	return out, true
}

// callsLibraryWith: client.search.call(client, base, options), of a library: also of a method that gives a promise instead of calling back.
func (in *interp) callsLibraryWith(c call) (*Value, bool) {
	of, name := cutLast(c.recv.ref)
	if c.f.file.Language != ir.Node || of == "" || strings.HasPrefix(of, "builtin") || len(c.args.list) == 0 || c.args.list[0].ref != of {
		return nil, false
	}
	e := *c.e
	e.X, e.List = c.e.X.X, c.e.List[1:]
	if len(e.Keys) > 0 {
		e.Keys = e.Keys[1:]
	}
	given := &arguments{list: c.args.list[1:]}
	if c.method == "apply" {
		given.list, e.List = c.args.get(1).inOrder(), nil
	}
	return in.callOf(call{c.f, &e, c.args.list[0], name, c.recv, given}), true
}

// binds: f.bind(this, x), and s3.getObject.bind(s3) of a library.
func (in *interp) binds(c call) (*Value, bool) {
	if len(c.recv.fns) > 0 {
		v := rebound(c.recv, c.args.get(0))
		if len(c.args.list) > 1 {
			for _, fn := range v.fns {
				fn.bound = &arguments{list: c.args.list[1:]}
			}
		}
		return v, true
	}
	of := c.args.get(0).ref
	return c.recv, of != "" && strings.HasPrefix(c.recv.ref, of+".")
}

// then is what the functions make of what a promise gives.
func (in *interp) then(c call) (*Value, bool) {
	if len(c.args.list) == 0 || len(c.args.list[0].fns) == 0 {
		return c.recv, true
	}
	var out *Value
	in.behind(c.f, c.e.X.X, func() {
		for _, fn := range c.args.list[0].fns {
			in.standsBehindPromise(fn.fn)
			out = join(out, in.invoke(c.f, fn, nil, &arguments{list: []*Value{c.recv}}, c.e.At))
		}
	})
	for _, a := range c.args.list[1:] {
		for _, fn := range a.fns {
			in.invoke(c.f, fn, nil, &arguments{}, c.e.At)
		}
	}
	return out, true
}

// standsBehindPromise notes a function that is called when a promise is kept.
func (in *interp) standsBehindPromise(fn *ir.Func) {
	if in.afterPromise == nil {
		in.afterPromise = map[*ir.Func]bool{}
	}
	in.afterPromise[fn] = true
}

func (in *interp) toCallbackToo(c call) (*Value, bool) {
	return in.nodeified(c.f, c.e, c.recv, c.args), true
}

// settled is a promise behind what handles its failure or its end.
func (in *interp) settled(c call) (*Value, bool) {
	out := c.recv
	before := in.rejecting
	in.rejecting = before || c.method == "catch"
	for _, a := range c.args.list {
		for _, fn := range a.fns {
			out = join(out, in.invoke(c.f, fn, nil, in.rejects(c.method), c.e.At))
		}
	}
	in.rejecting = before
	return out, true
}

// asPromise: request.promise() of version 2 of the SDK.
func (in *interp) asPromise(c call) (*Value, bool) {
	return c.recv, c.recv.ref == "" || strings.HasSuffix(c.recv.ref, ")") || len(c.recv.taints) > 0
}

// sections are the parts of a text between its dots: those of a token, where it is called so, or where code takes three of them.
func (in *interp) sections(f frame, recv *Value, at int32) *Value {
	var out []*Taint
	for _, t := range recv.taints {
		u := *t
		if path := strings.ToLower(t.Path); isOfPage(lastPart(plainPath(t.Path))) {
			u.token = noToken
		} else if strings.Contains(path, "auth") || strings.Contains(path, "token") || strings.Contains(path, "jwt") {
			u.token = tokenPart
		} else {
			u.token = dotted
		}
		out = append(out, (&u).with(f.file, at, "is split at its dots", in.steps))
	}
	return &Value{taints: out}
}

// isSections reports whether a value is the parts of a token.
func (v *Value) isSections() bool {
	return v != nil && slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.token == tokenPart })
}

// middleOfThree is the second of three parts of a text between its dots: const [header, payload, signature] = pass.split("."). Where it is decoded and
// holds JSON the text is a token, whatever its name.
func middleOfThree(list, x *Value) *Value {
	if !slices.ContainsFunc(list.taints, func(t *Taint) bool { return t.token == dotted }) {
		return x
	}
	c := *x
	c.taints = slices.Clone(x.taints)
	for i, t := range c.taints {
		u := *t
		u.token = tokenPart
		c.taints[i] = &u
	}
	return &c
}

// encoded are the rules that base64 does no harm for.
var encoded = []string{"os-command", "sql", "nosql", "code-eval", "html-response", "template-injection", "dynamodb-expression", "xpath", "ldap", "header-injection", "log-injection", "redos", "mass-assignment", "ssrf", "open-redirect"}

// inDigits are the rules that hexadecimal digits do no harm for: all but that a password can be read from them.
var inDigits = append(slices.Clone(encoded), "path-traversal", "object-key", "user-controlled-target", "deserialization", "xxe", ldapName, "jwt-unverified", "error-details")

// filtered are the elements of a list that pass a test.
func (in *interp) filtered(recv, item, test *Value) *Value {
	if len(test.fns) != 1 {
		return recv
	}
	c := test.fns[0]
	if rules := in.elementRules(test, yes); len(rules) > 0 {
		return &Value{elem: cleanedBy(item, rules)}
	}
	params := c.params()
	if len(params) == 0 {
		return recv
	}
	known := in.proofOf(c, &arguments{list: []*Value{{taints: []*Taint{{}}}}}, yes)
	out := *item
	if out.fields = maps.Clone(item.fields); out.fields == nil {
		out.fields = map[string]*Value{}
	}
	checked := false
	for i := range 2 {
		rules := known[parameterName(params[0])+"."+itoa(i)]       // (pair) => KEYS.includes(pair[0])
		if params[0].Kind == ir.Array && i < len(params[0].List) { // ([key, value]) => KEYS.includes(key)
			rules = known[parameterName(params[0].List[i])]
		}
		if len(rules) > 0 {
			out.fields[itoa(i)] = cleanedBy(in.member(frame{c.scope, c.fn.File}, item, itoa(i), c.fn.Start), rules)
			checked = true
		}
	}
	if !checked {
		return recv
	}
	return &Value{elem: &out}
}
