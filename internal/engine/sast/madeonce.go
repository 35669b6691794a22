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
		for _, s := range file.Body {
			if s.Kind == ir.Declare && file.Language == ir.Python {
				for _, field := range s.Class.Fields {
					if field.Type != nil { // of a record: its constructor takes it from there
						note(field.Name, field.Value)
					}
					defaultsIn(field.Name, field.Value, note)
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
	word := regexp.MustCompile("^" + regexp.QuoteMeta(name) + "$")
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
