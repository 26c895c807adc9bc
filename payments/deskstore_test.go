package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/internal/redistest"
)

func testStore(t *testing.T, url string) *deskStore {
	t.Helper()
	var client redis.UniversalClient
	if addr, cluster := strings.CutPrefix(url, "redis-cluster://"); cluster {
		client = redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{addr}})
	} else {
		opt, err := redis.ParseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		client = redis.NewClient(opt)
	}
	t.Cleanup(func() { _ = client.Close() })
	s := &deskStore{redis: client}
	if err := s.loadScripts(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// eachRedis runs a test on miniredis, a real server, and a cluster, which refuses keys of different slots.
func eachRedis(t *testing.T, fn func(t *testing.T, s *deskStore)) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) { fn(t, testStore(t, url)) })
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		fn(t, testStore(t, redistest.Cluster(t)))
	})
}

func TestClaim(t *testing.T) {
	eachRedis(t, func(t *testing.T, s *deskStore) {
		for i, tc := range []struct {
			id, key, aside string
			word, got      string
			n              int
		}{
			{id: "a", key: "1", word: "new", got: "a", n: 1},
			{id: "b", key: "1", word: "same", got: "a", n: 1},
			{id: "c", key: "2", word: "busy", got: "a", n: 1},
			{id: "d", key: "2", aside: "x", word: "busy", got: "a", n: 1},
			{id: "e", key: "2", aside: "a", word: "new", got: "e", n: 2},
			{id: "f", key: "1", aside: "e", word: "same", got: "a", n: 1},
		} {
			c, err := s.take(t.Context(), claiming{call: "CA1", id: tc.id, key: tc.key, aside: tc.aside, now: deskNoon})
			if err != nil || c.word != tc.word || c.id != tc.got || c.n != tc.n {
				t.Errorf("%d: %+v, %v, want %s %s %d", i, c, err, tc.word, tc.got, tc.n)
			}
		}
		if err := s.let(t.Context(), "CA1", "a", "1"); err != nil { // not the one that is open: only its key is forgotten
			t.Fatal(err)
		}
		if id, err := s.openOn(t.Context(), "CA1"); id != "e" || err != nil {
			t.Errorf("open is %q, %v", id, err)
		}
		if again, err := s.wished(t.Context(), "CA1", "1"); again || err != nil {
			t.Errorf("a wish that was forgotten: %v, %v", again, err)
		}
		if err := s.let(t.Context(), "CA1", "e", ""); err != nil {
			t.Fatal(err)
		}
		if c, err := s.take(t.Context(), claiming{call: "CA1", id: "g", key: "3", now: deskNoon}); c.word != "new" || c.n != 3 || err != nil {
			t.Errorf("after it was let go: %+v, %v", c, err)
		}
	})
}

// TestClaimAtOnce is many agents at the same moment: one gets the call.
func TestClaimAtOnce(t *testing.T) {
	eachRedis(t, func(t *testing.T, s *deskStore) {
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				c, err := s.take(t.Context(), claiming{call: "CA1", id: fmt.Sprint("p", i), key: fmt.Sprint(i), now: deskNoon})
				if err != nil {
					t.Error(err)
				} else if c.word == "new" {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d got the call", won.Load())
		}
	})
}

