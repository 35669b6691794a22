package model_test

import (
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// stack reads a template as an application of its own.
func stack(t *testing.T, name, text string) *model.App {
	t.Helper()
	doc, diagnostics := document.ParseYAML(name, []byte(text), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatal(diagnostics)
	}
	template := cloudformation.New(name, doc.Root)
	app := &model.App{Name: name, File: name, Stack: name, Resources: template.Resources(), Outputs: template.Outputs()}
	app.Index()
	return app
}

const (
	base = `
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Table: {Type: AWS::DynamoDB::Table}
  TableName: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/table, Type: String, Value: !Ref Table}}
Outputs:
  TableArn: {Value: !GetAtt Table.Arn, Export: {Name: shop-table}}
  Both: {Value: !Ref Queue, Export: {Name: both}}
  Again: {Value: !ImportValue again}
`
	second = `
Resources:
  Other: {Type: AWS::SQS::Queue}
  Same1: {Type: AWS::SNS::Topic, Properties: {TopicName: same}}
Outputs:
  Both: {Value: !Ref Other, Export: {Name: both}}
  Url: {Value: !Ref Other, Export: {Name: !Join ['-', [!Ref AWS::StackName, Url]]}}
  Circle: {Value: !ImportValue circle, Export: {Name: circle}}
`
	third = `
Parameters: {Files: {Type: String}}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Files}}
  Same2: {Type: AWS::SNS::Topic, Properties: {TopicName: same}}
  Here: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: pay}}
Outputs:
  Orders: {Value: !GetAtt Here.Arn, Export: {Name: !Sub '${AWS::StackName}-Orders'}}
  Url: {Value: !Ref Here, Export: {Name: !Sub '${AWS::StackName}-Url'}}
`
)

// What a value means may stand in another stack. Where two stacks answer to one name, nobody is chosen.
func TestDirectory(t *testing.T) {
	apps := []*model.App{stack(t, "base", base), stack(t, "second", second), stack(t, "third", third), stack(t, "far", "Resources: {}")}
	for i, app := range apps {
		app.Region = []string{"eu-west-1", "eu-west-1", "eu-west-1", "us-east-1"}[i]
	}
	d := model.NewDirectory(apps)
	at := model.Origin{}
	text := func(s string) *model.Value { return model.NewString(s, at) }
	from := func(from model.Elsewhere, key string) *model.Value {
		return model.NewElsewhere(from, text(key), "decided elsewhere", at)
	}
	tests := []struct {
		name  string
		app   int
		value *model.Value
		types []string
		want  string
	}{
		{"place in a bucket", 2, model.NewText([]*model.Value{text("s3://"), from(model.FromCaller, "Files"), text("/out/")}, at), nil, "third Bucket"},
		{"name by the same parameter", 2, from(model.FromCaller, "Files"), nil, "third Bucket"},
		{"name by a parameter of that name in another stack", 1, from(model.FromCaller, "Files"), nil, ""},
		{"reference", 0, model.NewRef("Queue", "", at), nil, "base Queue"},
		{"reference of another type", 0, model.NewRef("Queue", "", at), []string{"AWS::SNS::Topic"}, ""},
		{"reference to what only another stack has", 1, model.NewRef("Queue", "", at), nil, ""},
		{"export", 1, from(model.FromExport, "shop-table"), nil, "base Table"},
		{"export of two stacks", 2, from(model.FromExport, "both"), nil, ""},
		{"export of none", 2, from(model.FromExport, "none"), nil, ""},
		{"export that imports itself", 0, from(model.FromExport, "circle"), nil, ""},
		{"export by the name of its stack", 1, from(model.FromExport, "shop-prod-Orders"), nil, "third Here"},
		{"export by a parameter for the name of its stack", 1, model.NewElsewhere(model.FromExport, model.NewText([]*model.Value{from(model.FromCaller, "Shop"), text("-Orders")}, at), "", at), nil, "third Here"},
		{"export by the names of two stacks", 0, from(model.FromExport, "shop-prod-Url"), nil, ""},
		{"export by a part of a word", 1, from(model.FromExport, "shop-prod-BackOrders"), nil, ""},
		{"output of a stack", 1, from(model.FromOutput, "base.TableArn"), nil, "base Table"},
		{"SSM parameter", 1, from(model.FromStore, "/shop/table"), nil, "base Table"},
		{"own queue by name before that of another stack", 2, text("orders"), nil, "third Here"},
		{"queue by the end of its ARN", 0, text("arn:aws:sqs:eu-west-1:111122223333:orders"), nil, "base Queue"},
		{"queue by its URL", 0, text("https://sqs.eu-west-1.amazonaws.com/111122223333/orders"), nil, "base Queue"},
		{"ARN of another service", 0, text("arn:aws:sns:eu-west-1:111122223333:orders"), nil, ""},
		{"name that two other stacks have", 0, text("same"), nil, ""},
		{"name that is nobody's", 0, text("nothing"), nil, ""},
		{"function by name and alias", 2, text("pay:live"), nil, "third Fn"},
		{"function by ARN and alias", 0, text("arn:aws:lambda:eu-west-1:111122223333:function:pay:live"), nil, "third Fn"},
		{"a queue's name inside a longer one", 0, model.NewText([]*model.Value{text("arn:aws:sqs:eu-west-1:1:"), model.NewRef("Queue", "QueueName", at), text("-dead")}, at), nil, ""},
		{"a queue's name at the end of an ARN", 0, model.NewText([]*model.Value{text("arn:aws:sqs:eu-west-1:1:"), model.NewRef("Queue", "QueueName", at)}, at), nil, "base Queue"},
		{"an import inside a longer name", 1, model.NewText([]*model.Value{from(model.FromExport, "shop-table"), text("-copy")}, at), nil, ""},
		{"an ARN of another region", 0, text("arn:aws:sqs:us-east-1:111122223333:orders"), nil, ""},
		{"an export of another region", 3, from(model.FromExport, "shop-table"), nil, ""},
		{"nothing", 0, nil, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if in, r := d.Find(apps[test.app], test.value, test.types...); r != nil {
				got = in.Name + " " + r.ID
			}
			if got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
	if n := d.Claims(from(model.FromExport, "both")); n != 2 {
		t.Errorf("%d stacks answer to both, want 2", n)
	}
}
