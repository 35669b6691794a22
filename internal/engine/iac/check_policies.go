package iac

import (
	"strings"

	"wardlet.example/internal/model"
)

// policyChecks is the named checks about permissions, buckets, messages, data stores and networks.
func policyChecks() map[string]Check {
	return map[string]Check{
		"admin-policy":               eachGrant(anyAction, adminStatement),
		"action-wildcard":            eachGrant(anyAction, serviceWildcards),
		"resource-wildcard":          eachGrant(anyAction, unscopedActions),
		"pass-role-any":              eachGrant(oneOf(words("iam:passrole")), passesAnyRole),
		"not-action-allow":           eachStatement(allPolicies, allowsTheRest),
		"trust-anyone":               eachStatement(trustPolicies, trustsAnyone),
		"oidc-trust-too-wide":        eachStatement(trustPolicies, trustsEveryRepository),
		"admin-managed-policy":       eachManagedPolicy(adminPolicies),
		"full-access-managed-policy": eachManagedPolicy(fullAccessPolicies),

		"partial-wildcard":        eachStatement(identityPolicies, partialWildcards),
		"not-resource-allow":      eachStatement(identityPolicies, allowsOtherResources),
		"read-any-secret":         eachGrant(oneOf(secretReads), readsAnySecret),
		"decrypt-any-key":         eachGrant(oneOf(decrypts), decryptsAnything),
		"credentials-exposure":    eachGrant(oneOf(handsOut), handsOutCredentials),
		"unbound-principals":      eachGrant(oneOf(makesPrincipals), makesUnboundPrincipals),
		"unknown-action":          eachStatement(allPolicies, unknownActions),
		"policy-too-intricate":    tooIntricate,
		"secrets-managed-policy":  eachManagedPolicy(secretPolicies),
		"policy-attached-to-user": attachedToUser,
		"trust-own-account":       eachStatement(trustPolicies, trustsOwnAccount),
		"trust-other-account":     eachStatement(trustPolicies, trustsOtherAccount),
		"identity-pool-role-wide": identityPoolRoles,
		"escalation":              escalates,
		"machine-role-wider":      machineRoleWider,
		"function-without-logs":   functionWithoutLogs,
		"role-shared-by-stages":   roleSharedByStages,
		"escalation-through-role": escalatesThrough,

		"policy-other-account":          eachStatement(resourcePolicies, letsOtherAccountsIn),
		"policy-action-wildcard":        eachStatement(resourcePolicies, allowsAllActions),
		"queue-tls-not-enforced":        tlsNotEnforced("AWS::SQS::QueuePolicy", "Queues"),
		"topic-tls-not-enforced":        tlsNotEnforced("AWS::SNS::TopicPolicy", "Topics"),
		"endpoint-policy-open":          openEndpoint,
		"private-api-policy-open":       privateAPIOpen,
		"resource-policy-public":        eachStatement(resourcePolicies, openToEveryone),
		"bucket-policy-public":          bucketPolicyPublic,
		"website-public-read":           websitePublicRead,
		"bucket-tls-not-enforced":       bucketTLSNotEnforced,
		"search-domain-public":          searchDomainPublic,
		"policy-service-without-source": eachStatement(resourcePolicies, servesAnyAccount),

		"subscription-over-http":      subscriptionOverHTTP,
		"queue-without-dead-letter":   queueWithoutDeadLetter,
		"database-not-encrypted":      databaseNotEncrypted,
		"database-password":           databasePassword,
		"secret-in-template":          secretInTemplate,
		"database-port-open-to-world": eachIngress(databasePorts),
		"admin-port-open-to-world":    eachIngress(adminPorts),

		"ignores": func(*Subject) Answer { return Answer{Skip: true} }, // package scan raises them: it reads the comments
	}
}

// policyAt is one policy document of a resource.
type policyAt struct {
	path     string       // property path, indices as *
	document *model.Value // or a single statement
}

// statement is one statement of a policy.
type statement struct {
	*model.Value
	path string
}

