package serverless

import (
	"sort"
	"strings"

	"wardlet.example/internal/model"
)

// anyStage stands for the stage while the places that depend on it are looked for. No service writes a zero byte.
const anyStage = "\x00"

// MaxStages bounds for how many stages besides its own one service is read.
const MaxStages = 16

// StageNames lists the stages that a service's files name besides the one it is deployed to by default: the stages that
// have parameters, the keys that variables pick by stage, and the files that they include by stage. files lists the files
// of the service's folder and below, by path. There may be more than are worth reading: see MaxStages.
func StageNames(file string, root *model.Value, o Options, files func() []string) []string {
	s := &stageSearch{
		vars:  newVariables(file, root, map[string]string{"stage": anyStage}, o.Load),
		files: files, found: map[string]bool{}, seen: map[string]bool{}, read: map[*model.Value]bool{},
	}
	for _, section := range []string{"params", "stages"} {
		for _, f := range root.Get(section).Fields {
			s.add(f.Key)
		}
	}
	s.look(root)
	own := newVariables(file, root, nil, o.Load).stage()
	delete(s.found, own)
	var out []string
	for name := range s.found {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

type stageSearch struct {
	vars  *variables
	files func() []string
	found map[string]bool
	seen  map[string]bool       // expressions looked at
	read  map[*model.Value]bool // included files looked at
}

// add notes a stage. "default" is what holds for all stages that are not named.
func (s *stageSearch) add(name string) {
	if name != "default" && name != "" && !strings.ContainsAny(name, "${}*/ ") {
		s.found[name] = true
	}
}

// look searches all texts of a value for variables whose address depends on the stage.
func (s *stageSearch) look(v *model.Value) {
	v.Walk(maxSteps, func(w *model.Value) {
		if w.Kind != model.String || !strings.Contains(w.Str, "${") || s.seen[w.Str] {
			return
		}
		s.seen[w.Str] = true
		s.text(w.Str)
	})
}

func (s *stageSearch) text(text string) {
	for {
		start, end := findVariable(text)
		if start < 0 {
			return
		}
		for _, alternative := range splitTop(text[start+2:end], ',') {
			s.source(strings.TrimSpace(alternative))
		}
		text = text[end+1:]
	}
}

func (s *stageSearch) source(source string) {
	if inner, ok := strings.CutPrefix(source, "${"); ok {
		s.text("${" + inner)
		return
	}
	expanded := s.vars.expand(source, model.Origin{})
	kind, params, address := splitSource(expanded)
	switch {
	case kind == "self" && strings.Contains(address, anyStage):
		s.keys(s.vars.root, address)
	case kind != "file":
	case strings.Contains(params, anyStage):
		s.filesLike(strings.Trim(params, "'\""))
	default:
		s.included(strings.Trim(params, "'\""), address)
	}
}

// keys are stages where an address picks by stage: all keys there from which the rest of the address leads somewhere.
func (s *stageSearch) keys(v *model.Value, address string) {
	parts := strings.Split(address, ".")
	for i, part := range parts {
		before, after, found := strings.Cut(part, anyStage)
		if !found {
			if v.Kind == model.String {
				v = s.vars.value(v)
			}
			v = v.Path(part)
			continue
		}
		rest := strings.Join(parts[i+1:], ".")
		if strings.Contains(rest, anyStage) {
			return
		}
		for _, f := range v.Fields {
			if s.leads(f.Value, rest) {
				s.between(f.Key, before, after)
			}
		}
		return
	}
}

func (s *stageSearch) leads(v *model.Value, rest string) bool {
	if rest == "" {
		return true
	}
	for _, part := range strings.Split(rest, ".") {
		if v.Kind == model.String && strings.Contains(v.Str, "${") {
			return true // what it leads to is decided elsewhere
		}
		if v = v.Path(part); v.Kind == model.Absent {
			return false
		}
	}
	return true
}

// between takes the stage out of a name that has something before and behind it.
func (s *stageSearch) between(name, before, after string) {
	if rest, ok := strings.CutPrefix(name, before); ok {
		if stage, ok := strings.CutSuffix(rest, after); ok {
			s.add(stage)
		}
	}
}

// filesLike are stages by the names of the files that are there.
func (s *stageSearch) filesLike(pattern string) {
	before, after, _ := strings.Cut(strings.TrimPrefix(pattern, "./"), anyStage)
	if strings.Contains(after, anyStage) || s.files == nil {
		return
	}
	for _, name := range s.files() {
		s.between(name, before, after)
	}
}

// included looks into a file that is included whatever the stage.
func (s *stageSearch) included(name, address string) {
	v := s.vars.included(name)
	if v == nil {
		return
	}
	if strings.Contains(address, anyStage) {
		s.keys(v, address)
	}
	if !s.read[v] {
		s.read[v] = true
		s.look(v)
	}
}
