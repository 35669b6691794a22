package dataflow

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// Rows of Go that a request is read over: a struct is filled from a store, a decoder writes the body over it, and it is saved. Who sends the
// body sets all fields that its tags name, also those of which the form knows nothing.

// savesRow is how calls are written that save a struct as a whole.
var savesRow = regexp.MustCompile(`^(gorm_io/gorm|github_com/jinzhu/gorm)\..*\.(Save|Updates|Create)$|^github_com/uptrace/bun\..*NewUpdate\(\)\.Model$|^xorm_io/xorm\..*\.Update$`)

// notForForms are words in names of fields that say what somebody may do, has, or is entitled to: no form sets them.
var notForForms = set(`admin role roles permission permissions privileges superuser staff verified approved trusted banned balance credit credits owner tenant payout commission share`)

// isRow notes a struct that a store fills.
func (v *Value) isRow() {
	if v != nil && v != nothing && !v.shared && v.class != nil {
		v.row = true
	}
}

// readsOver notes that what an outsider sent is read over a row.
func (v *Value) readsOver(f frame, source *Value, at int32) {
	if v.row && !v.shared && slices.ContainsFunc(source.taints, func(t *Taint) bool { return t.Source != nil && !t.Source.Stored }) {
		v.over = &step{file: f.file, at: at, note: "is read over the row"}
	}
}

// overwritten tells of a row that is saved with what an outsider's body has set in it.
func (in *interp) overwritten(f frame, at int32, what string, v *Value) {
	if v == nil || v.over == nil || in.st != nil {
		return
	}
	for name, x := range sorted(v.fields) {
		set := slices.Concat(orNothing(x).taints, orNothing(x).safe, orNothing(x).numbers)
		if len(set) == 0 || set[0].Source == nil || set[0].Source.Stored || !slices.ContainsFunc(wordsOf(name), func(w string) bool { return notForForms[w] }) {
			continue
		}
		body, _ := cutLast(set[0].Path)
		whole := &Taint{Path: body, Source: set[0].Source, object: true, step: set[0].step}
		in.hit(f, at, "mass-assignment", what, []*Taint{whole}, false)
		return
	}
}

// savesWhole looks at calls of mappers that save structs.
func (in *interp) savesWhole(f frame, e *ir.Expr, ref string, args *arguments) {
	if savesRow.MatchString(ref) {
		in.overwritten(f, e.At, lastPart(ref), args.get(0))
		in.amountsIn(f, e.At, lastPart(ref), args.get(0), nil, 0)
	}
}
