package reporttest

import (
	"fmt"

	"wardlet.example/internal/model"
)

// Shop is a workspace with one application that has a bit of everything: an API with and without authorizer, a function
// URL, a queue, a stream, a bucket, a schedule, a user pool, roles narrow and wide.
func Shop() *model.Workspace {
	s := newStack("shop", model.SAM, "template.yaml")
	api, url := s.resource("ShopApi", "AWS::ApiGateway::RestApi"), s.resource("WebhookUrl", "AWS::Lambda::Url")
	orders, customers := s.resource("OrdersTable", "AWS::DynamoDB::Table"), s.resource("CustomersTable", "AWS::DynamoDB::Table")
	queue, bucket := s.resource("OrderQueue", "AWS::SQS::Queue"), s.resource("InvoiceBucket", "AWS::S3::Bucket")
	pool, key := s.resource("ShopUsers", "AWS::Cognito::UserPool"), s.resource("PaymentKey", "AWS::SecretsManager::Secret")
	s.resource("OrderQueuePolicy", "AWS::SQS::QueuePolicy")

	get := s.function("OrdersFunction", "src/orders.js", 8, "handler", model.Public)
	get.Triggers = []*model.Trigger{
		route(api, "GET /orders", "none", model.Public), route(api, "GET /orders/{id}", "none", model.Public),
		route(api, "POST /orders", "cognito", model.Authenticated),
	}
	s.env(get, "ORDERS_TABLE", orders)
	s.env(get, "QUEUE_URL", queue)
	get.Env = append(get.Env, model.EnvVar{Name: "API_TOKEN", Value: model.NewString("do-not-show-me", model.Origin{}), At: s.at()})
	get.Role = s.role("OrdersRole", s.grant("dynamodb:*", "*"), s.grant("sqs:SendMessage", queue))
	get.Blast = model.Blast{Reach: model.BlastWide, Note: "may administer every table of dynamodb"}

	hook := s.function("WebhookFunction", "src/webhook.js", 3, "handler", model.Public)
	hook.Triggers = []*model.Trigger{route(url, "any path", "none", model.Public)}
	s.env(hook, "PAYMENT_KEY", key)
	hook.Role = s.role("WebhookRole", s.grant("secretsmanager:GetSecretValue", key))

	bill := s.function("BillingFunction", "src/billing.py", 21, "bill", model.Internal)
	bill.Runtime = model.NewString("python3.13", model.Origin{})
	bill.Triggers = []*model.Trigger{from(model.TriggerQueue, queue)}
	s.env(bill, "INVOICES", bucket)
	s.env(bill, "ORDERS_TABLE", orders)
	bill.Role = s.role("BillingRole", s.grant("s3:PutObject", bucket), s.grant("sqs:ReceiveMessage", queue))
	bill.Role.Managed = []*model.Value{model.NewString("arn:aws:iam::aws:policy/AmazonSESFullAccess", model.Origin{})}

	mail := s.function("MailFunction", "src/mail.js", 5, "handler", model.Internal)
	mail.Triggers = []*model.Trigger{from(model.TriggerObject, bucket)}
	mail.Code = model.Code{State: model.CodeMissing, File: "dist/mail.js", Symbol: "handler"}

	audit := s.function("AuditFunction", "src/audit.js", 1, "handler", model.Internal)
	audit.Triggers = []*model.Trigger{from(model.TriggerStream, orders)}

	report := s.function("ReportFunction", "src/report.js", 9, "handler", model.Account)
	report.Triggers = []*model.Trigger{
		{Kind: model.TriggerSchedule, Detail: "rate(5 minutes)", Exposure: model.Internal},
		{Kind: model.TriggerDirect, Detail: "account 123456789012", Auth: "iam", Exposure: model.Account},
	}
	s.env(report, "CUSTOMERS", customers)

	welcome := s.function("WelcomeFunction", "src/welcome.js", 2, "handler", model.Authenticated)
	welcome.Triggers = []*model.Trigger{{Kind: model.TriggerUserPool, Detail: "PostConfirmation", Source: pool, Exposure: model.Authenticated}}
	s.env(welcome, "CUSTOMERS", customers)

	s.app.Flows = []*model.Flow{
		{From: model.Internet, To: "ShopUsers", Kind: "sign-up", Granted: model.Yes, Matches: model.Yes},
		{From: model.Internet, To: "OrdersFunction", Kind: "http", Granted: model.Yes, Matches: model.Yes},
		{From: "OrdersFunction", To: "OrderQueue", Kind: "queue", Detail: "sqs:SendMessage", Granted: model.Yes, Matches: model.Yes},
		{From: "OrderQueue", To: "BillingFunction", Kind: "queue", Granted: model.Yes, Matches: model.Yes},
		{From: "BillingFunction", To: "InvoiceBucket", Kind: "object", Detail: "s3:PutObject", Granted: model.Yes, Matches: model.Maybe},
		{From: "MailFunction", To: "CustomersTable", Kind: "read", Granted: model.No, Matches: model.Yes},
		{From: "AuditFunction", To: "OrderQueue", Kind: "queue", Granted: model.Maybe, Matches: model.Yes},
	}
	return &model.Workspace{Root: ".", Apps: []*model.App{s.app}}
}

