package iac

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/document"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// resourceOf reads a template and gives its resource It, ready to be asked.
func resourceOf(t *testing.T, template string) *Subject {
	t.Helper()
	doc, diagnostics := document.Parse("t.yaml", []byte(template), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatal(diagnostics)
	}
	app := &model.App{Kind: model.CloudFormation, File: "t.yaml", Resources: cloudformation.New("t.yaml", doc.Root).Resources()}
	app.Index()
	workspace := &model.Workspace{Apps: []*model.App{app}}
	workspace.Number()
	it := app.Resource("It")
	if it == nil {
		t.Fatalf("the template has no resource It:\n%s", template)
	}
	return &Subject{Program: link.Build(workspace), App: app, Resource: it, Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
}

// verdict says an answer in short: "-" for fine, "?" for undecided, the detail of each hit, with its worlds.
func verdict(a Answer) string {
	var out []string
	for _, h := range a.Hits {
		text := "!" + h.Detail
		for _, w := range worlds(h.Worlds) {
			text += " when " + w
		}
		out = append(out, text)
	}
	switch {
	case len(out) > 0:
		return strings.Join(out, "; ")
	case a.Unknown != "":
		return "?"
	}
	return "-"
}

// oneRole is a role with one statement, which depends on the parameters Stage (dev, prod) and Given (no default).
func oneRole(statement string) string {
	return `
Parameters:
  Stage: {Type: String, Default: prod, AllowedValues: [dev, prod]}
  Given: {Type: String}
  Every: {Type: String, Default: "*"}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  Table: {Type: "AWS::DynamoDB::Table"}
  It:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement: ` + statement + "\n"
}

func TestStatementsOfRoles(t *testing.T) {
	tests := []struct{ check, statement, want string }{
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: "*"}`, "!"},
		{"admin-policy", `[{Effect: Allow, Action: ["logs:*", "*"], Resource: ["*"]}]`, "!"},
		{"admin-policy", `[{Effect: Allow, Action: "*:*", Resource: "*"}, {Effect: Allow, Action: "*", Resource: "*"}]`, "!; !"},
		{"admin-policy", `{Effect: Deny, Action: "*", Resource: "*"}`, "-"},
		{"admin-policy", `{Effect: Allow, Action: "s3:*", Resource: "*"}`, "-"},
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: "arn:aws:s3:::*"}`, "-"},
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: "*", Condition: {Bool: {"aws:MultiFactorAuthPresent": true}}}`, "-"},
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: "*", Condition: {}}`, "!"},
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: !Ref Every}`, "!"},
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: !Ref Given}`, "?"},
		{"admin-policy", `{Effect: Allow, Action: "s3:GetObject", Resource: !Ref Given}`, "-"},
		{"admin-policy", `{Effect: Allow, Action: "*", Resource: !GetAtt Table.Arn}`, "-"},
		{"admin-policy", `{Effect: Allow, Action: !If [IsDev, "*", "s3:GetObject"], Resource: "*"}`, "! when Stage=dev"},
		{"admin-policy", `{Effect: Allow, Action: !If [IsDev, ["*"], ["s3:GetObject", "*"]], Resource: "*"}`, "!"},
		{"admin-policy", `[!If [IsDev, {Effect: Allow, Action: "*", Resource: "*"}, !Ref "AWS::NoValue"]]`, "! when Stage=dev"},
		{"admin-policy", `!If [IsDev, [{Effect: Allow, Action: "*", Resource: "*"}], [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]]`, "! when Stage=dev"},

		{"action-wildcard", `{Effect: Allow, Action: "S3:*", Resource: "*"}`, "!S3:*"},
		{"action-wildcard", `{Effect: Allow, Action: ["s3:*", "sqs:SendMessage", "iam:*"], Resource: !Ref Given}`, "!s3:*, iam:*"},
		{"action-wildcard", `{Effect: Allow, Action: "*", Resource: "*"}`, "-"},
		{"action-wildcard", `{Effect: Allow, Action: "*", Resource: !GetAtt Table.Arn}`, "!*"},
		{"action-wildcard", `{Effect: Allow, Action: "*", Resource: !Ref Given}`, "!*"},
		{"action-wildcard", `{Effect: Allow, Action: ["xray:*", "rekognition:*", "dynamodb:Get*"], Resource: "*"}`, "-"},
		{"action-wildcard", `{Effect: Allow, Action: "logs:*", Resource: "arn:aws:logs:*:*:*"}`, "!logs:*"},
		{"action-wildcard", `{Effect: Allow, Action: "logs:*", Resource: !Sub "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/f:*"}`, "-"},

		{"resource-wildcard", `{Effect: Allow, Action: ["dynamodb:GetItem", "dynamodb:ListTables", "s3:Get*"], Resource: "*"}`, "!dynamodb:GetItem, s3:Get*"},
		{"resource-wildcard", `{Effect: Allow, Action: "dynamodb:GetItem", Resource: !Sub "arn:${AWS::Partition}:dynamodb:${AWS::Region}:*:table/*"}`, "!dynamodb:GetItem"},
		{"resource-wildcard", `{Effect: Allow, Action: "rds-data:ExecuteStatement", Resource: "arn:aws:rds:*:*:cluster:*"}`, "!rds-data:ExecuteStatement"},
		{"resource-wildcard", `{Effect: Allow, Action: "dynamodb:GetItem", Resource: [!GetAtt Table.Arn, "arn:aws:s3:::*"]}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*"}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:*:*:table/orders-*"}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: "dynamodb:GetItem", Resource: !Sub "${Table.Arn}/index/*"}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: "dynamodb:GetItem", Resource: !Ref Given}`, "?"},
		{"resource-wildcard", `{Effect: Allow, Action: "xray:PutTraceSegments", Resource: !Ref Given}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: ["ec2:CreateNetworkInterface", "logs:PutLogEvents", "dynamodb:*", "iam:PassRole"], Resource: "*"}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: "kms:Decrypt", Resource: "*", Condition: {StringEquals: {"aws:ResourceTag/app": orders}}}`, "-"},
		{"resource-wildcard", `{Effect: Allow, Action: "kms:Decrypt", Resource: "*", Condition: {Bool: {"aws:SecureTransport": true}}}`, "!kms:Decrypt"},

		{"pass-role-any", `{Effect: Allow, Action: "iam:PassRole", Resource: "*"}`, "!"},
		{"pass-role-any", `{Effect: Allow, Action: "iam:pass*", Resource: !Sub "arn:aws:iam::${AWS::AccountId}:role/*"}`, "!"},
		{"pass-role-any", `{Effect: Allow, Action: "iam:PassRole", Resource: !Sub "arn:aws:iam::${AWS::AccountId}:role/orders-*"}`, "-"},
		{"pass-role-any", `{Effect: Allow, Action: "iam:PassRole", Resource: "*", Condition: {StringEquals: {"iam:PassedToService": ecs.amazonaws.com}}}`, "-"},
		{"pass-role-any", `{Effect: Allow, Action: ["iam:*", "iam:GetRole"], Resource: "*"}`, "-"},

		{"not-action-allow", `{Effect: Allow, NotAction: "iam:*", Resource: "*"}`, "!NotAction"},
		{"not-action-allow", `{Effect: Allow, NotAction: "s3:DeleteBucket", Resource: ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"]}`, "-"},
		{"not-action-allow", `{Effect: Allow, NotAction: "s3:DeleteBucket", Resource: !GetAtt Table.Arn}`, "-"},
		{"not-action-allow", `{Effect: Allow, NotAction: "s3:DeleteBucket", Resource: ["arn:aws:s3:::orders", "arn:aws:sqs:*:*:*"]}`, "!NotAction"},
		{"not-action-allow", `{Effect: Allow, NotAction: "s3:DeleteBucket", Resource: !Ref Given}`, "?"},
		{"not-action-allow", `{Effect: Allow, NotAction: "s3:DeleteBucket", NotResource: "arn:aws:s3:::orders"}`, "!NotAction"},
		{"not-action-allow", `{Effect: Deny, NotAction: "iam:*", Resource: "*"}`, "-"},
	}
	for _, test := range tests {
		if got := verdict(policyChecks()[test.check](resourceOf(t, oneRole(test.statement)))); got != test.want {
			t.Errorf("%s on %s: %q, want %q", test.check, test.statement, got, test.want)
		}
	}
}

