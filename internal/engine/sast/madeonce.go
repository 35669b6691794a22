package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

var (
	defaultKey  = regexp.MustCompile(`^(default|defaultValue|default_value)$`)
	makesUnique = regexp.MustCompile(`(?i)(^|\.)(uuid_?v?[1-8]?|v[1-7]|nanoid|ulid|cuid|randomUUID|token_hex|token_urlsafe|hex)$`)
	ofMoment    = regexp.MustCompile(`(^|\.)(Date\.now|datetime\.(now|utcnow)|time\.time|timezone\.now)$`)
)

// madeOnce are defaults of fields and parameters that are worked out when the module is loaded: all records of an instance of the function
// get the same identifier or time.
func madeOnce(w *work, n *paths.Node) []spot {
	var out []spot
	for _, name := range n.Result.Files {
		file := w.program.File(name)
		if file == nil {
			continue
		}
		note := func(name string, e *ir.Expr) {
			if made := madeAtOnce(e, 0); made != "" && !(isMoment(made) && setElsewhere(n, name)) {
				out = append(out, spot{file: file, at: e.At, fields: map[string]string{"call": made}})
			}
		}
		for i, s := range file.Body {
			if s.Kind == ir.Declare && file.Language == ir.Python {
				first := len(out)
				for _, field := range s.Class.Fields {
					if isMoment(momentIn(field.Value)) && slices.ContainsFunc(s.Class.Methods, func(m *ir.Func) bool { return someWord(m.Body, wordOf(field.Name)) }) {
						continue // a method sets it each time
					}
					before := len(out)
					defaultsIn(field.Name, field.Value, note)
					if field.Type != nil && len(out) == before { // of a record: its constructor takes it from there
						note(field.Name, field.Value)
					}
				}
				if len(out) > first && !usedElsewhere(w, n, file, i) {
					out = out[:first]
				}
				for _, m := range s.Class.Methods {
					defaultsOf(m, note)
				}
			}
			if s.Kind == ir.Define && file.Language == ir.Python {
				defaultsOf(s.Fn, note)
			}
			if s.Kind == ir.Eval || s.Kind == ir.Export {
				defaultsIn("", s.X, note)
			}
		}
	}
	return out
}

func wordOf(name string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(name) + "$")
}

// momentIn is how the default of a field makes something at once; empty where it does not.
func momentIn(e *ir.Expr) string {
	made := madeAtOnce(e, 0)
	defaultsIn("", e, func(_ string, x *ir.Expr) {
		if made == "" {
			made = madeAtOnce(x, 0)
		}
	})
	return made
}

// usedElsewhere reports whether the files of a function name a class beside its declaration and imports of it: of one that nothing makes no record
// has the default. A dataclass is made by a call of it or of a class that extends it; libraries make others by their name alone.
func usedElsewhere(w *work, n *paths.Node, home *ir.File, i int) bool {
	class, end := home.Body[i], len(home.Tree.Source)
	if i+1 < len(home.Body) {
		end = int(home.Body[i+1].At)
	}
	plain := slices.ContainsFunc(class.Class.Decorators, func(d *ir.Expr) bool { return strings.Contains(dotted(d)+calledText(d), "dataclass") })
	name := regexp.MustCompile(`\b` + regexp.QuoteMeta(class.Class.Name) + `\b`)
	return slices.ContainsFunc(n.Result.Files, func(path string) bool {
		file := w.program.File(path)
		if file == nil || file.Tree == nil {
			return false
		}
		source := string(file.Tree.Source)
		return slices.ContainsFunc(name.FindAllStringIndex(source, -1), func(at []int) bool {
			line, _, _ := strings.Cut(source[strings.LastIndexByte(source[:at[0]], '\n')+1:], "\n")
			own := file == home && at[0] >= int(class.At) && at[0] < end
			made := at[1] < len(source) && strings.ContainsRune("(.", rune(source[at[1]])) || extending.MatchString(line)
			return !own && !importing.MatchString(line) && (made || !plain)
		})
	})
}

// calledText is the name of what a decorator calls; empty for one that is no call.
func calledText(d *ir.Expr) string {
	if d.Kind != ir.Call {
		return ""
	}
	return dotted(d.X)
}

// extending are lines that begin a class.
var extending = regexp.MustCompile(`^\s*class\s`)

// importing are lines that bring a name in.
var importing = regexp.MustCompile(`^\s*(from\s|import\s|["'#])`)

// defaultsOf are the defaults of the parameters of a function of Python, which are worked out where it is defined.
func defaultsOf(fn *ir.Func, note func(string, *ir.Expr)) {
	for _, p := range fn.Params {
		if p.Kind == ir.Default {
			note("", p.Y)
		}
	}
}

// defaultsIn are the defaults that an expression gives to the fields of a schema, outside of functions; the field is what it is the value of.
func defaultsIn(field string, e *ir.Expr, note func(string, *ir.Expr)) {
	if e == nil || e.Kind == ir.Lambda || e.Kind == ir.ClassOf {
		return
	}
	if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "default" && len(e.List) == 1 { // of zod, joi and yup: z.string().default(v4())
		note(field, e.List[0])
	}
	for i, x := range e.List {
		key := ""
		if (e.Kind == ir.Object || e.Kind == ir.Call) && i < len(e.Keys) {
			key = e.Keys[i]
		}
		if defaultKey.MatchString(key) {
			note(field, x)
			continue
		}
		if key == "" {
			key = field
		}
		defaultsIn(key, x, note)
	}
	for _, x := range []*ir.Expr{e.X, e.Y, e.Z} {
		defaultsIn(field, x, note)
	}
}

// isMoment reports whether what a default is made by is the time.
func isMoment(made string) bool {
	return made == "new Date()" || ofMoment.MatchString(strings.TrimSuffix(made, "()"))
}

// setElsewhere reports whether the code that was reached names a field, and perhaps sets it itself each time.
func setElsewhere(n *paths.Node, name string) bool {
	if name == "" {
		return false
	}
	word := wordOf(name)
	return slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool { return someWord(fn.Body, word) })
}

// madeAtOnce is how an expression makes something that is to be another one each time; empty where it does not.
func madeAtOnce(e *ir.Expr, depth int) string {
	if e == nil || depth > 3 {
		return ""
	}
	switch e.Kind {
	case ir.Call:
		name := dotted(e.X)
		switch {
		case e.New && name == "Date" && len(e.List) == 0:
			return "new Date()"
		case !e.New && (makesUnique.MatchString(name) || ofMoment.MatchString(name)):
			return name + "()"
		}
		for _, x := range append([]*ir.Expr{e.X}, e.List...) { // str(uuid4()), uuid4().hex
			if made := madeAtOnce(x, depth+1); made != "" {
				return made
			}
		}
	case ir.Member:
		return madeAtOnce(e.X, depth+1)
	case ir.Template:
		for _, x := range e.List {
			if made := madeAtOnce(x, depth+1); made != "" {
				return made
			}
		}
	}
	return ""
}
