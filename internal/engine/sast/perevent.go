package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// makesClient are the calls of JavaScript and Python that make a client of AWS or of a database.
var makesClient = regexp.MustCompile(`^(@aws-sdk/client-[\w-]+\.\w+Client|aws-sdk(\.\w+)+|aws-sdk/clients/\w+(\.\w+)?|boto3[.:](client|resource)|(pg|mysql2?(/promise)?|mongodb)\.(Pool|MongoClient|createPool|createConnection)|pymongo\.MongoClient|psycopg2?\.connect|pymysql\.connect)(\(\))?$`)

// perEvent are clients that the handler of a function makes anew for each event, of nothing that an event brings.
func perEvent(_ *work, n *paths.Node) []spot {
	symbol := n.Function.Code.Symbol
	symbol = symbol[strings.LastIndexByte(symbol, '.')+1:]
	var out []spot
	for _, c := range n.Result.Calls {
		if !makesClient.MatchString(c.Ref) {
			continue
		}
		fn := inner(n, place{c.File, c.At})
		if fn == nil || fn.Name != symbol || !everyTime(fn, c.Expr) || len(out) > 0 {
			continue
		}
		out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": lastName(c.Expr.X)}})
	}
	return out
}

// everyTime reports whether a function makes a value each time that it is called, of constants and settings alone, and names it.
func everyTime(fn *ir.Func, call *ir.Expr) bool {
	return slices.ContainsFunc(fn.Body, func(s *ir.Stmt) bool {
		return s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.Str != "??=" && s.X.X != nil && s.X.X.Kind == ir.Name && madeOf(ir.Awaited(s.X.Y), call)
	}) && !slices.ContainsFunc(call.List, ofEvents)
}

// madeOf reports whether a value is what a call gives, or what methods of that give: boto3.resource("dynamodb").Table("orders").
func madeOf(e, call *ir.Expr) bool {
	for e != nil && e != call && (e.Kind == ir.Call || e.Kind == ir.Member) {
		e = e.X
	}
	return e == call
}

// ofEvents reports whether an argument is perhaps not the same for all events.
func ofEvents(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		switch dotted(x) {
		case "process.env", "os.environ":
			return false
		}
		if strings.HasPrefix(dotted(x), "process.env.") || strings.HasPrefix(dotted(x), "os.environ.") || strings.HasPrefix(dotted(x), "os.getenv") {
			return false
		}
		found = found || x.Kind == ir.Name || x.Kind == ir.Call
		return !found
	})
	return found
}
