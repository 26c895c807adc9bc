package payments

import "time"

// Stage is where an agent-assisted payment stands.
type Stage string

// The stages, in the order in which they are gone through. From StagePaid on they are ends.
const (
	StageReady       Stage = "ready"       // written down, nothing asked of Twilio yet
	StageStarting    Stage = "starting"    // Twilio was asked to open a Pay session
	StageOpen        Stage = "open"        // fields can be asked
	StageCharging    Stage = "charging"    // the card company was asked; nothing can be taken back
	StagePaid        Stage = "paid"        // charged
	StageSaved       Stage = "saved"       // the card or account was saved, nothing charged
	StageDeclined    Stage = "declined"    // the card company said no
	StageUnknown     Stage = "unknown"     // nobody knows whether money moved; a late result settles it
	StageCancelled   Stage = "cancelled"   // the agent, the caller's star key, or the idle limit stopped it
	StageCallerLeft  Stage = "caller_left" // the caller hung up before anything was charged
	StageUnavailable Stage = "unavailable" // Twilio or the connector is not set up for it; nothing was charged
)

// Over tells whether the stage is an end. StageUnknown is one, although a late result still changes it.
func (s Stage) Over() bool {
	switch s {
	case StageReady, StageStarting, StageOpen, StageCharging:
		return false
	case StagePaid, StageSaved, StageDeclined, StageUnknown, StageCancelled, StageCallerLeft, StageUnavailable:
	}
	return true
}

// FieldState is where one field of an agent-assisted payment stands.
type FieldState string

// The states of a field. FieldRight means well-formed, never approved.
const (
	FieldNotAsked FieldState = "not_asked"
	FieldAsking   FieldState = "asking"  // Twilio was asked to capture it
	FieldWaiting  FieldState = "waiting" // Twilio listens, no key was pressed yet
	FieldTyping   FieldState = "typing"
	FieldRight    FieldState = "right"
	FieldWrong    FieldState = "wrong"
	FieldSilent   FieldState = "silent"  // no key came in time
	FieldStopped  FieldState = "stopped" // the agent went on to something else
)

// Field is one piece of payment data. It never holds more of a secret one than Twilio shows.
type Field struct {
	Name  string     `json:"name"` // as Twilio's Capture spells it: payment-card-number ...
	State FieldState `json:"state"`
	// Digits is how many keys were pressed so far, or the length of what was taken.
	Digits int `json:"digits"`
	// Length is how many digits belong there, 0 while that is not known.
	Length int `json:"length"`
	// Value is what may be shown: the masked number, the expiry date as MMYY, the postal code, the routing number.
	Value string `json:"value"`
	// Given tells that the flow knew the value and the caller need not be asked.
	Given bool   `json:"given"`
	Error string `json:"error"` // Twilio's ErrorType of the last try, "" for none
	Tries int    `json:"tries"` // how often it was asked
	// Until is when Twilio stops waiting for the next key; zero while nothing is awaited.
	Until time.Time `json:"until,omitzero"`

	Ask    int  `json:"-"` // number of the ask that its state belongs to
	Closed bool `json:"-"` // Twilio has told how that ask ended
	Nudged bool `json:"-"` // it was asked what became of it, once
	Void   bool `json:"-"` // Twilio wants it again: what that ask brought is not there any more
}

// Trouble is the last thing that went wrong with a payment as a whole.
type Trouble struct {
	// Code is one word: a Result of Twilio's (caller-interrupted-with-star ...), idle, signed_off, not_sent, or a
	// number of Twilio's as text.
	Code string `json:"code"`
	// Text is what Twilio or the gateway said, with card-like digits masked; "" when it said nothing.
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// LogLine is one line of what happened, for the foot of the desk. It holds no digits.
type LogLine struct {
	At    time.Time `json:"at"`
	Who   string    `json:"who,omitempty"` // "" for what Twilio told
	What  string    `json:"what"`          // one word: started, asked, wrong, right, silent, charged ...
	Field string    `json:"field,omitempty"`
	Note  string    `json:"note,omitempty"` // an ErrorType, a reason
}

// RecordingState tells whether the call was being recorded while card data was keyed.
type RecordingState string

// The states of the recording during an agent-assisted payment.
const (
	RecordingNone    RecordingState = "none"    // nothing is recorded
	RecordingPaused  RecordingState = "paused"  // for the length of the payment
	RecordingUnknown RecordingState = "unknown" // Twilio did not say; take it as running
)

// Assisted is an agent-assisted payment: one attempt to charge or save, with the agent on the line. It is what the
// desk shows, whole, and it holds no digits beyond those that Twilio shows.
type Assisted struct {
	ID      string `json:"id"` // of the payment in the ledger
	Call    string `json:"call_sid"`
	Version int64  `json:"version"` // grows with every change
	Stage   Stage  `json:"state"`

	Intent      Intent `json:"intent"`
	Method      string `json:"method"`                      // credit-card, ach-debit
	BankAccount string `json:"bank_account_type,omitempty"` // consumer-checking ...
	TokenType   string `json:"token_type,omitempty"`
	Amount      Amount `json:"amount"`
	Reference   string `json:"reference"`
	Connector   string `json:"connector"`
	Flow        string `json:"flow"`
	Slow        bool   `json:"slow"`          // longer pauses between keys
	KeyTimeout  int    `json:"key_timeout_s"` // seconds Twilio waits for the next key
	Keypad      bool   `json:"keypad"`        // the caller pays by keypad and comes back

	Agent  string `json:"agent"`  // who leads it
	Screen string `json:"screen"` // which of their screens may act

	Fields       []Field        `json:"fields"`   // in the order in which they are usually asked
	Asking       string         `json:"asking"`   // the field that is being captured; "" for none
	Required     []string       `json:"required"` // what is still missing
	Brand        string         `json:"brand"`
	Last4        string         `json:"last4"`
	Confirmation string         `json:"confirmation"`
	Trouble      *Trouble       `json:"trouble"`
	Recording    RecordingState `json:"recording"`
	Log          []LogLine      `json:"log"`
	WrapUp       WrapUp         `json:"wrap_up,omitempty"` // how the agent says that the call ended; "" until then
	Note         string         `json:"note,omitempty"`    // what the agent wrote to it
	Receipt      *Receipt       `json:"receipt,omitempty"` // nil when no text message can reach the caller

	Started time.Time `json:"started_at"`
	Updated time.Time `json:"updated_at"`
	// IdleEnds is when it is cancelled if nobody does anything; zero when that cannot happen.
	IdleEnds time.Time `json:"idle_ends_at,omitzero"`
}

// field finds a field by name; nil when the payment has none of that name.
func (a *Assisted) field(name string) *Field {
	for i := range a.Fields {
		if a.Fields[i].Name == name {
			return &a.Fields[i]
		}
	}
	return nil
}

// missing are the fields that are not right yet.
func (a *Assisted) missing() []string {
	out := []string{}
	for _, f := range a.Fields {
		if f.State != FieldRight {
			out = append(out, f.Name)
		}
	}
	return out
}
