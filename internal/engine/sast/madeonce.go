package sast

import (
	"regexp"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

var (
	defaultKey  = regexp.MustCompile(`^(default|defaultValue|default_value)$`)
	makesUnique = regexp.MustCompile(`(?i)(^|\.)(uuid_?v?[1-8]?|v[1-7]|nanoid|ulid|cuid|randomUUID|token_hex|token_urlsafe|hex)$`)
	ofMoment    = regexp.MustCompile(`(^|\.)(Date\.now|datetime\.(now|utcnow)|now|utcnow|time\.time|timezone\.now)$`)
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
		note := func(e *ir.Expr) {
			if made := madeAtOnce(e, 0); made != "" {
				out = append(out, spot{file: file, at: e.At, fields: map[string]string{"call": made}})
			}
		}
		for _, s := range file.Body {
			if s.Kind == ir.Declare && file.Language == ir.Python {
				for _, field := range s.Class.Fields {
					if field.Type != nil { // of a record: its constructor takes it from there
						note(field.Value)
					}
					defaultsIn(field.Value, note)
				}
				for _, m := range s.Class.Methods {
					defaultsOf(m, note)
				}
			}
			if s.Kind == ir.Define && file.Language == ir.Python {
				defaultsOf(s.Fn, note)
			}
			if s.Kind == ir.Eval || s.Kind == ir.Export {
				defaultsIn(s.X, note)
			}
		}
	}
	return out
}

// defaultsOf are the defaults of the parameters of a function of Python, which are worked out where it is defined.
func defaultsOf(fn *ir.Func, note func(*ir.Expr)) {
	for _, p := range fn.Params {
		if p.Kind == ir.Default {
			note(p.Y)
		}
	}
}

// defaultsIn are the defaults that an expression gives to the fields of a schema, outside of functions.
func defaultsIn(e *ir.Expr, note func(*ir.Expr)) {
	if e == nil {
		return
	}
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		for i, key := range x.Keys {
			if (x.Kind == ir.Object || x.Kind == ir.Call) && i < len(x.List) && defaultKey.MatchString(key) {
				note(x.List[i])
			}
		}
		return x.Kind != ir.Lambda && x.Kind != ir.ClassOf
	})
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
