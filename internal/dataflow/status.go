package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// answerStatus is what the status of an answer says of it: what is said of a request that is refused is made for who sent it, what is said
// of one that failed mostly is not.
type answerStatus int

const (
	anyStatus answerStatus = iota
	refused                // 4xx
	failed                 // 5xx
)

// refusal and failure are such statuses, as numbers and by the names that net/http, FastAPI, Django and http.HTTPStatus have for them.
var (
	refusal        = regexp.MustCompile(`^4\d\d$`)
	failure        = regexp.MustCompile(`^5\d\d$`)
	refusalsByName = regexp.MustCompile(`^(HTTP_4\d\d_\w+|BAD_REQUEST|UNAUTHORIZED|FORBIDDEN|NOT_FOUND|CONFLICT|GONE|UNPROCESSABLE_ENTITY|UNPROCESSABLE_CONTENT|TOO_MANY_REQUESTS|METHOD_NOT_ALLOWED)$`)
	failuresByName = regexp.MustCompile(`^(HTTP_5\d\d_\w+|INTERNAL_SERVER_ERROR|BAD_GATEWAY|SERVICE_UNAVAILABLE|StatusInternalServerError|StatusBadGateway|StatusServiceUnavailable)$`)
)

// refusalsOfGo are the names of statuses by which a request is refused in net/http, which routers have too.
var refusalsOfGo = set(`StatusBadRequest StatusUnauthorized StatusPaymentRequired StatusForbidden StatusNotFound StatusMethodNotAllowed StatusNotAcceptable
	StatusRequestTimeout StatusConflict StatusGone StatusLengthRequired StatusPreconditionFailed StatusRequestEntityTooLarge StatusUnsupportedMediaType
	StatusExpectationFailed StatusTeapot StatusUnprocessableEntity StatusLocked StatusTooEarly StatusTooManyRequests StatusPreconditionRequired`)

// statusNamed is what a name says, or a number.
func statusNamed(name string) answerStatus {
	switch {
	case refusal.MatchString(name), refusalsOfGo[name], refusalsByName.MatchString(name):
		return refused
	case failure.MatchString(name), failuresByName.MatchString(name):
		return failed
	}
	return anyStatus
}

// statusOf is what a value says that is the status of an answer.
func statusOf(status *Value) answerStatus {
	switch {
	case status == nil:
		return anyStatus
	case status.known:
		return statusNamed(status.text)
	case strings.HasPrefix(status.ref, serviceError+"."): // as the service said itself
		return refused
	}
	return statusNamed(lastPart(status.ref))
}

// statusSaid is what an expression says that stands for the status of an answer, or among its options: { status: 404 }
func statusSaid(x *ir.Expr) answerStatus {
	switch {
	case x.Kind == ir.Const && x.Bare:
		return statusNamed(x.Str)
	case x.Kind == ir.Member:
		return statusNamed(x.Str)
	case x.Kind == ir.Object:
		if i := slices.Index(x.Keys, "status"); i >= 0 && i < len(x.List) {
			return statusSaid(x.List[i])
		}
	}
	return anyStatus
}

// statusAmong is the first status that some expressions say.
func statusAmong(list []*ir.Expr) answerStatus {
	for _, x := range list {
		if s := statusSaid(x); s != anyStatus {
			return s
		}
	}
	return anyStatus
}

// statusIn is the status of an answer that a call makes: c.JSON(http.StatusNotFound, ...), res.status(400).json(...), and in Python what stands
// beside it where it is returned: return jsonify(error=text), 400
func (in *interp) statusIn(f frame, e *ir.Expr) answerStatus {
	if s := statusAmong(e.List); s != anyStatus {
		return s
	}
	if e.X.Kind == ir.Member && e.X.X.Kind == ir.Call && strings.EqualFold(lastPart(textOf(e.X.X.X)), "status") && len(e.X.X.List) == 1 {
		return statusSaid(e.X.X.List[0])
	}
	if f.file.Language != ir.Python || len(in.stack) == 0 {
		return anyStatus
	}
	found := anyStatus
	ir.Walk(in.stack[len(in.stack)-1].Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Array && len(s.X.List) > 1 && s.X.List[0] == e {
			found = statusSaid(s.X.List[1])
		}
		return found == anyStatus
	}, nil)
	return found
}

// statusBeside is the status that stands beside a body which is returned: return body, 400
func statusBeside(x *ir.Expr) answerStatus {
	if x.Kind == ir.Array && len(x.List) > 1 {
		return statusSaid(x.List[1])
	}
	return anyStatus
}
