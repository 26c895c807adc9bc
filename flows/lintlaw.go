package flows

import (
	"regexp"
	"slices"
	"strings"
)

var (
	saysWho       = regexp.MustCompile(`(?i)\b(this is|calling from|on behalf of|le llama|le habla|le llamamos de|habla)\b`)
	saysOptOut    = regexp.MustCompile(`(?i)\b(stop (these|our|the|all) calls|opt out|not be called|do not call|off (our|the) list|no (reciba|recibir) m[aá]s llamadas|dejar de recibir)\b`)
	saysRecording = regexp.MustCompile(`(?i)\b(record|records|recorded|recording|grab\w+)`)
)

// checkLaw looks at what has to be said before other things. It is help, not legal advice.
func (l *flowLint) checkLaw() {
	if len(l.notes.broken) > 0 {
		return
	}
	l.checkRecording()
	if l.flow.Direction == "outbound" {
		l.flow.Ringing = RingingWords{Known: true, Identity: true, OptOut: true}
		l.checkFirstWords()
		l.checkMessage()
		l.checkStopKey()
		l.checkWhoPays()
	}
}

// checkRecording finds recordings that begin before the caller was told.
func (l *flowLint) checkRecording() {
	told := func(n *spot) bool { return says(spokenBy(n.step), saysRecording) }
	untold := l.paths.reach([]*spot{l.paths.start()}, told)
	for _, n := range l.paths.nodes {
		records := false
		switch v := n.step.Verb.(type) {
		case *RecordCall:
			records = v.Action == "start"
		case *Transfer:
			records = v.Record
		}
		if records && untold[n.index] && !told(n) {
			l.add("C010", n.step.At, "a recording begins here before the caller was told").
				Label = "say it first: This call is recorded."
		}
	}
}

// checkFirstWords looks at what a person hears first whom we have rung: who it is, and how to stop these calls.
func (l *flowLint) checkFirstWords() {
	speaks := func(n *spot) bool { return len(spokenBy(n.step)) > 0 }
	before := l.paths.reach([]*spot{l.paths.start()}, speaks)
	names := l.lineNames()
	stoppable := l.paths.leadTo(l.optOut(), func(n *spot) bool { return isStop(n.step.Verb) })
	for _, n := range l.paths.nodes {
		if _, end := n.step.Verb.(*HangUp); end || !before[n.index] || !speaks(n) {
			continue
		}
		texts := spokenBy(n.step)
		own := texts
		if menu, ok := n.step.Verb.(*Menu); ok && menu.Say != nil { // "tell us this is the wrong person" names nobody
			own = []*Text{menu.Say}
		} else if ok {
			own = nil
		}
		who, out := says(own, saysWho) || says(own, names), stoppable[n.index]
		l.flow.Ringing.Identity, l.flow.Ringing.OptOut = l.flow.Ringing.Identity && who, l.flow.Ringing.OptOut && out
		if who && out {
			continue
		}
		f := l.add("C001", n.step.At, "the first words of a call we make must say who is calling and how to stop these calls")
		switch {
		case !who && !out:
			f.Label = `say "This is ..." and offer 9: { to: stop these calls, go: ... }`
		case !who:
			f.Label = `say who is calling: "This is ..."`
		default:
			f.Label = "offer a key that leads to opt_out, or say how to stop these calls"
		}
	}
}

// lineNames finds any longer word of the line's name.
func (l *flowLint) lineNames() *regexp.Regexp {
	words := []string{`[^\s\S]`} // nothing
	for word := range strings.FieldsSeq(l.project.Line) {
		if len(word) > 3 {
			words = append(words, `\b`+regexp.QuoteMeta(word)+`\b`)
		}
	}
	return regexp.MustCompile("(?i)" + strings.Join(words, "|"))
}

// optOut tells of a step whether it says how to stop these calls, or leads to a scene that stops them.
func (l *flowLint) optOut() func(*spot) bool {
	scenes := map[string]bool{}
	for _, n := range l.paths.nodes {
		if _, ok := n.step.Verb.(*OptOut); ok {
			scenes[n.step.Scene] = true
		}
	}
	return func(n *spot) bool {
		return says(spokenBy(n.step), saysOptOut) || slices.ContainsFunc(n.lanes, func(e lane) bool {
			return e.to != nil && scenes[e.to.step.Scene]
		})
	}
}
