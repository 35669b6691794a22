package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// Requests of which nobody says how long they may take, where the library waits for ever, or for minutes. They are told of once for each function:
// whoever gives its client a time-out has mended all of them.

var (
	// forEver are requests of libraries that wait as long as the connection stays open.
	forEver = regexp.MustCompile(`^(axios(\.default)?(\.create\(\))?(\.(get|post|put|patch|delete|head|options|request|postForm|putForm|patchForm))?|node-fetch(\.default)?|got(\.default)?(\.extend\(\))?(\.(get|post|put|patch|delete|head))?|https?\.(get|request)|superagent\.(get|post|put|patch|delete|del|head)|net/http\.(Get|Post|PostForm|Head)|net/http\.(DefaultClient|Client\(\))\.(Do|Get|Post|PostForm|Head)|github_com/go-resty/resty(/v\d)?\.New\(\)\.R\(\)(\..*)?\.(Get|Post|Put|Delete|Patch|Execute)|http\.client\.HTTPS?Connection)$`)
	// forMinutes are those that give up after five minutes.
	// Source: https://undici.nodejs.org/#/docs/api/Client and https://docs.aiohttp.org/en/stable/client_quickstart.html#timeouts
	forMinutes = regexp.MustCompile(`^(builtin\.fetch|undici\.(fetch|request)|aiohttp\.ClientSession)$`)
	// endsRequests is how files end requests otherwise than by what a request is given.
	endsRequests = regexp.MustCompile(`AbortController|AbortSignal|CancelToken|Promise\.race|\.setTimeout\(|defaults\.timeout|(?i:with_?timeout|p-timeout|async_timeout|wait_for\(|setglobaldispatcher|\btimeout\()|DefaultClient(\.Timeout)?\s*=|\.Timeout\s*=|ResponseHeaderTimeout|\.Set(Timeout|Context|Deadline|ReadDeadline)\(|TimeoutHandler`)
	// saysHowLong are names by which a request is told when to give up.
	saysHowLong = regexp.MustCompile(`(?i)time_?out|signal|cancel|dispatcher|deadline|^(https?)?agent$`)
)

// minutes is how many seconds the libraries wait that give up by themselves.
const minutes = 300

// asksWithoutEnd is the first request of a function of which nobody says how long it may take, with the others behind it.
func asksWithoutEnd(w *work, n *paths.Node) []spot {
	if n.App.Kind == model.Convention && n.Function.Code.Symbol == "" { // a server, which nobody ends
		return nil
	}
	limit, known := timeOf(n)
	short := known && limit < minutes || isAsked(n)
	client := w.clientsWithoutEnd(n)
	var found []dataflow.Called
	var wait string
	for _, c := range n.Result.Calls {
		ever := forEver.MatchString(c.Ref) && c.Ref != "axios.create"
		if !ever && !(short && forMinutes.MatchString(c.Ref)) || w.isEnded(n, c) || goClient.MatchString(c.Ref) && len(client) == 0 {
			continue
		}
		if wait == "" {
			if wait = "without end"; !ever {
				wait = seconds(minutes)
			}
		}
		found = append(found, c)
	}
	if len(found) == 0 {
		return nil
	}
	first := found[0]
	out := spot{file: first.File, at: first.At, fields: map[string]string{"call": dotted(first.Expr.X), "to": wait, "others": "the time that it has"}}
	for _, c := range append(found, client...) {
		out.trace = append(out.trace, finding.Step{Place: finding.Place{Pos: w.position(c.File, c.At)}, Message: "nothing says how long this may take"})
	}
	return []spot{out}
}

// goClient are requests of clients of Go that the application makes.
var goClient = regexp.MustCompile(`^net/http\.Client\(\)\.`)

// clientsWithoutEnd are the clients of Go that the files of a function make, where none of them has a time-out.
func (w *work) clientsWithoutEnd(n *paths.Node) []dataflow.Called {
	all := clientsOfGo(n)
	if slices.ContainsFunc(all, func(c dataflow.Called) bool {
		return timeoutOf(c.Expr) != nil || w.waits(c.File).ends
	}) {
		return nil
	}
	return all
}

// isEnded reports whether a request is perhaps ended: by what it is given, by what made its client, or by what the files on its way do.
func (w *work) isEnded(n *paths.Node, c dataflow.Called) bool {
	if staysHere(c) || saysHow(c) {
		return true
	}
	if c.File.Language == ir.Go && slices.ContainsFunc(n.Result.Calls, func(o dataflow.Called) bool { return asksInContext.MatchString(o.Ref) }) {
		return true
	}
	if own := w.waits(c.File); own.ends || own.browser || slices.ContainsFunc(levels(n, place{c.File, c.At}), func(l level) bool {
		return w.waits(l.fn.File).ends || someWord(l.fn.Body, toPlatform)
	}) {
		return true
	}
	if n.Result.Program == nil {
		return true
	}
	made := clientMade.MatchString(c.Ref)
	for _, path := range n.Result.Files {
		if file := n.Result.Program.File(path); file != nil && file.Language == c.File.Language {
			if said := w.waits(file); said.defaults || made && said.makes {
				return true
			}
		}
	}
	return false
}

