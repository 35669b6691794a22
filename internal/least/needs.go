// Package least holds what functions may do against what they do: which actions their code and the platform need, on what, and
// which grants of their roles go beyond that.
//
// Certainty is per service. What is decided only while the function runs, or done by code that is not followed, makes a service
// uncertain, and of an uncertain service nothing is called unused.
package least

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// Need is an action that a function needs, and on what.
type Need struct {
	Action   *iam.Action
	On       *model.Value // an ARN; nil where it is not known what the action is done to
	Of       *link.Place  // the resource that On is the ARN of, or something in it; nil where it is none of the templates
	Inside   string       // what stands behind the ARN of the resource: "/*" for its objects
	Written  string       // the ARN, or name, as the code or a setting has it; empty where they have none
	From     string       // the parameter of the template whose default that is; empty where it is none's
	Places   []model.Pos  // calls in the code, or the declaration that makes the platform need it
	Why      string       // what the platform needs it for; empty for calls of the code
	Perhaps  bool         // only with some arguments
	Platform bool
}

// Doubt is a reason why a function perhaps needs more of a service.
type Doubt struct {
	Service string // the prefix of its actions; empty where it can be any
	Reason  string
	At      model.Pos
}

// Function is a function with what it needs.
type Function struct {
	*paths.Node
	Needs  []*Need
	Doubts []Doubt

	folder func(string) bool // whether the repository has a folder
	byName []*Need           // what the platform perhaps needs, by what is done by hand: it counts where a policy names it by itself
}

// Doubted is the reason why a function perhaps needs more of a service; nil where all that it needs is known.
func (f *Function) Doubted(service string) *Doubt {
	for i, d := range f.Doubts {
		if d.Service == "" || d.Service == service || d.Service == "rds" && service == "rds-db" {
			return &f.Doubts[i]
		}
	}
	return nil
}

// NeedsOf works out what a function needs. folder tells whether the repository has a folder; it may be nil.
func NeedsOf(n *paths.Node, folder func(string) bool) *Function {
	f := &Function{Node: n, folder: folder}
	for _, u := range n.Result.Uses {
		if !u.Lent {
			f.call(u)
		}
	}
	f.platform()
	f.doubts()
	return f
}

// call adds what one call of an SDK needs.
func (f *Function) call(u dataflow.Use) {
	line, col := u.File.Tree.Position(int(u.At))
	at := model.Pos{File: u.File.Path, Line: line, Col: col}
	client, _, _ := strings.Cut(u.Key, ":")
	if !u.Op.Known {
		f.Doubts = append(f.Doubts, Doubt{prefixOf(client), "no table says which permissions " + u.Key + " needs", at})
	}
	for _, one := range u.Op.Actions {
		a := iam.Find(one.Name)
		if a == nil {
			continue
		}
		perhaps := one.Perhaps
		if perhaps {
			switch asked(u, a) {
			case model.No:
				continue
			case model.Yes:
				perhaps = false
			}
		}
		for _, t := range f.on(u, a) {
			f.need(&Need{Action: a, On: t.arn, Of: t.of, Inside: t.inside, Written: t.written, From: t.from, Places: []model.Pos{at}, Perhaps: perhaps || u.Helper})
		}
		for _, name := range a.Dependent { // by some arguments
			if further := iam.Find(name); further != nil {
				f.need(&Need{Action: further, Places: []model.Pos{at}, Perhaps: true})
			}
		}
	}
	f.hands(u, at)
	f.tags(u, client, at)
}

// tags adds that something is tagged when it is made, where a request says so.
func (f *Function) tags(u dataflow.Use, client string, at model.Pos) {
	fields := u.Params.Fields()
	for _, name := range []string{"Tags", "tags", "TagList", "TagSpecifications"} {
		if fields[name] == nil {
			continue
		}
		for _, a := range iam.ServiceOf(prefixOf(client)).Tagging() {
			f.need(&Need{Action: a, Places: []model.Pos{at}, Perhaps: true})
		}
		return
	}
}

// hands adds that a role is handed to a service, where a member of a request that is called like one gives it: DataAccessRoleArn.
func (f *Function) hands(u dataflow.Use, at model.Pos) {
	if strings.HasPrefix(u.Key, "sts:") || strings.HasPrefix(u.Key, "iam:") {
		return
	}
	pass := iam.Find("iam:PassRole")
	fields := u.Params.Fields()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		v := fields[name]
		if lower := strings.ToLower(name); !strings.HasSuffix(lower, "rolearn") && lower != "role" {
			continue
		}
		for _, one := range f.Alternatives(v) {
			on, _ := f.arn(u, pass, "RoleName", f.Value(one))
			f.need(&Need{Action: pass, On: on.arn, Of: on.of, Inside: on.inside, Written: on.written, From: on.from, Places: []model.Pos{at}, Perhaps: true})
		}
	}
}

