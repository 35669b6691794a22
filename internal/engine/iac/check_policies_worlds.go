package iac

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// judgement is what a question says of a value: whether a rule is broken there, and where a person would change it.
type judgement struct {
	answer model.Tri
	path   string
	at     model.Origin
	detail string
	anchor string   // what tells the hit from others at the same property
	reason string   // why it is undecided, where the value does not tell
	secret []string // texts that must not appear in any output
}

// fine is the judgement of a value that breaks nothing.
var fine = judgement{answer: model.No}

// broken is the judgement at a value: broken, fine or undecided.
func broken(answer model.Tri, path string, at model.Origin, detail string) judgement {
	return judgement{answer: answer, path: path, at: at, detail: detail, anchor: detail}
}

func (j judgement) hit() Hit {
	at := j.at
	return Hit{At: j.path, Origin: &at, Detail: j.detail, Anchor: j.anchor, Secrets: j.secret}
}

// Limits of the ways in which a value is looked at.
const (
	maxVariables = 4
	maxWays      = 16
	maxSettled   = 20_000 // values below the one that is settled
)

// decide asks a question of a value: as it stands and, where parameters or conditions leave that open, once for each way
// they can be set. Without a Yes the reason names what was not known.
func decide(s *Subject, v *model.Value, question func(*model.Value) judgement) Answer {
	exists := s.variable("exists")
	first := question(v)
	switch {
	case first.answer == model.No:
		return Answer{}
	case first.answer == model.Yes && exists.EqualsText("true") == model.Yes:
		return Answer{Hits: []Hit{first.hit()}}
	}
	variables := variablesOf(exists, v)
	if len(variables) == 0 {
		return undecidedAt(first, v)
	}
	return inEachWay(variables, exists, v, question)
}

// undecidedAt says what was not known.
func undecidedAt(j judgement, v *model.Value) Answer {
	if j.reason != "" {
		return Answer{Unknown: j.reason}
	}
	var causes []*model.Value
	v.Walk(maxSettled, func(w *model.Value) {
		if len(causes) == 0 && (w.Kind == model.Unknown || w.Kind == model.OneOf) {
			causes = append(causes, w)
		}
	})
	return Answer{Unknown: reason(causes)}
}

// openVariable is a parameter or condition on which values depend.
type openVariable struct {
	name, byDefault string
	labels          []string
}

// variablesOf collects the variables of values, as many as can be gone through.
func variablesOf(values ...*model.Value) []openVariable {
	var out []openVariable
	add := func(v *model.Value) {
		if v.Kind != model.OneOf {
			return
		}
		i := slices.IndexFunc(out, func(o openVariable) bool { return o.name == v.Str })
		if i < 0 {
			i = len(out)
			out = append(out, openVariable{name: v.Str})
		}
		for _, c := range v.Choices {
			if !slices.Contains(out[i].labels, c.Label) {
				out[i].labels = append(out[i].labels, c.Label)
			}
		}
		if int(v.Default) >= 0 && int(v.Default) < len(v.Choices) {
			out[i].byDefault = v.Choices[v.Default].Label
		}
	}
	for _, v := range values {
		v.Walk(maxSettled, add)
	}
	return affordable(out)
}

func affordable(all []openVariable) []openVariable {
	ways := 1
	for i, o := range all {
		if ways *= len(o.labels); i == maxVariables || ways > maxWays {
			return all[:i]
		}
	}
	return all
}

// inEachWay asks the question in each world. A hit names the worlds, unless it is one in all of them.
func inEachWay(variables []openVariable, exists, v *model.Value, question func(*model.Value) judgement) Answer {
	var hit *Hit
	var open Answer
	all := true
	for _, world := range worldsOf(variables) {
		there := settle(exists, world)
		if there.EqualsText("false") == model.Yes {
			continue
		}
		settled := settle(v, world)
		j := question(settled)
		switch min(j.answer, there.EqualsText("true")) {
		case model.Yes:
			if hit == nil {
				h := j.hit()
				hit = &h
			}
			hit.Worlds = append(hit.Worlds, world)
		case model.Maybe:
			open = undecidedAt(j, settled)
			all = false
		default:
			all = false
		}
	}
	if hit == nil {
		return open
	}
	hit.Confidence = finding.Possible
	if holdsByDefault(variables, hit.Worlds) {
		hit.Confidence = finding.Likely
	}
	if all && exists.Kind != model.OneOf {
		hit.Worlds, hit.Confidence = nil, finding.Certain
	}
	hit.Worlds = withoutIdle(variables, hit.Worlds)
	return Answer{Hits: []Hit{*hit}}
}

// worldsOf is every way to set the variables.
func worldsOf(variables []openVariable) []model.World {
	worlds := []model.World{{}}
	for _, o := range variables {
		var next []model.World
		for _, w := range worlds {
			for _, label := range o.labels {
				next = append(next, extended(w, o.name, label))
			}
		}
		worlds = next
	}
	return worlds
}

func extended(w model.World, name, label string) model.World {
	out := model.World{name: label}
	for k, v := range w {
		out[k] = v
	}
	return out
}

