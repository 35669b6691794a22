package fix

import (
	"slices"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// unit is a text that grants: a statement, the use of a policy template, the name of a policy that AWS manages. Several roles may have it.
type unit struct {
	pos        model.Pos
	managed    string // the name of the policy, where AWS manages it
	doc        *link.Doc
	statements []*policy.Statement
	roles      []*least.Role
	wants      []*want
	locked     string // why it must stay as it is
	change     *change
	changed    bool
}

// want is what becomes of one pattern of actions.
type want struct {
	pattern string
	at      model.Pos
	whole   bool // it is needed as it is, or perhaps
	wider   bool // on less
	broad   bool // much more than is needed
	nothing bool // there is no such action: it allows nothing
	needed  []*least.Need
}

// excess reports whether a text grants more than is needed.
func (u *unit) excess() bool {
	return slices.ContainsFunc(u.wants, func(w *want) bool {
		if u.managed != "" { // those that are for a purpose of the platform are left alone
			return w.broad
		}
		return !isLogging(w.pattern) && !w.nothing && (!w.whole || w.wider)
	})
}

func isLogging(pattern string) bool { return strings.HasPrefix(strings.ToLower(pattern), "logs:") }

// meant tells where a text is perhaps meant to grant what a function needs of the same service, and does not.
func (u *unit) meant(r *least.Role) string {
	for _, m := range r.Missing {
		for _, w := range u.wants {
			if service, _, _ := strings.Cut(w.pattern, ":"); !w.whole && strings.EqualFold(service, m.Need.Action.Service) {
				return m.Function.Function.Name + " needs " + m.Need.Action.String() + ", which nothing allows: mend that first"
			}
		}
	}
	return ""
}

// collect finds the texts behind all grants of all roles.
func (p *planner) collect() {
	judged := map[*model.Role]bool{}
	for _, r := range p.roles {
		judged[r.Role] = r.Unknown == ""
		for i := range r.Grants {
			p.add(r, &r.Grants[i])
		}
	}
	for _, app := range p.program.Apps {
		for _, role := range app.Roles {
			if !judged[role] {
				p.lock(app, role)
			}
		}
	}
}

// unitOf is the text of a grant.
func (p *planner) unitOf(g *least.Grant) *unit { return p.units[placeOf(g)] }

// placeOf is where the text of a grant stands.
func placeOf(g *least.Grant) model.Pos {
	if g.Doc.Managed {
		return g.Doc.At.Pos
	}
	return g.Statement.Origin.Pos
}

func (p *planner) add(r *least.Role, g *least.Grant) {
	pos := placeOf(g)
	if pos.IsZero() {
		return
	}
	u := p.units[pos]
	if u == nil {
		u = &unit{pos: pos, doc: g.Doc}
		if g.Doc.Managed {
			u.managed = g.Doc.Name
		}
		p.units[pos] = u
	}
	if !slices.Contains(u.roles, r) {
		u.roles = append(u.roles, r)
	}
	if !slices.Contains(u.statements, g.Statement) {
		u.statements = append(u.statements, g.Statement)
	}
	u.join(g)
}

// join adds what one role says of a pattern: it stays whole where any role needs that.
func (u *unit) join(g *least.Grant) {
	at := patternAt(g)
	i := slices.IndexFunc(u.wants, func(w *want) bool { return w.pattern == g.Pattern && w.at == at })
	if i < 0 {
		u.wants = append(u.wants, &want{pattern: g.Pattern, at: at, wider: true})
		i = len(u.wants) - 1
	}
	w := u.wants[i]
	w.broad = w.broad || g.Broad()
	switch g.Verdict {
	case least.Used, least.Uncertain:
		w.whole, w.wider = true, false
	case least.Wider:
		w.whole = true
	}
	for _, n := range g.Needed {
		if !slices.Contains(w.needed, n) {
			w.needed = append(w.needed, n)
		}
	}
	if service, _, _ := strings.Cut(g.Pattern, ":"); g.Actions == 0 && iam.ServiceOf(strings.ToLower(service)) != nil {
		w.nothing = true
		return
	}
	if len(actionsOf(w.needed)) >= g.Actions {
		w.whole = true
	}
}

// patternAt is where a pattern stands among the actions of its statement.
func patternAt(g *least.Grant) model.Pos {
	for _, v := range g.Statement.Actions {
		if text, ok := v.Settled().Scalar(); ok && text == g.Pattern {
			return v.Origin.Pos
		}
	}
	return model.Pos{}
}

// lock keeps the texts of a role as they are of which it is not known what it is for.
func (p *planner) lock(app *model.App, role *model.Role) {
	powers := p.program.Powers(app, role)
	if powers == nil {
		return
	}
	for i := range powers.Docs {
		d := &powers.Docs[i]
		for _, s := range d.Document.Statements {
			pos := s.Origin.Pos
			if d.Managed {
				pos = d.At.Pos
			}
			if u := p.units[pos]; u != nil {
				u.locked = pos.String() + ": the role " + role.ID + " has this too, and what it is for is not known"
			}
		}
	}
}

// actionsOf are the names of the actions of needs, each once, in order.
func actionsOf(needs []*least.Need) []string {
	var out []string
	for _, n := range needs {
		if name := n.Action.String(); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func expand(pattern string) []string {
	all := policy.Expand(pattern)
	if len(all) == 0 {
		return []string{strings.ToLower(pattern)}
	}
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.String()
	}
	return out
}
