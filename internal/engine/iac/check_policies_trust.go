package iac

import (
	"regexp"
	"strings"

	"wardlet.example/internal/model"
)

// accountPrincipal is a whole account as principal: its number, or the ARN of its root.
var accountPrincipal = regexp.MustCompile(`^(?:(\d{12})|arn:[^:]*:iam::([^:]*):root)$`)

// wholeAccount is the account that a principal stands for: its number, own for the account of the template, and empty where it
// is no whole account.
func wholeAccount(v *model.Value) string {
	const own = "own"
	if v.Kind == model.Ref && v.Str == "AWS::AccountId" {
		return own
	}
	text := masked(v)
	m := accountPrincipal.FindStringSubmatch(text)
	switch {
	case m == nil:
		return ""
	case m[1] != "":
		return m[1]
	case strings.ContainsRune(m[2], 0):
		for _, p := range v.Items {
			if p.Kind == model.Ref && p.Str == "AWS::AccountId" {
				return own
			}
		}
		return "" // a parameter: it can be either
	}
	return m[2]
}

// ofOwnAccount reports whether a principal is the account of the template, or one in it.
func ofOwnAccount(v *model.Value) bool {
	if wholeAccount(v) == "own" {
		return true
	}
	parts := strings.SplitN(masked(v), ":", 6)
	if len(parts) < 6 || parts[2] != "iam" || parts[4] != "\x00" {
		return false
	}
	for _, p := range v.Items {
		if p.Kind == model.Ref && p.Str == "AWS::AccountId" {
			return true
		}
	}
	return false
}

// trustsOwnAccount is whether a trust policy lets every principal of the account take the role whom their own policies let.
func trustsOwnAccount(s *Subject, st statement) judgement {
	return st.trusts(s, func(account string) bool { return account == "own" })
}

// trustsOtherAccount is whether a trust policy lets in another account and asks nothing that only the right caller knows.
func trustsOtherAccount(s *Subject, st statement) judgement {
	return st.trusts(s, func(account string) bool { return account != "" && account != "own" })
}

func (st statement) trusts(s *Subject, is func(account string) bool) judgement {
	answer, found := asks(st.Get("Principal").Get("AWS"), func(v *model.Value) model.Tri {
		return model.TriOf(is(wholeAccount(v)))
	})
	detail := ""
	if len(found) > 0 {
		detail = wholeAccount(found[0])
	}
	takes, _ := st.actions(func(action string) bool { return matches(action, "sts:assumerole") })
	answer = min(answer, takes, st.allows(), not(st.asksCallers()))
	for _, p := range trustPolicies(s) { // what is asked can also stand in a denial of all others
		for _, other := range statementsOf(p) {
			denies, _ := other.actions(func(action string) bool { return matches(action, "sts:assumerole") })
			answer = min(answer, not(min(denies, other.Get("Effect").EqualsText("Deny"), other.Get("Condition").IsSet())))
		}
	}
	return broken(answer, st.path+".Principal", st.at("Principal", found), detail)
}

// asksCallers is whether a trust policy asks for something beside the account: an external ID, a second factor, an organization,
// tags, names.
func (st statement) asksCallers() model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch {
		case c.operator == "":
			answer = max(answer, c.there)
		case c.key == "aws:multifactorauthpresent":
			answer = max(answer, min(c.there, model.TriOf(c.operator == "bool"), isYes(c.value)))
		case c.key == "aws:multifactorauthage":
			answer = max(answer, min(c.there, model.TriOf(strings.HasPrefix(c.operator, "numericless") && !strings.HasSuffix(c.operator, "ifexists"))))
		case c.key == "aws:username", c.key == "aws:userid":
			answer = max(answer, min(c.there, c.leavesOut()))
		case strings.HasPrefix(c.key, "aws:principaltag/"), c.key == "sts:rolesessionname":
			answer = max(answer, min(c.there, c.leavesOut()))
		case callerKeys[c.key] && c.key != "aws:principalaccount" && c.key != "kms:calleraccount":
			limits := c.leavesOut()
			if strings.HasSuffix(c.key, "arn") {
				whole, _ := asks(c.value, namesWholeAccount)
				limits = min(limits, not(whole))
			}
			answer = max(answer, min(c.there, limits))
		}
	}
	return answer
}

// namesWholeAccount is whether a pattern of ARNs fits every principal of an account.
func namesWholeAccount(v *model.Value) model.Tri {
	parts := strings.SplitN(masked(v), ":", 6)
	return model.TriOf(len(parts) == 6 && parts[2] == "iam" && strings.Trim(parts[5], "*/") == "")
}

