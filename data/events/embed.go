// Package events embeds the rows that say how data goes from calls of services into the events of functions: see README.md.
package events

import "embed"

// FS has the rows.
//
//go:embed *.yaml
var FS embed.FS
