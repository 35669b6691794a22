package cloudformation

import (
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// function works out one intrinsic call.
type function func(t *Template, arg *model.Value, at model.Origin) *model.Value

// functions is every function a template can call, by its long name.
func functions() map[string]function {
	return map[string]function{
		"Ref":                (*Template).ref,
		"Fn::GetAtt":         (*Template).getAtt,
		"Fn::Sub":            (*Template).sub,
		"Fn::Join":           (*Template).join,
		"Fn::Select":         (*Template).selectItem,
		"Fn::Split":          (*Template).split,
		"Fn::FindInMap":      (*Template).findInMap,
		"Fn::If":             (*Template).ifThenElse,
		"Fn::And":            (*Template).and,
		"Fn::Or":             (*Template).or,
		"Fn::Not":            (*Template).not,
		"Fn::Equals":         (*Template).equals,
		"Fn::ImportValue":    (*Template).importValue,
		"Fn::Base64":         (*Template).base64,
		"Fn::GetAZs":         open("the availability zones of the region"),
		"Fn::Cidr":           (*Template).cidr,
		"Fn::Length":         (*Template).length,
		"Fn::ToJsonString":   (*Template).toJSON,
		"Fn::Transform":      (*Template).macro,
		"Fn::GetStackOutput": (*Template).stackOutput,
		"Fn::ForEach":        (*Template).unnamedLoop,

		"Fn::Contains":         (*Template).contains,
		"Fn::EachMemberEquals": (*Template).eachMemberEquals,
		"Fn::EachMemberIn":     (*Template).eachMemberIn,
		"Fn::RefAll":           open("all parameters of a type"),
		"Fn::ValueOf":          open("an attribute of what a parameter names"),
		"Fn::ValueOfAll":       open("an attribute of what parameters name"),
	}
}

func open(reason string) function {
	return func(_ *Template, _ *model.Value, at model.Origin) *model.Value { return model.NewPresent(reason, at) }
}

// bad reports a call with arguments that do not fit and gives an unknown for it.
func (t *Template) bad(at model.Origin, name, want string) *model.Value {
	t.warn(at, name+" is called with arguments that do not fit", "write "+want)
	return model.NewUnknown(name+" is called with arguments that do not fit", at)
}

// ref works out Ref. Its name may itself be worked out, with the language extensions.
func (t *Template) ref(arg *model.Value, at model.Origin) *model.Value {
	return t.named(arg, at, "Ref", "Ref: LogicalId", func(name string) *model.Value { return t.lookup(name, at) })
}

// named calls f with each name an argument may come to.
func (t *Template) named(arg *model.Value, at model.Origin, function, want string, f func(name string) *model.Value) *model.Value {
	if arg.Kind == model.List {
		return t.bad(at, function, want)
	}
	return mapChoices(t.Resolve(arg), func(v *model.Value) *model.Value {
		name, ok := v.Scalar()
		switch {
		case ok && name != "":
			return f(name)
		case v.Kind == model.Unknown, v.Kind == model.Text, v.Kind == model.Ref:
			return model.NewPresent("the name that "+function+" is called with is not known", at)
		}
		return t.bad(at, function, want)
	})
}

// lookup is what a reference by name gives: parameter, pseudo parameter or resource.
func (t *Template) lookup(name string, at model.Origin) *model.Value {
	if t.Sub != nil {
		if v := t.Sub(name); v != nil {
			return v.At(at)
		}
	}
	switch {
	case name == "AWS::NoValue":
		return model.NewAbsent(at)
	case strings.HasPrefix(name, "AWS::"):
		return model.NewRef(name, "", at)
	}
	if v := t.parameter(name); v != nil {
		return v
	}
	if t.resources[name] {
		return model.NewRef(name, "", at)
	}
	if !t.unseen {
		t.warn(at, name+" is neither a parameter nor a resource of this template", "check the spelling")
	}
	return model.NewPresent(name+" is not declared", at)
}

func (t *Template) getAtt(arg *model.Value, at model.Origin) *model.Value {
	const function, want = "Fn::GetAtt", "Fn::GetAtt: [LogicalId, Attribute]"
	if arg.Kind != model.List {
		return t.named(arg, at, function, want, func(name string) *model.Value {
			id, attr, ok := strings.Cut(name, ".")
			if !ok || id == "" || attr == "" {
				return t.bad(at, function, want)
			}
			return t.attribute(id, attr, at)
		})
	}
	if len(arg.Items) < 2 {
		return t.bad(at, function, want)
	}
	return t.named(arg.Items[0], at, function, want, func(id string) *model.Value {
		return t.named(t.dotted(arg.Items[1:], at), at, function, want, func(attr string) *model.Value {
			return t.attribute(id, attr, at)
		})
	})
}

// dotted joins the parts of an attribute's name; people write [Stack, Outputs, Url] for Stack.Outputs.Url.
func (t *Template) dotted(parts []*model.Value, at model.Origin) *model.Value {
	if len(parts) == 1 {
		return parts[0]
	}
	var all []*model.Value
	for i, p := range parts {
		if i > 0 {
			all = append(all, model.NewString(".", at))
		}
		all = append(all, t.Resolve(p))
	}
	return oneOrText(all, at)
}

func (t *Template) attribute(id, attr string, at model.Origin) *model.Value {
	if part, rest, ok := strings.Cut(attr, "."); ok && t.Sub != nil { // an attribute of what a language made: Fn.Alias.Arn
		if v := t.Sub(id + "." + part); v != nil && v.Kind == model.Ref {
			return model.NewRef(v.Str, rest, at)
		}
	}
	if t.resources[id] {
		return model.NewRef(id, attr, at)
	}
	if t.Sub != nil {
		if v := t.Sub(id); v != nil && v.Kind == model.Ref {
			return model.NewRef(v.Str, attr, at)
		}
	}
	if !t.unseen {
		t.warn(at, id+" is not a resource of this template", "check the spelling")
	}
	return model.NewPresent(id+" is not declared", at)
}

func (t *Template) sub(arg *model.Value, at model.Origin) *model.Value {
	const function, want = "Fn::Sub", "Fn::Sub: 'text with ${Name}'"
	text, vars := arg, (*model.Value)(nil)
	if arg.Kind == model.List {
		if len(arg.Items) != 2 {
			return t.bad(at, function, want)
		}
		text, vars = arg.Items[0], t.Resolve(arg.Items[1])
		if vars.Kind != model.Map && vars.Kind != model.Unknown {
			return t.bad(at, function, "Fn::Sub: ['text with ${Name}', {Name: value}]")
		}
	}
	if text.Kind == model.Map {
		text = t.Resolve(text)
	}
	return mapChoices(text, func(text *model.Value) *model.Value { return t.substituted(text, vars, at) })
}

// substituted is one text with its variables replaced; of one that is open in places, its known parts.
func (t *Template) substituted(text, vars *model.Value, at model.Origin) *model.Value {
	switch text.Kind {
	case model.Text:
		var parts []*model.Value
		for _, p := range text.Items {
			if p.Kind == model.String {
				p = t.substitute(p.Str, vars, p.Origin)
			}
			parts = append(parts, p)
		}
		return oneOrText(parts, at)
	case model.Unknown, model.Ref:
		return text
	}
	s, ok := text.Scalar()
	if !ok {
		return t.bad(at, "Fn::Sub", "Fn::Sub: 'text with ${Name}'")
	}
	return t.substitute(s, vars, text.Origin)
}

// substitute replaces ${Name}, ${Name.Attr} and ${!Literal} in a text.
func (t *Template) substitute(s string, vars *model.Value, at model.Origin) *model.Value {
	return opened(aroundReferences(s, at, func(s string) *model.Value {
		var parts []*model.Value
		for {
			start := strings.Index(s, "${")
			if start < 0 {
				break
			}
			end := strings.IndexByte(s[start:], '}')
			if end < 0 {
				break
			}
			name := strings.TrimSpace(s[start+2 : start+end])
			parts = append(parts, model.NewString(s[:start], at), t.variable(name, vars, at))
			s = s[start+end+1:]
		}
		return oneOrText(append(parts, model.NewString(s, at)), at)
	}))
}

func (t *Template) variable(name string, vars *model.Value, at model.Origin) *model.Value {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return model.NewString("${"+literal+"}", at)
	}
	if vars != nil {
		if v := vars.Get(name); v.Kind != model.Absent {
			return v
		}
	}
	if id, attr, ok := strings.Cut(name, "."); ok {
		if t.Sub != nil && !t.resources[name] {
			if v := t.Sub(name); v != nil {
				return v.At(at)
			}
		}
		return t.attribute(id, attr, at)
	}
	return t.lookup(name, at)
}

