package appmap

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
)

// Sizes of the picture in pixels. Text is measured by its number of columns, since no font is at hand.
const (
	margin     = 32.0
	headHeight = 110.0 // title and legend
	appHead    = 46.0  // name of an application
	appGap     = 40.0
	padding    = 11.0
	titleLine  = 17.0
	textLine   = 15.0
	titleChar  = 8.2    // width of a column of a title
	textChar   = 6.7    // width of a column of a line
	doorRoutes = 6      // lines of a door
	tipLines   = 40     // lines of a tooltip
	maxName    = 50     // columns of the name of an application
	maxBeside  = 90     // columns of what stands beside it
	minWidth   = 1180.0 // of the legend
)

// SVG writes the workspace as a picture that needs nothing else: who can reach what, from left to right, one application
// below another. It follows the reader's choice of light or dark.
func SVG(w io.Writer, ws *model.Workspace) error {
	return svgOf(w, ws, graphsOf(ws), "Who can reach what")
}

func svgOf(w io.Writer, ws *model.Workspace, graphs []*graph, title string) error {
	var layouts []*layout
	width, height := minWidth, headHeight
	for _, g := range graphs {
		l := newLayout(g, boxSize)
		layouts = append(layouts, l)
		width = max(width, l.width+2*margin)
		height += appHead + l.height + appGap
	}
	p := &picture{}
	p.begin(ws, title, width, height)
	y := headHeight
	for i, a := range ws.Apps {
		p.app(a, layouts[i], y, width)
		y += appHead + layouts[i].height + appGap
	}
	p.out.WriteString("</svg>\n")
	_, err := w.Write(p.out.Bytes())
	return err
}

// boxSize is how large a node is drawn.
func boxSize(n *node) (width, height float64) {
	width = map[nodeKind]float64{everybody: 130, account: 150, door: 250, function: 230, resource: 190}[n.kind]
	return width, 2*padding + titleLine + textLine*float64(len(boxLines(n))) - 4
}

// boxLine is one line below the title of a box.
type boxLine struct {
	row
	class string
}

func boxLines(n *node) []boxLine {
	shown, more := firstLines(n.lines, doorRoutes)
	var out []boxLine
	for _, r := range shown {
		out = append(out, boxLine{r, "line"})
	}
	if more > 0 {
		out = append(out, boxLine{row{text: fmt.Sprintf("… and %d more", more)}, "more"})
	}
	if n.alert != "" {
		out = append(out, boxLine{row{text: n.alert}, "alert"})
	}
	return out
}

// picture is an SVG on its way.
type picture struct{ out bytes.Buffer }

// put writes one element; texts among the arguments must be escaped already.
func (p *picture) put(format string, args ...any) {
	fmt.Fprintf(&p.out, format, args...)
	p.out.WriteByte('\n')
}

func (p *picture) begin(ws *model.Workspace, title string, width, height float64) {
	p.put(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`, width, height, width, height, title)
	p.put(`<title>%s</title>`, title)
	p.put(`<style>%s</style>`, styles)
	p.out.WriteString("<defs>\n")
	for _, e := range exposures {
		p.put(`<marker id="wardlet-%s" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip %s" d="M0 0.5 10 5 0 9.5z"/></marker>`, e, e)
	}
	p.out.WriteString("</defs>\n")
	p.put(`<rect class="ground" width="100%%" height="100%%"/>`)
	subtitle := screen.Count(len(ws.Apps), "application")
	if ws.Root != "" && ws.Root != "." {
		subtitle += " in " + ws.Root
	}
	p.heading(44, "heading", title, subtitle)
	p.legend()
}

var exposures = [...]string{string(model.Public), string(model.Authenticated), string(model.Account), string(model.Internal), class(model.Undecided)}

// legend says what colours and strokes mean.
func (p *picture) legend() {
	x := margin
	for _, entry := range []struct{ class, text string }{
		{"edge public", "anyone"}, {"edge authenticated", "with the application's credentials"}, {"edge account", "from the cloud account"},
		{"edge internal", "internal"}, {"edge unknown", "not known"}, {"edge internal uses", "named in the environment only"}, {"edge denied", "not granted"},
	} {
		p.put(`<path class="%s" d="M%.0f 70h26"/>`, entry.class, x)
		p.text(x+33, 74, "about", entry.text)
		x += 33 + float64(len(entry.text))*6.5 + 20
	}
	x = margin
	for _, entry := range []struct{ class, text string }{
		{"blast all", "taken over, it may do everything or gains that"}, {"blast wide", "taken over, it changes or reads secrets beyond the application"},
	} {
		p.put(`<path class="%s" d="M%.0f 90h26"/>`, entry.class, x)
		p.text(x+33, 94, "about", entry.text)
		x += 33 + float64(len(entry.text))*6.5 + 20
	}
}

