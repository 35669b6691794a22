package pattern

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// isOperator reports whether a key is the name of a comparison.
func isOperator(key string) bool {
	switch key {
	case "exists", "anything-but", "numeric", "cidr", "prefix", "suffix", "equals-ignore-case", "wildcard":
		return true
	}
	return false
}

const operatorList = "exists, anything-but, numeric, cidr, prefix, suffix, equals-ignore-case, wildcard"

// item compiles one element of a leaf's list.
func (c *compiler) item(l *leaf, v *model.Value) {
	switch v.Kind {
	case model.Map:
		c.operator(l, v)
	case model.Unknown:
		l.unsure = true
	case model.OneOf:
		c.itemChoices(l, v)
	case model.List:
		l.unsure = true
		c.problem(v.Origin.Pos, "a list stands inside the list of values", "write the values side by side")
	default:
		l.tests = append(l.tests, c.exact(v))
	}
}

// itemChoices compiles an element that is one of several. An absent choice is an element that is left out.
func (c *compiler) itemChoices(l *leaf, v *model.Value) {
	var tests eitherTest
	for _, choice := range v.Choices {
		if !c.spend(choice.Value) {
			l.unsure = true
			return
		}
		t, ok := c.choice(choice.Value)
		if !ok {
			l.unsure = true
			return
		}
		tests = append(tests, t)
	}
	l.tests = append(l.tests, tests)
}

func (c *compiler) choice(v *model.Value) (test, bool) {
	if v.Kind == model.Absent {
		return nullOrNothing{}, true
	}
	var one leaf
	one.dialect = c.dialect
	c.item(&one, v)
	if one.unsure || one.present || one.missing || len(one.tests) != 1 {
		return nil, false
	}
	return one.tests[0], true
}

// exact compiles a value that stands for itself.
func (c *compiler) exact(v *model.Value) test {
	loose := !c.typed || c.attributes
	switch v.Kind {
	case model.Number:
		return numberTest{bounds: []bound{{"=", v.Num}}, doubt: c.doubts(v), loose: loose}
	case model.Bool:
		return plainTest{is: v.Bool, loose: loose}
	case model.Absent:
		return plainTest{null: true}
	}
	t := textTest{want: speak(v, false, nil)}
	if s, ok := v.Scalar(); ok && loose {
		t.loose = s
	}
	return t
}

// doubts reports whether a number may arrive as a text: parameters of CloudFormation do.
func (c *compiler) doubts(v *model.Value) bool { return !c.typed && v.Origin.Via != nil }

// operator compiles {"name": operand}.
func (c *compiler) operator(l *leaf, v *model.Value) {
	if len(v.Fields) != 1 {
		l.unsure = true
		c.problem(v.Origin.Pos, fmt.Sprintf("a comparison has %d operators", len(v.Fields)), "write one operator in each map: "+operatorList)
		return
	}
	name, operand := v.Fields[0].Key, v.Fields[0].Value
	if name == "exists" {
		c.exists(l, operand)
		return
	}
	if jsontext.IsOpen(name) {
		l.unsure = true
		return
	}
	if !isOperator(name) {
		l.unsure = true
		c.problem(v.Fields[0].At, fmt.Sprintf("the operator %q is not known", name), "the operators are "+operatorList)
		return
	}
	l.tests = append(l.tests, c.comparison(name, operand))
}

func (c *compiler) exists(l *leaf, v *model.Value) {
	switch {
	case v.Kind == model.Bool:
		l.present = l.present || v.Bool
		l.missing = l.missing || !v.Bool
	case v.Kind == model.Unknown, v.Kind == model.OneOf, v.Kind == model.Ref:
		l.unsure = true
	default:
		l.unsure = true
		c.problem(v.Origin.Pos, "exists has no truth value", "write true or false without quotes")
	}
}

// comparison compiles an operator that looks at values.
func (c *compiler) comparison(name string, v *model.Value) test {
	switch v.Kind {
	case model.Unknown:
		return unsureTest{}
	case model.OneOf:
		return c.operandChoices(name, v)
	}
	switch name {
	case "numeric":
		return c.numeric(v)
	case "cidr":
		return c.cidr(v)
	case "anything-but":
		return c.anythingBut(v)
	}
	return c.textOperator(name, v)
}

func (c *compiler) operandChoices(name string, v *model.Value) test {
	var tests eitherTest
	for _, choice := range v.Choices {
		if !c.spend(choice.Value) {
			return unsureTest{}
		}
		tests = append(tests, c.comparison(name, choice.Value))
	}
	return tests
}

// textOperator compiles prefix, suffix, equals-ignore-case and wildcard.
func (c *compiler) textOperator(name string, v *model.Value) test {
	fold := name == "equals-ignore-case"
	if v.Kind == model.Map && (name == "prefix" || name == "suffix") && len(v.Fields) == 1 && v.Fields[0].Key == "equals-ignore-case" {
		fold, v = true, v.Fields[0].Value
	}
	switch v.Kind {
	case model.String, model.Text, model.Ref:
	case model.Unknown, model.OneOf:
		return unsureTest{}
	default:
		return c.unsure(v, name+" has no text", `write {"`+name+`": "text"}`)
	}
	return c.phrase(name, v, fold)
}

