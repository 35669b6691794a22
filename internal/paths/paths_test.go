package paths

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/model"
)

// A part of an event is followed to the part of the request that it was, hop by hop.
func TestCompose(t *testing.T) {
	rows, err := known()
	if err != nil {
		t.Fatal(err)
	}
	publish := rows.calls["sns:Publish"][0].gives
	toQueue := rows.deliveries[[2]string{"AWS::SNS::Topic", "AWS::SQS::Queue"}]
	toFunction := rows.deliveries[[2]string{"AWS::SQS::Queue", "AWS::Lambda::Function"}].gives
	table := rows.deliveries[[2]string{"AWS::DynamoDB::Table", "AWS::Lambda::Function"}].gives
	put := rows.calls["dynamodb:PutItem"][0].gives
	for _, test := range []struct {
		name, path string
		chain      []mapping
		want       string
	}{
		{"through the envelope of a topic", "Records.body.Message.to", []mapping{publish, toQueue.gives, toFunction}, "Message.to"},
		{"what the topic adds is nobody's", "Records.body.TopicArn", []mapping{publish, toQueue.gives, toFunction}, ""},
		{"raw delivery has no envelope", "Records.body.to", []mapping{publish, toQueue.raw, toFunction}, "Message.to"},
		{"all of a message", "Records", []mapping{publish, toQueue.raw, toFunction}, "Message MessageAttributes MessageGroupId"},
		{"values of a stream stand below their types", "Records.dynamodb.NewImage.order.M.items.L.S", []mapping{put, table}, "Item.order.items"},
		{"the name of the event is the platform's", "Records.eventName", []mapping{put, table}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range compose(strings.Split(test.path, "."), test.chain) {
				got = append(got, strings.Join(p, "."))
			}
			slices.Sort(got)
			if strings.Join(slices.Compact(got), " ") != test.want {
				t.Errorf("%s comes from %v, want %s", test.path, got, test.want)
			}
		})
	}
}

// Every row names types and parts that another row has, so that no row is without use.
func TestRows(t *testing.T) {
	rows, err := known()
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{"event": true, "returned": true}
	for _, all := range []map[string][]*call{rows.calls, rows.reads} {
		for key, list := range all {
			for _, c := range list {
				if c.kind == "" || len(c.on) == 0 || len(c.gives.pairs) == 0 {
					t.Errorf("the row of %s says not what it works on, or gives nothing", key)
				}
			}
		}
	}
	for _, list := range rows.calls {
		for _, c := range list {
			for _, p := range c.gives.pairs {
				has[p.to[0]] = true
			}
		}
	}
	for ends, d := range rows.deliveries {
		for _, p := range slices.Concat(d.gives.pairs, d.raw.pairs) {
			if len(p.from) > 0 && !has[p.from[0]] && p.from[0] != "records" {
				t.Errorf("%v: nothing is called %s", ends, p.from[0])
			}
		}
	}
	for key, list := range rows.reads {
		for _, c := range list {
			for _, p := range c.gives.pairs {
				if !has[p.from[0]] {
					t.Errorf("%s: nothing is called %s", key, p.from[0])
				}
			}
		}
	}
}

func TestTopicMatches(t *testing.T) {
	for _, test := range []struct {
		filter, topic string
		whole         bool
		want          model.Tri
	}{
		{"devices/+/state", "devices/7/state", true, model.Yes},
		{"devices/+/state", "devices/7/log", true, model.No},
		{"devices/#", "devices/7/log/1", true, model.Yes},
		{"devices/+", "devices/7/log", true, model.No},
		{"devices/7/state", "devices/7", true, model.No},
		{"devices/+/state", "devices/", false, model.Maybe}, // devices/${id}/state
		{"orders/+", "devices/", false, model.No},
	} {
		if got := topicMatches(strings.Split(test.filter, "/"), strings.Split(test.topic, "/"), test.whole); got != test.want {
			t.Errorf("%s selects %s: %s, want %s", test.filter, test.topic, got, test.want)
		}
	}
}

func TestIsRoute(t *testing.T) {
	for _, test := range []struct {
		route, path string
		want        bool
	}{
		{"POST /orders", "orders", true},
		{"POST /orders", "prod/orders", true},
		{"GET /orders/{id}", "orders/" + openLevel, true},
		{"GET /orders/{id}", "prod/orders/7", true},
		{"GET /orders", "orders/7", false},
		{"ANY /{proxy+}", "anything/at/all", true},
		{"GET /users/{id}", "orders/7", false},
		{"$default", "anything", true},
	} {
		if got := isRoute(test.route, strings.Split(test.path, "/")); got != test.want {
			t.Errorf("%s answers %q: %v", test.route, test.path, got)
		}
	}
}

