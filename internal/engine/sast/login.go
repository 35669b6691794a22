package sast

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// A login is a function of the application, or what a route calls, that is called so and decides by a password that it checks itself. Logins
// of a user pool are none: the pool counts and records them.
type login struct {
	fn      *ir.Func        // that decides
	check   *ir.Expr        // the call or comparison in it that tells whether the password is right
	callers []*ir.Func      // that lead to it
	decides *ir.Stmt        // the condition that the check decides
	fails   []*ir.Stmt      // what is done where the password is wrong
	results map[string]bool // names of what it has found
	name    string          // why it is taken for a login
	pool    bool            // a user pool decides, and the application writes down what it said
	code    bool            // it is decided by a code that somebody was sent, or a number that he knows
}

// logins are those that a function serves.
func logins(n *paths.Node) []*login {
	var out []*login
	for _, p := range passwordChecks(n) {
		fn := inner(n, place{p.file, p.expr.At})
		if fn == nil {
			continue
		}
		for _, l := range deciders(n, fn, p.expr, 0) {
			l.code = p.code
			if slices.ContainsFunc(out, func(o *login) bool { return o.decides == l.decides }) {
				continue
			}
			for _, callers := range waysTo(n, l.fn, 0) {
				l.callers = callers
				if l.name = loginName(n, l); l.name != "" && (!l.code || l.letsIn()) {
					out = append(out, l)
					break
				}
			}
		}
	}
	return out
}

// deciders are the functions that decide by a check: the one that it stands in, or those that call one that only tells whether a password is
// right.
func deciders(n *paths.Node, fn *ir.Func, check *ir.Expr, depth int) []*login {
	l := &login{fn: fn, check: check}
	if !checksPassword.MatchString(fn.Name) && l.decide() {
		return []*login{l}
	}
	var out []*login
	if depth < deepestCalls {
		for _, c := range callsOf(n, fn) {
			out = append(out, deciders(n, c.fn, c.call, depth+1)...)
		}
	}
	return out
}

// mostWays bounds the ways that are looked at which lead to a function.
const mostWays = 12

// waysTo are the ways that lead to a function, each as the functions on it: those that call it, or that it is written in.
func waysTo(n *paths.Node, fn *ir.Func, depth int) [][]*ir.Func {
	var callers []*ir.Func
	for _, c := range callsOf(n, fn) {
		callers = append(callers, c.fn)
	}
	if len(callers) == 0 {
		if wrapper := wrapperOf(n, fn); wrapper != nil {
			callers = append(callers, wrapper)
		} else if around := inner(n, place{fn.File, fn.Start - 1}); around != nil {
			callers = append(callers, around)
		}
	}
	if len(callers) == 0 || depth == deepestCalls {
		return [][]*ir.Func{nil}
	}
	var out [][]*ir.Func
	for _, caller := range callers {
		for _, way := range waysTo(n, caller, depth+1) {
			if len(out) < mostWays && !slices.Contains(way, caller) && !slices.Contains(way, fn) {
				out = append(out, append([]*ir.Func{caller}, way...))
			}
		}
	}
	return out
}

type passwordCheck struct {
	file *ir.File
	expr *ir.Expr
	code bool // what is compared is a code, and no password
}

// comparing are the functions of libraries that tell whether a password fits a hash.
var comparing = regexp.MustCompile(`^((bcrypt|bcryptjs|@node-rs/bcrypt|bcrypt-ts|bcrypt-nodejs)\.(default\.)?(compare|compareSync|verify)|(argon2|@node-rs/argon2)\.(default\.)?verify|scrypt-kdf\.(default\.)?verify|bcrypt\.checkpw|passlib\..*\.verify(_and_update)?|pwdlib\..*\.verify(_and_update)?|werkzeug\.security\.check_password_hash|argon2\.PasswordHasher\(\)\.verify|flask_bcrypt\..*check_password_hash|django\.contrib\.auth\.hashers\.check_password|golang_org/x/crypto/bcrypt\.CompareHashAndPassword|github_com/alexedwards/argon2id\.(ComparePasswordAndHash|CheckHash)|github_com/matthewhartstonge/argon2\.VerifyEncoded)$`)

var (
	passwordName = regexp.MustCompile(`(?i)^(\w*(password|passwd|pwd)|(user|stored|hashed|encrypted|input|given|plain|db|admin|account|my)?_?(pass|pass_?hash|hash_?pass))(_?(hash|hashed|digest|input))?$`)
	otherName    = regexp.MustCompile(`(?i)confirm|repeat|retype|re_?enter|verif|reset|forgot|^(again|second|new|old|default|min|max)`) // of a password that is no stored one
	sameTime     = regexp.MustCompile(`(^|\.)(compare_digest|timingSafeEqual|ConstantTimeCompare|hmac\.Equal)$`)
)

