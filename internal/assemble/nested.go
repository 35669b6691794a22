package assemble

import (
	"path"
	"strings"

	"wardlet.example/internal/model"
)

// nest joins stacks with the stacks that they nest by a local path. A template that is nested is read again with the parameters
// that it is given.
func (a *assembly) nest(ws *model.Workspace) []model.Diagnostic {
	n := &nesting{assembly: a, apps: map[string]int{}, uses: map[string][]nestedUse{}, ws: ws}
	for i, app := range ws.Apps {
		n.apps[app.File] = i
	}
	for _, app := range ws.Apps {
		n.find(app)
	}
	for _, app := range ws.Apps {
		if len(n.uses[app.File]) == 0 {
			n.below(app.File, nil)
		}
	}
	for _, app := range ws.Apps { // stacks that nest each other in a circle are below no other
		if !n.done[app.File] && len(n.uses[app.File]) > 0 {
			n.notes = append(n.notes, model.Diagnostic{
				Pos: n.uses[app.File][0].at.Pos, Level: model.Warning, Message: app.File + " nests itself, through other stacks", Hint: "break the circle",
			})
		}
	}
	return n.notes
}

type nesting struct {
	*assembly
	ws    *model.Workspace
	apps  map[string]int         // place in the workspace by file
	uses  map[string][]nestedUse // who nests a template, by the template's file
	done  map[string]bool
	notes []model.Diagnostic
}

// nestedUse is a stack resource that names a template of the workspace.
type nestedUse struct {
	parent string // file of the stack that nests it
	id     string // logical ID of the stack resource there
	at     model.Origin
}

// find notes which templates of the workspace a stack nests.
func (n *nesting) find(app *model.App) {
	for _, r := range app.Resources {
		if file, ok := n.localTemplate(app, r); ok {
			if _, known := n.apps[file]; known {
				n.uses[file] = append(n.uses[file], nestedUse{app.File, r.ID, r.Origin})
			} else if !n.repo.IsFile(file) {
				n.notes = append(n.notes, model.Diagnostic{
					Pos: r.Origin.Pos, Level: model.Warning, Incomplete: true,
					Message: "the template " + file + " that " + r.ID + " nests is not in the repository: what it makes is not seen",
				})
			}
		}
	}
}

// built is where sam build puts the template that it makes of the one beside it.
const built = "/.aws-sam/build/template.yaml"

// source is the template that a file is built from, or the file itself.
func (n *nesting) source(file string) string {
	dir, ok := strings.CutSuffix(file, built)
	if !ok {
		return file
	}
	for _, name := range []string{"/template.yaml", "/template.yml"} {
		if n.has(dir + name) {
			return dir + name
		}
	}
	return file
}

// has reports whether a template is one of the workspace.
func (n *nesting) has(file string) bool {
	_, ok := n.apps[file]
	return ok
}

// localTemplate is the file that a nested stack is made of, where it is one of the repository.
func (n *nesting) localTemplate(app *model.App, r *model.Resource) (string, bool) {
	if r.Type != "AWS::CloudFormation::Stack" && r.Type != "AWS::Serverless::Application" {
		return "", false
	}
	for _, key := range []string{"TemplateURL", "Location"} {
		s, ok := r.Props.Get(key).Settled().Scalar()
		if ok && s != "" && !strings.Contains(s, "://") && !path.IsAbs(s) {
			return n.source(path.Join(app.Dir, s)), true
		}
	}
	return "", false
}

// below reads the stacks that a stack nests, and those nested in them. chain holds the files above.
func (n *nesting) below(file string, chain []string) {
	if n.done == nil {
		n.done = map[string]bool{}
	}
	n.done[file] = true
	parent := n.ws.Apps[n.apps[file]]
	for _, r := range parent.Resources {
		child, ok := n.localTemplate(parent, r)
		at, known := n.apps[child]
		if !ok || !known {
			continue
		}
		first := !n.done[child]
		if first && len(n.ws.Apps[at].Variants) == 0 && n.ws.Apps[at].Kind != model.Serverless {
			n.again(at, n.uses[child])
		}
		app := n.ws.Apps[at]
		if len(n.uses[child]) == 1 {
			app.Parent = parent
		}
		if parent.Nested == nil {
			parent.Nested = map[string]*model.App{}
		}
		parent.Nested[r.ID] = app
		if first {
			n.below(child, append(chain, file))
		}
	}
}

// maxUses bounds how many nestings of one template are told apart.
const maxUses = 8

// again reads a template with the parameters that it is given where it is nested: one of several values where several
// stacks nest it.
func (n *nesting) again(at int, uses []nestedUse) {
	before := n.ws.Apps[at]
	p := n.document(before.File)
	if p.doc == nil || len(uses) > maxUses {
		return
	}
	var given []model.Field
	for _, f := range p.doc.Root.Get("Parameters").Fields {
		var choices []model.Choice
		for _, use := range uses {
			parent := n.ws.Apps[n.apps[use.parent]]
			if r := parent.Resource(use.id); r != nil {
				if v := r.Props.Path("Parameters", f.Key); v.Kind != model.Absent {
					choices = append(choices, model.Choice{Label: use.id, Value: passed(v, f.Key, use)})
				}
			}
		}
		switch {
		case len(uses) == 1 && len(choices) == 1:
			given = append(given, model.Field{Key: f.Key, At: choices[0].Value.Origin.Pos, Value: choices[0].Value})
		case len(choices) == len(uses):
			v := model.NewOneOf("nested as", choices, -1, model.Origin{Pos: f.At})
			given = append(given, model.Field{Key: f.Key, At: f.At, Value: v})
		}
	}
	app, notes := n.stack(before.File, p.doc.Root, given)
	app.Name = before.Name
	n.ws.Apps[at] = app
	n.notes = append(n.notes, newOnes(n.ws.Diagnostics, notes)...)
}

// passed is a value that a stack gives to one that it nests: what only the stack itself can work out is asked for there.
func passed(v *model.Value, parameter string, use nestedUse) *model.Value {
	if v.IsScalar() {
		return v
	}
	return model.NewElsewhere(model.FromParent, v, "the stack "+use.id+" of "+use.parent+" gives "+parameter, v.Origin)
}

// newOnes are diagnostics that are not among others.
func newOnes(known, all []model.Diagnostic) []model.Diagnostic {
	told := map[string]bool{}
	for _, d := range known {
		told[d.Pos.String()+d.Message] = true
	}
	var out []model.Diagnostic
	for _, d := range all {
		if !told[d.Pos.String()+d.Message] {
			out = append(out, d)
		}
	}
	return out
}
