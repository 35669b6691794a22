package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// showAddress are clients of Python whose errors have the path and the query of what was asked in their text: "Max retries exceeded with url: ...",
// "404 Client Error: Not Found for url: ...". Those of httpx and aiohttp name the host alone.
var showAddress = regexp.MustCompile(`^(requests|urllib3)\.(.*\.)?(get|post|put|patch|delete|head|options|request|urlopen)$`)

// addressWith are arguments with which a client of Python is asked for an address.
var addressWith = []string{"url", "params"}

// throwsAddress notes that a request perhaps fails with an error that shows its address, where a secret stands in that.
func (in *interp) throwsAddress(c call, ref string) {
	if c.f.file.Language != ir.Python || !showAddress.MatchString(ref) || orNothing(c.args.kw["retries"]).known {
		return
	}
	given := c.args.list[:min(2, len(c.args.list))]
	for _, name := range addressWith {
		given = append(given[:len(given):len(given)], c.args.kw[name])
	}
	for _, x := range given {
		if s := in.secretShown(c, orNothing(x)); s != nil {
			in.thrown = joinThrown(in.thrown, &Value{secret: s})
			return
		}
	}
}

// secretShown is the secret in an address, or among the parameters that become a part of it: one that was fetched, or a setting that is called like
// a token or a password; nil where there is none.
func (in *interp) secretShown(c call, x *Value) *secret {
	s := x.secret
	if s == nil {
		s = secretIn(x)
	}
	if s != nil && s.made == ofLink { // whoever logs that mostly logs it before
		return nil
	}
	if s != nil && s.members == nil {
		return &secret{what: "the address of a request, with " + s.what + ",", step: s.step, made: s.made, asked: true}
	}
	parts := x.parts
	for _, part := range sorted(x.fields) {
		parts = append(parts[:len(parts):len(parts)], part)
	}
	for _, part := range parts {
		name, isSetting := strings.CutPrefix(settingOf(orNothing(part)), settingMark)
		if kind := in.p.sensitive(name); isSetting && (kind == ofToken || kind == ofPassword) && !in.isNameOfSecret(c.f, part, name) {
			return &secret{what: "the address of a request, with the setting " + name + ",", step: &step{c.f.file, c.e.At, "a request is made, with " + name + " in its address", nil, in.steps}, asked: true}
		}
	}
	return nil
}

// requestErrors are clauses of Python that catch such an error: of all errors, of those of requests, and of connections.
var requestErrors = regexp.MustCompile(`\b(Exception|BaseException|RequestException|ConnectionError|HTTPError|MaxRetryError|OSError|IOError)\b`)

// bindsOthers reports whether a clause of Python gives a name to errors of other kinds than those of requests.
func bindsOthers(f frame, handlers []*ir.Stmt) bool {
	if f.file.Language != ir.Python {
		return false
	}
	for _, h := range handlers {
		if len(h.Names) > 0 && !requestErrors.MatchString(strings.TrimSpace(h.Str)) {
			return true
		}
	}
	return false
}
