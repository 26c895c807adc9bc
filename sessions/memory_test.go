package sessions_test

import (
	"errors"
	"testing"

	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/sessions"
)

// TestRecall takes turns from memory: they are committed only where nothing happened in between.
func TestRecall(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) {
		ctx := t.Context()
		here, elsewhere := open(t, sessions.Config{URL: url}), open(t, sessions.Config{URL: url})
		commit := func(s *sessions.Store, l sessions.Lease, keep bool) error {
			c := sessions.Commit{State: []byte("state"), Answer: []byte("answer"), KeepTurn: keep}
			if keep {
				c.Answer = nil
			}
			return s.Commit(ctx, l, c)
		}
		// begun is a call whose turn 0 was committed here, so that turn 1 can be recalled.
		begun := func(t *testing.T, call string) sessions.Begun {
			t.Helper()
			b, err := here.Begin(ctx, call, 0)
			if err != nil || commit(here, b.Lease, false) != nil {
				t.Fatal(b.Verdict, err)
			}
			r, ok := here.Recall(call, 1)
			if !ok || string(r.Session.State) != "state" || r.Lease.Held() {
				t.Fatalf("recalled %v %+v", ok, r)
			}
			return r
		}
		lost := func(t *testing.T, err error) {
			t.Helper()
			if !errors.Is(err, sessions.ErrLeaseLost) {
				t.Errorf("%v, want ErrLeaseLost", err)
			}
		}
		t.Run("nothing in between", func(t *testing.T) {
			r := begun(t, "CA1")
			if err := commit(here, r.Lease, false); err != nil {
				t.Fatal(err)
			}
			if err := commit(here, r.Lease, false); err != nil {
				t.Errorf("the same commit again: %v", err)
			}
			if b, err := elsewhere.Begin(ctx, "CA1", 1); err != nil || b.Verdict != sessions.Replay {
				t.Errorf("%v %v, want a replay", b.Verdict, err)
			}
			if _, ok := here.Recall("CA1", 1); ok {
				t.Error("an answered turn is recalled")
			}
		})
		t.Run("another process answered the turn", func(t *testing.T) {
			r := begun(t, "CA2")
			b, err := elsewhere.Begin(ctx, "CA2", 1)
			if err != nil || commit(elsewhere, b.Lease, false) != nil {
				t.Fatal(err)
			}
			lost(t, commit(here, r.Lease, false))
			_, err = here.Secure(ctx, r.Lease)
			lost(t, err)
			if _, ok := here.Recall("CA2", 1); ok {
				t.Error("what turned out wrong is still recalled")
			}
		})
		t.Run("another process runs the turn", func(t *testing.T) {
			r := begun(t, "CA3")
			b, err := elsewhere.Begin(ctx, "CA3", 1)
			if err != nil {
				t.Fatal(err)
			}
			lost(t, commit(here, r.Lease, false))
			if err := commit(elsewhere, b.Lease, false); err != nil {
				t.Errorf("the holder's commit: %v", err)
			}
		})
		t.Run("a hang-up came in between", func(t *testing.T) {
			r := begun(t, "CA4")
			b, err := elsewhere.Begin(ctx, "CA4", sessions.Current)
			if err != nil || commit(elsewhere, b.Lease, true) != nil {
				t.Fatal(err)
			}
			_, err = here.Secure(ctx, r.Lease)
			lost(t, err)
			lost(t, commit(here, r.Lease, false))
			if b, err := elsewhere.Begin(ctx, "CA4", 1); err != nil || b.Verdict != sessions.Run {
				t.Errorf("%v %v: Secure kept the lease", b.Verdict, err)
			}
		})
		t.Run("secured", func(t *testing.T) {
			r := begun(t, "CA5")
			l, err := here.Secure(ctx, r.Lease)
			if err != nil || !l.Held() {
				t.Fatal(l, err)
			}
			if b, err := elsewhere.Begin(ctx, "CA5", 1); err != nil || b.Verdict != sessions.Busy {
				t.Errorf("%v %v, want busy", b.Verdict, err)
			}
			if again, err := here.Secure(ctx, l); err != nil || again != l {
				t.Errorf("%v %v: a held lease was taken anew", again, err)
			}
			lost(t, commit(here, r.Lease, false))
			if err := commit(here, l, false); err != nil {
				t.Error(err)
			}
		})
	})
}
