package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// CallSite is a call, and the function that makes it.
type CallSite struct {
	In   *ir.Func
	Call *ir.Expr
}

// leads are the calls between the functions that were reached, worked out when they are first asked for.
type leads struct {
	named map[string][]*ir.Func
	to    map[*ir.Func][]CallSite
}

// LeadsTo are the calls that lead to a function, in the order of the functions that make them: where it is not known what a call leads to, those by
// its name. What a function only holds (another function, a callback) is not looked into.
func (r *Result) LeadsTo(fn *ir.Func) []CallSite {
	if r.leads == nil {
		r.leads = &leads{}
	}
	if r.leads.to == nil {
		r.leads.to = map[*ir.Func][]CallSite{}
		for _, caller := range r.Reached {
			ir.Walk(caller.Body, nil, func(e *ir.Expr) bool {
				if e.Kind == ir.Call {
					for _, fn := range r.Callees(e) {
						r.leads.to[fn] = append(r.leads.to[fn], CallSite{caller, e})
					}
				}
				return e.Kind != ir.Lambda
			})
		}
	}
	return r.leads.to[fn]
}

// Callees are the functions that a call leads to; where that is not known, those that were reached under the name that it has.
func (r *Result) Callees(call *ir.Expr) []*ir.Func {
	if r.Program != nil {
		if fns, ok := r.Program.Callees(call); ok {
			return fns
		}
	}
	if r.leads == nil {
		r.leads = &leads{}
	}
	if r.leads.named == nil {
		r.leads.named = map[string][]*ir.Func{}
		for _, fn := range r.Reached {
			r.leads.named[fn.Name] = append(r.leads.named[fn.Name], fn)
		}
	}
	if name := LastName(call.X); name != "" {
		return slices.Clip(r.leads.named[name])
	}
	return nil
}

// LastName is the last name of a callee as it is written: send of client.send, of clients[i].send and of client.send().
func LastName(e *ir.Expr) string {
	for e != nil {
		switch {
		case e.Kind == ir.Name, e.Kind == ir.Const, e.Kind == ir.Member:
			return e.Str[strings.LastIndexByte(e.Str, '.')+1:]
		case e.Kind == ir.This:
			return "this"
		case e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const:
			return e.Y.Str[strings.LastIndexByte(e.Y.Str, '.')+1:]
		case e.Kind == ir.Call, e.Kind == ir.Await, e.Kind == ir.Index:
			e = e.X
		default:
			return ""
		}
	}
	return ""
}