func TestHitsStandAtTheTextOfTheUser(t *testing.T) {
	template := oneRole(`
              - Effect: Allow
                Action:
                  - logs:PutLogEvents
                  - s3:* # here
                Resource: "*"`)
	a := policyChecks()["action-wildcard"](resourceOf(t, template))
	line := 1 + strings.Count(template[:strings.Index(template, "# here")], "\n")
	if len(a.Hits) != 1 || a.Hits[0].Origin.Line != line {
		t.Errorf("want one hit on line %d: %+v", line, a.Hits)
	}
}

func TestBoundaryGivesNothing(t *testing.T) {
	const policy = `
Resources:
  It:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: {Effect: Allow, Action: "*", Resource: "*"}}
  Role:
    Type: AWS::IAM::Role
    Properties: `
	tests := map[string]string{
		`{PermissionsBoundary: !Ref It}`:                               "-",
		`{PermissionsBoundary: !Ref It, ManagedPolicyArns: [!Ref It]}`: "!",
		`{}`: "!",
	}
	for role, want := range tests {
		if got := verdict(policyChecks()["admin-policy"](resourceOf(t, policy+role))); got != want {
			t.Errorf("%s: %q, want %q", role, got, want)
		}
	}
}

func TestTrustAnyone(t *testing.T) {
	tests := []struct{ principal, condition, want string }{
		{`"*"`, `{}`, "!"},
		{`{AWS: ["arn:aws:iam::111122223333:root", "*"]}`, `{}`, "!"},
		{`{AWS: !Ref Given}`, `{}`, "?"},
		{`{Service: lambda.amazonaws.com}`, `{}`, "-"},
		{`{AWS: !Sub "arn:aws:iam::${Given}:root"}`, `{}`, "-"},
		{`"*"`, `{StringEquals: {"aws:PrincipalOrgID": !Ref Given}}`, "-"},
		{`"*"`, `{StringLike: {"aws:PrincipalArn": !Ref Given}}`, "?"},
		{`"*"`, `{StringEqualsIfExists: {"aws:PrincipalOrgID": o-1}}`, "!"},
		{`"*"`, `{StringNotEquals: {"aws:PrincipalOrgID": o-1}}`, "!"},
		{`"*"`, `{ArnLike: {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}`, "!"},
		{`"*"`, `{ArnLike: {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}`, "-"},
		{`"*"`, `{Bool: {"aws:SecureTransport": true}}`, "!"},
		{`"*"`, `{IpAddress: {"aws:SourceIp": [203.0.113.0/24]}}`, "-"},
		{`"*"`, `{IpAddress: {"aws:SourceIp": [203.0.113.0/24, 0.0.0.0/0]}}`, "!"},
	}
	for _, test := range tests {
		template := `
Parameters:
  Given: {Type: String}
Resources:
  It:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: ` + test.principal + `
            Condition: ` + test.condition + "\n"
		if got := verdict(policyChecks()["trust-anyone"](resourceOf(t, template))); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.principal, test.condition, got, test.want)
		}
	}
}

