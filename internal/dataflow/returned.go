package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// answersBody are the frameworks whose routes return the body of the answer, in Python also a tuple of it with the status and headers.
var answersBody = set("nest flask flask-class flask-json flask-error fastapi chalice powertools")

var (
	// returnsType is what a function of Python says that it returns.
	returnsType = regexp.MustCompile(`(?s)\)\s*->\s*([^:]+):`)
	// anyFields are types that say nothing of which fields there are.
	anyFields = regexp.MustCompile(`(?i)^["']?(typing\.)?(dict|any|none|object|list|tuple|optional|mapping|union|(\w+\.)?\w*response)\b`)
	// choosesOutput are words in decorators that stand for a schema of what is answered.
	choosesOutput = regexp.MustCompile(`(?i)marshal|serializ|output|response_model|\.response$|dump`)
)

// leavesOut reports whether something stands around a route that perhaps leaves fields of what it returns out: a type that it is declared to
// return, a decorator with a schema.
func leavesOut(fn *ir.Func) bool {
	if slices.ContainsFunc(fn.Decorators, func(d *ir.Expr) bool { return choosesOutput.MatchString(calledOf(d)) }) {
		return true
	}
	if fn.File.Language != ir.Python || len(fn.Body) == 0 || fn.Body[0].At <= fn.Start {
		return false
	}
	m := returnsType.FindStringSubmatch(string(fn.File.Tree.Source[fn.Start:fn.Body[0].At]))
	return m != nil && !anyFields.MatchString(strings.TrimSpace(m[1]))
}

// shaped reports whether something says which fields the answer of a route has: response_model of FastAPI, an interceptor of NestJS.
func (r *routed) shaped() bool {
	decorators := r.fn.fn.Decorators
	if this := r.fn.this; this != nil && this.class != nil {
		decorators = append(slices.Clone(decorators), this.class.def.Decorators...)
	}
	return slices.ContainsFunc(decorators, func(d *ir.Expr) bool {
		name := lastPart(textOf(d))
		if d.Kind == ir.Call {
			name = lastPart(textOf(d.X))
		}
		return name == "UseInterceptors" || name == "Serialize" || name == "SerializeOptions" || slices.Contains(d.Keys, "response_model")
	})
}

// calledOf is how what is called is written.
func calledOf(e *ir.Expr) string {
	if e.Kind == ir.Call {
		return textOf(e.X)
	}
	return textOf(e)
}

// tellsBody tells of what the body that a route returns lets out.
func (in *interp) tellsBody(f frame, x *ir.Expr, v *Value) {
	body := v
	if x.Kind == ir.Array && v.fields["0"] != nil { // body, 400
		body = v.fields["0"]
	}
	if in.proving == 0 && holdsAny(body, tellsMore, 0) {
		in.tellsAnswer(answerAt{f, x.At, "the response", body, statusBeside(x)})
	}
}
