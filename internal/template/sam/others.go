package sam

import (
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// simpleTable makes a table with one key, paid by request unless the template provides throughput.
func simpleTable(r *model.Resource) {
	own := r.Props
	key := own.Get("PrimaryKey")
	name := or(key.Get("Name"), text("id", r.Origin))
	var definition, schema fields
	definition.set("AttributeName", name)
	definition.set("AttributeType", each(or(key.Get("Type"), text("String", r.Origin)), attributeType))
	schema.set("AttributeName", name)
	schema.set("KeyType", text("HASH", name.Origin))

	var f fields
	f.copy(own, "TableName")
	f.set("AttributeDefinitions", list(name.Origin, definition.make(name.Origin)))
	f.set("KeySchema", list(name.Origin, schema.make(name.Origin)))
	f.copy(own, "ProvisionedThroughput", "SSESpecification", "PointInTimeRecoverySpecification")
	if own.Get("ProvisionedThroughput").Kind == model.Absent {
		f.set("BillingMode", text("PAY_PER_REQUEST", r.Origin))
	}
	f.set("Tags", tagList(own.Get("Tags")))
	r.Type = "AWS::DynamoDB::Table"
	r.Props = f.make(own.Origin)
}

// attributeType is the letter DynamoDB has for a type.
func attributeType(v *model.Value) *model.Value {
	switch s, _ := v.Scalar(); s {
	case "String":
		return text("S", v.Origin)
	case "Number":
		return text("N", v.Origin)
	case "Binary":
		return text("B", v.Origin)
	}
	return v
}

// layerVersion makes a version of a layer; it is kept when the stack goes, unless RetentionPolicy says otherwise.
func layerVersion(r *model.Resource) {
	own := r.Props
	var f fields
	f.set("Content", location(own.Get("ContentUri"), "S3Bucket", "S3Key", "S3ObjectVersion"))
	f.copy(own, "CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")
	f.set("LayerName", or(own.Get("LayerName"), text(r.ID, r.Origin)))
	policy := or(own.Get("RetentionPolicy"), text("Retain", r.Origin))
	r.Attributes = with(r.Attributes, "DeletionPolicy", policy)
	r.Type = "AWS::Lambda::LayerVersion"
	r.Props = f.make(own.Origin)
}

// application makes a nested stack.
func application(r *model.Resource) {
	own := r.Props
	var f fields
	f.set("TemplateURL", each(own.Get("Location"), func(v *model.Value) *model.Value {
		if v.Kind == model.Map {
			id := known(v.Get("ApplicationId"))
			return model.NewPresent("application "+id+" of the Serverless Application Repository", v.Origin)
		}
		return v
	}))
	f.copy(own, "Parameters", "NotificationARNs", "TimeoutInMinutes")
	f.set("Tags", tagList(own.Get("Tags")))
	r.Type = "AWS::CloudFormation::Stack"
	r.Props = f.make(own.Origin)
}

// providerKeys are the names that AppSync has for the settings of an authentication provider.
var providerKeys = map[string]string{
	"Type": "AuthenticationType", "LambdaAuthorizer": "LambdaAuthorizerConfig",
	"OpenIDConnect": "OpenIDConnectConfig", "UserPool": "UserPoolConfig",
}

// graphQLAPI makes an AppSync API with its schema, keys and data sources. Its resolvers are not spelled out.
func (x *expander) graphQLAPI(r *model.Resource) {
	own := r.Props
	auth := own.Get("Auth")
	f := authProvider(auth)
	f.set("Name", or(own.Get("Name"), text(r.ID, r.Origin)))
	f.copy(own, "XrayEnabled", "Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit")
	if config := graphQLLogs(own.Get("Logging"), r.Origin); config.Kind != model.Absent {
		f.set("LogConfig", config)
	}
	var more []*model.Value
	for _, p := range auth.Get("Additional").Elements() {
		more = append(more, authProvider(p).make(p.Origin))
	}
	if len(more) > 0 {
		f.set("AdditionalAuthenticationProviders", list(auth.Get("Additional").Origin, more...))
	}
	f.set("Tags", tagList(own.Get("Tags")))
	r.Type = "AWS::AppSync::GraphQLApi"
	r.Props = f.make(own.Origin)
	x.graphQLParts(r, own)
}

// graphQLLogs is how an API logs: everything without verbose content unless the template says otherwise, as SAM has it.
func graphQLLogs(own *model.Value, at model.Origin) *model.Value {
	switch {
	case own.EqualsText("false") == model.Yes:
		return model.NewMap(nil, own.Origin)
	case own.Kind == model.Absent || own.EqualsText("true") == model.Yes:
		return model.NewMap([]model.Field{
			cloudformation.Field("CloudWatchLogsRoleArn", model.NewPresent("the role that SAM makes", at)),
			cloudformation.Field("ExcludeVerboseContent", model.NewBool(true, at)),
			cloudformation.Field("FieldLogLevel", text("ALL", at)),
		}, at)
	}
	return own
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

func (x *expander) graphQLParts(r *model.Resource, own *model.Value) {
	id := model.NewRef(r.ID, "ApiId", r.Origin)
	var schema fields
	schema.set("ApiId", id)
	schema.rename(own, "SchemaInline", "Definition")
	schema.rename(own, "SchemaUri", "DefinitionS3Location")
	x.make(r, r.ID+"Schema", "AWS::AppSync::GraphQLSchema", schema, r.Origin, by("schema", r))
	for _, k := range own.Get("ApiKeys").Settled().Fields {
		at := model.Origin{Pos: k.At}
		f := fields{cloudformation.Field("ApiId", id)}
		f.copy(k.Value, "ApiKeyId", "Description")
		f.rename(k.Value, "ExpiresOn", "Expires")
		x.make(r, r.ID+idPart(k.Key)+"ApiKey", "AWS::AppSync::ApiKey", f, at, by("API key "+k.Key, r))
	}
	sources := own.Get("DataSources")
	for _, s := range sources.Get("Lambda").Settled().Fields {
		config := wrapped("LambdaFunctionArn", s.Value.Get("FunctionArn"))
		x.dataSource(r, s, "AWS_LAMBDA", "LambdaConfig", config)
	}
	for _, s := range sources.Get("DynamoDb").Settled().Fields {
		var config fields
		config.copy(s.Value, "TableName", "Region", "Versioned", "DeltaSync")
		x.dataSource(r, s, "AMAZON_DYNAMODB", "DynamoDBConfig", config.make(s.Value.Origin))
	}
}

func (x *expander) dataSource(r *model.Resource, s model.Field, kind, key string, config *model.Value) {
	at := model.Origin{Pos: s.At}
	var f fields
	f.set("ApiId", model.NewRef(r.ID, "ApiId", at))
	f.set("Name", or(s.Value.Get("Name"), text(s.Key, at)))
	f.set("Type", text(kind, at))
	f.set(key, config)
	f.copy(s.Value, "Description", "ServiceRoleArn")
	x.make(r, r.ID+idPart(s.Key)+"DataSource", "AWS::AppSync::DataSource", f, at, by("data source "+s.Key, r))
}
