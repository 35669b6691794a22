package serverless

import (
	"crypto/md5" //nolint:gosec // the framework shortens names with it; nothing is secured by it
	"encoding/hex"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

const sharedRole = "IamRoleLambdaExecution"

// roleUse is a role that the framework makes, with the functions that use it and what these need.
type roleUse struct {
	id        string
	at        model.Origin
	functions []model.Field
	needs     []*need
	own       *model.Value // statements of the function itself (roles per function)
	inherit   bool         // the provider's statements too
	plugin    bool         // made by the plugin serverless-iam-roles-per-function
	scheduled bool         // a function is called by the scheduler, in the role's name
	edge      bool         // a function runs at the edge
}

// need is one statement that functions or their events add to a role.
type need struct {
	key       string // needs of one key are one statement over all their resources
	at        model.Origin
	actions   []string
	resources []*model.Value
}

// functionRole is the role a function runs with.
func (e *expansion) functionRole(f model.Field, at model.Origin) *model.Value {
	if r := f.Value.Get("role"); r.Kind != model.Absent {
		return e.roleValue(r)
	}
	if e.rolePerFunction(f) {
		id := logicalName(f.Key) + sharedRole
		plugin := e.plugins["serverless-iam-roles-per-function"] && f.Value.Get("iamRoleStatements").Kind != model.Absent
		if plugin { // which leaves the role that the framework makes for all where it is
			e.useRole(roleUse{id: sharedRole, at: e.roleOrigin(), inherit: true}, f)
		}
		e.useRole(roleUse{id: id, at: at, own: e.ownStatements(f), inherit: e.inherits(f), plugin: plugin}, f)
		return arn(id, at)
	}
	if r := first(e.iamRole(), e.provider.Get("role")); r.Kind != model.Absent && !isRoleConfig(r) {
		return e.roleValue(r)
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
	if e.plugins["serverless-iam-roles-per-function"] || e.plugins["serverless-puresec-cli"] || e.majorVersion() == "4" {
		return f.Value.Get("iamRoleStatements")
	}
	return model.NewAbsent(f.Value.Origin)
}

// majorVersion is the version of the framework that the service asks for: 1 to 4; empty if it does not say.
func (e *expansion) majorVersion() string {
	version, _ := e.root.Get("frameworkVersion").Scalar()
	version = strings.TrimLeft(version, "^~>= v")
	return version[:min(1, len(version))]
}

// inherits reports whether a role of a function's own has the provider's statements too.
func (e *expansion) inherits(f model.Field) bool {
	v := first(f.Value.Get("iamRoleStatementsInherit"), f.Value.Path("iam", "inheritStatements"),
		e.root.Path("custom", "serverless-iam-roles-per-function", "defaultInherit"))
	if v.Kind == model.Absent {
		return e.iamRole().Get("mode").EqualsText("perFunction") == model.Yes
	}
	return isOn(v)
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
func (e *expansion) roleValue(r *model.Value) *model.Value {
	if name, ok := r.Scalar(); ok && !strings.Contains(name, ":") && !strings.Contains(name, "/") {
		if !e.mayDeclare(name) && !strings.HasSuffix(name, sharedRole) {
			e.warn(r.Origin, "role "+name+" is not among the resources of the service", "declare it there, or give its ARN")
			return model.NewPresent("role "+name+" is not among the resources of the service", r.Origin)
		}
		return arn(name, r.Origin)
	}
	return r
}

// mayDeclare reports whether the resources of the service have a logical ID, or are not all known.
func (e *expansion) mayDeclare(id string) bool {
	for _, part := range append(e.root.Get("resources").Elements(), e.root.Get("resources")) {
		if part.Kind == model.Unknown || part.Get("Resources").Kind == model.Unknown || part.Path("Resources", id).Kind != model.Absent {
			return true
		}
	}
	return false
}

func (e *expansion) useRole(use roleUse, f model.Field) {
	for _, known := range e.roleUses {
		if known.id == use.id {
			known.functions = append(known.functions, f)
			e.roleOf[f.Key] = append(e.roleOf[f.Key], known)
			return
		}
	}
	use.functions = []model.Field{f}
	e.roleUses = append(e.roleUses, &use)
	e.roleOf[f.Key] = append(e.roleOf[f.Key], &use)
}

// allow adds what a function needs to the roles that the framework makes for it, and returns it to be refined. Needs of one
// key (not "") share a statement. What a function with a role of somebody else's making needs goes to the shared role, if
// there is one for others: the framework adds it without looking.
func (e *expansion) allow(function, key string, at model.Origin, resource *model.Value, actions ...string) *need {
	var made *need
	for _, use := range e.roleOf[function] {
		if use.plugin && !pluginGrants(key) {
			continue
		}
		if n := use.allow(key, at, resource, actions); made == nil {
			made = n
		}
	}
	if made == nil {
		return e.homeless.allow(key, at, resource, actions)
	}
	return made
}

func (use *roleUse) allow(key string, at model.Origin, resource *model.Value, actions []string) *need {
	for _, n := range use.needs {
		if key != "" && n.key == key {
			n.add(resource)
			return n
		}
	}
	n := &need{key: key, at: at, actions: actions}
	n.add(resource)
	use.needs = append(use.needs, n)
	return n
}

// pluginGrants reports whether the plugin for roles per function repeats a need in its own roles: queues, streams and dead
// letters only.
func pluginGrants(key string) bool {
	kind, _, _ := strings.Cut(key, " ")
	return kind == "sqs" || kind == "dynamodb" || kind == "kinesis" || kind == deadLetters
}

const deadLetters = "dead-letters"

func (n *need) add(resource *model.Value) {
	if resource != nil && resource.Kind != model.Absent {
		n.resources = append(n.resources, resource)
	}
}

func statement(at model.Origin, resource *model.Value, actions ...string) *model.Value {
	return object(at, field("Effect", text("Allow", at)), field("Action", texts(at, actions...)), field("Resource", resource))
}

func (e *expansion) roles() {
	for _, use := range e.roleUses {
		if use.id == sharedRole {
			for _, n := range e.homeless.needs {
				into := use.allow(n.key, n.at, nil, n.actions)
				for _, r := range n.resources {
					if !slices.ContainsFunc(into.resources, func(known *model.Value) bool { return model.Equal(known, r) == model.Yes }) {
						into.add(r)
					}
				}
			}
		}
		e.role(use)
	}
}

func (e *expansion) role(use *roleUse) {
	at := use.at
	statements := e.logStatements(use)
	if use.inherit && !use.plugin {
		statements = append(statements, e.providerStatements()...)
	}
	for _, n := range use.needs {
		statements = append(statements, statement(n.at, list(n.at, n.resources...), n.actions...))
	}
	if use.inherit && use.plugin {
		statements = append(statements, e.providerStatements()...)
	}
	if use.own != nil {
		statements = append(statements, flatten(use.own)...)
	}
	if use.edge {
		anywhere := pattern(at, "arn:${AWS::Partition}:logs:*:*:*")
		statements = append(statements, statement(at, list(at, anywhere), "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:TagResource"))
	}
	services := []string{"lambda.amazonaws.com"}
	if use.scheduled {
		services = append(services, "scheduler.amazonaws.com")
	}
	if use.edge {
		services = append(services, "edgelambda.amazonaws.com")
	}
	config := e.iamRole()
	fields := []model.Field{
		field("AssumeRolePolicyDocument", trust(at, services...)),
		field("Policies", onePolicy(at, e.stack()+"-lambda", statements)),
		field("Path", first(config.Get("path"), text("/", at))),
		field("RoleName", e.roleName(use)),
	}
	fields = set(fields, "PermissionsBoundary", e.boundary(use))
	fields = set(fields, "Tags", tagList(config.Get("tags")))
	fields = set(fields, "ManagedPolicyArns", e.managedPolicies(use))
	e.add(use.id, "AWS::IAM::Role", fields, at, "role of the functions")
}

func (e *expansion) boundary(use *roleUse) *model.Value {
	config := e.iamRole()
	own := model.NewAbsent(use.at)
	everybody := e.root.Path("custom", "serverless-iam-roles-per-function", "iamGlobalPermissionsBoundary")
	switch {
	case use.plugin:
		own = first(use.functions[0].Value.Get("iamPermissionsBoundary"), everybody)
	case use.id == sharedRole && slices.ContainsFunc(e.roleUses, func(u *roleUse) bool { return u.plugin }):
		own = everybody
	}
	return first(own, config.Get("permissionsBoundary"), config.Get("permissionBoundary"), e.provider.Get("rolePermissionsBoundary"))
}

// roleName is the name of a role; the last part is left out where AWS's 64 characters would not do.
func (e *expansion) roleName(use *roleUse) *model.Value {
	if use.id == sharedRole {
		return first(e.iamRole().Get("name"), pattern(use.at, e.stack()+"-${AWS::Region}-lambdaRole"))
	}
	f := use.functions[0]
	if name := first(f.Value.Get("iamRoleStatementsName"), f.Value.Path("iam", "role", "name")); name.Kind != model.Absent {
		return name
	}
	region := orDefault(first(e.provider.Get("region"), text("us-east-1", use.at)).String(), "us-east-1")
	name := e.stack() + "-" + f.Key + "-${AWS::Region}"
	if len(e.stack()+f.Key+region)+len("---lambdaRole") <= 64 {
		name += "-lambdaRole"
	}
	return pattern(use.at, name)
}

func (e *expansion) managedPolicies(use *roleUse) *model.Value {
	var arns []*model.Value
	if use.inherit && !use.plugin {
		arns = append(arns, first(e.iamRole().Get("managedPolicies"), e.provider.Get("iamManagedPolicies")).Elements()...)
	}
	if e.inNetwork(use) {
		arns = append(arns, pattern(use.at, "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"))
	}
	if arns == nil {
		return model.NewAbsent(use.at)
	}
	return list(use.at, arns...)
}

// inNetwork reports whether a function of the role says anything of a VPC.
func (e *expansion) inNetwork(use *roleUse) bool {
	if e.provider.Get("vpc").IsSet() == model.Yes || use.id == sharedRole && e.network {
		return true
	}
	for _, f := range use.functions {
		if hasKey(f.Value, "vpc") {
			return true
		}
	}
	return false
}

func trust(at model.Origin, services ...string) *model.Value {
	return object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, object(at,
		field("Effect", text("Allow", at)),
		field("Principal", object(at, field("Service", texts(at, services...)))),
		field("Action", texts(at, "sts:AssumeRole"))))))
}