// passwordChecks are the places where the code that was reached compares a password.
func passwordChecks(n *paths.Node) []passwordCheck {
	var out []passwordCheck
	for _, c := range n.Result.Calls {
		if comparing.MatchString(c.Ref) {
			out = append(out, passwordCheck{file: c.File, expr: c.Expr})
		}
	}
	for _, fn := range n.Result.Reached {
		hashed, made := hashedPasswords(fn), madeOfPassword(fn)
		isOne := func(x, y *ir.Expr) bool {
			return isPassword(x) && isHash(y) || isHash(x) && (isPassword(y) || isHash(y) && checksPassword.MatchString(fn.Name)) ||
				len(hashed) > 0 && y.Kind != ir.Const && x.Kind != ir.Const && contains(x, nil, hashed) != contains(y, nil, hashed) && lastName(x) != "length" && lastName(y) != "length"
		}
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			switch {
			case e.Kind == ir.Lambda:
				return false
			case e.Kind == ir.Binary && equation(e.Str) && isOne(e.X, e.Y) && !sameNames(e.X, e.Y):
				out = append(out, passwordCheck{file: fn.File, expr: e})
			case e.Kind == ir.Call && len(e.List) == 1 && e.X.Kind == ir.Member && e.X.Str == "equals" && isOne(e.X.X, e.List[0]):
				out = append(out, passwordCheck{file: fn.File, expr: e})
			case e.Kind == ir.Call && len(e.List) == 2 && sameTime.MatchString(dotted(e.X)) && (isOne(e.List[0], e.List[1]) || contains(e.List[0], nil, made) != contains(e.List[1], nil, made)):
				out = append(out, passwordCheck{file: fn.File, expr: e})
			case comparesCode(e):
				out = append(out, passwordCheck{file: fn.File, expr: e, code: true})
			}
			return true
		})
	}
	return out
}

// slowHash is what functions are called that make a hash of a password, or a key, slowly: nobody compares their results but to check a password.
var slowHash = regexp.MustCompile(`(?i)^(scrypt|pbkdf2|argon2id?|argon2i)(_?(sync|async|hmac|hash|promise|key))?$|^PBKDF2HMAC$|^IDKey$`)

// quickHash is what functions and methods are called that make a digest quickly.
var quickHash = regexp.MustCompile(`(?i)^(createHash|createHmac|digest|hexdigest|md5|sha_?(1|2|3)?_?(224|256|384|512)?|(new|sum)(224|256|384|512)?|hash(_?password)?)$`)

// hashesPassword reports whether a quick digest is made of a password: sha256(salt + body.password).
func hashesPassword(e *ir.Expr) bool {
	var hashes, password bool
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		hashes = hashes || x.Kind == ir.Call && quickHash.MatchString(lastName(x.X))
		password = password || (x.Kind == ir.Name || x.Kind == ir.Member) && isPassword(x)
		return x.Kind != ir.Lambda
	})
	return hashes && password
}

// hashedPasswords are the names of a function that hold hashes of passwords, which are made to check one: whatever a slow function gives, and
// digests of what is called a password.
func hashedPasswords(fn *ir.Func) map[string]bool {
	names, derive := map[string]bool{}, promisified(fn.File)
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && (hashesSlowly(e.Y, derive) || hashesPassword(e.Y)) {
			names[e.X.Str] = true
		}
		return e.Kind != ir.Lambda
	})
	return names
}

// madeOfPassword are the names of a function that tells whether a password is right, by what it gets, that hold what it makes of the password:
// given = sha256(salt + password).
func madeOfPassword(fn *ir.Func) map[string]bool {
	names := map[string]bool{}
	if !slices.ContainsFunc(fn.Params, func(p *ir.Expr) bool { return slices.ContainsFunc(namesIn(p), passwordName.MatchString) }) {
		return names
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && e.Y != nil && e.Y.Kind == ir.Call {
			ir.WalkExpr(e.Y, nil, func(x *ir.Expr) bool {
				names[e.X.Str] = names[e.X.Str] || x.Kind == ir.Name && passwordName.MatchString(x.Str) && !otherName.MatchString(x.Str)
				return true
			})
		}
		return e.Kind != ir.Lambda
	})
	return names
}

// promisified are the names under which a file keeps a slow hash that gives a promise: const derive = promisify(scrypt).
func promisified(file *ir.File) map[string]bool {
	names := map[string]bool{}
	for _, s := range file.Body {
		if s.Kind != ir.Eval || s.X == nil || s.X.Kind != ir.Assign || s.X.X.Kind != ir.Name || s.X.Y == nil || s.X.Y.Kind != ir.Call {
			continue
		}
		if call := s.X.Y; lastName(call.X) == "promisify" && len(call.List) == 1 && slowHash.MatchString(lastName(call.List[0])) {
			names[s.X.X.Str] = true
		}
	}
	return names
}

