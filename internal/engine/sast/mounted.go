package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Files of a file system that a function shares with others: Lambda mounts it below /mnt/, and what lies there stays. Python tells by the class of an error
// whether a file is only not there, so whoever catches everything takes a file system that fails for one that is empty.

// Calls of Python that read a file, and those that change which there are.
var (
	readsFile   = regexp.MustCompile(`^(io\.)?open$`)
	changesFile = regexp.MustCompile(`^(os\.(remove|unlink|rename|replace|rmdir)|shutil\.(move|copy\w*|rmtree))$`)
)

// mounted notes the calls that a function of Python does about such files.
func (s *swallower) mounted(fn *ir.Func) {
	if fn.File.Language != ir.Python {
		return
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || len(e.List) == 0 || !isMounted(fn, e.List[0], 0) {
			return true
		}
		name, at := dotted(e.X), place{fn.File, e.At}
		switch {
		case changesFile.MatchString(name), readsFile.MatchString(name) && writesMode(e):
			s.writes[at] = name
			s.files[at] = true
		case readsFile.MatchString(name):
			s.reads[at] = name
			s.files[at] = true
		}
		return true
	})
}

// writesMode reports whether a file is opened to be written.
func writesMode(e *ir.Expr) bool {
	return slices.ContainsFunc(e.List[1:], func(x *ir.Expr) bool {
		return x.Kind == ir.Const && strings.ContainsAny(x.Str, "wax+") && len(x.Str) <= 3
	})
}

// isMounted reports whether a path begins with the folder of mounted file systems, by itself or by the names that it is made of.
func isMounted(fn *ir.Func, e *ir.Expr, depth int) bool {
	if e == nil || depth > 4 {
		return false
	}
	switch e.Kind {
	case ir.Const:
		return strings.HasPrefix(e.Str, "/mnt/")
	case ir.Template:
		return len(e.List) > 0 && isMounted(fn, e.List[0], depth+1)
	case ir.Binary:
		return isMounted(fn, e.X, depth+1)
	case ir.Call: // os.path.join(FOLDER, name), Path(FOLDER)
		return len(e.List) > 0 && isMounted(fn, e.List[0], depth+1)
	case ir.Name:
		if set := setBefore(fn, e, e.At); set != e {
			return isMounted(fn, set, depth+1)
		}
		for _, x := range fn.File.Body {
			if set := setIn(x); set != nil && set.X.Str == e.Str && set.Str == "" {
				return isMounted(fn, set.Y, depth+1)
			}
		}
	}
	return false
}

// onFiles reports whether statements of a function work on files of a mounted file system.
func (s *swallower) onFiles(fn *ir.Func, body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && s.files[place{fn.File, e.At}]
		return !found
	})
	return found
}
