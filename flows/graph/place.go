package graph

const (
	// placeRounds is how often boxes are moved towards their neighbours.
	placeRounds = 60
	// fine is how many steps a pixel has while boxes are moved: all arithmetic is in whole numbers, so that a
	// flow looks the same on every machine.
	fine = 16
	// layerGap is the least height between two layers; slope adds to it where lines run far sideways.
	layerGap = 58
	slope    = 14
	tallest  = 60
)

// placeNodes gives every node its x: side by side in order, then step by step to where its lines are straight.
func (p *picture) placeNodes() {
	for _, layer := range p.layers {
		x := 0
		for _, n := range layer {
			n.x = x + n.room()*fine/2
			x += n.room() * fine
		}
	}
	for round := range placeRounds {
		switch {
		case round%2 == 0:
			for _, layer := range p.layers {
				settle(layer, round > 4, true)
			}
		default:
			for i := len(p.layers) - 1; i >= 0; i-- {
				settle(p.layers[i], true, round > 4)
			}
		}
	}
	p.straighten()
	p.moveIntoView()
}

// pull is where a node would like to be, and how much.
type pull struct{ sum, weight int }

func (w *pull) add(x, weight int) { w.sum, w.weight = w.sum+x*weight, w.weight+weight }

// wish is the average of the places at which the node's lines would be straight. Lines between bends count most:
// a long line should not wave.
func (n *node) wish(down, up bool) pull {
	var w pull
	if up {
		for _, e := range n.in {
			w.add(e.from.x+e.port()*fine, e.stiffness())
		}
	}
	if down {
		for _, e := range n.out {
			w.add(e.to.x-e.port()*fine, e.stiffness())
		}
	}
	if w.weight == 0 {
		w.add(n.x, 1)
	}
	return w
}

func (e *edge) stiffness() int {
	switch {
	case e.from.kind == nodeBend && e.to.kind == nodeBend:
		return 8
	case e.from.kind == nodeBend || e.to.kind == nodeBend:
		return 2
	case e.dashed:
		return 1
	}
	return 3
}

// settle moves the nodes of one layer as near to their wishes as their order and widths allow. Nodes that would
// overlap form a block, which goes to the average of what its nodes wish.
func settle(layer []*node, down, up bool) {
	type block struct {
		pull
		nodes int
	}
	var blocks []block
	offset, offsets := 0, make([]int, len(layer))
	for i, n := range layer {
		if i > 0 {
			offset += (layer[i-1].room() + n.room()) * fine / 2
		}
		offsets[i] = offset
		w := n.wish(down, up)
		blocks = append(blocks, block{pull{w.sum - offset*w.weight, w.weight}, 1})
		for len(blocks) > 1 {
			last, before := blocks[len(blocks)-1], blocks[len(blocks)-2]
			if floorDiv(before.sum, before.weight) <= floorDiv(last.sum, last.weight) {
				break
			}
			blocks = blocks[:len(blocks)-1]
			blocks[len(blocks)-1] = block{pull{before.sum + last.sum, before.weight + last.weight}, before.nodes + last.nodes}
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.nodes {
			layer[i].x = floorDiv(b.sum, b.weight) + offsets[i]
			i++
		}
	}
}

// floorDiv rounds down for negative numbers too, so that the order of results never depends on the sign.
func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}

// moveIntoView turns fine steps into pixels and moves everything right of the margin.
func (p *picture) moveIntoView() {
	left, right := 0, 0
	for i, n := range p.nodes {
		n.x = floorDiv(n.x, fine)
		if i == 0 {
			left, right = n.x-n.w/2, n.x+n.w/2
		}
		left, right = min(left, n.x-n.w/2), max(right, n.x+n.w/2)
	}
	for _, n := range p.nodes {
		n.x += margin - left
	}
	p.w = right - left + 2*margin
}

// placeLayers gives every node its y. A gap is higher where its lines run far to the side.
func (p *picture) placeLayers() {
	y := margin
	for i, layer := range p.layers {
		height, far := 0, 0
		for _, n := range layer {
			height = max(height, n.h)
			for _, e := range n.out {
				far = max(far, abs(e.to.x-e.from.x-e.port()))
			}
		}
		for _, n := range layer {
			n.y = y
			if n.kind == nodeBend {
				n.h = height
			}
		}
		y += height
		if i < len(p.layers)-1 {
			y += layerGap + min(far/slope, tallest)
		}
	}
	p.h = y + chipHeight/2 + margin
}

func abs(n int) int { return max(n, -n) }
