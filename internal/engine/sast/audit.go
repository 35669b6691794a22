package sast

import (
	"cmp"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// withoutOrigin are failed logins that are logged without a word of where they came from.
func withoutOrigin(w *work, n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	var out []spot
	for _, l := range slices.Concat(w.ask(n).logins, poolLogins(n)) {
		file, logged := l.fn.File, l.firstRecord(n)
		if logged == nil && !l.pool {
			file, logged = l.loggedLater(n)
		}
		if logged == nil {
			continue
		}
		given := map[string]bool{}
		tells := func(fn *ir.Func) bool {
			if !tellsOriginBefore(fn, endOfRefusal(fn.Body, logged)) {
				return false
			}
			names, only := l.handsOrigin(n, fn)
			for _, name := range names {
				given[name] = true
			}
			return !only
		}
		if !slices.ContainsFunc(l.callers, tells) && !l.tellsOrigin(n, given) {
			out = append(out, spot{file: file, at: logged.At, fields: map[string]string{"call": l.name}})
		}
	}
	return out
}

// failedLogin is what lines of logs say of a login that failed.
var failedLogin = regexp.MustCompile(`(?i)(log[ _-]?in|sign[ _-]?in|authenticat\w*|credentials?|password)\b.*\b(fail|refused|denied|wrong|invalid|incorrect|reject)|\b(failed|refused|denied|wrong|invalid|incorrect|rejected)\b.*\b(log[ _-]?in|sign[ _-]?in|authenticat|credential|password)`)

// loggedLater is the line that those who called a login write where it failed, and the file that it stands in: a text that says so, or what
// they write where they catch the error that the login throws.
func (l *login) loggedLater(n *paths.Node) (*ir.File, *ir.Expr) {
	thrown, class, k := throws(l.fails), thrownClass(l.fails), kindsIn(n)
	for _, fn := range l.callers {
		var first *ir.Expr
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			if thrown && s.Kind == ir.Try && first == nil && l.calledIn(n, s.Body) {
				first = firstLog(k.handling(s.Else, fn.File.Language, class))
			}
			return first == nil
		}, func(e *ir.Expr) bool {
			if first == nil && logs(e) && slices.ContainsFunc(e.List, saysLoginFailed) {
				first = e
			}
			return first == nil && e.Kind != ir.Lambda
		})
		if first != nil {
			return fn.File, first
		}
	}
	return nil, nil
}

// calledIn reports whether statements call the login, or what leads to it.
func (l *login) calledIn(n *paths.Node, body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { return fn == l.fn || slices.Contains(l.callers, fn) })
		return !found
	})
	return found
}

// saysLoginFailed reports whether an argument of a logger is a text which says that a login failed.
func saysLoginFailed(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Const:
		return failedLogin.MatchString(e.Str)
	case ir.Template, ir.Object: // {message: "login failed"}
		return slices.ContainsFunc(e.List, saysLoginFailed)
	case ir.Binary:
		return saysLoginFailed(e.X) || e.Y != nil && saysLoginFailed(e.Y)
	}
	return false
}

func firstLog(body []*ir.Stmt) *ir.Expr {
	var first *ir.Expr
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if first == nil && logs(e) {
			first = e
		}
		return first == nil
	})
	return first
}

var (
	origin = regexp.MustCompile(`(?i)source_?ip|x-forwarded-for|forwarded|remote_?addr|client_?ip|ip_?address|^ip$|user_?agent|user-agent|inject_?lambda_?context|append_?keys|appendKeys|addContext|add_?context`)
	events = regexp.MustCompile(`^(event|req|request|evt|app\.current_event)$`)
)

// inside reports whether an expression stands in statements.
func inside(body []*ir.Stmt, e *ir.Expr) bool {
	found := false
	ir.Walk(body, nil, func(x *ir.Expr) bool {
		found = found || x == e
		return !found
	})
	return found
}

// tellsOrigin reports whether a function knows where a request comes from, or logs it as a whole.
func tellsOrigin(fn *ir.Func) bool { return tellsOriginBefore(fn, fn.End) }

// tellsOriginBefore is tellsOrigin with the logs that are written before a place.
func tellsOriginBefore(fn *ir.Func, end int32) bool {
	if someName(fn.Body, origin) || knowsOrigin(fn) {
		return true
	}
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || logs(e) && (e.At < end || makesLogger(e)) && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return namesOrigin(x, nil) })
		return !found
	})
	return found
}

