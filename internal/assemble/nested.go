package assemble

import (
	"path"
	"strings"

	"wardlet.example/internal/model"
)

// nest joins stacks with the stacks that they nest by a local path. A template that one stack alone nests is read again with
// the parameters that it is given there.
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
		if file, ok := localTemplate(app, r); ok {
			if _, known := n.apps[file]; known {
				n.uses[file] = append(n.uses[file], nestedUse{app.File, r.ID, r.Origin})
			}
		}
	}
}

// localTemplate is the file that a nested stack is made of, where it is one of the repository.
func localTemplate(app *model.App, r *model.Resource) (string, bool) {
	if r.Type != "AWS::CloudFormation::Stack" && r.Type != "AWS::Serverless::Application" {
		return "", false
	}
	for _, key := range []string{"TemplateURL", "Location"} {
		s, ok := r.Props.Get(key).Settled().Scalar()
		if ok && s != "" && !strings.Contains(s, "://") && !path.IsAbs(s) {
			return path.Join(app.Dir, s), true
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
		child, ok := localTemplate(parent, r)
		at, known := n.apps[child]
		if !ok || !known || n.done[child] {
			continue
		}
		if len(n.uses[child]) == 1 && len(n.ws.Apps[at].Variants) == 0 && n.ws.Apps[at].Kind != model.Serverless {
			n.again(at, parent, r)
		}
		app := n.ws.Apps[at]
		if len(n.uses[child]) == 1 {
			app.Parent = parent
		}
		if parent.Nested == nil {
			parent.Nested = map[string]*model.App{}
		}
		parent.Nested[r.ID] = app
		n.below(child, append(chain, file))
	}
}

// again reads a template with the parameters that its parent gives.
func (n *nesting) again(at int, parent *model.App, r *model.Resource) {
	before := n.ws.Apps[at]
	p := n.document(before.File)
	if p.doc == nil {
		return
	}
	var given []model.Field
	for _, f := range r.Props.Get("Parameters").Fields {
		v := f.Value
		if !v.IsScalar() {
			v = model.NewElsewhere(model.FromParent, v, "the stack "+r.ID+" of "+parent.File+" gives "+f.Key, v.Origin)
		}
		given = append(given, model.Field{Key: f.Key, At: f.At, Value: v})
	}
	app, notes := n.stack(before.File, p.doc.Root, given)
	app.Name = before.Name
	n.ws.Apps[at] = app
	n.notes = append(n.notes, newOnes(n.ws.Diagnostics, notes)...)
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
