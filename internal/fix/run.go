package fix

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/repo"
	"wardlet.example/internal/scan"
)

// mended are the rules whose findings are about what a role grants too much.
var mended = []string{"excess-permissions", "unused-permissions"}

// maxRounds bounds how often a plan is made anew without what did not hold.
const maxRounds = 6

// Options say what is planned.
type Options struct {
	Unsafe bool // also what should be looked at before it is applied
	Split  bool // shared roles are split, so that each function has one of its own
}

// Run scans, plans patches for what was found, and tries them.
func Run(ctx context.Context, o scan.Options, want Options) (*Plan, *scan.Scan, error) {
	before, err := scan.Run(ctx, o)
	if err != nil || before.Graph == nil {
		return &Plan{}, before, err
	}
	files, err := repo.Open(o.Path, repo.Options{Exclude: o.Exclude})
	if err != nil {
		return nil, nil, err
	}
	defer files.Close()
	roles := least.Roles(before.Program, before.Graph.Nodes)
	opts := options{wanted: wanted(before.Result), except: map[roleKey]string{}, read: files.Read, unsafe: want.Unsafe, split: want.Split}
	for range maxRounds {
		plan := privileges(before.Program, roles, opts)
		failed, err := try(ctx, o, plan, before.Program)
		if err != nil {
			return nil, nil, err
		}
		if len(failed) == 0 {
			return plan, before, nil
		}
		for key, why := range failed {
			opts.except[key] = why
		}
	}
	return nil, nil, fmt.Errorf("no set of patches was found that holds")
}

// wanted are the roles that findings are about which nobody ignores.
func wanted(r *finding.Result) map[roleKey]bool {
	out := map[roleKey]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Ignored == nil && slices.Contains(mended, f.Rule) {
			out[roleKey{f.App, f.Subject}] = true
		}
	}
	return out
}

// try reads the application with the files of a plan and tells which patches do not hold, and why.
func try(ctx context.Context, o scan.Options, plan *Plan, program *link.Program) (map[roleKey]string, error) {
	if len(plan.Files) == 0 {
		return nil, nil
	}
	o.Instead = map[string][]byte{}
	for _, f := range plan.Files {
		o.Instead[f.Path] = f.After
	}
	after, err := scan.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	failed := map[roleKey]string{}
	still := wanted(after.Result)
	now := map[roleKey]*least.Role{}
	if after.Graph != nil {
		for _, r := range least.Roles(after.Program, after.Graph.Nodes) {
			now[keyOf(r)] = r
		}
	}
	for i := range plan.Patches {
		p := &plan.Patches[i]
		key := roleKey{p.App, p.Role}
		if !p.Applied() {
			continue
		}
		if p.Split {
			if why := parted(p.role, now, still); why != "" {
				failed[key] = why
			}
			continue
		}
		switch r := now[key]; {
		case r == nil:
			failed[key] = "the role would not be there any more"
		case still[key]:
			failed[key] = "it would still grant more than is needed: not all of that can be changed here"
		default:
			if lost := lost(p.role, r); lost != "" {
				failed[key] = "it would lose " + lost
			}
		}
	}
	if other := different(program, after.Program); other != "" && len(failed) == 0 {
		return nil, fmt.Errorf("a patch would change %s: nothing is changed", other)
	}
	return failed, nil
}

// parted tells why a split role does not hold: each function must have a role of its own now that allows what it needs, and not much more.
func parted(before *least.Role, now map[roleKey]*least.Role, still map[roleKey]bool) string {
	for _, f := range before.Functions {
		var own *least.Role
		for _, r := range now {
			if r.App.File == before.App.File && slices.ContainsFunc(r.Functions, func(o *least.Function) bool { return o.Function.ID == f.Function.ID }) {
				own = r
			}
		}
		switch {
		case own == nil || len(own.Functions) > 1:
			return f.Function.Name + " would have no role of its own"
		case still[keyOf(own)]:
			return "the role of " + f.Function.Name + " would grant more than is needed"
		}
		for _, n := range f.Needs {
			if !least.FromFramework(n) && before.Allows(n) != model.No && own.Allows(n) == model.No {
				return f.Function.Name + " would lose " + n.Action.String()
			}
		}
	}
	return ""
}

// lost is something that functions need which a role allowed, and does not allow any more.
func lost(before, after *least.Role) string {
	for _, f := range before.Functions {
		for _, n := range f.Needs {
			if before.Allows(n) != model.No && after.Allows(n) == model.No {
				return n.Action.String() + ", which " + f.Function.Name + " needs"
			}
		}
	}
	return ""
}

// different is a resource that is not as it was, other than roles and policies; empty where all are.
func different(before, after *link.Program) string {
	if len(before.Apps) != len(after.Apps) {
		return "which applications there are"
	}
	for i, app := range before.Apps {
		other := after.Apps[i]
		if app.File != other.File {
			return "which applications there are"
		}
		for _, r := range slices.Concat(app.Resources, other.Resources) {
			switch r.Type {
			case "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy":
				continue
			}
			a, b := app.Resource(r.ID), other.Resource(r.ID)
			if r.Type == "AWS::Lambda::Function" && a != nil && b != nil { // its role is what is changed
				if spell(withoutRole(a.Props)) != spell(withoutRole(b.Props)) {
					return "the resource " + r.ID + " of " + app.File
				}
				continue
			}
			if a == nil || b == nil || a.Type != b.Type || spell(a.Props) != spell(b.Props) {
				return "the resource " + r.ID + " of " + app.File
			}
		}
	}
	return ""
}

func withoutRole(props *model.Value) *model.Value {
	return model.NewMap(slices.DeleteFunc(slices.Clone(props.Fields), func(f model.Field) bool { return f.Key == "Role" }), props.Origin)
}

// Apply writes the files of a plan below a root: those that are still as they were when they were read. The errors are one for each file
// that could not be written.
func (p *Plan) Apply(root string) []error {
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		root = filepath.Dir(root)
	}
	var out []error
	for _, f := range p.Files {
		if err := f.write(filepath.Join(root, filepath.FromSlash(f.Path))); err != nil {
			out = append(out, err)
		}
	}
	return out
}

// write exchanges the content of a file as a whole, so that it is never half written.
func (f *File) write(path string) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("%s: cannot be changed: %w", f.Path, err)
	}
	now, err := os.ReadFile(path)
	switch {
	case err != nil:
		return fmt.Errorf("%s: cannot be changed: %w", f.Path, err)
	case !bytes.Equal(now, f.Before):
		return fmt.Errorf("%s: has changed since it was read, and stays as it is: run the command again", f.Path)
	}
	handle, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("%s: is not writable, and stays as it is: change its permissions", f.Path)
	}
	info, err := handle.Stat()
	if closed := handle.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be changed: %w", f.Path, err)
	}
	return replaceFile(path, f.After, info.Mode().Perm())
}

func replaceFile(path string, data []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