// makesLogger reports whether a call of a logger gives another one: log.With().Str("ip", ip).Logger()
func makesLogger(e *ir.Expr) bool {
	return slices.ContainsFunc(strings.Split(dotted(e.X), "."), addsToLines.MatchString)
}

// endOfRefusal is where the branch of a function ends that writes a line and lets nobody on: what stands behind it is about those who got in.
// Where there is no such branch, it is the end of all.
func endOfRefusal(body []*ir.Stmt, logged *ir.Expr) int32 {
	end := int32(math.MaxInt32)
	ir.Walk(body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && ir.Ends(s.Body) && inside(s.Body, logged) {
			end = s.Body[len(s.Body)-1].At
		}
		return true
	}, nil)
	return end
}

// knowsOrigin reports whether each line of the log of a function has what the request was.
func knowsOrigin(fn *ir.Func) bool {
	return logsEvents(fn) || slices.ContainsFunc(fn.Decorators, func(d *ir.Expr) bool { return origin.MatchString(dotted(d)) })
}

// namesOrigin reports whether an expression says where a request comes from, by a name that says so or one of some, or is the request as a whole.
func namesOrigin(e *ir.Expr, names map[string]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		switch x.Kind {
		case ir.Name, ir.Member:
			found = found || events.MatchString(dotted(x)) || origin.MatchString(x.Str) || x.Kind == ir.Name && names[x.Str]
		case ir.Const:
			found = found || origin.MatchString(x.Str)
		}
		found = found || slices.ContainsFunc(x.Keys, origin.MatchString)
		return !found && x.Kind != ir.Member
	})
	return found
}

var (
	// counting is how calls and functions are named that only count or limit attempts.
	counting = regexp.MustCompile(`(?i)limit|throttl|attempt|tries|too_?many|lock|brute|bucket|block|counter`)
	// addsToLines are methods of loggers that put something into each line that comes after.
	addsToLines = regexp.MustCompile(`(?i)^(child|bind|with|with_?fields?|with_?context|(append|add|set|put)_?\w*(keys?|fields?|context|tags?|user))$`)
)

// tellsOrigin reports whether the function that decides hands on where a request comes from before it decides, or where the password is wrong:
// to a log, or to anything but a limit of attempts. What is written down of logins that succeed says nothing of the others. given are the names of
// parameters that hold it.
func (l *login) tellsOrigin(n *paths.Node, given map[string]bool) bool {
	if knowsOrigin(l.fn) {
		return true
	}
	names := originNames(l.fn, func(*ir.Expr) bool { return false })
	maps.Copy(names, given)
	for _, name := range madeForRequest(n, l.fn) {
		names[name] = true
	}
	found, refusing, line := false, l.refusing(n), writingLines(n)
	call := func(e *ir.Expr, alone bool) {
		if e.Kind != ir.Call || e.At > l.check.At && !inside(l.fails, e) && !inside(refusing, e) || counting.MatchString(dotted(e.X)) {
			return
		}
		found = found || names[rootOf(e.X)] && (line(l.fn.File, e) || slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { // what writes it down was made with it
			return someCall(n, fn.File, fn.Body, line, 1) || slices.ContainsFunc(called(n, fn), func(f *ir.Func) bool { return keepsTrail(n, f) })
		}))
		given := (alone || logs(e) || addsToLines.MatchString(lastName(e.X))) && slices.ContainsFunc(append(slices.Clone(e.List), e), func(x *ir.Expr) bool {
			return namesOrigin(x, names)
		}) && !leavesOriginOut(n, e, names)
		found = found || given || origin.MatchString(lastName(e.X)) || slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool {
			return !counting.MatchString(fn.Name) && !leavesOut(fn, e) && slices.ContainsFunc(called(n, fn), func(f *ir.Func) bool { return (firstLog(f.Body) != nil || keepsTrail(n, f)) && tellsOrigin(f) })
		})
	}
	ir.Walk(l.fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && s != l.decides && s.At < l.check.At && ir.Ends(s.Body) && len(s.Else) == 0 && !inside([]*ir.Stmt{s}, l.check) { // it is refused before
			return false
		}
		if s.Kind == ir.Eval && ir.Awaited(s.X) != nil {
			call(ir.Awaited(s.X), true)
		}
		found = found || (s.Kind == ir.Throw || s.Kind == ir.Return) && slices.Contains(l.fails, s) && s.X != nil && namesOrigin(s.X, names)
		return !found
	}, func(e *ir.Expr) bool {
		call(e, false)
		return !found
	})
	return found
}

