package asl_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/model"
)

// one is a state machine with the one state S.
func one(state string) *model.Value {
	return model.NewString(`{"StartAt": "S", "States": {"S": `+state+`}}`, nowhere)
}

// What a leaf of Parameters reads, by the text of its path.
func TestPaths(t *testing.T) {
	tests := []struct{ path, want string }{
		{`$`, "input $"},
		{`$.a.b`, "input $.a.b"},
		{`$.a-b_c.ü`, "input $.a-b_c.ü"},
		{`$['a b'].c`, "input $.a b.c"},
		{`$.list[12]`, "input $.list[12]"},
		{`$.list[-1]`, "something of input $.list"},
		{`$.list[0:2]`, "something of input $.list"},
		{`$.list[*].a`, "something of input $.list"},
		{`$.list[?(@.a == 'x, y)')].b`, "something of input $.list"},
		{`$..a`, "something of input $"},
		{`$.a.*`, "something of input $.a"},
		{`$$`, "context $"},
		{`$$.Execution.Input.a`, "context $.Execution.Input.a"},
		{`$$.Map.Item.Value`, "context $.Map.Item.Value"},
		{`$order`, "variable order $"},
		{`$order.items[0]`, "variable order $.items[0]"},
		{` $.a `, "input $.a"},
		{`States.Format('{}', $.a)`, "States.Format of input $.a"},
		{`States.Format('{} {}', $.a, $.a)`, "States.Format of input $.a"},
		{`States.Format('it\'s {}, {}', $$.Execution.Id, $user.name)`, "States.Format of context $.Execution.Id, variable user $.name"},
		{`States.Array(States.Base64Encode($.a), States.Hash('x', 'SHA-1'))`, "States.Array of input $.a"},
		{`States.JsonMerge($.a, $.b, false)`, "States.JsonMerge of input $.a, input $.b"},
		{`States.ArrayContains($.list[?(@.a)], 3)`, "States.ArrayContains of input $.list"},
		{`States.UUID()`, "States.UUID of unknown"},
		{`States.MathAdd(1, 2)`, "States.MathAdd of constant"},
		{`States.Format('{}'`, "States.Format of unknown"},
		{`States.Format('{})`, "States.Format of unknown"},
		{`States.Format($.a) and more`, "States.Format of input $.a, unknown"},
		{`Format($.a)`, "something of unknown"},
		{`a.b`, "something of unknown"},
		{``, "something of unknown"},
	}
	for _, test := range tests {
		quoted := strings.ReplaceAll(test.path, `\`, `\\`)
		m, _ := asl.Parse(one(`{"Type": "Pass", "Parameters": {"x.$": "` + quoted + `"}, "End": true}`))
		leaves := m.State("S").Inputs()
		if len(leaves) != 1 || sources(leaves[0]) != test.want {
			t.Errorf("%s: %v, want %s", test.path, leaves, test.want)
		}
	}
}

// What a JSONata expression reads.
func TestExpressions(t *testing.T) {
	tests := []struct{ expression, want string }{
		{`$states.input`, "input $"},
		{`$states.input.a.b[0]`, "input $.a.b[0]"},
		{`$states.input.a[b=1].c`, "something of input $.a"},
		{`$states.context.Execution.Input`, "context $.Execution.Input"},
		{`$states.result.Payload`, "result $.Payload"},
		{`$states.errorOutput.Cause`, "error $.Cause"},
		{`$states[0]`, "something of unknown"},
		{`$total`, "variable total $"},
		{`$total.euro`, "variable total $.euro"},
		{`$total - $rebate`, "something of variable total $, variable rebate $"},
		{`$total-$rebate`, "something of variable total $, variable rebate $"},
		{`$sum($states.input.prices)`, "something of input $.prices"},
		{`$sum ($a)`, "something of variable a $"},
		{`'$states.input'`, "something of constant"},
		{`"say \"$x\"" & $y`, "something of variable y $"},
		{"`$x`.a", "something of constant"},
		{`$a / $b`, "something of variable a $, variable b $, unknown"},
		{`($x := $states.input.a; $x.b)`, "something of input $.a"},
		{`$map($a, function($v, $i) { $v + $i })`, "something of variable a $"},
		{`$map($a, λ($v) { $v })`, "something of variable a $"},
		{`$states.input.list.($.a)`, "something of input $.list"},
		{``, "something of constant"},
		{`"unclosed $x`, "something of constant"},
	}
	for _, test := range tests {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(test.expression)
		m, _ := asl.Parse(one(`{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "x", "Arguments": {"x": "{% ` + quoted + ` %}"}, "End": true}`))
		leaves := m.State("S").Inputs()
		if len(leaves) != 1 || sources(leaves[0]) != test.want {
			t.Errorf("%s: %v, want %s", test.expression, leaves, test.want)
		}
	}
}

// Where the language is not known, both ways of writing are looked for.
func TestUnknownLanguage(t *testing.T) {
	v := text(`{"StartAt": "S", "QueryLanguage": "${?}", "States": {"S": {"Type": "Task", "Resource": "${F.Arn}", "End": true,
		"Arguments": {"a": "{% $states.input.a %}", "b.$": "$.b", "c": "c"}}}}`)
	m, problems := asl.Parse(v)
	var got []string
	for _, l := range m.State("S").Inputs() {
		got = append(got, l.Path+" <- "+sources(l))
	}
	want := []string{"a <- input $.a", "b <- input $.b", "c <- constant c"}
	if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
		t.Errorf("%s\nproblems %v", diff, problems)
	}
}

