package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// methods of values of the languages. Which type a value has is not known, so a name is enough where the value is no library's.
func (in *interp) methods(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	for _, of := range []func(frame, *ir.Expr, *Value, string, *arguments) (*Value, bool){in.ofText, in.ofFunction, in.ofContainer} {
		if v, ok := of(f, e, recv, method, args); ok {
			return v, true
		}
	}
	return nil, false
}

// ofText are methods of texts.
func (in *interp) ofText(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	if recv.json != nil && keepsText[method] && !strings.HasPrefix(args.get(0).text, "base64") && args.get(0).text != "hex" { // what it was written from is known
		return recv, true
	}
	switch method {
	case "data_as_json", "data_as_text", "data_as_bytes": // of Powertools
		if len(recv.taints) > 0 {
			v := &Value{taints: in.parts(recv.taints, "data")}
			if method == "data_as_json" {
				return in.parsed(f, e, v), true
			}
			return v, true
		}
		return nil, false
	case "replace", "replaceAll":
		if v := in.replaced(f, e, recv, method, args); v != nil {
			return v, true
		}
		if !recv.known && len(recv.fns) == 0 { // something is filled in
			filled := args.get(1)
			for _, c := range filled.fns {
				filled = join(filled, in.invoke(f, c, c.this, &arguments{list: []*Value{{}, {}}}, e.At))
			}
			if t := texts(filled.all()); len(t) > 0 {
				return &Value{taints: addTaints(in.stepped(f, t, e.At, "is filled into a text"), recv.taints)}, true
			}
		}
		return nil, false
	case "match", "exec", "matchAll", "fullmatch", "search":
		if in.matched(f, e) {
			return &Value{}, true
		}
		return nil, false
	case "concat":
		if f.file.Language == ir.Node && recv.begin() != "" && args.rest == nil { // "uploads/".concat(name)
			return in.joined(f, append([]*Value{recv}, args.list...), e.At), true
		}
		return nil, false
	case "toString":
		switch args.get(0).text {
		case "hex":
			return &Value{}, true
		case "base64", "base64url":
			return asBase64(recv), true
		}
		if len(recv.taints) > 0 && len(recv.fns) == 0 && recv.class == nil {
			return &Value{taints: in.stepped(f, texts(recv.taints), e.At, ".toString()")}, true
		}
		return nil, false
	case "split", "rsplit":
		if sep := args.get(0); sep.known && sep.text == "." && len(recv.taints) > 0 {
			return in.sections(f, recv, e.At), true
		}
		if sep := args.get(0); sep.known && (sep.text == "/" || sep.text == "\\") && len(recv.taints) > 0 {
			out := &Value{taints: in.stepped(f, recv.taints, e.At, "is split at its slashes")}
			for i, t := range out.taints {
				u := *t.cleaned(textOnly)
				u.pieces, u.object = true, false
				out.taints[i] = &u
			}
			return out, true
		}
		if len(recv.taints) > 0 { // into texts
			return cleanedBy(&Value{taints: in.stepped(f, texts(recv.taints), e.At, "goes through string.split"), isList: f.file.Language == ir.Python}, textOnly), true
		}
		return nil, false
	case "format":
		if recv.known && f.file.Language == ir.Python {
			parts := append(slices.Clone(args.list), kwValues(args)...)
			if args.dict != nil {
				parts = append(parts, &Value{taints: args.dict.taints})
			}
			return in.formatted(f, recv, "{", parts, args.kw, e.At), true
		}
		return nil, false
	case "join":
		if recv.ref == "" {
			list, between := recv, args.get(0)
			if f.file.Language == ir.Python { // "\n".join(lines)
				list, between = between, list
			}
			if out := in.joinedList(f, list, between, e.At); out != nil {
				return out, true
			}
			all := addTaints(bodyOf(list, between), texts(between.all()))
			return &Value{taints: in.stepped(f, all, e.At, "is joined")}, true
		}
	}
	return nil, false
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

// asBase64 is a text in base64, which does no harm before it is decoded.
func asBase64(v *Value) *Value {
	out := &Value{json: v.json}
	for _, t := range texts(v.all()) {
		if u := t.cleaned(encoded); u != nil {
			u.plain = t
			out.taints = append(out.taints, u)
		}
	}
	return out
}

// ofFunction are methods of functions and promises.
func (in *interp) ofFunction(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	switch method {
	case "call", "apply":
		if len(recv.fns) == 0 {
			return nil, false
		}
		list := args.list[min(1, len(args.list)):]
		if method == "apply" {
			list = []*Value{in.elements(args.get(1))}
		}
		var out *Value
		for _, c := range recv.fns {
			out = join(out, in.invoke(f, c, args.get(0), &arguments{list: list}, e.At))
		}
		return out, true
	case "bind":
		if len(recv.fns) > 0 {
			v := rebound(recv, args.get(0))
			if len(args.list) > 1 {
				for _, c := range v.fns {
					c.bound = &arguments{list: args.list[1:]}
				}
			}
			return v, true
		}
		if of := args.get(0).ref; of != "" && strings.HasPrefix(recv.ref, of+".") { // of a library: s3.getObject.bind(s3)
			return recv, true
		}
		return nil, false
	case "then":
		if len(args.list) > 0 && len(args.list[0].fns) > 0 {
			var out *Value
			in.behind(f, e.X.X, func() {
				for _, c := range args.list[0].fns {
					out = join(out, in.invoke(f, c, nil, &arguments{list: []*Value{recv}}, e.At))
				}
			})
			for _, a := range args.list[1:] {
				for _, c := range a.fns {
					in.invoke(f, c, nil, &arguments{}, e.At)
				}
			}
			return out, true
		}
		return recv, true
	case "nodeify", "asCallback":
		return in.nodeified(f, e, recv, args), true
	case "catch", "finally":
		out := recv
		for _, a := range args.list {
			for _, c := range a.fns {
				out = join(out, in.invoke(f, c, nil, in.rejects(method), e.At))
			}
		}
		return out, true
	case "promise":
		if recv.ref == "" || strings.HasSuffix(recv.ref, ")") || len(recv.taints) > 0 {
			return recv, true
		}
	}
	return nil, false
}

// ofContainer are methods of lists, dictionaries and the like.
func (in *interp) ofContainer(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	cb := func(list ...*Value) *Value {
		var out *Value
		for _, a := range args.list {
			for _, c := range a.fns {
				out = join(out, in.invoke(f, c, c.this, &arguments{list: list}, e.At))
			}
		}
		return out
	}
	switch method {
	case "forEach", "map", "filter", "find", "some", "every", "flatMap", "sort", "findLast", "reduce":
		if recv.ref != "" && len(recv.taints) == 0 && recv.elem == nil && len(recv.fields) == 0 && (in.st == nil || len(recv.args) == 0) {
			return nil, false
		}
		item := in.elements(recv)
		if method == "reduce" {
			return cb(args.get(1), item), true
		}
		r := cb(item, nothing)
		if fn := args.get(0); method == "map" && fn.ref != "" && len(fn.fns) == 0 && len(e.List) > 0 { // map(encodeURIComponent)
			r = in.library(f, &ir.Expr{Kind: ir.Call, X: e.List[0], At: e.At, End: e.End}, nil, "", fn, &arguments{list: []*Value{item}})
		}
		if method == "filter" && len(args.list) > 0 {
			return in.filtered(recv, item, args.list[0]), true
		}
		switch method {
		case "map", "flatMap":
			return &Value{elem: r}, true
		case "filter", "sort":
			return recv, true
		case "find", "findLast":
			return item, true
		}
		return nothing, true
	case "push", "append", "unshift", "add", "extend", "insert", "appendleft":
		if recv.ref != "" {
			return nil, false
		}
		in.standsAt(f, e.At)
		if args.rest != nil && in.isLasting(recv) { // push(...items)
			in.grows(recv, args.rest)
		}
		for _, a := range args.list {
			singles := []*Value{a}
			if method == "extend" {
				a, singles = in.elements(a), in.singles(a)
			}
			switch {
			case in.isLasting(recv):
				in.grows(recv, a)
				if !recv.shared && in.st == nil {
					recv.add(a, singles)
				}
			case recv != nothing:
				recv.add(a, singles)
			}
			if x := e.X.X; x.Kind == ir.Index && x.Y != nil { // d[key].append(x), of a dictionary that makes what is missing
				if c := in.quiet(f, x.X); c.ref == "" && len(c.fields) == 0 {
					in.assignElem(c, &Value{elem: a})
				}
			}
		}
		for _, list := range args.spread {
			if recv != nothing && !recv.shared {
				recv.add(in.elements(list), in.singles(list))
			}
		}
		return nothing, true
	case "set":
		if recv.ref == "" && len(args.list) == 2 {
			in.standsAt(f, e.At)
			if k := args.get(0); k.known {
				in.assign(f, recv, k.text, args.get(1), e.At)
			} else if !in.keepsForAll(f, recv, k, args.get(1), e.At) {
				in.assignElem(recv, args.get(1))
			}
			return recv, true
		}
	case "get", "pop", "shift", "setdefault":
		if method == "get" && strings.HasPrefix(recv.ref, "express.Request") && len(recv.taints) > 0 {
			return in.member(f, in.member(f, recv, "headers", e.At), orElse(args.get(0).text, "x"), e.At), true
		}
		if recv.ref != "" && len(recv.taints) == 0 {
			return nil, false
		}
		if method == "setdefault" && len(args.list) > 1 && !recv.shared && recv != nothing {
			if k := args.get(0); !k.known {
				in.assignElem(recv, args.get(1))
				recv.named = join(recv.named, k)
			} else if recv.fields[k.text] == nil {
				in.assign(f, recv, k.text, args.get(1), e.At)
			}
		}
		if kind := args.kw["type"]; kind != nil && (kind.ref == "builtin.int" || kind.ref == "builtin.float" || kind.ref == "builtin.bool") { // of Flask
			return &Value{}, true
		}
		v := in.elements(recv)
		if k := args.get(0); k.known {
			v = in.member(f, recv, k.text, e.At)
		} else if len(args.list) > 0 {
			v = in.keptForAll(f, recv, k, e.At, in.anyMember(recv))
		}
		if len(args.list) > 1 {
			v = join(v, args.get(1))
		}
		return v, true
	case "popleft", "popitem", "get_nowait", "dequeue":
		if recv.ref == "" {
			return in.elements(recv), true
		}
	case "items", "entries":
		if recv.ref != "" && len(recv.taints) == 0 {
			return nil, false
		}
		item := in.elements(recv)
		for _, v := range sorted(recv.fields) {
			item = join(item, v)
		}
		return &Value{elem: &Value{fields: map[string]*Value{"0": in.keys(recv), "1": item}}}, true
	case "keys":
		if recv.ref == "" {
			return &Value{elem: in.keys(recv)}, true
		}
	case "values", "copy", "slice", "concat":
		if recv.ref == "" && len(recv.taints) == 0 {
			v := recv
			if method == "concat" {
				for _, a := range args.list {
					v = join(v, a)
				}
				v = join(v, orNothing(args.rest))
			}
			if method == "values" {
				item := in.elements(recv)
				for _, x := range sorted(recv.fields) {
					item = join(item, x)
				}
				v = &Value{elem: item}
			}
			return v, true
		}
	case "update":
		if recv.ref == "" && len(args.list) == 1 && in.isLasting(recv) {
			in.standsAt(f, e.At)
			in.takes(recv, args.get(0))
		}
		if recv.ref == "" && len(args.list) == 1 && !recv.shared && recv != nothing {
			a := args.get(0)
			for k, v := range sorted(a.fields) {
				in.assign(f, recv, k, v, e.At)
			}
			if !a.closed() {
				recv.spread = a
			}
			if len(a.taints) > 0 {
				for k, field := range sorted(recv.fields) {
					recv.fields[k] = join(field, &Value{taints: in.parts(a.taints, k)})
				}
			}
			recv.taints = addTaints(recv.taints, a.taints)
			return nothing, true
		}
	}
	return nil, false
}

// sections are the parts of a text between its dots: those of a token, where it is called so.
func (in *interp) sections(f frame, recv *Value, at int32) *Value {
	var out []*Taint
	for _, t := range recv.taints {
		u := *t
		if path := strings.ToLower(t.Path); isOfPage(lastPart(plainPath(t.Path))) {
			u.token = noToken
		} else if strings.Contains(path, "auth") || strings.Contains(path, "token") || strings.Contains(path, "jwt") {
			u.token = tokenPart
		}
		out = append(out, (&u).with(f.file, at, "is split at its dots", in.steps))
	}
	return &Value{taints: out}
}
