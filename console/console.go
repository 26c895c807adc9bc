package console

import (
	"context"
	"crypto/sha256"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/sessions"
)

// Config is what a Console needs. Sessions, Ledger and Project are required.
type Config struct {
	// Tokens open the API as a bearer token and the pages as the password of Basic authentication. Any of them
	// does, so that one can be replaced while another still works. Without a token, and without Access, there is
	// no API at all.
	Tokens []string
	// Access signs people in; nil: there are only tokens.
	Access *access.Access
	// Audit is the audit log that /audit shows; nil: there is no such page.
	Audit *audit.Log
	// LoopbackOnly is for a developer's own computer: every request has to come from it and to name it in its
	// Host header, and the pages then need no token. Never set it behind a proxy.
	LoopbackOnly bool
	// AllowedHosts are the names this server is reached by, without port. A request that names another is
	// refused: a page of somebody else's may have made its own name point here. Empty allows any, except with
	// LoopbackOnly, which then allows the names of this computer.
	AllowedHosts []string

	Sessions *sessions.Store
	Ledger   *payments.Ledger
	Project  func() *flows.Project // the project in use now

	// Transcripts is what was said on calls; nil: nothing is kept of it.
	Transcripts *transcripts.Store

	// Desk takes agent-assisted payments; nil: there is no desk.
	Desk *payments.Desk
	// Softphone is the address of a script module that adds a phone to the desk; "" where agents answer on another
	// device. It finds the element softphone, whose data-identity says who sits there.
	Softphone string

	// Recordings keeps the recordings of calls; nil: there is no archive.
	Recordings *recordings.Recordings
	// Pauses tells when recordings were silent for payments, by their SIDs; nil: that is not known, and not shown.
	Pauses func(ctx context.Context, of []recordings.Recording) (map[string][]Pause, error)
	// Transcribed tells of which calls there is a transcript; nil: that is not known, and not shown.
	Transcribed func(ctx context.Context, calls []string) (map[string]bool, error)

	// Campaigns rings people; nil: this server runs none.
	Campaigns *campaigns.Campaigns

	Phone bool             // the web phone is served at /phone: link to it
	Log   *slog.Logger     // nil: none
	Now   func() time.Time // nil: time.Now
}

// Console answers people's requests. Make it with New.
type Console struct {
	Config
	tokens [][sha256.Size]byte // hashes, so that comparing takes the same time for any length
	hosts  map[string]bool
	pages  map[string]*template.Template
	// origins knows which pages are ours.
	origins *http.CrossOriginProtection
	// watched are the campaigns that somebody looks at live.
	watched watchedCampaigns
}

// New makes a Console. It panics when an embedded page cannot be parsed, which no configuration can cause.
func New(cfg Config) *Console {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Console{Config: cfg, hosts: map[string]bool{}, pages: parsePages(), origins: http.NewCrossOriginProtection()}
	if c.Access != nil {
		// Behind a proxy the Host header may be another name than the one people see.
		_ = c.origins.AddTrustedOrigin(c.Access.Origin())
	}
	for _, token := range cfg.Tokens {
		if token != "" {
			c.tokens = append(c.tokens, sha256.Sum256([]byte(token)))
		}
	}
	hosts := cfg.AllowedHosts
	if cfg.LoopbackOnly && len(hosts) == 0 {
		hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	for _, h := range hosts {
		c.hosts[h] = true
	}
	return c
}