func hashesSlowly(e *ir.Expr, derive map[string]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || x.Kind == ir.Call && (slowHash.MatchString(lastName(x.X)) || derive[lastName(x.X)])
		return !found && x.Kind != ir.Lambda
	})
	return found
}

func equation(operator string) bool {
	return operator == "==" || operator == "===" || operator == "!=" || operator == "!=="
}

// isPassword reports whether an expression is a password by its name, or what a function makes of one.
func isPassword(e *ir.Expr) bool {
	if e != nil && e.Kind == ir.Await {
		e = e.X
	}
	if e == nil || e.Kind == ir.Const {
		return false
	}
	if name := lastName(e); passwordName.MatchString(name) && !otherName.MatchString(name) {
		return true
	}
	return e.Kind == ir.Call && slices.ContainsFunc(e.List, isPassword)
}

// checksPassword is what people call a function that tells whether a password is right.
var checksPassword = regexp.MustCompile(`(?i)(verify|check|compare|match|valid(ate)?|test)_?(the_?|user_?)?(password|passwd|pwd|pass$)|(password|passwd|pwd)_?(is_?)?(verify|check|match|valid|correct)`)

// hashName is what people call a hash beside a password.
var hashName = regexp.MustCompile(`(?i)hash|digest|derived|stored|expected|^key$|^dk$`)

// isHash reports whether an expression is a password or a hash by its name, or what a function makes of one.
func isHash(e *ir.Expr) bool {
	if e != nil && e.Kind == ir.Await {
		e = e.X
	}
	return isPassword(e) || e != nil && e.Kind != ir.Const && (hashName.MatchString(lastName(e)) || e.Kind == ir.Call && slices.ContainsFunc(e.List, isHash))
}

func sameNames(a, b *ir.Expr) bool { return dotted(a) == dotted(b) && dotted(a) != "" }

// decide looks for the condition that a check decides.
func (l *login) decide() bool {
	names := map[string]bool{}
	ir.Walk(l.fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && contains(e.Y, l.check, nil) {
			to := e.X
			if to.Kind == ir.Array && to.Str == "results" && len(to.List) > 1 { // ok, err := ...
				to = to.List[0]
			}
			if to.Kind == ir.Name {
				names[to.Str] = true
			}
		}
		return e.Kind != ir.Lambda || contains(e, l.check, nil)
	})
	l.results = names
	return l.within(l.fn.Body, nil, names) || l.decidesLater()
}

// decidesLater looks for the condition in the function that is told what a check has found: compare(given, hash).then((same) => ...), or
// compare(given, hash, (err, same) => ...).
func (l *login) decidesLater() bool {
	found := false
	told := func(x, name *ir.Expr) {
		if x.Kind == ir.Lambda && name != nil && name.Kind == ir.Name {
			found = found || l.within(x.Fn.Body, nil, map[string]bool{name.Str: true})
		}
	}
	ir.Walk(l.fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case found || e.Kind != ir.Call || len(e.List) == 0:
		case e == l.check:
			if last := e.List[len(e.List)-1]; last.Kind == ir.Lambda && len(last.Fn.Params) > 1 {
				told(last, last.Fn.Params[1])
			}
		case e.X.Kind == ir.Member && e.X.Str == "then" && ir.Awaited(e.X.X) == l.check && e.List[0].Kind == ir.Lambda && len(e.List[0].Fn.Params) > 0:
			told(e.List[0], e.List[0].Fn.Params[0])
		}
		return !found
	})
	return found
}

// contains reports whether an expression holds another one, or one of some names.
func contains(e, part *ir.Expr, names map[string]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || x == part || x.Kind == ir.Name && names[x.Str]
		return !found
	})
	return found
}

// within looks for the condition in statements, and for what is done behind it; after are those that follow.
func (l *login) within(body, after []*ir.Stmt, names map[string]bool) bool {
	for i, s := range body {
		rest := slices.Concat(body[i+1:], after)
		if s.Kind == ir.If && s.X != nil && contains(s.X, l.check, names) && (s.X.At > l.check.At || contains(s.X, l.check, nil)) {
			l.decides = s
			switch {
			case l.negated(s.X, names, false):
				l.fails = s.Body
			case len(s.Else) > 0:
				l.fails = s.Else
			case ir.Ends(s.Body):
				l.fails = rest
			default:
				l.fails = nil
			}
			return true
		}
		if s.Kind == ir.Try && l.raises(s) {
			l.decides, l.fails = s, s.Else
			return true
		}
		if s.Kind != ir.Block {
			rest = nil
		}
		if l.within(s.Body, rest, names) || l.within(s.Else, nil, names) || l.within(s.Final, nil, names) {
			return true
		}
	}
	return false
}

