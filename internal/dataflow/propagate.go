package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// madeSafe is what a call gives by the rows of the user that make safe.
func (in *interp) madeSafe(f frame, e *ir.Expr, v *Value) *Value {
	for _, m := range in.ownOf(f, e) {
		if !m.applies(nil, in.quietArguments(f, e)) {
			continue
		}
		for _, name := range m.In {
			if x := argumentExpr(e, name); x != nil && (m.throws || m.Out == "arg:"+name || m.Out == "recv" && name == "recv") {
				in.trust(f, x, m.For)
			}
		}
		if m.Out == "return" || m.Kind == sanitizer && m.Out == "" {
			v = cleanedInside(v, m.For, 0)
		}
	}
	return v
}

// cleanedInside is a value that can do no harm for some rules, nor can what is inside of it.
func cleanedInside(v *Value, rules []string, depth int) *Value {
	if v == nil || depth > 5 {
		return nil
	}
	out := cleanedBy(v, rules)
	if len(out.holds) > 0 && slices.Contains(rules, Disclosed) {
		out.holds = nil
	}
	out.elem = cleanedInside(v.elem, rules, depth+1)
	if v.fields != nil {
		out.fields = map[string]*Value{}
		for key, x := range v.fields {
			if inner := cleanedInside(x, rules, depth+1); inner != nil {
				out.fields[key] = inner
			}
		}
	}
	return out
}

// propagate lets what goes in come out, by a row.
func (in *interp) propagate(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments, out *Value, called map[*closure]bool) {
	taints := in.flowing(f, e, m, recv, args)
	if m.Kind == sanitizer && (tokens[packageOf(m.Package)] || m.Language == ir.Go && tokens[goPath(m.Package)]) {
		in.verifies(taints)
		for _, name := range m.In {
			in.verifies(input(name, recv, args).safe)
		}
	}
	if m.number {
		for _, name := range m.In {
			note := becomesNumber
			if givesNaN[m.Package+"."+m.Member] {
				note += orNaN
			}
			out.numbers = addTaints(out.numbers, in.stepped(f, amounts(input(name, recv, args)), e.At, note))
		}
	}
	if m.Package == "builtin" && makesTexts["builtin."+m.Member] { // str(order.id): who was asked for by a checked number is the same
		for _, name := range m.In {
			out.safe = addTaints(out.safe, input(name, recv, args).safe)
		}
	}
	if m.Kind == sanitizer || m.Kind == validator {
		taints = cleanedHere(f, e, m, taints, out)
	}
	if m.Kind != sourceKind {
		taints = in.stepped(f, taints, e.At, "goes through "+orElse(memberName(m), m.Package))
	}
	if m.makesText() {
		taints = texts(taints)
	}
	if resolving[lastPart(m.Member)] {
		taints = steppedBack(taints)
		taints = withoutStepsBack(m.belowConstant(taints, args), args.get(0))
	}
	if decodes.MatchString(m.Member) {
		taints = decoded(taints)
	}
	in.beginsText(m, recv, args, out)
	switch m.Out {
	case "recv":
		rollsWritten(recv, args)
		taints = in.behindHead(recv, m, args, taints)
	case "arg:0":
		rollsWritten(args.get(0), args)
		taints = in.behindHead(args.get(0), m, args, taints)
	}
	switch o := m.Out; {
	case o == "recv" && recv != nil && recv != nothing && !recv.shared:
		recv.taints = addTaints(recv.taints, taints)
		in.flowsInto(recv)
	case strings.HasPrefix(o, "cb:"):
		in.toCallback(f, e, o, args, taints, called)
		if recv != nil && len(taints) == 0 && slices.Contains(m.In, "recv") {
			in.waits(recv, waiting{f, e, m, args})
		}
	case strings.HasPrefix(o, "arg:"):
		if i, ok := number(o[4:]); ok && !args.get(i).shared && args.get(i) != nothing {
			args.get(i).taints = addTaints(args.get(i).taints, taints)
			in.flowsInto(args.get(i))
		}
	default:
		out.taints = addTaints(out.taints, taints)
		if m.Kind == propagator || writesBase64(m) {
			out.json = jsonOf(m, recv, args)
		}
	}
}

