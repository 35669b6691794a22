package appmap

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
)

const portGap = 7.0 // between hops at the side of a box

// edges draws every hop as one smooth line through its lanes, the narrow exposures first, so that red lies on top.
func (p *picture) edges(l *layout) {
	ports := newPorts(l)
	order := make([]int, len(l.routes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(weight(l.edgeOf(a)), weight(l.edgeOf(b)))
	})
	for _, i := range order {
		p.edge(l, ports, i)
	}
}

func (l *layout) edgeOf(route int) *edge { return l.g.edges[l.routes[route].edge] }

// weight orders hops from the one to be drawn first.
func weight(e *edge) int {
	if e.denied {
		return 0
	}
	return 1 + slices.Index([]model.Exposure{model.Undecided, model.Internal, model.Account, model.Authenticated, model.Public}, e.exposure)
}

func (p *picture) edge(l *layout, ports *ports, route int) {
	e := l.edgeOf(route)
	marker := class(e.exposure)
	classes := "edge " + marker
	switch {
	case e.denied:
		classes, marker = "edge denied", "unknown"
	case e.uses:
		classes += " uses"
	}
	from, to := l.g.nodes[e.from], l.g.nodes[e.to]
	tip := from.title + " → " + to.title
	if e.label != "" {
		tip += " (" + e.label + ")"
	}
	if e.denied {
		tip += ", not granted"
	}
	p.put(`<path class="%s" marker-end="url(#wardlet-%s)" d="%s"><title>%s</title></path>`, classes, marker, line(l, ports, route), escape.Markup(tip))
}

// point is a place in the picture.
type point struct{ x, y float64 }

// line is the path of a route: straight through its lanes, curved between them.
func line(l *layout, ports *ports, route int) string {
	r := l.routes[route]
	last := len(r.slots) - 1
	if l.slots[r.slots[0]].layer == l.slots[r.slots[last]].layer {
		return bow(point{l.rightEdge(r.slots[0]), ports.right[route]}, point{l.rightEdge(r.slots[last]), ports.left[route]})
	}
	points := []point{{l.rightEdge(r.slots[0]), ports.right[route]}}
	for _, s := range r.slots[1:last] {
		lane := l.slots[s]
		points = append(points, point{lane.x, lane.y}, point{lane.x + lane.width, lane.y})
	}
	points = append(points, point{l.slots[r.slots[last]].x, ports.left[route]})
	if r.back {
		slices.Reverse(points)
	}
	return curve(points)
}

func (l *layout) rightEdge(s int) float64 { return l.slots[s].x + l.slots[s].width }

// bow is the path between the right sides of two boxes of one layer.
func bow(from, to point) string {
	out := max(from.x, to.x) + 45
	return fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", from.x, from.y, out, from.y, out, to.y, to.x, to.y)
}

// curve draws points two by two: from the first to the second with a bend, from the second to the third straight, and
// so on.
func curve(points []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", points[0].x, points[0].y)
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		if i%2 == 0 {
			fmt.Fprintf(&b, "H%.1f", to.x)
			continue
		}
		half := (to.x - from.x) / 2
		fmt.Fprintf(&b, "C%.1f %.1f %.1f %.1f %.1f %.1f", from.x+half, from.y, to.x-half, to.y, to.x, to.y)
	}
	return b.String()
}

// ports is the heights at which each route leaves its left node and enters its right one.
type ports struct{ right, left []float64 }

// newPorts spreads the routes of each side of a box, in the order of where they go, so that they do not cross at the box.
func newPorts(l *layout) *ports {
	p := &ports{right: make([]float64, len(l.routes)), left: make([]float64, len(l.routes))}
	leaving, entering := map[int][]int{}, map[int][]int{}
	for i, r := range l.routes {
		first, last := r.slots[0], r.slots[len(r.slots)-1]
		leaving[first] = append(leaving[first], i)
		entering[last] = append(entering[last], i)
	}
	for n, routes := range leaving {
		l.spread(n, routes, p.right, func(r route) int { return r.slots[1] })
	}
	for n, routes := range entering {
		l.spread(n, routes, p.left, func(r route) int { return r.slots[len(r.slots)-2] })
	}
	return p
}

// spread gives routes their heights at a node, sorted by the height of the next slot of each.
func (l *layout) spread(n int, routes []int, heights []float64, next func(route) int) {
	slices.SortStableFunc(routes, func(a, b int) int {
		return cmp.Compare(l.slots[next(l.routes[a])].y, l.slots[next(l.routes[b])].y)
	})
	s := l.slots[n]
	gap := min(portGap, (s.height-20)/float64(len(routes)))
	for i, r := range routes {
		heights[r] = s.y + (float64(i)-float64(len(routes)-1)/2)*gap
	}
}
