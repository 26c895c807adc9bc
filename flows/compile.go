package flows

import (
	"fmt"

	"github.com/paydial/paydial/internal/machine"
)

// program is a flow as it is run. States are the steps that can end in more than one way or wait for something;
// what lies between two states is a way. The machine says where an ending leads, the way what is done on it.
type program struct {
	nodes   map[string]*node // by step ID
	order   []*node          // in file order, built-in ones last
	hops    map[*Step]*hop   // by step
	machine *machine.Machine

	begin, goodbye, apology, over, after, done *node
}

// node is a state.
type node struct {
	step   *Step  // nil: built in
	state  string // its name in the machine
	ways   map[string]*way
	order  []*way
	events names
}

// id is how a node is known outside of the machine.
func (n *node) id() string {
	if n.step != nil {
		return n.step.ID
	}
	return n.state
}

// way is what an ending of a node leads to: what is done, and the next node.
type way struct {
	ending string
	event  string
	first  *hop // nil: nothing is done
	to     *node
	counts string // what it is counted under, with atMost
	atMost int    // 0: as often as one likes
}

// hop is one thing done on a way: a scene that is entered, a step without endings, or a built-in sentence. What
// follows a step is always the same, so ways share their hops: a flow has no more of them than steps.
type hop struct {
	scene string
	step  *Step
	next  *hop
	to    *node // where this hop and all behind it come out
}

// Endings that no author writes.
const (
	endingSkip  = "skip"  // when: was not true
	endingGo    = "go"    // a counted or guarded go was taken
	endingStart = "start" // the call begins
	endingRun   = "run"   // after_call begins
	endingError = "error"
	endingBack  = "back"
	endingDone  = "done"
	anywhereKey = "anywhere "
	gaveUp      = "gave_up"
)

// flowCompiler builds a program.
type flowCompiler struct {
	flow    *Flow
	prog    *program
	places  map[*Step]place
	firsts  map[string]*Step // first step of each scene
	entries map[string]*hop
	said    map[string]*Target // of the step that is being connected
	states  names
}

// place is where a step stands: what comes behind it in its list, and the step that the list belongs to.
type place struct {
	next  *Step
	owner *Step
}

// compileFlow turns a checked flow into a program. It does so for any flow, also one with errors in it: what
// leads nowhere leads to the apology.
func compileFlow(f *Flow) (*program, error) {
	c := &flowCompiler{
		flow: f, places: map[*Step]place{}, firsts: map[string]*Step{}, entries: map[string]*hop{},
		prog: &program{nodes: map[string]*node{}, hops: map[*Step]*hop{}},
	}
	c.addBuiltIns()
	for _, s := range f.Scenes {
		c.place(s.Steps, nil)
		if len(s.Steps) > 0 && c.firsts[s.Name] == nil {
			c.firsts[s.Name] = s.Steps[0]
		}
	}
	c.place(f.AfterCall, nil)
	for s := range f.allSteps() {
		if isState(s) {
			c.addNode(&node{step: s, state: c.states.safe(s.ID, "s")})
		}
	}
	c.wayOut(c.prog.begin, endingStart, c.firstScene())
	c.wayOut(c.prog.begin, endingError, f.IfError)
	c.addAfterCall()
	for _, n := range c.prog.order {
		if n.step != nil {
			c.connect(n)
		}
	}
	table := c.table()
	var err error
	if c.prog.machine, err = machine.New(beginState, table); err != nil {
		return nil, fmt.Errorf("compile flow %s: %w", f.Name, err)
	}
	return c.prog, nil
}

func (c *flowCompiler) addBuiltIns() {
	builtIn := func(name string) *node {
		n := &node{state: name, ways: map[string]*way{}}
		c.states.safe(name, "s")
		c.prog.nodes[name] = n
		return n
	}
	p := c.prog
	p.begin, p.goodbye, p.apology = builtIn(beginState), builtIn("goodbye"), builtIn("apology")
	p.over, p.after, p.done = builtIn("over"), builtIn(afterCall), builtIn("done")
	p.order = append(p.order, p.begin, p.goodbye, p.apology, p.over, p.after, p.done)
}

func (c *flowCompiler) addNode(n *node) {
	n.ways = map[string]*way{}
	c.prog.nodes[n.step.ID] = n
	c.prog.order = append(c.prog.order, n)
}

// place notes what comes behind each step of a list and of the lists in it.
func (c *flowCompiler) place(steps []*Step, owner *Step) {
	for i, s := range steps {
		p := place{owner: owner}
		if i+1 < len(steps) {
			p.next = steps[i+1]
		}
		c.places[s] = p
		for _, b := range targetsOf(s) {
			c.place(b.Target.Steps, s)
		}
	}
}

