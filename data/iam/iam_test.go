package iam_test

import (
	"slices"
	"strings"
	"testing"

	"wardlet.example/data/iam"
)

func TestActions(t *testing.T) {
	get := iam.Find("S3:getobject")
	if get == nil || get.String() != "s3:GetObject" || get.Level != iam.Read || !get.Scopable() || !slices.Contains(get.Types, "object") {
		t.Errorf("s3:GetObject is %+v", get)
	}
	if f := iam.ServiceOf("s3").Resources["object"]; !strings.HasSuffix(f, ":s3:::${BucketName}/${ObjectName}") {
		t.Errorf("objects are %s", f)
	}
	if a := iam.Find("s3:ListAllMyBuckets"); a == nil || a.Scopable() {
		t.Errorf("s3:ListAllMyBuckets is %+v", a)
	}
	for _, none := range []string{"s3:GetObjects", "nothing:At", "s3", ""} {
		if a := iam.Find(none); a != nil {
			t.Errorf("%q is %s", none, a)
		}
	}
	n := 0
	for _, s := range iam.Services() {
		if s.Name == "" || len(s.Actions) == 0 {
			t.Errorf("service %q has %d actions and the name %q", s.Prefix, len(s.Actions), s.Name)
		}
		for _, a := range s.Actions {
			n++
			if a.Level.String() == "unknown" {
				t.Errorf("%s has no level", a)
			}
			for _, kind := range a.Types {
				if s.Resources[kind] == "" && kind != "TCP" { // the source has none for it
					t.Errorf("%s is about %s, which has no ARN", a, kind)
				}
			}
		}
	}
	if n != 22_091 {
		t.Errorf("%d actions", n)
	}
}

func TestManagedPolicies(t *testing.T) {
	names := iam.ManagedNames()
	if len(names) != 1_594 {
		t.Errorf("%d policies", len(names))
	}
	for _, name := range names {
		if d := iam.Managed(name); !strings.HasPrefix(d, "{") || !strings.HasSuffix(d, "}") {
			t.Errorf("%s is %.40q", name, d)
		}
	}
	if iam.Managed("NoSuchPolicy") != "" || iam.ForService("AdministratorAccess") || !iam.ForService("AWSLambdaBasicExecutionRole") {
		t.Error("a policy is taken for another")
	}
}

// Every action that the tables written by hand name is one.
func TestTablesByHand(t *testing.T) {
	escalations := iam.Escalations()
	if len(escalations) < 200 {
		t.Errorf("%d escalations", len(escalations))
	}
	seen := map[string]bool{}
	for _, e := range escalations {
		if seen[e.ID] || len(e.Needs) == 0 || e.Title == "" || !strings.HasPrefix(e.Reference, "https://") {
			t.Errorf("escalation %+v", e)
		}
		seen[e.ID] = true
		for _, need := range e.Needs {
			for _, a := range need.Actions {
				if iam.Find(a) == nil {
					t.Errorf("%s needs %s, which is no action", e.ID, a)
				}
			}
		}
	}
	n, told := 0, 0
	for _, c := range iam.Clients() {
		for _, o := range c.Operations {
			n++
			if o.Known {
				told++
			}
			for _, a := range o.Actions {
				if iam.Find(strings.TrimSuffix(a, "?")) == nil {
					t.Errorf("%s %s needs %s, which is no action", c.Name, o.Name, a)
				}
			}
		}
	}
	if n != 15_683 || told < 15_500 {
		t.Errorf("%d operations, the actions of %d known", n, told)
	}
}
