package ivr

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
)

// Budgets of one turn. Twilio gives a webhook 15 seconds in all
// (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides); we stay well inside.
const (
	turnBudget  = 10 * time.Second        // everything, retries against Redis included
	waitBudget  = 1500 * time.Millisecond // a lookup may keep the caller waiting in silence for so long
	awaitBudget = 2 * time.Second         // a duplicate waits so long for the first one's answer
	maxBody     = 64 << 10                // no webhook of Twilio's is larger
	maxAdvances = 50                      // effects in one turn; flows has its own cap on steps
)

// Config is what a Server needs. All fields are required but Now (time.Now), Log (slog.Default) and HTTP.
type Config struct {
	Validator *twilio.Validator // checks signatures over the configured public URL
	Account   string            // the account whose webhooks are taken; "" takes any that is signed rightly
	Sessions  *sessions.Store
	Ledger    *payments.Ledger
	Desk      *payments.Desk // payments that agents take
	Projects  *Projects
	Twilio    *twilio.Client
	HTTP      *http.Client        // reaches the services of the project
	Secret    func(string) string // secret.* of services, by name
	Services  map[string]string   // service name to a URL that replaces the project's, for another environment
	OptOut    OptOutList          // where opt_out writes
	Campaigns Campaigns           // hears of the calls of campaigns; nil: there are none
	PublicURL string              // what Twilio calls us by, for what has to be an absolute address
	// Recordings hears of recordings, and pauses them while a caller pays; nil: nothing is done about them.
	Recordings *recordings.Recordings
	// Transcripts keeps what is said on calls; nil: nothing is kept.
	Transcripts *transcripts.Store
	Log         *slog.Logger
	Now         func() time.Time
}

// OptOutList takes do-not-call entries. Add must be safe to repeat.
type OptOutList interface {
	Add(ctx context.Context, list, number, reason string) error
}

// Server answers Twilio's webhooks.
type Server struct {
	Config
	services *services
}

// New checks cfg and returns a Server.
func New(cfg Config) (*Server, error) {
	switch {
	case cfg.Validator == nil:
		return nil, errors.New("ivr: no signature validator")
	case cfg.Sessions == nil, cfg.Ledger == nil, cfg.Desk == nil, cfg.Projects == nil, cfg.Twilio == nil:
		return nil, errors.New("ivr: sessions, ledger, desk, projects and the Twilio client are all needed")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Secret == nil {
		cfg.Secret = func(string) string { return "" }
	}
	return &Server{Config: cfg, services: newServices(cfg)}, nil
}

// place is a session's State as ivr keeps it: the flow's own state, and which payment the call waits for.
type place struct {
	Flow      flows.State `json:"flow"`
	Payment   string      `json:"payment,omitempty"`   // ledger ID of the payment under way
	Charging  bool        `json:"charging,omitempty"`  // that payment charges (and does not only save)
	Fallbacks int         `json:"fallbacks,omitempty"` // times Twilio had to use the fallback URL
	Waits     int         `json:"waits,omitempty"`     // turns spent waiting for Flow.Pending
	Reran     bool        `json:"reran,omitempty"`     // Flow.Pending was run a second time
	Desk      bool        `json:"desk,omitempty"`      // the call is with an agent who may take a payment

	Held   *flows.PayStop `json:"held,omitempty"`   // the payment that is taken with the next turn
	Silent bool           `json:"silent,omitempty"` // recordings were paused for the payment under way

	Outbound *outbound `json:"outbound,omitempty"` // of a campaign's call
}
