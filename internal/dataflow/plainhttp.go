package dataflow

import (
	"net/netip"
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// plainAddress is an address without TLS whose host is known; where more of it is not known the host has to end before.
var plainAddress = regexp.MustCompile(`^(?i:http)://(?:[^/@\s]*@)?([a-zA-Z0-9.-]+)(:\d+)?([/?#]|$)`)

// asksPlainly tells of a request over HTTP without TLS to a host on the internet.
func (in *interp) asksPlainly(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, recv, args) {
			if strings.HasSuffix(v.ref, ".Request()") && len(v.args) > 0 {
				v = v.args[0]
			}
			text, setting := v.beginning()
			found := plainAddress.FindStringSubmatch(text)
			if found == nil || !v.known && setting == "" && found[3] == "" || !OnInternet(strings.ToLower(found[1])) {
				continue
			}
			in.placeUnless(f, e.At, "plain-http", callName(m), "http://"+found[1], setting)
		}
	}
}

// privateNames are endings of names that are not of the internet, or of nobody.
var privateNames = regexp.MustCompile(`(^|\.)(localhost|local|internal|intranet|lan|home|corp|test|example|invalid|localdomain|svc|cluster)$|(^|\.)example\.(com|net|org)$`)

// OnInternet reports whether a host is one that others on the way can listen to: no address or name of a private network, and none for tests.
func OnInternet(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
	}
	return strings.Contains(strings.Trim(host, "."), ".") && !privateNames.MatchString(host)
}
