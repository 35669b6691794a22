package sast

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// What a function does not look at, though it comes from outside. Each of these checks gives one place of a function: the advice is for
// the function as a whole.

// mostNamed is how many fields a message names.
const mostNamed = 3

// unlooked is where a function stores or sends parts of a request of which it has looked at none.
func unlooked(w *work, n *paths.Node) []spot {
	if !w.byHTTP(n.Function) || len(n.Result.Unlooked) == 0 {
		return nil
	}
	return []spot{w.keptSpot(n.Result.Unlooked)}
}

// endless is where a function stores texts that can have any length.
func endless(w *work, n *paths.Node) []spot {
	if !w.byHTTP(n.Function) || len(n.Result.Endless) == 0 {
		return nil
	}
	return []spot{w.keptSpot(n.Result.Endless)}
}

// keptSpot is the place of the first of some calls, with what all of them are given.
func (w *work) keptSpot(all []dataflow.Kept) spot {
	var fields, calls []string
	for _, k := range all {
		for _, path := range k.Fields {
			if !slices.Contains(fields, path) {
				fields = append(fields, path)
			}
		}
		if !slices.Contains(calls, k.What) {
			calls = append(calls, k.What)
		}
	}
	return spot{file: all[0].File, at: all[0].At, fields: map[string]string{"source": listed(fields), "call": listed(calls)}, trace: w.steps(all[0].Steps())}
}

// listed is a list as people write it, of the first few.
func listed(all []string) string {
	last := " and " + all[len(all)-1]
	switch {
	case len(all) == 1:
		return all[0]
	case len(all) > mostNamed:
		all, last = all[:mostNamed+1], " and others"
	}
	return strings.Join(all[:len(all)-1], ", ") + last
}

// unguarded is where the body of a request is parsed and nothing catches what fails.
func unguarded(w *work, n *paths.Node) []spot {
	if !w.byHTTP(n.Function) && !slices.ContainsFunc(n.Function.Triggers, anyMessage) || len(n.Result.Unguarded) == 0 {
		return nil
	}
	c := n.Result.Unguarded[0]
	return []spot{{file: c.File, at: c.At, fields: map[string]string{"call": c.Ref}}}
}

// anyMessage reports whether messages of a WebSocket come by a trigger that need not be JSON. The gateway reads those of routes that it chooses
// by a field of the message, and gives the others to $default.
func anyMessage(t *model.Trigger) bool {
	if t.Kind != model.TriggerWebSocket || t.Via == nil || t.Source == nil {
		return t.Kind == model.TriggerWebSocket
	}
	key, known := t.Via.Props.Get("RouteKey").Scalar()
	chosen, _ := t.Source.Props.Get("RouteSelectionExpression").Scalar()
	return !known || key == "$default" || !strings.HasPrefix(strings.Trim(chosen, "${}"), "request.body.")
}

// byHTTP reports whether requests over HTTP come to a function, or perhaps do, and no gateway checks what is in them.
func (w *work) byHTTP(f *model.Function) bool {
	return (len(f.Triggers) == 0 && !w.onlyCode(f) || has(f, model.TriggerHTTP)) && outward(f) && !gatewayChecks(f)
}

// gatewayChecks reports whether a gateway in front of a function refuses requests by what is in them.
func gatewayChecks(f *model.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool {
		if t.Kind != model.TriggerHTTP {
			return false
		}
		if t.Via != nil && t.Via.Props.Get("RequestModels").Kind != model.Absent && t.Via.Props.Get("RequestValidatorId").Kind != model.Absent { // a model alone refuses nothing
			return true
		}
		for _, key := range []string{"x-amazon-apigateway-request-validator", "x-amazon-apigateway-request-validators"} { // of OpenAPI
			if t.Source != nil && t.Source.Props.Path("Body", key).Kind != model.Absent {
				return true
			}
		}
		return false
	})
}
