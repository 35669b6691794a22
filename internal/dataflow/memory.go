package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// What a module keeps in a set, a map or a list while it runs is known to one instance of one function. Who is let in must not rest on it.

// Guard is a condition by which somebody is turned away, and what a module keeps that it asks.
type Guard struct {
	Called
	container *Value
}

// Remembers reports whether functions of the program put what callers send, or names that are made for them, into what a condition asks.
func (p *Program) Remembers(g Guard) bool { return p.remembered[g.container] }

var (
	fillsContainer = set("add set push append unshift setdefault")
	asksContainer  = set("has includes get indexOf some find index count Contains")
	// turnsAway is what code answers to those whom it does not let in, or no longer.
	turnsAway = regexp.MustCompile(`\b(401|403|429)\b|(?i:unauthori[sz]ed|forbidden|access denied|too many|revoked)`)
)

// fillsMemory notes a call that puts something of a caller into what a module keeps.
func (in *interp) fillsMemory(f frame, e *ir.Expr, recv *Value, method string, args *arguments) {
	if fillsContainer[method] && len(args.list) > 0 && len(e.List) > 0 && in.isMemory(recv) && !in.looksUp(f, e) { // looked at last: it reads the file
		in.remembers(f, recv, e.List[0], args.get(0), args.get(1))
	}
}

// remembers notes that a module keeps something under a key, or in a list.
func (in *interp) remembers(f frame, container *Value, e *ir.Expr, key, v *Value) {
	if in.st != nil || in.loading != nil || in.proving > 0 || !in.isMemory(container) {
		return
	}
	unique := uniqueNames[key.madeBy()] || len(key.args) > 0 && uniqueNames[key.args[0].madeBy()]
	if !unique && v.fromStore(0) { // a cache of what is kept elsewhere
		return
	}
	ofCaller := slices.ContainsFunc(key.theirs(), func(t *Taint) bool { return t.Source != nil && !t.Source.Stored })
	if !ofCaller && !unique && !in.namesCallerBy(f, e) || in.onlySaves(f, e) {
		return
	}
	if in.p.remembered == nil {
		in.p.remembered = map[*Value]bool{}
	}
	in.p.remembered[container] = true
}

// onlySaves reports whether something is put into memory where somebody is turned away by a condition that asks elsewhere: what is remembered
// of it only saves to ask again.
func (in *interp) onlySaves(f frame, e *ir.Expr) bool {
	s := branchOf(f.file, e)
	if s == nil || !ir.Ends(s.Body) || in.memoryIn(f, s.X, 0) != nil {
		return false
	}
	return turnsAway.Match(uncommented(f.file.Tree.Source[s.X.At:max(s.X.End, endOf(s))]))
}

// looksUp reports whether a call puts into memory what a function gives, where it is missing there: if (!known.has(token)) known.set(token,
// check(token)).
func (in *interp) looksUp(f frame, e *ir.Expr) bool {
	if len(e.List) < 2 || e.X.Kind != ir.Member {
		return false
	}
	if x := ir.Awaited(e.List[1]); x.Kind != ir.Call || x.Str == "new" || len(x.List) == 0 {
		return false
	}
	s := branchOf(f.file, e)
	return s != nil && s.X.Kind == ir.Not && in.memoryIn(f, s.X, 0) != nil
}

// branchOf is the innermost condition behind which an expression stands; nil where there is none.
func branchOf(file *ir.File, e *ir.Expr) *ir.Stmt {
	var out *ir.Stmt
	ir.Walk(file.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && s.X != nil && slices.ContainsFunc(s.Body, func(b *ir.Stmt) bool { return isIn(b, e) }) {
			out = s
		}
		return true
	}, func(*ir.Expr) bool { return true })
	return out
}

// isIn reports whether an expression stands in a statement.
func isIn(s *ir.Stmt, e *ir.Expr) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, nil, func(x *ir.Expr) bool {
		found = found || x == e
		return !found
	})
	return found
}

