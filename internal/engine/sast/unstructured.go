package sast

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// unstructured is where an application first writes data into a sentence, in the function that does so most often, if all that it logs are
// sentences and nothing makes lines of fields of them. It is told once for an application: one logger mends all of it.
func unstructured(w *work, n *paths.Node) []spot {
	if w.sentences == nil {
		w.sentences = sentencesOf(w.nodes)
	}
	s := w.sentences
	if s.most != n {
		return nil
	}
	others := fmt.Sprintf("as %s do", counted(len(s.places), "place"))
	if len(s.places) == 1 {
		others = "and nothing else is logged"
	}
	if s.functions > 1 {
		others = fmt.Sprintf("as %s of %d functions do", counted(len(s.places), "place"), s.functions)
	}
	return []spot{{file: s.first.file, at: s.first.at, fields: map[string]string{"call": dotted(s.first.call.X), "others": others}}}
}

// Least of what counts as logs in sentences: pieces of data in all of them, and the calls by which others have theirs written.
const (
	leastSentences = 2
	leastData      = 3
)

// sentences are what an application writes into sentences that it logs.
type sentences struct {
	places    map[place]int // with how many pieces of data
	functions int           // that write some
	most      *paths.Node   // the function that writes most of them; nil where nothing is to be told
	first     *writtenText  // the first of that
}

// writtenText is a call that logs a sentence with data in it.
type writtenText struct {
	file *ir.File
	at   int32
	call *ir.Expr
	fn   *ir.Func
	data int

	writer bool // others have their sentences written by it
}

// sentencesOf are what the functions of an application write into sentences, if no one of them writes fields, or perhaps does.
func sentencesOf(nodes []*paths.Node) *sentences {
	out := &sentences{places: map[place]int{}}
	first, most := map[*paths.Node]*writtenText{}, 0
	for _, n := range nodes {
		if fieldsElsewhere(n) {
			return &sentences{}
		}
		texts, fields := writtenIn(n)
		if fields {
			return &sentences{}
		}
		if len(texts) > 0 {
			out.functions++
		}
		for i, t := range texts {
			at := place{t.file, t.at}
			out.places[at] = t.data
			if i == 0 || t.file.Path == n.Function.Code.File && first[n].file != t.file && !first[n].writer {
				first[n] = &texts[i] // the function itself tells more than what it calls
			}
		}
		if len(texts) > most {
			most, out.most, out.first = len(texts), n, first[n]
		}
	}
	data := 0
	for _, count := range out.places {
		data += count
	}
	if data < leastData {
		out.most = nil
	}
	return out
}

// fieldsElsewhere reports whether the platform or a package makes fields of what a function logs, or perhaps does.
func fieldsElsewhere(n *paths.Node) bool {
	return n.Result.Cut || slices.ContainsFunc(n.Result.Packages, writesFields.MatchString) ||
		n.Function.Resource == nil || makesLinesOfFields(n.Function.Resource.Props.Path("LoggingConfig", "LogFormat"))
}

// makesLinesOfFields reports whether the platform writes what a function logs as JSON, or perhaps does: the format of its lines is set, and not
// to what it is anyway.
func makesLinesOfFields(format *model.Value) bool {
	if text, ok := format.Scalar(); ok && text == "Text" {
		return false
	}
	return format.IsSet() != model.No
}

// writtenIn are the sentences that a function writes, and whether it writes fields too.
func writtenIn(n *paths.Node) (texts []writtenText, fields bool) {
	wrappers := map[*ir.Func]handing{}
	for _, fn := range n.Result.Reached {
		if copied.MatchString(fn.File.Path) {
			continue
		}
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if fields || !logs(e) || len(n.Result.Callees(e)) > 0 {
				return !fields
			}
			fields = givesFields(n, fn, e)
			data := dataIn(fn.File, e)
			if data > 0 || passesAll(fn, e) {
				if how := handsData(n, fn, e); how != "" {
					wrappers[fn] = how
				}
			}
			if data > 0 || wrappers[fn] == valuesHanded {
				texts = append(texts, writtenText{file: fn.File, at: e.At, call: e, fn: fn, data: data})
			}
			return true
		})
	}
	if len(wrappers) == 0 || fields {
		return texts, fields
	}
	texts = calledSentences(n, wrappers, texts)
	return slices.DeleteFunc(texts, func(t writtenText) bool { return t.data == 0 && !t.writer }), false
}

