package dataflow

// wholeRequest are the taints of a request that comes whole from outside, with whatever members an outsider gives it: what says on what
// the operation works is one of them, unless the code says it. A text is no request, and what was stored before is not what somebody
// sends.
func wholeRequest(c awsCall) []*Taint {
	for _, s := range c.op.Subjects {
		if c.params.fields[s.Member] != nil {
			return nil
		}
	}
	var out []*Taint
	for _, t := range c.params.taints {
		if t.object && !t.clean[names] && (t.Source == nil || !t.Source.Stored) {
			out = append(out, t)
		}
	}
	return out
}

// mappers are packages of Python whose objects are rows of tables.
var mappers = set("sqlalchemy flask_sqlalchemy sqlmodel django peewee mongoengine pynamodb tortoise pony beanie odmantic")

// isRow reports whether a value is a row of a table: an object of a class that a library stores, or what such a library gave.
func isRow(v *Value) bool {
	ref := v.ref
	if v.class != nil {
		ref = v.class.libraryBase(0)
	}
	return mappers[packageOf(ref)] && !v.isType
}
