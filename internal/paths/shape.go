package paths

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
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
	case "AWS::IoT::TopicRule":
		return selected(from.Props.Path("TopicRulePayload", "Sql"), m)
	case "AWS::Pipes::Pipe":
		path, constant = names, names
		template = from.Props.Path("TargetParameters", "InputTemplate")
	default:
		return m
	}
	at := wholeOf(m)
	switch {
	case constant.IsSet() == model.Yes:
		return mapping{made: true}
	case path.IsSet() == model.Yes:
		if s, ok := path.Scalar(); ok && s != "$" {
			return mapping{pairs: []pair{{at, jsonPath(s)}}, made: true}
		}
	case template.IsSet() == model.Yes:
		return mapping{pairs: filled(at, written(template), names, from.Type == "AWS::Pipes::Pipe"), made: true}
	}
	return m
}

// selection is one of what a rule selects: a path of the payload or a level of the topic, with its name; or all of the payload.
var selection = regexp.MustCompile(`(?i)^(?:(\*)|([\w.]+)|(topic\(\d*\)))(?:\s+AS\s+(\w+))?$`)

// selected is what the statement of a rule for devices selects: SELECT state.name AS name, topic(2) AS device FROM 'a/+/b'.
func selected(sql *model.Value, m mapping) mapping {
	text := strings.TrimSpace(written(sql))
	end := strings.Index(strings.ToUpper(text), " FROM ")
	if len(text) < 7 || !strings.EqualFold(text[:7], "SELECT ") || end < 7 {
		return m
	}
	var out mapping
	for _, one := range dataflow.Commas(text[7:end]) {
		found := selection.FindStringSubmatch(one)
		switch {
		case found == nil:
			out.pairs = append(out.pairs, computed(one)...)
		case found[1] != "":
			out.pairs = append(out.pairs, pair{nil, []string{"payload"}})
		case found[3] != "":
			out.pairs = append(out.pairs, pair{split(orElse(found[4], "topic")), []string{"topic"}})
		default:
			path := split(found[2])
			out.pairs = append(out.pairs, pair{split(orElse(found[4], path[len(path)-1])), append([]string{"payload"}, path...)})
		}
	}
	return out
}

// naming is the name of what a function makes, operand what stands between quotes, or a name that is perhaps a function's.
var (
	naming  = regexp.MustCompile(`(?i)\s+AS\s+(\w+)$`)
	operand = regexp.MustCompile(`'[^']*'|([A-Za-z_][\w.]*)\s*(\(?)`)
)

// computed are the parts of the payload that functions make something of: lower(state.name) AS name.
func computed(one string) []pair {
	name := naming.FindStringSubmatchIndex(one)
	if name == nil {
		return nil
	}
	var out []pair
	for _, m := range operand.FindAllStringSubmatch(one[:name[0]], -1) {
		if m[1] != "" && m[2] == "" {
			out = append(out, pair{[]string{one[name[2]:name[3]]}, append([]string{"payload"}, split(m[1])...)})
		}
	}
	return out
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