// letsOtherAccountsIn is whether a policy of a resource lets another account in as a whole.
func letsOtherAccountsIn(s *Subject, st statement) judgement {
	principals := st.Get("Principal").Get("AWS")
	if s.Resource.Type == "AWS::Events::EventBusPolicy" && st.Get("Principal").IsScalar() {
		principals = st.Get("Principal") // as it was written before there were statements
	}
	answer, found := asks(principals, func(v *model.Value) model.Tri {
		account := wholeAccount(v)
		return model.TriOf(account != "" && account != "own")
	})
	detail := ""
	if len(found) > 0 {
		detail = wholeAccount(found[0])
	}
	answer = min(answer, st.allows(), not(st.limitsCallers()), not(st.takesLogs()))
	return broken(answer, joinPath(st.path, "Principal"), st.at("Principal", found), detail)
}

// takesLogs is whether a statement lets load balancers write their logs, which come from accounts of AWS: it names their folder, or
// the account from a table by region.
func (st statement) takesLogs() model.Tri {
	other, _ := st.actions(func(action string) bool { return action != "s3:putobject" })
	logs := model.Yes
	for _, r := range flatten(st.Get("Resource")) {
		logs = min(logs, model.TriOf(strings.Contains(masked(r), "AWSLogs/")))
	}
	for _, p := range flatten(st.Get("Principal").Get("AWS")) {
		byRegion := p.Kind == model.OneOf
		for _, part := range p.Items {
			byRegion = byRegion || part.Kind == model.OneOf
		}
		logs = max(logs, model.TriOf(byRegion))
	}
	return min(not(other), logs, st.Get("Resource").IsSet())
}

// ownAccountOnly is whether a condition lets in the account of the template only.
func (st statement) ownAccountOnly() model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch c.key {
		case "aws:sourceowner", "aws:sourceaccount", "aws:principalaccount":
			own, _ := asks(c.value, func(v *model.Value) model.Tri { return model.TriOf(wholeAccount(v) == "own") })
			answer = max(answer, min(own, c.there, c.leavesOut()))
		}
	}
	return answer
}

// allowsAllActions is whether a policy of a resource allows everything that can be done to it, other than to everybody, which
// another rule says, and to its own account.
func allowsAllActions(s *Subject, st statement) judgement {
	answer, found := st.actions(func(action string) bool {
		_, rest, ok := strings.Cut(action, ":")
		return isEverything(action) || ok && strings.Trim(rest, "*") == ""
	})
	everyone, _ := st.everyone()
	if everyone == model.Yes && openToEveryone(s, st).answer == model.Yes {
		return fine
	}
	others, _ := asks(st.Get("Principal"), func(v *model.Value) model.Tri {
		if v.Kind != model.Map {
			return model.Yes
		}
		other, _ := asks(v.Get("AWS"), func(v *model.Value) model.Tri {
			_, role := s.App.Find(v, "AWS::IAM::Role", "AWS::IAM::User")
			return model.TriOf(!ofOwnAccount(v) && role == nil && !strings.Contains(masked(v), "user/CloudFront Origin Access Identity"))
		})
		user := v.Get("CanonicalUser")
		_, identity := s.App.Find(user, "AWS::CloudFront::CloudFrontOriginAccessIdentity")
		return max(other, v.Get("Service").IsSet(), v.Get("Federated").IsSet(), min(user.IsSet(), model.TriOf(identity == nil)))
	})
	answer = min(answer, st.allows(), others, not(min(st.ownAccountOnly(), not(st.Get("Principal").Get("Service").IsSet()))))
	return broken(answer, joinPath(st.path, "Action"), st.at("Action", found), listed(found))
}

