package iac

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/data"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// functionChecks is the named checks about functions, what stands in front of them and what they are given.
func functionChecks() map[string]Check {
	return map[string]Check{
		"layer-from-account":                  layerFromAccount,
		"cors-any-origin":                     corsAnyOrigin,
		"cors-any-origin-with-credentials":    corsWithCredentials,
		"stage-logs-request-bodies":           stageLogsBodies,
		"cache-not-encrypted":                 cacheNotEncrypted,
		"integration-over-http":               integrationOverHTTP,
		"domain-old-tls":                      domainOldTLS,
		"runtime-end-of-life":                 runtimeEndOfLife(data.Runtimes()),
		"secret-in-environment":               secretInEnvironment,
		"shared-role":                         sharedRole,
		"async-without-failure-destination":   asyncWithoutFailureDestination,
		"mapping-without-failure-destination": mappingWithoutFailureDestination,
		"reserved-concurrency-missing":        reservedConcurrencyMissing,
		"log-group-without-retention":         logGroupWithoutRetention,
		"viewer-protocol-allows-http":         viewerAllowsHTTP,
		"origin-over-http":                    originOverHTTP,
		"secret-parameter-without-noecho":     parameterWithoutNoEcho,
		"secret-parameter-with-default":       parameterWithDefault,
	}
}

// spot is one value that a place in a template can have, and the world in which it has it.
type spot struct {
	value     *model.Value
	parent    *model.Value // what holds the value
	path      string
	world     model.World // nil: always
	byDefault bool        // the world holds when nobody sets anything
}

// maxSpots bounds the spots of one path.
const maxSpots = 64

// spots lists the values at a path below a root, in all worlds in which the subject exists. The key * stands for each
// element of a list, or for the value itself where a single one is written.
func (s *Subject) spots(root *model.Value, keys ...string) []spot {
	all := []spot{{value: model.NewBool(true, s.Origin()), byDefault: true}}
	if s.Resource != nil && s.Resource.Condition != nil {
		all = slices.DeleteFunc(spread(spot{value: s.Resource.Condition, byDefault: true}), func(p spot) bool {
			return p.value.EqualsText("false") == model.Yes
		})
	}
	for i := range all {
		all[i].value = root
	}
	all = spreadAll(all)
	for _, key := range keys {
		var next []spot
		for _, p := range all {
			next = append(next, p.step(key)...)
		}
		all = spreadAll(next)
	}
	return all
}

// step goes one key down.
func (p spot) step(key string) []spot {
	if key != "*" {
		return []spot{{p.value.Get(key), p.value, strings.TrimPrefix(p.path+"."+key, "."), p.world, p.byDefault}}
	}
	var out []spot
	for i, v := range p.value.Elements() {
		out = append(out, spot{v, p.value, p.path + index(i), p.world, p.byDefault})
	}
	return out
}

func spreadAll(all []spot) []spot {
	var out []spot
	for _, p := range all {
		if out = append(out, spread(p)...); len(out) > maxSpots {
			return out[:maxSpots]
		}
	}
	return out
}

// spread follows a value that is one of several into each choice that its world allows.
func spread(p spot) []spot {
	v := p.value.Given(p.world)
	if v.Kind != model.OneOf {
		p.value = v
		return []spot{p}
	}
	var out []spot
	for i, c := range v.Choices {
		world := maps.Clone(p.world)
		if world == nil {
			world = model.World{}
		}
		world[v.Str] = c.Label
		out = append(out, spread(spot{c.Value, p.parent, p.path, world, p.byDefault && int(v.Default) == i})...)
	}
	return out
}

// question is what a check asks of a spot.
type question func(p spot) model.Tri

