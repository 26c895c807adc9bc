package access

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/redis/go-redis/v9"
	"golang.org/x/oauth2"

	"github.com/paydial/paydial/audit"
)

// OIDC is an OpenID Connect provider to sign in at. The zero value is none.
type OIDC struct {
	Issuer       string // its URL; https, but on this computer
	ClientID     string
	ClientSecret string
	RolesClaim   string       // claim of the ID token that holds the roles; "": "roles". Dots lead into objects.
	HTTP         *http.Client // nil: one with a timeout
}

// CallbackPath is where the provider sends people back to; the console serves it.
const CallbackPath = "/sign-in/oidc/callback"

// providerTime bounds each exchange with the provider.
const providerTime = 10 * time.Second

// What can go wrong with a sign-in at the provider.
var (
	// ErrStale says that a sign-in did not begin in this browser, began too long ago, or was finished already.
	ErrStale = errors.New("this sign-in did not begin here, or began too long ago")
	// ErrNoRole says that the provider knows somebody, and none of their roles is one of ours.
	ErrNoRole = errors.New("the provider gives this person no role here")
	// ErrProvider says that the provider cannot be reached or did not keep to the protocol.
	ErrProvider = errors.New("the sign-in provider did not answer as it should")
)

// oidcClient is the provider as it was found; it is asked for on the first sign-in, so that a provider that is away
// does not keep the server from starting.
type oidcClient struct {
	mu       sync.Mutex
	provider *oidc.Provider
}

// away is a sign-in that has gone to the provider.
type away struct {
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE
	Next     string `json:"next"`
}

// BeginOIDC starts a sign-in at the provider: the address to send the browser to, and the cookie by which it is known
// again when it comes back. next is where to go then. The errors are ErrProvider and failures of Redis.
func (a *Access) BeginOIDC(ctx context.Context, next string) (string, *http.Cookie, error) {
	_, config, err := a.provider(ctx)
	if err != nil {
		return "", nil, err
	}
	out := away{Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: LocalPath(next, "/")}
	state := rand.Text()
	body, err := json.Marshal(out)
	if err != nil {
		return "", nil, fmt.Errorf("begin sign-in: %w", err)
	}
	if err := a.cfg.Redis.Set(ctx, oidcKey(a.sum("oidc", state)), body, oidcTTL).Err(); err != nil {
		return "", nil, fmt.Errorf("begin sign-in: %w", err)
	}
	cookie := a.cookie(oidcCookie, state)
	cookie.SameSite = http.SameSiteLaxMode // the provider's page sends the browser back, and it has to bring this
	cookie.MaxAge = int(oidcTTL / time.Second)
	to := config.AuthCodeURL(state, oidc.Nonce(out.Nonce), oauth2.S256ChallengeOption(out.Verifier))
	return to, cookie, nil
}

// EndOIDCCookie takes the cookie of BeginOIDC away again.
func (a *Access) EndOIDCCookie() *http.Cookie { return a.cookie(oidcCookie, "") }

// FinishOIDC finishes a sign-in with what the provider sent the browser back with, and returns where to go next. The
// errors are ErrStale, ErrNoRole, ErrProvider, ErrRefused when the provider said no, and failures of Redis and of the
// database.
func (a *Access) FinishOIDC(r *http.Request) (SignedIn, string, error) {
	ctx := r.Context()
	state := r.FormValue("state")
	if state == "" || !same(state, a.valueOf(r, oidcCookie)) {
		return SignedIn{}, "", a.refuseOIDC(ctx, ErrStale)
	}
	raw, err := a.cfg.Redis.GetDel(ctx, oidcKey(a.sum("oidc", state))).Bytes() // once
	if errors.Is(err, redis.Nil) {
		return SignedIn{}, "", a.refuseOIDC(ctx, ErrStale)
	}
	var out away
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return SignedIn{}, "", fmt.Errorf("finish sign-in: %w", err)
	}
	if r.FormValue("error") != "" {
		return SignedIn{}, "", a.refuseOIDC(ctx, ErrRefused)
	}
	s, err := a.claim(ctx, r.FormValue("code"), out)
	if err != nil {
		return SignedIn{}, "", a.refuseOIDC(ctx, err)
	}
	in, err := a.open(ctx, s)
	return in, out.Next, err
}