// What an input transformer fills in stands below the key before it.
func TestFilled(t *testing.T) {
	at := model.Origin{}
	names := model.NewMap([]model.Field{
		{Key: "id", Value: model.NewString("$.detail.id", at)}, {Key: "who", Value: model.NewString("$.detail.user.name", at)},
	}, at)
	for _, test := range []struct {
		template string
		pipe     bool
		want     string
	}{
		{`{"order": <id>, "text": "hello <who>"}`, false, "order<detail.id text<detail.user.name"},
		{`"order <id> of <who>"`, false, "<detail.id <detail.user.name"},
		{`{"a": {"order": <id>}}`, false, "<detail.id"},
		{`{"order": <unknown>}`, false, ""},
		{`{"order": <$.body.id>}`, true, "order<records.body.id"},
	} {
		var got []string
		for _, p := range filled(nil, test.template, names, test.pipe) {
			got = append(got, strings.Join(p.to, ".")+"<"+strings.Join(p.from, "."))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.template, got, test.want)
		}
	}
}

// Data of a state machine is followed backwards through what each state makes of it.
func TestGiven(t *testing.T) {
	for _, test := range []struct {
		name, states, path, want string
	}{
		{"the input goes through", `"A": {"Type": "Pass", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input x"},
		{"a part of it", `"A": {"Type": "Pass", "InputPath": "$.order", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input order.x"},
		{"what a task before gave", `"A": {"Type": "Task", "Resource": "G", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "G x"},
		{"beside the input", `"A": {"Type": "Task", "Resource": "G", "ResultPath": "$.g", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "g.x", "G x"},
		{"the input beside it", `"A": {"Type": "Task", "Resource": "G", "ResultPath": "$.g", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input x"},
		{"its result is dropped", `"A": {"Type": "Task", "Resource": "G", "ResultPath": null, "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input x"},
		{"named parameters", `"A": {"Type": "Pass", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "Parameters": {"to.$": "$.user.mail", "kind": "mail"}, "End": true}`, "to", "input user.mail"},
		{"a constant", `"A": {"Type": "Pass", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "Parameters": {"to.$": "$.user.mail", "kind": "mail"}, "End": true}`, "kind", ""},
		{"items of a map", `"A": {"Type": "Map", "ItemsPath": "$.items", "Iterator": {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "F", "End": true}}}, "End": true}`, "x", "input items.x"},
		{"what a circle gives", `"A": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "T"}], "Default": "B"}, "B": {"Type": "Pass", "Next": "A"}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input x"},
		{"an error in place of the input", `"A": {"Type": "Task", "Resource": "G", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "T"}], "End": true}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", ""},
		{"an error beside the input", `"A": {"Type": "Task", "Resource": "G", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "T"}], "End": true}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input x"},
		{"the error beside it", `"A": {"Type": "Task", "Resource": "G", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "T"}], "End": true}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "error.Cause", ""},
		{"the error is dropped", `"A": {"Type": "Task", "Resource": "G", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "T"}], "End": true}, "T": {"Type": "Task", "Resource": "F", "End": true}`, "x", "input x"},
		{"the result of a branch", `"A": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}, {"StartAt": "C", "States": {"C": {"Type": "Task", "Resource": "G", "End": true}}}], "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "Parameters": {"a.$": "$[1].x"}, "End": true}`, "a", "G x"},
		{"the input of the execution", `"A": {"Type": "Task", "Resource": "G", "Next": "T"}, "T": {"Type": "Task", "Resource": "F", "Parameters": {"o.$": "$$.Execution.Input.order"}, "End": true}`, "o.id", "input order.id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := `{"StartAt": "A", "States": {` + strings.NewReplacer(`"F"`, `"arn:aws:lambda:eu-west-1:111122223333:function:f"`, `"G"`, `"arn:aws:lambda:eu-west-1:111122223333:function:g"`).Replace(test.states) + `}}`
			definition, problems := asl.Parse(model.NewString(text, model.Origin{}))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			m := (&Graph{}).machine(&model.App{}, &model.Resource{ID: "M"}, definition)
			called := &Node{}
			for _, s := range definition.All() {
				switch {
				case s.Name == "T":
					m.calls[called] = []*asl.State{s}
				case s.Type == asl.Task:
					m.tasks[s] = &Node{Function: &model.Function{Name: "G"}}
				}
			}
			var got []string
			found := m.given(called, segments(test.path))
			for _, n := range found.order {
				from := "input"
				if n != nil {
					from = n.Function.Name
				}
				for _, path := range found.paths[n] {
					got = append(got, from+" "+strings.Join(path, "."))
				}
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("%s comes from %v, want %s", test.path, got, test.want)
			}
		})
	}
}

// Applications stay together that data goes between, also by way of others.
func TestApart(t *testing.T) {
	var apps []*model.App
	var nodes []*Node
	for range 6 {
		app := &model.App{}
		apps, nodes = append(apps, app), append(nodes, &Node{App: app})
	}
	edge := func(from, to int) *Edge { return &Edge{From: nodes[from], To: nodes[to]} }
	g := &Graph{Edges: []*Edge{edge(4, 1), edge(0, 3), edge(3, 4), edge(2, 2)}}
	if diff := cmp.Diff([][]int{{0, 1, 3, 4}, {2}, {5}}, g.Apart(apps)); diff != "" {
		t.Error(diff)
	}
	g = nil
	if diff := cmp.Diff([][]int{{0}, {1}}, g.Apart(apps[:2])); diff != "" {
		t.Error(diff)
	}
}