// comments are those at the end of lines.
var comments = regexp.MustCompile(`(?m)(^|[\s;{}])(//|#).*$`)

// uncommented is the text of code without its comments.
func uncommented(text []byte) []byte { return comments.ReplaceAll(text, nil) }

// fromStore reports whether a value was read from a store, or given by a library.
func (v *Value) fromStore(depth int) bool {
	return v.hasOf(depth, func(x *Value) bool {
		return strings.HasSuffix(x.ref, ")") || slices.ContainsFunc(x.taints, func(t *Taint) bool { return t.Source != nil && t.Source.Stored })
	})
}

// saidByPlatform is how the platform says who calls, and from where.
var saidByPlatform = regexp.MustCompile(`(?i)source_?ip|requestContext|authorizer|claims|x-forwarded-for`)

// namesCallerBy reports whether an expression is what the platform says of the caller.
func (in *interp) namesCallerBy(f frame, e *ir.Expr) bool {
	for range 3 {
		if e == nil || e.Kind != ir.Name {
			break
		}
		e = in.testOf(f, e.Str)
	}
	return e != nil && e.At < e.End && int(e.End) <= len(f.file.Tree.Source) && saidByPlatform.Match(f.file.Tree.Source[e.At:e.End])
}

// madeBy is the function of a library that made a value.
func (v *Value) madeBy() string {
	if n := len(v.ref); n > 2 && v.ref[n-2:] == "()" {
		return v.ref[:n-2]
	}
	return ""
}

// isMemory reports whether a value is a set, a map, a list or a dictionary that a module keeps.
func (in *interp) isMemory(v *Value) bool {
	if v == nil || v == nothing || !v.shared || v.class != nil {
		return false
	}
	switch v.ref {
	case "", "builtin.Set()", "builtin.Map()", "builtin.set()", "builtin.dict()", "builtin.list()", "collections.defaultdict()", "collections.Counter()":
		return true
	}
	return false
}

// asksMemory notes a condition by which somebody is turned away that asks what a module keeps.
func (in *interp) asksMemory(f frame, s *ir.Stmt) {
	if in.st != nil || in.loading != nil || in.proving > 0 || s.X == nil || len(s.Body) == 0 || len(s.Body) > 3 || !ir.Ends(s.Body) {
		return
	}
	end := max(s.X.End, endOf(s))
	if text := f.file.Tree.Source[s.X.At:end]; !turnsAway.Match(text) || !turnsAway.Match(uncommented(text)) {
		return
	}
	if container := in.memoryIn(f, s.X, 0); container != nil {
		in.guards = append(in.guards, Guard{Called{Ref: string(f.file.Tree.Source[s.X.At:s.X.End]), File: f.file, At: s.X.At, Expr: s.X}, container})
	}
}

// memoryIn is what a module keeps that a condition asks; nil where it asks none.
func (in *interp) memoryIn(f frame, e *ir.Expr, depth int) *Value {
	if e == nil || depth > 6 {
		return nil
	}
	var container *ir.Expr
	switch e.Kind {
	case ir.Call:
		if e.X.Kind == ir.Member && asksContainer[e.X.Str] && len(e.List) > 0 {
			container = e.X.X
		}
	case ir.Index:
		if e.Y.Kind != ir.Const {
			container = e.X
		}
	case ir.Name:
		return in.memoryIn(f, in.testOf(f, e.Str), depth+1)
	case ir.Not, ir.Member:
		return in.memoryIn(f, e.X, depth+1)
	case ir.Binary:
		if e.Str == "in" || e.Str == "not in" {
			container = e.Y
			break
		}
		if v := in.memoryIn(f, e.X, depth+1); v != nil {
			return v
		}
		return in.memoryIn(f, e.Y, depth+1)
	}
	if container == nil {
		return nil
	}
	if v := in.quiet(f, container); in.isMemory(v) {
		return v
	}
	return nil
}
