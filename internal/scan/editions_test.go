package scan

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
)

// The newsletter stands as an AWS SAM template and as a service of the Serverless Framework. Both give the same functions,
// triggers, grants, flows and findings; only what each tool names and adds of its own differs.
func TestTwoEditions(t *testing.T) {
	bySAM, byFramework := edition(t, "sam"), edition(t, "serverless")
	for _, view := range []struct {
		name  string
		show  func(*Scan) []string
		least int
	}{
		{"functions", functionsOf, 7}, {"triggers", triggersOf, 7}, {"grants", grantsOf, 9}, {"flows", flowsOf, 10}, {"findings", findingsOf, 25},
	} {
		want, got := view.show(bySAM), view.show(byFramework)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s differ (-SAM +Serverless Framework):\n%s", view.name, diff)
		}
		if len(want) < view.least {
			t.Errorf("only %d %s, want at least %d: %q", len(want), view.name, view.least, want)
		}
	}
}

func edition(t *testing.T, name string) *Scan {
	t.Helper()
	s, err := Run(context.Background(), Options{
		Path: examples + "newsletter", Now: exampleDay, Exclude: []string{map[string]string{"sam": "serverless", "serverless": "sam"}[name]},
		Profile: rule.Strict, Catalogue: catalogue(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Program.Apps) != 1 {
		t.Fatalf("%s: %d applications, want 1", name, len(s.Program.Apps))
	}
	return s
}

func functionsOf(s *Scan) []string {
	var out []string
	for _, f := range s.Program.Apps[0].Functions {
		var env []string
		for _, v := range f.Env {
			env = append(env, v.Name+"="+v.Resource.ID)
		}
		slices.Sort(env)
		out = append(out, fmt.Sprintf("%s %s %s %s %s", f.Name, f.Runtime, f.Code.File, f.Exposure, strings.Join(env, " ")))
	}
	return sorted(out)
}

func triggersOf(s *Scan) []string {
	app := s.Program.Apps[0]
	var out []string
	for _, f := range app.Functions {
		for _, tr := range f.Triggers {
			filter := ""
			if tr.Filter != nil {
				filter = "filtered"
			}
			out = append(out, fmt.Sprintf("%s: %s %s %s %s %s %s", f.Name, tr.Kind, plain(tr.Detail, tr.Source), name(app, tr.Source), tr.Auth, tr.Exposure, filter))
		}
	}
	return sorted(out)
}

// plain is a trigger's detail without the logical ID that a tool made up.
func plain(detail string, source *model.Resource) string {
	if source != nil && source.Generated != "" {
		return strings.ReplaceAll(detail, source.ID, source.Type)
	}
	return detail
}

// toolGrants are what each tool lets functions do so that they can log and be called; they are spelled differently.
var toolGrants = []string{"logs:", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "dynamodb:GetRecords",
	"dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"}

func grantsOf(s *Scan) []string {
	var out []string
	for _, f := range s.Program.Apps[0].Functions {
		for _, g := range f.Role.Grants {
			for _, action := range g.Actions {
				ofTool := slices.ContainsFunc(toolGrants, func(p string) bool { return strings.HasPrefix(action.String(), p) })
				for _, on := range g.Resources {
					if !ofTool {
						out = append(out, fmt.Sprintf("%s: %s %s on %s", f.Name, g.Effect, action, on))
					}
				}
			}
		}
	}
	return sorted(out)
}

func flowsOf(s *Scan) []string {
	app := s.Program.Apps[0]
	var out []string
	for _, f := range app.Flows {
		filter := ""
		if f.Filter != nil {
			filter = ", filtered"
		}
		out = append(out, fmt.Sprintf("%s -> %s (%s%s)", node(app, f.From), node(app, f.To), f.Kind, filter))
	}
	return sorted(out)
}

func findingsOf(s *Scan) []string {
	app := s.Program.Apps[0]
	var out []string
	for i := range s.Result.Findings {
		f := &s.Result.Findings[i]
		subject := f.Called()
		if r := app.Resource(f.Subject); r != nil && r.Generated != "" && f.Name == "" {
			subject = of(app, r)
		}
		out = append(out, f.Rule+": "+subject)
	}
	return sorted(out)
}

// of is a resource that a tool made, by its type and the function it is for.
func of(app *model.App, r *model.Resource) string {
	for _, f := range app.Functions {
		if f.Role != nil && f.Role.Resource == r {
			return "role of " + f.Name
		}
		for _, tr := range f.Triggers {
			if tr.Via == r {
				return r.Type + " of " + f.Name
			}
		}
	}
	return r.ID
}

func node(app *model.App, id string) string {
	for _, f := range app.Functions {
		if f.ID == id {
			return f.Name
		}
	}
	if r := app.Resource(id); r != nil {
		return name(app, r)
	}
	return id
}

func name(_ *model.App, r *model.Resource) string {
	switch {
	case r == nil:
		return ""
	case r.Generated != "" || r.Type == "AWS::ApiGatewayV2::Api":
		return r.Type
	}
	return r.ID
}

func sorted(all []string) []string {
	sort.Strings(all)
	return all
}
