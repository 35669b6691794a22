package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Headers of an answer that are set one after the other: res.setHeader(...), w.Header().Set(...), response.headers[...] = ...

// origins are what a function says in its answer of who may read it.
type origins struct {
	f           frame
	at          int32
	origin      *Value
	credentials bool
}

// setsHeader are methods by which programs set a header, with its name and its value.
var setsHeader = set("setHeader set header append Set Add Header SetHeader add set_header add_header setdefault __setitem__ headers")

// headerSet notes a header of an answer that is set by a call.
func (in *interp) headerSet(f frame, e *ir.Expr, method string, args *arguments) {
	if setsHeader[method] && len(args.list) >= 2 && args.list[0].known {
		in.headerOf(f, e.At, args.list[0].text, args.list[1])
	}
}

// headerOf tells of headers by which any site may read an answer with the cookies of its visitor, when both are set in one function.
func (in *interp) headerOf(f frame, at int32, name string, v *Value) {
	name = strings.ToLower(name)
	if name == allowOrigin && f.file.Language == ir.Go && orNothing(v).known && v.text == "*" { // of others the patterns of the rule tell
		in.place(f, at, "cors-open", "Access-Control-Allow-Origin", "*")
	}
	if len(in.stack) == 0 || name != allowOrigin && name != allowCredentials {
		return
	}
	fn := in.stack[len(in.stack)-1]
	if in.origins == nil {
		in.origins = map[*ir.Func]*origins{}
	}
	o := in.origins[fn]
	if o == nil {
		o = &origins{}
		in.origins[fn] = o
	}
	if name == allowOrigin {
		o.f, o.at, o.origin = f, at, v
	} else {
		o.credentials = strings.EqualFold(v.text, "true")
	}
	if o.credentials && o.origin != nil {
		in.echoed(o.f, o.at, o.origin)
	}
}

// Headers by which an answer says who may read it.
const (
	allowOrigin      = "access-control-allow-origin"
	allowCredentials = "access-control-allow-credentials"
)

// someHeader is how paths end of a header that is looked for, whatever letters its name has: of headers[key], or of one of their entries.
var someHeader = regexp.MustCompile(`(?i)\.(multi_?value_?)?headers(\.\*|\[\])$`)

// headerName is how names of headers look.
var headerName = regexp.MustCompile(`^[A-Za-z]+(-[A-Za-z]+)*$`)

// namedHeader is what a function of the program gives that was asked for a header by its name: headerOf(event, "origin").
func namedHeader(v *Value, callee *Value, args *arguments) *Value {
	if v == nil || len(callee.fns) == 0 || len(v.taints) == 0 {
		return v
	}
	name := ""
	for _, a := range args.list {
		if a.known && a.written != bareWord && headerName.MatchString(a.text) {
			if name != "" {
				return v
			}
			name = a.text
		}
	}
	return asHeader(v, name)
}

// asHeader is a value that was looked for among headers, as the header of a name.
func asHeader(v *Value, name string) *Value {
	if name == "" || !slices.ContainsFunc(v.taints, func(t *Taint) bool { return someHeader.MatchString(t.Path) }) {
		return v
	}
	c := *v
	c.taints = slices.Clone(v.taints)
	for i, t := range c.taints {
		if someHeader.MatchString(t.Path) {
			u := *t
			u.Path = strings.TrimSuffix(strings.TrimSuffix(t.Path, ".*"), "[]") + "." + name
			c.taints[i] = &u
		}
	}
	return &c
}
