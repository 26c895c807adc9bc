package flows

import (
	"fmt"
	"slices"
	"strings"
)

// manyRecordings is how many steps of one flow that begin a recording are followed one by one, so that a finding can
// name the one that is meant. Those behind them are followed together: a flow of any size must be read quickly.
const manyRecordings = 40

// checkPauses finds payments that a recording would run through: its rules do not pause it, and no step on the way
// does. The keys of a card can be heard in such a recording.
func (l *flowLint) checkPauses() {
	var rest, restPaused []*spot
	for i, n := range l.beginnings() {
		paused := l.pausedByItself(n)
		switch {
		case i < manyRecordings:
			l.followRecording(paused, n)
		case paused:
			restPaused = append(restPaused, n)
		default:
			rest = append(rest, n)
		}
	}
	l.followRecording(false, rest...)
	l.followRecording(true, restPaused...)
	for _, n := range l.paths.nodes {
		v, ok := n.step.Verb.(*Transfer)
		if ok && v.Record && v.AgentMayTake && !l.pausedAs("") {
			f := l.add("P025", n.step.At, "this transfer is recorded, and its agent may take a payment")
			f.Label = "take out record: yes, or set pause_for_payments: yes"
		}
	}
}

// beginnings are the steps at which a recording of the call begins.
func (l *flowLint) beginnings() []*spot {
	var out []*spot
	for _, n := range l.paths.nodes {
		if l.begins(n) {
			out = append(out, n)
		}
	}
	return out
}

// pausedByItself tells whether the rules pause the recording that a step starts. One that is resumed can be any.
func (l *flowLint) pausedByItself(n *spot) bool {
	v, ok := n.step.Verb.(*RecordCall)
	switch {
	case !ok: // begun in TwiML of somebody's own: all that runs is paused
		return l.pausedAs("")
	case v.Action == "start":
		return l.pausedAs(v.Class)
	}
	if l.allPaused == nil {
		all := l.pausedAs("")
		for _, other := range l.paths.nodes {
			if start, ok := other.step.Verb.(*RecordCall); ok && start.Action == "start" {
				all = all && l.pausedAs(start.Class)
			}
		}
		l.allPaused = &all
	}
	return *l.allPaused
}

// pausedAs tells whether the rules pause recordings of a class while a caller pays.
func (l *flowLint) pausedAs(class string) bool {
	if strings.HasPrefix(class, keepForClass) {
		class = "" // says only how long
	}
	paused, known := l.paused[class]
	if !known {
		paused = l.project.RecordingRulesFor(l.flow.Name, class).PauseForPayments.Value
		l.paused[class] = paused
	}
	return paused
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

// followRecording goes every way that a recording runs on from one of some steps, up to where it is paused or stopped.
// paused: the payments that paydial knows of pause it by themselves.
func (l *flowLint) followRecording(paused bool, from ...*spot) {
	if len(from) == 0 {
		return
	}
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
	for _, n := range from {
		for _, e := range n.lanes {
			next = append(next, e.to)
		}
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
		if what == "" || l.recorded[n] {
			continue
		}
		l.recorded[n] = true
		f := l.add("P025", n.step.At, "a recording can run while "+what)
		f.Label = "write - record: pause before it, and - record: resume after"
		if len(from) == 1 {
			f.Help = fmt.Sprintf("it is begun at %s, and nothing pauses it for payments", from[0].step.At)
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
