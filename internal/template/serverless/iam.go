package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

const sharedRole = "IamRoleLambdaExecution"

// roleUse is a role that the framework makes, with the functions that use it and what their events need.
type roleUse struct {
	id         string
	at         model.Origin
	functions  []model.Field
	statements []*model.Value // of events
	own        *model.Value   // statements of the function itself (plugin for roles per function)
	inherit    bool           // the provider's statements too
	vpc        bool
}

// functionRole is the role a function runs with.
func (e *expansion) functionRole(f model.Field, at model.Origin) *model.Value {
	if r := f.Value.Get("role"); r.Kind != model.Absent {
		return roleValue(r)
	}
	if e.rolePerFunction(f) {
		id := logicalName(f.Key) + sharedRole
		e.useRole(roleUse{id: id, at: at, own: e.ownStatements(f), inherit: e.inherits(f)}, f)
		return arn(id, at)
	}
	if r := first(e.iamRole(), e.provider.Get("role")); r.Kind != model.Absent && !isRoleConfig(r) {
		return roleValue(r)
	}
	e.useRole(roleUse{id: sharedRole, at: e.roleOrigin(), inherit: true}, f)
	return arn(sharedRole, at)
}

func (e *expansion) iamRole() *model.Value { return e.provider.Path("iam", "role") }

// roleOrigin is where the shared role is configured: the line to change.
func (e *expansion) roleOrigin() model.Origin {
	iam := e.provider.Get("iam")
	switch {
	case iam.Get("role").Kind == model.Map:
		return keyOrigin(iam, "role")
	case e.provider.Get("iamRoleStatements").Kind != model.Absent:
		return keyOrigin(e.provider, "iamRoleStatements")
	}
	return keyOrigin(e.root, "provider")
}

// rolePerFunction reports whether a function gets a role of its own: by the provider's mode, by its own statements, or by
// a plugin.
func (e *expansion) rolePerFunction(f model.Field) bool {
	return e.iamRole().Get("mode").EqualsText("perFunction") == model.Yes || e.ownStatements(f).Kind != model.Absent
}

// ownStatements are the statements written at a function. iamRoleStatements counts with the plugin that brought it, and
// since version 4 without.
func (e *expansion) ownStatements(f model.Field) *model.Value {
	if s := f.Value.Path("iam", "role", "statements"); s.Kind != model.Absent {
		return s
	}
	version, _ := e.root.Get("frameworkVersion").Scalar()
	version = strings.TrimLeft(version, "^~>= v")
	if e.plugins["serverless-iam-roles-per-function"] || e.plugins["serverless-puresec-cli"] || strings.HasPrefix(version, "4") {
		return f.Value.Get("iamRoleStatements")
	}
	return model.NewAbsent(f.Value.Origin)
}

// inherits reports whether a role of a function's own has the provider's statements too.
func (e *expansion) inherits(f model.Field) bool {
	v := first(f.Value.Get("iamRoleStatementsInherit"), f.Value.Path("iam", "inheritStatements"),
		e.root.Path("custom", "serverless-iam-roles-per-function", "defaultInherit"))
	if v.Kind == model.Absent {
		return e.iamRole().Get("mode").EqualsText("perFunction") == model.Yes
	}
	return v.EqualsText("true") == model.Yes
}

// isRoleConfig tells the settings of a role that the framework makes from a reference to a role that exists.
func isRoleConfig(r *model.Value) bool {
	if r.Kind != model.Map {
		return false
	}
	for _, f := range r.Fields {
		if f.Key == "Ref" || strings.HasPrefix(f.Key, "Fn::") {
			return false
		}
	}
	return true
}

// roleValue is a role by ARN, by intrinsic, or by the logical ID of a role in resources.
func roleValue(r *model.Value) *model.Value {
	if name, ok := r.Scalar(); ok && !strings.Contains(name, ":") && !strings.Contains(name, "/") {
		return arn(name, r.Origin)
	}
	return r
}

func (e *expansion) useRole(use roleUse, f model.Field) {
	for i := range e.roleUses {
		if e.roleUses[i].id == use.id {
			e.roleUses[i].functions = append(e.roleUses[i].functions, f)
			e.roleUses[i].vpc = e.roleUses[i].vpc || e.vpc(f.Value).Kind == model.Map
			return
		}
	}
	use.functions = []model.Field{f}
	use.vpc = e.vpc(f.Value).Kind == model.Map
	e.roleUses = append(e.roleUses, use)
}