// raises reports whether a check tells by its error that a password is wrong: nobody asks for its result, and what handles the error does more
// than say so.
func (l *login) raises(s *ir.Stmt) bool {
	alone := func(b *ir.Stmt) bool {
		return b.Kind == ir.Eval && (b.X == l.check || b.X != nil && b.X.Kind == ir.Await && b.X.X == l.check)
	}
	if len(s.Else) == 0 || !slices.ContainsFunc(s.Body, alone) {
		return false
	}
	says := false
	ir.Walk(s.Else, func(b *ir.Stmt) bool {
		says = says || b.Kind == ir.Return && (b.X == nil || b.X.Kind == ir.Const && b.X.Bare)
		return !says
	}, nil)
	return !says
}

// negated reports whether a condition holds where the password is wrong.
func (l *login) negated(e *ir.Expr, names map[string]bool, not bool) bool {
	switch {
	case e == l.check:
		return not != (e.Kind == ir.Binary && strings.HasPrefix(e.Str, "!"))
	case e.Kind == ir.Name && names[e.Str]:
		return not
	case e.Kind == ir.Not:
		return l.negated(e.X, names, !not)
	case e.Kind == ir.Binary && equation(e.Str):
		nothing := isNothing(e.Y)
		no := nothing || e.Y != nil && e.Y.Kind == ir.Const && (strings.EqualFold(e.Y.Str, "false") || e.Y.Str == "0")
		return l.negated(e.X, names, not != (no != strings.HasPrefix(e.Str, "!"))) != (nothing && l.isError(e.X)) // err != nil says that it is wrong
	}
	for _, x := range []*ir.Expr{e.X, e.Y} {
		if x != nil && contains(x, l.check, names) {
			return l.negated(x, names, not)
		}
	}
	return not
}

// isError reports whether what is compared with nothing is an error, which is there where the password is wrong, and not whoever it is of.
func (l *login) isError(e *ir.Expr) bool {
	e = ir.Awaited(e)
	if e != nil && e.Kind == ir.Assign {
		e = e.X
	}
	if e == nil || e.Kind != ir.Name {
		return l.fn.File.Language == ir.Go
	}
	return errorName.MatchString(e.Str)
}

// calling is a call of a function, and the function that it stands in.
type calling struct {
	fn   *ir.Func
	call *ir.Expr
}

// callsOf are the calls of a function by its name, one for each function that calls it.
func callsOf(n *paths.Node, fn *ir.Func) []calling {
	if fn.Name == "" {
		return nil
	}
	var out []calling
	for _, c := range n.Result.LeadsTo(fn) {
		again := len(out) > 0 && out[len(out)-1].fn == c.In
		if c.In != fn && !again && lastName(c.Call.X) == fn.Name {
			out = append(out, calling{c.In, c.Call})
		}
	}
	return out
}

// calledIn is the first function that calls another one by its name, and the call.
func calledIn(n *paths.Node, fn *ir.Func) (*ir.Func, *ir.Expr) {
	if all := callsOf(n, fn); len(all) > 0 {
		return all[0].fn, all[0].call
	}
	return nil, nil
}

// wrapperOf is the function that calls another one which it was given: as a decorator, or as a wrapper of handlers; nil where there is none.
func wrapperOf(n *paths.Node, fn *ir.Func) *ir.Func {
	for _, c := range n.Result.LeadsTo(fn) {
		if c.In != fn {
			return c.In
		}
	}
	return nil
}

// callersOf are the functions that lead to one: those that call it, and those that it is written in.
func callersOf(n *paths.Node, fn *ir.Func) []*ir.Func {
	var out []*ir.Func
	for range deepestCalls {
		caller, _ := calledIn(n, fn)
		if caller == nil {
			caller = wrapperOf(n, fn)
		}
		if caller == nil {
			caller = inner(n, place{fn.File, fn.Start - 1})
		}
		if caller == nil || slices.Contains(out, caller) {
			break
		}
		out = append(out, caller)
		fn = caller
	}
	return out
}

var (
	signsIn = regexp.MustCompile(`(^|[^a-zA-Z]|[a-z])(login|Login|LogIn|logIn|log_in|log-in|LOGIN|signin|signIn|SignIn|Signin|sign_in|sign-in|logon|Logon|authenticate|Authenticate)($|[^a-z])`)
	isOther = regexp.MustCompile(`(?i)change|reset|update|delete|register|sign_?up|create|confirm|forgot|seed|test`)
	// creates is what functions are called that create something, ofSession what they create, or where they stand, if it is a session.
	creates   = regexp.MustCompile(`(?i)^create(_?((user|login|auth|access)_?)?(session|token))?s?$`)
	ofSession = regexp.MustCompile(`(?i)session|token|auth|log_?in|sign_?in`)
)

