package dataflow

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// plainAddress is an address without TLS, with its host; where more of it is not known the host has to end before.
var plainAddress = regexp.MustCompile(`^(?i:http)://(?:[^/@\s]*@)?([a-zA-Z0-9.\x01\x02\x03-]+)(:[\d\x01-\x03]+)?([/?#]|$)`)

// anyName stands for what is not known of the name of a host.
var anyName = regexp.MustCompile(`[\x01\x02\x03][^.]*`)

// asksPlainly tells of a request over HTTP without TLS to a host on the internet.
func (in *interp) asksPlainly(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	if in.alone == e && onlyAsks(e, args) {
		return
	}
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, recv, args) {
			before := ""
			if namesHost(m, name) {
				if port := args.get(0).fields["port"]; v.empty() || port != nil && port.text == "443" {
					continue
				}
				before = "http://"
			}
			in.asksOne(f, e, m, before, v)
		}
	}
}

// sendsAlong are members of requests by which something is sent, or says who asks.
var sendsAlong = set("data body json headers auth params form formData files cookies searchParams")

// onlyAsks reports whether a request sends nothing but that it was made: whoever reads it, and changes an answer that nobody looks at, gains nothing.
func onlyAsks(e *ir.Expr, args *arguments) bool {
	if name := lastPart(textOf(e.X)); !strings.EqualFold(name, "get") && !strings.EqualFold(name, "head") && name != "fetch" && name != "axios" && name != "urlopen" {
		return false
	}
	for _, v := range append(slices.Clone(args.list), &Value{fields: args.kw}) {
		for name, x := range v.fields {
			if sendsAlong[name] || name == "method" && x != nil && !strings.EqualFold(x.text, "get") && !strings.EqualFold(x.text, "head") {
				return false
			}
		}
	}
	address := args.get(0)
	if url := address.fields["url"]; url != nil {
		address = url
	}
	return onlyHost.MatchString(address.text) && address.known
}

// onlyHost are addresses of nothing but a host, as they are asked for to see whether there is a network.
var onlyHost = regexp.MustCompile(`^(?i:http)://[^/?#]+/?$`)

// namesHost reports whether an input of a client of HTTP without TLS is the name of a host, and no address.
func namesHost(m *Model, input string) bool {
	switch m.Package {
	case "http":
		return strings.HasSuffix(input, ".host") || strings.HasSuffix(input, ".hostname")
	case "http.client", "httplib":
		return m.Member == "HTTPConnection"
	}
	return false
}

// asksOne tells of one value that is asked for: of what it certainly is somewhere, or else of what it is with a setting or without it.
func (in *interp) asksOne(f frame, e *ir.Expr, m *Model, before string, v *Value) {
	var without, with address
	host := ""
	for _, a := range v.addresses(0) {
		a.text = before + a.text
		switch found := plainHost(a.text); {
		case found != "" && a.unless == "":
			in.place(f, e.At, "plain-http", callName(m), "http://"+found)
			return
		case found != "":
			without, host = a, found
		case a.setting != "" && (a.text == settingHole || in.debugging == 0 && strings.HasPrefix(strings.ToLower(a.text), "http://")):
			with = a
		}
	}
	if host == "" && with.setting == "" {
		return
	}
	hits := len(in.hits)
	in.placeUnless(f, e.At, "plain-http", callName(m), "", without.unless)
	for _, h := range in.hits[hits:] {
		h.Setting, h.address = with.setting, with.text
		if host != "" {
			h.Path = "http://" + host
		}
	}
}

// sendsPlainly tells of an address of the internet without TLS to which an answer sends whoever asked.
func (in *interp) sendsPlainly(f frame, at int32, what string, to *Value) {
	if to == nil || in.debugging > 0 {
		return
	}
	for _, a := range to.addresses(0) {
		if host := plainHost(a.text); host != "" && a.unless == "" {
			in.place(f, at, "plain-http", "the visitor whom "+what+" sends on", "http://"+host)
			return
		}
	}
}

// plainHost is the host on the internet that an address without TLS has, with stars for what is not known of it; empty for other addresses.
func plainHost(text string) string {
	found := plainAddress.FindStringSubmatch(text)
	if found == nil {
		return ""
	}
	host := strings.ToLower(found[1])
	if strings.HasSuffix(text, host) && strings.ContainsAny(host[len(host)-1:], "\x01\x02\x03") {
		return ""
	}
	known := host
	if i := strings.LastIndexAny(host, "\x01\x02\x03"); i >= 0 {
		_, known, _ = strings.Cut(host[i:], ".")
	}
	if !OnInternet(known) || known != host && !ofNames.MatchString(known) {
		return ""
	}
	return anyName.ReplaceAllString(found[1], "*")
}

// ofNames is the end of the name of a host, which is no number.
var ofNames = regexp.MustCompile(`\.[a-z]{2,}$`)

// PlainHost is the host of an address without TLS that is on the internet; given is what a template gives for the setting in it.
func (h *Hit) PlainHost(given string) string {
	return plainHost(strings.ReplaceAll(h.address, settingHole, strings.TrimSuffix(given, "/")))
}

