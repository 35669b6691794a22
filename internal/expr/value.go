package expr

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

// isSet is is_set(x) and has(a.b).
func isSet(_ *interpreter.ExecutionFrame, x any) ref.Val {
	switch x := x.(type) {
	case *node:
		return x.decide(x.v.IsSet())
	case *types.Unknown:
		return x
	}
	return types.True
}

// refers is whether x is a reference; a text that contains one is a text.
func refers(_ *interpreter.ExecutionFrame, x any) ref.Val {
	switch x := x.(type) {
	case *node:
		return x.decide(isReference(x.v))
	case *types.Unknown:
		return x
	}
	return types.False
}

func isReference(v *model.Value) model.Tri {
	switch v.Kind {
	case model.Unknown:
		return model.Maybe
	case model.OneOf:
		return overChoices(v, isReference)
	}
	return model.TriOf(v.Kind == model.Ref)
}

func saysYes(_ *interpreter.ExecutionFrame, x any) ref.Val {
	return says("yes", x, "true", "True", "TRUE", "yes", "Yes", "YES", "1")
}

func saysNo(_ *interpreter.ExecutionFrame, x any) ref.Val {
	return says("no", x, "false", "False", "FALSE", "no", "No", "NO", "0")
}

// says is whether the operand is written as one of the words.
func says(function string, x any, words ...string) ref.Val {
	if err := single(function, x); err != nil {
		return err
	}
	if u, ok := x.(*types.Unknown); ok {
		return u
	}
	n, ok := x.(*node)
	if !ok {
		s, _ := plainText(x)
		n = &node{v: model.NewString(s, model.Origin{})}
	}
	answer := model.No
	for _, w := range words {
		answer = max(answer, n.v.EqualsText(w))
	}
	return n.decide(answer)
}

// num is the operand as a number; absent where it is none.
func num(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if err := single("num", x); err != nil {
		return err
	}
	if u := partial(x); u != nil {
		return u
	}
	if f, ok := numberOf(x); ok {
		return native(model.NewNumber(f, "", model.Origin{}))
	}
	if s, ok := stringOf(x); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			return native(model.NewNumber(f, "", model.Origin{}))
		}
	}
	return absent
}

// text is a single value as text. A reference, or a text known in parts, is that already.
func text(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if err := single("text", x); err != nil {
		return err
	}
	if s, ok := plainText(x); ok {
		return types.String(s)
	}
	return value(x)
}

// lower is a single value as text in lower case; the open parts of a text stay open.
func lower(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if err := single("lower", x); err != nil {
		return err
	}
	if s, ok := plainText(x); ok {
		return types.String(strings.ToLower(s))
	}
	n, ok := x.(*node)
	if !ok || n.v.Kind != model.Text {
		return value(x)
	}
	parts := make([]*model.Value, len(n.v.Items))
	for i, p := range n.v.Items {
		parts[i] = p
		if p.Kind == model.String {
			parts[i] = model.NewString(strings.ToLower(p.Str), p.Origin)
		}
	}
	return &node{model.NewText(parts, n.v.Origin), n.ev}
}

// size counts elements, fields or characters.
func size(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if u := partial(x); u != nil {
		return u
	}
	if s, ok := stringOf(x); ok {
		return types.Int(utf8.RuneCountInString(s))
	}
	if !isCollection(x) && !isAbsent(x) {
		return types.NewErr("size is about a list, map or text and got %s", describe(x))
	}
	values, why := certain(x)
	return decidedUnless(why, types.Int(len(values)))
}

// cidrIsWorld is whether an address range has no fixed bits, such as 0.0.0.0/0 and ::/0.
func cidrIsWorld(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if err := single("cidr_is_world", x); err != nil {
		return err
	}
	switch x := x.(type) {
	case *node:
		return x.decide(isWorld(x.v))
	case *types.Unknown:
		return x
	}
	s, _ := plainText(x)
	return types.Bool(isWorldText(s))
}

func isWorld(v *model.Value) model.Tri {
	if s, ok := v.Scalar(); ok {
		return model.TriOf(isWorldText(s))
	}
	if v.Kind == model.OneOf {
		return overChoices(v, isWorld)
	}
	return min(v.HasSuffix("/0"), model.Maybe)
}

func isWorldText(s string) bool {
	p, err := netip.ParsePrefix(strings.TrimSpace(s))
	return err == nil && p.Bits() == 0
}
