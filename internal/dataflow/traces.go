package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// errorName is what people call what was thrown.
var errorName = regexp.MustCompile(`^(e|ex|err|error|exception|cause|reason)$|(Err|Error|_err|_error|Exception)$`)

// pythonTraces give the stack of what was thrown as a text, or as the lines of one.
var pythonTraces = set("traceback.format_exc() traceback.format_exception() traceback.format_tb() traceback.format_stack()")

// keepsLines are calls after which the lines of a text are still there.
var keepsLines = set(`map filter join split splitlines slice substring replace replaceAll trim strip rstrip toString String str repr encode decode
	Split SplitN SplitAfter Fields Join Replace ReplaceAll ReplaceAllString Trim TrimSpace TrimRight TrimPrefix TrimSuffix`)

// traced notes that a value is a stack trace, or made of one. Where a setting decides whether it is shown nothing is noted.
func (in *interp) traced(f frame, e *ir.Expr, v *Value) *Value {
	var from *step
	switch {
	case e.Kind == ir.Name: // shown where a setting asks for it
		if in.traceAt(f, e.At, "") == nil {
			c := *v
			c.trace, v = nil, &c
		}
	case e.Kind == ir.Member && e.Str == "stack" && f.file.Language == ir.Node:
		x := in.quiet(f, e.X)
		if (errorName.MatchString(lastPart(textOf(e.X))) || in.isCaught(e.X)) && len(x.taints) == 0 || x.class.extendsError(0) {
			from = in.traceAt(f, e.At, "the stack of an error is read")
		}
	case e.Kind != ir.Call:
	case writesWholeError(e):
		from = in.traceAt(f, e.At, "all fields of an error are written, the stack too")
	case v.ref == "runtime/debug.Stack()":
		from = in.traceAt(f, e.At, "the stack is written out")
	case v.ref == "traceback.format_exc()" && in.catching == 0: // nothing was thrown
	case pythonTraces[v.ref]:
		from = in.traceAt(f, e.At, "the stack of an error is written out")
	case keepsLines[lastPart(textOf(e.X))] || e.X.Kind == ir.Member && keepsLines[e.X.Str]:
		if e.X.Kind == ir.Member {
			from = in.traceOf(f, e.X.X)
		}
		for _, x := range e.List {
			if from == nil {
				from = in.traceOf(f, x)
			}
		}
	}
	if from != nil && v.trace == nil {
		c := *v
		c.trace, v = from, &c
	}
	if e.Kind == ir.Call && (v.trace != nil || in.traces[e] != nil) {
		if in.traces == nil {
			in.traces = map[*ir.Expr]*step{}
		}
		in.traces[e] = v.trace
	}
	return v
}

// isCaught reports whether a name is another one for what was caught: const problem = error as Error.
func (in *interp) isCaught(x *ir.Expr) bool {
	if x.Kind != ir.Name || len(in.stack) == 0 {
		return false
	}
	found := false
	ir.Walk(in.stack[len(in.stack)-1].Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && e.X.Str == x.Str && e.Y != nil && e.Y.Kind == ir.Name && errorName.MatchString(e.Y.Str)
		return !found
	})
	return found
}

// takesStack is the value of a part of a pattern: ({ message, stack }) => takes the stack of an error.
func (in *interp) takesStack(f frame, p *ir.Expr, from *Value, key string, at int32, v *Value) *Value {
	if key != "stack" || f.file.Language != ir.Node || len(from.taints) > 0 || v.known || v.trace != nil {
		return v
	}
	if !from.class.extendsError(0) && !slices.Contains(p.Keys, "message") {
		return v
	}
	s := in.traceAt(f, at, "the stack of an error is read")
	if s == nil {
		return v
	}
	c := *v
	c.trace = s
	return &c
}

// traceOf is the trace that an expression is which was followed just before.
func (in *interp) traceOf(f frame, e *ir.Expr) *step {
	if e.Kind == ir.Call {
		return in.traces[e]
	}
	v := in.quiet(f, e)
	if e.Kind == ir.Member { // error.stack.split("\n")
		v = in.traced(f, e, v)
	}
	return v.trace
}

