package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// sameCode are functions that compare two codes without telling by their time how far they are the same.
var sameCode = set("compare_digest timingSafeEqual tsscmp safeCompare timingSafeCompare constantTimeCompare")

// signsOf is what a call of a library makes a code of with a key, or what the codes that it gets were made of.
func signsOf(ref string, recv *Value, args *arguments) []*Taint {
	var out []*Taint
	if recv != nil {
		out = recv.signs
	}
	for strings.HasSuffix(ref, ".update().update") { // more of what the code is made of
		ref = strings.TrimSuffix(ref, "().update")
	}
	switch ref {
	case "crypto.createHmac().update", "hmac.new().update", "crypto/hmac.New().Write":
		out = addTaints(out, args.get(0).all())
		if recv != nil && recv != nothing && !recv.shared {
			recv.signs = addTaints(recv.signs, args.get(0).all())
		}
	case "hmac.new", "hmac.digest":
		out = addTaints(out, args.get(1).all())
		for _, key := range []string{"msg", "data"} {
			if x := args.kw[key]; x != nil {
				out = addTaints(out, x.all())
			}
		}
	default:
		for _, a := range args.list {
			out = addTaints(out, a.signs)
		}
	}
	return out
}

// told notes what a call or an equation tells: that some data came with the right code, if it is true.
func (in *interp) told(e *ir.Expr, data []*Taint) {
	if len(data) == 0 {
		delete(in.provedAt, e)
		return
	}
	if in.provedAt == nil {
		in.provedAt = map[*ir.Expr][]*Taint{}
	}
	in.provedAt[e] = data
}

// codesOf are the data that codes were made of. A code that came in a header is another service's, which signs what its own users
// wrote: then it is not sure that an outsider decides it, but well possible.
func codesOf(codes ...*Value) []*Taint {
	var data []*Taint
	sentOn := false
	for _, v := range codes {
		data = addTaints(data, v.signs)
		for _, t := range v.taints {
			sentOn = sentOn || strings.Contains(strings.ToLower(t.Path), "header")
		}
	}
	if !sentOn {
		return data
	}
	out := make([]*Taint, 0, len(data))
	for _, t := range data {
		u := *t
		u.unsure = true
		out = append(out, &u)
	}
	return out
}

// isProven: who sent the data has the key.
func (in *interp) isProven(data []*Taint) {
	for _, t := range data {
		if in.signed == nil {
			in.signed = map[string]bool{}
		}
		in.signed[strings.ReplaceAll(t.Path, "[]", "")] = !t.unsure
	}
}

// signedBy reports whether data, or what it is a part of, came with a code that was right, and whether the application itself made it.
func (in *interp) signedBy(path string) (signed, own bool) {
	if len(in.signed) == 0 {
		return false, false
	}
	path = strings.ReplaceAll(path, "[]", "")
	for {
		if own, ok := in.signed[path]; ok {
			return true, own
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return false, false
		}
		path = path[:i]
	}
}