// doesOther reports whether a function does something else than to let somebody in, by its name. To create a session is to let somebody in.
func doesOther(fn *ir.Func) bool {
	if !isOther.MatchString(fn.Name) {
		return false
	}
	where := fn.Name + " " + fn.Of + " " + path.Base(fn.File.Path)
	if fn.Class != nil {
		where += " " + fn.Class.Name
	}
	return !creates.MatchString(fn.Name) || !ofSession.MatchString(where)
}

// routeOf is the path under which a function is given to a router, by the call that gives it or by its decorator; empty where there is none.
func routeOf(fn *ir.Func) string {
	for _, d := range fn.Decorators {
		if d.Kind == ir.Call && len(d.List) > 0 && isRoute(d.List[0]) {
			return d.List[0].Str
		}
	}
	if fn.Name != "" {
		return ""
	}
	route := ""
	inFile(fn.File, func(*ir.Func) {}, func(e *ir.Expr) {
		if e.Kind == ir.Call && len(e.List) > 1 && isRoute(e.List[0]) && slices.ContainsFunc(e.List[1:], func(x *ir.Expr) bool { return handsOver(x, fn) }) {
			route = e.List[0].Str
		}
	})
	return route
}

// handsOver reports whether what a router is given is a function, as it is or in a wrapper or a list: router.post("/login", wrap(async (req, res) => ...)).
func handsOver(x *ir.Expr, fn *ir.Func) bool {
	switch x.Kind {
	case ir.Lambda:
		return x.Fn == fn
	case ir.Call, ir.Array:
		return slices.ContainsFunc(x.List, func(part *ir.Expr) bool { return handsOver(part, fn) })
	}
	return false
}

// ofCredentials are packages of NextAuth that let the application check a password.
var ofCredentials = regexp.MustCompile(`^(next-auth|@auth/[\w-]+)/providers/credentials$`)

// isAuthorize reports whether a function is the one that NextAuth asks: {authorize: async (credentials) => ...}.
func isAuthorize(fn *ir.Func) bool {
	found := fn.Name == "authorize"
	if fn.Name == "" {
		inFile(fn.File, func(*ir.Func) {}, func(e *ir.Expr) {
			for i, key := range e.Keys {
				found = found || e.Kind == ir.Object && key == "authorize" && e.List[i].Fn == fn
			}
		})
	}
	return found
}

func isRoute(e *ir.Expr) bool { return e.Kind == ir.Const && !e.Bare && strings.HasPrefix(e.Str, "/") }

// loginName is the name by which something is taken for a login; empty where it is called otherwise.
func loginName(n *paths.Node, l *login) string {
	for _, fn := range append([]*ir.Func{l.fn}, l.callers...) {
		if doesOther(fn) {
			return ""
		}
		if signsIn.MatchString(fn.Name) {
			return fn.Name
		}
		if isAuthorize(fn) && slices.ContainsFunc(n.Result.Packages, ofCredentials.MatchString) {
			return "authorize"
		}
		if route := routeOf(fn); signsIn.MatchString(route) && !isOther.MatchString(route) {
			return route
		}
	}
	top := l.fn
	if len(l.callers) > 0 {
		top = l.callers[len(l.callers)-1]
	}
	file := path.Join(path.Base(path.Dir(top.File.Path)), path.Base(top.File.Path))
	names := []string{n.Function.Name, file}
	if len(n.Function.Triggers) == 1 {
		names = append(names, n.Function.Triggers[0].Detail)
	}
	for _, name := range names {
		if signsIn.MatchString(name) && !isOther.MatchString(name) {
			return name
		}
	}
	if someName(l.fn.Body, asksPool) {
		return "for a user pool"
	}
	if !openly(n.Function) && n.App.Kind != model.Convention || !l.code && l.ofOther() {
		return ""
	}
	for _, fn := range append([]*ir.Func{l.fn}, l.callers...) {
		if doesOther(fn) || l.asksWho(fn) {
			return ""
		}
	}
	for _, fn := range append([]*ir.Func{l.fn}, l.callers...) {
		if token := givesToken(fn); token != "" {
			return token + " after it"
		}
		if text := speaksOfLogin(fn); text != "" {
			return strconv.Quote(text)
		}
	}
	return ""
}

// ofLogin is what functions say to those who sign in, or try to.
var ofLogin = regexp.MustCompile(`(?i)^\W*((successful(ly)?|failed|invalid) (log(ged)?|sign(ed)?)[ -]?[io]n|(log|sign)[ -]?in (was )?(success|failed)|logged in|(invalid|incorrect|wrong|bad) (login )?credentials)`)

