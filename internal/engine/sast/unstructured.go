package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// unstructured is where a function first writes data into a sentence, if all that it logs are sentences and nothing makes lines of fields of
// them.
func unstructured(_ *work, n *paths.Node) []spot {
	if n.Result.Cut || slices.ContainsFunc(n.Result.Packages, writesFields.MatchString) ||
		n.Function.Resource == nil || n.Function.Resource.Props.Path("LoggingConfig", "LogFormat").IsSet() != model.No {
		return nil
	}
	var first *spot
	fields := false
	for _, fn := range n.Result.Reached {
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if !logs(e) || fields {
				return !fields
			}
			fields = fields || givesFields(e)
			if first == nil && (slices.ContainsFunc(e.List, sentence) || fn.File.Language == ir.Go && fillsSentence(e)) {
				first = &spot{file: fn.File, at: e.At, fields: map[string]string{"call": dotted(e.X)}}
			}
			return true
		})
	}
	if first == nil || fields {
		return nil
	}
	return []spot{*first}
}

// writesFields are packages that write lines of fields.
var writesFields = regexp.MustCompile(`(?i)powertools|pino|winston|bunyan|structlog|slog|zap\b|zerolog|logrus|json.?log|loguru|lambda-log|log4js|datadog|dd-trace|sentry|logger|logging[-_/]|tslog|consola|roarr|signale`)

// givesFields reports whether a call that logs is given fields, or anything that is perhaps some: an object, a name, what another call makes.
func givesFields(e *ir.Expr) bool {
	if strings.HasPrefix(dotted(e.X), "slog.") || slices.ContainsFunc(e.Keys, func(key string) bool { return key != "" && key != "exc_info" && key != "flush" && key != "file" }) {
		return true
	}
	return len(e.List) == 1 && !sentence(e.List[0]) && e.List[0].Kind != ir.Const || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Object })
}

// sentence reports whether an expression is a text with data in it.
func sentence(e *ir.Expr) bool {
	if e.Kind == ir.Binary && (e.Str == "+" || e.Str == "%") {
		return aText(e.X) || aText(e.Y) || sentence(e.X)
	}
	return e.Kind == ir.Template && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind != ir.Const })
}

// fillsSentence reports whether a call of Go fills data into a text: log.Printf("order %s", id).
func fillsSentence(e *ir.Expr) bool {
	return strings.HasSuffix(dotted(e.X), "f") && len(e.List) > 1 && aText(e.List[0]) && strings.Contains(e.List[0].Str, "%") && slices.ContainsFunc(e.List[1:], func(x *ir.Expr) bool { return x.Kind != ir.Const })
}

func aText(e *ir.Expr) bool { return e.Kind == ir.Const && !e.Bare && strings.Contains(e.Str, " ") }
