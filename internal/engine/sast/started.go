package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// Who starts a function and does not wait for what it gives: by the triggers of the template, and where no template says so, by what the code takes
// its event for.

// starter is what starts a function.
type starter uint8

const (
	somebody starter = iota // who perhaps waits for an answer
	byEvent                 // the platform, which only asks whether an error was thrown
	byStream
	byQueue
)

// whoStarts is what starts a function if nobody waits for what it gives; somebody for all others.
func whoStarts(n *paths.Node) starter {
	if isAskedDirectly(n) || n.Result.Routes > 0 || runsAlone(n.Function) {
		return somebody
	}
	if len(n.Function.Triggers) > 0 {
		return byTriggers(n.Function.Triggers)
	}
	if by := byType(n); by != somebody {
		return by
	}
	return byFields(n)
}

// byTriggers is what all triggers of a function have in common: that their senders do not wait. Of several kinds the first of them counts.
func byTriggers(triggers []*model.Trigger) starter {
	out := somebody
	for _, t := range triggers {
		by := somebody
		switch t.Kind {
		case model.TriggerTopic, model.TriggerObject, model.TriggerBus, model.TriggerSchedule, model.TriggerLogs, model.TriggerIoT, model.TriggerAlarm:
			by = byEvent
		case model.TriggerStream:
			by = byStream
		case model.TriggerQueue:
			by = byQueue
		}
		if by == somebody || by != byEvent && (t.Via == nil || t.Via.Type != "AWS::Lambda::EventSourceMapping") {
			return somebody
		}
		if out == somebody || by < out {
			out = by
		}
	}
	return out
}

// eventTypes are the names of types of events that libraries have for handlers, by what starts those. Events of S3 Object Lambda, of batch
// operations and of Firehose are answered, and have other names.
var eventTypes = map[starter]*regexp.Regexp{
	byEvent:  regexp.MustCompile(`\b(S3|SNS|SES|SimpleEmail|CloudWatch|Cloud[wW]atchLogs|CloudWatchAlarm|EventBridge|Scheduled|S3EventBridgeNotification|S3Notification)(Event|Handler)(Model|Schema)?\b`),
	byStream: regexp.MustCompile(`\b(DynamoDB|DynamoDBStream|DynamoDbStream|Kinesis|KinesisStream|KinesisDataStream|Kafka|MSK|SelfManagedKafka)(Event|Handler)(Model|Schema)?\b`),
	byQueue:  regexp.MustCompile(`\b(SQS|Sqs)(Event|Handler)(Model|Schema)?\b`),
}

// namedHandler is a handler of TypeScript that is declared with a type: const handler: S3Handler, const handler: Handler<S3Event>.
var namedHandler = regexp.MustCompile(`\b(\w+)\s*:\s*(?:\w+\.)*((?:\w+Handler|Handler<\s*(?:\w+\.)*\w+))\b`)

// byType is what starts a function by the type that its event is declared with.
func byType(n *paths.Node) starter {
	said := ""
	for _, fn := range n.Result.Reached {
		if !isEntry(n, fn) {
			continue
		}
		for _, p := range fn.Params {
			said += " " + textBetween(fn.File, p.At, p.End) + " " + dotted(p.Y)
			if p.Y != nil {
				said += " " + strings.Join(p.Y.Keys, " ") + " " + strings.Join(p.Keys, " ")
			}
		}
		for _, d := range fn.Decorators { // @event_source(data_class=S3Event)
			said += " " + textBetween(fn.File, d.At, d.End)
		}
		if fn.File.Language == ir.Node {
			for _, m := range namedHandler.FindAllSubmatch(fn.File.Tree.Source, -1) {
				if string(m[1]) == fn.Name {
					said += " " + string(m[2])
				}
			}
		}
	}
	for _, by := range []starter{byEvent, byStream, byQueue} {
		if eventTypes[by].MatchString(said) {
			return by
		}
	}
	return somebody
}

// isEntry reports whether a function is the handler, or what a wrapper makes the handler of.
func isEntry(n *paths.Node, fn *ir.Func) bool {
	symbol := n.Function.Code.Symbol
	symbol = symbol[strings.LastIndexByte(symbol, '.')+1:]
	return fn.Name == symbol || fn.File.Path == n.Function.Code.File && isWrapped(fn, symbol)
}

// Parts of events that nothing else has.
var (
	partsOfEvents = map[string]bool{
		"Records": true, "s3": true, "Sns": true, "ses": true, "dynamodb": true, "kinesis": true, "NewImage": true, "OldImage": true, "Keys": true, "sequenceNumber": true,
		"body": true, "receiptHandle": true, "messageId": true, "messageAttributes": true, "awslogs": true, "data": true, "detail-type": true, "detail": true, "object": true, "bucket": true, "Message": true,
		"headers": true, "queryStringParameters": true, "pathParameters": true, "httpMethod": true, "requestContext": true, "rawPath": true, "arguments": true, "disposition": true,
	}
	partsOfAsked = []string{"headers", "queryStringParameters", "pathParameters", "httpMethod", "requestContext", "rawPath", "arguments", "disposition"}
)

// byFields is what starts a function by the parts of its event that it reads, where they are those of one kind alone.
func byFields(n *paths.Node) starter {
	read := map[string]bool{}
	for _, fn := range n.Result.Reached {
		partsRead(fn, read)
	}
	all := func(parts ...string) bool {
		return !slices.ContainsFunc(parts, func(part string) bool { return !read[part] })
	}
	switch {
	case slices.ContainsFunc(partsOfAsked, func(part string) bool { return read[part] }):
	case all("awslogs", "data"), all("detail-type", "detail"), all("Records", "s3", "object"), all("Records", "Sns", "Message"), all("Records", "ses"):
		return byEvent
	case all("Records", "dynamodb") && (read["NewImage"] || read["OldImage"] || read["Keys"]), all("Records", "kinesis", "data"):
		return byStream
	case all("Records", "body") && (read["receiptHandle"] || read["messageId"] || read["messageAttributes"]):
		return byQueue
	}
	return somebody
}

// partsRead notes which parts of events a function reads: event.Records, record["s3"], record.get("s3"), ({ s3 }).
func partsRead(fn *ir.Func, read map[string]bool) {
	note := func(name string) {
		if partsOfEvents[name] {
			read[name] = true
		}
	}
	var pattern func(e *ir.Expr)
	pattern = func(e *ir.Expr) {
		if e == nil {
			return
		}
		if e.Kind == ir.Object {
			for _, key := range e.Keys {
				note(key)
			}
		}
		if e.Kind == ir.Object || e.Kind == ir.Array || e.Kind == ir.Default {
			for _, x := range append([]*ir.Expr{e.X}, e.List...) {
				pattern(x)
			}
		}
	}
	for _, p := range fn.Params {
		pattern(p)
	}
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop {
			pattern(s.X)
		}
		return true
	}, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Member:
			note(e.Str)
		case e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const:
			note(e.Y.Str)
		case e.Kind == ir.Call && lastName(e.X) == "get" && len(e.List) > 0 && e.List[0].Kind == ir.Const:
			note(e.List[0].Str)
		case e.Kind == ir.Assign:
			pattern(e.X)
		case e.Kind == ir.Lambda:
			for _, p := range e.Fn.Params {
				pattern(p)
			}
		}
		return true
	})
}