// anyOf is the answer of a check that fails where a question about one of the spots is answered with yes.
func (s *Subject) anyOf(all []spot, bad question) Answer {
	var answer Answer
	always := s.Resource.Condition == nil || s.Resource.Condition.Kind != model.OneOf
	var order []string
	hits, asked := map[string]*Hit{}, map[string]int{}
	for _, p := range all {
		asked[p.path]++
		switch bad(p) {
		case model.Maybe:
			answer.Unknown = cmp.Or(answer.Unknown, undecided(p.value))
		case model.Yes:
			h := hits[p.path]
			if h == nil {
				h = &Hit{At: p.path, Confidence: finding.Possible}
				hits[p.path], order = h, append(order, p.path)
			}
			h.add(p)
		}
	}
	for _, path := range order {
		answer.Hits = append(answer.Hits, hits[path].certainIf(always && len(hits[path].Worlds) == asked[path]))
	}
	return answer
}

// add notes one more world in which the hit holds.
func (h *Hit) add(p spot) {
	if p.byDefault {
		h.Confidence = finding.Likely
	}
	if h.Origin == nil && p.value.Kind != model.Absent && !p.value.Origin.IsZero() {
		h.Origin = &p.value.Origin
	}
	h.Worlds = append(h.Worlds, p.world)
}

// certainIf forgets the worlds of a hit that holds in all of them.
func (h *Hit) certainIf(everywhere bool) Hit {
	if everywhere {
		h.Worlds, h.Confidence = nil, finding.Certain
	}
	return *h
}

// undecided says which part of a value is not known.
func undecided(v *model.Value) string {
	for _, part := range append([]*model.Value{v}, v.Items...) {
		if part.Kind == model.Unknown || part.Kind == model.OneOf {
			return reason([]*model.Value{part})
		}
	}
	return reason(nil)
}

// isYes reads a switch: true, or the text of it.
func isYes(v *model.Value) model.Tri {
	if s, ok := v.Scalar(); ok {
		return model.TriOf(strings.EqualFold(strings.Trim(s, "'"), "true"))
	}
	return v.EqualsText("true")
}

func not(t model.Tri) model.Tri { return -t }

// textIs asks whether a value is one of the texts.
func textIs(texts ...string) question {
	return func(p spot) model.Tri {
		answer := model.No
		for _, t := range texts {
			answer = max(answer, p.value.EqualsText(t))
		}
		return answer
	}
}

const (
	preflightOrigin      = "method.response.header.Access-Control-Allow-Origin"
	preflightCredentials = "method.response.header.Access-Control-Allow-Credentials"
)

// corsOrigins are the allowed origins of a URL, an API or a REST method, with the keys that lead to the setting which
// lets credentials in, next to them.
func corsOrigins(s *Subject) (origins []spot, credentials func(spot) *model.Value) {
	props := s.Resource.Props
	beside := func(root *model.Value, key string) func(spot) *model.Value {
		return func(p spot) *model.Value { return at(root, p.world, key, "AllowCredentials") }
	}
	switch s.Resource.Type {
	case "AWS::Lambda::Url":
		return s.spots(props, "Cors", "AllowOrigins", "*"), beside(props, "Cors")
	case "AWS::ApiGatewayV2::Api":
		return s.spots(props, "CorsConfiguration", "AllowOrigins", "*"), beside(props, "CorsConfiguration")
	case "AWS::ApiGateway::RestApi":
		return s.spots(s.Resource.Attributes, "Cors", "AllowOrigin"), beside(s.Resource.Attributes, "Cors")
	}
	return s.spots(props, "Integration", "IntegrationResponses", "*", "ResponseParameters", preflightOrigin),
		func(p spot) *model.Value { return at(p.parent, p.world, preflightCredentials) }
}

// at is the value at a path in a world.
func at(v *model.Value, world model.World, keys ...string) *model.Value {
	for _, key := range keys {
		v = v.Given(world).Get(key)
	}
	return v.Given(world)
}

var anyOrigin = textIs("*", "'*'", "http://*", "https://*", "*://*")

func corsAnyOrigin(s *Subject) Answer {
	origins, credentials := corsOrigins(s)
	return s.anyOf(origins, func(p spot) model.Tri {
		return anyOrigin(p).And(not(isYes(credentials(p))))
	})
}

