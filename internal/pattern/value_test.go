package pattern_test

import (
	"strings"
	"testing"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

var nowhere = model.Origin{Pos: model.Pos{File: "template.yaml", Line: 1, Col: 1}}

// text reads a text with open parts as the tests write them:
//
//	${Queue.Arn}  a reference            ${?}         an unknown, perhaps absent
//	${a|b}        one of two texts       ${!}         an unknown that is certainly written
//	${null}       certainly null         ${-|b}       one of nothing and a text
func text(s string) *model.Value {
	var parts []*model.Value
	for {
		before, rest, found := strings.Cut(s, "${")
		parts = append(parts, model.NewString(before, nowhere))
		if !found {
			return model.NewText(parts, nowhere)
		}
		name, after, _ := strings.Cut(rest, "}")
		parts = append(parts, openPart(name))
		s = after
	}
}

func openPart(name string) *model.Value {
	switch {
	case name == "?":
		return model.NewUnknown("not known", nowhere)
	case name == "!":
		return model.NewPresent("not known", nowhere)
	case name == "null":
		return pattern.Null(nowhere)
	case strings.Contains(name, "|"):
		var choices []model.Choice
		for _, label := range strings.Split(name, "|") {
			v := model.NewString(label, nowhere)
			if label == "-" {
				v = model.NewAbsent(nowhere)
			}
			choices = append(choices, model.Choice{Label: label, Value: v})
		}
		return model.NewOneOf("Stage", choices, 0, nowhere)
	}
	id, attr, _ := strings.Cut(name, ".")
	return model.NewRef(id, attr, nowhere)
}

// value reads JSON with open parts.
func value(t testing.TB, s string) *model.Value {
	t.Helper()
	v, err := jsontext.Parse(text(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}
