package asl

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

// pathSuffix ends the keys whose value is a path or an intrinsic function, in the language JSONPath.
const pathSuffix = ".$"

// Leaf is one value that a state makes from a template of data, and where it comes from.
//
//	Parameters: {Payload: {user.$: $.detail.user}}      Path Payload.user, from the input at $.detail.user, Exact
//	Parameters: {Key: orders}                           Path Key, constant
//	Arguments: {id: "{% $states.input.id & $prefix %}"} Path id, from the input at $.id and the variable prefix
type Leaf struct {
	Path     string       // inside the template, as Entries[0].Detail.id; empty for the whole
	Value    *model.Value // as written
	Sources  []Source     // in the order written, each once
	Exact    bool         // the value is what stands at the one source, unchanged
	Function string       // the intrinsic function that makes it, as States.Format; empty without one
}

func (l Leaf) constant() bool {
	for _, s := range l.Sources {
		if s.Root != Constant {
			return false
		}
	}
	return true
}

// Source is a place that data comes from.
type Source struct {
	Root Root
	Name string // Variable: its name
	// Path inside the root, in the form $.a.b[0]; "$" for all of it. Of a path with wildcards, filters or descent it is the
	// part in front of them.
	Path string
}

// String is the source as messages show it: input $.a, variable total $.
func (s Source) String() string {
	out := string(s.Root)
	if s.Name != "" {
		out += " " + s.Name
	}
	if s.Path != "" {
		out += " " + s.Path
	}
	return out
}

// Root is what a Source is a part of.
type Root string

// Roots.
const (
	Input    Root = "input"    // the input of the state
	Context  Root = "context"  // the context object: $.Execution.Input is the machine's input, $.Map.Item.Value the item, $.Task.Token
	Variable Root = "variable" // assigned by an earlier state
	Result   Root = "result"   // the result of the task; in ResultSelector, Assign and Output
	Failure  Root = "error"    // the error output that was caught; in Assign and Output of Catch
	Constant Root = "constant" // written in the definition, or known when it is deployed
	Other    Root = "unknown"  // an expression that is not followed
)

// Inputs is what the task, the branches or the next state get from this state's Parameters, Arguments or Result: one leaf
// for each value, or a single one with an empty path where the whole input is passed on. InputPath is already applied. A Map
// state without ItemSelector passes on the item, $.Map.Item.Value of the context, which comes from ItemSource.
func (s *State) Inputs() []Leaf {
	if s.Data.Result.IsSet() != model.No && s.Type == Pass && s.Language != JSONata {
		return s.Leaves(s.Data.Result, Input)
	}
	template := s.template(s.Data.Parameters, s.Data.Arguments)
	if s.Type == Map && s.Data.ItemSelector.IsSet() != model.No {
		template = s.Data.ItemSelector
	}
	if template.IsSet() != model.No {
		return s.Leaves(template, Input)
	}
	if s.Type == Map {
		return []Leaf{{Value: template, Sources: []Source{{Root: Context, Path: "$.Map.Item.Value"}}, Exact: true}}
	}
	whole := Leaf{Value: template, Sources: []Source{{Root: Input, Path: "$"}}, Exact: true}
	return []Leaf{s.below(whole)}
}

// Leaves lists the values of one of the state's templates (Data.Parameters, Data.Assign ...). root is what "$" means in it in
// the language JSONPath: Input, or Result in ResultSelector and, as Step Functions has it, in Assign.
func (s *State) Leaves(template *model.Value, root Root) []Leaf {
	w := &walker{state: s, root: root, left: maxLeaves}
	w.walk(template, "", false, 0)
	return w.found
}

