package dataflow

import "wardlet.example/internal/ir"

// takenAsText notes what is taken where it is a text, and left where it is none: typeof note === "string" ? note.trim() : null
func (in *interp) takenAsText(f frame, e *ir.Expr) {
	if in.st != nil {
		return
	}
	for _, x := range foundTexts(e.X) {
		if tidied(e.Y, textOf(x)) && !speaksOf(e.Z, textOf(x)) {
			mark(&in.looked.texts, in.quiet(f, x).taints)
		}
	}
}

// foundTexts are the expressions of which a condition says, where it holds, that they are texts.
func foundTexts(e *ir.Expr) []*ir.Expr {
	switch {
	case e.Kind == ir.Binary && (e.Str == "&&" || e.Str == "and"):
		return append(foundTexts(e.X), foundTexts(e.Y)...)
	case e.Kind == ir.Call && textOf(e.X) == "isinstance" && len(e.List) == 2 && textOf(e.List[1]) == "str":
		return e.List[:1]
	case e.Kind != ir.Binary || e.Str != "===" && e.Str != "==":
		return nil
	}
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if asked := side[0]; asked.Kind == ir.Unknown && asked.Str == "typeof" && len(asked.List) == 1 && side[1].Kind == ir.Const && side[1].Str == "string" {
			return asked.List
		}
	}
	return nil
}

// tidied reports whether an expression is another one, or that written in another way: note, note.trim(), note.trim() || null
func tidied(e *ir.Expr, of string) bool {
	switch {
	case of == "" || e == nil:
		return false
	case textOf(e) == of:
		return true
	case e.Kind == ir.Binary && (e.Str == "||" || e.Str == "??" || e.Str == "or"):
		return tidied(e.X, of)
	case e.Kind == ir.Call && e.X.Kind == ir.Member && tidies[e.X.Str] && e.X.Str != "split":
		return tidied(e.X.X, of)
	}
	return false
}

// speaksOf reports whether something stands in an expression.
func speaksOf(e *ir.Expr, text string) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || textOf(x) == text
		return !found
	})
	return found
}
