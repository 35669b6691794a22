package dataflow

import (
	"path"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// used tells of something that does harm whatever it is given, by a row. Random numbers do where they make what nobody may guess.
func (in *interp) used(f frame, at int32, m *Model) {
	what := path.Base(m.Package) + "." + m.Member
	if m.Rule != "insecure-random" {
		in.place(f, at, m.Rule, what, what)
		return
	}
	if n := len(in.stack); n > 0 && in.p.sensitive(in.stack[n-1].Name) >= ofToken {
		in.place(f, at, m.Rule, what, "what "+in.stack[n-1].Name+" gives")
	}
}

// apart are hits, and beside them those that are places.
func apart(all []*Hit) (hits, places []*Hit) {
	for _, h := range all {
		if h.place {
			places = append(places, h)
		} else {
			hits = append(hits, h)
		}
	}
	return hits, places
}

// hashesPassword tells of a password that is hashed by a function that is made to be fast.
func (in *interp) hashesPassword(f frame, e *ir.Expr, m *Model) {
	for _, x := range e.List {
		in.byName(f, x, 0, func(d *disclosed) {
			if isPassword(d.what) {
				in.place(f, e.At, m.Rule, callName(m), strings.Trim(d.what, "`"))
			}
		})
	}
}

// trusts tells of a configuration of TLS that takes any certificate.
func (in *interp) trusts(f frame, e *ir.Expr, v *Value) {
	if x := v.fields["InsecureSkipVerify"]; v.ref == "crypto/tls.Config()" && x != nil && x.known && x.text == "true" {
		at := e.At
		if i := slices.Index(e.Keys, "InsecureSkipVerify"); i >= 0 {
			at = e.List[i].At
		}
		in.place(f, at, "tls-off", "InsecureSkipVerify: true", "InsecureSkipVerify: true")
	}
}

// place tells of a place where nobody's data is needed for harm, once.
func (in *interp) place(f frame, at int32, rule, what, path string) {
	key := rule + "\x00" + f.file.Path + "\x00" + itoa(int(at))
	if in.seen[key] {
		return
	}
	in.seen[key] = true
	in.hits = append(in.hits, &Hit{Rule: rule, File: f.file, At: at, What: what, Path: path, place: true})
}

// fixedStart tells of an encryption whose start value is the same each time.
func (in *interp) fixedStart(f frame, e *ir.Expr, m *Model, args *arguments) {
	for _, name := range m.In {
		v := input(name, nil, args)
		if what := sameEachTime(v, 0); what != "" {
			in.place(f, e.At, m.Rule, callName(m), what)
			return
		}
	}
}

// buffers are functions that make bytes of what they get.
var buffers = set("builtin.Buffer.from() builtin.Buffer.alloc() buffer.Buffer.from() buffer.Buffer.alloc() builtin.bytes() builtin.bytearray() builtin.bytes.fromhex() bytes.fromhex() base64.b64decode()")

// sameEachTime says what a value is that is the same in each call; empty where it is not known to be.
func sameEachTime(v *Value, depth int) string {
	switch {
	case v == nil || v == nothing || depth > 3 || len(v.taints) > 0:
		return ""
	case v.known && v.written != bareWord && v.text != "":
		return "a constant"
	case settingOf(v) != "":
		return "a setting"
	case !buffers[v.ref] || len(v.args) == 0:
		return ""
	case v.ref == "builtin.Buffer.alloc()" || v.args[0].known:
		return "a constant"
	}
	return sameEachTime(v.args[0], depth+1)
}

// comparesCode tells of a comparison that stops at the first sign that is wrong, of a code or a key with what an outsider sends.
func (in *interp) comparesCode(f frame, at int32, x, y *Value) {
	for _, side := range [][2]*Value{{x, y}, {y, x}} {
		mine, sent := side[0], side[1]
		if !slices.ContainsFunc(sent.taints, func(t *Taint) bool { return t.Source != nil && !t.Source.Stored }) || len(sent.signs) > 0 {
			continue
		}
		switch name := strings.TrimPrefix(settingOf(mine), settingMark); {
		case len(mine.signs) > 0:
			in.place(f, at, "timing", "a comparison", "the signature")
		case len(mine.taints) > 0:
		case mine.secret != nil && mine.secret.members == nil:
			in.place(f, at, "timing", "a comparison", mine.secret.what)
		case name != "" && in.p.sensitive(name) != plainData:
			in.place(f, at, "timing", "a comparison", name)
		}
	}
}
