package assemble

import (
	"sort"
	"strings"

	"wardlet.example/internal/model"
)

// triggers gives each function what calls it, by asking every resource of the application.
func (j *join) triggers() {
	readers := triggerReaders()
	for _, r := range j.app.Resources {
		if read := readers[r.Type]; read != nil {
			read(j, r)
		}
		if strings.HasPrefix(r.Type, "Custom::") || r.Type == "AWS::CloudFormation::CustomResource" {
			j.add(j.functionIn(r.Props.Get("ServiceToken")), model.Trigger{
				Kind: model.TriggerStack, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin, Via: r,
			})
		}
	}
	for _, r := range j.app.Resources { // last: permissions tell only what nothing else has told
		if r.Type == "AWS::Lambda::Permission" {
			j.permission(r)
		}
	}
	for _, f := range j.app.Functions {
		f.Exposure = widest(f)
		sortTriggers(f.Triggers)
	}
}

func widest(f *model.Function) model.Exposure {
	if len(f.Triggers) == 0 {
		return model.Internal
	}
	e := model.Exposure("")
	for _, t := range f.Triggers {
		e = e.Wider(t.Exposure)
	}
	return e
}

func sortTriggers(all []*model.Trigger) {
	sort.SliceStable(all, func(i, k int) bool {
		a, b := all[i], all[k]
		if a.Origin.Line != b.Origin.Line {
			return a.Origin.Line < b.Origin.Line
		}
		return a.Detail < b.Detail
	})
}

func (j *join) add(f *model.Function, t model.Trigger) {
	if f == nil {
		return
	}
	f.Triggers = append(f.Triggers, &t)
}

// triggerReaders is which resources call functions, and how they are read.
func triggerReaders() map[string]func(*join, *model.Resource) {
	return map[string]func(*join, *model.Resource){
		"AWS::Lambda::Url":                         (*join).functionURL,
		"AWS::ApiGateway::Method":                  (*join).restMethod,
		"AWS::ApiGateway::Authorizer":              (*join).authorizer,
		"AWS::ApiGatewayV2::Authorizer":            (*join).authorizer,
		"AWS::ApiGatewayV2::Route":                 (*join).httpRoute,
		"AWS::ApiGatewayV2::Api":                   (*join).quickAPI,
		"AWS::Lambda::EventSourceMapping":          (*join).mapping,
		"AWS::SNS::Subscription":                   (*join).subscription,
		"AWS::SNS::Topic":                          (*join).topic,
		"AWS::S3::Bucket":                          (*join).bucket,
		"AWS::Events::Rule":                        (*join).rule,
		"AWS::Scheduler::Schedule":                 (*join).schedule,
		"AWS::Cognito::UserPool":                   (*join).userPool,
		"AWS::Logs::SubscriptionFilter":            (*join).logs,
		"AWS::IoT::TopicRule":                      (*join).iot,
		"AWS::IoT::ProvisioningTemplate":           (*join).iot,
		"AWS::AppSync::DataSource":                 (*join).graphql,
		"AWS::AppSync::GraphQLApi":                 (*join).graphqlAuthorizer,
		"AWS::CloudFront::Distribution":            (*join).edge,
		"AWS::ElasticLoadBalancingV2::TargetGroup": (*join).balancer,
		"AWS::StepFunctions::StateMachine":         (*join).stateMachine,
		"AWS::Lambda::EventInvokeConfig":           (*join).destination,
		"AWS::SecretsManager::RotationSchedule":    (*join).rotation,
		"AWS::CloudWatch::Alarm":                   (*join).alarm,
		"AWS::Pipes::Pipe":                         (*join).pipe,
		"AWS::KinesisFirehose::DeliveryStream":     (*join).delivery,
		"AWS::SES::ReceiptRule":                    (*join).mail,
		"AWS::Config::ConfigRule":                  (*join).anyDirect,
		"AWS::Bedrock::Agent":                      (*join).anyDirect,
		"AWS::CodePipeline::Pipeline":              (*join).anyDirect,
		"AWS::SSM::MaintenanceWindowTask":          (*join).anyDirect,
		"AWS::S3ObjectLambda::AccessPoint":         (*join).anyDirect,
		"AWS::Lex::Bot":                            (*join).anyDirect,
		"AWS::VpcLattice::TargetGroup":             (*join).anyDirect,
		"AWS::BedrockAgentCore::GatewayTarget":     (*join).anyDirect,
		"Custom::S3":                               (*join).existingBucket,
		"Custom::CognitoUserPool":                  (*join).existingPool,
	}
}