// writesWholeError reports whether an error is written with the fields that JSON leaves out.
func writesWholeError(e *ir.Expr) bool {
	if textOf(e.X) != "JSON.stringify" || len(e.List) < 2 {
		return false
	}
	fields := e.List[1]
	return fields.Kind == ir.Call && textOf(fields.X) == "Object.getOwnPropertyNames" && len(fields.List) == 1 &&
		errorName.MatchString(lastPart(textOf(fields.List[0])))
}

// traceAt is where a stack trace comes from; nil where a setting has decided that it is shown.
func (in *interp) traceAt(f frame, at int32, note string) *step {
	if in.debugging > 0 {
		return nil
	}
	for s := f.s; s != nil; s = s.parent {
		if s.debugging {
			return nil
		}
	}
	return &step{f.file, at, note, nil, in.steps}
}

// extendsError reports whether objects of a class are errors of JavaScript.
func (c *class) extendsError(depth int) bool {
	if c == nil || depth > 5 {
		return false
	}
	for _, b := range c.bases {
		if b != nil && (b.ref == "builtin.Error" || strings.HasPrefix(b.ref, "builtin.") && strings.HasSuffix(b.ref, "Error") || b.class.extendsError(depth+1)) {
			return true
		}
	}
	return false
}

// tellsTrace tells of an answer that holds a stack trace, once for each, where the trace comes from: functions that make answers are
// used for others as well.
func (in *interp) tellsTrace(f frame, at int32, what string, answer *Value) {
	s := traceIn(answer, 0)
	if s == nil {
		return
	}
	key := "stack-trace\x00" + s.file.Path + "\x00" + itoa(int(s.at))
	if in.seen[key] {
		return
	}
	in.seen[key] = true
	in.hits = append(in.hits, &Hit{
		Rule: "stack-trace", File: s.file, At: s.at, What: what, Path: "a stack trace",
		Steps: []Step{{s.file, s.at, s.note}}, End: &Step{File: f.file, At: at},
	})
}

func traceIn(v *Value, depth int) *step {
	if v == nil || depth > 5 {
		return nil
	}
	if v.trace != nil {
		return v.trace
	}
	if s := traceIn(v.json, depth+1); s != nil {
		return s
	}
	for _, x := range sorted(v.fields) {
		if s := traceIn(x, depth+1); s != nil {
			return s
		}
	}
	return traceIn(v.elem, depth+1)
}

// debugWords are names of what says how much an application tells.
var debugWords = aboutNames(`(?i)debug|verbose|(show|include|expose|with|return|send)_?(stack|trace|error|detail)|^(is|in|not|non)?_?(prod(uction)?|dev(elop(ment|er)?)?|test(ing)?|local(host)?|stag(e|ing)|offline|sandbox|env(ironment)?)(_?(mode|env|environment|name))?$|(^|_)(env|stage|environment)$`)

// forDebugging reports whether a condition asks for the stage, or whether the application is to tell more.
func forDebugging(e *ir.Expr) bool {
	if e == nil {
		return false
	}
	switch e.Kind {
	case ir.Name, ir.Const:
		return debugWords.MatchString(e.Str)
	case ir.Member:
		if e.Str == "env" && e.X.Kind == ir.Name && e.X.Str == "process" {
			return false
		}
		return debugWords.MatchString(e.Str) || forDebugging(e.X)
	}
	if forDebugging(e.X) || forDebugging(e.Y) || forDebugging(e.Z) {
		return true
	}
	for _, x := range e.List {
		if forDebugging(x) {
			return true
		}
	}
	return false
}

// asksForDebugging is forDebugging, also of a name that keeps the answer: const verbose = ["dev"].includes(stage).
func (in *interp) asksForDebugging(f frame, e *ir.Expr, depth int) bool {
	switch {
	case e == nil || depth > 3:
		return false
	case forDebugging(e):
		return true
	case e.Kind == ir.Name:
		test := in.testOf(f, e.Str)
		return test != nil && in.asksForDebugging(f, test, depth+1)
	case e.Kind == ir.Not || e.Kind == ir.Binary && (e.Str == "&&" || e.Str == "||" || e.Str == "and" || e.Str == "or"):
		return in.asksForDebugging(f, e.X, depth) || in.asksForDebugging(f, e.Y, depth)
	}
	return false
}

// ifDebugging follows what a condition decides on.
func (in *interp) ifDebugging(f frame, condition *ir.Expr, follow func()) {
	if !in.asksForDebugging(f, condition, 0) {
		follow()
		return
	}
	in.debugging++
	follow()
	in.debugging--
}
