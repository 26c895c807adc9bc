package campaigns

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// Errors that callers branch on.
var (
	// ErrNotFound says that there is no such campaign, or no such person in it.
	ErrNotFound = errors.New("campaigns: not found")
	// ErrExists says that a campaign of this name was created before.
	ErrExists = errors.New("campaigns: a campaign of this name exists already")
	// ErrState says that a campaign is not in a state in which that can be done.
	ErrState = errors.New("campaigns: not possible in this state")
	// ErrNoteNeeded says that a campaign that paused itself is resumed only by a person who writes why.
	ErrNoteNeeded = errors.New("campaigns: a campaign that paused by itself is resumed by somebody, with a note")
)

// State is where a campaign stands.
type State string

// The states. From completed and ended there is no way back.
const (
	StateDraft     State = "draft"
	StateRunning   State = "running"
	StatePaused    State = "paused"
	StateCompleted State = "completed" // everybody is done
	StateEnded     State = "ended"     // it was stopped
)

// Act is who does something to a campaign, and why.
type Act struct {
	By   string // for the audit log: id of the person; "" nobody known
	Via  string // how, one of audit's ways; "" is the worker
	Note string // why, in their words
}

// Campaign is a campaign as lists and pages show it.
type Campaign struct {
	ID      string `json:"id"` // "cmp_..."
	Name    string `json:"name"`
	About   string `json:"about"`
	Flow    string `json:"flow"`
	Kind    string `json:"kind"`
	Country string `json:"country"`
	State   State  `json:"state"`
	Why     string `json:"why"`    // why it is in that state, when there is something to say
	WhyBy   string `json:"why_by"` // who brought it there; "" it did by itself
	Safety  bool   `json:"safety"` // it paused by itself, and somebody has to look before it goes on

	PerMinute int `json:"per_minute"` // in force
	AtOnce    int `json:"at_once"`    // in force

	Created time.Time `json:"created,omitzero"`
	StartAt time.Time `json:"start_at,omitzero"` // a draft that begins by itself then
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`

	People      int    `json:"people"`
	Book        string `json:"book"`
	BookVersion string `json:"book_version"`
}

// Counts are people by where they stand. Total is the sum of the others.
type Counts struct {
	Total   int `json:"total"`
	Pending int `json:"pending"` // not rung yet
	Waiting int `json:"waiting"` // rung, and to be rung again
	Calling int `json:"calling"` // being rung or on the line
	Done    int `json:"done"`
}

// OutcomeCount is how many people are done with an outcome.
type OutcomeCount struct {
	Outcome string `json:"outcome"`
	People  int    `json:"people"`
}

// ReasonPeople is how many people are not rung for a reason: for good among Refused, for now among HeldBack.
type ReasonPeople struct {
	Reason rules.Reason `json:"reason"`
	People int          `json:"people"`
	Next   time.Time    `json:"next,omitzero"` // of HeldBack: when the first of them is looked at again
}

// Safety is one figure that stops a campaign.
type Safety struct {
	What    string  `json:"what"`     // opted_out, errors or abandoned
	Now     float64 `json:"now"`      // percent
	StopsAt float64 `json:"stops_at"` // percent; more than this stops
	Of      int     `json:"of"`       // of so many people or calls
	Least   int     `json:"least"`    // of fewer it stops nothing: they say too little
	Text    string  `json:"text"`     // "opted out 3.5 % of 611 people reached, the limit is 5 %"
}

// Money is an amount in the smallest unit of its currency.
type Money struct {
	Currency string `json:"currency"`
	Minor    int64  `json:"minor"`
}

// Minute is what was dialed in a minute, and the most calls at once in it.
type Minute struct {
	At     time.Time `json:"at"`
	Dialed int       `json:"dialed"`
	AtOnce int       `json:"at_once"`
}

// Status is how a campaign stands. Counts.Done is the sum of Outcomes and Refused.
type Status struct {
	Campaign
	Counts   Counts         `json:"counts"`
	Outcomes []OutcomeCount `json:"outcomes"`
	Refused  []ReasonPeople `json:"refused"`
	HeldBack []ReasonPeople `json:"held_back"`
	Figures  []Safety       `json:"safety_figures"`
	Money    []Money        `json:"money"`
	Paid     int            `json:"paid_calls"` // calls on which something was paid
	Minutes  []Minute       `json:"minutes"`    // the last 30, oldest first
	// ETA is about when everybody is done: at the pace of the last minutes, and not before the last person who waits for a
	// time is due. Zero: nothing can be said.
	ETA time.Time `json:"eta,omitzero"`
}

// The states of a person in a campaign.
const (
	PersonPending = "pending"
	PersonWaiting = "waiting"
	PersonCalling = "calling"
	PersonDone    = "done"
)

// Person is one person of a campaign. Private values are masked.
type Person struct {
	Row       int64                  `json:"row"` // the line of the list; names the person within the campaign
	ID        string                 `json:"id"`
	Phone     string                 `json:"phone"`
	Zones     []string               `json:"zones"`
	ZoneFrom  string                 `json:"zone_from"`
	Language  string                 `json:"language"`
	Consent   time.Time              `json:"consent,omitzero"`
	DebtID    string                 `json:"debt_id,omitempty"`
	Priority  int                    `json:"priority"`
	NotBefore time.Time              `json:"not_before,omitzero"`
	NotAfter  time.Time              `json:"not_after,omitzero"`
	Values    map[string]flows.Value `json:"-"`
	Shown     map[string]string      `json:"values"` // Values as people may see them

	State    string       `json:"state"`
	Outcome  string       `json:"outcome,omitempty"` // of a person who is done; or Reason
	Reason   rules.Reason `json:"reason,omitempty"`  // why not, for good or for now
	Text     string       `json:"text,omitempty"`    // what is next, or why not, in words
	Next     time.Time    `json:"next,omitzero"`
	Attempts int          `json:"attempts"`
	History  []Attempt    `json:"history,omitempty"` // of Person and Why only

	ConsentSource string `json:"consent_source,omitempty"`
	skipped, paid bool
}

// PeopleQuery says which people are wanted. Empty fields do not filter. After is PeoplePage.Next of the page before.
type PeopleQuery struct {
	State, Outcome, Reason string
	Outcomes               []string // people who are done with one of these, "" being that of those who were refused; nil: all
	Later                  bool     // people who are due later, and not now
	Paid                   bool     // people who paid on a call
	Search                 string   // the beginning of an id, or of a phone number
	After                  string
	Limit                  int // 0: 50; at most 500
}

// PeoplePage is a page of people, in the order of the list.
type PeoplePage struct {
	People []Person `json:"people"`
	Next   string   `json:"next,omitempty"` // "" on the last page
}

// The states of an attempt.
const (
	AttemptClaimed = "claimed" // nobody knows yet whether there is a call
	AttemptDialed  = "dialed"  // there is a call
	AttemptEnded   = "ended"
	AttemptLost    = "lost" // Twilio knows of no call
)

// Attempt is one try to reach a person, with the evidence that allowed it.
type Attempt struct {
	Campaign    string        `json:"campaign"`
	Row         int64         `json:"row"`
	ID          string        `json:"id"` // of the person
	N           int           `json:"n"`
	State       string        `json:"state"`
	CallSID     string        `json:"call_sid,omitempty"`
	Phone       string        `json:"phone"`
	From        string        `json:"from"`
	Status      string        `json:"status,omitempty"` // Twilio's
	AnsweredBy  string        `json:"answered_by,omitempty"`
	Outcome     string        `json:"outcome,omitempty"`
	Claimed     time.Time     `json:"claimed,omitzero"`
	Dialed      time.Time     `json:"dialed,omitzero"`
	Ended       time.Time     `json:"ended,omitzero"`
	Seconds     int           `json:"seconds"`
	Book        string        `json:"book"`
	BookVersion string        `json:"book_version"`
	Allowed     []rules.Check `json:"allowed"`
	Zone        string        `json:"zone"`
	Local       string        `json:"local"`
	Paid        *Money        `json:"paid,omitempty"`
}

// AttemptPage is a page of attempts, newest first.
type AttemptPage struct {
	Attempts []Attempt `json:"attempts"`
	Next     string    `json:"next,omitempty"`
}

// Change is something that was done to a campaign.
type Change struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // a word: started, paused, resumed, slowed, stopped ...
	By   string    `json:"by"`   // "" it did by itself
	Note string    `json:"note"`
	Row  int64     `json:"row,omitempty"` // of the person it was about; 0: the campaign
}

// Why is the answer to: why is this person called, or not called, now?
type Why struct {
	Person   Person         `json:"person"`
	Decision rules.Decision `json:"decision"` // as the rules stand at this moment
	Next     time.Time      `json:"next,omitzero"`
	Text     string         `json:"text"` // one line
}

// StartOptions says when a campaign starts; zero: now.
type StartOptions struct{ At time.Time }

// Ref names an attempt. It rides in the address that Twilio calls for it.
type Ref struct {
	Campaign string `json:"c"`
	Row      int64  `json:"r"`
	Attempt  int    `json:"n"`
}

// Arrival is what a call of a campaign begins with.
type Arrival struct {
	Flow       string
	ID         string // of the person
	Contact    map[string]flows.Value
	Campaign   map[string]flows.Value
	AnsweredBy string // human, machine_start ... as the campaign takes it; unknown is decided
	HangUp     bool   // a machine answered, and the campaign leaves no message
	Late       bool   // the call was given up already: it is served all the same
}

// CallEnd is how a call of a campaign ended.
type CallEnd struct {
	SID        string
	Status     string // Twilio's: completed, busy, no-answer, failed, canceled
	AnsweredBy string // Twilio's; "" where it does not say
	Outcome    string // the flow's; "" it said nothing, or no flow ran
	Seconds    int
	OptedOut   bool
	// Abandoned says that a person answered and was left alone. It is so when the call was answered, not by a machine
	// that was recognised, and one of these holds:
	//
	//   - no flow could be begun, so that they heard nothing at all;
	//   - our first answer came more than two seconds after Twilio had asked for it, which it does at the answer, or,
	//     where it has to find out who answered, as soon as it knows;
	//   - they asked for a person, nobody took the call, and no one did later.
	//
	// Source of the two seconds: 47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4).
	Abandoned bool
	NoFlow    bool // no flow was begun on the call
}

// Row is Values as it is kept.
func encodeValues(v map[string]flows.Value) string {
	if len(v) == 0 {
		return "{}"
	}
	raw, err := json.Marshal(v)
	if err != nil { // only broken JSON inside a value can get here
		return "{}"
	}
	return string(raw)
}
