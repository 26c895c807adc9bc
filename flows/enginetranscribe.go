package flows

import (
	"fmt"
	"slices"
)

// TranscriptState tells whether a transcription of the flow runs at Twilio.
type TranscriptState string

// The states of a flow's transcription.
const (
	TranscriptRuns    TranscriptState = "runs"
	TranscriptHeld    TranscriptState = "held" // stopped while a caller pays, to be started anew after
	TranscriptStopped TranscriptState = "stopped"
)

// Transcript is the transcription that a flow has begun, with everything that is needed to begin it anew: Twilio can
// stop one, and not pause it. Each time it is begun it gets another name.
type Transcript struct {
	Name     string          `json:"name"`
	Number   int             `json:"number"` // how often one was begun in this call
	State    TranscriptState `json:"state"`
	Engine   string          `json:"engine"`   // google, deepgram
	Language string          `json:"language"` // en-US
	Model    string          `json:"model,omitempty"`
	Track    string          `json:"track"` // both, inbound, outbound
	Hints    []string        `json:"hints,omitempty"`
}

// transcribe begins or ends the call's transcription. One that runs is ended before another begins.
func (r *run) transcribe(v *Transcribe) {
	r.stopTranscript()
	if v.Action == "stop" {
		return
	}
	t := Transcript{Engine: v.Engine, Language: v.Language, Model: v.Model, Track: v.Track, Hints: v.Hints}
	if t.Language == "" {
		t.Language = r.st.Language
	}
	if old := r.st.Transcript; old != nil {
		t.Number = old.Number
	}
	r.beginTranscript(t)
}

// beginTranscript begins a transcription under a new name.
func (r *run) beginTranscript(t Transcript) {
	t.Number++
	t.Name, t.State = transcriptName(t.Number), TranscriptRuns
	r.st.Transcript = &t
	r.out.Speech = append(r.out.Speech, Utterance{Kind: UtterTranscribeStart, Transcript: &t})
}

func transcriptName(number int) string { return fmt.Sprintf("paydial-%d", number) }

func (r *run) stopTranscript() {
	t := r.st.Transcript
	if t == nil || t.State == TranscriptStopped {
		return
	}
	if t.State == TranscriptRuns {
		r.out.Speech = append(r.out.Speech, stopOf(t.Name))
	}
	r.markTranscript(TranscriptStopped)
}

func stopOf(name string) Utterance {
	return Utterance{Kind: UtterTranscribeStop, Transcript: &Transcript{Name: name}}
}

// markTranscript changes the state of the call's transcription; the State that was handed in keeps its own.
func (r *run) markTranscript(state TranscriptState) {
	t := *r.st.Transcript
	t.State = state
	r.st.Transcript = &t
}

// holdTranscript stops the transcription for a payment, before everything else of the turn. What this turn would have
// begun is not begun.
func (r *run) holdTranscript() {
	t := r.st.Transcript
	if t == nil {
		return
	}
	r.out.Speech = slices.DeleteFunc(r.out.Speech, func(u Utterance) bool {
		return u.Kind == UtterTranscribeStart || u.Kind == UtterTranscribeStop
	})
	if r.ranAs != "" {
		r.out.Speech = slices.Insert(r.out.Speech, 0, stopOf(r.ranAs))
	}
	if t.State == TranscriptRuns {
		r.markTranscript(TranscriptHeld)
	}
}

// resumeTranscript begins a transcription anew that was stopped for a payment.
func (r *run) resumeTranscript() {
	if t := r.st.Transcript; t != nil && t.State == TranscriptHeld {
		r.beginTranscript(*t)
	}
}

// renewTranscript is for a turn whose answer may be lost: what Twilio was told last is not known. Whatever may run is
// stopped, and begun anew if it should run.
func (r *run) renewTranscript() {
	t := r.st.Transcript
	if t == nil {
		return
	}
	for n := max(1, t.Number-1); n <= t.Number; n++ {
		r.out.Speech = append(r.out.Speech, stopOf(transcriptName(n)))
	}
	if t.State != TranscriptStopped {
		r.beginTranscript(*t)
	}
}