func (j *join) functionURL(r *model.Resource) {
	auth, exposure := urlAuth(r.Props.Get("AuthType"))
	j.add(j.functionIn(r.Props.Get("TargetFunctionArn")), model.Trigger{
		Kind: model.TriggerHTTP, Detail: "function URL", Source: r, Via: r, Auth: auth, Exposure: exposure, Origin: r.Origin,
	})
}

func urlAuth(v *model.Value) (string, model.Exposure) {
	switch s, _ := v.Settled().Scalar(); s {
	case "NONE":
		return "none", model.Public
	case "AWS_IAM":
		return "iam", model.Account
	}
	return "unknown", model.Undecided
}

// routeAuth reads who may call a route of API Gateway.
func routeAuth(props *model.Value) (string, model.Exposure) {
	kind := props.Get("AuthorizationType").Settled()
	s, known := kind.Scalar()
	switch {
	case !known && kind.Kind != model.Absent:
		return "unknown", model.Undecided
	case s == "AWS_IAM":
		return "iam", model.Account
	case s == "COGNITO_USER_POOLS":
		return "cognito", model.Authenticated
	case s == "JWT":
		return "jwt", model.Authenticated
	case s == "CUSTOM":
		return "lambda", model.Authenticated
	}
	if key := props.Get("ApiKeyRequired").Settled(); key.EqualsText("true") == model.Yes {
		return "api-key", model.Public
	}
	return "none", model.Public
}

func (j *join) restMethod(r *model.Resource) {
	f := j.functionIn(r.Props.Path("Integration", "Uri"))
	if f == nil {
		return
	}
	auth, exposure := routeAuth(r.Props)
	api := j.source(r.Props.Get("RestApiId"), "AWS::ApiGateway::RestApi")
	if api != nil && isPrivate(api) {
		exposure = model.Account
	}
	j.add(f, model.Trigger{
		Kind: model.TriggerHTTP, Detail: r.Props.Get("HttpMethod").String() + " " + RestPath(j.app, r.Props.Get("ResourceId")),
		Source: api, Target: r.Props.Get("RestApiId"), Via: r, Auth: auth, Exposure: exposure, Origin: r.Origin,
	})
}

func isPrivate(api *model.Resource) bool {
	for _, t := range api.Props.Path("EndpointConfiguration", "Types").Elements() {
		if t.EqualsText("PRIVATE") == model.Yes {
			return true
		}
	}
	return api.Props.Get("EndpointConfiguration").EqualsText("PRIVATE") == model.Yes
}

// RestPath spells the path of a REST method's resource (its ResourceId) by following the parents.
func RestPath(app *model.App, v *model.Value) string {
	path := ""
	for range 20 {
		r := app.Target(v)
		if r == nil || r.Type != "AWS::ApiGateway::Resource" {
			break
		}
		path = "/" + r.Props.Get("PathPart").String() + path
		v = r.Props.Get("ParentId")
	}
	if path == "" {
		return "/"
	}
	return path
}

func (j *join) authorizer(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("AuthorizerUri")), model.Trigger{
		Kind: model.TriggerAuthorizer, Detail: r.ID, Source: r, Via: r, Exposure: model.Public, Origin: r.Origin,
	})
}