// Open parts inside a path or an expression keep it from being followed exactly.
func TestOpenPartsInPaths(t *testing.T) {
	tests := []struct{ state, want string }{
		{`{"Type": "Pass", "Parameters": {"x.$": "$.${Field}"}, "End": true}`, "something of input $"},
		{`{"Type": "Pass", "Parameters": {"x.$": "$.a.${Field}.b"}, "End": true}`, "something of input $.a"},
		{`{"Type": "Pass", "Parameters": {"x.$": "${Path}"}, "End": true}`, "something of unknown"},
		{`{"Type": "Pass", "Parameters": {"x.$": "States.Format('${Host}/{}', $.a)"}, "End": true}`, "States.Format of constant, input $.a"},
		{`{"Type": "Pass", "Parameters": {"x.$": "States.Format('{}', ${A})"}, "End": true}`, "States.Format of unknown"},
		{`{"Type": "Pass", "Parameters": {"x": "${Bucket}"}, "End": true}`, "constant ${Bucket}"},
		{`{"Type": "Pass", "Parameters": {"x": "https://${Api}.example"}, "End": true}`, "constant https://${Api}.example"},
		{`{"Type": "Pass", "Parameters": {"x": "${?}"}, "End": true}`, "something of unknown"},
		{`{"Type": "Task", "QueryLanguage": "JSONata", "Arguments": {"x": "{% $states.input.a & '${Stage}' %}"}, "End": true}`, "something of input $.a, unknown"},
	}
	for _, test := range tests {
		m, _ := asl.Parse(text(`{"StartAt": "S", "States": {"S": ` + test.state + `}}`))
		if leaves := m.State("S").Inputs(); len(leaves) != 1 || sources(leaves[0]) != test.want {
			t.Errorf("%s: %v, want %s", test.state, leaves, test.want)
		}
	}
}

func TestSubstitute(t *testing.T) {
	values := model.NewMap([]model.Field{
		{Key: "Queue", Value: model.NewRef("Queue", "", nowhere)},
		{Key: "Fn.Arn", Value: model.NewRef("Fn", "Arn", nowhere)},
		{Key: "Stage", Value: model.NewString("dev", nowhere)},
		{Key: "Number", Value: model.NewInt(5, nowhere)},
		{Key: "Nothing", Value: model.NewAbsent(nowhere)},
	}, nowhere)
	tests := []struct {
		in, want string
		kind     model.Kind
	}{
		{"${Queue}", "${Queue}", model.Ref},
		{"${Fn.Arn}", "${Fn.Arn}", model.Ref},
		{"${Stage}", "dev", model.String},
		{"${Number}", "5", model.String},
		{"a ${Stage}-${Number} z", "a dev-5 z", model.String},
		{"${Queue}/${Stage}", "${Queue}/dev", model.Text},
		{"${Unlisted}", "${Unlisted}", model.String},
		{"${Nothing}", "${Nothing}", model.String},
		{"${open", "${open", model.String},
		{"plain", "plain", model.String},
	}
	for _, test := range tests {
		got := asl.Substitute(model.NewString(test.in, nowhere), values)
		if got.String() != test.want || got.Kind != test.kind {
			t.Errorf("%s: %s (%s), want %s (%s)", test.in, got, got.Kind, test.want, test.kind)
		}
	}
	unknown := asl.Substitute(model.NewString("${Queue}", nowhere), model.NewPresent("not known", nowhere))
	if unknown.Kind != model.Unknown {
		t.Errorf("with unknown substitutions %s, want it unknown", unknown)
	}
	if v := model.NewString("${Queue}", nowhere); asl.Substitute(v, nil) != v || asl.Substitute(nil, values) != nil {
		t.Error("without substitutions, or without a definition, nothing changes")
	}
}

