package dataflow

import (
	"slices"
	"strings"
)

// Mails that code puts together as texts: lines of the head, an empty line, and the body. In the body nothing can be added to the head.

// maxOutline bounds the text that is looked through for the end of a head.
const maxOutline = 2_000

// lineEnds are the ends of lines as constants of programs are written.
var lineEnds = strings.NewReplacer(`\r`, "", "\r", "", `\n`, "\n")

// outline is what is known of some parts of a text.
func outline(parts []*Value) string {
	var b strings.Builder
	for _, v := range parts {
		writeOutline(&b, v, 0)
	}
	return b.String()
}

// endsHead reports whether there is an empty line in a text.
func endsHead(text string) bool { return strings.Contains(lineEnds.Replace(text), "\n\n") }

// writeOutline writes what is known of a text, with a mark for each part of which nothing is known.
func writeOutline(b *strings.Builder, v *Value, depth int) {
	switch {
	case b.Len() > maxOutline:
	case v.known:
		b.WriteString(v.text)
	case len(v.parts) > 0 && depth < 2*maxCalls:
		for _, p := range v.parts {
			writeOutline(b, p, depth+1)
		}
	default:
		b.WriteString(unknownText)
	}
}

// inBody are taints of a part of a text, where the parts before it hold the head of a mail.
func inBody(taints []*Taint, before []*Value) []*Taint {
	if len(taints) == 0 || len(before) == 0 {
		return taints
	}
	head := outline(before)
	if !strings.Contains(lineEnds.Replace(head), "\n") {
		return taints
	}
	out := make([]*Taint, len(taints))
	for i, t := range taints {
		if out[i] = t; endsHead(head + t.lead) {
			out[i] = t.cleaned([]string{"header-injection"})
		}
	}
	return out
}

// behindHead are taints of what is written to a text in memory, where the head of a mail was written to it before; what is known of what is
// written is kept with the text. What is written on some ways only ends no head: where it is lines, others can follow it, or an empty one.
func (in *interp) behindHead(to *Value, m *Model, args *arguments, taints []*Taint) []*Taint {
	if to == nil || !fills[to.ref] || to.shared {
		return taints
	}
	written, before := writtenBy(m, args)
	taints = inBody(taints, []*Value{constant(to.wrote + before)})
	switch {
	case len(to.wrote)+len(written) > maxOutline:
	case to.born == in.branch:
		to.wrote += written
	case !endsLine(to.wrote) || !endsLine(written):
		to.wrote += unknownText
	}
	return taints
}

// endsLine reports whether a text ends with the end of a line.
func endsLine(text string) bool { return strings.HasSuffix(lineEnds.Replace(text), "\n") }

// writtenBy is what is known of what a call writes to a text in memory, and of that what comes before anything of an outsider.
func writtenBy(m *Model, args *arguments) (all, before string) {
	list := args.list
	if m.Out == "arg:0" {
		list = list[min(1, len(list)):]
	}
	switch {
	case strings.HasSuffix(m.Member, "printf") && len(list) > 0:
		format := list[0]
		if !format.known {
			return unknownText, ""
		}
		return placeholder.ReplaceAllString(format.text, unknownText), beforeOutsiders(format.text, list[1:])
	case strings.HasSuffix(m.Member, "println"):
		return outline(list) + "\n", ""
	}
	return outline(list), ""
}

// beforeOutsiders is what is known of a text with placeholders before the first one that is filled with something of an outsider.
func beforeOutsiders(format string, parts []*Value) string {
	for i, at := range placeholder.FindAllStringIndex(format, -1) {
		if i < len(parts) && len(parts[i].all()) > 0 {
			return placeholder.ReplaceAllString(format[:at[0]], unknownText)
		}
	}
	return ""
}

// bodyOf are the taints of a list whose elements are joined to a text, where the line between them makes them lines.
func bodyOf(list, between *Value) []*Taint {
	all := texts(list.all())
	if len(all) == 0 || len(list.taints) > 0 || !between.known || !strings.HasSuffix(lineEnds.Replace(between.text), "\n") {
		return all
	}
	ordered := list.inOrder()
	if len(ordered) < len(list.fields) { // it is no list
		return all
	}
	var out []*Taint
	var before []*Value
	for _, x := range ordered {
		out = addTaints(out, inBody(texts(x.all()), before))
		before = append(before, x, between)
	}
	return out
}

// inOrder are the elements of a list: where numbers are missing, and at its end, stands what was put there from elsewhere.
func (v *Value) inOrder() []*Value {
	var out []*Value
	put := v.put()
	all := len(v.fields) + len(put)
	for i := 0; len(out) < all && i < maxFields; i++ {
		if x := v.fields[itoa(i)]; x != nil {
			out = append(out, x)
		} else if put != nil {
			out, put = append(out, put...), nil
		}
	}
	return slices.Concat(out, put)
}
