package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Files hold what was written into them while the entry is followed: an archive that was fetched is opened by its name afterwards.

// fileWriters are functions that write what they get second into the file that they get first.
var fileWriters = set("fs.writeFile fs.writeFileSync fs.promises.writeFile fs/promises.writeFile")

// writesFile notes what a call writes into a file.
func (in *interp) writesFile(ref, method string, recv *Value, args *arguments) {
	switch {
	case fileWriters[ref]:
		in.holdsNow(args.get(0), args.get(1))
	case ref == "stream.pipeline", ref == "stream.promises.pipeline", ref == "stream/promises.pipeline":
		for _, to := range args.list[min(1, len(args.list)):] {
			in.streamed(args.get(0), to)
		}
	case method == "pipe" && recv != nil:
		in.streamed(recv, args.get(0))
	case ref == "builtin.open().write" && recv != nil:
		in.holdsNow((&arguments{list: recv.args}).get(0), args.get(0))
	case ref == "shutil.copyfileobj":
		in.writesObject(args.get(1), args.get(0))
	}
}

// writesObject notes what is written to an open file of Python.
func (in *interp) writesObject(file, content *Value) {
	switch {
	case file == nil:
	case file.ref == "builtin.open()":
		in.holdsNow((&arguments{list: file.args}).get(0), content)
	case withoutName[file.ref] && !file.shared:
		file.taints = addTaints(file.taints, content.all())
	}
}

// withoutName are files that are known by nothing but their value: they hold what is written to them.
var withoutName = set("io.BytesIO() io.StringIO() tempfile.TemporaryFile() tempfile.SpooledTemporaryFile()")

// streamed notes that something flows into the stream of a file.
func (in *interp) streamed(from, to *Value) {
	if to.ref == "fs.createWriteStream()" {
		in.holdsNow((&arguments{list: to.args}).get(0), from)
	}
}

// holdsNow notes what a file holds. What has no name that could be told apart is known by its value.
func (in *interp) holdsNow(name, content *Value) {
	taints := content.all()
	if name == nil || name == nothing || len(taints) == 0 {
		return
	}
	if in.fileHolds == nil {
		in.fileHolds = map[*Value][]*Taint{}
	}
	in.fileHolds[name] = addTaints(in.fileHolds[name], taints)
	if name.known {
		if in.files == nil {
			in.files = map[string][]*Taint{}
		}
		in.files[fileName(name)] = addTaints(in.files[fileName(name)], taints)
	}
}

// contentsOf is what the file of a name holds.
func (in *interp) contentsOf(name *Value) []*Taint {
	held := in.fileHolds[name]
	if file := fileName(name); file != "" {
		held = addTaints(held, in.files[file])
	}
	if len(held) == 0 && !isOfPackage(name) && (!name.known || strings.HasPrefix(name.text, "/tmp/")) { // one of those that were fetched
		return in.downloaded
	}
	return held
}

// isOfPackage reports whether a file has the name of one that is deployed beside the code: os.path.join(os.path.dirname(__file__), "model").
func isOfPackage(name *Value) bool {
	return strings.HasSuffix(name.ref, "__file__") || slices.ContainsFunc(slices.Concat(name.parts, name.args), func(part *Value) bool {
		return part != nil && part != name && isOfPackage(part)
	})
}

// ofInput is what a row means by an input, also by the content of a file: "file:0".
func (in *interp) ofInput(name string, recv *Value, args *arguments) *Value {
	if of, ok := strings.CutPrefix(name, "file:"); ok {
		return &Value{taints: in.contentsOf(input(of, recv, args))}
	}
	return input(name, recv, args)
}

// checksMember notes that a path is asked where it leads which was made of the name of a member of an archive: what is then extracted was
// looked at.
func (in *interp) checksMember(f frame, path *ir.Expr, rules []string) {
	if f.file.Language != ir.Python || !slices.Contains(rules, "path-traversal") {
		return
	}
	for _, t := range in.quiet(f, path).taints {
		if archive, ok := strings.CutSuffix(plainPath(t.Path), ".name"); ok {
			if in.namesChecked == nil {
				in.namesChecked = map[string]bool{}
			}
			in.namesChecked[archive] = true
		}
	}
}

// lookedAt are what an archive writes when it is extracted: its members, but none of one whose names were checked.
func (in *interp) lookedAt(m *Model, recv *Value, taints []*Taint) []*Taint {
	if m.Package != "tarfile" || !strings.Contains(m.Member, "extract") {
		return taints
	}
	if orNothing(recv).fields["extraction_filter"] != nil {
		return nil
	}
	var out []*Taint
	for _, t := range taints {
		if !in.namesChecked[plainPath(t.Path)] {
			u := *t
			u.Path = strings.TrimSuffix(t.Path, "[]") + "[]"
			out = append(out, &u)
		}
	}
	return out
}
