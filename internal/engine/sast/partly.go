package sast

import (
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// refusedIn are the operations that succeed although they have not taken all that they were given, with the member of their answer that
// says what is left over. Source: the API references of the services.
var refusedIn = map[string]string{
	"eventbridge:PutEvents": "FailedEntryCount", "events:PutEvents": "FailedEntryCount", "kinesis:PutRecords": "FailedRecordCount", "firehose:PutRecordBatch": "FailedPutCount",
	"sqs:SendMessageBatch": "Failed", "sns:PublishBatch": "Failed", "dynamodb:BatchWriteItem": "UnprocessedItems",
}

// partly are calls of such operations whose answer nobody looks at: what was not taken is lost.
func partly(_ *work, n *paths.Node) []spot {
	batches := operations(n, func(u dataflow.Use) bool { return refusedIn[u.Key] != "" && !u.Helper })
	if len(batches) == 0 {
		return nil
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			call := dropped(list[i])
			if call == nil {
				return
			}
			u, ok := batches[place{fn.File, call.At}]
			if name := lastName(call.X); name == "put_item" || name == "delete_item" { // batch_writer of boto3 tries again by itself
				return
			}
			if ok && !slices.ContainsFunc(out, func(s spot) bool { return s.file == fn.File && s.at == call.At }) {
				out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": operationName(u), "others": refusedIn[u.Key]}})
			}
		})
	}
	return out
}

// dropped is the call of a statement that does nothing with what it gives, errors aside; nil for others: await client.send(x),
// _, err := client.Send(x), a call with a function that is told of errors alone.
func dropped(s *ir.Stmt) *ir.Expr {
	e := s.X
	if s.Kind != ir.Eval || e == nil {
		return nil
	}
	e = ir.Awaited(e)
	if e.Kind == ir.Assign && e.X.Kind == ir.Array && len(e.X.List) == 2 && e.X.List[0].Kind == ir.Name && e.X.List[0].Str == "_" { // Go
		e = ir.Awaited(e.Y)
	}
	if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "promise" && e.X.X.Kind == ir.Call {
		e = e.X.X
	}
	if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "then" { // what it is given looks at the answer
		return nil
	}
	if e.Kind != ir.Call || len(e.List) > 0 && e.List[len(e.List)-1].Kind == ir.Lambda {
		return nil
	}
	return e
}
