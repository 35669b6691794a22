package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Programs take switches and addresses from settings, with a value for where a setting is missing. What a program does then is known where
// the template doesn't give the setting: os.environ.get("DEBUG", "on") == "on", process.env.API || "http://api.acme.io".

// otherwise is what a value is where a setting is missing.
type otherwise struct{ setting, text string }

// otherwise is what a value is where a setting is missing; nil where that is not known.
func (v *Value) otherwise() *otherwise {
	switch name := strings.TrimPrefix(settingOf(v), settingMark); {
	case v.without != nil:
		return v.without
	case name == "":
	case v.backed && len(v.alts) == 1:
		return &otherwise{name, v.alts[0]}
	case (v.ref == "os.environ.get()" || v.ref == "os.getenv()") && len(v.args) > 1 && v.args[1].known:
		return &otherwise{name, v.args[1].text}
	}
	return nil
}

// sameOtherwise are functions and methods that give a switch as it is, in another spelling.
var sameOtherwise = set("lower casefold strip upper trim toLowerCase toUpperCase bool Boolean ParseBool strtobool loads parse str String ToLower TrimSpace")

// keepsOtherwise gives the result of a call what it is where a setting is missing.
func keepsOtherwise(v, recv *Value, name string, args *arguments) *Value {
	if !sameOtherwise[name] || v == nil || v.known {
		return v
	}
	for _, x := range append([]*Value{orNothing(recv)}, args.list...) {
		if o := x.otherwise(); o != nil {
			c := *v
			c.without = &otherwise{o.setting, strings.ToLower(strings.TrimSpace(o.text))}
			return &c
		}
	}
	return v
}

// compared is what a comparison gives where a setting is missing; nil where that is not known.
func compared(op string, x, y *Value) *otherwise {
	o := x.otherwise()
	if o == nil && op != "in" && op != "not in" {
		o, y = y.otherwise(), x
	}
	if o == nil {
		return nil
	}
	same := o.text == y.text
	if op == "in" || op == "not in" {
		all := textsIn(y)
		if all == nil {
			return nil
		}
		same = slices.Contains(all, o.text)
	} else if !y.known {
		return nil
	}
	switch op {
	case "===", "==", "in":
	case "!==", "!=", "not in":
		same = !same
	default:
		return nil
	}
	if same {
		return &otherwise{o.setting, "true"}
	}
	return &otherwise{o.setting, "false"}
}

// mostly is the answer of a switch for all values of a setting but one: STAGE !== "local".
type mostly struct{ setting, but, text string }

// production are names of the stage that counts: a switch that is different there alone is set for the others.
var production = regexp.MustCompile(`(?i)^(prod|prd|live)`)

// unlike is what a comparison of a setting with a constant is for all values of the setting but that one.
func unlike(op string, x, y *Value) *mostly {
	if y.ref != "" {
		x, y = y, x
	}
	setting, ok := strings.CutPrefix(settingOf(x), settingMark)
	if !ok || !y.known || y.text == "" || x.backed || production.MatchString(y.text) {
		return nil
	}
	switch op {
	case "===", "==":
		return &mostly{setting, y.text, "false"}
	case "!==", "!=":
		return &mostly{setting, y.text, "true"}
	}
	return nil
}

// denied is the contrary of a switch.
func (m *mostly) denied() *mostly {
	switch {
	case m == nil:
		return nil
	case m.text == "true":
		return &mostly{m.setting, m.but, "false"}
	}
	return &mostly{m.setting, m.but, "true"}
}

// textsIn are the texts that a list holds; nil where it holds others too.
func textsIn(list *Value) []string {
	if list.elem != nil || len(list.taints) > 0 {
		return nil
	}
	var out []string
	for _, x := range sorted(list.fields) {
		if !orNothing(x).known {
			return nil
		}
		out = append(out, x.text)
	}
	return out
}

// denied is the contrary of a switch.
func (o *otherwise) denied() *otherwise {
	switch {
	case o == nil:
		return nil
	case o.text == "true":
		return &otherwise{o.setting, "false"}
	case o.text == "false":
		return &otherwise{o.setting, "true"}
	}
	return nil
}

// switchedAt is where an argument of a call stands by which a row applies, and the setting that has to be missing for it.
func switchedAt(e *ir.Expr, m *Model, args *arguments) (at int32, setting string) {
	at = e.At
	for _, c := range m.when {
		v := input(c.arg, nil, args)
		if o := v.otherwise(); o != nil && !v.known {
			setting = o.setting
		}
		if kw, ok := strings.CutPrefix(c.arg, "kw:"); ok && slices.Contains(e.Keys, kw) {
			at = e.List[slices.Index(e.Keys, kw)].At
		}
	}
	return at, setting
}