// AllOfHost reports whether a setting is all of the host of an address without TLS.
func (h *Hit) AllOfHost() bool {
	found := plainAddress.FindStringSubmatch(h.address)
	return found != nil && found[1] == settingHole
}

// address is what a text may begin with that is asked for over the network.
type address struct {
	text    string // with settingHole for a setting, and unknownText where no more is known
	setting string // the setting in it
	unless  string // the setting that has to be missing for it
}

const (
	settingHole  = "\x03"
	maxAddresses = 12
)

// openAddress is one of which nothing is known.
var openAddress = []address{{text: unknownText}}

// addresses are what a text may begin with.
func (v *Value) addresses(depth int) []address {
	if v == nil || depth > 6 {
		return openAddress
	}
	if strings.HasSuffix(v.ref, ".Request()") && len(v.args) > 0 {
		return v.args[0].addresses(depth + 1)
	}
	name, isSetting := strings.CutPrefix(settingOf(v), settingMark)
	switch o := v.otherwise(); {
	case v.known:
		return []address{{text: v.text}}
	case o != nil && len(v.parts) == 0:
		return []address{{text: o.text, unless: o.setting}, {text: settingHole, setting: o.setting}}
	case isSetting && len(v.either) == 0:
		return []address{{text: settingHole, setting: name}}
	case len(v.alts)+len(v.either) > 0:
		return v.severalAddresses(depth)
	case len(v.parts) > 0:
		return joinedAddresses(v.parts, depth)
	case v.prefix != "":
		return []address{{text: v.prefix + unknownText}}
	}
	return v.madeAddresses(depth)
}

// severalAddresses are those of a value that is one of several.
func (v *Value) severalAddresses(depth int) []address {
	var out []address
	for _, s := range v.alts {
		out = append(out, address{text: s})
	}
	for _, x := range v.either {
		out = append(out, x.addresses(depth+1)...)
	}
	return out[:min(len(out), maxAddresses)]
}

// joinedAddresses are those of a text of parts, as far as its host.
func joinedAddresses(parts []*Value, depth int) []address {
	out := []address{{}}
	for _, p := range parts {
		var next []address
		for _, a := range out {
			if hostEnds.MatchString(a.text) {
				next = append(next, a)
				continue
			}
			for _, b := range p.addresses(depth + 1) {
				c := address{a.text + b.text, orElse(a.setting, b.setting), orElse(a.unless, b.unless)}
				if a.setting != "" && b.setting != "" { // which of the two is meant cannot be told apart any more
					c.text, c.setting = strings.ReplaceAll(c.text, settingHole, unknownText), ""
				}
				next = append(next, c)
			}
		}
		out = next[:min(len(next), maxAddresses)]
	}
	return out
}

// hostEnds is the beginning of an address with all of its host.
var hostEnds = regexp.MustCompile(`^[a-zA-Z]+://[^/?#]+[/?#]`)

// madeAddresses are those of what libraries make of addresses: new URL(path, base), url.JoinPath(base, path), u.String().
func (v *Value) madeAddresses(depth int) []address {
	switch v.ref {
	case "builtin.URL()", "url.URL()", "builtin.URL().href", "url.URL().href", "builtin.URL().toString()", "url.URL().toString()":
		if len(v.args) > 1 {
			return behindBase(v.args[1].addresses(depth + 1))
		}
		if len(v.args) == 1 {
			return v.args[0].addresses(depth + 1)
		}
	case "urllib.parse.urljoin()", "requests.compat.urljoin()", "net/url.JoinPath()":
		if len(v.args) > 1 {
			return behindBase(v.args[0].addresses(depth + 1))
		}
	case "urllib.parse.urlunparse()", "urllib.parse.urlunsplit()":
		if len(v.args) > 0 && v.args[0].fields["0"] != nil {
			return joinedAddresses([]*Value{v.args[0].fields["0"], constant("://"), v.args[0].fields["1"], constant("/")}, depth)
		}
	case "net/url.Parse()", "net/url.Parse().String()":
		if len(v.args) > 0 {
			return v.args[0].addresses(depth + 1)
		}
	}
	return openAddress
}

// behindBase are addresses behind which paths stand.
func behindBase(all []address) []address {
	out := make([]address, len(all))
	for i, a := range all {
		out[i] = address{a.text + "/", a.setting, a.unless}
	}
	return out
}

// privateNames are endings of names that are not of the internet, and names that stand for any: a host below them is one that code means, and only
// its domain is left out of it.
var privateNames = regexp.MustCompile(`(^|\.)(localhost|local|internal|intranet|lan|home|corp|test|invalid|localdomain|svc|cluster)$|^(www\.)?example\.(com|net|org)$|^(www\.)?example$`)

// OnInternet reports whether a host is one that others on the way can listen to: no address or name of a private network, and none for tests.
func OnInternet(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
	}
	return strings.Contains(strings.Trim(host, "."), ".") && !privateNames.MatchString(host)
}