// beginsText keeps with what a text in memory begins: what is certainly written to it first, and where it is read, it gives that on. What is
// written on some ways only says nothing, and nor does what comes after it.
func (in *interp) beginsText(m *Model, recv *Value, args *arguments, out *Value) {
	to, first := recv, args.get(0)
	if m.Out == "arg:0" {
		to, first = args.get(0), args.get(1)
	}
	switch {
	case to == nil || !fills[to.ref]:
	case m.Out == "return" && m.Kind == propagator:
		out.prefix = to.prefix
	case m.Out != "recv" && m.Out != "arg:0", to.shared, to.varied, to.prefix != "", len(to.taints) > 0:
	default:
		begins := first.text + first.prefix
		if strings.HasSuffix(m.Member, "printf") {
			begins, _, _ = strings.Cut(begins, "%")
		}
		if to.born == in.branch && begins != "" {
			to.prefix = begins
		} else {
			to.varied = true
		}
	}
}

// flowing are the taints that go into a call by what a row says: those of a source, and of what it gets.
func (in *interp) flowing(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) []*Taint {
	var taints []*Taint
	if m.Kind == sourceKind {
		taints = in.sourceTaint(f, m, e.At)
		if k := args.get(0); k.known && strings.EqualFold(k.text, "origin") { // of a header
			taints = in.parts(taints, k.text)
		} else if name := partAsked(f, k); name != "" {
			taints = in.parts(taints, name)
		}
	}
	for _, name := range m.In {
		if v := in.ofInput(name, recv, args); v != nil {
			taints = addTaints(taints, v.all())
		}
	}
	if m.Kind == propagator && m.Package == "net/http" {
		taints = partsOfRequest(m, taints)
		if name := partAsked(f, args.get(0)); name != "" && strings.HasPrefix(m.Member, "Request().") {
			taints = in.parts(taints, name)
		}
	}
	return taints
}

// cleanedHere are the taints that are left where a call makes them harmless for some rules; what it makes harmless altogether is noted at what
// it gives.
func cleanedHere(f frame, e *ir.Expr, m *Model, taints []*Taint, out *Value) []*Taint {
	var kept []*Taint
	for _, t := range taints {
		u := t.cleaned(m.For)
		if u == nil {
			safe := *t
			safe.check = &step{file: f.file, at: e.At}
			out.safe = addTaints(out.safe, []*Taint{&safe})
			continue
		}
		if writesBase64(m) {
			u.plain = t
		}
		u.check = &step{file: f.file, at: e.At}
		kept = append(kept, u)
	}
	return kept
}

// decodes are members that read base64.
var decodes = regexp.MustCompile(`(?i:decode)$|(DecodeString|DecodeSegment|AppendDecode)$|^(Buffer\.from|atob)$`)

// writesBase64 reports whether a row is about something that writes base64.
func writesBase64(m *Model) bool {
	name := strings.ToLower(m.Member)
	return m.Kind == sanitizer && (strings.Contains(name, "b64encode") || strings.Contains(name, "base64") || name == "btoa")
}

// jsonOf is what the text was written from that goes through a call; nil where several do.
func jsonOf(m *Model, recv *Value, args *arguments) *Value {
	var found *Value
	for _, name := range m.In {
		if v := input(name, recv, args); v != nil && !v.empty() {
			if found != nil || v.json == nil {
				return nil
			}
			found = v.json
		}
	}
	return found
}

// steppedBack are taints of a path out of which the steps back were taken: what it began with may be gone with them.
func steppedBack(taints []*Taint) []*Taint {
	out := make([]*Taint, 0, len(taints))
	for _, t := range taints {
		if t.lead != "" && t.clean["object-key"] && !t.clean["sql"] {
			u := *t
			u.lead, u.clean = "", maps.Clone(t.clean)
			delete(u.clean, "object-key")
			t = &u
		}
		out = append(out, t)
	}
	return out
}

// noStepBack marks parts of paths out of which all steps back were taken: what they are joined to they stay below.
const noStepBack = "holds no step back"

// withoutStepsBack are taints of a path that was resolved: where it began at the root no step back is left in it.
func withoutStepsBack(taints []*Taint, first *Value) []*Taint {
	if !strings.HasPrefix(first.text+first.prefix, "/") {
		return taints
	}
	return cleanedBy(&Value{taints: taints}, []string{noStepBack}).taints
}

// belowConstant are taints of a path that is put together of parts, of which the first one is none of an outsider's: a part that cannot step
// back stays below it. In Python a part that begins at the root leads there.
func (m *Model) belowConstant(taints []*Taint, args *arguments) []*Taint {
	first := args.get(0)
	if name := lastPart(m.Member); name != "join" && name != "Join" || len(args.list) < 2 || len(first.all()) > 0 || first.known && strings.Trim(first.text, "./") == "" {
		return taints
	}
	out := make([]*Taint, 0, len(taints))
	for _, t := range taints {
		switch {
		case t.clean["path-traversal"]:
			t = t.cleaned([]string{"object-key"})
		case t.clean[noStepBack] && m.Language != ir.Python:
			t = t.cleaned([]string{"object-key", "path-traversal"})
		}
		out = append(out, t)
	}
	return out
}

