package dataflow

import (
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
	"os.remove": "x", "os.unlink": "x", "builtin.open().write": "h", "builtin.open().writelines": "h", "json.dump": "d",
}

// tmpFile follows what a file in /tmp with a fixed name holds, and gives what is read from it.
func (in *interp) tmpFile(f frame, e *ir.Expr, ref string, recv *Value, args *arguments) []*Taint {
	does := fileCalls[ref]
	name, v := args.get(0), args.get(1)
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
	if !name.known || !strings.HasPrefix(name.text, "/tmp/") {
		return nil
	}
	at := place{name: name.text}
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

// opening is what a file of Python was opened for.
func opening(handle *Value) string {
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