// originNames are the names of a function that hold where a request comes from. What some calls give is something else, whatever they are given.
func originNames(fn *ir.Func, but func(call *ir.Expr) bool) map[string]bool {
	names := map[string]bool{}
	for range 2 { // what holds what holds it
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.Y != nil && but(ir.Awaited(e.Y)) {
				return false
			}
			if e.Kind == ir.Assign && e.Y != nil && someName([]*ir.Stmt{{Kind: ir.Eval, X: e}}, origin) || e.Kind == ir.Assign && contains(e.Y, nil, names) {
				for _, name := range namesIn(e.X) {
					names[name] = true
				}
			}
			return e.Kind != ir.Lambda
		})
	}
	return names
}

var (
	changesAccount = regexp.MustCompile(`(?i)^_?(handle_?|post_?|put_?|patch_?)?(change|reset|update|set|assign|grant|revoke|promote)_?(the_?|my_?|own_?)?((user|member|account|customer|admin|staff|employee|profile|login)_?s?_?)?(password|passwd|pwd|e?_?mail|email_?address|role|roles|mfa|permissions?)(_?(handler|route|controller|service|use_?case|command|action))?$|^_?(handle_?)?(delete|remove|close|deactivate|disable|update)_?(the_?|my_?)?(user|account|user_?account)(_?from_?[a-z]+)?(_?(handler|route|controller|service|use_?case|command|action))?$`)
	performs       = regexp.MustCompile(`(?i)^(execute|handle|run|invoke|perform|process|call|handler|exec)(Async)?$`)
	auditing       = regexp.MustCompile(`(?i)audit|history|activity|activities|log|event|notif|trail`)
)

// unrecordedChanges are changes of accounts of which nothing is written down besides the change.
func unrecordedChanges(w *work, n *paths.Node) []spot {
	if n.Result.Cut || !answersRequests(n.Function) && !writtenForRequests(n) && n.Result.Routes == 0 || slices.ContainsFunc(n.Result.Packages, logsRequests.MatchString) {
		return nil
	}
	writes := operations(n, func(u dataflow.Use) bool {
		return keepsItem(u) && !holdsTrail(n, u) || setsAttributes.MatchString(u.Key)
	})
	others := operations(n, func(u dataflow.Use) bool {
		return changes(u.Op) && !ofPool.MatchString(u.Key) && (!keepsItem(u) || holdsTrail(n, u))
	})
	extended := extendedCalls(n)
	for _, c := range n.Result.Calls {
		switch {
		case extended[place{c.File, c.At}]:
		case c.DoesAny(dataflow.Writes) && keepsHistory(c):
			others[place{c.File, c.At}] = dataflow.Use{}
		case c.DoesAny(dataflow.Writes):
			writes[place{c.File, c.At}] = dataflow.Use{}
		case c.DoesAny(dataflow.Sends, dataflow.Calls):
			others[place{c.File, c.At}] = dataflow.Use{}
		}
	}
	var out []spot
	told := map[place]bool{}
	parts := accountParts(n, writes)
	for _, at := range slices.SortedFunc(maps.Keys(parts), byPlace) {
		fn, what := inner(n, at), parts[at]
		if fn == nil || isRecorded(n, fn, others, at) {
			continue
		}
		told[at] = true
		for _, p := range sayWhat(n, fn, what, at) {
			told[p] = true
			out = append(out, spot{file: p.file, at: p.at, fields: map[string]string{"call": "its " + what}})
		}
	}
	for _, c := range n.Result.Calls {
		at := place{c.File, c.At}
		if fn := inner(n, at); fn != nil && !told[at] && changesAccountOf(c) && !isRecorded(n, fn, others, at) {
			told[at] = true
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": lastName(c.Expr.X)}})
		}
	}
	for _, u := range n.Result.Uses {
		at := place{u.File, u.At}
		fn := inner(n, at)
		if fn == nil || !changesPool.MatchString(u.Key) || isRecorded(n, fn, others, at) {
			continue
		}
		if at = topOf(n, fn, at); !told[at] {
			told[at] = true
			out = append(out, spot{file: at.file, at: at.at, fields: map[string]string{"call": operationName(u)}})
		}
	}
	for _, fn := range n.Result.Reached {
		if !isAccountChange(n, fn) && !makesAccount(n, fn) {
			continue
		}
		write, ok := writesIn(called(n, fn), writes)
		if !ok || isRecorded(n, fn, others, write) || leadsToAnother(n, fn, write) {
			continue
		}
		at := seenFrom(n, fn, write)
		if !told[at] {
			told[at] = true
			out = append(out, spot{file: at.file, at: at.at, fields: map[string]string{"call": accountChange(fn)}})
		}
	}
	return out
}