// calledSentences are the sentences of a function with the calls by which others have theirs written, in the place of what writes them.
func calledSentences(n *paths.Node, wrappers map[*ir.Func]handing, texts []writtenText) []writtenText {
	var calls []writtenText
	for _, fn := range n.Result.Reached {
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind != ir.Call {
				return true
			}
			for _, f := range n.Result.Callees(e) {
				data := 0
				switch wrappers[f] {
				case valuesHanded:
					data = pieces(e.List)
				case textHanded:
					data = inSentences(fn.File, e)
				}
				if data > 0 {
					calls = append(calls, writtenText{file: fn.File, at: e.At, call: e, fn: fn, data: data})
					break
				}
			}
			return true
		})
	}
	if len(calls) < leastSentences {
		return texts
	}
	var writer []writtenText // what writes them all is the place to mend
	rest := slices.DeleteFunc(texts, func(t writtenText) bool {
		if wrappers[t.fn] != "" {
			t.writer = true
			writer = append(writer, t)
		}
		return wrappers[t.fn] != ""
	})
	return slices.Concat(writer, rest, calls)
}

// handing is what a function that writes sentences for others is given: the text of one, or values of which it makes one. It is empty for all others.
type handing string

const (
	textHanded   handing = "text"
	valuesHanded handing = "values"
)

// passesAll reports whether a function gives what it got, as many as they are, to a call that writes them one behind the other or into a text:
// print("[feeder]", *words), log.Printf(format, args...).
func passesAll(fn *ir.Func, e *ir.Expr) bool {
	name, rest := dotted(e.X), restOf(fn)
	if rest == "" || len(e.List) == 0 {
		return false
	}
	last := e.List[len(e.List)-1]
	switch {
	case fn.File.Language == ir.Python && name == "print" || fn.File.Language == ir.Go && (strings.HasPrefix(name, "log.") || strings.HasPrefix(name, "fmt.Print")):
		return last.Kind == ir.Spread && last.X.Kind == ir.Name && last.X.Str == rest
	}
	return false
}

// restOf is the name under which a function takes all further arguments; empty where it takes none.
func restOf(fn *ir.Func) string {
	for _, p := range fn.Params {
		if p.Kind == ir.Spread && p.X != nil && p.X.Kind == ir.Name {
			return p.X.Str
		}
	}
	return ""
}

// handsData is what a function that is called in the program writes into a sentence of what it is given.
func handsData(n *paths.Node, fn *ir.Func, e *ir.Expr) handing {
	given := map[string]bool{}
	for _, p := range fn.Params {
		for _, name := range namesIn(p) {
			given[name] = true
		}
	}
	switch {
	case !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, given) }) || !isCalled(n, fn):
		return ""
	case len(fn.Params) > 1 || restOf(fn) != "":
		return valuesHanded
	}
	return textHanded
}

// copied are folders of what others wrote, which logs as they like.
var copied = regexp.MustCompile(`(^|/)(vendor|third_?party|site-packages|dist-packages|dependencies|node_modules)/`)

// ofInvocation are loggers that come with an invocation, and write lines of fields with what is known of it.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-sdk.html
var ofInvocation = regexp.MustCompile(`(?i)(context|ctx)\.log(ger)?\.`)

// writesFields are packages that write lines of fields.
var writesFields = regexp.MustCompile(`(?i)powertools|pino|winston|bunyan|structlog|slog|zap\b|zerolog|logrus|json.?log|loguru|lambda-log|log4js|datadog|dd-trace|sentry|logger|logging[-_/]|tslog|consola|roarr|signale|loglevel|newrelic|opentelemetry|lumigo|epsagon|embedded-metrics`)

// givesFields reports whether a call that logs is given fields, or what is perhaps some: an object, a text of JSON, what a function gets to log.
func givesFields(n *paths.Node, fn *ir.Func, e *ir.Expr) bool {
	if name := dotted(e.X); strings.HasPrefix(name, "slog.") || ofInvocation.MatchString(name) || slices.ContainsFunc(e.Keys, func(key string) bool { return key != "" && !ofPrint[key] }) {
		return true
	}
	if slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return hasFields(fn, x) }) {
		return true
	}
	if len(e.List) != 1 || sentence(e.List[0]) {
		return false
	}
	switch x := e.List[0]; x.Kind {
	case ir.Name:
		return slices.ContainsFunc(fn.Params, func(p *ir.Expr) bool { return slices.Contains(namesIn(p), x.Str) }) && isCalled(n, fn)
	case ir.Call:
		return !makesText.MatchString(dotted(x.X)) || dotted(x.X) == "JSON.stringify" || dotted(x.X) == "json.dumps"
	}
	return false
}

// ofPrint are arguments by name that say how something is logged.
var ofPrint = map[string]bool{"exc_info": true, "stack_info": true, "flush": true, "file": true, "end": true, "sep": true}

