package paths

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// A rule or pipe can hand on something else than what it gets: a constant, a part, or a text that is filled in.

// reshaped is how a rule or pipe hands its events on to a target, by what is declared there.
func (c crossing) reshaped(from, to *model.Resource, m mapping) mapping {
	var path, template, constant *model.Value
	names := model.NewAbsent(from.Origin)
	switch from.Type {
	case "AWS::Events::Rule":
		target := c.targetOf(from, to)
		path, constant = target.Get("InputPath"), target.Get("Input")
		names, template = target.Path("InputTransformer", "InputPathsMap"), target.Path("InputTransformer", "InputTemplate")
	case "AWS::Pipes::Pipe":
		path, constant = names, names
		template = from.Props.Path("TargetParameters", "InputTemplate")
	default:
		return m
	}
	at := wholeOf(m)
	switch {
	case constant.IsSet() == model.Yes:
		return mapping{}
	case path.IsSet() == model.Yes:
		if s, ok := path.Scalar(); ok && s != "$" {
			return mapping{pairs: []pair{{at, jsonPath(s)}}}
		}
	case template.IsSet() == model.Yes:
		return mapping{pairs: filled(at, written(template), names, from.Type == "AWS::Pipes::Pipe")}
	}
	return m
}

// targetOf is the target of a rule that a resource is.
func (c crossing) targetOf(rule, to *model.Resource) *model.Value {
	for _, target := range rule.Props.Get("Targets").Elements() {
		if _, r := c.app.Find(target.Get("Arn")); r == to {
			return target
		}
	}
	return model.NewAbsent(rule.Origin)
}

// wholeOf is where the receiver has all that comes to it: what the places of the parts have in common.
func wholeOf(m mapping) []string {
	if len(m.pairs) == 0 {
		return nil
	}
	if len(m.pairs) == 1 {
		return m.pairs[0].to
	}
	common := m.pairs[0].to[:max(0, len(m.pairs[0].to)-1)]
	for _, p := range m.pairs[1:] {
		for !begins(p.to, common) {
			common = common[:len(common)-1]
		}
	}
	return common
}

// jsonPath are the names of $.detail.items[0].
func jsonPath(s string) []string {
	return withoutPlaces(segments(s))
}

// place of a template that is filled in: "key": "text <name>", or <$.path> of pipes.
var filling = regexp.MustCompile(`(?:"([^"<>]+)"\s*:\s*"?[^"<>{}]*)?<([^<>]+)>`)

// filled are the parts of a template that are filled in, each below the key before it. Where the template has objects in objects it is not
// told which key that is, and each part may stand anywhere.
func filled(at []string, template string, names *model.Value, pipe bool) []pair {
	nested := strings.Count(template, "{") > 1
	var out []pair
	for _, m := range filling.FindAllStringSubmatch(template, -1) {
		path, ok := names.Get(m[2]).Scalar()
		if pipe && strings.HasPrefix(m[2], "$") {
			path, ok = m[2], true
		}
		if !ok {
			continue
		}
		from := jsonPath(path)
		if pipe {
			from = append([]string{"records"}, from...)
		}
		to := at
		if m[1] != "" && !nested {
			to = append(slices.Clone(at), m[1])
		}
		out = append(out, pair{to, from})
	}
	return out
}
