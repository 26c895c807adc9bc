package flows

import (
	"encoding/json"
	"time"
)

// State is a caller's place in a flow and everything the flow knows of the call. It is plain JSON, so that it
// can be kept anywhere between two turns. The zero State with Flow, Call and Language set is a call that has
// not begun.
type State struct {
	Flow     string           `json:"flow"`
	Stop     string           `json:"stop,omitempty"`  // ID of the step the call waits at; "" before the start
	Scene    string           `json:"scene,omitempty"` // the scene of that step
	Language string           `json:"language"`
	Vars     map[string]Value `json:"vars,omitempty"`
	Silent   int              `json:"silent,omitempty"` // silences at this stop
	Wrong    int              `json:"wrong,omitempty"`  // wrong answers at this stop
	Taken    map[string]int   `json:"taken,omitempty"`  // how often each at_most target was taken
	Outcome  string           `json:"outcome,omitempty"`
	Scenes   []string         `json:"scenes,omitempty"` // scenes entered, in order
	Notes    []string         `json:"notes,omitempty"`
	InError  bool             `json:"in_error,omitempty"`
	Ended    bool             `json:"ended,omitempty"`
	After    bool             `json:"after,omitempty"` // after_call has run
	Call     CallFacts        `json:"call"`
	Payment  PaymentFacts     `json:"payment"`
	Pending  *Effect          `json:"pending,omitempty"` // an effect that the call waits for

	Transcript *Transcript `json:"transcript,omitempty"` // nil: the flow never began one
}

// CallFacts is what call.*, caller.* and line.* mean in expressions.
type CallFacts struct {
	ID         string           `json:"id"`
	From       string           `json:"from"`
	To         string           `json:"to"`
	Direction  string           `json:"direction"`
	AnsweredBy string           `json:"answered_by,omitempty"`
	Started    time.Time        `json:"started"`
	CanText    bool             `json:"can_text,omitempty"`
	Contact    map[string]Value `json:"contact,omitempty"`
	Campaign   map[string]Value `json:"campaign,omitempty"`
}

// PaymentFacts is what payment.* means in expressions: the last payment of the call.
type PaymentFacts struct {
	Result       string `json:"result,omitempty"` // an ending of the pay step
	Amount       Money  `json:"amount"`
	Confirmation string `json:"confirmation,omitempty"`
	Brand        string `json:"brand,omitempty"`
	Last4        string `json:"last4,omitempty"`
	Error        string `json:"error,omitempty"`
	Token        string `json:"token,omitempty"` // always private
}

// InputKind tells what came back from the phone network or from an effect.
type InputKind string

// What can come back. Start begins the call's flow; Keys, Speech and Silence answer a gather; the others
// answer the stop or effect of their name; Entered repeats the stop without counting anything.
const (
	InputStart    InputKind = "start"
	InputKeys     InputKind = "keys"
	InputSilence  InputKind = "silence"
	InputPay      InputKind = "pay"
	InputDial     InputKind = "dial"
	InputRecord   InputKind = "record"
	InputConverse InputKind = "converse"
	InputEffect   InputKind = "effect"
	InputBack     InputKind = "back"   // a twiml step came back
	InputHungUp   InputKind = "hungup" // the caller is gone
	InputFailed   InputKind = "failed" // something of ours broke: go to if_error
)

// Input is one event of a call. Now is the time of the turn; it is all the time a flow knows.
type Input struct {
	Kind      InputKind
	Now       time.Time
	Keys      string // Keys
	Speech    string
	Ending    string          // Pay: paid, saved, declined ...; Dial: ended, no_answer, busy, failed; Converse: ended, failed; Effect: its ending
	Payment   PaymentFacts    // Pay
	Seconds   int             // Record, Dial, Converse: length
	Recording string          // Record: URL
	Answer    json.RawMessage // Effect: a lookup's JSON answer
	Handoff   string          // Converse: what the program handed back
	Err       string          // Failed, Effect: what went wrong, for the log
}

// Sprint is what one Advance came to: things to be heard, then either an effect whose answer is needed before
// the flow can go on, or the stop that the call now waits at.
type Sprint struct {
	Speech []Utterance
	Facts  []Fact
	Effect *Effect // nil unless an answer is needed
	Stop   Stop    // nil while Effect is set
}

// UtteranceKind tells how an utterance is made audible.
type UtteranceKind string

// The kinds of utterance, in the words of the language. The record kinds control the call's recording, the
// transcribe kinds its transcription: they are not heard.
const (
	UtterSay         UtteranceKind = "say"
	UtterPlay        UtteranceKind = "play"
	UtterPause       UtteranceKind = "pause"
	UtterKeys        UtteranceKind = "keys"
	UtterRecordStart UtteranceKind = "record_start"
	UtterRecordStop  UtteranceKind = "record_stop"

	UtterTranscribeStart UtteranceKind = "transcribe_start"
	UtterTranscribeStop  UtteranceKind = "transcribe_stop"
)

// Utterance is one thing the caller hears (or a recording switch between two of them), already in the
// caller's language, with every value spoken out.
type Utterance struct {
	Kind     UtteranceKind
	Text     string // Say: the sentence
	Language string
	Voice    string
	Slow     bool
	URL      string // Play
	Keys     string // Keys
	Times    int    // Play
	For      time.Duration
	Class    string // RecordStart: the retention class for RecordingRulesFor; "" for none

	Transcript *Transcript // TranscribeStart; of TranscribeStop only its Name counts
}

