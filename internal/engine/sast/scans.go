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

// lookUps are scans without a limit that a request causes: all records are read for it, those too that a filter then leaves out. A scan that
// a helper makes of any table is told of where that is chosen.
func lookUps(w *work, n *paths.Node) []spot {
	if !openly(n.Function) && !(answersRequests(n.Function) && !choosesUsers(n)) && n.Result.Routes == 0 && !writtenForRequests(n) && !askedByRequest(n) {
		return nil
	}
	var out []spot
	for _, u := range n.Result.Uses {
		if u.Key != "dynamodb:Scan" || u.Helper || counts(u) || isBroadcast(n, u) || brokenOff(n, u) || clears(n, u) || w.forOthers(n, u) {
			continue
		}
		at := withoutLimit(n, u)
		if unlimited(n, u) {
			at = chosenAt(n, u)
		}
		for _, p := range at {
			if slices.ContainsFunc(out, func(s spot) bool { return s.file == p.file && s.at == p.at }) {
				continue
			}
			to := "a table"
			if len(at) == 1 {
				to = table(n, u)
			}
			out = append(out, spot{file: p.file, at: p.at, fields: map[string]string{"to": to}})
		}
	}
	return append(out, collections(n)...)
}

// askedByRequest reports whether a function that answers requests of everyone asks this one and waits for what it gives.
func askedByRequest(n *paths.Node) bool {
	return !choosesUsers(n) && slices.ContainsFunc(n.In, func(e *paths.Edge) bool {
		how, _ := e.Send.Params.At("InvocationType").Is()
		return e.Kind == "direct" && how != "Event" && how != "DryRun" && e.Holds() && openly(e.From.Function)
	})
}

// brokenOff reports whether the pages of a scan are only asked for until there are enough: for await (const page of pages()) { ...; if
// (found.length >= 50) break; }. A scan in a generator is asked for by whoever goes through that.
func brokenOff(n *paths.Node, u dataflow.Use) bool {
	fn := inner(n, place{u.File, u.At})
	return fn != nil && slices.ContainsFunc(n.Result.Reached, func(caller *ir.Func) bool {
		found := false
		ir.Walk(caller.Body, func(s *ir.Stmt) bool {
			if s.Kind == ir.Loop {
				through := ir.Awaited(s.Y)
				of := caller == fn && holds(s, u.At) || through != nil && through.Kind == ir.Call && slices.Contains(calledByName(n, through), fn)
				found = found || of && leavesWithEnough(caller.File, s.Body)
			}
			return !found
		}, func(e *ir.Expr) bool { return !found && e.Kind != ir.Lambda })
		return found
	})
}

// leavesWithEnough reports whether a loop is left where a number has become large enough.
func leavesWithEnough(file *ir.File, body []*ir.Stmt) bool {
	return slices.ContainsFunc(body, func(s *ir.Stmt) bool {
		if s.Kind != ir.If || len(s.Body) == 0 {
			return false
		}
		last, enough := s.Body[len(s.Body)-1], false
		ir.WalkExpr(s.X, nil, func(e *ir.Expr) bool {
			enough = enough || e.Kind == ir.Binary && (e.Str == ">" || e.Str == ">=") && !isEmptyValue(e.Y) && e.Y.Str != "0"
			return !enough
		})
		return enough && (last.Kind == ir.Return || last.Kind == ir.Leave && strings.HasPrefix(lineOf(file, last.At), "break"))
	})
}

// forOthers reports whether a scan stands where no request comes, by what code asks of the event before: if event.get("sweep"): scan().
func (w *work) forOthers(n *paths.Node, u dataflow.Use) bool {
	if w.graph == nil || !openly(n.Function) || askedByRequest(n) {
		return false
	}
	for _, s := range n.Result.Sends {
		if s.File == u.File && s.At == u.At && len(s.Where) > 0 {
			return w.graph.Door(n, dataflow.Way{Taint: &dataflow.Taint{Path: "event"}, Where: s.Where}) == ""
		}
	}
	return false
}

