package assemble

import (
	"strings"

	"wardlet.example/internal/model"
)

// join connects the parts of one application.
type join struct {
	app       *model.App
	functions map[string]*model.Function
	roleOf    map[string]*model.Role
}

func newJoin(app *model.App) *join {
	j := &join{app: app, functions: map[string]*model.Function{}, roleOf: map[string]*model.Role{}}
	for _, f := range app.Functions {
		j.functions[f.ID] = f
	}
	return j
}

// functionIn is the function that a value refers to: directly, by alias or version, or inside an ARN or URI.
func (j *join) functionIn(v *model.Value) *model.Function {
	for _, ref := range v.Refs() {
		if f := j.functionByID(ref.Str, 0); f != nil {
			return f
		}
	}
	return j.functionByName(v)
}

func (j *join) functionByID(id string, depth int) *model.Function {
	if f := j.functions[id]; f != nil {
		return f
	}
	r := j.app.Resource(id)
	if r == nil || depth > 3 || r.Type != "AWS::Lambda::Alias" && r.Type != "AWS::Lambda::Version" {
		return nil
	}
	for _, ref := range r.Props.Get("FunctionName").Refs() {
		if f := j.functionByID(ref.Str, depth+1); f != nil {
			return f
		}
	}
	return nil
}

// functionByName finds a function whose explicit name ends the ARN in v, or is all of v.
func (j *join) functionByName(v *model.Value) *model.Function {
	text := v.Settled().String()
	for _, f := range j.app.Functions {
		name, ok := f.Resource.Props.Get("FunctionName").Settled().Scalar()
		if !ok || name == "" {
			continue
		}
		if text == name || strings.Contains(text, ":function:") && (strings.HasSuffix(text, ":"+name) || strings.Contains(text, ":"+name+"/")) {
			return f
		}
	}
	return nil
}

// source is the resource that a value names: by reference, or by the explicit name at the end of an ARN.
func (j *join) source(v *model.Value, types ...string) *model.Resource {
	for _, ref := range v.Refs() {
		if r := j.app.Resource(ref.Str); r != nil && (len(types) == 0 || hasType(r, types)) {
			return r
		}
	}
	return j.sourceByName(v, types)
}

func hasType(r *model.Resource, types []string) bool {
	for _, t := range types {
		if r.Type == t {
			return true
		}
	}
	return false
}

var nameProperty = map[string]string{
	"AWS::SQS::Queue": "QueueName", "AWS::SNS::Topic": "TopicName", "AWS::S3::Bucket": "BucketName",
	"AWS::DynamoDB::Table": "TableName", "AWS::Kinesis::Stream": "Name", "AWS::Events::EventBus": "Name",
	"AWS::StepFunctions::StateMachine": "StateMachineName", "AWS::Logs::LogGroup": "LogGroupName",
	"AWS::SecretsManager::Secret": "Name", "AWS::Cognito::UserPool": "UserPoolName",
}

func (j *join) sourceByName(v *model.Value, types []string) *model.Resource {
	text := v.Settled().String()
	if text == "" || text == "?" {
		return nil
	}
	for _, r := range j.app.Resources {
		key := nameProperty[r.Type]
		if key == "" || len(types) > 0 && !hasType(r, types) {
			continue
		}
		name := r.Props.Get(key).Settled().String()
		if name == "" || name == "?" || name == "absent" {
			continue
		}
		if text == name || strings.HasPrefix(text, "arn:") && arnNames(text, name) {
			return r
		}
	}
	return nil
}

// arnNames reports whether an ARN is that of a resource of this name: arn:...:name, .../name or .../name/stream/...
func arnNames(arn, name string) bool {
	for _, sep := range []string{":", "/"} {
		if strings.HasSuffix(arn, sep+name) || strings.Contains(arn, sep+name+"/stream/") {
			return true
		}
	}
	return false
}