// speaksOfLogin is the text by which a function says that somebody signed in, or could not; empty where there is none.
func speaksOfLogin(fn *ir.Func) string {
	found := ""
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Const && !e.Bare && found == "" && ofLogin.MatchString(e.Str) {
			found = e.Str
		}
		return found == ""
	})
	return found
}

// asksPool is what a user pool asks a function whose users it does not have yet.
var asksPool = regexp.MustCompile(`^UserMigration_Authentication$`)

// knowsUser are names by which code asks who is signed in already.
var knowsUser = regexp.MustCompile(`(?i)^(verify|jwtVerify|claims|authorizer|currentUser|current_user|get_jwt_identity)$`)

// asksWho reports whether a function asks who is signed in already, other than by the check of the password, argon2.verify, or by what leads to
// it, accounts.Verify.
func (l *login) asksWho(fn *ir.Func) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e != l.check.X && e.Str != l.fn.Name && (e.Kind == ir.Name || e.Kind == ir.Member || e.Kind == ir.Const) && knowsUser.MatchString(e.Str) || slices.ContainsFunc(e.Keys, knowsUser.MatchString)
		return !found && !logs(e)
	})
	return found
}

// otherThanPassword are names of what is compared with a hash and lets nobody sign in.
var otherThanPassword = regexp.MustCompile(`(?i)token|refresh|api_?key|secret|otp|code$`)

// ofOther reports whether what is compared is something else than a password, by its name: a key, a token, a code.
func (l *login) ofOther() bool {
	return slices.ContainsFunc(l.check.List, func(x *ir.Expr) bool {
		if x.Kind == ir.Call && x.X.Kind == ir.Member && x.X.Str == "encode" { // password.encode()
			x = x.X.X
		}
		return otherThanPassword.MatchString(lastName(x))
	})
}

// makesToken is how calls are written that make what somebody is let in by.
var makesToken = regexp.MustCompile(`(?i)(^|\.)(jwt|jsonwebtoken)\.(sign|encode)\w*$|\.SignedString$|(^|[._])(create|generate|issue|sign|make|new|open)_?((access|auth|jwt|id|session|user|bearer)_?)*(token|jwt|session)s?$`)

// givesToken is the call of a function that makes what somebody is let in by; empty where there is none.
func givesToken(fn *ir.Func) string {
	found := ""
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if name := dotted(e.X); e.Kind == ir.Call && found == "" && makesToken.MatchString(name) {
			found = name
		}
		return found == ""
	})
	return found
}

// called are a function and those that it leads to by their names.
func called(n *paths.Node, fn *ir.Func) []*ir.Func {
	out := []*ir.Func{fn}
	for i := 0; i < len(out); i++ {
		ir.Walk(out[i].Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call {
				for _, next := range calledByName(n, e) {
					if !slices.Contains(out, next) {
						out = append(out, next)
					}
				}
			}
			return true
		})
	}
	return out
}

// someName reports whether a name, a key or a short text of code is one of some.
func someName(body []*ir.Stmt, word *regexp.Regexp) bool {
	const longest = 60 // sentences for people tell nothing of what is done
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		switch e.Kind {
		case ir.Name, ir.Member:
			found = found || word.MatchString(e.Str)
		case ir.Const:
			found = found || len(e.Str) < longest && word.MatchString(e.Str)
		}
		found = found || slices.ContainsFunc(e.Keys, word.MatchString)
		return !found && !logs(e)
	})
	return found
}

// openly reports whether everyone can call a function by a route.
func openly(f *model.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool {
		return (t.Kind == model.TriggerHTTP || t.Kind == model.TriggerGraphQL) && t.Exposure == model.Public && !t.Off
	})
}

// unlimitedLogins are logins at which passwords can be tried without end.
func unlimitedLogins(w *work, n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		if next := askedForEver(fn); next != nil {
			out = append(out, spot{file: fn.File, at: next.At, fields: map[string]string{"call": "the challenge of a user pool"}})
		}
	}
	alone := w.app.Kind == model.Convention && len(n.Function.Triggers) == 0 // what stands before it is perhaps in another repository
	if !alone && !openly(n.Function) {
		return out
	}
	for _, l := range w.ask(n).logins {
		if !l.limitsAttempts(w, n) {
			out = append(out, spot{file: l.fn.File, at: l.check.At, fields: map[string]string{"call": l.name}, unsure: alone, trace: []finding.Step{
				{Place: finding.Place{Pos: w.position(l.fn.File, l.fn.Start)}, Message: "attempts come in here, as many as one likes"},
				{Place: finding.Place{Pos: w.position(l.fn.File, l.check.At)}, Message: "the password is checked"},
			}})
		}
	}
	return out
}

