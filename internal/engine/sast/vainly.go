package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// Functions may answer which messages of a batch failed, so that only those come again. The platform reads that where the mapping says so, and
// otherwise takes any answer for success.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting

var (
	// namesFailed is what the answer has in it, answersFailed what makes it of what failed.
	namesFailed   = regexp.MustCompile(`^[bB]atchItemFailures$`)
	answersFailed = regexp.MustCompile(`^(async_)?process_partial_response$|^processPartialResponse(Sync)?$`)
)

// namedInVain is where a function first answers which messages failed, if a mapping that hands it messages does not ask for that.
func namedInVain(n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	from := asksForNoFailures(n.Function)
	if from == nil {
		return nil
	}
	for _, fn := range n.Result.Reached {
		if at := firstFailures(fn); at >= 0 {
			return []spot{{file: fn.File, at: at, fields: map[string]string{
				"others": "answers which messages of " + from.Detail + " failed, and its event source does not ask for that (FunctionResponseTypes): " + goneThen(from.Kind),
			}}}
		}
	}
	return nil
}

// goneThen is what becomes of messages that failed where nobody reads which ones.
func goneThen(kind model.TriggerKind) string {
	if kind == model.TriggerStream {
		return "the stream goes on behind them, and nothing tries them again"
	}
	return "the queue deletes them with the others"
}

// asksForNoFailures is a trigger that hands a function messages of a queue or a stream and does not ask which ones failed; nil where all do, or it
// is not known.
func asksForNoFailures(f *model.Function) *model.Trigger {
	for _, t := range f.Triggers {
		if !t.Off && (t.Kind == model.TriggerQueue || t.Kind == model.TriggerStream) && t.Via != nil && t.Via.Type == "AWS::Lambda::EventSourceMapping" &&
			t.Via.Props.Get("FunctionResponseTypes").IsSet() == model.No {
			return t
		}
	}
	return nil
}

// firstFailures is where a function says which messages failed; negative where it does not, or says that none did.
func firstFailures(fn *ir.Func) int32 {
	at := int32(-1)
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case at >= 0:
		case e.Kind == ir.Object:
			if i := slices.IndexFunc(e.Keys, namesFailed.MatchString); i >= 0 && i < len(e.List) && !(e.List[i].Kind == ir.Array && len(e.List[i].List) == 0) {
				at = e.List[i].At
			}
		case e.Kind == ir.Assign && e.X != nil && e.X.Kind != ir.Name && namesFailed.MatchString(fieldOf(e.X)) && !isEmptyValue(e.Y):
			at = e.At
		case e.Kind == ir.Call && answersFailed.MatchString(lastName(e.X)):
			at = e.At
		}
		return at < 0
	})
	return at
}

// fieldOf is the name of a part of something: answer.failures, answer["failures"]; empty for others.
func fieldOf(e *ir.Expr) string {
	switch {
	case e.Kind == ir.Member:
		return e.Str
	case e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const:
		return e.Y.Str
	}
	return ""
}
