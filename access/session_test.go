package access_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
)

func TestSignInAndOut(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		in := h.signIn(t, " Kim ") // as people type
		p, err := h.Authenticate(t.Context(), in.Token, true)
		if err != nil {
			t.Fatal(err)
		}
		if p.ID != "kim" || p.Name != "Kim Lee" || p.Via != access.ViaPage || !p.Person() || !p.Can(access.TakePayments) || p.Can(access.TakeOver) {
			t.Errorf("the principal: %+v", p)
		}
		if diff := cmp.Diff(in.Principal, p); diff != "" {
			t.Errorf("signed in as (-) and found as (+):\n%s", diff)
		}
		if e := h.line(t); e.Action != "sign_in" || e.Who != "kim" || e.Role != "agent" || e.Via != audit.ViaPage || e.Result != "ok" {
			t.Errorf("the line: %+v", e)
		}
		other := h.signIn(t, "kim")
		if other.Token == in.Token || other.Principal.Session == in.Principal.Session {
			t.Error("two sessions are the same")
		}
		if err := h.SignOut(t.Context(), in.Token); err != nil {
			t.Fatal(err)
		}
		if h.alive(t, in.Token) || !h.alive(t, other.Token) {
			t.Error("signing out ended the wrong session")
		}
		if e := h.line(t); e.Action != "sign_out" || e.Who != "kim" {
			t.Errorf("the line: %+v", e)
		}
		if err := h.SignOut(t.Context(), in.Token); err != nil {
			t.Errorf("signing out twice: %v", err)
		}
		third, sam := h.signIn(t, "kim"), h.signIn(t, "sam")
		if err := h.SignOutEverywhere(t.Context(), third.Principal); err != nil {
			t.Fatal(err)
		}
		if h.alive(t, other.Token) || h.alive(t, third.Token) || !h.alive(t, sam.Token) {
			t.Error("signing out everywhere ended the wrong sessions")
		}
	})
}

// Nothing that is in Redis signs anybody in, and every key has an end.
func TestRedisHoldsNoToken(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		in := h.signIn(t, "kim")
		_, _ = h.SignIn(t.Context(), access.Attempt{Name: "sam", Password: "wrong and wrong", Address: "192.0.2.7"})
		keys, err := h.redis.Keys(t.Context(), "*").Result()
		if err != nil || len(keys) < 4 {
			t.Fatalf("keys: %v, %v", keys, err)
		}
		for _, key := range keys {
			if ttl, err := h.redis.PTTL(t.Context(), key).Result(); err != nil || ttl <= 0 {
				t.Errorf("%s has no end: %v, %v", key, ttl, err)
			}
			dump, _ := h.redis.Get(t.Context(), key).Result()
			for _, secret := range []string{in.Token, "kim", "sam", "192.0.2"} {
				if strings.Contains(key, secret) || secret == in.Token && strings.Contains(dump, secret) {
					t.Errorf("%s: %q tells %q", key, dump, secret)
				}
			}
			// What a key is called does not sign in either.
			part := strings.TrimSuffix(key[strings.LastIndex(key, ":")+1:], "}")
			if h.alive(t, part) {
				t.Errorf("%s signs in", part)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		in := h.signIn(t, "kim")
		touch := func() {
			t.Helper()
			if _, err := h.Authenticate(t.Context(), in.Token, true); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.advance(access.DefaultIdle - time.Second)
		touch()
		h.clock.advance(access.DefaultIdle - time.Second)
		if !h.alive(t, in.Token) {
			t.Error("a session that is in use ended")
		}
		h.clock.advance(2 * time.Second) // looking without touching did not keep it
		if h.alive(t, in.Token) {
			t.Error("an idle session goes on")
		}
		h.clock.advance(-2 * time.Second)
		if h.alive(t, in.Token) {
			t.Error("an ended session came back")
		}

		in = h.signIn(t, "kim")
		for range 24 {
			h.clock.advance(access.DefaultAbsolute/24 - time.Second)
			touch()
		}
		h.clock.advance(25 * time.Second)
		if h.alive(t, in.Token) {
			t.Error("a session goes on after its day")
		}
	})
}

// A session that is touched while it is ended is not brought back: whatever the order, it is gone afterwards.
func TestTouchDoesNotBringBack(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		for range 20 {
			in := h.signIn(t, "kim")
			h.clock.advance(2 * time.Minute)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() { _, _ = h.Authenticate(context.Background(), in.Token, true) })
			}
			wg.Go(func() {
				if err := h.SignOut(context.Background(), in.Token); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if h.alive(t, in.Token) {
				t.Fatal("an ended session came back")
			}
		}
	})
}

