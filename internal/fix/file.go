package fix

import (
	"encoding/json"
	"strings"

	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// PolicyFile is the smallest policy of one function, as a policy document whose resources are those of its template: CloudFormation in JSON.
type PolicyFile struct {
	Path string // template and function, in words that a file system takes
	Data []byte
}

// PolicyFiles writes the smallest policy of each function: what its code and the platform need, on what they need it; on everything where
// that is not known. Functions of which nothing can be said have none.
func PolicyFiles(program *link.Program, roles []*least.Role) ([]PolicyFile, error) {
	var out []PolicyFile
	for _, r := range roles {
		if r.Unknown != "" {
			continue
		}
		for _, f := range r.Functions {
			if d := f.Doubted(""); d != nil && d.Service == "" {
				continue
			}
			data, err := policyOf(program, r, f)
			if err != nil {
				return nil, err
			}
			name := strings.NewReplacer("/", "-", "\\", "-").Replace(r.App.File) + "-" + strings.NewReplacer("/", "-", "\\", "-").Replace(f.Function.Name) + ".json"
			out = append(out, PolicyFile{name, data})
		}
	}
	return out, nil
}

func policyOf(program *link.Program, r *least.Role, f *least.Function) ([]byte, error) {
	w := &writer{program: program, role: r, json: true}
	w.fallback = func(*least.Need) []*model.Value { return []*model.Value{model.NewString("*", model.Origin{})} }
	statements, err := w.statements(f.Needs)
	if err != nil {
		return nil, err
	}
	type statement struct {
		Effect           string
		Action, Resource any
	}
	document := struct {
		Version   string
		Statement []statement
	}{Version: "2012-10-17"}
	for _, s := range statements.Items {
		document.Statement = append(document.Statement, statement{"Allow", asJSON(s.Get("Action")), asJSON(s.Get("Resource"))})
	}
	data, err := json.MarshalIndent(document, "", "  ")
	return append(data, '\n'), err
}

// asJSON is a value as package json takes it.
func asJSON(v *model.Value) any {
	switch v.Kind {
	case model.List:
		out := []any{}
		for _, it := range v.Items {
			out = append(out, asJSON(it))
		}
		return out
	case model.Map:
		out := map[string]any{}
		for _, f := range v.Fields {
			out[f.Key] = asJSON(f.Value)
		}
		return out
	}
	s, _ := v.Scalar()
	return s
}