// heading is a text at the margin with a smaller one beside it, wherever the first ends.
func (p *picture) heading(y float64, class, s, beside string) {
	p.put(`<text class="%s" x="%.1f" y="%.1f">%s<tspan class="about" dx="14">%s</tspan></text>`, class, margin, y,
		escape.Markup(screen.Crop(escape.Terminal(s), maxName)), escape.Markup(screen.Crop(escape.Terminal(beside), maxBeside)))
}

func (p *picture) text(x, y float64, class, s string) {
	p.put(`<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, y, escape.Markup(s))
}

// app draws one application: its name, then the hops, and over them the boxes.
func (p *picture) app(a *model.App, l *layout, y, width float64) {
	p.put(`<path class="rule" d="M%.0f %.1fH%.1f"/>`, margin, y, width-margin)
	name := cmp.Or(a.Name, a.File)
	label := about(a)
	if a.File != name {
		label = a.File + "  ·  " + label
	}
	p.heading(y+27, "name", name, label)
	p.put(`<g transform="translate(%.0f %.1f)">`, margin, y+appHead)
	if len(l.slots) == 0 {
		p.text(0, 0, "line", "no function was found")
	}
	p.edges(l)
	for i, n := range l.g.nodes {
		p.box(n, l.slots[i])
	}
	p.out.WriteString("</g>\n")
}

// box draws a node with its texts cut to its width; the whole texts are in its tooltip.
func (p *picture) box(n *node, s *slot) {
	x, y := s.x, s.y-s.height/2
	radius := map[nodeKind]float64{everybody: 20, account: 20, door: 3, function: 7, resource: 15}[n.kind]
	p.put(`<g class="box %s %s"><title>%s</title>`, kindClass(n.kind), class(n.exposure), tooltip(n))
	p.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.0f"/>`, x, y, s.width, s.height, radius)
	if n.kind == function {
		p.put(`<path class="stripe" d="M%.1f %.1fv%.1f"/>`, x+5, y+8, s.height-16)
		if n.blast == string(model.BlastAll) || n.blast == string(model.BlastWide) {
			p.put(`<path class="blast %s" d="M%.1f %.1fv%.1f"/>`, n.blast, x+s.width-5, y+8, s.height-16)
		}
	}
	left := x + padding + 3
	room := s.width - 2*padding - 3
	p.text(left, y+padding+11, "title", fit(n.title, room, titleChar))
	for i, line := range boxLines(n) {
		p.row(line, left, y+padding+titleLine+11+textLine*float64(i), room)
	}
	p.out.WriteString("</g>\n")
}

// row draws a line of a box: its mark at the right edge, its text in the room that is left.
func (p *picture) row(line boxLine, x, y, room float64) {
	if line.mark != "" {
		mark := fit(line.mark, room/2, textChar)
		p.put(`<text class="more end" x="%.1f" y="%.1f">%s</text>`, x+room, y, escape.Markup(mark))
		room -= textChar * float64(screen.Width(mark)+1)
	}
	text := fit(line.text, room, textChar)
	if line.path {
		text = screen.CropStart(escape.Terminal(line.text), int(room/textChar))
	}
	p.text(x, y, line.class, text)
}

func kindClass(k nodeKind) string {
	return [...]string{everybody: "who", account: "who", door: "door", function: "function", resource: "resource"}[k]
}

// fit cuts a text to a width in pixels.
func fit(s string, width, char float64) string {
	return screen.Crop(escape.Terminal(s), int(width/char))
}

func tooltip(n *node) string {
	lines := []string{escape.Markup(n.title)}
	shown, more := firstLines(n.lines, tipLines)
	for _, line := range shown {
		lines = append(lines, escape.Markup(line.whole()))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	}
	if n.alert != "" {
		lines = append(lines, escape.Markup(n.alert))
	}
	if n.exposure != "" {
		lines = append(lines, "exposure: "+escape.Markup(string(n.exposure)))
	}
	return strings.Join(lines, "\n")
}
