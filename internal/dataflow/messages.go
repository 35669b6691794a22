package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Kinds of harm of sensitive data that leaves for where others read it.
const (
	Messaged = "sensitive-message" // in a message to people, or beside a figure
	Asked    = "sensitive-url"     // in the address of a request
)

// forPeople are the operations that send messages to people, or keep figures that whoever watches the application sees, with the members
// of their requests that are read there.
var forPeople = map[string][]string{
	"sns:Publish":              {"Message", "Subject", "Default", "default"},
	"ses:SendEmail":            {"Message", "Content"},
	"sesv2:SendEmail":          {"Content"},
	"ses:SendRawEmail":         {"RawMessage"},
	"ses:SendTemplatedEmail":   {"TemplateData"},
	"cloudwatch:PutMetricData": {"MetricData"},
	"eventbridge:PutEvents":    {"Entries"},
}

// forQueues are the operations by which programs leave data to programs, where it is kept for days: the code on a card must be kept nowhere.
// Source: PCI DSS 4.0, requirement 3.3
var forQueues = map[string][]string{"sqs:SendMessage": {"MessageBody"}, "kinesis:PutRecord": {"Data"}, "firehose:PutRecord": {"Record"}}

// tellsQueue tells of the code on a card that is left in a queue.
func (in *interp) tellsQueue(f frame, at int32, key, what string, params *Value) {
	var best *disclosed
	for _, member := range forQueues[key] {
		in.looksInto(f, params.fields[member], "", 0, func(d *disclosed) {
			if d.better(best) && !d.whole && d.kind == ofCard && codeOnCard.MatchString(d.what) {
				best = d
			}
		})
	}
	in.lets(f, at, Messaged, what, best)
}

// codeOnCard is how what a card is paid with, and nothing else, is called.
var codeOnCard = regexp.MustCompile(`(?i)(cvv2?|cvc2?|card_?code)\W*$`)

// forMany are operations whose messages go to whoever takes them, programs too: where somebody lives is often what they need.
var forMany = set("eventbridge:PutEvents")

// tellsPeople tells of sensitive data in a message. Tokens and codes are sent to those who sign in with them.
func (in *interp) tellsPeople(f frame, e *ir.Expr, key, what string, params *Value) {
	at, members := e.At, forPeople[key]
	if params != nil && forQueues[key] != nil {
		in.tellsQueue(f, at, key, what, params)
	}
	if len(members) == 0 || params == nil {
		return
	}
	var best *disclosed
	stands := ""
	for _, member := range members {
		in.looksInto(f, params.fields[member], "", 0, func(d *disclosed) {
			if d.better(best) && forNobody(d, forMany[key]) {
				best, stands = d, member
			}
		})
	}
	before := len(in.hits)
	in.lets(f, at, Messaged, what, best)
	if written := memberWritten(e, stands); len(in.hits) > before && written >= 0 {
		h := in.hits[len(in.hits)-1]
		h.Steps = append(h.Steps, Step{f.file, written, "stands in what is sent"})
	}
	if !forMany[key] {
		in.relays(f, at, key, params)
	}
}

// memberWritten is where a call writes a member of a request that it is given, or the innermost one in it that holds what is read; -1 where it
// writes none.
func memberWritten(e *ir.Expr, member string) int32 {
	at := int32(-1)
	ir.WalkExpr(e, func(*ir.Stmt) bool { return false }, func(x *ir.Expr) bool {
		if x.Kind != ir.Object {
			return true
		}
		for i, key := range x.Keys {
			if key == member || at >= 0 && readInside[key] {
				at = x.List[i].At
			}
		}
		return true
	})
	return at
}

// readInside are members further inside of requests in which what is read stands.
var readInside = set("Detail Data Html Text")

// forNobody reports whether sensitive data must stand in no message to people. Where somebody lives is what programs often need.
func forNobody(d *disclosed, toPrograms bool) bool {
	return !d.whole && (isPassword(d.what) || d.from != nil && d.kind == ofPassword || d.kind == ofCard || d.kind == ofNation || d.kind == ofHealth && !toPrograms || d.kind == fetched && !givesTokens(d.what))
}