func TestForgedTokens(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		in := h.signIn(t, "kim")
		last := "A"
		if strings.HasSuffix(in.Token, "A") {
			last = "Q"
		}
		for _, token := range []string{"", "x", in.Token[:42], in.Token + "A", in.Token[:42] + last, strings.ToUpper(in.Token), strings.Repeat("A", 1<<16)} {
			if h.alive(t, token) {
				t.Errorf("%.50q opens a session", token)
			}
		}
		elsewhere, err := access.New(func() access.Config {
			cfg := h.cfg
			cfg.Secret = []byte("another secret of thirty-two bytes")
			return cfg
		}())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := elsewhere.Authenticate(t.Context(), in.Token, false); !errors.Is(err, access.ErrNoSession) {
			t.Errorf("under another secret: %v", err)
		}
	})
}

func TestRefused(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		for _, tc := range []struct{ name, password, who, detail string }{
			{"kim", "wrong and wrong", "kim", "wrong password"},
			{"kim", "", "kim", "wrong password"},
			{"kim", strings.Repeat("a", 5000), "kim", "wrong password"},
			{"nobody", password, "", "nobody has this name"},
			{"4242424242424242", password, "", "nobody has this name"},
			{"", "", "", "nobody has this name"},
			{"gone", password, "gone", "disabled"},
			{"bare", "", "bare", "wrong password"},
			{"bare", password, "bare", "wrong password"},
		} {
			_, err := h.SignIn(t.Context(), access.Attempt{Name: tc.name, Password: tc.password})
			if err != access.ErrRefused {
				t.Errorf("%s: %v, want ErrRefused itself", tc.name, err)
			}
			e := h.line(t)
			if e.Action != "sign_in_refused" || e.Who != tc.who || e.Detail != tc.detail {
				t.Errorf("%s: the line is %+v, want %q of %q", tc.name, e, tc.detail, tc.who)
			}
			if tc.password != "" && strings.Contains(e.Detail, tc.password) {
				t.Errorf("the line tells the password")
			}
		}
	})
}

// Redis or the database away: nobody comes in, and nobody is told that the password is wrong.
func TestStoresAway(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		in := h.signIn(t, "kim")
		if err := h.redis.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(t.Context(), access.Attempt{Name: "kim", Password: password}); err == nil || errors.Is(err, access.ErrRefused) {
			t.Errorf("sign in: %v", err)
		}
		if _, err := h.Authenticate(t.Context(), in.Token, true); err == nil || errors.Is(err, access.ErrNoSession) {
			t.Errorf("authenticate: %v", err)
		}
	})
}

// TestThrottle: after a few slips a name has to wait, twice as long each time, and the right password forgets them.
func TestThrottle(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		try := func(name, pass string) time.Duration {
			t.Helper()
			_, err := h.SignIn(t.Context(), access.Attempt{Name: name, Password: pass})
			var wait *access.Throttled
			if errors.As(err, &wait) {
				return wait.After
			}
			if pass == password && err != nil || pass != password && err != access.ErrRefused {
				t.Fatal(err)
			}
			return 0
		}
		for _, name := range []string{"kim", "nobody"} { // no difference between them
			for i := range 5 {
				if w := try(name, "wrong"); w != 0 {
					t.Fatalf("%s: slip %d has to wait %s", name, i+1, w)
				}
			}
			for _, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
				want *= time.Second
				if w := try(name, "wrong"); w != want {
					t.Fatalf("%s: has to wait %s, want %s", name, w, want)
				}
				if w := try(name, password); w != want {
					t.Fatalf("%s: the right password has to wait %s, want %s too", name, w, want)
				}
				h.clock.advance(want)
				if w := try(name, "wrong"); w != 0 {
					t.Fatalf("%s: has to wait %s after waiting", name, w)
				}
			}
			h.clock.advance(300 * time.Second)
		}
		if e := h.line(t); e.Detail != "nobody has this name, next try in 5m0s" {
			t.Errorf("the line: %+v", e)
		}
		if w := try("sam", password); w != 0 {
			t.Errorf("somebody else has to wait %s", w)
		}
		if w := try("kim", password); w != 0 {
			t.Fatalf("has to wait %s", w)
		}
		for i := range 4 {
			if w := try("kim", "wrong"); w != 0 {
				t.Errorf("slip %d after a success has to wait %s", i+1, w)
			}
		}
	})
}

