package sast

import (
	"regexp"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// ofAccount are attributes by which somebody signs in, or that say what an account may do.
var ofAccount = regexp.MustCompile(`(?i)^(password(_?hash)?|hashed_?password|user_?role|roles?|is_?admin|permissions|mfa_?(enabled|secret))$`)

// An address of mail is one of an account where the route says so: PUT /me/email. Elsewhere it is as well that of an order, or of a newsletter.
var (
	addressOfMail = regexp.MustCompile(`(?i)^(e_?mail|mail)(_?address)?$`)
	routeOfMail   = regexp.MustCompile(`(?i)/(me|my|account|users?|profile|settings|auth|admin)(/[^/]+)*/(change[-_]?|update[-_]?)?(e-?mail)([-_]?address)?/?$`)
)

// partsOf is how attributes of accounts are told in a function: also by its route.
func partsOf(fn *ir.Func) func(attribute string) bool {
	if fn == nil || !routeOfMail.MatchString(routeOf(fn)) {
		return ofAccount.MatchString
	}
	return func(attribute string) bool {
		return ofAccount.MatchString(attribute) || addressOfMail.MatchString(attribute)
	}
}

// accountParts are the writes that set such an attribute of what is there already, with its name: whatever the function around them is called,
// they change an account.
func accountParts(n *paths.Node, writes map[place]dataflow.Use) map[place]string {
	out := map[place]string{}
	for at, u := range writes {
		if name := attributeSet(u, partsOf(inner(n, at))); name != "" {
			out[at] = name
		}
	}
	for _, c := range n.Result.Calls {
		at := place{c.File, c.At}
		if _, ok := writes[at]; !ok || !c.DoesAny(dataflow.Writes) {
			continue
		}
		is := partsOf(inner(n, at))
		if name := columnSet(c.Statement, is); name != "" {
			out[at] = name
		} else if name := fieldSet(c.Expr, is); name != "" {
			out[at] = name
		}
	}
	return out
}

// setsAttribute is where an update of DynamoDB sets an attribute.
var setsAttribute = regexp.MustCompile(`([#\w]+)\s*=\s*:\w+`)

// attributeSet is the attribute of an account that an update of DynamoDB sets; empty where it sets none.
func attributeSet(u dataflow.Use, is func(string) bool) string {
	if u.Key != "dynamodb:UpdateItem" {
		return ""
	}
	for _, m := range setsAttribute.FindAllStringSubmatch(u.Params.At("UpdateExpression").Begins(), -1) {
		name := m[1]
		if name[0] == '#' {
			name = u.Params.At("ExpressionAttributeNames").At(name).Begins()
		}
		if is(name) {
			return name
		}
	}
	return ""
}

var (
	// updatesRow is a statement of SQL that changes rows, with what it sets; setsColumn is a column in that.
	updatesRow = regexp.MustCompile(`(?is)^\s*update\s+\S+(?:\s+as\s+\w+)?\s+set\s+(.*?)(?:\swhere\s.*)?$`)
	setsColumn = regexp.MustCompile("[`\"\\[]?(\\w+)[`\"\\]]?\\s*=")
)

// columnSet is the column of an account that a statement of SQL sets; empty where it sets none.
func columnSet(statement string, is func(string) bool) string {
	set := updatesRow.FindStringSubmatch(statement)
	if set == nil {
		return ""
	}
	for _, m := range setsColumn.FindAllStringSubmatch(set[1], -1) {
		if is(m[1]) {
			return m[1]
		}
	}
	return ""
}

var (
	// updating are methods of mappers that change what is there; byFilter those of them that get first of what.
	updating = regexp.MustCompile(`^(update|updateOne|updateMany|update_one|update_many|updateUser|findByIdAndUpdate|findOneAndUpdate|find_one_and_update|UpdateOne|UpdateByID|FindOneAndUpdate|Updates?)$`)
	byFilter = regexp.MustCompile(`^(updateOne|updateMany|update_one|update_many|find|UpdateOne|UpdateByID|FindOne)`)
	// holdsChange are the members of an update in which stands what is changed.
	holdsChange = map[string]bool{"$set": true, "data": true, "values": true, "set": true}
)

// fieldSet is the field of an account that a call of a mapper sets: users.updateOne({ id }, { $set: { role } }); empty where it sets none.
func fieldSet(call *ir.Expr, is func(string) bool) string {
	method := lastName(call.X)
	if !updating.MatchString(method) {
		return ""
	}
	args := call.List
	if byFilter.MatchString(method) && len(args) > 1 {
		args = args[1:]
	}
	for _, a := range args {
		if name := fieldIn(a, is, 0); name != "" {
			return name
		}
	}
	return ""
}

// fieldIn is the field of an account among the members of an object, or of the one in it that holds what is changed.
func fieldIn(e *ir.Expr, is func(string) bool, depth int) string {
	if e == nil || e.Kind != ir.Object || depth > 2 {
		return ""
	}
	for i, x := range e.List[:min(len(e.List), len(e.Keys))] {
		switch {
		case is(e.Keys[i]):
			return e.Keys[i]
		case holdsChange[e.Keys[i]]:
			if name := fieldIn(x, is, depth+1); name != "" {
				return name
			}
		}
	}
	return ""
}
