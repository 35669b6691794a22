package paths

import (
	"io/fs"
	"slices"
	"strings"
	"sync"

	"wardlet.example/data/events"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
)

// pair says that what stands at one path of the receiver stood at another one of the sender.
type pair struct{ to, from []string }

// mapping is how data comes from a sender to a receiver.
type mapping struct {
	pairs []pair
	typed bool // values stand below their types, as DynamoDB has them
	made  bool // what is handed on is put together by what a template declares
}

// call is a row about an operation that hands something on, or reads what others keep.
type call struct {
	on     []string // where the request names what it works on
	key    []string // where it names what is kept there; nil where it does not
	kind   string   // the type of that
	action string
	events []string // names that the receiver's event has for it, one of them
	gives  mapping
	entry  string // the place in the list of messages of the one that is meant; empty for all of them
}

// updates reports whether a call sets parts of an item.
func (c *call) updates() bool {
	return slices.ContainsFunc(c.gives.pairs, func(p pair) bool { return slices.Contains(p.from, update) })
}

// delivery is a row about how what one resource has comes to the next.
type delivery struct {
	gives, raw  mapping
	destination bool
}

// rows are all rows about events.
type rows struct {
	calls      map[string][]*call
	reads      map[string][]*call
	deliveries map[[2]string]*delivery
}

// known are the rows of data/events, read once.
var known = sync.OnceValues(func() (*rows, error) {
	out := &rows{calls: map[string][]*call{}, reads: map[string][]*call{}, deliveries: map[[2]string]*delivery{}}
	for _, file := range []string{"calls.yaml", "reads.yaml", "deliveries.yaml"} {
		data, err := fs.ReadFile(events.FS, file)
		if err != nil {
			return nil, err
		}
		doc, problems := document.ParseYAML(file, data, document.Options{})
		if doc == nil {
			return nil, problem(problems)
		}
		for _, row := range doc.Root.Elements() {
			switch file {
			case "calls.yaml":
				out.add(out.calls, row)
			case "reads.yaml":
				out.add(out.reads, row)
			default:
				out.deliver(row)
			}
		}
	}
	return out, nil
})

type badRows string

func (b badRows) Error() string { return "data/events: " + string(b) }

func problem(all []model.Diagnostic) error {
	if len(all) == 0 {
		return badRows("a file is empty")
	}
	return badRows(all[0].Pos.String() + ": " + all[0].Message)
}

func (r *rows) add(to map[string][]*call, row *model.Value) {
	c := &call{on: split(row.Get("on").String()), kind: row.Get("type").String(), gives: mappingOf(row.Get("gives"))}
	c.action, _ = row.Get("action").Scalar()
	if key, ok := row.Get("key").Scalar(); ok {
		c.key = split(key)
	}
	for _, e := range row.Get("event").Elements() {
		c.events = append(c.events, e.String())
	}
	key := row.Get("call").String()
	to[key] = append(to[key], c)
}

func (r *rows) deliver(row *model.Value) {
	d := &delivery{gives: mappingOf(row.Get("gives")), raw: mappingOf(row.Get("raw")), destination: row.Get("destination").EqualsText("true") == model.Yes}
	d.gives.typed = row.Get("typed").EqualsText("true") == model.Yes
	r.deliveries[[2]string{row.Get("from").String(), row.Get("to").String()}] = d
}

func mappingOf(v *model.Value) mapping {
	var m mapping
	for _, f := range v.Fields {
		for _, from := range f.Value.Elements() {
			m.pairs = append(m.pairs, pair{split(f.Key), split(from.String())})
		}
	}
	return m
}

// split are the parts of a path; a point alone is all of something.
func split(path string) []string {
	if path == "." || path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// types are the names that DynamoDB puts above values.
var types = []string{"S", "N", "B", "M", "L", "BOOL", "NULL", "SS", "NS", "BS"}

// back are the paths of the sender that what stands at a path of the receiver comes from.
func (m mapping) back(path []string) [][]string {
	var out [][]string
	for _, p := range m.pairs {
		switch {
		case begins(path, p.to):
			rest := path[len(p.to):]
			if m.typed {
				rest = slices.DeleteFunc(slices.Clone(rest), func(s string) bool { return slices.Contains(types, s) })
			}
			out = append(out, slices.Concat(p.from, rest))
		case begins(p.to, path): // more than this part is meant
			out = append(out, p.from)
		}
	}
	return out
}

// isAll reports whether a path of a request is all of something that is handed on.
func (r *rows) isAll(key string, path []string) bool {
	return slices.ContainsFunc(r.calls[key], func(c *call) bool {
		return slices.ContainsFunc(c.gives.pairs, func(p pair) bool { return slices.Equal(p.from, path) })
	})
}

// begins reports whether a path begins with another one.
func begins(path, with []string) bool {
	return len(path) >= len(with) && slices.Equal(path[:len(with)], with)
}

// Calls are the operations whose requests have to be kept: client:Operation.
func Calls() map[string]bool {
	out := map[string]bool{}
	r, err := known()
	if err != nil {
		return out
	}
	for key := range r.calls {
		out[key] = true
	}
	out[dataflow.Returned], out[dataflow.Received] = true, true
	for key := range r.reads {
		out[key] = true
	}
	return out
}
