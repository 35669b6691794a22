package dataflow

import (
	"path"
	"strings"

	"wardlet.example/internal/ir"
)

// Files in /tmp stay there as long as the instance does.

// fileCalls are functions that write, read or remove the file that is named first.
var fileCalls = map[string]string{
	"fs.writeFileSync": "w", "fs.writeFile": "w", "fs.promises.writeFile": "w", "fs/promises.writeFile": "w",
	"fs.appendFileSync": "a", "fs.appendFile": "a", "fs.promises.appendFile": "a", "fs/promises.appendFile": "a",
	"fs.readFileSync": "r", "fs.readFile": "r", "fs.promises.readFile": "r", "fs/promises.readFile": "r", "fs.createReadStream": "r", "builtin.open": "r", "io.open": "r",
	"fs.unlinkSync": "x", "fs.unlink": "x", "fs.promises.unlink": "x", "fs/promises.unlink": "x", "fs.rmSync": "x", "fs.rm": "x", "fs.promises.rm": "x", "fs/promises.rm": "x",
	"os.WriteFile": "w", "io/ioutil.WriteFile": "w", "os.ReadFile": "r", "io/ioutil.ReadFile": "r", "os.Open": "r", "os.Remove": "x", "os.RemoveAll": "x",
	"os.Create().Write": "h", "os.Create().WriteString": "h", "os.OpenFile().Write": "h", "os.OpenFile().WriteString": "h",
	"os.remove": "x", "os.unlink": "x", "builtin.open().write": "h", "builtin.open().writelines": "h", "json.dump": "d",
}

// tmpFile follows what a file in /tmp with a fixed name holds, and gives what is read from it.
func (in *interp) tmpFile(f frame, e *ir.Expr, ref string, recv *Value, args *arguments) []*Taint {
	does := fileCalls[ref]
	name, v := args.get(0), args.get(1)
	if method, ok := strings.CutPrefix(ref, pathOfPython+"."); ok && recv != nil && ofPath[method] != "" {
		does, name, v = ofPath[method], recv, args.get(0)
	}
	if does == "" && in.st != nil && in.st.second && ref != "" && !writesPath[ref+"()"] && !puts.MatchString(lastPart(ref)) && in.st.old[place{name: tmpName(name)}] != nil {
		does = "r" // what gets the name of a file alone reads it
	}
	switch {
	case does == "":
		return nil
	case does == "h" && recv != nil:
		does, v = opening(recv), args.get(0)
		name = (&arguments{list: recv.args}).get(0)
	case does == "d" && args.get(1).ref == "builtin.open()":
		does, v = opening(args.get(1)), args.get(0)
		name = (&arguments{list: args.get(1).args}).get(0)
	case ref == "builtin.open" || ref == "io.open":
		does = opening(&Value{args: args.list, kw: args.kw})
		if does != "r" { // what is written comes by the handle
			return nil
		}
	}
	at := place{name: tmpName(name)}
	if at.name == "" {
		return nil
	}
	in.standsAt(f, e.At)
	switch does {
	case "w":
		in.keep(at, v)
	case "a":
		in.appends(at, v)
	case "x":
		in.keep(at, nothing)
	case "r":
		if in.st != nil {
			return in.stays(f, at, &Value{}, e.At).all()
		}
	}
	return nil
}

// puts are words in names of functions that put something into the file that they are given, take it away, or only ask for it.
var puts = aboutNames(`(?i)write|save|put|dump|download|fetch|retrieve|copy|move|rename|create|make|mk|extract|export|render|touch|exist|access|stat|chmod|remove|unlink|delete|rm|join|path|isfile|size|log|print|format`)

// tempFolders are functions that give the folder for files that nobody needs later.
var tempFolders = set("os.TempDir() os.tmpdir() tempfile.gettempdir()")

// pathOfPython is what a path of pathlib is.
const pathOfPython = "pathlib.Path()"

// writesPath are functions that write a path as a text.
var writesPath = set("builtin.str() os.fspath() builtin.String()")

// ofPath are methods of a path of pathlib, by what they do with its file.
var ofPath = map[string]string{"read_bytes": "r", "read_text": "r", "write_bytes": "w", "write_text": "w", "unlink": "x"}

// tmpName is the name of a file in /tmp where it is the same for every event; empty otherwise.
func tmpName(v *Value) string {
	name := ""
	if v != nil && writesPath[v.ref] && len(v.args) == 1 {
		v = v.args[0]
	}
	switch {
	case v == nil:
		return ""
	case v.known:
		name = v.text
	case (v.ref == pathOfPython || pathJoins[strings.TrimSuffix(v.ref, "()")]) && len(v.args) > 0:
		for _, part := range v.args {
			switch {
			case tempFolders[part.ref]:
				name = "/tmp"
			case part.known:
				name = path.Join(name, part.text)
			case tmpName(part) != "":
				name = tmpName(part)
			default:
				return ""
			}
		}
	}
	if !strings.HasPrefix(name, "/tmp/") {
		return ""
	}
	return name
}

// fetchesFile keeps that a file in /tmp with a fixed name holds what was fetched for whoever asked: the key says what.
func (in *interp) fetchesFile(f frame, at int32, name, key *Value) {
	if file := tmpName(name); file != "" {
		in.standsAt(f, at)
		in.keep(place{name: file}, &Value{taints: orNothing(key).all()})
	}
}

// opening is what a file was opened for.
func opening(handle *Value) string {
	if strings.HasPrefix(handle.ref, "os.") { // of Go
		return "w"
	}
	mode := (&arguments{list: handle.args}).get(1)
	if kw := handle.kw["mode"]; kw != nil {
		mode = kw
	}
	for _, how := range []string{"w", "x", "a"} {
		if strings.Contains(mode.text, how) {
			return map[string]string{"w": "w", "x": "w", "a": "a"}[how]
		}
	}
	return "r"
}
