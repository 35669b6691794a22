package sdk_test

import (
	"slices"
	"strings"
	"testing"

	"wardlet.example/data/iam"
	"wardlet.example/internal/model"
	"wardlet.example/internal/sdk"
)

// Every operation is found under the name that each SDK has for it, and is the same in all.
func TestEveryOperation(t *testing.T) {
	n := 0
	for _, c := range iam.Clients() {
		for _, o := range c.Operations {
			n++
			want := c.Name + ":" + o.Name
			lower := strings.ToLower(o.Name[:1]) + o.Name[1:]
			for _, call := range []sdk.Call{
				{Language: sdk.NodeV3, Client: "@aws-sdk/client-" + c.Name, Method: o.Name + "Command"},
				{Language: sdk.NodeV2, Client: c.Class, Method: lower},
				{Language: sdk.Go, Client: strings.ReplaceAll(c.Name, "-", ""), Method: o.Name},
			} {
				got := sdk.Resolve(call)
				if len(got) != 1 || got[0].Key != want {
					t.Errorf("%s %s.%s is %v, want %s", call.Language, call.Client, call.Method, got, want)
				}
			}
		}
	}
	if n != 15_683 {
		t.Errorf("%d operations", n)
	}
}

func TestCalls(t *testing.T) {
	tests := []struct {
		call    sdk.Call
		keys    string
		actions string
	}{
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-dynamodb", Method: "GetItemCommand"}, "dynamodb:GetItem", "dynamodb:GetItem"},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/lib-dynamodb", Method: "PutCommand"}, "dynamodb:PutItem", "dynamodb:PutItem"},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/lib-dynamodb", Method: "QueryCommand"}, "dynamodb:Query", "dynamodb:Query"},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-lambda", Method: "InvokeCommand"}, "lambda:Invoke", "lambda:InvokeFunction"},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-s3", Method: "HeadObjectCommand"}, "s3:HeadObject", "s3:GetObject"},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-s3", Method: "ListObjectsV2Command"}, "s3:ListObjectsV2", "s3:ListBucket"},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-dynamodb", Method: "paginateScan"}, "dynamodb:Scan", "dynamodb:Scan"},
		{sdk.Call{Language: sdk.NodeV2, Client: "AWS.DynamoDB.DocumentClient", Method: "get"}, "dynamodb:GetItem", "dynamodb:GetItem"},
		{sdk.Call{Language: sdk.NodeV2, Client: "SQS", Method: "sendMessageBatch"}, "sqs:SendMessageBatch", "sqs:SendMessage"},
		{sdk.Call{Language: sdk.NodeV2, Client: "StepFunctions", Method: "startExecution"}, "sfn:StartExecution", "states:StartExecution"},
		{sdk.Call{Language: sdk.Python, Client: "dynamodb.Table", Method: "get_item"}, "dynamodb:GetItem", "dynamodb:GetItem"},
		{sdk.Call{Language: sdk.Python, Client: "dynamodb.Table", Method: "batch_writer"}, "dynamodb:BatchWriteItem", "dynamodb:BatchWriteItem"},
		{sdk.Call{Language: sdk.Python, Client: "ec2.Instance", Method: "reboot"}, "ec2:RebootInstances", "ec2:RebootInstances"},
		{sdk.Call{Language: sdk.Python, Client: "ec2.NetworkInterface", Method: "load"}, "ec2:DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces"},
		{sdk.Call{Language: sdk.Python, Client: "ec2.Vpc.security_groups", Method: "filter"}, "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroups"},
		{sdk.Call{Language: sdk.Python, Client: "sqs.Queue", Method: "load"}, "sqs:GetQueueAttributes", "sqs:GetQueueAttributes"},
		{sdk.Call{Language: sdk.Python, Client: "ec2.Instance", Method: "dance"}, "", ""},
		{sdk.Call{Language: sdk.Python, Client: "stepfunctions", Method: "start_execution"}, "sfn:StartExecution", "states:StartExecution"},
		{sdk.Call{Language: sdk.Python, Client: "cognito-idp", Method: "admin_create_user"}, "cognito-identity-provider:AdminCreateUser", "cognito-idp:AdminCreateUser"},
		{sdk.Call{Language: sdk.Python, Client: "s3", Method: "list_objects_v2"}, "s3:ListObjectsV2", "s3:ListBucket"},
		{sdk.Call{Language: sdk.Python, Client: "ses", Method: "send_email"}, "ses:SendEmail", "ses:SendEmail"},
		{sdk.Call{Language: sdk.Python, Client: "events", Method: "put_events"}, "eventbridge:PutEvents", "events:PutEvents"},
		{sdk.Call{Language: sdk.Python, Client: "logs", Method: "put_log_events"}, "cloudwatch-logs:PutLogEvents", "logs:PutLogEvents"},
		{sdk.Call{Language: sdk.Go, Client: "sqs", Method: "SendMessage"}, "sqs:SendMessage", "sqs:SendMessage"},
		{sdk.Call{Language: sdk.Go, Client: "cognitoidentityprovider", Method: "AdminGetUser"}, "cognito-identity-provider:AdminGetUser", "cognito-idp:AdminGetUser"},
		{sdk.Call{Language: sdk.Go, Client: "manager", Method: "Download"}, "s3:HeadObject s3:GetObject", "s3:GetObject s3:GetObject"},
		{sdk.Call{Language: sdk.Go, Client: "s3manager", Method: "DownloadWithContext"}, "s3:HeadObject s3:GetObject", "s3:GetObject s3:GetObject"},
		{sdk.Call{Language: sdk.Python, Client: "cognito-idp", Method: "initiate_auth"}, "cognito-identity-provider:InitiateAuth", ""},
		{sdk.Call{Language: sdk.Python, Client: "nothing", Method: "at_all"}, "", ""},
		{sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-s3", Method: "NoSuchCommand"}, "", ""},
		{sdk.Call{Language: "cobol", Client: "s3", Method: "GetObject"}, "", ""},
	}
	for _, test := range tests {
		var keys, actions []string
		for _, o := range sdk.Resolve(test.call) {
			keys = append(keys, o.Key)
			for _, a := range o.Actions {
				if !a.Perhaps && !slices.Contains(actions, a.Name+" ") {
					actions = append(actions, a.Name)
				}
			}
			if !o.Known {
				t.Errorf("%+v: the actions of %s are not known", test.call, o.Key)
			}
		}
		if got := strings.Join(keys, " "); got != test.keys {
			t.Errorf("%+v is %q, want %q", test.call, got, test.keys)
		}
		if got := strings.Join(actions, " "); got != test.actions {
			t.Errorf("%+v needs %q, want %q", test.call, got, test.actions)
		}
	}
}

