package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// difference is one thing in which an expansion and the oracle's do not agree.
type difference struct {
	file, kind, id, what string
}

// tally counts resources and properties of one or more templates.
type tally struct {
	templates, resources, same, extra, properties, sameProperties int
}

func (t *tally) add(u tally) {
	t.templates += u.templates
	t.resources += u.resources
	t.same += u.same
	t.extra += u.extra
	t.properties += u.properties
	t.sameProperties += u.sameProperties
}

// parse reads a template that an oracle wrote, with its intrinsic functions worked out as Wardlet works out any template's.
func parse(file string, data []byte) ([]*model.Resource, error) {
	doc, diagnostics := document.Parse(file+".json", data, document.Options{Tag: cloudformation.Tag, MaxValues: 300_000})
	if doc == nil {
		return nil, fmt.Errorf("the oracle's template cannot be read: %v", diagnostics)
	}
	return cloudformation.New(file, doc.Root).Resources(), nil
}

// compare holds what Wardlet made of a template against what the oracle made of it.
func compare(file string, ours, theirs []*model.Resource) (tally, []difference) {
	count := tally{templates: 1}
	var out []difference
	mine := map[string]*model.Resource{}
	for _, r := range ours {
		mine[stable(r.ID)] = r
	}
	for _, r := range theirs {
		id := stable(r.ID)
		count.resources++
		our := mine[id]
		delete(mine, id)
		if our == nil || our.Type != r.Type {
			what := "missing"
			if our != nil {
				what = "is " + our.Type
			}
			out = append(out, difference{file, r.Type, id, what})
			continue
		}
		count.same++
		p, d := properties(file, our, r)
		count.add(p)
		out = append(out, d...)
	}
	for id, r := range mine {
		count.extra++
		out = append(out, difference{file, r.Type, id, "extra"})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].id < out[j].id })
	return count, out
}

// changing are the parts of logical IDs that differ at every packaging: hashes of code and times.
var changing = regexp.MustCompile(`(LambdaVersion)[0-9A-Za-z]{30,}$|((?:ApiGateway|Websockets)Deployment)[0-9A-Za-z]{8,}$|(Deployment)[0-9a-f]{10}$|(Version)[0-9a-f]{10}$`)

func stable(id string) string { return changing.ReplaceAllString(id, "$1$2$3$4") }

// uncompared are properties that hold where the built code was put.
var uncompared = map[string]bool{"AWS::Lambda::Function Code": true, "AWS::Lambda::LayerVersion Content": true, "AWS::Lambda::Version CodeSha256": true}

func properties(file string, ours, theirs *model.Resource) (tally, []difference) {
	var count tally
	var out []difference
	for _, f := range theirs.Props.Fields {
		name := theirs.Type + " " + f.Key
		if uncompared[name] || f.Value.IsSet() == model.No || f.Value.EqualsText("") == model.Yes ||
			f.Value.Kind == model.List && len(f.Value.Items) == 0 {
			continue
		}
		count.properties++
		if path, a, b := unequal(ours.Props.Get(f.Key), f.Value, f.Key); path != "" {
			out = append(out, difference{file, theirs.Type, stable(theirs.ID), fmt.Sprintf("%s: %s, oracle: %s", path, a, b)})
			continue
		}
		count.sameProperties++
	}
	for _, f := range ours.Props.Fields {
		if theirs.Props.Get(f.Key).Kind == model.Absent && f.Value.IsSet() == model.Yes && !uncompared[theirs.Type+" "+f.Key] {
			out = append(out, difference{file, theirs.Type, stable(theirs.ID), f.Key + ": only here"})
		}
	}
	return count, out
}

// unequal is the first path at which two values differ, with both sides; empty where they agree. What is not known here
// counts as different. Lists of maps are sets: the order of statements or rules means nothing. One element may stand for a
// list of one, and a text of JSON for what it says.
func unequal(ours, theirs *model.Value, path string) (string, string, string) {
	ours, theirs = ours.Settled(), theirs.Settled()
	if s, ok := theirs.Scalar(); ok && (ours.Kind == model.Map || ours.Kind == model.List) {
		if doc, _ := document.Parse("text.json", []byte(s), document.Options{}); doc != nil && strings.HasPrefix(s, "{") {
			theirs = doc.Root
		}
	}
	if ours.Kind == model.List && theirs.Kind != model.List && len(ours.Items) == 1 {
		ours = ours.Items[0]
	}
	if theirs.Kind == model.List && ours.Kind != model.List && len(theirs.Items) == 1 {
		theirs = theirs.Items[0]
	}
	switch {
	case theirs.Kind == model.Map && ours.Kind == model.Map:
		return unequalMaps(ours, theirs, path)
	case theirs.Kind == model.List && ours.Kind == model.List:
		return unequalLists(ours, theirs, path)
	}
	a, b := show(ours), show(theirs)
	if a == b || model.Equal(ours, theirs) == model.Yes {
		return "", "", ""
	}
	return path, a, b
}

func unequalMaps(ours, theirs *model.Value, path string) (string, string, string) {
	for _, f := range theirs.Fields {
		if p, a, b := unequal(ours.Get(f.Key), f.Value, path+"."+f.Key); p != "" {
			return p, a, b
		}
	}
	for _, f := range ours.Fields {
		if theirs.Get(f.Key).Kind == model.Absent && f.Value.IsSet() == model.Yes {
			return path + "." + f.Key, show(f.Value), "absent"
		}
	}
	return "", "", ""
}

func unequalLists(ours, theirs *model.Value, path string) (string, string, string) {
	if len(ours.Items) != len(theirs.Items) {
		return path, fmt.Sprintf("%d elements", len(ours.Items)), fmt.Sprintf("%d elements", len(theirs.Items))
	}
	left := append([]*model.Value{}, ours.Items...)
	for i, t := range theirs.Items {
		found := -1
		for j, o := range left {
			if p, _, _ := unequal(o, t, ""); p == "" {
				found = j
				break
			}
		}
		if found < 0 {
			p, a, b := unequal(ours.Items[i], t, fmt.Sprintf("%s[%d]", path, i))
			if p == "" {
				p, a, b = path, "another element", "one more"
			}
			return p, a, b
		}
		left = append(left[:found], left[found+1:]...)
	}
	return "", "", ""
}

func show(v *model.Value) string {
	s := v.String()
	switch v.Kind {
	case model.Unknown:
		s = "unknown (" + v.Str + ")"
	case model.Ref:
		s = strings.Replace(s, v.Str, stable(v.Str), 1)
	}
	return strings.ReplaceAll(changing.ReplaceAllString(s, "$1$2$3$4"), "\n", "\\n")
}