var (
	// ofPool are calls of user pools by which others than the user himself change an account, changesPool those that change what it may do, or
	// by what somebody signs in.
	ofPool = regexp.MustCompile(`^cognito-id(entity-provider|p):Admin`)
	// setsAttributes is a call of a user pool that changes anything of an account: what that is, the name of a function says.
	setsAttributes = regexp.MustCompile(`^cognito-id(entity-provider|p):AdminUpdateUserAttributes$`)
	changesPool    = regexp.MustCompile(`^cognito-id(entity-provider|p):Admin(AddUserToGroup|RemoveUserFromGroup|DisableUser|EnableUser|DeleteUser|SetUserPassword|ResetUserPassword|SetUserMFAPreference)$`)
)

// topOf is where a change of a user pool is told of: in the function that calls one which changes an account by its name, or else where it stands.
func topOf(n *paths.Node, fn *ir.Func, at place) place {
	if isAccountChange(n, fn) {
		if caller, call := calledIn(n, fn); caller != nil {
			return place{caller.File, call.At}
		}
	}
	return at
}

var (
	// ofFirebase are calls by which a server changes who is who at Firebase, and those that do so only with some of what they are given.
	ofFirebase = regexp.MustCompile(`^firebase[-_]admin\b.*\.(setCustomUserClaims|set_custom_user_claims|deleteUsers?|delete_users?|updateUser|update_user)$`)
	perhapsSo  = regexp.MustCompile(`^update_?[uU]ser$`)
	ofSigning  = regexp.MustCompile(`^(password|email|disabled|custom_claims)$`)
)

// changesAccountOf reports whether a call changes by what somebody signs in, or what an account may do, at a service that has the accounts.
func changesAccountOf(c dataflow.Called) bool {
	return ofFirebase.MatchString(c.Ref) && (!perhapsSo.MatchString(lastName(c.Expr.X)) ||
		someName([]*ir.Stmt{{Kind: ir.Eval, X: &ir.Expr{Kind: ir.Array, List: c.Expr.List}}}, ofSigning) || slices.ContainsFunc(c.Expr.Keys, ofSigning.MatchString))
}

var (
	// insertsInto is a statement that adds to a table, with its name; ofHistory are words in names of tables that hold what was done.
	insertsInto = regexp.MustCompile("(?i)^\\s*insert\\s+into\\s+[\\[\"`]?([\\w.\"`\\[\\]]+)")
	ofHistory   = regexp.MustCompile(`(?i)(^|[^a-z])(audit|audits|history|logs?|events?|activity|activities|trail|journal)([^a-z]|$)`)
	adding      = regexp.MustCompile(`^(insert|insertOne|insert_one|insertMany|insert_many|insertInto|InsertOne|InsertMany|create|createMany|Create|add|add_all|save|Save)$`)
)

// keepsHistory reports whether a call adds to what was done, and changes nothing: it inserts into a table whose name says so.
func keepsHistory(c dataflow.Called) bool {
	if m := insertsInto.FindStringSubmatch(c.Statement); m != nil {
		return ofHistory.MatchString(apart(m[1]))
	}
	if !adding.MatchString(lastName(c.Expr.X)) {
		return false
	}
	found := false
	says := func(e *ir.Expr) bool {
		found = found || (e.Kind == ir.Name || e.Kind == ir.Member || e.Kind == ir.Const && !e.Bare) && ofHistory.MatchString(apart(e.Str))
		return !found && e.Kind != ir.Lambda
	}
	ir.WalkExpr(c.Expr.X, nil, says) // prisma.accountEvent.create, db("account_log").insert
	for _, x := range c.Expr.List {
		if x.Kind == ir.Call || x.Kind == ir.Object { // session.add(AccountEvent(...)), db.Create(AccountEvent{...})
			ir.WalkExpr(x.X, nil, says)
		}
	}
	return found
}

// humps are where a new word begins in a name: accountEvent.
var humps = regexp.MustCompile(`([a-z])([A-Z])`)

// apart is a name with its words apart.
func apart(name string) string { return humps.ReplaceAllString(name, "${1}_$2") }

