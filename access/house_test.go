package access_test

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/redistest"
)

// cheap is a cost that tests can pay many times.
func cheap() access.Cost { return access.Cost{Memory: 64, Time: 1, Threads: 1} }

const password = "correct horse battery"

// people are one of each role, kim twice as two would be.
func people() []access.User {
	hash := access.Hash(password, cheap())
	return []access.User{
		{ID: "kim", Name: "Kim Lee", Roles: []access.Role{access.Agent}, Password: hash},
		{ID: "sam", Name: "Sam", Roles: []access.Role{access.Supervisor}, Password: hash},
		{ID: "gone", Name: "Gone", Roles: []access.Role{access.Agent}, Password: hash, Disabled: true},
		{ID: "bare", Name: "Bare", Roles: []access.Role{access.Ops}},
	}
}

// clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is an Access with real stores behind it.
type house struct {
	*access.Access
	t     *testing.T
	log   *audit.Log
	clock *clock
	redis redis.UniversalClient
	cfg   access.Config
}

// open makes a house on a Redis; change may alter its configuration.
func open(t *testing.T, url string, change func(*access.Config)) *house {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	d, err := db.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	log, err := audit.New(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, log: log, clock: &clock{at: time.Now().UTC().Truncate(time.Second)}, redis: client}
	h.cfg = access.Config{
		Redis: client, Audit: log, Users: access.FixedUsers(people()...), Secret: []byte("0123456789abcdef0123456789abcdef"),
		PublicURL: "https://pay.example.com", Now: h.clock.now, Log: slog.New(slog.DiscardHandler),
	}
	log.Now = h.clock.now
	if change != nil {
		change(&h.cfg)
	}
	if h.Access, err = access.New(h.cfg); err != nil {
		t.Fatal(err)
	}
	return h
}

// each runs fn on a Redis of each kind.
func each(t *testing.T, change func(*access.Config), fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) { fn(t, open(t, url, change)) })
}

// signIn signs somebody in who gives the right password.
func (h *house) signIn(t *testing.T, name string) access.SignedIn {
	t.Helper()
	in, err := h.SignIn(t.Context(), access.Attempt{Name: name, Password: password, Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// alive tells whether a token still opens something.
func (h *house) alive(t *testing.T, token string) bool {
	t.Helper()
	_, err := h.Authenticate(t.Context(), token, false)
	if err != nil && err != access.ErrNoSession {
		t.Fatal(err)
	}
	return err == nil
}

// line is the newest line of the audit log.
func (h *house) line(t *testing.T) audit.Entry {
	t.Helper()
	page, err := h.log.List(t.Context(), audit.Query{Limit: 1})
	if err != nil || len(page.Entries) == 0 {
		t.Fatalf("no line: %v", err)
	}
	return page.Entries[0]
}

// miniURL is a Redis for what does not depend on Redis.
func miniURL(t *testing.T) string { return redistest.Mini(t) }