func TestTrustOfForges(t *testing.T) {
	const (
		github = `!Sub "arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com"`
		gitlab = `"arn:aws:iam::111122223333:oidc-provider/gitlab.com"`
		claim  = `"token.actions.githubusercontent.com:`
	)
	tests := []struct{ provider, condition, want string }{
		{github, `{}`, "!GitHub"},
		{gitlab, `{}`, "!GitLab"},
		{`!Ref Provider`, `{}`, "!GitHub"},
		{`"arn:aws:iam::111122223333:oidc-provider/login.example.com"`, `{}`, "-"},
		{`cognito-identity.amazonaws.com`, `{}`, "-"},
		{github, `{StringEquals: {` + claim + `aud": sts.amazonaws.com}}`, "!GitHub"},
		{github, `{StringEquals: {` + claim + `sub": "repo:shop/orders:ref:refs/heads/main"}}`, "-"},
		{github, `{StringLike: {` + claim + `sub": "repo:shop/*"}}`, "-"},
		{github, `{"ForAnyValue:StringLike": {` + claim + `sub": ["repo:shop/orders:*", "repo:shop/web:*"]}}`, "-"},
		{github, `{StringLike: {` + claim + `sub": "*"}}`, "!GitHub"},
		{github, `{StringLike: {` + claim + `sub": "repo:*"}}`, "!GitHub"},
		{github, `{StringLike: {` + claim + `sub": ["repo:shop/orders:*", "repo:*/orders:*"]}}`, "!GitHub"},
		{github, `{StringNotLike: {` + claim + `sub": "repo:evil/*"}}`, "!GitHub"},
		{github, `{StringLike: {` + claim + `sub": !Sub "repo:${Given}/orders:*"}}`, "-"},
		{github, `{StringLike: {` + claim + `sub": !Ref Given}}`, "?"},
		{github, `{StringEquals: {` + claim + `repository_owner_id": "4711"}}`, "-"},
		{gitlab, `{StringLike: {"gitlab.com:sub": "project_path:shop/*:ref_type:branch:ref:main"}}`, "-"},
		{gitlab, `{StringLike: {"gitlab.com:sub": "project_path:*"}}`, "!GitLab"},
	}
	for _, test := range tests {
		template := `
Parameters:
  Given: {Type: String}
Resources:
  Provider: {Type: "AWS::IAM::OIDCProvider", Properties: {Url: https://token.actions.githubusercontent.com}}
  It:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal: {Federated: ` + test.provider + `}
            Condition: ` + test.condition + "\n"
		if got := verdict(policyChecks()["oidc-trust-too-wide"](resourceOf(t, template))); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.provider, test.condition, got, test.want)
		}
	}
}