// clears reports whether a scan is there to delete all that it finds, so that a limit would leave something behind: no condition chooses records,
// and the function that reads them deletes and writes nothing else.
func clears(n *paths.Node, u dataflow.Use) bool {
	fn := inner(n, place{u.File, u.At})
	if fn == nil || u.Params.Open() || !u.Params.Lacks("FilterExpression") || !u.Params.Lacks("ScanFilter") {
		return false
	}
	deletes := false
	for _, o := range n.Result.Uses {
		if o.File != u.File || o.At < fn.Start || o.At > fn.End {
			continue
		}
		switch o.Key {
		case "dynamodb:DeleteItem":
			deletes = true
		case "dynamodb:BatchWriteItem":
			text := textBetween(u.File, fn.Start, fn.End)
			deletes = deletes || deleteRequest.MatchString(text) && !putRequest.MatchString(text)
		case "dynamodb:PutItem", "dynamodb:UpdateItem":
			return false
		}
	}
	return deletes
}

var deleteRequest, putRequest = regexp.MustCompile(`\bDeleteRequest\b|\bdelete_item\(`), regexp.MustCompile(`\bPutRequest\b|\bput_item\(`)

// ofConnections is what people call a table of those who are connected.
var ofConnections = regexp.MustCompile(`(?i)connection|socket|client`)

// isBroadcast reports whether a scan asks who is connected, so that all of them are told something.
func isBroadcast(n *paths.Node, u dataflow.Use) bool {
	return ofConnections.MatchString(table(n, u)) && slices.ContainsFunc(n.Result.Uses, func(o dataflow.Use) bool { return o.Key == "apigatewaymanagementapi:PostToConnection" })
}

// staff are words of code that lets only some of the users in.
var staff = regexp.MustCompile(`(?i)groups?$|roles?$|admin|permission|scopes?$`)

// choosesUsers reports whether a function asks who of its users may do what: those may be meant to read everything.
func choosesUsers(n *paths.Node) bool {
	return slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool { return someWord(fn.Body, staff) })
}

// asksRequest are the parts of requests that code reads, answersRequest is what it answers them with.
var (
	asksRequest    = regexp.MustCompile(`(?i)^(headers|body|queryStringParameters|pathParameters|multiValueQueryStringParameters|rawQueryString)$`)
	answersRequest = regexp.MustCompile(`(?i)^statusCode$`)
)

// writtenForRequests reports whether a function of which no template says who calls it reads requests and answers them.
func writtenForRequests(n *paths.Node) bool {
	if n.App.Kind != model.Convention || len(n.Function.Triggers) > 0 {
		return false
	}
	asks, answers := false, false
	for _, fn := range n.Result.Reached {
		asks = asks || someWord(fn.Body, asksRequest)
		answers = answers || someWord(fn.Body, answersRequest)
	}
	return asks && answers
}

// bounds are what comes after such a call where it does not want all.
var bounds = regexp.MustCompile(`\.(limit|paginate|cursor|countDocuments|count|where|filter|eq|findOne|distinct|estimatedDocumentCount|take|skip|andWhere|orWhere|single|maybeSingle|range|match|in|gte?|lte?|first|one|one_or_none|filter_by|Limit|SetLimit|Where|First|Take|Count)\b`)

// scanBounds are those after a scan: a condition only leaves out what was read.
var scanBounds = regexp.MustCompile(`\.(limit|count|paginate|cursor)\b`)

