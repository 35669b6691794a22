package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// repeatedly are the calls that a batch of messages makes again when one of its records fails: payments, messages to people and counts,
// in a loop over the records of a batch that is delivered again as a whole.
func repeatedly(w *work, n *paths.Node) []spot {
	out := append(inBatches(w, n), triedAgain(n)...)
	for _, s := range slices.Concat(paidAgain(n), addedAgain(n), replayed(n), paidUnderNewKey(n)) {
		if !slices.ContainsFunc(out, func(o spot) bool { return o.file == s.file && o.at == s.at }) {
			out = append(out, s)
		}
	}
	return out
}

// knowsIt are names of what keeps an event from being worked on twice, whatever becomes of the others of its batch.
var knowsIt = regexp.MustCompile(`(?i)idempot|dedup|already_?(processed|paid|charged|handled|done|exists)|is_?duplicate|processed_?(ids|messages|events|records)|is_?(paid|charged|processed)|transact`)

// paidAgain are payments of functions that events start, which the platform delivers once or more: whoever fails behind the payment, or gets the
// event twice, pays twice.
func paidAgain(n *paths.Node) []spot {
	if n.Result.Cut || !startedByEvents(n.Function) || slices.ContainsFunc(n.Result.Packages, knowsIt.MatchString) {
		return nil
	}
	for _, fn := range n.Result.Reached {
		if knowsIt.MatchString(fn.Name) || someName(fn.Body, knowsIt) {
			return nil
		}
	}
	for _, u := range n.Result.Uses {
		if u.Params.At("ConditionExpression") != nil && !u.Params.Lacks("ConditionExpression") || looksUp(u) && (u.Key != "dynamodb:GetItem" || asksWhatWasDone(n)) { // it perhaps asks what was paid
			return nil
		}
	}
	var out []spot
	for _, c := range n.Result.Calls {
		if paysOnceMore(n, c) && failsBehind(n, place{c.File, c.At}) && !slices.ContainsFunc(n.Result.Calls, func(o dataflow.Called) bool { return o.DoesAny(dataflow.Reads) }) {
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": "a payment", "others": "for an event that may be delivered twice, and nothing says that it is the same payment"}})
		}
	}
	return out
}

// asksForFields reports whether a condition asks for a field of anything: of a record that was read, perhaps, whether it was paid.
func asksForFields(n *paths.Node) bool {
	return someCondition(n, func(e *ir.Expr) bool { return e.Kind == ir.Member || e.Kind == ir.Index })
}

// someCondition reports whether a condition of what a function runs holds an expression of a kind: of a branch, of a loop, or one that is given back.
func someCondition(n *paths.Node, is func(*ir.Expr) bool) bool {
	found := false
	asks := func(e *ir.Expr) {
		ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
			found = found || is(x)
			return !found
		})
	}
	for _, fn := range n.Result.Reached {
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			switch s.Kind {
			case ir.If, ir.Guard, ir.Loop:
				asks(s.X)
			case ir.Return:
				if s.X != nil && (s.X.Kind == ir.Binary || s.X.Kind == ir.Not) {
					asks(s.X)
				}
			}
			return !found
		}, func(e *ir.Expr) bool {
			if e.Kind == ir.Cond {
				asks(e.X)
			}
			return !found
		})
	}
	return found
}

// aboutDone are names of fields that may say that something was done, or until when.
var aboutDone = regexp.MustCompile(`(?i)pa(id|y)|charg|stat(e|us)|phase|stage|done|process|complet|bill|settl|captur|invoice|receipt|transaction|period|until|last|next|date|(_a|A)t$|version|count|renew`)