func (c *compiler) unsure(v *model.Value, message, hint string) test {
	c.problem(v.Origin.Pos, message, hint)
	return unsureTest{}
}

func (c *compiler) phrase(name string, v *model.Value, fold bool) test {
	want := speak(v, fold, nil)
	switch name {
	case "prefix":
		want.marks = append(want.marks, anyText)
	case "suffix":
		want.marks = append([]int32{anyText}, want.marks...)
	case "wildcard":
		marks, ok := unescape(want.marks)
		if !ok {
			return c.unsure(v, "the wildcard has ** or an escape other than \\* and \\\\", "write one * for any text, \\* for the character")
		}
		want.marks = marks
	}
	return textTest{want: want, fold: fold}
}

// unescape reads * as a wildcard, \* and \\ as the characters. It is not ok where the services refuse the text.
func unescape(marks []int32) (out []int32, ok bool) {
	for i := 0; i < len(marks); i++ {
		switch mark := marks[i]; {
		case mark == '*':
			if len(out) > 0 && out[len(out)-1] == anyText {
				return nil, false
			}
			out = append(out, anyText)
		case mark == '\\':
			i++
			if i == len(marks) || marks[i] != '*' && marks[i] != '\\' {
				return nil, false
			}
			out = append(out, marks[i])
		default:
			out = append(out, mark)
		}
	}
	return out, true
}

// numeric compiles [op, number, op, number ...].
func (c *compiler) numeric(v *model.Value) test {
	const hint = `write {"numeric": [">", 0, "<=", 5]}`
	if v.Kind != model.List || len(v.Items) == 0 || len(v.Items)%2 != 0 {
		return c.unsure(v, "numeric has no list of comparisons", hint)
	}
	t := numberTest{loose: c.attributes}
	for i := 0; i < len(v.Items); i += 2 {
		op, n := v.Items[i], v.Items[i+1]
		if uncertain(op) || uncertain(n) || c.doubts(n) {
			return unsureTest{}
		}
		if !isComparison(op) || n.Kind != model.Number {
			return c.unsure(v.Items[i], "numeric has something else than a comparison and a number", hint)
		}
		t.bounds = append(t.bounds, bound{op.Str, n.Num})
	}
	return t
}

func uncertain(v *model.Value) bool {
	return v.Kind == model.Unknown || v.Kind == model.OneOf || v.Kind == model.Ref || v.Kind == model.Text
}

func isComparison(v *model.Value) bool {
	if v.Kind != model.String {
		return false
	}
	switch v.Str {
	case "=", "<", "<=", ">", ">=":
		return true
	}
	return false
}

func number(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && !math.IsNaN(n)
}

func (c *compiler) cidr(v *model.Value) test {
	if v.Kind == model.Ref || v.Kind == model.Text {
		return unsureTest{}
	}
	network, err := netip.ParsePrefix(v.Str)
	if v.Kind != model.String || err != nil {
		return c.unsure(v, "cidr has no network", `write {"cidr": "10.0.0.0/24"}`)
	}
	return cidrTest{network.Masked()}
}

// anythingBut compiles the values, or the comparisons with values, that do not pass.
func (c *compiler) anythingBut(v *model.Value) test {
	name, operand := "", v
	if v.Kind == model.Map {
		if len(v.Fields) != 1 || !negatable(v.Fields[0].Key) {
			return c.unsure(v, "anything-but has a map that is not one of its comparisons", "write a value, a list of values, or one of prefix, suffix, equals-ignore-case, wildcard")
		}
		name, operand = v.Fields[0].Key, v.Fields[0].Value
	}
	but := butTest{texts: true, mixed: c.strict}
	for _, w := range operand.Elements() {
		if !c.spend(w) {
			return unsureTest{}
		}
		but.tests = append(but.tests, c.negated(name, w))
		but.texts = but.texts && w.Kind != model.Number
	}
	if len(but.tests) == 0 {
		return c.unsure(v, "anything-but has no values", `write {"anything-but": ["value"]}`)
	}
	return but
}

func negatable(name string) bool {
	switch name {
	case "prefix", "suffix", "equals-ignore-case", "wildcard":
		return true
	}
	return false
}

func (c *compiler) negated(name string, v *model.Value) test {
	switch {
	case v.Kind == model.Unknown || v.Kind == model.OneOf:
		return unsureTest{}
	case name != "":
		return c.textOperator(name, v)
	case v.Kind == model.String, v.Kind == model.Number, v.Kind == model.Text, v.Kind == model.Ref:
		return c.exact(v)
	}
	return c.unsure(v, "anything-but has something else than texts and numbers", `write {"anything-but": ["value", "other"]}`)
}