func corsWithCredentials(s *Subject) Answer {
	origins, credentials := corsOrigins(s)
	return s.anyOf(origins, func(p spot) model.Tri {
		return anyOrigin(p).And(isYes(credentials(p)))
	})
}

// methodSettings are the settings of a stage: for all routes, and for single ones.
func methodSettings(s *Subject) []spot {
	props := s.Resource.Props
	switch s.Resource.Type {
	case "AWS::ApiGatewayV2::Stage":
		return s.spots(props, "DefaultRouteSettings")
	case "AWS::ApiGateway::Deployment":
		return append(s.spots(props, "StageDescription"), s.spots(props, "StageDescription", "MethodSettings", "*")...)
	}
	return s.spots(props, "MethodSettings", "*")
}

// setting narrows spots of settings to one of them.
func setting(all []spot, key string) []spot {
	var out []spot
	for _, p := range all {
		out = append(out, p.step(key)...)
	}
	return spreadAll(out)
}

// stageLogsBodies asks for full logging of requests, unless nothing is logged at all.
func stageLogsBodies(s *Subject) Answer {
	return s.anyOf(setting(methodSettings(s), "DataTraceEnabled"), func(p spot) model.Tri {
		off := at(p.parent, p.world, "LoggingLevel").EqualsText("OFF")
		return isYes(p.value).And(not(off))
	})
}

// cacheNotEncrypted asks for cached responses without encryption; a stage has a cache only if it says so.
func cacheNotEncrypted(s *Subject) Answer {
	cluster := first(s.Resource.Props.Get("CacheClusterEnabled"), s.Resource.Props.Path("StageDescription", "CacheClusterEnabled"))
	return s.anyOf(setting(methodSettings(s), "CachingEnabled"), func(p spot) model.Tri {
		encrypted := isYes(at(p.parent, p.world, "CacheDataEncrypted"))
		return isYes(p.value).And(not(encrypted)).And(isYes(cluster.Given(p.world)))
	})
}

// first is the first value that is set.
func first(values ...*model.Value) *model.Value {
	for _, v := range values {
		if v.Kind != model.Absent {
			return v
		}
	}
	return values[len(values)-1]
}

// integrationOverHTTP asks for a backend that is called without encryption over the internet.
func integrationOverHTTP(s *Subject) Answer {
	props := s.Resource.Props
	uris, connection := s.spots(props, "Integration", "Uri"), []string{"Integration", "ConnectionType"}
	if s.Resource.Type == "AWS::ApiGatewayV2::Integration" {
		uris, connection = s.spots(props, "IntegrationUri"), []string{"ConnectionType"}
	}
	return s.anyOf(uris, func(p spot) model.Tri {
		if p.value.Kind == model.Ref { // a function or a listener, never an address
			return model.No
		}
		private := at(props, p.world, connection...).EqualsText("VPC_LINK")
		return p.value.HasPrefix("http://").And(not(privateHost(p.value.String()))).And(not(private))
	})
}

