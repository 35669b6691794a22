package iac

import (
	"fmt"
	"path"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// partialWildcards is whether a statement allows a part of a service by a pattern, such as s3:Get*.
func partialWildcards(_ *Subject, st statement) judgement {
	answer, found := st.actions(func(action string) bool {
		service, rest, ok := strings.Cut(action, ":")
		return ok && strings.ContainsAny(rest, "*?") && strings.Trim(rest, "*") != "" && !quietServices[service] &&
			len(policy.Expand(action)) != 1 // such as sqs:SendMessage*, which is one action only
	})
	return broken(min(answer, st.allows()), st.path+".Action", st.at("Action", found), listed(found))
}

// allowsOtherResources is whether a statement allows something on everything but what it names.
func allowsOtherResources(_ *Subject, st statement) judgement {
	answer := min(st.allows(), st.Get("NotResource").IsSet())
	at := model.Origin{Pos: st.KeyPos("NotResource"), Via: st.Origin.Via}
	if st.Kind != model.Map || at.IsZero() {
		at = st.Origin
	}
	return broken(answer, st.path+".NotResource", at, listed(flatten(st.Get("Action"))))
}

// onAnything is whether a statement reaches everything of a service.
func (st statement) onAnything(s *Subject, service string) (model.Tri, []*model.Value) {
	return asks(s.withoutSingle(st.Get("Resource")), func(v *model.Value) model.Tri {
		scope, ok := scopeOf(v)
		if !ok {
			return model.Maybe
		}
		return model.TriOf(scope == "*" || scope != "" && scope == service)
	})
}

// allowsOneOf is whether a statement allows one of some actions, in lower case, not by allowing all of their service.
func (st statement) allowsOneOf(actions map[string]bool) (model.Tri, []*model.Value) {
	return st.actions(func(pattern string) bool {
		if strings.Trim(pattern[strings.IndexByte(pattern, ':')+1:], "*") == "" {
			return false
		}
		if !strings.ContainsAny(pattern, "*?") {
			return actions[pattern]
		}
		for action := range actions {
			if matches(pattern, action) {
				return true
			}
		}
		return false
	})
}

// Actions that read what others keep secret.
var (
	secretReads = words("secretsmanager:getsecretvalue ssm:getparameter ssm:getparameters " +
		"ssm:getparametersbypath ssm:getparameterhistory")
	decrypts = words("kms:decrypt kms:reencryptfrom")
)

// readsAnySecret is whether a statement lets read every secret or parameter of the account.
func readsAnySecret(s *Subject, st statement) judgement { return st.anyOf(s, secretReads) }

// decryptsAnything is whether a statement lets decrypt with every key of the account.
func decryptsAnything(s *Subject, st statement) judgement { return st.anyOf(s, decrypts) }

// anyOf is whether a statement allows one of some actions on everything.
func (st statement) anyOf(s *Subject, actions map[string]bool) judgement {
	answer, found := st.allowsOneOf(actions)
	wide, _ := st.onAnything(s, "")
	var at, on []*model.Value
	for _, v := range found {
		service, _, _ := strings.Cut(strings.ToLower(v.String()), ":")
		if w, where := st.onAnything(s, service); w >= wide || w == model.Yes {
			wide = w
			if w == model.Yes {
				at, on = append(at, v), append(on, where...)
			}
		}
	}
	if len(at) > 0 {
		wide, found = model.Yes, at
	}
	answer = min(answer, wide, st.allows(), not(st.limited()))
	return broken(answer, st.path+".Resource", st.at("Resource", on), listed(found))
}

// handsOut are actions that give credentials to whoever calls them.
var handsOut = words("iam:createaccesskey iam:createloginprofile iam:updateloginprofile " +
	"iam:createservicespecificcredential iam:resetservicespecificcredential sts:getfederationtoken " +
	"redshift:getclustercredentials redshift-serverless:getcredentials lightsail:getinstanceaccessdetails " +
	"lightsail:downloaddefaultkeypair lightsail:getrelationaldatabasemasteruserpassword ec2:getpassworddata " +
	"codeartifact:getauthorizationtoken sso:getrolecredentials gamelift:requestuploadcredentials chime:createapikey " +
	"cognito-identity:getopenidtokenfordeveloperidentity cognito-identity:getcredentialsforidentity " +
	"mediapackage:rotatechannelcredentials mediapackage:rotateingestendpointcredentials " +
	"codepipeline:pollforjobs codepipeline:pollforthirdpartyjobs connect:getfederationtoken connect:getfederationtokens " +
	"appsync:listapikeys cloud9:createenvironmenttoken rds-db:connect snowball:getjobunlockcode storagegateway:describechapcredentials")

// handsOutCredentials is whether a statement lets call what gives credentials of others.
func handsOutCredentials(s *Subject, st statement) judgement {
	answer, found := st.allowsOneOf(handsOut)
	own := model.No // one's own user, by policy variable
	if list := flatten(st.Get("Resource")); len(list) > 0 {
		own = model.Yes
		for _, r := range list {
			own = min(own, model.TriOf(strings.Contains(masked(r), "${aws:username}")))
		}
	}
	named := model.No
	if list := flatten(st.Get("Resource")); len(list) > 0 {
		named = not(st.reachesUnnamed())
		for _, v := range found {
			if strings.HasPrefix(strings.ToLower(v.String()), "iam:") {
				named = model.No // a key of the one user that is named is a key still
			}
		}
	}
	answer = min(answer, st.allows(), not(own), not(named), not(st.limited()))
	return broken(answer, st.path+".Action", st.at("Action", found), listed(found))
}

// makesPrincipals are actions by which somebody makes a principal of their own, or gives one more.
var makesPrincipals = words("iam:createrole iam:createuser iam:putrolepolicy iam:putuserpolicy iam:attachrolepolicy iam:attachuserpolicy")

// makesUnboundPrincipals is whether a statement lets make roles or users without a permissions boundary.
func makesUnboundPrincipals(s *Subject, st statement) judgement {
	answer, found := st.allowsOneOf(makesPrincipals)
	bound := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch c.key {
		case "":
			bound = max(bound, c.there)
		case "iam:permissionsboundary", "iam:policyarn":
			positive := strings.HasPrefix(c.operator, "stringequals") || strings.HasPrefix(c.operator, "arn") || strings.HasPrefix(c.operator, "stringlike")
			free, _ := asks(c.value, func(v *model.Value) model.Tri {
				return model.TriOf(v.Kind == model.String && strings.Trim(v.Str, "*") == "")
			})
			if positive && !strings.HasSuffix(c.operator, "ifexists") && !strings.Contains(c.operator, "not") {
				bound = max(bound, min(c.there, not(free)))
			}
		}
	}
	answer = min(answer, st.allows(), not(bound), not(denied(s, st, "iam:permissionsboundary")))
	return broken(answer, st.path+".Action", st.at("Action", found), listed(found))
}

