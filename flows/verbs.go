package flows

import "time"

// Verb is what a step does. The set is closed: every verb of the language is a struct in this file.
type Verb interface {
	// Word is the verb as it is written in YAML.
	Word() string
}

// Asking is what every step that waits for keys has in common.
type Asking struct {
	Tries    int           // 0: the flow's default
	Wait     time.Duration // 0: the flow's default
	IfSilent []*Text       // first, second, third time
	IfWrong  []*Text
	Speech   bool
	Hints    []string
}

// Option is one key of a menu.
type Option struct {
	At     Span
	Key    string
	To     *Text   // "pay all of it now"; nil: the option is not spoken
	Target *Target // from go, or do
	When   *Expr   // nil: always offered
}

// LanguageOption is one key of choose_language.
type LanguageOption struct {
	At       Span
	Key      string
	Language string
}

// Assignment is one line of set.
type Assignment struct {
	At   Span
	Name string
	Expr *Expr
}

// PayPrompt is one prompt of a pay step: For is the field (card_number, ...), Case is ask, silent, wrong,
// card_not_taken, mismatch or a brand; Texts are for the first, second and third attempt.
type PayPrompt struct {
	At    Span
	For   string
	Case  string
	Texts []*Text
}

type (
	// Say speaks a sentence.
	Say struct {
		Text  *Text
		OrSay *Text // spoken when a value in Text is missing
		Voice string
		Slow  bool
	}
	// Play plays a file or URL.
	Play struct {
		Source string
		Say    *Text // spoken when the file is missing
		Times  int
		Keys   string // tones to send instead of a file
	}
	// PauseFor is silence.
	PauseFor struct{ For time.Duration }
	// Menu offers options, one key each. Endings: one per key, gave_up.
	Menu struct {
		Asking
		Say     *Text // opening; may be nil
		Play    string
		Options []*Option
	}
	// Ask collects keys. Endings: ok, gave_up.
	Ask struct {
		Asking
		Say      *Text
		Kind     string // digits money date phone zip pin text
		Min, Max int    // number of digits; Max 0: any
		EndsWith string // "#" unless said otherwise
		ValidIf  *Expr  // over "it"
		Private  bool
		Confirm  bool
	}
	// Confirm asks yes or no. Endings: yes, no, gave_up.
	Confirm struct {
		Asking
		Say     *Text
		Yes, No string // keys; "1" and "2" unless said otherwise
	}
	// ChooseLanguage asks for a language, each option in its own. Endings: ok.
	ChooseLanguage struct {
		Asking
		Options  []LanguageOption
		Remember bool
	}
	// If branches on a condition. Endings: then, else.
	If struct {
		Cond *Expr
		Then *Target
		Else *Target // nil: continue
	}
	// Choose branches on a value; the branches are the step's Then, one of them may be "otherwise".
	Choose struct{ On *Expr }
	// Go leads to another scene.
	Go struct{ Target *Target }
	// Set saves values.
	Set struct{ Assign []Assignment }
	// HoursCheck looks at opening hours. Endings: open, closed, holiday.
	HoursCheck struct{ Name string }
	// Lookup asks a service. Endings: found, not_found, failed.
	Lookup struct {
		Service      string
		Path         *Template
		Query        []Pair
		Headers      []Pair
		Expect       []Field
		Timeout      time.Duration
		Tries        int
		Cache        time.Duration
		WhileWaiting *Text
	}
	// Submit changes something at a service. Endings: done, refused, failed.
	Submit struct {
		Service      string
		Method       string // POST PUT PATCH DELETE
		Path         *Template
		JSON         []Pair
		Form         []Pair
		OncePer      *Template
		Timeout      time.Duration
		Tries        int
		WhileWaiting *Text
	}
	// Send queues an event for the outside; it never blocks the call.
	Send struct {
		Event string
		Data  []Pair
	}
	// Pay charges or saves a card or bank account. Endings: paid or saved, declined, cancelled, gave_up,
	// unavailable, hung_up, unknown.
	Pay struct {
		Amount      *Expr // nil: save only
		Currency    string
		For         *Template
		Connector   string
		Method      string // card, bank
		BankAccount string
		Cards       []string
		AskCode     bool  // security_code
		PostalCode  *Expr // nil with AskPostal false: do not ask
		AskPostal   bool
		PostalMin   int
		SaveCard    string // no, one_time, reusable, payment_method
		Tries       int
		Wait        time.Duration
		EnterTwice  []string
		Extra       []Pair
		Prompts     []PayPrompt
		OncePer     *Template
	}
	// Transfer connects the caller to people. Endings: ended, no_answer, busy, failed.
	Transfer struct {
		To           string // a team, "number:+1...", "client:name" or "sip:..."
		Say          *Text
		RingFor      time.Duration
		CallerID     string
		Whisper      *Text
		AgentSees    []Pair
		AgentMayTake bool
		MayReturnTo  string
		HoldMusic    string
		Record       bool
	}
	// Voicemail records a message. Endings: left, empty.
	Voicemail struct {
		Say     *Text
		Longest time.Duration
		Beep    bool
		Tell    []string
	}
	// TextMessage sends a text message. Endings: sent, failed.
	TextMessage struct {
		Text     *Text
		To, From *Expr
	}
	// RecordCall controls the call's recording: start, stop, pause, resume. Class is the retention class of what
	// is started, or how long it is kept; RecordingRulesFor understands both.
	RecordCall struct {
		Action  string
		Class   string // "": the rules for all
		ClassAt Span
	}
	// Transcribe starts or stops the call's transcription. It is stopped by itself while a caller pays.
	Transcribe struct {
		Action   string // start, stop
		Engine   string // google, deepgram
		Language string // "": the call's
		Model    string // "": the engine's own
		Track    string // both, inbound, outbound
		Hints    []string
	}
	// Converse has a program talk with the caller, over a websocket. Endings: ended, failed.
	Converse struct {
		URL        string // wss
		Greeting   *Text
		Language   string // "": the call's
		Speech     string // who listens: deepgram, google; "": Twilio's choice
		Voices     string // who speaks: elevenlabs, google, amazon; "": Twilio's choice
		Voice      string
		Model      string // of who listens
		Hints      []string
		Keys       bool // the program hears of keys
		Parameters []Pair
		Expect     []Field // of what the program hands back
	}
	// Outcome sets the one word that reports carry.
	Outcome struct{ Of string }
	// Note leaves a text for the agent and the call's record.
	Note struct{ Text *Text }
	// OptOut writes a do-not-call entry, speaks, and ends the call.
	OptOut struct {
		List string
		Say  *Text
	}
	// HangUp ends the call, after a sentence if there is one.
	HangUp struct{ Say *Text }
	// RawTwiML answers with the XML as it is written.
	RawTwiML struct {
		XML        *Template
		ComeBackTo string
	}
)

