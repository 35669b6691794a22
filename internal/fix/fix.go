// Package fix writes patches: changes of templates after which findings are gone, while everything that is needed is still granted.
//
// A patch is made of edits of single values (package document), so that everything else of a file stays as it is. What cannot be
// changed with certainty is refused, with the reason. Each patch is tried: the application is read again with the changed files in the
// place of the old ones, and the findings must be gone, what is needed still be granted, and nothing else be different.
package fix

import (
	"fmt"
	"slices"
	"sort"

	"wardlet.example/internal/document"
	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// Patch is what is changed for one role.
type Patch struct {
	App       string
	Role      string
	Functions []string
	Before    int    // actions that the role allows
	After     int    // actions that it allows afterwards; -1 where nothing is changed
	Unsafe    string // why it should be looked at before it is applied; empty for a safe one
	Refused   string // why there is none; empty where there is one
	At        model.Pos
	Split     bool // each function gets a role of its own; After is what the widest of them allows

	role *least.Role
}

// Applied reports whether a patch is among those that the files of the plan hold.
func (p *Patch) Applied() bool { return p.Refused == "" && p.After >= 0 }

// File is a file that a plan changes.
type File struct {
	Path          string
	Before, After []byte
}

// Plan is all patches, with the files as they are afterwards.
type Plan struct {
	Patches []Patch
	Files   []File
}

// options say what is planned.
type options struct {
	wanted map[roleKey]bool
	except map[roleKey]string // why a role is left out
	read   func(path string) ([]byte, error)
	unsafe bool // also what should be looked at first
	split  bool // shared roles are split
}

// roleKey names a role.
type roleKey struct{ app, role string }

func keyOf(r *least.Role) roleKey { return roleKey{r.App.File, r.Role.ID} }

// privileges plans how roles are narrowed to what their functions need.
func privileges(program *link.Program, roles []*least.Role, o options) *Plan {
	p := &planner{program: program, roles: roles, o: o, editors: map[string]*document.Editor{}, before: map[string][]byte{}, units: map[model.Pos]*unit{}}
	p.collect()
	plan := &Plan{}
	for _, r := range roles {
		switch {
		case o.split && shared(r) && o.except[keyOf(r)] == "":
			plan.Patches = append(plan.Patches, p.rolesOf(r))
		case o.wanted[keyOf(r)]:
			plan.Patches = append(plan.Patches, p.role(r))
		}
	}
	p.write(plan)
	return plan
}

// planner makes a plan.
type planner struct {
	program *link.Program
	roles   []*least.Role
	o       options
	editors map[string]*document.Editor
	before  map[string][]byte
	units   map[model.Pos]*unit
}

// editor is the one editor of a file.
func (p *planner) editor(file string) (*document.Editor, error) {
	if e := p.editors[file]; e != nil {
		return e, nil
	}
	data, err := p.o.read(file)
	if err != nil {
		return nil, err
	}
	e, err := document.NewEditor(file, data, shortTag)
	if err != nil {
		return nil, err
	}
	p.editors[file], p.before[file] = e, data
	return e, nil
}

// shortTag is how intrinsic functions are written in YAML.
func shortTag(key string) (string, bool) {
	switch key {
	case "Ref":
		return "!Ref", true
	case "Fn::GetAtt":
		return "!GetAtt", true
	case "Fn::Sub":
		return "!Sub", true
	}
	return "", false
}

// write gives the files of a plan. Where a file cannot be written as it was meant, all patches in it are refused.
func (p *planner) write(plan *Plan) {
	files := make([]string, 0, len(p.editors))
	for file := range p.editors {
		files = append(files, file)
	}
	sort.Strings(files)
	for _, file := range files {
		after, err := p.editors[file].Bytes()
		if err != nil {
			for i, patch := range plan.Patches {
				if patch.Refused == "" && (patch.Split && patch.App == file || slices.Contains(p.filesOf(patch.role), file)) {
					plan.Patches[i].Refused = err.Error()
				}
			}
			continue
		}
		if string(after) != string(p.before[file]) {
			plan.Files = append(plan.Files, File{file, p.before[file], after})
		}
	}
}

func (p *planner) filesOf(r *least.Role) []string {
	var out []string
	for pos, u := range p.units {
		if u.changed && slices.Contains(u.roles, r) {
			out = append(out, pos.File)
		}
	}
	return out
}

// role plans the patch of one role.
func (p *planner) role(r *least.Role) Patch {
	out := Patch{App: r.App.File, Role: r.Role.ID, At: r.Role.Origin.Pos, role: r, After: -1, Before: count(r, func(g *least.Grant) []string { return expand(g.Pattern) })}
	for _, f := range r.Functions {
		out.Functions = append(out.Functions, f.Function.Name)
	}
	if out.Refused = p.o.except[keyOf(r)]; out.Refused != "" {
		return out
	}
	var todo []*unit
	for _, u := range p.ordered(r) {
		if !u.excess() {
			continue
		}
		if lack := u.meant(r); lack != "" {
			out.Refused = lack
			return out
		}
		if u.locked != "" {
			out.Refused = u.locked
			return out
		}
		todo = append(todo, u)
	}
	for _, u := range todo {
		c, err := p.plan(u)
		if err != nil {
			out.Refused = err.Error()
			return out
		}
		if c.unsafe != "" && out.Unsafe == "" {
			out.Unsafe = c.unsafe
		}
		u.change = c
	}
	if out.Unsafe != "" && !p.o.unsafe {
		return out
	}
	for _, u := range todo {
		if u.changed {
			continue
		}
		if err := u.change.apply(); err != nil {
			out.Refused = err.Error()
			return out
		}
		u.changed = true
	}
	out.After = count(r, p.afterwards)
	return out
}

// ordered are the texts that make a role, in the order of the files.
func (p *planner) ordered(r *least.Role) []*unit {
	var out []*unit
	for _, u := range p.units {
		if slices.Contains(u.roles, r) {
			out = append(out, u)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i].pos, out[j].pos
		if a.File != b.File {
			return a.File < b.File
		}
		return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
	})
	return out
}

// count is how many actions grants stand for, each once.
func count(r *least.Role, of func(*least.Grant) []string) int {
	seen := map[string]bool{}
	for i := range r.Grants {
		for _, name := range of(&r.Grants[i]) {
			seen[name] = true
		}
	}
	return len(seen)
}

// afterwards are the actions that a grant stands for after its text was changed.
func (p *planner) afterwards(g *least.Grant) []string {
	u := p.unitOf(g)
	if u == nil || !u.changed {
		return expand(g.Pattern)
	}
	var out []string
	for _, w := range u.wants {
		if w.pattern != g.Pattern {
			continue
		}
		if w.whole {
			return expand(g.Pattern)
		}
		for _, n := range w.needed {
			out = append(out, n.Action.String())
		}
	}
	return out
}

// errorAt is an error about a place.
func errorAt(pos model.Pos, format string, args ...any) error {
	return fmt.Errorf("%s: %s", pos, fmt.Sprintf(format, args...))
}
