package flows

// paths is a flow as a graph: one spot for each step, also for those in place, and a lane for each way a call can
// go on from there. The lint asks all its questions about order of this graph.
type paths struct {
	flow  *Flow
	nodes []*spot
	of    map[*Step]*spot
	first map[string]*spot // the first step of each scene
}

// spot is one step.
type spot struct {
	step  *Step
	index int
	inner bool // it stands in place, inside another step
	begin bool // it is the first of its list
	lanes []lane
	in    int // how many lanes lead here
}

// lane is one way to go on.
type lane struct {
	ending  string
	to      *spot // nil: the end of the scene
	limited bool  // at_most
	assumed bool  // nothing says where this ending leads, which is an error of its own
}

// pathsOf draws the graph of a flow.
func pathsOf(f *Flow) *paths {
	g := &paths{flow: f, of: map[*Step]*spot{}, first: map[string]*spot{}}
	for _, s := range f.Scenes {
		g.add(s.Steps, false)
		if len(s.Steps) > 0 && g.first[s.Name] == nil {
			g.first[s.Name] = g.of[s.Steps[0]]
		}
	}
	for _, s := range f.Scenes {
		g.link(s.Steps, nil)
	}
	for _, n := range g.nodes {
		for _, e := range n.lanes {
			if e.to != nil {
				e.to.in++
			}
		}
	}
	return g
}

// add makes the nodes of a list of steps and of the lists inside it.
func (g *paths) add(steps []*Step, inner bool) {
	for i, s := range steps {
		n := &spot{step: s, index: len(g.nodes), inner: inner, begin: i == 0}
		g.nodes = append(g.nodes, n)
		g.of[s] = n
		for _, b := range targetsOf(s) {
			g.add(b.Target.Steps, true)
		}
	}
}

// link makes the lanes of a list of steps; after is where its last step goes on.
func (g *paths) link(steps []*Step, after *spot) {
	for i, s := range steps {
		next := after
		if i+1 < len(steps) {
			next = g.of[steps[i+1]]
		}
		g.linkStep(g.of[s], next)
		for _, b := range targetsOf(s) {
			g.link(b.Target.Steps, next)
		}
	}
}

func (g *paths) linkStep(n *spot, next *spot) {
	s := n.step
	if s.When != nil {
		n.lanes = append(n.lanes, lane{to: next})
	}
	for _, e := range stepEndings(s) {
		switch t := g.flow.leadOf(s, e.name); {
		case t != nil:
			g.lead(n, next, e.name, t)
		case e.mode == orNext, e.mode == orEnd && next != nil:
			n.lanes = append(n.lanes, lane{ending: e.name, to: next})
		case e.mode == mustLead:
			n.lanes = append(n.lanes, lane{ending: e.name, to: next, assumed: true})
		}
	}
	switch v := s.Verb.(type) {
	case *Menu:
		for _, o := range v.Options {
			g.lead(n, next, o.Key, o.Target)
		}
		g.anywhere(n, next)
	case *Ask, *Confirm, *ChooseLanguage:
		g.anywhere(n, next)
	case *If:
		g.lead(n, next, "then", v.Then)
		if v.Else != nil {
			g.lead(n, next, "else", v.Else)
		} else {
			n.lanes = append(n.lanes, lane{ending: "else", to: next})
		}
	case *Choose:
		for _, b := range s.Then {
			if b.Ending != "gave_up" || !limited(s) {
				g.lead(n, next, b.Ending, b.Target)
			}
		}
	case *Go:
		g.lead(n, next, "", v.Target)
	case *Transfer:
		g.toScene(n, "returned", v.MayReturnTo)
	case *RawTwiML:
		g.toScene(n, "back", v.ComeBackTo)
	case *HangUp, *OptOut, *HoursCheck, *Lookup, *Submit, *Pay, *Voicemail, *Converse, *TextMessage:
	default:
		n.lanes = append(n.lanes, lane{to: next})
	}
}

func (g *paths) anywhere(n, next *spot) {
	for _, k := range g.flow.Anywhere {
		g.lead(n, next, k.Key, k.Target)
	}
}

