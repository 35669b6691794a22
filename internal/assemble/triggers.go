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
}

// permissions gives functions the callers that nothing else has told of, when all triggers of all applications are known.
func (j *join) permissions() {
	for _, r := range j.app.Resources {
		if r.Type == "AWS::Lambda::Permission" {
			j.permission(r)
		}
	}
}

func widest(f *model.Function) model.Exposure {
	e := model.Internal
	if f.Unseen != "" {
		e = model.Undecided
	} else if len(f.Triggers) > 0 {
		e = ""
	}
	for _, t := range f.Triggers {
		e = e.Wider(t.Exposure)
	}
	if f.Unseen != "" && e == model.Internal {
		return model.Undecided
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

// add gives a function a trigger. Where the source belongs to another application than the function, the trigger says so.
func (j *join) add(f *model.Function, t model.Trigger) {
	if f == nil {
		return
	}
	owner := j.all.owner[f]
	if t.Source != nil {
		if in := j.holder(t.Source); in != owner {
			t.From = in
		}
	}
	if owner != j.app {
		j.later = append(j.later, foreign{function: f, trigger: &t})
		return
	}
	f.Triggers = append(f.Triggers, &t)
}

// holder is the application that has a resource.
func (j *join) holder(r *model.Resource) *model.App {
	if j.app.Resource(r.ID) == r {
		return j.app
	}
	return j.all.holder(r)
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
		"AWS::IoT::Authorizer":                     (*join).iotAuthorizer,
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
		"AWS::SSM::Document":                       (*join).anyDirect,
		"AWS::S3ObjectLambda::AccessPoint":         (*join).anyDirect,
		"AWS::Lex::Bot":                            (*join).anyDirect,
		"AWS::VpcLattice::TargetGroup":             (*join).anyDirect,
		"AWS::CloudFormation::Macro":               (*join).anyDirect,
		"AWS::CloudWatch::CompositeAlarm":          (*join).alarm,
		"AWS::Transfer::Server":                    (*join).fileServer,
		"AWS::BedrockAgentCore::GatewayTarget":     (*join).anyDirect,
		"Custom::S3":                               (*join).existingBucket,
		"Custom::CognitoUserPool":                  (*join).existingPool,
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
	if f == nil {
		return
	}
	principal, known := r.Props.Get("Principal").Settled().Scalar()
	if !known {
		j.unknownCaller(f, r)
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
	case principal == "*" && (r.Props.Get("FunctionUrlAuthType").Kind != model.Absent || r.Props.Get("InvokedViaFunctionUrl").EqualsText("true") == model.Yes):
		return // the function URL itself tells
	case principal == "*" && r.Props.Get("PrincipalOrgID").Kind == model.Absent && r.Props.Get("SourceArn").Kind == model.Absent &&
		r.Props.Get("SourceAccount").Kind == model.Absent:
		t.Exposure = model.Public
	case strings.HasSuffix(principal, ".amazonaws.com"):
		t.Exposure = model.Internal
	}
	j.add(f, t)
}

// unknownCaller is a permission for a principal that the template does not decide: an account or role that it names in part,
// or anything.
func (j *join) unknownCaller(f *model.Function, r *model.Resource) {
	principal := r.Props.Get("Principal")
	t := model.Trigger{Kind: model.TriggerDirect, Detail: principal.String(), Exposure: model.Undecided, Origin: r.Origin, Via: r}
	switch {
	case principal.HasPrefix("arn:") == model.Yes, principal.Settled().Kind == model.Ref:
		t.Exposure = model.Account
	case principal.HasSuffix(".amazonaws.com") == model.Yes:
		t.Exposure = model.Internal
	}
	if len(f.Triggers) == 0 || t.Exposure == model.Account {
		j.add(f, t)
	}
}

func hasTrigger(f *model.Function, kind model.TriggerKind) bool {
	for _, t := range f.Triggers {
		if t.Kind == kind || kind == model.TriggerBus && t.Kind == model.TriggerSchedule || kind == model.TriggerHTTP && t.Kind == model.TriggerWebSocket ||
			(kind == model.TriggerHTTP || kind == model.TriggerIoT) && t.Kind == model.TriggerAuthorizer {
			return true
		}
	}
	return false
}
