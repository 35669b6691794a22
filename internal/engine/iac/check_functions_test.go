package iac

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/data"
	"wardlet.example/internal/assemble"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/repo"
)

// read makes a program of one template.
func read(t *testing.T, template string) *link.Program {
	t.Helper()
	dir := t.TempDir()
	name := "template.yaml"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := repo.Open(dir, repo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	ws, _ := assemble.Workspace(context.Background(), r, dir, assemble.Options{Jobs: 1})
	return link.Build(ws)
}

// ask gives the answers of a named check to all subjects of a word: what the hits point at and say, or why it is not known.
func ask(t *testing.T, name, word, template string) []string {
	t.Helper()
	var out []string
	for _, s := range subjects(read(t, template), word) {
		answer := functionChecks()[name](s)
		for _, h := range answer.Hits {
			line := s.ID()
			for _, part := range append([]string{h.At, h.Detail}, worlds(h.Worlds)...) {
				if part != "" {
					line += " " + part
				}
			}
			out = append(out, line)
		}
		if answer.Unknown != "" && len(answer.Hits) == 0 {
			out = append(out, s.ID()+" not checked: "+answer.Unknown)
		}
	}
	return out
}

func subjects(p *link.Program, word string) []*Subject {
	var out []*Subject
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, app := range p.Apps {
		for _, f := range app.Functions {
			if word == "function" {
				out = append(out, &Subject{Program: p, App: app, Resource: f.Resource, Function: f, Now: day})
			}
		}
		for _, r := range app.Roles {
			if word == "role" {
				out = append(out, &Subject{Program: p, App: app, Resource: r.Resource, Role: r, Now: day})
			}
		}
		for _, r := range app.Resources {
			if r.Type == word {
				out = append(out, &Subject{Program: p, App: app, Resource: r, Now: day})
			}
		}
	}
	return out
}

// stages declares a parameter and conditions that the templates below use.
const stages = `
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Free: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
`

func TestChecks(t *testing.T) {
	for _, c := range []struct {
		name, check, on, template string
		want                      []string
	}{
		{
			name: "any origin in one of several stages", check: "cors-any-origin", on: "AWS::Lambda::Url",
			template: stages + `
Resources:
  A: {Type: AWS::Lambda::Url, Properties: {Cors: {AllowOrigins: [https://a.example.com, !If [IsProd, https://b.example.com, "*"]]}}}
  B: {Type: AWS::Lambda::Url, Properties: {Cors: {AllowOrigins: [!Ref Free]}}}
  C: {Type: AWS::Lambda::Url, Condition: IsProd, Properties: {Cors: {AllowOrigins: "*"}}}
`,
			want: []string{
				"A Cors.AllowOrigins[1] Stage=dev",
				"B not checked: parameter Free has no default (template.yaml:4:3)",
				"C Cors.AllowOrigins[0] Stage=prod",
			},
		},
		{
			name: "any origin and credentials must meet in one stage", check: "cors-any-origin-with-credentials", on: "AWS::Lambda::Url",
			template: stages + `
Resources:
  Apart: {Type: AWS::Lambda::Url, Properties: {Cors: {AllowOrigins: [!If [IsProd, https://a.example.com, "*"]], AllowCredentials: !If [IsProd, true, false]}}}
  Together: {Type: AWS::Lambda::Url, Properties: {Cors: {AllowOrigins: [!If [IsProd, https://a.example.com, "https://*"]], AllowCredentials: !If [IsProd, false, true]}}}
`,
			want: []string{"Together Cors.AllowOrigins[0] Stage=dev"},
		},
		{
			name: "origins of a preflight, each with the credentials beside it", check: "cors-any-origin-with-credentials", on: "AWS::ApiGateway::Method",
			template: `
Resources:
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      Integration:
        IntegrationResponses:
          - ResponseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'"}
          - ResponseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'", method.response.header.Access-Control-Allow-Credentials: "'true'"}
`,
			want: []string{"M Integration.IntegrationResponses[1].ResponseParameters." + preflightOrigin},
		},
		{
			name: "tracing of bodies, unless nothing is logged", check: "stage-logs-request-bodies", on: "AWS::ApiGateway::Stage",
			template: stages + `
Resources:
  S:
    Type: AWS::ApiGateway::Stage
    Properties:
      MethodSettings:
        - {DataTraceEnabled: false}
        - {DataTraceEnabled: true, LoggingLevel: "OFF"}
        - {DataTraceEnabled: "true", LoggingLevel: ERROR}
        - {DataTraceEnabled: true, LoggingLevel: !If [IsProd, "OFF", INFO]}
        - {DataTraceEnabled: true}
`,
			want: []string{
				"S MethodSettings[2].DataTraceEnabled",
				"S MethodSettings[4].DataTraceEnabled",
			},
		},
		{
			name: "a cache counts only where the stage has one", check: "cache-not-encrypted", on: "AWS::ApiGateway::Stage",
			template: `
Resources:
  On: {Type: AWS::ApiGateway::Stage, Properties: {CacheClusterEnabled: true, MethodSettings: [{CachingEnabled: true}, {CachingEnabled: true, CacheDataEncrypted: true}]}}
  Off: {Type: AWS::ApiGateway::Stage, Properties: {MethodSettings: [{CachingEnabled: true}]}}
`,
			want: []string{"On MethodSettings[0].CachingEnabled"},
		},
		{
			name: "plain HTTP to the internet", check: "integration-over-http", on: "AWS::ApiGatewayV2::Integration",
			template: stages + `
Resources:
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Plain: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: http://a.example.com}}
  Host: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !Sub "http://${Free}/orders"}}
  Secure: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: https://a.example.com}}
  Near: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: "http://10.0.1.7:8080/"}}
  Linked: {Type: AWS::ApiGatewayV2::Integration, Properties: {ConnectionType: VPC_LINK, IntegrationUri: http://a.example.com}}
  Function: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !GetAtt Fn.Arn}}
  Any: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !Ref Free}}
`,
			want: []string{
				"Plain IntegrationUri", "Host IntegrationUri",
				"Any not checked: parameter Free has no default (template.yaml:4:3)",
			},
		},
		{
			name: "old TLS in any configuration", check: "domain-old-tls", on: "AWS::ApiGatewayV2::DomainName",
			template: `
Resources:
  D: {Type: AWS::ApiGatewayV2::DomainName, Properties: {DomainNameConfigurations: [{SecurityPolicy: TLS_1_2}, {SecurityPolicy: TLS_1_0}, {}]}}
`,
			want: []string{"D DomainNameConfigurations[1].SecurityPolicy"},
		},
		{
			name: "viewers over HTTP, in each behaviour", check: "viewer-protocol-allows-http", on: "AWS::CloudFront::Distribution",
			template: `
Resources:
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior: {ViewerProtocolPolicy: allow-all}
        CacheBehaviors: [{ViewerProtocolPolicy: https-only}, {ViewerProtocolPolicy: allow-all}]
`,
			want: []string{"D DefaultCacheBehavior.ViewerProtocolPolicy", "D CacheBehaviors[1].ViewerProtocolPolicy"},
		},
		{
			name: "origins over HTTP, without websites of S3", check: "origin-over-http", on: "AWS::CloudFront::Distribution",
			template: stages + `
Resources:
  B: {Type: AWS::S3::Bucket}
  L: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - {DomainName: pages.s3-website-eu-west-1.amazonaws.com, CustomOriginConfig: {OriginProtocolPolicy: http-only}}
          - {DomainName: !Sub "${B}.s3-website.eu-central-1.amazonaws.com", CustomOriginConfig: {OriginProtocolPolicy: http-only}}
          - {DomainName: !GetAtt L.DNSName, CustomOriginConfig: {OriginProtocolPolicy: http-only}}
          - {DomainName: web.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
  E:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Origins: [{DomainName: !Ref Free, CustomOriginConfig: {OriginProtocolPolicy: http-only}}]}}
`,
			want: []string{
				"D DistributionConfig.Origins[2].CustomOriginConfig.OriginProtocolPolicy",
				"E not checked: parameter Free has no default (template.yaml:4:3)",
			},
		},
		{
			name: "what becomes of events that nobody waits for", check: "async-without-failure-destination", on: "function",
			template: `
Resources:
  Lost: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Kept: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Waited: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Rule: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !GetAtt Lost.Arn}, {Arn: !GetAtt Kept.Arn}]}}
  Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Waited}}
  Config: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref Kept, DestinationConfig: {OnFailure: {Destination: arn:aws:sqs:eu-west-1:111122223333:failed}}}}
`,
			want: []string{"Lost"},
		},
		{
			name: "where failed records go", check: "mapping-without-failure-destination", on: "AWS::Lambda::EventSourceMapping",
			template: stages + `
Resources:
  Jobs: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn}}}
  Failed: {Type: AWS::SQS::Queue}
  Alone: {Type: AWS::SQS::Queue}
  A: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Jobs.Arn}}
  B: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Failed.Arn}}
  C: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Alone.Arn}}
  D: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !Sub "arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/clicks"}}
  E: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Free}"}}
  F: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !Ref Free}}
  G: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !Ref Free, DestinationConfig: {OnFailure: {Destination: !GetAtt Failed.Arn}}}}
`,
			want: []string{
				"D DestinationConfig records",
				"F not checked: parameter Free has no default (template.yaml:4:3)",
			},
		},
		{
			name: "functions and their log groups", check: "log-group-without-retention", on: "function",
			template: `
Resources:
  None: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Referred: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Named: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, FunctionName: orders}}
  Told: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, LoggingConfig: {LogGroup: shared}}}
  A: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "/aws/lambda/${Referred}"}}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /aws/lambda/orders}}
  C: {Type: AWS::Logs::LogGroup}
`,
			want: []string{"None"},
		},
		{
			name: "log groups without an end", check: "log-group-without-retention", on: "AWS::Logs::LogGroup",
			template: stages + `
Resources:
  Ever: {Type: AWS::Logs::LogGroup}
  Year: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 365}}
  Some: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !If [IsProd, 365, !Ref AWS::NoValue]}}
`,
			want: []string{"Ever RetentionInDays", "Some RetentionInDays Stage=dev"},
		},
		{
			name: "public functions without a limit", check: "reserved-concurrency-missing", on: "function",
			template: `
Resources:
  Open: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  Limited: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, ReservedConcurrentExecutions: 5}}
  Inner: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}
  A: {Type: AWS::Lambda::Url, Properties: {AuthType: NONE, TargetFunctionArn: !Ref Open}}
  B: {Type: AWS::Lambda::Url, Properties: {AuthType: NONE, TargetFunctionArn: !Ref Limited}}
`,
			want: []string{"Open"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, ask(t, c.check, c.on, c.template)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSharedRole(t *testing.T) {
	const both = "Role Orders and Search share one role, so each of them may use "
	allow := func(statement string) string {
		return "Policies: [{PolicyDocument: {Statement: [{" + statement + ", Resource: '*'}]}}]"
	}
	for role, want := range map[string][]string{
		allow(`Effect: Allow, Action: ["logs:PutLogEvents", "s3:GetObject"]`):                                         {both + "s3:GetObject"},
		allow(`Effect: Allow, Action: ["s3:GetObject", "dynamodb:PutItem", "sqs:ReceiveMessage"]`):                    {both + "dynamodb:PutItem"},
		allow(`Effect: Allow, Action: ["s3:GetObject", "dynamodb:PutItem", "sqs:*"]`):                                 {both + "sqs:*"},
		allow(`Effect: Allow, Action: "s3:*"`) + ", ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]": {both + "AdministratorAccess"},
		allow(`Effect: Allow, Action: "*"`):                                                                           {both + "*"},
		allow(`Effect: Allow, NotAction: "iam:*"`):                                                                    {both + "everything but some actions"},
		allow(`Effect: Allow, Action: ["logs:*", "xray:Put*"]`):                                                       nil,
		allow(`Effect: Allow, Action: "ec2:CreateNetworkInterface"`):                                                  nil,
		allow(`Effect: Deny, Action: "s3:*"`):                                                                         nil,
		`ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]`:                                            {both + "AdministratorAccess"},
		`ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]`:                   nil,
		`ManagedPolicyArns: [!Ref Policy]`:                                                                            {both + "sqs:SendMessage"},
		`ManagedPolicyArns: [!ImportValue for-all]`:                                                                   {"Role not checked: imported from another stack: for-all (template.yaml:5:65)"},
		allow(`Effect: Allow, Action: !ImportValue a`):                                                                {"Role not checked: imported from another stack: a (template.yaml:5:110)"},
	} {
		template := `
Resources:
  Orders: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Role: !GetAtt Role.Arn}}
  Search: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Role: !GetAtt Role.Arn}}
  Role: {Type: AWS::IAM::Role, Properties: {` + role + `}}
  Policy: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]}}}
`
		if diff := cmp.Diff(want, ask(t, "shared-role", "role", template)); diff != "" {
			t.Errorf("%s -want +got:\n%s", role, diff)
		}
	}
}

func TestRoleOfOneFunctionIsNotAsked(t *testing.T) {
	p := read(t, `
Resources:
  Orders: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Role: !GetAtt Role.Arn}}
  Role: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]}}
`)
	if answer := sharedRole(subjects(p, "role")[0]); !answer.Skip {
		t.Errorf("got %+v", answer)
	}
}

func TestEnumerate(t *testing.T) {
	for want, names := range map[string][]string{
		"a and b":                      {"a", "b"},
		"a, b, c and d":                {"a", "b", "c", "d"},
		"a, b, c and 2 more functions": {"a", "b", "c", "d", "e"},
	} {
		if got := enumerate(names); got != want {
			t.Errorf("%v: got %q, want %q", names, got, want)
		}
	}
}

func TestRuntimeEndOfLife(t *testing.T) {
	table := map[string]data.Runtime{
		"node1":  {Deprecated: "2026-10-31", UpdateBlocked: "2027-03-03"},
		"node2":  {Deprecated: "2025-01-01", UpdateBlocked: "2026-02-01"},
		"node3":  {Deprecated: "2025-01-01"},
		"node4":  {Deprecated: "2026-11-02"},
		"python": {Deprecated: "2024-05-14", UpdateBlocked: "true"},
	}
	for runtime, want := range map[string]string{
		"node1":      "node1, which has had no security patches since 2026-10-31 and cannot be updated from 2027-03-03",
		"node2":      "node2, which has had no security patches since 2025-01-01 and can no longer be updated",
		"node3":      "node3, which has had no security patches since 2025-01-01",
		"node4":      "",
		"node99":     "",
		"python":     "python, which has had no security patches since 2024-05-14 and can no longer be updated",
		"!Ref Stage": "",
	} {
		p := read(t, "Resources: {Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: "+runtime+"}}}")
		answer := runtimeEndOfLife(table)(subjects(p, "function")[0])
		got := ""
		for _, h := range answer.Hits {
			got = h.Detail
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", runtime, got, want)
		}
		if (answer.Unknown != "") != (runtime == "!Ref Stage") {
			t.Errorf("%s: not checked because of %q", runtime, answer.Unknown)
		}
	}
}

func TestRuntimeOfImageIsNotAsked(t *testing.T) {
	p := read(t, "Resources: {Fn: {Type: AWS::Lambda::Function, Properties: {PackageType: Image}}}")
	if answer := runtimeEndOfLife(data.Runtimes())(subjects(p, "function")[0]); !answer.Skip {
		t.Errorf("got %+v", answer)
	}
}

func TestRuntimeBesideAnImageIsNotUsed(t *testing.T) {
	for _, props := range []string{"PackageType: Image", "Code: {ImageUri: orders}"} {
		p := read(t, "Resources: {Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.8, "+props+"}}}")
		if answer := runtimeEndOfLife(data.Runtimes())(subjects(p, "function")[0]); len(answer.Hits) > 0 || answer.Unknown != "" {
			t.Errorf("%s: got %+v", props, answer)
		}
	}
}

func TestSpotsAreBounded(t *testing.T) {
	v := model.NewString("x", model.Origin{})
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
		v = model.NewOneOf(name, []model.Choice{{Label: "1", Value: v}, {Label: "2", Value: model.NewList([]*model.Value{v, v}, model.Origin{})}}, 0, model.Origin{})
	}
	s := &Subject{App: &model.App{}, Resource: &model.Resource{Props: v}}
	if n := len(s.spots(v, "*")); n != maxSpots {
		t.Errorf("got %d spots", n)
	}
}