var (
	// chatHosts are the addresses at which chats take messages from programs.
	chatHosts = regexp.MustCompile(`^https://(hooks\.slack\.com/|slack\.com/api/chat\.|discord(app)?\.com/api/webhooks/|[\w-]+\.webhook\.office\.com/|outlook\.office\.com/webhook/|chat\.googleapis\.com/|api\.telegram\.org/)`)
	// namesHook is how the address of a chat is called that the code does not show.
	namesHook = regexp.MustCompile(`(?i)web_?hook|hook_?url|(^|_|\.)hook(_?(param(eter)?|secret|arn|name|id))*$|(slack|discord|teams|mattermost|telegram)\w*_?(hook|url)`)
	// postsToChat are calls of libraries of chats.
	postsToChat = aboutNames(`(?i)^(@?slack\b|slack_sdk|discord|github_com/slack-go).*(chat\.postMessage|chat_postMessage|IncomingWebhook\(\)\.send|Webhook(Client)?\(\)\.send|PostWebhook\w*)$`)
	// ofChats are the members of a message that people read in a chat.
	ofChats = set("text content blocks attachments embeds cards")
)

// tellsChat tells of sensitive data in a message to a chat, where all who are in a room read it and it stays.
func (in *interp) tellsChat(f frame, e *ir.Expr, ref, what string, recv *Value, args *arguments) {
	library := postsToChat.MatchString(ref)
	if !library && !isHook(e, args) {
		return
	}
	var best *disclosed
	for _, v := range append(append(slices.Clone(args.list), kwValues(args)...), bodySet(recv)) {
		for _, said := range saidInChat(v, library, 0) {
			in.looksInto(f, said, "", 0, func(d *disclosed) {
				if d.better(best) && forNobody(d, false) {
					best = d
				}
			})
		}
	}
	in.lets(f, e.At, Messaged, what, best)
}

// isHook reports whether a request asks the address of a chat.
func isHook(e *ir.Expr, args *arguments) bool {
	if len(e.List) == 0 {
		return false
	}
	address := args.get(0)
	if begin := address.begin(); begin != "" {
		return chatHosts.MatchString(begin)
	}
	return namesHook.MatchString(settingOf(address)) || namesHook.MatchString(calledOf(ir.Awaited(e.List[0])))
}

// setsBody are methods by which a request that is put together step by step gets its body: client.R().SetBody(message).Post(address).
var setsBody = set("SetBody SetBodyJsonMarshal SetBodyJsonString SetBodyString SetBodyBytes SetFormData")

// withBody is a request of a library of Go that is put together step by step, with the body that it was given at this step or before.
func withBody(f frame, recv, out *Value, method string, args *arguments) {
	switch {
	case f.file.Language != ir.Go:
	case setsBody[method]:
		out.kw = map[string]*Value{"body": goJSON(args.get(0), 0)}
	case bodySet(recv) != nil:
		out.kw = recv.kw
	}
}

// bodySet is the body that a request was given before it is sent; nil where it was given none.
func bodySet(request *Value) *Value { return orNothing(request).kw["body"] }

// saidInChat are the parts of a request that people read, also where it is written as JSON.
func saidInChat(v *Value, all bool, depth int) []*Value {
	if v == nil || depth > 3 {
		return nil
	}
	if all && len(v.fields) == 0 {
		return []*Value{v}
	}
	out := saidInChat(v.json, false, depth+1)
	for name, x := range sorted(v.fields) {
		switch {
		case ofChats[name] && (name != "content" || len(orNothing(x).fields) == 0): // others send objects under that name
			out = append(out, x)
		case name == "body" || name == "data" || name == "json":
			out = append(out, saidInChat(x, false, depth+1)...)
		}
	}
	return out
}

// annotates are calls that write into the traces of an application, where whoever watches it finds them by what they say.
var annotates = regexp.MustCompile(`^(@aws-lambda-powertools/tracer|aws-xray-sdk|aws_xray_sdk|aws_lambda_powertools|@opentelemetry/|opentelemetry\b|github_com/aws/aws-xray-sdk-go|go_opentelemetry_io/).*\b(putAnnotation|putMetadata|addAnnotation|addMetadata|put_annotation|put_metadata|AddAnnotation|AddMetadata|setAttributes?|set_attributes?|SetAttributes)$`)

// tellsTraces tells of sensitive data in what is written beside a trace.
func (in *interp) tellsTraces(f frame, e *ir.Expr, ref string, args *arguments) {
	if !annotates.MatchString(ref) {
		return
	}
	var best *disclosed
	note := func(d *disclosed) {
		if d.better(best) && forNobody(d, false) {
			best = d
		}
	}
	for i, v := range args.list {
		name := ""
		if i > 0 && args.list[i-1].known { // under a name
			name = args.list[i-1].text
		}
		in.looksInto(f, v, name, 0, note)
	}
	for _, v := range kwValues(args) {
		in.looksInto(f, v, "", 0, note)
	}
	in.lets(f, e.At, Messaged, lastPart(ref), best)
}

