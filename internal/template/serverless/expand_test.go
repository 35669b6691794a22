package serverless

import (
	"fmt"
	"strings"
	"testing"

	"wardlet.example/internal/golden"
	"wardlet.example/internal/model"
)

// Each archive of testdata is a service and the resources that the framework makes of it: logical ID, type, line to change,
// and properties.
func TestExpand(t *testing.T) {
	golden.Run(t, func(t *testing.T, files map[string]string) string {
		root := parse(t, "serverless.yml", files["serverless.yml"])
		return show(Read("serverless.yml", root, Options{Load: loader(t, files)}))
	})
}

func show(s *Service) string {
	var b strings.Builder
	fmt.Fprintf(&b, "service %s, stage %s, provider %s\n", s.Name, s.Stage, s.Provider)
	for _, r := range s.Resources {
		fmt.Fprintf(&b, "%s %s %d\n", r.ID, r.Type, r.Origin.Line)
		showMap(&b, r.Props, 1)
	}
	for _, d := range s.Diagnostics {
		fmt.Fprintf(&b, "%s %s: %s\n", d.Level, d.Pos, d.Message)
	}
	return b.String()
}

// showMap writes properties on one line each, with lists and maps inside flattened.
func showMap(b *strings.Builder, v *model.Value, depth int) {
	for _, f := range v.Fields {
		fmt.Fprintf(b, "%s%s: %s\n", strings.Repeat("  ", depth), f.Key, flat(f.Value))
	}
}

func flat(v *model.Value) string {
	var parts []string
	switch v.Kind {
	case model.Map:
		for _, f := range v.Fields {
			parts = append(parts, f.Key+": "+flat(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case model.List:
		for _, w := range v.Items {
			parts = append(parts, flat(w))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return v.String()
}