// holdsByDefault reports whether one of the worlds is the one in which nobody sets anything.
func holdsByDefault(variables []openVariable, worlds []model.World) bool {
	return slices.ContainsFunc(worlds, func(w model.World) bool {
		return !slices.ContainsFunc(variables, func(o openVariable) bool { return w[o.name] != o.byDefault })
	})
}

// withoutIdle leaves variables out of worlds where all their labels stand for the same.
func withoutIdle(variables []openVariable, worlds []model.World) []model.World {
	for _, o := range variables {
		var kept []model.World
		count := map[string]int{}
		for _, w := range worlds {
			rest := extended(w, o.name, "")
			delete(rest, o.name)
			key := worldKey(rest)
			if count[key]++; count[key] == 1 {
				kept = append(kept, rest)
			}
		}
		idle := true
		for _, n := range count {
			idle = idle && n == len(o.labels)
		}
		if idle {
			worlds = kept
		}
	}
	if len(worlds) == 1 && len(worlds[0]) == 0 {
		return nil
	}
	return worlds
}

func worldKey(w model.World) string {
	key, _ := json.Marshal(w)
	return string(key)
}

// settle is a value in a world: what depends on its variables is replaced by what holds there.
func settle(v *model.Value, w model.World) *model.Value {
	if v == nil || v.Size > maxSettled {
		return v
	}
	switch v = v.Given(w); v.Kind {
	case model.List, model.Text:
		return settleItems(v, w)
	case model.Map:
		fields := make([]model.Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = model.Field{Key: f.Key, At: f.At, Value: settle(f.Value, w)}
		}
		return model.NewMap(fields, v.Origin)
	}
	return v
}

func settleItems(v *model.Value, w model.World) *model.Value {
	var items []*model.Value
	for _, i := range v.Items {
		if i = settle(i, w); i.Kind != model.Absent {
			items = append(items, i)
		}
	}
	if v.Kind == model.Text {
		return model.NewText(items, v.Origin)
	}
	return model.NewList(items, v.Origin)
}

// parsed is a policy that may be written as JSON text, also one with parts that only deployment knows. All of it then
// stands where the text does.
func parsed(v *model.Value) *model.Value {
	if v.Kind != model.String && v.Kind != model.Text {
		return v
	}
	text, holes := marked(v)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return v
	}
	doc, _ := document.ParseJSON(v.Origin.File, []byte(text), document.Options{})
	if doc == nil {
		return model.NewPresent("a policy as text that cannot be read before deployment", v.Origin)
	}
	return moved(doc.Root, v.Origin, holes)
}

// Runes that stand around the number of an open part in a text.
const holeStart, holeEnd = "\uE000", "\uE001"

// marked is the text of a value, with the number of each open part in its place.
func marked(v *model.Value) (string, []*model.Value) {
	if s, ok := v.Scalar(); ok {
		return s, nil
	}
	var b strings.Builder
	var holes []*model.Value
	for _, p := range v.Items {
		if s, ok := p.Scalar(); ok {
			b.WriteString(s)
			continue
		}
		b.WriteString(holeStart + strconv.Itoa(len(holes)) + holeEnd)
		holes = append(holes, p)
	}
	return b.String(), holes
}

// moved is a value with all origins at one place and its open parts put back.
func moved(v *model.Value, at model.Origin, holes []*model.Value) *model.Value {
	if v.Kind == model.String && strings.Contains(v.Str, holeStart) {
		return reopened(v.Str, at, holes)
	}
	w := *v
	w.Origin, w.Items, w.Fields = at, nil, nil
	for _, i := range v.Items {
		w.Items = append(w.Items, moved(i, at, holes))
	}
	for _, f := range v.Fields {
		w.Fields = append(w.Fields, model.Field{Key: f.Key, At: at.Pos, Value: moved(f.Value, at, holes)})
	}
	return &w
}

// reopened is a marked text with its open parts.
func reopened(text string, at model.Origin, holes []*model.Value) *model.Value {
	var parts []*model.Value
	for {
		before, rest, found := strings.Cut(text, holeStart)
		parts = append(parts, model.NewString(before, at))
		number, after, closed := strings.Cut(rest, holeEnd)
		n, err := strconv.Atoi(number)
		if !found || !closed || err != nil || n < 0 || n >= len(holes) {
			break
		}
		parts = append(parts, holes[n])
		text = after
	}
	v := model.NewText(parts, at)
	if v.Kind == model.Text && len(v.Items) == 1 {
		return v.Items[0].At(at)
	}
	return v
}

// asks answers a question about each element of a value: Yes if it holds for one, and for which. Choices of a value that
// is one of several have to agree.
func asks(v *model.Value, question func(*model.Value) model.Tri) (model.Tri, []*model.Value) {
	answer := model.No
	var found []*model.Value
	for _, e := range flatten(v) {
		a := each(e, question)
		if a == model.Yes {
			found = append(found, e)
		}
		answer = max(answer, a)
	}
	return answer, found
}

func each(v *model.Value, question func(*model.Value) model.Tri) model.Tri {
	switch v.Kind {
	case model.Unknown:
		return model.Maybe
	case model.List:
		answer, _ := asks(v, question)
		return answer
	case model.OneOf:
		answer := each(v.Choices[0].Value, question)
		for _, c := range v.Choices[1:] {
			if each(c.Value, question) != answer {
				return model.Maybe
			}
		}
		return answer
	}
	return question(v)
}