// tlsNotEnforced finds resources of a type without a policy that refuses requests over plain HTTP; key is the property of the
// policy that names them.
func tlsNotEnforced(policyType, key string) Check {
	return func(s *Subject) Answer {
		refuses, why := model.No, Answer{}
		for _, r := range s.App.Resources {
			if r.Type != policyType && r.Type != strings.Replace(policyType, "Policy", "InlinePolicy", 1) || !names(s, r, key) {
				continue
			}
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
}

// names reports whether a policy resource is for the subject.
func names(s *Subject, r *model.Resource, key string) bool {
	values := flatten(r.Props.Get(key))
	for _, one := range []string{"Queue", "TopicArn"} { // policies for one resource
		values = append(values, flatten(r.Props.Get(one))...)
	}
	for _, v := range values {
		if _, found := s.App.Find(v); found == s.Resource {
			return true
		}
	}
	return false
}

// openEndpoint finds VPC endpoints whose policy lets everything through to everybody's resources; without one it does.
func openEndpoint(s *Subject) Answer {
	return decide(s, s.Resource.Props, func(props *model.Value) judgement {
		document := props.Get("PolicyDocument")
		switch s, _ := props.Get("VpcEndpointType").Settled().Scalar(); s {
		case "GatewayLoadBalancer", "ServiceNetwork", "Resource":
			return fine // those have no policy
		}
		if props.Get("ServiceName").ContainsText(".vpce-svc-") == model.Yes {
			return fine // nor have those of services of others
		}
		if document.IsSet() == model.No {
			return broken(model.Yes, "", s.Resource.Origin, "")
		}
		worst := fine
		for _, st := range statementsOf(policyAt{"PolicyDocument", document}) {
			if min(st.Get("Effect").EqualsText("Deny"), st.limited()) != model.No {
				return fine // what is denied under a condition is taken back
			}
		}
		for _, st := range statementsOf(policyAt{"PolicyDocument", document}) {
			any, _ := st.everyone()
			all, found := st.actions(isEverything)
			wide, _ := asks(st.Get("Resource"), coversEverything)
			answer := min(st.allows(), any, all, wide, not(st.limited()))
			if answer > worst.answer {
				worst = broken(answer, st.path+".Action", st.at("Action", found), "")
			}
		}
		return worst
	})
}

// privateAPIOpen finds private APIs whose policy lets in every network and endpoint.
func privateAPIOpen(s *Subject) Answer {
	private := model.No
	for _, t := range flatten(s.Resource.Props.Path("EndpointConfiguration", "Types")) {
		private = max(private, t.EqualsText("PRIVATE"))
	}
	if private == model.No {
		return Answer{}
	}
	document := s.Resource.Props.Get("Policy")
	return eachStatement(func(*Subject) []policyAt { return []policyAt{{"Policy", document}} }, func(s *Subject, st statement) judgement {
		any, found := st.everyone()
		answer := min(st.allows(), any, private, not(st.limitsCallers()))
		if answer != model.No {
			for _, d := range statementsOf(policyAt{"Policy", document}) {
				answer = min(answer, not(min(d.Get("Effect").EqualsText("Deny"), d.testsCallers())))
			}
		}
		return broken(answer, st.path+".Principal", st.at("Principal", found), "")
	})(s)
}

// identityPoolRoles finds roles that an identity pool gives to its users, which allow a service as a whole or on everything.
func identityPoolRoles(s *Subject) Answer {
	var all Answer
	for _, f := range s.Resource.Props.Get("Roles").Settled().Fields {
		_, r := s.App.Find(f.Value, "AWS::IAM::Role")
		if r == nil {
			continue
		}
		role := *s
		role.Resource = r
		ask := func(s *Subject, st statement) judgement {
			j := serviceWildcards(s, st)
			j.answer = min(j.answer, st.reachesUnnamed())
			if a := adminStatement(s, st); a.answer > j.answer {
				j = a
				j.detail = "everything"
			}
			if w := unscopedActions(s, st); w.answer > j.answer {
				j = w
			}
			j.path = "Roles." + f.Key
			return j
		}
		answer := eachStatement(func(*Subject) []policyAt { return attachedPolicies(s.App, r) }, ask)(&role)
		for _, m := range flatten(r.Props.Get("ManagedPolicyArns")) {
			if name, known := awsManaged(m); known == model.Yes && (adminPolicies(name) || fullAccessPolicies(name)) {
				answer.Hits = append(answer.Hits, broken(model.Yes, "Roles."+f.Key, m.Origin, name).hit())
			}
		}
		for i := range answer.Hits {
			answer.Hits[i].Detail = f.Key + " users: " + answer.Hits[i].Detail
		}
		all = both(all, answer)
	}
	return all
}

// attachedPolicies are all policies of a role, its own and those that are attached to it.
func attachedPolicies(app *model.App, r *model.Resource) []policyAt {
	for _, role := range app.Roles {
		if role.Resource != r {
			continue
		}
		var out []policyAt
		for _, p := range role.Policies {
			out = append(out, policyAt{"Policies[*].PolicyDocument", p.Document})
		}
		return out
	}
	return nil
}
