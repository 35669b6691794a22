package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// limits are names and texts of what counts, delays or ends attempts.
var limits = regexp.MustCompile(`(?i)attempt|fail(ed|ure)?_?(log|count|auth|num|tries)|num_?fail|(login|log_?in|auth)_?fail|(^|_)tries$|count_?(try|tries|miss|guess)|(^|[^a-z])(tries|misses|strikes|guesses)([^a-z]|$)|lock(ed|out|_?until|_?account)|account_?lock|rate[-_]?limit|httprate|tollbooth|x/time/rate|limiter|throttl|brute|captcha|turnstile|too_?many|block(ed)?_?(until|ip|user)|is_?blocked|(^|_)totp|(^|_)mfa|two_?factor|2fa`)

// limitsAttempts reports whether anything in the code or the template limits how often passwords can be tried.
func (l *login) limitsAttempts(w *work, n *paths.Node) bool {
	if l.limitedByPackage(n) || l.usedUp(n) || slices.ContainsFunc(w.app.Resources, func(r *model.Resource) bool { return limitsRequests(w.app, n.Function, r) }) {
		return true
	}
	return slices.ContainsFunc(append(called(n, l.fn), l.callers...), func(fn *ir.Func) bool { return limits.MatchString(fn.Name) || someName(fn.Body, limits) })
}

// limitedByPackage reports whether a library that limits is imported, and does not only stand before other routes.
func (l *login) limitedByPackage(n *paths.Node) bool {
	var limiters []string
	for _, name := range n.Result.Packages {
		if limits.MatchString(name) {
			limiters = append(limiters, name)
		}
	}
	if len(limiters) == 0 {
		return false
	}
	before, known := n.Result.Program.StandsBefore(append([]*ir.Func{l.fn}, l.callers...), limiters)
	return !known || slices.ContainsFunc(before, limits.MatchString)
}

// limitsRequests reports whether a resource limits how many requests get to a function. What is not known limits them perhaps, which counts.
func limitsRequests(app *model.App, f *model.Function, r *model.Resource) bool {
	switch r.Type {
	case "AWS::WAFv2::WebACL", "AWS::WAFRegional::WebACL", "AWS::WAF::WebACL":
		return countsRequests(r)
	case "AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation":
		return ofAnother(app, r.Props.Get("WebACLArn")) || ofAnother(app, r.Props.Get("WebACLId"))
	case "AWS::CloudFront::Distribution":
		return ofAnother(app, r.Props.Get("DistributionConfig").Get("WebACLId"))
	case "AWS::ApiGateway::UsagePlan":
		return asksForKey(f)
	case "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment":
		return slices.ContainsFunc(slices.Concat(r.Props.Get("MethodSettings").Elements(), r.Props.Get("StageDescription").Get("MethodSettings").Elements()), throttled)
	case "AWS::ApiGatewayV2::Stage":
		return throttled(r.Props.Get("DefaultRouteSettings")) || r.Props.Get("RouteSettings").IsSet() != model.No
	}
	return false
}

func throttled(v *model.Value) bool {
	return v.Get("ThrottlingRateLimit").IsSet() != model.No || v.Get("ThrottlingBurstLimit").IsSet() != model.No
}

// asksForKey reports whether a route of a function wants an API key: a usage plan counts the requests of keys, and no others.
func asksForKey(f *model.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool {
		return t.Kind == model.TriggerHTTP && (t.Auth == "api-key" || t.Auth == "unknown")
	})
}

// ofAnother reports whether an ACL is named that is not among the resources of an App: its rules are not known.
func ofAnother(app *model.App, acl *model.Value) bool {
	if acl.IsSet() == model.No {
		return false
	}
	return !slices.ContainsFunc(acl.Refs(), func(ref *model.Value) bool {
		return slices.ContainsFunc(app.Resources, func(r *model.Resource) bool { return r.ID == ref.Str })
	})
}

// countsRequests reports whether a web ACL has a rule that counts the requests of a client: the others look at one request at a time, and let
// a password be tried as often as one likes. Rules that are not known perhaps do.
func countsRequests(acl *model.Resource) bool {
	rules := acl.Props.Get("Rules")
	known := rules.IsSet() != model.Maybe && !slices.ContainsFunc(rules.Elements(), func(rule *model.Value) bool { return rule.Get("Statement").IsSet() != model.Yes })
	counts := false
	all := rules.Walk(10_000, func(v *model.Value) {
		text, _ := v.Scalar()
		counts = counts || strings.Contains(text, "ATPRuleSet") || v.Kind == model.Map && (v.Get("RateBasedStatement").IsSet() == model.Yes || v.Get("RuleGroupReferenceStatement").IsSet() == model.Yes)
	})
	return counts || !known || !all
}

// Words of the function by which a user pool lets the application decide what somebody is asked next, and whether he is let in.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-define-auth-challenge.html
var (
	asksNext  = regexp.MustCompile(`^challengeName$`)
	letsIn    = regexp.MustCompile(`^issueTokens$`)
	givesUp   = regexp.MustCompile(`^failAuthentication$`)
	noSuchOne = regexp.MustCompile(`^userNotFound$`)
)

// askedForEver is where such a function asks for the next answer, whatever was answered wrong before, and how often; nil where it gives up.
func askedForEver(fn *ir.Func) *ir.Expr {
	if !someWord(fn.Body, asksNext) || !someWord(fn.Body, letsIn) || !someWord(fn.Body, givesUp) || someName(fn.Body, counting) {
		return nil
	}
	var next *ir.Expr
	gives, counts := false, false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && s.X != nil && someWord(evaluated(s.X), noSuchOne) { // who is not known is refused at once
			ir.Walk(s.Else, nil, func(e *ir.Expr) bool {
				gives, next, counts = gives || setsTrue(e, givesUp), firstOf(next, setTo(e, asksNext)), counts || comparesSizes(e)
				return true
			})
			return false
		}
		return true
	}, func(e *ir.Expr) bool {
		gives, next, counts = gives || setsTrue(e, givesUp), firstOf(next, setTo(e, asksNext)), counts || comparesSizes(e)
		return true
	})
	if gives || counts {
		return nil
	}
	return next
}

func firstOf(a, b *ir.Expr) *ir.Expr {
	if a != nil {
		return a
	}
	return b
}

// setTo is an assignment to something that is called so; nil where an expression is none.
func setTo(e *ir.Expr, name *regexp.Regexp) *ir.Expr {
	if e.Kind == ir.Assign && name.MatchString(lastName(e.X)) {
		return e
	}
	return nil
}

// setsTrue reports whether an expression sets something that is called so to anything but false.
func setsTrue(e *ir.Expr, name *regexp.Regexp) bool {
	return setTo(e, name) != nil && !(e.Y != nil && e.Y.Kind == ir.Const && strings.EqualFold(e.Y.Str, "false")) || slices.ContainsFunc(e.Keys, name.MatchString)
}

// comparesSizes reports whether an expression asks which of two is more.
func comparesSizes(e *ir.Expr) bool {
	return e.Kind == ir.Binary && slices.Contains([]string{"<", "<=", ">", ">="}, e.Str)
}
