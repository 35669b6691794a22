package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Hit is an outsider's data at a place where it can do harm.
type Hit struct {
	Rule     string
	File     *ir.File
	At       int32
	What     string   // the call: exec, Pool().query
	Path     string   // what of the entry it is: event.body
	Stored   bool     // it was stored before, and is read from there
	Own      bool     // it is read from where only the application keeps things, as far as this entry shows
	Needs    []string // actions that the call needs where it is one of AWS, as service:Name
	Unsure   bool     // something in between is not known
	Steps    []Step
	Ways     []Way     // all that come there, the one above among them
	End      *Step     // where the way ends, where that is another place
	Away     bool      // it goes to somebody else than whoever called the function: a mail
	Inside   bool      // what it is about does not get out to who calls
	Kept     string    // in what it is kept until the next invocation
	Leak     *Leak     // of sensitive data
	Record   *Send     // what read the record that it is, which does harm only where that holds a secret
	Taken    []string  // the fields that were taken out of the record
	Unless   string    // the setting of the environment with which it would be otherwise
	Given    string    // the setting of the environment with which it is so, whatever it is
	But      string    // but for this value
	Setting  string    // the setting that decides of which host is asked
	address  string    // the address with a hole for that setting
	meetings []meeting // all comings to the sink, with the calls that lead there
	place    bool      // nobody's data is needed for harm
	doubt    int       // how surely an outsider decides: of several ways the surest is told
}

// Step is one hop of the way.
type Step struct {
	File *ir.File
	At   int32
	Note string
}

// wayOf is how a value came here: what happened to it, and the calls that led here since it came in.
func wayOf(t *Taint, sites []site) []Step {
	var steps []*step
	for s := t.step; s != nil; s = s.prev {
		steps = append(steps, s)
	}
	slices.Reverse(steps)
	if len(steps) == 0 {
		return nil
	}
	for _, c := range sites {
		known := c.time <= steps[0].time || c.file == nil
		for _, s := range steps {
			known = known || s.file == c.file && s.at == c.at
		}
		if !known {
			steps = append(steps, &step{file: c.file, at: c.at, note: givenTo + c.name, time: c.time})
		}
	}
	slices.SortStableFunc(steps, func(a, b *step) int { return a.time - b.time })
	var out []Step
	for _, s := range steps {
		out = append(out, Step{s.file, s.at, s.note})
	}
	return out
}

// surestFirst are taints in the order in which they tell most: what an outsider sends now before what somebody stored.
func surestFirst(taints []*Taint) []*Taint {
	if len(taints) < 2 {
		return taints
	}
	out := slices.Clone(taints)
	slices.SortStableFunc(out, func(a, b *Taint) int { return a.doubt() - b.doubt() })
	return out
}

// doubt is less the more surely an outsider decides.
func (t *Taint) doubt() int {
	d := 0
	if t.Source != nil && t.Source.Stored {
		d += 2
		if t.Source.Own {
			d += 4
		}
	}
	if t.unsure {
		d++
	}
	return d
}

// sameAgain are rules for which one place is enough for what an outsider names: the file that is written and then read.
var sameAgain = map[string]bool{"path-traversal": true, "object-key": true, "user-controlled-target": true}

// needsObject are rules for which only more than a text does harm.
var needsObject = map[string]bool{"nosql": true, "prototype-pollution": true, "mass-assignment": true}

// onlyText are rules for which objects do no harm: they are shown as JSON.
var onlyText = map[string]bool{"log-injection": true, "html-response": true, "header-injection": true}

// containers are fields of what entries get that are objects and not texts.
var containers = set(`event req ctx headers queryStringParameters multiValueQueryStringParameters multiValueHeaders pathParameters requestContext stageVariables
	Records Sns s3 object dynamodb NewImage OldImage Keys kinesis messageAttributes detail request response query params cookies files identity arguments`)