func (g *paths) toScene(n *spot, ending, scene string) {
	if first := g.first[scene]; first != nil {
		n.lanes = append(n.lanes, lane{ending: ending, to: first})
	}
}

// lead adds the lane of one target.
func (g *paths) lead(n, next *spot, ending string, t *Target) {
	e := lane{ending: ending, to: next, limited: t.AtMost > 0}
	switch t.Kind {
	case TargetScene:
		if e.to = g.first[t.Scene]; e.to == nil {
			return // no such scene, or one without steps: said elsewhere
		}
	case TargetSteps:
		if len(t.Steps) > 0 {
			e.to = g.of[t.Steps[0]]
		}
	case TargetRepeat:
		e.to = n
	case TargetContinue:
	}
	n.lanes = append(n.lanes, e)
}

// start is where a call begins, or nil.
func (g *paths) start() *spot {
	if len(g.flow.Scenes) == 0 {
		return nil
	}
	return g.first[g.flow.Scenes[0].Name]
}

// reach marks everything that can come after the given nodes, with these. It does not go beyond a spot for which
// stop is true; that spot is marked.
func (g *paths) reach(from []*spot, stop func(*spot) bool) []bool {
	seen := make([]bool, len(g.nodes))
	for len(from) > 0 {
		n := from[len(from)-1]
		from = from[:len(from)-1]
		if n == nil || seen[n.index] {
			continue
		}
		seen[n.index] = true
		if stop != nil && stop(n) {
			continue
		}
		for _, e := range n.lanes {
			from = append(from, e.to)
		}
	}
	return seen
}

// leadTo marks every spot from which one can come to a spot for which goal is true, with these. It does not go back
// over a spot for which stop is true.
func (g *paths) leadTo(goal, stop func(*spot) bool) []bool {
	back := make([][]*spot, len(g.nodes))
	var from []*spot
	for _, n := range g.nodes {
		for _, e := range n.lanes {
			if e.to != nil && (stop == nil || !stop(n)) {
				back[e.to.index] = append(back[e.to.index], n)
			}
		}
		if goal(n) {
			from = append(from, n)
		}
	}
	seen := make([]bool, len(g.nodes))
	for len(from) > 0 {
		n := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[n.index] {
			continue
		}
		seen[n.index] = true
		from = append(from, back[n.index]...)
	}
	return seen
}

// rounds finds the rounds that a call can go without ever waiting for the caller and without at_most: each is a set
// of steps that lead to one another (Tarjan's strongly connected components).
func (g *paths) rounds() [][]*spot {
	t := &tarjan{order: make([]int, len(g.nodes)), low: make([]int, len(g.nodes)), on: make([]bool, len(g.nodes))}
	for _, n := range g.nodes {
		if t.order[n.index] == 0 {
			t.visit(n)
		}
	}
	return t.found
}

type tarjan struct {
	order, low []int
	on         []bool
	stack      []*spot
	count      int
	found      [][]*spot
}

// free are the lanes that a call can take on its own.
func (n *spot) free() []*spot {
	lanes := n.lanes
	if isStop(n.step.Verb) {
		if lanes = nil; n.step.When != nil {
			lanes = n.lanes[:1] // past it, when its condition does not hold
		}
	}
	var out []*spot
	for _, e := range lanes {
		if e.to != nil && !e.limited && !e.assumed {
			out = append(out, e.to)
		}
	}
	return out
}

func (t *tarjan) visit(n *spot) {
	i := n.index
	t.count++
	t.order[i], t.low[i], t.on[i] = t.count, t.count, true
	t.stack = append(t.stack, n)
	self := false
	for _, to := range n.free() {
		self = self || to == n
		if t.order[to.index] == 0 {
			t.visit(to)
			t.low[i] = min(t.low[i], t.low[to.index])
		} else if t.on[to.index] {
			t.low[i] = min(t.low[i], t.order[to.index])
		}
	}
	if t.low[i] != t.order[i] {
		return
	}
	var round []*spot
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.on[last.index] = false
		round = append(round, last)
		if last == n {
			break
		}
	}
	if len(round) > 1 || self {
		t.found = append(t.found, round)
	}
}
