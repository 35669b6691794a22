package dataflow

import "wardlet.example/internal/ir"

// Channels of Go are lists to which one function sends and from which another one takes. What runs beside the rest mostly begins before
// anything is sent, so it is followed once more when all else was.

// beside is a call that runs beside the rest: go worker(jobs).
type beside struct {
	f frame
	e *ir.Expr
}

// mostBeside bounds how many of them are followed again.
const mostBeside = 20

// goesBeside notes a call that runs beside the rest.
func (in *interp) goesBeside(f frame, e *ir.Expr) {
	if e.Kind != ir.Call || in.st != nil || in.proving > 0 {
		return
	}
	if g := in.starting; g != nil {
		g.beside = append(g.beside, beside{f, e})
		return
	}
	in.beside = append(in.beside, beside{f, e})
}

// sendsTo notes what is sent to a channel: one that all entries share keeps it for this one alone.
func (in *interp) sendsTo(channel, v *Value) {
	if in.st != nil || in.proving > 0 || in.starting != nil || len(v.all()) == 0 {
		return
	}
	in.sentAny = true
	if channel.shared {
		if in.sent == nil {
			in.sent = map[*Value]*Value{}
		}
		in.sent[channel] = join(in.sent[channel], v)
	}
}

// puts notes what an entry puts into a list or a map that all entries share, and under which key: what goes through it later in the same entry
// gets that.
func (in *interp) puts(into, v, key *Value) {
	if in.st != nil || in.proving > 0 || in.starting != nil || into.ref != "" {
		return
	}
	if in.sent == nil {
		in.sent = map[*Value]*Value{}
	}
	if len(v.all()) > 0 {
		in.sent[into] = join(in.sent[into], v)
	}
	if key != nil && len(key.taints) > 0 {
		if in.sentUnder == nil {
			in.sentUnder = map[*Value]*Value{}
		}
		in.sentUnder[into] = join(in.sentUnder[into], key)
	}
}

// followBeside follows what runs beside the rest with what was sent meanwhile.
func (in *interp) followBeside(g *goPackage) {
	if !in.sentAny || in.cut {
		return
	}
	all := in.beside
	if g != nil {
		all = append(g.beside[:len(g.beside):len(g.beside)], all...)
	}
	before := in.mute
	in.mute = true // nobody gets what they return
	in.depth++
	for _, b := range all[:min(mostBeside, len(all))] {
		callee, args := in.eval(b.f, b.e.X), in.arguments(b.f, b.e)
		for _, c := range callee.fns {
			in.body(b.f, c, c.this, args, b.e.At, nil)
		}
	}
	in.depth--
	in.mute = before
}