// ItemSource is where a Map state takes its items from.
func (s *State) ItemSource() Leaf {
	if s.Reader != nil {
		return Leaf{Value: s.Reader.Resource, Sources: []Source{{Root: Other}}}
	}
	if s.Language != JSONPath && s.Data.Items.IsSet() != model.No {
		return s.leaf("", false, s.Data.Items)
	}
	if s.Data.ItemsPath.IsSet() != model.No {
		return s.leaf("", true, s.Data.ItemsPath)
	}
	return s.below(Leaf{Value: s.Data.ItemsPath, Sources: []Source{{Root: Input, Path: "$"}}, Exact: true})
}

// walker lists the leaves of a template.
type walker struct {
	state *State
	root  Root
	left  int
	found []Leaf
}

// walk visits a value; path tells that its key ends in .$.
func (w *walker) walk(v *model.Value, place string, path bool, depth int) {
	v = v.Settled()
	if w.left--; w.left < 0 || depth > maxTemplateDepth || v.Kind == model.Absent && place == "" {
		return
	}
	switch {
	case v.Kind == model.Map && len(v.Fields) > 0 && !path:
		for _, f := range v.Fields {
			key, isPath := f.Key, false
			if w.state.Language != JSONata {
				key, isPath = strings.CutSuffix(f.Key, pathSuffix)
			}
			w.walk(f.Value, join(place, key), isPath, depth+1)
		}
	case v.Kind == model.List && len(v.Items) > 0 && !path:
		for i, item := range v.Items {
			w.walk(item, fmt.Sprintf("%s[%d]", place, i), false, depth+1)
		}
	default:
		w.found = append(w.found, w.state.rooted(place, path, v, w.root))
	}
}

// maxTemplateDepth bounds the maps and lists inside each other of a template.
const maxTemplateDepth = 200

// leaf is one value of a template whose "$" is the input.
func (s *State) leaf(place string, path bool, v *model.Value) Leaf {
	return s.rooted(place, path, v.Settled(), Input)
}

func (s *State) rooted(place string, path bool, v *model.Value, root Root) Leaf {
	l := Leaf{Path: place, Value: v}
	text := outline(v)
	isText := v.Kind == model.String || v.Kind == model.Text
	switch {
	case path && isText && s.Language != JSONata:
		l.Sources, l.Exact, l.Function = readPath(text, root)
		return s.below(l)
	case isText && s.Language != JSONPath && isExpression(text):
		l.Sources, l.Exact = readExpression(text)
	case v.Kind == model.Unknown, path && !v.IsScalar():
		l.Sources = []Source{{Root: Other}}
	default:
		l.Sources, l.Exact = []Source{{Root: Constant}}, true
	}
	return l
}

// below applies InputPath: what a state calls its input is the part that InputPath picks.
func (s *State) below(l Leaf) Leaf {
	path := s.Data.InputPath.Settled()
	if s.Language == JSONata || path.Kind == model.Absent && !s.Data.Discards.Input {
		return l
	}
	sources := l.Sources
	l.Sources = nil
	for _, source := range sources {
		if source.Root != Input {
			l.Sources = addSource(l.Sources, source)
			continue
		}
		picked, exact := s.picked(path)
		l.Exact = l.Exact && exact
		l.Sources = addSource(l.Sources, picked.then(source))
	}
	return l
}

func (s *State) picked(path *model.Value) (Source, bool) {
	switch {
	case s.Data.Discards.Input:
		return Source{Root: Constant}, true
	case path.Kind != model.String:
		return Source{Root: Other}, false
	}
	sources, exact, _ := readPath(path.Str, Input)
	return sources[0], exact
}

// then is the part of s that the path of t picks.
func (s Source) then(t Source) Source {
	if s.Root == Constant || s.Root == Other {
		return s
	}
	s.Path += strings.TrimPrefix(t.Path, "$")
	return s
}

// maxSources bounds the sources of one value. An expression that reads more is not followed.
const maxSources = 100

func addSource(all []Source, s Source) []Source {
	if len(all) >= maxSources {
		s = Source{Root: Other}
	}
	for _, known := range all {
		if known == s {
			return all
		}
	}
	return append(all, s)
}