// isObject reports whether an outsider's value is an object and no text.
func (t *Taint) isObject() bool {
	last := t.Path[strings.LastIndexByte(t.Path, '.')+1:]
	return containers[strings.TrimSuffix(last, "[]")] || t.object && (t.parsedWhole() || strings.HasSuffix(t.Path, "req.body") || strings.HasSuffix(t.Path, "payload") || strings.HasSuffix(t.Path, "json"))
}

// parsedWhole reports whether the taint is all of something that was parsed.
func (t *Taint) parsedWhole() bool { return t.Path == t.parsed }

// mostMore bounds the ways that are kept beside the first one to a sink.
const mostMore = 12

// ofHeader are paths of what came in a header of a request, ofAuthorization those of the one by which somebody signs in.
var (
	ofHeader        = regexp.MustCompile(`headers\.|(^|\.)(Get)?Header\.`)
	ofAuthorization = regexp.MustCompile(`(?i)(^|\.)(get)?headers?\.authorization$`)
)

// ofRequestHeader are paths of a header of the request itself, which no line break can stand in: neither HTTP nor the servers in front let one in.
var ofRequestHeader = regexp.MustCompile(`^(event|req|request|ctx|c|r|ctx\.req|ctx\.request|event\.Records(\[\])?\.cf\.request)\.((multi_?[vV]alue_?)?[hH]eaders?|(Get|get_?)?[hH]eaders?(\(\))?)\.[^.]+(\[\])*$|^event\.requestContext\.(identity|http)\.userAgent$`)

// givenTo is how a step begins that hands data to a function of the program.
const givenTo = "is given to "

// isHeader reports whether a taint is a header of a request as it came: nobody has taken it apart, or back to what it stands for.
func (t *Taint) isHeader() bool {
	if !ofRequestHeader.MatchString(t.Path) || t.parsed != "" {
		return false
	}
	for s := t.step; s != nil; s = s.prev {
		if !strings.HasPrefix(s.note, givenTo) && (takesBack.MatchString(s.note) || opensText.MatchString(s.note)) { // what a function of the program does with it stands there
			return false
		}
	}
	return true
}

// opensText is what is called that gives a text which another one only stands for, besides what takes its signs back.
var opensText = regexp.MustCompile(`(?i)parse|loads|base64|atob|Buffer|verify|decrypt|inflate|unzip`)

// hit notes taints that reach a sink: the surest of them, and beside it the others, which say what else may come there.
func (in *interp) hit(f frame, at int32, rule, what string, taints []*Taint, unsure bool) {
	if in.st != nil {
		in.reveals(f, at, what, &Value{taints: taints}, usedInside)
		return
	}
	key := rule + "\x00" + f.file.Path + "\x00" + itoa(int(at))
	for _, t := range surestFirst(taints) {
		if t.Source == nil { // it stands for what a check was asked about
			continue
		}
		signed, own := in.signedBy(t.Path)
		if t.Path == "" && t.Source == nil || byHowMuch(rule) && !in.isWild(t, rule) { // the mark by which something was tried out is nobody's
			continue
		}
		if own || signed && rule == "jwt-unverified" || t.clean[rule] || needsObject[rule] && !t.object || onlyText[rule] && t.isObject() || (rule == "path-traversal" || rule == "ssrf") && strings.HasSuffix(t.Path, ".Body") ||
			rule == "mass-assignment" && t.Source.Stored && strings.HasPrefix(t.Path, storedItem) || // it is written back; who put it there is told of
			rule == "html-response" && ofAuthorization.MatchString(t.Path) || // nobody sends another's browser there with one
			rule == "open-redirect" && ofReferer.MatchString(t.Path) || // a visitor is sent back to where the link stands, or to the same host
			rule == "header-injection" && ofHeader.MatchString(t.Path) || // what came in a header has no line breaks
			rule == "log-injection" && t.isHeader() ||
			(rule == "html-response" || rule == "header-injection" || rule == "log-injection") && t.isEncodedKey() {
			continue
		}
		if first := in.hitAt[key]; first != nil {
			first.also(t, in.sites, in.where(f))
			in.comesTo(meeting{first, t, in.where(f), in.sites, unsure || t.unsure || signed})
			if t.doubt() < first.doubt {
				first.begins(t, in.sites)
				first.Unsure = unsure || t.unsure || signed
			}
			continue
		}
		again := rule + "\x00" + t.Path
		if rule == "jwt-unverified" { // what reads one token that is checked and another that is not
			key += t.Path
		}
		if rule != "user-controlled-target" { // to read and to write are two things
			again += "\x00" + what
		}
		if sameAgain[rule] && in.seen[again] {
			return
		}
		in.seen[again] = true
		if n := len(in.stack); rule == "jwt-unverified" && n > 0 && in.returning != nil && in.returning.At <= at && at < in.returning.End {
			if in.givenBack == nil {
				in.givenBack = map[string]*ir.Func{}
			}
			in.givenBack[f.file.Path+itoa(int(at))] = in.stack[n-1]
		}
		if rule == "jwt-unverified" && in.catching > 0 { // also where the verification has failed
			in.failed = append(in.failed, f.file.Path+itoa(int(at)))
		}
		h := &Hit{Rule: rule, File: f.file, At: at, What: what, Unsure: unsure || t.unsure || signed}
		h.begins(t, in.sites)
		h.also(t, in.sites, in.where(f))
		in.comesTo(meeting{h, t, in.where(f), in.sites, h.Unsure})
		in.hits = append(in.hits, h)
		if in.hitAt == nil {
			in.hitAt = map[string]*Hit{}
		}
		in.hitAt[key] = h
	}
}

