package sast_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

// generated is an application that a test makes.
type generated struct {
	template strings.Builder
	files    map[string]string
}

func newGenerated() *generated {
	g := &generated{files: map[string]string{}}
	g.template.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nGlobals:\n  Function: {Runtime: nodejs22.x, CodeUri: src/}\nResources:\n")
	return g
}

// function adds a function with its code, and properties as YAML in one line each.
func (g *generated) function(name, code string, properties ...string) {
	fmt.Fprintf(&g.template, "  %s:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: %s.handler\n", name, name)
	for _, p := range properties {
		fmt.Fprintf(&g.template, "      %s\n", p)
	}
	g.files["src/"+name+".js"] = code
}

func (g *generated) resource(text string) { g.template.WriteString(text) }

func (g *generated) scan(t *testing.T) *scan.Scan {
	t.Helper()
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	g.files["template.yaml"] = g.template.String()
	for path, text := range g.files {
		file := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"sast"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	public = "Events: {Call: {Type: HttpApi, Properties: {Path: /%s, Method: post}}}"
	may    = "Policies: [{Statement: [{Effect: Allow, Action: '%s', Resource: '*'}]}]"
)

func invoking(to string) string {
	return "const {LambdaClient, InvokeCommand} = require('@aws-sdk/client-lambda'); const l = new LambdaClient({});\n" +
		"exports.handler = async (event) => { const x = event.body ? JSON.parse(event.body) : event;\n" +
		"  await l.send(new InvokeCommand({FunctionName: process.env.NEXT, Payload: JSON.stringify({x: x.x})})); };\n// " + to
}

const running = "const {execSync} = require('child_process');\nexports.handler = async (event) => execSync('run ' + event.x);\n"

// calls is how many edges there are without the answers of calls.
func calls(s *scan.Scan) int {
	n := 0
	for _, e := range s.Graph.Edges {
		if e.Kind != "answer" {
			n++
		}
	}
	return n
}

func only(t *testing.T, s *scan.Scan, id string) finding.Finding {
	t.Helper()
	var out []finding.Finding
	for _, f := range s.Result.Findings {
		if f.Rule == id {
			out = append(out, f)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d findings of %s, want one", len(out), id)
	}
	return out[0]
}

// A chain of functions is followed from its end to its door, and what is asked on the way grows with its edges.
func TestChain(t *testing.T) {
	asked := map[int]int{}
	for _, n := range []int{50, 200} {
		g := newGenerated()
		for i := range n {
			name := fmt.Sprintf("F%03d", i)
			next := fmt.Sprintf("F%03d", i+1)
			if i == n-1 {
				g.function(name, running)
				continue
			}
			properties := []string{fmt.Sprintf("Environment: {Variables: {NEXT: !Ref %s}}", next), fmt.Sprintf(may, "lambda:InvokeFunction")}
			if i == 0 {
				properties = append(properties, fmt.Sprintf(public, name))
			}
			g.function(name, invoking(next), properties...)
		}
		s := g.scan(t)
		if calls(s) != n-1 {
			t.Fatalf("%d edges, want %d", calls(s), n-1)
		}
		f := only(t, s, "os-command-injection")
		if len(f.Path) != n || f.Path[0] != "F000" || f.Exposure != model.Public {
			t.Errorf("path of %d from %s, %s", len(f.Path), f.Path[0], f.Exposure)
		}
		asked[n] = s.Graph.Questions()
	}
	if asked[200] > 5*asked[50] {
		t.Errorf("what is asked does not grow with the edges: %v", asked)
	}
}

// Fifty functions that each send to fifty others are as many edges, and each is asked for once.
func TestMesh(t *testing.T) {
	const n = 50
	g := newGenerated()
	var names []string
	for i := range n {
		name := fmt.Sprintf("T%02d", i)
		names = append(names, "process.env."+name)
		g.function(name, running)
	}
	for i := range n {
		var env []string
		for j := range n {
			env = append(env, fmt.Sprintf("T%02d: !Ref T%02d", j, j))
		}
		code := "const {LambdaClient, InvokeCommand} = require('@aws-sdk/client-lambda'); const l = new LambdaClient({});\nexports.handler = async (event) => {\n"
		for _, to := range names {
			code += "  await l.send(new InvokeCommand({FunctionName: " + to + ", Payload: JSON.stringify({x: event.body})}));\n"
		}
		name := fmt.Sprintf("S%02d", i)
		g.function(name, code+"};\n", "Environment: {Variables: {"+strings.Join(env, ", ")+"}}", fmt.Sprintf(may, "lambda:InvokeFunction"), fmt.Sprintf(public, name))
	}
	s := g.scan(t)
	if calls(s) != n*n {
		t.Errorf("%d edges, want %d", calls(s), n*n)
	}
	if q := s.Graph.Questions(); q > 3*n*n {
		t.Errorf("%d questions for %d edges", q, n*n)
	}
	doors := 0
	for _, f := range s.Result.Findings {
		if f.Rule == "os-command-injection" {
			doors = max(doors, len(f.Doors))
		}
	}
	if doors != n {
		t.Errorf("%d doors, want %d", doors, n)
	}
}

// Functions that call each other, and one that calls itself with more around what it got each time, come to an end.
func TestCircles(t *testing.T) {
	g := newGenerated()
	wrap := "const {LambdaClient, InvokeCommand} = require('@aws-sdk/client-lambda'); const l = new LambdaClient({});\n" +
		"const {execSync} = require('child_process');\n" +
		"exports.handler = async (event) => { execSync('run ' + event.x);\n" +
		"  await l.send(new InvokeCommand({FunctionName: process.env.NEXT, Payload: JSON.stringify({x: event.x.x, y: {x: event}})})); };\n"
	for i := range 3 {
		g.function(fmt.Sprintf("C%d", i), wrap, fmt.Sprintf("Environment: {Variables: {NEXT: !Sub '${AWS::StackName}-C%d'}}", (i+1)%3), fmt.Sprintf("FunctionName: !Sub '${AWS::StackName}-C%d'", i), fmt.Sprintf(may, "lambda:InvokeFunction"))
	}
	g.function("Own", strings.ReplaceAll(wrap, "event.x.x", "event.x"), "FunctionName: own", "Environment: {Variables: {NEXT: own}}", fmt.Sprintf(may, "lambda:InvokeFunction"))
	g.function("Door", strings.ReplaceAll(invoking("C0"), "x.x}", "x}"), "FunctionName: door", "Environment: {Variables: {NEXT: !Ref C0}}", fmt.Sprintf(may, "lambda:InvokeFunction"), fmt.Sprintf(public, "door"))
	s := g.scan(t)
	if calls(s) != 5 {
		t.Errorf("%d edges, want 5", calls(s))
	}
	reached := map[string]bool{}
	for _, f := range s.Result.Findings {
		if f.Rule == "os-command-injection" {
			reached[f.Called()] = len(f.Path) > 0
		}
	}
	if want := (map[string]bool{"C0": true, "C1": true, "C2": true, "Own": false}); fmt.Sprint(reached) != fmt.Sprint(want) {
		t.Errorf("reached %v, want %v", reached, want)
	}
}

// A state machine of thousands of states carries its input to the last of them, and takes the time that its states take.
func TestLongMachine(t *testing.T) {
	const n = 3_000
	g := newGenerated()
	var states strings.Builder
	for i := range n {
		fmt.Fprintf(&states, "          S%04d: {Type: Pass, Next: S%04d}\n", i, i+1)
	}
	fmt.Fprintf(&states, "          S%04d: {Type: Task, Resource: !GetAtt Run.Arn, End: true}\n", n)
	g.resource("  Machine:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Run}}]\n      Definition:\n        StartAt: S0000\n        States:\n" + states.String())
	g.function("Run", running)
	g.function("Start", "const {SFNClient, StartExecutionCommand} = require('@aws-sdk/client-sfn'); const s = new SFNClient({});\n"+
		"exports.handler = async (event) => s.send(new StartExecutionCommand({stateMachineArn: process.env.M, input: event.body}));\n",
		"Environment: {Variables: {M: !Ref Machine}}", fmt.Sprintf(may, "states:StartExecution"), fmt.Sprintf(public, "start"))
	f := only(t, g.scan(t), "os-command-injection")
	if got := strings.Join(f.Path, " > "); got != "Start > Machine > Run" {
		t.Errorf("path %s", got)
	}
}

// A topic with hundreds of receivers, and a table that a function writes what it has read from it.
func TestFanOut(t *testing.T) {
	const n = 300
	g := newGenerated()
	g.resource("  Topic: {Type: AWS::SNS::Topic}\n  Table:\n    Type: AWS::DynamoDB::Table\n    Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}]}\n")
	receiver := "const {execSync} = require('child_process');\nexports.handler = async (event) => { for (const r of event.Records) execSync('run ' + r.Sns.Message); };\n"
	for i := range n {
		g.function(fmt.Sprintf("R%03d", i), receiver, "Events: {T: {Type: SNS, Properties: {Topic: !Ref Topic}}}")
	}
	g.function("Send", "const {SNSClient, PublishCommand} = require('@aws-sdk/client-sns'); const s = new SNSClient({});\n"+
		"exports.handler = async (event) => s.send(new PublishCommand({TopicArn: process.env.T, Message: event.body}));\n",
		"Environment: {Variables: {T: !Ref Topic}}", fmt.Sprintf(may, "sns:Publish"), fmt.Sprintf(public, "send"))
	g.function("Again", "const {DynamoDBClient} = require('@aws-sdk/client-dynamodb'); const {DynamoDBDocumentClient, GetCommand, PutCommand} = require('@aws-sdk/lib-dynamodb');\n"+
		"const {execSync} = require('child_process'); const d = DynamoDBDocumentClient.from(new DynamoDBClient({}));\n"+
		"exports.handler = async () => { const {Item} = await d.send(new GetCommand({TableName: process.env.TABLE, Key: {id: 'a'}})); execSync('run ' + Item.x.x);\n"+
		"  await d.send(new PutCommand({TableName: process.env.TABLE, Item: {id: 'a', x: {x: Item, y: Item.x}}})); };\n",
		"Environment: {Variables: {TABLE: !Ref Table}}", fmt.Sprintf(may, "dynamodb:*"), "Events: {S: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}")
	s := g.scan(t)
	reached := 0
	for _, f := range s.Result.Findings {
		if f.Rule == "os-command-injection" && strings.HasPrefix(f.Called(), "R") && len(f.Path) == 3 {
			reached++
		}
	}
	if reached != n {
		t.Errorf("%d receivers are reached, want %d", reached, n)
	}
}

// Every state of a long machine calls a function with all that the states before it kept: what is asked is shared by the states, and what is
// too much is said.
func TestKeepingMachine(t *testing.T) {
	for _, test := range []struct {
		states, functions int
		complete          bool
	}{{600, 20, true}, {200, 200, false}} {
		g := newGenerated()
		g.resource("  Machine:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Policies: [{LambdaInvokePolicy: {FunctionName: '*'}}]\n      Definition:\n        StartAt: S0000\n        States:\n")
		for i := range test.states {
			next := fmt.Sprintf("Next: S%04d", i+1)
			if i == test.states-1 {
				next = "End: true"
			}
			g.resource(fmt.Sprintf("          S%04d: {Type: Task, Resource: !GetAtt F%03d.Arn, Parameters: {x.$: $.x, all.$: $}, ResultPath: $.r%d, %s}\n", i, i%test.functions, i, next))
		}
		for i := range test.functions {
			g.function(fmt.Sprintf("F%03d", i), "const {execSync} = require('child_process');\nexports.handler = async (event) => { execSync('run ' + event.x); return {x: event.x}; };\n")
		}
		g.function("Start", "const {SFNClient, StartExecutionCommand} = require('@aws-sdk/client-sfn'); const s = new SFNClient({});\n"+
			"exports.handler = async (event) => s.send(new StartExecutionCommand({stateMachineArn: process.env.M, input: event.body}));\n",
			"Environment: {Variables: {M: !Ref Machine}}", fmt.Sprintf(may, "states:StartExecution"), fmt.Sprintf(public, "start"))
		s := g.scan(t)
		if s.Result.Complete != test.complete {
			t.Errorf("%d functions: complete %v, want %v", test.functions, s.Result.Complete, test.complete)
		}
		reached := 0
		for _, f := range s.Result.Findings {
			if f.Rule == "os-command-injection" && f.Exposure == model.Public {
				reached++
			}
		}
		if reached != test.functions {
			t.Errorf("%d of %d functions are reached", reached, test.functions)
		}
	}
}