// FactKind tells what a Fact is about.
type FactKind string

// The kinds of fact a sprint reports for the timeline, the log and the outbox.
const (
	FactScene   FactKind = "scene"   // a scene was entered
	FactEnding  FactKind = "ending"  // a step ended: Name is the step, Text the ending
	FactOutcome FactKind = "outcome" // an outcome was set
	FactNote    FactKind = "note"
	FactSend    FactKind = "send"  // an event to deliver: Name and Data
	FactError   FactKind = "error" // something went wrong: Text is for the log, At the place in the file
)

// Fact is something that happened in a sprint, worth telling. Text never holds a private value.
type Fact struct {
	Kind FactKind
	Name string
	Text string
	At   Span
	Data map[string]Value
}

// EffectKind tells what an effect does.
type EffectKind string

// The effects: what a flow needs done that no pure function can do.
const (
	EffectLookup EffectKind = "lookup"
	EffectSubmit EffectKind = "submit"
	EffectText   EffectKind = "text_message"
	EffectOptOut EffectKind = "opt_out"
	EffectRecord EffectKind = "record" // pause, resume: Body is the action
)

// Effect is a request to the outside. ID is unique within the call and the same when the turn is run again,
// so that it serves as an idempotency key. The answer comes back as Input{Kind: InputEffect}.
type Effect struct {
	ID           string            `json:"id"`
	Kind         EffectKind        `json:"kind"`
	Step         string            `json:"step"`
	Service      string            `json:"service,omitempty"`
	Method       string            `json:"method,omitempty"`
	Path         string            `json:"path,omitempty"` // with query, every value escaped
	Headers      map[string]string `json:"headers,omitempty"`
	ContentType  string            `json:"content_type,omitempty"`
	Body         string            `json:"body,omitempty"`
	Key          string            `json:"key,omitempty"` // Idempotency-Key, from once_per
	To           string            `json:"to,omitempty"`
	From         string            `json:"from,omitempty"`
	Timeout      time.Duration     `json:"timeout,omitempty"`
	Tries        int               `json:"tries,omitempty"`
	Cache        time.Duration     `json:"cache,omitempty"`
	WhileWaiting *Utterance        `json:"while_waiting,omitempty"` // nil: nothing to say
}

// Stop is what a call waits at. The set is closed: GatherStop, PayStop, DialStop, RecordStop, ConverseStop,
// HangUpStop, TwiMLStop.
type Stop interface{ stop() }

type (
	// GatherStop waits for keys. Speech is said inside the gather, so that a key stops it.
	GatherStop struct {
		Step     string
		Speech   []Utterance
		Digits   int    // exactly so many keys end it; 0: FinishOn or silence ends it
		FinishOn string // "" : no key ends it
		Wait     time.Duration
		Language string
		Listen   bool // speech recognition too
		Hints    []string
	}
	// PayStop takes a payment.
	PayStop struct {
		Step        string
		Amount      Money // zero: save only
		Reference   string
		Connector   string
		Method      string // credit-card, ach-debit
		BankAccount string // consumer-checking ...
		Cards       []string
		AskCode     bool
		AskPostal   bool
		PostalCode  string
		PostalMin   int
		TokenType   string // one-time reusable payment-method; "" when charging
		Attempts    int
		Wait        time.Duration
		Language    string
		Voice       string
		Extra       []NameValue
		Prompts     []SpokenPrompt
		OncePer     string
	}
	// DialStop connects the caller to somebody.
	DialStop struct {
		Step         string
		Queue        string // exactly one of Queue, Number, Client, SIP is set
		Number       string
		Client       string
		SIP          string
		Team         string
		RingFor      time.Duration
		CallerID     string
		AgentSees    []NameValue
		AgentMayTake bool
		Record       bool
	}
	// RecordStop records a message.
	RecordStop struct {
		Step    string
		Longest time.Duration
		Beep    bool
	}
	// ConverseStop connects the caller to a program that talks. Providers are in the words of TwiML, or "" for
	// Twilio's own choice.
	ConverseStop struct {
		Step       string
		URL        string // wss
		Greeting   string
		Language   string
		Speech     string // Deepgram, Google
		Voices     string // ElevenLabs, Google, Amazon
		Voice      string
		Model      string
		Hints      []string
		Keys       bool
		Parameters []NameValue
	}
	// HangUpStop ends the call.
	HangUpStop struct{ Step string }
	// TwiMLStop answers with raw XML, verbs only, without the Response element.
	TwiMLStop struct {
		Step string
		XML  string
	}
)

func (*GatherStop) stop()   {}
func (*PayStop) stop()      {}
func (*DialStop) stop()     {}
func (*RecordStop) stop()   {}
func (*ConverseStop) stop() {}
func (*HangUpStop) stop()   {}
func (*TwiMLStop) stop()    {}

// NameValue is a name and a spoken-out value.
type NameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// SpokenPrompt is one prompt of a payment in the terms of Twilio's <Prompt>: For is payment-card-number,
// expiration-date ...; CardTypes, Attempts and ErrorTypes say when it applies and may be empty.
type SpokenPrompt struct {
	For        string
	CardTypes  []string
	Attempts   []int
	ErrorTypes []string
	Speech     Utterance
}