// sayWhat are the places that say which attribute is changed: the calls of other files where a function changes what it is told to, or what
// it does itself.
func sayWhat(n *paths.Node, fn *ir.Func, attribute string, at place) []place {
	var out []place
	named := regexp.MustCompile("^:?#?" + regexp.QuoteMeta(attribute) + "$|\\b" + regexp.QuoteMeta(attribute) + "\\s*=")
	for _, caller := range n.Result.Reached {
		if caller.File == fn.File || !someName(caller.Body, named) {
			continue
		}
		ir.Walk(caller.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && lastName(e.X) == fn.Name && slices.Contains(calledByName(n, e), fn) {
				out = append(out, place{caller.File, e.At})
			}
			return e.Kind != ir.Lambda
		})
	}
	if len(out) == 0 {
		return []place{at}
	}
	return out
}

// leadsToAnother reports whether a function leads to what it writes by another one that changes an account: that is told of.
func leadsToAnother(n *paths.Node, fn *ir.Func, write place) bool {
	return slices.ContainsFunc(called(n, fn)[1:], func(next *ir.Func) bool {
		if !isAccountChange(n, next) && !makesAccount(n, next) {
			return false
		}
		return slices.ContainsFunc(called(n, next), func(f *ir.Func) bool { return encloses(f, write) })
	})
}

func byPlace(a, b place) int {
	return cmp.Or(strings.Compare(a.file.Path, b.file.Path), cmp.Compare(a.at, b.at))
}

// isAccountChange reports whether a function is called after a change of an account, or its class where its own name says nothing.
func isAccountChange(n *paths.Node, fn *ir.Func) bool {
	return changesAccount.MatchString(fn.Name) || performs.MatchString(fn.Name) && fn.Class != nil && changesAccount.MatchString(fn.Class.Name) ||
		changesAccount.MatchString(n.Function.Name) && fn.Name != "" && fn.Name == n.Function.Code.Symbol
}

// newAccount is what functions are called that make an account.
var newAccount = regexp.MustCompile(`(?i)^_?(handle_?|post_?)?(register|sign_?up|create|add|insert|post)(_?(a_?)?(new_?)?(user|member|account|customer|admin|staff|employee)s?)?(_?(handler|route|controller|service|use_?case|command|action|account))?$`)

// unnamedAccount are names that do not say of whom an account is made.
var unnamedAccount = regexp.MustCompile(`(?i)^_?(handle_?|post_?)?(register|sign_?up)(_?(handler|route|controller|service|use_?case|command|action))?$`)

// bare are names of such functions that say of nothing what they make.
var bare = regexp.MustCompile(`(?i)^_?(handle_?)?(create|add|insert|post)(_?(handler|route|controller|service|use_?case|command|action))?$`)

// makesAccount reports whether a function makes an account: it is called so, and there is a password or a role in what it does.
func makesAccount(n *paths.Node, fn *ir.Func) bool {
	named := func(name string) bool { return newAccount.MatchString(name) && !bare.MatchString(name) }
	if !named(fn.Name) && !(performs.MatchString(fn.Name) && fn.Class != nil && named(fn.Class.Name)) {
		return false
	}
	bareName := unnamedAccount.MatchString(fn.Name) // of a device, perhaps, which has a role too
	return slices.ContainsFunc(called(n, fn), func(f *ir.Func) bool {
		return someName(f.Body, passwordName) || !bareName && someName(f.Body, ofAccount)
	})
}

// seenFrom is where a function writes something: at the call by which it does so where the writing itself is in another file.
func seenFrom(n *paths.Node, fn *ir.Func, write place) place {
	if encloses(fn, write) {
		return write
	}
	at, found := write, false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && !found {
			found = slices.ContainsFunc(calledByName(n, e), func(next *ir.Func) bool {
				return next.File != fn.File && slices.ContainsFunc(called(n, next), func(f *ir.Func) bool { return encloses(f, write) })
			})
			if found {
				at = place{fn.File, e.At}
			}
		}
		return !found
	})
	return at
}

// isRecorded reports whether a function, what it calls or what calls it writes something down besides what it changes.
func isRecorded(n *paths.Node, fn *ir.Func, others map[place]dataflow.Use, done place) bool {
	above := callersOf(n, fn)
	return slices.ContainsFunc(calledUnrefused(n, fn, done), func(f *ir.Func) bool { return logsEvents(f) || noted(f, others, done) }) ||
		slices.ContainsFunc(above, func(f *ir.Func) bool {
			return logsEvents(f) || notedBy(f, others, done, tellsMore, onlyForOthers(n, fn, f))
		}) ||
		tellsListeners(n, append(called(n, fn), above...)) ||
		slices.ContainsFunc(above, func(fn *ir.Func) bool { return leavesRecord(n, fn, others) })
}

