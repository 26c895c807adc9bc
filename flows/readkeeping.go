package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// longestKept bounds how long a rule may keep something.
const longestKept = 30

// readPrivacy reads what the project file says about PCI Mode and about who may converse with callers.
func (r *reader) readPrivacy(m *fields) {
	r.project.PCIMode = m.yesNo("pci_mode", true)
	f, ok := m.filled("conversation_relay")
	if !ok {
		return
	}
	if sub, ok := m.sub(f, `"conversation_relay"`); ok {
		r.project.Relay = RelayProviders{
			At: sub.at, Speech: sub.words("speech", "F124", relaySpeech...), Voices: sub.words("voices", "F124", relayVoices...),
		}
		sub.done()
	}
}

// readKeeping reads the recordings and transcripts sections of the project file or of a flow.
func (r *reader) readKeeping(m *fields) (RecordingSection, TranscriptRules) {
	var rec RecordingSection
	if f, ok := m.filled("recordings"); ok {
		if sub, ok := m.sub(f, `"recordings"`); ok {
			rec = r.readRecordings(sub)
		}
	}
	var trans TranscriptRules
	if f, ok := m.filled("transcripts"); ok {
		if sub, ok := m.sub(f, `"transcripts"`); ok {
			trans = r.readTranscripts(sub)
		}
	}
	return rec, trans
}

func (r *reader) readRecordings(m *fields) RecordingSection {
	out := RecordingSection{At: m.at, RecordingRules: r.recordingRules(m, "recordings."), Classes: map[string]RecordingRules{}}
	r.eachNamed(m, "classes", "the class", func(f field, sub *fields) {
		out.Classes[f.name()] = r.recordingRules(sub, "recordings.classes."+f.name()+".")
	})
	m.done()
	return out
}

// recordingRules reads the rules that a section and each of its classes can have.
func (r *reader) recordingRules(m *fields, prefix string) RecordingRules {
	return RecordingRules{
		KeepFor: readRule(m, prefix, "keep_for", m.asKeepTime),
		Archive: readRule(m, prefix, "archive", m.asYesNo),
		DeleteAtTwilioAfter: readRule(m, prefix, "delete_at_twilio_after", func(f field) (time.Duration, bool) {
			switch raw, ok := m.raw(f); {
			case !ok:
				return 0, false
			case raw == "never":
				return Never, true
			case raw == "0" || strings.HasPrefix(raw, "0 "): // as soon as there is a copy that was read back
				return 0, true
			}
			d := m.asDuration(f, years(longestKept))
			return d, d > 0
		}),
		PauseForPayments: readRule(m, prefix, "pause_for_payments", m.asYesNo),
		OnHold: readRule(m, prefix, "on_hold", func(f field) (string, bool) {
			return m.asWord(f, "F124", []string{KeepEverywhere, KeepArchiveCopy})
		}),
	}
}

// readRule reads one optional rule with its place. One that cannot be read is as if it were not there.
func readRule[T any](m *fields, prefix, name string, read func(field) (T, bool)) Rule[T] {
	f, ok := m.filled(name)
	if !ok {
		return Rule[T]{}
	}
	v, ok := read(f)
	if !ok {
		return Rule[T]{}
	}
	return Rule[T]{Value: v, Key: prefix + name, Text: name + ": " + writtenAs(m.items(f)), At: m.src.spanOf(f.value)}
}

// writtenAs is a value, or a list of them, as people write it on one line.
func writtenAs(items []field) string {
	var words []string
	for _, f := range items {
		words = append(words, f.value.Value)
	}
	if len(words) == 1 {
		return words[0]
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// asKeepTime reads how long something is kept; forever is 0.
func (r *reader) asKeepTime(f field) (time.Duration, bool) {
	raw, ok := r.raw(f)
	if !ok {
		return 0, false
	}
	if raw == "forever" {
		return 0, true
	}
	d := r.asDuration(f, years(longestKept))
	return d, d > 0
}

// keepTime is asKeepTime for a text that was read before.
func keepTime(raw string) (time.Duration, bool) {
	if raw == "forever" {
		return 0, true
	}
	d, ok := parseDuration(raw, years(longestKept))
	return d, ok && d > 0
}

// redactable is what can be masked in transcripts.
var redactable = []string{"cards", "codes", "bank", "ids", "all_numbers"}

func (r *reader) readTranscripts(m *fields) TranscriptRules {
	out := TranscriptRules{
		At:      m.at,
		Engine:  readRule(m, "transcripts.", "engine", r.asEngine),
		KeepFor: readRule(m, "transcripts.", "keep_for", m.asKeepTime),
		Redact: readRule(m, "transcripts.", "redact", func(f field) ([]string, bool) {
			var out []string
			for _, item := range m.items(f) {
				if w, ok := m.asWord(item, "F124", redactable); ok {
					out = append(out, w)
				}
			}
			return out, true
		}),
		Languages: readRule(m, "transcripts.", "languages", func(f field) ([]string, bool) {
			var out []string
			for _, item := range m.items(f) {
				if lang, ok := m.asLanguage(item, "project", nil); ok {
					out = append(out, lang)
				}
			}
			return out, len(out) > 0
		}),
	}
	all := slices.Contains(out.Redact.Value, "all_numbers")
	if out.Redact.Written() && r.project.PCIMode && !all {
		for _, word := range []string{"cards", "codes"} {
			if !slices.Contains(out.Redact.Value, word) {
				f := r.add("P026", out.Redact.At, fmt.Sprintf("in PCI Mode %s must be masked in transcripts", word))
				f.Label = fmt.Sprintf("add %q", word)
			}
		}
	}
	m.done()
	return out
}

// otherEngines are ways to transcribe that PCI Mode forbids, with the code that says so.
var otherEngines = map[string]string{
	"native": "P020", "marketplace": "P021", "add-on": "P021", "conversation-intelligence": "P021",
}

func (r *reader) asEngine(f field) (string, bool) {
	raw, ok := r.raw(f)
	if !ok {
		return "", false
	}
	code, other := otherEngines[raw]
	switch {
	case other && r.project.PCIMode:
		f := r.add(code, r.src.spanOf(f.value), quoteWord(raw)+" is not available in PCI Mode")
		f.Label = "write engine: " + EngineNoun
		return "", false
	case other:
		r.addLater(r.src.spanOf(f.value), raw)
		return "", false
	}
	return r.asWord(f, "F124", []string{EngineNoun, EngineOff})
}