func TestManagedPolicies(t *testing.T) {
	tests := []struct{ check, arns, want string }{
		{"admin-managed-policy", `["arn:aws:iam::aws:policy/AdministratorAccess"]`, "!AdministratorAccess"},
		{"admin-managed-policy", `[!Sub "arn:${AWS::Partition}:iam::aws:policy/IAMFullAccess"]`, "!IAMFullAccess"},
		{"admin-managed-policy", `["arn:aws:iam::111122223333:policy/AdministratorAccess", !Ref Given]`, "-"},
		{"admin-managed-policy", `[!If [IsDev, "arn:aws:iam::aws:policy/AdministratorAccess", !Ref "AWS::NoValue"]]`, "!AdministratorAccess when Stage=dev"},
		{"full-access-managed-policy", `["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/IAMFullAccess"]`, "-"},
		{"full-access-managed-policy", `["arn:aws:iam::aws:policy/AWSLambda_FullAccess", "arn:aws:iam::aws:policy/PowerUserAccess"]`, "!AWSLambda_FullAccess; !PowerUserAccess"},
		{"full-access-managed-policy", `["arn:aws:iam::aws:policy/AWSXrayFullAccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]`, "-"},
	}
	for _, test := range tests {
		template := `
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Given: {Type: String}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  It: {Type: "AWS::IAM::Role", Properties: {ManagedPolicyArns: ` + test.arns + "}}\n"
		if got := verdict(policyChecks()[test.check](resourceOf(t, template))); got != test.want {
			t.Errorf("%s on %s: %q, want %q", test.check, test.arns, got, test.want)
		}
	}
}

// bucketAndPolicy is a bucket with these properties and a policy with these statements; the one of them called It is asked.
func bucketAndPolicy(asked, bucket, statements string) string {
	names := map[string]string{"bucket": "Bucket", "policy": "Policy", asked: "It"}
	return `
Resources:
  ` + names["bucket"] + `: {Type: "AWS::S3::Bucket", Properties: ` + bucket + `}
  ` + names["policy"] + `:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref ` + names["bucket"] + `
      PolicyDocument: {Statement: ` + statements + "}\n"
}