// asksWhatWasDone reports whether a condition perhaps asks for a field that says what was done before: one that is called so, or that the function sets
// itself when it is done. Where a record is asked only whether it is there, or for what others decide (member.cancelled), the second try finds it as
// the first one did.
func asksWhatWasDone(n *paths.Node) bool {
	sets := ""
	for _, u := range n.Result.Uses {
		if u.Key == "dynamodb:UpdateItem" {
			text, known := u.Params.At("UpdateExpression").Is()
			if !known || strings.Contains(text, "#") {
				return asksForFields(n)
			}
			sets += " " + text
		} else if strings.HasPrefix(u.Key, "dynamodb:") && !looksUp(u) {
			return asksForFields(n)
		}
	}
	if sets == "" {
		return asksForFields(n)
	}
	return someCondition(n, func(e *ir.Expr) bool {
		name := lastName(e)
		return (e.Kind == ir.Member || e.Kind == ir.Index) && (name == "" || aboutDone.MatchString(name) || strings.Contains(sets, " "+name))
	})
}

// saysWhatFailed are names of what tells the platform which records failed.
var saysWhatFailed = regexp.MustCompile(`(?i)batch_?item_?failures?|item_?identifier`)

// failsBehind reports whether what fails behind a place fails the event, which comes again then.
func failsBehind(n *paths.Node, p place) bool {
	caught := false
	for _, l := range levels(n, p) {
		caught = caught || caughtAt(l.fn.Body, l.at) || l.fn.File.Language == ir.Go && !givesError(l.fn, l.at)
	}
	return !caught || slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool { return someName(fn.Body, saysWhatFailed) })
}

// startedByEvents reports whether all that starts a function is delivered once or more.
func startedByEvents(f *model.Function) bool {
	return len(f.Triggers) > 0 && !slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool {
		switch t.Kind {
		case model.TriggerQueue, model.TriggerTopic, model.TriggerBus, model.TriggerStream, model.TriggerObject:
			return false
		}
		return true
	})
}

// inBatches are those that a batch makes again.
func inBatches(_ *work, n *paths.Node) []spot {
	from := wholeBatch(n.Function)
	if from == "" && writtenForQueue(n) {
		from = "a queue"
	}
	if from == "" || n.Result.Cut || slices.ContainsFunc(n.Result.Packages, onlyOnce.MatchString) {
		return nil
	}
	for _, fn := range n.Result.Reached {
		if onlyOnce.MatchString(fn.Name) || someName(fn.Body, onlyOnce) {
			return nil
		}
	}
	for _, u := range n.Result.Uses {
		if u.Params.At("ConditionExpression") != nil && !u.Params.Lacks("ConditionExpression") {
			return nil
		}
	}
	var out []spot
	tell := func(p place, what string) {
		if inLoopOfRecords(n, p) && !slices.ContainsFunc(out, func(s spot) bool { return s.file == p.file && s.at == p.at }) {
			out = append(out, spot{file: p.file, at: p.at, fields: map[string]string{"call": what, "others": "for each record of " + from + ": when one record fails, the whole batch is delivered again, and what was done for the others is done twice"}})
		}
	}
	for _, u := range n.Result.Uses {
		what := harmful(u)
		if u.Key == "dynamodb:PutItem" && underNewName(n, u) {
			what = "a new record under another name"
		}
		if what != "" && !onlyFunctions(n, u) {
			tell(place{u.File, u.At}, what)
		}
	}
	for _, c := range n.Result.Calls {
		if what := harmfulElsewhere(n, c); what != "" {
			tell(place{c.File, c.At}, what)
		}
	}
	return out
}

// onlyOnce are names of what keeps a record from being worked on twice.
var onlyOnce = regexp.MustCompile(`(?i)idempot|dedup|already_?(processed|sent|handled|done)|is_?duplicate|batch_?item_?failures?|partial_?(batch|response)|utilities\.batch|powertools.*batch|processed_?(ids|messages|events|records)`)

// harmfulElsewhere says what a call of a library does that must not be done twice; empty for others.
func harmfulElsewhere(n *paths.Node, c dataflow.Called) string {
	switch {
	case paysOnceMore(n, c):
		return "a payment"
	case c.DoesAny(dataflow.Sends):
		return "a message to people"
	case addsElsewhere(c.Expr):
		return "a count"
	}
	return ""
}

