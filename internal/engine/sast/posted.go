package sast

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Requests to other services by which something is made there: done twice, there are two of it.

var (
	// makesThere are the last words of addresses below which something is made, sent or paid.
	makesThere = regexp.MustCompile(`(?i)(^|/)(\w+-)?(orders?|payments?|charges?|refunds?|invoices?|transfers?|payouts?|bookings?|reservations?|shipments?|subscriptions?|purchases?|transactions?|withdrawals?|deposits?|messages?|mails?|emails?|sms|tickets?|credits?|debits?|create|send|pay|book|submit|checkout|capture)/?$`)
	// onlyAsks are addresses that make nothing: searches, and models that answer messages.
	onlyAsks = regexp.MustCompile(`(?i)/(search|query|find|lookup)/|^https://api\.anthropic\.com/`)
	// posting is how the method of such a request is written.
	posting = regexp.MustCompile(`^(POST|post|http\.MethodPost)$`)
)

// makesElsewhere reports whether a call is a POST request to an address below which something is made.
func makesElsewhere(n *paths.Node, c dataflow.Called) bool {
	fn := inner(n, place{c.File, c.At})
	if fn == nil {
		return false
	}
	at := 0
	switch {
	case strings.HasPrefix(c.Ref, "net/http.NewRequest"):
		at = slices.IndexFunc(c.Expr.List, func(x *ir.Expr) bool { return posting.MatchString(constantOrName(x)) }) + 1
		if at == 0 {
			return false
		}
	case !c.DoesAny(dataflow.Calls) && !strings.HasPrefix(c.Ref, "net/http.") || !posts(c):
		return false
	}
	if at >= len(c.Expr.List) {
		return false
	}
	address := addressEnd(fn, c.Expr.List[at], c.At, 0)
	return makesThere.MatchString(address) && !onlyAsks.MatchString(address)
}

// constantOrName is the text of a constant, or the name that stands for one.
func constantOrName(e *ir.Expr) string {
	if e.Kind == ir.Const {
		return e.Str
	}
	return dotted(e)
}

// posts reports whether a call of a client of HTTP is a POST.
func posts(c dataflow.Called) bool {
	name := strings.TrimSuffix(c.Ref[strings.LastIndexByte(c.Ref, '.')+1:], "()")
	if name == "post" || name == "Post" || name == "PostForm" {
		return true
	}
	for _, x := range c.Expr.List {
		for i, key := range x.Keys {
			if key == "method" && posting.MatchString(constantOrName(x.List[i])) {
				return true
			}
		}
	}
	return false
}

// addressEnd is what is known of the end of an address, without its query.
func addressEnd(fn *ir.Func, e *ir.Expr, at int32, depth int) string {
	e = setBefore(fn, e, at)
	if e == nil || depth > 4 {
		return ""
	}
	text := ""
	switch e.Kind {
	case ir.Const:
		text = e.Str
	case ir.Template:
		for _, x := range e.List {
			if x.Kind == ir.Const {
				text += x.Str
			} else {
				text += "\x01"
			}
		}
	case ir.Binary:
		text = addressEnd(fn, e.Y, at, depth+1)
	case ir.Call: // fmt.Sprintf("%s/orders", base)
		if len(e.List) > 0 && e.List[0].Kind == ir.Const {
			text = e.List[0].Str
		}
	case ir.Object: // { url: ... }
		for i, key := range e.Keys {
			if key == "url" {
				text = addressEnd(fn, e.List[i], at, depth+1)
			}
		}
	}
	text, _, _ = strings.Cut(text, "?")
	return text
}

// retryingDecorator are decorators of Python that call a function again when it fails.
var retryingDecorator = regexp.MustCompile(`^(tenacity\.)?retry$|^backoff\.on_exception$|^(retrying\.|retry\.)retry$|^on_exception$`)

// decoratedAgain is the decorator by which a function is called again when it fails; empty where there is none.
func decoratedAgain(fn *ir.Func) string {
	for _, d := range fn.Decorators {
		name := d
		if d.Kind == ir.Call {
			name = d.X
		}
		if text := dotted(name); retryingDecorator.MatchString(text) && !onlyNotReached(textBetween(fn.File, d.At, d.End)) {
			return text
		}
	}
	return ""
}