// denied is whether a policy of the subject denies what a statement allows, under a condition on a key.
func denied(s *Subject, allowing statement, key string) model.Tri {
	answer := model.No
	for _, st := range s.conditionalDenials() {
		for _, c := range conditionKeys(st.Get("Condition")) {
			if c.key == key {
				covered, _ := st.allowsOneOf(makesPrincipals)
				answer = max(answer, min(st.Get("Effect").EqualsText("Deny"), c.there, max(covered, st.coversActionsOf(allowing))))
			}
		}
	}
	return answer
}

// conditionalDenials are the statements of a subject's own policies that deny under a condition, or perhaps do.
func (s *Subject) conditionalDenials() []statement {
	i := s.shared()
	if all, known := i.refusals[s.Resource]; known {
		return all
	}
	var all []statement
	for _, p := range identityPolicies(s) {
		for _, st := range statementsOf(p) {
			if st.Get("Effect").EqualsText("Deny") != model.No && st.Get("Condition").IsSet() != model.No {
				all = append(all, st)
			}
		}
	}
	if i.refusals == nil {
		i.refusals = map[*model.Resource][]statement{}
	}
	i.refusals[s.Resource] = all
	return all
}

// unknownActions is whether a statement names actions that do not exist.
func unknownActions(sub *Subject, st statement) judgement {
	meant := ""
	var found *model.Value
	for _, key := range []string{"Action", "NotAction"} {
		for _, v := range flatten(st.Get(key)) {
			s, ok := v.Scalar()
			made := sub.Resource.Generated != "" && v.Origin.Pos == st.Origin.Pos // by a policy template, which nobody here can mend
			if !ok || made || !noSuchAction(s) {
				continue
			}
			hint := meantAction(s)
			if hint != "" || found == nil {
				meant = s
				if hint != "" {
					meant += ", perhaps " + hint + " is meant"
				}
				found = v
			}
		}
	}
	if found == nil {
		return fine
	}
	return broken(model.Yes, st.path+".Action", found.Origin, meant)
}