// environment lists each function's variables with the resources they point to.
func (j *join) environment() {
	for _, f := range j.app.Functions {
		vars := f.Resource.Props.Path("Environment", "Variables")
		for _, v := range vars.Fields {
			f.Env = append(f.Env, model.EnvVar{Name: v.Key, Value: v.Value, At: v.At, Resource: j.pointee(f, v.Value)})
		}
	}
}

// pointee is what an environment variable points to: a reference, or the explicit name of a resource of the app.
func (j *join) pointee(f *model.Function, v *model.Value) *model.Resource {
	for _, ref := range v.Refs() {
		if r := j.app.Resource(ref.Str); r != nil && r.ID != f.ID && !strings.HasPrefix(ref.Str, "AWS::") {
			return r
		}
	}
	if w := v.Settled(); w.Kind != model.Text && (w.Kind != model.String || len(w.Str) < 4) {
		return nil
	}
	return j.sourceByName(v, nil)
}

// roles collects the application's roles with their grants, and gives each function its role.
func (j *join) roles() {
	for _, r := range j.app.Resources {
		if r.Type == "AWS::IAM::Role" {
			j.roleOf[r.ID] = j.role(r)
			j.app.Roles = append(j.app.Roles, j.roleOf[r.ID])
		}
	}
	for _, r := range j.app.Resources {
		if r.Type == "AWS::IAM::Policy" || r.Type == "AWS::IAM::ManagedPolicy" || r.Type == "AWS::IAM::RolePolicy" {
			j.attach(r)
		}
	}
	for _, f := range j.app.Functions {
		f.Role = j.functionRole(f.Resource.Props.Get("Role"))
	}
}

func (j *join) functionRole(v *model.Value) *model.Role {
	if r := j.app.Target(v); r != nil {
		return j.roleOf[r.ID]
	}
	text := v.Settled().String()
	for _, role := range j.app.Roles {
		name, ok := role.Resource.Props.Get("RoleName").Settled().Scalar()
		if ok && name != "" && strings.HasSuffix(text, "role/"+name) {
			return role
		}
	}
	return nil
}

func (j *join) role(r *model.Resource) *model.Role {
	role := &model.Role{ID: r.ID, Resource: r, Origin: r.Origin, Trust: r.Props.Get("AssumeRolePolicyDocument")}
	for _, p := range r.Props.Get("Policies").Elements() {
		role.Grants = append(role.Grants, Grants(p.Get("PolicyDocument"), p.Get("PolicyName").String())...)
	}
	for _, m := range r.Props.Get("ManagedPolicyArns").Elements() {
		role.Managed = append(role.Managed, m)
		if policy := j.app.Target(m); policy != nil {
			role.Grants = append(role.Grants, Grants(policy.Props.Get("PolicyDocument"), policy.ID)...)
		}
	}
	return role
}

// attach adds a policy resource to the roles that it names.
func (j *join) attach(r *model.Resource) {
	names := append(r.Props.Get("Roles").Elements(), r.Props.Get("RoleName").Elements()...)
	for _, name := range names {
		role := j.functionRole(name)
		if role == nil {
			role = j.roleNamed(name)
		}
		if role != nil {
			role.Grants = append(role.Grants, Grants(r.Props.Get("PolicyDocument"), r.ID)...)
		}
	}
}

func (j *join) roleNamed(v *model.Value) *model.Role {
	text := v.Settled().String()
	for _, role := range j.app.Roles {
		if name := role.Resource.Props.Get("RoleName").Settled().String(); name == text && name != "" && name != "absent" {
			return role
		}
	}
	return nil
}

// Grants lists the statements of a policy document.
func Grants(document *model.Value, from string) []model.Grant {
	var out []model.Grant
	for _, s := range document.Get("Statement").Elements() {
		out = append(out, model.Grant{
			Effect:     s.Get("Effect"),
			Actions:    s.Get("Action").Elements(),
			NotActions: s.Get("NotAction").Elements(),
			Resources:  s.Get("Resource").Elements(),
			NotRes:     s.Get("NotResource").Elements(),
			Condition:  s.Get("Condition"),
			From:       from,
			Origin:     s.Origin,
		})
	}
	return out
}