// refuseOIDC writes the line of a sign-in at the provider that failed. One that did not begin here has none: anybody
// can call that address, as often as they like.
func (a *Access) refuseOIDC(ctx context.Context, why error) error {
	a.cfg.Log.Warn("sign-in at the provider failed", "error", why)
	if errors.Is(why, ErrStale) {
		return why
	}
	detail := "by oidc: "
	for _, known := range []error{ErrNoRole, ErrProvider, ErrRefused} {
		if errors.Is(why, known) { // the whole error may hold what somebody else chose
			detail += known.Error()
		}
	}
	if err := a.write(ctx, audit.Entry{Action: "sign_in_refused", Result: "refused", Detail: detail}); err != nil {
		return err
	}
	return why
}

// claim exchanges a code for an ID token and reads from it who somebody is.
func (a *Access) claim(ctx context.Context, code string, out away) (session, error) {
	provider, config, err := a.provider(ctx)
	if err != nil {
		return session{}, err
	}
	ctx = oidc.ClientContext(ctx, a.cfg.OIDC.HTTP)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(out.Verifier))
	if err != nil {
		return session{}, fmt.Errorf("%w: exchange the code: %w", ErrProvider, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: a.cfg.OIDC.ClientID, Now: a.cfg.Now}).Verify(ctx, raw)
	if err != nil {
		return session{}, fmt.Errorf("%w: %w", ErrProvider, err)
	}
	if !same(id.Nonce, out.Nonce) {
		return session{}, fmt.Errorf("%w: the nonce is another one", ErrProvider)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return session{}, fmt.Errorf("%w: %w", ErrProvider, err)
	}
	s := session{User: "oidc:" + id.Subject, Name: nameIn(claims, id.Subject), By: byOIDC, Roles: a.rolesIn(claims)}
	if len(s.Roles) == 0 {
		return session{}, ErrNoRole
	}
	return s, nil
}

// nameIn is what to call somebody.
func nameIn(claims map[string]any, subject string) string {
	for _, key := range []string{"name", "preferred_username", "email"} {
		if text, _ := claims[key].(string); strings.TrimSpace(text) != "" {
			return strings.TrimSpace(text)
		}
	}
	return subject
}

// rolesIn are the roles that the claims stand for, each once.
func (a *Access) rolesIn(claims map[string]any) []Role {
	path := a.cfg.OIDC.RolesClaim
	if path == "" {
		path = "roles"
	}
	value, ok := claims[path] // a claim's own name may have dots in it: some are URLs
	if !ok {
		value = any(claims)
		for part := range strings.SplitSeq(path, ".") {
			object, _ := value.(map[string]any)
			value = object[part]
		}
	}
	var words []string
	switch v := value.(type) {
	case string:
		words = strings.Fields(v)
	case []any:
		for _, one := range v {
			if text, ok := one.(string); ok {
				words = append(words, text)
			}
		}
	}
	has := map[Role]bool{}
	for _, word := range words {
		for _, r := range a.cfg.Users.roleOf(word) {
			has[r] = true
		}
	}
	var out []Role
	for _, r := range Roles() {
		if has[r] {
			out = append(out, r)
		}
	}
	return out
}

// provider finds the provider, once.
func (a *Access) provider(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	o := &a.oidc
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		// The provider keeps this context for fetching its keys later.
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), a.cfg.OIDC.HTTP), a.cfg.OIDC.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrProvider, err)
		}
		o.provider = p
	}
	return o.provider, &oauth2.Config{
		ClientID: a.cfg.OIDC.ClientID, ClientSecret: a.cfg.OIDC.ClientSecret, Endpoint: o.provider.Endpoint(),
		RedirectURL: a.origin + CallbackPath, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}, nil
}