func TestBucketPolicies(t *testing.T) {
	const website = `{WebsiteConfiguration: {IndexDocument: index.html}}`
	const read, write = `{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*"}`, `{Effect: Allow, Principal: "*", Action: ["s3:GetObject", "s3:PutObject"], Resource: "*"}`
	tests := []struct{ check, asked, bucket, statements, want string }{
		{"bucket-policy-public", "policy", `{}`, read, "!s3:GetObject"},
		{"bucket-policy-public", "policy", website, read, "-"},
		{"bucket-policy-public", "policy", website, write, "!s3:GetObject, s3:PutObject"},
		{"bucket-policy-public", "policy", `{PublicAccessBlockConfiguration: {BlockPublicPolicy: true}}`, write, "-"},
		{"bucket-policy-public", "policy", `{}`, `[` + read + `, {Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*", Condition: {StringNotEquals: {"aws:SourceVpce": vpce-1}}}]`, "-"},
		{"bucket-policy-public", "policy", `{}`, `[` + read + `, {Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: "*", Condition: {StringNotEquals: {"aws:SourceVpce": vpce-1}}}]`, "!s3:GetObject"},
		{"website-public-read", "policy", website, read, "!s3:GetObject"},
		{"website-public-read", "policy", website, write, "-"},
		{"website-public-read", "policy", `{}`, read, "-"},
		{"bucket-tls-not-enforced", "bucket", `{}`, read, "!"},
		{"bucket-tls-not-enforced", "bucket", website, read, "-"},
		{"bucket-tls-not-enforced", "bucket", `{}`, `{Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": "false"}}}`, "-"},
		{"policy-service-without-source", "policy", `{}`, `{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: "s3:GetObject", Resource: "*"}`, "!CloudFront distribution"},
		{"policy-service-without-source", "policy", `{}`, `{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: "s3:GetObject", Resource: "*", Condition: {StringEquals: {"AWS:SourceArn": "arn:aws:cloudfront::1:distribution/E"}}}`, "-"},
		{"policy-service-without-source", "policy", `{}`, `{Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: "s3:PutObject", Resource: "*"}`, "-"},
		{"policy-service-without-source", "policy", `{}`, `{Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "s3:GetBucketAcl", Resource: "*"}`, "-"},
	}
	for _, test := range tests {
		got := verdict(policyChecks()[test.check](resourceOf(t, bucketAndPolicy(test.asked, test.bucket, test.statements))))
		if got != test.want {
			t.Errorf("%s on %s %s: %q, want %q", test.check, test.bucket, test.statements, got, test.want)
		}
	}
}

