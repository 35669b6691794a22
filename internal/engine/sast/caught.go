package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// What handles the errors of a handler often asks first of which class one is, and answers those that the application throws for callers without a
// word: only what is done with the class that is thrown counts.

// thrownClass is the class of what statements throw; empty where that is not written there.
func thrownClass(body []*ir.Stmt) string {
	class := ""
	ir.Walk(body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Throw && s.X != nil && class == "" {
			x := s.X
			if x.Kind == ir.Call {
				x = x.X
			}
			if s.X.New || startsLarge.MatchString(lastName(x)) {
				class = lastName(x)
			}
		}
		return class == ""
	}, nil)
	return class
}

// startsLarge is how names of classes begin.
var startsLarge = regexp.MustCompile(`^[A-Z]`)

// kinds are the classes of an application with those that they are made of.
type kinds map[string][]string

func kindsIn(n *paths.Node) kinds {
	out := kinds{}
	if n.Result.Program == nil {
		return out
	}
	for _, name := range n.Result.Files {
		if file := n.Result.Program.File(name); file != nil {
			ir.Walk(file.Body, func(s *ir.Stmt) bool {
				if s.Class != nil {
					out.add(s.Class)
				}
				return true
			}, func(e *ir.Expr) bool {
				if e.Class != nil {
					out.add(e.Class)
				}
				return true
			})
		}
	}
	return out
}

func (k kinds) add(c *ir.Class) {
	var bases []string
	for _, b := range c.Bases {
		bases = append(bases, lastName(b))
	}
	k[c.Name] = bases
}

// is reports whether a class is another one, or made of it.
func (k kinds) is(class, other string, depth int) bool {
	return class == other || depth < 6 && slices.ContainsFunc(k[class], func(base string) bool { return k.is(base, other, depth+1) })
}

// handling are the statements that are done with an error of a class where statements handle errors.
func (k kinds) handling(body []*ir.Stmt, language ir.Language, class string) []*ir.Stmt {
	if class == "" {
		return body
	}
	var out []*ir.Stmt
	for _, s := range body {
		if language == ir.Python && s.Kind == ir.If && s.Y != nil {
			if k.catches(s.Str, class) {
				return append(out, s.Body...)
			}
			continue
		}
		if s.Kind != ir.If {
			out = append(out, s)
			continue
		}
		asked, holds, ok := k.asksClass(s.X)
		switch {
		case !ok:
			out = append(out, s)
		case k.is(class, asked, 0) == holds:
			out = append(out, k.handling(s.Body, language, class)...)
			if ir.Ends(s.Body) {
				return out
			}
		default:
			out = append(out, k.handling(s.Else, language, class)...)
			if ir.Ends(s.Else) {
				return out
			}
		}
	}
	return out
}

var wordOfClass = regexp.MustCompile(`\w+`)

// catches reports whether a clause of Python is for errors of a class, by the names of the types that it has.
func (k kinds) catches(types, class string) bool {
	names := wordOfClass.FindAllString(types, -1)
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool {
		return name == "Exception" || name == "BaseException" || k.is(class, name, 0)
	})
}

// asksClass is the class of the application that a condition asks for, and whether it holds for that.
func (k kinds) asksClass(e *ir.Expr) (class string, holds, ok bool) {
	switch {
	case e == nil:
	case e.Kind == ir.Not:
		class, holds, ok = k.asksClass(e.X)
		return class, !holds, ok
	case e.Kind == ir.Binary && e.Str == "instanceof":
		class = lastName(e.Y)
	case e.Kind == ir.Call && lastName(e.X) == "isinstance" && len(e.List) == 2 && e.List[1].Kind == ir.Name:
		class = lastName(e.List[1])
	}
	_, ok = k[class]
	return class, true, ok
}