// Large is a workspace with a second application of thirty functions and more than sixty routes.
func Large() *model.Workspace {
	s := newStack("market", model.Serverless, "services/market/serverless.yml")
	s.app.Stage = "prod"
	api := s.resource("HttpApi", "AWS::ApiGatewayV2::Api")
	var tables, queues []*model.Resource
	for i := range 6 {
		tables = append(tables, s.resource([]string{"Products", "Prices", "Stock", "Baskets", "Ratings", "Sellers"}[i]+"Table", "AWS::DynamoDB::Table"))
		queues = append(queues, s.resource([]string{"Import", "Mail", "Refund", "Image", "Search", "Export"}[i]+"Queue", "AWS::SQS::Queue"))
	}
	names := []string{"products", "prices", "stock", "baskets", "ratings", "sellers", "search", "images", "refunds", "admin"}
	for i := range 24 {
		name := names[i%len(names)]
		f := s.function(fmt.Sprintf("%s%d", name, i/len(names)+1), fmt.Sprintf("src/%s/%d.ts", name, i), 12, "handler", model.Authenticated)
		auth, exposure := "jwt", model.Authenticated
		if i%5 == 0 {
			auth, exposure, f.Exposure = "none", model.Public, model.Public
		}
		routes := 2
		if i == 6 {
			routes = 18
		}
		for j := range routes {
			f.Triggers = append(f.Triggers, route(api, fmt.Sprintf("%s /v1/%s/{id}/part%d", []string{"GET", "POST", "PUT"}[j%3], name, j), auth, exposure))
		}
		s.env(f, "TABLE", tables[i%len(tables)])
		if i%4 == 1 {
			s.env(f, "OTHER_TABLE", tables[(i+2)%len(tables)])
		}
		if i%3 == 0 {
			s.app.Flows = append(s.app.Flows, &model.Flow{From: f.ID, To: queues[i/3%len(queues)].ID, Kind: "queue", Granted: model.Yes, Matches: model.Yes})
		}
	}
	for i, q := range queues {
		f := s.function(fmt.Sprintf("worker%d", i+1), fmt.Sprintf("src/workers/%d.ts", i), 4, "handler", model.Internal)
		f.Triggers = []*model.Trigger{from(model.TriggerQueue, q)}
		s.env(f, "TABLE", tables[(i*5)%len(tables)])
	}
	ws := Shop()
	ws.Apps = append(ws.Apps, s.app)
	return ws
}

