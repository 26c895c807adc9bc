package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/audit"
)

// Defaults of Config, with their reasons.
const (
	// DefaultIdle is longer than a call takes, and short enough for a screen that somebody walked away from.
	DefaultIdle = 30 * time.Minute
	// DefaultAbsolute is one long working day.
	DefaultAbsolute = 12 * time.Hour
)

// Config is what an Access needs. Redis, Audit, Users, Secret and PublicURL are required.
type Config struct {
	Redis     redis.UniversalClient
	Audit     *audit.Log
	Users     *Users
	Secret    []byte        // of sessions, at least 32 bytes, the same on every server of one Redis
	PublicURL string        // where people open the pages; https makes cookies that travel no other way
	Idle      time.Duration // how long a session lasts without anything being done; 0: DefaultIdle
	Absolute  time.Duration // how long a session lasts at most; 0: DefaultAbsolute
	OIDC      OIDC          // the zero value: none
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Access signs people in and knows their sessions. It is safe for concurrent use. Make it with New.
type Access struct {
	cfg      Config
	origin   string
	secure   bool // the pages are opened over https
	links    links
	checking chan struct{} // bounds how many passwords are checked at once: each takes memory
	oidc     oidcClient
}

// What can keep somebody out. Throttled and NoRole are more.
var (
	// ErrNoSession says that a token belongs to no session, or to one that has ended.
	ErrNoSession = errors.New("no such session, or it has ended")
	// ErrRefused says that the name or the password is wrong. It does not say which, and is the same for a name
	// that nobody has and for somebody who is disabled.
	ErrRefused = errors.New("the name or the password is not right")
)

// New makes an Access. The errors are a secret that is too short and a public URL that is none.
func New(cfg Config) (*Access, error) {
	if len(cfg.Secret) < minSecret {
		return nil, ErrShortSecret
	}
	u, err := url.Parse(cfg.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("set up sign-in: %q is not a public URL", cfg.PublicURL)
	}
	if cfg.Idle <= 0 {
		cfg.Idle = DefaultIdle
	}
	if cfg.Absolute <= 0 {
		cfg.Absolute = DefaultAbsolute
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.OIDC.HTTP == nil {
		cfg.OIDC.HTTP = &http.Client{Timeout: providerTime}
	}
	return &Access{
		cfg: cfg, origin: u.Scheme + "://" + u.Host, secure: u.Scheme == "https",
		checking: make(chan struct{}, maxChecks),
	}, nil
}

// Origin is where the pages are opened, "https://pay.example.com".
func (a *Access) Origin() string { return a.origin }

// On tells whether there is any way to sign in.
func (a *Access) On() bool { return a.Passwords() || a.HasOIDC() || a.links.any() }

// Passwords tells whether anybody can sign in with a password.
func (a *Access) Passwords() bool { return a.cfg.Users.Any() }

// HasOIDC tells whether people can sign in at an OpenID Connect provider.
func (a *Access) HasOIDC() bool { return a.cfg.OIDC.Issuer != "" }

// cookieName is the name of the session's cookie. With the prefix a browser takes it only from this host over https.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-cookie-name-prefixes
func (a *Access) cookieName(word string) string {
	if a.secure {
		return "__Host-" + word
	}
	return word
}

// The words of our cookies' names.
const (
	sessionCookie = "paydial_session"
	oidcCookie    = "paydial_oidc"
)

// Cookie is the cookie that carries a session; with an empty token it is taken away again. It ends with the
// browser, no script can read it, and no other site can make a browser send it.
func (a *Access) Cookie(token string) *http.Cookie {
	c := a.cookie(sessionCookie, token)
	c.SameSite = http.SameSiteStrictMode
	return c
}

func (a *Access) cookie(word, value string) *http.Cookie {
	c := &http.Cookie{Name: a.cookieName(word), Value: value, Path: "/", HttpOnly: true, Secure: a.secure}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// Token is the session's token that a request brings; "" for none.
func (a *Access) Token(r *http.Request) string { return a.valueOf(r, sessionCookie) }

func (a *Access) valueOf(r *http.Request, word string) string {
	c, err := r.Cookie(a.cookieName(word))
	if err != nil {
		return ""
	}
	return c.Value
}

// write adds a line to the audit log. Signing in and out without a line is not done, so its error counts.
func (a *Access) write(ctx context.Context, e audit.Entry) error {
	e.Via = string(ViaPage)
	return a.cfg.Audit.Write(ctx, e)
}

// sum is the HMAC of text under the session secret.
func (a *Access) sum(use, text string) string { return sum(a.cfg.Secret, use, text) }

// LocalPath is next where it leads to a page of ours, and otherwise fallback: a link that signs somebody in must not
// be able to send them on to somebody else's page.
func LocalPath(next, fallback string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || len(next) > 1000 {
		return fallback
	}
	for _, r := range next {
		if r < 0x20 || r == 0x7f || r == '\\' { // browsers take \ for / and drop tabs and line ends
			return fallback
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/sign-") {
		return fallback
	}
	return next
}