func TestSingleResources(t *testing.T) {
	tests := []struct{ check, kind, props, want string }{
		{"resource-policy-public", "SQS::QueuePolicy", `{PolicyDocument: {Statement: {Effect: Allow, Principal: "*", Action: "sqs:SendMessage"}}}`, "!sqs:SendMessage"},
		{"resource-policy-public", "SQS::QueuePolicy", `{PolicyDocument: '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:*"}]}'}`, "!sqs:*"},
		{"resource-policy-public", "SNS::TopicPolicy", `{PolicyDocument: {Statement: {Effect: Allow, Principal: "*", Action: "sns:Publish", Condition: {StringEquals: {"AWS:SourceOwner": "1"}}}}}`, "-"},
		{"resource-policy-public", "Events::EventBusPolicy", `{Principal: "*", Action: "events:PutEvents"}`, "!events:PutEvents"},
		{"resource-policy-public", "Events::EventBusPolicy", `{Principal: "*", Action: "events:PutEvents", Condition: {Type: StringEquals, Key: "aws:PrincipalOrgID", Value: o-1}}`, "-"},
		{"resource-policy-public", "Events::EventBus", `{Name: b}`, "-"},
		{"resource-policy-public", "KMS::Key", `{KeyPolicy: {Statement: {Effect: Allow, Principal: {AWS: "*"}, Action: "kms:*", Condition: {StringEquals: {"kms:ViaService": s}}}}}`, "!kms:*"},
		{"policy-service-without-source", "SNS::TopicPolicy", `{PolicyDocument: {Statement: {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: "sns:Publish"}}}`, "-"},
		{"policy-service-without-source", "SQS::QueuePolicy", `{PolicyDocument: {Statement: {Effect: Allow, Principal: {Service: !Sub "sns.${AWS::URLSuffix}"}, Action: "sqs:SendMessage"}}}`, "!topic"},

		{"search-domain-public", "OpenSearchService::Domain", `{AccessPolicies: {Statement: {Effect: Allow, Principal: "*", Action: "es:*"}}}`, "!es:*"},
		{"search-domain-public", "OpenSearchService::Domain", `{VPCOptions: {SubnetIds: [s]}, AccessPolicies: {Statement: {Effect: Allow, Principal: "*", Action: "es:*"}}}`, "-"},
		{"search-domain-public", "OpenSearchService::Domain", `{AdvancedSecurityOptions: {Enabled: true}, AccessPolicies: {Statement: {Effect: Allow, Principal: "*", Action: "es:*"}}}`, "-"},

		{"subscription-over-http", "SNS::Subscription", `{Protocol: http, Endpoint: "http://x"}`, "!http://x"},
		{"subscription-over-http", "SNS::Subscription", `{Protocol: https, Endpoint: "https://x"}`, "-"},
		{"subscription-over-http", "SNS::Topic", `{Subscription: [{Protocol: sqs}, {Protocol: http, Endpoint: "http://x"}]}`, "!http://x"},

		{"queue-without-dead-letter", "SQS::Queue", `{}`, "!"},
		{"queue-without-dead-letter", "SQS::Queue", `{RedrivePolicy: {deadLetterTargetArn: x}}`, "-"},
		{"queue-without-dead-letter", "SQS::Queue", `{QueueName: orders-dead-letter}`, "-"},

		{"database-not-encrypted", "RDS::DBInstance", `{Engine: postgres}`, "!"},
		{"database-not-encrypted", "RDS::DBInstance", `{StorageEncrypted: "true"}`, "-"},
		{"database-not-encrypted", "RDS::DBInstance", `{DBClusterIdentifier: c}`, "-"},
		{"database-not-encrypted", "RDS::DBCluster", `{EngineMode: serverless}`, "-"},
		{"database-not-encrypted", "RDS::DBCluster", `{EngineMode: provisioned, StorageEncrypted: false}`, "!"},
		{"database-not-encrypted", "Redshift::Cluster", `{}`, "-"},
		{"database-not-encrypted", "Redshift::Cluster", `{Encrypted: false}`, "!"},
		{"database-not-encrypted", "ElastiCache::ReplicationGroup", `{Engine: valkey}`, "-"},
		{"database-not-encrypted", "ElastiCache::ReplicationGroup", `{Engine: valkey, AtRestEncryptionEnabled: false}`, "!"},
		{"database-not-encrypted", "OpenSearchService::Domain", `{EncryptionAtRestOptions: {Enabled: !Ref "AWS::NoValue"}}`, "!"},

		{"database-password", "RDS::DBInstance", `{MasterUserPassword: hunter22}`, "!"},
		{"database-password", "RDS::DBInstance", `{MasterUserPassword: "{{resolve:secretsmanager:s}}"}`, "-"},
		{"database-password", "AmazonMQ::Broker", `{Users: [{Username: a, Password: 123456789012}]}`, "!"},

		{"secret-in-template", "SecretsManager::Secret", `{SecretString: mQ7vTz81LkPw}`, "!"},
		{"secret-in-template", "SecretsManager::Secret", `{SecretString: '{"user": "orders", "password": "mQ7vTz81LkPw"}'}`, "!"},
		{"secret-in-template", "SecretsManager::Secret", `{SecretString: '{"user": "orders", "password": ""}'}`, "-"},
		{"secret-in-template", "SecretsManager::Secret", `{SecretString: "{}"}`, "-"},
		{"secret-in-template", "SecretsManager::Secret", `{SecretString: REPLACE_ME}`, "-"},
		{"secret-in-template", "SSM::Parameter", `{Name: /orders/api-key, Value: mQ7vTz81LkPw}`, "!"},
		{"secret-in-template", "SSM::Parameter", `{Name: /orders/token, Value: "arn:aws:secretsmanager:s"}`, "-"},
		{"secret-in-template", "SSM::Parameter", `{Name: /orders/max-tokens, Value: "4096"}`, "-"},
		{"secret-in-template", "SSM::Parameter", `{Name: /orders/endpoint, Value: pay.example.com}`, "-"},
	}
	for _, test := range tests {
		template := "Resources:\n  It: {Type: \"AWS::" + test.kind + "\", Properties: " + test.props + "}\n"
		if got := verdict(policyChecks()[test.check](resourceOf(t, template))); got != test.want {
			t.Errorf("%s on %s %s: %q, want %q", test.check, test.kind, test.props, got, test.want)
		}
	}
}

