package dataflow

import (
	"slices"
	"strings"
)

// A cache whose key comes with the request gives everyone who sends the same key the same answer. That is right unless the answer depends on
// who asks, and the key does not say who.

// keepsForAll puts a value into an object that outlasts the invocation, under a key that comes with the event and says nothing of who calls,
// where the value is of who calls.
func (in *interp) keepsForAll(f frame, x, key, v *Value, at int32) bool {
	if !in.isLasting(x) || len(madeOf(key)) == 0 {
		return false
	}
	if in.st == nil {
		in.keeps = in.keeps || in.loading == nil && perhapsKeeps(v)
		return false
	}
	name := in.sharedKey(key)
	if name == "" || !in.ofCaller(v, 0) {
		return false
	}
	in.assign(f, x, name, v, at)
	return true
}

// keptForAll is what stands under such a key, and what else is read.
func (in *interp) keptForAll(f frame, x, key *Value, at int32, v *Value) *Value {
	if in.st == nil || !in.isLasting(x) {
		return v
	}
	name := in.sharedKey(key)
	if name == "" || in.st.old[place{object: in.st.original(x), name: name}] == nil && in.st.has(place{object: in.st.original(x), name: name}) == nil {
		return v
	}
	return join(in.member(f, x, name, at), v)
}

// madeOf is the outsiders' data that a key is made of, also what was looked at and does no harm.
func madeOf(key *Value) []*Taint {
	out := addTaints(key.all(), key.safe)
	for _, part := range key.parts {
		out = addTaints(out, orNothing(part).safe)
	}
	return out
}

// sharedKey names a key by the parts of the event that it is made of; empty where it says who calls, or is made of something else.
func (in *interp) sharedKey(key *Value) string {
	var paths []string
	for _, t := range madeOf(key) {
		if !in.isUsers(t) || t.Source == nil || t.Source.Stored || in.identity(t.Path) || namesCaller(t.Path) {
			return ""
		}
		paths = append(paths, plainPath(t.Path))
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	return "{" + strings.Join(slices.Compact(paths), ", ") + "}"
}

// namesCaller reports whether a part of an event is called like something that says who calls.
func namesCaller(path string) bool {
	words := wordsOf(lastPart(plainPath(path)))
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.HasPrefix(w, "user") || strings.HasPrefix(w, "tenant") || strings.HasPrefix(w, "account") || strings.HasPrefix(w, "customer") || w == "authorization" || w == "token" || w == "session" || w == "sub" || w == "owner"
	})
}

// ofCaller reports whether a value is what the platform says of who calls, or was asked for by it.
func (in *interp) ofCaller(v *Value, depth int) bool {
	if v == nil || depth > deepestAsked {
		return false
	}
	if slices.ContainsFunc(v.taints, func(t *Taint) bool { return in.saysWho(t) }) || in.ofCaller(v.elem, depth+1) {
		return true
	}
	for _, x := range v.fields {
		if in.ofCaller(x, depth+1) {
			return true
		}
	}
	if strings.Contains(v.ref, "()") {
		return slices.ContainsFunc(append(slices.Clone(v.args), kwValues(&arguments{kw: v.kw})...), func(x *Value) bool { return in.ofCaller(x, depth+1) })
	}
	return false
}

// saysWho reports whether data is what the platform says of who calls, or was read by it.
func (in *interp) saysWho(t *Taint) bool {
	return fromEvent(t, 0, func(t *Taint) bool { return in.identity(t.Path) })
}
