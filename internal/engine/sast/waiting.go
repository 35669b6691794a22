package sast

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// clients are libraries that ask others by HTTP, with what of a second their time-outs are counted in.
var clients = []struct {
	ref   *regexp.Regexp
	units float64 // in a second
}{
	{regexp.MustCompile(`^(requests|httpx|aiohttp|urllib3|urllib\.request|http\.client|botocore\.config\.Config|botocore\.client\.Config)\b`), 1},
	{regexp.MustCompile(`^(axios|got|node-fetch|undici|ky|builtin\.AbortSignal\.timeout|AbortSignal\.timeout)\b|^https?\.(get|request)(\(\)\.setTimeout)?$`), 1000},
}

// waitsFor are the names under which a client is told how long it waits for an answer.
var waitsFor = regexp.MustCompile(`^(timeout|read_timeout|headersTimeout|bodyTimeout|responseTimeout)$`)

// waitsLonger are calls that wait longer for an answer than the function runs: it is ended before, and what it would have done about a slow
// service is never done.
func waitsLonger(w *work, n *paths.Node) []spot {
	out := append(waitsWithoutEnd(n), asksWithoutEnd(w, n)...)
	limit, known := timeOf(n)
	if !known {
		return out
	}
	tell := func(c dataflow.Called, wait float64) {
		if wait <= limit {
			return
		}
		at := saidToWait(w, n, c, wait, unitsOf(c))
		if !slices.ContainsFunc(out, func(s spot) bool { return s.file == at.file && s.at == at.at }) {
			at.fields = map[string]string{"call": lastName(c.Expr.X), "to": seconds(wait), "others": seconds(limit)}
			out = append(out, at)
		}
	}
	for _, c := range slices.Concat(n.Result.Calls, madeOnLoading(n)) {
		if units := unitsOf(c); units > 0 {
			tell(c, max(longest(c, units), toldToWait(n, c.Waits)/units))
		}
	}
	for _, c := range n.Result.Calls { // of a client of which it was not told where it is made
		if units := unitsOf(c); units > 0 && len(c.Waits) == 0 {
			if wait := toldToWait(n, c.WaitsOfClient) / units; !slices.ContainsFunc(out, func(s spot) bool { return s.fields["to"] == seconds(wait) }) {
				tell(c, wait)
			}
		}
	}
	for _, c := range clientsOfGo(n) {
		if wait, ok := durationOf(c.File, timeoutOf(c.Expr)); ok && wait > limit {
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": "http.Client", "to": seconds(wait), "others": seconds(limit)}})
		}
	}
	return out
}

// timeOf is how many seconds a function may run, where a template says so.
func timeOf(n *paths.Node) (float64, bool) {
	if n.Function.Resource == nil || n.App.Kind == model.Convention {
		return 0, false
	}
	text, _ := n.Function.Resource.Props.Get("Timeout").Scalar()
	if n.Function.Resource.Props.Get("Timeout").IsSet() == model.No {
		text = "3" // what Lambda takes where nothing is said
	}
	limit, err := strconv.ParseFloat(text, 64)
	return limit, err == nil && limit > 0
}

var (
	// hasNoTimeout are requests of libraries of Python that wait for ever, unless a call says how long.
	hasNoTimeout = regexp.MustCompile(`^(requests(\.[sS]ession\(\))?\.(get|post|put|patch|delete|head|options|request)|urllib3\.PoolManager\(\)\.(request|urlopen)|urllib\.request\.urlopen)(\(\))?$`)
	// poolWaits is a client that says it for all of its requests, or perhaps does.
	poolWaits = regexp.MustCompile(`PoolManager\([^)]*timeout|setdefaulttimeout|\.mount\(|\bpartial\(`)
	// toPlatform is the address that a template gives to be told of a resource.
	toPlatform = regexp.MustCompile(`(?i)^response_?url$`)
	// onThisMachine is an address that does not leave the machine: an extension that answers at once or not at all.
	onThisMachine = regexp.MustCompile(`localhost|127\.0\.0\.1|169\.254\.`)
)

