package twilio

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// VoiceCall is what every webhook of a call carries. Fields that Twilio left out are empty.
type VoiceCall struct {
	SID           string // CallSid, always there
	AccountSID    string // always there
	From          string // E.164, client:name, a SIP address, or a word such as anonymous
	To            string
	CallStatus    string
	APIVersion    string
	Direction     string // inbound, outbound-api, outbound-dial
	ForwardedFrom string
	CallerName    string
	ParentCallSID string
	CallToken     string
	StirVerstat   string
	AnsweredBy    string // human, machine_start ...; only with machine detection
	ErrorCode     int    // fallback requests only: why the primary URL failed
	ErrorURL      string
}

// ParseVoiceCall reads the parameters that all webhooks share. An error is ErrMalformed.
func ParseVoiceCall(f Form) (VoiceCall, error) {
	r := reader{form: f}
	v := VoiceCall{
		SID: r.needSID("CallSid", "CA"), AccountSID: r.needSID("AccountSid", "AC"),
		From: f.Get("From"), To: f.Get("To"), CallStatus: f.Get("CallStatus"), APIVersion: f.Get("ApiVersion"),
		Direction: f.Get("Direction"), ForwardedFrom: f.Get("ForwardedFrom"), CallerName: f.Get("CallerName"),
		ParentCallSID: f.Get("ParentCallSid"), CallToken: f.Get("CallToken"), StirVerstat: f.Get("StirVerstat"),
		AnsweredBy: f.Get("AnsweredBy"), ErrorCode: r.integer("ErrorCode"), ErrorURL: f.Get("ErrorUrl"),
	}
	return v, r.err()
}

// GatherResult is what <Gather> brings to its action.
type GatherResult struct {
	Digits        string
	SpeechResult  string
	Confidence    float64 // 0 when Twilio does not say
	FinishedOnKey string
	Language      string
}

// ParseGatherResult reads the action request of <Gather>.
func ParseGatherResult(f Form) (GatherResult, error) {
	r := reader{form: f}
	g := GatherResult{
		Digits: f.Get("Digits"), SpeechResult: f.Get("SpeechResult"), Confidence: r.decimal("Confidence"),
		FinishedOnKey: f.Get("FinishedOnKey"), Language: f.Get("Language"),
	}
	return g, r.err()
}

// PartialResult is what <Gather> tells its partialResultCallback while the caller speaks.
type PartialResult struct {
	UnstableSpeechResult string
	StableSpeechResult   string
	Stability            float64
	SequenceNumber       int
}

// ParsePartialResult reads a partial result of <Gather>.
func ParsePartialResult(f Form) (PartialResult, error) {
	r := reader{form: f}
	p := PartialResult{
		UnstableSpeechResult: f.Get("UnstableSpeechResult"), StableSpeechResult: f.Get("StableSpeechResult"),
		Stability: r.decimal("Stability"), SequenceNumber: r.integer("SequenceNumber"),
	}
	return p, r.err()
}

// DialResult is what <Dial> brings to its action.
type DialResult struct {
	DialCallStatus   string // completed, answered, busy, no-answer, failed, canceled
	DialCallSID      string // "" for a conference
	DialCallDuration int    // seconds
	DialBridged      bool
	SIPResponseCode  int
	RecordingURL     string
}

// ParseDialResult reads the action request of <Dial>.
func ParseDialResult(f Form) (DialResult, error) {
	r := reader{form: f}
	d := DialResult{
		DialCallStatus: r.need("DialCallStatus"), DialCallSID: f.Get("DialCallSid"),
		DialCallDuration: r.integer("DialCallDuration"), DialBridged: r.boolean("DialBridged"),
		SIPResponseCode: r.integer("DialSipResponseCode"), RecordingURL: f.Get("RecordingUrl"),
	}
	return d, r.err()
}

// QueueResult is what <Enqueue> brings to its action.
type QueueResult struct {
	QueueResult string // bridged, hangup, leave, redirected, queue-full, error ...
	QueueSID    string
	QueueTime   int // seconds
}

