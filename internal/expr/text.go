package expr

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

func textFunctions() []*function {
	return []*function{
		{name: "startsWith", usage: "x.startsWith(y)", member: true, truth: true, lazy: true, args: 2,
			two: textRelation("startsWith", (*model.Value).HasPrefix, strings.HasPrefix), doc: "whether a text begins with y"},
		{name: "endsWith", usage: "x.endsWith(y)", member: true, truth: true, lazy: true, args: 2,
			two: textRelation("endsWith", (*model.Value).HasSuffix, strings.HasSuffix), doc: "whether a text ends with y"},
		{name: "contains", usage: "x.contains(y)", member: true, truth: true, lazy: true, args: 2,
			two: textRelation("contains", (*model.Value).ContainsText, strings.Contains), doc: "whether y is part of a text"},
		{name: "matches", usage: "x.matches(pattern)", member: true, truth: true, args: 2,
			doc: "whether a text has a part that matches the regular expression (RE2), a literal"},
		{name: "glob", usage: "glob(pattern, x)", truth: true, args: 2, two: glob(func(s string) string { return s }),
			doc: "whether all of a text matches the pattern, in which * is any text and ? any character, as in IAM"},
		{name: "iglob", usage: "iglob(pattern, x)", truth: true, args: 2, two: glob(strings.ToLower),
			doc: "glob without regard to case, as IAM compares actions"},
	}
}

// textRelation is a question about two texts. A number or truth value counts as its text.
func textRelation(
	name string, ask func(*model.Value, string) model.Tri, known func(string, string) bool,
) func(*interpreter.ExecutionFrame, any, any) ref.Val {
	return func(frame *interpreter.ExecutionFrame, x, y any) ref.Val {
		if isAbsent(x) || isAbsent(y) || !payFor(frame, x) {
			return types.False
		}
		for _, arg := range []any{x, y} {
			if err := single(name, arg); err != nil {
				return err
			}
		}
		s, ok := plainText(y)
		if !ok {
			return types.MergeUnknowns(unknownPart(x), unknownPart(y))
		}
		if n, ok := x.(*node); ok {
			return n.decide(ask(n.v, s))
		}
		t, ok := plainText(x)
		if !ok {
			return unknownPart(x)
		}
		return types.Bool(known(t, s))
	}
}

// payFor takes the price of going through a long text, and reports whether the budget lasts.
func payFor(frame *interpreter.ExecutionFrame, x any) bool {
	var size int
	switch x := x.(type) {
	case *node:
		size = textSize(x.v)
	case types.String:
		size = len(x)
	}
	return size < 4096 || self(frame).spend(size/256)
}

// unknownPart is the unknown in an operand that is not known as a whole, nil for others.
func unknownPart(x any) *types.Unknown {
	switch x := x.(type) {
	case *types.Unknown:
		return x
	case *node:
		return x.partOf()
	}
	return nil
}

// pattern is a compiled regular expression as a constant of an expression.
type pattern struct {
	types.String // its source
	re           *regexp.Regexp
	prefix       string // what every matching text begins with
	anywhere     bool   // a match in a part of a text is a match in the text
}

func newPattern(source string) (*pattern, error) {
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, err
	}
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	parsed = parsed.Simplify()
	return &pattern{types.String(source), re, anchoredPrefix(parsed), !looksAround(parsed)}, nil
}

// anchoredPrefix is the literal that a pattern of the form ^literal.. begins with.
func anchoredPrefix(re *syntax.Regexp) string {
	if re.Op != syntax.OpConcat || len(re.Sub) < 2 || re.Sub[0].Op != syntax.OpBeginText {
		return ""
	}
	if lit := re.Sub[1]; lit.Op == syntax.OpLiteral && lit.Flags&syntax.FoldCase == 0 {
		return string(lit.Rune)
	}
	return ""
}

// looksAround reports whether a pattern asks what stands before or after: ^, $, \b.
func looksAround(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if looksAround(sub) {
			return true
		}
	}
	return false
}

// matchesPattern is x.matches(literal).
func matchesPattern(frame *interpreter.ExecutionFrame, x, y any) ref.Val {
	p, ok := y.(*pattern)
	if !ok {
		return types.NewErr("matches needs a literal pattern")
	}
	if isAbsent(x) || !payFor(frame, x) {
		return types.False
	}
	if err := single("matches", x); err != nil {
		return err
	}
	if n, ok := x.(*node); ok {
		return n.decide(p.ask(n.v))
	}
	s, ok := plainText(x)
	if !ok {
		return unknownPart(x)
	}
	return types.Bool(p.re.MatchString(s))
}

// ask is whether the value's text matches.
func (p *pattern) ask(v *model.Value) model.Tri {
	if s, ok := v.Scalar(); ok {
		return model.TriOf(p.re.MatchString(s))
	}
	switch v.Kind {
	case model.OneOf:
		return overChoices(v, p.ask)
	case model.Text:
		return p.askText(v)
	case model.Ref, model.Unknown:
		return model.Maybe
	}
	return model.No
}

// askText decides from the known parts of a text, where they do.
func (p *pattern) askText(v *model.Value) model.Tri {
	if v.HasPrefix(p.prefix) == model.No {
		return model.No
	}
	for _, part := range v.Items {
		if p.anywhere && part.Kind == model.String && p.re.MatchString(part.Str) {
			return model.Yes
		}
	}
	return model.Maybe
}
