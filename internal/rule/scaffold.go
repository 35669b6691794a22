package rule

import (
	_ "embed" // for the text of a new rule
	"strings"
)

//go:embed scaffold.md
var scaffold string

// Scaffold is the text of a new rule, to be saved as family/id.md: sound in form, with every key that most rules
// need, and its sentences still to be written. See CheckID for what the names may be.
func Scaffold(id, family string) []byte {
	return []byte(strings.NewReplacer("ID", id, "FAMILY", family).Replace(scaffold))
}
