package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// Clients that are made once, and libraries as a whole, have settings: whom they sign in as. What one invocation sets there the next one uses
// where it does not set it again: axios.defaults.headers.common.Authorization = token, session.headers.update({"Authorization": token}).

// settingsOfClient is the name of the place where that stays.
const settingsOfClient = "settings of "

var (
	// signsInBy are names under which clients are told whom they sign in as.
	signsInBy = aboutNames(`(?i)^(proxy-)?authorization$|api[-_]?key|access[-_]?key|secret[-_]?key|token$|^cookies?$|^credentials$|^auth$|^password$|^bearer`)
	// settersOfClient are methods by which clients are told so.
	settersOfClient = set(`setCredentials SetAuthToken SetBasicAuth SetCookie SetCookies setAuthToken setAccessToken setApiKey setToken set_token set_access_token set_auth set_credentials setSession auth_token setBearerToken`)
	// settersByName are those that get a name and a value.
	settersByName = set("SetHeader setHeader set_header Set setdefault")
	// wholeLibraries are packages that have settings for all who use them.
	wholeLibraries = set("axios aws-sdk stripe openai googleapis superagent braintree twilio @sendgrid/mail requests boto3 supabase")
	// betweenClient are the members between a client and what it is told.
	betweenClient = set("defaults headers common config credentials options auth cookies get post put patch delete params default Header http interceptors")
)

// clientOf is what has the settings that an expression leads to, with its name: a library, or a client that outlasts the invocation; nil
// where it is neither.
func (in *interp) clientOf(f frame, e *ir.Expr) (*Value, string) {
	for range 5 {
		v := in.quiet(f, e)
		switch {
		case v == nil || v == nothing:
			return nil, ""
		case wholeLibraries[v.ref]:
			return in.p.library(v.ref), v.ref
		case strings.HasSuffix(v.ref, ")") && in.lastingClient(v) != nil:
			return in.lastingClient(v), "`" + lastPart(textOf(e)) + "`, a client that is made once"
		}
		switch {
		case e.Kind == ir.Member && betweenClient[e.Str]:
			e = e.X
		case e.Kind == ir.Index && e.Y.Kind == ir.Const && betweenClient[e.Y.Str]:
			e = e.X
		default:
			return nil, ""
		}
	}
	return nil, ""
}

// lastingClient is a client of a library that outlasts the invocation; nil for others.
func (in *interp) lastingClient(v *Value) *Value {
	if in.st != nil {
		v = in.st.original(v)
	}
	if v.ref == "" || !in.isLasting(v) || strings.HasPrefix(v.ref, "builtin.") {
		return nil
	}
	return v
}

// library is what stands for the settings of a library.
func (p *Program) library(ref string) *Value {
	if p.libraries == nil {
		p.libraries = map[string]*Value{}
	}
	if p.libraries[ref] == nil {
		p.libraries[ref] = &Value{shared: true, ref: ref}
	}
	return p.libraries[ref]
}

// setsClient notes an assignment that tells a client whom it signs in as.
func (in *interp) setsClient(f frame, p *ir.Expr, key string, v *Value) {
	if in.loading != nil || !signsInBy.MatchString(key) || v == nil || v.known {
		return
	}
	in.tellsClient(f, p.X, p.At, v)
}

func (in *interp) tellsClient(f frame, e *ir.Expr, at int32, v *Value) {
	if client, name := in.clientOf(f, e); client != nil {
		if v.ref != "" && len(v.taints) == 0 { // new Credentials(key, secret)
			v = &Value{taints: (&arguments{list: v.args, kw: v.kw}).all(), asked: v.asked, fields: v.fields}
		}
		in.standsAt(f, at)
		in.keep(place{object: client, name: settingsOfClient + name}, v)
	}
}

// callsClient notes a call that tells a client whom it signs in as, and looks at one that uses what an earlier invocation has told it.
func (in *interp) callsClient(f frame, e *ir.Expr, ref, method string, recv *Value, args *arguments) {
	if in.loading != nil || in.proving > 0 {
		return
	}
	if v := toldByCall(method, args); v != nil && e.X.Kind == ir.Member {
		in.tellsClient(f, e.X.X, e.At, v)
		return
	}
	if in.st == nil || !in.st.second {
		return
	}
	in.usesClientOfEarlier(f, e, ref, recv)
	client := in.usedClient(f, e, ref)
	if client == nil {
		return
	}
	for _, name := range in.st.names[client] {
		if at := (place{object: client, name: name}); strings.HasPrefix(name, settingsOfClient) {
			in.reveals(f, e.At, orElse(textOf(e.X), ref), in.stays(f, at, nothing, e.At), decides)
		}
	}
}

// usesClientOfEarlier looks at a call of a client that an earlier invocation has made for its user, with that user's credentials or settings, and has
// left under a name: s3 = new S3Client({credentials}) for those who have a role, and s3.send(...) for all.
func (in *interp) usesClientOfEarlier(f frame, e *ir.Expr, ref string, recv *Value) {
	if e.X.Kind != ir.Member || !strings.Contains(ref, ").") {
		return
	}
	client := in.quiet(f, e.X.X)
	if e.X.X.Kind == ir.Call && recv != nil { // clientOf(library).send(...)
		client = recv
	}
	if client == nil || !strings.HasSuffix(client.ref, ")") || client.ref[0] == '.' {
		return
	}
	for _, t := range in.oldIn(client.taints) {
		if by := keptBy(t); by != nil && !strings.Contains(by.note, elementsKept) && !strings.Contains(by.note, "cache") {
			in.reveals(f, e.At, orElse(textOf(e.X), ref), &Value{taints: []*Taint{t}}, decides)
		}
	}
}

// usedClient is the library or the client that a call uses to reach somebody; nil for others.
func (in *interp) usedClient(f frame, e *ir.Expr, ref string) *Value {
	if e.X.Kind == ir.Member && strings.Contains(ref, ").") {
		return in.lastingClient(in.quiet(f, e.X.X))
	}
	root := ref
	if i := strings.IndexAny(ref, ".("); i >= 0 {
		root = ref[:i]
	}
	if strings.Contains(ref, "(") || !wholeLibraries[root] || ref == "axios.create" || strings.Contains(ref, ".config.") {
		return nil
	}
	return in.p.libraries[root]
}

// toldByCall is what a call tells a client by which it signs in; nil for others.
func toldByCall(method string, args *arguments) *Value {
	switch {
	case settersOfClient[method]:
		return args.get(len(args.list) - 1)
	case settersByName[method] && len(args.list) == 2 && args.get(0).known && signsInBy.MatchString(args.get(0).text):
		return args.get(1)
	case method == "update":
		var out *Value
		for _, from := range []map[string]*Value{args.get(0).fields, args.kw} {
			for name, x := range sorted(from) {
				if signsInBy.MatchString(name) && x != nil && !x.known {
					out = join(out, x)
				}
			}
		}
		return out
	}
	return nil
}