// tellsServers tells of passwords, numbers of people and access tokens in the address of a request: servers and all between write addresses
// into their logs. Keys of services that want them there are left to their documentation.
func (in *interp) tellsServers(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	var best *disclosed
	var tokens []string
	var written *Value // the query that the best of them stands in, where one was written
	note := func(query *Value) func(*disclosed) {
		return func(d *disclosed) {
			if d.better(best) && inNoAddress(d) {
				best, written = d, query
			}
		}
	}
	for _, x := range queriesIn(args) {
		in.looksInto(f, x, "", 0, note(nil))
		for _, query := range queriesOf(x) {
			in.looksInto(f, query, "", 0, note(nil))
		}
	}
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, recv, args) {
			for _, t := range v.taints {
				if len(v.fields) == 0 {
					note(nil)(in.ofTaint(v, t))
				}
			}
			if d := in.forServers(in.queries[v]); d.better(best) {
				best = d
			}
			for _, part := range inParts(inParts(v.parts)) { // of a text that was put together elsewhere
				if d := in.forServers(part); d.better(best) {
					best = d
				}
			}
			for _, query := range queriesOf(v) {
				in.looksInto(f, query, "", 0, note(query))
			}
			tokens = append(tokens, tokenIn(v)...)
		}
	}
	tokens = append(tokens, tokensInParams(args)...)
	if best == nil && len(tokens) > 0 {
		best = &disclosed{kind: ofToken, what: "`" + tokens[0] + "`"}
	}
	for i, x := range e.List {
		if i < 3 && (x.Kind == ir.Template || x.Kind == ir.Binary) {
			in.byName(f, x, 0, note(nil))
			in.writtenInto(f, x, 0, note(nil))
		}
	}
	if best != nil {
		file, at := in.writtenAt(f, e.At, best, written)
		before := len(in.hits)
		in.letsAt(file, at, Asked, callName(m), best)
		if made := in.p.givenBack(e.List); len(in.hits) > before && made != nil {
			h := in.hits[len(in.hits)-1]
			h.Steps = append(h.Steps, *made)
		}
	}
	in.signsIn(args)
}

// givenBack is where a function of the program gives back what a call is given, the first of those that do; nil where none does.
func (p *Program) givenBack(list []*ir.Expr) *Step {
	for _, x := range list {
		fns := p.callees[ir.Awaited(x)]
		if len(fns) != 1 || len(fns[0].Body) == 0 {
			continue
		}
		if last := fns[0].Body[len(fns[0].Body)-1]; last.Kind == ir.Return && last.X != nil {
			return &Step{fns[0].File, last.X.At, "the address is put together"}
		}
	}
	return nil
}

// writtenAt is where an address was given as it is to the functions that are at work, such as request(url): what stands in it was written there.
func (in *interp) writtenAt(f frame, at int32, d *disclosed, query *Value) (*ir.File, int32) {
	file, at, _ := in.givenAt(f, at, func(v *Value) bool {
		return query != nil && slices.Contains(queriesOf(v), query) || slices.ContainsFunc(v.taints, func(t *Taint) bool {
			return d.taint != nil && t.Source == d.taint.Source && t.Path == d.taint.Path && t.madeBeforeGiven()
		})
	})
	return file, at
}

// madeBeforeGiven reports whether something was made of data, a text in which it stands, and only handed on since.
func (t *Taint) madeBeforeGiven() bool {
	s := t.step
	for s != nil && strings.HasPrefix(s.note, givenTo) {
		s = s.prev
	}
	return s.makes()
}

// inNoAddress reports whether sensitive data must stand in no address.
func inNoAddress(d *disclosed) bool {
	return !d.whole && (isPassword(d.what) || d.kind == ofCard || d.kind == ofNation)
}

// forServers is the sensitive data in a value that is a part of an address; nil where there is none.
func (in *interp) forServers(v *Value) *disclosed {
	if v == nil {
		return nil
	}
	var best *disclosed
	for _, t := range v.asItCame(nil, 0) {
		if d := in.ofTaint(v, t); d.better(best) && inNoAddress(d) {
			best = d
		}
	}
	return best
}

