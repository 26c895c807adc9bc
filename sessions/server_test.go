package sessions_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/sessions"
)

// trips counts the exchanges with Redis. A pipeline is one.
type trips struct{ n atomic.Int32 }

func (h *trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.n.Add(1)
		return next(ctx, cmd)
	}
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.n.Add(1)
		return next(ctx, cmds)
	}
}

// A turn is two round trips: the first of a call, one in the middle, the last, and one that moves counters.
func TestTwoRoundTrips(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		if err := s.PinBundle(t.Context(), "hash", []byte("files")); err != nil {
			t.Fatal(err)
		}
		begin(t, s, "CAwarm", 1, sessions.Unknown) // a cluster's topology is asked for with the first command
		var h trips
		s.Redis().AddHook(&h)
		events := []sessions.Event{{Kind: "scene", Data: []byte(`{"name":"a"}`)}, {Kind: "ending"}}
		for n, info := range []sessions.Info{{Bundle: "hash"}, {}, {}, {Ended: time.Now()}} {
			h.n.Store(0)
			b := begin(t, s, "CA1", n, sessions.Run)
			c := sessions.Commit{State: []byte("s"), Info: info, Answer: []byte("a"), Events: events, Forget: []string{"x"}}
			if n == 2 {
				c.Count = map[string]int64{"paid": 1}
			}
			if err := s.Commit(t.Context(), b.Lease, c); err != nil {
				t.Fatal(err)
			}
			if got := h.n.Load(); got != 2 {
				t.Errorf("turn %d took %d round trips, want 2", n, got)
			}
		}
	})
}

// A server that lost the scripts is given them again, and nothing runs twice.
func TestScriptsAreGivenAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		flush := func() {
			t.Helper()
			if err := s.Redis().ScriptFlush(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 2 { // turn 0 commits in a pipeline, turn 1 does not
			flush()
			b := begin(t, s, "CA1", n, sessions.Run)
			flush()
			if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Events: []sessions.Event{{Kind: "e"}}}); err != nil {
				t.Fatal(err)
			}
			flush()
			if err := s.Publish(t.Context(), "CA1", sessions.Event{Kind: "p"}); err != nil {
				t.Fatal(err)
			}
		}
		if events, err := s.Events(t.Context(), "CA1", "", 0); err != nil || len(events) != 4 {
			t.Errorf("got %d events, %v, want 4", len(events), err)
		}
	})
}

func TestEveryKeyHasALife(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url, TTL: time.Hour})
		ctx := t.Context()
		begin(t, s, "CAfresh", 0, sessions.Run)
		if err := errors.Join(
			s.PinBundle(ctx, "hash", []byte("files")), s.SaveEffect(ctx, "CA1", "e1", []byte("x")),
			s.Publish(ctx, "CA2", sessions.Event{Kind: "lone"}), s.Count(ctx, "calls", 1),
		); err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			b := begin(t, s, "CA1", n, sessions.Run)
			err := s.Commit(ctx, b.Lease, sessions.Commit{
				State: []byte("s"), Answer: []byte("a"), Events: []sessions.Event{{Kind: "e"}},
				Info: sessions.Info{Bundle: "hash"}, Count: map[string]int64{"x": 1},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		keys, err := s.Redis().Keys(ctx, "*").Result()
		if err != nil || len(keys) < 9 {
			t.Fatalf("keys: got %v, %v", keys, err)
		}
		for _, key := range keys {
			ttl, err := s.Redis().PTTL(ctx, key).Result()
			if err != nil || ttl <= 0 {
				t.Errorf("%s has no life: %v, %v", key, ttl, err)
			}
			if strings.Contains(key, "fresh") && ttl > 2*time.Minute {
				t.Errorf("%s, never committed, lives %v", key, ttl)
			}
		}
	})
}

func TestRefusesNames(t *testing.T) {
	t.Parallel()
	s := open(t, sessions.Config{URL: redistest.Mini(t)})
	for _, call := range []string{"", "CA}1", "{CA", "CA 1", "CA\n1", strings.Repeat("x", 65)} {
		if _, err := s.Begin(t.Context(), call, 0); err == nil {
			t.Errorf("Begin(%q) succeeded", call)
		}
		if err := s.Publish(t.Context(), call, sessions.Event{Kind: "x"}); err == nil {
			t.Errorf("Publish(%q) succeeded", call)
		}
	}
	for _, kind := range []string{"", "two words", "a\nb"} {
		if err := s.Publish(t.Context(), "CA1", sessions.Event{Kind: kind}); err == nil {
			t.Errorf("an event of kind %q was taken", kind)
		}
	}
	b := begin(t, s, "CA1", 0, sessions.Run)
	if err := s.Commit(t.Context(), b.Lease, sessions.Commit{}); err == nil {
		t.Error("a commit without a state was taken")
	}
}
