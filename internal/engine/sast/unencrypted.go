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
		ir.Walk(body, nil, func(e *ir.Expr) bool {
			if saysUnencrypted(e) && !slices.ContainsFunc(out, func(s spot) bool { return s.file == file && s.at == e.At }) {
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
	for _, fn := range n.Result.Reached {
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