var (
	// ofBrowsers is what files of front ends import, which an application shares with what it shows.
	ofBrowsers    = regexp.MustCompile(`from ['"](react|react-dom|vue|svelte|@tanstack/(react|vue)-[\w-]+|@angular/core)['"]`)
	clientMade    = regexp.MustCompile(`\.(create|extend|New)\(\)|^net/http\.Client\(\)`)
	defaultTimes  = regexp.MustCompile(`defaults\.timeout|interceptors\.request|setGlobalDispatcher|DefaultClient(\.Timeout)?\s*=`)
	makesWithTime = regexp.MustCompile(`(?s)\.(create|extend)\([^;]{0,600}?([tT]imeout|signal)|\.SetTimeout\(|\.(create|extend)\(\s*(\.\.\.)?\w`)
)

// waitWords is what the text of a file says of how long requests may take, looked for once in each file.
type waitWords struct {
	ends     bool // it ends requests otherwise than by what they are given
	browser  bool // it is one of a front end
	defaults bool // it says it for all requests
	makes    bool // it makes clients that say it
}

// waits is what a file says of that.
func (w *work) waits(file *ir.File) waitWords {
	said, ok := w.waitWords[file]
	if !ok {
		text := file.Tree.Source
		said = waitWords{endsRequests.Match(text), ofBrowsers.Match(text), defaultTimes.Match(text), makesWithTime.Match(text)}
		if w.waitWords == nil {
			w.waitWords = map[*ir.File]waitWords{}
		}
		w.waitWords[file] = said
	}
	return said
}

// saysHow reports whether what a request is given says how long it may take, or cannot be seen.
func saysHow(c dataflow.Called) bool {
	for i, x := range c.Expr.List {
		key := ""
		if i < len(c.Expr.Keys) {
			key = c.Expr.Keys[i]
		}
		if key == "**" || saysHowLong.MatchString(key) && !isNothing(x) {
			return true
		}
		if key != "" || x.Kind == ir.Lambda || isData(c, i) {
			continue
		}
		if tellsTime(c.File, x, 0) || i > 0 && hidesOptions(c, x) || i == 0 && onlyOptions(c) && hidesOptions(c, x) {
			return true
		}
	}
	return false
}

// isData reports whether an argument of a request is what is sent with it.
func isData(c dataflow.Called, i int) bool {
	return i == 1 && sendsData.MatchString(c.Ref) && !gotRequest.MatchString(c.Ref) || c.File.Language == ir.Go
}

var gotRequest = regexp.MustCompile(`^got\b`)

// onlyOptions reports whether a request is given one thing that is not its address by itself: axios(config), https.request(options, answered)
func onlyOptions(c dataflow.Called) bool {
	first := c.Expr.List[0]
	return first.Kind != ir.Const && first.Kind != ir.Template && first.Kind != ir.Binary && optionsFirst.MatchString(c.Ref)
}

var optionsFirst = regexp.MustCompile(`^(axios|axios\.create\(\)|got)(\.default)?(\.request)?$|^https?\.(get|request)$`)

// tellsTime reports whether options say how long, by themselves or by what the file gives to their names.
func tellsTime(file *ir.File, x *ir.Expr, depth int) bool {
	found := false
	ir.WalkExpr(x, nil, func(e *ir.Expr) bool {
		found = found || slices.ContainsFunc(e.Keys, saysHowLong.MatchString) || (e.Kind == ir.Name || e.Kind == ir.Member) && saysHowLong.MatchString(e.Str)
		if e.Kind == ir.Name && depth < 2 && !found {
			givenIn(file, e.Str, func(given *ir.Expr) { found = found || tellsTime(file, given, depth+1) })
		}
		return !found && e.Kind != ir.Lambda
	})
	return found
}

// hidesOptions reports whether options come from somewhere else: a parameter, a call, what is spread into them.
func hidesOptions(c dataflow.Called, x *ir.Expr) bool {
	switch x.Kind {
	case ir.Object:
		return slices.ContainsFunc(x.List, func(v *ir.Expr) bool { return v.Kind == ir.Spread && hidesOptions(c, v.X) }) || slices.Contains(x.Keys, "...")
	case ir.Name:
		known, hidden := false, false
		givenIn(c.File, x.Str, func(given *ir.Expr) {
			known = true
			hidden = hidden || given.Kind != ir.Object && given.Kind != ir.Const && given.Kind != ir.Template && given.Kind != ir.Binary || given.Kind == ir.Object && hidesOptions(c, given)
		})
		return !known || hidden
	case ir.Const, ir.Template, ir.Binary, ir.Lambda:
		return false
	}
	return true
}