func (j *join) httpRoute(r *model.Resource) {
	integration := j.source(r.Props.Get("Target"), "AWS::ApiGatewayV2::Integration")
	if integration == nil {
		return
	}
	f := j.functionIn(integration.Props.Get("IntegrationUri"))
	if f == nil {
		return
	}
	api := j.source(r.Props.Get("ApiId"), "AWS::ApiGatewayV2::Api")
	t := model.Trigger{
		Kind: model.TriggerHTTP, Detail: r.Props.Get("RouteKey").String(), Source: api, Target: r.Props.Get("ApiId"), Via: r, Origin: r.Origin,
	}
	t.Auth, t.Exposure = routeAuth(r.Props)
	if api != nil && api.Props.Get("ProtocolType").EqualsText("WEBSOCKET") == model.Yes {
		t.Kind = model.TriggerWebSocket
		t.Auth, t.Exposure = j.connectAuth(r, api)
	}
	j.add(f, t)
}

// quickAPI is an HTTP API declared with its Target: all its routes go to one function, and nobody is asked who they are.
func (j *join) quickAPI(r *model.Resource) {
	key := r.Props.Get("RouteKey").String()
	if key == "absent" {
		key = "$default"
	}
	j.add(j.functionIn(r.Props.Get("Target")), model.Trigger{
		Kind: model.TriggerHTTP, Detail: key, Source: r, Via: r, Auth: "none", Exposure: model.Public, Origin: r.Origin,
	})
}

// connectAuth is who may open a WebSocket: the authorizer of $connect stands for all its routes.
func (j *join) connectAuth(r, api *model.Resource) (string, model.Exposure) {
	for _, other := range j.app.Resources {
		if other.Type != "AWS::ApiGatewayV2::Route" || j.source(other.Props.Get("ApiId")) != api {
			continue
		}
		if other.Props.Get("RouteKey").EqualsText("$connect") == model.Yes {
			return routeAuth(other.Props)
		}
	}
	return routeAuth(r.Props)
}

func (j *join) mapping(r *model.Resource) {
	f := j.functionIn(r.Props.Get("FunctionName"))
	if f == nil {
		return
	}
	arn := r.Props.Get("EventSourceArn")
	t := model.Trigger{Kind: model.TriggerStream, Source: j.source(arn), Target: arn, Via: r, Exposure: model.Internal, Origin: r.Origin}
	if filter := r.Props.Get("FilterCriteria"); filter.Kind != model.Absent {
		t.Filter = filter
	}
	t.Kind = mappingKind(t.Source, arn)
	t.Detail = nodeName(t.Source, arn)
	if t.Detail == "" {
		t.Detail = strings.Join(texts(r.Props.Get("Topics").Elements()), ", ")
	}
	j.add(f, t)
}

func texts(values []*model.Value) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.String())
	}
	return out
}

func mappingKind(source *model.Resource, arn *model.Value) model.TriggerKind {
	if source != nil {
		switch source.Type {
		case "AWS::SQS::Queue", "AWS::AmazonMQ::Broker":
			return model.TriggerQueue
		}
		return model.TriggerStream
	}
	if arn.ContainsText(":sqs:") == model.Yes || arn.ContainsText(":mq:") == model.Yes {
		return model.TriggerQueue
	}
	return model.TriggerStream
}

// nodeName is how a source is called: its logical ID, or the end of its ARN.
func nodeName(r *model.Resource, v *model.Value) string {
	if r != nil {
		return r.ID
	}
	if v == nil || v.Kind == model.Absent {
		return ""
	}
	s := v.Settled().String()
	return s[strings.LastIndexAny(s, ":")+1:]
}

