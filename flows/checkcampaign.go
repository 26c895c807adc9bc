package flows

import (
	"fmt"
	"slices"
	"strings"
)

// checkMachine compares what the campaign does with machines with what the flow says to them.
func (r *campaignReader) checkMachine() {
	c := r.c
	if c.Flow == nil || r.guessed {
		return
	}
	at := firstWritten(c.Machine.At, c.Places["flow"], c.At)
	toMachine := c.Flow.KnowsMachines()
	name := "flows/" + c.Flow.Name + ".yaml"
	switch {
	case c.Machine.Detect == DetectOff && c.Machine.Then == LeaveMessage:
		r.add("C111", at, "no message can be left: machines are not told from people").Label = "write detect: wait_for_beep"
	case c.Machine.Detect == DetectOff && toMachine:
		r.add("C114", at, fmt.Sprintf("flow %q has something to say to machines, but none is ever found", c.Flow.Name)).
			Label = "write detect: wait_for_beep, or fast"
	case c.Machine.Then == LeaveMessage && !toMachine:
		f := r.add("C111", at, fmt.Sprintf("flow %q has nothing to say to a machine", c.Flow.Name))
		f.Label = "write then: hang_up, or give the flow a scene for machines"
		f.Help = "begin " + name + " with choose: call.answered_by, and name a scene for machine:"
	case c.Machine.Detect == DetectFast && c.Machine.Then == LeaveMessage:
		f := r.add("C114", at, "the message is spoken while the machine's greeting still runs")
		f.Label = "write detect: wait_for_beep"
	}
}

// checkOptOuts finds lists on which people are put who ask not to be called, and which the campaign does not look at.
func (r *campaignReader) checkOptOuts() {
	if r.c.Flow == nil || r.unsure {
		return
	}
	told := map[string]bool{}
	for s := range r.c.Flow.allSteps() {
		v, ok := s.Verb.(*OptOut)
		if !ok || told[v.List] || slices.ContainsFunc(r.c.NeverCall, func(l ListName) bool { return l.Name == v.List }) {
			continue
		}
		told[v.List] = true
		f := r.add("C117", firstWritten(r.c.Places["never_call"], r.c.Places["flow"], r.c.At),
			fmt.Sprintf("who opts out on a call of flow %q goes on the list %q, and this campaign does not look at it", r.c.Flow.Name, v.List))
		f.Label = "add it to never_call: [" + v.List + "]"
	}
}

// KnowsMachines tells whether the flow does something of its own when a machine answers: it looks at call.answered_by.
func (f *Flow) KnowsMachines() bool {
	for s := range f.allSteps() {
		if s.When != nil && strings.Contains(s.When.Raw, answeredByName) {
			return true
		}
		switch v := s.Verb.(type) {
		case *Choose:
			if v.On.Raw == answeredByName && slices.ContainsFunc(s.Then, func(b Branch) bool { return b.Ending == "machine" || b.Ending == "otherwise" }) {
				return true
			}
		case *If:
			if v.Cond != nil && strings.Contains(v.Cond.Raw, answeredByName) {
				return true
			}
		}
	}
	return false
}

const answeredByName = "call.answered_by"

// Header is the header of the column that holds a field: the one that the file names, or the field's own name.
func (c *Campaign) Header(field string) string {
	for _, col := range c.Columns {
		if col.Field == field {
			return col.Header
		}
	}
	return field
}

// Finding makes a finding about the campaign's file for whoever checks it further, such as its rule book; ok is false
// when a comment of the file asks to ignore it.
func (c *Campaign) Finding(code string, at Span, message string) (f Finding, ok bool) {
	if at.Line == 0 {
		at = c.At
	}
	f = Finding{Code: code, Severity: severityOf(code), Span: at, Message: message, Source: newSource(at.File, []byte(c.Text)).excerpt(at.Line)}
	return f, !c.ignored[ignored{at.File, at.Line, code}]
}
