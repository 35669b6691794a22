package link

import (
	"slices"
	"strings"
	"sync"

	"wardlet.example/data/iam"
	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Powers is what a role may do.
type Powers struct {
	App  *model.App
	Role *model.Role
	ARN  *model.Value // that the role will have
	Set  policy.Set
	Docs []Doc    // the documents of Set.Identity, in its order
	Open []string // why perhaps there is more: policies of which nobody here knows the content

	keys *sync.Map // policies of keys of the application, as they were read
}

// policyProblems tells of policies of roles that are not written as IAM wants them.
func (p *Program) policyProblems(app *model.App) []model.Diagnostic {
	var out []model.Diagnostic
	for _, role := range app.Roles {
		for _, d := range p.Powers(app, role).Docs {
			if !d.Managed {
				out = append(out, d.Document.Problems...)
			}
		}
	}
	return out
}

// Doc is one policy of a role.
type Doc struct {
	Name     string // as the template calls it, or the name of a policy that AWS manages
	Managed  bool   // AWS manages it
	Document *policy.Document
	Source   model.Policy // as the template has it; empty where AWS manages it
	At       model.Origin // where the template names it, where AWS manages it
}

// Powers gives what a role may do; nil for no role. It is worked out once for each role.
func (p *Program) Powers(app *model.App, role *model.Role) *Powers {
	if role == nil {
		return nil
	}
	if known, ok := p.powers.Load(role); ok {
		powers, _ := known.(*Powers)
		return powers
	}
	made, _ := p.powers.LoadOrStore(role, p.work(app, role))
	powers, _ := made.(*Powers)
	return powers
}

// PowersOf is what a principal that is a resource may do: a role, a user or a group; nil for other types.
func (p *Program) PowersOf(app *model.App, r *model.Resource) *Powers {
	switch r.Type {
	case "AWS::IAM::Role":
		for _, role := range app.Roles {
			if role.Resource == r {
				return p.Powers(app, role)
			}
		}
	case "AWS::IAM::User", "AWS::IAM::Group":
		return p.work(app, principal(app, r))
	case "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy":
		if p.attached(app, r) {
			return nil
		}
		alone := &model.Role{ID: r.ID, Resource: r, Origin: r.Origin}
		alone.Policies = []model.Policy{{Name: r.ID, Document: r.Props.Get("PolicyDocument"), Resource: r, App: app}}
		return p.work(app, alone)
	}
	return nil
}

// attached reports whether a policy is one of a principal of the templates, or bounds one: then it is judged with that.
func (p *Program) attached(app *model.App, r *model.Resource) bool {
	for _, key := range []string{"Roles", "Users", "Groups"} {
		for _, v := range r.Props.Get(key).Elements() {
			if _, found := app.Find(v); found != nil && strings.HasPrefix(found.Type, "AWS::IAM::") {
				return true
			}
		}
	}
	for _, user := range p.Referrers(app, r) {
		if strings.HasPrefix(user.Type, "AWS::IAM::") {
			return true
		}
	}
	return false
}

// principal is a user or group with its policies, in the form of a role.
func principal(app *model.App, r *model.Resource) *model.Role {
	out := &model.Role{ID: r.ID, Resource: r, Origin: r.Origin, Managed: r.Props.Get("ManagedPolicyArns").Elements()}
	add := func(name string, document *model.Value, from *model.Resource) {
		out.Policies = append(out.Policies, model.Policy{Name: name, Document: document, Resource: from, App: app})
	}
	for _, p := range r.Props.Get("Policies").Elements() {
		add(p.Get("PolicyName").String(), p.Get("PolicyDocument"), r)
	}
	for _, m := range out.Managed {
		if _, policy := app.Find(m, "AWS::IAM::ManagedPolicy"); policy != nil {
			add(policy.ID, policy.Props.Get("PolicyDocument"), policy)
		}
	}
	if r.Type == "AWS::IAM::User" { // what its groups may do
		for _, group := range groupsOf(app, r) {
			inherited := principal(app, group)
			out.Policies = append(out.Policies, inherited.Policies...)
			out.Managed = append(out.Managed, inherited.Managed...)
		}
	}
	for _, other := range app.Resources {
		for _, key := range map[string][]string{
			"AWS::IAM::Policy": {"Users", "Groups"}, "AWS::IAM::ManagedPolicy": {"Users", "Groups"},
			"AWS::IAM::UserPolicy": {"UserName"}, "AWS::IAM::GroupPolicy": {"GroupName"},
		}[other.Type] {
			for _, v := range other.Props.Get(key).Elements() {
				if _, found := app.Find(v); found == r {
					add(other.ID, other.Props.Get("PolicyDocument"), other)
				}
			}
		}
	}
	return out
}

// groupsOf are the groups that a user stands in.
func groupsOf(app *model.App, user *model.Resource) []*model.Resource {
	names := user.Props.Get("Groups").Elements()
	for _, r := range app.Resources {
		if r.Type != "AWS::IAM::UserToGroupAddition" {
			continue
		}
		for _, u := range r.Props.Get("Users").Elements() {
			if _, found := app.Find(u); found == user {
				names = append(names, r.Props.Get("GroupName"))
			}
		}
	}
	var out []*model.Resource
	for _, n := range names {
		if _, g := app.Find(n, "AWS::IAM::Group"); g != nil {
			out = append(out, g)
		}
	}
	return out
}

func (p *Program) work(app *model.App, role *model.Role) *Powers {
	w := &Powers{App: app, Role: role, keys: &sync.Map{}}
	if role.Resource != nil {
		w.ARN = ARN(app, role.Resource)
	}
	for _, one := range role.Policies {
		in := one.App
		if in == nil {
			in = app
		}
		w.add(Doc{Name: one.Name, Document: policy.Parse(Canonical(in, one.Document)), Source: one})
	}
	for _, v := range role.Managed {
		p.managed(w, v)
	}
	p.given(w)
	if role.Resource != nil {
		w.bound(role.Resource.Props.Get("PermissionsBoundary"))
	}
	return w
}

func (w *Powers) add(d Doc) {
	if d.Document.Unknown != "" {
		w.Open = append(w.Open, d.Document.Unknown)
	}
	w.Docs = append(w.Docs, d)
	w.Set.Identity = append(w.Set.Identity, d.Document)
}

// given adds what policies of resources allow the role by its name: of buckets, queues and topics, and of keys, where everything
// means the key.
func (p *Program) given(w *Powers) {
	if w.ARN == nil {
		return
	}
	for _, r := range p.resourcePolicies(w.App) {
		document := r.Props.Get("PolicyDocument")
		if r.Type == "AWS::KMS::Key" {
			document = aboutKey(r)
		}
		names := false
		for _, ref := range document.Refs() {
			names = names || ref.Str == w.Role.ID
		}
		if !names {
			continue
		}
		d := policy.Parse(Canonical(w.App, document))
		kept := &policy.Document{}
		for _, s := range d.Statements {
			if s.Principals != nil && !s.Principals.Not && s.Names(w.ARN) {
				kept.Statements = append(kept.Statements, s)
			}
		}
		if len(kept.Statements) > 0 {
			w.add(Doc{Name: "policy of " + r.ID, Document: kept, Source: model.Policy{Resource: r, App: w.App}})
		}
	}
}

// resourcePolicies are the resources of an application that hold policies of others, listed once.
func (p *Program) resourcePolicies(app *model.App) []*model.Resource {
	if known, ok := p.holders.Load(app); ok {
		list, _ := known.([]*model.Resource)
		return list
	}
	list := []*model.Resource{}
	for _, r := range app.Resources {
		switch r.Type {
		case "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::KMS::Key":
			list = append(list, r)
		}
	}
	p.holders.Store(app, list)
	return list
}

// managed adds a managed policy: one of AWS by its content, one of the templates is among the role's policies already.
func (p *Program) managed(w *Powers, v *model.Value) {
	for _, one := range v.Elements() {
		if name, ok := awsPolicy(one); ok {
			if d := p.managedDocument(name); d != nil {
				w.add(Doc{Name: name, Managed: true, Document: d, At: one.Origin})
				continue
			}
		} else if _, r := w.App.Find(one, "AWS::IAM::ManagedPolicy"); r != nil {
			continue
		}
		w.unknown("the content of the policy " + one.Settled().String() + " is not known")
	}
}

// unknown notes that perhaps the role may do more.
func (w *Powers) unknown(reason string) {
	w.Open = append(w.Open, reason)
	w.Set.Identity = append(w.Set.Identity, &policy.Document{Unknown: reason})
}

// bound reads the permissions boundary of a role.
func (w *Powers) bound(v *model.Value) {
	if v.IsSet() == model.No {
		return
	}
	w.Set.Boundary = &policy.Document{Unknown: "the permissions boundary " + v.String() + " is not known"}
	if name, ok := awsPolicy(v.Settled()); ok {
		if d := policy.ManagedDocument(name); d != nil {
			w.Set.Boundary = d
		}
		return
	}
	if in, r := w.App.Find(v, "AWS::IAM::ManagedPolicy"); r != nil {
		w.Set.Boundary = policy.Parse(Canonical(in, r.Props.Get("PolicyDocument")))
	}
}

// awsPolicy is the name of a policy that AWS manages.
func awsPolicy(v *model.Value) (string, bool) {
	_, name, ok := strings.Cut(v.Settled().String(), ":iam::aws:policy/")
	if !ok || strings.Contains(name, "?") {
		return "", false
	}
	return name[strings.LastIndexByte(name, '/')+1:], true
}

// managedDocument is a policy that AWS manages, parsed once.
func (p *Program) managedDocument(name string) *policy.Document {
	if d, ok := p.documents.Load(name); ok {
		known, _ := d.(*policy.Document)
		return known
	}
	d, _ := p.documents.LoadOrStore(name, policy.ManagedDocument(name))
	known, _ := d.(*policy.Document)
	return known
}

// Statements lists the statements that give a role what it may do, and those that take something away.
func (w *Powers) Statements() []*policy.Statement {
	var out []*policy.Statement
	for _, d := range w.Docs {
		out = append(out, d.Document.Statements...)
	}
	return out
}

// aboutKey is the policy of a key, in which * is the key, as one about that key alone.
func aboutKey(key *model.Resource) *model.Value {
	document := key.Props.Get("KeyPolicy").Settled()
	if document.Kind != model.Map {
		return document
	}
	var statements []*model.Value
	for _, st := range document.Get("Statement").Elements() {
		fields := slices.DeleteFunc(slices.Clone(st.Fields), func(f model.Field) bool { return f.Key == "Resource" })
		fields = append(fields, model.Field{Key: "Resource", Value: model.NewRef(key.ID, "Arn", st.Origin)})
		statements = append(statements, model.NewMap(fields, st.Origin))
	}
	return model.NewMap([]model.Field{
		{Key: "Version", Value: document.Get("Version")}, {Key: "Statement", Value: model.NewList(statements, document.Origin)},
	}, document.Origin)
}

// Allows answers whether the role may do something to a resource, given by the ARN that it will have. Of the request nothing
// else is known.
func (w *Powers) Allows(action string, on *model.Value) policy.Decision {
	return w.AllowsWith(action, on, nil)
}

// AllowsWith is Allows where some condition keys of the request are known; of the others nobody knows.
func (w *Powers) AllowsWith(action string, on *model.Value, keys map[string][]string) policy.Decision {
	return w.AllowsUnder(action, on, keys, nil)
}

// AllowsUnder is AllowsWith for a resource that has a policy of its own; nil if it has none.
func (w *Powers) AllowsUnder(action string, on *model.Value, keys map[string][]string, own *policy.Document) policy.Decision {
	who := policy.Principal{Kind: "AWS", ARN: w.ARN, Account: policy.OwnAccount}
	if who.ARN == nil {
		who.ARN = model.NewPresent("the ARN of "+w.Role.ID, w.Role.Origin)
	}
	known := map[string][]string{"aws:username": nil} // roles have none
	if w.Role.Resource != nil && w.Role.Resource.Type == "AWS::IAM::User" {
		known["aws:username"] = []string{UserName(w.App, w.Role.Resource)}
	}
	for key, values := range keys {
		known[key] = values
	}
	request := policy.Request{
		Who: who, Action: action, On: on, Owner: policy.OwnAccount, OnlyOwn: strings.HasPrefix(strings.ToLower(action), "sts:assumerole"),
		Context: &policy.Context{Keys: known, Open: func(string) bool { return true }},
	}
	set := w.Set
	set.Resource = own
	if a := iam.Find(action); a != nil && a.Service == "kms" && a.Scopable() {
		if key := w.keyOf(on); key != nil {
			set.Resource = w.keyPolicy(key)
			return set.Allows(request)
		}
		own := request
		own.OnlyOwn = true
		if d := set.Allows(own); d.Answer == model.No { // that a key elsewhere names this role is possible of every role
			return d
		}
		set.ResourceOpen = "the policy of the key decides as well"
	}
	return set.Allows(request)
}

// keyOf is the key of the application that an ARN is of; nil if it is of none.
func (w *Powers) keyOf(on *model.Value) *model.Resource {
	if on == nil || on.Kind != model.Text {
		return nil
	}
	for _, part := range on.Items {
		id, ours := strings.CutPrefix(part.Str, w.App.File+"#")
		if part.Kind == model.Ref && ours {
			if r := w.App.Resource(id); r != nil && r.Type == "AWS::KMS::Key" {
				return r
			}
		}
	}
	return nil
}

// keyPolicy is the policy of a key; without one it leaves all to the policies of the account.
func (w *Powers) keyPolicy(key *model.Resource) *policy.Document {
	if known, ok := w.keys.Load(key); ok {
		document, _ := known.(*policy.Document)
		return document
	}
	written := key.Props.Get("KeyPolicy")
	if written.Kind == model.Absent {
		written = model.NewString(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+policy.OwnAccount+`"},"Action":"kms:*","Resource":"*"}]}`, key.Origin)
	}
	document := policy.Parse(Canonical(w.App, written))
	w.keys.Store(key, document)
	return document
}

// Foreign are the resources of other applications that a role of an application can only mean by name: those of which the whole name
// is written in a template, by the service of their ARN. The list is made once.
func (p *Program) Foreign(service string) []Place {
	p.once.Do(func() {
		p.foreign = map[string][]Place{}
		for _, app := range p.Apps {
			for _, r := range app.Resources {
				if s, ok := ARN(app, r).Scalar(); ok && !r.Tool {
					of := strings.SplitN(s, ":", 4)[2]
					p.foreign[of] = append(p.foreign[of], Place{app, r})
				}
			}
		}
	})
	return p.foreign[service]
}

// Place is a resource with the application that has it.
type Place struct {
	App      *model.App
	Resource *model.Resource
}

// arns are the ARNs of resources below "arn:aws:", with % for the name, by type.
var arns = map[string]string{
	"AWS::SQS::Queue": "sqs:*:*:%", "AWS::SNS::Topic": "sns:*:*:%", "AWS::S3::Bucket": "s3:::%", "AWS::DynamoDB::Table": "dynamodb:*:*:table/%",
	"AWS::DynamoDB::GlobalTable": "dynamodb:*:*:table/%", "AWS::Kinesis::Stream": "kinesis:*:*:stream/%", "AWS::Events::EventBus": "events:*:*:event-bus/%",
	"AWS::StepFunctions::StateMachine": "states:*:*:stateMachine:%", "AWS::Logs::LogGroup": "logs:*:*:log-group:%",
	"AWS::SecretsManager::Secret": "secretsmanager:*:*:secret:%-AbCdEf", "AWS::Cognito::UserPool": "cognito-idp:*:*:userpool/%",
	"AWS::KinesisFirehose::DeliveryStream": "firehose:*:*:deliverystream/%", "AWS::Lambda::Function": "lambda:*:*:function:%",
	"AWS::IAM::Role": "iam::*:role/%", "AWS::IAM::User": "iam::*:user/%", "AWS::IAM::Group": "iam::*:group/%", "AWS::IAM::ManagedPolicy": "iam::*:policy/%",
	"AWS::KMS::Key": "kms:*:*:key/%", "AWS::SSM::Parameter": "ssm:*:*:parameter/%", "AWS::CodeBuild::Project": "codebuild:*:*:project/%",
	"AWS::ECS::Cluster": "ecs:*:*:cluster/%", "AWS::ECR::Repository": "ecr:*:*:repository/%", "AWS::CloudFormation::Stack": "cloudformation:*:*:stack/%",
	"AWS::Glue::Job": "glue:*:*:job/%", "AWS::EC2::Instance": "ec2:*:*:instance/%", "AWS::Cognito::IdentityPool": "cognito-identity:*:*:identitypool/%",
	"AWS::AppSync::GraphQLApi": "appsync:*:*:apis/%", "AWS::ApiGateway::RestApi": "execute-api:*:*:%", "AWS::ApiGatewayV2::Api": "execute-api:*:*:%",
	"AWS::RDS::DBCluster": "rds:*:*:cluster:%", "AWS::RDS::DBInstance": "rds:*:*:db:%", "AWS::CodePipeline::Pipeline": "codepipeline:*:*:%",
	"AWS::Elasticsearch::Domain": "es:*:*:domain/%", "AWS::OpenSearchService::Domain": "es:*:*:domain/%", "AWS::OpenSearchServerless::Collection": "aoss:*:*:collection/%",
	"AWS::Batch::JobQueue": "batch:*:*:job-queue/%", "AWS::Batch::JobDefinition": "batch:*:*:job-definition/%", "AWS::AppConfig::Application": "appconfig:*:*:application/%",
	"AWS::Scheduler::Schedule": "scheduler:*:*:schedule/default/%", "AWS::Scheduler::ScheduleGroup": "scheduler:*:*:schedule-group/%", "AWS::MSK::Cluster": "kafka:*:*:cluster/%",
	"AWS::CodeCommit::Repository": "codecommit:*:*:%", "AWS::EFS::FileSystem": "elasticfilesystem:*:*:file-system/%", "AWS::Athena::WorkGroup": "athena:*:*:workgroup/%",
	"AWS::Glue::Database": "glue:*:*:database/%", "AWS::Glue::Crawler": "glue:*:*:crawler/%", "AWS::Events::Rule": "events:*:*:rule/%", "AWS::Events::Connection": "events:*:*:connection/%",
	"AWS::Bedrock::Agent": "bedrock:*:*:agent/%", "AWS::Bedrock::KnowledgeBase": "bedrock:*:*:knowledge-base/%", "AWS::Kendra::Index": "kendra:*:*:index/%",
	"AWS::Events::ApiDestination": "events:*:*:api-destination/%", "AWS::EC2::SecurityGroup": "ec2:*:*:security-group/%", "AWS::EC2::Subnet": "ec2:*:*:subnet/%",
	"AWS::SES::EmailIdentity": "ses:*:*:identity/%", "AWS::StepFunctions::Activity": "states:*:*:activity:%", "AWS::Pipes::Pipe": "pipes:*:*:pipe/%",
	"AWS::SageMaker::NotebookInstance": "sagemaker:*:*:notebook-instance/%", "AWS::ECS::TaskDefinition": "ecs:*:*:task-definition/%",
}

// refIsARN are types whose Ref is the ARN itself, not the name.
var refIsARN = map[string]bool{
	"AWS::SNS::Topic": true, "AWS::StepFunctions::StateMachine": true, "AWS::SecretsManager::Secret": true, "AWS::IAM::ManagedPolicy": true,
	"AWS::ECS::TaskDefinition": true, "AWS::Batch::JobQueue": true, "AWS::Batch::JobDefinition": true, "AWS::AppSync::GraphQLApi": true, "AWS::MSK::Cluster": true,
}

// RefIsARN reports whether a reference to a resource of a type gives its ARN, not its name.
func RefIsARN(typ string) bool { return refIsARN[typ] }

// ARN is the ARN that a resource will have: region and account stand as *, because they are its own, and a name that deployment
// makes is a reference to the resource. It is nil for types of which none is known.
func ARN(app *model.App, r *model.Resource) *model.Value {
	form, ok := arns[r.Type]
	if !ok {
		return nil
	}
	before, after, _ := strings.Cut(form, "%")
	if name, ok := NameOf(app, r).Scalar(); ok && strings.HasPrefix(name, "/") { // of a parameter: parameter/shop/table
		before = strings.TrimSuffix(before, "/")
	}
	return model.NewText([]*model.Value{model.NewString("arn:aws:"+before, r.Origin), NameOf(app, r), model.NewString(after, r.Origin)}, r.Origin)
}

// NameOf is the name that a resource will have: as written, or a reference to it where deployment makes one.
func NameOf(app *model.App, r *model.Resource) *model.Value {
	for _, key := range model.NameKeys(r.Type) {
		if v := r.Props.Get(key).Settled(); v.IsSet() == model.Yes {
			c := &canonical{app: app, left: 1_000}
			switch v.Kind {
			case model.Text:
				return c.resource(v)
			case model.Unknown:
				return c.own(v)
			case model.Ref:
			default:
				return v
			}
		}
	}
	return model.NewRef(app.File+"#"+r.ID, "", r.Origin) // which is no other application's of that logical ID
}

// Canonical is a policy whose statements speak of the resources of an application by the ARNs that they will have, so that they
// can be held against those. Region and account in ARNs become *, where they are the application's own or a number.
func Canonical(app *model.App, document *model.Value) *model.Value {
	c := &canonical{app: app, left: 100_000}
	if v := document.Settled(); v != nil && (v.Kind == model.String || v.Kind == model.Text) {
		if parsed, err := jsontext.Parse(v); err == nil {
			document = parsed
		}
	}
	return c.value(document, false)
}

type canonical struct {
	app  *model.App
	left int
}

func (c *canonical) value(v *model.Value, resource bool) *model.Value {
	if c.left--; v == nil || c.left < 0 {
		return v
	}
	switch v.Kind {
	case model.Map:
		fields := slices.Clone(v.Fields)
		for i, f := range fields {
			if f.Key == "Principal" || f.Key == "NotPrincipal" {
				fields[i].Value = c.principals(f.Value)
				continue
			}
			fields[i].Value = c.value(f.Value, resource || f.Key == "Resource" || f.Key == "NotResource")
		}
		return model.NewMap(fields, v.Origin)
	case model.List:
		items := slices.Clone(v.Items)
		for i, item := range items {
			items[i] = c.value(item, resource)
		}
		return model.NewList(items, v.Origin)
	case model.OneOf:
		choices := slices.Clone(v.Choices)
		for i, choice := range choices {
			choices[i].Value = c.value(choice.Value, resource)
		}
		return model.NewOneOf(v.Str, choices, int(v.Default), v.Origin)
	}
	if !resource {
		return v
	}
	return c.resource(v)
}

// principals are principals with the roles and users of the templates by their ARNs.
func (c *canonical) principals(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Map:
		fields := slices.Clone(v.Fields)
		for i, f := range fields {
			fields[i].Value = c.principals(f.Value)
		}
		return model.NewMap(fields, v.Origin)
	case model.List:
		items := slices.Clone(v.Items)
		for i, item := range items {
			items[i] = c.principals(item)
		}
		return model.NewList(items, v.Origin)
	case model.Ref:
		return c.ref(v, true)
	case model.Text, model.String:
		if v.ContainsText(":role/") == model.Yes || v.ContainsText(":user/") == model.Yes {
			return c.resource(v)
		}
	}
	return v
}

