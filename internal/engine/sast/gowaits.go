package sast

import (
	"regexp"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/paths"
)

// withoutEnd are contexts that do not end when the one of the handler does.
var withoutEnd = regexp.MustCompile(`^context\.(Background|TODO|WithoutCancel)$`)

// ofOwnContext reports whether a request of Go is made with a context that the end of the handler does not end: http.NewRequestWithContext(
// context.WithoutCancel(ctx), ...), as one without any.
func ofOwnContext(n *paths.Node, c dataflow.Called) bool {
	if !strings.HasPrefix(c.Ref, "net/http.NewRequestWithContext") || len(c.Expr.List) == 0 {
		return false
	}
	given := c.Expr.List[0]
	if fn := inner(n, place{c.File, c.At}); fn != nil {
		given = setBefore(fn, given, c.At)
	}
	return callOf(given) != nil && withoutEnd.MatchString(dotted(given.X))
}
