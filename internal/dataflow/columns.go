package dataflow

import (
	"regexp"
	"strings"
)

// columnsOf is the name under which a model of a mapper keeps its schema.
const columnsOf = "columns"

// numeric are the types of columns that are numbers which can be negative.
var numeric = regexp.MustCompile(`(^|\.)(INTEGER|BIGINT|SMALLINT|FLOAT|REAL|DOUBLE|DECIMAL|NUMBER|Number|Decimal128)(\(\))?$`)

// amountsByColumns notes the amounts that a model stores where it gets what a caller sends as a whole: its schema says which of the fields are some.
func (in *interp) amountsByColumns(f frame, at int32, what string, recv, v *Value) {
	if in.st != nil {
		return
	}
	for name, column := range sorted(orNothing(orNothing(recv).kw[columnsOf]).fields) {
		if !isAmount(name) || v.fields[name] != nil || in.p.minimums[name] || column == nil || column.fields["validate"] != nil || column.fields["min"] != nil {
			continue
		}
		if kind := orElse(orNothing(column.fields["type"]).ref, column.ref); !numeric.MatchString(kind) {
			continue
		}
		var sent []*Taint
		for _, t := range v.taints {
			if t.object && !strings.Contains(t.Path, "*") {
				u := *t
				u.Path, u.object = t.Path+"."+name, false
				sent = append(sent, &u)
			}
		}
		in.hit(f, at, amountRule, what, sent, false)
	}
}
