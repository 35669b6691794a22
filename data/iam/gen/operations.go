package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// api is one API description of the JavaScript SDK.
type api struct {
	Metadata   struct{ ServiceID, EndpointPrefix, SigningName string }
	Operations map[string]struct {
		Input shape
	}
	Shapes map[string]shape
}

type shape struct {
	Shape    string
	Required []string
	Members  map[string]struct{}
}

var dated = regexp.MustCompile(`^(.*)-(\d{4}-\d\d-\d\d)\.min\.json$`)

// operations are the calls of each SDK client: name, action where it is called otherwise ("?" where there is none of that
// name), and the members of the request that name what it is about.
func operations(dir string, services []*service) ([]entry, error) {
	latest := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*.min.json"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	for _, f := range files {
		if m := dated.FindStringSubmatch(filepath.Base(f)); m != nil {
			latest[m[1]] = f
		}
	}
	var classes map[string]struct{ Prefix, Name string }
	if err := read(filepath.Join(dir, "metadata.json"), &classes); err != nil {
		return nil, err
	}
	class := map[string]string{} // by file
	for key, c := range classes {
		if c.Prefix == "" {
			c.Prefix = key
		}
		class[c.Prefix] = c.Name
	}
	var out []entry
	for name, file := range latest {
		var a api
		if err := read(file, &a); err != nil {
			return nil, err
		}
		client := clientName(a.Metadata.ServiceID)
		out = append(out, entry{client, "#" + client + "\t" + a.text(name, class[name], services)})
	}
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(out); i++ {
		if out[i].name == out[i-1].name {
			return nil, fmt.Errorf("two clients are called %s", out[i].name)
		}
	}
	return out, nil
}

// clientName is the name of a client's package in the JavaScript SDK v3, without "client-".
func clientName(id string) string {
	return strings.ToLower(strings.NewReplacer(" ", "-", ".", "-").Replace(id))
}

// prefixes are the IAM prefixes of clients whose operations have other names than their actions.
var prefixes = map[string]string{
	"API Gateway": "apigateway", "ApiGatewayV2": "apigateway", "ApiGatewayManagementApi": "execute-api", "Bedrock Runtime": "bedrock",
	"Budgets": "budgets", "CloudControl": "cloudformation", "CloudHSM": "cloudhsm", "CloudSearch Domain": "cloudsearch",
	"CodeCatalyst": "codecatalyst", "ConnectParticipant": "", "Elastic Inference": "elastic-inference", "finspace data": "finspace-api",
	"IoT Jobs Data Plane": "iotjobsdata", "Keyspaces": "cassandra", "MTurk": "mechanicalturk", "neptunedata": "neptune-db",
	"S3": "s3", "SSO": "sso", "SSO OIDC": "sso-oauth", "IoTThingsGraph": "iotthingsgraph", "IoT 1Click Devices Service": "iot1click",
	"IoT 1Click Projects": "iot1click", "ApplicationCostProfiler": "application-cost-profiler",
}

// text is the client as a table: "#client IAM-prefix endpoint-prefix file class", then its operations.
func (a *api) text(name, class string, services []*service) string {
	s := a.serviceOf(name, services)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", s.prefix, a.Metadata.EndpointPrefix, name, class)
	var ops []string
	for op := range a.Operations {
		ops = append(ops, op)
	}
	sort.Strings(ops)
	for _, op := range ops {
		in := a.Operations[op].Input
		if in.Shape != "" {
			in = a.Shapes[in.Shape]
		}
		act, known := s.byName[strings.ToLower(op)]
		called := ""
		switch {
		case !known:
			called = "?"
		case act.Name != op:
			called = act.Name
		}
		line := op + "\t" + called + "\t" + strings.Join(s.subjects(act, in), " ")
		b.WriteString(strings.TrimRight(line, "\t") + "\n")
	}
	return b.String()
}

// serviceOf is the service whose actions most of the operations are called like, those that go by the client's name first.
func (a *api) serviceOf(name string, services []*service) *service {
	best, most := &service{}, 0.0
	by := map[string]*service{}
	for _, s := range services {
		by[s.prefix] = s
		n := 0.0
		for op := range a.Operations {
			if _, ok := s.byName[strings.ToLower(op)]; ok {
				n++
			}
		}
		if slices.Contains([]string{a.Metadata.SigningName, a.Metadata.EndpointPrefix, name}, s.prefix) {
			n += 0.5
		}
		if n > most {
			best, most = s, n
		}
	}
	if prefix, given := prefixes[a.Metadata.ServiceID]; given {
		if s := by[prefix]; s != nil {
			return s
		}
		return &service{prefix: prefix}
	}
	return best
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// subjects are the members of a request that name the resource that an action is about: those that are called as the
// variables of its ARN or as its type, else the required ones that hold a name, an ARN or an identifier.
func (s *service) subjects(a action, in shape) []string {
	names := map[string]bool{"arn": true, "resourcearn": true}
	types := a.ResourceTypes
	if a.Name == "" { // not known by its name: about any of the service's resources
		for _, r := range s.resources {
			types = append(types, resourceType{Name: r.Key})
		}
	}
	for _, t := range types {
		for _, suffix := range []string{"", "name", "arn", "id", "url", "identifier"} {
			names[strings.ToLower(strings.ReplaceAll(t.Name, "-", ""))+suffix] = true
		}
		for _, r := range s.resources {
			if r.Key != t.Name {
				continue
			}
			for _, m := range variable.FindAllStringSubmatch(r.Arn, -1) {
				names[strings.ToLower(m[1])] = true
				names[strings.ToLower(strings.TrimSuffix(m[1], "Name"))] = true
				names[strings.ToLower(strings.TrimSuffix(m[1], "Name"))+"arn"] = true
			}
		}
	}
	var found, required []string
	for member := range in.Members {
		if low := strings.ToLower(member); names[low] && low != "region" && low != "account" && low != "partition" {
			found = append(found, member)
		}
	}
	for _, member := range in.Required {
		for _, suffix := range []string{"Name", "Arn", "ARN", "Id", "Url", "Identifier"} {
			if strings.HasSuffix(member, suffix) {
				required = append(required, member)
				break
			}
		}
	}
	if len(found) == 0 {
		found = required
	}
	sort.Strings(found)
	return found
}
