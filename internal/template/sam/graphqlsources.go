package sam

import (
	"strconv"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

func itoa(n int) string { return strconv.Itoa(n) }

// dataSources makes what the API's functions read and write: tables and functions.
func (g *graphQL) dataSources() {
	sources := g.own.Get("DataSources")
	for _, s := range sources.Get("DynamoDb").Settled().Fields {
		g.table(s)
	}
	for _, s := range sources.Get("Lambda").Settled().Fields {
		at := model.Origin{Pos: s.At}
		function := s.Value.Get("FunctionArn")
		g.dataSource(s, "Lambda", "AWS_LAMBDA", cloudformation.Field("LambdaConfig", object("LambdaFunctionArn", function, at)),
			"ToLambdaConnector", end{kind: "AWS::Lambda::Function", arn: function, origin: at}, text("Write", at))
	}
}

func (g *graphQL) table(s model.Field) {
	at := model.Origin{Pos: s.At}
	region := or(s.Value.Get("Region"), model.NewRef("AWS::Region", "", at))
	var c fields
	c.set("AwsRegion", region)
	c.copy(s.Value, "TableName", "UseCallerCredentials", "Versioned")
	c.rename(s.Value, "DeltaSync", "DeltaSyncConfig")
	arn := s.Value.Get("TableArn")
	if arn.IsSet() == model.No {
		arn = pattern("arn:${Partition}:dynamodb:${In}:${Account}:table/${Table}", func(name string) *model.Value {
			if name == "In" {
				return region
			}
			return s.Value.Get("TableName")
		}, at)
	}
	permissions := s.Value.Get("Permissions").Elements()
	if len(permissions) == 0 {
		permissions = texts(at, "Read", "Write").Items
	}
	g.dataSource(s, "DynamoDB", "AMAZON_DYNAMODB", cloudformation.Field("DynamoDBConfig", c.make(at)),
		"ToTableConnector", end{kind: "AWS::DynamoDB::Table", arn: arn, origin: at}, permissions...)
}

// dataSource makes a data source, with a role that may use it where the template names none.
func (g *graphQL) dataSource(
	s model.Field, short, kind string, config model.Field, connector string, to end, permissions ...*model.Value,
) {
	at := model.Origin{Pos: s.At}
	id := g.r.ID + s.Key + short + "DataSource"
	role := s.Value.Get("ServiceRoleArn")
	if role.IsSet() == model.No {
		role = g.role(id+"Role", at, nil)
		var source fields
		source.set("Type", text("AWS::AppSync::DataSource", at))
		source.set("Arn", model.NewRef(id, "DataSourceArn", at))
		source.set("RoleName", model.NewRef(id+"Role", "", at))
		g.connect(id+connector, source, to, permissions...)
	}
	var f fields
	f.set("ApiId", g.id)
	f.set("Name", or(s.Value.Get("Name"), text(s.Key, at)))
	f.set("Type", text(kind, at))
	f = append(f, config)
	f.copy(s.Value, "Description")
	f.set("ServiceRoleArn", role)
	g.make(id, "AWS::AppSync::DataSource", f, at, "data source "+s.Key)
	g.sources[s.Key] = model.NewRef(id, "Name", at)
}
