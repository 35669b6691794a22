package dataflow

import (
	"regexp"
	"slices"
	"strings"

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

// neverInForms are those of them that also a new record is given by nobody else than who keeps it.
var neverInForms = set(`admin superuser staff verified approved trusted banned balance credit credits payout commission`)

// readsOver notes that what an outsider sent is read into a struct, over a row where it is one.
func (v *Value) readsOver(f frame, source *Value, at int32) {
	if v == nothing || v.shared || v.class == nil || !slices.ContainsFunc(source.taints, func(t *Taint) bool { return t.Source != nil && !t.Source.Stored }) {
		return
	}
	if v.row {
		v.over = &step{file: f.file, at: at, note: "is read over the row"}
	} else {
		v.form = asSent
	}
}

// What becomes of a struct of Go into which a body is read.
type form uint8

const (
	noForm    form = iota
	asSent         // it holds what was sent
	completed      // code has set another field of it: it is the record itself
)

// completes notes that code sets a field of a struct that holds what was sent to something that was not sent with it.
func (v *Value) completes(x *Value) {
	if v.form == asSent && !v.shared && len(v.fields) > 1 && !sentWith(v, x) {
		v.form = completed
	}
}

// sentWith reports whether a value came in the same body as the fields of a struct.
func sentWith(form, x *Value) bool {
	for _, field := range sorted(form.fields) {
		for _, t := range slices.Concat(orNothing(field).taints, orNothing(field).safe) {
			body, _ := cutLast(t.Path)
			return slices.ContainsFunc(slices.Concat(x.taints, x.safe), func(u *Taint) bool { return strings.HasPrefix(u.Path, body) })
		}
	}
	return false
}

// overwritten tells of a row that is saved with what an outsider's body has set in it, and of a new one into which a body was read as a whole.
func (in *interp) overwritten(f frame, at int32, what string, v *Value) {
	if v == nil || v.over == nil && v.form != completed || in.st != nil {
		return
	}
	words := notForForms
	if v.over == nil {
		words = neverInForms
	}
	for name, x := range sorted(v.fields) {
		set := slices.Concat(orNothing(x).taints, orNothing(x).safe, orNothing(x).numbers)
		if len(set) == 0 || set[0].Source == nil || set[0].Source.Stored || !slices.ContainsFunc(wordsOf(name), func(w string) bool { return words[w] }) {
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

// scoped calls the functions that add to a query of gorm, which get it as it is so far: db.Scopes(active, named(text)).
func (in *interp) scoped(c call) (*Value, bool) {
	query, method := cutLast(c.callee.ref)
	if method != "Scopes" || !strings.HasPrefix(query, "gorm_io/gorm.") && !strings.HasPrefix(query, "github_com/jinzhu/gorm.") {
		return nil, false
	}
	scopes := c.args.list
	if c.args.rest != nil {
		scopes = append(slices.Clone(scopes), c.args.rest)
	}
	for _, scope := range scopes {
		for _, fn := range scope.fns {
			in.invoke(c.f, fn, fn.this, &arguments{list: []*Value{{ref: query}}}, c.e.At)
		}
	}
	return &Value{ref: query}, true
}
