package privilege_test

import (
	"fmt"
	"strings"
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/privilege"
	"wardlet.example/internal/template/cloudformation"
)

// program reads a template as a workspace of its own. The roles are those of its resources.
func program(t *testing.T, text string) (*link.Program, *model.App) {
	t.Helper()
	doc, problems := document.ParseYAML("t.yaml", []byte(text), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatal(problems)
	}
	template := cloudformation.New("t.yaml", doc.Root)
	app := &model.App{Name: "t", File: "t.yaml", Resources: template.Resources()}
	app.Index()
	for _, r := range app.Resources {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		role := &model.Role{ID: r.ID, Resource: r, Managed: r.Props.Get("ManagedPolicyArns").Elements()}
		for _, p := range r.Props.Get("Policies").Elements() {
			role.Policies = append(role.Policies, model.Policy{Document: p.Get("PolicyDocument"), Resource: r, App: app})
		}
		app.Roles = append(app.Roles, role)
	}
	return link.Build(&model.Workspace{Apps: []*model.App{app}}), app
}

// role is a role A that Lambda takes, with these statements; more resources stand beside it.
func role(statements, more string) string {
	return "Resources:\n" + roleOf("A", "lambda.amazonaws.com", statements) + more
}

func roleOf(id, service, statements string) string {
	return fmt.Sprintf(`  %s:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: %s}, Action: "sts:AssumeRole"}]}
      Policies: [{PolicyName: p, PolicyDocument: {Version: "2012-10-17", Statement: [%s]}}]
`, id, service, statements)
}

const (
	admin    = `{Effect: Allow, Action: "*", Resource: "*"}`
	function = `  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt B.Arn}}
`
)

// Ways in which the role A gains more. Those that only perhaps work have a question mark.
func TestEscalations(t *testing.T) {
	tests := []struct{ name, template, want string }{
		{"nothing", role(`{Effect: Allow, Action: "s3:GetObject", Resource: "*"}`, ""), ""},
		{"who may do everything gains nothing", role(admin, ""), ""},
		{"a policy of its own", role(`{Effect: Allow, Action: "iam:PutRolePolicy", Resource: "*"}`, ""), "iam-put-role-policy"},
		{"a policy of its own, by its own name only", role(`{Effect: Allow, Action: "iam:PutRolePolicy", Resource: !GetAtt A.Arn}`, ""), "iam-put-role-policy"},
		{"passing any role to Lambda", role(`{Effect: Allow, Action: ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], Resource: "*"}`, ""), "passrole-lambda-create-invoke"},
		{"passing roles to another service only", role(`{Effect: Allow, Action: "iam:PassRole", Resource: "*", Condition: {StringEquals: {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}, {Effect: Allow, Action: ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource: "*"}`, ""), ""},
		{"half of what it takes", role(`{Effect: Allow, Action: ["iam:PassRole", "lambda:InvokeFunction"], Resource: "*"}`, ""), ""},
		{"taken back", role(`{Effect: Allow, Action: "iam:*", Resource: "*"}, {Effect: Deny, Action: ["iam:*"], Resource: "*"}`, ""), ""},
		{"under a condition that nobody knows", role(`{Effect: Allow, Action: "lambda:UpdateFunctionCode", Resource: "*", Condition: {StringEquals: {"aws:RequestedRegion": "eu-west-1"}}}`, ""), "lambda-update-code?"},
		{"code of any function", role(`{Effect: Allow, Action: "lambda:Update*", Resource: "*"}`, ""), "lambda-update-code"},
		{"code of a stronger function", role(`{Effect: Allow, Action: "lambda:UpdateFunctionCode", Resource: !GetAtt F.Arn}`, function+roleOf("B", "lambda.amazonaws.com", admin)), "lambda-update-code through B"},
		{"code of a function that may no more", role(`{Effect: Allow, Action: "lambda:UpdateFunctionCode", Resource: !GetAtt F.Arn}`, function+roleOf("B", "lambda.amazonaws.com", `{Effect: Allow, Action: "s3:ListBucket", Resource: "*"}`)), ""},
		{"a strong role to pass", role(`{Effect: Allow, Action: "iam:PassRole", Resource: !GetAtt B.Arn}, {Effect: Allow, Action: ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource: "*"}`, roleOf("B", "lambda.amazonaws.com", admin)), "passrole-lambda-create-invoke through B"},
		{"a strong role that the service may not take", role(`{Effect: Allow, Action: "iam:PassRole", Resource: !GetAtt B.Arn}, {Effect: Allow, Action: ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource: "*"}`, roleOf("B", "ec2.amazonaws.com", admin)), ""},
		{"a role to take, that trusts it", role(`{Effect: Allow, Action: "sts:AssumeRole", Resource: !GetAtt B.Arn}`, strings.Replace(roleOf("B", "x", admin), "{Service: x}", "{AWS: !GetAtt A.Arn}", 1)), "sts-assume-role through B"},
		{"a role to take, that trusts another", role(`{Effect: Allow, Action: "sts:AssumeRole", Resource: !GetAtt B.Arn}`, roleOf("B", "ec2.amazonaws.com", admin)), ""},
		{"circular trust", role(`{Effect: Allow, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/b"}`, ""), ""},
		{"a policy that is not known", strings.Replace(role(`{Effect: Allow, Action: "s3:GetObject", Resource: "*"}`, ""), "      Policies:", "      ManagedPolicyArns: [\"arn:aws:iam::111122223333:policy/own\"]\n      Policies:", 1), "many?"},
		{"bounded", strings.Replace(role(`{Effect: Allow, Action: "iam:*", Resource: "*"}`, ""), "      Policies:", "      PermissionsBoundary: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\n      Policies:", 1), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, app := program(t, test.template)
			var got []string
			for _, path := range privilege.Escalations(p, p.PowersOf(app, app.Resource("A"))) {
				s := path.Method.ID
				if path.Through != nil {
					s += " through " + path.Through.ID
				}
				if path.Answer != model.Yes {
					s += "?"
					if path.Reason == "" {
						t.Errorf("%s without a reason", s)
					}
				}
				got = append(got, s)
			}
			checkWays(t, got, test.want)
		})
	}
}