func (c *canonical) resource(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Ref:
		return c.ref(v, true)
	case model.Text:
		parts := make([]*model.Value, len(v.Items))
		for i, p := range v.Items {
			parts[i] = c.part(p, i == 0)
		}
		return general(model.NewText(parts, v.Origin))
	case model.String:
		return general(v)
	}
	if in, r := c.app.Find(v); r != nil && in != nil && ARN(in, r) != nil {
		return ARN(in, r).At(v.Origin)
	}
	return c.own(v)
}

// part is a part of a text, as another template gives it where that decides.
func (c *canonical) part(v *model.Value, first bool) *model.Value {
	if v.Kind == model.Ref {
		return c.ref(v, first)
	}
	if c.app.Directory == nil {
		return c.own(v)
	}
	in, given := c.app.Directory.Follow(c.app, v)
	if c.left--; given == nil || in == nil || c.left < 0 {
		return c.own(v)
	}
	return (&canonical{app: in, left: c.left}).given(given, first).At(v.Origin)
}

// given is a value that another template is given.
func (c *canonical) given(v *model.Value, first bool) *model.Value {
	if v = v.Settled(); v.Kind == model.Ref {
		return c.ref(v, first)
	}
	return c.resource(v)
}

// own is a parameter of a template as one of that template alone: another one of that name is another parameter.
func (c *canonical) own(v *model.Value) *model.Value {
	if from, key, ok := v.Elsewhere(); ok && from == model.FromCaller {
		return model.NewElsewhere(from, model.NewString(c.app.File+"#"+key.String(), key.Origin), v.Str, v.Origin)
	}
	return v
}

