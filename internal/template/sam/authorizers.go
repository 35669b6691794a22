package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// authorization says who may call a route: what the event's own Auth says, or else the API's.
func (a *api) authorization(own *model.Value, at model.Origin) cloudformation.Auth {
	name := or(own.Get("Authorizer"), a.auth.Get("DefaultAuthorizer"))
	auth := cloudformation.Auth{At: at}
	auth.Type = each(name, func(name *model.Value) *model.Value { return a.authorizationType(name, at) })
	if auth.Type.Kind != model.Unknown {
		auth.At = auth.Type.Origin
	}
	auth.Authorizer = each(name, a.authorizerRef)
	auth.Scopes = or(own.Get("AuthorizationScopes"), a.authorizer(name.Settled()).Get("AuthorizationScopes"))
	if key := or(own.Get("ApiKeyRequired"), a.auth.Get("ApiKeyRequired")); key.Kind != model.Absent {
		auth.APIKey = key
	}
	return auth
}

// authorizationType is what API Gateway calls an authorizer of this name.
func (a *api) authorizationType(name *model.Value, at model.Origin) *model.Value {
	s, ok := name.Scalar()
	switch {
	case name.Kind == model.Absent && a.elsewhere():
		return model.NewPresent("the document that declares the API is not read", at)
	case name.Kind == model.Absent:
		return text("NONE", at)
	case s == "NONE", s == "AWS_IAM":
		return name
	case name.Kind == model.Unknown:
		return name
	case !ok:
		return model.NewPresent("the authorizer's name is not known", name.Origin)
	}
	return each(a.authorizer(name), func(v *model.Value) *model.Value {
		switch {
		case v.Kind == model.Unknown:
			return v.At(name.Origin)
		case v.Get("UserPoolArn").IsSet() != model.No:
			return text("COGNITO_USER_POOLS", name.Origin)
		case v.Get("FunctionArn").IsSet() != model.No:
			return text("CUSTOM", name.Origin)
		case v.Get("JwtConfiguration").IsSet() != model.No:
			return text("JWT", name.Origin)
		}
		return model.NewPresent("authorizer "+s+" is not declared", name.Origin)
	})
}

// authorizer is the declaration of an authorizer of the API.
func (a *api) authorizer(name *model.Value) *model.Value {
	s, ok := name.Scalar()
	if !ok {
		return model.NewAbsent(name.Origin)
	}
	all := a.auth.Get("Authorizers")
	if all.Kind != model.Map {
		return all.Get(s)
	}
	if a.declared == nil {
		a.declared = make(map[string]*model.Value, len(all.Fields))
		for _, f := range all.Fields {
			if a.declared[f.Key] == nil {
				a.declared[f.Key] = f.Value
			}
		}
	}
	if v := a.declared[s]; v != nil {
		return v
	}
	return model.NewAbsent(all.Origin)
}

func (a *api) authorizerRef(name *model.Value) *model.Value {
	s, _ := name.Scalar()
	if a.resource == nil || a.authorizer(name).IsSet() != model.Yes {
		return model.NewAbsent(name.Origin)
	}
	return model.NewRef(a.authorizerID(s), "", name.Origin)
}

func (a *api) authorizerID(name string) string { return a.resource.ID + idPart(name) + "Authorizer" }

// authorizers makes the authorizers of an API, and lets API Gateway call the functions among them.
func (x *expander) authorizers(a *api, properties func(a *api, name string, v *model.Value) fields) {
	kind := strings.TrimSuffix(strings.TrimSuffix(a.resource.Type, "::RestApi"), "::Api") + "::Authorizer"
	for _, d := range a.auth.Get("Authorizers").Settled().Fields {
		v := d.Value.Settled()
		if v.Kind != model.Map {
			continue
		}
		at := model.Origin{Pos: d.At, Via: v.Origin.Via}
		what := by("authorizer "+d.Key, a.resource)
		id := a.authorizerID(d.Key)
		x.make(a.resource, id, kind, properties(a, d.Key, v), at, what)
		if function := v.Get("FunctionArn"); function.IsSet() != model.No && !refused(a, v) {
			var f fields
			f.set("Action", text("lambda:InvokeFunction", at))
			f.set("FunctionName", function)
			f.set("Principal", text("apigateway.amazonaws.com", at))
			f.set("SourceArn", pattern("arn:${Partition}:execute-api:${Region}:${Account}:${Api}/authorizers/*",
				only(model.NewRef(a.resource.ID, "", at)), at))
			x.make(a.resource, id+"Permission", "AWS::Lambda::Permission", f, at, what)
		}
	}
}

// refused reports whether the template keeps SAM from letting API Gateway call the authorizer. For an HTTP API it has to
// ask for that.
func refused(a *api, authorizer *model.Value) bool {
	if a.resource.Type == restType {
		return isTrue(authorizer.Get("DisableFunctionDefaultPermissions"))
	}
	return !isTrue(authorizer.Get("EnableFunctionDefaultPermissions"))
}

