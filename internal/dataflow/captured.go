package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// capturers are decorators of tracers that keep what a function gives back with the trace, unless they are told not to.
// Source: https://docs.powertools.aws.dev/lambda/python/latest/core/tracer/#disabling-response-auto-capture
var capturers = map[string]string{
	"capture_method": "capture_response", "capture_lambda_handler": "capture_response", "captureMethod": "captureResponse", "captureLambdaHandler": "captureResponse",
}

// captures tells of a secret that a function gives back and a tracer keeps.
func (in *interp) captures(f frame, fn *ir.Func, out *Value) {
	for _, d := range fn.Decorators {
		name := lastPart(calledOf(d))
		setting := capturers[name]
		if setting == "" || sets(d, setting) || slices.Contains(d.Keys, setting) || !strings.Contains(strings.ToLower(calledOf(d)), "tracer") {
			continue
		}
		var best *disclosed
		in.looksInto(f, out, "", 0, func(d *disclosed) {
			if d.better(best) && d.kind == fetched {
				best = d
			}
		})
		if best != nil {
			in.leak(f, d.At, name+", which keeps what the function gives back", best)
		}
	}
}
