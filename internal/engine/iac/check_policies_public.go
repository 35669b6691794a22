package iac

import (
	"strings"

	"wardlet.example/internal/model"
)

// everyone is whether the principal of a statement is anyone, in whatever account.
func (st statement) everyone() (model.Tri, []*model.Value) {
	star := func(v *model.Value) model.Tri { return v.EqualsText("*") }
	principal := st.Get("Principal")
	if principal.Kind == model.Map {
		return asks(principal.Get("AWS"), star)
	}
	return asks(principal, func(v *model.Value) model.Tri {
		if v.Kind == model.Map {
			answer, _ := asks(v.Get("AWS"), star)
			return answer
		}
		return star(v)
	})
}

// conditionKey is one test of a condition.
type conditionKey struct {
	operator, key string // in lower case; empty where it is not known
	value         *model.Value
	there         model.Tri
}

// conditionKeys lists the tests of a condition. What is not known is a test that is perhaps there.
func conditionKeys(condition *model.Value) []conditionKey {
	switch condition.Kind {
	case model.Map:
	case model.Absent:
		return nil
	default:
		return []conditionKey{{there: model.Maybe, value: condition}}
	}
	var out []conditionKey
	for _, operator := range condition.Fields {
		if operator.Value.Kind != model.Map {
			out = append(out, conditionKey{there: min(operator.Value.IsSet(), model.Maybe), value: operator.Value})
			continue
		}
		for _, f := range operator.Value.Fields {
			out = append(out, conditionKey{strings.ToLower(operator.Key), strings.ToLower(f.Key), f.Value, f.Value.IsSet()})
		}
	}
	return out
}

// callerKeys are condition keys that say who calls, from where, or for whom. aws:Referer and tags are none of them: callers
// set those themselves.
var callerKeys = words("aws:sourceip aws:vpcsourceip aws:sourcevpc aws:sourcevpce aws:sourcearn aws:sourceaccount " +
	"aws:sourceowner aws:sourceorgid aws:sourceorgpaths aws:principalorgid aws:principalorgpaths aws:principalaccount " +
	"aws:principalarn aws:principalisawsservice aws:principalservicename aws:userid sts:externalid kms:calleraccount " +
	"s3:dataaccesspointarn s3:dataaccesspointaccount events:creatoraccount sns:endpoint")

// limitsCallers is whether the condition of a statement leaves out strangers.
func (st statement) limitsCallers() model.Tri { return st.limitsBy(callerKeys) }

func (st statement) limitsBy(keys map[string]bool) model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch {
		case c.operator == "":
			answer = max(answer, c.there)
		case keys[c.key]:
			answer = max(answer, min(c.there, c.leavesOut()))
		}
	}
	return answer
}

// leavesOut is whether a test fails for some caller: it does not where it holds without its key, says what a caller must not
// be, or has a value that fits all.
func (c conditionKey) leavesOut() model.Tri {
	operator := strings.TrimPrefix(c.operator, "foranyvalue:")
	if strings.HasPrefix(operator, "forallvalues:") || strings.HasSuffix(operator, "ifexists") || strings.Contains(operator, "not") {
		return model.No
	}
	switch operator {
	case "stringequals", "stringequalsignorecase":
		return model.Yes
	case "bool":
		return isYes(c.value)
	case "ipaddress":
		world, _ := asks(c.value, isWorldRange)
		return not(world)
	case "stringlike", "arnlike", "arnequals":
		free, _ := asks(c.value, fitsAnyAccount)
		return not(free)
	}
	return model.No
}

// fitsAnyAccount is whether a pattern of ARNs or names fits those of strangers.
func fitsAnyAccount(v *model.Value) model.Tri {
	s, ok := v.Scalar()
	if !ok && v.Kind != model.Text {
		return model.No // a reference is to something of one's own
	}
	if ok && strings.Trim(s, "*") == "" {
		return model.Yes
	}
	parts := strings.SplitN(masked(v), ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return model.No
	}
	if parts[2] == "s3" { // names of buckets are unique in the world
		return model.TriOf(strings.Trim(parts[5], "*/") == "" && strings.Trim(parts[4], "*") == "")
	}
	return model.TriOf(strings.Contains(parts[4], "*"))
}