// HostileWorkspace is a workspace in which every name is hostile.
func HostileWorkspace() *model.Workspace {
	s := newStack(Hostile, model.CloudFormation, Hostile)
	s.app.Stage = Hostile
	table := s.resource(Hostile+"Table", Hostile)
	f := s.function(Hostile, Hostile, 1, Hostile, model.Public)
	f.Triggers = []*model.Trigger{route(nil, Hostile, Hostile, model.Public), from(model.TriggerQueue, table)}
	f.Triggers[0].Target = model.NewString(Hostile, model.Origin{})
	s.env(f, Hostile, table)
	f.Role = s.role(Hostile, s.grant(Hostile+"*", "*"))
	f.Blast = model.Blast{Reach: model.BlastWide, Note: "may do " + Hostile}
	s.app.Flows = []*model.Flow{{From: Hostile, To: Hostile + "Table", Kind: Hostile, Detail: Hostile}}
	s.resource(Hostile+"2", Hostile)
	f.Unseen = Hostile
	return &model.Workspace{Root: Hostile, Apps: []*model.App{s.app}}
}

// stack builds an application line by line: every thing stands below the one before.
type stack struct {
	app  *model.App
	line int
}

func newStack(name string, kind model.AppKind, file string) *stack {
	return &stack{app: &model.App{Name: name, Kind: kind, File: file, Dir: ".", Provider: "aws"}}
}

func (s *stack) at() model.Pos {
	s.line += 10
	return model.Pos{File: s.app.File, Line: s.line, Col: 3}
}

func (s *stack) origin() model.Origin { return model.Origin{Pos: s.at()} }

func (s *stack) resource(id, kind string) *model.Resource {
	r := &model.Resource{ID: id, Type: kind, Origin: s.origin()}
	s.app.Resources = append(s.app.Resources, r)
	return r
}

func (s *stack) function(id, file string, line int, symbol string, exposure model.Exposure) *model.Function {
	f := &model.Function{
		ID: id, Name: id, Resource: s.resource(id, "AWS::Lambda::Function"), Runtime: model.NewString("nodejs22.x", model.Origin{}),
		Handler: model.NewString(file+"."+symbol, model.Origin{}), Exposure: exposure, Origin: s.origin(),
		Code: model.Code{State: model.CodeResolved, File: file, Symbol: symbol, At: model.Pos{File: file, Line: line, Col: 1}},
	}
	s.app.Functions = append(s.app.Functions, f)
	return f
}

func (s *stack) env(f *model.Function, name string, r *model.Resource) {
	f.Env = append(f.Env, model.EnvVar{Name: name, Value: model.NewRef(r.ID, "", s.origin()), Resource: r, At: s.at()})
}

func (s *stack) role(id string, grants ...model.Grant) *model.Role {
	r := &model.Role{ID: id, Resource: s.resource(id, "AWS::IAM::Role"), Grants: grants, Origin: s.origin()}
	s.app.Roles = append(s.app.Roles, r)
	return r
}

// grant allows an action on a resource, or on a pattern.
func (s *stack) grant(action string, on any) model.Grant {
	target := model.NewString(fmt.Sprint(on), model.Origin{})
	if r, ok := on.(*model.Resource); ok {
		target = model.NewRef(r.ID, "Arn", model.Origin{})
	}
	return model.Grant{
		Effect: model.NewString("Allow", model.Origin{}), Actions: []*model.Value{model.NewString(action, model.Origin{})},
		Resources: []*model.Value{target}, Origin: s.origin(),
	}
}

func route(source *model.Resource, detail, auth string, exposure model.Exposure) *model.Trigger {
	return &model.Trigger{Kind: model.TriggerHTTP, Detail: detail, Source: source, Auth: auth, Exposure: exposure}
}

func from(kind model.TriggerKind, source *model.Resource) *model.Trigger {
	return &model.Trigger{Kind: kind, Source: source, Exposure: model.Internal}
}