// ref is the ARN or name of the resource that a reference is to; first: nothing stands before it.
func (c *canonical) ref(v *model.Value, first bool) *model.Value {
	switch v.Str {
	case "AWS::Partition":
		return model.NewString("aws", v.Origin)
	case "AWS::Region", "AWS::AccountId":
		return model.NewString("*", v.Origin)
	case "AWS::StackName", "AWS::StackId":
		return model.NewRef("AWS::StackName of "+c.app.File, "", v.Origin)
	}
	r := c.app.Resource(v.Str)
	if r == nil || r.Type == model.ParameterType {
		return v
	}
	if name, ok := strings.CutPrefix(v.Attr, "Outputs."); ok {
		return c.output(v, name, first)
	}
	if r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version" { // as its function: nobody is asked about one of several
		if _, f := c.app.Find(r.Props.Get("FunctionName"), "AWS::Lambda::Function"); f != nil {
			return ARN(c.app, f).At(v.Origin)
		}
	}
	arn := ARN(c.app, r)
	if arn == nil {
		return v
	}
	if v.Attr == "StreamArn" {
		return streamOf(arn.At(v.Origin))
	}
	if r.Type == "AWS::Logs::LogGroup" && v.Attr == "Arn" { // which ends in :* and so covers the streams
		return model.NewText([]*model.Value{arn, model.NewString(":*", v.Origin)}, v.Origin)
	}
	if strings.HasSuffix(v.Attr, "Arn") || v.Attr == "ARN" || v.Attr == "" && refIsARN[r.Type] && first {
		return arn.At(v.Origin)
	}
	if v.Attr == "" || strings.HasSuffix(v.Attr, "Name") || strings.HasSuffix(v.Attr, "Id") {
		return NameOf(c.app, r).At(v.Origin)
	}
	return v
}

