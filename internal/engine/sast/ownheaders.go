package sast

import (
	"slices"

	"wardlet.example/internal/model"
)

// ofOrigins are kinds of harm of headers that say which web sites may read an answer.
var ofOrigins = map[string]bool{"cors-any": true, "cors-open": true, "cors-echo": true}

// setsHeadersItself reports whether nothing but HTTP APIs which say themselves what other sites may read lead to a function: such an API leaves out
// what the answer of the function says of that.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
func setsHeadersItself(f *model.Function) bool {
	routes := false
	for _, t := range f.Triggers {
		if t.Kind != model.TriggerHTTP || t.Off {
			continue
		}
		api := t.Source
		if api == nil || api.Type != "AWS::ApiGatewayV2::Api" || api.Props.Get("CorsConfiguration").IsSet() != model.Yes {
			return false
		}
		routes = true
	}
	return routes && !slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return t.Kind == model.TriggerEdge })
}
