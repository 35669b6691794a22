package appmap

import (
	"cmp"
	"slices"
)

// The picture is laid out in layers from left to right, as Sugiyama, Tagawa and Toda describe it: each node gets a layer,
// hops over several layers get a lane in each, the order in the layers is chosen so that few hops cross, and then every
// node moves as near to its neighbours as the others let it.

const (
	gapBetween = 14  // between boxes of one layer, in pixels
	laneGap    = 9   // beside a lane
	sweeps     = 24  // rounds of ordering
	settling   = 30  // rounds of moving, the second half of them towards both sides
	laneWeight = 5   // how much straighter lanes are kept than boxes are centred
	minChannel = 70  // between layers
	maxChannel = 150 //
	maxLanes   = 20_000
)

// slot is the place of a node in its layer, or of a hop that passes the layer (node is -1).
type slot struct {
	node          int
	layer         int
	x, y          float64 // left edge and middle
	width, height float64
	left, right   []int // neighbours in the layers beside, as indices of slots
}

// route is the way of one edge: slots from the lower layer to the higher. back says that the edge runs from the last slot
// to the first. Both ends are in one layer only where the hop cannot happen, or the graph is flat.
type route struct {
	edge  int
	slots []int
	back  bool
}

// layout is a graph with places.
type layout struct {
	g             *graph
	slots         []*slot // the nodes of the graph first, with the same index
	layers        [][]int // slots from the top
	routes        []route
	width, height float64
}

// newLayout places a graph whose boxes have the sizes that size gives.
func newLayout(g *graph, size func(*node) (width, height float64)) *layout {
	l := &layout{g: g}
	layers := layersOf(g, backEdges(g))
	if lanes(g, layers) > maxLanes {
		layers = flat(g)
	}
	for i, n := range g.nodes {
		w, h := size(n)
		l.slots = append(l.slots, &slot{node: i, layer: layers[i], width: w, height: h})
	}
	for i, e := range g.edges {
		l.route(i, e)
	}
	l.fill()
	l.order()
	l.columns()
	l.settle()
	return l
}

// backEdges finds the edges that close a circle on a walk from the callers on. Turned around, the graph has no circle.
func backEdges(g *graph) []bool {
	out := outgoing(g)
	back := make([]bool, len(g.edges))
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(g.nodes))
	var visit func(n int)
	visit = func(n int) {
		state[n] = open
		for _, e := range out[n] {
			switch to := g.edges[e].to; state[to] {
			case fresh:
				visit(to)
			case open:
				back[e] = true
			}
		}
		state[n] = done
	}
	for _, n := range fromOutside(g) {
		if state[n] == fresh {
			visit(n)
		}
	}
	return back
}

func outgoing(g *graph) [][]int {
	out := make([][]int, len(g.nodes))
	for i, e := range g.edges {
		out[e.from] = append(out[e.from], i)
	}
	return out
}

// fromOutside is the nodes with the callers first, then doors, functions and resources.
func fromOutside(g *graph) []int {
	order := make([]int, len(g.nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.nodes[a].kind, g.nodes[b].kind) })
	return order
}

// firstLayer is the layer of a node that nothing in the picture calls.
func (k nodeKind) firstLayer() int {
	switch k {
	case everybody, account:
		return 0
	case function:
		return 2
	}
	return 1 // doors, and the resources that only the outside fills
}

// layersOf gives each node the layer after all it is called by. Hops that cannot happen do not count: they would stretch
// the picture.
func layersOf(g *graph, back []bool) []int {
	layer := make([]int, len(g.nodes))
	for i, n := range g.nodes {
		layer[i] = n.kind.firstLayer()
	}
	for range g.nodes { // each round settles at least one more layer
		changed := false
		for i, e := range g.edges {
			from, to := e.from, e.to
			if back[i] {
				from, to = to, from
			}
			if !e.denied && layer[to] <= layer[from] {
				layer[to] = layer[from] + 1
				changed = true
			}
		}
		if !changed {
			break
		}
	}
	return layer
}

