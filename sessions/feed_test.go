package sessions_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/sessions"
)

// next waits for one event.
func next(t *testing.T, sub *sessions.Subscription) sessions.Event {
	t.Helper()
	select {
	case e, ok := <-sub.C:
		if !ok {
			t.Fatal("the subscription was closed")
		}
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("no event within 10 s")
	}
	return sessions.Event{}
}

func subscribe(t *testing.T, s *sessions.Store, call string) *sessions.Subscription {
	t.Helper()
	sub, err := s.Subscribe(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Close)
	return sub
}

func TestFeed(t *testing.T) {
	everywhere(t, func(t *testing.T, url string) {
		s, other := open(t, sessions.Config{URL: url}), open(t, sessions.Config{URL: url})
		all, one := subscribe(t, s, ""), subscribe(t, s, "CA1")
		tricky := "line\nbreaks {} \"and\" 12 34\n\n"
		for _, call := range []string{"CA2", "CA1"} {
			b := begin(t, other, call, 0, sessions.Run)
			err := other.Commit(t.Context(), b.Lease, sessions.Commit{State: []byte("s"), Events: []sessions.Event{
				{Kind: "first", Data: []byte(tricky)}, {Kind: "second"},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := other.Publish(t.Context(), "CA1", sessions.Event{Kind: "third", Data: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for range 5 {
			e := next(t, all)
			got = append(got, fmt.Sprint(e.Call, " ", e.Turn, " ", e.Kind, " ", len(e.Data)))
			if time.Since(e.At).Abs() > time.Minute || e.ID == "" {
				t.Errorf("event without place or time: %+v", e)
			}
		}
		first := fmt.Sprint(" 0 first ", len(tricky))
		want := []string{"CA2" + first, "CA2 0 second 0", "CA1" + first, "CA1 0 second 0", "CA1 1 third 2"}
		if !slices.Equal(got, want) {
			t.Errorf("all calls: got %q, want %q", got, want)
		}
		kept, err := s.Events(t.Context(), "CA1", "", 0)
		if err != nil || len(kept) != 3 {
			t.Fatalf("kept events: got %v, %v", kept, err)
		}
		for i := range 3 {
			live := next(t, one)
			if live.ID != kept[i].ID || live.Kind != kept[i].Kind || live.Turn != kept[i].Turn || string(live.Data) != string(kept[i].Data) {
				t.Errorf("event %d: live %+v, kept %+v", i, live, kept[i])
			}
		}
		if string(kept[0].Data) != tricky {
			t.Errorf("data: got %q, want %q", kept[0].Data, tricky)
		}
		if rest, err := s.Events(t.Context(), "CA1", kept[0].ID, 1); err != nil || len(rest) != 1 || rest[0].ID != kept[1].ID {
			t.Errorf("one event behind the first: got %v, %v", rest, err)
		}
	})
}

// Follow tells every event once and in order, the kept ones and those that come while it reads.
func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		const before, during = 20, 400 // more than a subscription buffers
		publish := func(from, n int) {
			for i := from; i < from+n; i++ {
				if err := s.Publish(t.Context(), "CA1", sessions.Event{Kind: "n", Data: fmt.Append(nil, i)}); err != nil {
					t.Error(err)
				}
			}
		}
		publish(0, before)
		stop := errors.New("enough")
		seen := 0
		err := s.Follow(t.Context(), "CA1", "", func(e sessions.Event) error {
			if seen == 0 { // all of it while this reader does not read
				publish(before, during)
			}
			if string(e.Data) != fmt.Sprint(seen) {
				return fmt.Errorf("event %d: got %s", seen, e.Data)
			}
			if seen++; seen == before+during {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) {
			t.Errorf("after %d events: %v", seen, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Follow(ctx, "CA1", "", func(sessions.Event) error { return nil }); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("follow with an ended context: %v", err)
		}
	})
}

// A reader that does not read loses events and is told so; it holds nobody up.
func TestSlowReader(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		slow, quick := subscribe(t, s, "CA1"), subscribe(t, s, "")
		for range 300 {
			if err := s.Publish(t.Context(), "CA1", sessions.Event{Kind: "n"}); err != nil {
				t.Fatal(err)
			}
			next(t, quick)
		}
		if !slow.Missed() || slow.Missed() {
			t.Error("the slow reader was not told once that it missed something")
		}
		if quick.Missed() {
			t.Error("the quick reader missed something")
		}
		slow.Close()
		slow.Close()
	})
}

func TestEventsAreTrimmed(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, sessions.Config{URL: url})
		for range 20 {
			if err := s.Publish(t.Context(), "CA1", slices.Repeat([]sessions.Event{{Kind: "n"}}, 50)...); err != nil {
				t.Fatal(err)
			}
		}
		events, err := s.Events(t.Context(), "CA1", "", 0)
		if err != nil || len(events) < 500 || len(events) > 650 {
			t.Errorf("of 1000 events %d are kept, %v, want about 500", len(events), err)
		}
	})
}

func TestSubscribeAfterClose(t *testing.T) {
	t.Parallel()
	s, err := sessions.Open(t.Context(), sessions.Config{URL: redistest.Mini(t)})
	if err != nil {
		t.Fatal(err)
	}
	sub, err := s.Subscribe(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, open := <-sub.C; open {
		t.Error("the subscription outlives its store")
	}
	sub.Close()
	if _, err := s.Subscribe(t.Context(), ""); err == nil {
		t.Error("subscribed to a closed store")
	}
}