// need adds a need, or its place to one that is the same.
func (f *Function) need(n *Need) {
	for _, o := range f.Needs {
		if o.Action == n.Action && shown(o.On) == shown(n.On) {
			o.Perhaps, o.Platform = o.Perhaps && n.Perhaps, o.Platform && n.Platform
			for _, p := range n.Places {
				if !slices.Contains(o.Places, p) {
					o.Places = append(o.Places, p)
				}
			}
			return
		}
	}
	f.Needs = append(f.Needs, n)
}

func shown(v *model.Value) string {
	if v == nil {
		return "?"
	}
	return v.String()
}

// arguments are members of requests by which further actions are needed, by action.
var arguments = map[string][]string{
	"s3:PutObjectAcl": {"ACL", "GrantRead", "GrantFullControl", "GrantReadACP", "GrantWriteACP"}, "s3:PutObjectTagging": {"Tagging", "TagSet"},
	"s3:PutObjectRetention": {"ObjectLockMode", "ObjectLockRetainUntilDate"}, "s3:PutObjectLegalHold": {"ObjectLockLegalHoldStatus"},
	"s3:GetObjectVersion": {"VersionId"}, "s3:DeleteObjectVersion": {"VersionId"},
}

// transactions are the members of a transaction by the actions that they need.
var transactions = map[string]string{
	"dynamodb:PutItem": "TransactItems.Put", "dynamodb:UpdateItem": "TransactItems.Update", "dynamodb:DeleteItem": "TransactItems.Delete",
	"dynamodb:ConditionCheckItem": "TransactItems.ConditionCheck",
}

// asked is whether the arguments of a call ask for a further action.
func asked(u dataflow.Use, a *iam.Action) model.Tri {
	if u.Params.Open() && len(u.Params.Fields()) == 0 {
		return model.Maybe
	}
	if names := arguments[a.String()]; names != nil {
		for _, name := range names {
			if u.Params.At(name) != nil {
				return model.Yes
			}
		}
		if u.Params.Open() {
			return model.Maybe
		}
		return model.No
	}
	if path := transactions[a.String()]; path != "" && u.Key == "dynamodb:TransactWriteItems" && len(u.Params.All("TransactItems")) > 0 {
		return given(u.Params.All(strings.Split(path, ".")...))
	}
	if strings.HasPrefix(a.Key, "dynamodb:partiql") {
		if text := u.Params.At("Statement").Begins(); strings.Contains(strings.TrimSpace(text), " ") {
			verb, _, _ := strings.Cut(strings.TrimSpace(text), " ")
			return model.TriOf(strings.EqualFold("PartiQL"+verb, a.Name))
		}
	}
	return model.Maybe
}

func given(values []*dataflow.Value) model.Tri {
	return model.TriOf(len(values) > 0)
}

// target is what a call is about: its ARN, nil where that is not known, and the resource of a template that it is.
type target struct {
	arn     *model.Value
	of      *link.Place
	inside  string
	written string
	from    string
}

// on is what a call is about.
func (f *Function) on(u dataflow.Use, a *iam.Action) []target {
	if !a.Scopable() {
		return []target{{arn: model.NewString("*", model.Origin{})}}
	}
	var out []target
	named := false
	for _, s := range u.Op.Subjects {
		path := strings.Split(strings.NewReplacer("[]", "", "{}", ".*").Replace(s.Member), ".")
		if s.Member == "Key" || s.Member == "IndexName" {
			continue // they stand behind the bucket or table
		}
		for _, v := range u.Params.All(path...) {
			for _, one := range f.Alternatives(v) {
				t, about := f.arn(u, a, s.Member, f.Value(one))
				if about && (t.arn == nil || t.arn.Kind != model.Absent) {
					named = true
					out = append(out, t)
				}
			}
		}
	}
	if !named || len(a.Required) > 1 { // all that it is about, and not one of them alone
		return []target{{}}
	}
	return out
}

