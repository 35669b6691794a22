package dataflow

import "wardlet.example/internal/ir"

// textMethods are the methods that say which text an object of the program becomes.
var textMethods = map[ir.Language][]string{ir.Node: {"toString"}, ir.Python: {"__str__", "__repr__"}, ir.Go: {"Error", "String"}}

// asText is a value where it becomes a text: an object of the program says itself which.
func (in *interp) asText(f frame, v *Value, at int32) *Value {
	if v == nil || v.class == nil || v.isType {
		return v
	}
	out := &Value{taints: v.taints}
	for _, o := range append([]*Value{v}, v.others...) {
		m := o.textMethod(f.file.Language)
		if m == nil {
			return v
		}
		out = join(out, in.invoke(f, m, o, &arguments{}, at))
	}
	return out
}

func (v *Value) textMethod(language ir.Language) *closure {
	if v.class == nil || v.isType {
		return nil
	}
	for _, name := range textMethods[language] {
		if m := v.class.method(name, 0); m != nil {
			return m
		}
	}
	return nil
}

// makesTexts are functions of the languages that make a text of anything.
var makesTexts = set("builtin.str builtin.String builtin.format")
