package fix

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/least"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
	"wardlet.example/internal/template/sam"
)

// template exchanges a policy template of SAM: for one that fits exactly, or for a statement.
func (p *planner) template(c *change, u *unit, key document.Node) error {
	needs, ok := u.needed()
	if !ok {
		return errorAt(u.pos, "what is needed of %s is not known in full", key.Text())
	}
	entry, _ := key.Up()
	if len(needs) == 0 {
		c.do(key.Remove)
		return nil
	}
	if name := sam.ExactTemplate(key.Text(), actionsOf(needs)); name != "" {
		c.do(func() error { return key.Rename(name) })
		return nil
	}
	if entry.Len() != 1 {
		return errorAt(u.pos, "several policy templates stand in one entry")
	}
	w := p.writer(u.roles[0], entry)
	params, _ := entry.Get(key.Text())
	w.fallback = func(n *least.Need) []*model.Value { return w.asTemplate(key.Text(), params, n) }
	s, err := w.statements(needs)
	if err != nil {
		return errorAt(u.pos, "%s", err)
	}
	c.unsafe = w.unsafe
	c.do(func() error { return entry.Replace(intrinsic("Statement", s)) })
	return nil
}

// asTemplate is on what a policy template allows an action, with its parameters as they are written; nil where one of them is neither a
// text nor a reference.
func (w *writer) asTemplate(name string, params document.Node, n *least.Need) []*model.Value {
	var out []*model.Value
	for _, r := range sam.TemplateResources(name, n.Action.String()) {
		types := n.Action.Types
		if strings.HasSuffix(r, "/index/*") && !slices.Contains(types, "index") || slices.Contains(types, "object") && !slices.Contains(types, "bucket") && !strings.HasSuffix(r, "/*") {
			continue
		}
		for _, parameter := range parameterOf.FindAllStringSubmatch(r, -1) {
			v, _ := params.Get(parameter[1])
			text, ok := embedded(v)
			if !ok {
				return nil
			}
			r = strings.Replace(r, parameter[0], text, 1)
		}
		out = append(out, w.sub(r))
	}
	return out
}

// parameterOf finds the parameters in what a policy template allows.
var parameterOf = regexp.MustCompile(`\$\{([A-Za-z0-9]+)\}`)

// embedded is a value as a part of a Sub: a text as it is, a reference as ${X}.
func embedded(v document.Node) (string, bool) {
	text, kind := v.Text(), v.Tag()
	if name, inner, ok := v.Only(); ok {
		text, kind = inner.Text(), "!"+strings.TrimPrefix(name, "Fn::")
		if all := inner.Items(); inner.IsList() && len(all) == 2 {
			text = all[0].Text() + "." + all[1].Text()
		}
	}
	switch {
	case text == "":
		return "", false
	case kind == "!Ref", kind == "!GetAtt":
		return "${" + text + "}", true
	case kind == "!Sub", kind == "":
		return text, true
	}
	return "", false
}

// needed are all needs of a text; ok is false where some are not known.
func (u *unit) needed() (out []*least.Need, ok bool) {
	for _, w := range u.wants {
		if w.whole && len(w.needed) == 0 && len(policy.Expand(w.pattern)) > 0 {
			return nil, false
		}
		out = append(out, w.needed...)
	}
	return out, true
}

// mostDoubtful is how many patterns of a policy that AWS manages are kept, of which it is not known whether they are needed.
const mostDoubtful = 3

// parted are the needs of a text, and the patterns of which it is not known what is needed.
func (u *unit) parted() (needs []*least.Need, doubtful []*want) {
	for _, w := range u.wants {
		if w.whole && len(w.needed) == 0 && len(policy.Expand(w.pattern)) > 0 {
			doubtful = append(doubtful, w)
		}
		needs = append(needs, w.needed...)
	}
	return needs, doubtful
}

// speaking are the statements with a pattern.
func speaking(all []*policy.Statement, pattern string) []*policy.Statement {
	return slices.DeleteFunc(slices.Clone(all), func(s *policy.Statement) bool {
		return !slices.ContainsFunc(s.Actions, func(v *model.Value) bool { return v.EqualsText(pattern) == model.Yes })
	})
}

