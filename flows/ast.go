package flows

import "time"

// File is one file of a project: its path below the project directory, with slashes, and its bytes.
type File struct {
	Path   string `json:"path"`
	Source []byte `json:"source"`
}

// Bundle is all files a flow version is made of. The same files always have the same Hash, so a bundle can
// be pinned to a call and found again by any instance.
type Bundle struct {
	Files []File `json:"files"`
}

// Project is a loaded project: paydial.yaml and the flows beside it.
type Project struct {
	Hash      string // content hash of the bundle, hex
	Dir       string // where it was read from, for messages only
	Line      string // what the line is called, for people
	Timezone  *time.Location
	Languages []string          // the first is the language the flows are written in
	Voices    map[string]string // language to the voice's name
	Numbers   []Number
	Services  map[string]*Service
	Payments  PaymentRules
	Teams     map[string]*Team
	Hours     map[string]*OpeningHours
	Settings  map[string]string // setting.* in expressions
	Flows     map[string]*Flow
	At        Span

	PCIMode     bool // yes unless said otherwise: what PCI Mode forbids is an error
	Recordings  RecordingSection
	Transcripts TranscriptRules
	Relay       RelayProviders
	Outbound    OutboundLimits

	sources map[string]*source // the files it was read from, by path
	unread  map[string]bool    // flows whose files could not be read
}

// OutboundLimits are what the Twilio account allows to all campaigns together.
type OutboundLimits struct {
	At             Span
	CallsPerSecond int // calls begun in a second; Twilio's CPS of the account, 1 unless it was raised
	AtOnce         int // calls that run at the same time
}

// Number binds a phone number to the flow it starts.
type Number struct {
	At     Span
	Number string // E.164
	Flow   string
}

// Service is an outside system that a flow may reach.
type Service struct {
	At      Span
	Name    string
	URL     string
	Bearer  string // name of the secret, without "secret."
	Basic   string // name of the secret that holds user:password
	Headers map[string]string
	Timeout time.Duration
}

// PaymentRules is the payments section of the project file.
type PaymentRules struct {
	At           Span
	Connector    string
	Currency     string   // lower case, "usd"
	Cards        []string // brands as Twilio names them
	PerCallLimit Money    // zero: no limit
}

// Team is people a call can be transferred to.
type Team struct {
	At     Span
	Name   string
	Queue  string // exactly one of Queue, Number, Client and SIP is set
	Number string
	Client string
	SIP    string
	Hours  string
}

// Flow is one flow file.
type Flow struct {
	At        Span
	Name      string
	About     string
	Direction string // inbound, outbound, either
	Speaks    []string
	Needs     []Field
	Gives     []Field
	Defaults  Defaults
	Anywhere  []AnywhereKey
	IfError   *Target // nil: the built-in apology
	AfterCall []*Step
	Scenes    []*Scene // in file order; the first is the start
	Project   *Project

	Recordings  RecordingSection // over the project's, key by key
	Transcripts TranscriptRules

	Ringing RingingWords // found by the lint; of a flow for calls we make

	program *program // made by compile
}

// RingingWords is what a flow says to whom it rings, as far as the lint can tell.
type RingingWords struct {
	Known    bool // the flow was looked at
	Identity bool // its first words say who is calling
	OptOut   bool // its first words lead to opt_out, or say how to stop these calls
	StopKey  bool // opt_out can be reached before the second choice
	Machines bool // a machine hears something of its own
	Number   bool // and in it a number to ring
	StopTold bool // and how to stop these calls
}

// Field is a named, typed value: an input of a flow or a part of a service's answer.
type Field struct {
	At      Span
	Name    string
	Type    string // text digits number money date time yes_no phone language list record
	Private bool
	Default string // from "language, or en-US"
}

// Defaults holds what applies to every step that does not say otherwise.
type Defaults struct {
	At       Span
	Tries    int           // 0: 3
	Wait     time.Duration // 0: 7s
	Voice    string
	IfSilent []*Text
	IfWrong  []*Text
	Endings  map[string]*Target // gave_up, failed, ... by ending
}

// AnywhereKey is a key that works in every menu and ask. Target is a scene or "repeat".
type AnywhereKey struct {
	Key    string
	Target *Target
}

// Scene is a named list of steps.
type Scene struct {
	At    Span
	Name  string
	Steps []*Step
}

// Step is one verb in a scene.
type Step struct {
	ID    string // "balance#2"; a step inside a branch is "balance#2.paid.1"
	Scene string
	Name  string // optional label
	At    Span   // of the verb's key
	Verb  Verb
	When  *Expr // nil: always
	As    string
	Then  []Branch // in file order
}

// Branch is one line of a step's then: an ending and where it leads.
type Branch struct {
	At     Span
	Ending string
	Target *Target
}

// TargetKind tells what a Target does.
type TargetKind int

// What a target can be: another scene, steps written in place, the next step, or the same step again.
const (
	TargetScene TargetKind = iota
	TargetSteps
	TargetContinue
	TargetRepeat
)

// Target is where an ending leads. With AtMost above 0 it may be taken that often in a call; after that the
// ending is gave_up.
type Target struct {
	At     Span
	Kind   TargetKind
	Scene  string
	Steps  []*Step
	AtMost int
}

// Expr is an expression as written; it is compiled against the flow's names by the checker.
type Expr struct {
	At  Span
	Raw string

	code *code
}

// Text is a sentence with ${...} in it, in one or more languages. ByLanguage always has the flow's first
// language.
type Text struct {
	At         Span
	ByLanguage map[string]*Template
}

// Template is one sentence in one language.
type Template struct {
	At  Span
	Raw string

	parts []part
}

// Pair is a name and a value inside data:, json:, form:, headers: or agent_sees:. A value that holds ${...}
// is a Template; any other is an expression.
type Pair struct {
	At   Span
	Name string
	Expr *Expr // exactly one of Expr and Text is set
	Text *Template
}