func TestPasswordsAreSecret(t *testing.T) {
	s := resourceOf(t, `
Resources:
  It: {Type: "AWS::RDS::DBInstance", Properties: {MasterUserPassword: hunter22}}
`)
	if hits := databasePassword(s).Hits; len(hits) != 1 || !slices.Contains(hits[0].Secrets, "hunter22") || hits[0].Detail != "" {
		t.Errorf("the password must be told as secret, and nowhere else: %+v", hits)
	}
}

func TestDeadLetterQueuesNeedNone(t *testing.T) {
	tests := map[string]string{
		`{Type: "AWS::SQS::Queue", Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt It.Arn}}}`:                          "-",
		`{Type: "AWS::Lambda::Function", Properties: {DeadLetterConfig: {TargetArn: "arn:aws:sqs:eu-west-1:1:lost"}}}`:           "-",
		`{Type: "AWS::Lambda::EventSourceMapping", Properties: {DestinationConfig: {OnFailure: {Destination: !GetAtt It.Arn}}}}`: "-",
		`{Type: "AWS::Lambda::EventSourceMapping", Properties: {EventSourceArn: !GetAtt It.Arn}}`:                                "!",
		`{Type: "AWS::Lambda::Function", Properties: {DeadLetterConfig: {TargetArn: "arn:aws:sqs:eu-west-1:1:not-lost"}}}`:       "!",
	}
	for other, want := range tests {
		template := "Resources:\n  It: {Type: \"AWS::SQS::Queue\", Properties: {QueueName: lost}}\n  Other: " + other + "\n"
		if got := verdict(queueWithoutDeadLetter(resourceOf(t, template))); got != want {
			t.Errorf("%s: %q, want %q", other, got, want)
		}
	}
}

// What names a bucket by its name is found as what refers to it is, for each subject that shares the index.
func TestBucketsAreFoundByName(t *testing.T) {
	s := resourceOf(t, `
Resources:
  It: {Type: "AWS::S3::Bucket", Properties: {BucketName: orders}}
  Other: {Type: "AWS::S3::Bucket", Properties: {BucketName: logs}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: orders
      PolicyDocument: {Statement: {Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": false}}}}
`)
	other := &Subject{Program: s.Program, App: s.App, Resource: s.App.Resource("Other"), index: s.shared()}
	for subject, want := range map[*Subject]string{s: "-", other: "!"} {
		if got := verdict(bucketTLSNotEnforced(subject)); got != want {
			t.Errorf("%s: %q, want %q", subject.ID(), got, want)
		}
	}
}

