package sast

import (
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// Who calls a function, as its template says.

// verified reports whether a gateway has checked the tokens of all requests before they come to a function.
func verified(f *model.Function) bool {
	asked := false
	for _, t := range f.Triggers {
		if t.Kind != model.TriggerHTTP && t.Kind != model.TriggerWebSocket {
			continue
		}
		if asked = true; t.Auth != "cognito" && t.Auth != "jwt" {
			return false
		}
	}
	return asked
}

// has reports whether something of one of some kinds calls a function.
func has(f *model.Function, kinds ...model.TriggerKind) bool {
	return slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return slices.Contains(kinds, t.Kind) })
}

// handedOn reports whether only the application itself, or who administers it, calls a function: then it is less sure that an outsider
// decides what it gets.
func handedOn(f *model.Function) bool {
	return !outward(f) && !has(f, model.TriggerQueue, model.TriggerTopic, model.TriggerStream, model.TriggerObject, model.TriggerIoT, model.TriggerAlexa)
}

// second are kinds of harm that what was stored before does as well.
var second = map[string]bool{"os-command": true, "code-eval": true, "sql": true, "deserialization": true, "template-injection": true}

// outward reports whether somebody outside of the application calls a function, or perhaps does.
func outward(f *model.Function) bool {
	if f.Exposure == model.Public || f.Exposure == model.Authenticated || len(f.Triggers) == 0 && f.Exposure != model.Internal && f.Exposure != model.Account {
		return true
	}
	for _, t := range f.Triggers {
		switch t.Kind {
		case model.TriggerHTTP, model.TriggerWebSocket, model.TriggerGraphQL, model.TriggerEdge, model.TriggerAuthorizer, model.TriggerUserPool:
			return true
		}
	}
	return false
}

// answersNobody reports whether nobody gets what a function returns.
func answersNobody(app *model.App, f *model.Function) bool {
	for _, t := range f.Triggers {
		switch t.Kind {
		case model.TriggerWebSocket: // only a response of the route hands on what the function gives
			if slices.ContainsFunc(app.Resources, func(r *model.Resource) bool { return r.Type == "AWS::ApiGatewayV2::RouteResponse" }) {
				return false
			}
		case model.TriggerQueue, model.TriggerTopic, model.TriggerStream, model.TriggerObject, model.TriggerBus, model.TriggerSchedule:
		default:
			return false
		}
	}
	return len(f.Triggers) > 0
}

func overHTTP(f *model.Function) bool {
	for _, t := range f.Triggers {
		switch t.Kind {
		case model.TriggerHTTP, model.TriggerWebSocket, model.TriggerQueue, model.TriggerTopic, model.TriggerObject, model.TriggerEdge, model.TriggerAuthorizer:
		default:
			return false
		}
	}
	return len(f.Triggers) > 0
}

// onlyPlatform reports whether nothing but schedules calls a function.
func onlyPlatform(f *model.Function) bool {
	for _, t := range f.Triggers {
		if t.Kind != model.TriggerSchedule && !(t.Kind == model.TriggerBus && ofAWS(t.Filter)) {
			return false
		}
	}
	return len(f.Triggers) > 0 && f.Unseen == ""
}

// ofAWS reports whether a pattern lets through only events that services of AWS send of themselves: no names of objects, which
// outsiders give.
func ofAWS(pattern *model.Value) bool {
	if pattern == nil {
		return false
	}
	sources := pattern.Get("source").Elements()
	for _, s := range sources {
		text, ok := s.Scalar()
		if !ok || !strings.HasPrefix(text, "aws.") || text == "aws.s3" {
			return false
		}
	}
	return len(sources) > 0
}
