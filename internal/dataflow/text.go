package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// concat is a text that is put together.
func (in *interp) concat(f frame, parts []*ir.Expr, at int32) *Value {
	values := make([]*Value, len(parts))
	for i, p := range parts {
		values[i] = in.eval(f, p)
	}
	return in.joined(f, values, at)
}

// joined is a text of these parts.
func (in *interp) joined(f frame, parts []*Value, at int32) *Value {
	if f.file.Language == ir.Go { // a + b + c, which is (a + b) + c
		parts = inParts(parts)
	}
	out := &Value{known: true}
	before := ""
	for i, v := range parts {
		if text := in.asText(f, v, at); text != v {
			parts[i], v = text, text
		}
		taints := inAttribute(texts(v.all()), before)
		in.guessableLink(f, before, v, at)
		in.guessableState(f, before, parts, i, at)
		out.taints = addTexts(out.taints, inBody(behind(taints, before, !isStage(parts[:i])), parts[:i]))
		out.known = out.known && v.known
		out.text += v.text
		out.signs = addTaints(out.signs, v.signs)
		if out.trace == nil {
			out.trace = v.trace
		}
		if out.random == nil {
			out.random = v.random.signs()
		}
		if out.secret == nil && !v.shownAsObject() {
			out.secret = v.shownSecret()
		}
		before += asRead(v, 0)
	}
	if out.known {
		out.written = inQuotes
	}
	if !out.known && len(before) < 500 {
		out.prefix, _, _ = strings.Cut(before, unknownText)
		out.prefix, _, _ = strings.Cut(out.prefix, outsiders)
	}
	if !out.known {
		out.text, out.clock = "", clockOf(parts, false)
	}
	if !out.known && len(parts) <= maxTextParts {
		out.parts = parts
	}
	if len(out.text) > 4_000 {
		out.known, out.text = false, ""
	}
	if !out.known {
		out.ref = textOfError(parts)
	}
	if out.random != nil && ofSession.MatchString(before) { // sid=${id}; HttpOnly
		in.guessable(f, "session token", &ir.Expr{At: at, End: at}, out)
	}
	out.taints = in.stepped(f, out.taints, at, intoText)
	return out
}

// openAttribute is how a text ends inside of the value of an attribute of HTML, with the quote that ends that.
var openAttribute = regexp.MustCompile(`<[a-zA-Z][^<>]*[\s"'][\w:-]+\s*=\s*(?:"[^"<>]*|'[^'<>]*)$`)

// inAttribute are taints of what comes after a text: where that has opened an attribute, what was only rid of tags does harm by its quotes.
func inAttribute(taints []*Taint, before string) []*Taint {
	if !slices.ContainsFunc(taints, func(t *Taint) bool { return t.quotes }) || !openAttribute.MatchString(before) {
		return taints
	}
	value := before[strings.LastIndexByte(before, '=')+1:]
	quote := strings.TrimLeft(value, " \t\r\n")
	out := make([]*Taint, len(taints))
	for i, t := range taints {
		out[i] = t
		if t.quotes && quote != "" && !strings.ContainsRune(t.gone, rune(quote[0])) {
			u := *t
			u.quotes, u.clean = false, maps.Clone(t.clean)
			delete(u.clean, "html-response")
			out[i] = &u
		}
	}
	return out
}

// asRead is a text with a sign in the place of each part that is not known; of a + b + c, which is (a + b) + c, with all that stands on the
// left.
func asRead(v *Value, depth int) string {
	switch {
	case v.known:
		return v.text
	case depth < deepestJoin && len(v.parts) > 1 && len(v.alts)+len(v.either) == 0:
		out := asRead(v.parts[0], depth+1)
		for _, part := range v.parts[1:] {
			out += beginningOf(part)
		}
		return out
	}
	return beginningOf(v)
}

// beginningOf is what is known of how a text begins, with a sign for the rest.
func beginningOf(v *Value) string {
	switch {
	case v.known:
		return v.text
	case len(texts(v.all())) > 0:
		return v.prefix + outsiders
	}
	return v.prefix + unknownText
}