// calledUnrefused are a function and those that it leads to by their names, without those that are called only where somebody is turned away before
// it is done: what they write down is that nothing was changed.
func calledUnrefused(n *paths.Node, fn *ir.Func, done place) []*ir.Func {
	out := []*ir.Func{fn}
	for i := 0; i < len(out); i++ {
		f := out[i]
		follow := func(e *ir.Expr) bool {
			if e.Kind == ir.Call {
				for _, next := range calledByName(n, e) {
					if !slices.Contains(out, next) {
						out = append(out, next)
					}
				}
			}
			return true
		}
		ir.Walk(f.Body, func(s *ir.Stmt) bool {
			if !turnsAway(f, s, done) {
				return true
			}
			ir.WalkExpr(s.X, nil, follow)
			return false
		}, follow)
	}
	return out
}

// turnsAway reports whether a statement is a condition that ends what is tried: in the function that does it, before that; in others, by an error.
func turnsAway(f *ir.Func, s *ir.Stmt, done place) bool {
	if s.Kind != ir.If || len(s.Else) > 0 || !ir.Ends(s.Body) {
		return false
	}
	if encloses(f, done) {
		return s.At < done.at && !holds(s, done.at)
	}
	return s.Body[len(s.Body)-1].Kind == ir.Throw
}

// keepsRecord is what functions are called, or the files that they are in, that write down what was done.
var keepsRecord = regexp.MustCompile(`(?i)audit|(^|_)record|history|trail|journal`)

// leavesRecord reports whether a function calls another one that writes down what was done, by its name: a decorator, behind what it decorates.
func leavesRecord(n *paths.Node, fn *ir.Func, others map[place]dataflow.Use) bool {
	return someCall(n, fn.File, fn.Body, func(_ *ir.File, e *ir.Expr) bool {
		return slices.ContainsFunc(calledByName(n, e), func(f *ir.Func) bool {
			return (keepsRecord.MatchString(f.Name) || keepsRecord.MatchString(path.Base(f.File.Path))) && noted(f, others, place{})
		})
	}, deepestCalls)
}

// accountChange is what a function that changes an account is called, or its class where its own name says nothing.
func accountChange(fn *ir.Func) string {
	if performs.MatchString(fn.Name) && fn.Class != nil {
		return fn.Class.Name
	}
	return strings.TrimLeft(fn.Name, "_")
}

// answersRequests reports whether a function has a route.
func answersRequests(f *model.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return t.Kind == model.TriggerHTTP || t.Kind == model.TriggerGraphQL })
}

// keepsItem reports whether an operation changes or removes an item of a table.
func keepsItem(u dataflow.Use) bool {
	return u.Key == "dynamodb:UpdateItem" || u.Key == "dynamodb:PutItem" || u.Key == "dynamodb:DeleteItem"
}

func writesIn(all []*ir.Func, writes map[place]dataflow.Use) (place, bool) {
	for _, fn := range all {
		at, ok := place{}, false
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if p := (place{fn.File, e.At}); e.Kind == ir.Call && !ok {
				if _, ok = writes[p]; ok {
					at = p
				}
			}
			return !ok
		})
		if ok {
			return at, true
		}
	}
	return place{}, false
}

// noted reports whether a function logs something, or hands something on, other than an error that it handles and what it refuses: done is
// what it may tell of.
func noted(fn *ir.Func, others map[place]dataflow.Use, done place) bool {
	return notedBy(fn, others, done, tellsMore, nil)
}

func tellsMore(e *ir.Expr) bool { return !fixedLine(e) }

