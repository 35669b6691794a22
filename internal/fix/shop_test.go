package fix_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wardlet.example/internal/fix"
	"wardlet.example/internal/least"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
	"wardlet.example/internal/scan"
)

// The roles of the shop lose nearly all that they grant. What a role lacks stays for a person to grant, and all that is not about
// permissions is as it was.
func TestShop(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../examples/shop")); err != nil {
		t.Fatal(err)
	}
	plan, before, err := fix.Run(context.Background(), options(t, root), fix.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if errs := plan.Apply(root); len(errs) > 0 {
		t.Fatal(errs)
	}
	after, err := scan.Run(context.Background(), options(t, root))
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, f := range after.Result.Findings {
		left = append(left, f.Rule+" "+f.Subject)
	}
	if want := []string{"missing-permission NotifyFunction"}; !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
	had, has := granted(before), granted(after)
	for role, atLeast := range map[string]int{"ShopRole": 430, "AdminFunctionRole": 22_000} {
		if lost := had[role] - has[role]; lost < atLeast || has[role] == 0 {
			t.Errorf("%s grants %d actions of %d, and should lose %d", role, has[role], had[role], atLeast)
		}
	}
	if had["NotifyFunctionRole"] != has["NotifyFunctionRole"] {
		t.Errorf("NotifyFunctionRole grants %d actions, and granted %d", has["NotifyFunctionRole"], had["NotifyFunctionRole"])
	}
	where := cmpopts.IgnoreTypes(model.Origin{}, model.Pos{})
	number := cmpopts.IgnoreFields(model.Value{}, "ID")
	if diff := cmp.Diff(others(before), others(after), where, number); diff != "" {
		t.Errorf("other resources are not the same (-before +after):\n%s", diff)
	}
}

// granted is how many actions each role of the first application grants.
func granted(s *scan.Scan) map[string]int {
	out := map[string]int{}
	for _, r := range least.Roles(s.Program, s.Graph.Nodes) {
		seen := map[string]bool{}
		for i := range r.Grants {
			for _, a := range policy.Expand(r.Grants[i].Pattern) {
				seen[a.String()] = true
			}
		}
		out[r.Role.ID] = len(seen)
	}
	return out
}

// others are the resources that are no permissions, and the names of the roles.
func others(s *scan.Scan) map[string]*model.Resource {
	out := map[string]*model.Resource{}
	for _, r := range s.Program.Apps[0].Resources {
		switch {
		case r.Type == "AWS::IAM::Role":
			out[r.ID] = nil
		case !strings.HasPrefix(r.Type, "AWS::IAM::"):
			out[r.ID] = r
		}
	}
	return out
}