func onePolicy(at model.Origin, name string, statements []*model.Value) *model.Value {
	document := object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, statements...)))
	return list(at, object(at, field("PolicyName", text(name, at)), field("PolicyDocument", document)))
}

// logStatements let functions write their logs: those named by the framework together, others each by its name. Functions
// without logs are forbidden to write any.
func (e *expansion) logStatements(use *roleUse) []*model.Value {
	at := use.at
	group := func(name *model.Value, suffix string) *model.Value {
		return pattern(at, "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/%v"+suffix, name)
	}
	if use.plugin {
		return []*model.Value{statement(at, list(at, group(e.functionName(use.functions[0]), ":*:*")),
			"logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents")}
	}
	var groups, streams, silent []*model.Value
	usual := false
	for _, f := range use.functions {
		name := e.functionName(f)
		off := isOn(f.Value.Get("disableLogs"))
		switch {
		case name.HasPrefix(e.stack()) == model.Yes && off:
			silent = append(silent, group(name, ":*"))
		case name.HasPrefix(e.stack()) == model.Yes:
			usual = true
		case !off:
			groups, streams = append(groups, group(name, ":*")), append(streams, group(name, ":*:*"))
		}
	}
	if usual {
		prefix := text(e.stack(), at)
		groups, streams = append(groups, group(prefix, "*:*")), append(streams, group(prefix, "*:*:*"))
	}
	out := []*model.Value{
		statement(at, list(at, groups...), "logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"),
		statement(at, list(at, streams...), "logs:PutLogEvents"),
	}
	if silent != nil && usual {
		out = append(out, object(at, field("Effect", text("Deny", at)), field("Action", text("logs:PutLogEvents", at)), field("Resource", list(at, silent...))))
	}
	return out
}

// providerStatements are the statements of the provider: those of iam.role, or else those of the old place.
func (e *expansion) providerStatements() []*model.Value {
	return flatten(first(e.iamRole().Get("statements"), e.provider.Get("iamRoleStatements")))
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

// hashedName is a name with all after keep characters replaced by its hash where it is longer than AWS allows.
func hashedName(name string, longest, keep int) string {
	if len(name) <= longest {
		return name
	}
	return name[:keep] + hash(name)
}

// hash is the hash that the framework and the CDK put into names, in hexadecimal digits.
func hash(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}
