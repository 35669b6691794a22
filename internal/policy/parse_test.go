package policy_test

import (
	"strings"
	"testing"

	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// What is not written as IAM wants it is told, and the rest is read.
func TestBadInput(t *testing.T) {
	tests := []struct {
		name     string
		document *model.Value
		problem  string // in one of the messages; empty: none
		unknown  string // why perhaps there is more
		n        int    // statements
	}{
		{"absent", model.NewAbsent(at), "", "", 0},
		{"not JSON", text(`{"Version": `), "not valid JSON", "not valid JSON", 0},
		{"JSON", text(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`), "", "", 1},
		{"a number", model.NewNumber(3, "3", at), "is a number", "", 0},
		{"a list", list("a"), "is a list", "", 0},
		{"no statement", object("Version", text("2012-10-17")), "has no Statement", "", 0},
		{"unknown", model.NewUnknown("a parameter", at), "", "a parameter", 0},
		{"statement unknown", object("Statement", model.NewUnknown("a parameter", at)), "", "a parameter", 0},
		{"effect", object("Statement", object("Effect", text("Permit"), "Action", text("s3:*"), "Resource", text("*"))), `Effect of a statement is "Permit"`, "", 1},
		{"version", object("Version", text("2025-01-01"), "Statement", model.NewList(nil, at)), "version 2025-01-01", "", 0},
		{"key", object("Statement", object("Effect", text("Allow"), "Actions", text("s3:*"), "Resource", text("*"))), "has no Actions", "", 1},
		{"operator", object("Statement", object("Effect", text("Allow"), "Action", text("s3:*"), "Resource", text("*"),
			"Condition", object("StringEqual", object("aws:PrincipalOrgID", text("o-1"))))), "no condition operator StringEqual", "", 1},
		{"condition as text", object("Statement", object("Effect", text("Allow"), "Action", text("s3:*"), "Resource", text("*"), "Condition", text("x"))), "Condition is a string", "", 1},
		{"principal", object("Statement", object("Effect", text("Allow"), "Principal", text("arn:aws:iam::111122223333:root"), "Action", text("s3:*"), "Resource", text("*"))), "Principal is a text", "", 1},
		{"principal kind", object("Statement", object("Effect", text("Allow"), "Principal", object("Role", text("x")), "Action", text("s3:*"), "Resource", text("*"))), "principals of the kind Role", "", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := policy.Parse(test.document)
			var messages []string
			for _, p := range d.Problems {
				messages = append(messages, p.Message)
				if p.Hint == "" {
					t.Errorf("%s: no way out", p.Message)
				}
			}
			all := strings.Join(messages, "\n")
			if test.problem == "" && all != "" || !strings.Contains(all, test.problem) {
				t.Errorf("problems %q, want %q", all, test.problem)
			}
			if len(d.Statements) != test.n || !strings.Contains(d.Unknown, test.unknown) || test.unknown == "" && d.Unknown != "" {
				t.Errorf("%d statements, unknown %q", len(d.Statements), d.Unknown)
			}
		})
	}
}

// An operator that is not known makes the answer unknown, not yes.
func TestUnknownOperator(t *testing.T) {
	s := object("Effect", text("Allow"), "Action", text("s3:GetObject"), "Resource", text("*"), "Condition", object("StringEqual", object("aws:PrincipalOrgID", text("o-1"))))
	if got := ask(policyOf(s), "s3:GetObject", "arn:aws:s3:::a/b"); got != model.Maybe {
		t.Errorf("%s", got)
	}
}

// References and open parts: what is the same resource is known to be, what is another is known not to be.
func TestOpenParts(t *testing.T) {
	ref := func(id string) *model.Value { return model.NewRef(id, "", at) }
	arn := func(parts ...*model.Value) *model.Value { return model.NewText(parts, at) }
	parameter := model.NewElsewhere(model.FromCaller, text("Name"), "no default", at)
	stack, open := ref("AWS::StackName of a"), model.NewPresent("the rest of the key", at)
	tests := []struct {
		name        string
		pattern, on *model.Value
		want        string
	}{
		{"the same resource", arn(text("arn:aws:s3:::"), ref("B"), text("/*")), arn(text("arn:aws:s3:::"), ref("B"), text("/a")), "yes"},
		{"another resource", arn(text("arn:aws:s3:::"), ref("B"), text("/*")), arn(text("arn:aws:s3:::"), ref("C"), text("/a")), "no"},
		{"a name that is written", arn(text("arn:aws:s3:::"), ref("B")), text("arn:aws:s3:::orders"), "no"},
		{"everything of a kind", text("arn:aws:s3:::*"), arn(text("arn:aws:s3:::"), ref("B")), "yes"},
		{"another service", text("arn:aws:sqs:*:*:*"), arn(text("arn:aws:s3:::"), ref("B")), "no"},
		{"a prefix that a made name may have", text("arn:aws:s3:::shop-*"), arn(text("arn:aws:s3:::"), ref("B")), "unknown"},
		{"a written name and a made one", text("arn:aws:s3:::shop"), arn(text("arn:aws:s3:::"), ref("B")), "no"},
		{"a parameter", arn(text("arn:aws:s3:::"), parameter), text("arn:aws:s3:::orders"), "unknown"},
		{"the same parameter", arn(text("arn:aws:s3:::"), parameter, text("/*")), arn(text("arn:aws:s3:::"), parameter, text("/a")), "yes"},
		{"a folder beside the one that is meant", arn(text("arn:aws:s3:::"), stack, text("-up/avatars/*")), arn(text("arn:aws:s3:::"), stack, text("-up/jobs/"), open), "no"},
		{"a folder inside of the one that is meant", arn(text("arn:aws:s3:::"), stack, text("-up/avatars/*")), arn(text("arn:aws:s3:::"), stack, text("-up/avatars/"), open), "yes"},
		{"a bucket, of its objects", arn(text("arn:aws:s3:::"), ref("B"), text("/*")), arn(text("arn:aws:s3:::"), ref("B")), "no"},
		{"not known at all", model.NewUnknown("x", at), text("arn:aws:s3:::orders"), "unknown"},
		{"everything, of what is not known", text("*"), model.NewUnknown("x", at), "yes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := object("Effect", text("Allow"), "Action", text("s3:GetObject"), "Resource", test.pattern)
			got := policy.Set{Identity: []*policy.Document{policyOf(s)}}.Allows(policy.Request{
				Who: policy.IAMPrincipal("arn:aws:iam::111122223333:role/app"), Action: "s3:GetObject", On: test.on, Context: &policy.Context{},
			})
			if got.Answer.String() != test.want {
				t.Errorf("%s, want %s", got.Answer, test.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	for action, want := range map[string]string{
		"s3:GetObjects": "s3:GetObject", "dynamdb:PutItem": "dynamodb:PutItem", "sqs:SendMesage": "sqs:SendMessage", "s3:Frobnicate": "", "s3:Get*": "", "x": "",
	} {
		if got := policy.Nearest(action); got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	read := statement("Allow", list("s3:GetObject"), list("arn:aws:s3:::a/*"))
	all := statement("Allow", list("s3:*"), list("*"))
	parts := statement("Allow", list("s3:Get*", "s3:Put*"), list("*"))
	tests := []struct {
		a, b *policy.Document
		want policy.Relation
	}{
		{policyOf(all), policyOf(read), policy.Wider},
		{policyOf(read), policyOf(all), policy.Narrow},
		{policyOf(read, all), policyOf(all), policy.Equal},
		{policyOf(read), policyOf(statement("Allow", list("sqs:*"), list("*"))), policy.Other},
		{policyOf(all, statement("Deny", list("s3:PutObject"), list("*"))), policyOf(parts), policy.Other},
		{policyOf(statement("Allow", list("sqs:SendMessage", "sqs:SendMessage*"), list("*"))), policyOf(statement("Allow", list("sqs:SendMessage*"), list("*"))), policy.Equal},
		{policyOf(all), policy.Parse(model.NewUnknown("x", at)), policy.Unknown},
		{policyOf(statement("Allow", list("s3:GetObject"), list("arn:aws:s3:::a/?"))), policyOf(read), policy.Narrow},
		{policyOf(statement("Allow", list("s3:GetObject"), list("arn:aws:s3:::a/?*"))), policyOf(read), policy.Narrow},
		{policyOf(statement("Allow", list("s3:GetObject"), list("arn:aws:s3:::a/*?*"))), policyOf(statement("Allow", list("s3:GetObject"), list("arn:aws:s3:::a/?"))), policy.Wider},
	}
	for i, test := range tests {
		if got := policy.Compare(test.a, test.b); got != test.want {
			t.Errorf("%d: %s, want %s", i, got, test.want)
		}
	}
}

// Whatever a policy holds, reading and asking it ends without a panic.
func FuzzParse(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*"],"Resource":"arn:aws:s3:::${aws:username}/*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*"]}}}]}`, "s3:GetObject", "arn:aws:s3:::a/b")
	f.Add(`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"NotAction":"*","NotResource":["*"]}}`, "iam:PassRole", "*")
	f.Fuzz(func(t *testing.T, document, action, on string) {
		d := policy.Parse(text(document))
		set := policy.Set{Identity: []*policy.Document{d}, Resource: d, Boundary: d}
		r := policy.Request{Who: policy.IAMPrincipal("arn:aws:iam::111122223333:role/app"), Action: action, On: text(on)}
		first := set.Allows(r)
		if again := set.Allows(r); again.Answer != first.Answer {
			t.Errorf("%s, then %s", first.Answer, again.Answer)
		}
		policy.Compare(d, d)
	})
}