// output is what a nested stack gives out under a name.
func (c *canonical) output(v *model.Value, name string, first bool) *model.Value {
	child := c.app.Nested[v.Str]
	if child != nil {
		for _, o := range child.Outputs {
			if o.Name != name {
				continue
			}
			return (&canonical{app: child, left: c.left}).given(o.Value, first).At(v.Origin)
		}
	}
	return model.NewPresent("an output of "+v.Str+" that is not known", v.Origin)
}

// streamOf is the ARN of a table's stream, whose label only deployment knows.
func streamOf(table *model.Value) *model.Value {
	return model.NewText([]*model.Value{table, model.NewString("/stream/any", table.Origin)}, table.Origin)
}

// UserName is the name that a user will have, or one that stands for it.
func UserName(app *model.App, user *model.Resource) string {
	if s, ok := NameOf(app, user).Scalar(); ok {
		return s
	}
	return "user " + user.ID
}

// general is an ARN with * for partition, region and account, where a template cannot mean another one than its own.
func general(v *model.Value) *model.Value {
	head := v
	if v.Kind == model.Text {
		head = v.Items[0]
	}
	if head.Kind != model.String || !strings.HasPrefix(head.Str, "arn:") {
		return v
	}
	parts := strings.SplitN(head.Str, ":", 6)
	if len(parts) < 6 {
		return v
	}
	parts[1] = "aws"
	for _, i := range []int{3, 4} {
		if parts[i] != "" {
			parts[i] = "*"
		}
	}
	s := model.NewString(strings.Join(parts, ":"), head.Origin)
	if v.Kind != model.Text {
		return s.At(v.Origin)
	}
	return model.NewText(append([]*model.Value{s}, v.Items[1:]...), v.Origin)
}

// LevelOf is what an action does, in the words of a blast radius: read, write, delete, administer.
func LevelOf(a *iam.Action) string {
	name := strings.ToLower(a.Name)
	switch {
	case a.Level == iam.Permissions, administers[a.Key]:
		return "administer"
	case a.Level == iam.Read, a.Level == iam.List, strings.HasPrefix(name, "list"), strings.HasPrefix(name, "describe"):
		return "read"
	case a.Key == "sqs:deletemessage": // which says that a message is done
		return "write"
	}
	for _, verb := range []string{"delete", "remove", "purge", "terminate", "deregister", "schedulekeydeletion"} {
		if strings.HasPrefix(name, verb) {
			return "delete"
		}
	}
	return "write"
}

// administers are actions that change what a resource runs or whom it serves, although AWS counts them as writing.
var administers = map[string]bool{
	"lambda:updatefunctioncode": true, "lambda:updatefunctionconfiguration": true, "states:updatestatemachine": true, "iam:passrole": true,
	"codebuild:updateproject": true, "s3:putbucketpublicaccessblock": true, "sqs:setqueueattributes": true, "sns:settopicattributes": true,
	"events:putrule": true, "events:puttargets": true, "cloudformation:updatestack": true, "ecs:registertaskdefinition": true,
}