// isState tells whether a step has endings. A guard is an ending too, but a step that is only a guarded deed is
// skipped on the way.
func isState(s *Step) bool {
	switch v := s.Verb.(type) {
	case *Say, *Play, *PauseFor, *Set, *Send, *Outcome, *Note, *Transcribe:
		return false
	case *RecordCall:
		return v.Action == "pause" || v.Action == "resume"
	case *Go:
		return s.When != nil || v.Target.AtMost > 0
	}
	return true
}

// follow leads a way to a step, and from there to the next state.
func (c *flowCompiler) follow(w *way, s *Step, end *node) {
	if w.first, w.to = c.hopsFrom(s, end); w.to == nil {
		w.to = c.prog.apology
	}
}

// hopsFrom is what is done from a step on, up to the next state. Round and round without a stop, which the lint
// reports, comes out at the apology.
func (c *flowCompiler) hopsFrom(s *Step, end *node) (*hop, *node) {
	var chain []*hop
	var tail *hop
	to := end
	for ; s != nil; s = c.nextOf(s) {
		if n := c.prog.nodes[s.ID]; n != nil && n.step == s {
			to = n
			break
		}
		if known := c.prog.hops[s]; known != nil {
			if tail, to = known, known.to; to == nil {
				to = c.prog.apology
			}
			break
		}
		h := &hop{step: s}
		if jump, ok := s.Verb.(*Go); ok {
			h.step, h.scene = nil, jump.Target.Scene
		}
		c.prog.hops[s] = h
		chain = append(chain, h)
		if h.scene != "" && c.firsts[h.scene] == nil {
			to = c.prog.apology
			break
		}
	}
	for i, h := range chain {
		h.to, h.next = to, tail
		if i+1 < len(chain) {
			h.next = chain[i+1]
		}
	}
	if len(chain) > 0 {
		return chain[0], to
	}
	return tail, to
}

// nextOf is the step that is done after one without endings.
func (c *flowCompiler) nextOf(s *Step) *Step {
	if jump, ok := s.Verb.(*Go); ok {
		return c.firsts[jump.Target.Scene]
	}
	return c.after(s)
}

// after is the step that follows s, behind the end of its list the one that follows the list's owner.
func (c *flowCompiler) after(s *Step) *Step {
	for s != nil {
		p := c.places[s]
		if p.next != nil {
			return p.next
		}
		s = p.owner
	}
	return nil
}

func (c *flowCompiler) firstScene() *Target {
	if len(c.flow.Scenes) == 0 {
		return nil
	}
	return &Target{Kind: TargetScene, Scene: c.flow.Scenes[0].Name}
}

// enter leads a way into a scene.
func (c *flowCompiler) enter(w *way, scene string) {
	h := c.entries[scene]
	if h == nil && c.firsts[scene] != nil {
		h = &hop{scene: scene}
		c.entries[scene] = h
		h.next, h.to = c.hopsFrom(c.firsts[scene], c.prog.goodbye)
	}
	if h == nil {
		w.to = c.prog.apology
		return
	}
	w.first, w.to = h, h.to
}

// wayOut adds a way for an ending of n. A nil target leads to the apology.
func (c *flowCompiler) wayOut(n *node, ending string, t *Target) *way {
	if w := n.ways[ending]; w != nil {
		return w
	}
	w := &way{ending: ending, event: n.events.safe(eventWord(ending), "on")}
	n.ways[ending] = w
	n.order = append(n.order, w)
	end := c.prog.goodbye
	if n.step != nil && n.step.Scene == afterCall {
		end = c.prog.done
	}
	switch {
	case t == nil:
		w.to = c.prog.apology
		return w
	case t.AtMost > 0 && n.step != nil:
		w.counts, w.atMost = n.step.ID+" "+ending, t.AtMost
	}
	switch t.Kind {
	case TargetScene:
		c.enter(w, t.Scene)
	case TargetSteps:
		first := c.after(n.step)
		if len(t.Steps) > 0 {
			first = t.Steps[0]
		}
		c.follow(w, first, end)
	case TargetRepeat:
		w.to = n
	default:
		c.follow(w, c.after(n.step), end)
	}
	return w
}

func (c *flowCompiler) addAfterCall() {
	if len(c.flow.AfterCall) == 0 {
		return
	}
	w := &way{ending: endingRun, event: endingRun}
	c.prog.after.ways[endingRun] = w
	c.prog.after.order = append(c.prog.after.order, w)
	c.follow(w, c.flow.AfterCall[0], c.prog.done)
}

// table is the program as lines of the machine.
func (c *flowCompiler) table() []machine.Transition {
	var out []machine.Transition
	for _, n := range c.prog.order {
		for _, w := range n.order {
			out = append(out, machine.Transition{From: n.state, Event: w.event, To: w.to.state})
		}
	}
	return out
}

// eventWord is an ending as an event's name begins: keys are no names.
func eventWord(ending string) string {
	switch ending {
	case "*":
		return "key_star"
	case "#":
		return "key_pound"
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return "key_" + ending
	case anywhereKey + "*":
		return "anywhere_star"
	case anywhereKey + "#":
		return "anywhere_pound"
	}
	return ending
}
