package review_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wardlet.example/internal/git"
	"wardlet.example/internal/repo"
	"wardlet.example/internal/review"
	"wardlet.example/internal/scan"
)

const before = `Transform: AWS::Serverless-2016-10-31
Resources:
  Read:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Policies:
        - AmazonSQSReadOnlyAccess
        - DynamoDBReadPolicy: { TableName: orders }
        - Statement:
            - Effect: Allow
              Action: [s3:GetObject]
              Resource: "*"
            - Effect: Allow
              Action: sns:Publish
              Resource: "*"
`

// The youngest line of a grant tells when it was looked at last; what the framework adds is not listed, what is not committed comes last.
func TestList(t *testing.T) {
	root := t.TempDir()
	commit := func(who, day, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, "template.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "x"}} {
			cmd := exec.Command("git", args...)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME="+who, "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME="+who,
				"GIT_COMMITTER_EMAIL=a@example.com", "GIT_AUTHOR_DATE="+day+"T12:00:00Z", "GIT_COMMITTER_DATE="+day+"T12:00:00Z")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
	commit("Ada", "2025-01-01", before)
	later := strings.Replace(before, "[s3:GetObject]", "[s3:GetObject, s3:PutObject]", 1)
	commit("Grace", "2025-11-01", later)
	if err := os.WriteFile(filepath.Join(root, "template.yaml"), []byte(strings.Replace(later, "sns:Publish", "sns:Subscribe", 1)), 0o644); err != nil {
		t.Fatal(err)
	}

	program, err := scan.Read(context.Background(), scan.Options{Path: root})
	if err != nil {
		t.Fatal(err)
	}
	history, err := git.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	files, err := repo.Open(root, repo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	grants, errs := review.List(program, history, files.Read, time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var got []string
	for _, g := range grants {
		line := g.Policy + strings.Join(g.Actions, " ") + " " + g.Author
		if g.Overdue {
			line += " overdue"
		}
		got = append(got, line)
	}
	want := []string{
		"AmazonSQSReadOnlyAccess Ada overdue",
		"dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable Ada overdue",
		"s3:GetObject s3:PutObject Grace",
		"sns:Subscribe ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
