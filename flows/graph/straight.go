package graph

import "slices"

// straighten puts the bends of each long line under one another as far as their neighbours leave room: moved
// step by step they would only spread the slant evenly, and the line would look like a staircase.
func (p *picture) straighten() {
	for range 3 {
		for _, n := range p.nodes {
			if n.kind != nodeBend && len(n.out) > 0 {
				for _, e := range n.out {
					p.straightenLine(e)
				}
			}
		}
	}
}

// straightenLine handles the line that begins with an edge. Where no single x suits all its bends, the first
// ones that can share an x get it, then the next.
func (p *picture) straightenLine(e *edge) {
	var run []*node
	low, high := 0, 0
	for ; e.to.kind == nodeBend; e = e.to.out[0] {
		l, h := p.leeway(e.to)
		if len(run) > 0 && max(l, low) > min(h, high) {
			align(run, low, high)
			run = nil
		}
		if len(run) == 0 {
			low, high = l, h
		}
		low, high = max(l, low), min(h, high)
		run = append(run, e.to)
	}
	align(run, low, high)
}

// leeway is how far a node can move before it would touch the next one in its layer.
func (p *picture) leeway(n *node) (low, high int) {
	const far = 1 << 40
	low, high = n.x-far, n.x+far
	layer := p.layers[n.layer]
	if n.place > 0 {
		left := layer[n.place-1]
		low = left.x + (left.room()+n.room())*fine/2
	}
	if n.place < len(layer)-1 {
		right := layer[n.place+1]
		high = right.x - (right.room()+n.room())*fine/2
	}
	return low, high
}

// align puts nodes at one x: the middle one of theirs that lies within the bounds.
func align(run []*node, low, high int) {
	if len(run) == 0 {
		return
	}
	var all []int
	for _, n := range run {
		all = append(all, n.x)
	}
	slices.Sort(all)
	x := min(max(all[len(all)/2], low), high)
	for _, n := range run {
		n.x = x
	}
}
