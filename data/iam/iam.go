// Package iam holds facts about permissions on AWS: every action with its access level and the resources it is about, the
// policies that AWS manages, which action an SDK operation needs, and combinations of actions by which a principal gains
// more. The tables are embedded and read on demand, each part once. Sources: SOURCE.md.
package iam

import (
	"archive/zip"
	"bytes"
	"embed"
	"io"
	"slices"
	"strings"
	"sync"
)

//go:generate go run ./gen .

//go:embed actions.zip policies.zip operations.zip exceptions.tsv escalations.tsv
var files embed.FS

// Level says what an action does to its resource (Service Authorization Reference, "access level").
type Level byte

// Levels.
const (
	List        Level = 'L'
	Read        Level = 'R'
	Write       Level = 'W'
	Tagging     Level = 'T'
	Permissions Level = 'P' // permissions management: grants or changes who may do what
)

// String is the level's word.
func (l Level) String() string {
	switch l {
	case List:
		return "list"
	case Read:
		return "read"
	case Write:
		return "write"
	case Tagging:
		return "tagging"
	case Permissions:
		return "permissions"
	}
	return "unknown"
}

// Action is one action of a service.
type Action struct {
	Service   string // its prefix, such as s3
	Name      string // as documented, such as GetObject
	Key       string // "s3:getobject", for comparing
	Level     Level
	Types     []string // resource types that it can be limited to; none: only to everything
	Required  []string // those of them that a call always names
	Keys      []string // condition keys of its own
	Dependent []string // further actions that it needs
}

// String is the action as policies write it.
func (a *Action) String() string { return a.Service + ":" + a.Name }

// Scopable reports whether the action can be limited to named resources.
func (a *Action) Scopable() bool { return len(a.Types) > 0 }

// Service is all that is known of one service.
type Service struct {
	Prefix    string
	Name      string            // as documented, such as Amazon SQS
	Actions   []*Action         // by name
	Resources map[string]string // ARN format by resource type
	Keys      map[string]string // type by condition key of the service
	byKey     map[string]*Action
}

// Action looks up an action by its name, whatever its case; nil if the service has none of that name.
func (s *Service) Action(name string) *Action { return s.byKey[strings.ToLower(name)] }

// Tagging are the actions that put tags on resources; none for a service that is not known.
func (s *Service) Tagging() []*Action {
	var out []*Action
	if s == nil {
		return nil
	}
	for _, a := range s.Actions {
		if a.Level == Tagging && !strings.HasPrefix(a.Name, "Untag") && !strings.HasPrefix(a.Name, "Delete") && !strings.HasPrefix(a.Name, "Remove") {
			out = append(out, a)
		}
	}
	return out
}

// archive is a zip file whose entries hold parts in the order of their names, each entry called like its first.
type archive struct {
	once   sync.Once
	name   string
	first  []string // of each entry
	blocks []*block
}

type block struct {
	file *zip.File
	once sync.Once
	text string
}

func (a *archive) open() {
	a.once.Do(func() {
		data, err := files.ReadFile(a.name)
		if err != nil {
			panic(err) // embedded: cannot happen
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			panic(err)
		}
		for _, f := range z.File {
			a.first = append(a.first, f.Name)
			a.blocks = append(a.blocks, &block{file: f})
		}
	})
}

// around is the text of the entry that has the part of a name, if any has.
func (a *archive) around(name string) string {
	a.open()
	i, found := slices.BinarySearch(a.first, name)
	if !found {
		i--
	}
	if i < 0 {
		return ""
	}
	return a.blocks[i].read()
}

func (b *block) read() string {
	b.once.Do(func() {
		r, err := b.file.Open()
		if err != nil {
			panic(err)
		}
		defer func() { _ = r.Close() }() // it was only read
		text, err := io.ReadAll(r)
		if err != nil {
			panic(err)
		}
		b.text = string(text)
	})
	return b.text
}

// section is the part of a text that begins with a line "#name\t...", up to the next one.
func section(text, name string) string {
	head := "#" + name + "\t"
	at := 0
	if !strings.HasPrefix(text, head) {
		if at = strings.Index(text, "\n"+head); at < 0 {
			return ""
		}
		at++
	}
	text = text[at:]
	if end := strings.Index(text, "\n#"); end >= 0 {
		text = text[:end+1]
	}
	return text
}

var (
	actionTable    = &archive{name: "actions.zip"}
	policyTable    = &archive{name: "policies.zip"}
	operationTable = &archive{name: "operations.zip"}

	services sync.Map // prefix -> *Service, nil where there is none
)

// ServiceOf looks up a service by its prefix in lower case; nil if there is none.
func ServiceOf(prefix string) *Service {
	if s, ok := services.Load(prefix); ok {
		known, _ := s.(*Service)
		return known
	}
	s, _ := services.LoadOrStore(prefix, readService(section(actionTable.around(prefix), prefix)))
	known, _ := s.(*Service)
	return known
}

// Find looks up an action written as service:Name, whatever its case; nil if there is none.
func Find(action string) *Action {
	prefix, name, ok := strings.Cut(strings.ToLower(action), ":")
	if !ok {
		return nil
	}
	if s := ServiceOf(prefix); s != nil {
		return s.byKey[name]
	}
	return nil
}

