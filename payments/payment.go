package payments

import (
	"errors"
	"time"
)

// Errors that callers branch on.
var (
	// ErrUnsettled says that an earlier payment for the same thing has no known result yet, so another one
	// could charge twice. It comes with that payment.
	ErrUnsettled = errors.New("payments: an earlier payment for this is not settled")
	// ErrAlreadyPaid says that a payment with the same OnceKey succeeded. It comes with that payment.
	ErrAlreadyPaid = errors.New("payments: this was paid before")
	// ErrChanged says that the turn was opened before with another amount, currency or intent. It comes with
	// the payment that is kept; its <Pay> may be under way.
	ErrChanged = errors.New("payments: this turn was opened with another amount")
	// ErrContradiction says that a payment already has another final result. The first one is kept and the
	// payment is flagged for review. It comes with the payment that is kept.
	ErrContradiction = errors.New("payments: the result contradicts the one that is kept")
	// ErrCardData says that a text holds digits that look like a card number. Nothing was written.
	ErrCardData = errors.New("payments: digits that look like a card number")
	// ErrNotFound says that no such payment exists.
	ErrNotFound = errors.New("payments: no such payment")
)

// State is where a payment stands. The final ones are named as the endings of the pay step.
type State string

// The states. Started is below Unknown, and Unknown below every other, which are final.
const (
	Started     State = "started"     // written, <Pay> may be under way
	Unknown     State = "unknown"     // nobody knows whether money moved
	Paid        State = "paid"        // charged
	Saved       State = "saved"       // a card or account was saved, nothing charged
	Declined    State = "declined"    // the gateway said no
	Cancelled   State = "cancelled"   // the caller or an agent stopped it
	GaveUp      State = "gave_up"     // too many tries
	HungUp      State = "hung_up"     // the caller left before anything was sent
	Unavailable State = "unavailable" // the connector or its set-up failed before any charge
)

// rank orders the states: a payment only ever moves up.
func (s State) rank() int {
	switch s {
	case Started:
		return 1
	case Unknown:
		return 2
	case Paid, Saved, Declined, Cancelled, GaveUp, HungUp, Unavailable:
		return 3
	}
	return 0
}

// Final tells whether the state is a known result.
func (s State) Final() bool { return s.rank() == 3 }

// tookNothing tells whether the payment ended before the gateway was asked.
func (s State) tookNothing() bool {
	switch s {
	case Cancelled, GaveUp, HungUp, Unavailable:
		return true
	case Started, Unknown, Paid, Saved, Declined:
	}
	return false
}

// Succeeded tells whether what was wanted happened: the charge, or the saving.
func (s State) Succeeded() bool { return s == Paid || s == Saved }

// Intent is what a payment is for.
type Intent string

// The intents.
const (
	Charge Intent = "charge"
	Save   Intent = "save"
)

// Source is who drives the payment.
type Source string

// The sources.
const (
	SourceKeypad Source = "keypad" // the caller, in a flow's pay step
	SourceDesk   Source = "desk"   // an agent, with the Payment resource
)

// NewPayment is what Open needs. No field may hold digits that look like a card number.
type NewPayment struct {
	ID        string // from NewID; "": Open makes one
	Call      string // required
	Turn      int    // the turn whose answer carries <Pay>; Call and Turn are unique together
	Step      string // the pay step
	Flow      string
	Amount    Amount // required for Charge
	Intent    Intent // required
	Source    Source // "": SourceKeypad
	Method    string // credit-card (""), ach-debit
	Connector string
	Reference string // what it is for, in the user's words: a bill, an account
	Agent     string // SourceDesk: who
	Campaign  string
	Contact   string

	// OnceKey names the thing that may be paid once only: while a payment with the same key is unsettled or
	// after it succeeded, no other is opened. Without a key a charge is still refused while an earlier charge
	// of the same call and reference is unsettled.
	OnceKey string
	// Deadline is how long a result may take. 0: Ledger.Deadline.
	Deadline time.Duration
}

// Result is how a payment ended, as the action or a status callback tells it. Texts that hold card-like
// digits are masked before they are kept: a result is never refused for them.
type Result struct {
	State          State // required: Unknown or a final one
	Brand          string
	Last4          string // at most 4 digits
	Confirmation   string
	Token          string
	ProfileID      string
	ErrorCode      int // Twilio's PayErrorCode
	ErrorText      string
	ConnectorError string
	// Yields says that the result may be one of several words for one end: where another end that took nothing is kept
	// already, it is no contradiction. A caller who hangs up while the agent cancels is no reason to look.
	Yields bool
}

// Progress is what a status callback may tell of a payment under way: masked values only.
type Progress struct {
	Brand string
	Last4 string
}

// Payment is a row of the ledger.
type Payment struct {
	ID        string `json:"id"`
	Call      string `json:"call"`
	Turn      int    `json:"turn"`
	Step      string `json:"step,omitempty"`
	Flow      string `json:"flow,omitempty"`
	Intent    Intent `json:"intent"`
	Source    Source `json:"source"`
	Method    string `json:"method,omitempty"`
	Connector string `json:"connector,omitempty"`
	Reference string `json:"reference,omitempty"`
	Agent     string `json:"agent,omitempty"`
	Campaign  string `json:"campaign,omitempty"`
	Contact   string `json:"contact,omitempty"`
	Amount    Amount `json:"amount"`

	State          State  `json:"state"`
	Brand          string `json:"brand,omitempty"`
	Last4          string `json:"last4,omitempty"`
	Confirmation   string `json:"confirmation,omitempty"`
	Token          string `json:"-"` // as good as the card at the gateway: never shown
	ProfileID      string `json:"-"`
	ErrorCode      int    `json:"error_code,omitempty"`
	ErrorText      string `json:"error_text,omitempty"`
	ConnectorError string `json:"connector_error,omitempty"`

	Review     bool   `json:"review,omitempty"` // somebody has to look: results contradicted each other
	ReviewNote string `json:"review_note,omitempty"`

	Started  time.Time `json:"started"`
	Deadline time.Time `json:"deadline"`
	Updated  time.Time `json:"updated"`
	Closed   time.Time `json:"closed,omitzero"` // when a final result came
}