// TestKeepAtOnce lets many change one payment: no change is lost, and what is noted of it is kept.
func TestKeepAtOnce(t *testing.T) {
	eachRedis(t, func(t *testing.T, s *deskStore) {
		ctx := t.Context()
		doc := openDoc()
		if kept, err := s.keep(ctx, doc, deskNoon); !kept || err != nil {
			t.Fatal(kept, err)
		}
		if kept, err := s.keep(ctx, openDoc(), deskNoon); kept || err != nil {
			t.Fatalf("it was written a second time: %v, %v", kept, err)
		}
		d := &Desk{cfg: DeskConfig{Now: func() time.Time { return deskNoon }}, store: s, rules: deskRules(t)}
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				_, err := d.update(ctx, doc.ID, func(doc *document, _ time.Time) error {
					doc.Asks++
					doc.Fields[0].Void, doc.Fields[0].Ask = true, doc.Asks
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, err := s.load(ctx, doc.ID)
		if err != nil || got.Asks != 12 || got.Version != 13 || !got.Fields[0].Void || got.Fields[0].Ask != 12 {
			t.Errorf("asks %d, version %d, field %+v, %v", got.Asks, got.Version, got.Fields[0], err)
		}
	})
}

// TestDeskKeysEnd writes every key of the desk: each of them ends by itself.
func TestDeskKeysEnd(t *testing.T) {
	eachRedis(t, func(t *testing.T, s *deskStore) {
		ctx := t.Context()
		d := &Desk{cfg: DeskConfig{Now: func() time.Time { return deskNoon }}, store: s, rules: deskRules(t)}
		doc := openDoc()
		_, err := s.keep(ctx, doc, deskNoon)
		_, taken := s.take(ctx, claiming{call: "CA1", id: doc.ID, key: "k", now: deskNoon})
		if err := errors.Join(err, taken, d.Offer(ctx, Handover{Call: "CA1"}), d.setDetour(ctx, "CA1", doc.ID, nil)); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{assistedKey(doc.ID), callDeskKey("CA1"), openKey, dueKey, handoversKey} {
			if life, err := s.redis.TTL(ctx, key).Result(); err != nil || life <= 24*time.Hour || life > assistedTTL {
				t.Errorf("%s lives %s, %v", key, life, err)
			}
		}
	})
}

// TestDetour is the way of a caller to the keypad and back. A call that is off the desks stays off.
func TestDetour(t *testing.T) {
	eachRedis(t, func(t *testing.T, s *deskStore) {
		ctx := t.Context()
		d := &Desk{cfg: DeskConfig{Now: func() time.Time { return deskNoon }}, store: s, rules: deskRules(t)}
		away := func(want bool) {
			t.Helper()
			if got, err := d.OnDetour(ctx, "CA1"); got != want || err != nil {
				t.Errorf("on a detour: %v, %v, want %v", got, err, want)
			}
		}
		doc := openDoc()
		doc.Stage, doc.Keypad = StageStarting, true
		other := "another"
		if err := d.Offer(ctx, Handover{Call: "CA1"}); err != nil {
			t.Fatal(err)
		}
		away(false)
		if err := d.setDetour(ctx, "CA1", doc.ID, nil); err != nil {
			t.Fatal(err)
		}
		away(false) // the payment was never written
		_, err := s.keep(ctx, doc, deskNoon)
		if err := errors.Join(err, d.setDetour(ctx, "CA1", "", &other), d.Arrived(ctx, doc.ID), d.Arrived(ctx, doc.ID)); err != nil {
			t.Fatal(err)
		}
		away(true)
		if got, err := s.load(ctx, doc.ID); err != nil || got.Stage != StageOpen || !got.Create.Acked || d.rules.tick(got, deskNoon.Add(time.Hour)) != nil {
			t.Errorf("a caller who has arrived: %s, %v", got.Stage, err)
		}
		if err := d.Back(ctx, "CA1"); err != nil {
			t.Fatal(err)
		}
		away(false)
		if err := d.Withdraw(ctx, "CA1"); err != nil {
			t.Fatal(err)
		}
		if err := d.setDetour(ctx, "CA1", doc.ID, nil); !errors.Is(err, ErrNotOffered) {
			t.Errorf("a call that is gone: %v", err)
		}
		if err := d.Back(ctx, "CA1"); err != nil {
			t.Errorf("back on a call that is gone: %v", err)
		}
		if all, err := d.Handovers(ctx); len(all) != 0 || err != nil {
			t.Errorf("it is on the desks again: %v, %v", all, err)
		}
	})
}

// TestWatcherFallsBehind tells a reader who is slow that something was missed.
func TestWatcherFallsBehind(t *testing.T) {
	t.Parallel()
	s := testStore(t, redistest.Mini(t))
	h := newDeskHub(s.redis)
	defer h.close()
	w, err := h.watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range watchBuffer + 1 {
		h.tell(Change{ID: fmt.Sprint(i), Call: "CA1"})
	}
	missed := false
	for range watchBuffer {
		if c := <-w.C; c == (Change{}) {
			missed = true
		}
	}
	if !missed {
		t.Error("it was not told that something was missed")
	}
	w.Close()
	w.Close()
	h.close()
	if _, err := h.watch(context.Background()); !errors.Is(err, redis.ErrClosed) {
		t.Errorf("a watch of a closed desk: %v", err)
	}
	for in, want := range map[string]Change{
		"pay_1 7 CA1 -":     {ID: "pay_1", Version: 7, Call: "CA1"},
		"pay_1 7 CA1 -bob-": {ID: "pay_1", Version: 7, Call: "CA1", Agent: "-bob-"},
		"- 0 CA1 -":         {Call: "CA1"}, "pay_1 x CA1 kim": {}, "": {},
	} {
		if got := parseChange(in); got != want {
			t.Errorf("%q is %+v", in, got)
		}
	}
}
