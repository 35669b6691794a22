package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Clients of Go that ask each address before they connect to it: whatever host a request names, and whereto it is led on, they go to no
// address that is not public.

// asksAddress are methods of addresses, and of networks, by which code tells a public address from others.
var asksAddress = set("IsPrivate IsLoopback IsGlobalUnicast IsLinkLocalUnicast IsUnspecified")

// goesToPublicOnly reports whether a client has a dialer that looks at addresses.
func (in *interp) goesToPublicOnly(f frame, client *Value) bool {
	return in.connectsToPublicOnly(f, in.fieldOf(f, client, "Transport"))
}

// madeForPublicOnly reports whether a client of another library was made with a client or a transport that does: resty.New().SetTransport(...).
func (in *interp) madeForPublicOnly(f frame, client *Value) bool {
	return slices.ContainsFunc(client.args, func(with *Value) bool {
		return in.goesToPublicOnly(f, with) || in.connectsToPublicOnly(f, with)
	})
}

// connectsToPublicOnly reports whether a transport makes its connections by a function that looks at addresses.
func (in *interp) connectsToPublicOnly(f frame, transport *Value) bool {
	for _, name := range []string{"DialContext", "Dial", "DialTLSContext"} {
		if in.looksAtAddresses(in.fieldOf(f, transport, name)) {
			return true
		}
	}
	return false
}

// fieldOf is a field of a struct of a library that the program has set.
func (in *interp) fieldOf(f frame, v *Value, name string) *Value {
	if v == nil || v.fields[name] == nil && in.over[v][name] == nil {
		return nothing
	}
	return in.member(f, v, name, 0)
}

// looksAtAddresses reports whether a function by which connections are made asks what kind of address it is, or is of a dialer that has such
// a function.
func (in *interp) looksAtAddresses(dial *Value) bool {
	for _, c := range dial.fns {
		if in.asksKind(c) {
			return true
		}
	}
	for _, control := range dial.args {
		if strings.Contains(control.ref, "ssrf.") && strings.HasSuffix(control.ref, ".Safe") { // of a library
			return true
		}
		for _, c := range control.fns {
			if in.asksKind(c) {
				return true
			}
		}
	}
	return false
}

// asksKind reports whether a function, or one that it calls, asks what kind of address it is given, or whether a network has it.
func (in *interp) asksKind(c *closure) bool {
	return in.callsAny(c, 0, func(e *ir.Expr) bool { return asksAddress[e.X.Str] || e.X.Str == "Contains" && len(e.List) == 1 })
}

// callsAny reports whether a function, or one of the program that it calls, calls a method like this.
func (in *interp) callsAny(c *closure, depth int, like func(e *ir.Expr) bool) bool {
	found := false
	ir.Walk(c.fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case found || e.Kind != ir.Call:
		case e.X.Kind == ir.Member && like(e):
			found = true
		case e.X.Kind == ir.Name && depth < 2:
			v, _ := in.get(c.scope, e.X.Str)
			for _, called := range orNothing(v).fns {
				found = found || in.callsAny(called, depth+1, like)
			}
		}
		return !found
	})
	return found
}

// dialer is a method of a dialer by which connections are made, with the functions that it asks before; nil for all others.
func dialer(v *Value, key string) *Value {
	if v.ref != "net.Dialer()" || key != "Dial" && key != "DialContext" {
		return nil
	}
	return &Value{ref: "net.Dialer()." + key, args: []*Value{orNothing(v.fields["Control"]), orNothing(v.fields["ControlContext"])}}
}

// sentSafely reports whether a request that is made is sent by a client that goes to public addresses only.
func (in *interp) sentSafely(f frame, e *ir.Expr) bool {
	call := in.sentBy(e)
	return call != nil && in.goesToPublicOnly(f, in.quiet(f, call.X.X))
}

// sentBy is the call that sends a request, in the same function behind where it is made: client.Do(request); nil where there is none.
func (in *interp) sentBy(e *ir.Expr) *ir.Expr {
	if len(in.stack) == 0 {
		return nil
	}
	var sent *ir.Expr
	ir.Statements(in.stack[len(in.stack)-1].Body, func(list []*ir.Stmt, i int) {
		x := list[i].X
		if list[i].Kind != ir.Eval || x == nil || x.Kind != ir.Assign || x.Y != e {
			return
		}
		request := targetsOf(x.X)[0].Str
		ir.Walk(list[i+1:], nil, func(call *ir.Expr) bool {
			if call.Kind == ir.Call && call.X.Kind == ir.Member && call.X.Str == "Do" && len(call.List) == 1 && textOf(call.List[0]) == request {
				sent = call
			}
			return true
		})
	})
	return sent
}
