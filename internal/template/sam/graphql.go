package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// providerKeys are the names that AppSync has for the settings of an authentication provider.
var providerKeys = map[string]string{
	"Type": "AuthenticationType", "LambdaAuthorizer": "LambdaAuthorizerConfig",
	"OpenIDConnect": "OpenIDConnectConfig", "UserPool": "UserPoolConfig",
}

// graphQL is one AppSync API while its parts are made.
type graphQL struct {
	x         *expander
	r         *model.Resource
	own       *model.Value
	id        *model.Value            // reference to the API's ID
	sources   map[string]*model.Value // names of data sources, by their name in the template
	functions map[string]*model.Value // IDs of functions, likewise
	none      *model.Resource         // the data source of what needs none
	callers   int                     // authorizers that are functions
}

// graphQLAPI makes an AppSync API with its schema, keys, data sources, functions and resolvers.
func (x *expander) graphQLAPI(r *model.Resource) {
	own := r.Props
	g := &graphQL{x: x, r: r, own: own, id: model.NewRef(r.ID, "ApiId", r.Origin),
		sources: map[string]*model.Value{}, functions: map[string]*model.Value{}}
	auth := own.Get("Auth")
	f := authProvider(auth)
	f.set("Name", or(own.Get("Name"), text(r.ID, r.Origin)))
	f.copy(own, "XrayEnabled", "Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit")
	f.set("LogConfig", g.logs(own.Get("Logging")))
	var more []*model.Value
	for _, p := range auth.Get("Additional").Elements() {
		more = append(more, authProvider(p).make(p.Origin))
	}
	if len(more) > 0 {
		f.set("AdditionalAuthenticationProviders", list(auth.Get("Additional").Origin, more...))
	}
	f.set("Tags", tagList(with(own.Get("Tags"), "graphqlapi:createdBy", text("SAM", r.Origin))))
	r.Type = "AWS::AppSync::GraphQLApi"
	r.Props = f.make(own.Origin)
	g.authorizers(append([]*model.Value{auth}, auth.Get("Additional").Elements()...))
	g.parts()
}

func authProvider(auth *model.Value) fields {
	var f fields
	for _, p := range auth.Settled().Fields {
		if to := providerKeys[p.Key]; to != "" {
			f = append(f, model.Field{Key: to, At: p.At, Value: p.Value})
		}
	}
	return f
}

// logs is how the API logs: everything unless the template says otherwise, by a role made here unless it names one.
func (g *graphQL) logs(own *model.Value) *model.Value {
	if own.EqualsText("false") == model.Yes {
		return model.NewMap(nil, own.Origin) // says nothing, but has the place where logging is switched off
	}
	if own.Kind != model.Absent && own.Kind != model.Map && own.EqualsText("true") != model.Yes {
		return own
	}
	at := g.r.Origin
	if own.Kind == model.Map {
		at = own.Origin
	}
	role := own.Get("CloudWatchLogsRoleArn")
	if role.IsSet() == model.No {
		role = g.role(g.r.ID+"CloudWatchRole", at, func(f *fields) {
			policy := pattern("arn:${Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs", nil, at)
			f.set("ManagedPolicyArns", list(at, policy))
		})
	}
	var f fields
	f.copy(own, "ExcludeVerboseContent")
	f.set("FieldLogLevel", or(own.Get("FieldLogLevel"), text("ALL", at)))
	f.set("CloudWatchLogsRoleArn", role)
	return f.make(at)
}

// role makes a role for AppSync and gives its ARN.
func (g *graphQL) role(id string, at model.Origin, more func(*fields)) *model.Value {
	var f fields
	f.set("AssumeRolePolicyDocument", trust("appsync.amazonaws.com", at))
	if more != nil {
		more(&f)
	}
	return model.NewRef(g.make(id, "AWS::IAM::Role", f, at, "role").ID, "Arn", at)
}

