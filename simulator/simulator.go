package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paydial/paydial/simulator/crowd"
)

// What the simulator is when nothing else is said; the same in every paydial.
const (
	DefaultAccountSID = "AC00000000000000000000000000000001"
	DefaultAuthToken  = "simulated-auth-token"
)

// Config says what to play. The zero value is a working simulator without phone numbers.
type Config struct {
	Accounts   []Account   // default one of DefaultAccountSID and DefaultAuthToken; more than one is not simulated
	Numbers    []Number    // phone numbers of the account, with the applications that answer them
	Connectors []Connector // Pay Connectors by name, beside those of ReadyConnectors, which are always there
	// PCIMode is whether the account begins in PCI Mode: "on" (default) or "off". PUT /sim/v1/account switches it on
	// later; it cannot be switched off again: https://www.twilio.com/docs/voice/pci-workflows
	PCIMode string
	// Region is us1, ie1 or au1; default us1. Not every kind of connector is available in each.
	Region string

	// Pace is how long speech takes on calls that do not say so themselves: 0 none at all (for scripts and tests),
	// 1 as long as it takes to say.
	Pace float64
	// ManualClock makes time stand still except for POST /sim/v1/clock. It starts at Start, or at a fixed day.
	ManualClock bool
	Start       time.Time
	// Seed makes SIDs and everything drawn by chance the same in every run; 0 draws them anew.
	Seed uint64
	// AutoAnswer says who picks up calls that were created over REST: "" nobody (the control API answers), human,
	// machine (with a beep), machine-no-beep, machine-talks-on, fax, or unclear, whom detection cannot tell.
	AutoAnswer string
	// Crowd answers calls made over REST to numbers that are not the account's, before AutoAnswer; nil: nobody does.
	Crowd *crowd.Crowd
	// CallsPerSecond is how many calls made over REST begin in a second, the others being queued; default 1, Twilio's
	// own. A negative number is no limit.
	CallsPerSecond float64
	// MaxQueued is how many calls may be queued before another is refused (22005); default so many as begin in 24 hours.
	// A negative number is no limit.
	MaxQueued int
	// MaxCalls is how many calls made over REST may be queued or on the line before another is refused (10004); 0 and
	// less is no limit, as Twilio publishes none.
	MaxCalls int
	// MaxConcurrentREST is how many requests of the REST API are worked on at once; one more is answered with 429
	// (20429). Default 100; a negative number is no limit.
	MaxConcurrentREST int
	// KeepCalls is of how many calls that ended the events and webhooks are kept; default 2000, negative none.
	KeepCalls int
	// PublicURL is how others reach this simulator, for RecordingUrl; default the Host of the first request.
	PublicURL string
	// PayAttempts is how often <Pay> asks for a field when maxAttempts does not say; default 2. Twilio's own number
	// is not known: its documentation says one retry in one place and "none" in another.
	PayAttempts int
	// PayRepeats says what the repetition of a request of the Payments API does, with the same IdempotencyKey and
	// parameters: "resend" (default) tells its status callback once more how things stand, "silent" does nothing.
	PayRepeats string
	// FinalPartial is PartialResult in the last status callback of a field of the Payments API: "" leaves it out
	// (default), "false" is what Twilio's page says.
	FinalPartial string
	// SlowCard is how long the sandbox gateway takes with the slow test card; default 12 s.
	SlowCard time.Duration
	// TLS is for webhooks to https addresses; default the machine's own certificates.
	TLS *tls.Config
	// Logger gets warnings and errors of calls; default none.
	Logger *slog.Logger
}

// Account is a Twilio account.
type Account struct {
	SID       string
	AuthToken string
}

// Number is a phone number and the application behind it.
type Number struct {
	Number         string // E.164
	VoiceURL       string
	VoiceMethod    string // default POST
	FallbackURL    string // asked when VoiceURL, or a document after it, fails
	FallbackMethod string
	StatusURL      string // told when a call has ended
	StatusMethod   string
}

// Simulator plays Twilio: make it with New, serve Handler, and end it with Close.
type Simulator struct {
	account      *account
	numbers      *numbers
	calls        *calls
	messages     *messages
	notices      *notices
	recordings   *recordings
	conferences  conferences
	outgoing     *outgoing // calls made over REST that wait for their turn
	requests     requests  // of the REST API that are worked on
	crowd        crowdBox
	transcripts  transcripts
	connectors   *connectors
	faults       faultBox
	ids          *ids
	clock        clock
	pace         float64
	autoReply    string
	attempts     int // of each field of a Pay that does not say
	payRepeats   string
	finalPartial string
	publicURL    string
	seenHost     atomic.Pointer[string] // Host of the first request
	transport    *http.Transport
	logger       *slog.Logger
	handler      http.Handler

	busy   busy
	ctx    context.Context
	cancel context.CancelFunc

	closing sync.Mutex // guards closed against spawn
	closed  bool
	wg      sync.WaitGroup

	region string // us1, ie1 or au1
}

