package paysession

import (
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// Agent is one session of an agent-assisted payment: an agent asks for the fields, in any order and as often as
// needed, and the caller types them. Hand every input to Handle; ask Check before a Capture, Complete or Cancel.
// It is not safe for use by several goroutines.
type Agent struct {
	details
	state agentState

	asked    Capture         // is being typed while the state is typing
	attempts map[Capture]int // how often each was asked for
	matched  map[Field]bool  // was typed twice alike
	// skipHash is set when an entry ended by itself: a # that the caller presses behind it belongs to it.
	skipHash bool
}

type agentState int

const (
	agentIdle       agentState = iota // the agent has the next word
	agentTyping                       // the caller types a field
	agentConfirming                   // the caller is asked whether the payment is right
	agentProcessing                   // the connector works
	agentOver
)

// Capture asks the caller for a field; with Matcher for the same once more.
type Capture struct {
	Field   Field
	Matcher bool
}

// matcherSuffix makes a field's Capture one of its second entry.
const matcherSuffix = "-matcher"

// ParseCapture reads a Capture parameter, as payment-card-number-matcher.
func ParseCapture(name string) (Capture, bool) {
	field, matcher := strings.CutSuffix(name, matcherSuffix)
	c := Capture{Field(field), matcher}
	fields := []Field{CardNumber, Expiration, SecurityCode, PostalCode}
	if !matcher {
		fields = append(fields, RoutingNumber, AccountNumber)
	}
	return c, slices.Contains(fields, c.Field)
}

// String is the capture in Twilio's spelling.
func (c Capture) String() string {
	if c.Matcher {
		return string(c.Field) + matcherSuffix
	}
	return string(c.Field)
}

// Complete ends the collecting: the connector is asked, if need be after the caller has confirmed.
type Complete struct{}

// Cancel ends the session without asking the connector.
type Cancel struct{}

// Fails is a fault of Twilio's own, or one that no key can cause: what is being captured ends with it.
type Fails struct{ Why Failure }

func (Fails) input()    {}
func (Capture) input()  {}
func (Complete) input() {}
func (Cancel) input()   {}

// Confirmation is what a Say asks for, and what is waited for, when the caller has to confirm.
const Confirmation Field = "payment-confirmation"

// Further failures and results of agent-assisted payments.
const (
	// WrongSequence is a security code that is asked for before the card number, which tells its length.
	WrongSequence Failure = "invalid-card-number-security-code-capture-sequence"
	// InvalidAccountType, InProgress and InternalFailure are published and never come from what a caller does here:
	// the account type and a second session are refused before anything is captured.
	InvalidAccountType Failure = "invalid-bank-account-type"
	InProgress         Failure = "session-in-progress"
	InternalFailure    Failure = "internal-error"
	// Cancelled is what Cancel leads to. Twilio's pages do not list it; its customers' programs handle it.
	Cancelled Result = "transaction-cancelled"
)

// NewAgent makes a session. Expiry dates are checked against today.
func NewAgent(cfg Config, today time.Time) *Agent {
	return &Agent{details: newDetails(cfg, today), attempts: map[Capture]int{}, matched: map[Field]bool{}}
}

// Check says why an agent's request cannot be carried out now. A session that is over refuses nothing and does
// nothing: see Over.
func (s *Agent) Check(in Input) *Refusal {
	if s.state == agentProcessing {
		return &Refusal{CodeInvalidOperation, "the payment is being processed"}
	}
	switch in := in.(type) {
	case Capture:
		if !slices.Contains(s.cfg.all(), in.Field) {
			return &Refusal{CodeParameter, "Capture='" + in.String() + "' (not part of a " + string(s.cfg.Method) + " payment)"}
		}
	case Complete:
		if missing := s.missing(); len(missing) > 0 {
			return &Refusal{CodeIncomplete, "Status='complete' (still required: " + strings.Join(missing, ",") + ")"}
		}
	}
	return nil
}

// Handle takes one input and returns what is to be done. After a Done it returns nothing.
func (s *Agent) Handle(in Input) []Output {
	switch s.state {
	case agentOver:
		return nil
	case agentProcessing: // a charge that was asked for cannot be taken back
		if a, ok := in.(Answer); ok {
			return []Output{s.answered(a)}
		}
		return nil
	case agentIdle, agentTyping, agentConfirming:
	}
	switch in := in.(type) {
	case Capture:
		if s.Check(in) != nil {
			return nil
		}
		return s.capture(in)
	case Complete:
		return s.complete()
	case Cancel:
		return []Output{s.done(Cancelled, Answer{})}
	case HungUp:
		return []Output{s.done(CallerHungUp, Answer{})}
	case Key:
		return s.key(byte(in))
	case Silence:
		return s.silence()
	case Fails:
		return s.fails(in.Why)
	case PromptDone, Answer:
	}
	return nil
}

// fails ends a capture without a look at what was typed.
func (s *Agent) fails(why Failure) []Output {
	if s.state != agentTyping {
		return nil
	}
	s.entry.Wipe()
	s.state = agentIdle
	return []Output{s.Report(s.asked, why, false)}
}

// capture lets the caller type a field. What was typed for it before is forgotten; so is an entry that another
// capture had begun.
func (s *Agent) capture(c Capture) []Output {
	s.entry.Wipe()
	s.state = agentIdle
	s.asked = c
	s.attempts[c]++
	if !c.Matcher {
		s.forget(c.Field)
	}
	switch {
	case c.Field == SecurityCode && s.number.Len() == 0:
		return []Output{s.Report(c, WrongSequence, false)}
	case c.Matcher && !s.has(c.Field):
		return []Output{s.Report(c, MatchingFailed, false)}
	}
	s.state = agentTyping
	return []Output{s.Report(c, "", true), Wait{s.cfg.Timeout}}
}

func (s *Agent) key(k byte) []Output {
	switch {
	case s.state == agentIdle:
		if k == '#' {
			s.skipHash = false
		}
		return nil
	case k == '*':
		return []Output{s.done(Starred, Answer{})}
	case s.state == agentConfirming:
		return s.confirm(k)
	case k == '#' && s.skipHash && s.entry.Len() == 0:
		s.skipHash = false
		return nil
	case k == '#':
		return s.endEntry(false)
	case !s.entry.Add(k):
		return nil
	}
	s.skipHash = false
	report := s.Report(s.asked, "", true)
	if s.full(s.asked.Field) {
		return append([]Output{report}, s.endEntry(true)...)
	}
	return []Output{report, Wait{s.cfg.Timeout}}
}

func (s *Agent) silence() []Output {
	switch s.state {
	case agentTyping:
		return s.endEntry(false)
	case agentConfirming: // not confirmed and not cancelled: the agent has the word again
		s.state = agentIdle
		return []Output{s.Report(Capture{}, InputTimeout, false)}
	case agentIdle, agentProcessing, agentOver:
	}
	return nil
}

// endEntry takes what was typed, or says why not. Either way the agent has the next word.
func (s *Agent) endEntry(byItself bool) []Output {
	s.skipHash = byItself
	s.state = agentIdle
	why := s.take(s.asked)
	s.entry.Wipe()
	return []Output{s.Report(s.asked, why, false)}
}

// take keeps the entry where it belongs, or compares it with the first one.
func (s *Agent) take(c Capture) Failure {
	if !c.Matcher {
		why := s.check(c.Field)
		if why == "" {
			s.keep(c.Field)
			s.afterNumber(c.Field)
		}
		return why
	}
	switch {
	case s.entry.Len() == 0:
		return InputTimeout
	case !s.same(c.Field):
		s.forget(c.Field) // nobody knows which of the two is right
		return MatchingFailed
	}
	s.matched[c.Field] = true
	return ""
}

// afterNumber forgets what cannot be true beside a new card number: a security code of another length than its
// brand has, and a postal code that is a piece of the number.
func (s *Agent) afterNumber(f Field) {
	if f != CardNumber {
		return
	}
	if n := s.code.Len(); n > 0 && n != cards.CodeLen(s.number.Brand()) {
		s.forget(SecurityCode)
	}
	if s.number.Shares(s.postal) {
		s.forget(PostalCode)
	}
}

func (s *Agent) same(f Field) bool {
	if f == PostalCode {
		return s.entry.Clear() == s.postal
	}
	return s.entry.Equal(*s.place(f))
}

func (s *Agent) forget(f Field) {
	s.matched[f] = false
	if f == PostalCode {
		s.postal = ""
		return
	}
	s.place(f).Wipe()
}

func (s *Agent) has(f Field) bool {
	if f == PostalCode {
		return s.postal != ""
	}
	return s.place(f).Len() > 0
}

// complete asks the caller to confirm, or the connector.
func (s *Agent) complete() []Output {
	if len(s.missing()) > 0 {
		return nil
	}
	s.entry.Wipe() // of a field that is not required
	if !s.cfg.Confirm {
		return s.process()
	}
	s.state = agentConfirming
	return []Output{Say{Field: Confirmation, Prompt: -1, Text: s.question(), Language: s.cfg.Language}, Wait{s.cfg.Timeout}}
}

func (s *Agent) confirm(k byte) []Output {
	switch k {
	case '1':
		return s.process()
	case '2':
		return []Output{s.done(Cancelled, Answer{})}
	}
	return nil
}

func (s *Agent) process() []Output {
	if no := s.barred(); no != nil {
		return []Output{s.done(ConnectorError, *no)}
	}
	s.state = agentProcessing
	return []Output{Process{s.request()}}
}

func (s *Agent) answered(a Answer) Done {
	if a.Code != 0 {
		return s.done(ConnectorError, a)
	}
	return s.done(Success, a)
}

// Takes reports whether a key that is pressed now is for this session.
func (s *Agent) Takes(k byte) bool {
	return s.Listening() || s.state == agentIdle && s.skipHash && k == '#'
}

// Listening reports whether the caller is asked for keys.
func (s *Agent) Listening() bool { return s.state == agentTyping || s.state == agentConfirming }

// Over reports whether the session has ended.
func (s *Agent) Over() bool { return s.state == agentOver }

// Processing reports whether the connector works.
func (s *Agent) Processing() bool { return s.state == agentProcessing }

// Waiting is what the caller is asked for, in the spelling of Capture; "" when nobody listens.
func (s *Agent) Waiting() string {
	switch s.state {
	case agentTyping:
		return s.asked.String()
	case agentConfirming:
		return string(Confirmation)
	case agentIdle, agentProcessing, agentOver:
	}
	return ""
}

// Progress is what a screen may show of the newest capture: which attempt it is and how many digits were typed.
func (s *Agent) Progress() (field Field, attempt, digits int) {
	return s.asked.Field, s.attempts[s.asked], s.entry.Len()
}

// Failures are every ErrorType of a capture that Twilio publishes.
// Source: https://www.twilio.com/docs/voice/twiml/pay (ErrorType).
func Failures() []Failure {
	return []Failure{InputTimeout, InvalidNumber, InvalidType, InvalidDate, InvalidCode, InvalidPostal, InvalidRouting,
		InvalidAccount, InvalidAccountType, WrongSequence, MatchingFailed, InProgress, InternalFailure}
}
