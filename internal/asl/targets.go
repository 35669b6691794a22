package asl

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

// maxTargets bounds the targets of one call.
const maxTargets = 500

// targets finds what a call is made on. For services that are not listed these are the arguments whose name ends in Arn.
func targets(s *State, service string, arguments *model.Value) []Target {
	f := &finder{state: s}
	paths := targetPaths(service)
	for _, path := range paths {
		f.find(arguments.Settled(), strings.Split(path, "."), "")
	}
	if paths == nil {
		f.arns(arguments.Settled())
	}
	return f.found
}

type finder struct {
	state *State
	found []Target
}

// find follows the steps of a path through the arguments.
func (f *finder) find(v *model.Value, steps []string, at string) {
	if len(f.found) >= maxTargets || v.Kind != model.Map {
		return
	}
	step := steps[0]
	name, each := strings.CutSuffix(step, "[]")
	name, keys := strings.CutSuffix(name, "{}")
	for _, field := range v.Fields {
		key, dynamic := strings.CutSuffix(field.Key, pathSuffix)
		if key != name && step != "*" {
			continue
		}
		place := join(at, key)
		switch {
		case dynamic:
			f.add(place, field.Key, field.Value)
		case keys:
			f.keys(field.Value.Settled(), place)
		case each:
			f.elements(field.Value.Settled(), steps[1:], place)
		default:
			f.next(field.Value, steps[1:], place)
		}
	}
}

func (f *finder) next(v *model.Value, rest []string, place string) {
	if len(rest) == 0 {
		f.add(place, place, v)
		return
	}
	f.find(v.Settled(), rest, place)
}

func (f *finder) elements(v *model.Value, rest []string, place string) {
	for i, item := range v.Elements() {
		f.next(item, rest, fmt.Sprintf("%s[%d]", place, i))
	}
}

func (f *finder) keys(v *model.Value, place string) {
	for _, field := range v.Fields {
		if len(f.found) < maxTargets {
			f.found = append(f.found, Target{Name: place, Value: model.NewString(field.Key, model.Origin{Pos: field.At})})
		}
	}
}

func (f *finder) arns(v *model.Value) {
	for _, field := range v.Fields {
		key, _ := strings.CutSuffix(field.Key, pathSuffix)
		if (strings.HasSuffix(key, "Arn") || strings.HasSuffix(key, "ARN")) && len(f.found) < maxTargets {
			f.add(key, field.Key, field.Value)
		}
	}
}

// add notes a target; key is the field's name with the .$ that makes it a path.
func (f *finder) add(place, key string, v *model.Value) {
	if len(f.found) >= maxTargets {
		return
	}
	path := strings.HasSuffix(key, pathSuffix)
	leaf := f.state.leaf(place, path, v)
	t := Target{Name: place, Value: v}
	if !leaf.constant() && (path || v.Settled().Kind != model.Unknown) { // what the template does not decide, the machine does not choose
		t.From = &leaf
		t.Value = model.NewPresent("the running state machine chooses "+place, v.Origin)
	}
	f.found = append(f.found, t)
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}