// privateHost reports whether an address leads nowhere on the internet.
func privateHost(uri string) model.Tri {
	host, _, _ := strings.Cut(strings.TrimPrefix(uri, "http://"), "/")
	host, _, _ = strings.Cut(host, ":")
	for _, prefix := range []string{"localhost", "127.", "10.", "192.168."} {
		if strings.HasPrefix(host, prefix) {
			return model.Yes
		}
	}
	return model.TriOf(strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local"))
}

func domainOldTLS(s *Subject) Answer {
	if s.Resource.Type == "AWS::ApiGatewayV2::DomainName" {
		return s.anyOf(s.spots(s.Resource.Props, "DomainNameConfigurations", "*", "SecurityPolicy"), textIs("TLS_1_0"))
	}
	return s.anyOf(s.spots(s.Resource.Props, "SecurityPolicy"), textIs("TLS_1_0"))
}

// runtimeEndOfLife asks whether AWS still patches the runtime of a function.
func runtimeEndOfLife(runtimes map[string]data.Runtime) Check {
	return func(s *Subject) Answer {
		props := s.Resource.Props
		if props.Get("Runtime").Kind == model.Absent {
			return Answer{Skip: true} // a container image
		}
		today := s.Now.Format("2006-01-02")
		all := s.spots(props, "Runtime")
		answer := s.anyOf(all, func(p spot) model.Tri {
			image := max(at(props, p.world, "PackageType").EqualsText("Image"), at(props, p.world, "Code", "ImageUri").IsSet())
			name, known := p.value.Scalar()
			if !known {
				return min(model.Maybe, not(image))
			}
			return min(model.TriOf(runtimes[name].DeprecatedOn(today)), not(image))
		})
		for i := range answer.Hits {
			answer.Hits[i].Detail = endOfLife(all, runtimes, today)
		}
		return answer
	}
}

// endOfLife says what has ended for the first runtime for which something has.
func endOfLife(all []spot, runtimes map[string]data.Runtime, today string) string {
	for _, p := range all {
		name, _ := p.value.Scalar()
		r := runtimes[name]
		switch {
		case !r.DeprecatedOn(today):
			continue
		case r.BlockedOn(today):
			return name + ", which has had no security patches since " + r.Deprecated + " and can no longer be updated"
		case r.UpdateBlocked != "":
			return name + ", which has had no security patches since " + r.Deprecated + " and cannot be updated from " + r.UpdateBlocked
		}
		return name + ", which has had no security patches since " + r.Deprecated
	}
	return ""
}

// sharedRole asks whether functions hold permissions of each other through one role.
func sharedRole(s *Subject) Answer {
	names := s.functionNames(s.Role)
	if len(names) < 2 {
		return Answer{Skip: true}
	}
	power, unknown := beyondBasics(s.Role)
	if power == "" {
		return Answer{Unknown: unknown}
	}
	detail := enumerate(names) + " share one role, so each of them may use " + power
	return Answer{Hits: []Hit{{Detail: detail}}}
}

// enumerate is "a, b and c", or "a, b, c and 4 more functions".
func enumerate(names []string) string {
	const most = 4
	last := names[len(names)-1]
	if len(names) > most {
		last = strconv.Itoa(len(names)-most+1) + " more functions"
		names = names[:most]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + last
}

// beyondBasics is the worst permission of a role that is more than what any function needs to run, or else why that is
// not known.
func beyondBasics(r *model.Role) (power, unknown string) {
	worst := 0
	may := func(name string, harm int) {
		if harm > worst {
			power, worst = name, harm
		}
	}
	for _, g := range r.Grants {
		switch g.Effect.EqualsText("Allow") {
		case model.No:
			continue
		case model.Maybe:
			unknown = cmp.Or(unknown, undecided(g.Effect))
			continue
		}
		if len(g.NotActions) > 0 {
			may("everything but some actions", harmOf("*:*"))
			continue
		}
		for _, a := range g.Actions {
			action, ok := a.Settled().Scalar()
			if !ok {
				unknown = cmp.Or(unknown, undecided(a))
			} else if !isBasic(action) {
				may(action, harmOf(action))
			}
		}
		if len(g.Actions) == 0 {
			unknown = cmp.Or(unknown, "a statement of the role is not known ("+g.Origin.Pos.String()+")")
		}
	}
	for _, m := range r.Managed {
		name := m.Settled().String()
		name = name[strings.LastIndexByte(name, '/')+1:]
		if m.Settled().Kind == model.Unknown {
			unknown = cmp.Or(unknown, undecided(m.Settled()))
		} else if m.Settled().Kind != model.Ref && !basicPolicies[name] { // a policy of the template is among the grants
			may(name, harmOfPolicy(name))
		}
	}
	return power, unknown
}

// harmOf ranks actions: everything, everything of a service, what changes something, what reads.
func harmOf(action string) int {
	service, name, _ := strings.Cut(strings.ToLower(action), ":")
	switch {
	case strings.Trim(service, "*") == "":
		return 4
	case strings.Trim(name, "*") == "":
		return 3
	}
	for _, verb := range []string{"get", "list", "describe", "query", "scan", "batchget", "head", "select", "search", "lookup"} {
		if strings.HasPrefix(name, verb) {
			return 1
		}
	}
	return 2
}

// harmOfPolicy ranks managed policies in the same order.
func harmOfPolicy(name string) int {
	switch {
	case adminPolicies(name):
		return 4
	case fullAccessPolicies(name):
		return 3
	case strings.Contains(name, "ReadOnly"):
		return 1
	}
	return 2
}

// basicPolicies are managed policies that let a function run and be observed.
var basicPolicies = map[string]bool{
	"AWSLambdaBasicExecutionRole": true, "AWSLambdaVPCAccessExecutionRole": true, "AWSLambdaENIManagementAccess": true,
	"AWSXRayDaemonWriteAccess": true, "AWSXrayWriteOnlyAccess": true,
	"CloudWatchLambdaInsightsExecutionRolePolicy":           true,
	"CloudWatchLambdaApplicationSignalsExecutionRolePolicy": true,
}

// polling is what an event source mapping needs of a role to read its source.
var polling = words("sqs:receivemessage sqs:deletemessage sqs:getqueueattributes dynamodb:getrecords dynamodb:getsharditerator " +
	"dynamodb:describestream dynamodb:liststreams kinesis:getrecords kinesis:getsharditerator kinesis:describestream " +
	"kinesis:describestreamsummary kinesis:listshards kinesis:liststreams")

// isBasic reports whether an action is about logging, tracing, joining a network or being called by a queue or stream.
func isBasic(action string) bool {
	action = strings.ToLower(action)
	if polling[action] {
		return true
	}
	service, name, _ := strings.Cut(action, ":")
	switch service {
	case "logs", "xray":
		return true
	case "ec2":
		return strings.Contains(name, "networkinterface") || strings.Contains(name, "privateipaddresses") ||
			strings.HasPrefix(name, "describe")
	}
	return action == "cloudwatch:putmetricdata" || action == "sts:getcalleridentity"
}

// deferred are the kinds of triggers that hand an event over and do not wait.
var deferred = map[model.TriggerKind]bool{
	model.TriggerObject: true, model.TriggerTopic: true, model.TriggerBus: true, model.TriggerSchedule: true,
	model.TriggerLogs: true, model.TriggerIoT: true,
}

// asyncWithoutFailureDestination asks what becomes of events that nobody waits for when the function fails.
func asyncWithoutFailureDestination(s *Subject) Answer {
	if !slices.ContainsFunc(s.Function.Triggers, func(t *model.Trigger) bool { return deferred[t.Kind] }) {
		return Answer{Skip: true}
	}
	kept := s.Resource.Props.Path("DeadLetterConfig", "TargetArn").IsSet()
	for _, r := range s.Program.Referrers(s.App, s.Resource) {
		if r.Type == "AWS::Lambda::EventInvokeConfig" {
			kept = max(kept, r.Props.Path("DestinationConfig", "OnFailure", "Destination").IsSet())
		}
	}
	return missing(kept)
}

// missing is the answer to whether a setting is there that should be.
func missing(isSet model.Tri) Answer {
	switch isSet {
	case model.No:
		return Answer{Hits: []Hit{{}}}
	case model.Maybe:
		return Answer{Unknown: reason(nil)}
	}
	return Answer{}
}

// reservedConcurrencyMissing asks whether strangers can use up what all functions share.
func reservedConcurrencyMissing(s *Subject) Answer {
	if s.Function.Exposure != model.Public {
		return Answer{Skip: true}
	}
	return missing(s.Resource.Props.Get("ReservedConcurrentExecutions").IsSet())
}

// mappingWithoutFailureDestination asks what becomes of records that a function cannot work on.
func mappingWithoutFailureDestination(s *Subject) Answer {
	props := s.Resource.Props
	if d := props.Path("DestinationConfig", "OnFailure", "Destination"); d.IsSet() != model.No {
		return Answer{}
	}
	if props.Get("Topics").IsSet() == model.Yes || props.Get("Queues").IsSet() == model.Yes {
		return Answer{} // Kafka and message brokers, whatever the source is
	}
	source := s.App.Target(props.Get("EventSourceArn"))
	switch {
	case source == nil:
		return literalSource(props.Get("EventSourceArn"))
	case source.Type == "AWS::Kinesis::Stream", source.Type == "AWS::DynamoDB::Table":
		return Answer{Hits: []Hit{{At: "DestinationConfig", Detail: "records"}}}
	}
	return Answer{}
}

// literalSource judges a stream that is not in the template, by its ARN. Of a queue elsewhere nothing can be said.
func literalSource(arn *model.Value) Answer {
	stream := max(arn.ContainsText(":kinesis:"), arn.ContainsText(":dynamodb:"))
	for _, other := range []string{":sqs:", ":kafka:", ":rds:", ":mq:"} {
		if arn.ContainsText(other) == model.Yes {
			stream = model.No
		}
	}
	switch {
	case stream == model.Yes:
		return Answer{Hits: []Hit{{At: "DestinationConfig", Detail: "records"}}}
	case stream == model.Maybe && arn.IsSet() != model.No:
		return Answer{Unknown: undecided(arn)}
	}
	return Answer{}
}

// logGroupWithoutRetention asks of log groups, and of functions whose log group the platform makes, whether logs end.
func logGroupWithoutRetention(s *Subject) Answer {
	if s.Function == nil {
		return s.anyOf(s.spots(s.Resource.Props, "RetentionInDays"), func(p spot) model.Tri {
			return not(p.value.IsSet())
		})
	}
	if s.App.Kind == model.Serverless || hasLogGroup(s) {
		return Answer{} // the framework makes a log group of its own for each function that logs
	}
	return Answer{Hits: []Hit{{}}}
}

// hasLogGroup reports whether the template has the log group of a function: named after it, or named by it.
func hasLogGroup(s *Subject) bool {
	props := s.Function.Resource.Props
	if props.Path("LoggingConfig", "LogGroup").IsSet() != model.No {
		return true
	}
	groups, own := s.logGroupIndex(), props.Get("FunctionName").Settled()
	return groups.refs[s.Function.ID] || own.IsSet() == model.Yes && groups.names["/aws/lambda/"+own.String()]
}

func viewerAllowsHTTP(s *Subject) Answer {
	config := s.Resource.Props.Get("DistributionConfig")
	all := append(s.spots(config, "DefaultCacheBehavior", "ViewerProtocolPolicy"),
		s.spots(config, "CacheBehaviors", "*", "ViewerProtocolPolicy")...)
	return s.anyOf(all, textIs("allow-all"))
}

// originOverHTTP asks for origins that CloudFront calls without encryption. Websites of S3 have nothing else.
func originOverHTTP(s *Subject) Answer {
	var all []spot
	for _, origin := range s.spots(s.Resource.Props, "DistributionConfig", "Origins", "*") {
		website := s3Website(s, at(origin.value, origin.world, "DomainName"))
		if website == model.Yes {
			continue
		}
		for _, p := range setting(setting([]spot{origin}, "CustomOriginConfig"), "OriginProtocolPolicy") {
			if website == model.Maybe && p.value.EqualsText("http-only") == model.Yes {
				p.value = at(origin.value, origin.world, "DomainName") // what it depends on
			}
			all = append(all, p)
		}
	}
	return s.anyOf(all, textIs("http-only"))
}

// s3Website reports whether a domain is that of a website in S3.
func s3Website(s *Subject, domain *model.Value) model.Tri {
	for _, ref := range domain.Refs() {
		if r := s.App.Resource(ref.Str); r != nil && r.Type == "AWS::S3::Bucket" {
			return model.Yes
		}
	}
	answer := domain.ContainsText("s3-website")
	if domain.Kind == model.Ref || domain.Kind == model.Text && answer == model.Maybe {
		return model.No
	}
	return answer
}
