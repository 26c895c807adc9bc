package access_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
)

// provider is an OpenID Connect provider: discovery, keys, and a token endpoint that checks client, code and PKCE.
type provider struct {
	*httptest.Server
	key, other *rsa.PrivateKey

	mu       sync.Mutex
	codes    map[string]url.Values // what the browser was sent with, by the code it got
	claims   map[string]any        // of the next ID token
	sign     *rsa.PrivateKey       // nil: key
	tokenErr bool
}

// keys are two keys, made once: it takes a while.
var keys = sync.OnceValue(func() (two [2]*rsa.PrivateKey) {
	for i := range two {
		two[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return two
})

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{codes: map[string]url.Values{}, key: keys()[0], other: keys()[1]}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token exchanges a code, once.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	sent, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if p.tokenErr || !known || id != "paydial" || secret != "hush" || sent.Get("code_challenge_method") != "S256" ||
		sent.Get("code_challenge") != b64(challenge[:]) || r.FormValue("redirect_uri") != sent.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{
		"iss": p.URL, "aud": "paydial", "sub": "0042", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "nonce": sent.Get("nonce"),
	}
	maps.Copy(claims, p.claims)
	answer(w, map[string]any{"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": p.jwt(claims)})
}

// jwt signs claims.
func (p *provider) jwt(claims map[string]any) string {
	key := p.sign
	if key == nil {
		key = p.key
	}
	body, _ := json.Marshal(claims)
	text := b64([]byte(`{"alg":"RS256","kid":"one","typ":"JWT"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + b64(sig)
}

// trip is a sign-in that has gone to the provider.
type trip struct {
	h      *house
	p      *provider
	to     url.Values // what the browser was sent with
	cookie *http.Cookie
}

func (h *house) begin(t *testing.T, p *provider, next string) trip {
	t.Helper()
	to, cookie, err := h.BeginOIDC(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, p.URL+"/authorize?") {
		t.Fatalf("sent to %s, %v", to, err)
	}
	return trip{h: h, p: p, to: u.Query(), cookie: cookie}
}

// code is what the provider sends a browser back with.
func (tr trip) code() string {
	tr.p.mu.Lock()
	defer tr.p.mu.Unlock()
	code := rand.Text()
	tr.p.codes[code] = tr.to
	return code
}

// back is the browser coming back.
func (tr trip) back(t *testing.T, q url.Values) (access.SignedIn, string, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, access.CallbackPath+"?"+q.Encode(), nil)
	if tr.cookie != nil {
		r.AddCookie(tr.cookie)
	}
	return tr.h.FinishOIDC(r)
}

func withProvider(p *provider) func(*access.Config) {
	return func(cfg *access.Config) {
		cfg.OIDC = access.OIDC{Issuer: p.URL, ClientID: "paydial", ClientSecret: "hush"}
		cfg.Now = nil // the library's and the provider's clock are the computer's
	}
}

func TestOIDC(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	h := open(t, miniURL(t), withProvider(p))
	if !h.HasOIDC() || !h.On() {
		t.Error("nobody can sign in at the provider")
	}
	p.claims = map[string]any{"name": "Kim Lee", "roles": []string{"other", "agent", "auditor"}}
	tr := h.begin(t, p, "/desk")
	if tr.to.Get("redirect_uri") != "https://pay.example.com/sign-in/oidc/callback" || tr.to.Get("client_id") != "paydial" ||
		tr.to.Get("response_type") != "code" || !strings.Contains(tr.to.Get("scope"), "openid") {
		t.Errorf("sent with %v", tr.to)
	}
	if c := tr.cookie; c.SameSite != http.SameSiteLaxMode || !c.HttpOnly || !c.Secure || c.Name != "__Host-paydial_oidc" || c.MaxAge != 600 {
		t.Errorf("the cookie: %s", c)
	}
	q := url.Values{"state": {tr.to.Get("state")}, "code": {tr.code()}}
	in, next, err := tr.back(t, q)
	if err != nil || next != "/desk" {
		t.Fatalf("%v, next %q", err, next)
	}
	who, err := h.Authenticate(t.Context(), in.Token, true)
	if err != nil || who.ID != "oidc:0042" || who.Name != "Kim Lee" || who.RoleWords() != "agent, auditor" {
		t.Errorf("%+v, %v", who, err)
	}
	if e := h.line(t); e.Action != "sign_in" || e.Who != "oidc:0042" || e.Role != "agent, auditor" || e.Detail != "by oidc: Kim Lee" {
		t.Errorf("the line: %+v", e)
	}
	if _, _, err := tr.back(t, q); !errors.Is(err, access.ErrStale) {
		t.Errorf("back again: %v", err)
	}
}

// TestOIDCRefuses sends the browser back in every way that is not right.
func TestOIDCRefuses(t *testing.T) {
	t.Parallel()
	agent := map[string]any{"roles": []string{"agent"}}
	with := func(more map[string]any) map[string]any {
		out := maps.Clone(agent)
		maps.Copy(out, more)
		return out
	}
	for name, c := range map[string]struct {
		claims map[string]any
		spoil  func(tr *trip, q url.Values)
		want   error
	}{
		"another state":         {agent, func(_ *trip, q url.Values) { q.Set("state", "forged") }, access.ErrStale},
		"no state":              {agent, func(_ *trip, q url.Values) { q.Del("state") }, access.ErrStale},
		"another browser":       {agent, func(tr *trip, _ url.Values) { tr.cookie = nil }, access.ErrStale},
		"another's cookie":      {agent, func(tr *trip, _ url.Values) { tr.cookie.Value = "x" }, access.ErrStale},
		"both forged":           {agent, func(tr *trip, q url.Values) { tr.cookie.Value = "x"; q.Set("state", "x") }, access.ErrStale},
		"another nonce":         {with(map[string]any{"nonce": "forged"}), nil, access.ErrProvider},
		"no nonce":              {with(map[string]any{"nonce": ""}), nil, access.ErrProvider},
		"for another client":    {with(map[string]any{"aud": "somebody"}), nil, access.ErrProvider},
		"of another issuer":     {with(map[string]any{"iss": "https://evil.example"}), nil, access.ErrProvider},
		"expired":               {with(map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}), nil, access.ErrProvider},
		"signed by another key": {agent, func(tr *trip, _ url.Values) { tr.p.sign = tr.p.other }, access.ErrProvider},
		"another code":          {agent, func(_ *trip, q url.Values) { q.Set("code", "forged") }, access.ErrProvider},
		"another verifier":      {agent, func(tr *trip, _ url.Values) { tr.to.Set("code_challenge", "forged") }, access.ErrProvider},
		"the token is refused":  {agent, func(tr *trip, _ url.Values) { tr.p.tokenErr = true }, access.ErrProvider},
		"said no there":         {agent, func(_ *trip, q url.Values) { q.Set("error", "access_denied") }, access.ErrRefused},
		"no role":               {map[string]any{"roles": []string{"boss", "api", "local"}}, nil, access.ErrNoRole},
		"no roles claim":        {map[string]any{}, nil, access.ErrNoRole},
		"a claim of numbers":    {map[string]any{"roles": []any{1, nil}}, nil, access.ErrNoRole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			h := open(t, miniURL(t), withProvider(p))
			p.claims = c.claims
			tr := h.begin(t, p, "/")
			q := url.Values{"state": {tr.to.Get("state")}}
			if c.spoil != nil {
				c.spoil(&tr, q)
			}
			if !q.Has("code") {
				q.Set("code", tr.code())
			}
			in, _, err := tr.back(t, q)
			if !errors.Is(err, c.want) || in.Token != "" {
				t.Errorf("%v, want %v", err, c.want)
			}
			if c.want == access.ErrStale { // anybody can do that, without end
				if page, err := h.log.List(t.Context(), audit.Query{}); err != nil || len(page.Entries) > 0 {
					t.Errorf("there is a line: %+v, %v", page, err)
				}
				return
			}
			if e := h.line(t); e.Action != "sign_in_refused" || !strings.Contains(e.Detail, c.want.Error()) || strings.Contains(e.Detail, "forged") {
				t.Errorf("the line: %+v", e)
			}
		})
	}
}

// TestOIDCRoles reads roles from claims of every shape, with and without words of the provider's own.
func TestOIDCRoles(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	users, err := access.OpenUsers(usersFile(t, someUsers).Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		claim  string
		users  *access.Users
		claims map[string]any
		want   string
	}{
		{"a list", "", nil, map[string]any{"roles": []string{"ops", "agent", "ops"}}, "agent, ops"},
		{"words", "", nil, map[string]any{"roles": "agent supervisor"}, "agent, supervisor"},
		{"inside", "realm_access.roles", nil, map[string]any{"realm_access": map[string]any{"roles": []string{"auditor"}}}, "auditor"},
		{"a URL", "https://acme.example/roles", nil, map[string]any{"https://acme.example/roles": "ops"}, "ops"},
		{"words of their own", "groups", users, map[string]any{"groups": []string{"leads", "call-center"}}, "agent, supervisor, auditor"},
		{"ours do not count then", "groups", users, map[string]any{"groups": []string{"ops", "call-center"}}, "agent"},
	} {
		h := open(t, miniURL(t), func(cfg *access.Config) {
			withProvider(p)(cfg)
			cfg.OIDC.RolesClaim = c.claim
			if c.users != nil {
				cfg.Users = c.users
			}
		})
		p.mu.Lock()
		p.claims = c.claims
		p.mu.Unlock()
		tr := h.begin(t, p, "//evil.example")
		in, next, err := tr.back(t, url.Values{"state": {tr.to.Get("state")}, "code": {tr.code()}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, in.Principal.RoleWords()); diff != "" || in.Principal.Name != "0042" || next != "/" {
			t.Errorf("%s: %+v, next %q", c.name, in.Principal, next)
		}
	}
}

// A provider that is away keeps nobody from starting the server, and is found when it comes back.
func TestOIDCAway(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	away := true
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		answer(w, map[string]any{
			"issuer": "http://" + r.Host, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		})
	}))
	defer front.Close()
	h := open(t, miniURL(t), func(cfg *access.Config) {
		withProvider(p)(cfg)
		cfg.OIDC.Issuer = front.URL
	})
	if _, _, err := h.BeginOIDC(t.Context(), "/"); !errors.Is(err, access.ErrProvider) {
		t.Errorf("away: %v", err)
	}
	away = false
	if _, _, err := h.BeginOIDC(t.Context(), "/"); err != nil {
		t.Errorf("back again: %v", err)
	}
}