// asItCame is what an outsider sent of a value and of what is in it, also where its form was checked: that makes it no less secret.
func (v *Value) asItCame(out []*Taint, depth int) []*Taint {
	if v == nil || depth > 4 {
		return out
	}
	out = append(append(out, v.taints...), v.safe...)
	for _, x := range sorted(v.fields) {
		out = x.asItCame(out, depth+1)
	}
	return v.elem.asItCame(out, depth+1)
}

// writtenInto notes the sensitive data in the parts that an address is put together from.
func (in *interp) writtenInto(f frame, x *ir.Expr, depth int, note func(*disclosed)) {
	if x == nil || depth > 6 {
		return
	}
	switch x.Kind {
	case ir.Name, ir.Member:
		note(in.forServers(in.quiet(f, x)))
	case ir.Template:
		for _, y := range x.List {
			in.writtenInto(f, y, depth+1, note)
		}
	case ir.Binary:
		in.writtenInto(f, x.X, depth+1, note)
		in.writtenInto(f, x.Y, depth+1, note)
	case ir.Call:
		if f.file.Language == ir.Go && x.X.Kind == ir.Member && x.X.Str == "Encode" { // q.Encode()
			note(in.forServers(in.quiet(f, x.X.X)))
		}
	}
}

// hasQuery notes the query of an address: u.searchParams.set("page", page) writes into it.
func (in *interp) hasQuery(address, query *Value) {
	if address.shared || query.shared || query == nothing {
		return
	}
	if in.queries == nil {
		in.queries = map[*Value]*Value{}
	}
	in.queries[address] = query
}

// namesInQuery are methods by which something is written into a query under a name: query.set("page", page).
var namesInQuery = regexp.MustCompile(`^(builtin|url)\.URLSearchParams\(\)\.(set|append)$`)

// fillsQuery keeps what is written into a query step by step as if it had been made with it: what a schema has looked at is no harm there, and
// as secret as it was.
func fillsQuery(query *Value, ref string, args *arguments) {
	if name := args.get(0); namesInQuery.MatchString(ref) && name.known && query != nil && !query.shared && len(args.list) > 1 {
		before := &Value{}
		if len(query.args) > 0 {
			before = query.args[0]
		}
		written := *before
		written.fields = mapsClone(before.fields)
		if written.fields == nil {
			written.fields = map[string]*Value{}
		}
		if len(written.fields) < maxFields {
			written.fields[name.text] = args.list[1]
		}
		query.args = []*Value{&written}
	}
}

// queryOf is a part of an address: its query, which is kept to be written into, or its text with what was written there.
func (in *interp) queryOf(address, part *Value, key string) *Value {
	switch {
	case key == "searchParams":
		in.hasQuery(address, part)
	case key == "href" && in.queries[address] != nil:
		return in.withQuery(address, "toString", part)
	}
	return part
}

// withQuery is the text of an address that was put together as an object.
func (in *interp) withQuery(address *Value, method string, text *Value) *Value {
	q := in.queries[address]
	if q == nil || method != "toString" || text == nil {
		return text
	}
	out := *text
	out.taints = addTaints(out.taints, cleanedBy(&Value{taints: texts(q.all())}, inQueries).taints)
	return &out
}

// queriesIn are what a call gives to be written into the query of its address: params=..., { params: ... }, { searchParams: ... }.
func queriesIn(args *arguments) []*Value {
	out := []*Value{args.kw["params"]}
	for i := range min(3, len(args.list)) {
		for _, key := range []string{"params", "searchParams", "qs"} {
			out = append(out, args.get(i).fields[key])
		}
	}
	return slices.DeleteFunc(out, func(v *Value) bool { return v == nil })
}

// signsIn notes the parts of what came in that a request to another service is signed in with: they are tokens, whatever they are called.
func (in *interp) signsIn(args *arguments) {
	for _, v := range append([]*Value{{fields: args.kw}}, args.list...) {
		for name, x := range sorted(orNothing(v.fields["headers"]).fields) {
			if !strings.EqualFold(name, "authorization") {
				continue
			}
			for _, t := range orNothing(x).taints {
				if t.Source != nil && !t.Source.Stored && !t.unsure && t.unchanged() {
					in.wants(t.Path, ofToken)
				}
			}
		}
	}
}

// accessToken is the end of a text before a token which OAuth says belongs into a header.
var accessToken = regexp.MustCompile(`(?i)[?&](access_?token|refresh_?token|bearer_?token|session_?token)=$`)