// waitsWithoutEnd are requests that say nothing of how long they wait, of a library that does not end them itself.
func waitsWithoutEnd(n *paths.Node) []spot {
	if n.App.Kind == model.Convention && n.Function.Code.Symbol == "" && !slices.Contains(n.Result.Packages, "chalice") { // a server, which nobody ends
		return nil
	}
	var out []spot
	if endedByTransport(n) {
		return nil
	}
	for _, c := range n.Result.Calls {
		if hasNoTimeout.MatchString(c.Ref) && !slices.ContainsFunc(c.Expr.Keys, func(key string) bool { return key == "timeout" || key == "**" }) && !staysHere(c) &&
			!poolWaits.Match(c.File.Tree.Source) && !someWord([]*ir.Stmt{{Kind: ir.Eval, X: c.Expr}}, toPlatform) && len(c.Expr.List) < 3+len(c.Expr.Keys) {
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": dotted(c.Expr.X), "to": "without end", "others": "the time that it has"}})
		}
	}
	return out
}

// ownTransport is how a program says for itself what requests of the library of Python do, for all of them.
var ownTransport = regexp.MustCompile(`(?m)^\s*class\s+\w+\(.*\b(HTTPAdapter|BaseAdapter|Session)\b.*\)\s*:`)

// endedByTransport reports whether the program has sessions or adapters of its own that say how long all requests wait.
func endedByTransport(n *paths.Node) bool {
	return n.Result.Program != nil && slices.ContainsFunc(n.Result.Files, func(path string) bool {
		file := n.Result.Program.File(path)
		return file != nil && file.Language == ir.Python && ownTransport.Match(file.Tree.Source) && strings.Contains(string(file.Tree.Source), "timeout")
	})
}

// staysHere reports whether the address of a request, as it is written there or given to its name in the file, is one of the same machine.
func staysHere(c dataflow.Called) bool {
	local := false
	note := func(x *ir.Expr) {
		ir.Walk([]*ir.Stmt{{Kind: ir.Eval, X: x}}, nil, func(e *ir.Expr) bool {
			local = local || e.Kind == ir.Const && onThisMachine.MatchString(e.Str)
			return true
		})
	}
	for _, x := range c.Expr.List {
		note(x)
		if x.Kind == ir.Name {
			givenIn(c.File, x.Str, note)
		}
		ir.WalkExpr(x, nil, func(e *ir.Expr) bool { // `${chrome.url}/json`, of what the program has started itself
			if e.Kind == ir.Name {
				givenIn(c.File, e.Str, func(given *ir.Expr) {
					call := callOf(ir.Awaited(given))
					local = local || call != nil && startsHere.MatchString(lastName(call.X))
				})
			}
			return e.Kind != ir.Lambda
		})
	}
	return local
}

// startsHere is how functions are called that start a program on the same machine.
var startsHere = regexp.MustCompile(`^(launch|spawn|listen$|start_?([sS]erver|[bB]rowser))`)

// givenIn goes through what a file gives to a name, wherever it does.
func givenIn(file *ir.File, name string, note func(*ir.Expr)) {
	look := func(body []*ir.Stmt) {
		ir.Walk(body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.Y != nil && e.X != nil && e.X.Kind == ir.Name && e.X.Str == name {
				note(e.Y)
			}
			return true
		})
	}
	look(file.Body)
	inFile(file, func(fn *ir.Func) { look(fn.Body) }, func(*ir.Expr) {})
}

var (
	// asksByItself are requests of Go that know nothing of the context of the handler, asksInContext those that end with it.
	asksByItself  = regexp.MustCompile(`^net/http\.(NewRequest|Client\(\)\.(Get|Post|PostForm|Head))$`)
	asksInContext = regexp.MustCompile(`^net/http\.(NewRequestWithContext|.*\.WithContext)$`)
)

