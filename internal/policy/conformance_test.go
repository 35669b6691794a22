package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Every case of testdata/conformance is worked out from the page of AWS's documentation that it names. A map with the one
// key "?" stands for a value that only deployment knows.
func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/conformance/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	asked := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, problems := document.ParseYAML(file, data, document.Options{})
		if doc == nil {
			t.Fatal(file, problems)
		}
		for _, c := range doc.Root.Items {
			asked += conformance(t, filepath.Base(file), opened(c))
		}
	}
	t.Logf("%d questions", asked)
	if asked < 150 {
		t.Errorf("only %d questions", asked)
	}
}

func conformance(t *testing.T, file string, c *model.Value) int {
	t.Helper()
	var set policy.Set
	documents := func(key string) (out []*policy.Document) {
		for _, d := range c.Get(key).Elements() {
			out = append(out, policy.Parse(d))
		}
		return out
	}
	one := func(key string) *policy.Document {
		if d := c.Get(key); d.Kind != model.Absent {
			return policy.Parse(d)
		}
		return nil
	}
	set.Identity, set.Session, set.Organization = documents("identity"), documents("session"), documents("organization")
	set.Boundary, set.Resource = one("boundary"), one("resource")
	for _, g := range c.Get("grants").Elements() {
		grant := policy.Grant{Grantee: g.Get("grantee")}
		for _, o := range g.Get("operations").Elements() {
			grant.Operations = append(grant.Operations, o.String())
		}
		set.Grants = append(set.Grants, grant)
	}
	questions := c.Get("ask").Elements()
	for _, q := range questions {
		name := fmt.Sprintf("%s/%s/%s_%s", file, c.Get("name").String(), q.Get("action").String(), q.Get("on").String())
		t.Run(name, func(t *testing.T) {
			got := set.Allows(request(q))
			if want := q.Get("answer").String(); got.Answer.String() != want {
				t.Errorf("line %d: %s, want %s (%s)", q.Origin.Line, got.Answer, want, got.Reason)
			}
			if want := q.Get("by"); want.Kind != model.Absent && (got.By == nil || got.By.Sid != want.String()) {
				t.Errorf("line %d: decided by %v, want %s", q.Origin.Line, got.By, want)
			}
			if got.Answer != model.Yes && got.Reason == "" {
				t.Errorf("line %d: %s without a reason", q.Origin.Line, got.Answer)
			}
		})
	}
	return len(questions)
}

func request(q *model.Value) policy.Request {
	text := func(key, otherwise string) string {
		if s, ok := q.Get(key).Scalar(); ok {
			return s
		}
		return otherwise
	}
	r := policy.Request{Action: text("action", ""), On: q.Get("on"), Context: &policy.Context{Keys: map[string][]string{}}}
	if r.On.Kind == model.Absent {
		r.On = nil
	}
	switch who := text("principal", "arn:aws:iam::111122223333:role/app"); {
	case who == "anonymous":
	case strings.HasPrefix(who, "service:"):
		r.Who = policy.Principal{Kind: "Service", ARN: model.NewString(strings.TrimPrefix(who, "service:"), model.Origin{})}
	case strings.HasPrefix(who, "federated:"):
		r.Who = policy.Principal{Kind: "Federated", ARN: model.NewString(strings.TrimPrefix(who, "federated:"), model.Origin{})}
	default:
		r.Who = policy.IAMPrincipal(who)
	}
	account := "111122223333"
	if f := strings.Split(text("on", ""), ":"); len(f) > 5 && f[4] != "" {
		account = f[4]
	}
	r.Owner = text("owner", account)
	for _, f := range q.Get("context").Fields {
		var values []string
		for _, v := range f.Value.Elements() {
			values = append(values, v.String())
		}
		r.Context.Keys[strings.ToLower(f.Key)] = values
	}
	open := map[string]bool{}
	for _, key := range q.Get("open").Elements() {
		open[strings.ToLower(key.String())] = true
	}
	r.Context.Open = func(key string) bool { return open[key] }
	return r
}

// opened is a case with its unknown values.
func opened(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Map:
		if len(v.Fields) == 1 && v.Fields[0].Key == "?" {
			return model.NewPresent(v.Fields[0].Value.String(), v.Origin)
		}
		fields := make([]model.Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = model.Field{Key: f.Key, At: f.At, Value: opened(f.Value)}
		}
		return model.NewMap(fields, v.Origin)
	case model.List:
		items := make([]*model.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = opened(item)
		}
		return model.NewList(items, v.Origin)
	}
	return v
}