// ParseQueueResult reads the action request of <Enqueue>.
func ParseQueueResult(f Form) (QueueResult, error) {
	r := reader{form: f}
	q := QueueResult{QueueResult: r.need("QueueResult"), QueueSID: f.Get("QueueSid"), QueueTime: r.integer("QueueTime")}
	return q, r.err()
}

// RecordResult is what <Record> brings to its action, possibly before the file can be fetched.
type RecordResult struct {
	RecordingURL      string
	RecordingSID      string
	RecordingDuration int    // seconds
	Digits            string // the key that ended it, or hangup
}

// ParseRecordResult reads the action request of <Record>.
func ParseRecordResult(f Form) (RecordResult, error) {
	r := reader{form: f}
	rec := RecordResult{
		RecordingURL: f.Get("RecordingUrl"), RecordingSID: f.Get("RecordingSid"),
		RecordingDuration: r.integer("RecordingDuration"), Digits: f.Get("Digits"),
	}
	return rec, r.err()
}

// ReferResult is what <Refer> brings to its action.
type ReferResult struct {
	ReferCallStatus       string
	ReferSIPResponseCode  int
	NotifySIPResponseCode int
}

// ParseReferResult reads the action request of <Refer>.
func ParseReferResult(f Form) (ReferResult, error) {
	r := reader{form: f}
	res := ReferResult{
		ReferCallStatus: f.Get("ReferCallStatus"), ReferSIPResponseCode: r.integer("ReferSipResponseCode"),
		NotifySIPResponseCode: r.integer("NotifySipResponseCode"),
	}
	return res, r.err()
}

// RelayResult is what <Connect><ConversationRelay> brings to its action.
type RelayResult struct {
	SessionID       string
	SessionStatus   string
	SessionDuration int // seconds
	HandoffData     string
	ErrorCode       int
}

// ParseRelayResult reads the action request of <Connect> with a ConversationRelay.
func ParseRelayResult(f Form) (RelayResult, error) {
	r := reader{form: f}
	res := RelayResult{
		SessionID: f.Get("SessionId"), SessionStatus: f.Get("SessionStatus"),
		SessionDuration: r.integer("SessionDuration"), HandoffData: f.Get("HandoffData"), ErrorCode: r.integer("ErrorCode"),
	}
	return res, r.err()
}

// reader reads typed parameters and collects what is wrong with them. A parameter that is missing or empty is zero.
type reader struct {
	form Form
	errs []error
}

func (r *reader) fail(name, problem string) {
	r.errs = append(r.errs, fmt.Errorf("%w: %s %s", ErrMalformed, name, problem))
}

func (r *reader) err() error { return errors.Join(r.errs...) }

func (r *reader) need(name string) string {
	v := r.form.Get(name)
	if v == "" {
		r.fail(name, "is missing")
	}
	return v
}

func (r *reader) needSID(name, prefix string) string {
	v := r.need(name)
	if v != "" && !isSID(v, prefix) {
		r.fail(name, "is not an id")
	}
	return v
}

func (r *reader) integer(name string) int {
	v := r.form.Get(name)
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		r.fail(name, "is not a whole number")
	}
	return n
}

func (r *reader) decimal(name string) float64 {
	v := r.form.Get(name)
	if v == "" {
		return 0
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		r.fail(name, "is not a number")
	}
	return n
}

func (r *reader) boolean(name string) bool {
	switch r.form.Get(name) {
	case "true":
		return true
	case "", "false":
	default:
		r.fail(name, "is neither true nor false")
	}
	return false
}

// moment reads a time; Twilio writes some by RFC 2822 and some by ISO 8601.
func (r *reader) moment(name string) time.Time {
	v := r.form.Get(name)
	if v == "" {
		return time.Time{}
	}
	for _, layout := range [...]string{time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700", time.RFC3339Nano} {
		if t, err := time.Parse(layout, v); err == nil {
			return t
		}
	}
	r.fail(name, "is not a time")
	return time.Time{}
}
