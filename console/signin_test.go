package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/console"
)

func TestSignInPage(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	b := h.browser(t)
	got := b.get("/")
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/sign-in?next=%2F" {
		t.Fatalf("nobody is not led to the page to sign in at: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	got = b.get("/sign-in?next=/calls")
	if got.StatusCode != http.StatusOK || !got.holds(`<label for="name"`, `<label for="password"`, `type="password"`, "autofocus", `value="/calls"`, `method="post"`) {
		t.Errorf("the page: %d %s", got.StatusCode, got.body)
	}
	checkMarkup(t, "/sign-in", got.body)

	got = b.post("/sign-in", url.Values{"name": {"kim"}, "password": {"wrong and wrong"}, "next": {"/calls"}})
	if got.StatusCode != http.StatusUnauthorized || !got.holds("The name or the password is not right.", `value="kim"`, `value="/calls"`, `role="alert"`) || got.holds("wrong and wrong") || b.cookie != nil {
		t.Errorf("a wrong password: %d %s", got.StatusCode, got.body)
	}
	unknown := b.post("/sign-in", url.Values{"name": {"zoe"}, "password": {"wrong and wrong"}, "next": {"/calls"}})
	if strings.ReplaceAll(unknown.body, `"zoe"`, `"kim"`) != got.body || unknown.StatusCode != got.StatusCode {
		t.Errorf("a name that nobody has is answered otherwise: %d %s", unknown.StatusCode, unknown.body)
	}

	got = b.post("/sign-in", url.Values{"name": {"kim"}, "password": {password}, "next": {"/calls?x=1"}})
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/calls?x=1" || b.cookie == nil {
		t.Fatalf("the right password: %d %s", got.StatusCode, got.body)
	}
	if c := b.cookie; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Name != "paydial_session" || c.Path != "/" || c.MaxAge != 0 {
		t.Errorf("the cookie: %s", c)
	}
	if got := b.get("/calls"); got.StatusCode != http.StatusOK || !got.holds("Kim") {
		t.Errorf("signed in: %d", got.StatusCode)
	}
	if got := b.get("/sign-in?next=/flows"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/flows" {
		t.Errorf("the page to sign in at, signed in: %d %s", got.StatusCode, got.Header.Get("Location"))
	}

	old := *b.cookie
	got = b.post("/sign-out", url.Values{"csrf": {b.csrf()}})
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/sign-in" || b.cookie != nil {
		t.Errorf("signing out: %d", got.StatusCode)
	}
	b.cookie = &old
	b.get("/api/v1/calls").wantProblem(t, http.StatusUnauthorized, "session_expired")
}

// TestSignInAgain: a second sign-in in one browser ends the first, and everywhere ends all.
func TestSignInAgain(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	b := h.signedIn(t, "kim")
	first := &browser{h: h, t: t, cookie: b.cookie}
	b.post("/sign-in", url.Values{"name": {"sam"}, "password": {password}})
	if got := first.get("/api/v1/calls"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the first session goes on: %d", got.StatusCode)
	}
	elsewhere := h.signedIn(t, "sam")
	b.post("/sign-out", url.Values{"csrf": {b.csrf()}, "everywhere": {"yes"}})
	if got := elsewhere.get("/api/v1/calls"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session elsewhere goes on: %d", got.StatusCode)
	}
}

func TestSignInElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	form := url.Values{"name": {"kim"}, "password": {password}}
	for name, header := range map[string][]string{
		"another site":   {"Sec-Fetch-Site", "cross-site"},
		"an old browser": {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
	} {
		b := h.browser(t)
		if got := b.post("/sign-in", form, header...); got.StatusCode != http.StatusForbidden || b.cookie != nil {
			t.Errorf("%s signs in: %d", name, got.StatusCode)
		}
	}
	b := h.browser(t)
	if got := b.post("/sign-in", form, "Sec-Fetch-Site", "", "Origin", "http://localhost:8080"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("an old browser on our own page: %d", got.StatusCode)
	}
	if got := b.post("/sign-in", url.Values{"name": {strings.Repeat("x", 100_000)}}); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("a large form: %d", got.StatusCode)
	}
}