// Twenty names from one address, then the address has to wait; other addresses, and none, do not.
func TestThrottleAddress(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		try := func(i int, from string) error {
			_, err := h.SignIn(t.Context(), access.Attempt{Name: "name" + string(rune('a'+i)), Password: "wrong", Address: from})
			return err
		}
		for i := range 20 {
			if err := try(i, "192.0.2.7"); err != access.ErrRefused {
				t.Fatal(err)
			}
		}
		var wait *access.Throttled
		if err := try(21, "192.0.2.7"); !errors.As(err, &wait) || wait.After != 2*time.Second || wait.Error() == "" {
			t.Errorf("got %v, want to wait 2 s", err)
		}
		for _, other := range []string{"192.0.2.8", ""} {
			if err := try(22, other); err != access.ErrRefused {
				t.Errorf("from %q: %v", other, err)
			}
		}
		h.clock.advance(2 * time.Second)
		if _, err := h.SignIn(t.Context(), access.Attempt{Name: "kim", Password: password, Address: "192.0.2.7"}); err != nil {
			t.Error(err)
		}
		// One success gave back one attempt, not all of them.
		if err := try(23, "192.0.2.7"); err != access.ErrRefused {
			t.Error(err)
		}
		if err := try(24, "192.0.2.7"); !errors.As(err, &wait) {
			t.Errorf("got %v, want to wait", err)
		}
	})
}

// Many attempts at the same moment are not let in together.
func TestThrottleAtOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		var checked atomic.Int32
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if _, err := h.SignIn(context.Background(), access.Attempt{Name: "kim", Password: "wrong"}); err == access.ErrRefused {
					checked.Add(1)
				}
			})
		}
		wg.Wait()
		if n := checked.Load(); n != 5 {
			t.Errorf("%d of 40 were checked, want 5", n)
		}
	})
}

