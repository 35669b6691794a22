package dataflow

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// What a route puts into the session of a visitor comes back in another one: the page that he wanted before he signed in. A session is his own, and
// who he is stands in it after he has signed in, so that of what comes back only that counts which whoever sent him the link decides.

// inSession are the rules that what comes back from a session does no harm for: all but where visitors are sent.
var inSession = []string{
	"path-traversal", "object-key", "user-controlled-target", "deserialization", "xxe", "prototype-pollution", "ssrf", "os-command", "sql", "nosql",
	"code-eval", "html-response", "template-injection", "dynamodb-expression", "xpath", "ldap", ldapName, "header-injection", "log-injection",
	"redos", "mass-assignment", "jwt-unverified", "clear-password", "error-details", amountRule, sizeRule,
}

// flaskSession is the session of Flask, which is that of the request at hand.
const flaskSession = "flask.session"

// isSession reports whether an expression is the session of a visitor: req.session, request.session, session of Flask.
func (in *interp) isSession(f frame, e *ir.Expr) bool {
	if e.Kind == ir.Member && e.Str == "session" {
		return isRequest(in.quiet(f, e.X).ref)
	}
	return e.Kind == ir.Name && e.Str == "session" && in.quiet(f, e).ref == flaskSession
}

// putsInSession notes what is put into a session under a name.
func (in *interp) putsInSession(key string, v *Value) {
	if in.st != nil || in.proving > 0 || v == nil {
		return
	}
	if v = withoutOwnPage(v, 0); len(v.all()) == 0 {
		return
	}
	if in.session == nil {
		in.session = map[string]*Value{}
	}
	if len(in.session) < maxFields {
		in.session[key] = join(in.session[key], cleanedInside(v, inSession, 0))
	}
}

// ownPage is the address that was asked, or its path: of one that a route has answered.
var ownPage = regexp.MustCompile(`^(req|request|ctx)\.(originalUrl|url|href|path|full_path|base_url|script_root|URL|RequestURI)$`)

// withoutOwnPage is a value without addresses that were asked of the application itself: whoever comes back to such a one is where he was.
func withoutOwnPage(v *Value, depth int) *Value {
	if v == nil || depth > deepestJoin {
		return v
	}
	c := *v
	c.taints = slices.DeleteFunc(slices.Clone(v.taints), func(t *Taint) bool { return ownPage.MatchString(t.Path) })
	c.elem = withoutOwnPage(v.elem, depth+1)
	if v.fields != nil {
		c.fields = map[string]*Value{}
		for name, x := range v.fields {
			c.fields[name] = withoutOwnPage(x, depth+1)
		}
	}
	return &c
}

// setsSession notes what a route puts into a session: req.session.next = page, req.session = { next }.
func (in *interp) setsSession(f frame, p *ir.Expr, v *Value) {
	switch {
	case in.isSession(f, p.X):
		in.putsInSession(p.Str, v)
	case in.isSession(f, p):
		for name, x := range sorted(v.fields) {
			in.putsInSession(name, x)
		}
	}
}

// ofSession is what routes have put into a session, or what stands there under a name; nil where that is nothing.
func (in *interp) ofSession(v *Value, key string) *Value {
	switch {
	case len(in.session) == 0 || in.st != nil:
	case key == "session" && isRequest(v.ref):
		return &Value{fields: mapsClone(in.session)}
	case v.ref == flaskSession:
		return in.session[key]
	}
	return nil
}
