package sessions_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/sessions"
)

func TestEffects(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s, other := open(t, sessions.Config{URL: url}), open(t, sessions.Config{URL: url})
		soon(t, func(short context.Context) error {
			_, found, err := s.AwaitEffect(short, "CA1", "lookup#1")
			if found {
				t.Error("found before it is there")
			}
			return err
		})
		got := make(chan []byte, 1)
		go func() {
			b, found, err := other.AwaitEffect(t.Context(), "CA1", "lookup#1")
			if !found || err != nil {
				t.Errorf("await: got %v, %v", found, err)
			}
			got <- b
		}()
		for _, result := range []string{"first\x00", "second"} {
			if err := s.SaveEffect(t.Context(), "CA1", "lookup#1", []byte(result)); err != nil {
				t.Fatal(err)
			}
		}
		if b := <-got; string(b) != "first\x00" {
			t.Errorf("await: got %q, want the first result", b)
		}
		if err := s.SaveEffect(t.Context(), "CA1", "lookup#2", []byte("x")); err != nil {
			t.Fatal(err)
		}
		b := begin(t, s, "CA1", 0, sessions.Run)
		if len(b.Effects) != 2 || string(b.Effects["lookup#1"]) != "first\x00" {
			t.Errorf("effects of the turn: got %q", b.Effects)
		}
		if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Forget: []string{"lookup#1", "never#was"}}); err != nil {
			t.Fatal(err)
		}
		if b = begin(t, s, "CA1", 1, sessions.Run); len(b.Effects) != 1 || string(b.Effects["lookup#2"]) != "x" {
			t.Errorf("effects after forgetting one: got %q", b.Effects)
		}
	})
}

func TestBundles(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s, other := open(t, sessions.Config{URL: url}), open(t, sessions.Config{URL: url})
		if _, err := s.Bundle(t.Context(), "h1"); !errors.Is(err, sessions.ErrUnknownBundle) {
			t.Errorf("unknown: got %v", err)
		}
		for range 2 {
			if err := s.PinBundle(t.Context(), "h1", []byte("files")); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := other.Bundle(t.Context(), "h1"); err != nil || string(b) != "files" {
			t.Errorf("another process: got %q, %v", b, err)
		}
		if err := s.Redis().FlushDB(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		b := begin(t, s, "CA1", 0, sessions.Run)
		if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Info: sessions.Info{Bundle: "h1"}}); err != nil {
			t.Fatal(err)
		}
		if b, err := other.Bundle(t.Context(), "h1"); err != nil || string(b) != "files" {
			t.Errorf("after Redis lost it and a call began on it: got %q, %v", b, err)
		}
	})
}

func TestList(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		start := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
		var want []string
		for i := range 23 {
			call := fmt.Sprintf("CA%02d", i)
			info := sessions.Info{Flow: "f", Started: start.Add(time.Duration(i/5) * time.Second)} // five at once
			for n := range 2 {
				if n == 1 && i%2 == 0 {
					info.Ended, info.Outcome = start.Add(time.Minute), "paid"
				}
				b := begin(t, s, call, n, sessions.Run)
				if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Info: info}); err != nil {
					t.Fatal(err)
				}
			}
			want = append(want, call)
		}
		slices.Reverse(want)
		list := func(q sessions.Query) []string {
			t.Helper()
			var got []string
			for range 30 {
				page, err := s.List(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range page.Sessions {
					if one.State != nil || one.Flow != "f" || one.Turn != 2 {
						t.Errorf("listed: %+v", one)
					}
					got = append(got, one.Call)
				}
				if q.After = page.Next; page.Next == "" {
					return got
				}
			}
			t.Fatal("the list never ends")
			return nil
		}
		for _, limit := range []int{1, 2, 4, 5, 22, 23, 24, 0} {
			if got := list(sessions.Query{Limit: limit}); !slices.Equal(got, want) {
				t.Errorf("pages of %d: got %v, want %v", limit, got, want)
			}
		}
		live := slices.DeleteFunc(slices.Clone(want), func(c string) bool { return (c[3]-'0')%2 == 0 })
		if got := list(sessions.Query{Live: true, Limit: 3}); !slices.Equal(got, live) {
			t.Errorf("live: got %v, want %v", got, live)
		}
		for _, after := range []string{"x", "1", "a.CA1"} {
			if _, err := s.List(t.Context(), sessions.Query{After: after}); err == nil {
				t.Errorf("a page behind %q was found", after)
			}
		}
	})
}