// checkWays compares the ways; "many?" are more than a hundred, all of which only perhaps work. Of the ways that one wildcard opens,
// the one that is named has to be among them.
func checkWays(t *testing.T, got []string, want string) {
	t.Helper()
	switch {
	case want == "many?":
		for _, s := range got {
			if !strings.HasSuffix(s, "?") {
				t.Errorf("%s is certain", s)
			}
		}
		if len(got) < 100 {
			t.Errorf("%d ways", len(got))
		}
	case want == "" && len(got) > 0, want != "" && !strings.Contains("\n"+strings.Join(got, "\n")+"\n", "\n"+want+"\n"):
		t.Errorf("got %v, want %s", got, want)
	}
}

// What a role can do to each resource, and to everything of a kind.
func TestRadius(t *testing.T) {
	more := `  Orders: {Type: AWS::DynamoDB::Table}
  Other: {Type: AWS::DynamoDB::Table}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files}}
  Jobs: {Type: AWS::SQS::Queue}
`
	keys := `  Plain: {Type: AWS::KMS::Key}
  Ours: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/web"}, Action: "kms:*", Resource: "*"}]}}}
  Given: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: !GetAtt A.Arn}, Action: "kms:Encrypt", Resource: "*"}]}}}
`
	tests := []struct{ name, statements, want string }{
		{"one table", `{Effect: Allow, Action: ["dynamodb:GetItem", "dynamodb:DeleteItem"], Resource: !GetAtt Orders.Arn}`, "Orders: read delete"},
		{"a table and its indexes", `{Effect: Allow, Action: "dynamodb:Query", Resource: !Sub "${Orders.Arn}/index/*"}`, "Orders: read"},
		{"all tables", `{Effect: Allow, Action: "dynamodb:PutItem", Resource: "*"}`, "Orders: write; Other: write; any dynamodb table: write"},
		{"a bucket by its name", `{Effect: Allow, Action: ["s3:PutObject", "s3:PutBucketPolicy"], Resource: ["arn:aws:s3:::files", "arn:aws:s3:::files/*"]}`, "Files: write administer"},
		{"the objects and not the bucket", `{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::files/*"}`, "Files: read write delete administer"},
		{"taken back for one", `{Effect: Allow, Action: "dynamodb:PutItem", Resource: "*"}, {Effect: Deny, Action: "dynamodb:*", Resource: !GetAtt Other.Arn}`, "Orders: write; any dynamodb table: write"},
		{"under a condition", `{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn, Condition: {Bool: {"aws:ViaAWSService": true}}}`, "Jobs: write?"},
		{"keys by their policies", `{Effect: Allow, Action: "kms:Encrypt", Resource: [!GetAtt Plain.Arn, !GetAtt Ours.Arn]}`, "Plain: write; Given: write"},
		{"logs are left out", `{Effect: Allow, Action: ["logs:*", "xray:*"], Resource: "*"}`, ""},
		{"unknown service", `{Effect: Allow, Action: "nothing:Really", Resource: "*"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resources := more
			if strings.HasPrefix(test.name, "keys") {
				resources = keys
			}
			p, app := program(t, role(test.statements, resources))
			var got []string
			radius := privilege.RadiusOf(p, p.PowersOf(app, app.Resource("A")))
			for _, r := range radius.Reaches {
				s := "any " + r.Service + " " + r.Kind
				if r.Resource != nil {
					s = r.Resource.ID
				}
				s += ":"
				for _, d := range r.Does {
					s += " " + d.Level
					if d.Perhaps {
						s += "?"
					}
				}
				got = append(got, s)
			}
			if s := strings.Join(got, "; "); s != test.want {
				t.Errorf("got %s, want %s", s, test.want)
			}
		})
	}
}
