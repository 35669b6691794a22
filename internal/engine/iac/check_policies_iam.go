package iac

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// allows is whether a statement allows something.
func (st statement) allows() model.Tri { return st.Get("Effect").EqualsText("Allow") }

// at is where a key of the statement would be changed: the value found there, else the key, else the statement.
func (st statement) at(key string, found []*model.Value) model.Origin {
	if len(found) > 0 && !found[0].Origin.IsZero() {
		return found[0].Origin
	}
	if pos := st.KeyPos(key); st.Kind == model.Map && !pos.IsZero() {
		return model.Origin{Pos: pos, Via: st.Origin.Via}
	}
	return st.Origin
}

// actions are those actions of the statement of which a question is true.
func (st statement) actions(question func(action string) bool) (model.Tri, []*model.Value) {
	return asks(st.Get("Action"), func(v *model.Value) model.Tri {
		if s, ok := v.Scalar(); ok {
			return model.TriOf(question(strings.ToLower(strings.TrimSpace(s))))
		}
		return model.Maybe
	})
}

// isEverything is whether a pattern covers all actions.
func isEverything(action string) bool { return strings.Trim(action, "*:") == "" && action != "" }

// adminStatement is whether a statement allows everything on everything.
func adminStatement(_ *Subject, st statement) judgement {
	any, found := st.actions(isEverything)
	all, _ := asks(st.Get("Resource"), coversEverything)
	conditional := st.Get("Condition").IsSet()
	if c := st.Get("Condition"); c.Kind == model.Map && len(c.Fields) == 0 {
		conditional = model.No
	}
	answer := min(st.allows(), any, all, not(conditional))
	return broken(answer, st.path+".Action", st.at("Action", found), "")
}

// coversEverything is whether a resource is every resource of every service.
func coversEverything(v *model.Value) model.Tri {
	if scope, ok := scopeOf(v); ok {
		return model.TriOf(scope == "*")
	}
	return model.Maybe
}

// quietServices are services of which all actions are harmless, or can be limited no further: they analyse what the
// caller sends, or only call what is already there.
var quietServices = words("xray execute-api rds-data rds-db rekognition translate polly comprehend textract transcribe " +
	"pricing tag ec2messages ssmmessages")

// serviceWildcards is whether a statement allows every action of a service, other than everything on everything.
func serviceWildcards(s *Subject, st statement) judgement {
	answer, found := st.actions(func(action string) bool {
		service, rest, ok := strings.Cut(action, ":")
		return isEverything(action) || ok && strings.Trim(rest, "*") == "" && !quietServices[service] &&
			(service != "logs" || st.coversLogs())
	})
	answer = min(answer, st.allows())
	if answer == model.Yes && adminStatement(s, st).answer == model.Yes {
		return fine
	}
	return broken(answer, st.path+".Action", st.at("Action", found), listed(found))
}

// coversLogs reports whether a statement reaches all log groups of the account.
func (st statement) coversLogs() bool {
	answer, _ := asks(st.Get("Resource"), func(v *model.Value) model.Tri {
		scope, _ := scopeOf(v)
		return model.TriOf(scope == "*" || scope == "logs")
	})
	return answer == model.Yes
}

// listed names values in a message, the first few of many.
func listed(values []*model.Value) string {
	const most = 4
	var names []string
	for _, v := range values {
		if name := v.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// unscopedActions is whether a statement allows actions on everything that could be limited to named resources.
func unscopedActions(s *Subject, st statement) judgement {
	reach := map[string]*model.Value{} // what covers a service, by service
	wide, _ := asks(s.withoutSingle(st.Get("Resource")), func(v *model.Value) model.Tri {
		scope, ok := scopeOf(v)
		if !ok {
			return model.Maybe
		}
		if scope != "" && reach[scope] == nil {
			reach[scope] = v
		}
		return model.TriOf(scope != "")
	})
	var covering []*model.Value
	answer, found := st.actions(func(action string) bool {
		service, rest, _ := strings.Cut(action, ":")
		by := reach["*"]
		if by == nil {
			by = reach[arnService(service)]
		}
		if strings.Trim(rest, "*") == "" || wide == model.Yes && by == nil || !matchesScopable(service, rest) {
			return false
		}
		if by != nil {
			covering = append(covering, by)
		}
		return true
	})
	answer = min(answer, wide, st.allows(), not(st.limited()))
	return broken(answer, st.path+".Resource", st.at("Resource", covering), listed(found))
}

// arnService is what a service calls itself in ARNs.
func arnService(action string) string {
	if action == "rds-data" {
		return "rds"
	}
	return action
}

// limited is whether a condition narrows down what a statement allows. Transport, region and second factor do not.
func (st statement) limited() model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		switch c.key {
		case "aws:securetransport", "aws:requestedregion", "aws:multifactorauthpresent":
		default:
			answer = max(answer, c.there)
		}
	}
	return answer
}

