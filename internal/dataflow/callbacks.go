package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// errorFirst is a callback that a library gives to a function: (error, result, ...).
const errorFirst = "node.callback"

// callbackTo is a callback that keeps the results it is called with, by their numbers.
func callbackTo(result *Value) *Value {
	if result.fields == nil {
		result.fields = map[string]*Value{}
	}
	return &Value{ref: errorFirst, sink: result}
}

// calledBack keeps what a callback is called with.
func calledBack(callee *Value, args *arguments) {
	if callee.ref != errorFirst {
		*callee.sink = *join(callee.sink, orNothing(args.get(0)))
		return
	}
	for i, v := range args.list[min(1, len(args.list)):] {
		callee.sink.fields[itoa(i)] = join(callee.sink.fields[itoa(i)], v)
	}
}

// flows are functions of async that run functions one after the other or side by side.
func (in *interp) flows(f frame, ref string, args *arguments, at int32) (*Value, bool) {
	library, name, _ := strings.Cut(ref, ".")
	if library != "async" && library != "neo-async" {
		return nil, false
	}
	switch name = strings.TrimSuffix(strings.TrimSuffix(name, "Series"), "Limit"); name {
	case "waterfall":
		return in.waterfall(f, args, at), true
	case "series", "parallel":
		out := &Value{fields: map[string]*Value{}}
		for key, task := range sorted(args.get(0).fields) {
			out.fields[key] = in.task(f, task, nil, at)["0"]
		}
		return in.finally(f, last(args), []*Value{out}, at), true
	case "each", "forEach", "eachOf", "forEachOf", "map", "filter", "concat":
		given := []*Value{in.elements(args.get(0))}
		if strings.HasSuffix(name, "Of") {
			given = append(given, in.keys(args.get(0)))
		}
		run := slices.IndexFunc(args.list, func(v *Value) bool { return len(v.fns) > 0 })
		if run < 0 {
			return nil, false
		}
		out := &Value{elem: in.task(f, args.list[run], given, at)["0"]}
		if run == len(args.list)-1 {
			return out, true
		}
		return in.finally(f, last(args), []*Value{out}, at), true
	}
	return nil, false
}

// waterfall runs functions that each get what the one before gave to its callback.
func (in *interp) waterfall(f frame, args *arguments, at int32) *Value {
	var given []*Value
	tasks := args.get(0)
	for i := range len(tasks.fields) {
		task := tasks.fields[itoa(i)]
		if task == nil {
			break
		}
		results := in.task(f, task, given, at)
		given = nil
		for j := range len(results) {
			given = append(given, orNothing(results[itoa(j)]))
		}
	}
	return in.finally(f, args.get(1), given, at)
}

// task runs a function with a callback behind its arguments, and gives what that was called with.
func (in *interp) task(f frame, fn *Value, given []*Value, at int32) map[string]*Value {
	result := &Value{}
	list := append(slices.Clone(given), callbackTo(result))
	for _, c := range fn.fns {
		if returned := in.invoke(f, c, c.this, &arguments{list: list}, at); len(result.fields) == 0 && !returned.empty() { // an async function
			result.fields["0"] = returned
		}
	}
	return result.fields
}

// finally runs the function that gets the results in the end.
func (in *interp) finally(f frame, fn *Value, results []*Value, at int32) *Value {
	for _, c := range fn.fns {
		in.invoke(f, c, c.this, &arguments{list: append([]*Value{{}}, results...)}, at)
	}
	if fn.sink != nil {
		calledBack(fn, &arguments{list: append([]*Value{{}}, results...)})
	}
	return orNothing(first1(results))
}

func last(args *arguments) *Value { return args.get(len(args.list) - 1) }

// deferred is a promise with what settles it: Q.defer(), Promise.withResolvers().
func deferred(ref string) *Value {
	switch ref {
	case "q.defer", "when.defer", "bluebird.defer", "p-defer", "builtin.Promise.withResolvers":
		result := &Value{}
		return &Value{fields: map[string]*Value{"promise": result, "resolve": {sink: result}, "fulfill": {sink: result}, "reject": {}}}
	}
	return nil
}

// nodeified gives a promise also to a callback.
func (in *interp) nodeified(f frame, e *ir.Expr, promise *Value, args *arguments) *Value {
	return in.finally(f, args.get(0), []*Value{promise}, e.At)
}

// waiting is a function that listens to something into which nothing of an outsider has flowed yet: parser.on("file", save).
type waiting struct {
	f    frame
	e    *ir.Expr
	m    *Model
	args *arguments
}

// mostWaiting bounds how many functions listen to one thing.
const mostWaiting = 16

func (in *interp) waits(recv *Value, w waiting) {
	if recv == nothing || len(in.waiting[recv]) >= mostWaiting {
		return
	}
	if in.waiting == nil {
		in.waiting = map[*Value][]waiting{}
	}
	in.waiting[recv] = append(in.waiting[recv], w)
}

// flowsInto gives what now flows into something to the functions that listen to it.
func (in *interp) flowsInto(recv *Value) {
	list := in.waiting[recv]
	if len(list) == 0 || len(recv.taints) == 0 {
		return
	}
	delete(in.waiting, recv)
	for _, w := range list {
		in.propagate(w.f, w.e, w.m, recv, w.args, &Value{}, map[*closure]bool{})
	}
}