// tokenIn is the name in the query of an address under which a token stands, if one does.
func tokenIn(address *Value) []string {
	for _, v := range append([]*Value{address}, address.either...) {
		before := ""
		for _, part := range append(inParts(inParts(v.parts)), v) {
			if name := tokenInQuery(part); name != "" {
				return []string{name}
			}
			if m := accessToken.FindStringSubmatch(before); m != nil && !part.known {
				return m[1:]
			}
			before = part.text
		}
	}
	return nil
}

// tokenToVisitor is the end of a text before a token by which its visitor is signed in: a browser keeps addresses, and hands them on.
var tokenToVisitor = regexp.MustCompile(`(?i)[?&]((access|refresh|bearer|session|id|auth)_?token)=$`)

// sendsToken tells of a token in the query of an address to which an answer sends a visitor.
func (in *interp) sendsToken(f frame, at int32, what string, to *Value) {
	if to == nil || in.st != nil {
		return
	}
	for _, v := range append([]*Value{to}, to.either...) {
		before := ""
		for _, part := range append(inParts(inParts(v.parts)), v) {
			if writesQuery[part.ref] && len(part.args) > 0 {
				for name, x := range sorted(part.args[0].fields) {
					if x != nil && !x.known && tokenToVisitor.MatchString("&"+name+"=") {
						in.lets(f, at, Asked, what, &disclosed{kind: ofToken, what: "`" + name + "`"})
						return
					}
				}
			}
			if m := tokenToVisitor.FindStringSubmatch(before); m != nil && !part.known {
				in.lets(f, at, Asked, what, &disclosed{kind: ofToken, what: "`" + m[1] + "`"})
				return
			}
			before = part.text
		}
	}
}

// writesQuery are calls that give the query of an address, made of an object.
var writesQuery = set("builtin.URLSearchParams() builtin.URLSearchParams().toString() url.URLSearchParams() url.URLSearchParams().toString() querystring.stringify() qs.stringify() urllib.parse.urlencode()")

// queriesOf are the objects that calls have written into the query of an address: new URLSearchParams({ user, password }).
func queriesOf(address *Value) []*Value {
	parts := append(inParts(inParts(address.parts)), address)
	if isAddress(address.ref) {
		for _, x := range address.args {
			parts = append(append(parts, inParts(inParts(x.parts))...), x)
		}
	}
	var out []*Value
	for _, part := range parts {
		if writesQuery[part.ref] && len(part.args) > 0 {
			out = append(out, part.args[0])
		}
	}
	return out
}

// tokenInQuery is the name of a token that a call has written into a query; empty where it has written none.
func tokenInQuery(query *Value) string {
	if !writesQuery[query.ref] || len(query.args) == 0 {
		return ""
	}
	if written := tokensWritten(query.args[0]); len(written) > 0 {
		return strings.Trim(written[0].text, "&=")
	}
	return ""
}

// tokensInParams are the names of tokens among what a call gives to be written into the query: params=..., { params: ... }.
func tokensInParams(args *arguments) []string {
	var out []string
	for _, x := range queriesIn(args) {
		for key, y := range sorted(x.fields) {
			if accessToken.MatchString("&"+key+"=") && y != nil && !y.known {
				out = append(out, key)
			}
		}
	}
	return out
}

// lets notes sensitive data that is let out at a place.
func (in *interp) lets(f frame, at int32, rule, what string, d *disclosed) {
	if d == nil {
		return
	}
	file := f.file
	if rule == Answered {
		made := answerMade{rule: rule, what: d.what}
		if d.taint != nil {
			made.source = d.taint.Source
		}
		file, at, _ = in.givenAt(f, at, d.sameLeak())
		if in.answeredBefore(made) {
			return
		}
	}
	in.letsAt(file, at, rule, what, d)
}

// letsAt notes it at the place where it is told of.
func (in *interp) letsAt(file *ir.File, at int32, rule, what string, d *disclosed) {
	key := rule + "\x00" + file.Path + "\x00" + itoa(int(at))
	if in.seen[key] {
		return
	}
	in.seen[key] = true
	h := &Hit{Rule: rule, File: file, At: at, What: what, Path: d.what, Leak: &Leak{Grave: d.kind.grave(), Rank: int(d.kind)}}
	if d.taint != nil {
		h.Steps = wayOf(d.taint, in.sites)
	} else if d.from != nil {
		h.Steps = wayOf(&Taint{step: d.from}, nil)
	}
	in.hits = append(in.hits, h)
}
