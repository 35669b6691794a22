package link_test

import (
	"fmt"
	"slices"
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

const shop = `
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}
  Dead: {Type: AWS::SQS::Queue}
  ToQueue: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: "s3:ObjectCreated:*", Queue: !GetAtt Queue.Arn}]}}
  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}}
`

func build(t *testing.T) (*link.Program, *model.App) {
	t.Helper()
	doc, diagnostics := document.ParseYAML("template.yaml", []byte(shop), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatal(diagnostics)
	}
	app := &model.App{Resources: cloudformation.New("template.yaml", doc.Root).Resources()}
	app.Index()
	return link.Build(&model.Workspace{Apps: []*model.App{app}}), app
}

// What hands events on is a flow, also where no function stands between.
func TestFlows(t *testing.T) {
	_, app := build(t)
	var got []string
	for _, f := range app.Flows {
		got = append(got, fmt.Sprintf("%s -> %s (%s)", f.From, f.To, f.Kind))
	}
	want := []string{"Bucket -> Queue (object)", "Queue -> Dead (dead-letter)", "Rule -> Queue (bus)", "Topic -> Queue (topic)"}
	if !slices.Equal(got, want) {
		t.Errorf("flows %q, want %q", got, want)
	}
}

func TestReferences(t *testing.T) {
	p, app := build(t)
	names := func(all []*model.Resource) (out []string) {
		for _, r := range all {
			out = append(out, r.ID)
		}
		return out
	}
	queue := app.Resource("Queue")
	if got := names(p.Referrers(app, queue)); !slices.Equal(got, []string{"ToQueue", "Bucket", "Rule"}) {
		t.Errorf("referrers of Queue: %q", got)
	}
	if got := names(p.References(app, queue)); !slices.Equal(got, []string{"Dead"}) {
		t.Errorf("references of Queue: %q", got)
	}
}
