package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// addPreflight adds the methods by which API Gateway answers browsers that ask before they call: OPTIONS for every path
// that has none, where the API has settings for CORS.
func (a *api) addPreflight() {
	cors := a.resource.Attributes.Get("Cors")
	if a.resource.Type != restType || !perhaps(cors) {
		return
	}
	answered := map[string]bool{}
	for _, m := range a.routes.Created {
		if m.Type == methodType && known(m.Props.Get("HttpMethod")) == "OPTIONS" {
			answered[pathOf(m)] = true
		}
	}
	auth := a.preflightAuth(cors.Origin)
	for _, m := range a.routes.Created {
		if m.Type != methodType || answered[pathOf(m)] {
			continue
		}
		answered[pathOf(m)] = true
		verb := known(m.Props.Get("HttpMethod"))
		id := m.ID[:max(0, len(m.ID)-len(verb))] + "Options"
		var f fields
		f.set("RestApiId", m.Props.Get("RestApiId"))
		f.set("ResourceId", m.Props.Get("ResourceId"))
		f.set("HttpMethod", text("OPTIONS", cors.Origin))
		f.set("AuthorizationType", auth.Type)
		f.set("AuthorizerId", auth.Authorizer)
		f.set("AuthorizationScopes", auth.Scopes)
		f.set("ApiKeyRequired", auth.APIKey)
		f.set("Integration", object("Type", text("MOCK", cors.Origin), cors.Origin))
		made := cloudformation.Make(id, methodType, f, cors.Origin, "SAM: Cors of "+a.resource.ID)
		made.Condition = m.Condition
		a.routes.Use(made)
	}
}

const methodType = "AWS::ApiGateway::Method"

// pathOf tells the paths of methods apart.
func pathOf(m *model.Resource) string { return m.Props.Get("ResourceId").String() }

// preflightAuth is who may ask before calling: everybody, or whom the API lets in by default unless it excepts these
// methods.
func (a *api) preflightAuth(at model.Origin) cloudformation.Auth {
	auth := a.authorization(model.NewAbsent(at), at)
	if off(a.auth.Get("AddDefaultAuthorizerToCorsPreflight")) {
		auth.Type, auth.Authorizer, auth.Scopes = text("NONE", at), nil, nil
	}
	if off(a.auth.Get("AddApiKeyRequiredToCorsPreflight")) {
		auth.APIKey = nil
	}
	return auth
}

// off reports whether a switch is set to false.
func off(v *model.Value) bool { return strings.EqualFold(known(v), "false") }
