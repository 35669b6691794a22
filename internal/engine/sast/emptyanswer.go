package sast

import (
	"strings"

	"wardlet.example/internal/ir"
)

// writesText are functions that write a value as a text.
var writesText = map[string]bool{"stringify": true, "dumps": true}

// isEmptyAnswer reports whether an expression is the answer of a request that went well and found nothing: { statusCode: 200, body: "[]" }.
func isEmptyAnswer(e *ir.Expr) bool {
	if e == nil || e.Kind != ir.Object {
		return false
	}
	done, empty := false, false
	for i, x := range e.List[:min(len(e.List), len(e.Keys))] {
		switch strings.ToLower(e.Keys[i]) {
		case "statuscode":
			done = succeeded.MatchString(lastName(x))
		case "body":
			empty = holdsNothing(x)
		}
	}
	return done && empty
}

// holdsNothing reports whether the text of an answer holds nothing but empty fields: "{}", JSON.stringify({ items: [], total: 0 }).
func holdsNothing(e *ir.Expr) bool {
	switch {
	case e.Kind == ir.Const:
		return e.Str == "{}" || e.Str == "[]" || e.Str == "null"
	case e.Kind != ir.Call || !writesText[lastName(e.X)] || len(e.List) == 0:
		return false
	}
	body := e.List[0]
	if body.Kind != ir.Object {
		return isEmptyValue(body)
	}
	for _, x := range body.List {
		if !isEmptyValue(x) && (x.Kind != ir.Const || x.Str != "0") {
			return false
		}
	}
	return true
}
