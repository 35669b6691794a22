package paths

import (
	"regexp"
	"slices"
)

// assignment is what an update of an item sets: a name and the value or the expression that it gets.
var assignment = regexp.MustCompile(`([#\w.]+)\s*=\s*([^,]*(?:\([^)]*\)[^,]*)*)`)

// placeholder is a value in an expression.
var placeholder = regexp.MustCompile(`:\w+`)

// updated are the paths of a request to update an item where a part of the item is set; text gives what stands at a path of the request.
// Where the expression is not known all values are meant.
func updated(text func(path ...string) (string, bool), path []string) [][]string {
	all := [][]string{{"ExpressionAttributeValues"}, {"AttributeUpdates"}}
	expression, ok := text("UpdateExpression")
	if !ok || len(path) == 0 {
		return all
	}
	out := [][]string{append([]string{"AttributeUpdates", path[0], "Value"}, path[1:]...)}
	for _, m := range assignment.FindAllStringSubmatch(expression, -1) {
		name := m[1]
		if known, ok := text("ExpressionAttributeNames", name); ok {
			name = known
		} else if name[0] == '#' {
			name = path[0] // a name that is not known
		}
		if name != path[0] {
			continue
		}
		for _, value := range placeholder.FindAllString(m[2], -1) {
			out = append(out, slices.Concat([]string{"ExpressionAttributeValues", value}, path[1:]))
		}
	}
	return out
}