// hasFields reports whether a value is an object that is written out, by itself, under a name or as JSON.
func hasFields(fn *ir.Func, x *ir.Expr) bool {
	switch x.Kind {
	case ir.Object:
		return true
	case ir.Call:
		return (dotted(x.X) == "JSON.stringify" || dotted(x.X) == "json.dumps") && len(x.List) > 0 && hasFields(fn, x.List[0])
	case ir.Name:
		set := false
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			if e := setIn(s); e != nil && e.X.Str == x.Str && e.Y != nil && (e.Y.Kind == ir.Object || e.Y.Kind == ir.Call && hasFields(fn, e.Y)) {
				set = true
			}
			return !set
		}, func(*ir.Expr) bool { return false })
		return set
	}
	return false
}

// dataIn is how many pieces of data a call writes into a sentence, but for errors, which are no fields.
func dataIn(file *ir.File, e *ir.Expr) int {
	if fillsSentence(file, e) {
		return pieces(varying(file, e.List[1:]))
	}
	if putsTogether(file, e) {
		return pieces(slices.DeleteFunc(varying(file, e.List), func(x *ir.Expr) bool { return x.Kind == ir.Call && withStack.MatchString(dotted(x.X)) }))
	}
	return inSentences(file, e)
}

// inSentences is how many pieces of data stand in the sentences that a call is given.
func inSentences(file *ir.File, e *ir.Expr) int {
	n := 0
	for _, x := range e.List {
		if sentence(x) {
			n += pieces(varying(file, piecesOf(x)))
		}
	}
	return n
}

// varying are those of some values that are no names for a constant of their file: nobody looks for what is always the same.
func varying(file *ir.File, all []*ir.Expr) []*ir.Expr {
	return slices.DeleteFunc(slices.Clone(all), func(x *ir.Expr) bool {
		return x.Kind == ir.Name && slices.ContainsFunc(file.Body, func(s *ir.Stmt) bool {
			set := setIn(s)
			return set != nil && set.X.Kind == ir.Name && set.X.Str == x.Str && set.Y != nil && set.Y.Kind == ir.Const
		})
	})
}

// pieces is how many of some values are data: neither constants nor errors.
func pieces(all []*ir.Expr) int {
	n := 0
	for _, x := range all {
		if x.Kind != ir.Const && !slices.ContainsFunc(namesIn(x), errorName.MatchString) {
			n++
		}
	}
	return n
}

// piecesOf are what a sentence is put together of.
func piecesOf(e *ir.Expr) []*ir.Expr {
	switch {
	case e.Kind == ir.Binary && e.Str == "+":
		return append(piecesOf(e.X), piecesOf(e.Y)...)
	case e.Kind == ir.Binary && e.Str == "%" && e.Y.Kind == ir.Array:
		return e.Y.List
	case e.Kind == ir.Binary && e.Str == "%":
		return []*ir.Expr{e.Y}
	case e.Kind == ir.Template:
		return e.List
	case e.Kind == ir.Call && lastName(e.X) == "format":
		return e.List
	}
	return []*ir.Expr{e}
}

// sentence reports whether an expression is a text with data in it.
func sentence(e *ir.Expr) bool {
	switch {
	case e.Kind == ir.Binary && (e.Str == "+" || e.Str == "%"):
		return aText(e.X) || aText(e.Y) || sentence(e.X)
	case e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "format": // of Python: "order {} comes".format(id)
		return aText(e.X.X) && len(e.List) > 0
	}
	return e.Kind == ir.Template && slices.ContainsFunc(e.List, aText) && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind != ir.Const })
}

// fillsSentence reports whether a call fills data into a text: log.Printf("order %s", id), logger.info("order %s comes", id).
func fillsSentence(file *ir.File, e *ir.Expr) bool {
	if len(e.List) < 2 || !aText(e.List[0]) || !strings.Contains(e.List[0].Str, "%") {
		return false
	}
	return file.Language == ir.Python && e.X.Kind == ir.Member || file.Language == ir.Go && strings.HasSuffix(dotted(e.X), "f")
}

// putsTogether reports whether a call writes a text and data one behind the other: print("stored", key, "in", seconds).
func putsTogether(file *ir.File, e *ir.Expr) bool {
	name := dotted(e.X)
	if len(e.List) < 3 || len(e.List[0].Str) == 0 || e.List[0].Kind != ir.Const || e.List[0].Bare || slices.ContainsFunc(e.List, sentence) {
		return false
	}
	return file.Language == ir.Python && name == "print" || file.Language == ir.Go && (name == "log.Println" || name == "log.Print" || name == "fmt.Println")
}

func aText(e *ir.Expr) bool { return e.Kind == ir.Const && !e.Bare && strings.Contains(e.Str, " ") }
