package flows

import (
	"regexp"
	"slices"
	"strings"
)

// saysNumber finds a number to ring in a sentence: seven digits or more, as they are written to be spoken, or a value
// that is one.
var saysNumber = regexp.MustCompile(`(?:\d[\s,.()\-]*){7,}|\$\{[^}]*\|\s*phone\b|\$\{\s*line\.number\b`)

// checkMessage looks at what a machine hears: a number to ring, and how to stop these calls.
func (l *flowLint) checkMessage() {
	var texts []*Text
	var first *spot
	heard := l.paths.reach(l.machineLanes(), nil)
	for _, n := range l.paths.nodes {
		if spoken := spokenBy(n.step); heard[n.index] && len(spoken) > 0 {
			if texts = append(texts, spoken...); first == nil {
				first = n
			}
		}
	}
	if first == nil {
		return
	}
	w := &l.flow.Ringing
	w.Machines, w.Number, w.StopTold = true, says(texts, saysNumber), says(texts, saysOptOut)
	missing := ""
	switch {
	case !w.Number && !w.StopTold:
		missing = "a number to ring, and how to stop these calls"
	case !w.Number:
		missing = "a number to ring"
	case !w.StopTold:
		missing = "how to stop these calls"
	default:
		return
	}
	f := l.add("C002", first.step.At, "a message that is left on a machine does not say "+missing)
	f.Label = "say it: Please call us back at 5 5 5, 0 1 0, 0 0 0 0. To stop these calls, ring that number and press 9."
}

// machineLanes is where a call goes on that a machine has answered.
func (l *flowLint) machineLanes() []*spot {
	var out []*spot
	for _, n := range l.paths.nodes {
		for _, e := range n.lanes {
			if e.to != nil && l.forMachine(n.step, e.ending) {
				out = append(out, e.to)
			}
		}
	}
	return out
}

// forMachine tells whether an ending of a step is that of a machine.
func (l *flowLint) forMachine(s *Step, ending string) bool {
	switch v := s.Verb.(type) {
	case *Choose:
		if v.On.Raw != answeredByName {
			return false
		}
		named := slices.ContainsFunc(s.Then, func(b Branch) bool { return b.Ending == "machine" })
		return ending == "machine" || ending == "otherwise" && !named
	case *If:
		if v.Cond == nil {
			return false
		}
		switch on := strings.Join(strings.Fields(v.Cond.Raw), " "); on {
		case answeredByName + ` == "machine"`, answeredByName + ` != "human"`:
			return ending == "then"
		case answeredByName + ` != "machine"`, answeredByName + ` == "human"`:
			return ending == "else"
		}
	}
	return false
}

// forNobody tells whether a lane is that of a call which no person has answered.
func (l *flowLint) forNobody(s *Step, ending string) bool {
	if v, ok := s.Verb.(*Choose); ok && v.On.Raw == answeredByName && ending == "fax" {
		return true
	}
	return l.forMachine(s, ending)
}

// checkStopKey finds first choices from which no key leads to opt_out before the next one. Whether it is said at all how
// to stop these calls is C001.
func (l *flowLint) checkStopKey() {
	isOptOut := func(n *spot) bool { _, ok := n.step.Verb.(*OptOut); return ok }
	near := l.paths.leadTo(isOptOut, func(n *spot) bool { return isStop(n.step.Verb) && !isOptOut(n) })
	l.flow.Ringing.StopKey = true
	for _, n := range l.firstStops() {
		if near[n.index] || slices.ContainsFunc(n.lanes, func(e lane) bool { return e.to != nil && near[e.to.index] }) {
			continue
		}
		switch n.step.Verb.(type) {
		case *HangUp, *OptOut:
			continue
		}
		l.flow.Ringing.StopKey = false
		if l.flow.Ringing.OptOut {
			l.add("C003", n.step.At, "nobody can stop these calls by a key here").
				Label = "offer 9: { to: stop these calls, go: ... } with opt_out: in that scene"
		}
	}
}

// firstStops are the steps at which a person who answers can first do something.
func (l *flowLint) firstStops() []*spot {
	var out []*spot
	seen := make([]bool, len(l.paths.nodes))
	for from := []*spot{l.paths.start()}; len(from) > 0; {
		n := from[len(from)-1]
		from = from[:len(from)-1]
		if n == nil || seen[n.index] {
			continue
		}
		seen[n.index] = true
		if isStop(n.step.Verb) {
			out = append(out, n)
			continue
		}
		for _, e := range n.lanes {
			if !l.forNobody(n.step, e.ending) {
				from = append(from, e.to)
			}
		}
	}
	slices.SortFunc(out, func(a, b *spot) int { return a.index - b.index })
	return out
}

// checkWhoPays finds payments that somebody can come to who was never asked who they are: whoever picks up the phone.
func (l *flowLint) checkWhoPays() {
	asked := func(n *spot) bool {
		v, ok := n.step.Verb.(*Ask)
		return ok && v.ValidIf != nil
	}
	unasked := l.paths.reach([]*spot{l.paths.start()}, asked)
	for _, n := range l.paths.nodes {
		if _, pays := n.step.Verb.(*Pay); pays && unasked[n.index] {
			l.add("C004", n.step.At, "whoever picks up can come here without saying who they are").
				Label = "ask for something only that person knows: ask: ... with valid_if: it == birth_year"
		}
	}
}
