package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// limitAt is how many rows a statement asks for, where that is a parameter, and sqlParameter is any of them.
var (
	limitAt      = regexp.MustCompile(`(?is)\b(?:limit|fetch\s+(?:first|next))\s+(?:(?:\?|%s)\s*,\s*)?(\?|\$\d+|%s|%\((\w+)\)s|[:@]\w+)`)
	sqlParameter = regexp.MustCompile(`\?|%s`)
)

// limitsRows tells of a statement of which an outsider decides how many rows it gives.
func (in *interp) limitsRows(f frame, e *ir.Expr, method string, args *arguments) {
	if !runs[method] && !runsGo[method] {
		return
	}
	text := statementOf(f, args)
	if text == nil || !text.known {
		return
	}
	m := limitAt.FindStringSubmatchIndex(text.text)
	if m == nil {
		return
	}
	given := rowsGiven(f, args)
	if given == nil {
		return
	}
	var v *Value
	switch name := text.text[m[2]:m[3]]; {
	case name == "?" || name == "%s":
		v = given.fields[itoa(len(sqlParameter.FindAllString(text.text[:m[2]], -1)))]
	case name[0] == '$':
		if n, ok := number(name[1:]); ok && n > 0 {
			v = given.fields[itoa(n-1)]
		}
	case name[0] == '%':
		v = given.fields[text.text[m[4]:m[5]]]
	default:
		v = given.fields[strings.TrimLeft(name, ":@")]
	}
	if v != nil {
		in.hit(f, e.At, sizeRule, "the limit of a statement", amounts(v), false)
	}
}

// rowsGiven are the values of the parameters of a statement: those behind it in Go, a list or an object in other languages.
func rowsGiven(f frame, args *arguments) *Value {
	for i := range min(len(args.list), 3) {
		if !statement.MatchString(args.list[i].begin()) {
			continue
		}
		if f.file.Language == ir.Go {
			return &Value{fields: indexed(args.list[i+1:])}
		}
		return args.get(i + 1)
	}
	for _, v := range args.list {
		if v.fields["values"] != nil { // {text, values} of pg
			return v.fields["values"]
		}
	}
	return nil
}

// amountsInStatement tells of the amounts that a statement puts into a table, by the names of its columns.
func (in *interp) amountsInStatement(f frame, e *ir.Expr, method string, args *arguments) {
	if in.st != nil || !runs[method] && !runsGo[method] {
		return
	}
	text, at := statementOf(f, args), 0
	if text == nil {
		return
	}
	for args.list[at] != text && !slices.Contains(args.list[at].args, text) && !holdsStatement(args.list[at], text) {
		at++
	}
	if _, row := rowPut(text.begin(), in.filledWith(f, args, at)); len(row) > 0 {
		in.amountsIn(f, e.At, method, &Value{fields: row}, nil, 0)
	}
}

// holdsStatement reports whether a statement is a member of what a call is given: {text, values}.
func holdsStatement(v, text *Value) bool { return v.fields["sql"] == text || v.fields["text"] == text }
