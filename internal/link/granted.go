package link

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// grants says for each flow whether its sender may do it: by its role, or by the policy of the receiver where a service sends.
func (p *Program) grants(app *model.App) {
	g := &granter{p: p, app: app, roles: p.RolesByResource(), policies: map[string][]*policy.Document{}}
	for _, f := range app.Flows {
		f.Granted = g.answer(f)
	}
}

type granter struct {
	p        *Program
	app      *model.App
	roles    map[*model.Resource]*model.Role
	policies map[string][]*policy.Document // of queues and topics, by logical ID; filled at the first question
	read     bool
}

// sending is the action, or one of several, by which something is handed to a resource of a type.
var sending = map[string]string{
	"AWS::SQS::Queue": "sqs:SendMessage", "AWS::SNS::Topic": "sns:Publish", "AWS::Lambda::Function": "lambda:InvokeFunction",
	"AWS::Events::EventBus": "events:PutEvents", "AWS::StepFunctions::StateMachine": "states:StartExecution|states:StartSyncExecution",
	"AWS::Kinesis::Stream": "kinesis:PutRecord", "AWS::KinesisFirehose::DeliveryStream": "firehose:PutRecord",
}

// reading is the action by which the platform polls a resource for a function or pipe, with the role of that.
var reading = map[string]string{
	"AWS::SQS::Queue": "sqs:ReceiveMessage", "AWS::Kinesis::Stream": "kinesis:GetRecords", "AWS::DynamoDB::Table": "dynamodb:GetRecords",
}

// answer is whether the sender of a flow may do it. Where nothing is asked of anybody here it is yes.
func (g *granter) answer(f *model.Flow) model.Tri {
	from, to := g.end(f.From, f.FromApp), g.end(f.To, f.ToApp)
	if from == nil || to == nil {
		return model.Yes
	}
	switch f.Kind {
	case "queue", "stream":
		if to.Type == "AWS::Lambda::Function" {
			return g.byRole(to.Props.Get("Role"), reading[from.Type], from)
		}
	case "pipe":
		if to.Type == "AWS::Pipes::Pipe" {
			return g.byRole(to.Props.Get("RoleArn"), reading[from.Type], from)
		}
		return g.byRole(from.Props.Get("RoleArn"), sending[to.Type], to)
	case "state-machine":
		return g.byRole(from.Props.Get("RoleArn"), sending[to.Type], to)
	case "destination":
		return g.byRole(from.Props.Get("Role"), sending[to.Type], to)
	case "dead-letter":
		if from.Type == "AWS::Lambda::Function" {
			return g.byRole(from.Props.Get("Role"), sending[to.Type], to)
		}
	case "schedule":
		if from.Type == "AWS::Scheduler::Schedule" {
			return g.byRole(from.Props.Path("Target", "RoleArn"), sending[to.Type], to)
		}
		return g.byService("events.amazonaws.com", to)
	case "bus":
		if from.Type == "AWS::Events::Rule" {
			for _, target := range from.Props.Get("Targets").Elements() {
				if _, found := g.app.Find(target.Get("Arn")); found == to && target.Get("RoleArn").IsSet() == model.Yes {
					return g.byRole(target.Get("RoleArn"), sending[to.Type], to)
				}
			}
			return g.byService("events.amazonaws.com", to)
		}
	case "topic":
		return g.byService("sns.amazonaws.com", to)
	case "object":
		return g.byService("s3.amazonaws.com", to)
	}
	return model.Yes
}

func (g *granter) end(id string, other *model.App) *model.Resource {
	if other != nil {
		return other.Resource(id)
	}
	return g.app.Resource(id)
}

// byRole asks the role that a resource acts with.
func (g *granter) byRole(v *model.Value, action string, on *model.Resource) model.Tri {
	if action == "" {
		return model.Yes
	}
	in, found := g.app.Find(v, "AWS::IAM::Role")
	role := g.roles[found]
	if role == nil {
		return model.Maybe
	}
	arn := ARN(g.app, on)
	if action == "dynamodb:GetRecords" {
		arn = streamOf(arn)
	}
	answer := model.No
	for _, one := range strings.Split(action, "|") {
		answer = max(answer, g.p.Powers(in, role).Allows(one, arn).Answer)
	}
	return answer
}

// byService asks the policy of a queue or topic that a service of AWS sends to.
func (g *granter) byService(service string, to *model.Resource) model.Tri {
	if to.Type != "AWS::SQS::Queue" && to.Type != "AWS::SNS::Topic" {
		return model.Yes // functions are asked by their permissions, state machines by roles
	}
	if !g.read {
		g.read = true
		g.readPolicies()
	}
	documents := g.policies[to.ID]
	if len(documents) == 0 {
		return model.No
	}
	answer := model.No
	for _, d := range documents {
		answer = max(answer, policy.Set{Resource: d}.Allows(policy.Request{
			Who:    policy.Principal{Kind: "Service", ARN: model.NewString(service, to.Origin)},
			Action: sending[to.Type], On: ARN(g.app, to),
			Context: &policy.Context{Open: func(string) bool { return true }},
		}).Answer)
	}
	if answer == model.Maybe {
		return model.Yes // the conditions of such policies name the sender, which is the one that is drawn
	}
	return answer
}

func (g *granter) readPolicies() {
	for _, r := range g.app.Resources {
		switch r.Type {
		case "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicInlinePolicy":
		default:
			continue
		}
		d := policy.Parse(Canonical(g.app, r.Props.Get("PolicyDocument")))
		for _, key := range []string{"Queues", "Topics", "Queue", "TopicArn"} {
			for _, v := range r.Props.Get(key).Elements() {
				if _, found := g.app.Find(v); found != nil && strings.HasPrefix(found.Type, "AWS::S") {
					g.policies[found.ID] = append(g.policies[found.ID], d)
				}
			}
		}
	}
}