func (t *Template) join(arg *model.Value, at model.Origin) *model.Value {
	const want = "Fn::Join: [delimiter, [a, b]]"
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Join", want)
	}
	delimiter, ok := arg.Items[0].Scalar()
	if !ok {
		return t.bad(at, "Fn::Join", want)
	}
	return mapChoices(t.Resolve(arg.Items[1]), func(items *model.Value) *model.Value {
		switch {
		case items.IsScalar(), items.Kind == model.Map, items.Kind == model.Absent:
			return t.bad(at, "Fn::Join", want)
		case items.Kind != model.List:
			return model.NewPresent("the list that is joined is not known", at)
		}
		var parts []*model.Value
		for i, v := range items.Items {
			if i > 0 {
				parts = append(parts, model.NewString(delimiter, at))
			}
			parts = append(parts, v)
		}
		return opened(oneOrText(parts, at))
	})
}

func (t *Template) selectItem(arg *model.Value, at model.Origin) *model.Value {
	const want = "Fn::Select: [index, list]"
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Select", want)
	}
	return withBoth(t.Resolve(arg.Items[0]), t.Resolve(arg.Items[1]), func(index, list *model.Value) *model.Value {
		s, known := index.Scalar()
		i, err := strconv.Atoi(s)
		switch {
		case known && err != nil, list.IsScalar(), list.Kind == model.Map:
			return t.bad(at, "Fn::Select", want)
		case !known || list.Kind != model.List:
			return model.NewPresent("the selected element is not known", at)
		case i < 0 || i >= len(list.Items):
			return t.bad(at, "Fn::Select", "an index inside the list")
		}
		return list.Items[i]
	})
}

