package paths

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
)

// update marks the part of an item that the expression of an update sets. What stands before it is where the update is in the request.
const update = "!update"

// requested are paths of a request, with the parts of items found by the expressions that set them.
func (t *trail) requested(paths [][]string) [][]string {
	var out [][]string
	for _, p := range paths {
		i := slices.Index(p, update)
		if i < 0 {
			out = append(out, p)
			continue
		}
		for _, one := range t.send.Params.All(p[:i]...) {
			for _, q := range updated(textsOf(one), p[i+1:]) {
				out = append(out, slices.Concat(p[:i], q))
			}
		}
	}
	return distinct(out)
}

// textsOf gives the known texts of a request.
func textsOf(params *dataflow.Value) func(path ...string) (string, bool) {
	return func(path ...string) (string, bool) { return params.At(path...).Is() }
}

// updated are the paths of a request to update an item where a part of the item is set; text gives what stands at a path of the request.
// Where the expression is not known all values are meant.
func updated(text func(path ...string) (string, bool), path []string) [][]string {
	expression, ok := text("UpdateExpression")
	if !ok || len(path) == 0 {
		return [][]string{{"ExpressionAttributeValues"}, {"AttributeUpdates"}}
	}
	out := [][]string{append([]string{"AttributeUpdates", path[0], "Value"}, path[1:]...)}
	for _, a := range assignments(expression) {
		rest, inside, around := meet(path, a.attribute(text, path))
		if !inside && !around {
			continue
		}
		for _, value := range a.values {
			out = append(out, slices.Concat([]string{"ExpressionAttributeValues", value}, rest))
		}
	}
	return out
}

// assignment is a part of an item that an expression sets or adds to, with the values that come into it.
type assignment struct {
	path   string
	values []string
}

// attribute is the path of what is set; a name that is not known is any.
func (a assignment) attribute(text func(path ...string) (string, bool), asked []string) []string {
	at := segments(a.path)
	for i, name := range at {
		if known, ok := text("ExpressionAttributeNames", name); ok {
			at[i] = known
		} else if name[0] == '#' && i < len(asked) {
			at[i] = asked[i]
		}
	}
	return at
}

var (
	clause      = regexp.MustCompile(`(?i)(?:^|\s)(?:SET|ADD|REMOVE|DELETE)\s`)
	placeholder = regexp.MustCompile(`:\w+`)
)

// assignments are what an expression sets: SET a.b = if_not_exists(a.b, :x), c = :y ADD d :z.
func assignments(expression string) []assignment {
	var out []assignment
	for _, part := range clause.Split(expression, -1) {
		for _, one := range dataflow.Commas(part) {
			end := strings.IndexAny(one, "= ")
			if end < 0 {
				continue
			}
			out = append(out, assignment{one[:end], placeholder.FindAllString(one[end:], -1)})
		}
	}
	return out
}
