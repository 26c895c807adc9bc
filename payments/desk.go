package payments

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/twilio"
)

// Errors of the desk that callers branch on.
var (
	// ErrNoAssisted says that no agent-assisted payment of that ID is known, or that it is somebody else's.
	ErrNoAssisted = errors.New("payments: no such agent-assisted payment")
	// ErrOtherScreen says that another screen leads the payment. It comes with the payment; TakeOver changes it.
	ErrOtherScreen = errors.New("payments: another screen leads this payment")
	// ErrStage says that the payment is past what was wanted, or not there yet. It comes with the payment.
	ErrStage = errors.New("payments: not possible at this stage")
	// ErrNotOffered says that no flow has handed this call to an agent who may take a payment.
	ErrNotOffered = errors.New("payments: the flow has not handed this call over for a payment")
	// ErrCallBusy says that another payment is open on the call. It comes with that payment.
	ErrCallBusy = errors.New("payments: another payment is open on this call")
	// ErrField says that the payment has no field of that name.
	ErrField = errors.New("payments: no such field")
	// ErrMissing says that fields are still missing. It comes with the payment.
	ErrMissing = errors.New("payments: fields are still missing")
	// ErrAmount says that the amount is not one that can be charged, or is not the one on the agent's screen.
	ErrAmount = errors.New("payments: not the amount")
	// ErrRaised says that an agent may lower the flow's amount and not raise it.
	ErrRaised = errors.New("payments: only a supervisor may raise the amount")
	// ErrReason says that the call has paid already, so that another charge needs a reason.
	ErrReason = errors.New("payments: a second charge on one call needs a reason")
	// ErrNotSent says that Twilio did not take what it was asked for. It wraps what it answered.
	ErrNotSent = errors.New("payments: Twilio did not take it")
	// ErrForeign says that a callback does not belong to the payment it came for. Nothing was changed.
	ErrForeign = errors.New("payments: the callback belongs to another payment")
)

// Actor is who does something at the desk.
type Actor struct {
	ID string // the user
	// Screen tells the user's screens apart: one of them leads a payment. Any text of up to 64 letters and digits.
	Screen string
	// Supervisor may see and take over everybody's payments, and raise amounts.
	Supervisor bool
}

// Start is what an agent wants to take. Zero fields are as the flow offered.
type Start struct {
	Call string // required: the leg that types, which is the caller's
	// Key makes the wish repeatable: the same key for the same call gives the same payment. Required.
	Key         string
	Amount      Amount // Charge only
	Intent      Intent
	Method      string
	BankAccount string
	TokenType   string // Save only
	Reference   string
	Reason      string // for another charge on a call that has paid
	Slow        bool
	Confirm     bool   // the caller hears the last four digits and presses 1 before the card company is asked
	AskPostal   bool   // ask for the postal code although the flow knows it
	First       string // the field to ask at once; "" for none, "first" for the first that is missing
}

// DeskConfig is what a Desk needs. Redis, Ledger, Twilio and PublicURL are required.
type DeskConfig struct {
	Redis     redis.UniversalClient
	Ledger    *Ledger
	Twilio    *twilio.Client
	PublicURL string // what Twilio calls us by

	// Audit gets what Twilio and the time did to a payment; what people did is written by the door they came through,
	// before it is done. nil: nothing is written.
	Audit *audit.Log
	// Changed is told of every change, after it was kept; nil: nobody is told.
	Changed func(ctx context.Context, a Assisted)
	// Noted is told what the desk finds out and orders of a call's recordings during a payment; nil: nobody is told. It
	// is told again where something is tried again.
	Noted  func(ctx context.Context, n PauseNote)
	// Hush stops what is transcribed of a call, because a payment begins, and gives what Unhush needs to begin it anew; ""
	// when nothing is. Both may be called again. nil: nothing is transcribed.
	Hush   func(ctx context.Context, call string) (again string, err error)
	Unhush func(ctx context.Context, call, again string) error
	Log    *slog.Logger     // nil: none
	Now    func() time.Time // nil: time.Now
	Limits Limits
}

// Limits are how long the desk waits for what. Zero fields take the defaults.
type Limits struct {
	KeyTimeout int           // seconds between two keys; default 12
	SlowKeys   int           // the same in slow mode; default 25
	Grace      time.Duration // after Twilio's own time is over, before it is asked what became of a field; default 3 s
	Result     time.Duration // until Twilio is asked again for a result; default 8 s
	Unknown    time.Duration // until a payment without a result is unknown; default 90 s, as a gateway may take 60
	Start      time.Duration // until a session that Twilio did not open is given up; default 30 s
	Idle       time.Duration // default 10 minutes
}

// Desk takes agent-assisted payments: it keeps each as a document in Redis, moves it by a table of states, tells
// Twilio's Payment resource what to do, and hears its callbacks. It is safe for concurrent use by any number of
// processes on one Redis.
type Desk struct {
	cfg   DeskConfig
	rules *rules
	store *deskStore
	hub   *deskHub
}

// NewDesk checks cfg and makes a Desk. Nothing runs in the background until Watch or Work.
func NewDesk(ctx context.Context, cfg DeskConfig) (*Desk, error) {
	if cfg.Redis == nil || cfg.Ledger == nil || cfg.Twilio == nil || cfg.PublicURL == "" {
		return nil, errors.New("payments: the desk needs Redis, the ledger, the Twilio client and the public URL")
	}
	cfg.PublicURL = strings.TrimSuffix(cfg.PublicURL, "/")
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Limits = cfg.Limits.withDefaults()
	rules, err := newRules(cfg.Limits)
	if err != nil {
		return nil, fmt.Errorf("open the desk: %w", err)
	}
	d := &Desk{cfg: cfg, rules: rules, store: &deskStore{redis: cfg.Redis}}
	d.hub = newDeskHub(cfg.Redis)
	if err := d.store.loadScripts(ctx); err != nil {
		return nil, fmt.Errorf("open the desk: %w", err)
	}
	return d, nil
}

func (l Limits) withDefaults() Limits {
	orInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	orInt(&l.KeyTimeout, 12)
	orInt(&l.SlowKeys, 25)
	orTime(&l.Grace, 3*time.Second)
	orTime(&l.Result, 8*time.Second)
	orTime(&l.Unknown, 90*time.Second)
	orTime(&l.Start, 30*time.Second)
	orTime(&l.Idle, 10*time.Minute)
	return l
}

// Close ends every watch.
func (d *Desk) Close() { d.hub.close() }
