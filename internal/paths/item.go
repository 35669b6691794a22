package paths

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
)

// assignment is what an update of an item sets: a name and the value or the expression that it gets.
var assignment = regexp.MustCompile(`([#\w.]+)\s*=\s*([^,]*(?:\([^)]*\)[^,]*)*)`)

// placeholder is a value in an expression.
var placeholder = regexp.MustCompile(`:\w+`)

// updated are the paths of a request to update an item where a part of the item is set. Where the expression is not known all values are
// meant.
func updated(params *dataflow.Value, path []string) [][]string {
	all := [][]string{{"ExpressionAttributeValues"}, {"AttributeUpdates"}}
	text, ok := params.At("UpdateExpression").Is()
	if !ok || len(path) == 0 {
		return all
	}
	out := [][]string{append([]string{"AttributeUpdates", path[0], "Value"}, path[1:]...)}
	for _, m := range assignment.FindAllStringSubmatch(text, -1) {
		name := m[1]
		if known, ok := params.At("ExpressionAttributeNames", name).Is(); ok {
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