// inParts are the parts of a text, with those of texts that were put together before.
func inParts(list []*Value) []*Value {
	var out []*Value
	for _, v := range list {
		if len(v.parts) > 0 && !v.known && len(v.alts)+len(v.either) == 0 {
			out = append(out, v.parts...)
			continue
		}
		out = append(out, v)
	}
	return out
}

// intoText is what happens to data that is put into a text.
const intoText = "becomes part of a text"

// What stands in the text before a part, where it is not known.
const (
	unknownText = "\x01"
	outsiders   = "\x02"
)

// fixedHost is the beginning of an address of which the host cannot be changed any more, whoever has decided it: an outsider who did is told
// of for that.
var fixedHost = regexp.MustCompile(`^(?:(?i:[a-z][a-z0-9+.-]*:)|[\x01\x02]:)?//[^/?#]+[/?#]|^\x01(?:[^:]|:[^/]|$)|^\x02[^:/?#]*[/?#]`)

// bucketAddress is the beginning of an address of an object of which nothing but the bucket is named.
var bucketAddress = regexp.MustCompile(`^(?:s3[an]?|gs|oss)://[^/\x02]*/$`)

// oneSegment is the beginning of a path up to its first slash.
var oneSegment = regexp.MustCompile(`^/?[^/\x02]+/$`)

// stages are settings that say which copy of the application this is: all that belongs to one has them in its name.
var stages = regexp.MustCompile(`(?i)(^|_)(stage|env|environment)$`)

// isStage reports whether what a text begins with is the stage and nothing else.
func isStage(parts []*Value) bool {
	found := false
	for _, v := range parts {
		switch name := settingOf(v); {
		case stages.MatchString(strings.TrimPrefix(name, settingMark)):
			found = true
		case !v.known || strings.Trim(v.text, "-_.") != "":
			return false
		}
	}
	return found
}

// behind are taints of a part of a text that comes after something: what begins with a constant leads nowhere else, and so does a name
// of which the beginning says what it is.
func behind(taints []*Taint, before string, named bool) []*Taint {
	if before == "" || len(taints) == 0 {
		return taints
	}
	out := make([]*Taint, 0, len(taints))
	for _, t := range taints {
		lead := before + t.lead
		var rules []string
		if !bucketAddress.MatchString(lead) {
			rules = append(rules, "object-key")
		}
		if named {
			rules = append(rules, "user-controlled-target")
		}
		if isObjectKey(t.Path) {
			rules = append(rules, "path-traversal") // no key of an object climbs above the folder that it begins in
		}
		if t.clean[noStepBack] && strings.Trim(before, "./") != "" && !strings.HasSuffix(before, "://") {
			rules = append(rules, "path-traversal")
		}
		switch {
		case fixedHost.MatchString(lead):
			rules = append(rules, "ssrf", "open-redirect")
		case lead[0] == '?', lead[0] == '#', len(lead) > 1 && lead[0] == '/' && lead[1] != '/' && lead[1] != outsiders[0]:
			rules = append(rules, "open-redirect", "ssrf")
		case lead == "/": // a path below the address that a client was made with
			rules = append(rules, "ssrf")
		}
		u := t.cleaned(rules)
		u.copied = !t.clean["object-key"] && oneSegment.MatchString(lead)
		if len(lead) < 200 {
			u.lead = lead
		}
		out = append(out, u)
	}
	return out
}

// behindBucket are taints of the source of a copy, which begins with the name of the bucket: what stands behind it is the key.
func behindBucket(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		if t.copied {
			u := *t
			u.clean = maps.Clone(t.clean)
			delete(u.clean, "object-key")
			out[i] = &u
		}
	}
	return out
}

// texts are taints of what has become a text.
func texts(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		if t.object {
			u := *t
			u.object = false
			t = &u
		}
		out = append(out, t)
	}
	return out
}

func (in *interp) stepped(f frame, taints []*Taint, at int32, note string) []*Taint {
	if len(taints) == 0 {
		return nil
	}
	out := make([]*Taint, len(taints))
	for i, t := range taints {
		out[i] = t.with(f.file, at, note, in.steps)
	}
	return out
}
