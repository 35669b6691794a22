package expr

import (
	"fmt"
	"strconv"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"wardlet.example/internal/model"
)

// isAbsent reports whether nothing is written here.
func isAbsent(x any) bool {
	n, ok := x.(*node)
	return ok && n.v.Kind == model.Absent
}

// isCollection reports whether the operand is a list or a map.
func isCollection(x any) bool {
	if n, ok := x.(*node); ok {
		return n.v.Kind == model.List || n.v.Kind == model.Map
	}
	_, ok := x.(*elements)
	return ok
}

// numberOf is the number that the operand is.
func numberOf(x any) (float64, bool) {
	if n, ok := x.(*node); ok {
		return n.v.Num, n.v.Kind == model.Number
	}
	return float(x)
}

// stringOf is the string that the operand is.
func stringOf(x any) (string, bool) {
	if n, ok := x.(*node); ok {
		return n.v.Str, n.v.Kind == model.String
	}
	s, ok := x.(types.String)
	return string(s), ok
}

// plainText is the text of a known scalar, whatever its kind.
func plainText(x any) (string, bool) {
	switch x := x.(type) {
	case *node:
		return x.v.Scalar()
	case types.String:
		return string(x), true
	case types.Bool:
		return strconv.FormatBool(bool(x)), true
	case types.Int:
		return strconv.FormatInt(int64(x), 10), true
	case types.Double:
		return strconv.FormatFloat(float64(x), 'g', -1, 64), true
	}
	return "", false
}

// describe says what an operand is, for a message to the author of a rule.
func describe(x any) string {
	n, ok := x.(*node)
	if !ok {
		return describeMade(x)
	}
	what := map[model.Kind]string{
		model.Absent: "something absent", model.Bool: "a truth value", model.Number: "a number", model.String: "a text",
		model.Text: "a text", model.List: "a list", model.Map: "a map", model.Ref: "a reference",
	}[n.v.Kind]
	if what == "" {
		what = "something unknown"
	}
	if at := n.v.Origin.Pos; at.Line > 0 {
		return fmt.Sprintf("%s (%s)", what, at)
	}
	return what
}

func describeMade(x any) string {
	switch x.(type) {
	case types.Bool:
		return "a truth value"
	case types.Int, types.Double:
		return "a number"
	case types.String:
		return "a text"
	case *elements:
		return "a list"
	}
	return "something unknown"
}

// single is the error of a function that is about a single value and got a list or map; nil for others.
func single(function string, x any) ref.Val {
	if !isCollection(x) {
		return nil
	}
	return types.NewErr("%s is about a single value and got %s; write list(..).exists(x, ..)", function, describe(x))
}
