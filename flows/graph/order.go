package graph

import "slices"

const (
	// orderRounds is how often the layers are gone through; flows settle within a handful of rounds.
	orderRounds = 24
	// portSteps is how finely a place inside a layer is divided by the chips of a box.
	portSteps = 1024
)

// orderLayers orders the nodes of each layer to keep lines from crossing: each node goes to the average place of
// its neighbours in the layer above, then below, and so on; the best order seen is kept.
func (p *picture) orderLayers() {
	p.numberLayers()
	best, fewest := p.order(), p.crossings()
	for round := range orderRounds {
		if round%2 == 0 {
			for i := 1; i < len(p.layers); i++ {
				sortByNeighbours(p.layers[i], (*node).above)
			}
		} else {
			for i := len(p.layers) - 2; i >= 0; i-- {
				sortByNeighbours(p.layers[i], (*node).under)
			}
		}
		p.swapNeighbours()
		if n := p.crossings(); n < fewest {
			best, fewest = p.order(), n
		}
	}
	for i := range p.layers {
		p.layers[i] = best[i]
	}
	p.numberLayers()
}

func (p *picture) numberLayers() {
	for _, layer := range p.layers {
		number(layer)
	}
}

func number(layer []*node) {
	for i, n := range layer {
		n.place = i
	}
}

func (p *picture) order() [][]*node {
	var copied [][]*node
	for _, layer := range p.layers {
		copied = append(copied, slices.Clone(layer))
	}
	return copied
}

// above is the average place of the chips that lead here; -1 without any.
func (n *node) above() int {
	if len(n.in) == 0 {
		return -1
	}
	sum := 0
	for _, e := range n.in {
		sum += e.startPlace()
	}
	return sum / len(n.in)
}

// under is the average place of the nodes this one leads to; -1 without any.
func (n *node) under() int {
	if len(n.out) == 0 {
		return -1
	}
	sum := 0
	for _, e := range n.out {
		sum += e.to.place * portSteps
	}
	return sum / len(n.out)
}

// startPlace is where an edge begins, as a place in its layer that counts the box's chips too.
func (e *edge) startPlace() int {
	place := e.from.place * portSteps
	if e.from.w > 0 {
		place += e.port() * portSteps / (2 * e.from.w)
	}
	return place
}

// sortByNeighbours sorts a layer by the wish of each node; nodes without a wish keep their places.
func sortByNeighbours(layer []*node, wish func(*node) int) {
	var free []*node
	wishes := map[*node]int{}
	for _, n := range layer {
		if w := wish(n); w >= 0 {
			wishes[n] = w
			free = append(free, n)
		}
	}
	slices.SortStableFunc(free, func(a, b *node) int { return wishes[a] - wishes[b] })
	for i, n := range layer {
		if _, moves := wishes[n]; moves {
			layer[i], free = free[0], free[1:]
		}
	}
	number(layer)
}

// swapNeighbours swaps two nodes side by side wherever that leaves fewer crossings, until it does not.
func (p *picture) swapNeighbours() {
	for range orderRounds {
		better := false
		for _, layer := range p.layers {
			for i := 1; i < len(layer); i++ {
				a, b := layer[i-1], layer[i]
				if crossingsOf(b, a) < crossingsOf(a, b) {
					layer[i-1], layer[i] = b, a
					a.place, b.place = i, i-1
					better = true
				}
			}
		}
		if !better {
			return
		}
	}
}

// crossingsOf counts the crossings between the lines of two nodes of a layer if left stands left of right.
func crossingsOf(left, right *node) int {
	n := 0
	for _, a := range left.in {
		for _, b := range right.in {
			if a.startPlace() > b.startPlace() {
				n++
			}
		}
	}
	for _, a := range left.out {
		for _, b := range right.out {
			if a.to.place > b.to.place {
				n++
			}
		}
	}
	return n
}

// orderPillChips puts the chips of a pill into the order of their targets. Nobody wrote them in an order, unlike
// those of a box.
func (p *picture) orderPillChips() {
	for _, n := range p.nodes {
		if n.kind != nodePill {
			continue
		}
		slices.SortStableFunc(n.out, func(a, b *edge) int { return a.to.place - b.to.place })
		place := map[*chip]int{}
		for i, e := range n.out {
			place[e.chip] = i
		}
		slices.SortStableFunc(n.chips, func(a, b *chip) int { return place[a] - place[b] })
		n.placeChips()
	}
}

// crossings counts all crossings of the picture.
func (p *picture) crossings() int {
	n := 0
	for _, layer := range p.layers {
		var edges []*edge
		for _, from := range layer {
			edges = append(edges, from.out...)
		}
		slices.SortStableFunc(edges, func(a, b *edge) int { return a.startPlace() - b.startPlace() })
		for i, a := range edges {
			for _, b := range edges[i+1:] {
				if a.to.place > b.to.place && a.startPlace() < b.startPlace() {
					n++
				}
			}
		}
	}
	return n
}
