package dataflow

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// respond checks what a handler answers over HTTP: an object with headers and a body. What its body tells is told of where the body is written.
func (in *interp) respond(f frame, v *Value, at, body int32) {
	if v == nil || v == nothing || in.inVain || in.mute {
		return
	}
	if v.told == nil {
		v.told = map[string]bool{}
	}
	html := false
	for _, headers := range []*Value{v.fields["headers"], v.fields["multiValueHeaders"]} {
		if headers == nil {
			continue
		}
		for name, x := range sorted(in.fieldsOf(headers)) {
			switch strings.ToLower(name) {
			case "location":
				in.answer(f, v, "open-redirect", "Location", x, at)
				in.sendsPlainly(f, at, "Location", x)
				in.sendsToken(f, at, "Location", x)
			case "content-type":
				html = html || strings.HasPrefix(strings.ToLower(x.text), "text/html")
			case "access-control-allow-origin", "access-control-allow-headers", "access-control-allow-methods", "vary":
			default:
				in.answer(f, v, "header-injection", name, x, at)
			}
		}
	}
	if cookies := v.fields["cookies"]; cookies != nil {
		in.answer(f, v, "header-injection", "Set-Cookie", cookies, at)
	}
	in.tellsAnswer(answerAt{f, body, "the response", v.fields["body"], statusOf(v.fields["statusCode"])})
	if body := v.fields["body"]; body != nil && html {
		in.answer(f, v, "html-response", "the response", &Value{taints: body.taints}, at)
	}
}

// echoesOrigin tells of headers by which any site may read an answer with the cookies of its visitor: the origin that the request names is
// let in.
func (in *interp) echoesOrigin(f frame, headers *Value, at int32) {
	var origin *Value
	credentials := false
	for name, x := range sorted(headers.fields) {
		switch strings.ToLower(name) {
		case allowOrigin:
			origin = x
		case allowCredentials:
			credentials = x != nil && strings.EqualFold(x.text, "true")
		}
	}
	switch {
	case credentials && origin != nil && origin.known && origin.text == "*":
		if f.file.Language == ir.Go { // of others the patterns of the rule tell
			in.place(f, at, "cors-any", "Access-Control-Allow-Origin", "*")
		}
	case credentials && origin != nil:
		in.echoed(f, at, origin)
	case origin != nil: // the other one is perhaps set later
		in.headerOf(f, at, allowOrigin, origin)
	case credentials:
		in.headerOf(f, at, allowCredentials, constant("true"))
	}
}

// echoed tells of an origin that an answer lets in, where it is the one that the request names.
func (in *interp) echoed(f frame, at int32, origin *Value) {
	for _, t := range origin.taints {
		if strings.HasSuffix(strings.ToLower(t.Path), ".origin") && !in.toldOf(origin, "cors-echo", t) {
			in.hit(f, at, "cors-echo", "Access-Control-Allow-Origin", []*Taint{t}, false)
		}
	}
}

// partTold is a part of a response of which was told what an outsider does with it.
type partTold struct {
	part       *Value
	rule, path string
}

// toldOf reports whether it was told of this part before, where the object stood from which it was taken: { ...redirect(url), cookies }.
func (in *interp) toldOf(part *Value, rule string, t *Taint) bool {
	key := partTold{part, rule, t.Path}
	if in.partsTold[key] {
		return true
	}
	if in.partsTold == nil {
		in.partsTold = map[partTold]bool{}
	}
	in.partsTold[key] = true
	return false
}

// answer notes a part of a response, once.
func (in *interp) answer(f frame, response *Value, rule, what string, v *Value, at int32) {
	if v == nil {
		return
	}
	var news []*Taint
	for _, t := range v.all() {
		if key := rule + what + t.Path; !t.clean[rule] && !response.told[key] && !in.toldOf(v, rule, t) {
			response.told[key] = true
			news = append(news, t)
		}
	}
	in.hit(f, at, rule, what, news, false)
}

// responses are the objects by which frameworks answer that take the kind of an answer apart from it.
var responses = set("express.Response lambda-api.Response koa.Context github_com/gin-gonic/gin.Context() github_com/gofiber/fiber.Ctx()")