// tokens are packages that verify tokens.
var tokens = set(`jsonwebtoken jose jwt aws-jwt-verify fast-jwt express-jwt jwks-rsa python-jose authlib cognitojwt njwt jwt-simple paseto
	github_com/golang-jwt/jwt github_com/dgrijalva/jwt-go github_com/lestrrat-go/jwx/jwt github_com/coreos/go-oidc/oidc github_com/go-jose/go-jose/jwt`)

// verifies notes that a token is verified somewhere on the way: then reading it before is no harm.
func (in *interp) verifies(taints []*Taint) {
	if in.verified == nil {
		in.verified = map[string]bool{}
	}
	for _, t := range taints {
		path := strings.ReplaceAll(t.Path, "[]", "")
		in.verified[path] = true
		if n := len(in.stack); n > 0 {
			if in.verifiedIn == nil {
				in.verifiedIn = map[string][]*ir.Func{}
			}
			in.verifiedIn[path] = append(in.verifiedIn[path], in.stack[n-1])
		}
	}
}

// makesText reports whether what comes out is a text, or bytes, whatever goes in.
func (m *Model) makesText() bool {
	switch m.Package + "." + m.Member {
	case "builtin.Buffer.from", "builtin.Buffer", "buffer.Buffer.from",
		"builtin.String", "builtin.str", "builtin.repr", "builtin.JSON.stringify", "json.dumps", "builtin.format":
		return true
	}
	return m.Package == "builtin" && (strings.HasPrefix(m.Member, "string.to") || m.Member == "string.trim" || m.Member == "str.strip")
}

func memberName(m *Model) string {
	if m.Member == "default" {
		return m.Package
	}
	return m.Member
}

// partsOfRequest are what a method of a request of Go gives of it: r.UserAgent() is not all of r.
func partsOfRequest(m *Model, taints []*Taint) []*Taint {
	method, ok := strings.CutPrefix(m.Member, "Request().")
	if !ok {
		return taints
	}
	out := slices.Clone(taints)
	for i, t := range out {
		if !strings.Contains(t.Path, ".") {
			u := *t
			u.Path += "." + method
			out[i] = &u
		}
	}
	return out
}

// partAsked is the name of the part of a request that a call of Go asks for: c.Query("page"), header.Get(echo.HeaderAuthorization).
func partAsked(f frame, k *Value) string {
	switch name, isHeader := strings.CutPrefix(lastPart(k.ref), "Header"); {
	case f.file.Language != ir.Go:
	case k.known && k.text != "" && !strings.ContainsAny(k.text, " ."):
		return k.text
	case isHeader && isRouter(k.ref) && !strings.Contains(k.ref, "("):
		return name
	}
	return ""
}

func (in *interp) sourceTaint(f frame, m *Model, at int32) []*Taint {
	member := m.Member[strings.LastIndexByte(m.Member, '.')+1:]
	if strings.HasPrefix(m.Member, "request.") || strings.Contains(m.Member, "current_request.") {
		member = "request." + member
	}
	return []*Taint{{Path: member, object: strings.Contains(member, "json") || strings.Contains(member, "payload"), Source: in.source(m.Package + "." + m.Member), step: &step{f.file, at, member + " comes in", nil, in.steps}}}
}

// decoded notes that a part of a token was decoded.
func decoded(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		if t.token == tokenPart {
			u := *t
			u.token = tokenDecoded
			out[i] = &u
		}
	}
	return out
}

func (in *interp) toCallback(f frame, e *ir.Expr, out string, args *arguments, taints []*Taint, called map[*closure]bool) {
	parts := strings.Split(out, ":")
	if len(parts) != 3 {
		return
	}
	i, _ := number(parts[1])
	j, _ := number(parts[2])
	list := make([]*Value, j+1)
	for k := range list {
		list[k] = nothing
	}
	list[j] = &Value{taints: taints}
	for _, c := range args.get(i).fns {
		called[c] = true
		in.invoke(f, c, c.this, &arguments{list: list}, e.At)
	}
}

// source is a source by its label, the same each time.
func (in *interp) source(label string) *Source {
	if s := in.sources[label]; s != nil {
		return s
	}
	s := &Source{Label: label, stays: in.st != nil}
	in.sources[label] = s
	return s
}
