// Package models is what libraries do with data, as rows for engines that follow it. The form of rows is in README.md.
package models

import "embed"

// FS holds the files of rows.
//
//go:embed *.yaml
var FS embed.FS
