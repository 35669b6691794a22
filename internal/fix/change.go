package fix

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/least"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// change is what is done to one text.
type change struct {
	unsafe string // why it should be looked at first
	steps  []func() error
}

func (c *change) do(step func() error) { c.steps = append(c.steps, step) }

func (c *change) apply() error {
	for _, step := range c.steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// plan works out how a text is changed. The error says why it cannot be.
func (p *planner) plan(u *unit) (*change, error) {
	if u.pos.IsZero() {
		return nil, fmt.Errorf("the framework makes this statement")
	}
	e, err := p.editor(u.pos.File)
	if err != nil {
		return nil, err
	}
	c := &change{}
	for _, w := range u.wants {
		if !w.whole {
			w.needed = p.notElsewhere(u, w.needed)
		}
	}
	n, ok := e.At(u.pos)
	switch {
	case u.managed != "":
		return c, p.managed(c, u, e)
	case ok && n.IsKey() && strings.HasSuffix(n.Text(), "Policy") && !isStatement(e, u):
		return c, p.template(c, u, n)
	case isStatement(e, u):
		return c, p.statement(c, u, e)
	}
	return nil, errorAt(u.pos, "the statement is not written here: the framework makes it")
}

// isStatement reports whether the statement itself stands at its place.
func isStatement(e *document.Editor, u *unit) bool {
	m, ok := e.MapAt(u.pos)
	if !ok {
		return false
	}
	_, action := m.Get("Action")
	_, effect := m.Get("Effect")
	return action && effect
}

// statement changes a statement that the template writes out.
func (p *planner) statement(c *change, u *unit, e *document.Editor) error {
	m, _ := e.MapAt(u.pos)
	if len(u.statements) > 1 && !alike(u.statements) {
		return errorAt(u.pos, "what stands here is not the same for all roles that have it")
	}
	nodes, err := patterns(e, m, u)
	if err != nil {
		return err
	}
	left := false
	for _, w := range u.wants {
		left = left || w.whole || len(w.needed) > 0
	}
	if !left {
		return p.removeStatement(c, u, m)
	}
	if p.split(c, u, m, nodes) {
		return nil
	}
	p.actions(c, u, m, nodes)
	p.resources(c, u, m)
	return nil
}

// split makes statements of their own for what is needed on something known, where other actions of the statement are not. It reports
// whether there is something to part.
func (p *planner) split(c *change, u *unit, m document.Node, nodes []document.Node) bool {
	var stay []*want
	var move []*least.Need
	narrow := false
	for _, w := range u.wants {
		rest := *w
		rest.needed = nil
		for _, n := range w.needed {
			if n.On != nil && n.Action.Scopable() && (!w.whole || w.wider) {
				move = append(move, n)
			} else {
				rest.needed = append(rest.needed, n)
			}
		}
		if rest.whole = w.whole && !w.wider; w.whole && w.wider {
			narrow = true
		}
		narrow = narrow || !w.whole && slices.ContainsFunc(u.statements[0].Resources, func(v *model.Value) bool { return v.EqualsText("*") == model.Yes })
		stay = append(stay, &rest)
	}
	list, _ := m.Up()
	if len(move) == 0 || !narrow || !list.IsList() || !slices.ContainsFunc(stay, func(w *want) bool { return w.whole || len(w.needed) > 0 }) {
		return false
	}
	w := p.writer(u.roles[0], m)
	w.fallback = func(*least.Need) []*model.Value { return nil }
	more, err := w.statements(move)
	if err != nil {
		return false
	}
	c.unsafe = w.unsafe
	p.actions(c, &unit{pos: u.pos, wants: stay}, m, nodes)
	for _, s := range more.Items {
		c.do(func() error { return list.Append(s) })
	}
	return true
}

// alike reports whether statements, one for each role that has the text, grant the same.
func alike(all []*policy.Statement) bool {
	for _, s := range all[1:] {
		if spell(s.Value) != spell(all[0].Value) {
			return false
		}
	}
	return true
}

// patterns are the nodes of the patterns, in the order of the wants.
func patterns(e *document.Editor, m document.Node, u *unit) ([]document.Node, error) {
	action, _ := m.Get("Action")
	items := action.Items()
	out := make([]document.Node, len(u.wants))
	for i, w := range u.wants {
		n, ok := e.At(w.at)
		if !ok || n.Text() != w.pattern || !slices.Contains(items, n) {
			return nil, errorAt(u.pos, "the action %s is not written out here", w.pattern)
		}
		out[i] = n
	}
	if len(items) != len(u.wants) {
		return nil, errorAt(u.pos, "not all actions of this statement are understood")
	}
	return out, nil
}

// actions exchanges the patterns for what is needed of them.
func (p *planner) actions(c *change, u *unit, m document.Node, nodes []document.Node) {
	list, _ := m.Get("Action")
	there := map[string]bool{}
	for _, w := range u.wants {
		if w.whole {
			there[w.pattern] = true
		}
	}
	if !list.IsList() {
		if w := u.wants[0]; !w.whole {
			c.do(func() error { return list.Replace(texts(names(w.needed, there))) })
		}
		return
	}
	for i, w := range u.wants {
		if w.whole {
			continue
		}
		n, all := nodes[i], names(w.needed, there)
		if len(all) == 0 {
			c.do(n.Remove)
			continue
		}
		c.do(func() error { return n.Replace(model.NewString(all[0], model.Origin{})) })
		for _, name := range all[1:] {
			c.do(func() error { return list.Append(model.NewString(name, model.Origin{})) })
		}
	}
}

// names are the actions of needs that are not there yet.
func names(needs []*least.Need, there map[string]bool) []string {
	var out []string
	for _, name := range actionsOf(needs) {
		if !there[name] {
			there[name] = true
			out = append(out, name)
		}
	}
	return out
}

// texts is one text, or a list of them.
func texts(all []string) *model.Value {
	if len(all) == 1 {
		return model.NewString(all[0], model.Origin{})
	}
	out := make([]*model.Value, len(all))
	for i, s := range all {
		out[i] = model.NewString(s, model.Origin{})
	}
	return model.NewList(out, model.Origin{})
}

// resources narrows on what a statement grants, where all that is needed of it is known.
func (p *planner) resources(c *change, u *unit, m document.Node) {
	needs, ok := u.narrowable()
	node, there := m.Get("Resource")
	if !ok || !there {
		return
	}
	r, s := u.roles[0], u.statements[0]
	shares, known := r.Shares(s, needs)
	items := node.Items()
	if !known || len(shares) != len(items) {
		return
	}
	w := p.writer(r, m)
	var keep, fresh []*model.Value
	for _, share := range shares {
		if share.Exact {
			keep = append(keep, share.Resource)
			continue
		}
		for _, n := range share.Needs {
			v, err := w.resource(n)
			if err != nil { // it stays as wide as it is
				return
			}
			if !contains(fresh, v) {
				fresh = append(fresh, v)
			}
		}
	}
	c.unsafe = w.unsafe
	switch {
	case len(keep) == len(shares):
	case len(keep) == 0 || !node.IsList():
		c.do(func() error { return node.Replace(oneOrMany(fresh)) })
	default:
		p.exchange(c, node, items, shares, fresh)
	}
}

// exchange takes resources out of a list and puts others into it.
func (p *planner) exchange(c *change, list document.Node, items []document.Node, shares []least.Share, fresh []*model.Value) {
	for i, share := range shares {
		n := items[i]
		switch {
		case share.Exact:
		case len(fresh) > 0:
			v := fresh[0]
			fresh = fresh[1:]
			c.do(func() error { return n.Replace(v) })
		default:
			c.do(n.Remove)
		}
	}
	for _, v := range fresh {
		c.do(func() error { return list.Append(v) })
	}
}

// narrowable are the needs of a statement, where it is too wide and all of them are known.
func (u *unit) narrowable() ([]*least.Need, bool) {
	var out []*least.Need
	narrow := false
	for _, w := range u.wants {
		if w.whole && !w.wider && len(w.needed) == 0 {
			return nil, false // perhaps needed, it is not known on what
		}
		narrow = narrow || w.wider && len(w.needed) > 0
		out = append(out, w.needed...)
	}
	for _, n := range out {
		if n.On == nil || !n.Action.Scopable() {
			return nil, false
		}
	}
	return out, narrow && len(out) > 0
}

func oneOrMany(all []*model.Value) *model.Value {
	if len(all) == 1 {
		return all[0]
	}
	return model.NewList(all, model.Origin{})
}

// removeStatement takes a statement out, and the policy with it where that has no other.
func (p *planner) removeStatement(c *change, u *unit, m document.Node) error {
	if p.left(u) {
		c.do(m.Remove)
		return nil
	}
	up, _ := m.Up()
	if r := u.doc.Source.Resource; r != nil && (r.Type == "AWS::IAM::Policy" || r.Type == "AWS::IAM::ManagedPolicy") {
		return p.removePolicy(c, u, r, m)
	}
	doc := up
	if up.IsList() {
		doc, _ = up.Up()
	}
	if _, ok := doc.Get("Statement"); !ok { // statements of the Serverless Framework, which stand in a list of their own
		c.do(m.Remove)
		return nil
	}
	in, ok := doc.Up()
	if !ok {
		return errorAt(u.pos, "nothing of this policy is needed: remove it by hand")
	}
	if _, wrapped := in.Get("PolicyDocument"); wrapped {
		doc = in
		in, ok = doc.Up()
	}
	if _, named := in.Get("Policies"); !ok || !in.IsList() && !named {
		return errorAt(u.pos, "nothing of this policy is needed: remove it by hand")
	}
	c.do(doc.Remove)
	return nil
}

// removePolicy takes the resource of a policy out, where nothing refers to it.
func (p *planner) removePolicy(c *change, u *unit, r *model.Resource, m document.Node) error {
	entry := m
	for up, ok := m.Up(); ok; up, ok = up.Up() {
		if entry.IsKeyed(r.ID) {
			break
		}
		entry = up
	}
	if !entry.IsKeyed(r.ID) || r.Type != "AWS::IAM::Policy" || len(r.Props.Get("Roles").Elements()) != 1 || p.mentioned(u.roles[0].App, r) {
		return errorAt(u.pos, "nothing of the policy %s is needed: remove it, and what refers to it, by hand", r.ID)
	}
	c.do(entry.Remove)
	return nil
}

// mentioned reports whether anything refers to a resource, or waits for it.
func (p *planner) mentioned(app *model.App, r *model.Resource) bool {
	in := func(v *model.Value) bool {
		return slices.ContainsFunc(v.Refs(), func(ref *model.Value) bool { return ref.Str == r.ID })
	}
	for _, o := range app.Resources {
		if o == r {
			continue
		}
		waits := slices.ContainsFunc(o.Attributes.Get("DependsOn").Elements(), func(v *model.Value) bool { return v.EqualsText(r.ID) != model.No })
		if waits || in(o.Props) {
			return true
		}
	}
	return slices.ContainsFunc(app.Outputs, func(o model.Output) bool { return in(o.Value) })
}

// left reports whether a policy has statements that stay.
func (p *planner) left(u *unit) bool {
	for _, s := range u.doc.Document.Statements {
		o := p.units[s.Origin.Pos]
		if o == nil || o == u {
			if o == nil {
				return true
			}
			continue
		}
		if o.locked != "" {
			return true
		}
		for _, w := range o.wants {
			if w.whole || len(w.needed) > 0 || isLogging(w.pattern) {
				return true
			}
		}
	}
	return false
}