func (g *graphQL) make(id, kind string, f fields, at model.Origin, what string) *model.Resource {
	made := g.x.make(g.r, id, kind, f, at, by(what, g.r))
	if after := g.r.Attributes.Get("DependsOn"); after.Kind != model.Absent {
		made.Attributes = with(made.Attributes, "DependsOn", after)
	}
	return made
}

// authorizers lets AppSync call the functions that decide who may call the API.
func (g *graphQL) authorizers(all []*model.Value) {
	for _, auth := range all {
		function := auth.Path("LambdaAuthorizer", "AuthorizerUri")
		if known(auth.Get("Type")) != "AWS_LAMBDA" || function.IsSet() != model.Yes {
			continue
		}
		g.callers++
		at := function.Origin
		var source fields
		source.set("Type", text("AWS::AppSync::GraphQLApi", at))
		source.set("Arn", model.NewRef(g.r.ID, "", at))
		source.set("ResourceId", g.id)
		g.connect(g.r.ID+"ToLambdaAuthConnector"+itoa(g.callers), source, end{kind: "AWS::Lambda::Function", arn: function, origin: at},
			text("Write", at))
	}
}

// connect lets one end use the other, as a connector does.
func (g *graphQL) connect(id string, source fields, to end, permissions ...*model.Value) {
	at := to.origin
	var d fields
	d.set("Type", text(to.kind, at))
	d.set("Arn", to.arn)
	var p fields
	p.set("Destination", d.make(at))
	p.set("Permissions", list(at, permissions...))
	g.x.extra = append(g.x.extra, connection{
		id: id, by: by("connector "+id, g.r), owner: g.r, props: p.make(at), source: source.make(at), at: at,
	})
}

func (g *graphQL) parts() {
	at := g.r.Origin
	var schema fields
	schema.set("ApiId", g.id)
	schema.rename(g.own, "SchemaInline", "Definition")
	schema.rename(g.own, "SchemaUri", "DefinitionS3Location")
	g.make(g.r.ID+"Schema", "AWS::AppSync::GraphQLSchema", schema, at, "schema")
	for _, k := range g.own.Get("ApiKeys").Settled().Fields {
		f := fields{cloudformation.Field("ApiId", g.id)}
		f.copy(k.Value, "ApiKeyId", "Description")
		f.rename(k.Value, "ExpiresOn", "Expires")
		g.make(g.r.ID+k.Key, "AWS::AppSync::ApiKey", f, model.Origin{Pos: k.At}, "API key "+k.Key)
	}
	if cache := g.own.Get("Cache"); cache.IsSet() == model.Yes {
		f := fields{cloudformation.Field("ApiId", g.id)}
		f.copy(cache, "ApiCachingBehavior", "Type", "Ttl", "AtRestEncryptionEnabled", "TransitEncryptionEnabled")
		g.make(g.r.ID+"ApiCache", "AWS::AppSync::ApiCache", f, cache.Origin, "cache")
	}
	g.dataSources()
	g.domain(g.own.Get("DomainName"))
	for _, f := range g.own.Get("Functions").Settled().Fields {
		g.function(f)
	}
	for _, kind := range g.own.Get("Resolvers").Settled().Fields {
		for _, f := range kind.Value.Settled().Fields {
			g.resolver(kind.Key, f)
		}
	}
}

func (g *graphQL) domain(domain *model.Value) {
	if domain.IsSet() != model.Yes {
		return
	}
	at := domain.Origin
	var f fields
	f.copy(domain, "CertificateArn", "DomainName", "Description")
	g.make(g.r.ID+"DomainName", "AWS::AppSync::DomainName", f, at, "domain")
	var a fields
	a.set("ApiId", g.id)
	a.set("DomainName", model.NewRef(g.r.ID+"DomainName", "", at))
	g.make(g.r.ID+"DomainNameApiAssociation", "AWS::AppSync::DomainNameApiAssociation", a, at, "domain")
}

