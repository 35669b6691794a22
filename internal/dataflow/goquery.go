package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// Go puts addresses together in structs: url.URL{Host: host}, q := req.URL.Query(), q.Set("page", page), req.URL.RawQuery = q.Encode().

// queryCall is a call of a method of the query of an address that goes out, by its name; ownRequest an address of a request that is made.
var (
	queryCall  = regexp.MustCompile(`^net/(?:url\.Values\(\)|(?:http\.NewRequest(?:WithContext)?\(\)\.URL|url\.(?:Parse|ParseRequestURI|URL)\(\))\.Query\(\))\.(Set|Add|Encode)$`)
	ownRequest = regexp.MustCompile(`^net/http\.NewRequest(WithContext)?\(\)\.URL$`)
	addresses  = set("net/url.URL().String net/url.Parse().String net/url.ParseRequestURI().String")
)

// goQuery is what a call gives that puts the address of a request together; nil for others.
func (in *interp) goQuery(f frame, e *ir.Expr, recv *Value, ref string, args *arguments) *Value {
	in.restyAsks(f, e, ref, args)
	if addresses[ref] {
		return in.addressOf(f, e, recv)
	}
	found := queryCall.FindStringSubmatch(ref)
	switch {
	case found == nil:
		return nil
	case found[1] == "Encode":
		out := cleanedBy(&Value{taints: in.stepped(f, texts(recv.all()), e.At, intoText)}, inQueries)
		out.secret, out.parts = secretIn(orNothing(recv)), tokensWritten(recv)
		return out
	}
	if k := args.get(0); k.known && recv != nil && recv != nothing && !recv.shared && len(recv.fields) < maxFields {
		recv.fields = mapsClone(recv.fields)
		recv.fields[k.text] = join(recv.fields[k.text], args.get(1))
	}
	return &Value{}
}

// tokensWritten are the parts of a query, as it is written, in which tokens stand.
func tokensWritten(query *Value) []*Value {
	var out []*Value
	for name, x := range sorted(orNothing(query).fields) {
		if one := orNothing(x).fields["0"]; one != nil { // url.Values{"page": {page}}
			x = one
		}
		if before := "&" + name + "="; accessToken.MatchString(before) && x != nil && !x.known {
			out = append(out, constant(before), &Value{})
		}
	}
	return out
}

// addressOf is the text of an address that was put together as a struct; nil where nothing of it was.
func (in *interp) addressOf(f frame, e *ir.Expr, recv *Value) *Value {
	if recv == nil || recv.fields["Host"] == nil && recv.fields["RawQuery"] == nil {
		return nil
	}
	var parts []*Value
	if recv.fields["Host"] == nil { // it was parsed, and has another query now
		before := *recv
		before.ref, before.fields = "", nil
		if len(recv.args) > 0 && len(recv.args[0].taints) == 0 {
			before = *recv.args[0]
		}
		parts = append(parts, &before)
	} else {
		parts = append(parts, orNothing(recv.fields["Scheme"]), constant("://"), recv.fields["Host"])
	}
	if path := recv.fields["Path"]; path != nil {
		if !strings.HasPrefix(path.text+path.prefix, "/") {
			parts = append(parts, constant("/"))
		}
		parts = append(parts, path)
	}
	if query := recv.fields["RawQuery"]; query != nil {
		parts = append(parts, constant("?"), query)
	}
	return in.joined(f, parts, e.At)
}

// setsQuery tells of sensitive data in the query of a request that is made: req.URL.RawQuery = q.Encode().
func (in *interp) setsQuery(f frame, at int32, x *Value, key string, v *Value) {
	switch {
	case key == "RawQuery" && f.file.Language == ir.Go && ownRequest.MatchString(x.ref):
		in.lets(f, at, Asked, "the request", in.forServers(v))
		if name := tokenIn(v); len(name) > 0 {
			in.lets(f, at, Asked, "the request", &disclosed{kind: ofToken, what: "`" + name[0] + "`"})
		}
	case key == "search" && isAddress(x.ref):
		in.hasQuery(x, v)
	}
}

// restyQuery are the methods of resty that put something into the query of a request.
var restyQuery = regexp.MustCompile(`^(github_com/go-resty/resty|resty_dev)\..*\.SetQueryParam(s|sFromValues)?$`)

// restyAsks tells of sensitive data that resty writes into an address.
func (in *interp) restyAsks(f frame, e *ir.Expr, ref string, args *arguments) {
	if !restyQuery.MatchString(ref) {
		return
	}
	for _, v := range args.list {
		in.lets(f, e.At, Asked, "the request", in.forServers(v))
	}
}