// The arguments that say on what a call works are found, also inside lists and as keys of maps.
func TestSubjects(t *testing.T) {
	at := model.Origin{}
	text := func(s string) *model.Value { return model.NewString(s, at) }
	object := func(key string, v *model.Value) *model.Value {
		return model.NewMap([]model.Field{{Key: key, Value: v}}, at)
	}
	tests := []struct {
		client, method string
		arguments      *model.Value
		want           string
	}{
		{"dynamodb", "GetItemCommand", object("TableName", text("orders")), "TableName=orders"},
		{"sqs", "SendMessageCommand", object("QueueUrl", model.NewRef("Queue", "", at)), "QueueUrl=${Queue}"},
		{"dynamodb", "BatchGetItemCommand", object("RequestItems", object("orders", model.NewMap(nil, at))), "RequestItems{}=orders"},
		{"eventbridge", "PutEventsCommand", object("Entries", model.NewList([]*model.Value{object("EventBusName", text("shop")), object("Source", text("x"))}, at)), "Entries[].EventBusName=shop"},
		{"s3", "PutObjectCommand", object("Bucket", text("files")), "Bucket=files"},
		{"sfn", "StartExecutionCommand", object("stateMachineArn", text("arn")), "stateMachineArn=arn"},
	}
	for _, test := range tests {
		got := sdk.Resolve(sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-" + test.client, Method: test.method, Arguments: test.arguments})
		var parts []string
		for _, s := range got[0].Subjects {
			parts = append(parts, s.Member+"="+s.Value.String())
		}
		if s := strings.Join(parts, " "); s != test.want {
			t.Errorf("%s %s: %q, want %q", test.client, test.method, s, test.want)
		}
	}
	for _, s := range sdk.Resolve(sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-sqs", Method: "SendMessageCommand"})[0].Subjects {
		if s.Value.Kind != model.Unknown {
			t.Errorf("%s is %s, but the arguments are not known", s.Member, s.Value)
		}
	}
}
