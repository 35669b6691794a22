// Package data holds facts about the platforms, embedded as compact tables, each with its source beside it.
//
// It reads the tables and judges nothing: what a fact means for an application is left to the engines.
package data

import (
	_ "embed" // for the tables
	"strings"
)

//go:embed lambda/runtimes.tsv
var lambdaRuntimes string

// Runtime is the life of one runtime of AWS Lambda. Days are written 2006-01-02. Source: lambda/SOURCE.md.
type Runtime struct {
	Released      string
	Deprecated    string // end of standard support: no security patches from this day on
	UpdateBlocked string // functions cannot be updated from this day on; "true": already, day not known; empty: no day set
}

// DeprecatedOn reports whether standard support has ended by the given day (2006-01-02).
func (r Runtime) DeprecatedOn(day string) bool { return r.Deprecated != "" && r.Deprecated <= day }

// BlockedOn reports whether functions could no longer be updated on the given day (2006-01-02).
func (r Runtime) BlockedOn(day string) bool {
	return r.UpdateBlocked == "true" || (r.UpdateBlocked != "" && r.UpdateBlocked <= day)
}

// Runtimes reads the runtimes of AWS Lambda by identifier, such as nodejs22.x. Each call reads the table anew: keep
// the map.
func Runtimes() map[string]Runtime {
	all := map[string]Runtime{}
	for _, row := range rows(lambdaRuntimes) {
		if len(row) == 4 {
			all[row[0]] = Runtime{Released: row[1], Deprecated: row[2], UpdateBlocked: unlessFalse(row[3])}
		}
	}
	return all
}

// unlessFalse is the text, empty for the source's word for no day.
func unlessFalse(s string) string {
	if s == "false" {
		return ""
	}
	return s
}

// rows are the fields of a tab-separated table, without its header.
func rows(table string) [][]string {
	_, table, _ = strings.Cut(table, "\n")
	var all [][]string
	for line := range strings.Lines(table) {
		all = append(all, strings.Split(strings.TrimRight(line, "\r\n"), "\t"))
	}
	return all
}
