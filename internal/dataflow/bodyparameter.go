package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// What FastAPI gives to the parameters of a route: models, dictionaries and what Body() and Form() stand for come from the body of the request, all
// else from its path or its query.

// partOfRequest is the path of what a parameter gets.
func (in *interp) partOfRequest(f frame, p *ir.Expr) string {
	name := parameterName(p)
	bounds, declared := in.boundsOf(f, p)
	whole := in.isBody(f, declared)
	if len(bounds) == 0 && whole {
		return "request.body"
	}
	for _, b := range bounds {
		switch lastPart(b.ref) {
		case "Body()":
			if embeds := b.kw["embed"]; (whole || declared == nil) && (embeds == nil || !embeds.known || embeds.text != "True") {
				return "request.body"
			}
			return "request.body." + name
		case "Form()":
			return "request.form." + name
		}
	}
	return name
}

// boundsOf are the Body(...), Form(...) or Query(...) by which a parameter is declared, in its default or beside its type, and the type itself.
func (in *interp) boundsOf(f frame, p *ir.Expr) (bounds []*Value, declared *ir.Expr) {
	if p.Kind == ir.Default {
		bounds = append(bounds, in.madeByFastAPI(f, p.Y)...)
		p = p.X
	}
	if p.Kind != ir.Name || p.Y == nil {
		return bounds, nil
	}
	g, t := in.standsFor(f, p.Y)
	if t.Kind != ir.Index || lastPart(textOf(t.X)) != "Annotated" || t.Y == nil || t.Y.Kind != ir.Array || len(t.Y.List) == 0 {
		return bounds, t
	}
	for _, annotation := range t.Y.List[1:] {
		bounds = append(bounds, in.madeByFastAPI(g, annotation)...)
	}
	return bounds, t.Y.List[0]
}

// madeByFastAPI is what a call of FastAPI gives: Body(...), Depends(...); nothing of other expressions, which are worked out elsewhere.
func (in *interp) madeByFastAPI(f frame, e *ir.Expr) []*Value {
	if e.Kind != ir.Call || !strings.HasPrefix(in.quiet(f, e.X).ref, "fastapi.") {
		return nil
	}
	return []*Value{in.eval(f, e)}
}

// isBody reports whether a type is one that FastAPI makes of the body as a whole: a model, a list of them, a dictionary of which nothing more is said.
func (in *interp) isBody(f frame, t *ir.Expr) bool {
	if t == nil {
		return false
	}
	switch t.Kind {
	case ir.Name, ir.Member:
		if name := lastPart(textOf(t)); name == "dict" || name == "Dict" {
			return true
		}
		kind := in.quiet(f, t)
		return kind.isType && kind.class != nil && kind.class.checks()
	case ir.Binary: // Order | None
		return textOf(t.Y) == "None" && in.isBody(f, t.X)
	case ir.Index:
		switch lastPart(textOf(t.X)) {
		case "Optional", "List", "list":
			return in.isBody(f, t.Y)
		case "dict", "Dict", "Mapping":
			return t.Y != nil && t.Y.Kind == ir.Array && len(t.Y.List) == 2 && (lastPart(textOf(t.Y.List[1])) == "Any" || textOf(t.Y.List[1]) == "object")
		}
	}
	return false
}

// textOfForm notes a field of a body or a form that a parameter declares to be a text, and whether it says how long that can be.
func (in *interp) textOfForm(f frame, p *ir.Expr, path string, v *Value) {
	bounds, _ := in.boundsOf(f, p)
	if path == "request.body" || path == parameterName(p) || len(bounds) == 0 || in.st != nil || in.proving > 0 {
		return
	}
	if p.Kind == ir.Default {
		p = p.X
	}
	_, t := in.standsFor(f, p.Y)
	text, said := textOfType(t)
	if text == nil {
		return
	}
	mark(&in.looked.texts, v.taints)
	for _, b := range bounds {
		if saysMost(b) {
			in.limited(v.taints)
			return
		}
	}
	for _, more := range said {
		if len(in.madeByFastAPI(f, more)) == 0 && in.endsText(f, more) {
			in.limited(v.taints)
			return
		}
	}
	in.looked.saysText(v.taints, Step{f.file, t.At, "`" + parameterName(p) + "` may be a text of any length here"})
}