// unrecorded are logins whose failure leaves no trace.
func unrecorded(w *work, n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	out := unrecordedAnswers(n)
	for _, l := range w.ask(n).logins {
		if len(l.fails) == 0 || l.recorded(n) {
			continue
		}
		at := l.fails[0].At
		s := spot{file: l.fn.File, at: l.check.At, fields: map[string]string{"call": l.name}}
		s.trace = []finding.Step{
			{Place: finding.Place{Pos: w.position(l.fn.File, l.check.At)}, Message: "the password is checked"},
			{Place: finding.Place{Pos: w.position(l.fn.File, at)}, Message: "it is wrong, and nothing is written down"},
		}
		if !someCall(n, l.fn.File, l.fn.Body, recording(n), 0) {
			s.fields["others"] = "neither failed nor successful logins"
		} else {
			s.fields["others"] = "no failed logins"
		}
		out = append(out, s)
	}
	return out
}

// writesLog are the calls by which libraries for logs write a line, whatever the application calls its logger.
var writesLog = regexp.MustCompile(`^(log|log/slog|github_com/(sirupsen/logrus|rs/zerolog)|go_uber_org/zap|pino|winston|bunyan|log4js|loglevel|logging|structlog|loguru|aws_lambda_powertools|@aws-lambda-powertools/logger)[.(](.*\.)?(?i:log|logattrs|debug|info|warn|warning|error|fatal|panic|trace|notice|critical|exception|print|msg)(f|ln|w|Context)?$`)

// recording are calls that log, and those of services that keep or send something. A count of attempts ends them, and tells nobody later.
func recording(n *paths.Node) func(*ir.File, *ir.Expr) bool {
	kept := operations(n, func(u dataflow.Use) bool { return changes(u.Op) && !onlyCounts(u) })
	for _, c := range n.Result.Calls {
		if writesLog.MatchString(c.Ref) {
			kept[place{c.File, c.At}] = dataflow.Use{}
		}
	}
	written := func(file *ir.File, e *ir.Expr) bool {
		_, ok := kept[place{file, e.At}]
		return ok || logs(e)
	}
	heard := listenersIn(n)
	return func(file *ir.File, e *ir.Expr) bool { return written(file, e) || heard.hear(e, written) }
}

var (
	// attributes are the words of an update of DynamoDB that name what it changes.
	attributes = regexp.MustCompile(`(?:^|[\s,(=+-])([#A-Za-z_][\w.#]*)`)
	// ofUpdates are the words of the language of updates.
	ofUpdates = regexp.MustCompile(`(?i)^(set|add|remove|delete|if_not_exists|list_append)$`)
	// ofCounts are names of what counts attempts, or says until when there are no more.
	ofCounts = regexp.MustCompile(`(?i)attempts?$|tries$|_?count(er)?$|lock|block|^(failures|failed_?logins?|miss(es)?|strikes|guesses)$|^ttl$|expire`)
)

// onlyCounts reports whether an operation changes nothing but how often something was tried, and until when it cannot be tried again.
func onlyCounts(u dataflow.Use) bool {
	if u.Key != "dynamodb:UpdateItem" {
		return false
	}
	counts := false
	for _, m := range attributes.FindAllStringSubmatch(u.Params.At("UpdateExpression").Begins(), -1) {
		name := m[1]
		if ofUpdates.MatchString(name) {
			continue
		}
		if name[0] == '#' {
			name = u.Params.At("ExpressionAttributeNames").At(name).Begins()
		}
		if counts = ofCounts.MatchString(name); !counts {
			return false
		}
	}
	return counts
}

// logsRequests are packages that log each request with its answer.
var logsRequests = regexp.MustCompile(`^(morgan|express-winston|pino-http|koa-logger|koa-pino-logger|hono/logger|fastify-request-logger)$`)

// recorded reports whether a failed login is written down: where it fails, by what was logged before, or by what handles its error.
func (l *login) recorded(n *paths.Node) bool {
	is := recording(n)
	if slices.ContainsFunc(n.Result.Packages, logsRequests.MatchString) || someCall(n, l.fn.File, []*ir.Stmt{{Kind: ir.Eval, X: l.check}}, is, 0) { // what checks it says so itself
		return true
	}
	if someCall(n, l.fn.File, l.fails, is, 0) || throws(l.fails) && caught(n, thrownClass(l.fails), is) || l.loggedAbove(n, is) {
		return true
	}
	for _, fn := range append([]*ir.Func{l.fn}, l.callers...) {
		if l.alongside(n, fn.Body, is) || logsEvents(fn) {
			return true
		}
	}
	return false
}

