package javascript

import (
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// memberValue is object.name, object["name"] or list[0].
func (r *reader) memberValue(s *source, node int) *model.Value {
	object, name := s.member(node)
	if s.tree.Kind(node) == "subscript_expression" {
		object = s.tree.Child(node, "object")
		key, ok := r.value(s, s.tree.Child(node, "index")).Scalar()
		if !ok {
			return s.unknown(node, "computed: "+s.brief(node))
		}
		name = key
	}
	v := r.property(s, object, name)
	return v.At(v.Origin.Through(s.brief(node), s.at(node).Pos))
}

// property is a property of what an expression gives.
func (r *reader) property(s *source, object int, name string) *model.Value {
	if holder, member := s.member(s.undressed(object)); member == "env" && s.tree.Is(holder, "process") {
		return s.unknown(object, "environment variable "+name+" of the machine that deploys")
	}
	v := r.value(s, object)
	switch v.Kind {
	case model.Map, model.Unknown:
		return v.Get(name)
	case model.List:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v.Items) {
			return v.Items[i]
		}
	}
	return s.unknown(object, "computed: "+name+" of "+s.brief(object))
}

func (r *reader) unary(s *source, node int) *model.Value {
	switch s.tree.Text(s.tree.Child(node, "operator")) {
	case "void":
		return model.NewAbsent(s.at(node))
	case "!":
		if holds, known := truth(r.value(s, s.tree.Child(node, "argument"))); known {
			return model.NewBool(!holds, s.at(node))
		}
	case "-":
		if v := r.value(s, s.tree.Child(node, "argument")); v.Kind == model.Number {
			return s.number(node, -v.Num)
		}
	}
	return s.plain(node)
}

func (r *reader) binary(s *source, node int) *model.Value {
	operator := s.tree.Text(s.tree.Child(node, "operator"))
	switch operator {
	case "&&":
		return r.and(s, node)
	case "+", "-", "*", "/", "||", "??", "===", "!==", "==", "!=":
	default:
		return s.plain(node)
	}
	left, right := r.value(s, s.tree.Child(node, "left")), r.value(s, s.tree.Child(node, "right"))
	switch {
	case strings.HasSuffix(operator, "=="), strings.HasPrefix(operator, "!"):
		if same := compared(left, right, s.at(node)); same != nil {
			return model.NewBool(same.Bool == (operator[0] == '='), s.at(node))
		}
	case operator == "||" || operator == "??":
		return either(left, right, operator == "||")
	case left.Kind == model.Number && right.Kind == model.Number:
		return s.number(node, calculated(operator, left.Num, right.Num))
	case operator == "+" && (isText(left) || isText(right)):
		return r.joined([]*model.Value{left, right}, s.at(node))
	}
	return s.plain(node)
}

// and is a && b, where it is known which one counts.
func (r *reader) and(s *source, node int) *model.Value {
	left := r.value(s, s.tree.Child(node, "left"))
	holds, known := truth(left)
	switch {
	case !known:
		return s.plain(node)
	case holds:
		return r.value(s, s.tree.Child(node, "right"))
	}
	return left
}

// chosen is what a condition chooses, where it is known whether it holds.
func (r *reader) chosen(s *source, node int) *model.Value {
	holds, known := truth(r.value(s, s.tree.Child(node, "condition")))
	switch {
	case !known:
		return s.plain(node)
	case holds:
		return r.value(s, s.tree.Child(node, "consequence"))
	}
	return r.value(s, s.tree.Child(node, "alternative"))
}

func isText(v *model.Value) bool { return v.Kind == model.String || v.Kind == model.Text }

func calculated(operator string, a, b float64) float64 {
	switch operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	return a / b
}

// either is a || b or a ?? b. An unknown one with something set to fall back on
// is certainly set.
func either(left, right *model.Value, truth bool) *model.Value {
	switch {
	case left.Kind == model.Absent, truth && isFalse(left):
		return right
	case left.Kind == model.Text && truth: // it may be empty
		return model.NewUnknown("computed", left.Origin)
	case left.Kind != model.Unknown || left.Present && !truth:
		return left
	case right.IsSet() == model.Yes:
		return model.NewPresent(left.Str, left.Origin)
	}
	return model.NewUnknown(left.Str, left.Origin)
}

func isFalse(v *model.Value) bool {
	switch v.Kind {
	case model.Bool:
		return !v.Bool
	case model.Number:
		return v.Num == 0
	case model.String:
		return v.Str == ""
	}
	return false
}

// call is what require gives, or a path that can be worked out.
func (r *reader) call(s *source, node int) *model.Value {
	if from, ok := s.required(node); ok && s.calleeName(node) != "import" {
		return r.imported(s, from, node)
	}
	if found, ok := r.path(s, node); ok {
		return model.NewString(found, s.at(node))
	}
	if v := r.builtin(s, node); v != nil {
		return v
	}
	if v := r.applied(s, node); v != nil {
		return v
	}
	return s.unknown(node, "a call of "+s.brief(s.tree.Child(node, "function")))
}
