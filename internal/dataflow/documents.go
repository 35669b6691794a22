package dataflow

import (
	"maps"
	"slices"
	"strings"
)

// Collections of MongoDB are tables by their names: what one function puts into documents of one, another one reads from there.

// collectionOf is the collection that a method is called on, by a name that stands beside those of tables; empty where it is not known.
func collectionOf(recv *Value) string {
	if recv == nil || !strings.HasPrefix(recv.ref, "mongodb.") || !strings.HasSuffix(recv.ref, ".collection()") || len(recv.args) == 0 || !recv.args[0].known {
		return ""
	}
	return "collection " + recv.args[0].text
}

// putsDocument notes what a call puts into documents, by the row that says which of its arguments that is.
func (in *interp) putsDocument(c call, m *Model) {
	name := collectionOf(c.recv)
	if name == "" || in.st != nil || !in.p.Carries[RowsPut] {
		return
	}
	for _, of := range m.In {
		row := input(of, c.recv, c.args)
		if update, ok := strings.CutSuffix(of, ".$set"); ok {
			row = withPushed(row, input(update, c.recv, c.args))
		}
		if row != nil && row.elem == nil && row.fields["0"] != nil { // insertMany
			row = row.fields["0"]
		} else if row != nil && row.elem != nil {
			row = row.elem
		}
		if row != nil && row != nothing {
			in.send(c.f, c.e.At, RowsPut, &Value{fields: map[string]*Value{"Table": constant(name), "Row": row}})
		}
	}
}

// notSentIn are words in names of fields that say whose a document is, who somebody is, or what it is worth: besides notForForms.
var notSentIn = set(`user users author creator created updated customer account member id status state price amount total paid payment score points rating level plan tier
	password hash token secret enabled active deleted blocked rank discount`)

// takesForms reports whether a model of Mongoose has nothing but fields that a form may have: its schema lets no others in, and is the list of what
// a caller may set.
func takesForms(model *Value) bool {
	model = orNothing(model)
	columns := orNothing(model.kw[columnsOf])
	if packageOf(model.ref) != "mongoose" || model.kw[looseSchema] != nil || len(columns.fields) == 0 || columns.spread != nil || columns.named != nil || len(columns.taints) > 0 {
		return false
	}
	for name := range columns.fields {
		if slices.ContainsFunc(wordsOf(name), func(word string) bool { return notForForms[word] || notSentIn[word] }) {
			return false
		}
	}
	return true
}

// looseSchema is the name under which a model keeps that its schema lets other fields in, or perhaps does.
const looseSchema = "loose"

// withPushed is what an update sets, with the lists into which it puts something: {$push: {notes: note}}, {$addToSet: {tags: {$each: tags}}}.
func withPushed(set, update *Value) *Value {
	if update == nil {
		return set
	}
	out := &Value{fields: map[string]*Value{}}
	for _, operator := range []string{"$push", "$addToSet"} {
		for name, x := range sorted(orNothing(update.fields[operator]).fields) {
			list := &Value{elem: x, isList: true}
			if each := orNothing(x).fields["$each"]; each != nil {
				list = each
			}
			out.fields[name] = list
		}
	}
	switch {
	case len(out.fields) == 0:
		return set
	case set == nil || set == nothing:
		return out
	}
	both := *set
	both.fields = out.fields
	maps.Copy(both.fields, set.fields)
	return &both
}

// givesDocument are the methods that give one document.
var givesDocument = []string{"findOne", "findOneAndUpdate"}

// readsDocument is the document that a call reads, beside what else is known of what it gives.
func (in *interp) readsDocument(c call, out *Value) *Value {
	name := collectionOf(c.recv)
	if name == "" || in.st != nil || !in.p.Carries[RowsPut] || !slices.Contains(givesDocument, c.method) {
		return out
	}
	v := *out
	v.taints = addTaints(out.taints, in.rowRead(c.f, c.e, name, "*").taints)
	return &v
}
