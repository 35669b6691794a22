package dataflow

import (
	"regexp"
	"slices"
	"strings"
)

// password are names of what people log in with.
var password = regexp.MustCompile(`(?i)^(user|new|old|current|confirm|login|admin)?_?(password|passwd|pwd)$`)

// passwords are those of the values under the members of an item that are passwords as they came in, or codes of cards.
func passwords(v *Value) []*Taint {
	var out []*Taint
	for name, x := range sorted(orNothing(v).fields) {
		if x == nil {
			continue
		}
		if text := x.fields["S"]; text != nil { // in the types of DynamoDB
			x = text
		}
		out = addTaints(out, passwordsUnder(name, x))
		for inner, y := range sorted(x.fields) { // of a card, beside its number
			out = addTaints(out, onlyOfCards(passwordsUnder(inner, y)))
		}
	}
	return out
}

// passwordsUnder are passwords, and codes of cards, as they came in, in what is stored under a name. What is stored as a password is one, whatever
// the caller calls it. Of what was checked the form alone was.
func passwordsUnder(name string, x *Value) []*Taint {
	var out []*Taint
	came := orNothing(x).taints
	if orNothing(x).asSent {
		came = addTaints(came, x.safe)
	}
	for _, t := range came {
		named := lastPart(plainPath(t.Path))
		if t.asItCame() && (t.Source == nil || !t.Source.Stored) && (password.MatchString(named) || codeOfCard.MatchString(named) || password.MatchString(name) && !saysHashed(named)) {
			out = addTaints(out, []*Taint{t})
		}
	}
	return out
}

// codeOfCard is what the code on a card is called, which nobody may keep.
// Source: https://www.pcisecuritystandards.org/faqs/1280/
var codeOfCard = regexp.MustCompile(`(?i)^(card_?)?(cvv2?|cvc2?|cvn)$|^card_?security_?code$`)

// onlyOfCards are those of some taints that are codes of cards.
func onlyOfCards(taints []*Taint) []*Taint {
	return slices.DeleteFunc(taints, func(t *Taint) bool { return !codeOfCard.MatchString(lastPart(plainPath(t.Path))) })
}

// saysHashed reports whether a name says of a password that it is none any more, or that it is something about one.
func saysHashed(name string) bool {
	return slices.ContainsFunc(wordsOf(name), func(w string) bool { return notItself[w] || ofHashes[w] })
}

// asItCame reports whether nothing was made of data since it came in that would change it by more than the space around it, or that everybody
// can take back: base64 keeps no secret.
func (t *Taint) asItCame() bool {
	if t.unsure {
		return false
	}
	for s := t.step; s != nil && s.prev != nil; s = s.prev {
		call, through := strings.CutPrefix(s.note, "goes through ")
		if !through && s.note != "is parsed" && s.note != intoText && s.note != intoObject && !strings.HasPrefix(s.note, "is given to ") || through && !plainCalls[lastPart(call)] && !writtenAnew.MatchString(call) {
			return false
		}
	}
	return true
}

// keptWhole is a call that stores what came in as a whole, beside some fields. Whether a password is in it is known when an entry was followed.
type keptWhole struct {
	hit    *Hit
	path   string
	fields map[string]*Value
	inside bool // it stands under a name of what is stored
}

// keepsWhole notes what an item holds of what came in as a whole.
func (in *interp) keepsWhole(f frame, at int32, what string, v *Value) {
	if in.st != nil || in.proving > 0 || v == nil {
		return
	}
	in.keepsAllOf(f, at, what, v, false)
	for _, x := range sorted(v.fields) {
		if x != nil {
			in.keepsAllOf(f, at, what, x, true)
		}
	}
}

func (in *interp) keepsAllOf(f frame, at int32, what string, v *Value, inside bool) {
	for _, t := range v.taints {
		if !t.object || !t.asItCame() || t.clean[Disclosed] || t.Source != nil && t.Source.Stored {
			continue
		}
		h := &Hit{Rule: "clear-password", File: f.file, At: at, What: what}
		h.begins(t, in.sites)
		h.also(t, in.sites, in.where(f))
		in.keptWholes = append(in.keptWholes, keptWhole{h, t.Path, v.fields, inside})
	}
}

// settleKept tells of what was stored as a whole where the code reads a password of it, or a schema says that one is in it, and nothing takes it out
// or sets another one in its place.
func (in *interp) settleKept() {
	for _, k := range in.keptWholes {
		for asked := range sorted(in.wanted) {
			tail, below := strings.CutPrefix(asEvent(plainPath(asked)), asEvent(plainPath(k.path))+".")
			last := lastPart(tail)
			isOne := codeOfCard.MatchString(last) || password.MatchString(last) && last == tail && !k.inside
			if !below || !isOne || k.fields[first(tail)] != nil || in.isHidden(plainPath(asked)) {
				continue
			}
			key := k.hit.Rule + "\x00" + k.hit.File.Path + "\x00" + itoa(int(k.hit.At))
			if in.hitAt[key] == nil && !in.seen[key] {
				in.seen[key] = true
				k.hit.Path = "all of " + k.hit.Path + ", with " + plainPath(asked) + " in it,"
				in.hits = append(in.hits, k.hit)
			}
		}
	}
	in.keptWholes = nil
}

// plainCalls give a text back as it is, or as another one that was typed by the same keys: normalize brings its letters into one form of Unicode.
var plainCalls = set("trim strip String str toString parse loads normalize TrimSpace NFC NFKC")

// writtenAnew are calls that write a text in base64, in hexadecimal digits or as bytes, or take it back from there: everybody can.
var writtenAnew = regexp.MustCompile(`^(string\.(en|de)code|bytes|bytearray|string\.hex|\[\]byte)$|(^|\.)((standard_|urlsafe_)?b(64|32|16|85)(en|de)code|a85encode|encodebytes|btoa|atob|(un)?hexlify|b2a_(hex|base64)|Buffer\.from|hex\.(EncodeToString|DecodeString)|\w+Encoding\.(EncodeToString|DecodeString)|TextEncoder\(\)\.encode|encodeURIComponent|quote(_plus)?|QueryEscape)$`)
