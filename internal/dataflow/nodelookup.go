package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// Requests of Node.js that look at each address before they connect to it: they are given a function of their own that looks up names, or an
// agent that has one. A host that is written as an address is not looked up, so that it must be asked about as well.

// safeAgents are libraries whose agents connect to public addresses only.
var safeAgents = set("request-filtering-agent ssrf-req-filter ssrf-agent")

// asksAddressOfNode are methods by which code tells a public address from others: of net.BlockList, ipaddr.js, ip, netmask, ip-address.
var asksAddressOfNode = set("check range isPrivate isLoopback isPublic isInSubnet contains cidrSubnet")

// looksUpPublicOnly reports whether a request goes to public addresses only, whoever says where.
func (in *interp) looksUpPublicOnly(f frame, args *arguments) bool {
	if f.file.Language != ir.Node {
		return false
	}
	for _, options := range args.list {
		if in.hasSafeLookup(f, options) {
			return true
		}
		for _, name := range []string{"agent", "httpAgent", "httpsAgent"} {
			agent := orNothing(options.fields[name])
			if safeAgents[packageOf(agent.ref)] || len(agent.args) > 0 && in.hasSafeLookup(f, agent.args[0]) {
				return true
			}
		}
	}
	return false
}

// hasSafeLookup reports whether options have a function that looks up names and asks about what it finds, where a function that runs asks
// whether the host is an address.
func (in *interp) hasSafeLookup(f frame, options *Value) bool {
	for _, c := range orNothing(options.fields["lookup"]).fns {
		if in.callsAny(c, 0, func(e *ir.Expr) bool { return asksAddressOfNode[e.X.Str] }) && in.asksWhetherAddress(f) {
			return true
		}
	}
	return false
}

// asksWhetherAddress reports whether a function that runs asks whether a host is written as an address.
func (in *interp) asksWhetherAddress(f frame) bool {
	for _, fn := range in.stack {
		found := false
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			found = found || e.Kind == ir.Call && (strings.HasPrefix(lastPart(textOf(e.X)), "isIP") || in.testsForAddress(f, e))
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// testsForAddress reports whether a test by a pattern tells addresses of both kinds from names: /^[\d.]+$|^\[/.test(hostname). What a URL has
// as its host is written in one way only, so that a few of them show it.
func (in *interp) testsForAddress(f frame, e *ir.Expr) bool {
	if e.X.Kind != ir.Member || e.X.Str != "test" && e.X.Str != "match" {
		return false
	}
	pattern := in.patternOf(f, e)
	if !pattern.known || pattern.text == "" {
		return false
	}
	p, err := regexp.Compile(bare(pattern))
	return err == nil && p.MatchString("127.0.0.1") && p.MatchString("169.254.169.254") && p.MatchString("[::1]") && p.MatchString("[fd00:ec2::254]") && !p.MatchString("example.com")
}
