package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Who tells others that something happened - a signal, an event - leaves the record to those who listen, if anybody does: a listener counts where it
// is connected to what is told, in a file that the function has.

var (
	// telling are methods that tell those who listen: signed_in.send(app, user=user), events.emit("login.failed", user).
	telling = regexp.MustCompile(`^(send|send_robust|send_async|emit|dispatch|trigger|fire|notify|publish)$`)
	// hearing are methods by which a function is told of what has a name, or of a signal.
	hearing = regexp.MustCompile(`^(connect|connect_via|on|once|addListener|add_listener|prependListener|subscribe|listen)$`)
	// hearsBy are decorators of functions that are told of what they are given.
	hearsBy = regexp.MustCompile(`^(receiver|on|OnEvent|listens_for|event_handler|subscribe)$`)
)

// listeners are the functions of an application that are told of something, by its name.
type listeners struct {
	files []*ir.File
	of    map[string][]*ir.Func
	named map[*ir.File]map[string]*ir.Func
}

// listenersIn are the listeners in the files of a function, which are looked for when they are first asked for.
func listenersIn(n *paths.Node) *listeners {
	l := &listeners{}
	if n.Result.Program == nil {
		return l
	}
	for _, name := range n.Result.Files {
		if file := n.Result.Program.File(name); file != nil {
			l.files = append(l.files, file)
		}
	}
	return l
}

// find looks for the listeners.
func (l *listeners) find() {
	l.of, l.named = map[string][]*ir.Func{}, map[*ir.File]map[string]*ir.Func{}
	for _, file := range l.files {
		named := map[string]*ir.Func{}
		inFile(file, func(fn *ir.Func) {
			if fn.Name != "" {
				named[fn.Name] = fn
			}
		}, func(*ir.Expr) {})
		l.named[file] = named
		inFile(file, func(fn *ir.Func) {
			for _, d := range fn.Decorators {
				for _, key := range heardBy(d) {
					l.of[key] = append(l.of[key], fn)
				}
			}
		}, func(e *ir.Expr) { l.connects(file, e) })
	}
}

// heardBy are the names of what a decorator lets its function be told of: @signed_in.connect, @receiver(user_login_failed), @OnEvent("login.failed").
func heardBy(d *ir.Expr) []string {
	var args []*ir.Expr
	if d.Kind == ir.Call {
		d, args = d.X, d.List
	}
	switch {
	case d == nil:
		return nil
	case d.Kind == ir.Member && (d.Str == "connect" || d.Str == "connect_via"):
		return []string{lastName(d.X)}
	case hearsBy.MatchString(lastName(d)) && len(args) > 0:
		if args[0].Kind == ir.Array {
			args = args[0].List
		} else {
			args = args[:1]
		}
		var out []string
		for _, x := range args {
			out = append(out, whatIsTold(x))
		}
		return out
	}
	return nil
}

// connects notes the function that a call lets be told of something: signed_in.connect(write), events.on("login.failed", write).
func (l *listeners) connects(file *ir.File, e *ir.Expr) {
	if e.X == nil || e.X.Kind != ir.Member || !hearing.MatchString(e.X.Str) || len(e.List) == 0 {
		return
	}
	key, by := lastName(e.X.X), e.List[0]
	if e.X.Str != "connect" {
		if len(e.List) < 2 {
			return
		}
		key, by = whatIsTold(e.List[0]), e.List[1]
	}
	fn := by.Fn
	if by.Kind != ir.Lambda {
		for _, f := range l.files {
			if named := l.named[f][lastName(by)]; named != nil && (fn == nil || f == file) {
				fn = named
			}
		}
	}
	if fn != nil && key != "" {
		l.of[key] = append(l.of[key], fn)
	}
}

// whatIsTold is the name of what is told: that of an event as a text, of a constant or of a class.
func whatIsTold(e *ir.Expr) string {
	if e.Kind == ir.Const && !e.Bare {
		return e.Str
	}
	return lastName(e)
}

// hear reports whether somebody listens to what a call tells, and writes it down.
func (l *listeners) hear(e *ir.Expr, is func(*ir.File, *ir.Expr) bool) bool {
	if l == nil || e.Kind != ir.Call || e.X == nil || e.X.Kind != ir.Member || !telling.MatchString(e.X.Str) {
		return false
	}
	if l.of == nil {
		l.find()
	}
	keys := []string{lastName(e.X.X)}
	if len(e.List) > 0 {
		keys = append(keys, whatIsTold(e.List[0]))
	}
	return slices.ContainsFunc(keys, func(key string) bool {
		return key != "" && slices.ContainsFunc(l.of[key], func(fn *ir.Func) bool { return l.writesDown(fn, is, 0) })
	})
}

// writesDown reports whether a listener writes something down, itself or by functions of its file.
func (l *listeners) writesDown(fn *ir.Func, is func(*ir.File, *ir.Expr) bool, depth int) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if found || e.Kind != ir.Call {
			return !found
		}
		next := l.named[fn.File][lastName(e.X)]
		found = is(fn.File, e) || next != nil && next != fn && depth < deepestCalls && l.writesDown(next, is, depth+1)
		return !found
	})
	return found
}

// tellsListeners reports whether one of some functions tells others of what was done, who write it down.
func tellsListeners(n *paths.Node, fns []*ir.Func) bool {
	heard := listenersIn(n)
	line := func(_ *ir.File, e *ir.Expr) bool { return logs(e) }
	return slices.ContainsFunc(fns, func(fn *ir.Func) bool {
		found := false
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			found = found || heard.hear(e, line)
			return !found
		})
		return found
	})
}
