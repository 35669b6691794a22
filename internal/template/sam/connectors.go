package sam

import (
	"strconv"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

const connectorType = "AWS::Serverless::Connector"

// connection is one connector: a resource of its own, or an entry of Connectors of its source.
type connection struct {
	id, by      string
	owner       *model.Resource // what the made resources follow in the list
	props       *model.Value
	source      *model.Value // the reference to the source
	at          model.Origin
	permissions []*model.Value
}

// end is one end of a connector.
type end struct {
	kind                          string
	arn, role, url, name, address *model.Value
	origin                        model.Origin
}

// connectors replaces connectors by what allows their source to use their destinations. One that cannot be followed
// stays, with a diagnostic.
func (x *expander) connectors() {
	all := x.extra
	for _, r := range x.sources {
		if r.Type == connectorType {
			all = append(all, connection{
				id: r.ID, by: "SAM: connector " + r.ID, owner: r, props: r.Props, source: r.Props.Get("Source"), at: r.Origin,
			})
		}
		all = append(all, x.embedded(r)...)
	}
	if len(all) == 0 {
		return
	}
	known := map[string]*model.Resource{}
	for _, r := range x.ordered() {
		known[r.ID] = r
	}
	followed := map[string]bool{}
	for _, c := range all {
		c.permissions = c.props.Get("Permissions").Settled().Elements()
		done := x.connect(c, known)
		if before, again := followed[c.owner.ID]; again {
			done = done && before
		}
		followed[c.owner.ID] = done
	}
	for _, r := range x.sources {
		switch {
		case !followed[r.ID]:
		case r.Type == connectorType:
			x.replaced[r.ID] = true
		default:
			r.Attributes = withoutKey(r.Attributes, "Connectors")
		}
	}
}

// embedded lists the connectors that stand in their source.
func (x *expander) embedded(r *model.Resource) []connection {
	connectors := r.Attributes.Get("Connectors").Settled()
	if wrongKind(connectors) {
		x.warn(connectors.Origin, "the Connectors of "+r.ID+" are a "+connectors.Kind.String()+", not a map: they are not read",
			"write Connectors: {Name: {Properties: {Destination: {Id: ...}, Permissions: [Read]}}}")
	}
	var out []connection
	for _, f := range connectors.Fields {
		at := model.Origin{Pos: f.At, Via: f.Value.Origin.Via}
		props := f.Value.Get("Properties").Settled()
		source := with(props.Get("SourceReference"), "Id", text(r.ID, at))
		out = append(out, connection{
			id: r.ID + f.Key, by: by("connector "+f.Key, r), owner: r, props: props, source: source, at: at,
		})
	}
	return out
}

// connect makes what each destination takes; it reports whether all of it is made.
func (x *expander) connect(c connection, known map[string]*model.Resource) bool {
	destinations := c.props.Get("Destination").Settled()
	several := destinations.Kind == model.List
	done := len(destinations.Elements()) > 0
	if !done {
		x.notSeen(c, c.at, "it has no Destination")
	}
	for i, d := range destinations.Elements() {
		suffix := ""
		if several {
			suffix = "Destination" + strconv.Itoa(i)
		}
		source, why := endOf(c.source.Settled(), d.Settled(), known)
		destination, whyNot := endOf(d.Settled(), c.source.Settled(), known)
		switch {
		case why != "":
			x.notSeen(c, c.source.Origin, "its source "+why)
		case whyNot != "":
			x.notSeen(c, d.Origin, "its destination "+whyNot)
		default:
			before := len(x.made[c.owner.ID])
			why = x.allow(c, suffix, source, destination, known)
			for _, made := range x.made[c.owner.ID][before:] {
				made.Attributes = with(made.Attributes, "Metadata", x.connected(c, c.source.Settled(), d.Settled()))
			}
			if why != "" {
				x.notSeen(c, d.Origin, why)
			}
		}
		done = done && why == "" && whyNot == ""
	}
	return done
}

// connected is what SAM notes about a connector beside what it makes.
func (x *expander) connected(c connection, source, destination *model.Value) *model.Value {
	kind := func(v *model.Value) *model.Value {
		if s := x.types[known(v.Get("Id"))]; s != "" {
			return object("Type", text(s, c.at), c.at)
		}
		return object("Type", v.Get("Type"), c.at)
	}
	ends := model.NewMap([]model.Field{
		cloudformation.Field("Source", kind(source)), cloudformation.Field("Destination", kind(destination)),
	}, c.at)
	return object("aws:sam:connectors", object(c.id, ends, c.at), c.at)
}

func (x *expander) notSeen(c connection, at model.Origin, why string) {
	x.warn(at, "what connector "+c.id+" permits is not seen: "+why,
		"check its Source, Destination and Permissions, or write the permissions as a policy")
}

// canonical says what the ends of a connector become.
var canonical = map[string]string{
	"AWS::Serverless::Api": restType, "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
	"AWS::Serverless::Function": "AWS::Lambda::Function", "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
	"AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
	"AWS::Serverless::GraphQLApi":   "AWS::AppSync::GraphQLApi",
}

// endOf reads one end of a connector: a resource of the template, or one that is described by its type and ARN. It says
// why where neither is there.
func endOf(ref, other *model.Value, known map[string]*model.Resource) (end, string) {
	at := ref.Origin
	none := model.NewAbsent(at)
	id, ok := ref.Get("Id").Settled().Scalar()
	if !ok {
		kind, _ := ref.Get("Type").Settled().Scalar()
		if kind == "" {
			return end{}, "names neither Id nor Type"
		}
		if to := canonical[kind]; to != "" {
			kind = to
		}
		return end{
			kind: kind, arn: ref.Get("Arn"), role: ref.Get("RoleName"), url: ref.Get("QueueUrl"), name: ref.Get("Name"),
			address: address(ref.Get("ResourceId"), ref, at), origin: at,
		}, ""
	}
	r := known[id]
	if r == nil {
		return end{}, id + " is not a resource of this template"
	}
	at = ref.Get("Id").Origin
	e := end{kind: r.Type, arn: model.NewRef(id, "Arn", at), role: none, url: none, name: none, address: none, origin: at}
	switch r.Type {
	case "AWS::SNS::Topic":
		e.arn = model.NewRef(id, "", at)
	case "AWS::SQS::Queue":
		e.url = model.NewRef(id, "", at)
	case "AWS::Lambda::Function":
		e.role = roleName(r.Props.Get("Role"), at)
	case "AWS::StepFunctions::StateMachine":
		e.role, e.name = roleName(r.Props.Get("RoleArn"), at), model.NewRef(id, "Name", at)
	case "AWS::AppSync::DataSource":
		e.role = roleName(r.Props.Get("ServiceRoleArn"), at)
	case "AWS::Events::Rule":
		e.role = ruleRole(r, other, at)
	case restType, "AWS::ApiGatewayV2::Api":
		e.address = address(model.NewRef(id, "", at), ref, at)
	case "AWS::AppSync::GraphQLApi":
		e.address = model.NewRef(id, "ApiId", at)
	}
	return e, ""
}

// address is what of an API calls: all of it unless a Qualifier says which route.
func address(id, ref *model.Value, at model.Origin) *model.Value {
	if id.Kind == model.Absent || id.Attr != "" {
		return id
	}
	parts := []*model.Value{id, text("/", at), or(ref.Get("Qualifier"), text("*", at))}
	return joinedText(parts, at)
}

// roleName is the name of a role of the template that a resource has; Absent where it has another.
func roleName(role *model.Value, at model.Origin) *model.Value {
	return each(role, func(role *model.Value) *model.Value {
		if role.Kind != model.Ref {
			return model.NewAbsent(at)
		}
		return model.NewRef(role.Str, "", at)
	})
}

// ruleRole is the role by which a rule calls one of its targets.
func ruleRole(rule *model.Resource, target *model.Value, at model.Origin) *model.Value {
	id := known(target.Get("Id"))
	for _, t := range rule.Props.Get("Targets").Elements() {
		arn := t.Settled().Get("Arn").Settled()
		if id != "" && arn.Kind == model.Ref && arn.Str == id || model.Equal(arn, target.Get("Arn")) == model.Yes {
			return roleName(t.Settled().Get("RoleArn"), at)
		}
	}
	return model.NewAbsent(at)
}

// allow makes what lets the source use the destination; otherwise it says why not.
func (x *expander) allow(c connection, suffix string, source, destination end, resources map[string]*model.Resource) string {
	pair := short(source.kind) + " to " + short(destination.kind)
	p, ok := profiles[pair]
	if !ok {
		return "connectors from " + pair + " are not known"
	}
	granted := map[string]model.Origin{}
	for _, v := range c.permissions {
		s := known(v)
		if len(p.access[s]) == 0 {
			return "no connector from " + pair + " has the permission " + strconv.Quote(s)
		}
		granted[s] = v.Origin
	}
	if len(granted) == 0 {
		return "it has no Permissions"
	}
	of, about := source, destination
	if p.reverse {
		of, about = destination, source
	}
	parts := map[string]*model.Value{"Arn": about.arn, "Name": about.name, "Address": about.address}
	var statements []*model.Value
	for _, category := range []string{"Read", "Write"} {
		at, ok := granted[category]
		if !ok {
			continue
		}
		for _, g := range p.access[category] {
			if missing := missingPart(g, parts); missing != "" {
				return "the " + missing + " of " + short(about.kind) + " is not given"
			}
			statements = append(statements, g.statement(func(name string) *model.Value { return parts[name] }, at))
		}
	}
	return x.grantConnection(c, suffix, p, of, statements, resources)
}

func missingPart(g grant, parts map[string]*model.Value) string {
	for name, v := range parts {
		if v.IsSet() == model.No && strings.Contains(g.resources, "${"+name+"}") {
			return name
		}
	}
	return ""
}

// grantConnection makes a policy of the role, or of what is called, of statements about the other end.
func (x *expander) grantConnection(
	c connection, suffix string, p profile, of end, statements []*model.Value, known map[string]*model.Resource,
) string {
	at := statements[0].Origin
	var f fields
	switch p.service {
	case "":
		if of.role.IsSet() == model.No {
			return "the role of " + short(of.kind) + " is not in this template"
		}
		f.set("PolicyDocument", document(at, statements...))
		f.set("Roles", list(at, of.role))
		made := x.make(c.owner, c.id+"Policy"+suffix, "AWS::IAM::ManagedPolicy", f, c.at, c.by)
		x.waitFor(c, p, made.ID, known)
		return ""
	}
	if of.arn.IsSet() == model.No {
		return "the Arn of " + short(of.kind) + " is not given"
	}
	caller := statements[0].Get("Resource").Elements()[0]
	principal := text(p.service+".amazonaws.com", at)
	if of.kind == "AWS::Lambda::Function" {
		f.set("Action", text("lambda:InvokeFunction", at))
		f.set("FunctionName", of.arn)
		f.set("Principal", principal)
		f.set("SourceArn", caller)
		if p.service == "s3" {
			f.set("SourceAccount", model.NewRef("AWS::AccountId", "", at))
		}
		x.make(c.owner, c.id+"WriteLambdaPermission"+suffix, "AWS::Lambda::Permission", f, c.at, c.by)
		return ""
	}
	var s fields
	s.set("Effect", text("Allow", at))
	s.set("Principal", object("Service", principal, at))
	s.set("Action", statements[0].Get("Action").Elements()[0])
	s.set("Resource", of.arn)
	s.set("Condition", object("ArnEquals", object("aws:SourceArn", caller, at), at))
	kind, key, what, where := "AWS::SNS::TopicPolicy", "Topics", "TopicPolicy", of.arn
	if of.kind == "AWS::SQS::Queue" {
		kind, key, what, where = "AWS::SQS::QueuePolicy", "Queues", "QueuePolicy", of.url
	}
	if where.IsSet() == model.No {
		return "the QueueUrl of " + short(of.kind) + " is not given"
	}
	f.set("PolicyDocument", document(at, s.make(at)))
	f.set(key, list(at, where))
	x.make(c.owner, c.id+what+suffix, kind, f, c.at, c.by)
	return ""
}

// waitFor makes what could begin before it may wait for the policy: the source, or the mapping from the source to the
// destination.
func (x *expander) waitFor(c connection, p profile, policy string, resources map[string]*model.Resource) {
	var waiting []*model.Resource
	from, to := known(c.source.Settled().Get("Id")), known(c.props.Settled().Path("Destination", "Id"))
	switch p.waits {
	case "source":
		waiting = []*model.Resource{resources[from]}
	case "mapping":
		waiting = x.mappingsBetween(resources)[from+" "+to]
	}
	for _, r := range waiting {
		if r != nil {
			r.Attributes = changed(r.Attributes, []string{"DependsOn"}, func(v *model.Value) *model.Value {
				return appended(v, text(policy, c.at))
			})
		}
	}
}

// mappingsBetween lists the event source mappings by source and function.
func (x *expander) mappingsBetween(resources map[string]*model.Resource) map[string][]*model.Resource {
	if x.between == nil {
		x.between = map[string][]*model.Resource{}
		for _, r := range resources {
			source, function := r.Props.Get("EventSourceArn").Settled(), r.Props.Get("FunctionName").Settled()
			if r.Type == "AWS::Lambda::EventSourceMapping" && source.Kind == model.Ref && function.Kind == model.Ref {
				key := source.Str + " " + function.Str
				x.between[key] = append(x.between[key], r)
			}
		}
	}
	return x.between
}

// short is a type without AWS:: before it.
func short(kind string) string { return strings.TrimPrefix(kind, "AWS::") }