// collections are reads of all records through libraries, or by statements without a condition.
func collections(n *paths.Node) []spot {
	var out []spot
	for _, c := range n.Result.Calls {
		if !c.DoesAny(dataflow.Lists) || ofTheWorld.MatchString(textBetween(c.File, c.At, c.Expr.End)+" "+c.Statement) || slices.ContainsFunc(c.Limits, func(input string) bool { return !wantsAll(n, c, input) }) {
			continue
		}
		limits := bounds
		if strings.Contains(c.Ref, ".scan") {
			limits = scanBounds
		}
		bound := slices.ContainsFunc(n.Result.Calls, func(d dataflow.Called) bool {
			return d.File == c.File && d.Expr.At <= c.At && d.Expr.End > c.Expr.End && limits.MatchString(textBetween(d.File, c.Expr.End, d.Expr.End))
		})
		bound = bound || limits == bounds && (boundBefore(n, c) || boundAfter(n, c))
		if !bound && !slices.ContainsFunc(out, func(s spot) bool { return s.file == c.File && s.at == c.At }) {
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"to": "a collection"}})
		}
	}
	return out
}

// ofTheWorld are things of which there are as many as the world has, and no caller adds any.
var ofTheWorld = regexp.MustCompile(`(?i)\b(countr(y|ies)|currenc(y|ies)|languages?|locales?|time_?zones?|incoterms|uoms?|units?_of_measure)\b`)

var (
	namesIt = regexp.MustCompile(`([A-Za-z_]\w*)\s*:?=\s*(await\s+)?$`)
	cutsOff = regexp.MustCompile(`^(\s*\[\s*:|\)?\s*,\s*\w+\s*\))`)
)

// boundAfter reports whether what a read gives, which is only asked for later, is bound in a statement behind it, or only the beginning of it is
// taken: cursor = find(); cursor.limit(5), find()[:10], islice(find(), 10).
func boundAfter(n *paths.Node, c dataflow.Called) bool {
	fn := inner(n, place{c.File, c.At})
	if fn == nil || fn.End <= c.Expr.End || c.At <= fn.Start {
		return false
	}
	before, after := textBetween(c.File, fn.Start, c.At), textBetween(c.File, c.Expr.End, fn.End)
	if strings.HasSuffix(before, "islice(") && cutsOff.MatchString(after) || strings.HasPrefix(strings.TrimSpace(after), "[:") {
		return true
	}
	name := namesIt.FindStringSubmatch(before)
	return name != nil && regexp.MustCompile(`\b`+regexp.QuoteMeta(name[1])+`\b[^;\n]*\.(limit|take|where|skip|equals|Limit)\(|islice\(\s*`+regexp.QuoteMeta(name[1])+`\b`).MatchString(after)
}

// boundBefore reports whether a read is bound by what was asked before of what it is made of: repo.createQueryBuilder().where(...).getMany(),
// query.where(...); await query.getMany(). A condition that is asked for only sometimes binds nothing.
func boundBefore(n *paths.Node, c dataflow.Called) bool {
	chain := c.Ref[:strings.LastIndexByte(c.Ref, '.')+1]
	if boundsBefore.MatchString(chain) {
		return true
	}
	fn, of := inner(n, place{c.File, c.At}), root(c.Expr)
	if fn == nil || of == nil || of.Kind != ir.Name {
		return false
	}
	found := false
	var look func(body []*ir.Stmt, sometimes bool)
	look = func(body []*ir.Stmt, sometimes bool) {
		for _, s := range body {
			if x := root(s.X); s.Kind == ir.Eval && x != nil && x.Kind == ir.Name && x.Str == of.Str && s.At < c.At {
				text := dotted(s.X)
				found = found || !sometimes && boundsBefore.MatchString(text) || someLimits.MatchString(text)
			}
			look(s.Body, sometimes || s.Kind == ir.If)
			look(s.Else, sometimes || s.Kind == ir.If)
		}
	}
	look(fn.Body, false)
	return found
}

// boundsBefore are methods of queries that say what is wanted, or how much.
var boundsBefore = regexp.MustCompile(`\.(where|andWhere|filter|filter_by|eq|limit|take|Where|Limit)\b`)

// someLimits are methods that bound how much is read, also where they are called only sometimes.
var someLimits = regexp.MustCompile(`\.(limit|take|skip|offset|Limit|Offset)\b`)

