package iac

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/asl"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// machineRoleWider finds state machines whose role may change what no state of theirs changes. The definition says all that a
// machine does, so what is left over is never needed.
func machineRoleWider(s *Subject) Answer {
	machine, _, known := asl.FromProperties(s.Resource.Props)
	if !known || !machine.Complete() {
		return Answer{Unknown: "the definition of the state machine is not known in full"}
	}
	_, role := s.App.Find(s.Resource.Props.Get("RoleArn"), "AWS::IAM::Role")
	if role == nil || usedElsewhere(s, role) {
		return Answer{}
	}
	w := s.Program.PowersOf(s.App, role)
	needs, why := neededBy(machine)
	if w == nil || why != "" {
		return Answer{Unknown: why}
	}
	var left []string
	var at *policy.Statement
	for _, st := range w.Statements() {
		if st.Effect != policy.Allow {
			continue
		}
		for _, v := range st.Actions {
			action, ok := v.Settled().Scalar()
			a := iam.Find(action)
			if !ok || a == nil || link.LevelOf(a) == "read" || needs[a.Key] || needs[a.Service] || serves[a.Service] || slices.Contains(left, a.String()) {
				continue
			}
			left = append(left, a.String())
			if at == nil {
				at = st
			}
		}
	}
	if len(left) == 0 {
		return Answer{}
	}
	sort.Strings(left)
	origin := placeOf(at, role.Origin)
	return Answer{Hits: []Hit{{At: "RoleArn", Origin: &origin, Detail: strings.Join(left, ", "), Anchor: strings.Join(left, " ")}}}
}

// serves are services that a state machine writes to beside what its states say.
var serves = map[string]bool{"logs": true, "xray": true, "cloudwatch": true, "kms": true}

// usedElsewhere reports whether a role is for something else too: another resource refers to it, or it trusts another service.
func usedElsewhere(s *Subject, role *model.Resource) bool {
	for _, r := range s.Program.Referrers(s.App, role) {
		if r != s.Resource && !strings.HasPrefix(r.Type, "AWS::IAM::") {
			return true
		}
	}
	return false
}

// neededBy are the actions, in lower case, that the states of a machine need; or why that is not known.
func neededBy(m *asl.Machine) (needs map[string]bool, why string) {
	needs = map[string]bool{"iam:passrole": true}
	for _, s := range m.All() {
		for _, c := range []*asl.Call{s.Call, s.Reader, s.Writer} {
			if c == nil {
				continue
			}
			switch c.Kind {
			case asl.CallFunction, asl.CallReference:
				needs["lambda:invokefunction"] = true
			case asl.CallActivity:
			case asl.CallIntegration:
				if !neededCall(c, needs) {
					return nil, "what the state " + s.Name + " needs is not known"
				}
			default:
				return nil, "what the state " + s.Name + " calls is not known"
			}
		}
		if s.Reader != nil || s.Writer != nil { // a distributed map starts itself
			for _, a := range []string{"states:startexecution", "states:stopexecution", "states:redriveexecution"} {
				needs[a] = true
			}
		}
	}
	return needs, ""
}

// neededCall notes what an integration needs; it reports whether that is known.
func neededCall(c *asl.Call, needs map[string]bool) bool {
	switch {
	case c.Service == "" || c.Operation == "":
		return false
	case c.Service == "http":
		needs["states:invokehttpendpoint"], needs["events:retrieveconnectioncredentials"] = true, true
		return true
	case c.Service == "apigateway":
		needs["execute-api:invoke"], needs["execute-api:manageconnections"] = true, true
		return true
	case c.Service == "athena": // a query makes and drops tables and writes its result
		needs["glue"], needs["s3"] = true, true
	}
	found := false
	for _, client := range iam.Clients() {
		if client.Prefix != c.Service {
			continue
		}
		if o := client.Operation(c.Operation); o != nil && o.Known {
			found = true
			for _, a := range o.Actions {
				needs[strings.ToLower(strings.TrimSuffix(a, "?"))] = true
			}
		}
	}
	if c.Wait == asl.Sync { // the job is watched and stopped; the rule that tells of its end is made by the service
		for _, a := range []string{"events:puttargets", "events:putrule", "events:removetargets", "events:deleterule", "events:describerule", "states:stopexecution", "sagemaker:addtags"} {
			needs[a] = true
		}
		if service := iam.ServiceOf(c.Service); service != nil {
			for _, a := range service.Actions {
				if stops.MatchString(a.String()) {
					needs[a.Key] = true
				}
			}
		}
	}
	return found
}

// stops are actions that end a job, which the service does for a state that is given up.
var stops = regexp.MustCompile(`:(Batch)?(Stop|Cancel|Terminate)[A-Z]`)

// functionWithoutLogs finds functions whose role certainly may not write their logs.
func functionWithoutLogs(s *Subject) Answer {
	if s.Function.Role == nil || s.Function.Role.Resource == nil {
		return Answer{Skip: true}
	}
	w := s.Program.Powers(s.App, s.Function.Role)
	group := model.NewText([]*model.Value{model.NewString("/aws/lambda/", s.Origin()), link.NameOf(s.App, s.Resource)}, s.Origin())
	if own := s.Resource.Props.Path("LoggingConfig", "LogGroup"); own.IsSet() != model.No {
		if _, r := s.App.Find(own, "AWS::Logs::LogGroup"); r != nil {
			own = link.NameOf(s.App, r)
		}
		group = own
	}
	on := model.NewText([]*model.Value{model.NewString("arn:aws:logs:*:*:log-group:", s.Origin()), group, model.NewString(":log-stream:any", s.Origin())}, s.Origin())
	d := w.Allows("logs:PutLogEvents", on)
	switch d.Answer {
	case model.Yes:
		return Answer{}
	case model.Maybe:
		return Answer{Unknown: d.Reason}
	}
	at := s.Function.Role.Origin
	return Answer{Hits: []Hit{{At: "Role", Origin: &at, Detail: s.Function.Role.ID, Anchor: "logs"}}}
}
