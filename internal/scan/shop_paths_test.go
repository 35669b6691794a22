package scan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
)

// roleWithoutQueue is a role for SmsFunction alone that may write to its log and nothing else.
const roleWithoutQueue = `  SmsRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole

`

// The second way into the shop goes through two functions and a queue. It is there only while every link of it holds: without the
// permission of the sender, or with a filter that its messages do not match, the finding stays and no outsider reaches it.
func TestShopPaths(t *testing.T) {
	readme, err := os.ReadFile(examples + "shop/README.md")
	if err != nil {
		t.Fatal(err)
	}
	path := []string{"SmsFunction", "NotificationsQueue", "SendNotificationFunction"}
	for _, c := range []struct {
		name     string
		edit     []string // pairs of a piece of the template that occurs once, and what takes its place
		path     []string
		exposure model.Exposure
		sms      string // what SmsFunction does as a caller
		sibling  bool
	}{
		{"as it is", nil, path, model.Public, "passes it on", true},
		{"the sender may not send", []string{
			"      Handler: sms.handler\n      Role: !GetAtt ShopRole.Arn\n", "      Handler: sms.handler\n      Role: !GetAtt SmsRole.Arn\n",
			"  # --- Questions to the office", roleWithoutQueue + "  # --- Questions to the office",
		}, nil, model.Internal, "may not send", false},
		{"the receiver wants other messages", []string{
			"            Queue: !GetAtt NotificationsQueue.Arn\n",
			"            Queue: !GetAtt NotificationsQueue.Arn\n            FilterCriteria:\n              Filters:\n                - Pattern: '{\"body\": {\"channel\": [\"mail\"]}}'\n",
		}, nil, model.Internal, "does not match", false},
		{"the receiver wants these messages", []string{
			"            Queue: !GetAtt NotificationsQueue.Arn\n",
			"            Queue: !GetAtt NotificationsQueue.Arn\n            FilterCriteria:\n              Filters:\n                - Pattern: '{\"body\": {\"channel\": [\"sms\"]}}'\n",
		}, path, model.Public, "passes it on", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := scanEdited(t, "shop", c.edit)
			f := only(t, r, "template-injection")
			if f == nil {
				return
			}
			at := fmt.Sprintf("`%s:%d`", f.Place.File, f.Place.Line)
			if f.Subject != "SendNotificationFunction" || !strings.Contains(string(readme), "| "+at) {
				t.Errorf("found in %s at %s, which is not in the table", f.Subject, at)
			}
			if !slices.Equal(f.Path, c.path) || f.Exposure != c.exposure {
				t.Errorf("path %v, %s; want %v, %s", f.Path, f.Exposure, c.path, c.exposure)
			}
			if got := stateOf(f, "SmsFunction"); got != c.sms {
				t.Errorf("SmsFunction %q, want %q", got, c.sms)
			}
			if sibling := siblingOf(r, "SmsFunction"); sibling != c.sibling {
				t.Errorf("SmsFunction found beside its sibling: %t, want %t", sibling, c.sibling)
			}
			if c.sibling && stateOf(f, "MailFunction") != "makes it safe" {
				t.Errorf("MailFunction %q", stateOf(f, "MailFunction"))
			}
			// The other way, from the webhook to the worker, is untouched.
			if sql := only(t, r, "sql-injection"); sql != nil && !slices.Equal(sql.Path, []string{"WebhookFunction", "FulfilmentQueue", "FulfilFunction"}) {
				t.Errorf("path to the worker: %v", sql.Path)
			}
		})
	}
}

// scanEdited scans a copy of an example whose template was edited.
func scanEdited(t *testing.T, name string, edit []string) *finding.Result {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(examples+name)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "template.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edit); i += 2 {
		if n := strings.Count(string(text), edit[i]); n != 1 {
			t.Fatalf("%d times in the template: %q", n, edit[i])
		}
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(edit...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Run(context.Background(), Options{Path: dir, Profile: rule.Default, Catalogue: catalogue(t), Now: exampleDay})
	if err != nil {
		t.Fatal(err)
	}
	return s.Result
}

// only is the one finding of a rule.
func only(t *testing.T, r *finding.Result, id string) *finding.Finding {
	t.Helper()
	var found []*finding.Finding
	for i := range r.Findings {
		if r.Findings[i].Rule == id {
			found = append(found, &r.Findings[i])
		}
	}
	if len(found) != 1 {
		t.Errorf("%d findings of %s", len(found), id)
		return nil
	}
	return found[0]
}

// stateOf is what a caller does with what it sends to the function of a finding.
func stateOf(f *finding.Finding, caller string) string {
	for _, c := range f.Callers {
		if c.Name == caller {
			return c.State
		}
	}
	return ""
}

// siblingOf reports whether a function is found beside one that makes safe what it does not.
func siblingOf(r *finding.Result, name string) bool {
	return slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Rule == "unsanitised-sibling" && f.Subject == name })
}