// allow adds a statement that an event of a function needs to the role that the framework makes for it.
func (e *expansion) allow(function string, at model.Origin, resource *model.Value, actions ...string) {
	for i := range e.roleUses {
		for _, f := range e.roleUses[i].functions {
			if f.Key == function {
				e.roleUses[i].statements = append(e.roleUses[i].statements, statement(at, resource, actions...))
				return
			}
		}
	}
}

func statement(at model.Origin, resource *model.Value, actions ...string) *model.Value {
	var names []*model.Value
	for _, a := range actions {
		names = append(names, text(a, at))
	}
	return object(at, field("Effect", text("Allow", at)), field("Action", list(at, names...)), field("Resource", list(at, resource)))
}

func (e *expansion) roles() {
	for _, use := range e.roleUses {
		e.role(use)
	}
}

func (e *expansion) role(use roleUse) {
	statements := e.logStatements(use)
	if tracing := e.provider.Path("tracing", "lambda"); tracing.Kind != model.Absent && tracing.EqualsText("false") != model.Yes {
		statements = append(statements, statement(tracing.Origin, text("*", tracing.Origin), "xray:PutTraceSegments", "xray:PutTelemetryRecords"))
	}
	statements = append(statements, use.statements...)
	if use.inherit {
		statements = append(statements, e.providerStatements()...)
	}
	if use.own != nil {
		statements = append(statements, flatten(use.own)...)
	}
	at := use.at
	policy := object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, statements...)))
	fields := []model.Field{
		field("AssumeRolePolicyDocument", lambdaTrust(at)),
		field("Policies", list(at, object(at,
			field("PolicyName", text(e.service.Name+"-"+e.service.Stage+"-lambda", at)), field("PolicyDocument", policy)))),
	}
	if use.id == sharedRole {
		config := e.iamRole()
		fields = set(fields, "RoleName", config.Get("name"))
		fields = set(fields, "PermissionsBoundary", first(config.Get("permissionsBoundary"), config.Get("permissionBoundary"), e.provider.Get("rolePermissionsBoundary")))
	}
	fields = set(fields, "ManagedPolicyArns", e.managedPolicies(use))
	e.add(use.id, "AWS::IAM::Role", fields, at, "role of the functions")
}

func (e *expansion) managedPolicies(use roleUse) *model.Value {
	var arns []*model.Value
	if use.inherit {
		arns = append(arns, first(e.iamRole().Get("managedPolicies"), e.provider.Get("iamManagedPolicies")).Elements()...)
	}
	if use.vpc {
		arns = append(arns, text("arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole", use.at))
	}
	if arns == nil {
		return model.NewAbsent(use.at)
	}
	return list(use.at, arns...)
}

func lambdaTrust(at model.Origin) *model.Value {
	return object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, object(at,
		field("Effect", text("Allow", at)),
		field("Principal", object(at, field("Service", list(at, text("lambda.amazonaws.com", at))))),
		field("Action", list(at, text("sts:AssumeRole", at)))))))
}

// logStatements let functions write their logs, as the framework always does.
func (e *expansion) logStatements(use roleUse) []*model.Value {
	at := use.at
	prefix := func(suffix string) *model.Value {
		return concat(at, text("arn:", at), ref("AWS::Partition", at), text(":logs:", at), ref("AWS::Region", at), text(":", at),
			ref("AWS::AccountId", at), text(":log-group:/aws/lambda/"+e.service.Name+"-"+e.service.Stage+suffix, at))
	}
	return []*model.Value{
		statement(at, prefix("*:*"), "logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"),
		statement(at, prefix("*:*:*"), "logs:PutLogEvents"),
	}
}

func (e *expansion) providerStatements() []*model.Value {
	return append(flatten(e.iamRole().Get("statements")), flatten(e.provider.Get("iamRoleStatements"))...)
}

// flatten lists statements; files are often included as lists inside the list.
func flatten(v *model.Value) []*model.Value {
	var out []*model.Value
	for _, s := range v.Elements() {
		if s.Kind == model.List {
			out = append(out, flatten(s)...)
			continue
		}
		out = append(out, s)
	}
	return out
}