// masked is the text of a value with a mark for each part that only deployment knows.
func masked(v *model.Value) string {
	if s, ok := v.Scalar(); ok {
		return s
	}
	var b strings.Builder
	for _, p := range v.Items {
		if s, ok := p.Scalar(); ok {
			b.WriteString(s)
			continue
		}
		b.WriteByte(0)
	}
	return b.String()
}

// openToEveryone is whether a policy of a resource lets everybody do something with it.
func openToEveryone(s *Subject, st statement) judgement {
	any, found := st.everyone()
	answer := min(st.allows(), any, not(st.limitsCallers()))
	if answer != model.No {
		answer = min(answer, not(deniesStrangers(s, st)))
	}
	return broken(answer, joinPath(st.path, "Principal"), st.at("Principal", found), st.whatIsAllowed())
}

// deniesStrangers is whether another statement takes back from strangers what this one allows to everybody: it denies unless
// a test of the caller holds.
func deniesStrangers(s *Subject, allowing statement) model.Tri {
	answer := model.No
	for _, d := range s.denials() {
		answer = max(answer, min(d.answer, d.coversActionsOf(allowing)))
	}
	return answer
}

// denial is a statement that spares only some callers, if it does.
type denial struct {
	statement
	answer model.Tri
}

// denials are the statements of a subject's policies that perhaps spare only some callers.
func (s *Subject) denials() []denial {
	i := s.shared()
	if all, known := i.denials[s.Resource]; known {
		return all
	}
	var all []denial
	for _, p := range resourcePolicies(s) {
		for _, st := range statementsOf(p) {
			any, _ := st.everyone()
			if answer := min(st.Get("Effect").EqualsText("Deny"), any, st.testsCallers()); answer != model.No {
				all = append(all, denial{st, answer})
			}
		}
	}
	if i.denials == nil {
		i.denials = map[*model.Resource][]denial{}
	}
	i.denials[s.Resource] = all
	return all
}

// testsCallers is whether a denial spares only some callers.
func (st statement) testsCallers() model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch {
		case c.operator == "":
			answer = max(answer, c.there)
		case callerKeys[c.key] && strings.Contains(c.operator, "not"):
			answer = max(answer, c.there)
		}
	}
	return answer
}

// coversActionsOf is whether a statement speaks of all actions of another.
func (st statement) coversActionsOf(other statement) model.Tri {
	answer := model.Yes
	for _, v := range flatten(other.Get("Action")) {
		action := strings.ToLower(masked(v))
		covered, _ := st.actions(func(pattern string) bool { return matches(pattern, action) })
		answer = min(answer, covered)
	}
	return answer
}

// whatIsAllowed names the actions of a statement in a message.
func (st statement) whatIsAllowed() string {
	if names := listed(flatten(st.Get("Action"))); names != "" {
		return names
	}
	return "any action"
}

// bucketOf is the bucket of the application that a property names; nil if it is outside.
func bucketOf(s *Subject, name *model.Value) *model.Resource {
	if r := s.App.Target(name); r != nil {
		return r
	}
	return s.bucketNamed(name)
}

// isWebsite is whether a bucket serves a website.
func isWebsite(bucket *model.Resource) model.Tri {
	return bucket.Props.Get("WebsiteConfiguration").IsSet()
}

// ignoresPublicPolicies is whether a bucket's settings take away what a public policy gives.
func ignoresPublicPolicies(bucket *model.Resource) model.Tri {
	block := bucket.Props.Get("PublicAccessBlockConfiguration")
	return max(isYes(block.Get("BlockPublicPolicy")), isYes(block.Get("RestrictPublicBuckets")))
}

// onlyReads is whether a statement allows nothing but to read objects.
func (st statement) onlyReads() model.Tri {
	other, _ := st.actions(func(action string) bool { return !strings.HasPrefix(action, "s3:getobject") })
	return min(not(other), st.Get("Action").IsSet())
}

// bucketPolicyPublic finds what a bucket policy lets everybody do, other than to read a website.
func bucketPolicyPublic(s *Subject) Answer {
	bucket := bucketOf(s, s.Resource.Props.Get("Bucket"))
	return eachStatement(resourcePolicies, func(s *Subject, st statement) judgement {
		j := openToEveryone(s, st)
		if bucket != nil {
			j.answer = min(j.answer, not(ignoresPublicPolicies(bucket)), not(min(isWebsite(bucket), st.onlyReads())))
		} else if j.answer == model.Yes && st.onlyReads() != model.No {
			j.answer, j.reason = model.Maybe, "the bucket is not in this template: it may serve a website"
		}
		return j
	})(s)
}