// kindSet notes what an answer says that it is: text that is shown as JSON or as it is does no harm as a page.
func (in *interp) kindSet(f frame, recv *Value, method string, args *arguments) {
	if recv == nil || !responses[recv.ref] || len(args.list) == 0 {
		return
	}
	var kind *Value
	switch method {
	case "type", "contentType":
		kind = args.list[0]
	case "Type", "Header", "Set": // Go
		kind = kindInGo(method, args)
	case "set", "header", "setHeader":
		if strings.EqualFold(args.list[0].text, "content-type") {
			kind = args.get(1)
		} else {
			kind = kindIn(args.list[0])
		}
	case "writeHead":
		kind = kindIn(args.list[len(args.list)-1])
	}
	if kind != nil {
		in.kindIs(f, recv, kind)
	}
}

// kindInGo is the kind that an answer of Go says: c.Header("Content-Type", "text/html"), c.Set(fiber.HeaderContentType, fiber.MIMETextHTML),
// c.Type("html"). One that is not known counts as no page; nil where it is not the kind that is set.
func kindInGo(method string, args *arguments) *Value {
	kind := args.get(0)
	if method != "Type" {
		if !strings.EqualFold(kind.text, "content-type") && lastPart(kind.ref) != "HeaderContentType" {
			return nil
		}
		kind = args.get(1)
	}
	switch {
	case kind.known:
		return kind
	case strings.Contains(lastPart(kind.ref), "HTML"):
		return constant("text/html")
	}
	return constant("something")
}

// saidPage reports whether an answer was said to be a page.
func (in *interp) saidPage(f frame, response *Value) bool {
	g, said := in.get(f.s, kindOf(response))
	return said && g.fields["html-response"] == nil
}

// kindIs notes the kind of an answer, as it is written in its headers or, shorter, as Koa has it: html.
func (in *interp) kindIs(f frame, response, kind *Value) {
	rules := []string{"html-response"}
	if text := strings.ToLower(kind.text); !kind.known || text == "" || strings.Contains(text, "html") || strings.Contains(text, "xml") || strings.Contains(text, "svg") {
		rules = nil
	}
	f.s.guards = true
	in.set(f.s, kindOf(response), guardFor(rules), true)
}

// koaContext is what Koa hands to its functions.
const koaContext = "koa.Context"

// noPageOfKoa reports whether what Koa answers is no page: another kind was said, or none, and the text does not begin as a page does.
func (in *interp) noPageOfKoa(f frame, context, body *Value) bool {
	if context.ref != koaContext {
		return false
	}
	if _, said := in.get(f.s, kindOf(context)); said {
		return in.noPage(f, context)
	}
	before := strings.TrimSpace(body.prefix)
	return before != "" && before[0] != '<'
}

// kindIn is the kind of an answer that headers say.
func kindIn(headers *Value) *Value {
	for name, v := range sorted(headers.fields) {
		if strings.EqualFold(name, "content-type") {
			return v
		}
	}
	return nil
}

// kindOf names what is known of the kind of an answer.
func kindOf(response *Value) string { return fmt.Sprintf("%c#%p", guardMark, response) }

// noPage reports whether an answer was said to be no page.
func (in *interp) noPage(f frame, response *Value) bool {
	if response == nil || !responses[response.ref] {
		return false
	}
	g, ok := in.get(f.s, kindOf(response))
	return ok && g.fields["html-response"] != nil
}

// fetchResponses are the classes of answers that the Fetch API has: new Response(text, { headers }).
var fetchResponses = set("Response NextResponse")

// noPageOfFetch reports whether an answer of the Fetch API is no page: its headers say another kind, or none, and then a text is plain.
func noPageOfFetch(m *Model, args *arguments) bool {
	if !fetchResponses[m.Member] {
		return false
	}
	options := args.get(1)
	headers := options.fields["headers"]
	if headers == nil {
		return len(args.list) < 2 || options.class == nil && options.ref == "" && options.spread == nil && options.hasOnlyFields()
	}
	if headers.ref == "builtin.Headers()" {
		headers = orNothing(first1(headers.args))
	}
	kind := kindIn(headers)
	if kind == nil {
		return len(headers.fields) > 0 && headers.spread == nil && headers.hasOnlyFields()
	}
	return kind.known && !strings.Contains(strings.ToLower(kind.text), "html") && !strings.Contains(strings.ToLower(kind.text), "svg")
}

// bodyWrittenAt is where the body of an answer that is written out stands; the answer where it has none there.
func bodyWrittenAt(e *ir.Expr) int32 {
	if i := slices.IndexFunc(e.Keys, func(key string) bool { return strings.EqualFold(key, "body") }); i >= 0 && i < len(e.List) {
		return e.List[i].At
	}
	return e.At
}
