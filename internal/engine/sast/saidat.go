package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Where a number or an address is written that a call uses. What is wrong is told of there, as that has to be changed, also where it is in another file;
// the way of the finding shows the call.

// writtenOnce is the one place in the files of a function where something is written that is looked for; nil for none, and for several.
func writtenOnce(n *paths.Node, find func(file *ir.File, e *ir.Expr) *ir.Expr) (file *ir.File, at int32) {
	times := 0
	everywhere(n, func(f *ir.File, e *ir.Expr) {
		if found := find(f, e); found != nil && (file != f || at != found.At) {
			times++
			file, at = f, found.At
		}
	})
	if times != 1 {
		return nil, 0
	}
	return file, at
}

// everywhere goes through the expressions of all files of a function, those of modules first.
func everywhere(n *paths.Node, note func(file *ir.File, e *ir.Expr)) {
	if n.Result.Program == nil {
		return
	}
	for _, path := range n.Result.Files {
		file := n.Result.Program.File(path)
		if file == nil {
			continue
		}
		look := func(body []*ir.Stmt) {
			ir.Walk(body, nil, func(e *ir.Expr) bool {
				note(file, e)
				return e.Kind != ir.Lambda
			})
		}
		look(file.Body)
		inFile(file, func(fn *ir.Func) { look(fn.Body) }, func(*ir.Expr) {})
	}
}

// ofPatience are names of constants that say how long somebody waits.
var ofPatience = regexp.MustCompile(`(?i)time_?out|wait|patience|budget|deadline|time_?limit`)

// saidToWait tells of a call that waits too long where the program says how long: there, if that is known, with the call on the way, or else at the
// call, with the place where it is used, if another function makes what ends the request.
func saidToWait(w *work, n *paths.Node, c dataflow.Called, wait, units float64) spot {
	same := func(file *ir.File, e *ir.Expr) *ir.Expr {
		all := parts(file, e)
		i := slices.IndexFunc(all, func(x *ir.Expr) bool {
			v, ok := numberOf(file, x)
			return ok && v == wait*units
		})
		if i < 0 {
			return nil
		}
		if given := all[i]; given.Kind == ir.Name { // where the name gets it
			return givenOnce(file, given.Str)
		}
		return all[i]
	}
	file, at := writtenOnce(n, func(file *ir.File, e *ir.Expr) *ir.Expr {
		switch e.Kind {
		case ir.Object, ir.Call:
			for i, key := range e.Keys {
				if i < len(e.List) && waitsFor.MatchString(key) {
					if said := same(file, e.List[i]); said != nil {
						return said
					}
				}
			}
		case ir.Assign:
			if e.X != nil && e.Y != nil && e.Y.Kind != ir.Object && e.Y.Kind != ir.Call && ofPatience.MatchString(lastName(e.X)) {
				return same(file, e.Y)
			}
		}
		return nil
	})
	if file != nil && !sameLine(w, file, at, c.File, c.At) {
		return spot{file: file, at: at, trace: []finding.Step{{Place: finding.Place{Pos: w.position(c.File, c.At)}, Message: "waits so long"}}}
	}
	out := spot{file: c.File, at: c.At}
	if strings.HasSuffix(c.Ref, "AbortSignal.timeout") {
		if fn := holderOf(n, c); fn != nil {
			for _, site := range n.Result.LeadsTo(fn) {
				if !sameLine(w, site.In.File, site.Call.At, c.File, c.At) {
					out.trace = append(out.trace, finding.Step{Place: finding.Place{Pos: w.position(site.In.File, site.Call.At)}, Message: "waits so long"})
				}
			}
		}
	}
	return out
}

// sameLine reports whether two places are in one line of one file.
func sameLine(w *work, file *ir.File, at int32, other *ir.File, of int32) bool {
	x, y := w.position(file, at), w.position(other, of)
	return x.File == y.File && x.Line == y.Line
}

// holderOf is the function in which a call stands; nil where that is not known.
func holderOf(n *paths.Node, c dataflow.Called) *ir.Func {
	for _, fn := range n.Result.Reached {
		if fn.File == c.File && fn.Start <= c.At && c.At < fn.End {
			return fn
		}
	}
	return nil
}

// atAddress moves what is told of a request without TLS to where the address is written that it is sent to, if that is another place.
func atAddress(w *work, n *paths.Node, h *dataflow.Hit, told *finding.Finding) {
	if h.Path == "" || strings.Contains(h.Path, "*") {
		return
	}
	file, at := writtenOnce(n, func(_ *ir.File, e *ir.Expr) *ir.Expr {
		if e.Kind == ir.Const && strings.HasPrefix(strings.ToLower(e.Str), strings.ToLower(h.Path)) {
			return e
		}
		return nil
	})
	if file == nil || sameLine(w, file, at, h.File, h.At) {
		return
	}
	told.Trace = append([]finding.Step{{Place: told.Place, Message: "the request is made here"}}, told.Trace...)
	told.Place = finding.Place{Pos: w.position(file, at)}
}
