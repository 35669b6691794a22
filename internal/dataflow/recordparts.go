package dataflow

import (
	"slices"
	"strings"
)

// What is read of records that hold secrets: one of several, the plain object in one, a copy with more in it.

// plainRecord are members of records of mappers in which all of the columns stand.
var plainRecord = set("dataValues _doc rows")

// isReadRecord reports whether a value is a record that was read, or several of them, and no model of a mapper.
func (v *Value) isReadRecord() bool { return v != nil && len(v.holds) > 0 && v.read != nil }

// oneRecord is one of some records that were read; nil where they are none, or where it is one already.
func (in *interp) oneRecord(list *Value) *Value {
	if !list.isReadRecord() || list.class != nil || in.st != nil || list.isOneRow() {
		return nil
	}
	return in.partOfRecord(list, &Value{ref: list.ref + ".first()"})
}

// isOneRow reports whether a record is a single one by what it was read as.
func (v *Value) isOneRow() bool {
	several := func(t *Taint) bool { return strings.HasSuffix(t.Path, ".Items") }
	return len(v.taints) > 0 && !slices.ContainsFunc(v.taints, several)
}

// recordUnder is a record, or one that belongs to it, under a name of a member of it; nil where there is none.
func (in *interp) recordUnder(v *Value, key string, part *Value) *Value {
	if !v.isReadRecord() || v.class != nil || in.st != nil {
		return nil
	}
	if _, isPlace := number(key); isPlace || plainRecord[key] {
		return in.partOfRecord(v, part)
	}
	var holds []string
	for _, name := range v.holds {
		if inner, ok := cutFirst(name, key); ok {
			holds = append(holds, inner)
		}
	}
	if len(holds) == 0 {
		return nil
	}
	c := *part
	c.holds, c.read = holds, v.read
	return &c
}

// cutFirst cuts a name, with the dot behind it, off the beginning of a path.
func cutFirst(path, name string) (string, bool) {
	if len(path) <= len(name)+1 || path[:len(name)] != name || path[len(name)] != '.' {
		return "", false
	}
	return path[len(name)+1:], true
}

// partOfRecord is a part that holds all that a record does: what is taken out of it is not in the record any more.
func (in *interp) partOfRecord(v, part *Value) *Value {
	c := *part
	c.holds, c.read = slices.Clone(v.holds), v.read
	in.isPartOfRecord(&c, v)
	return &c
}

// isPartOfRecord notes what a value is a part of, or another name for.
func (in *interp) isPartOfRecord(part, of *Value) {
	if in.recordOf == nil {
		in.recordOf = map[*Value]*Value{}
	}
	in.recordOf[part] = of
}

// takenOutOfRecord notes that a field was taken out of a record that was read, and so of what it is a part of.
func (in *interp) takenOutOfRecord(x *Value, key string) {
	for ; x != nil && len(x.holds) > 0 && !x.shared; x = in.recordOf[x] {
		x.holds = without(x.holds, key)
	}
}

// withRecord is an object into which the fields of another one were put, with what is in records that they are.
func withRecord(to, from, joined *Value) *Value {
	if !to.isReadRecord() && !from.isReadRecord() || joined == nil {
		return joined
	}
	c := *joined
	c.holds, c.read = to.holds, to.read
	c.holdsToo(from)
	return &c
}

// holdsToo notes that an object has all fields of another one, which is put into it: of what that says of itself its own word counts.
func (v *Value) holdsToo(other *Value) {
	for name := range other.fields {
		v.holds = without(v.holds, name)
	}
	if !other.isReadRecord() || other.class != nil {
		return
	}
	for _, name := range other.holds {
		if !slices.Contains(v.holds, name) {
			v.holds = append(slices.Clip(v.holds), name)
		}
	}
	v.read = other.read
}
