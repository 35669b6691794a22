package sast

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// reached is how an outsider's data comes to a sink through other functions.
type reached struct {
	path    *paths.Path
	way     dataflow.Way // of the receiver, to which the path leads
	doors   []*paths.Node
	callers []paths.Caller
	door    model.Exposure // who can call the function itself with the data that does harm
}

// reach asks for the ways to a sink: the best path to any of what comes there.
func (w *work) reach(n *paths.Node, h *dataflow.Hit) reached {
	out := reached{door: n.Function.Exposure}
	if w.graph == nil {
		return out
	}
	if !h.Stored {
		out.door = w.door(n, h)
	}
	for _, way := range h.Ways {
		path, doors, callers := w.graph.Reach(n, way, h.Rule)
		out.callers = joinCallers(out.callers, callers)
		for _, d := range doors {
			if !slices.Contains(out.doors, d) {
				out.doors = append(out.doors, d)
			}
		}
		if path != nil && (out.path == nil || path.Better(out.path)) {
			out.path, out.way = path, way
		}
	}
	return out
}

// door is who can call a function with the data of a finding: who can call it at all, where some of the data comes by every door.
func (w *work) door(n *paths.Node, h *dataflow.Hit) model.Exposure {
	if e := n.Function.Exposure; len(h.Ways) == 0 || e != model.Public && e != model.Authenticated {
		return e
	}
	widest := model.Internal
	for _, way := range h.Ways {
		widest = widest.Wider(w.graph.Door(n, way))
	}
	return widest
}

// joinCallers joins what callers do with several parts of what they send: one that passes a part on passes it on.
func joinCallers(to, from []paths.Caller) []paths.Caller {
	for _, c := range from {
		found := false
		for i, d := range to {
			if sameCall(d.Edge, c.Edge) {
				found = true
				if !d.Reached && (d.State == paths.Fixed || c.State == paths.Passes) {
					to[i] = c
				}
			}
		}
		if !found {
			to = append(to, c)
		}
	}
	return to
}

// sameCall reports whether two edges are of one call that sends one way, whatever the receiver reads of it.
func sameCall(d, e *paths.Edge) bool {
	return d == e || d.From == e.From && d.Send == e.Send && slices.Equal(d.Via, e.Via)
}

// addCaller adds a caller to those of a finding, as one with those calls that do the same: of what passes on data each place counts.
func addCaller(to []finding.Caller, c finding.Caller) []finding.Caller {
	for i, d := range to {
		if d.Name == c.Name && d.State == c.State && d.Reason == c.Reason && slices.Equal(d.Via, c.Via) && (d.Place.Pos == c.Place.Pos || c.State != string(paths.Passes)) {
			to[i].Calls = max(d.Calls, 1) + 1
			return to
		}
	}
	return append(to, c)
}

// alongPath tells of a finding by which way outsiders come to it through other functions, and what each caller does.
func (w *work) alongPath(out *finding.Finding, b *bound, f *model.Function, reach reached, stored bool) {
	out.Exposure = reach.door
	for _, c := range reach.callers {
		out.Callers = addCaller(out.Callers, w.caller(c))
	}
	if reach.path == nil {
		if stored && len(reach.callers) > 0 { // all who put it there are known
			out.Exposure = model.Internal
		}
		if outward(f) && reach.door == f.Exposure {
			return
		}
		out.Confidence = finding.Possible // the function trusts its event, and nobody who sends it now does harm
		return
	}
	p := reach.path
	if !stored && p.Exposure.Wider(reach.door) == reach.door {
		return // its own door is as wide
	}
	out.Exposure = p.Exposure
	if b.Confidence == "" {
		out.Confidence = finding.Likely
		if p.Unsure || reach.way.Taint.Unsure() {
			out.Confidence = finding.Possible
		}
	}
	out.Trace = append(w.hops(p), w.steps(reach.way.Steps())...)
	for _, d := range reach.doors {
		out.Doors = append(out.Doors, d.Function.Name)
	}
	out.Path = names(p)
}

// names are the functions of a path and what they hand data on through, in order.
func names(p *paths.Path) []string {
	var out []string
	for _, hop := range p.Hops {
		out = append(out, hop.Edge.From.Function.Name)
		for _, r := range hop.Edge.Via {
			out = append(out, r.ID)
		}
	}
	return append(out, p.Hops[len(p.Hops)-1].Edge.To.Function.Name)
}

// hops are the stops of a path before it comes to the function of the finding.
func (w *work) hops(p *paths.Path) []finding.Step {
	var out []finding.Step
	for i, hop := range p.Hops {
		e := hop.Edge
		var steps []finding.Step
		if hop.Taint != nil {
			steps = w.steps(e.Send.Way(hop.Taint))
		}
		if i == 0 && len(steps) > 0 {
			steps[0].Message += doors(e.From.Function)
		}
		out = append(out, steps...)
		out = append(out, finding.Step{Place: finding.Place{Pos: w.sent(e.Send)}, Message: handsOn(e)})
		if e.Read != nil {
			out = append(out, finding.Step{Place: finding.Place{Pos: w.position(e.Read.File, e.Read.At)}, Message: "is read by " + e.To.Function.Name})
		}
	}
	return out
}

// sent is where a call stands that hands data on, or where a template declares what makes it.
func (w *work) sent(s *dataflow.Send) model.Pos {
	if s.File == nil {
		return s.Declared
	}
	return w.position(s.File, s.At)
}

// handsOn says how data leaves a function: "is sent to sendNotification through OrdersQueue".
func handsOn(e *paths.Edge) string {
	var through []string
	for _, r := range e.Via {
		through = append(through, r.ID)
	}
	verb := "is sent to "
	switch {
	case e.Read != nil:
		return "is kept in " + strings.Join(through, ", ")
	case e.Send.Key == dataflow.Returned:
		verb = "is returned, and given to "
	case e.Kind == "direct":
		verb = "is given to "
	}
	out := verb + e.To.Function.Name
	if len(through) > 0 {
		out += " through " + strings.Join(through, " and ")
	}
	if e.Send.File == nil {
		out = "what comes by " + e.From.Function.Triggers[0].Detail + " " + out
	}
	if e.Guessed {
		out += ", the only one that its role lets it send to"
	}
	return out
}

// caller is a caller as a report has it.
func (w *work) caller(c paths.Caller) finding.Caller {
	out := finding.Caller{
		Name: c.Edge.From.Function.Name, State: string(c.State), Reason: c.Edge.Why, Exposure: c.Edge.From.Function.Exposure,
		Place: finding.Place{Pos: w.sent(c.Edge.Send)},
	}
	if c.Why != "" {
		out.Reason = c.Why
	}
	for _, r := range c.Edge.Via {
		out.Via = append(out.Via, r.ID)
	}
	if at := c.Taint.Check(); at.File != nil && c.State == paths.Checks {
		out.Check = &finding.Place{Pos: w.position(at.File, at.At)}
	}
	return out
}