// lanes is how many lanes the hops take in all.
func lanes(g *graph, layer []int) int {
	n := 0
	for _, e := range g.edges {
		n += max(0, max(layer[e.from], layer[e.to])-min(layer[e.from], layer[e.to])-1)
	}
	return n
}

// flat is the layers of a graph that is too large to be untangled: functions in one column, resources in the next.
func flat(g *graph) []int {
	layer := make([]int, len(g.nodes))
	for i, n := range g.nodes {
		layer[i] = n.kind.firstLayer()
		if n.kind == resource {
			layer[i] = 3
		}
	}
	return layer
}

// route gives an edge a lane in each layer between its ends.
func (l *layout) route(i int, e *edge) {
	from, to := e.from, e.to
	back := l.slots[from].layer > l.slots[to].layer
	if back {
		from, to = to, from
	}
	r := route{edge: i, back: back, slots: []int{from}}
	at := from
	for layer := l.slots[from].layer + 1; layer < l.slots[to].layer; layer++ {
		l.slots = append(l.slots, &slot{node: -1, layer: layer})
		at = l.link(at, len(l.slots)-1)
		r.slots = append(r.slots, at)
	}
	if l.slots[from].layer < l.slots[to].layer {
		l.link(at, to)
	}
	r.slots = append(r.slots, to)
	l.routes = append(l.routes, r)
}

func (l *layout) link(left, right int) int {
	l.slots[left].right = append(l.slots[left].right, right)
	l.slots[right].left = append(l.slots[right].left, left)
	return right
}

func (l *layout) fill() {
	last := 0
	for _, s := range l.slots {
		last = max(last, s.layer)
	}
	l.layers = make([][]int, last+1)
	for i, s := range l.slots {
		l.layers[s.layer] = append(l.layers[s.layer], i)
	}
}

// order sweeps through the layers and sorts each by the mean place of its neighbours, and keeps the order with the
// fewest crossings.
func (l *layout) order() {
	best, fewest := l.snapshot(), l.crossings()
	for i := 0; i < sweeps && fewest > 0; i++ {
		l.sweep(i%2 == 0)
		if n := l.crossings(); n < fewest {
			best, fewest = l.snapshot(), n
		}
	}
	l.layers = best
}

func (l *layout) snapshot() [][]int {
	out := make([][]int, len(l.layers))
	for i := range l.layers {
		out[i] = slices.Clone(l.layers[i])
	}
	return out
}

