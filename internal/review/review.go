// Package review lists the grants of roles by their age: who wrote or changed each last, and when, as the history of git has it. Permissions
// are given in a hurry and stay for ever; what nobody has looked at for long is due.
package review

import (
	"sort"
	"strings"
	"time"

	"wardlet.example/internal/document"
	"wardlet.example/internal/git"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Grant is a statement of a role, or the name of a policy that AWS manages, with its last change.
type Grant struct {
	App       string    `json:"app"`
	Role      string    `json:"role"`
	Actions   []string  `json:"actions"`
	Resources []string  `json:"resources"`
	Policy    string    `json:"policy,omitempty"` // that AWS manages
	At        model.Pos `json:"at"`
	Author    string    `json:"author,omitempty"` // empty where it is not committed
	When      time.Time `json:"when,omitzero"`
	Commit    string    `json:"commit,omitempty"`
	Overdue   bool      `json:"overdue,omitempty"`
}

// List lists the grants of all roles, the oldest first. What was changed before due is overdue. The errors are about files of which the
// history cannot be read.
func List(p *link.Program, h *git.History, read func(string) ([]byte, error), due time.Time) ([]Grant, []error) {
	l := &list{history: h, read: read, files: map[string]*file{}, due: due, seen: map[model.Pos]bool{}}
	for _, app := range p.Apps {
		for _, role := range app.Roles {
			if powers := p.Powers(app, role); powers != nil {
				l.role(app, role, powers)
			}
		}
	}
	sort.SliceStable(l.out, func(i, j int) bool {
		a, b := &l.out[i], &l.out[j]
		if !a.When.Equal(b.When) {
			return !a.When.IsZero() && (b.When.IsZero() || a.When.Before(b.When))
		}
		return a.App < b.App || a.App == b.App && a.At.Line < b.At.Line
	})
	return l.out, l.errs
}

type list struct {
	history *git.History
	read    func(string) ([]byte, error)
	files   map[string]*file
	due     time.Time
	seen    map[model.Pos]bool // a statement that several roles have is listed once
	out     []Grant
	errs    []error
}

// file is a template with the last change of each line.
type file struct {
	editor *document.Editor // nil where the file cannot be taken apart
	lines  []git.Change
}

func (l *list) role(app *model.App, role *model.Role, powers *link.Powers) {
	for i := range powers.Docs {
		d := &powers.Docs[i]
		if d.Managed {
			l.add(Grant{App: app.File, Role: role.ID, Policy: d.Name, At: d.At.Pos}, d.Document.Statements)
			continue
		}
		for _, s := range d.Document.Statements {
			l.add(Grant{App: app.File, Role: role.ID, At: s.Origin.Pos}, []*policy.Statement{s})
		}
	}
}

func (l *list) add(g Grant, statements []*policy.Statement) {
	if g.At.IsZero() || l.seen[g.At] {
		return
	}
	f := l.file(g.At.File)
	if f == nil || !f.written(g.At, g.Policy) {
		return // the framework makes it
	}
	l.seen[g.At] = true
	if g.Policy == "" {
		for _, v := range statements[0].Actions {
			g.Actions = append(g.Actions, v.String())
		}
		for _, v := range statements[0].Resources {
			g.Resources = append(g.Resources, v.String())
		}
	}
	change := f.last(g.At)
	g.Author, g.When, g.Commit = change.Author, change.When, change.Commit
	g.Overdue = !g.When.IsZero() && g.When.Before(l.due)
	l.out = append(l.out, g)
}

// file reads a template and its history, once.
func (l *list) file(path string) *file {
	if f, ok := l.files[path]; ok {
		return f
	}
	l.files[path] = nil
	data, err := l.read(path)
	if err == nil {
		f := &file{}
		f.editor, _ = document.NewEditor(path, data, nil)
		if f.lines, err = l.history.Lines(path, data); err == nil {
			l.files[path] = f
		}
	}
	if err != nil {
		l.errs = append(l.errs, err)
	}
	return l.files[path]
}

// written reports whether a grant is written at a place: a statement, a policy template, or the name of a policy.
func (f *file) written(at model.Pos, managed string) bool {
	if f.editor == nil {
		return false
	}
	n, ok := f.editor.At(at)
	if managed != "" {
		return ok && strings.HasSuffix(n.Text(), managed)
	}
	if m, is := f.editor.MapAt(at); is {
		_, effect := m.Get("Effect")
		_, action := m.Get("Action")
		return effect || action || ok && n.IsKey() && strings.HasSuffix(n.Text(), "Policy")
	}
	return ok && n.IsKey() && strings.HasSuffix(n.Text(), "Policy")
}

// last is the youngest change of the lines of a grant; none where one of them is not committed.
func (f *file) last(at model.Pos) git.Change {
	first, end := at.Line, at.Line
	if m, ok := f.editor.MapAt(at); ok {
		_, end = m.Lines()
	}
	var out git.Change
	for n := first; n <= end && n <= len(f.lines); n++ {
		c := f.lines[n-1]
		if c.Commit == "" {
			return git.Change{}
		}
		if c.When.After(out.When) {
			out = c
		}
	}
	return out
}
