package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Twilio's codes of transcription.
const (
	transcriptionConfig   = 32650 // what was asked for cannot be
	transcriptionProvider = 32655 // the provider is not available
	intelligenceInPCI     = 95116 // Conversation Intelligence takes nothing of an account in PCI Mode
	notInProgress         = 21220
	callbackNotAbsolute   = 17585
)

// transcription is a real-time transcription of a call: https://www.twilio.com/docs/voice/twiml/transcription
// Its settings do not change; mu guards what is below it.
type transcription struct {
	sid, name     string
	call          *call
	tracks        []string // inbound, outbound
	labels        map[string]string
	callback      callback
	language      string
	engine, model string
	partial       bool
	punctuation   bool
	hints         string
	profanity     bool

	mu      sync.Mutex
	seq     int // of the last event
	stopped bool
	updated time.Time
}

// transcriptions is those of one call, the oldest first.
type transcriptions struct {
	mu     sync.Mutex
	all    []*transcription
	spoken []spoken
}

// spoken is what the person on a leg has said, as it may be kept.
type spoken struct {
	at   time.Time
	text string
}

func (ts *transcriptions) list() []*transcription {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return slices.Clone(ts.all)
}

// forget drops them all.
func (ts *transcriptions) forget() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.all, ts.spoken = nil, nil
}

// named finds a transcription by its SID, or else the newest by its name; nil when there is none.
func (ts *transcriptions) named(name string) *transcription {
	all := ts.list()
	for _, t := range slices.Backward(all) {
		if t.sid == name || name != "" && t.name == name {
			return t
		}
	}
	return nil
}

// newTranscription reads what is asked of a transcription; get gives a setting by its name in TwiML. A refusal is why
// it cannot be.
func (s *Simulator) newTranscription(c *call, get func(name string) string) (*transcription, *refusal) {
	or := func(name, def string) string {
		if v := get(name); v != "" {
			return v
		}
		return def
	}
	t := &transcription{
		sid: s.ids.sid("GT"), name: get("name"), call: c, language: or("languageCode", "en-US"), hints: get("hints"),
		engine: or("transcriptionEngine", "google"), partial: get("partialResults") == "true",
		punctuation: get("enableAutomaticPunctuation") != "false", profanity: get("profanityFilter") != "false",
		labels:   map[string]string{trackInbound: get("inboundTrackLabel"), trackOutbound: get("outboundTrackLabel")},
		callback: callback{purpose: "transcription", url: get("statusCallbackUrl"), method: get("statusCallbackMethod"), bare: true},
	}
	switch or("track", "both_tracks") {
	case "both_tracks":
		t.tracks = []string{trackInbound, trackOutbound}
	case "inbound_track":
		t.tracks = []string{trackInbound}
	case "outbound_track":
		t.tracks = []string{trackOutbound}
	default:
		return t, &refusal{transcriptionConfig, "track is inbound_track, outbound_track or both_tracks"}
	}
	switch t.engine {
	case "google":
		t.model = or("speechModel", "telephony")
	case "deepgram":
		t.model = or("speechModel", "nova-2")
	default:
		return t, &refusal{transcriptionConfig, "transcriptionEngine is google or deepgram"}
	}
	switch {
	case t.callback.url != "" && checkURL(t.callback.url) != nil:
		return t, &refusal{callbackNotAbsolute, "statusCallbackUrl is not an absolute URL"}
	case !validMethod(t.callback.method):
		return t, &refusal{transcriptionConfig, "statusCallbackMethod is GET or POST"}
	case s.account.pci() && (get("intelligenceService") != "" || get("conversationConfiguration") != ""):
		return t, &refusal{intelligenceInPCI, "PCI Mode is on: Conversation Intelligence is not available"}
	}
	return t, nil
}

