package dataflow

import (
	"slices"
	"strings"
)

// Reads of tables that ask for some attributes alone: what else a type or a record could hold is not there.

// projected are the attributes that a request to a table asks for, at the top of its items; none where it asks for all, or where that is not known.
func projected(params *Value) []string {
	asked := orNothing(orNothing(params).fields["ProjectionExpression"])
	if !asked.known {
		return namedColumns(asked)
	}
	names := orNothing(params.fields["ExpressionAttributeNames"])
	var out []string
	for _, name := range Commas(asked.text) {
		name, _, _ = strings.Cut(strings.TrimSpace(name), ".")
		name, _, _ = strings.Cut(name, "[")
		if strings.HasPrefix(name, "#") {
			given := orNothing(names.fields[name])
			if !given.known {
				return nil
			}
			name = given.text
		}
		out = append(out, name)
	}
	return out
}

// namedColumns are the attributes that an expression of Go names, where nothing else was built behind them:
// NewBuilder().WithProjection(NamesList(Name("id"), Name("mail"))).Build() and then expr.Projection()
func namedColumns(asked *Value) []string {
	if !strings.HasSuffix(asked.ref, ".Projection()") || !buildsExpression.MatchString(asked.ref) || len(asked.args) != 1 {
		return nil
	}
	list := orNothing(asked.args[0])
	if lastPart(list.ref) != "NamesList()" || len(list.args) == 0 {
		return nil
	}
	var out []string
	for _, name := range list.args {
		if name == nil || lastPart(name.ref) != "Name()" || len(name.args) != 1 || !name.args[0].known {
			return nil
		}
		out = append(out, name.args[0].text)
	}
	return out
}

// notRead reports whether a value is nothing but a field of an item of a table that the read which gave the item did not ask for.
func (v *Value) notRead() bool {
	return len(v.taints) > 0 && v.secret == nil && len(v.fields) == 0 && !slices.ContainsFunc(v.taints, func(t *Taint) bool { return !t.notAsked() })
}

// notAsked reports whether a taint is a field of an item of a table that the read which gave the item did not ask for.
func (t *Taint) notAsked() bool {
	if t == nil || t.Source == nil || len(t.Source.fields) == 0 || !strings.HasPrefix(t.Path, storedItem) {
		return false
	}
	path := plainPath(strings.TrimPrefix(t.Path, storedItem))
	for _, whole := range []string{".Items[]", ".Items", ".Item", "[]"} {
		path = strings.TrimPrefix(path, whole)
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "."), ".")
	return name != "" && !slices.ContainsFunc(t.Source.fields, func(f string) bool { return strings.EqualFold(f, name) })
}