// notedBy is noted, with what a line says that counts, and the conditions that decide on nothing that counts.
func notedBy(fn *ir.Func, others map[place]dataflow.Use, done place, tells func(*ir.Expr) bool, but func(*ir.Stmt) bool) bool {
	found := false
	var look func(body []*ir.Stmt)
	look = func(body []*ir.Stmt) {
		ir.Walk(body, func(s *ir.Stmt) bool {
			if s.Kind == ir.If && ir.Ends(s.Body) && len(s.Else) == 0 && (done.file != fn.File || !holds(s, done.at)) { // it is refused
				return false
			}
			if s.Kind == ir.Try {
				look(s.Body)
				found = found || logsMore(s.Final)
				return false
			}
			if s.Kind == ir.If && (saysFailed(s.X) || asksError(s.X) || but != nil && but(s)) {
				look(s.Else)
				return false
			}
			return !found
		}, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && e.X != nil && e.X.Kind == ir.Member && e.X.Str == "catch" {
				ir.WalkExpr(e.X.X, nil, func(x *ir.Expr) bool {
					found = found || logs(x)
					return !found
				})
				return false
			}
			_, ok := others[place{fn.File, e.At}]
			found = found || logs(e) && !forDebugging(e) && tells(e) || ok && e.Kind == ir.Call
			return !found
		})
	}
	look(fn.Body)
	return found
}

// debugLine is what loggers call the lines that they leave out unless they are asked for them.
var debugLine = regexp.MustCompile(`(?i)^(debug(f|w|ln|context)?|trace(f|ln)?|silly|verbose)$`)

// forDebugging reports whether a call writes a line that is left out where nobody looks for a mistake: it records nothing. The console writes all,
// and so does a logger of chained calls, as zerolog comes.
func forDebugging(e *ir.Expr) bool {
	return e.Kind == ir.Call && e.X != nil && e.X.Kind == ir.Member && debugLine.MatchString(e.X.Str) && dotted(e.X.X) != "console" && len(e.List) > 0
}

// asksError reports whether a condition of Go is that something failed in a certain way: errors.Is(err, errLocked), errors.As(err, &refused).
func asksError(e *ir.Expr) bool {
	if e == nil || e.Kind != ir.Call || len(e.List) == 0 {
		return false
	}
	name := dotted(e.X)
	return (name == "errors.Is" || name == "errors.As") && errorName.MatchString(lastName(e.List[0]))
}

// plainOutput is how lines are written that have nothing but what they are given.
var plainOutput = regexp.MustCompile(`^(print|console\.\w+|fmt\.(Print|Fprint)\w*)$`)

// fixedLine reports whether a line says the same whatever was done: it tells of nobody and nothing.
func fixedLine(e *ir.Expr) bool {
	return plainOutput.MatchString(dotted(e.X)) && !slices.ContainsFunc(e.List, varies)
}

// ofPayment are words of a line that says that money was moved, or for what.
var ofPayment = regexp.MustCompile(`(?i)pa(y|id)|charg|refund|captur|transfer|money|bill|order|invoice|purchas|subscri|settle|debit|credit|donat|book|checkout|transaction|success|complet|done`)

// tellsOfPayment reports whether a line that is logged tells of a payment: it holds something by which one is known from others, or says that
// there was one. How many of something there are tells of none.
func tellsOfPayment(e *ir.Expr) bool {
	if fixedLine(e) {
		return false
	}
	return slices.ContainsFunc(e.List, variesByMore) || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Const && ofPayment.MatchString(x.Str) })
}

// variesByMore reports whether an expression is not the same each time, in more than how many of something there are.
func variesByMore(e *ir.Expr) bool {
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Member && e.Str == "length", e.Kind == ir.Call && dotted(e.X) == "len":
		return false
	case e.Kind == ir.Template, e.Kind == ir.Object, e.Kind == ir.Array, e.Kind == ir.Call && len(e.List) > 0:
		return slices.ContainsFunc(e.List, variesByMore)
	case e.Kind == ir.Binary:
		return variesByMore(e.X) || variesByMore(e.Y)
	}
	return varies(e)
}

// varies reports whether an expression is not the same each time.
func varies(e *ir.Expr) bool {
	switch {
	case e == nil || e.Kind == ir.Const:
		return false
	case e.Kind == ir.Template, e.Kind == ir.Object, e.Kind == ir.Array, e.Kind == ir.Call && len(e.List) > 0:
		return slices.ContainsFunc(e.List, varies)
	case e.Kind == ir.Binary:
		return varies(e.X) || varies(e.Y)
	}
	return true
}

