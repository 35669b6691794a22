package model

import "fmt"

// Pos is a place in a file of the workspace. Line and Col count from 1, Col in runes; 0 means not known.
type Pos struct {
	File string `json:"file"` // slash-separated, relative to the workspace root
	Line int    `json:"line,omitempty"`
	Col  int    `json:"column,omitempty"`
}

// String is file:line:col, as far as known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// IsZero reports whether the place is not known at all.
func (p Pos) IsZero() bool { return p.File == "" && p.Line == 0 }

// Origin is the place where a person must change a value, and through what the value came from there.
type Origin struct {
	Pos
	Via *Via `json:"-"`
}

// Through returns the origin with one more hop in front of its chain.
func (o Origin) Through(how string, at Pos) Origin {
	return Origin{Pos: o.Pos, Via: &Via{How: how, At: at, Next: o.Via}}
}

// Via is one hop on the way of a value: how it came (parameter, file(), Globals, ...) and where that is written.
type Via struct {
	How  string
	At   Pos
	Next *Via
}

// Diagnostic is something the reader of a repository should know about the reading itself: a file that could not be
// parsed, a limit that was reached, a variable that leads nowhere.
type Diagnostic struct {
	Pos
	Level   Level  `json:"level"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"` // the way out, where there is one
	// Incomplete marks that something was left unread, so that the result does not cover the whole repository.
	Incomplete bool `json:"incomplete,omitempty"`
	// Unresolved marks that what stands at the place says nothing that can be worked out, as it is written.
	Unresolved bool `json:"-"`
}

// Level says how much a Diagnostic matters.
type Level string

// Levels of a Diagnostic.
const (
	Error   Level = "error"   // a file or part of it could not be used
	Warning Level = "warning" // used, but something in it is not as it should be
	Note    Level = "note"    // worth knowing
)
