package twilio

import (
	"encoding/json"
	"time"
)

// CallStatus is a status callback of a call. Callbacks may come in any order; SequenceNumber tells the right one.
type CallStatus struct {
	VoiceCall
	CallDuration    int // seconds, when it has ended
	Duration        int // billed minutes
	SIPResponseCode int
	SequenceNumber  int
	Timestamp       time.Time
	CallbackSource  string
	StirStatus      string
	RecordingURL    string
	RecordingSID    string
}

// ParseCallStatus reads a status callback of a call.
func ParseCallStatus(f Form) (CallStatus, error) {
	call, err := ParseVoiceCall(f)
	r := reader{form: f}
	r.need("CallStatus")
	s := CallStatus{
		VoiceCall: call, CallDuration: r.integer("CallDuration"), Duration: r.integer("Duration"),
		SIPResponseCode: r.integer("SipResponseCode"), SequenceNumber: r.integer("SequenceNumber"),
		Timestamp: r.moment("Timestamp"), CallbackSource: f.Get("CallbackSource"), StirStatus: f.Get("StirStatus"),
		RecordingURL: f.Get("RecordingUrl"), RecordingSID: f.Get("RecordingSid"),
	}
	if err != nil {
		r.errs = append(r.errs, err)
	}
	return s, r.err()
}

// AMDStatus is who answered an outbound call, when that is found out beside the call.
type AMDStatus struct {
	CallSID                  string
	AccountSID               string
	AnsweredBy               string // human, machine_start, machine_end_beep, ..., fax, unknown
	MachineDetectionDuration time.Duration
}

// ParseAMDStatus reads a callback of answering machine detection.
func ParseAMDStatus(f Form) (AMDStatus, error) {
	r := reader{form: f}
	a := AMDStatus{
		CallSID: r.needSID("CallSid", "CA"), AccountSID: r.needSID("AccountSid", "AC"), AnsweredBy: r.need("AnsweredBy"),
		MachineDetectionDuration: time.Duration(r.integer("MachineDetectionDuration")) * time.Millisecond,
	}
	return a, r.err()
}

// RecordingStatus is a status callback of a recording.
type RecordingStatus struct {
	SID               string // RE...
	CallSID           string
	AccountSID        string
	ConferenceSID     string
	Status            string // in-progress, completed, absent
	URL               string // without extension
	Duration          int    // seconds
	Channels          int
	StartTime         time.Time
	Source            string // RecordVerb, DialVerb, OutboundAPI ...
	Track             string
	ErrorCode         int // 16101 ...; 0: none
	EncryptionDetails json.RawMessage
}

// ParseRecordingStatus reads a status callback of a recording.
func ParseRecordingStatus(f Form) (RecordingStatus, error) {
	r := reader{form: f}
	s := RecordingStatus{
		SID: r.needSID("RecordingSid", "RE"), CallSID: f.Get("CallSid"), AccountSID: r.needSID("AccountSid", "AC"),
		ConferenceSID: f.Get("ConferenceSid"), Status: r.need("RecordingStatus"), URL: f.Get("RecordingUrl"),
		Duration: r.integer("RecordingDuration"), Channels: r.integer("RecordingChannels"),
		StartTime: r.moment("RecordingStartTime"), Source: f.Get("RecordingSource"), Track: f.Get("RecordingTrack"),
		ErrorCode: r.integer("ErrorCode"), EncryptionDetails: r.json("EncryptionDetails"),
	}
	return s, r.err()
}

// TranscriptionEvent is a callback of a real-time transcription.
type TranscriptionEvent struct {
	SID          string // GT...
	CallSID      string
	AccountSID   string
	Event        string // transcription-started, -content, -stopped, -error
	Timestamp    time.Time
	SequenceID   int
	Track        string // inbound_track, outbound_track
	LanguageCode string
	Transcript   string
	Confidence   float64
	Final        bool
	Stability    float64
	Name         string
	ErrorCode    int
	Error        string

	Engine                string // google, deepgram; transcription-started only, as are the next four
	ProviderConfiguration json.RawMessage
	InboundLabel          string
	OutboundLabel         string
	PartialResults        bool
	ProviderData          json.RawMessage // transcription-content only, when it was asked for
}