// begin starts the transcription and tells so.
func (t *transcription) begin(s *Simulator) {
	t.call.transcripts.mu.Lock()
	t.call.transcripts.all = append(t.call.transcripts.all, t)
	t.call.transcripts.mu.Unlock()
	track := "both_tracks"
	if len(t.tracks) == 1 {
		track = t.tracks[0] + "_track"
	}
	provider, _ := json.Marshal(map[string]any{ // strings and booleans: it cannot fail
		"speechModel": t.model, "profanityFilter": t.profanity, "enableAutomaticPunctuation": t.punctuation, "hints": t.hints,
	})
	t.tell(s, "transcription-started", map[string]string{
		"ProviderConfiguration": string(provider), "TranscriptionEngine": t.engine, "Name": t.name, "Track": track,
		"InboundTrackLabel": t.labels[trackInbound], "OutboundTrackLabel": t.labels[trackOutbound],
		"PartialResults": strconv.FormatBool(t.partial), "LanguageCode": t.language,
	})
	if p := s.faults.get().Transcriptions.ErrorPercent; p > 0 && s.ids.percent(p) {
		t.fail(s, refusal{transcriptionProvider, "the provider is not available (fault error_percent)"})
	}
}

// fail ends the transcription with an error.
func (t *transcription) fail(s *Simulator, why refusal) {
	t.tell(s, "transcription-error", map[string]string{
		"TranscriptionErrorCode": strconv.Itoa(why.code), "TranscriptionError": why.text,
	})
}

// stop ends the transcription; it reports false when it was over.
func (t *transcription) stop(s *Simulator) bool { return t.tell(s, "transcription-stopped", nil) }

// tell posts a status callback, unless the transcription is over; then it reports false. Errors and stopped end it.
func (t *transcription) tell(s *Simulator, what string, params map[string]string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return false
	}
	t.seq++
	t.updated = s.clock.now()
	t.stopped = what == "transcription-error" || what == "transcription-stopped"
	cb := t.callback
	cb.params = map[string]string{
		"AccountSid": t.call.accountSID, "CallSid": t.call.sid, "TranscriptionSid": t.sid, "TranscriptionEvent": what,
		"Timestamp": t.updated.UTC().Format("2006-01-02T15:04:05.000000Z"), "SequenceId": strconv.Itoa(t.seq),
	}
	for name, value := range params {
		cb.params[name] = value
	}
	s.notify(t.call, cb)
	return true
}

// content tells what was heard on a track: a final result, or a partial one.
func (t *transcription) content(s *Simulator, track, words string, final bool) {
	if !slices.Contains(t.tracks, track) || !final && !t.partial {
		return
	}
	data, _ := json.Marshal(map[string]any{"transcript": words, "confidence": 0.93}) // cannot fail
	params := map[string]string{
		"Track": track + "_track", "TranscriptionData": string(data), "Final": strconv.FormatBool(final), "LanguageCode": t.language,
	}
	if !final {
		params["Stability"] = "0.8"
	}
	t.tell(s, "transcription-content", params)
}

// hear tells the running transcriptions of a call what is said on one of its tracks, of which the beginning is a partial
// result. What it gives tells them when it was said to its end.
func (s *Simulator) hear(c *call, track, words string) (said func()) {
	all := c.transcripts.list()
	if len(all) == 0 {
		return func() {}
	}
	parts := strings.Fields(words)
	beginning := strings.Join(parts[:(len(parts)+1)/2], " ")
	for _, t := range all {
		t.content(s, track, beginning, false)
	}
	return func() {
		for _, t := range all {
			t.content(s, track, words, true)
		}
	}
}

// endTranscriptions stops what is still transcribed when a call ends.
func (s *Simulator) endTranscriptions(c *call) {
	for _, t := range c.transcripts.list() {
		t.stop(s)
	}
}

// transcribe begins or stops a transcription, as <Start> or <Stop> says.
func (l *leg) transcribe(el, noun *element) {
	if el.name == "Stop" {
		l.stopTranscription(noun.attr("name"))
		return
	}
	t, no := l.sim.newTranscription(l.call, noun.attr)
	switch {
	case no == nil:
		t.begin(l.sim)
	case no.code == callbackNotAbsolute:
		l.note(no.code, "<Transcription>: "+no.text)
	default:
		l.note(no.code, "<Transcription>: "+no.text)
		t.fail(l.sim, *no)
	}
}

// stopTranscription stops the one of that name, or without a name all that run.
func (l *leg) stopTranscription(name string) {
	if name == "" {
		l.sim.endTranscriptions(l.call)
		return
	}
	if t := l.call.transcripts.named(name); t == nil || !t.stop(l.sim) {
		l.note(0, fmt.Sprintf("<Stop><Transcription>: none of the name %q runs", name))
	}
}