func (j *join) subscription(r *model.Resource) {
	if r.Props.Get("Protocol").EqualsText("lambda") == model.No {
		return
	}
	topic := r.Props.Get("TopicArn")
	t := model.Trigger{Kind: model.TriggerTopic, Source: j.source(topic, "AWS::SNS::Topic"), Target: topic, Via: r, Exposure: model.Internal, Origin: r.Origin}
	t.Detail = nodeName(t.Source, topic)
	if filter := r.Props.Get("FilterPolicy"); filter.Kind != model.Absent {
		t.Filter = filter
	}
	j.add(j.functionIn(r.Props.Get("Endpoint")), t)
}

// topic reads the subscriptions written inside a topic.
func (j *join) topic(r *model.Resource) {
	for _, s := range r.Props.Get("Subscription").Elements() {
		if s.Get("Protocol").EqualsText("lambda") == model.Yes {
			j.add(j.functionIn(s.Get("Endpoint")), model.Trigger{
				Kind: model.TriggerTopic, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: s.Origin,
			})
		}
	}
}

func (j *join) bucket(r *model.Resource) {
	for _, n := range r.Props.Path("NotificationConfiguration", "LambdaConfigurations").Elements() {
		t := model.Trigger{
			Kind: model.TriggerObject, Detail: r.ID + " " + n.Get("Event").String(), Source: r, Exposure: model.Internal, Origin: n.Origin,
		}
		if filter := n.Get("Filter"); filter.Kind != model.Absent {
			t.Filter = filter
		}
		j.add(j.functionIn(n.Get("Function")), t)
	}
}

// existingBucket is a bucket outside the application that the Serverless Framework attaches a function to.
func (j *join) existingBucket(r *model.Resource) {
	name := r.Props.Get("BucketName")
	for _, n := range r.Props.Get("BucketConfigs").Elements() {
		t := model.Trigger{
			Kind: model.TriggerObject, Detail: name.String() + " " + n.Get("Event").String(), Target: name, Exposure: model.Internal, Origin: r.Origin,
		}
		if filter := n.Get("Filter"); filter.Kind != model.Absent {
			t.Filter = filter
		}
		j.add(j.functionIn(n.Get("Function")), t)
	}
}

// existingPool is a user pool outside the application that the Serverless Framework attaches a function to.
func (j *join) existingPool(r *model.Resource) {
	name := r.Props.Get("UserPoolName")
	j.add(j.functionIn(r.Props.Get("FunctionName")), model.Trigger{
		Kind: model.TriggerUserPool, Detail: name.String(), Target: name, Exposure: model.Public, Origin: r.Origin,
	})
}

func (j *join) rule(r *model.Resource) {
	for _, target := range r.Props.Get("Targets").Elements() {
		t := model.Trigger{Kind: model.TriggerBus, Source: r, Via: r, Exposure: model.Internal, Origin: r.Origin, Detail: r.ID}
		if s := r.Props.Get("ScheduleExpression"); s.Kind != model.Absent {
			t.Kind, t.Detail = model.TriggerSchedule, s.String()
		}
		if p := r.Props.Get("EventPattern"); p.Kind != model.Absent {
			t.Filter = p
			t.Detail = patternName(p, r.ID)
		}
		j.add(j.functionIn(target.Get("Arn")), t)
	}
}

// patternName says in short what an event pattern lets through.
func patternName(p *model.Value, id string) string {
	parts := append(texts(p.Get("source").Elements()), texts(p.Get("detail-type").Elements())...)
	if len(parts) == 0 {
		return id
	}
	return strings.Join(parts, " / ")
}

func (j *join) schedule(r *model.Resource) {
	j.add(j.functionIn(r.Props.Path("Target", "Arn")), model.Trigger{
		Kind: model.TriggerSchedule, Detail: r.Props.Get("ScheduleExpression").String(), Source: r, Via: r, Exposure: model.Internal, Origin: r.Origin,
	})
}

