package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// powertools follows utilities of Powertools for Python that call functions of the program: batches of records, and models of events.
func (in *interp) powertools(f frame, e *ir.Expr, ref string, args *arguments, out *Value) *Value {
	argument := func(name string, at int) *Value {
		if v := args.kw[name]; v != nil {
			return v
		}
		return orNothing(args.get(at))
	}
	switch name := lastPart(ref); {
	case name == "process_partial_response" || name == "async_process_partial_response":
		records := in.elements(in.member(f, argument("event", 0), "Records", e.At))
		in.records(f, e, argument("record_handler", 1), records)
		return out
	case strings.HasPrefix(ref, "aws_lambda_powertools.utilities.batch.") && args.kw["records"] != nil && args.kw["handler"] != nil: // processor(...)
		in.records(f, e, args.kw["handler"], in.elements(args.kw["records"]))
		return out
	case name == "batch_processor" || name == "async_batch_processor": // a decorator of the handler
		for _, fn := range orNothing(args.kw["record_handler"]).fns {
			in.p.routed = append(in.p.routed, &routed{framework: "record", fn: fn, file: f.file.Path, at: e.At})
		}
		return out
	case ref == "aws_lambda_powertools.utilities.parser.parse":
		model := argument("model", 1)
		if model.class == nil {
			return nil
		}
		event := in.parsed(f, e, argument("event", 0))
		return in.instance(f, model, &arguments{kw: event.fields, dict: event}, e.At)
	}
	return nil
}

// records calls the function that handles one record with each of them, or with the model that it is declared to take.
func (in *interp) records(f frame, e *ir.Expr, handler, record *Value) {
	for _, c := range handler.fns {
		in.invoke(f, c, c.this, &arguments{list: []*Value{record}}, e.At)
	}
}
