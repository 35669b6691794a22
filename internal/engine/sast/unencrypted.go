package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// withoutTLS is how settings of connections to databases say that nothing is encrypted; besideItself are hosts to which no network leads.
var (
	withoutTLS   = regexp.MustCompile(`(?i)\bsslmode\s*=\s*'?disable\b|\bssl-?mode\s*=\s*disabled\b`)
	besideItself = regexp.MustCompile(`(?i)\b(localhost|127\.0\.0\.1|host\.docker\.internal)\b|\[::1\]`)
)

// unencrypted are the connections to databases for which code says that they are not encrypted: in the text that describes them, or by an argument.
func unencrypted(w *work, n *paths.Node) []spot {
	bodies := map[*ir.File][][]*ir.Stmt{}
	var files []*ir.File
	add := func(file *ir.File, body []*ir.Stmt) {
		if bodies[file] == nil {
			files = append(files, file)
		}
		bodies[file] = append(bodies[file], body)
	}
	for _, name := range n.Result.Files {
		if file := w.program.File(name); file != nil {
			add(file, file.Body)
		}
	}
	for _, fn := range n.Result.Reached {
		add(fn.File, fn.Body)
	}
	var out []spot
	for _, file := range files {
		for _, body := range bodies[file] {
			ir.Walk(body, nil, func(e *ir.Expr) bool {
				if saysUnencrypted(e) && !slices.ContainsFunc(out, func(s spot) bool { return s.file == file && s.at == e.At }) {
					out = append(out, spot{file: file, at: e.At})
				}
				return true
			})
		}
	}
	return out
}

// saysUnencrypted reports whether an expression is a setting by which the connection to a database that is elsewhere is not encrypted.
func saysUnencrypted(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Const:
		return withoutTLS.MatchString(e.Str) && !besideItself.MatchString(e.Str)
	case ir.Call:
		for _, key := range []string{"sslmode", "ssl_disabled"} {
			if v := keyword(e, key); v != nil && v.Kind == ir.Const && (v.Str == "disable" || v.Str == "True" || v.Str == "true") && !local(e) {
				return true
			}
		}
	}
	return false
}

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