// TestUnknownNamesTakeAsLong measures by memory, which does not depend on what else the computer does: whoever is
// refused had a password checked at the same cost. It runs alone, so that the memory is its own.
func TestUnknownNamesTakeAsLong(t *testing.T) {
	const cost = 16 << 20
	h := open(t, miniURL(t), func(cfg *access.Config) {
		hash := access.Hash(password, access.Cost{Memory: cost >> 10, Time: 1, Threads: 1})
		cfg.Users = access.FixedUsers(access.User{ID: "kim", Name: "Kim", Roles: []access.Role{access.Agent}, Password: hash},
			access.User{ID: "bare", Name: "Bare", Roles: []access.Role{access.Agent}},
			access.User{ID: "gone", Name: "Gone", Roles: []access.Role{access.Agent}, Password: hash, Disabled: true})
	})
	for _, name := range []string{"kim", "nobody", "", "bare", "gone"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := h.SignIn(t.Context(), access.Attempt{Name: name, Password: "wrong and wrong"}); err != access.ErrRefused {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took < cost || took > cost*5/4 {
			t.Errorf("%q is refused after %d bytes of work, want %d", name, took, cost)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	url := miniURL(t)
	for public, want := range map[string]string{
		"https://pay.example.com": "__Host-paydial_session=x; Path=/; HttpOnly; Secure; SameSite=Strict",
		"http://127.0.0.1:8080":   "paydial_session=x; Path=/; HttpOnly; SameSite=Strict",
	} {
		h := open(t, url, func(cfg *access.Config) { cfg.PublicURL = public })
		if got := h.Cookie("x").String(); got != want {
			t.Errorf("%s: %q, want %q", public, got, want)
		}
		if got := h.Cookie(""); got.MaxAge >= 0 || got.Value != "" {
			t.Errorf("%s: %q does not take the cookie away", public, got)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if h.Token(r) != "" {
			t.Error("a token without a cookie")
		}
		r.AddCookie(h.Cookie("abc"))
		if h.Token(r) != "abc" {
			t.Errorf("the token is %q", h.Token(r))
		}
	}
	h := open(t, url, nil)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "paydial_session", Value: "abc"}) // what a neighbour host could set
	if h.Token(r) != "" {
		t.Error("over https a cookie without the prefix is taken")
	}
}

func TestCSRF(t *testing.T) {
	t.Parallel()
	token := access.CSRF("a session")
	for got, want := range map[string]bool{token: true, "": false, access.CSRF("another"): false, token[1:]: false, "a session": false} {
		if access.CheckCSRF("a session", got) != want {
			t.Errorf("%q: want %v", got, want)
		}
	}
	if access.CheckCSRF("", access.CSRF("")) {
		t.Error("no credential has a token")
	}
}

func TestLinks(t *testing.T) {
	each(t, nil, func(t *testing.T, h *house) {
		if len(h.Links()) != 0 {
			t.Error("there are links that nobody made")
		}
		path := h.AddLink("kim")
		h.AddLink("gone")   // disabled
		h.AddLink("nobody") // not there
		if links := h.Links(); len(links) != 1 || links[0].Path != path || links[0].User.ID != "kim" || !strings.HasPrefix(path, "/sign-in/link/") {
			t.Errorf("the links: %+v", links)
		}
		token := strings.TrimPrefix(path, "/sign-in/link/")
		var seen []string
		for range 2 { // a reload, or a second click
			in, err := h.UseLink(t.Context(), token)
			if err != nil || in.Principal.ID != "kim" || !h.alive(t, in.Token) {
				t.Fatalf("%+v, %v", in, err)
			}
			seen = append(seen, in.Token)
		}
		if seen[0] == seen[1] {
			t.Error("two uses share a session")
		}
		if e := h.line(t); e.Action != "sign_in" || e.Detail != "by link: Kim Lee" {
			t.Errorf("the line: %+v", e)
		}
		for _, wrong := range []string{"", "aaaaaaaaaa", token[:9], token + "a", strings.ToUpper(token)} {
			if _, err := h.UseLink(t.Context(), wrong); err != access.ErrRefused {
				t.Errorf("%q: %v", wrong, err)
			}
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	h := open(t, miniURL(t), nil)
	for name, change := range map[string]func(*access.Config){
		"no secret":     func(c *access.Config) { c.Secret = nil },
		"a short one":   func(c *access.Config) { c.Secret = make([]byte, 31) },
		"no public URL": func(c *access.Config) { c.PublicURL = "" },
		"another":       func(c *access.Config) { c.PublicURL = "pay.example.com" },
	} {
		cfg := h.cfg
		change(&cfg)
		if _, err := access.New(cfg); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/calls": "/calls", "/calls/CA1?x=1#y": "/calls/CA1?x=1#y", "/desk?call=CA1": "/desk?call=CA1",
		"": "/", "calls": "/", "//evil.example": "/", "/\\evil.example": "/", "\\\\evil.example": "/", "https://evil.example": "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/", "javascript:alert(1)": "/", "/%2f/evil.example": "/", "/%2F%2Fevil.example": "/",
		"///evil.example": "/", " //evil.example": "/", "/sign-in": "/", "/sign-out": "/", "/sign-in/link/x": "/", "/%zz": "/",
		"/" + strings.Repeat("a", 2000): "/",
	} {
		if got := access.LocalPath(next, "/"); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", next, got, want)
		}
	}
}
