package dataflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// again names a call by what goes in: what was followed once for an entry gives the same the next time. Objects are named by what
// they are, texts by what is known of them.
func (in *interp) again(c *closure, this *Value, args *arguments) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%p %p %p", c.fn, c.scope, this)
	for _, v := range args.list {
		v.name(&b)
	}
	for _, key := range slices.Sorted(maps.Keys(args.kw)) {
		b.WriteString(" " + key)
		args.kw[key].name(&b)
	}
	if args.rest != nil {
		b.WriteString(" *")
		args.rest.name(&b)
	}
	return b.String()
}

// longestName bounds the text that names what goes into a call; what is larger is named by itself.
const longestName = 4_000

func (v *Value) name(b *strings.Builder) {
	before := b.Len()
	if !v.write(b, 0) {
		text := b.String()[:before]
		b.Reset()
		fmt.Fprintf(b, "%s %p", text, v)
	}
}

// write writes all that is known of a value; it reports false where that is too much.
func (v *Value) write(b *strings.Builder, depth int) bool {
	switch {
	case v != nil && v.without != nil:
		return false
	case v == nil || v.empty() && len(v.numbers) == 0:
		b.WriteString(" -")
		return true
	case v.known:
		b.WriteString(" " + string(v.literal()) + "'")
		if v.perhaps {
			b.WriteByte('?')
		}
		return true
	case depth > 4 || b.Len() > longestName || v.sink != nil || v.json != nil:
		return false
	}
	b.WriteString(" " + v.ref + v.prefix)
	if v.trace != nil {
		fmt.Fprintf(b, "trace %s %d", v.trace.file.Path, v.trace.at)
	}
	if v.class != nil {
		fmt.Fprintf(b, "class %p", v.class)
	}
	if v.rows != nil {
		fmt.Fprintf(b, "rows %p", v.rows)
	}
	if v.mapped != nil {
		fmt.Fprintf(b, "table %p", v.mapped)
	}
	if v.kind != nil && isTyping(v.ref) {
		fmt.Fprintf(b, "type %p", v.kind.t)
	}
	if v.filled != nil {
		fmt.Fprintf(b, "filled %p", v.filled)
	}
	for _, o := range v.among {
		fmt.Fprintf(b, "or %s %p", o.ref, o.filled)
	}
	for _, o := range v.others {
		fmt.Fprintf(b, "or %p", o)
	}
	for _, f := range v.fns {
		fmt.Fprintf(b, "fn %p %p %p", f.fn, f.scope, f.this)
	}
	for _, f := range v.wraps {
		fmt.Fprintf(b, "wraps %p %p", f.fn, f.scope)
	}
	for _, t := range v.taints {
		fmt.Fprintf(b, "|%p %s %v %v %v %d %s", t.Source, t.Path, t.object, t.pieces, t.apart, t.token, t.lead)
		for _, rule := range slices.Sorted(maps.Keys(t.clean)) {
			b.WriteString("," + rule)
		}
		if made := t.madeText(); made != nil && (v.isStatement() || comparison.MatchString(v.prefix)) { // each such text is told of
			fmt.Fprintf(b, "@%p %d", made.file, made.at)
		}
	}
	for _, name := range v.holds {
		b.WriteString(" holds " + name)
	}
	for _, t := range v.numbers {
		fmt.Fprintf(b, "#%p %s", t.Source, t.Path)
	}
	for _, key := range slices.Sorted(maps.Keys(v.fields)) {
		b.WriteString(" " + key + ":")
		if !v.fields[key].write(b, depth+1) {
			return false
		}
	}
	for _, x := range v.args { // what a library made it of: a schema
		b.WriteString(" (")
		if !x.write(b, depth+1) {
			return false
		}
	}
	if v.elem != nil {
		b.WriteString(" []")
		return v.elem.write(b, depth+1)
	}
	return true
}

// memoKey names a call of which the result is always the same: nothing of an outsider's goes in.
type memoKey struct {
	fn    *ir.Func
	scope *scope
}

func (in *interp) memo(c *closure, this *Value, args *arguments) (memoKey, bool) {
	if this != nil || in.st != nil || len(in.overlay) > 0 || len(args.kw) > 0 || args.rest != nil {
		return memoKey{}, false
	}
	for _, v := range args.list {
		if !v.empty() && !v.known {
			return memoKey{}, false
		}
	}
	if c.scope.module == nil || c.scope != c.scope.module.scope || len(args.list) > 0 {
		return memoKey{}, false
	}
	return memoKey{c.fn, c.scope}, true
}