// begins says where the way to a sink begins that is told.
func (h *Hit) begins(t *Taint, sites []site) {
	h.Path, h.Steps, h.doubt = t.Path, wayOf(t, sites), t.doubt()
	h.Stored, h.Own = t.Source.Stored, t.Source.Own
}

// hitOf notes taints that reach the sink of a row.
func (in *interp) hitOf(f frame, at int32, m *Model, what string, taints []*Taint, unsure bool) {
	before := len(in.hits)
	in.hit(f, at, m.Rule, what, taints, unsure)
	for _, h := range in.hits[before:] {
		h.Away = m.away
	}
}

// ofReferer are the headers by which a browser tells where a link stands and which host it asks: nobody else decides them.
var ofReferer = regexp.MustCompile(`(?i)headers?\.(referr?er|host|x-forwarded-host)$|^(ctx\.)?(req|request|ctx|r)\.((url|nexturl)\.(origin|hostname|host)|hostname|host)$`)

// takesBack are functions that take the signs of an address back to what they stand for.
var takesBack = regexp.MustCompile(`(?i)decode|unescape|unquote`)

// isEncodedKey reports whether a taint is the key of an object as notifications of S3 write it, like a form: no sign of HTML and no line break
// stands in it as such before somebody has decoded it.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
func (t *Taint) isEncodedKey() bool {
	if !strings.Contains(t.Path, "s3.object.key") {
		return false
	}
	for s := t.step; s != nil; s = s.prev {
		if takesBack.MatchString(s.note) {
			return false
		}
	}
	return true
}

// also notes another way to a sink.
func (h *Hit) also(t *Taint, sites []site, where []Fact) {
	if sameAgain[h.Rule] { // it stands for other places, where other things hold
		where = nil
	}
	for i, w := range h.Ways {
		if w.Taint.Path == t.Path && w.Taint.Source == t.Source && w.Taint.keys == t.keys {
			h.Ways[i].Where = common(w.Where, where)
			return
		}
	}
	if len(h.Ways) < mostMore {
		h.Ways = append(h.Ways, Way{t, where, slices.Clone(sites)})
	}
}

// Way is one of the ways to a sink.
type Way struct {
	Taint *Taint
	Where []Fact // what certainly holds there
	sites []site
}

// Steps are the stops of a way.
func (w Way) Steps() []Step { return wayOf(w.Taint, w.sites) }