// A call whose session is gone is left out of the list, and the list goes on.
func TestListSkipsTheGone(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		for _, call := range []string{"CA1", "CA2", "CA3"} {
			answer(t, s, call, 0)
		}
		if err := s.Redis().Del(t.Context(), "paydial:{CA2}:session").Err(); err != nil {
			t.Fatal(err)
		}
		page, err := s.List(t.Context(), sessions.Query{})
		if err != nil || len(page.Sessions) != 2 {
			t.Errorf("got %+v, %v, want two", page, err)
		}
	})
}

func TestCounts(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		now := time.Now()
		b := begin(t, s, "CA1", 0, sessions.Run)
		err := errors.Join(s.Count(t.Context(), "calls", 2), s.Count(t.Context(), "calls", 1),
			s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Count: map[string]int64{"paid": 1, "calls": 1}}))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Counts(t.Context(), now)
		if later, err2 := s.Counts(t.Context(), time.Now()); err2 == nil && len(got) == 0 {
			got = later // midnight was in between
		}
		if err != nil || got["calls"] != 4 || got["paid"] != 1 {
			t.Errorf("got %v, %v", got, err)
		}
		if none, err := s.Counts(t.Context(), now.AddDate(0, 0, -2)); err != nil || len(none) != 0 {
			t.Errorf("the day before yesterday: got %v, %v", none, err)
		}
	})
}

func TestCheckServer(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(t *testing.T) string{
		"miniredis": func(t *testing.T) string { return redistest.Mini(t) },
		"safe":      func(t *testing.T) string { return redistest.Real(t) },
		"cluster":   func(t *testing.T) string { return redistest.Cluster(t) },
		"evicts":    func(t *testing.T) string { return redistest.Real(t, "--maxmemory-policy", "allkeys-lru") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings, err := open(t, sessions.Config{URL: url(t)}).CheckServer(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if warned := len(warnings) > 0; warned != (name == "evicts") {
				t.Errorf("warnings: %q", warnings)
			}
			if name == "evicts" && (len(warnings) == 0 || !strings.Contains(warnings[0], "allkeys-lru")) {
				t.Errorf("the warning does not name the policy: %q", warnings)
			}
		})
	}
}

// Turns run through what the sentinels name as master.
func TestSentinel(t *testing.T) {
	t.Parallel()
	s := open(t, sessions.Config{URL: redistest.Sentinel(t)})
	answer(t, s, "CA1", 0)
	begin(t, s, "CA1", 0, sessions.Replay)
	if warnings, err := s.CheckServer(t.Context()); err != nil || len(warnings) != 0 {
		t.Errorf("check: %q, %v", warnings, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "localhost:6379", "http://x", "redis-ring://x", "redis://u:hunter2@127.0.0.1:1/0", "redis://u:hunter2@host:port:1/0",
		"redis://u:hunter2@127.0.0.1:6379/x", "redis-sentinel://u:hunter2@127.0.0.1:1/0?bad=1",
	} {
		s, err := sessions.Open(t.Context(), sessions.Config{URL: url, Timeout: 200 * time.Millisecond})
		if err == nil {
			_ = s.Close()
			t.Errorf("Open(%q) succeeded", url)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}

// A server that takes connections and never answers costs the timeout, not go-redis's own patience; and the
// context's deadline counts.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for _, timeout := range []time.Duration{300 * time.Millisecond, time.Minute} {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		began := time.Now()
		s, err := sessions.Open(ctx, sessions.Config{URL: "redis://" + l.Addr().String(), Timeout: timeout})
		cancel()
		if err == nil {
			_ = s.Close()
			t.Error("opened a server that never answers")
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("with a timeout of %v it took %v", timeout, took)
		}
	}
}