func (j *join) userPool(r *model.Resource) {
	exposure := model.Public // anyone can sign up and sign in, unless only administrators create users
	if r.Props.Path("AdminCreateUserConfig", "AllowAdminCreateUserOnly").EqualsText("true") == model.Yes {
		exposure = model.Authenticated
	}
	for _, f := range r.Props.Get("LambdaConfig").Fields {
		j.add(j.functionIn(f.Value), model.Trigger{
			Kind: model.TriggerUserPool, Detail: r.ID + " " + f.Key, Source: r, Exposure: exposure, Origin: model.Origin{Pos: f.At},
		})
	}
}

func (j *join) logs(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("DestinationArn")), model.Trigger{
		Kind: model.TriggerLogs, Detail: r.Props.Get("LogGroupName").String(), Source: j.source(r.Props.Get("LogGroupName")), Via: r, Exposure: model.Internal, Origin: r.Origin,
	})
}

func (j *join) iot(r *model.Resource) {
	for _, a := range r.Props.Path("TopicRulePayload", "Actions").Elements() {
		j.add(j.functionIn(a.Path("Lambda", "FunctionArn")), model.Trigger{
			Kind: model.TriggerIoT, Detail: r.Props.Path("TopicRulePayload", "Sql").String(), Source: r, Via: r, Exposure: model.Authenticated, Origin: r.Origin,
		})
	}
	j.add(j.functionIn(r.Props.Path("PreProvisioningHook", "TargetArn")), model.Trigger{
		Kind: model.TriggerIoT, Detail: r.ID, Source: r, Via: r, Exposure: model.Authenticated, Origin: r.Origin,
	})
}

func (j *join) graphql(r *model.Resource) {
	f := j.functionIn(r.Props.Path("LambdaConfig", "LambdaFunctionArn"))
	if f == nil {
		return
	}
	api := j.source(r.Props.Get("ApiId"), "AWS::AppSync::GraphQLApi")
	t := model.Trigger{Kind: model.TriggerGraphQL, Detail: r.ID, Source: api, Via: r, Auth: "unknown", Exposure: model.Undecided, Origin: r.Origin}
	if api != nil {
		t.Auth, t.Exposure = graphqlAuth(api.Props.Get("AuthenticationType"))
	}
	j.add(f, t)
}

func graphqlAuth(v *model.Value) (string, model.Exposure) {
	switch s, _ := v.Settled().Scalar(); s {
	case "API_KEY":
		return "api-key", model.Public
	case "AWS_IAM":
		return "iam", model.Account
	case "AMAZON_COGNITO_USER_POOLS":
		return "cognito", model.Authenticated
	case "OPENID_CONNECT":
		return "jwt", model.Authenticated
	case "AWS_LAMBDA":
		return "lambda", model.Authenticated
	}
	return "unknown", model.Undecided
}

func (j *join) graphqlAuthorizer(r *model.Resource) {
	j.add(j.functionIn(r.Props.Path("LambdaAuthorizerConfig", "AuthorizerUri")), model.Trigger{
		Kind: model.TriggerAuthorizer, Detail: r.ID, Source: r, Exposure: model.Public, Origin: r.Origin,
	})
}

func (j *join) edge(r *model.Resource) {
	config := r.Props.Get("DistributionConfig")
	behaviors := append(config.Get("DefaultCacheBehavior").Elements(), config.Get("CacheBehaviors").Elements()...)
	for _, b := range behaviors {
		for _, a := range b.Get("LambdaFunctionAssociations").Elements() {
			j.add(j.functionIn(a.Get("LambdaFunctionARN")), model.Trigger{
				Kind: model.TriggerEdge, Detail: r.ID + " " + a.Get("EventType").String(), Source: r, Exposure: model.Public, Origin: a.Origin,
			})
		}
	}
}

func (j *join) balancer(r *model.Resource) {
	for _, t := range r.Props.Get("Targets").Elements() {
		j.add(j.functionIn(t.Get("Id")), model.Trigger{
			Kind: model.TriggerHTTP, Detail: "load balancer " + r.ID, Source: r, Auth: "unknown", Exposure: model.Undecided, Origin: r.Origin,
		})
	}
}