// clientsOfGo are the clients of Go that the files of a function make, where all its requests are made without the context of the handler,
// which would end them.
func clientsOfGo(n *paths.Node) []dataflow.Called {
	alone, within := false, false
	for _, c := range n.Result.Calls {
		own := ofOwnContext(n, c)
		alone, within = alone || own || asksByItself.MatchString(c.Ref), within || !own && asksInContext.MatchString(c.Ref)
	}
	if n.Result.Program == nil || !alone || within {
		return nil
	}
	var out []dataflow.Called
	for _, path := range n.Result.Files {
		file := n.Result.Program.File(path)
		if file == nil || file.Language != ir.Go {
			continue
		}
		look := func(body []*ir.Stmt) {
			ir.Walk(body, nil, func(e *ir.Expr) bool {
				seen := slices.ContainsFunc(out, func(c dataflow.Called) bool { return c.Expr == e })
				if e.Kind == ir.Object && dotted(e.X) == "http.Client" && !seen {
					out = append(out, dataflow.Called{File: file, At: e.At, Expr: e})
				}
				return true
			})
		}
		look(file.Body)
		inFile(file, func(fn *ir.Func) { look(fn.Body) }, func(*ir.Expr) {})
	}
	return out
}

// timeoutOf is the time-out that a client of Go is made with; nil where it has none.
func timeoutOf(client *ir.Expr) *ir.Expr {
	if i := slices.Index(client.Keys, "Timeout"); i >= 0 && i < len(client.List) {
		return client.List[i]
	}
	return nil
}

// unitsOfGo are lengths of time in seconds.
var unitsOfGo = map[string]float64{"time.Millisecond": 0.001, "time.Second": 1, "time.Minute": 60}

// durationOf is how many seconds a length of time of Go is: 30 * time.Second, or a name that the file gives to that.
func durationOf(file *ir.File, e *ir.Expr) (float64, bool) {
	switch {
	case e == nil:
		return 0, false
	case e.Kind == ir.Member:
		unit, ok := unitsOfGo[dotted(e)]
		return unit, ok
	case e.Kind == ir.Name:
		return durationOf(file, givenOnce(file, e.Str))
	case e.Kind == ir.Binary && e.Str == "*":
		x, y := e.X, e.Y
		if y.Kind == ir.Const {
			x, y = y, x
		}
		unit, ok := durationOf(file, y)
		times, too := numberOf(file, x)
		return times * unit, ok && too
	}
	return 0, false
}

// makesHTTPClient is how clients are made that all requests use.
var makesHTTPClient = regexp.MustCompile(`^(axios\.create|got\.extend|ky\.(create|extend)|httpx\.(Client|AsyncClient))$`)

// madeOnLoading are the clients that modules make when they are loaded, or the objects that they keep: this.http = axios.create(...)
func madeOnLoading(n *paths.Node) []dataflow.Called {
	var out []dataflow.Called
	everywhere(n, func(file *ir.File, e *ir.Expr) {
		if e.Kind == ir.Assign && e.X != nil && e.Y != nil && e.Y.Kind == ir.Call && makesHTTPClient.MatchString(dotted(e.Y.X)) && isUsed(n, file, e.X) {
			out = append(out, dataflow.Called{Ref: dotted(e.Y.X), File: file, At: e.Y.At, Expr: e.Y})
		}
	})
	return out
}

// isUsed reports whether the code that was reached in a file uses a client by its name, or as a field of its object, and no call says another
// time-out.
func isUsed(n *paths.Node, file *ir.File, name *ir.Expr) bool {
	if name.Kind != ir.Name && name.Kind != ir.Member {
		return false
	}
	is := func(e *ir.Expr) bool { return e.Kind == name.Kind && e.Str == name.Str }
	used, said := false, false
	for _, fn := range n.Result.Reached {
		if fn.File != file {
			continue
		}
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && (e.X.Kind == ir.Member && is(e.X.X) || is(e.X)) {
				used = true
				said = said || someWord([]*ir.Stmt{{Kind: ir.Eval, X: e}}, waitsFor)
			}
			return true
		})
	}
	return used && !said
}

func seconds(s float64) string {
	if s == 1 {
		return "1 second"
	}
	return strconv.FormatFloat(s, 'f', -1, 64) + " seconds"
}

