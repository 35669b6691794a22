package dataflow

import (
	"regexp"
)

// nextOfExpress is what functions of Express call to go on, or to leave an error to the functions that answer those.
const nextOfExpress = "express.next"

// answersErrors reports whether a function is there for what other functions of routes fail with: they are followed before it.
func (r *routed) answersErrors() bool {
	switch r.framework {
	case "go-error", "fastify-error", "hono-error":
		return true
	case "express": // (err, req, res, next)
		return r.part == nil && len(r.fn.fn.Params) == 4
	}
	return false
}

// handsErrorOn notes an error that a function leaves to others: next(err), save().catch(next). It reports whether the call does nothing else.
func (in *interp) handsErrorOn(c call) bool {
	switch {
	case c.callee.ref == nextOfExpress:
		in.unanswered = joinThrown(in.unanswered, c.args.get(0))
		return true
	case c.method == "catch" && c.args.get(0).ref == nextOfExpress:
		in.unanswered = joinThrown(in.unanswered, in.rejected)
	}
	return false
}

// awaitsRoutes is how applications are written in which Express 4 waits for asynchronous functions.
var awaitsRoutes = regexp.MustCompile(`express-async|express-promise-router`)

// leavingErrors follows a function of a route, and notes what it throws for the functions that answer errors. Express does not wait for
// asynchronous functions before its fifth version: nobody answers what those throw.
func (in *interp) leavingErrors(r *routed, follow func() *Value) *Value {
	before := in.thrown
	in.thrown = nil
	out := follow()
	thrown := in.thrown
	in.thrown = joinThrown(before, thrown)
	switch r.framework {
	case "express":
		if fn := r.fn.fn; fn.Async && !in.p.AtLeast(r.file, "express", "5") && !awaitsRoutes.Match(fn.File.Tree.Source) {
			return out
		}
		fallthrough
	case "fastify", "hono":
		in.unanswered = joinThrown(in.unanswered, thrown)
	}
	return out
}

// errorOfRoutes is what a function gets that answers errors: one of a call, as far as it is known what all routes fail with.
func (in *interp) errorOfRoutes() *Value {
	if v := orNothing(in.unanswered); isOfCall(v.ref) {
		return v
	}
	return &Value{}
}
