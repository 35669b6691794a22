package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// What becomes of the fast digest of a password. Two things do no harm: to cut it, so that another service can say whether the password has
// leaked and sees the beginning only, and to give it to a slow function, which makes what is kept.

// weakHash is the kind of harm of passwords that are hashed fast.
const weakHash = "weak-password-hash"

// deepestDigest bounds the names and functions by which a digest goes on.
const deepestDigest = 4

var (
	// slowHashes are in the paths of functions that are made for passwords.
	slowHashes = regexp.MustCompile(`(?i)bcrypt|argon2|scrypt|pbkdf2|password_?hash`)
	// rewrites are functions that write a digest in another way.
	rewrites = regexp.MustCompile(`(^|\.)(toUpperCase|toLowerCase|upper|lower|ToUpper|ToLower|encode|decode|hex|toString|trim|strip|from|b64encode|String|str|EncodeToString|Sprintf|byte)$`)
	// digesting are the methods by which a digest is made.
	digesting = []string{"update", "digest", "hexdigest"}
	// cutting are methods that take a part of a text.
	cutting = []string{"slice", "substring", "substr"}
)

// digests follows the digest of a password through the code of a function.
type digests struct {
	node *paths.Node
	file *ir.File
}

// spares reports whether a place is a fast digest of a password that is only cut, or goes on to a slow function.
func (d digests) spares(at int32) bool {
	fn := innermost(d.file, at)
	return fn != nil && d.allSpared(fn.Body, fn, 0, func(e *ir.Expr) bool {
		return e.Kind == ir.Call && e.At == at && !slices.Contains(cutting, lastName(e.X)) // what is cut off is asked for no more
	})
}

// allSpared reports whether there are such expressions in some statements, and no harm comes of any.
func (d digests) allSpared(body []*ir.Stmt, fn *ir.Func, depth int, is func(*ir.Expr) bool) bool {
	found, spared := false, true
	eachUse(body, is, func(s *ir.Stmt, around []*ir.Expr) {
		found = true
		spared = spared && depth < deepestDigest && d.spared(s, around, fn, depth)
	})
	return found && spared
}

// spared reports whether an expression does no harm, by the ones around it: the last one is itself.
func (d digests) spared(s *ir.Stmt, around []*ir.Expr, fn *ir.Func, depth int) bool {
	for i := len(around) - 2; i >= 0; i-- {
		e, inner := around[i], around[i+1]
		switch {
		case e.Kind == ir.Await, e.Kind == ir.Cond && e.X != inner:
		case e.Kind == ir.Member && (rewrites.MatchString(e.Str) || slices.Contains(digesting, e.Str) || slices.Contains(cutting, e.Str)):
		case e.Kind == ir.Call && e.X == inner:
			if slices.Contains(cutting, lastName(inner)) {
				return true
			}
		case e.Kind == ir.Call && d.isSlow(e):
			return true
		case e.Kind == ir.Call && rewrites.MatchString(dotted(e.X)):
		case e.Kind == ir.Index && e.X == inner && e.Y.Str == ":":
			if !strings.HasSuffix(string(d.file.Tree.Source[e.At:e.End]), "[:]") {
				return true
			}
		case e.Kind == ir.Assign && e.Y == inner && e.X.Kind == ir.Name:
			return d.allSpared(fn.Body, fn, depth+1, isUseOf(e.X))
		default:
			return false
		}
	}
	return s.Kind == ir.Return && d.sparedByCallers(fn, depth)
}

// sparedByCallers reports whether all calls of a function that gives a digest back do no harm with it.
func (d digests) sparedByCallers(fn *ir.Func, depth int) bool {
	if fn.Name == "" {
		return false
	}
	found, spared := false, true
	for _, name := range d.node.Result.Files {
		file := d.node.Result.Program.File(name)
		if file == nil {
			continue
		}
		inFile(file, func(caller *ir.Func) {
			in := digests{d.node, file}
			eachUse(caller.Body, func(e *ir.Expr) bool { return e.Kind == ir.Call && calledName(e.X) == fn.Name }, func(s *ir.Stmt, around []*ir.Expr) {
				if innermost(file, around[len(around)-1].At) == caller { // and not one around it
					found = true
					spared = spared && depth < deepestDigest && in.spared(s, around, caller, depth+1)
				}
			})
		}, func(*ir.Expr) {})
	}
	return found && spared
}

// isSlow reports whether a call is one of a function that is made for passwords.
func (d digests) isSlow(call *ir.Expr) bool {
	i := slices.IndexFunc(d.node.Result.Calls, func(c dataflow.Called) bool { return c.Expr == call })
	return i >= 0 && slowHashes.MatchString(d.node.Result.Calls[i].Ref) || slowHashes.MatchString(dotted(call.X))
}

// isUseOf finds the uses of a name, but for the place where it is bound.
func isUseOf(bound *ir.Expr) func(*ir.Expr) bool {
	return func(e *ir.Expr) bool { return e.Kind == ir.Name && e.Str == bound.Str && e != bound }
}

// innermost is the innermost function that a place stands in; nil where it stands in none.
func innermost(file *ir.File, at int32) *ir.Func {
	var out *ir.Func
	inFile(file, func(fn *ir.Func) {
		if fn.Start <= at && at < fn.End && (out == nil || fn.End-fn.Start < out.End-out.Start) {
			out = fn
		}
	}, func(*ir.Expr) {})
	return out
}

// eachUse gives each expression of some kind in statements, also in functions that stand there, with the ones around it.
func eachUse(body []*ir.Stmt, is func(*ir.Expr) bool, found func(s *ir.Stmt, around []*ir.Expr)) {
	var value func(s *ir.Stmt, e *ir.Expr, around []*ir.Expr)
	value = func(s *ir.Stmt, e *ir.Expr, around []*ir.Expr) {
		if e == nil {
			return
		}
		around = append(slices.Clip(around), e)
		if is(e) {
			found(s, around)
		}
		for _, x := range append([]*ir.Expr{e.X, e.Y, e.Z}, e.List...) {
			value(s, x, around)
		}
		if e.Kind == ir.Lambda && e.Fn != nil {
			eachUse(e.Fn.Body, is, found)
		}
	}
	ir.Statements(body, func(list []*ir.Stmt, i int) {
		s := list[i]
		value(s, s.X, nil)
		value(s, s.Y, nil)
		if s.Fn != nil {
			eachUse(s.Fn.Body, is, found)
		}
	})
}