// TestOpenRedirect: nobody is led to another site's page.
func TestOpenRedirect(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, local, nil)
	link := h.access.AddLink("kim")
	for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "/sign-out"} {
		b := h.browser(t)
		if got := b.post("/sign-in", url.Values{"name": {"kim"}, "password": {password}, "next": {next}}); got.Header.Get("Location") != "/" {
			t.Errorf("%q leads to %q", next, got.Header.Get("Location"))
		}
		q := "?next=" + url.QueryEscape(next)
		if got := b.get("/sign-in" + q); got.Header.Get("Location") != "/" {
			t.Errorf("%q leads to %q", next, got.Header.Get("Location"))
		}
		if got := b.get(link + q); got.Header.Get("Location") != "/desk" {
			t.Errorf("the link with %q leads to %q", next, got.Header.Get("Location"))
		}
		if got := h.browser(t).get("/sign-in" + q); got.holds("evil") || got.holds("alert(") {
			t.Errorf("the page with %q:\n%s", next, got.body)
		}
	}
}

func TestThrottled(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	b := h.browser(t)
	form := url.Values{"name": {"kim"}, "password": {"wrong and wrong"}}
	for range 5 {
		if got := b.post("/sign-in", form); got.StatusCode != http.StatusUnauthorized {
			t.Fatalf("a slip: %d", got.StatusCode)
		}
	}
	got := b.post("/sign-in", url.Values{"name": {"kim"}, "password": {password}})
	if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "2" || !got.holds("Try again in 2 seconds") || b.cookie != nil {
		t.Errorf("too many: %d, %q %s", got.StatusCode, got.Header.Get("Retry-After"), got.body)
	}
	b.post("/sign-in", form, "Accept", "application/json").wantProblem(t, http.StatusTooManyRequests, "throttled")
	h.clock.advance(2 * time.Second)
	b.post("/sign-in", form, "Accept", "application/json").wantProblem(t, http.StatusUnauthorized, "sign_in_refused")
	h.clock.advance(4 * time.Second)
	if got := b.post("/sign-in", url.Values{"name": {"kim"}, "password": {password}}); got.StatusCode != http.StatusSeeOther {
		t.Errorf("after the wait: %d", got.StatusCode)
	}
}

// TestThrottleBehindAProxy: a proxy that nobody told us of does not make everybody one address.
func TestThrottleBehindAProxy(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	if err := h.engine.SetTrustedProxies(nil); err != nil {
		t.Fatal(err)
	}
	try := func(i int, header ...string) int {
		return h.browser(t).post("/sign-in", url.Values{"name": {"name" + string(rune('a'+i))}, "password": {"wrong"}}, header...).StatusCode
	}
	for i := range 25 {
		if got := try(i, "X-Forwarded-For", "192.0.2.7", "From", "10.0.0.3:99"); got != http.StatusUnauthorized {
			t.Fatalf("attempt %d through the proxy: %d", i, got)
		}
	}
	for i := range 21 {
		want := http.StatusUnauthorized
		if i == 20 {
			want = http.StatusTooManyRequests // who comes from the Internet cannot hide behind the header
		}
		if got := try(i, "X-Forwarded-For", "10.0.0.1", "From", "192.0.2.9:99"); got != want {
			t.Fatalf("attempt %d from one address: %d, want %d", i, got, want)
		}
		h.clock.advance(time.Millisecond)
	}
}