// restAuthorizer is an authorizer of a REST API: a user pool, or a function that sees a token or the whole request.
func (x *expander) restAuthorizer(a *api, name string, v *model.Value) fields {
	var f fields
	f.set("RestApiId", a.routes.API)
	f.set("Name", text(name, v.Origin))
	identity := v.Get("Identity")
	header := or(identity.Get("Header"), text("Authorization", v.Origin))
	token := pattern("method.request.header.${Header}", only(header), header.Origin)
	if pool := v.Get("UserPoolArn"); pool.IsSet() != model.No {
		f.set("Type", text("COGNITO_USER_POOLS", v.Origin))
		f.set("ProviderARNs", list(pool.Origin, pool.Elements()...))
		f.set("IdentitySource", token)
	} else {
		kind := or(v.Get("FunctionPayloadType"), text("TOKEN", v.Origin))
		f.set("Type", kind)
		f.set("AuthorizerUri", invocation(v.Get("FunctionArn")))
		f.rename(v, "FunctionInvokeRole", "AuthorizerCredentials")
		f.set("IdentitySource", token)
		if known(kind) == "REQUEST" {
			f[len(f)-1] = cloudformation.Field("IdentitySource", identitySources(identity, "method.request.", "querystring"))
		}
	}
	f.rename(identity, "ValidationExpression", "IdentityValidationExpression")
	f.rename(identity, "ReauthorizeEvery", "AuthorizerResultTtlInSeconds")
	return f
}

// invocation is the address by which API Gateway calls a function.
func invocation(arn *model.Value) *model.Value {
	return pattern("arn:${Partition}:apigateway:${Region}:lambda:path/2015-03-31/functions/${Arn}/invocations",
		only(arn), arn.Origin)
}

// identitySources lists what of a request identifies its caller, in the words of a REST or HTTP API.
func identitySources(identity *model.Value, prefix, query string) *model.Value {
	var sources []string
	add := func(key, where string) {
		for _, v := range identity.Get(key).Elements() {
			sources = append(sources, where+known(v))
		}
	}
	add("Headers", prefix+"header.")
	add("QueryStrings", prefix+query+".")
	if prefix == "$request." {
		prefix = "$"
	} else {
		prefix = ""
	}
	add("StageVariables", prefix+"stageVariables.")
	add("Context", prefix+"context.")
	if prefix == "$" {
		return texts(identity.Origin, sources...)
	}
	return text(strings.Join(sources, ", "), identity.Origin)
}

// httpAuthorizer is an authorizer of an HTTP API: tokens of an issuer, or a function.
func (x *expander) httpAuthorizer(a *api, name string, v *model.Value) fields {
	var f fields
	f.set("ApiId", a.routes.API)
	f.set("Name", text(name, v.Origin))
	if jwt := v.Get("JwtConfiguration"); jwt.IsSet() != model.No {
		f.set("AuthorizerType", text("JWT", v.Origin))
		f.set("JwtConfiguration", jwtConfiguration(jwt))
		if source := v.Get("IdentitySource"); source.Kind != model.Absent {
			f.set("IdentitySource", list(source.Origin, source.Elements()...))
		}
		return f
	}
	f.set("AuthorizerType", text("REQUEST", v.Origin))
	f.set("AuthorizerUri", invocation(v.Get("FunctionArn")))
	f.copy(v, "AuthorizerPayloadFormatVersion", "EnableSimpleResponses")
	f.rename(v, "FunctionInvokeRole", "AuthorizerCredentialsArn")
	f.set("IdentitySource", identitySources(v.Get("Identity"), "$request.", "querystring"))
	f.rename(v.Get("Identity"), "ReauthorizeEvery", "AuthorizerResultTtlInSeconds")
	return f
}

// jwtConfiguration writes issuer and audience as CloudFormation spells them.
func jwtConfiguration(jwt *model.Value) *model.Value {
	return each(jwt, func(jwt *model.Value) *model.Value {
		if jwt.Kind != model.Map {
			return jwt
		}
		var f fields
		for _, p := range jwt.Fields {
			switch strings.ToLower(p.Key) {
			case "issuer":
				p.Key = "Issuer"
			case "audience":
				p.Key = "Audience"
			}
			f = append(f, p)
		}
		return f.make(jwt.Origin)
	})
}

// withSchemes adds the API's authorizers to the security schemes of its OpenAPI document, so that operations can name
// them.
func withSchemes(body, auth *model.Value) *model.Value {
	if body.Kind != model.Map {
		return body
	}
	path := []string{"securityDefinitions"}
	if body.Get("openapi").Kind != model.Absent || body.Path("components", "securitySchemes").Kind != model.Absent {
		path = []string{"components", "securitySchemes"}
	}
	return changed(body, path, func(schemes *model.Value) *model.Value {
		if schemes.Kind != model.Map && schemes.Kind != model.Absent {
			return schemes
		}
		all := append([]model.Field{}, schemes.Fields...)
		there := map[string]bool{}
		for _, s := range schemes.Fields {
			there[s.Key] = there[s.Key] || s.Value.Kind != model.Absent
		}
		for _, d := range auth.Get("Authorizers").Settled().Fields {
			if !there[d.Key] {
				there[d.Key] = true
				all = append(all, cloudformation.Field(d.Key, scheme(d.Value)))
			}
		}
		at := schemes.Origin
		if schemes.Kind == model.Absent {
			at = body.Origin
		}
		return model.NewMap(all, at)
	})
}

// scheme writes an authorizer as a security scheme.
func scheme(v *model.Value) *model.Value {
	kind := "request"
	switch {
	case v.Get("UserPoolArn").IsSet() != model.No:
		kind = "cognito_user_pools"
	case v.Get("JwtConfiguration").IsSet() != model.No:
		kind = "jwt"
	}
	return object("x-amazon-apigateway-authorizer", object("type", text(kind, v.Origin), v.Origin), v.Origin)
}

// elsewhere reports whether the API's routes are declared in a document that is not here: then it says who may call them.
func (a *api) elsewhere() bool {
	if a.resource == nil {
		return false
	}
	p := a.resource.Props
	return p.Get("BodyS3Location").Kind != model.Absent || p.Get("Body").Kind == model.Unknown
}