func TestFromProperties(t *testing.T) {
	const machine = `{StartAt: S, States: {S: {Type: Task, Resource: "${Fn}", End: true}}}`
	tests := []struct {
		name, props string
		ok          bool
		target      string
	}{
		{"a map", "Definition: " + machine + "\nDefinitionSubstitutions: {Fn: 'arn:aws:lambda:eu-west-1:123456789012:function:f'}", true, "arn:aws:lambda:eu-west-1:123456789012:function:f"},
		{"a text", `DefinitionString: '{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "${Fn}", "End": true}}}'` + "\nDefinitionSubstitutions: {Fn: 'arn:aws:lambda:eu-west-1:123456789012:function:f'}", true, "arn:aws:lambda:eu-west-1:123456789012:function:f"},
		{"elsewhere", "DefinitionS3Location: {Bucket: b, Key: k}", false, ""},
	}
	for _, test := range tests {
		m, problems, ok := asl.FromProperties(yaml(t, "template.yaml", test.props))
		if ok != test.ok || len(problems) > 0 {
			t.Errorf("%s: ok %t with %v, want %t", test.name, ok, problems, test.ok)
		}
		if s := m.State("S"); test.target != "" && (s == nil || len(s.Call.Targets) != 1 || s.Call.Targets[0].Value.String() != test.target) {
			t.Errorf("%s: the task does not call %s", test.name, test.target)
		}
	}
}

// A definition that depends on a variable is read as it holds by default.
func TestOneOfDefinitions(t *testing.T) {
	first, second := one(`{"Type": "Succeed"}`), one(`{"Type": "Fail"}`)
	v := model.NewOneOf("Stage", []model.Choice{{Label: "dev", Value: first}, {Label: "prod", Value: second}}, 1, nowhere)
	if m, _ := asl.Parse(v); m.State("S").Type != asl.Fail {
		t.Errorf("read %s, want the default", m.State("S").Type)
	}
}

func TestUnreadableDefinitions(t *testing.T) {
	tests := []struct {
		name    string
		v       *model.Value
		problem string
	}{
		{"nil", nil, ""},
		{"unknown", model.NewUnknown("not known", nowhere), ""},
		{"reference", model.NewRef("Definition", "", nowhere), ""},
		{"absent", model.NewAbsent(nowhere), "the state machine is empty"},
		{"list", model.NewList(nil, nowhere), "the state machine is a list, not a map with StartAt and States"},
		{"JSON list", model.NewString("[]", nowhere), "the state machine is a list, not a map with StartAt and States"},
		{"empty text", model.NewString("", nowhere), "the state machine is not valid JSON: line 1, column 1 of the text: a value is missing"},
		{"open text", text("${?}${?}"), ""},
	}
	for _, test := range tests {
		m, problems := asl.Parse(test.v)
		switch {
		case m == nil || len(m.All()) > 0 || len(m.Flows().Edges) > 0:
			t.Errorf("%s: want an empty machine", test.name)
		case test.problem == "" && len(problems) > 0, test.problem != "" && (len(problems) != 1 || problems[0].Message != test.problem || problems[0].Hint == ""):
			t.Errorf("%s: problems %v, want %q with a way out", test.name, problems, test.problem)
		}
	}
}

// Hostile definitions cost a diagnostic, not time.
func TestLimits(t *testing.T) {
	deep := `{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}`
	for range 60 {
		deep = `{"StartAt": "S", "States": {"S": {"Type": "Parallel", "Branches": [` + deep + `], "End": true}}}`
	}
	many := `{"StartAt": "S", "States": {` + strings.Repeat(`"S": {"Type": "Succeed"},`, 11_000) + `"T": {"Type": "Succeed"}}}`
	names := make([]model.Field, 0, 11_000)
	for i := range 11_000 {
		names = append(names, model.Field{Key: "S" + model.NewInt(i, nowhere).Str, Value: model.NewMap([]model.Field{{Key: "Type", Value: model.NewString("Succeed", nowhere)}}, nowhere)})
	}
	wide := model.NewMap([]model.Field{{Key: "StartAt", Value: model.NewString("S0", nowhere)}, {Key: "States", Value: model.NewMap(names, nowhere)}}, nowhere)
	tests := []struct {
		name string
		v    *model.Value
		want string
	}{
		{"deep", model.NewString(deep, nowhere), "lists and maps inside each other"},
		{"states of one name", model.NewString(many, nowhere), `there are two states "S"`},
		{"many states", wide, "the state machine has over 10000 states"},
	}
	for _, test := range tests {
		_, problems := asl.Parse(test.v)
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p.Message, test.want)
		}
		if !found || len(problems) > 200 {
			t.Errorf("%s: %d problems, want one that says %q", test.name, len(problems), test.want)
		}
	}
}