// arn is what a value means for an action; about tells whether the action is about such a thing at all.
func (f *Function) arn(u dataflow.Use, a *iam.Action, member string, v *model.Value) (t target, about bool) {
	app, r := f.App.Find(v)
	if r != nil {
		if base := link.ARN(app, r); base != nil {
			if f.fits(a, base) {
				arn, inside := f.within(u, a, base)
				return target{arn: arn, of: &link.Place{App: app, Resource: r}, inside: inside}, true
			}
			return target{}, false
		}
	}
	text, ok := v.Scalar()
	if !ok {
		return target{}, v.Kind != model.Absent
	}
	if strings.HasPrefix(text, "arn:") {
		if !f.fits(a, model.NewString(plainARN(text), v.Origin)) {
			return target{}, false
		}
		return target{arn: model.NewString(plainARN(text), v.Origin), written: text, from: parameterOf(v)}, true
	}
	name := text[strings.LastIndexByte(text, '/')+1:] // of the address of a queue
	if strings.HasPrefix(text, "/") {
		name = strings.TrimPrefix(text, "/")
	}
	var bases []*model.Value
	for _, kind := range a.Types {
		format := strings.NewReplacer("${Partition}", "aws", "${Region}", "*", "${Account}", "*").Replace(iam.ServiceOf(a.Service).Resources[kind])
		before, after, ok := strings.Cut(format, "${")
		placeholder, after, _ := strings.Cut(after, "}")
		if ok && !strings.Contains(after, "${") && (byName[a.Service] || nameOf(placeholder) == nameOf(member)) {
			bases = append(bases, model.NewString(before+name+after, v.Origin))
		}
	}
	if len(bases) != 1 { // a name alone does not say of what kind of thing it is
		return target{}, true
	}
	arn, inside := f.within(u, a, bases[0])
	return target{arn: arn, inside: inside, written: name, from: parameterOf(v)}, true
}

// parameterOf is the parameter whose default a value is; empty where it is none.
func parameterOf(v *model.Value) string {
	for via := v.Origin.Via; via != nil; via = via.Next {
		if name, ok := strings.CutPrefix(via.How, "default of parameter "); ok {
			return name
		}
	}
	return ""
}

// byName are services whose requests name by their first members what they are about.
var byName = map[string]bool{
	"dynamodb": true, "s3": true, "sqs": true, "sns": true, "lambda": true, "kinesis": true, "firehose": true, "states": true, "events": true, "ssm": true, "secretsmanager": true,
	"cognito-idp": true, "logs": true, "kms": true,
}

// nameOf is what a member of a request, or a part of an ARN, is the name of: streamname of StreamName, StreamARN and streamArn alike.
func nameOf(member string) string {
	s := strings.ToLower(member[strings.LastIndexByte(member, '.')+1:])
	for _, ending := range []string{"name", "id", "arn", "identifier", "url"} {
		s = strings.TrimSuffix(s, ending)
	}
	return s
}

// plainARN is an ARN with a star for its region and account, as those of resources of templates are written.
func plainARN(s string) string {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 {
		return s
	}
	if parts[3] != "" {
		parts[3] = "*"
	}
	if parts[4] != "" {
		parts[4] = "*"
	}
	return strings.Join(parts, ":")
}

// fits reports whether an action can be done to what an ARN names, by the beginning of the ARN.
func (f *Function) fits(a *iam.Action, arn *model.Value) bool {
	text := arn.String()
	for _, kind := range a.Types {
		format := strings.NewReplacer("${Partition}", "aws", "${Region}", "*", "${Account}", "*").Replace(iam.ServiceOf(a.Service).Resources[kind])
		before, _, _ := strings.Cut(format, "${")
		if strings.HasPrefix(text, before) {
			return true
		}
	}
	return false
}

// within is what a call is about inside a resource: an object of a bucket, an index of a table.
func (f *Function) within(u dataflow.Use, a *iam.Action, base *model.Value) (arn *model.Value, inside string) {
	switch a.Service {
	case "s3":
		if slices.Contains(a.Types, "object") && !slices.Contains(a.Types, "bucket") {
			key := f.Value(u.Params.At("Key"))
			if key.Kind != model.String && key.Kind != model.Text {
				key = model.NewPresent("the key of an object", base.Origin)
			}
			return model.NewText([]*model.Value{base, model.NewString("/", base.Origin), key}, base.Origin), "/*"
		}
	case "dynamodb":
		if index := u.Params.At("IndexName"); index != nil && slices.Contains(a.Types, "index") {
			name := f.Value(index)
			if text, ok := name.Scalar(); ok {
				inside = "/index/" + text
			} else {
				inside = "/index/*"
			}
			return model.NewText([]*model.Value{base, model.NewString("/index/", base.Origin), name}, base.Origin), inside
		}
	}
	return base, ""
}

// prefixOf is the prefix that actions of a client's service have.
func prefixOf(client string) string {
	if c := iam.ClientOf(client); c != nil {
		return c.Prefix
	}
	return client
}
