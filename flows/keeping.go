package flows

import (
	"slices"
	"strings"
	"time"
)

// day is a day of a rule; what is due is counted from a moment and not from midnight.
const day = 24 * time.Hour

// years is how long n calendar years are at most: what is kept for three years must not be gone a day early because
// of a leap day.
func years(n int) time.Duration { return time.Duration(n*365+(n+3)/4) * day }

// Never is the DeleteAtTwilioAfter of recordings whose copy at Twilio is not ours to delete.
const Never time.Duration = -1

// What a hold keeps.
const (
	KeepEverywhere  = "keep_everywhere"   // Twilio's copy too
	KeepArchiveCopy = "keep_archive_copy" // only the copy in the archive
)

// Engines of transcripts.
const (
	EngineNoun = "transcription-noun" // Twilio's <Transcription>: the only one that PCI Mode allows
	EngineOff  = "off"
)

// Rule is one value of the rules for recordings and transcripts, and where it comes from.
type Rule[T any] struct {
	Value T
	Key   string // its path: recordings.keep_for, recordings.classes.complaints.keep_for, record.keep_for
	Text  string // as it is written: "keep_for: 90 days"
	At    Span   // of the value; the zero Span: it is built in
}

// Written tells whether somebody wrote the value, or it is built in.
func (r Rule[T]) Written() bool { return r.At.Line > 0 }

// over is r where it is written, and otherwise below.
func (r Rule[T]) over(below Rule[T]) Rule[T] {
	if r.Written() {
		return r
	}
	return below
}

// RecordingRules are the rules for a recording.
type RecordingRules struct {
	Class               string              // the class whose rules these are; "" for none
	KeepFor             Rule[time.Duration] // from its creation; 0: until somebody deletes it
	Archive             Rule[bool]
	DeleteAtTwilioAfter Rule[time.Duration] // from when the archive's copy was verified; Never: not by us
	PauseForPayments    Rule[bool]
	OnHold              Rule[string] // KeepEverywhere or KeepArchiveCopy
}

// RecordingSection is a recordings section as it is written, in the project file or in a flow: a rule that is not
// written has no Span.
type RecordingSection struct {
	At Span // of the word recordings; zero without a section
	RecordingRules
	Classes map[string]RecordingRules
}

// TranscriptRules are the rules for transcripts. As a section, a rule that is not written has no Span.
type TranscriptRules struct {
	At        Span                // of the section; zero without one
	Engine    Rule[string]        // EngineNoun or EngineOff
	KeepFor   Rule[time.Duration] // 0: until somebody deletes it
	Redact    Rule[[]string]      // cards, codes, bank, ids, all_numbers
	Languages Rule[[]string]      // the languages that a transcript may be in, and whose numbers are found
}

// RelayProviders are the providers of speech that a conversation may use, in small letters.
type RelayProviders struct {
	At     Span     // zero without a section
	Speech []string // who listens: deepgram, google
	Voices []string // who speaks: elevenlabs, google, amazon
}

// builtInRecordings hold where nothing is written.
func builtInRecordings() RecordingRules {
	return RecordingRules{
		KeepFor:             Rule[time.Duration]{Key: "recordings.keep_for", Text: "keep_for: forever"},
		Archive:             Rule[bool]{Value: true, Key: "recordings.archive", Text: "archive: yes"},
		DeleteAtTwilioAfter: Rule[time.Duration]{Value: 7 * day, Key: "recordings.delete_at_twilio_after", Text: "delete_at_twilio_after: 7 days"},
		PauseForPayments:    Rule[bool]{Value: true, Key: "recordings.pause_for_payments", Text: "pause_for_payments: yes"},
		OnHold:              Rule[string]{Value: KeepEverywhere, Key: "recordings.on_hold", Text: "on_hold: " + KeepEverywhere},
	}
}

// over lays the written rules of r over those below.
func (r RecordingRules) over(below RecordingRules) RecordingRules {
	below.KeepFor = r.KeepFor.over(below.KeepFor)
	below.Archive = r.Archive.over(below.Archive)
	below.DeleteAtTwilioAfter = r.DeleteAtTwilioAfter.over(below.DeleteAtTwilioAfter)
	below.PauseForPayments = r.PauseForPayments.over(below.PauseForPayments)
	below.OnHold = r.OnHold.over(below.OnHold)
	return below
}

