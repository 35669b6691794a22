package dataflow

import (
	"bytes"
	"path"
	"regexp"

	"wardlet.example/internal/ir"
)

// goVariable is a declaration of variables of a package.
type goVariable struct {
	f frame
	s *ir.Stmt
}

// inOrder are the variables of a package in the order in which they get their values: what one of them needs comes before it, also
// what the functions need that it calls, in whatever file that stands.
func (g *goPackage) inOrder(frames []frame) []goVariable {
	o := &goOrder{named: map[string]int{}, functions: map[string][]*ir.Func{}, done: map[int]bool{}, seen: map[*ir.Func]bool{}}
	for i, m := range g.files {
		for _, s := range m.file.Body {
			switch s.Kind {
			case ir.Define:
				o.functions[s.Fn.Name] = append(o.functions[s.Fn.Name], s.Fn)
			case ir.Eval:
				if s.X.Kind == ir.Assign {
					for _, x := range targetsOf(s.X.X) {
						o.named[x.Str] = len(o.all)
					}
				}
				o.all = append(o.all, goVariable{frames[i], s})
			}
		}
	}
	for i := range o.all {
		o.add(i)
	}
	return o.sorted
}

// goOrder sorts the variables of a package.
type goOrder struct {
	all, sorted []goVariable
	named       map[string]int        // which declaration has a name
	functions   map[string][]*ir.Func // by name, methods too
	done        map[int]bool
	seen        map[*ir.Func]bool
}

func (o *goOrder) add(i int) {
	if o.done[i] {
		return
	}
	o.done[i] = true
	eachName(o.all[i].s.X.Y, o.need)
	o.sorted = append(o.sorted, o.all[i])
}

// need adds what has a name, or what a function of that name needs.
func (o *goOrder) need(name string) {
	if i, ok := o.named[name]; ok {
		o.add(i)
	}
	for _, fn := range o.functions[name] {
		if !o.seen[fn] {
			o.seen[fn] = true
			eachNameOf(fn.Body, o.need)
		}
	}
}

// eachName goes through the names in an expression, of members too.
func eachName(e *ir.Expr, visit func(name string)) {
	if e == nil {
		return
	}
	switch e.Kind {
	case ir.Name, ir.Member:
		visit(e.Str)
	case ir.Lambda:
		eachNameOf(e.Fn.Body, visit)
	}
	for _, x := range []*ir.Expr{e.X, e.Y, e.Z} {
		eachName(x, visit)
	}
	for _, x := range e.List {
		eachName(x, visit)
	}
}

func eachNameOf(body []*ir.Stmt, visit func(name string)) {
	for _, s := range body {
		eachName(s.X, visit)
		eachName(s.Y, visit)
		for _, inner := range [][]*ir.Stmt{s.Body, s.Else, s.Final} {
			eachNameOf(inner, visit)
		}
		if s.Fn != nil {
			eachNameOf(s.Fn.Body, visit)
		}
	}
}

// shareNames puts what a declaration has bound where all files of the package see it.
func (g *goPackage) shareNames(d goVariable) {
	if d.s.X.Kind != ir.Assign {
		return
	}
	for _, x := range targetsOf(d.s.X.X) {
		if v, ok := d.f.s.vars[x.Str]; ok && x.Kind == ir.Name {
			delete(d.f.s.vars, x.Str)
			g.scope.vars[x.Str] = v
		}
	}
}

// embeds is how a file is put into a variable: //go:embed page.tmpl, and below that the variable.
var embeds = regexp.MustCompile(`(?m)^//go:embed[ \t]+"?([\w./-]+)"?[ \t]*\r?\n(?:[ \t]*//.*\n)*[ \t]*var[ \t]+(\w+)[ \t]+(?:string|\[\]byte)[ \t]*\r?$`)

// largestEmbedded bounds the files of which the text is taken.
const largestEmbedded = 100_000

// embedded are the texts that variables of files hold from the start, as the compiler puts them there, by the names of the variables.
func (p *Program) embedded(files []*module) map[*ir.File]map[string]*Value {
	out := map[*ir.File]map[string]*Value{}
	for _, m := range files {
		if !bytes.Contains(m.file.Tree.Source, []byte("//go:embed")) {
			continue
		}
		texts := map[string]*Value{}
		for _, found := range embeds.FindAllSubmatch(m.file.Tree.Source, -1) {
			if text := p.files.Read(path.Join(path.Dir(m.file.Path), string(found[1]))); text != nil && len(text) <= largestEmbedded {
				texts[string(found[2])] = constant(string(text))
			}
		}
		out[m.file] = texts
	}
	return out
}

// embeds gives a variable the text that the compiler puts into it.
func (d goVariable) embeds(texts map[string]*Value) {
	if len(texts) == 0 || d.s.X.Kind != ir.Assign {
		return
	}
	for _, x := range targetsOf(d.s.X.X) {
		if text := texts[x.Str]; text != nil && x.Kind == ir.Name {
			d.f.s.vars[x.Str] = text
		}
	}
}
