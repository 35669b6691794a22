package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// commonFolder: what some paths have in common is the folder.
func (in *interp) commonFolder(f frame, x *ir.Expr) {
	if x.Kind == ir.Name {
		x = in.testOf(f, x.Str)
	}
	if x == nil || x.Kind != ir.Call || !commonOf[lastPart(textOf(x.X))] || len(x.List) != 1 || x.List[0].Kind != ir.Array {
		return
	}
	for _, p := range x.List[0].List {
		in.trust(f, p, []string{"path-traversal"})
	}
}

// isOwnFolder reports whether a path is made of nothing by which an outsider leads elsewhere: what was checked only says which folder it is.
func (in *interp) isOwnFolder(f frame, path *ir.Expr) bool {
	path = writtenOf(path)
	if path.Kind == ir.Name && leadsNowhereElse(in.quiet(f, path)) {
		return true
	}
	if path.Kind == ir.Name {
		if made := in.testOf(f, path.Str); made != nil && len(partsOfPath(made)) > 0 {
			path = made
		}
	}
	return in.ofOwnParts(f, path)
}

// ofOwnParts is isOwnFolder of a path that is put together, or of a part of it.
func (in *interp) ofOwnParts(f frame, path *ir.Expr) bool {
	path = writtenOf(path)
	parts := partsOfPath(path)
	if len(parts) == 0 {
		return leadsNowhereElse(in.quiet(f, path))
	}
	return !slices.ContainsFunc(parts, func(p *ir.Expr) bool { return !in.ofOwnParts(f, p) })
}

// leadsNowhereElse reports whether nothing of a path is decided by an outsider, or what is was checked.
func leadsNowhereElse(v *Value) bool {
	return !slices.ContainsFunc(v.theirs(), func(t *Taint) bool { return t.Harms("path-traversal", nil) })
}

var commonOf = set("commonpath commonprefix")

// Marks of texts of which the beginning is known: one slash, and not two.
const (
	oneSlash = "begins with a slash"
	notTwo   = "does not begin with two slashes"
)

// begins: a test of how a text begins. What begins with one slash and not with two stays on the same site; a path that does not lead
// out of a folder does not begin with two dots, seen from there.
func (in *interp) begins(f frame, e *ir.Expr, holds bool) {
	if e.X.Kind != ir.Member || e.X.Str != "startsWith" && e.X.Str != "startswith" || len(e.List) != 1 {
		return
	}
	x, prefix := e.X.X, in.quiet(f, e.List[0])
	if holds && in.fixedFolder(in.eval(f, e.List[0])) {
		in.trust(f, x, []string{"object-key"})
	}
	switch {
	case !prefix.known:
	case prefix.text == "/" && holds:
		in.trust(f, x, []string{oneSlash})
	case strings.HasPrefix(prefix.text, "/") && !strings.HasPrefix(prefix.text, "//") && holds: // a path of the program's own: behind a host it names none
		in.trust(f, x, leadsNowhere)
	case prefix.text == "//" && !holds:
		in.trust(f, x, []string{notTwo})
	case prefix.text == ".." && !holds:
		in.staysInside(f, x)
	}
	if text := textOf(x); text != "" {
		if g, ok := in.get(f.s, string(guardMark)+text); ok && g.fields[oneSlash] != nil && g.fields[notTwo] != nil && g.fields["open-redirect"] == nil {
			in.trustText(f, text, leadsNowhere)
		}
	}
}

// fixedFolder reports whether no outsider decides with what the key of an object has to begin: keys do not climb out of a folder. Of an
// address the key is what stands behind the beginning.
func (in *interp) fixedFolder(prefix *Value) bool {
	if prefix.isList || prefix.fields["0"] != nil { // one of several
		for _, one := range sorted(prefix.fields) {
			if !in.fixedFolder(one) {
				return false
			}
		}
		return prefix.elem == nil
	}
	if strings.Contains(prefix.text+prefix.prefix, "://") {
		return false
	}
	return len(prefix.theirs()) == 0 && len(prefix.safe) == 0 && !slices.Contains(prefix.alts, "/") && (!prefix.known || strings.Trim(prefix.text, "/") != "")
}

// resolving are functions that give a path without steps back.
var resolving = set("resolve normalize join abspath normpath realpath realpathSync Join Clean Abs EvalSymlinks")

// relative are functions that give the way from one path to another.
var relative = set("relative relpath Rel")

// staysInside: the way from one folder to a path does not begin with a step back.
func (in *interp) staysInside(f frame, way *ir.Expr) {
	made := way
	if way.Kind == ir.Name {
		made = in.testOf(f, way.Str)
	}
	if made == nil || made.Kind != ir.Call || !relative[lastPart(textOf(made.X))] {
		return
	}
	for _, p := range made.List {
		in.trust(f, p, []string{"path-traversal"})
	}
}

// scheme is the beginning of an address that says no host: https://
var scheme = regexp.MustCompile(`^(?i:https?|ftp)(:|$)|://`)

// beginsEnough reports whether what a text is known to begin with decides where it leads: a host with the slash behind it, or a folder,
// where the steps back have been taken out of the path before.
func (in *interp) beginsEnough(f frame, e *ir.Expr) bool {
	prefix := in.quiet(f, e.List[0])
	if in.onlyJoined(f, e.X.X) { // ROOT/../secret begins with ROOT too
		return false
	}
	if prefix.isList || e.List[0].Kind == ir.Array { // ("http://", "https://")
		for _, p := range sorted(prefix.fields) {
			if scheme.MatchString(p.text) && !fixedHost.MatchString(p.text) {
				return false
			}
		}
	}
	if in.perhapsOpenHost(prefix) {
		return false
	}
	if prefix.known && scheme.MatchString(prefix.text) {
		return true
	}
	if !prefix.known || !strings.HasPrefix(prefix.text, "/") {
		return true
	}
	made := e.X.X
	if made.Kind == ir.Name {
		t := in.testOf(f, made.Str)
		if t == nil { // what it is made of is not known here
			return true
		}
		made = t
	}
	return made.Kind != ir.Member && made.Kind != ir.Index && (made.Kind != ir.Call || resolving[lastPart(textOf(made.X))])
}

// perhapsOpenHost reports whether what a text is known to begin with is perhaps an address whose host does not end in it, so that other hosts begin
// alike: https://app.example.com, and so https://app.example.com.evil.net. Of a setting that counts which the template gives the function, and else
// how it is called.
func (in *interp) perhapsOpenHost(prefix *Value) bool {
	open := func(text string) bool { return scheme.MatchString(text) && !fixedHost.MatchString(text) }
	if prefix.known {
		return open(prefix.text)
	}
	for _, setting := range append([]*Value{prefix}, prefix.either...) {
		name := settingOf(setting)
		if text, given := in.p.Settings[strings.TrimPrefix(name, settingMark)]; given && open(text) || !given && ofHost.MatchString(name) {
			return true
		}
	}
	return slices.ContainsFunc(prefix.alts, open)
}

// onlyJoined reports whether a path of Python was put together and nothing more: os.path.join leaves the steps back in it.
func (in *interp) onlyJoined(f frame, path *ir.Expr) bool {
	path = writtenOf(path)
	if path.Kind == ir.Name {
		path = in.testOf(f, path.Str)
	}
	return f.file.Language == ir.Python && path != nil && path.Kind == ir.Call && in.quiet(f, path.X).ref == "os.path.join"
}

// ofHost are settings that end with the name of a host, and so with nothing that ends it.
var ofHost = regexp.MustCompile(`(?i)(^|[^a-z])(origin|host|hostname|domain)$`)