// ParseTranscriptionEvent reads a callback of a real-time transcription.
func ParseTranscriptionEvent(f Form) (TranscriptionEvent, error) {
	r := reader{form: f}
	e := TranscriptionEvent{
		SID: f.Get("TranscriptionSid"), CallSID: r.needSID("CallSid", "CA"), AccountSID: r.needSID("AccountSid", "AC"),
		Event: r.need("TranscriptionEvent"), Timestamp: r.moment("Timestamp"), SequenceID: r.integer("SequenceId"),
		Track: f.Get("Track"), LanguageCode: f.Get("LanguageCode"), Final: r.boolean("Final"),
		Stability: r.decimal("Stability"), Name: f.Get("Name"), ErrorCode: r.integer("TranscriptionErrorCode"),
		Error: f.Get("TranscriptionError"), Engine: f.Get("TranscriptionEngine"),
		ProviderConfiguration: r.json("ProviderConfiguration"), InboundLabel: f.Get("InboundTrackLabel"),
		OutboundLabel: f.Get("OutboundTrackLabel"), PartialResults: r.boolean("PartialResults"),
		ProviderData: r.json("TranscriptionProviderData"),
	}
	if raw := r.json("TranscriptionData"); raw != nil {
		var said struct {
			Transcript string  `json:"transcript"`
			Confidence float64 `json:"confidence"`
		}
		if json.Unmarshal(raw, &said) != nil {
			r.fail("TranscriptionData", "is not what was expected")
		}
		e.Transcript, e.Confidence = said.Transcript, said.Confidence
	}
	return e, r.err()
}

// StreamStatus is a status callback of <Stream>.
type StreamStatus struct {
	SID       string // MZ...
	CallSID   string
	Event     string // stream-started, stream-stopped, stream-error
	Name      string
	Error     string
	Timestamp time.Time
}

// ParseStreamStatus reads a status callback of <Stream>.
func ParseStreamStatus(f Form) (StreamStatus, error) {
	r := reader{form: f}
	s := StreamStatus{
		SID: f.Get("StreamSid"), CallSID: r.needSID("CallSid", "CA"), Event: r.need("StreamEvent"),
		Name: f.Get("StreamName"), Error: f.Get("StreamError"), Timestamp: r.moment("Timestamp"),
	}
	return s, r.err()
}

// ConferenceEvent is a status callback of a conference.
type ConferenceEvent struct {
	SID                   string // CF...
	AccountSID            string
	FriendlyName          string
	Event                 string // conference-start, participant-join ...
	SequenceNumber        int
	Timestamp             time.Time
	CallSID               string // the participant
	ParticipantLabel      string
	Muted                 bool
	Hold                  bool
	Coaching              bool
	ReasonConferenceEnded string
	Reason                string
}

// ParseConferenceEvent reads a status callback of a conference.
func ParseConferenceEvent(f Form) (ConferenceEvent, error) {
	r := reader{form: f}
	e := ConferenceEvent{
		SID: r.needSID("ConferenceSid", "CF"), AccountSID: r.needSID("AccountSid", "AC"), FriendlyName: f.Get("FriendlyName"),
		Event: r.need("StatusCallbackEvent"), SequenceNumber: r.integer("SequenceNumber"), Timestamp: r.moment("Timestamp"),
		CallSID: f.Get("CallSid"), ParticipantLabel: f.Get("ParticipantLabel"), Muted: r.boolean("Muted"),
		Hold: r.boolean("Hold"), Coaching: r.boolean("Coaching"), ReasonConferenceEnded: f.Get("ReasonConferenceEnded"),
		Reason: f.Get("Reason"),
	}
	return e, r.err()
}

// json reads a parameter that holds JSON.
func (r *reader) json(name string) json.RawMessage {
	v := r.form.Get(name)
	if v == "" {
		return nil
	}
	if !json.Valid([]byte(v)) {
		r.fail(name, "is not JSON")
		return nil
	}
	return json.RawMessage(v)
}