func (j *join) stateMachine(r *model.Resource) {
	seen := map[string]bool{}
	for _, key := range []string{"Definition", "DefinitionString", "DefinitionSubstitutions"} {
		for _, ref := range r.Props.Get(key).Refs() {
			f := j.functionByID(ref.Str, 0)
			if f == nil || seen[f.ID] {
				continue
			}
			seen[f.ID] = true
			j.addState(f, r)
		}
		for _, f := range j.app.Functions {
			if !seen[f.ID] && namesFunction(r.Props.Get(key), f) {
				seen[f.ID] = true
				j.addState(f, r)
			}
		}
	}
}

func (j *join) addState(f *model.Function, r *model.Resource) {
	j.add(f, model.Trigger{Kind: model.TriggerState, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin})
}

// namesFunction reports whether an ARN inside a definition ends in the function's explicit name.
func namesFunction(definition *model.Value, f *model.Function) bool {
	name, ok := f.Resource.Props.Get("FunctionName").Settled().Scalar()
	if !ok || name == "" {
		return false
	}
	found := false
	definition.Walk(10_000, func(v *model.Value) {
		if v.Kind != model.String {
			return
		}
		_, after, ok := strings.Cut(v.Str, ":function:"+name)
		found = found || ok && (after == "" || strings.ContainsRune("\"':$\\", rune(after[0])))
	})
	return found
}

func (j *join) destination(r *model.Resource) {
	for _, key := range []string{"OnSuccess", "OnFailure"} {
		j.add(j.functionIn(r.Props.Path("DestinationConfig", key, "Destination")), model.Trigger{
			Kind: model.TriggerDirect, Detail: "destination of " + nodeName(j.source(r.Props.Get("FunctionName")), r.Props.Get("FunctionName")),
			Source: j.source(r.Props.Get("FunctionName"), "AWS::Lambda::Function"), Exposure: model.Internal, Origin: r.Origin,
		})
	}
}

func (j *join) rotation(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("RotationLambdaARN")), model.Trigger{
		Kind: model.TriggerDirect, Detail: "secret rotation", Source: j.source(r.Props.Get("SecretId")), Exposure: model.Internal, Origin: r.Origin,
	})
}

func (j *join) alarm(r *model.Resource) {
	for _, key := range []string{"AlarmActions", "OKActions", "InsufficientDataActions"} {
		for _, a := range r.Props.Get(key).Elements() {
			j.add(j.functionIn(a), model.Trigger{Kind: model.TriggerAlarm, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin})
		}
	}
}

func (j *join) pipe(r *model.Resource) {
	source := r.Props.Get("Source")
	for _, key := range []string{"Target", "Enrichment"} {
		j.add(j.functionIn(r.Props.Get(key)), model.Trigger{
			Kind: mappingKind(j.source(source), source), Detail: nodeName(j.source(source), source) + " through " + r.ID,
			Source: j.source(source), Target: source, Via: r, Exposure: model.Internal, Origin: r.Origin,
		})
	}
}

func (j *join) delivery(r *model.Resource) {
	for _, dest := range r.Props.Fields {
		for _, p := range dest.Value.Path("ProcessingConfiguration", "Processors").Elements() {
			j.add(j.functionIn(p.Get("Parameters")), model.Trigger{
				Kind: model.TriggerStream, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin,
			})
		}
	}
}

func (j *join) mail(r *model.Resource) {
	for _, a := range r.Props.Path("Rule", "Actions").Elements() {
		j.add(j.functionIn(a.Path("LambdaAction", "FunctionArn")), model.Trigger{
			Kind: model.TriggerDirect, Detail: "mail received by " + r.ID, Source: r, Exposure: model.Public, Origin: r.Origin,
		})
	}
}

