package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// The key of the object that an event is about begins and ends as the notification wants it. What is made of it often still does: key +
// ".json", path.join(path.dirname(key), "small", name).

// OwnKey stands among the settings for that key; behind it stand a dot where only its last part is meant, and the texts that were replaced in it,
// each after a zero.
const OwnKey = "the key of the event"

// What a value is of the key of the event.
const (
	allOfKey    = "="
	lastOfKey   = "." // what stands behind its last slash: it ends as the key does
	folderOfKey = "/"
	endOfKey    = "ext" // its ending, from the last dot
)

// ofOwnKey says what a value is of the key of the event; empty where it is nothing of it as it came.
func (v *Value) ofOwnKey() string {
	switch {
	case v == nil:
		return ""
	case v.ofKey != "":
		return v.ofKey
	case v.known || v.ref != "" || len(v.taints) != 1 || len(v.parts)+len(v.fields)+len(v.alts) > 0 || !isObjectKey(v.taints[0].Path):
		return ""
	}
	for s := v.taints[0].step; s != nil && s.prev != nil; s = s.prev {
		if !strings.HasPrefix(s.note, givenTo) {
			return ""
		}
	}
	return allOfKey
}

var (
	// keepsKey are functions that give a key as it is, or as it was before it was written into an event.
	keepsKey = set("unquote_plus unquote decodeURIComponent QueryUnescape PathUnescape str String toString PurePosixPath PurePath PosixPath Path as_posix")
	// changesKey are those that replace a text in it, or take one from its end.
	changesKey = set("replace replaceAll Replace ReplaceAll TrimSuffix removesuffix sub splitext")
	// pathJoins are functions that put paths together.
	pathJoins = set("path.join path.posix.join upath.join pathe.join os.path.join posixpath.join path.Join path/filepath.Join")
	// lastSegments are functions and members that give the last part of a path.
	lastSegments = regexp.MustCompile(`(basename\(\)|(^|/)(path|filepath)\.Base\(\)|path\.parse\(\)\.(name|base))$`)
	// ofEnding is a pattern of the ending of a name alone: /\.png$/, \.[^.]+$
	ofEnding = regexp.MustCompile(`^/?\\\..*\$(/[a-z]*)?$`)
	// ofSpaces is a pattern of the signs for which spaces stand.
	ofSpaces = regexp.MustCompile(`^(/\\\+/g?|\+|%20|/%20/g?)$`)
)

// ofKeyOf is what a call gives, with what it is of the key of the event, and of what parts a path is put together.
func ofKeyOf(f frame, e *ir.Expr, recv, callee *Value, args *arguments, v *Value) *Value {
	if v == nil || v == nothing || v.known {
		return v
	}
	name := lastPart(textOf(e.X))
	if e.X.Kind == ir.Member {
		name = e.X.Str
	}
	if pathJoins[callee.ref] {
		return joinedPath(args, v)
	}
	if renamed := renamedPath(f, name, recv, args, v); renamed != nil {
		return renamed
	}
	if x := args.get(0); x != nil && (name == "str" || name == "String") && slices.ContainsFunc(x.parts, func(p *Value) bool { return p != nil && p.ofKey != "" }) {
		c := *v
		c.parts = x.parts
		return &c
	}
	of := ""
	switch {
	case name == "dirname" || name == "Dir" && f.file.Language == ir.Go:
		if args.get(0).ofOwnKey() == allOfKey {
			of = folderOfKey
		}
	case len(args.list) == 1 && (name == "extname" || name == "Ext" && f.file.Language == ir.Go):
		if key := args.get(0).ofOwnKey(); key == allOfKey || key == lastOfKey {
			of = endOfKey
		}
	case keepsKey[name]:
		if of = args.get(0).ofOwnKey(); of == "" {
			of = recv.ofOwnKey()
		}
	case len(args.list) == 1 && (name == "basename" || name == "Base" && f.file.Language == ir.Go):
		if key, ok := strings.CutPrefix(args.get(0).ofOwnKey(), allOfKey); ok {
			of = lastOfKey + key
		}
	case changesKey[name]:
		of = changedKey(name, recv, args)
	}
	if of == "" {
		return v
	}
	c := *v
	if name == "splitext" {
		if len(c.fields) == 0 {
			c.fields = map[string]*Value{"0": {taints: v.taints, ofKey: of}}
			if key := args.get(0).ofOwnKey(); key == allOfKey || key == lastOfKey {
				c.fields["1"] = &Value{taints: v.taints, ofKey: endOfKey}
			}
		}
		return &c
	}
	c.ofKey = of
	return &c
}

