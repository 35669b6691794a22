package appmap

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
)

const mermaidRoutes = 5 // routes shown in one box

// Mermaid writes the workspace as a Mermaid flowchart from left to right, one subgraph per application.
func Mermaid(w io.Writer, ws *model.Workspace) error { return mermaidOf(w, ws, graphsOf(ws)) }

// graphsOf are the pictures of all applications.
func graphsOf(ws *model.Workspace) []*graph {
	var out []*graph
	for _, a := range ws.Apps {
		out = append(out, newGraph(a))
	}
	return out
}

func mermaidOf(w io.Writer, ws *model.Workspace, graphs []*graph) error {
	var b bytes.Buffer
	b.WriteString("flowchart LR\n")
	edges := 0
	styles := map[model.Exposure][]int{}
	for i, a := range ws.Apps {
		m := &mermaid{out: &b, prefix: fmt.Sprintf("a%d", i), g: graphs[i]}
		m.app(a)
		for j, e := range m.g.edges {
			styles[e.exposure] = append(styles[e.exposure], edges+j)
		}
		edges += len(m.g.edges)
	}
	b.WriteString(mermaidClasses)
	for _, e := range slices.Sorted(maps.Keys(styles)) {
		if color := mermaidColors(e); color != "" {
			fmt.Fprintf(&b, "  linkStyle %s stroke:%s\n", numbers(styles[e]), color)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

const mermaidClasses = `  classDef public fill:#fdecea,stroke:#c62828,color:#1c2330
  classDef authenticated fill:#fff4e0,stroke:#b26a00,color:#1c2330
  classDef account fill:#e8f1fb,stroke:#1565c0,color:#1c2330
  classDef internal fill:#f1f3f5,stroke:#6b7480,color:#1c2330
  classDef unknown fill:#ffffff,stroke:#6b7480,color:#1c2330,stroke-dasharray:4 3
`

func mermaidColors(e model.Exposure) string {
	switch e {
	case model.Public:
		return "#c62828"
	case model.Authenticated:
		return "#b26a00"
	case model.Account:
		return "#1565c0"
	}
	return ""
}

func numbers(all []int) string {
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = fmt.Sprint(n)
	}
	return strings.Join(out, ",")
}

// mermaid is one application on its way into the flowchart.
type mermaid struct {
	out    *bytes.Buffer
	prefix string
	g      *graph
}

func (m *mermaid) app(a *model.App) {
	fmt.Fprintf(m.out, "  subgraph %s[\"%s\"]\n", m.prefix, escape.Mermaid(cmp.Or(a.Name, a.File)))
	m.out.WriteString("    direction LR\n") // a subgraph does not take it from the chart
	for i, n := range m.g.nodes {
		fmt.Fprintf(m.out, "    %s%s:::%s\n", m.id(i), shape(n), class(n.exposure))
	}
	m.out.WriteString("  end\n")
	for _, e := range m.g.edges {
		fmt.Fprintf(m.out, "  %s %s %s\n", m.id(e.from), arrow(e), m.id(e.to))
	}
}

// id is a name that Mermaid takes for nothing else: letters, digits and the number of the node, which makes it unique.
func (m *mermaid) id(i int) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, m.g.nodes[i].title)
	return fmt.Sprintf("%sn%d_%s", m.prefix, i, clean)
}

func shape(n *node) string {
	label := `"` + strings.Join(mermaidLines(n), "<br/>") + `"`
	switch n.kind {
	case everybody, account:
		return "((" + label + "))"
	case door:
		return ">" + label + "]"
	case resource:
		return "[(" + label + ")]"
	}
	return "[" + label + "]"
}

func mermaidLines(n *node) []string {
	lines := []string{escape.Mermaid(n.title)}
	shown, more := firstLines(n.lines, mermaidRoutes)
	for _, line := range shown {
		lines = append(lines, escape.Mermaid(line.whole()))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	if n.alert != "" {
		lines = append(lines, escape.Mermaid(n.alert))
	}
	return lines
}

// firstLines cuts a list to a number of lines, of which one is left for how many more there are.
func firstLines(lines []row, limit int) (shown []row, more int) {
	if len(lines) <= limit {
		return lines, 0
	}
	return lines[:limit-1], len(lines) - limit + 1
}

func arrow(e *edge) string {
	label := ""
	if e.denied {
		label = "|not granted|"
	}
	if e.uses || e.denied {
		return "-.->" + label
	}
	return "-->"
}

// class is the class of an exposure, in Mermaid and SVG alike.
func class(e model.Exposure) string {
	switch e {
	case model.Public, model.Authenticated, model.Account, model.Internal:
		return string(e)
	}
	return "unknown"
}
