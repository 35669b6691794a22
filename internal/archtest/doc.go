// Package archtest holds the floor plan of docs/architecture.md and fails when an import breaks it.
package archtest