func TestSignInByLink(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, local, nil)
	link := h.access.AddLink("kim")
	b := h.browser(t)
	if got := b.get("/"); got.StatusCode != http.StatusOK || !got.holds(`href="/sign-in"`) {
		t.Errorf("at a developer's computer anybody may look: %d %s", got.StatusCode, got.body)
	}
	if got := b.get("/audit"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("and see no more: %d", got.StatusCode)
	}
	if got := b.get("/sign-in?next=/audit"); !got.holds(link+"?next=", "Kim", "agent") {
		t.Errorf("the page offers no link:\n%s", got.body)
	}
	for range 2 { // a reload, or a second click
		got := b.get(link, "Sec-Fetch-Site", "none")
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/desk" || !b.get("/").holds("Kim", "Sign out") {
			t.Fatalf("the link: %d to %s", got.StatusCode, got.Header.Get("Location"))
		}
	}
	// From another site's page a browser would not bring the new cookie on a redirect.
	got := h.browser(t).get(link+"?next=/calls", "Sec-Fetch-Site", "cross-site")
	if got.StatusCode != http.StatusOK || !got.holds(`http-equiv="refresh" content="0;url=/calls"`, `href="/calls"`) {
		t.Errorf("from another site: %d %s", got.StatusCode, got.body)
	}
	checkMarkup(t, "onward", got.body)
	if got := h.browser(t).get("/sign-in/link/aaaaaaaaaa"); got.StatusCode != http.StatusNotFound || !got.holds("does not sign anybody in") {
		t.Errorf("another link: %d %s", got.StatusCode, got.body)
	}
	if got := h.browser(t).get(link, "From", "192.0.2.7:1234"); got.StatusCode != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", got.StatusCode)
	}
	public := openInhabited(t, nil, nil)
	link = public.access.AddLink("kim")
	b = public.browser(t)
	if got := b.get(link); got.StatusCode != http.StatusNotFound || b.cookie != nil {
		t.Errorf("a link of a public server: %d", got.StatusCode)
	}
	if got := b.get("/sign-in"); got.holds(link) {
		t.Error("a public server shows its links")
	}
}

func TestProviderThatFails(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, func(cfg *access.Config) {
		cfg.OIDC = access.OIDC{Issuer: "http://127.0.0.1:1", ClientID: "paydial"}
	})
	b := h.browser(t)
	if got := b.get("/sign-in?next=/calls"); !got.holds("Sign in with your organisation", "/sign-in/oidc?next=%2fcalls") {
		t.Errorf("the page does not offer the provider:\n%s", got.body)
	}
	if got := b.get("/sign-in/oidc"); got.StatusCode != http.StatusBadGateway || !got.holds("does not answer as it should") {
		t.Errorf("away: %d %s", got.StatusCode, got.body)
	}
	if got := b.get("/sign-in/oidc/callback?state=forged&code=x", "Sec-Fetch-Site", "cross-site"); got.StatusCode != http.StatusBadRequest || !got.holds("Please begin again") || b.cookie != nil {
		t.Errorf("a forged state: %d %s", got.StatusCode, got.body)
	}
	if got := openInhabited(t, nil, nil).browser(t).get("/sign-in/oidc"); got.StatusCode != http.StatusNotFound {
		t.Errorf("no provider: %d", got.StatusCode)
	}
}

// TestNobodyCanSignIn: where there are no users and no token, a page says how to get in.
func TestNobodyCanSignIn(t *testing.T) {
	t.Parallel()
	none := func(cfg *access.Config) { cfg.Users = access.FixedUsers() }
	h := openInhabited(t, func(cfg *console.Config) { cfg.Tokens = nil }, none)
	if got := h.browser(t).get("/"); got.StatusCode != http.StatusNotFound || !got.holds("paydial user add") {
		t.Errorf("no users and no token: %d %s", got.StatusCode, got.body)
	}
	h.browser(t).get("/api/v1/calls").wantProblem(t, http.StatusNotFound, "api_off")
	if got := h.browser(t).get("/sign-in"); !got.holds("Nobody can sign in yet") {
		t.Errorf("the page to sign in at:\n%s", got.body)
	}
	h = openInhabited(t, nil, none)
	if got := h.browser(t).get("/"); got.StatusCode != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("no users, and a token: %d %s", got.StatusCode, got.body)
	}
	if got := h.browser(t).get("/", "Password", token); got.StatusCode != http.StatusOK {
		t.Errorf("with the token as a password: %d", got.StatusCode)
	}
	// With users and without a token the API is there for who is signed in.
	h = openInhabited(t, func(cfg *console.Config) { cfg.Tokens = nil }, nil)
	if got := h.signedIn(t, "kim").get("/api/v1/calls"); got.StatusCode != http.StatusOK {
		t.Errorf("signed in: %d", got.StatusCode)
	}
}
