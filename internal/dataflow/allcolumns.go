package dataflow

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// A name that is one of all columns of a table was looked at, and nobody has said which columns a caller may write: name in inspect(Order).columns.

// columnNames are paths of names of columns, as mappers of Python tell them of a model.
var columnNames = regexp.MustCompile(`^(sqlalchemy(\.\w+)*\.(inspect|class_mapper|object_mapper)\(\)|django\.meta\(\))\.(mapper\.)?` +
	`(column_attrs|columns|c|attrs|fields|concrete_fields|local_fields|get_fields\(\))(\.keys\(\)|\.first\(\)\.(key|name))$`)

// modelMeta is what mappers tell of a model under a name of the model itself: Order.__table__, Order._meta; nil for all other names.
func modelMeta(v *Value, key string) *Value {
	if v.class == nil || !mappers[packageOf(v.class.libraryBase(0))] {
		return nil
	}
	switch key {
	case "__table__", "__mapper__":
		return &Value{ref: "sqlalchemy.inspect()", rows: v.class}
	case "_meta":
		return &Value{ref: "django.meta()", rows: v.class}
	}
	return nil
}

// isAllColumns reports whether a list is that of the names of all columns, or of all but one.
func isAllColumns(v *Value, depth int) bool {
	switch {
	case v == nil || depth > deepestJoin || v.isDict || len(v.fields) > 1:
		return false
	case columnNames.MatchString(v.ref):
		return true
	case madeOfList[v.ref] && len(v.args) == 1:
		return isAllColumns(v.args[0], depth+1)
	}
	return v.ref == "" && columnNames.MatchString(orNothing(v.elem).ref+orNothing(v.fields["0"]).ref)
}

// columnsWithout is what is left of the names of all columns where one is taken out, which is mostly the key; nil where more are, or of other lists.
func (in *interp) columnsWithout(f frame, e *ir.Expr) *Value {
	if e.Str != "-" || f.file.Language != ir.Python {
		return nil
	}
	x, y := in.quiet(f, e.X), in.quiet(f, e.Y)
	if e.X.Kind == ir.Call {
		x = in.eval(f, e.X)
	}
	if isAllColumns(x, 0) && len(y.fields) == 1 {
		return x
	}
	return nil
}

// choosesAmongColumns notes that columns which a list names are left out of all that are gone through: somebody has thought about which.
func (in *interp) choosesAmongColumns(f frame, x, list *ir.Expr) {
	if x.Kind != ir.Member || x.X.Kind != ir.Name || !oneColumn.MatchString(in.quiet(f, x).ref) {
		return
	}
	names := in.quiet(f, list)
	one := orNothing(names.fields["0"])
	if names.known { // column.key != "password_hash"
		one = names
	}
	if !names.known && len(names.fields) != 1 || one.known && IsStoredSecret(one.text) {
		in.set(f.s, x.X.Str, &Value{}, true)
	}
}

// oneColumn is the name of a column as code gets it that goes through all of a model: column.key, column.name.
var oneColumn = regexp.MustCompile(`(^sqlalchemy(\.\w+)*\.(inspect|class_mapper|object_mapper)\(\)|^django\.meta\(\)|\.__(table|mapper)__|\._meta)\.(mapper\.)?(column_attrs|columns|c|attrs|fields|concrete_fields|local_fields|get_fields\(\))(\.keys\(\))?(\.first\(\))?(\.(key|name|attname))?$`)

// anyColumn is what a row has under the name of any of its columns: {c.key: getattr(self, c.key) for c in self.__mapper__.column_attrs} has all of
// them in it, also those that are secrets; nil for all others.
func (in *interp) anyColumn(f frame, row, name *Value, at int32) *Value {
	c := row.rows
	if c == nil {
		c = row.class
	}
	if c == nil || row.isType || !oneColumn.MatchString(name.ref) || in.st != nil {
		return nil
	}
	holds := secretAttributes(c, 0)
	if len(holds) == 0 {
		return nil
	}
	return &Value{ref: "sqlalchemy.column", holds: holds, read: &step{f.file, at, "every column of the row is read", nil, in.steps}}
}

// secretAttributes are the columns of a model of a mapper of Python that are secrets.
func secretAttributes(c *class, depth int) []string {
	var out []string
	for _, field := range c.def.Fields {
		if value := calledOf(orEmpty(field.Value)); IsStoredSecret(field.Name) && isColumnCall[lastPart(value)] {
			out = append(out, field.Name)
		}
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil && depth < deepestType {
			out = append(out, secretAttributes(b.class, depth+1)...)
		}
	}
	return slices.Compact(out)
}

// isColumnCall are functions by which models of mappers of Python declare a column.
var isColumnCall = set("Column mapped_column CharField TextField Field deferred")
