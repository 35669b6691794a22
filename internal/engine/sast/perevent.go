package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// makesClient are the calls that make a client of AWS or of a database.
var makesClient = regexp.MustCompile(`^(@aws-sdk/client-[\w-]+\.\w+Client|aws-sdk(\.\w+)+|aws-sdk/clients/\w+(\.\w+)?|boto3[.:](client|resource)|(pg|mysql2?(/promise)?|mongodb)\.(Pool|MongoClient|createPool|createConnection)|pymongo\.MongoClient|psycopg2?\.connect|pymysql\.connect|github_com/aws/aws-sdk-go-v2/service/\w+\.New(FromConfig)?|github_com/aws/aws-sdk-go/service/\w+\.New|database/sql\.Open|github_com/jmoiron/sqlx\.(Open|Connect)|gorm_io/gorm\.Open)(\(\))?$`)

// perEvent are clients that the handler of a function makes anew for each event, of nothing that an event brings.
func perEvent(_ *work, n *paths.Node) []spot {
	symbol := n.Function.Code.Symbol
	symbol = symbol[strings.LastIndexByte(symbol, '.')+1:]
	if name := startedBy(n); name != "" {
		symbol = name
	}
	var out []spot
	for _, c := range n.Result.Calls {
		if !makesClient.MatchString(c.Ref) {
			continue
		}
		fn := inner(n, place{c.File, c.At})
		if fn == nil || fn.Name != symbol || !everyTime(fn, c.Expr) || len(out) > 0 {
			continue
		}
		name := lastName(c.Expr.X)
		if c.File.Language == ir.Go { // s3.NewFromConfig
			name = dotted(c.Expr.X)
		}
		out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": name}})
	}
	return out
}

// startedBy is the name of the function that a program of Go gives to the runtime; empty for others.
func startedBy(n *paths.Node) string {
	name := ""
	for _, fn := range n.Result.Reached {
		if fn.File.Language != ir.Go || name != "" {
			break
		}
		for _, s := range fn.File.Body {
			if s.Kind != ir.Define || s.Fn.Name != "main" {
				continue
			}
			ir.Walk(s.Fn.Body, nil, func(e *ir.Expr) bool {
				if e.Kind == ir.Call && startsHandler.MatchString(dotted(e.X)) && len(e.List) > 0 {
					name = lastName(e.List[0])
				}
				return true
			})
		}
	}
	return name
}

var startsHandler = regexp.MustCompile(`^lambda\.Start\w*$`)

// settingsOfGo are the names that a function of Go gives to what clients are made of: cfg, err := config.LoadDefaultConfig(ctx).
func settingsOfGo(fn *ir.Func) map[string]bool {
	out := map[string]bool{}
	if fn.File.Language != ir.Go {
		return out
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && callOf(e.Y) != nil && loadsSettings.MatchString(dotted(e.Y.X)) && !slices.ContainsFunc(e.Y.List, func(x *ir.Expr) bool { return x.Kind != ir.Name && x.Kind != ir.Call || len(x.List) > 1 }) {
			for name := range assigned([]*ir.Stmt{{Kind: ir.Eval, X: e}}) {
				out[name] = true
			}
		}
		return true
	})
	return out
}

// loadsSettings are the calls of Go that read the settings of the environment.
var loadsSettings = regexp.MustCompile(`^\w*\.LoadDefaultConfig$|^session\.(Must|NewSession)$`)

// everyTime reports whether a function makes a value each time that it is called, of constants and settings alone, and names it.
func everyTime(fn *ir.Func, call *ir.Expr) bool {
	return slices.ContainsFunc(fn.Body, func(s *ir.Stmt) bool {
		return s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.Str != "??=" && s.X.X != nil && s.X.X.Kind == ir.Name && madeOf(ir.Awaited(s.X.Y), call)
	}) && !slices.ContainsFunc(call.List, func(x *ir.Expr) bool { return ofEvents(x, settingsOfGo(fn)) })
}

// madeOf reports whether a value is what a call gives, or what methods of that give: boto3.resource("dynamodb").Table("orders").
func madeOf(e, call *ir.Expr) bool {
	for e != nil && e != call && (e.Kind == ir.Call || e.Kind == ir.Member) {
		e = e.X
	}
	return e == call
}

// ofEvents reports whether an argument is perhaps not the same for all events, besides some names of settings.
func ofEvents(e *ir.Expr, settings map[string]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		switch dotted(x) {
		case "process.env", "os.environ":
			return false
		}
		if x.Kind == ir.Call && strings.EqualFold(dotted(x.X), "os.getenv") {
			return false
		}
		if strings.HasPrefix(dotted(x), "process.env.") || strings.HasPrefix(dotted(x), "os.environ.") || strings.HasPrefix(dotted(x), "os.getenv") {
			return false
		}
		found = found || x.Kind == ir.Name && !settings[x.Str] || x.Kind == ir.Call
		return !found
	})
	return found
}
