package sast

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// disclosed tells of sensitive data that a function lets out: of logs the place that tells most, with the others below it, of answers and
// messages each place.
func (w *work) disclosed(n *paths.Node, failed map[string]map[string]bool) {
	byRule := map[string][]*dataflow.Hit{}
	for _, h := range n.Result.Hits {
		if h.Record != nil {
			name := w.secretOf(n, h)
			if name == "" {
				continue
			}
			h.Path = "the record with its `" + name + "`"
		}
		if h.Leak != nil && (!h.Leak.Whole || carriesCredentials(n)) && !(h.Rule == dataflow.Messaged && onlyToFunctions(n, h)) && !w.saidOnLine(byRule[h.Rule], h) {
			byRule[h.Rule] = append(byRule[h.Rule], h)
		}
	}
	for rule, hits := range byRule {
		for _, b := range w.engine.taints[rule] {
			if w.selected(b.ID) {
				fail(failed, n.Function, b)
				if rule == dataflow.Disclosed {
					w.report.Findings = append(w.report.Findings, w.leak(b, n.Function, hits))
					continue
				}
				for _, h := range hits {
					w.report.Findings = append(w.report.Findings, w.leak(b, n.Function, []*dataflow.Hit{h}))
				}
			}
		}
	}
}

// saidOnLine reports whether the same was told of the same line: of a body that is written out where it is returned both are seen.
func (w *work) saidOnLine(told []*dataflow.Hit, h *dataflow.Hit) bool {
	return slices.ContainsFunc(told, func(o *dataflow.Hit) bool {
		return o.File == h.File && o.Path == h.Path && o.What == h.What && w.position(o.File, o.At).Line == w.position(h.File, h.At).Line
	})
}

// secretOf is a secret that the records hold which a call reads as a whole, by what functions of the application write there, or by how it is
// declared where it is read; empty where there is none, or the call chooses other attributes.
func (w *work) secretOf(n *paths.Node, h *dataflow.Hit) string {
	read := h.Record
	if w.graph == nil || read.Params.At("ProjectionExpression") != nil || read.Params.At("AttributesToGet") != nil || read.Params.At("IndexName") != nil {
		return ""
	}
	for _, s := range writesTo(n, read) {
		for _, name := range attributesWritten(s) {
			if dataflow.IsStoredSecret(name) && !slices.Contains(h.Taken, name) {
				return name
			}
		}
	}
	return w.declaredSecret(n, read, h.Taken)
}

// attributesWritten are the names of what a call puts into a record, or sets in one.
func attributesWritten(s *dataflow.Send) []string {
	if s.Key != "dynamodb:UpdateItem" {
		return slices.Sorted(maps.Keys(s.Params.At("Item").Fields()))
	}
	var out []string
	for _, m := range setsAttribute.FindAllStringSubmatch(s.Params.At("UpdateExpression").Begins(), -1) {
		if name, short := strings.CutPrefix(m[1], "#"); short {
			out = append(out, s.Params.At("ExpressionAttributeNames").At(m[1]).Begins())
		} else {
			out = append(out, name)
		}
	}
	return out
}

// writesTo are the calls that write what a call reads: those of other functions, and those of the same one that name the same table.
func writesTo(n *paths.Node, read *dataflow.Send) []*dataflow.Send {
	var out []*dataflow.Send
	for _, e := range n.In {
		if e.Read == read && e.Holds() {
			out = append(out, e.Send)
		}
	}
	for _, s := range n.Result.Sends {
		if (s.Key == "dynamodb:PutItem" || s.Key == "dynamodb:UpdateItem") && s.Params.At("TableName").Names(read.Params.At("TableName")) {
			out = append(out, s)
		}
	}
	return out
}

// forPeople are the protocols of subscriptions by which messages leave for people and other systems.
var forPeople = []string{"email", "email-json", "sms", "http", "https", "application"}

