package sessions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/sessions"
)

// each runs a test on miniredis and on a real redis-server.
func each(t *testing.T, fn func(t *testing.T, url string)) {
	t.Parallel()
	redistest.Each(t, fn)
}

// everywhere runs a test on a cluster too, for what could reach into more than one slot. A cluster takes two
// seconds to come up.
func everywhere(t *testing.T, fn func(t *testing.T, url string)) {
	each(t, fn)
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		fn(t, redistest.Cluster(t))
	})
}

func open(t *testing.T, cfg sessions.Config) *sessions.Store {
	t.Helper()
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second // the machine that runs the tests is busy
	}
	s, err := sessions.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// soon calls do with a context that ends soon, and with one that ends later where that was too soon for the machine.
func soon(t *testing.T, do func(ctx context.Context) error) {
	t.Helper()
	for d := 20 * time.Millisecond; ; d *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), d)
		err := do(ctx)
		cancel()
		if err == nil {
			return
		}
		if d > 10*time.Second {
			t.Fatal(err)
		}
	}
}

func begin(t *testing.T, s *sessions.Store, call string, n int, want sessions.Verdict) sessions.Begun {
	t.Helper()
	b, err := s.Begin(t.Context(), call, n)
	if err != nil {
		t.Fatal(err)
	}
	if b.Verdict != want {
		t.Fatalf("begin turn %d of %s: got %s, want %s", n, call, b.Verdict, want)
	}
	return b
}

// answer runs turn n and commits it with an answer that names it.
func answer(t *testing.T, s *sessions.Store, call string, n int) {
	t.Helper()
	b := begin(t, s, call, n, sessions.Run)
	err := s.Commit(t.Context(), b.Lease, sessions.Commit{
		State: fmt.Appendf(nil, "state %d", n+1), Answer: fmt.Appendf(nil, "answer %d", n), Fingerprint: fmt.Sprint("print ", n),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTurns(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		begin(t, s, "CA1", 3, sessions.Unknown)
		begin(t, s, "CA1", sessions.Current, sessions.Unknown)
		first := begin(t, s, "CA1", 0, sessions.Run)
		if !first.Session.Fresh() || first.Lease.Turn != 0 {
			t.Errorf("first turn: got %+v, want a fresh session", first)
		}
		if _, err := s.Get(t.Context(), "CA1"); !errors.Is(err, sessions.ErrUnknownCall) {
			t.Errorf("before the first commit: got %v, want ErrUnknownCall", err)
		}
		state := []byte("\x00\xff not text \r\n")
		started := time.Now().UTC().Truncate(time.Second)
		err := s.Commit(t.Context(), first.Lease, sessions.Commit{
			State: state, Answer: []byte("<Response/>"), Fingerprint: "f0",
			Info: sessions.Info{Flow: "pay", Started: started, Scenes: []string{"a", "b"}, Payment: []byte(`{"last4":"4242"}`)},
		})
		if err != nil {
			t.Fatal(err)
		}
		second := begin(t, s, "CA1", 1, sessions.Run)
		if !bytes.Equal(second.Session.State, state) || second.Session.Flow != "pay" || !second.Session.Started.Equal(started) ||
			second.Session.Turn != 1 || second.Session.Updated.IsZero() || string(second.Session.Payment) != `{"last4":"4242"}` {
			t.Errorf("second turn: got %+v", second.Session)
		}
		begin(t, s, "CA1", 1, sessions.Busy)
		begin(t, s, "CA1", sessions.Current, sessions.Busy)
		if r := begin(t, s, "CA1", 0, sessions.Replay); string(r.Answer) != "<Response/>" || r.Fingerprint != "f0" || r.Session.Turn != 1 {
			t.Errorf("replay: got %+v", r)
		}
		if b := begin(t, s, "CA1", 7, sessions.Stale); b.Session.Turn != 1 {
			t.Errorf("a turn ahead: got %+v, want stale, the call at 1", b)
		}
		got, err := s.Get(t.Context(), "CA1")
		if err != nil || got.Turn != 1 || !bytes.Equal(got.State, state) {
			t.Errorf("get: got %+v, %v", got, err)
		}
	})
}

func TestReplayKeepsLastAnswers(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		for n := range 8 {
			answer(t, s, "CA1", n)
		}
		for n := 4; n < 8; n++ {
			if b := begin(t, s, "CA1", n, sessions.Replay); string(b.Answer) != fmt.Sprint("answer ", n) {
				t.Errorf("turn %d: got %q", n, b.Answer)
			}
		}
		for n := range 4 {
			if b := begin(t, s, "CA1", n, sessions.Stale); b.Session.Turn != 8 {
				t.Errorf("turn %d: got %+v, want stale, the call at 8", n, b)
			}
		}
	})
}