// Values share children: what is small to write can be endless to walk.
func TestSharedValues(t *testing.T) {
	v := yaml(t, "definition.yaml", `{StartAt: S, States: {S: {Type: Succeed}}, Shared: "${X}"}`)
	for range 60 {
		v = model.NewMap([]model.Field{{Key: "A", Value: v}, {Key: "B", Value: v}}, nowhere)
	}
	values := model.NewMap([]model.Field{{Key: "X", Value: model.NewString("x", nowhere)}}, nowhere)
	m, problems := asl.Parse(asl.Substitute(v, values))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "over 2000000 values") || len(m.States) > 0 {
		t.Errorf("problems %v, want one about the size", problems)
	}
}

func TestDeepMachines(t *testing.T) {
	v := yaml(t, "definition.yaml", `{StartAt: S, States: {S: {Type: Succeed}}}`)
	for range 60 {
		state := model.NewMap([]model.Field{
			{Key: "Type", Value: model.NewString("Parallel", nowhere)}, {Key: "End", Value: model.NewBool(true, nowhere)},
			{Key: "Branches", Value: model.NewList([]*model.Value{v}, nowhere)},
		}, nowhere)
		states := model.NewMap([]model.Field{{Key: "S", Value: state}}, nowhere)
		v = model.NewMap([]model.Field{{Key: "StartAt", Value: model.NewString("S", nowhere)}, {Key: "States", Value: states}}, nowhere)
	}
	m, problems := asl.Parse(v)
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "deep inside each other") || len(m.All()) != 41 {
		t.Errorf("%d states with %v, want 41 and one problem", len(m.All()), problems)
	}
}

// An expression with very many names is not followed to the end.
func TestManySources(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		b.WriteString("$v" + model.NewInt(i, nowhere).Str + " ")
	}
	m, _ := asl.Parse(one(`{"Type": "Task", "QueryLanguage": "JSONata", "Resource": "x", "Arguments": "{% ` + b.String() + `%}", "End": true}`))
	leaves := m.State("S").Inputs()
	if last := leaves[0].Sources[len(leaves[0].Sources)-1]; len(leaves[0].Sources) != 101 || last.Root != asl.Other {
		t.Errorf("%d sources ending in %s, want 100 and an unknown one", len(leaves[0].Sources), last)
	}
}

// Content is told from addresses and options.
func TestCarries(t *testing.T) {
	tests := []struct {
		resource, path string
		want           bool
	}{
		{"arn:aws:states:::sqs:sendMessage", "MessageBody.id", true},
		{"arn:aws:states:::sqs:sendMessage", "MessageBody", true},
		{"arn:aws:states:::sqs:sendMessage", "MessageBodyId", false},
		{"arn:aws:states:::sqs:sendMessage", "QueueUrl", false},
		{"arn:aws:states:::events:putEvents", "Entries[0].Detail.id", true},
		{"arn:aws:states:::events:putEvents", "Entries[12].EventBusName", false},
		{"arn:aws:states:::events:putEvents", "Entries", true}, // the whole list comes from the data
		{"arn:aws:states:::events:putEvents", "Entries[1]", true},
		{"arn:aws:states:::events:putEvents", "", true},
		{"arn:aws:states:::aws-sdk:polly:synthesizeSpeech", "VoiceId", true}, // not listed
		{"arn:aws:lambda:eu-west-1:123456789012:function:f", "anything", true},
		{"arn:aws:states:::lambda:invoke", "FunctionName", false},
	}
	for _, test := range tests {
		m, _ := asl.Parse(one(`{"Type": "Task", "Resource": "` + test.resource + `", "End": true}`))
		if got := m.State("S").Call.Carries(test.path); got != test.want {
			t.Errorf("%s %s: %t, want %t", test.resource, test.path, got, test.want)
		}
	}
}