// passesAnyRole is whether a statement allows to hand every role to a service.
func passesAnyRole(_ *Subject, st statement) judgement {
	answer, _ := st.actions(func(action string) bool {
		service, rest, _ := strings.Cut(action, ":")
		return service == "iam" && strings.Trim(rest, "*") != "" && matches(rest, "passrole")
	})
	any, found := asks(st.Get("Resource"), func(v *model.Value) model.Tri {
		scope, ok := scopeOf(v)
		if !ok {
			return model.Maybe
		}
		return model.TriOf(scope == "*" || scope == "iam")
	})
	answer = min(answer, any, st.allows(), not(st.limited()))
	return broken(answer, st.path+".Resource", st.at("Resource", found), "")
}

// literally writes a pattern of a policy, in which only stars and question marks mean something, as one of package path.
var literally = strings.NewReplacer(`\`, `\\`, "[", `\[`)

// matches is whether a pattern with * and ? in lower case covers a name in lower case.
func matches(pattern, name string) bool {
	ok, err := path.Match(literally.Replace(pattern), name)
	return err == nil && ok
}

// allowsTheRest is whether a statement allows everything but what it names.
func allowsTheRest(_ *Subject, st statement) judgement {
	for _, key := range []string{"NotAction", "NotPrincipal"} {
		answer := min(st.allows(), st.Get(key).IsSet())
		if key == "NotAction" {
			answer = min(answer, st.reachesUnnamed())
		}
		if answer != model.No {
			at := model.Origin{Pos: st.KeyPos(key), Via: st.Origin.Via}
			if st.Kind != model.Map || at.IsZero() {
				at = st.Origin
			}
			return broken(answer, st.path+"."+key, at, key)
		}
	}
	return fine
}

// reachesUnnamed is whether a statement is about more than resources that it names: all of a service, or of one type.
func (st statement) reachesUnnamed() model.Tri {
	if st.Get("Resource").Kind == model.Absent {
		return model.Yes // NotResource, or a policy that speaks of what it stands at
	}
	answer, _ := asks(st.Get("Resource"), func(v *model.Value) model.Tri {
		scope, ok := scopeOf(v)
		if !ok {
			return model.Maybe
		}
		return model.TriOf(scope != "")
	})
	return answer
}

// forges are identity providers that give a token to every repository of the world, by host, with the claims beside "sub"
// that tell whose it is.
var forges = map[string]map[string]bool{
	"token.actions.githubusercontent.com": words("sub repository repository_id repository_owner repository_owner_id " +
		"job_workflow_ref enterprise enterprise_id actor actor_id"),
	"gitlab.com": words("sub project_path project_id namespace_path namespace_id user_id user_login"),
}

// trustsEveryRepository is whether a trust policy lets in the builds of strangers' repositories.
func trustsEveryRepository(s *Subject, st statement) judgement {
	host := ""
	federated, found := asks(st.Get("Principal").Get("Federated"), func(v *model.Value) model.Tri {
		name := forgeOf(s, v)
		if name == "" {
			return model.No
		}
		host = name
		return model.Yes
	})
	takes, _ := st.actions(func(action string) bool { return matches(action, "sts:assumerolewithwebidentity") })
	answer := min(st.allows(), federated, takes, not(st.limitsRepositories(host)), not(st.limitsCallers()))
	return broken(answer, st.path+".Principal.Federated", st.at("Principal", found), forgeNames[host])
}

var forgeNames = map[string]string{"token.actions.githubusercontent.com": "GitHub", "gitlab.com": "GitLab"}

// forgeOf is the host of the forge that a federated principal is, by its ARN or as a resource of the application.
func forgeOf(s *Subject, v *model.Value) string {
	text := masked(v)
	_, name, _ := strings.Cut(text, ":oidc-provider/")
	if r := s.App.Target(v); r != nil && r.Type == "AWS::IAM::OIDCProvider" {
		name = strings.TrimPrefix(r.Props.Get("Url").Settled().String(), "https://")
	}
	host, _, _ := strings.Cut(strings.ToLower(name), "/")
	if forges[host] == nil {
		return ""
	}
	return host
}

// limitsRepositories is whether the condition of a statement leaves out the repositories of strangers.
func (st statement) limitsRepositories(host string) model.Tri {
	answer := model.No
	for _, c := range conditionKeys(st.Get("Condition")) {
		claim, ours := strings.CutPrefix(c.key, host+":")
		operator := strings.TrimSuffix(c.operator[strings.LastIndexByte(c.operator, ':')+1:], "ifexists") // each token has the claims
		switch {
		case c.operator == "":
			answer = max(answer, c.there)
		case !ours || !forges[host][claim]:
		case operator == "stringequals", operator == "stringequalsignorecase":
			answer = max(answer, c.there)
		case operator == "stringlike":
			free, _ := asks(c.value, fitsAnyOwner)
			answer = max(answer, min(c.there, not(free)))
		}
	}
	return answer
}

// fitsAnyOwner is whether a pattern leaves open whose repository it is: repo:*, repo:*/shop:*, repo:shop*.
func fitsAnyOwner(v *model.Value) model.Tri {
	if v.Kind == model.Unknown || v.Kind == model.OneOf {
		return model.Maybe
	}
	owner, _, _ := strings.Cut(masked(v), "/")
	return model.TriOf(strings.ContainsAny(owner, "*?"))
}

// trustsAnyone is whether a trust policy lets every account take the role.
func trustsAnyone(_ *Subject, st statement) judgement {
	any, found := st.everyone()
	return broken(min(st.allows(), any, not(st.limitsCallers())), st.path+".Principal", st.at("Principal", found), "")
}

// eachManagedPolicy asks of the managed policies of a role, user or group whether one is among these.
func eachManagedPolicy(isOne func(name string) bool) Check {
	return func(s *Subject) Answer {
		var all Answer
		for _, v := range flatten(s.Resource.Props.Get("ManagedPolicyArns")) {
			all = both(all, decide(s, v, func(v *model.Value) judgement {
				name, known := awsManaged(v)
				answer := min(model.TriOf(isOne(name)), known)
				return broken(answer, "ManagedPolicyArns[*]", v.Origin, name)
			}))
		}
		return all
	}
}

// awsManaged is the name of a policy that AWS manages. A policy of which only deployment knows the ARN is taken for one
// of the account's own.
func awsManaged(v *model.Value) (string, model.Tri) {
	if v.Kind == model.OneOf {
		for _, c := range v.Choices {
			if name, known := awsManaged(c.Value); known != model.No {
				return name, model.Maybe
			}
		}
		return "", model.No
	}
	_, name, ok := strings.Cut(v.String(), ":iam::aws:policy/")
	if !ok || v.Kind != model.String && v.Kind != model.Text {
		return "", model.No
	}
	return path.Base(name), model.Yes
}

func adminPolicies(name string) bool { return name == "AdministratorAccess" || name == "IAMFullAccess" }

// quietPolicies give full access to what is harmless in full.
var quietPolicies = words("AWSXrayFullAccess AmazonPollyFullAccess TranslateFullAccess AmazonTextractFullAccess " +
	"AmazonRekognitionFullAccess AmazonAPIGatewayInvokeFullAccess AWSPriceListServiceFullAccess")

func fullAccessPolicies(name string) bool {
	if adminPolicies(name) || quietPolicies[name] {
		return false
	}
	return strings.Contains(name, "FullAccess") || strings.Contains(name, "PowerUser") || broadPolicies[name] || broadByContent(name)
}

// broadPolicies are wide although their names do not say so: AWSLambdaRole calls every function of the account,
// AWSLambdaExecute reads and writes the objects of every bucket.
var broadPolicies = words("SystemAdministrator DatabaseAdministrator NetworkAdministrator AWSLambdaRole AWSLambdaExecute")

// words is a set of the words in a text.
func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}
