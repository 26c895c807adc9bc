package flows

import (
	"fmt"
	"strings"
	"time"
)

// twiliosYear is after how long Twilio deletes a recording of PCI Mode: https://www.twilio.com/docs/voice/pci-workflows
var twiliosYear = years(1)

// checkKeeping looks at how long recordings and transcripts are kept.
func (l *loader) checkKeeping() {
	if l.noProject {
		return
	}
	l.checkRules(nil)
	for _, f := range l.flows() {
		if f.Recordings.At.Line > 0 {
			l.checkRules(f)
		}
		l.checkKept(f)
	}
}

// checkRules looks at the rules of the project, or of a flow, with those of each class.
func (l *loader) checkRules(f *Flow) {
	name := ""
	if f != nil {
		name = f.Name
	}
	for _, class := range append([]string{""}, l.project.classNames(f)...) {
		l.checkTrue(l.project.RecordingRulesFor(name, class))
	}
}

// checkTrue finds rules that cannot come true.
func (l *loader) checkTrue(r RecordingRules) {
	keep, after := r.KeepFor, r.DeleteAtTwilioAfter
	pci := l.project.PCIMode
	late := func(at Span, message, label string) {
		if at.Line > 0 {
			l.add("P031", at, message).Label = label
		}
	}
	switch {
	case pci && after.Value > twiliosYear:
		late(after.At, "Twilio deletes recordings of PCI Mode itself after a year", "write at most 1 year, or never")
	case r.Archive.Value && keep.Value > 0 && after.Value > keep.Value:
		at, label := after.At, "make it shorter than keep_for"
		if at.Line == 0 {
			at, label = keep.At, "add delete_at_twilio_after: with a shorter time"
		}
		late(at, fmt.Sprintf("the recording is still at Twilio when %s is over: %s", keep.Text, after.Text), label)
	case r.Archive.Value && keep.Value > 0 && after.Value == Never && (!pci || keep.Value < twiliosYear):
		late(after.At, fmt.Sprintf("Twilio's copy outlives %s", keep.Text), "write a time, such as 7 days")
	}
	if !pci || r.Archive.Value {
		return
	}
	if keep.Value > twiliosYear {
		late(firstWritten(r.Archive.At, keep.At), "without a copy in the archive a recording is gone after a year: "+keep.Text, "write archive: yes")
	}
}

func firstWritten(spans ...Span) Span {
	for _, s := range spans {
		if s.Line > 0 {
			return s
		}
	}
	return Span{}
}

// checkKept finds recordings and transcripts of which nobody says how long they are kept.
func (l *loader) checkKept(f *Flow) {
	for s := range f.allSteps() {
		what, section, keep := "", "recordings", Rule[time.Duration]{}
		var at []Span
		switch v := s.Verb.(type) {
		case *RecordCall:
			if v.Action == "start" && !strings.HasPrefix(v.Class, keepForClass) {
				what, keep = "recordings", l.project.RecordingRulesFor(f.Name, v.Class).KeepFor
			}
		case *Voicemail:
			what, keep = "recordings", l.project.RecordingRulesFor(f.Name, "").KeepFor
		case *Transfer:
			if v.Record {
				what, keep = "recordings", l.project.RecordingRulesFor(f.Name, "").KeepFor
			}
		case *Transcribe:
			if v.Action == "start" {
				rules := l.project.TranscriptRulesFor(f.Name)
				l.checkOff(s, rules)
				what, section, keep = "transcripts", "transcripts", rules.KeepFor
			}
		}
		if what == "" || keep.Written() {
			continue
		}
		if at = []Span{f.Recordings.At, l.project.Recordings.At, l.project.At}; section == "transcripts" {
			at = []Span{f.Transcripts.At, l.project.Transcripts.At, l.project.At}
		}
		w := l.add("P030", firstWritten(at...), fmt.Sprintf("nothing says how long %s are kept: until somebody deletes them", what))
		w.Label, w.Help = "say it: "+section+": { keep_for: 90 days }", "where they are to be kept without end, write keep_for: forever"
	}
}

// checkOff finds transcriptions that are begun although the project wants none.
func (l *loader) checkOff(s *Step, rules TranscriptRules) {
	if rules.Engine.Value != EngineOff {
		return
	}
	f := l.add("F141", s.At, "this project makes no transcripts")
	f.Label, f.Help = "take the step out", fmt.Sprintf("%s says engine: off", rules.Engine.At)
}