// keepForClass begins the class of a recording whose own step says how long it is kept: "keep_for 90 days". It says
// all that there is to know, so that it means the same when the flow has long changed.
const keepForClass = "keep_for "

// RecordingRulesFor finds the rules for a recording that was made in a flow, "" or an unknown one for the project's
// own, of a class, "" for none. A class beats what is said for all, the flow beats the project, key by key; a class
// that nobody knows any more is none. class may be what a record step gave its recording: Utterance.Class.
func (p *Project) RecordingRulesFor(flow, class string) RecordingRules {
	sections := []RecordingSection{p.Recordings}
	f := p.Flows[flow]
	if f != nil {
		sections = append(sections, f.Recordings)
	}
	out := builtInRecordings()
	for _, s := range sections {
		out = s.RecordingRules.over(out)
	}
	if length, ok := strings.CutPrefix(class, keepForClass); ok {
		if d, ok := keepTime(length); ok {
			out.Class = class
			out.KeepFor = Rule[time.Duration]{Value: d, Key: "record.keep_for", Text: "keep_for: " + length, At: f.recordStep(class)}
		}
		return out
	}
	for _, s := range sections {
		if rules, ok := s.Classes[class]; ok {
			out = rules.over(out)
			out.Class = class
		}
	}
	return out
}

// PausesForPayments tells whether recordings of a flow's calls are paused while a payment is taken: when the rules of
// the flow, or of a class that one of its recordings is kept as, say so. A payment does not know which are running.
func (f *Flow) PausesForPayments() bool {
	if f.Project.RecordingRulesFor(f.Name, "").PauseForPayments.Value {
		return true
	}
	for s := range f.allSteps() {
		v, ok := s.Verb.(*RecordCall)
		if ok && v.Action == "start" && !strings.HasPrefix(v.Class, keepForClass) && f.Project.RecordingRulesFor(f.Name, v.Class).PauseForPayments.Value {
			return true
		}
	}
	return false
}

// recordStep is where a flow says for how long the recording of a step is kept; zero when it says so no longer.
func (f *Flow) recordStep(class string) Span {
	if f == nil {
		return Span{}
	}
	for s := range f.allSteps() {
		if v, ok := s.Verb.(*RecordCall); ok && v.Class == class {
			return v.ClassAt
		}
	}
	return Span{}
}

// classNames are the retention classes that a flow can name, sorted.
func (p *Project) classNames(f *Flow) []string {
	out := keysOf(p.Recordings.Classes)
	if f != nil {
		out = append(out, keysOf(f.Recordings.Classes)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TranscriptRulesFor finds the rules for the transcripts of a flow, "" or an unknown one for the project's own.
func (p *Project) TranscriptRulesFor(flow string) TranscriptRules {
	out := TranscriptRules{
		Engine:    Rule[string]{Value: EngineNoun, Key: "transcripts.engine", Text: "engine: " + EngineNoun},
		KeepFor:   Rule[time.Duration]{Key: "transcripts.keep_for", Text: "keep_for: forever"},
		Redact:    Rule[[]string]{Value: []string{"cards", "codes", "bank"}, Key: "transcripts.redact", Text: "redact: [cards, codes, bank]"},
		Languages: Rule[[]string]{Value: p.Languages, Key: "transcripts.languages", Text: "languages: [" + strings.Join(p.Languages, ", ") + "]"},
	}
	sections := []TranscriptRules{p.Transcripts}
	if f := p.Flows[flow]; f != nil {
		sections = append(sections, f.Transcripts)
	}
	for _, s := range sections {
		if s.At.Line > 0 {
			out.At = s.At
		}
		out.Engine = s.Engine.over(out.Engine)
		out.KeepFor = s.KeepFor.over(out.KeepFor)
		out.Redact = s.Redact.over(out.Redact)
		out.Languages = s.Languages.over(out.Languages)
	}
	return out
}