// renamedPath is the key of the event as a path of pathlib with another name, or another ending; nil where it is neither.
func renamedPath(f frame, name string, recv *Value, args *arguments, v *Value) *Value {
	if f.file.Language != ir.Python || recv.ofOwnKey() != allOfKey || args.get(0) == nil {
		return nil
	}
	c := *v
	switch name {
	case "with_name":
		c.parts = []*Value{{taints: v.taints, ofKey: folderOfKey}, constant("/"), args.get(0)}
	case "with_suffix":
		c.parts = []*Value{{taints: v.taints, ofKey: allOfKey + "\x00."}, args.get(0)}
	default:
		return nil
	}
	return &c
}

// changedKey is the key of the event with a text in it replaced; empty where that is not known.
func changedKey(name string, recv *Value, args *arguments) string {
	key, search := recv, args.get(0)
	switch name {
	case "Replace", "ReplaceAll", "TrimSuffix":
		key, search = args.get(0), args.get(1)
	case "sub":
		key = args.get(2)
	case "splitext":
		key, search = args.get(0), constant(".")
	}
	of := key.ofOwnKey()
	switch {
	case of == "" || of == folderOfKey || of == endOfKey:
		return ""
	case search.known && ofSpaces.MatchString(search.text):
		return of
	case search.known && ofEnding.MatchString(search.text) || strings.HasSuffix(search.ref, "path.Ext()") || strings.HasSuffix(search.ref, "filepath.Ext()"):
		return of + "\x00."
	case search.known && search.text != "" && !search.regexp && name != "sub":
		return of + "\x00" + search.text
	}
	return ""
}

// endsAsKey reports whether a value is the last part of the key of the event with its ending: path.Base(key).
func endsAsKey(v *Value) bool {
	return lastSegments.MatchString(v.ref) && !strings.HasSuffix(v.ref, ".name") && len(v.args) == 1 && v.args[0].ofOwnKey() == allOfKey
}

// joinedPath is a path with its parts, where none of them can lead elsewhere.
func joinedPath(args *arguments, v *Value) *Value {
	if len(v.parts) > 0 || args.rest != nil || len(args.list) < 2 || 2*len(args.list) > maxTextParts+1 {
		return v
	}
	var parts []*Value
	for i, a := range args.list {
		switch {
		case a.known && strings.Trim(a.text, "./") != "" && !strings.Contains(a.text, "..") && a.text[0] != '/':
			a = constant(strings.Trim(strings.TrimPrefix(a.text, "./"), "/"))
		case a.ofOwnKey() == folderOfKey && i == 0, a.ofOwnKey() == allOfKey && i > 0:
		case i > 0 && endsAsKey(a):
			a = &Value{taints: a.taints, ofKey: allOfKey}
		case i > 0 && (lastSegments.MatchString(a.ref) || uniqueNames[a.madeBy()]):
		case i > 0 && len(a.parts) > 0 && !slices.ContainsFunc(a.parts, func(p *Value) bool { return !p.known && !lastSegments.MatchString(p.ref) }):
		default:
			return v
		}
		if i > 0 {
			parts = append(parts, constant("/"))
		}
		parts = append(parts, a)
	}
	c := *v
	c.parts = parts
	return &c
}