// longest is how many seconds a call waits, as far as it says so.
func longest(c dataflow.Called, units float64) float64 {
	wait := 0.0
	note := func(e *ir.Expr) {
		for _, x := range parts(c.File, e) {
			if v, ok := numberOf(c.File, x); ok {
				wait = max(wait, v/units)
			}
		}
	}
	last := len(c.Expr.List) - 1
	if last > 0 && c.Expr.List[last].Kind == ir.Lambda { // what is called with the answer
		last--
	}
	for i, x := range c.Expr.List {
		named := i < len(c.Expr.Keys) && c.Expr.Keys[i] != ""
		switch {
		case named && waitsFor.MatchString(c.Expr.Keys[i]), strings.HasSuffix(c.Ref, "AbortSignal.timeout"), i == 0 && strings.HasSuffix(c.Ref, ".setTimeout"):
			note(x)
		case named: // json={...}
		case x.Kind == ir.Object && i == last && !(i == 1 && sendsData.MatchString(c.Ref)):
			for j, key := range x.Keys {
				if waitsFor.MatchString(key) && j < len(x.List) {
					note(x.List[j])
				}
			}
		}
	}
	return wait
}

// unitsOf is what of a second a call counts the time in which it waits; 0 where it asks nobody by HTTP.
func unitsOf(c dataflow.Called) float64 {
	for _, client := range clients {
		if client.ref.MatchString(c.Ref) {
			return client.units
		}
	}
	return 0
}

// toldToWait is the longest of some times to wait, as far as it is followed who said how long.
func toldToWait(n *paths.Node, waits []*dataflow.Value) float64 {
	wait := 0.0
	for _, v := range waits {
		for _, x := range n.Numbers(v) {
			wait = max(wait, x)
		}
	}
	return wait
}

// sendsData are calls of which the second argument is what is sent, and the third says how.
var sendsData = regexp.MustCompile(`\.(post|put|patch|postForm|putForm|patchForm)$`)

// timeLimits is what libraries call an object that says how long each step of a request may take: httpx.Timeout(5, connect=2).
var timeLimits = regexp.MustCompile(`(^|\.)(Client)?Timeout$`)

// parts are the elements of a list, as of (connect, read), the fields of an object, what limits are made of, or what an expression is itself; of
// a name that a file gives once, those of what it gives.
func parts(file *ir.File, e *ir.Expr) []*ir.Expr {
	if e.Kind == ir.Name {
		if given := givenOnce(file, e.Str); given != nil {
			e = given
		}
	}
	if e.Kind == ir.Array || e.Kind == ir.Object || e.Kind == ir.Call && timeLimits.MatchString(dotted(e.X)) {
		return e.List
	}
	return []*ir.Expr{e}
}

// numberOf is the number that an expression is: written there, as a product, or under a name that the file gives to a number once.
func numberOf(file *ir.File, e *ir.Expr) (float64, bool) {
	switch {
	case e == nil:
		return 0, false
	case e.Kind == ir.Const && e.Bare:
		v, err := strconv.ParseFloat(strings.ReplaceAll(e.Str, "_", ""), 64)
		return v, err == nil
	case e.Kind == ir.Binary && e.Str == "*":
		x, ok := numberOf(file, e.X)
		y, too := numberOf(file, e.Y)
		return x * y, ok && too
	case e.Kind == ir.Name:
		return namedNumber(file, e.Str)
	}
	return 0, false
}

func namedNumber(file *ir.File, name string) (float64, bool) {
	value := givenOnce(file, name)
	if value == nil {
		return 0, false
	}
	return numberOf(file, value)
}

// givenOnce is what a file gives to a name, where it does so once; nil otherwise, and for another name.
func givenOnce(file *ir.File, name string) *ir.Expr {
	var values []*ir.Expr
	ir.Walk(file.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && e.X.Str == name {
			values = append(values, e.Y)
		}
		return true
	})
	if len(values) != 1 || values[0] == nil || values[0].Kind == ir.Name {
		return nil
	}
	return values[0]
}