func (*Say) Word() string            { return "say" }
func (*Play) Word() string           { return "play" }
func (*PauseFor) Word() string       { return "pause" }
func (*Menu) Word() string           { return "menu" }
func (*Ask) Word() string            { return "ask" }
func (*Confirm) Word() string        { return "confirm" }
func (*ChooseLanguage) Word() string { return "choose_language" }
func (*If) Word() string             { return "if" }
func (*Choose) Word() string         { return "choose" }
func (*Go) Word() string             { return "go" }
func (*Set) Word() string            { return "set" }
func (*HoursCheck) Word() string     { return "hours" }
func (*Lookup) Word() string         { return "lookup" }
func (*Submit) Word() string         { return "submit" }
func (*Send) Word() string           { return "send" }
func (*Pay) Word() string            { return "pay" }
func (*Transfer) Word() string       { return "transfer" }
func (*Voicemail) Word() string      { return "voicemail" }
func (*TextMessage) Word() string    { return "text_message" }
func (*RecordCall) Word() string     { return "record" }
func (*Transcribe) Word() string     { return "transcribe" }
func (*Converse) Word() string       { return "converse" }
func (*Outcome) Word() string        { return "outcome" }
func (*Note) Word() string           { return "note" }
func (*OptOut) Word() string         { return "opt_out" }
func (*HangUp) Word() string         { return "hang_up" }
func (*RawTwiML) Word() string       { return "twiml" }
