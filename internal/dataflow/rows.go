package dataflow

import "strings"

// Mappers of Python give rows as objects of classes of the program, whose methods are the program's: session.scalar(select(User)),
// User.query.filter_by(name=name).first(), User.objects.get(id=id).

// oneRow are the functions of mappers that give one row.
var oneRow = set(`first first_or_404 one one_or_none scalar scalar_one scalar_one_or_none get get_or_404 one_or_404 get_or_none get_by_id get_object_or_404
	earliest latest last aget afirst alast`)

// rowsOf is the class of the rows that a call of a mapper is about; nil where none is known.
func rowsOf(callee *Value, args *arguments) *class {
	if !mappers[packageOf(callee.ref)] || callee.rows != nil {
		return callee.rows
	}
	for _, a := range args.list {
		switch {
		case a.rows != nil:
			return a.rows
		case a.isType && a.class != nil && mappers[packageOf(a.class.libraryBase(0))]:
			return a.class
		}
	}
	return nil
}

// methodOfRow is a method of the class of a row; nil for all that is no row or has no such method.
func (v *Value) methodOfRow(key string) *Value {
	before, isCall := strings.CutSuffix(v.ref, "()")
	if v.rows == nil || !isCall || !oneRow[lastPart(before)] {
		return nil
	}
	m := v.rows.method(key, 0)
	if m == nil || isProperty(m.fn) {
		return nil
	}
	return &Value{fns: []*closure{{fn: m.fn, scope: m.scope, this: v}}}
}
