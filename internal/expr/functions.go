package expr

import (
	"slices"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// function is an operator or function of expressions. One of one, two and many is set.
type function struct {
	name   string
	usage  string // how it is written; empty for operators and for what only the compiler writes
	doc    string
	member bool // written x.name(y)
	truth  bool // the answer is true, false or unknown
	lazy   bool // looks at undecided arguments itself
	args   int  // with the receiver
	one    func(frame *interpreter.ExecutionFrame, x any) ref.Val
	two    func(frame *interpreter.ExecutionFrame, x, y any) ref.Val
	many   func(args []any) ref.Val
}

// Function describes a function of expressions for documentation.
type Function struct {
	Name  string
	Usage string // for example x.startsWith(y)
	Doc   string
}

// Functions lists the functions that rules may use beside CEL's operators and macros (has, exists, all, exists_one, map,
// filter), by name.
func Functions() []Function {
	var out []Function
	for _, f := range allFunctions() {
		if f.usage != "" {
			out = append(out, Function{f.name, f.usage, f.doc})
		}
	}
	slices.SortFunc(out, func(a, b Function) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

func allFunctions() []*function {
	return slices.Concat(operatorFunctions(), hiddenFunctions(), textFunctions(), valueFunctions())
}

func operatorFunctions() []*function {
	fs := []*function{
		{name: operators.Equals, truth: true, lazy: true, args: 2, two: equal},
		{name: operators.NotEquals, truth: true, lazy: true, args: 2, two: unequal},
		{name: operators.In, truth: true, lazy: true, args: 2, two: isIn},
		{name: operators.Less, truth: true, lazy: true, args: 2, two: ordered(func(s int) bool { return s < 0 })},
		{name: operators.LessEquals, truth: true, lazy: true, args: 2, two: ordered(func(s int) bool { return s <= 0 })},
		{name: operators.Greater, truth: true, lazy: true, args: 2, two: ordered(func(s int) bool { return s > 0 })},
		{name: operators.GreaterEquals, truth: true, lazy: true, args: 2, two: ordered(func(s int) bool { return s >= 0 })},
		{name: operators.LogicalNot, truth: true, args: 1, one: not},
		{name: operators.Negate, args: 1, one: negative},
		{name: operators.Add, args: 2, two: add},
	}
	for _, name := range []string{operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo} {
		fs = append(fs, &function{name: name, args: 2, two: arithmetic(name)})
	}
	return fs
}

// Names that only the compiler writes.
const (
	asCondition = "@condition" // a value where true or false is needed
	asChoice    = "@choice"
	asList      = "@list"  // a list literal
	asRange     = "@range" // what a comprehension goes through
	untilTrue   = "@until_true"
	untilFalse  = "@until_false"
	collect     = "@collect" // one step of filter, map and exists_one
	collected   = "@collected"
	exactlyOne  = "@exactly_one"
	atIndex     = "@index"
	matching    = "@matches" // matches with a compiled pattern
)

func hiddenFunctions() []*function {
	return []*function{
		{name: asCondition, truth: true, args: 1, one: condition},
		{name: asList, many: listLiteral},
		{name: asRange, args: 1, one: rangeOver},
		{name: untilTrue, truth: true, lazy: true, args: 1, one: until(types.True)},
		{name: untilFalse, truth: true, lazy: true, args: 1, one: until(types.False)},
		{name: collect, args: 4, many: collectStep},
		{name: collected, args: 1, one: collectedList},
		{name: exactlyOne, truth: true, args: 1, one: exactlyOneOf},
		{name: atIndex, args: 2, two: index},
		{name: matching, truth: true, lazy: true, args: 2, two: matchesPattern},
	}
}

func valueFunctions() []*function {
	return []*function{
		{name: "is_set", usage: "is_set(x)", truth: true, lazy: true, args: 1, one: isSet,
			doc: "whether anything is written; has(a.b) asks the same of a field"},
		{name: "refers", usage: "refers(x)", truth: true, lazy: true, args: 1, one: refers,
			doc: "whether x is a reference to another resource"},
		{name: "yes", usage: "yes(x)", truth: true, lazy: true, args: 1, one: saysYes,
			doc: `whether x is true: true, "true", "yes" or 1`},
		{name: "no", usage: "no(x)", truth: true, lazy: true, args: 1, one: saysNo,
			doc: `whether x is explicitly false: false, "false", "no" or 0; absent is not`},
		{name: "num", usage: "num(x)", args: 1, one: num,
			doc: "x as a number, also from a text; absent where x is none"},
		{name: "text", usage: "text(x)", args: 1, one: text, doc: "a single value as text; absent stays absent"},
		{name: "lower", usage: "lower(x)", args: 1, one: lower, doc: "a single value as text in lower case"},
		{name: "list", usage: "list(x)", args: 1, one: list,
			doc: "x as a list: a single value or map becomes a list of one, absent an empty list"},
		{name: "size", usage: "size(x) or x.size()", truth: false, args: 1, one: size,
			doc: "number of elements, fields or characters; 0 where absent"},
		{name: "statements", usage: "statements(x)", args: 1, one: statements,
			doc: "the statements of an IAM policy document, of a list of them, or of JSON text. Action, NotAction, Resource " +
				"and NotResource are lists where they are written, principals a map of lists"},
		{name: "cidr_is_world", usage: "cidr_is_world(x)", truth: true, lazy: true, args: 1, one: cidrIsWorld,
			doc: "whether an address range is the whole internet"},
	}
}
