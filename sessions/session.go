package sessions

import (
	"encoding/json"
	"errors"
	"time"
)

// Current, given as the turn to Begin or Await, means the turn the call stands at. It is for what arrives
// outside a turn's URL: a hang-up, a status callback, the fallback.
const Current = -1

// Errors that callers branch on.
var (
	// ErrLeaseLost says that the lease of the turn was taken over by another copy, or that the turn was
	// committed by one. Nothing was written. The answer to give is the winner's: Await has it.
	ErrLeaseLost = errors.New("sessions: the lease of this turn was lost to another copy of it")
	// ErrUnknownCall says that no session of this call exists.
	ErrUnknownCall = errors.New("sessions: unknown call")
	// ErrUnknownBundle says that no bundle with this hash is kept.
	ErrUnknownBundle = errors.New("sessions: unknown bundle")
	// ErrEcho says that Redis answered with the reply to another question. The connection cannot be
	// trusted; nothing of the reply was used.
	ErrEcho = errors.New("sessions: redis answered another question")
)

// Session is a caller's place in a flow.
type Session struct {
	Call  string `json:"call"`
	Turn  int    `json:"turn"` // the number of the turn expected next; 0 before the first commit
	State []byte `json:"-"`    // the flow's own state, opaque here; nil before the first commit
	Info
}

// Fresh tells whether nothing was committed yet for the call: its first turn is being run.
func (s Session) Fresh() bool { return s.Turn == 0 && s.State == nil }

// Live tells whether the call has not ended yet.
func (s Session) Live() bool { return s.Ended.IsZero() }

// Info is what lists and pages show of a call without reading the flow's state. Never put digits in it that
// the caller keyed in.
type Info struct {
	Flow      string    `json:"flow,omitempty"`
	Bundle    string    `json:"bundle,omitempty"` // content hash of the flow version the call began with
	Direction string    `json:"direction,omitempty"`
	From      string    `json:"from,omitempty"`
	To        string    `json:"to,omitempty"`
	Status    string    `json:"status,omitempty"` // Twilio's CallStatus
	Scene     string    `json:"scene,omitempty"`
	Outcome   string    `json:"outcome,omitempty"`
	Scenes    []string  `json:"scenes,omitempty"` // scenes entered, in order
	Campaign  string    `json:"campaign,omitempty"`
	Contact   string    `json:"contact,omitempty"`
	Started   time.Time `json:"started,omitzero"`
	Updated   time.Time `json:"updated,omitzero"`
	Ended     time.Time `json:"ended,omitzero"` // zero while the call lives

	// Payment is what the API shows of the call's last payment: {"result","amount","currency","brand","last4",
	// "confirmation"}. JSON, opaque here; nil before the first.
	Payment json.RawMessage `json:"payment,omitempty"`
}

// Verdict is what Begin says of a turn.
type Verdict string

// The verdicts. Each says which fields of Begun are set.
const (
	Run     Verdict = "run"     // ours to run: Session, Effects and Lease are set
	Replay  Verdict = "replay"  // answered before: Answer and Fingerprint are set, Session.Turn is where the call stands
	Stale   Verdict = "stale"   // not where the call stands and no answer is kept: Session.Turn is where it stands
	Busy    Verdict = "busy"    // another copy runs it: Wait is what is left of its lease
	Unknown Verdict = "unknown" // no such call, or its session is gone
)

// Begun is Begin's answer.
type Begun struct {
	Verdict     Verdict
	Session     Session           // Run: all of it. Otherwise Call and Turn only
	Effects     map[string][]byte // Run: results of effects saved and not yet forgotten, by effect ID
	Lease       Lease             // Run
	Answer      []byte            // Replay: the bytes that were committed with the turn
	Fingerprint string            // Replay: what Commit was given; differs where a copy carries other digits
	Wait        time.Duration     // Busy

	last string // Run: token of the last commit
}

// Lease is the right to commit one turn of one call. Hand it on by value; it says nothing by itself, Redis
// compares it.
type Lease struct {
	Call  string
	Turn  int
	Token string

	// after is the token of the commit that this turn follows, for a turn that was recalled from memory and not
	// leased: Commit then succeeds only if nothing was committed since and nobody holds the lease.
	after string
}

// Held tells whether the turn is leased. What was only recalled must be secured before anything is done that
// cannot be undone.
func (l Lease) Held() bool { return l.after == "" }

// Commit is what a turn came to.
type Commit struct {
	State       []byte // the flow's state after the turn
	Info        Info   // replaces the session's; Updated is set by Commit. Ended set: the call leaves the live list
	Answer      []byte // the answer's bytes, replayed to repeated copies; nil: none, copies will be Stale
	Fingerprint string // of the request that was answered, compared by the caller on Replay; may be ""
	Events      []Event
	Forget      []string         // IDs of effects whose results are no longer needed
	Count       map[string]int64 // counters to move, as by Count; best effort
	// KeepTurn leaves the call at this turn, for what arrives outside a turn's URL (a hang-up, the fallback):
	// the turn itself is still to come. There is then no Answer.
	KeepTurn bool
}

// Event is something that happened in a call, for timelines and the live feed. Kind is one word; Data is
// JSON and may be nil. ID, Call, Turn and At are set by the store and ignored when writing.
type Event struct {
	ID   string          `json:"id"` // its place in the call's stream; sorts by time
	Call string          `json:"call"`
	Turn int             `json:"turn"` // the turn it happened in; that of the next one for what Publish adds between two
	At   time.Time       `json:"at"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}

// Query chooses sessions for List, newest first.
type Query struct {
	Live  bool   // only calls that have not ended
	Limit int    // 0: 50; at most 500
	After string // Page.Next of the page before
}

// Page is one page of sessions. State is not loaded.
type Page struct {
	Sessions []Session
	Next     string // "" on the last page
}