// unrecordedPayments are payments of which nothing is kept and nothing logged, or which only change a state where the application has a trail
// of what was done.
func unrecordedPayments(w *work, n *paths.Node) []spot {
	if n.Result.Cut || slices.ContainsFunc(n.Result.Packages, durable.MatchString) {
		return nil
	}
	recorded := func(c dataflow.Called) bool {
		return slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool {
			return logsEvents(fn) || !handlesErrors(fn) && notedBy(fn, nil, place{c.File, c.At}, tellsOfPayment, nil)
		})
	}
	if slices.ContainsFunc(n.Result.Uses, func(u dataflow.Use) bool { return changes(u.Op) }) || slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool { return storesElsewhere(n, c) && !isOperation(n, c.File, c.Expr) }) {
		if !onlyChangesState(n) || !w.keepsTrail() {
			return nil
		}
		recorded = func(c dataflow.Called) bool { return onTrail(n, place{c.File, c.At}) }
	}
	var out []spot
	for _, c := range n.Result.Calls {
		if !movesMoney(n, c) || recorded(c) {
			continue
		}
		name := c.Ref
		if c.File.Language == ir.Go { // charge.New
			name = name[strings.LastIndexByte(name, '/')+1:]
		}
		out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": name}})
	}
	return out
}

var (
	ofTrail    = regexp.MustCompile(`(?i)(^|[^a-z])audits?([^a-z]|$)`)
	ofState    = regexp.MustCompile(`(?i)^\s*(update|select|begin|start\s+transaction|commit|rollback|set)\b`)
	transacted = regexp.MustCompile(`(?i)\.(commit|rollback)(\(\))?$`)
)

// keepsTrail reports whether a function of the application adds to a table that is called a trail of what was done.
func (w *work) keepsTrail() bool {
	return slices.ContainsFunc(w.nodes, func(n *paths.Node) bool {
		return slices.ContainsFunc(n.Result.Uses, func(u dataflow.Use) bool {
			return u.Key == "dynamodb:PutItem" && ofTrail.MatchString(apart(table(n, u)))
		}) || slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool {
			return c.DoesAny(dataflow.Writes) && keepsHistory(c) && ofTrail.MatchString(apart(textBetween(c.File, c.Expr.At, c.Expr.End)))
		})
	})
}

// onlyChangesState reports whether a function keeps nothing new, and only changes what records say that are there.
func onlyChangesState(n *paths.Node) bool {
	return !slices.ContainsFunc(n.Result.Uses, func(u dataflow.Use) bool { return changes(u.Op) && u.Key != "dynamodb:UpdateItem" }) &&
		!slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool {
			return storesElsewhere(n, c) && !isOperation(n, c.File, c.Expr) && !strings.HasPrefix(c.Ref, "@aws-sdk/") && !ofState.MatchString(c.Statement) && !transacted.MatchString(c.Ref)
		})
}

// onTrail reports whether something is written down on the way to a place, or by what is called there. Who is given nothing knows nothing of it.
func onTrail(n *paths.Node, p place) bool {
	fn := inner(n, p)
	if fn == nil {
		return true
	}
	above := callersOf(n, fn)
	below := slices.DeleteFunc(called(n, fn)[1:], func(f *ir.Func) bool { return len(f.Params) == 0 && f.Class == nil })
	return slices.ContainsFunc(slices.Concat([]*ir.Func{fn}, above, below), func(f *ir.Func) bool { return logsEvents(f) || noted(f, nil, p) }) ||
		slices.ContainsFunc(append(above, fn), func(f *ir.Func) bool { return leavesRecord(n, f, nil) })
}

// durable are packages of durable functions, whose steps are kept with what they gave.
var durable = regexp.MustCompile(`durable[-_]execution`)

// handlesErrors reports whether a function gets an error first, as those that frameworks call when something went wrong.
func handlesErrors(fn *ir.Func) bool {
	return len(fn.Params) > 0 && fn.Params[0].Kind == ir.Name && errorName.MatchString(fn.Params[0].Str)
}

// storing are calls of libraries that perhaps keep something.
var storing = regexp.MustCompile(`(?i)\.(query|execute|save|insert\w*|create|update\w*|commit|put|post|send|add|set)(\(\))?$`)

// routing are calls by which routers are told what answers a request: router.POST("/refunds", refund).
var routing = regexp.MustCompile(`^github\.com/(labstack/echo|gin-gonic/gin|gofiber/fiber|go-chi/chi)\b.*\.(POST|PUT|Post|Put|Add)(\(\))?$`)

func storesElsewhere(n *paths.Node, c dataflow.Called) bool {
	return !movesMoney(n, c) && storing.MatchString(c.Ref) && !routing.MatchString(c.Ref) && !strings.Contains(c.Ref, ".Header.") && !strings.HasPrefix(c.Ref, "net/url.")
}
