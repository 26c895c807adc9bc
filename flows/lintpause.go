package flows

import (
	"fmt"
	"slices"
)

// checkPauses finds payments that a recording would run through: its rules do not pause it, and no step on the way
// does. The keys of a card can be heard in such a recording.
func (l *flowLint) checkPauses() {
	for _, n := range l.paths.nodes {
		if !l.begins(n) {
			continue
		}
		class, paused := "", false
		if v, ok := n.step.Verb.(*RecordCall); ok {
			class, paused = v.Class, l.pausedByItself(v)
		}
		l.followRecording(n, class, paused)
	}
	for _, n := range l.paths.nodes {
		v, ok := n.step.Verb.(*Transfer)
		if ok && v.Record && v.AgentMayTake && !l.project.RecordingRulesFor(l.flow.Name, "").PauseForPayments.Value {
			f := l.add("P025", n.step.At, "this transfer is recorded, and its agent may take a payment")
			f.Label = "take out record: yes, or set pause_for_payments: yes"
		}
	}
}

// pausedByItself tells whether the rules pause a recording that a step starts, or resumes: whichever that is.
func (l *flowLint) pausedByItself(v *RecordCall) bool {
	paused := func(class string) bool {
		return l.project.RecordingRulesFor(l.flow.Name, class).PauseForPayments.Value
	}
	if v.Action == "start" {
		return paused(v.Class)
	}
	all := paused("")
	for _, n := range l.paths.nodes {
		if other, ok := n.step.Verb.(*RecordCall); ok && other.Action == "start" {
			all = all && paused(other.Class)
		}
	}
	return all
}

// begins tells whether a recording of the call begins at a step.
func (l *flowLint) begins(n *spot) bool {
	switch v := n.step.Verb.(type) {
	case *RecordCall:
		return v.Action == "start" || v.Action == "resume"
	case *RawTwiML:
		return slices.Contains(l.raw[v], "start/recording")
	}
	return false
}

// followRecording goes every way that a recording runs on, up to where it is paused or stopped. paused: the payments
// that paydial knows of pause it by themselves.
func (l *flowLint) followRecording(from *spot, class string, paused bool) {
	silent := func(n *spot) bool {
		switch v := n.step.Verb.(type) {
		case *RecordCall:
			return n.step.When == nil && (v.Action == "pause" || v.Action == "stop")
		case *RawTwiML:
			return n.step.When == nil && slices.Contains(l.raw[v], "stop/recording")
		}
		return false
	}
	var next []*spot
	for _, e := range from.lanes {
		next = append(next, e.to)
	}
	if t := l.flow.IfError; t != nil { // an error can come at any step
		next = append(next, l.paths.first[t.Scene])
	}
	reached := l.paths.reach(next, silent)
	for _, n := range l.paths.nodes {
		if !reached[n.index] {
			continue
		}
		what := l.payment(n, paused)
		if what == "" {
			continue
		}
		f := l.add("P025", n.step.At, "a recording can run while "+what)
		f.Label = "write - record: pause before it, and - record: resume after"
		f.Help = fmt.Sprintf("it is begun at %s, and nothing pauses it for payments", from.step.At)
		if class != "" {
			f.Help += ": keep_as: " + class
		}
	}
}

// payment says how card details are taken at a step while a recording is not paused by itself; "" for not.
func (l *flowLint) payment(n *spot, paused bool) string {
	switch v := n.step.Verb.(type) {
	case *Pay:
		if !paused {
			return "the caller pays here"
		}
	case *Transfer:
		if v.AgentMayTake && !paused {
			return "an agent takes a payment here"
		}
	case *RawTwiML: // of this payment nobody knows
		if slices.Contains(l.raw[v], "pay") {
			return "the caller pays here, in TwiML of your own"
		}
	}
	return ""
}

// checkRaw looks into raw TwiML for what must not be sent, and notes what it does.
func (l *flowLint) checkRaw(s *Step) {
	v, ok := s.Verb.(*RawTwiML)
	if !ok || v.XML == nil {
		return
	}
	l.add("F330", s.At, "raw TwiML is not simulated or shown like the other steps").
		Label = "use the step of the language for this, if there is one"
	found, paths, _ := l.project.readRaw(hideValues(v.XML.Raw)) // that it is XML was looked at before
	l.raw[v] = paths
	for _, p := range found {
		l.add(p.code, l.project.spanIn(v.XML.At, v.XML.Raw, p.from, p.to), p.message).Label = p.label
	}
}
