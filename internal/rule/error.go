package rule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// Error is a mistake in a rule file.
type Error struct {
	File    string
	Line    int // from 1; 0 where the file as a whole is meant
	Message string
	Hint    string // the way out
}

// Error is file:line: message: way out.
func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	s += ": " + e.Message
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// Diagnostic is the error as scans report it: the rule did not run, so the scan is incomplete.
func (e *Error) Diagnostic() model.Diagnostic {
	return model.Diagnostic{
		Pos: model.Pos{File: e.File, Line: e.Line}, Level: model.Error,
		Message: e.Message, Hint: e.Hint, Incomplete: true,
	}
}

// mistakes collects the errors of one file.
type mistakes struct {
	file string
	list []*Error
}

// add notes a mistake at a line.
func (m *mistakes) add(line int, hint, format string, args ...any) {
	m.list = append(m.list, &Error{File: m.file, Line: line, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// sortMistakes orders mistakes by place.
func sortMistakes(list []*Error) {
	slices.SortStableFunc(list, func(a, b *Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line)
	})
}

// join makes one error of many; nil if there are none.
func join(list []*Error) error {
	all := make([]error, len(list))
	for i, e := range list {
		all[i] = e
	}
	return errors.Join(all...)
}