// addresses are attributes of the form https://HOST or https://HOST/; split at its slashes, the third part stands for the
// same resource.
var addresses = map[string]bool{"FunctionUrl": true, "ApiEndpoint": true}

// maxParts bounds what one Fn::Split makes.
const maxParts = 1_000

func (t *Template) split(arg *model.Value, at model.Origin) *model.Value {
	const want = "Fn::Split: [delimiter, text]"
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Split", want)
	}
	delimiter, ok := arg.Items[0].Scalar()
	if !ok || delimiter == "" {
		return t.bad(at, "Fn::Split", want)
	}
	return mapChoices(t.Resolve(arg.Items[1]), func(v *model.Value) *model.Value {
		s, known := v.Scalar()
		switch {
		case v.Kind == model.List || v.Kind == model.Map:
			return t.bad(at, "Fn::Split", want)
		case delimiter == "/" && v.Kind == model.Ref && addresses[v.Attr]:
			return model.NewList([]*model.Value{model.NewString("https:", at), model.NewString("", at), v, model.NewString("", at)}, at)
		case !known || strings.Count(s, delimiter) > maxParts:
			return model.NewPresent("the text that is split is not known", at)
		}
		var items []*model.Value
		for _, part := range strings.Split(s, delimiter) {
			items = append(items, model.NewString(part, at))
		}
		return model.NewList(items, at)
	})
}

func (t *Template) importValue(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind == model.List || arg.Kind == model.Absent {
		return t.bad(at, "Fn::ImportValue", "Fn::ImportValue: name of the export")
	}
	name := t.Resolve(arg)
	return model.NewElsewhere(model.FromExport, name, "imported from another stack: "+name.String(), at)
}

// stackOutput is an output of another stack, which only deployment knows.
func (t *Template) stackOutput(arg *model.Value, at model.Origin) *model.Value {
	stack, output := t.Resolve(arg.Get("StackName")), t.Resolve(arg.Get("OutputName"))
	if arg.Kind != model.Map || stack.Kind == model.Absent || output.Kind == model.Absent {
		return t.bad(at, "Fn::GetStackOutput", "Fn::GetStackOutput: {StackName: ..., OutputName: ...}")
	}
	key := model.NewText([]*model.Value{stack, model.NewString(".", at), output}, at)
	return model.NewElsewhere(model.FromOutput, key, "output "+output.String()+" of stack "+stack.String(), at)
}

// macro is what a macro makes at deployment; files that AWS::Include names are in their place already.
func (t *Template) macro(arg *model.Value, at model.Origin) *model.Value {
	name, ok := arg.Get("Name").Scalar()
	if !ok {
		return t.bad(at, "Fn::Transform", "Fn::Transform: {Name: ..., Parameters: {...}}")
	}
	return model.NewUnknown("macro "+name+" makes this at deployment", at)
}

func (t *Template) unnamedLoop(_ *model.Value, at model.Origin) *model.Value {
	return t.bad(at, "Fn::ForEach", "Fn::ForEach::Name: [Identifier, [a, b], {'Name${Identifier}': ...}]")
}

func (t *Template) base64(arg *model.Value, at model.Origin) *model.Value {
	v := t.Resolve(arg)
	if v.Kind == model.List || v.Kind == model.Map || v.Kind == model.Absent {
		return t.bad(at, "Fn::Base64", "Fn::Base64: text")
	}
	return v.At(v.Origin.Through("Fn::Base64", at.Pos))
}

func (t *Template) length(arg *model.Value, at model.Origin) *model.Value {
	return mapChoices(t.Resolve(arg), func(v *model.Value) *model.Value {
		switch {
		case v.Kind == model.List:
			return model.NewInt(len(v.Items), at)
		case v.IsScalar() || v.Kind == model.Map || v.Kind == model.Absent:
			return t.bad(at, "Fn::Length", "Fn::Length: a list")
		}
		return model.NewPresent("the length of the list is not known", at)
	})
}