var everything = sync.OnceValue(func() []*Service {
	actionTable.open()
	var out []*Service
	for _, b := range actionTable.blocks {
		text := b.read()
		for text != "" {
			next := strings.Index(text[1:], "\n#")
			part := text
			if next >= 0 {
				part, text = text[:next+2], text[next+2:]
			} else {
				text = ""
			}
			prefix, _, _ := strings.Cut(part[1:], "\t")
			if s := ServiceOf(prefix); s != nil {
				out = append(out, s)
			}
		}
	}
	return out
})

// Services lists all services by prefix.
func Services() []*Service { return everything() }

func readService(text string) *Service {
	if text == "" {
		return nil
	}
	head, rest, _ := strings.Cut(text, "\n")
	prefix, name, _ := strings.Cut(head[1:], "\t")
	n := strings.Count(rest, "\n")
	s := &Service{Prefix: prefix, Name: name, Resources: map[string]string{}, Keys: map[string]string{}, byKey: make(map[string]*Action, n)}
	all := make([]Action, 0, n)
	for line := range strings.Lines(rest) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "":
		case line[0] == '@':
			kind, arn, _ := strings.Cut(line[1:], "\t")
			arn, _, _ = strings.Cut(arn, "\t")
			s.Resources[kind] = arn
		case line[0] == '%':
			key, kind, _ := strings.Cut(line[1:], "\t")
			s.Keys[key] = kind
		default:
			all = append(all, readAction(prefix, line))
		}
	}
	for i := range all {
		s.Actions = append(s.Actions, &all[i])
		s.byKey[all[i].Key[len(prefix)+1:]] = &all[i]
	}
	return s
}

func readAction(prefix, line string) Action {
	var f [5]string
	for i := range f {
		f[i], line, _ = strings.Cut(line, "\t")
	}
	a := Action{Service: prefix, Name: f[0], Key: prefix + ":" + strings.ToLower(f[0]), Level: Level(f[1][0])}
	for _, t := range strings.FieldsFunc(f[2], func(c rune) bool { return c == ',' }) {
		name, required := strings.CutSuffix(t, "*")
		a.Types = append(a.Types, name)
		if required {
			a.Required = append(a.Required, name)
		}
	}
	a.Keys, a.Dependent = strings.Fields(f[3]), strings.Fields(f[4])
	return a
}

// Managed is the document of a policy that AWS manages, as JSON in its latest version, by its name; empty if there is none.
func Managed(name string) string {
	_, document, _ := strings.Cut(managed(name), "\t")
	return document
}

// ForService reports whether AWS makes a managed policy for the role of one of its services: its path says so.
func ForService(name string) bool {
	path, _, _ := strings.Cut(managed(name), "\t")
	return strings.HasPrefix(path, "service-role/") || strings.HasPrefix(path, "aws-service-role/")
}

// managed is the row of a managed policy behind its name: path and document.
func managed(name string) string {
	text := policyTable.around(name)
	head := name + "\t"
	at := 0
	if !strings.HasPrefix(text, head) {
		if at = strings.Index(text, "\n"+head); at < 0 {
			return ""
		}
		at++
	}
	line, _, _ := strings.Cut(text[at+len(head):], "\n")
	return line
}

// ManagedNames lists the policies that AWS manages, by name.
func ManagedNames() []string {
	policyTable.open()
	var out []string
	for _, b := range policyTable.blocks {
		for line := range strings.Lines(b.read()) {
			name, _, _ := strings.Cut(line, "\t")
			out = append(out, name)
		}
	}
	return out
}

// Escalation is a combination of actions by which a principal gains more than it was given.
type Escalation struct {
	ID        string
	Title     string
	Needs     []Need
	Gains     string // admin, user, role, existing, assume, data: see SOURCE.md
	Of        string // what it gains by: a service principal, a type of resource; empty where it says nothing
	Reference string // where it is described
}

// Need is one action of an escalation, or one of several that do the same.
type Need struct {
	Actions []string // in the form service:Name
	On      string   // the kind of thing that it is done to, empty where that does not matter
}

// Escalations reads the table of escalations, in its order. Keep the result.
func Escalations() []Escalation {
	var out []Escalation
	for _, row := range table("escalations.tsv") {
		e := Escalation{ID: row[0], Title: row[1], Gains: row[3], Of: strings.TrimPrefix(row[4], "-"), Reference: row[5]}
		for _, need := range strings.Fields(row[2]) {
			var n Need
			for _, one := range strings.Split(need, "|") {
				action, on, _ := strings.Cut(one, "@")
				n.Actions = append(n.Actions, action)
				if on != "" {
					n.On = on
				}
			}
			e.Needs = append(e.Needs, n)
		}
		out = append(out, e)
	}
	return out
}

// table are the rows of a tab-separated file below its header; rows with another number of columns are left out.
func table(name string) [][]string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	head, rest, _ := strings.Cut(string(data), "\n")
	columns := strings.Count(head, "\t") + 1
	var out [][]string
	for line := range strings.Lines(rest) {
		if row := strings.Split(strings.TrimRight(line, "\n"), "\t"); len(row) == columns {
			out = append(out, row)
		}
	}
	return out
}