// anyDirect is for services that call functions named anywhere in their properties.
func (j *join) anyDirect(r *model.Resource) {
	seen := map[string]bool{}
	for _, ref := range r.Props.Refs() {
		if f := j.functionByID(ref.Str, 0); f != nil && !seen[f.ID] {
			seen[f.ID] = true
			j.add(f, model.Trigger{Kind: model.TriggerDirect, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin})
		}
	}
}

// serviceTriggers is what a permission for a service principal means where nothing else told of the call.
var serviceTriggers = map[string]model.Trigger{
	"apigateway.amazonaws.com":               {Kind: model.TriggerHTTP, Auth: "unknown", Exposure: model.Undecided},
	"alexa-appkit.amazon.com":                {Kind: model.TriggerAlexa, Exposure: model.Public},
	"alexa-connectedhome.amazon.com":         {Kind: model.TriggerAlexa, Exposure: model.Public},
	"s3.amazonaws.com":                       {Kind: model.TriggerObject, Exposure: model.Internal},
	"sns.amazonaws.com":                      {Kind: model.TriggerTopic, Exposure: model.Internal},
	"events.amazonaws.com":                   {Kind: model.TriggerBus, Exposure: model.Internal},
	"scheduler.amazonaws.com":                {Kind: model.TriggerSchedule, Exposure: model.Internal},
	"cognito-idp.amazonaws.com":              {Kind: model.TriggerUserPool, Exposure: model.Public},
	"logs.amazonaws.com":                     {Kind: model.TriggerLogs, Exposure: model.Internal},
	"iot.amazonaws.com":                      {Kind: model.TriggerIoT, Exposure: model.Authenticated},
	"elasticloadbalancing.amazonaws.com":     {Kind: model.TriggerHTTP, Auth: "unknown", Exposure: model.Undecided},
	"secretsmanager.amazonaws.com":           {Kind: model.TriggerDirect, Exposure: model.Internal},
	"ses.amazonaws.com":                      {Kind: model.TriggerDirect, Exposure: model.Public},
	"lambda.alarms.cloudwatch.amazonaws.com": {Kind: model.TriggerAlarm, Exposure: model.Internal},
	"bedrock.amazonaws.com":                  {Kind: model.TriggerDirect, Exposure: model.Internal},
	"config.amazonaws.com":                   {Kind: model.TriggerDirect, Exposure: model.Internal},
	"appsync.amazonaws.com":                  {Kind: model.TriggerGraphQL, Auth: "unknown", Exposure: model.Undecided},
}

func (j *join) permission(r *model.Resource) {
	f := j.functionIn(r.Props.Get("FunctionName"))
	principal, known := r.Props.Get("Principal").Settled().Scalar()
	if f == nil || !known {
		return
	}
	if t, ok := serviceTriggers[principal]; ok {
		if !hasTrigger(f, t.Kind) {
			t.Detail, t.Target, t.Origin, t.Via = principal, r.Props.Get("SourceArn"), r.Origin, r
			t.Source = j.source(t.Target)
			j.add(f, t)
		}
		return
	}
	t := model.Trigger{Kind: model.TriggerDirect, Detail: principal, Exposure: model.Account, Origin: r.Origin, Via: r}
	switch {
	case principal == "*" && r.Props.Get("FunctionUrlAuthType").Kind != model.Absent:
		return // the function URL itself tells
	case principal == "*" && r.Props.Get("PrincipalOrgID").Kind == model.Absent && r.Props.Get("SourceArn").Kind == model.Absent:
		t.Exposure = model.Public
	case strings.HasSuffix(principal, ".amazonaws.com"):
		t.Exposure = model.Internal
	}
	j.add(f, t)
}

func hasTrigger(f *model.Function, kind model.TriggerKind) bool {
	for _, t := range f.Triggers {
		if t.Kind == kind || kind == model.TriggerBus && t.Kind == model.TriggerSchedule || kind == model.TriggerHTTP && t.Kind == model.TriggerWebSocket ||
			kind == model.TriggerHTTP && t.Kind == model.TriggerAuthorizer {
			return true
		}
	}
	return false
}