// plainResources are the resources of statements; everything where they are no plain texts, which they are in the policies of AWS.
func plainResources(all ...*policy.Statement) []*model.Value {
	var out []*model.Value
	for _, s := range all {
		for _, v := range s.Resources {
			text, ok := v.Settled().Scalar()
			if !ok {
				return []*model.Value{model.NewString("*", model.Origin{})}
			}
			if v := model.NewString(text, model.Origin{}); !contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// managed exchanges a policy that AWS manages for a statement with what is needed of it.
func (p *planner) managed(c *change, u *unit, e *document.Editor) error {
	node, ok := e.At(u.pos)
	if ok && node.Text() == "" && len(node.Items()) == 1 { // !Sub with a tag
		node = node.Items()[0]
	}
	if !ok || !strings.HasSuffix(node.Text(), u.managed) {
		return errorAt(u.pos, "the policy %s is not named here: the framework adds it", u.managed)
	}
	needs, doubtful := u.parted()
	if len(doubtful) > mostDoubtful {
		return errorAt(u.pos, "what is needed of %s is not known in full", u.managed)
	}
	needs = p.notElsewhere(u, needs)
	if len(needs)+len(doubtful) == 0 {
		c.do(node.Remove)
		return nil
	}
	r := u.roles[0]
	if len(u.roles) > 1 {
		return errorAt(u.pos, "several roles have the policy %s by this line", u.managed)
	}
	w := p.writer(r, node)
	w.fallback = func(n *least.Need) []*model.Value { return plain(n, u.statements) }
	s, err := w.statements(needs)
	if err != nil {
		return errorAt(u.pos, "%s", err)
	}
	for _, o := range doubtful { // they stay as they are
		s.Items = append(s.Items, allow([]string{o.pattern}, plainResources(speaking(u.statements, o.pattern)...)))
	}
	c.unsafe = w.unsafe
	return inline(c, u, node, s)
}

// inline puts statements in the place of a managed policy.
func inline(c *change, u *unit, node document.Node, s *model.Value) error {
	list, _ := node.Up()
	owner, _ := list.Up()
	if list.IsKeyed("Policies") { // of a function of SAM
		c.do(func() error { return node.Replace(intrinsic("Statement", s)) })
		return nil
	}
	if list.IsKeyed("ManagedPolicyArns") {
		name := model.NewString("NeededPermissions", model.Origin{})
		version := model.Field{Key: "Version", Value: model.NewString("2012-10-17", model.Origin{})}
		entry := model.NewMap([]model.Field{{Key: "PolicyName", Value: name}, {Key: "PolicyDocument", Value: model.NewMap([]model.Field{version, {Key: "Statement", Value: s}}, model.Origin{})}}, model.Origin{})
		c.do(node.Remove)
		c.do(func() error { return appendTo(owner, "Policies", []*model.Value{entry}) })
		return nil
	}
	if list.IsKeyed("managedPolicies") {
		c.do(node.Remove)
		c.do(func() error { return appendTo(owner, "statements", s.Items) })
		return nil
	}
	if list.IsKeyed("iamManagedPolicies") {
		c.do(node.Remove)
		c.do(func() error { return appendTo(owner, "iamRoleStatements", s.Items) })
		return nil
	}
	return errorAt(u.pos, "%s stands where no statement can stand", u.managed)
}

// appendTo adds values to the list of a key, which is made where it is missing.
func appendTo(m document.Node, key string, all []*model.Value) error {
	list, ok := m.Get(key)
	if !ok {
		return m.Append(model.NewMap([]model.Field{{Key: key, Value: model.NewList(all, model.Origin{})}}, model.Origin{}))
	}
	for _, v := range all {
		if err := list.Append(v); err != nil {
			return err
		}
	}
	return nil
}

// notElsewhere leaves out needs that other policies of the role allow, which stay.
func (p *planner) notElsewhere(u *unit, needs []*least.Need) []*least.Need {
	var out []*least.Need
	for _, n := range needs {
		elsewhere := true
		for _, r := range u.roles {
			elsewhere = elsewhere && slices.ContainsFunc(r.Grants, func(g least.Grant) bool {
				return placeOf(&g) != u.pos && slices.Contains(g.Needed, n) && (g.Verdict == least.Used || g.Verdict == least.Wider) && r.Covers(&g, n) == model.Yes
			})
		}
		if !elsewhere {
			out = append(out, n)
		}
	}
	return out
}
