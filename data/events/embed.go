// Package events embeds the rows that say how data goes from calls of services into the events of functions: see README.md.
package events

import (
	"embed"
	"strings"
	"sync"
)

//go:generate go run ./gen .

// FS has the rows.
//
//go:embed *.yaml
var FS embed.FS

//go:embed golang.tsv
var golang string

// Field is a field of an event type of Go: its name in JSON, and its type; [] stands before the type of a list's elements, and maps have none.
type Field struct{ JSON, Type string }

// GoTypes are the types of the package events of aws-lambda-go with their fields, by their names. Source: SOURCE.md.
var GoTypes = sync.OnceValue(func() map[string]map[string]Field {
	out := map[string]map[string]Field{}
	for line := range strings.Lines(golang) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != 4 || row[0] == "type" {
			continue
		}
		if out[row[0]] == nil {
			out[row[0]] = map[string]Field{}
		}
		out[row[0]][row[1]] = Field{row[2], row[3]}
	}
	return out
})