func (l *layout) sweep(rightwards bool) {
	for i := range l.layers {
		layer, of := i, func(s *slot) []int { return s.left }
		if !rightwards {
			layer, of = len(l.layers)-1-i, func(s *slot) []int { return s.right }
		}
		place := l.places()
		mean := map[int]float64{}
		for at, s := range l.layers[layer] {
			mean[s] = float64(at)
			if near := of(l.slots[s]); len(near) > 0 {
				sum := 0
				for _, n := range near {
					sum += place[n]
				}
				mean[s] = float64(sum) / float64(len(near))
			}
		}
		slices.SortStableFunc(l.layers[layer], func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
	}
}

// places is the index of each slot in its layer.
func (l *layout) places() []int {
	place := make([]int, len(l.slots))
	for _, layer := range l.layers {
		for i, s := range layer {
			place[s] = i
		}
	}
	return place
}

// crossings counts how often hops between neighbouring layers cross.
func (l *layout) crossings() int {
	place, total := l.places(), 0
	for _, layer := range l.layers {
		var ends []int
		for _, s := range layer {
			var own []int
			for _, r := range l.slots[s].right {
				own = append(own, place[r])
			}
			slices.Sort(own)
			ends = append(ends, own...)
		}
		total += inversions(ends)
	}
	return total
}

// inversions counts the pairs that stand in the wrong order, by merging halves.
func inversions(all []int) int {
	if len(all) < 2 {
		return 0
	}
	left, right := slices.Clone(all[:len(all)/2]), slices.Clone(all[len(all)/2:])
	n := inversions(left) + inversions(right)
	slices.Sort(left)
	slices.Sort(right)
	at := 0
	for _, r := range right {
		for at < len(left) && left[at] <= r {
			at++
		}
		n += len(left) - at
	}
	return n
}

// columns gives each layer its width and left edge, with a wider channel where many hops pass.
func (l *layout) columns() {
	x := 0.0
	for _, layer := range l.layers {
		width, hops := 0.0, 0
		for _, s := range layer {
			width = max(width, l.slots[s].width)
			hops += len(l.slots[s].right)
		}
		for _, s := range layer {
			slot := l.slots[s]
			slot.x = x
			if slot.node < 0 {
				slot.width = width // a lane is drawn straight through the whole column
			}
		}
		l.width = x + width
		x += width + min(maxChannel, minChannel+2*float64(hops))
	}
}

// settle finds the heights: from stacked layers on, each slot is drawn to the middle of its neighbours, in turns from
// the left, from the right, and from both.
func (l *layout) settle() {
	for _, layer := range l.layers {
		y := 0.0
		for i, s := range layer {
			if i > 0 {
				y += l.apart(layer[i-1], s)
			}
			l.slots[s].y = y
		}
	}
	for round := range settling {
		for i := range l.layers {
			layer := l.layers[i]
			if round%2 == 1 {
				layer = l.layers[len(l.layers)-1-i]
			}
			l.draw(layer, round)
		}
	}
	l.crop()
}

// draw moves the slots of one layer to where they want to be, as far as their order and sizes allow.
func (l *layout) draw(layer []int, round int) {
	wanted, weights := make([]float64, len(layer)), make([]float64, len(layer))
	offset := 0.0
	offsets := make([]float64, len(layer))
	for i, s := range layer {
		if i > 0 {
			offset += l.apart(layer[i-1], s)
		}
		offsets[i] = offset
		wanted[i], weights[i] = l.wanted(l.slots[s], round)-offset, 1
		if l.slots[s].node < 0 {
			weights[i] = laneWeight
		}
	}
	for i, y := range ascending(wanted, weights) {
		l.slots[layer[i]].y = y + offsets[i]
	}
}

// wanted is the mean height of the neighbours on the side that a round looks at, on both in the last rounds.
func (l *layout) wanted(s *slot, round int) float64 {
	near := s.left
	switch {
	case round >= settling/2:
		near = slices.Concat(s.left, s.right)
	case round%2 == 1:
		near = s.right
	}
	if len(near) == 0 {
		return s.y
	}
	sum := 0.0
	for _, n := range near {
		sum += l.slots[n].y
	}
	return sum / float64(len(near))
}

// apart is the least distance between the middles of two slots, one above the other.
func (l *layout) apart(above, below int) float64 {
	a, b := l.slots[above], l.slots[below]
	gap := float64(gapBetween)
	if a.node < 0 || b.node < 0 {
		gap = laneGap
	}
	return (a.height+b.height)/2 + gap
}

// ascending is the nearest sequence (weighted least squares) that never falls: neighbours that would fall become one
// block at their mean.
func ascending(wanted, weights []float64) []float64 {
	type block struct {
		sum, weight float64
		n           int
	}
	mean := func(b block) float64 { return b.sum / b.weight }
	var blocks []block
	for i, w := range wanted {
		blocks = append(blocks, block{w * weights[i], weights[i], 1})
		for n := len(blocks); n > 1 && mean(blocks[n-2]) > mean(blocks[n-1]); n = len(blocks) {
			last := blocks[n-1]
			blocks = blocks[:n-1]
			blocks[n-2].sum += last.sum
			blocks[n-2].weight += last.weight
			blocks[n-2].n += last.n
		}
	}
	out := make([]float64, 0, len(wanted))
	for _, b := range blocks {
		for range b.n {
			out = append(out, mean(b))
		}
	}
	return out
}

// crop moves the whole picture so that it begins at 0.
func (l *layout) crop() {
	top, bottom := 0.0, 0.0
	for i, s := range l.slots {
		if i == 0 || s.y-s.height/2 < top {
			top = s.y - s.height/2
		}
		bottom = max(bottom, s.y+s.height/2)
		if i == 0 {
			bottom = s.y + s.height/2
		}
	}
	for _, s := range l.slots {
		s.y -= top
	}
	l.height = bottom - top
}