// addsInSQL is where a statement sets a column to what a calculation gives.
var addsInSQL = regexp.MustCompile(`(?i)([\w.]+)\s*=\s*([\w.]+)\s*[+-]`)

// addsElsewhere reports whether a call of a mapper or a database adds to what is there: values(total=Account.total + x), {$inc: ...},
// "update accounts set total = total + $1".
func addsElsewhere(e *ir.Expr) bool {
	for i, x := range e.List {
		if i < len(e.Keys) && e.Keys[i] != "" && x.Kind == ir.Binary && (x.Str == "+" || x.Str == "-") && x.X.Kind == ir.Member && x.X.Str == e.Keys[i] && !ofTries.MatchString(e.Keys[i]) {
			return lastName(e.X) == "values"
		}
		if x.Kind == ir.Object && slices.Contains(x.Keys, "$inc") {
			return true
		}
		if x.Kind == ir.Const && !x.Bare && updates.MatchString(x.Str) {
			for _, m := range addsInSQL.FindAllStringSubmatch(x.Str, -1) {
				if strings.EqualFold(m[1], m[2]) && !ofTries.MatchString(m[1]) {
					return true
				}
			}
		}
	}
	return false
}

// ofTries are names of counts that may say how often something was tried, or changed.
var ofTries = regexp.MustCompile(`(?i)version|revision|attempt|tries|retry|retries|try_?count`)

// updates is how a statement begins that changes rows.
var updates = regexp.MustCompile(`(?i)^\s*update\s`)

// adds is an update that gives another result each time.
var adds = regexp.MustCompile(`(?i)\bADD\s+[#\w.]+\s+:|=\s*(if_not_exists\([^)]*\)|[#\w.]+)\s*[+-]\s*:`)

// appends is an update that makes a list longer each time.
var appends = regexp.MustCompile(`(?i)=\s*list_append\(`)

// harmful says what an operation does that must not be done twice; empty for others.
func harmful(u dataflow.Use) string {
	switch u.Key[strings.IndexByte(u.Key, ':')+1:] {
	case "SendEmail", "SendTemplatedEmail", "SendRawEmail", "SendBulkTemplatedEmail", "SendTextMessage", "SendMessages":
		if strings.HasPrefix(u.Key, "ses") || strings.HasPrefix(u.Key, "pinpoint") {
			return "a message to people"
		}
	case "Publish":
		if u.Params.At("PhoneNumber") != nil && !u.Params.Lacks("PhoneNumber") || u.Params.At("Subject") != nil && !u.Params.Lacks("Subject") { // a subject is what a mail has
			return "a message to people"
		}
	case "PutEvents":
		return "an event"
	case "UpdateItem", "Update":
		switch text := u.Params.At("UpdateExpression").Begins(); {
		case adds.MatchString(text):
			return "a count"
		case appends.MatchString(text):
			return "an entry of a list"
		}
	}
	return ""
}

// wholeBatch is the queue or stream whose batches a function gets, and that delivers all of a batch again when the function throws, also where it
// may answer which records failed; empty where there is none.
func wholeBatch(f *model.Function) string {
	for _, t := range f.Triggers {
		if t.Off || t.Kind != model.TriggerQueue && t.Kind != model.TriggerStream || t.Via == nil || t.Via.Type != "AWS::Lambda::EventSourceMapping" {
			continue
		}
		if size, _ := t.Via.Props.Get("BatchSize").Scalar(); size != "1" {
			return t.Detail
		}
	}
	return ""
}

// onlyFunctions reports whether the topic that a message goes to has subscribers in its template, of which none is a person.
func onlyFunctions(n *paths.Node, u dataflow.Use) bool {
	_, topic := n.App.Find(n.Value(u.Params.At("TopicArn")))
	if topic == nil {
		return false
	}
	subscribers := topic.Props.Get("Subscription")
	return len(subscribers.Items) > 0 && !slices.ContainsFunc(subscribers.Items, func(s *model.Value) bool {
		protocol, known := s.Get("Protocol").Scalar()
		return !known || protocol != "lambda" && protocol != "sqs" && protocol != "firehose"
	})
}

