package twiml

// Trim is what is done with silence at the start and end of a recording.
type Trim string

// The ways to trim.
const (
	TrimSilence Trim = "trim-silence"
	DoNotTrim   Trim = "do-not-trim"
)

// RecordingEvent is a moment a recording's status callback is asked for.
type RecordingEvent string

// The moments of a recording.
const (
	RecordingInProgress RecordingEvent = "in-progress"
	RecordingCompleted  RecordingEvent = "completed"
	RecordingAbsent     RecordingEvent = "absent"
)

// Record records the caller, for a voicemail. It ends at Action; later verbs are never reached.
type Record struct {
	Action                        string
	Method                        Method
	Timeout                       int    // seconds of silence that end it; Zero: silence never does
	FinishOnKey                   string // any of 0-9 # *; default 1234567890*#; Empty: no key finishes
	MaxLength                     int    // seconds; default 3600
	PlayBeep                      Bool
	Trim                          Trim
	RecordingStatusCallback       string
	RecordingStatusCallbackMethod Method
	RecordingStatusCallbackEvent  []RecordingEvent
	RecordingConfigurationID      string
	Transcribe                    Bool // not in PCI mode
	TranscribeCallback            string
}

func (*Record) verb() {}

func (r *Record) write(w *writer) {
	w.begin("Record")
	w.address("action", r.Action)
	w.method("method", r.Method)
	w.integer("timeout", r.Timeout, 0, day)
	w.chars("finishOnKey", r.FinishOnKey, keypad, len(keypad))
	w.integer("maxLength", r.MaxLength, 1, day)
	w.boolean("playBeep", r.PlayBeep)
	w.trim(r.Trim)
	w.recordingCallback(r.RecordingStatusCallback, r.RecordingStatusCallbackMethod, r.RecordingStatusCallbackEvent)
	w.str("recordingConfigurationId", r.RecordingConfigurationID)
	w.boolean("transcribe", r.Transcribe)
	w.address("transcribeCallback", r.TranscribeCallback)
	w.end("Record")
}

func (w *writer) trim(t Trim) { w.enum("trim", string(t), "trim-silence|do-not-trim") }

func (w *writer) recordingCallback(url string, m Method, events []RecordingEvent) {
	w.address("recordingStatusCallback", url)
	w.method("recordingStatusCallbackMethod", m)
	list(w, "recordingStatusCallbackEvent", events, "in-progress|completed|absent")
}
