package dataflow

import (
	"regexp"
	"strings"
)

// password are names of what people log in with.
var password = regexp.MustCompile(`(?i)^(user|new|old|current|confirm|login|admin)?_?(password|passwd|pwd)$`)

// passwords are those of the values under the members of an item that are passwords as they came in.
func passwords(v *Value) []*Taint {
	var out []*Taint
	for _, x := range sorted(orNothing(v).fields) {
		if x == nil {
			continue
		}
		if text := x.fields["S"]; text != nil { // in the types of DynamoDB
			x = text
		}
		for _, t := range x.taints {
			if password.MatchString(lastPart(t.Path)) && t.asItCame() && (t.Source == nil || !t.Source.Stored) {
				out = addTaints(out, []*Taint{t})
			}
		}
	}
	return out
}

// asItCame reports whether nothing was made of data since it came in that would change it by more than the space around it, or that everybody
// can take back: base64 keeps no secret.
func (t *Taint) asItCame() bool {
	if t.unsure {
		return false
	}
	for s := t.step; s != nil && s.prev != nil; s = s.prev {
		call, through := strings.CutPrefix(s.note, "goes through ")
		if !through && s.note != "is parsed" && s.note != intoText && !strings.HasPrefix(s.note, "is given to ") || through && !plainCalls[lastPart(call)] && !inBase64.MatchString(call) {
			return false
		}
	}
	return true
}

// plainCalls give a text back as it is.
var plainCalls = set("trim strip String str toString parse loads")

// inBase64 are calls that write a text in base64, or as bytes.
var inBase64 = regexp.MustCompile(`^(string\.(en|de)code|bytes)$|(^|\.)((standard_|urlsafe_)?b64(en|de)code|btoa|atob|Buffer\.from|\w+Encoding\.(EncodeToString|DecodeString))$`)