func TestKeepTurn(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		for n := range 4 {
			answer(t, s, "CA1", n)
		}
		for range 3 {
			b := begin(t, s, "CA1", sessions.Current, sessions.Run)
			if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("kept"), KeepTurn: true}); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 4 { // no answer was dropped for the commits that kept the turn
			begin(t, s, "CA1", n, sessions.Replay)
		}
		if b := begin(t, s, "CA1", 4, sessions.Run); string(b.Session.State) != "kept" {
			t.Errorf("state: got %q", b.Session.State)
		}
	})
}

// A commit without an answer leaves nothing to replay; an empty answer is one.
func TestNoAnswer(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		for n, answer := range [][]byte{nil, {}} {
			b := begin(t, s, "CA1", n, sessions.Run)
			if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte{}, Answer: answer}); err != nil {
				t.Fatal(err)
			}
		}
		begin(t, s, "CA1", 0, sessions.Stale)
		begin(t, s, "CA1", 1, sessions.Replay)
		if b := begin(t, s, "CA1", 2, sessions.Run); b.Session.Fresh() {
			t.Error("a committed session with an empty state passes for fresh")
		}
	})
}

// Of eight simultaneous copies of each of 500 calls exactly one runs; the others get its answer.
func TestSimultaneousDuplicates(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		const calls, copies = 500, 8
		stores := []*sessions.Store{open(t, sessions.Config{URL: url}), open(t, sessions.Config{URL: url, AutoPipeline: true})}
		var ran [calls]atomic.Int32
		limit := make(chan struct{}, 32) // so many calls at once
		var wg sync.WaitGroup
		for i := range calls {
			limit <- struct{}{}
			wg.Go(func() {
				defer func() { <-limit }()
				var copiesDone sync.WaitGroup
				for c := range copies {
					copiesDone.Go(func() { runCopy(t, stores[c%2], fmt.Sprintf("CA%d", i), &ran[i]) })
				}
				copiesDone.Wait()
			})
		}
		wg.Wait()
		for i := range ran {
			if n := ran[i].Load(); n != 1 {
				t.Errorf("call %d: its effect ran %d times, want exactly once", i, n)
			}
		}
	})
}

func runCopy(t *testing.T, s *sessions.Store, call string, ran *atomic.Int32) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	b, err := s.Await(ctx, call, 0)
	if err != nil {
		t.Error(err)
		return
	}
	switch b.Verdict {
	case sessions.Run:
		ran.Add(1)
		if err := s.Commit(ctx, b.Lease, sessions.Commit{State: []byte("s"), Answer: []byte("the answer of " + call)}); err != nil {
			t.Error(err)
		}
	case sessions.Replay:
		if string(b.Answer) != "the answer of "+call {
			t.Errorf("%s: replayed %q", call, b.Answer)
		}
	default:
		t.Errorf("%s: got %s, want run or replay", call, b.Verdict)
	}
}

