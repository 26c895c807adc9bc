package graph

// hugeFlow is the number of scenes from which a picture with every line would be neither readable nor quick.
const hugeFlow = 150

// picture is the layout under way: every node and edge, and the nodes by layer from top to bottom.
type picture struct {
	graph  *Graph
	boxes  map[string]*node // by scene
	nodes  []*node
	edges  []*edge
	layers [][]*node
	w, h   int
}

// draw lays out a graph. Its steps are the usual ones for layered drawings: find the edges that lead back, put
// every box below those that lead to it, cut long edges at each layer, order each layer to avoid crossings, and
// move boxes to where their lines are straight.
func draw(g *Graph) *picture {
	p := &picture{graph: g, boxes: map[string]*node{}}
	p.addBoxes()
	p.addPills()
	p.assignLayers()
	p.cutLongEdges()
	p.orderLayers()
	p.orderPillChips()
	p.placeNodes()
	p.placeLayers()
	return p
}

// addBoxes makes a box of every scene and an edge of every exit that does not lead back.
func (p *picture) addBoxes() {
	named := p.graph.namedExits()
	for _, s := range p.graph.Scenes {
		kinds := make([]chipKind, len(s.Exits))
		for i, e := range s.Exits {
			switch {
			case e.Ends():
				kinds[i] = chipEnd
			case e.To == s.Name:
				kinds[i] = chipSelf
			default:
				kinds[i] = named[exitID{s.Name, i}]
			}
		}
		n := newBox(s, kinds)
		p.boxes[s.Name] = n
		p.nodes = append(p.nodes, n)
	}
	for _, s := range p.graph.Scenes {
		from := p.boxes[s.Name]
		for i, e := range s.Exits {
			if !e.Ends() && e.To != s.Name && named[exitID{s.Name, i}] == chipLine {
				p.connect(&edge{from: from, to: p.boxes[e.To], chip: from.chipOf(i)})
			}
		}
	}
}

// chipOf is the chip of the box's nth exit; nil if it has none.
func (n *node) chipOf(exit int) *chip {
	for _, c := range n.chips {
		if c.number == exit {
			return c
		}
	}
	return nil
}

// addPills adds where a call begins, and what can happen at any time.
func (p *picture) addPills() {
	if len(p.graph.Scenes) > 0 {
		title := "a caller rings"
		if p.graph.Direction == "outbound" {
			title = "we ring"
		}
		n := newPill(title, false, nil)
		p.nodes = append(p.nodes, n)
		p.connect(&edge{from: n, to: p.boxes[p.graph.Scenes[0].Name]})
	}
	if len(p.graph.Anytime) == 0 {
		return
	}
	n := newPill("at any time", true, p.graph.Anytime)
	p.nodes = append(p.nodes, n)
	for i, e := range p.graph.Anytime {
		if !e.Ends() {
			p.connect(&edge{from: n, to: p.boxes[e.To], chip: n.chips[i], dashed: true})
		}
	}
}

func (p *picture) connect(e *edge) {
	p.edges = append(p.edges, e)
	e.from.out = append(e.from.out, e)
	e.to.in = append(e.to.in, e)
}

// exitID names an exit: the scene and its number there.
type exitID struct {
	scene string
	exit  int
}

// namedExits finds the exits that are named on a chip instead of drawn: those that close a circle when the flow
// is walked from its start in the order of the file, and in a huge flow all but the first that lead to a scene.
func (g *Graph) namedExits() map[exitID]chipKind {
	const walking, done = 1, 2
	scenes, state, named := map[string]*Scene{}, map[string]int{}, map[exitID]chipKind{}
	for _, s := range g.Scenes {
		scenes[s.Name] = s
	}
	var walk func(s *Scene)
	walk = func(s *Scene) {
		state[s.Name] = walking
		for i, e := range s.Exits {
			if e.Ends() || e.To == s.Name {
				continue
			}
			switch state[e.To] {
			case walking:
				named[exitID{s.Name, i}] = chipBack
			case done:
				if len(g.Scenes) > hugeFlow {
					named[exitID{s.Name, i}] = chipFar
				}
			default:
				walk(scenes[e.To])
			}
		}
		state[s.Name] = done
	}
	for _, s := range g.Scenes {
		if state[s.Name] == 0 {
			walk(s)
		}
	}
	return named
}

// assignLayers puts every node one layer below the lowest node that leads to it. A node that nothing leads to,
// other than the start, goes right above the first one it leads to.
func (p *picture) assignLayers() {
	order := p.topological()
	for _, n := range order {
		for _, e := range n.in {
			n.layer = max(n.layer, e.from.layer+1)
		}
	}
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if len(n.in) > 0 || len(n.out) == 0 {
			continue
		}
		nearest := n.out[0].to.layer
		for _, e := range n.out {
			nearest = min(nearest, e.to.layer)
		}
		n.layer = nearest - 1
	}
	for _, n := range p.nodes {
		for len(p.layers) <= n.layer {
			p.layers = append(p.layers, nil)
		}
		p.layers[n.layer] = append(p.layers[n.layer], n)
	}
}

// topological lists the nodes so that every edge leads forward in the list.
func (p *picture) topological() []*node {
	var order []*node
	seen := map[*node]bool{}
	var visit func(n *node)
	visit = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, e := range n.out {
			visit(e.to)
		}
		order = append(order, n)
	}
	for _, n := range p.nodes {
		visit(n)
	}
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// cutLongEdges puts a bend into every layer that an edge passes, so that a line never runs through a box.
func (p *picture) cutLongEdges() {
	whole := p.edges
	p.edges = nil
	for _, n := range p.nodes {
		n.in, n.out = nil, nil
	}
	for _, e := range whole {
		from, port := e.from, e.chip
		for layer := e.from.layer + 1; layer < e.to.layer; layer++ {
			bend := &node{kind: nodeBend, layer: layer}
			p.nodes = append(p.nodes, bend)
			p.layers[layer] = append(p.layers[layer], bend)
			p.connect(&edge{from: from, to: bend, chip: port, dashed: e.dashed})
			from, port = bend, nil
		}
		p.connect(&edge{from: from, to: e.to, chip: port, dashed: e.dashed})
	}
}
