package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// withoutTLS is how a text that describes a connection to a database says that nothing is encrypted: in an address, or beside other settings. A text that
// only names the setting is one that code looks for, or writes for people. besideItself are hosts to which no network leads.
var (
	withoutTLS   = regexp.MustCompile(`(?i)[?& ](sslmode=disable|ssl-?mode=disabled)([&' ]|$)`)
	otherSetting = regexp.MustCompile(`(?i)://|[?&]ssl|\b(host|port|user|password|dbname|database)\s*=`)
	besideItself = regexp.MustCompile(`(?i)\b(localhost|127\.0\.0\.1|host\.docker\.internal)\b|\[::1\]`)
)

// unencrypted are the connections to databases for which code says that they are not encrypted: in the text that describes them, or by an argument.
func unencrypted(w *work, n *paths.Node) []spot {
	var out []spot
	look := func(file *ir.File, body []*ir.Stmt) {
		inStage := decidedByStage(body)
		ir.Walk(body, nil, func(e *ir.Expr) bool {
			if (saysUnencrypted(e) || setsUnencrypted(e) && !inStage(e)) && !slices.ContainsFunc(out, func(s spot) bool { return s.file == file && s.at == e.At }) {
				out = append(out, spot{file: file, at: e.At})
			}
			return true
		})
	}
	for _, name := range n.Result.Files {
		if file := w.program.File(name); file != nil {
			look(file, file.Body)
		}
	}
	for _, fn := range slices.Concat(n.Result.Reached, n.Result.Begun) {
		look(fn.File, fn.Body)
	}
	return out
}

// saysUnencrypted reports whether an expression is a setting by which the connection to a database that is elsewhere is not encrypted.
func saysUnencrypted(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Const:
		return len(e.Str) > len("sslmode=disable") && withoutTLS.MatchString(e.Str) && otherSetting.MatchString(e.Str) && !besideItself.MatchString(e.Str)
	case ir.Call:
		return (isConst(keyword(e, "sslmode"), "disable") || isConst(keyword(e, "ssl_disabled"), "True")) && !local(e)
	}
	return false
}

var (
	// setsPart are methods that put a part into the query of an address, or into a table of settings.
	setsPart = regexp.MustCompile(`^(Set|Add|set|append)$`)
	// onlyQuery is such a part in the query of an address that stands by itself.
	onlyQuery = regexp.MustCompile(`(?i)(^|&)sslmode=disable(&|$)`)
	// ofStage are names of what tells in which stage code runs, or whether on the own machine.
	ofStage = regexp.MustCompile(`(?i)local|(^|_)(dev|test|stage|env|prod|ci)|develop|offline|debug|environment|production`)
)

// setsUnencrypted reports whether an expression puts the setting into the query of an address that is put together of its parts, or hands it on in a
// table: query.Set("sslmode", "disable"), url.URL{RawQuery: "sslmode=disable"}, urlencode({"sslmode": "disable"}).
func setsUnencrypted(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Call:
		if e.X.Kind == ir.Member && setsPart.MatchString(e.X.Str) && len(e.List) == 2 && isConst(e.List[0], "sslmode") && isConst(e.List[1], "disable") {
			return true
		}
		return slices.ContainsFunc(e.List, func(x *ir.Expr) bool {
			return x.Kind == ir.Object && isConst(keyword(x, "sslmode"), "disable") && !local(x)
		})
	case ir.Object:
		if lastName(e.X) == "Values" {
			if list := keyword(e, "sslmode"); list != nil {
				return slices.ContainsFunc(list.List, func(x *ir.Expr) bool { return isConst(x, "disable") })
			}
		}
		query, host := keyword(e, "RawQuery"), keyword(e, "Host")
		return query != nil && query.Kind == ir.Const && onlyQuery.MatchString(query.Str) && !(host != nil && host.Kind == ir.Const && besideItself.MatchString(host.Str))
	}
	return false
}

// decidedByStage tells of an expression in statements whether they come to it only in some stages: where the database is beside the code.
func decidedByStage(body []*ir.Stmt) func(*ir.Expr) bool {
	var asked []*ir.Stmt
	ir.Walk(body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && s.X != nil && someName([]*ir.Stmt{{Kind: ir.Eval, X: s.X}}, ofStage) {
			asked = append(asked, s)
		}
		return true
	}, nil)
	return func(e *ir.Expr) bool {
		return slices.ContainsFunc(asked, func(s *ir.Stmt) bool { return inside(s.Body, e) || inside(s.Else, e) })
	}
}

// isConst reports whether an expression is a constant that is written so.
func isConst(e *ir.Expr, text string) bool { return e != nil && e.Kind == ir.Const && e.Str == text }

// local reports whether a call names a host to which no network leads.
func local(e *ir.Expr) bool {
	host := keyword(e, "host")
	return host != nil && host.Kind == ir.Const && besideItself.MatchString(host.Str)
}

// keyword is an argument of a call by its name; nil where the call has none.
func keyword(e *ir.Expr, name string) *ir.Expr {
	if i := slices.Index(e.Keys, name); i >= 0 {
		return e.List[i]
	}
	return nil
}