// websitePublicRead finds what lets everybody read the objects of a website bucket.
func websitePublicRead(s *Subject) Answer {
	bucket := bucketOf(s, s.Resource.Props.Get("Bucket"))
	if bucket == nil {
		return Answer{Skip: true}
	}
	return eachStatement(resourcePolicies, func(s *Subject, st statement) judgement {
		j := openToEveryone(s, st)
		j.answer = min(j.answer, not(ignoresPublicPolicies(bucket)), isWebsite(bucket), st.onlyReads())
		return j
	})(s)
}

// bucketTLSNotEnforced finds buckets without a policy that refuses requests over plain HTTP.
func bucketTLSNotEnforced(s *Subject) Answer {
	if isWebsite(s.Resource) == model.Yes {
		return Answer{} // the endpoint of a website speaks only HTTP
	}
	refuses, why := model.No, Answer{}
	for _, r := range s.bucketPolicies() {
		for _, st := range statementsOf(policyAt{"PolicyDocument", r.Props.Get("PolicyDocument")}) {
			if answer := st.refusesHTTP(); answer != model.No {
				refuses, why = max(refuses, answer), undecidedAt(judgement{}, st.Value)
			}
		}
	}
	switch refuses {
	case model.Yes:
		return Answer{}
	case model.Maybe:
		return why
	}
	return decide(s, s.Resource.Props, func(*model.Value) judgement {
		return broken(model.Yes, "", s.Resource.Origin, "")
	})
}

// refusesHTTP is whether a statement denies requests that are not encrypted.
func (st statement) refusesHTTP() model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch c.key {
		case "":
			answer = max(answer, c.there)
		case "aws:securetransport":
			answer = max(answer, c.value.EqualsText("false"))
		case "s3:tlsversion":
			answer = max(answer, c.there)
		}
	}
	return min(answer, st.Get("Effect").EqualsText("Deny"))
}

// searchDomainPublic finds search domains on the internet that ask nobody who they are.
func searchDomainPublic(s *Subject) Answer {
	closed := max(s.Resource.Props.Get("VPCOptions").IsSet(), isYes(s.Resource.Props.Path("AdvancedSecurityOptions", "Enabled")))
	return eachStatement(resourcePolicies, func(s *Subject, st statement) judgement {
		j := openToEveryone(s, st)
		j.answer = min(j.answer, not(closed))
		return j
	})(s)
}

// deputies are services that act for whoever set them up, in any account, and tell for whom (aws:SourceArn).
var deputies = map[string]string{
	"s3": "bucket", "logging": "bucket", "sns": "topic", "events": "EventBridge rule", "ses": "mail receipt rule",
	"cloudfront": "CloudFront distribution", "serverlessrepo": "application of the Serverless Application Repository",
	"codestar-notifications": "notification rule",
}

// servesAnyAccount is whether a policy lets a service in without asking for whom it acts.
func servesAnyAccount(s *Subject, st statement) judgement {
	service := ""
	any, found := asks(st.Get("Principal").Get("Service"), func(v *model.Value) model.Tri {
		name, _, _ := strings.Cut(masked(v), ".")
		if v.Kind != model.String && v.Kind != model.Text || deputies[name] == "" || asksNothing(s, st, name) {
			return model.No
		}
		service = name
		return model.Yes
	})
	sources := words("aws:referer") // holds the account for mail receipt rules
	for key := range callerKeys {
		sources[key] = true
	}
	answer := min(st.allows(), any, not(st.limitsBy(sources)))
	return broken(answer, joinPath(st.path, "Principal.Service"), st.at("Principal", found), deputies[service])
}

// asksNothing reports whether a service tells nothing that could be asked for here, or may do nothing of interest.
func asksNothing(s *Subject, st statement, service string) bool {
	if service == "events" && strings.HasPrefix(s.Resource.Type, "AWS::SNS::") {
		return true
	}
	other, _ := st.actions(func(action string) bool { return action != "s3:getbucketacl" && action != "s3:getbucketlocation" })
	return other == model.No
}