// New makes a simulator.
func New(cfg Config) (*Simulator, error) {
	who := Account{SID: DefaultAccountSID, AuthToken: DefaultAuthToken}
	switch len(cfg.Accounts) {
	case 0:
	case 1:
		who = cfg.Accounts[0]
	default:
		return nil, fmt.Errorf("%d accounts: one is simulated", len(cfg.Accounts))
	}
	if who.SID == "" || who.AuthToken == "" {
		return nil, errors.New("an account needs a SID and an auth token")
	}
	if cfg.Pace < 0 {
		return nil, fmt.Errorf("pace %v: 0 or more is meant", cfg.Pace)
	}
	if err := checkKnobs(cfg); err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Simulator{
		numbers: newNumbers(), calls: newCalls(cfg.KeepCalls), messages: &messages{}, notices: &notices{},
		ids: newIDs(cfg.Seed), pace: cfg.Pace, autoReply: cfg.AutoAnswer, attempts: cfg.PayAttempts, payRepeats: cfg.PayRepeats, finalPartial: cfg.FinalPartial, publicURL: cfg.PublicURL,
		transport: newTransport(cfg), logger: cfg.Logger, clock: realClock{},
	}
	if cfg.ManualClock {
		s.clock = newManualClock(manualStart(cfg.Start), &s.busy)
	}
	s.recordings, s.outgoing = newRecordings(s.clock), newOutgoing(s.clock, cfg)
	s.requests.most = cfg.MaxConcurrentREST
	s.account = &account{sid: who.SID, token: who.AuthToken, name: "Simulated account", created: s.clock.now()}
	s.account.pciMode.Store(cfg.PCIMode != pciModeOff)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	err := errors.Join(s.crowd.set(cfg.Crowd), s.openConnectors(cfg))
	for i := 0; i < len(cfg.Numbers) && err == nil; i++ {
		err = s.addNumber(cfg.Numbers[i])
	}
	if err != nil {
		return nil, errors.Join(err, s.Close(context.Background()))
	}
	s.handler = s.routes()
	return s, nil
}

// payRepeatsSilent is the PayRepeats that does nothing.
const payRepeatsSilent = "silent"

// pciModeOff is the PCIMode that begins without it.
const pciModeOff = "off"

func checkKnobs(cfg Config) error {
	switch {
	case cfg.AutoAnswer != "" && !isAnswerer(cfg.AutoAnswer):
		return fmt.Errorf("auto answer %q: one of %s is meant", cfg.AutoAnswer, strings.Join(answerers(), ", "))
	case cfg.PCIMode != "" && cfg.PCIMode != "on" && cfg.PCIMode != pciModeOff:
		return fmt.Errorf("PCI Mode %q: on or off is meant", cfg.PCIMode)
	case cfg.PayRepeats != "" && cfg.PayRepeats != "resend" && cfg.PayRepeats != payRepeatsSilent:
		return fmt.Errorf("pay repeats %q: resend or silent is meant", cfg.PayRepeats)
	case cfg.FinalPartial != "" && cfg.FinalPartial != "false":
		return fmt.Errorf("final partial %q: false or nothing is meant", cfg.FinalPartial)
	}
	return nil
}

func manualStart(t time.Time) time.Time {
	if t.IsZero() {
		return time.Date(2026, time.January, 5, 10, 0, 0, 0, time.UTC)
	}
	return t
}

func (s *Simulator) addNumber(n Number) error {
	if !isE164(n.Number) {
		return fmt.Errorf("number %q: a plus sign and 7 to 15 digits are meant", n.Number)
	}
	for _, u := range []string{n.VoiceURL, n.FallbackURL, n.StatusURL} {
		if u == "" {
			continue
		}
		if err := checkURL(u); err != nil {
			return fmt.Errorf("number %s: %w", n.Number, err)
		}
	}
	now := s.clock.now()
	s.numbers.put(number{
		sid: s.ids.sid("PN"), phone: n.Number, name: n.Number, created: now, updated: now,
		voiceURL: n.VoiceURL, voiceMethod: n.VoiceMethod, fallbackURL: n.FallbackURL, fallbackMethod: n.FallbackMethod,
		statusURL: n.StatusURL, statusMethod: n.StatusMethod,
	})
	return nil
}

// Handler serves Twilio's REST API under /2010-04-01 and the control API under /sim/v1.
func (s *Simulator) Handler() http.Handler { return s.handler }

// Close ends all calls without a word to the application and returns when nothing runs any more, or ctx ends.
func (s *Simulator) Close(ctx context.Context) error {
	s.closing.Lock()
	s.closed = true
	s.closing.Unlock()
	s.cancel()
	s.outgoing.close()
	quiet := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(quiet)
	}()
	select {
	case <-quiet:
	case <-ctx.Done():
		return fmt.Errorf("close the simulator: %w", ctx.Err())
	}
	s.connectors.close()
	s.transport.CloseIdleConnections()
	return nil
}

// spawn runs f on a goroutine that Close waits for; it reports false, and does nothing, after Close has begun.
func (s *Simulator) spawn(f func()) bool {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	s.busy.add()
	go func() {
		defer s.wg.Done()
		defer s.busy.done()
		f()
	}()
	return true
}

// attend runs f on a goroutine that Close waits for, and the manual clock does not: it waits for others.
func (s *Simulator) attend(f func()) {
	s.closing.Lock()
	defer s.closing.Unlock()
	if !s.closed {
		s.wg.Go(f)
	}
}