func TestIngress(t *testing.T) {
	const (
		database = `{Type: "AWS::RDS::DBInstance", Properties: {VPCSecurityGroups: [!Ref It]}}`
		machine  = `{Type: "AWS::EC2::Instance", Properties: {SecurityGroupIds: [!Ref It]}}`
		function = `{Type: "AWS::Lambda::Function", Properties: {VpcConfig: {SecurityGroupIds: [!Ref It]}}}`
		nothing  = `{Type: "AWS::SQS::Queue"}`
	)
	tests := []struct{ rule, user, wantDatabase, wantAdmin string }{
		{`{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}`, nothing, "!port 5432 (PostgreSQL)", "-"},
		{`{IpProtocol: tcp, FromPort: "22", ToPort: "22", CidrIp: 0.0.0.0/0}`, nothing, "-", "!port 22 (SSH)"},
		{`{IpProtocol: tcp, FromPort: 3306, ToPort: 3389, CidrIpv6: "::/0"}`, machine, "!port 3306 (MySQL)", "-"},
		{`{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}`, machine, "-", "-"},
		{`{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/8}`, database, "-", "-"},
		{`{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: !GetAtt Net.CidrBlock}`, database, "-", "-"},
		{`{IpProtocol: "-1", CidrIp: 0.0.0.0/0}`, database, "!every port", "-"},
		{`{IpProtocol: "-1", CidrIp: 0.0.0.0/0}`, machine, "-", "!every port"},
		{`{IpProtocol: "-1", CidrIp: 0.0.0.0/0}`, function, "-", "-"},
		{`{IpProtocol: "-1", CidrIp: 0.0.0.0/0}`, nothing, "-", "!every port"},
		{`{IpProtocol: tcp, FromPort: 0, ToPort: 65535, CidrIpv6: "::/0"}`, nothing, "-", "!every port"},
		{`{IpProtocol: udp, FromPort: 0, ToPort: 65535, CidrIp: 0.0.0.0/0}`, nothing, "-", "?"},
		{`{IpProtocol: tcp, FromPort: 1024, ToPort: 65535, CidrIp: 0.0.0.0/0}`, nothing, "-", "?"},
		{`{IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}`, machine, "-", "-"},
		{`{IpProtocol: tcp, FromPort: !Ref Given, ToPort: !Ref Given, CidrIp: 0.0.0.0/0}`, machine, "?", "?"},
		{`{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: !Ref Given}`, machine, "?", "-"},
	}
	for _, test := range tests {
		template := `
Parameters:
  Given: {Type: String}
Resources:
  Net: {Type: "AWS::EC2::VPC"}
  It: {Type: "AWS::EC2::SecurityGroup", Properties: {SecurityGroupIngress: [` + test.rule + `]}}
  User: ` + test.user + "\n"
		got := []string{
			verdict(policyChecks()["database-port-open-to-world"](resourceOf(t, template))),
			verdict(policyChecks()["admin-port-open-to-world"](resourceOf(t, template))),
		}
		if diff := cmp.Diff([]string{test.wantDatabase, test.wantAdmin}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.rule, diff)
		}
	}
}

func TestResourceConditionsAreWorlds(t *testing.T) {
	template := `
Parameters:
  Stage: {Type: String, Default: prod, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  It: {Type: "AWS::RDS::DBInstance", Condition: IsProd, Properties: {MasterUserPassword: hunter22}}
`
	a := databasePassword(resourceOf(t, template))
	if got := verdict(a); got != "! when Stage=prod" || a.Hits[0].Confidence != "likely" {
		t.Errorf("%q with confidence %s, want it likely when Stage=prod", got, a.Hits[0].Confidence)
	}
}

func TestIrrelevantParametersAreNoWorlds(t *testing.T) {
	a := policyChecks()["action-wildcard"](resourceOf(t, oneRole(
		`{Effect: !If [IsDev, Allow, Deny], Action: "s3:*", Resource: !Sub "arn:aws:s3:::${Given}-${Stage}"}`)))
	if got := verdict(a); got != "!s3:* when Stage=dev" || a.Hits[0].Confidence != "possible" {
		t.Errorf("%q with confidence %s, want it possible when Stage=dev", got, a.Hits[0].Confidence)
	}
}

func TestScopableActionsAreWellFormed(t *testing.T) {
	for service, list := range scopableActions {
		names := strings.Fields(list)
		if len(names) == 0 || service != strings.ToLower(service) {
			t.Errorf("%q: no actions, or not in lower case", service)
		}
		if slices.Contains(names, "PassRole") {
			t.Error("iam:PassRole has a rule of its own")
		}
	}
}

func TestAnchorsStayWhenStatementsAreAdded(t *testing.T) {
	const last = `{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::orders/*"}`
	ask := policyChecks()["action-wildcard"]
	alone := ask(resourceOf(t, oneRole(`[`+last+`]`))).Hits
	after := ask(resourceOf(t, oneRole(`[{Effect: Allow, Action: "sqs:*", Resource: "*"}, `+last+`]`))).Hits
	if len(alone) != 1 || len(after) != 2 || alone[0].Anchor != after[1].Anchor || after[0].Anchor == after[1].Anchor {
		t.Errorf("each statement has an anchor of its own that stays: %+v, %+v", alone, after)
	}
}
