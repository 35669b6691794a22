package iac

import (
	"strings"

	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// appIndex is what checks look up across an application. Each part is made when the first check needs it, and once for all
// subjects of the application, so that the cost of a scan grows with the application and not with its square. It is used by
// one goroutine at a time.
type appIndex struct {
	deadLetters *deadLetterIndex
	logGroups   *logGroupIndex
	buckets     map[string]*model.Resource // by name, the first of each
	policiesOf  map[*model.Resource][]*model.Resource
	users       map[*model.Resource]groupUsers
	denials     map[*model.Resource][]denial
	refusals    map[*model.Resource][]statement
	holders     map[*model.Resource][]*link.Powers
	functionsOf map[*model.Role][]string
	defaults    map[string]bool
	single      map[string]bool // parameters that can only be one resource
}

// shared is the index of the subject's application.
func (s *Subject) shared() *appIndex {
	if s.index == nil {
		s.index = &appIndex{}
	}
	return s.index
}

// deadLetterIndex is what is named below deadLetterKeys, and by which resource.
type deadLetterIndex struct {
	byID, byName map[string]namers
}

// namers are the first resource that names something, and whether another does.
type namers struct {
	first *model.Resource
	more  bool
}

// otherThan reports whether a resource other than this one is among them.
func (n namers) otherThan(r *model.Resource) bool { return n.more || n.first != nil && n.first != r }

func note(all map[string]namers, key string, by *model.Resource) {
	n := all[key]
	if n.first == nil {
		n.first = by
	}
	n.more = n.more || n.first != by
	all[key] = n
}

func (s *Subject) deadLetterIndex() *deadLetterIndex {
	i := s.shared()
	if i.deadLetters != nil {
		return i.deadLetters
	}
	i.deadLetters = &deadLetterIndex{map[string]namers{}, map[string]namers{}}
	for _, r := range s.App.Resources {
		budget := maxSettled
		i.deadLetters.collect(r, r.Props, false, &budget)
	}
	return i.deadLetters
}

// collect notes the resources and names below deadLetterKeys in a value.
func (d *deadLetterIndex) collect(r *model.Resource, v *model.Value, under bool, budget *int) {
	if *budget--; *budget < 0 {
		return
	}
	switch {
	case !under:
	case v.Kind == model.Ref:
		note(d.byID, v.Str, r)
	case v.Kind == model.String, v.Kind == model.Text:
		if text := v.String(); strings.Contains(text, ":") {
			note(d.byName, text[strings.LastIndexByte(text, ':')+1:], r)
		}
	}
	for _, i := range v.Items {
		d.collect(r, i, under, budget)
	}
	for _, f := range v.Fields {
		d.collect(r, f.Value, under || deadLetterKeys[f.Key], budget)
	}
	for _, c := range v.Choices {
		d.collect(r, c.Value, under, budget)
	}
}

// logGroupIndex is what the names of the log groups say.
type logGroupIndex struct {
	names map[string]bool
	refs  map[string]bool // logical IDs that a name refers to
}

func (s *Subject) logGroupIndex() *logGroupIndex {
	i := s.shared()
	if i.logGroups != nil {
		return i.logGroups
	}
	i.logGroups = &logGroupIndex{map[string]bool{}, map[string]bool{}}
	for _, r := range s.App.Resources {
		if r.Type != "AWS::Logs::LogGroup" {
			continue
		}
		name := r.Props.Get("LogGroupName").Settled()
		if name.Kind == model.Absent {
			continue
		}
		i.logGroups.names[name.String()] = true
		for _, ref := range name.Refs() {
			i.logGroups.refs[ref.Str] = true
		}
	}
	return i.logGroups
}

// bucketNamed is the first bucket of the application that is called so.
func (s *Subject) bucketNamed(name *model.Value) *model.Resource {
	i := s.shared()
	if i.buckets == nil {
		i.buckets = map[string]*model.Resource{}
		for _, r := range s.App.Resources {
			if r.Type != "AWS::S3::Bucket" {
				continue
			}
			own := r.Props.Get("BucketName").Settled()
			if text := own.String(); (own.Kind == model.String || own.Kind == model.Text) && i.buckets[text] == nil {
				i.buckets[text] = r
			}
		}
	}
	return i.buckets[name.Settled().String()]
}

// bucketPolicies are the policies of the bucket that the subject is.
func (s *Subject) bucketPolicies() []*model.Resource {
	i := s.shared()
	if i.policiesOf == nil {
		i.policiesOf = map[*model.Resource][]*model.Resource{}
		for _, r := range s.App.Resources {
			if r.Type != "AWS::S3::BucketPolicy" {
				continue
			}
			if bucket := bucketOf(s, r.Props.Get("Bucket")); bucket != nil {
				i.policiesOf[bucket] = append(i.policiesOf[bucket], r)
			}
		}
	}
	return i.policiesOf[s.Resource]
}

// functionNames are the functions that have a role.
func (s *Subject) functionNames(role *model.Role) []string {
	i := s.shared()
	if i.functionsOf == nil {
		i.functionsOf = map[*model.Role][]string{}
		for _, f := range s.App.Functions {
			i.functionsOf[f.Role] = append(i.functionsOf[f.Role], f.Name)
		}
	}
	return i.functionsOf[role]
}

// secretDefaults are the secrets that stand in the defaults of parameters which are called one.
func (s *Subject) secretDefaults() map[string]bool {
	i := s.shared()
	if i.defaults == nil {
		i.defaults = map[string]bool{}
		for _, r := range s.App.Resources {
			if r.Type == model.ParameterType {
				i.defaults[secretIn(r.ID, r.Props.Get("Default"))] = true
			}
		}
		delete(i.defaults, "")
	}
	return i.defaults
}

// namesOne reports whether a value is a parameter that can be no wildcard, because it also stands where AWS takes the ARN of
// one resource only.
func (s *Subject) namesOne(v *model.Value) bool {
	from, key, ok := v.Elsewhere()
	if !ok || from != model.FromCaller {
		return false
	}
	index := s.shared()
	if index.single == nil {
		index.single = map[string]bool{}
		for _, r := range s.App.Resources {
			if r.Type != model.ParameterType && !strings.HasPrefix(r.Type, "AWS::IAM::") {
				budget := 10_000
				noteSingle(r.Props, index.single, &budget)
			}
		}
	}
	return index.single[key.String()]
}

// withoutSingle leaves out of a list of resources those that can be no wildcard.
func (s *Subject) withoutSingle(v *model.Value) *model.Value {
	var rest []*model.Value
	for _, e := range flatten(v) {
		if !s.namesOne(e) {
			rest = append(rest, e)
		}
	}
	return model.NewList(rest, v.Origin)
}

// manyAllowed are properties below which a wildcard may stand, or anything at all.
var manyAllowed = map[string]bool{
	"PolicyDocument": true, "Policy": true, "Policies": true, "KeyPolicy": true, "ResourcePolicy": true, "Environment": true, "Tags": true,
	"SourceArn": true, "Definition": true, "DefinitionString": true, "DefinitionSubstitutions": true, "Metadata": true, "UserData": true,
}

func noteSingle(v *model.Value, found map[string]bool, budget *int) {
	if *budget--; *budget < 0 {
		return
	}
	for _, f := range v.Fields {
		if manyAllowed[f.Key] {
			continue
		}
		from, key, ok := f.Value.Elsewhere()
		lower := strings.ToLower(f.Key)
		if ok && from == model.FromCaller && (strings.HasSuffix(lower, "arn") || lower == "uri" || lower == "basicauth" || lower == "secretid") {
			found[key.String()] = true
		}
		noteSingle(f.Value, found, budget)
	}
	for _, item := range v.Items {
		noteSingle(item, found, budget)
	}
}
