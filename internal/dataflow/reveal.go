package dataflow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// oldOf is all that an earlier invocation left in a value.
func (in *interp) oldOf(v *Value, depth int) []*Taint {
	if v == nil || depth > 5 {
		return nil
	}
	out := in.oldIn(v.taints)
	for _, x := range sorted(v.fields) {
		out = append(out, in.oldOf(x, depth+1)...)
	}
	return append(append(out, in.oldOf(v.elem, depth+1)...), in.oldOf(v.json, depth+1)...)
}

// tellsOf is the answer of a question about values: what an earlier invocation left decides it.
func (in *interp) tellsOf(values ...*Value) []*Taint {
	if in.st == nil || !in.st.second {
		return nil
	}
	var out []*Taint
	for _, v := range values {
		out = addTaints(out, in.oldOf(v, 0))
	}
	return out
}

// Where what an earlier invocation left can come to, the worst last.
const (
	usedInside = iota + 1
	decides
	answered
)

// reveals notes that what an earlier invocation left comes to where it matters: the worst place of each that was written.
func (in *interp) reveals(f frame, at int32, what string, v *Value, rank int) {
	if in.st == nil || !in.st.second || in.proving > 0 {
		return
	}
	for _, t := range in.oldOf(v, 0) {
		by := keptBy(t)
		if by == nil || by.file == nil {
			continue
		}
		key := fmt.Sprintf("%s %d", by.file.Path, by.at)
		if in.st.rank[key] >= rank {
			continue
		}
		if in.st.hits[key] == nil {
			in.st.told = append(in.st.told, key)
		}
		h := &Hit{Rule: "state", Kept: strings.TrimPrefix(by.note, firstOne+"stays in "), File: by.file, At: by.at, What: what, Path: t.Path, Inside: rank == usedInside, Unsure: t.unsure, End: &Step{f.file, at, what}}
		h.Steps = in.withMaking(inOrder(wayOf(t, in.sites)), by)
		in.st.hits[key], in.st.rank[key] = h, rank
	}
}

// keptBy is the step by which data stays for later invocations; nil where there is none.
func keptBy(t *Taint) *step {
	by := t.step
	for by != nil && !strings.HasPrefix(by.note, firstOne+"stays in ") {
		by = by.prev
	}
	return by
}

// withMaking adds to the stops of a way where the object is made once into which the first invocation puts something, where a module gives it
// a name elsewhere.
func (in *interp) withMaking(steps []Step, put *step) []Step {
	at := codePlace{put.file, put.at}
	made := in.p.namedAt(in.st.puts[at])
	i := slices.IndexFunc(steps, func(s Step) bool { return s.File == put.file && s.At == put.at && s.Note == put.note })
	if i < 1 {
		return steps
	}
	if keyed, ok := in.st.keyed[at]; ok && !slices.ContainsFunc(steps, func(s Step) bool { return s.File == keyed.File && s.At == keyed.At }) {
		steps = slices.Insert(steps, i, keyed)
	}
	if made == nil {
		return steps
	}
	return slices.Insert(steps, i, *made)
}

// namedAt is where a module gives a name to an object, or to what holds it; nil where none does.
func (p *Program) namedAt(object *Value) *Step {
	if object == nil {
		return nil
	}
	for _, m := range sorted(p.modules) {
		if m == nil || m.scope == nil {
			continue
		}
		for _, s := range m.file.Body {
			if s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.X.Kind == ir.Name && holdsObject(m.scope.vars[s.X.X.Str], object, 0) {
				return &Step{m.file, s.X.At, "`" + s.X.X.Str + "` is made once, for all invocations"}
			}
			if s.Kind == ir.Declare && s.Class != nil {
				if made := fieldMadeOnce(m, s.Class, object); made != nil {
					return made
				}
			}
		}
	}
	return nil
}

// fieldMadeOnce is where a class declares the field that holds an object for all of its instances; nil where none does.
func fieldMadeOnce(m *module, class *ir.Class, object *Value) *Step {
	v := m.scope.vars[class.Name]
	if v == nil || v.class == nil || v.class.static == nil {
		return nil
	}
	for _, field := range class.Fields {
		if field.Value != nil && holdsObject(v.class.static.fields[field.Name], object, 0) {
			return &Step{m.file, field.Value.At, "`" + class.Name + "." + field.Name + "` is made once, for all instances and all invocations"}
		}
	}
	return nil
}

// holdsObject reports whether a value is an object, or has it in a field.
func holdsObject(v, object *Value, depth int) bool {
	if v == nil || v == nothing || depth > 2 || v == object {
		return v == object
	}
	for _, x := range v.fields {
		if holdsObject(x, object, depth+1) {
			return true
		}
	}
	return false
}

// inOrder are the stops of a way through two invocations: the first one of each says so.
func inOrder(steps []Step) []Step {
	second := false
	for i, s := range steps {
		if i > 0 && !second && strings.HasPrefix(steps[i-1].Note, firstOne+"stays in ") {
			second = true
			steps[i].Note = secondOne + strings.TrimPrefix(s.Note, secondOne)
			continue
		}
		if second {
			steps[i].Note = strings.TrimPrefix(s.Note, secondOne)
		}
	}
	return steps
}

// onlyCounts are functions that say how much there is, or whether.
var onlyCounts = set("builtin.len builtin.bool builtin.Boolean builtin.isinstance builtin.any builtin.all builtin.Array.isArray")

// revealedBy tells of what an earlier invocation left that comes to a place of which a row says what happens there.
func (in *interp) revealedBy(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	what, rank := callName(m), usedInside
	if m.Rule == "log-injection" || m.Rule == "log" {
		what = "a log"
	}
	switch m.Rule {
	case "html-response", "error-details", "header-injection", "open-redirect":
		what, rank = "the response", answered
	}
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, recv, args) {
			in.reveals(f, e.At, what, v, rank)
		}
	}
}

// denies tells of a condition by which an earlier invocation decides who is let in.
func (in *interp) denies(f frame, s *ir.Stmt, answer *Value) {
	if in.st == nil || !in.st.second || s.X == nil {
		return
	}
	text := string(f.file.Tree.Source[s.X.At:max(s.X.At, endOf(s))])
	if !denial.MatchString(text) {
		return
	}
	in.reveals(f, s.X.At, "the decision who is let in", answer, decides)
}

// denial is what code answers to those who are not let in.
var denial = regexp.MustCompile(`\b40[13]\b|(?i)unauthorized|forbidden|access denied`)

// endOf is where the first branch of a condition ends, as far as its statements say.
func endOf(s *ir.Stmt) int32 {
	end := s.X.End
	for _, b := range s.Body {
		if b.X != nil {
			end = max(end, b.X.End)
		}
	}
	return end
}