// loggedAbove reports whether whoever gets the error of a failed login logs it where he asks for it: if err != nil, or case errors.Is(err,
// errWrongPassword), which is about the error that the login gives then.
func (l *login) loggedAbove(n *paths.Node, is func(*ir.File, *ir.Expr) bool) bool {
	if l.fn.File.Language != ir.Go || !l.fn.Fails || !returnsErrors(l.fails) {
		return false
	}
	given := map[string]bool{}
	for _, e := range returnedIn(l.fails) {
		ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
			given[lastName(x)] = true
			return true
		})
	}
	for _, c := range callsOf(n, l.fn) {
		found := false
		ir.Walk(c.fn.Body, func(s *ir.Stmt) bool {
			asks := s.Kind == ir.If && s.X.At > c.call.At && (saysFailed(s.X) || isCertainError(s.X) && given[lastName(s.X.List[1])])
			found = found || asks && someCall(n, c.fn.File, s.Body, is, 0)
			return !found && !asks
		}, nil)
		if found {
			return true
		}
	}
	return false
}

func throws(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Throw
		return !found
	}, nil)
	return found
}

// caught reports whether anything that handles errors logs those of a class: the wrapper of a handler too.
func caught(n *paths.Node, class string, is func(*ir.File, *ir.Expr) bool) bool {
	k := kindsIn(n)
	for _, fn := range n.Result.Reached {
		found := false
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			found = found || s.Kind == ir.Try && someCall(n, fn.File, k.handling(s.Else, fn.File.Language, class), is, 0)
			return !found
		}, nil)
		if found || handlesErrors(fn) && someCall(n, fn.File, k.handling(fn.Body, fn.File.Language, class), is, 0) { // (error, result) => ...
			return true
		}
	}
	return false
}

// alongside reports whether something is logged on the way that all logins take: not in a branch, and not after what decides.
func (l *login) alongside(n *paths.Node, body []*ir.Stmt, is func(*ir.File, *ir.Expr) bool) bool {
	for _, s := range body {
		switch s.Kind {
		case ir.If:
			if s == l.decides {
				return false
			}
			if l.alongsideIn(s) && (l.alongside(n, s.Body, is) || l.alongside(n, s.Else, is)) {
				return true
			}
		case ir.Try:
			if l.alongside(n, s.Body, is) || logsMore(s.Final) {
				return true
			}
		case ir.Block, ir.Loop:
			if l.alongside(n, s.Body, is) {
				return true
			}
		default:
			found := false
			ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
				found = found || logs(e) || l.tellsResult(n, e, is)
				return !found && e.Kind != ir.Lambda
			})
			if found {
				return true
			}
		}
	}
	return false
}

// tellsResult reports whether a call hands on what the check has found to a function that writes it down: d.recorder.Attempt(worker, ip, ok).
func (l *login) tellsResult(n *paths.Node, e *ir.Expr, is func(*ir.File, *ir.Expr) bool) bool {
	if e.Kind != ir.Call || e == l.check || !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Name && l.results[x.Str] }) {
		return false
	}
	return is(l.fn.File, e) || slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool {
		return !counting.MatchString(fn.Name) && someCall(n, fn.File, fn.Body, is, 1) || counting.MatchString(fn.Name) && firstLog(fn.Body) != nil
	})
}

// ofTime are names of what says when something was, or how long it took.
var ofTime = regexp.MustCompile(`(?i)^(elapsed|duration|took|start|end|now|time|date|performance|math|round|process|perf_counter|toFixed|hrtime|ms|latency)$|(elapsed|duration|latency|_?time|_?ms)$`)

// logsMore reports whether statements log something besides how long it took, as is done in the end whatever happened.
func logsMore(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if found || e.Kind == ir.Lambda {
			return false
		}
		if logs(e) {
			found = slices.ContainsFunc(e.List, namesMore)
		}
		return !found
	})
	return found
}

// namesMore reports whether an expression names something besides times.
func namesMore(e *ir.Expr) bool {
	more := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		if x.Kind == ir.Name || x.Kind == ir.Member {
			more = more || !ofTime.MatchString(x.Str)
		}
		return !more
	})
	return more
}

// alongsideIn reports whether a branch leads to the login: what a router does for other routes tells nothing.
func (l *login) alongsideIn(s *ir.Stmt) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, func(x *ir.Stmt) bool {
		found = found || x == l.decides
		return !found
	}, func(e *ir.Expr) bool {
		found = found || e == l.check || e.Kind == ir.Call && l.fn.Name != "" && lastName(e.X) == l.fn.Name
		return !found
	})
	return found
}

// logsEvents reports whether a middleware logs each event of a function.
func logsEvents(fn *ir.Func) bool {
	for _, d := range fn.Decorators {
		if slices.Contains(d.Keys, "log_event") {
			return true
		}
	}
	return strings.Contains(string(fn.File.Tree.Source), "logEvent: true")
}
