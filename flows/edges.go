package flows

// Edge is one line of a flow's state machine, for people: From and To are names of states, safe for Mermaid.
type Edge struct {
	From   string // state
	Event  string // the ending as an event
	Ending string // the ending as it is written; "anywhere 0" for a key that works everywhere
	To     string // state
	Step   string // ID of the step that From is; "" for a built-in state
	AtMost int    // how often it may be taken in a call; 0: no limit
}

// Edges lists the state machine of a compiled flow, in file order. Ways that an error takes are left out: there
// is one from every state.
func (f *Flow) Edges() []Edge {
	if f.program == nil {
		return nil
	}
	var out []Edge
	for _, n := range f.program.order {
		for _, w := range n.order {
			if w.ending == endingError {
				continue
			}
			e := Edge{From: n.state, Event: w.event, Ending: w.ending, To: w.to.state, AtMost: w.atMost}
			if n.step != nil {
				e.Step = n.step.ID
			}
			out = append(out, e)
		}
	}
	return out
}

// Stops lists the IDs of the steps at which a call waits for somebody, in file order.
func (f *Flow) Stops() []string {
	var out []string
	for s := range f.allSteps() {
		if isStop(s.Verb) {
			out = append(out, s.ID)
		}
	}
	return out
}
