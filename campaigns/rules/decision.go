package rules

import (
	"strings"
	"time"
)

// Reason is why a person is not rung: one word, the same in every page, command, file and API. Some carry what they are
// about behind a colon: "on_dnc:company".
type Reason string

// The reasons. Those up to Expired do not pass with time.
const (
	BadNumber    Reason = "bad_number"
	Duplicate    Reason = "duplicate"
	Missing      Reason = "missing" // with ":" and the field
	Stopped      Reason = "stopped"
	OptedOut     Reason = "opted_out"
	OnDNC        Reason = "on_dnc" // with ":" and the list
	Paid         Reason = "paid_meanwhile"
	Skipped      Reason = "skipped"
	NoConsent    Reason = "no_consent"
	ZoneUnclear  Reason = "zone_unclear"
	Expired      Reason = "expired"
	Done         Reason = "done"
	Refused      Reason = "twilio_refused" // with ":" and Twilio's code
	Paused       Reason = "paused"
	NotYet       Reason = "not_yet"
	RetryWait    Reason = "retry_wait"
	Frequency    Reason = "frequency_rule"
	WeekCap      Reason = "week_cap"
	DayCap       Reason = "day_cap"
	OutsideHours Reason = "outside_hours"
)

// About makes a reason that carries what it is about: About(OnDNC, "company").
func About(r Reason, what string) Reason { return r + ":" + Reason(what) }

// Kind is the reason without what it is about.
func (r Reason) Kind() Reason {
	kind, _, _ := strings.Cut(string(r), ":")
	return Reason(kind)
}

// Words is the reason for reading, the same wherever people read it.
func (r Reason) Words() string {
	about := strings.TrimPrefix(strings.TrimPrefix(string(r), string(r.Kind())), ":")
	text, known := map[Reason]string{
		BadNumber: "number cannot be called", Duplicate: "same number or id as an earlier row", Missing: "{} is empty", "bad_value": "{} cannot be used",
		"bad_row": "row cannot be read", Stopped: "the campaign was stopped", OptedOut: "asked not to be called again", OnDNC: "on the do-not-call list {}",
		Paid: "has paid", Skipped: "left out by hand", NoConsent: "no date of consent, or one in the future", ZoneUnclear: "time zone unclear",
		Expired: "too late: the last day is over", Done: "nothing is left to be done", Refused: "Twilio refused the call ({})",
		Paused: "the campaign is paused", NotYet: "the first day has not come", RetryWait: "waiting for the next try",
		Frequency: "the rule book's limit of attempts", WeekCap: "rung often enough in seven days", DayCap: "rung often enough today",
		OutsideHours: "outside the calling hours",
	}[r.Kind()]
	if !known {
		return strings.ReplaceAll(string(r), "_", " ")
	}
	return strings.ReplaceAll(text, "{}", about)
}

// Passing tells whether time alone can undo a reason.
func (r Reason) Passing() bool {
	switch r.Kind() {
	case Paused, NotYet, RetryWait, Frequency, WeekCap, DayCap, OutsideHours:
		return true
	}
	return false
}

// Past is an attempt that was made to a number, or for its debt.
type Past struct {
	At       time.Time
	Campaign string
	DebtID   string
	Talked   bool // with a person, and not only for a moment
}

// Facts are what is known of a person when the question is asked.
type Facts struct {
	Now      time.Time
	Phone    string   // E.164
	Zones    []string // IANA names: every zone the number may be in
	ZoneFrom string   // row, postal_code, number or unclear
	Consent  time.Time
	DebtID   string
	// NotBefore and NotAfter bound when this person may be rung. Midnight UTC is a whole day on the person's clock,
	// anything else a moment.
	NotBefore, NotAfter     time.Time
	OnLists                 []string // those of the campaign's do-not-call lists that hold the number now
	OptedOut, Paid, Skipped bool
	Past                    []Past    // all campaigns, the last eight days or more
	NextAt                  time.Time // not before, by the retry rule
	RetryText               string    // why: "second try, 4h after no_answer"
	Paused, Stopped         string    // why the campaign is, "" when it runs
}

// Check is one rule that was looked at. Text is a fragment of a sentence: "consent 2025-05-12".
type Check struct {
	Rule   string `json:"rule"`
	Passed bool   `json:"passed"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"` // where the rule comes from: "47 CFR 64.1200(c)(1)"
}

// Decision says whether a person may be rung now, and what every rule said to it.
type Decision struct {
	Allowed bool    `json:"allowed"`
	Reason  Reason  `json:"reason,omitempty"` // the first that counts: what lasts before what passes
	Checks  []Check `json:"checks"`
	// Next is the earliest moment at which all that depends on time holds, as far as is known now; Now itself when
	// Allowed. Zero: never.
	Next    time.Time `json:"next,omitzero"`
	Zone    string    `json:"zone,omitempty"`  // the zone whose clock decided
	Local   string    `json:"local,omitempty"` // "Mon 08:12 America/Denver"
	Book    string    `json:"book"`
	Version string    `json:"version"` // the book's date and the beginning of its hash
}
