package policy_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wardlet.example/data/iam"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

var at = model.Origin{}

func text(s string) *model.Value { return model.NewString(s, at) }

func list(values ...string) *model.Value {
	var items []*model.Value
	for _, v := range values {
		items = append(items, text(v))
	}
	return model.NewList(items, at)
}

func object(pairs ...any) *model.Value {
	var fields []model.Field
	for i := 0; i < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		value, _ := pairs[i+1].(*model.Value)
		fields = append(fields, model.Field{Key: key, Value: value})
	}
	return model.NewMap(fields, at)
}

func policyOf(statements ...*model.Value) *policy.Document {
	return policy.Parse(object("Version", text("2012-10-17"), "Statement", model.NewList(statements, at)))
}

func statement(effect string, actions, resources *model.Value) *model.Value {
	return object("Effect", text(effect), "Action", actions, "Resource", resources)
}

var (
	anyAction   = rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "s3:DeleteBucket", "sqs:SendMessage", "sqs:ReceiveMessage", "lambda:InvokeFunction", "iam:PassRole"})
	anyPattern  = rapid.SampledFrom([]string{"*", "s3:*", "s3:Get*", "S3:getobject", "sqs:*Message", "sqs:?endMessage", "lambda:Invoke*", "iam:*", "s3:P*t*ject", "ec2:*"})
	anyResource = rapid.SampledFrom([]string{"arn:aws:s3:::orders/a.txt", "arn:aws:s3:::orders", "arn:aws:sqs:eu-west-1:111122223333:jobs", "arn:aws:lambda:eu-west-1:111122223333:function:pay"})
	anyScope    = rapid.SampledFrom([]string{"*", "arn:aws:s3:::orders/*", "arn:aws:s3:::*", "arn:aws:sqs:*:*:jobs", "arn:aws:sqs:eu-west-1:111122223333:j?bs", "arn:aws:lambda:*", "arn:aws:s3:::orders"})
)

func anyStatement(effects ...string) *rapid.Generator[*model.Value] {
	return rapid.Custom(func(t *rapid.T) *model.Value {
		actions := rapid.SliceOfN(anyPattern, 1, 3).Draw(t, "actions")
		resources := rapid.SliceOfN(anyScope, 1, 2).Draw(t, "resources")
		return statement(rapid.SampledFrom(effects).Draw(t, "effect"), list(actions...), list(resources...))
	})
}

func ask(d *policy.Document, action, on string) model.Tri {
	return policy.Set{Identity: []*policy.Document{d}}.Allows(policy.Request{
		Who: policy.IAMPrincipal("arn:aws:iam::111122223333:role/app"), Action: action, On: text(on), Context: &policy.Context{},
	}).Answer
}

// Adding a statement that denies never allows more; adding one that allows never allows less, unless something is denied.
func TestDenyNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(anyStatement("Allow", "Deny"), 0, 5).Draw(t, "statements")
		deny := anyStatement("Deny").Draw(t, "deny")
		allow := anyStatement("Allow").Draw(t, "allow")
		action, on := anyAction.Draw(t, "action"), anyResource.Draw(t, "on")
		before := ask(policyOf(all...), action, on)
		if after := ask(policyOf(append(all, deny)...), action, on); after > before {
			t.Fatalf("%s before, %s with one more Deny", before, after)
		}
		if after := ask(policyOf(append(all, allow)...), action, on); after < before {
			t.Fatalf("%s before, %s with one more Allow", before, after)
		}
	})
}

// The order of statements does not matter, and matching agrees with regular expressions, which are slow and plain.
func TestMatchingAgreesWithRegularExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(anyStatement("Allow", "Deny"), 0, 5).Draw(t, "statements")
		action, on := anyAction.Draw(t, "action"), anyResource.Draw(t, "on")
		want := model.No
		for _, s := range all {
			fits := anyFits("(?i)", s.Get("Action"), action) && anyFits("", s.Get("Resource"), on)
			switch {
			case fits && s.Get("Effect").String() == "Deny":
				want = -2
			case fits && want != -2:
				want = model.Yes
			}
		}
		if want == -2 {
			want = model.No
		}
		if got := ask(policyOf(all...), action, on); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
			all[i], all[j] = all[j], all[i]
		}
		if got := ask(policyOf(all...), action, on); got != want {
			t.Fatalf("got %s in the other order, want %s", got, want)
		}
	})
}

func anyFits(flags string, patterns *model.Value, s string) bool {
	for _, p := range patterns.Elements() {
		if asRegexp(flags, p.String()).MatchString(s) {
			return true
		}
	}
	return false
}

func asRegexp(flags, pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.ReplaceAll(strings.ReplaceAll(quoted, `\*`, `.*`), `\?`, `.`)
	return regexp.MustCompile(flags + "^" + quoted + "$")
}

// Expanding a pattern gives just the actions that it matches.
func TestExpandAgreesWithMatching(t *testing.T) {
	var all []*iam.Action
	for _, s := range iam.Services() {
		all = append(all, s.Actions...)
	}
	patterns := []string{"*", "*:*", "s3:*", "s3:Get*", "S3:GETOBJECT", "s3:*Object*", "dynamodb:?etItem", "lambda:*Function", "nothing:*", "s3:", "cognito-idp:Admin*", "iam:*Role*Policy"}
	for _, p := range patterns {
		re := asRegexp("(?i)", p)
		if p == "*" || p == "*:*" {
			re = regexp.MustCompile("")
		}
		got := map[string]bool{}
		for _, a := range policy.Expand(p) {
			got[a.Key] = true
		}
		n := 0
		for _, a := range all {
			if re.MatchString(a.String()) {
				n++
				if !got[a.Key] {
					t.Errorf("%s does not give %s", p, a)
				}
			}
		}
		if n != len(got) {
			t.Errorf("%s gives %d actions, want %d", p, len(got), n)
		}
	}
	if len(all) < 22_000 {
		t.Errorf("only %d actions", len(all))
	}
}

// What covers something allows it: a policy that covers another allows all that the other allows.
func TestCoversIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := policyOf(rapid.SliceOfN(anyStatement("Allow", "Allow", "Deny"), 1, 4).Draw(t, "a")...)
		b := policyOf(rapid.SliceOfN(anyStatement("Allow", "Allow", "Deny"), 1, 4).Draw(t, "b")...)
		action, on := anyAction.Draw(t, "action"), anyResource.Draw(t, "on")
		if policy.Covers(a, b) == model.Yes && ask(b, action, on) == model.Yes && ask(a, action, on) != model.Yes {
			t.Fatalf("a covers b, but %s on %s is allowed by b only", action, on)
		}
		if policy.Compare(a, a) != policy.Equal && policy.Compare(a, a) != policy.Unknown {
			t.Fatalf("a policy compares with itself as %s", policy.Compare(a, a))
		}
	})
}