var (
	notReached  = regexp.MustCompile(`\b(ConnectTimeout(Error)?|NewConnectionError)\b`)
	otherErrors = regexp.MustCompile(`(?i)\b(\w*exception|read\w*|timeout|\w*http\w*error|(client|server|connection|request|os)error|retry_if_result)\b`)
	ofTrying    = regexp.MustCompile(`\b(retry_if_exception(_type)?|on_exception|requests\.exceptions)\b`)
)

// onlyNotReached reports whether a decorator tries again only where no connection came about, so that nothing was asked.
func onlyNotReached(decorator string) bool {
	return notReached.MatchString(decorator) && !otherErrors.MatchString(ofTrying.ReplaceAllString(decorator, ""))
}

// untilDone reports whether a place stands in a loop that is left when what it tries does not fail, and goes on when it does.
func untilDone(fn *ir.Func, at int32) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && (s.X == nil || s.Y != nil && (s.Y.Kind == ir.Const || s.Y.Kind == ir.Call && dotted(s.Y.X) == "range")) && holds(s, at) {
			ir.Statements(s.Body, func(list []*ir.Stmt, i int) {
				t := list[i]
				if t.Kind == ir.Try && len(t.Else) > 0 && !alwaysLeaves(t.Else) && slices.ContainsFunc(t.Body, func(x *ir.Stmt) bool { return holds(x, at) }) {
					found = found || ir.Ends(t.Body) || i+1 < len(list) && ir.Ends(list[i+1:])
				}
				if t.Kind == ir.If && fn.File.Language == ir.Go && t.X != nil && t.X.Kind == ir.Binary && t.X.Str == "===" && isError(t.X.X) && isNothing(t.X.Y) && t.At > at {
					found = found || ir.Ends(t.Body)
				}
			})
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// alwaysLeaves reports whether what handles an error always ends the loop.
func alwaysLeaves(handler []*ir.Stmt) bool {
	return ir.Ends(handler) || len(handler) > 0 && !slices.ContainsFunc(handler, func(s *ir.Stmt) bool { return s.Kind != ir.If || !ir.Ends(s.Body) })
}

// charging is what functions are called that take money from somebody, or give it.
var charging = regexp.MustCompile(`(?i)^_?(charge|capture|refund|pay|pay_?out|debit|transfer|disburse)(_?(a_?|the_?)?(card|customer|driver|partner|seller|vendor|supplier|worker|winner|money|funds|payment|invoice|order|subscription|account|member|user|method|amount|booking))?(Async)?$`)

// ofMoney are names of what is paid.
var ofMoney = regexp.MustCompile(`(?i)(amount|cents|price|total|currency)$`)

// movesMoney reports whether a call is a payment: by what is known of it, or as the request that a function sends which is called so and says how
// much.
func movesMoney(n *paths.Node, c dataflow.Called) bool {
	if c.MovesMoney() {
		return true
	}
	sends := strings.HasPrefix(c.Ref, "net/http.NewRequest") && slices.ContainsFunc(c.Expr.List, func(x *ir.Expr) bool { return posting.MatchString(constantOrName(x)) })
	if !sends && !((c.DoesAny(dataflow.Calls) || strings.HasPrefix(c.Ref, "net/http.")) && posts(c)) {
		return false
	}
	fn := inner(n, place{c.File, c.At})
	if fn != nil && fn.Name == "" { // charge = (order) => again(() => client.post(...))
		fn = cmp.Or(inner(n, place{fn.File, fn.Start - 1}), fn)
	}
	return fn != nil && charging.MatchString(fn.Name) && someWord(fn.Body, ofMoney)
}

// onExisting are calls of payment services for something that was made before: they refuse what is paid already.
// Source: https://docs.stripe.com/api/payment_intents/capture
var onExisting = regexp.MustCompile(`^(stripe|razorpay|github\.com/stripe/).*\.(capture|confirm|pay|Capture|Confirm|Pay)(\(\))?$`)

// paysOnceMore reports whether a call is a payment that is made again where it is called again.
func paysOnceMore(n *paths.Node, c dataflow.Called) bool {
	return movesMoney(n, c) && !onExisting.MatchString(c.Ref)
}