var (
	newName = regexp.MustCompile(`(?i)^(v[14]|uuid(v?[14])?|randomuuid|nanoid|ulid|newstring|short_?id)$`)
	idName  = regexp.MustCompile(`^(_?id|uuid|pk|PK|[a-z]+(_id|Id|ID))$`)
)

// underNewName reports whether an item is put under an identifier that is made anew each time, so that nothing tells the second one from the
// first.
func underNewName(n *paths.Node, u dataflow.Use) bool {
	return len(newNames(n, u)) > 0
}

// isKey are names of attributes that hardly any item has which it is not kept under.
var isKey = regexp.MustCompile(`^(_?id|pk|PK)$`)

// underNewKey is underNewName where the key of the table is known, or has a name that says so.
func underNewKey(n *paths.Node, u dataflow.Use) bool {
	keys := keysOfTable(n, u)
	return slices.ContainsFunc(newNames(n, u), func(name string) bool { return keys == nil && isKey.MatchString(name) || slices.Contains(keys, name) })
}

// keysOfTable are the attributes of the key of the table of an operation; nil where it is in no template.
func keysOfTable(n *paths.Node, u dataflow.Use) []string {
	_, r := n.App.Find(n.Value(u.Params.At("TableName")))
	if r == nil {
		return nil
	}
	var out []string
	for _, k := range r.Props.Get("KeySchema").Elements() {
		if name, ok := k.Get("AttributeName").Scalar(); ok {
			out = append(out, name)
		}
	}
	return out
}

// newNames are the attributes of an item that is put which are identifiers made anew each time.
func newNames(n *paths.Node, u dataflow.Use) []string {
	item := u.Params.At("Item")
	var out []string
	for _, l := range levels(n, place{u.File, u.At}) {
		makes := func(e *ir.Expr) bool { return isNewName(setBefore(l.fn, e, l.at)) }
		ir.Walk(l.fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && isOperation(n, l.fn.File, e) && (l.at < e.At || e.End <= l.at) { // what another operation is given
				return false
			}
			for i, key := range e.Keys {
				if e.Kind == ir.Object && idName.MatchString(key) && item.At(key) != nil && makes(e.List[i]) {
					out = append(out, key)
				}
			}
			return e.Kind != ir.Lambda
		})
	}
	return out
}

// isNewName reports whether an expression is an identifier that is made anew: uuidv4(), str(uuid.uuid4()), {S: randomUUID()}.
func isNewName(e *ir.Expr) bool {
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Call:
		return newName.MatchString(lastName(e.X)) || len(e.List) == 1 && isNewName(e.List[0]) || e.X.Kind == ir.Member && isNewName(e.X.X)
	case e.Kind == ir.Object:
		return len(e.List) == 1 && isNewName(e.List[0])
	}
	return false
}

// ofQueue and ofOthers are parts of records that only a queue has, and that others have.
var (
	ofQueue  = regexp.MustCompile(`^([bB]ody|receiptHandle|messageAttributes)$`)
	ofOthers = regexp.MustCompile(`^([sS]ns|SNS|s3|S3|dynamodb|kinesis|Kinesis|NewImage|statusCode|StatusCode)$`)
	sqsEvent = regexp.MustCompile(`\bSQSEvent\b`)
)