// onlyToFunctions reports whether a message goes to other functions of the application, and no template subscribes anybody else.
func onlyToFunctions(n *paths.Node, h *dataflow.Hit) bool {
	if !slices.ContainsFunc(n.Out, func(e *paths.Edge) bool { return e.Send.File == h.File && e.Send.At == h.At }) {
		return false
	}
	for _, r := range n.App.Resources {
		subscriptions := r.Props.Get("Subscription").Elements()
		if r.Type == "AWS::SNS::Subscription" {
			subscriptions = []*model.Value{r.Props}
		}
		for _, s := range subscriptions {
			if protocol, ok := s.Get("Protocol").Scalar(); !ok || slices.Contains(forPeople, protocol) {
				return false
			}
		}
	}
	return true
}

// mostPlaces bounds the other places that a finding lists.
const mostPlaces = 5

// leak is the finding about what a function lets out.
func (w *work) leak(b *bound, f *model.Function, hits []*dataflow.Hit) finding.Finding {
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].Leak.Rank > hits[j].Leak.Rank })
	h := hits[0]
	out := w.finding(b, f, h, reached{door: f.Exposure})
	out.Confidence = finding.Likely
	if b.Confidence != "" {
		out.Confidence = b.Confidence
	}
	if h.Leak.Grave && out.Severity == finding.Medium {
		out.Severity = finding.High
	}
	for i, other := range hits[1:] {
		if i == mostPlaces {
			out.Trace = append(out.Trace, finding.Step{Place: finding.Place{Pos: w.position(other.File, other.At)}, Message: fmt.Sprintf("and at %d more places", len(hits)-1-i)})
			break
		}
		out.Trace = append(out.Trace, finding.Step{Place: finding.Place{Pos: w.position(other.File, other.At)}, Message: strings.TrimSuffix(other.Path, ",") + " reaches " + other.What + " too"})
	}
	return out
}

// carriesCredentials reports whether what calls a function brings what callers sign in with: a token in the headers.
func carriesCredentials(n *paths.Node) bool {
	return slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool {
		switch t.Kind {
		case model.TriggerHTTP:
			return asksToken(t)
		case model.TriggerGraphQL:
			return asksToken(t) && handsOnHeaders(n.App, t.Via)
		case model.TriggerAuthorizer:
			return true
		}
		return false
	})
}

func asksToken(t *model.Trigger) bool {
	return t.Auth == "jwt" || t.Auth == "cognito" || t.Auth == "lambda" || t.Auth == "api-key"
}

var (
	// templatesOfResolvers are where a resolver says what a function gets of a request.
	templatesOfResolvers = []string{"Code", "CodeS3Location", "RequestMappingTemplate", "RequestMappingTemplateS3Location"}
	// handsOnAll is a template of a resolver that gives the headers on, or all there is.
	handsOnAll = regexp.MustCompile(`\.request\b|(toJson|stringify)\(\s*\$?(context|ctx)\s*\)|\bpayload"?\s*:\s*(context|ctx)\b`)
)

// handsOnHeaders reports whether a function behind a data source of GraphQL gets the headers of requests: all of a request comes to it, unless
// every resolver says what it gets, and none says the headers. What stands in a file elsewhere is taken for one that does not.
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/direct-lambda-reference.html
func handsOnHeaders(app *model.App, source *model.Resource) bool {
	asked := false
	for _, r := range app.Resources {
		if r.Type != "AWS::AppSync::Resolver" && r.Type != "AWS::AppSync::FunctionConfiguration" || !ofSource(app, r, source) {
			continue
		}
		asked = true
		said := slices.DeleteFunc(slices.Clone(templatesOfResolvers), func(key string) bool { return r.Props.Get(key).IsSet() == model.No })
		if len(said) == 0 || slices.ContainsFunc(said, func(key string) bool { text, _ := r.Props.Get(key).Scalar(); return handsOnAll.MatchString(text) }) {
			return true
		}
	}
	return !asked
}

// ofSource reports whether a resolver, or a step of one, asks a data source.
func ofSource(app *model.App, r, source *model.Resource) bool {
	name := r.Props.Get("DataSourceName")
	_, found := app.Find(name, "AWS::AppSync::DataSource")
	return found != nil && found == source || model.Equal(name, source.Props.Get("Name")) == model.Yes
}