// noSuchAction reports whether no action fits a pattern. Of services that are not known nothing is said unless their name is
// nearly that of one that is.
func noSuchAction(pattern string) bool {
	pattern = strings.TrimSpace(pattern)
	service, name, ok := strings.Cut(strings.ToLower(pattern), ":")
	switch {
	case strings.Trim(pattern, "*") == "", strings.EqualFold(pattern, "sns:Receive"): // the last stands in policies that AWS itself wrote
		return false
	case !ok:
		return true
	case strings.ContainsAny(service, "*?"):
		return false
	case iam.ServiceOf(service) == nil:
		return policy.Nearest(pattern) != ""
	}
	return name == "" || len(policy.Expand(pattern)) == 0
}

// meantAction is the action that somebody probably meant: what an operation of that name needs, or a name nearly the same.
func meantAction(pattern string) string {
	service, name, _ := strings.Cut(strings.TrimSpace(pattern), ":")
	for _, c := range iam.Clients() {
		if !strings.EqualFold(c.Prefix, service) {
			continue
		}
		if o := c.Operation(name); o != nil && o.Known && len(o.Actions) > 0 {
			if action := strings.TrimSuffix(o.Actions[0], "?"); !strings.EqualFold(action, pattern) {
				return action
			}
		}
	}
	return policy.Nearest(pattern)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// maxMeasure is how much a person can take in of one policy.
const maxMeasure = 60

// tooIntricate measures policies: each action and resource is something to weigh, wildcards, exceptions and conditions more so.
func tooIntricate(s *Subject) Answer {
	var all Answer
	for _, p := range identityPolicies(s) {
		measure := 0
		for _, st := range statementsOf(p) {
			measure += 1 + len(flatten(st.Get("Action")))/2 + len(flatten(st.Get("Resource")))/2
			measure += 3*len(flatten(st.Get("NotAction"))) + 3*len(flatten(st.Get("NotResource"))) + 2*len(conditionKeys(st.Get("Condition")))
		}
		if measure > maxMeasure {
			at := p.document.Origin
			all.Hits = append(all.Hits, Hit{At: p.path, Origin: &at, Detail: counted(len(statementsOf(p)), "statement"), Anchor: p.path})
		}
	}
	return all
}

// broadByContent reports whether a policy that AWS manages allows every action of a service on everything, beyond those that
// are harmless in full.
func broadByContent(name string) bool {
	document := policy.ManagedDocument(name)
	if document == nil || iam.ForService(name) { // such a role is the service's to use
		return false
	}
	for _, s := range document.Statements {
		if s.Effect != policy.Allow || s.Condition != nil {
			continue
		}
		for _, r := range s.Resources {
			if r.EqualsText("*") != model.Yes {
				continue
			}
			for _, a := range s.Actions {
				service, rest, _ := strings.Cut(strings.ToLower(a.String()), ":")
				if strings.Trim(rest, "*") == "" && !quietServices[service] && !narrowServices[service] {
					return true
				}
			}
		}
	}
	return false
}

// narrowServices are services that a whole grant of does not mean much of.
var narrowServices = words("cloudwatch logs synthetics application-autoscaling autoscaling health support trustedadvisor cur ce")

// secretPolicies are managed policies that let read every secret or parameter.
func secretPolicies(name string) bool {
	if adminPolicies(name) || fullAccessPolicies(name) || iam.ForService(name) || strings.HasPrefix(name, "AmazonSSMManaged") || strings.HasPrefix(name, "AmazonEC2Rolefor") {
		return false // the last are what the agent on every managed instance needs
	}
	document := policy.ManagedDocument(name)
	if document == nil {
		return false
	}
	everything := policy.Set{Identity: []*policy.Document{document}}
	for action := range secretReads {
		arn := "arn:aws:ssm:eu-west-1:111122223333:parameter/" + path.Base(name) + "/any"
		if strings.HasPrefix(action, "secretsmanager:") {
			arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:" + path.Base(name) + "/any-AbCdEf"
		}
		if everything.Allows(policy.Request{Who: policy.IAMPrincipal("arn:aws:iam::111122223333:role/any"), Action: action, On: model.NewString(arn, model.Origin{}), Context: &policy.Context{}}).Answer == model.Yes {
			return true
		}
	}
	return false
}

// attachedToUser finds policies that are given to users themselves.
func attachedToUser(s *Subject) Answer {
	keys := []string{"Users"}
	if s.Resource.Type == "AWS::IAM::User" {
		keys = []string{"Policies", "ManagedPolicyArns"}
	}
	if s.Resource.Type == "AWS::IAM::UserPolicy" {
		keys = []string{"UserName"}
	}
	return decide(s, s.Resource.Props, func(props *model.Value) judgement {
		for _, key := range keys {
			if list := flatten(props.Get(key)); len(list) > 0 {
				return broken(props.Get(key).IsSet(), key, model.Origin{Pos: props.KeyPos(key)}, "")
			}
		}
		return fine
	})
}