// root is what the chain of calls begins with that an expression is.
func root(e *ir.Expr) *ir.Expr {
	for e = ir.Awaited(e); e != nil && (e.Kind == ir.Call || e.Kind == ir.Member); {
		e = ir.Awaited(e.X)
	}
	return e
}

// limiting are names of options that limit what is read.
var limiting = regexp.MustCompile(`(?i)^(limit|take|first|batch_?size|max\w*)$`)

// wantsAll reports whether what a row names does not limit what a call reads: an argument, a member of one, or a keyword.
func wantsAll(n *paths.Node, c dataflow.Called, input string) bool {
	keyword := strings.TrimPrefix(input, "kw:")
	head, part, _ := strings.Cut(input, ".")
	i, err := strconv.Atoi(head)
	for at, key := range c.Expr.Keys {
		if key == "..." || keyword != input && key == keyword || limiting.MatchString(key) {
			return false
		}
		if err == nil && at == i && key != "" { // a keyword takes its place
			return true
		}
	}
	if err != nil || i >= len(c.Expr.List) {
		return true
	}
	condition := c.Expr.List[i]
	if part == "" {
		for _, x := range c.Expr.List[i+1:] { // options
			if x.Kind != ir.Const && (x.Kind != ir.Object || slices.ContainsFunc(x.Keys, func(key string) bool { return key == "..." || limiting.MatchString(key) })) {
				return false
			}
		}
		return isNothing(condition) || isEmptyCondition(n, c, condition)
	}
	return condition.Kind == ir.Object && !slices.Contains(condition.Keys, "...") && !slices.Contains(condition.Keys, part) && !slices.Contains(condition.Keys, "")
}

// isEmptyCondition reports whether a condition is none, or empty until something is asked for: const filter = {}; if (status) filter.status = status.
func isEmptyCondition(n *paths.Node, c dataflow.Called, condition *ir.Expr) bool {
	if condition.Kind == ir.Object {
		return len(condition.List) == 0
	}
	fn := inner(n, place{c.File, c.At})
	if condition.Kind != ir.Name || fn == nil {
		return false
	}
	empty := false
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		set := setIn(list[i])
		if set == nil || set.X.Str != condition.Str {
			return
		}
		empty = set.Y != nil && set.Y.Kind == ir.Object && len(set.Y.List) == 0 && !slices.ContainsFunc(list[i+1:], func(s *ir.Stmt) bool {
			return s.At < c.At && s.Kind != ir.If && contains(s.X, nil, map[string]bool{condition.Str: true}) && !contains(s.X, c.Expr, nil)
		})
	})
	return empty
}

// unlimited reports whether a scan certainly has no limit.
func unlimited(n *paths.Node, u dataflow.Use) bool {
	if !u.Params.Open() && u.Params.Lacks("Limit") {
		return true
	}
	for _, c := range n.Result.Calls {
		if c.File == u.File && c.At == u.At && c.Expr.X.Kind == ir.Member && (c.Expr.X.Str == "scan" || c.Expr.X.Str == "paginate") && c.File.Language == ir.Python {
			return len(c.Expr.Keys) == len(c.Expr.List) && !slices.ContainsFunc(c.Expr.Keys, func(key string) bool {
				return key == "" || key == "..." || key == "Limit" || key == "PaginationConfig"
			})
		}
	}
	return false
}

// counts reports whether a scan only counts.
func counts(u dataflow.Use) bool {
	s, _ := u.Params.At("Select").Is()
	return s == "COUNT"
}

// table is what people call the table of an operation.
func table(n *paths.Node, u dataflow.Use) string {
	for _, subject := range u.Op.Subjects {
		v := n.Value(u.Params.At(subject.Member))
		if subject.Value != nil && subject.Value.Kind != model.Unknown {
			v = subject.Value
		}
		if _, r := n.App.Find(v); r != nil {
			return r.ID
		}
		if text, ok := v.Scalar(); ok {
			return text
		}
	}
	return unknownTable
}

// unknownTable is what a table is called whose name is not known.
const unknownTable = "a table"