// function makes one step that resolvers are made of.
func (g *graphQL) function(f model.Field) {
	if id := f.Value.Get("Id"); id.IsSet() == model.Yes {
		g.functions[f.Key] = id
		return
	}
	at := model.Origin{Pos: f.At}
	var p fields
	p.set("ApiId", g.id)
	p.set("Name", or(f.Value.Get("Name"), text(f.Key, at)))
	p.rename(f.Value, "InlineCode", "Code")
	p.rename(f.Value, "CodeUri", "CodeS3Location")
	p.set("DataSourceName", g.source(f.Value.Get("DataSource")))
	p.copy(f.Value, "MaxBatchSize", "Description")
	p.set("Runtime", appSyncRuntime(f.Value.Get("Runtime")))
	p.rename(f.Value, "Sync", "SyncConfig")
	made := g.make(g.r.ID+f.Key, "AWS::AppSync::FunctionConfiguration", p, at, "function "+f.Key)
	g.functions[f.Key] = model.NewRef(made.ID, "FunctionId", at)
}

// source is the name of the data source that a function names.
func (g *graphQL) source(v *model.Value) *model.Value {
	s, ok := v.Settled().Scalar()
	switch {
	case !ok:
		return v
	case g.sources[s] != nil:
		return g.sources[s].At(v.Origin)
	case !strings.EqualFold(s, "none"):
		return v
	}
	if g.none == nil {
		var f fields
		f.set("ApiId", g.id)
		f.set("Name", text(g.r.ID+"NoneDataSource", v.Origin))
		f.set("Type", text("NONE", v.Origin))
		g.none = g.make(g.r.ID+"NoneDataSource", "AWS::AppSync::DataSource", f, v.Origin, "functions without data source")
	}
	return model.NewRef(g.none.ID, "Name", v.Origin)
}

func appSyncRuntime(v *model.Value) *model.Value {
	return each(v, func(v *model.Value) *model.Value {
		if v.Kind != model.Map {
			return v
		}
		var f fields
		f.copy(v, "Name")
		f.rename(v, "Version", "RuntimeVersion")
		return f.make(v.Origin)
	})
}

// resolver makes what answers for one field of a type.
func (g *graphQL) resolver(kind string, f model.Field) {
	at := model.Origin{Pos: f.At}
	var p fields
	p.rename(f.Value, "InlineCode", "Code")
	p.rename(f.Value, "CodeUri", "CodeS3Location")
	runtime := appSyncRuntime(f.Value.Get("Runtime"))
	if len(p) == 0 {
		p.set("Code", text("export function request() { return {} } export function response(context) { return context.prev.result }", at))
		runtime = model.NewMap([]model.Field{
			cloudformation.Field("Name", text("APPSYNC_JS", at)), cloudformation.Field("RuntimeVersion", text("1.0.0", at)),
		}, at)
	}
	p.set("Runtime", runtime)
	p.set("ApiId", g.id)
	p.set("FieldName", or(f.Value.Get("FieldName"), text(f.Key, at)))
	p.set("TypeName", text(kind, at))
	p.set("Kind", text("PIPELINE", at))
	var steps []*model.Value
	for _, s := range f.Value.Get("Pipeline").Elements() {
		step := g.functions[known(s)]
		if step == nil {
			step = model.NewPresent("function "+known(s)+" is not declared", s.Origin)
		}
		steps = append(steps, step)
	}
	p.set("PipelineConfig", object("Functions", list(at, steps...), at))
	p.rename(f.Value, "Caching", "CachingConfig")
	p.copy(f.Value, "MaxBatchSize")
	made := g.x.make(g.r, g.r.ID+kind+f.Key, "AWS::AppSync::Resolver", p, at, by("resolver "+kind+"."+f.Key, g.r))
	made.Attributes = with(made.Attributes, "DependsOn", texts(at, g.r.ID+"Schema"))
}
