// Package appmap draws the application as Wardlet sees it: what calls each function, what it may touch, and who can reach
// what. One view is for a terminal, one for programs (map-v1), and two are pictures (Mermaid, SVG).
//
// All views are made of the workspace alone and judge nothing. Literal values of environment variables are never shown,
// because they may be secrets: a view says only what they point to.
package appmap

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

// maxShown is the size up to which a value is written out. Values share children, so a small template can hold a text
// that would take gigabytes.
const maxShown = 2_000

// show is a value as text, its kind alone where it is too large.
func show(v *model.Value) string {
	if v == nil || v.Kind == model.Absent {
		return ""
	}
	if v.Size > maxShown {
		return "(large " + v.Kind.String() + ")"
	}
	return v.String()
}

// shortType is a resource type as people say it: "SQS Queue" for AWS::SQS::Queue.
func shortType(t string) string {
	return strings.ReplaceAll(strings.TrimPrefix(t, "AWS::"), "::", " ")
}

// handlerPlace is where the code of a function is, or why that is not known.
func handlerPlace(f *model.Function) string {
	switch {
	case f.Code.State == model.CodeImage:
		return "container image"
	case f.Code.State == model.CodeInline:
		return "code in the template"
	case f.Code.File == "":
		return orElse(show(f.Handler), "code not known")
	}
	place := f.Code.File
	if f.Code.At.Line > 0 {
		place += fmt.Sprintf(":%d", f.Code.At.Line)
	}
	place = strings.TrimSpace(place + " " + f.Code.Symbol)
	if f.Code.State == model.CodeMissing {
		place += " (not found)"
	}
	return place
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// grantLine is what a grant says, in short: "dynamodb:* on *".
func grantLine(g *model.Grant) string {
	if g.Effect != nil && g.Effect.Kind == model.Unknown {
		return "a statement that is not known"
	}
	actions, on := joined(g.Actions), joined(g.Resources)
	if len(g.NotActions) > 0 {
		actions = "all but " + joined(g.NotActions)
	}
	if len(g.NotRes) > 0 {
		on = "all but " + joined(g.NotRes)
	}
	line := actions + " on " + orElse(on, "?")
	if effect, _ := g.Effect.Scalar(); effect == "Deny" {
		line = "deny " + line
	}
	if g.Condition.IsSet() != model.No {
		line += ", under a condition"
	}
	return line
}

// joined is a list of actions or resources: the first few, those with wildcards before the others.
func joined(values []*model.Value) string {
	const few = 4
	var out, narrow []string
	for _, v := range values {
		s := shortARN(orElse(show(v), "?"))
		if strings.Contains(s, "*") {
			out = append(out, s)
		} else {
			narrow = append(narrow, s)
		}
	}
	out = append(out, narrow...)
	if more := len(out) - few; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(out[:few], ", "), more)
	}
	return strings.Join(out, ", ")
}

// shortARN leaves out what says nothing of an ARN of the application's own account: "table/orders" for
// "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders".
func shortARN(s string) string {
	const own = ":${AWS::Region}:${AWS::AccountId}:"
	if i := strings.Index(s, own); i > 0 && strings.HasPrefix(s, "arn:") {
		return s[i+len(own):]
	}
	return s
}
