// Package rules is the catalogue: one Markdown file for each rule, in the folder of its family.
//
// It only embeds the files. How they are read is told by package rule, and what they do by the engines.
package rules

import "embed"

// FS holds the catalogue, as family/id.md.
//
//go:embed */*.md
var FS embed.FS
