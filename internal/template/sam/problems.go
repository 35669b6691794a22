package sam

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// warn tells what of the template does not count, and how to mend it.
func (x *expander) warn(at model.Origin, message, hint string) { x.template.Warn(at, message, hint) }

// wrongKind reports whether something is written where a map belongs that can never be one.
func wrongKind(v *model.Value) bool {
	switch v.Kind {
	case model.Absent, model.Map, model.Unknown:
		return false
	case model.OneOf:
		return slices.ContainsFunc(v.Choices, func(c model.Choice) bool { return wrongKind(c.Value) })
	}
	return true
}

// checkGlobals tells of sections of Globals that no resource can inherit.
func checkGlobals(t *cloudformation.Template) {
	globals := t.Root.Get("Globals")
	if wrongKind(globals) {
		t.Warn(globals.Origin, "Globals is a "+globals.Kind.String()+", not a map: no resource inherits anything",
			"write Globals: {Function: {Runtime: ...}}")
		return
	}
	for _, f := range globals.Fields {
		if strings.HasPrefix(f.Key, "Fn::") {
			continue
		}
		if !globalSections[f.Key] {
			t.Warn(model.Origin{Pos: f.At}, f.Key+" is not a section of Globals: no resource inherits it",
				didYouMean(f.Key, slices.Sorted(maps.Keys(globalSections))))
			continue
		}
		if wrongKind(f.Value) {
			t.Warn(f.Value.Origin, "section "+f.Key+" of Globals is a "+f.Value.Kind.String()+", not a map: no resource inherits it",
				"write the properties that resources share as a map")
		}
	}
}

// globalSections are the sections that SAM has for Globals.
var globalSections = map[string]bool{
	"Api": true, "CapacityProvider": true, "Function": true, "HttpApi": true, "LayerVersion": true, "SimpleTable": true,
	"StateMachine": true, "WebSocketApi": true,
}

// maxHints bounds the names that are looked for near to wrong ones, in one template.
const maxHints = 200

// meant is the hint for a name that is none of the known ones.
func (x *expander) meant(name string, known []string) string {
	x.hints++
	if x.hints > maxHints {
		return "check the spelling"
	}
	slices.Sort(known)
	return didYouMean(name, known)
}

func didYouMean(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) > 20 {
		return "check the spelling"
	}
	return "known are " + strings.Join(known, ", ")
}

// longestName is how much of a name is compared; longer ones are not names that anybody meant.
const longestName = 80

// nearest is the word that was probably meant: the one with the fewest slips of the pen, empty if none is near.
func nearest(name string, words []string) string {
	if name == "" || len(name) > longestName {
		return ""
	}
	best, fewest := "", len(name)/3+2
	for _, w := range words {
		if d := distance(strings.ToLower(name), strings.ToLower(w)); d < fewest {
			best, fewest = w, d
		}
	}
	return best
}

// distance counts the letters to insert, remove or replace to turn a into b.
func distance(a, b string) int {
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(last[j+1], row[j]) + 1
			if same := last[j]; a[i] == b[j] {
				row[j+1] = min(row[j+1], same)
			} else {
				row[j+1] = min(row[j+1], same+1)
			}
		}
		last = row
	}
	return last[len(b)]
}
