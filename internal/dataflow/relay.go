package dataflow

import "strings"

// Messages of which an outsider says both to whom they go and all that is in them: whoever calls has the application write to anybody, in its
// name and on its bill.

// relayed is the kind of harm of such messages.
const relayed = "user-controlled-recipient"

var (
	// toWhom are members that say to whom a message goes, whatIsSaid those that hold what is in it, as senders of mails and texts call them.
	toWhom     = set("to To PhoneNumber ToAddresses recipient recipients phone phoneNumber")
	whatIsSaid = set("body Body text text_body message Message html html_body Data subject Subject content")
)

// relays tells of a message that a service sends to people.
func (in *interp) relays(f frame, at int32, what string, request *Value) {
	if in.st != nil || request == nil {
		return
	}
	to, said := membersOf(request, toWhom, 0), membersOf(request, whatIsSaid, 0)
	if len(to) == 0 || len(wholly(said)) == 0 {
		return
	}
	in.hit(f, at, relayed, what, wholly(to), false)
}

// membersOf are the values under some names in a request, at whatever depth a request has them.
func membersOf(v *Value, names map[string]bool, depth int) []*Value {
	if v == nil || depth > 5 {
		return nil
	}
	var out []*Value
	for name, x := range sorted(v.fields) {
		switch {
		case x == nil:
		case names[name] && len(x.fields) == 0 && x.elem == nil:
			out = append(out, x)
		case names[name] && x.fields["0"] != nil:
			out = append(out, x.fields["0"])
		default:
			out = append(out, membersOf(x, names, depth+1)...)
		}
	}
	return out
}

// wholly is the outsiders' data that values are and nothing besides: what somebody has just sent, and no part of a text.
func wholly(values []*Value) []*Taint {
	var out []*Taint
	for _, v := range values {
		for _, t := range v.taints {
			if t.Source == nil || t.Source.Stored || t.unsure || t.lead != "" || t.inText() || namesCaller(t.Path) {
				continue
			}
			out = append(out, t)
		}
	}
	return out
}

// inText reports whether data has become a part of a text.
func (t *Taint) inText() bool {
	for s := t.step; s != nil; s = s.prev {
		if strings.HasPrefix(s.note, intoText) {
			return true
		}
	}
	return false
}