// writtenForQueue reports whether a function of which no template says who calls it goes through the messages of a queue: the platform hands
// it up to ten of them, unless it is told otherwise.
func writtenForQueue(n *paths.Node) bool {
	if n.App.Kind != model.Convention || len(n.Function.Triggers) > 0 {
		return false
	}
	symbol := n.Function.Code.Symbol
	symbol = symbol[strings.LastIndexByte(symbol, '.')+1:]
	typed, asks, others := false, false, false
	for _, fn := range n.Result.Reached {
		own := fn.Name == symbol || fn.File.Path == n.Function.Code.File // also what a wrapper is given: main = middyfy(handle)
		for _, p := range fn.Params {
			typed = typed || own && p.Y != nil && (sqsEvent.MatchString(textBetween(fn.File, p.At, p.End)) || sqsEvent.MatchString(dotted(p.Y)))
		}
		asks = asks || someWord(fn.Body, ofQueue) && someWord(fn.Body, ofRecords)
		others = others || someWord(fn.Body, ofOthers)
	}
	return typed || asks && !others
}

var (
	ofRecords = regexp.MustCompile(`(^|\.)([rR]ecords|messages|batch)$`)
	goThrough = regexp.MustCompile(`^(map|forEach|flatMap)$`)
)

// inLoopOfRecords reports whether a call is made for each record of a batch, and what fails there fails the batch.
func inLoopOfRecords(n *paths.Node, p place) bool {
	looped := false
	for _, l := range levels(n, p) {
		ir.Walk(l.fn.Body, func(s *ir.Stmt) bool {
			looped = looped || s.Kind == ir.Loop && s.Y != nil && holds(s, l.at) && (ofRecords.MatchString(dotted(s.Y)) || madeOfRecords(l.fn, s))
			return true
		}, func(e *ir.Expr) bool {
			looped = looped || e.Kind == ir.Call && e.X != nil && e.X.Kind == ir.Member && goThrough.MatchString(e.X.Str) && ofRecords.MatchString(dotted(e.X.X)) &&
				holds(&ir.Stmt{Kind: ir.Eval, X: e}, l.at)
			return e.Kind != ir.Lambda
		})
		if caughtAt(l.fn.Body, l.at) || l.fn.File.Language == ir.Go && !givesError(l.fn, l.at) {
			return false
		}
	}
	return looped
}

// madeOfRecords reports whether a loop goes through what was made of a batch before: totals = counted(event["Records"]), or what a loop over the
// batch has filled.
func madeOfRecords(fn *ir.Func, loop *ir.Stmt) bool {
	root, _, _ := strings.Cut(dotted(loop.Y), ".")
	if root == "" {
		return false
	}
	found := false
	ir.WalkExpr(setBefore(fn, &ir.Expr{Kind: ir.Name, Str: root}, loop.At), nil, func(x *ir.Expr) bool {
		found = found || (x.Kind == ir.Member || x.Kind == ir.Index) && ofRecords.MatchString(dotted(x))
		return !found
	})
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && s != loop && s.At < loop.At && s.Y != nil && ofRecords.MatchString(dotted(s.Y)) {
			all, _ := fillings(s.Body, root, false)
			found = found || all > 0
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// givesError reports whether a function of Go gives the error of a call back: what it returns behind the call, or with it, is not always nothing.
func givesError(fn *ir.Func, at int32) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Return && s.X != nil {
			last := s.X
			if last.Kind == ir.Array && last.Str == "results" && len(last.List) > 0 {
				last = last.List[len(last.List)-1]
			}
			found = found || !isNothing(last) && (s.At > at || s.At <= at && at < s.X.End)
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// caughtAt reports whether what fails at a place is caught in statements, and not thrown again.
func caughtAt(body []*ir.Stmt, at int32) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Try && len(s.Else) > 0 && !throws(s.Else) && slices.ContainsFunc(s.Body, func(x *ir.Stmt) bool { return holds(x, at) }) {
			found = true
		}
		return !found
	}, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.X != nil && e.X.Kind == ir.Member && e.X.Str == "catch" && holds(&ir.Stmt{Kind: ir.Eval, X: e.X.X}, at) {
			found = true
		}
		if e.Kind == ir.Call && lastName(e.X) == "allSettled" && holds(&ir.Stmt{Kind: ir.Eval, X: e}, at) {
			found = true
		}
		return !found && e.Kind != ir.Lambda
	})
	return found
}