// The holder of a lease that ran out is overtaken, and its late commit is refused.
func TestLeaseIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url, Lease: 40 * time.Millisecond})
		old := begin(t, s, "CA1", 0, sessions.Run)
		b, err := s.Await(t.Context(), "CA1", 0)
		if err != nil || b.Verdict != sessions.Run {
			t.Fatalf("after the lease: got %s, %v, want run", b.Verdict, err)
		}
		if err := s.Commit(t.Context(), old.Lease, sessions.Commit{State: []byte("old"), Answer: []byte("old")}); !errors.Is(err, sessions.ErrLeaseLost) {
			t.Errorf("commit of the old holder while the new one runs: got %v, want ErrLeaseLost", err)
		}
		if err := s.Release(t.Context(), old.Lease); err != nil {
			t.Errorf("release of the old holder: %v", err)
		}
		if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("new"), Answer: []byte("new")}); err != nil {
			t.Fatalf("commit of the new holder: %v", err)
		}
		if err := s.Commit(t.Context(), old.Lease, sessions.Commit{State: []byte("old"), Answer: []byte("old")}); !errors.Is(err, sessions.ErrLeaseLost) {
			t.Errorf("commit of the old holder afterwards: got %v, want ErrLeaseLost", err)
		}
		if b := begin(t, s, "CA1", 0, sessions.Replay); string(b.Answer) != "new" {
			t.Errorf("answer: got %q, want the new holder's", b.Answer)
		}
		if st := s.Stats(); st.LeasesLost != 2 || st.Commits != 1 {
			t.Errorf("stats: got %+v", st)
		}
	})
}

// A lease that ran out but that nobody took over may still be committed: nothing else has happened.
func TestLateCommitOfNobodysTurn(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url, Lease: time.Millisecond})
		b := begin(t, s, "CA1", 0, sessions.Run)
		for began := time.Now(); time.Since(began) < 5*time.Millisecond; {
			begin(t, s, "CA2", 5, sessions.Unknown)
		}
		if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s")}); err != nil {
			t.Error(err)
		}
	})
}

// A commit whose reply got lost may be sent again, also after the next turn has begun.
func TestCommitAgain(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		b := begin(t, s, "CA1", 0, sessions.Run)
		c := sessions.Commit{State: []byte("s"), Events: []sessions.Event{{Kind: "once"}}}
		for range 2 {
			if err := s.Commit(t.Context(), b.Lease, c); err != nil {
				t.Fatal(err)
			}
		}
		begin(t, s, "CA1", 1, sessions.Run)
		if err := s.Commit(t.Context(), b.Lease, c); err != nil {
			t.Error(err)
		}
		if events, err := s.Events(t.Context(), "CA1", "", 0); err != nil || len(events) != 1 {
			t.Errorf("got %d events, %v, want 1", len(events), err)
		}
	})
}

func TestRelease(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		b := begin(t, s, "CA1", 0, sessions.Run)
		begin(t, s, "CA1", 0, sessions.Busy)
		if err := s.Release(t.Context(), b.Lease); err != nil {
			t.Fatal(err)
		}
		b = begin(t, s, "CA1", 0, sessions.Run)
		if !b.Session.Fresh() {
			t.Error("a released first turn is not fresh any more")
		}
	})
}

func TestAwait(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s, other := open(t, sessions.Config{URL: url}), open(t, sessions.Config{URL: url})
		b := begin(t, s, "CA1", 0, sessions.Run)
		soon(t, func(short context.Context) error {
			got, err := other.Await(short, "CA1", 0)
			if err == nil && got.Verdict != sessions.Busy {
				t.Errorf("until the end of its time: got %s, want busy", got.Verdict)
			}
			return err
		})
		got := make(chan sessions.Begun, 1)
		go func() {
			b, err := other.Await(t.Context(), "CA1", 0)
			if err != nil {
				t.Error(err)
			}
			got <- b
		}()
		if err := s.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Answer: []byte("yes")}); err != nil {
			t.Fatal(err)
		}
		if b := <-got; b.Verdict != sessions.Replay || string(b.Answer) != "yes" {
			t.Errorf("after the commit: got %+v", b)
		}
	})
}