// eachStatement asks a question of every statement of a subject's policies.
func eachStatement(policies func(*Subject) []policyAt, question func(*Subject, statement) judgement) Check {
	return func(s *Subject) Answer {
		var all Answer
		for _, p := range policies(s) {
			for _, st := range statementsOf(p) {
				all = both(all, decide(s, st.Value, func(v *model.Value) judgement {
					j := question(s, statement{v, st.path})
					j.anchor = statement{v, st.path}.gist()
					return j
				}))
			}
		}
		return all
	}
}

// gist is what a statement is about, in a text that stays when others are written before it.
func (st statement) gist() string {
	var parts []string
	for _, key := range []string{"Effect", "Action", "NotAction", "Resource", "NotResource"} {
		for _, v := range flatten(st.Get(key)) {
			parts = append(parts, v.String())
		}
	}
	return strings.Join(parts, " ")
}

// both is the sum of two answers about one subject.
func both(a, b Answer) Answer {
	a.Hits = append(a.Hits, b.Hits...)
	if a.Unknown == "" {
		a.Unknown = b.Unknown
	}
	return a
}

// statementsOf lists the statements of a policy. A document that is not known is one statement that is not known.
func statementsOf(p policyAt) []statement {
	document := parsed(p.document)
	list := document
	path := p.path
	if document.Kind != model.Map || document.Get("Statement").Kind != model.Absent {
		list = document.Get("Statement")
		path = joinPath(path, "Statement")
	}
	if list.Kind == model.Text || list.Kind == model.String {
		list = parsed(list)
	}
	var out []statement
	for _, v := range flatten(list) {
		out = append(out, statement{v, path + "[*]"})
	}
	return out
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// flatten lists the elements of a list, also of lists in it, as files included in a list give them. A single value is a
// list of one; what is absent is no element; a choice between lists is a list of choices.
func flatten(v *model.Value) []*model.Value {
	var out []*model.Value
	for _, e := range v.Elements() {
		switch {
		case e.Kind == model.Absent:
		case e.Kind == model.List:
			out = append(out, flatten(e)...)
		case e.Kind == model.OneOf:
			out = append(out, transposed(e)...)
		default:
			out = append(out, e)
		}
	}
	return out
}

// transposed turns a choice between lists into choices between their elements, the first with the first and so on.
func transposed(v *model.Value) []*model.Value {
	lists := make([][]*model.Value, len(v.Choices))
	longest, isList := 1, false
	for i, c := range v.Choices {
		lists[i] = flatten(c.Value)
		longest, isList = max(longest, len(lists[i])), isList || c.Value.Kind == model.List
	}
	if !isList {
		return []*model.Value{v}
	}
	out := make([]*model.Value, longest)
	for n := range out {
		choices := make([]model.Choice, len(v.Choices))
		for i, c := range v.Choices {
			element := model.NewAbsent(c.Value.Origin)
			if n < len(lists[i]) {
				element = lists[i][n]
			}
			choices[i] = model.Choice{Label: c.Label, Value: element}
		}
		out[n] = model.NewOneOf(v.Str, choices, int(v.Default), v.Origin)
	}
	return out
}

// identityPolicies are the policies that say what a role, user or group may do. A managed policy that only bounds what
// others allow gives nothing.
func identityPolicies(s *Subject) []policyAt {
	props := s.Resource.Props
	switch s.Resource.Type {
	case "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group":
		return inlinePolicies(props.Get("Policies"))
	case "AWS::IAM::ManagedPolicy":
		if isBoundary(s) {
			return nil
		}
	}
	return []policyAt{{"PolicyDocument", props.Get("PolicyDocument")}}
}

func inlinePolicies(list *model.Value) []policyAt {
	var out []policyAt
	for _, p := range flatten(list) {
		document := p.Get("PolicyDocument")
		if p.Kind == model.Unknown {
			document = p
		}
		out = append(out, policyAt{"Policies[*].PolicyDocument", document})
	}
	return out
}

// isBoundary reports whether a managed policy is used as permissions boundary and not attached to anything.
func isBoundary(s *Subject) bool {
	for _, key := range []string{"Roles", "Users", "Groups"} {
		if len(s.Resource.Props.Get(key).Elements()) > 0 {
			return false
		}
	}
	bounds := false
	for _, r := range s.Program.Referrers(s.App, s.Resource) {
		if refersTo(r.Props.Get("ManagedPolicyArns"), s.Resource.ID) {
			return false
		}
		bounds = bounds || refersTo(r.Props.Get("PermissionsBoundary"), s.Resource.ID)
	}
	return bounds
}

func refersTo(v *model.Value, id string) bool {
	for _, ref := range v.Refs() {
		if ref.Str == id {
			return true
		}
	}
	return false
}

// trustPolicies say who may take a role.
func trustPolicies(s *Subject) []policyAt {
	return []policyAt{{"AssumeRolePolicyDocument", s.Resource.Props.Get("AssumeRolePolicyDocument")}}
}

// resourcePolicies stand at a resource and say who may use it.
func resourcePolicies(s *Subject) []policyAt {
	props := s.Resource.Props
	switch s.Resource.Type {
	case "AWS::Events::EventBusPolicy":
		if v := props.Get("Statement"); v.Kind != model.Absent {
			return []policyAt{{"Statement", v}}
		}
		return []policyAt{{"", oldBusStatement(props)}}
	case "AWS::Events::EventBus":
		return []policyAt{{"Policy", props.Get("Policy")}}
	case "AWS::KMS::Key":
		return []policyAt{{"KeyPolicy", props.Get("KeyPolicy")}}
	case "AWS::SecretsManager::ResourcePolicy":
		return []policyAt{{"ResourcePolicy", props.Get("ResourcePolicy")}}
	case "AWS::DynamoDB::Table":
		path := "ResourcePolicy.PolicyDocument"
		return []policyAt{{path, props.Path("ResourcePolicy", "PolicyDocument")}}
	case "AWS::ECR::Repository":
		return []policyAt{{"RepositoryPolicyText", props.Get("RepositoryPolicyText")}}
	case "AWS::ECR::RegistryPolicy":
		return []policyAt{{"PolicyText", props.Get("PolicyText")}}
	case "AWS::Lambda::LayerVersionPermission":
		return []policyAt{{"", layerStatement(props)}}
	case "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain":
		return []policyAt{{"AccessPolicies", props.Get("AccessPolicies")}}
	}
	return []policyAt{{"PolicyDocument", props.Get("PolicyDocument")}}
}

// layerStatement is the statement that a permission for a layer stands for.
func layerStatement(props *model.Value) *model.Value {
	fields := []model.Field{{Key: "Effect", Value: model.NewString("Allow", props.Origin)}}
	for _, f := range props.Fields {
		switch f.Key {
		case "Principal", "Action":
			fields = append(fields, f)
		case "OrganizationId":
			inner := model.NewMap([]model.Field{{Key: "aws:PrincipalOrgID", At: f.At, Value: f.Value}}, f.Value.Origin)
			fields = append(fields, model.Field{Key: "Condition", At: f.At, Value: model.NewMap([]model.Field{{Key: "StringEquals", At: f.At, Value: inner}}, f.Value.Origin)})
		}
	}
	return model.NewMap(fields, props.Origin)
}

// oldBusStatement is the statement that Principal, Action and Condition of an event bus policy stand for, as they were
// written before there was Statement.
func oldBusStatement(props *model.Value) *model.Value {
	fields := []model.Field{{Key: "Effect", Value: model.NewString("Allow", props.Origin)}}
	for _, f := range props.Fields {
		if c := f.Value; f.Key == "Condition" && c.Kind == model.Map {
			kind, _ := c.Get("Type").Scalar()
			key, _ := c.Get("Key").Scalar()
			inner := model.NewMap([]model.Field{{Key: key, At: f.At, Value: c.Get("Value")}}, c.Origin)
			f.Value = model.NewMap([]model.Field{{Key: kind, At: f.At, Value: inner}}, c.Origin)
		}
		fields = append(fields, f)
	}
	return model.NewMap(fields, props.Origin)
}

// allPolicies are all policies of a resource, of whatever kind.
func allPolicies(s *Subject) []policyAt {
	switch s.Resource.Type {
	case "AWS::IAM::Role":
		return append(identityPolicies(s), trustPolicies(s)...)
	case "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy":
		return identityPolicies(s)
	}
	return resourcePolicies(s)
}
