package campaigns_test

import (
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/internal/pgtest"
)

// Two processes on one database and Redis ring everybody once.
func TestTwoProcessesRingEverybodyOnce(t *testing.T) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) {
		f := newField(t, url)
		spring := f.create(file("spring"), list(0, people(120)))
		f.work(f.open(nil))
		f.work(f.open(nil))
		st := f.until(spring, "the end", completed)
		f.once()
		if n := len(f.calls()); n != people(120) || outcomeOf(st, "renewed") != people(120) {
			t.Errorf("%d calls, status %+v", n, st)
		}
		p, err := f.answers.Person(t.Context(), spring, "M-7")
		if err != nil || len(p.History) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		if a := p.History[0]; a.State != campaigns.AttemptEnded || a.CallSID == "" || a.Book == "" || a.BookVersion == "" || len(a.Allowed) < 5 || a.Local == "" || a.Dialed.IsZero() {
			t.Errorf("the evidence is not whole: %+v", a)
		}
		if p.Shown["birth_year"] == "1984" || p.Shown["plan"] != "Green Saver" {
			t.Errorf("values as shown: %v", p.Shown)
		}
	})
}

// A paused campaign dials nobody, and goes on where it stood.
func TestPauseAndGoOn(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.hold = make(chan struct{})
	spring := f.create(file("spring"), list(0, people(160)))
	f.work(f.open(nil))
	f.until(spring, "live calls", func(st campaigns.Status) bool { return st.Counts.Calling >= people(40) })
	if err := f.answers.Pause(t.Context(), spring, campaigns.Act{By: "kim", Note: "lunch"}); err != nil {
		t.Fatal(err)
	}
	paused := time.Now()
	<-time.After(1500 * time.Millisecond)
	for _, p := range f.calls() {
		if late := p.at.Sub(paused); late > time.Second {
			t.Errorf("a call %s after the pause", late)
		}
	}
	before := len(f.calls())
	close(f.hold)
	st := f.until(spring, "the live calls' end", func(st campaigns.Status) bool { return st.Counts.Calling == 0 })
	if st.State != campaigns.StatePaused || st.Why != "by kim: lunch" || outcomeOf(st, "renewed") != before {
		t.Errorf("%+v after %d calls", st, before)
	}
	if err := f.answers.Resume(t.Context(), spring, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	f.until(spring, "the end", completed)
	f.once()
}
