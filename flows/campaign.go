package flows

import "time"

// Campaign is one campaign file: whom a flow rings, when, how fast, and when it stops by itself. Every part knows where
// it stands in the file.
type Campaign struct {
	At    Span
	Name  string
	About string
	Flow  *Flow // not nil in a campaign without errors
	// CallFrom are our own numbers that people see, E.164; calls are spread over them.
	CallFrom []string
	Kind     string // renewal, collection or reminder: picks the rule book
	Country  string // ISO 3166-1 alpha-2: how numbers without a + are read, and whose rule book it is; "US"
	Contacts string // the CSV file, from the project's directory
	Columns  []Column
	// From and Until are the first and the last day, as midnight UTC; the day is the one on the clock of the person rung.
	// Zero: no bound.
	From, Until time.Time
	Hours       CallingHours
	Pace        Pace
	RingFor     time.Duration // Twilio's Timeout; 25 s
	Machine     MachineRules
	TryAgain    []Retry
	Limits      CallLimits
	NeverCall   []ListName
	// NeedsConsent keeps rows without a consent date from being rung.
	NeedsConsent bool
	Stops        []SafetyStop
	RulesOff     []RuleOff // rules of the rule book that this campaign switches off
	Text         string    // the file, as it was read
	Hash         string    // of Text, hex
	// Places are where the fields at the top of the file stand, by name.
	Places map[string]Span

	ignored map[ignored]bool // what comments of the file ask to ignore
}

// Column says which column of the list holds a field: phone, id, timezone, postal_code, country, consent, consent_source,
// language, not_before, not_after, priority, debt_id, or a need of the flow. A field that is not named is looked for
// under its own name.
type Column struct {
	At     Span
	Field  string
	Header string
}

// CallingHours are the hours in which people are rung, on their own clocks.
type CallingHours struct {
	OpeningHours
	// Unknown says what is done with a number that may be in several zones: "strictest" rings only when every possible
	// zone is inside the hours, "never" does not ring.
	Unknown string
}

// Pace is how fast a campaign dials. Zero values: 10 at once, 30 a minute, no warm-up.
type Pace struct {
	At        Span
	AtOnce    int
	PerMinute int
	WarmUp    time.Duration // the pace grows from a tenth to the whole over this time
}

// MachineRules says what becomes of a call that a machine answers.
type MachineRules struct {
	At     Span
	Detect string // off, fast or wait_for_beep
	Then   string // leave_message or hang_up
	Unsure string // human or machine: what AnsweredBy=unknown is taken for
}

// Retry says when a person is rung again after an outcome: no_answer, busy, failed, machine, or an outcome of the flow.
type Retry struct {
	At      Span
	Outcome string
	After   time.Duration
	UpTo    int // so often after this outcome
}

// CallLimits bound how often one person is rung. Zero: no bound.
type CallLimits struct {
	At      Span
	PerDay  int // attempts to one number on one day of its own clock, over all campaigns
	PerWeek int // in any seven days
	PerDebt int // attempts for one debt_id in any seven days, over all campaigns
}

// ListName is a do-not-call list: a name kept by the server, or a file of the project with numbers in it.
type ListName struct {
	At   Span
	Name string // "" for a file
	File string
}

// SafetyStop pauses a campaign by itself.
type SafetyStop struct {
	At      Span
	What    string  // opted_out, errors or abandoned
	Percent float64 // more than this
	Last    int     // of so many last calls; 0: of all
}

// RuleOff switches one rule of the rule book off, for a reason.
type RuleOff struct {
	At      Span
	Rule    string
	Because string
}
