package campaigns_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
)

// The request is cut off before it has reached Twilio, and nobody can know that: the attempt is lost after a while, and the
// person is rung again with another one.
func TestACallThatNeverLeftIsLost(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	var cut atomic.Int64
	f.wire.before = func(campaigns.Ref) error {
		if cut.Add(1) == 1 {
			return errCut
		}
		return nil
	}
	spring := f.create(file("spring"), list(0, 1))
	began := time.Now()
	f.work(f.open(nil))
	f.until(spring, "the end", completed)
	if took := time.Since(began); took < 3*time.Second {
		t.Errorf("the attempt was given up after %s", took)
	}
	p, err := f.answers.Person(t.Context(), spring, "M-0")
	if err != nil || len(p.History) != 2 || p.History[0].State != campaigns.AttemptLost || p.History[1].State != campaigns.AttemptEnded {
		t.Fatalf("%+v, %v", p, err)
	}
	if n := len(f.calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// The call is made, and its answer is lost with the process: whoever finds the attempt finds the call, nobody is rung twice.
func TestACallWhoseAnswerWasLostIsFound(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.hold = make(chan struct{}) // the call is live when it is found
	f.wire.after = func(campaigns.Ref) error { return errCut }
	spring := f.create(file("spring"), list(0, 5))
	f.work(f.open(nil))
	f.until(spring, "all calls", func(campaigns.Status) bool { return len(f.calls()) == 5 })
	close(f.hold)
	st := f.until(spring, "the end", completed)
	f.once()
	if outcomeOf(st, "renewed") != 5 || len(f.calls()) != 5 {
		t.Errorf("%+v, %d calls", st, len(f.calls()))
	}
}

// The same where no webhook of the call arrives before it is looked for.
func TestACallIsFoundInTwiliosList(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.deaf.Store(true)
	f.wire.after = func(campaigns.Ref) error { return errCut }
	spring := f.create(file("spring"), list(0, 3))
	f.work(f.open(nil))
	f.until(spring, "the end", completed)
	f.once()
	for i := range 3 {
		p, err := f.answers.Person(t.Context(), spring, fmt.Sprintf("M-%d", i))
		if err != nil || len(p.History) != 1 || p.History[0].CallSID == "" || p.History[0].Status != "completed" {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

// The same where our clock and Twilio's differ.
func TestACallIsFoundThoughClocksDiffer(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"ahead": 20 * time.Second, "behind": -20 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, "sqlite::memory:")
			f.shift.Store(int64(ahead))
			f.deaf.Store(true)
			f.wire.after = func(campaigns.Ref) error { return errCut }
			spring := f.create(file("spring"), list(0, 1))
			f.work(f.open(nil))
			f.until(spring, "the end", func(st campaigns.Status) bool { return completed(st) || len(f.calls()) > 1 })
			if n := len(f.calls()); n != 1 {
				t.Errorf("%d calls to one person", n)
			}
		})
	}
}

// A process whose clock is an hour ahead does not give up what another one has only just asked for.
func TestAFastClockGivesUpNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	var begun atomic.Int64
	f.wire.before = func(campaigns.Ref) error {
		if begun.Add(1) == 1 {
			<-time.After(1500 * time.Millisecond) // Twilio is slow
		}
		return nil
	}
	f.deaf.Store(true)
	spring := f.create(file("spring"), list(0, 1))
	f.work(f.open(nil))
	f.until(spring, "the request to be under way", func(campaigns.Status) bool { return begun.Load() == 1 })
	f.work(f.open(func(c *campaigns.Config) { c.Now = func() time.Time { return f.now().Add(time.Hour) } }))
	f.until(spring, "the end", func(st campaigns.Status) bool { return completed(st) || begun.Load() > 1 })
	if n := begun.Load(); n != 1 {
		t.Errorf("%d calls were asked for", n)
	}
}

// A machine that is put to sleep between the claim and the call does not ring when it wakes up: an hour later other rules hold.
func TestAClaimFromBeforeASleepIsTakenBack(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	spring := f.create(file("spring"), list(0, 1))
	var slept atomic.Int64
	f.work(f.open(func(c *campaigns.Config) {
		c.Now = func() time.Time {
			var n int
			if slept.Load() == 0 && f.db.QueryRow(t.Context(), "SELECT COUNT(*) FROM campaign_attempts").Scan(&n) == nil && n > 0 {
				slept.Store(f.now().Add(time.Hour).UnixMilli())
				f.shift.Add(int64(time.Hour))
			}
			return f.now()
		}
	}))
	f.until(spring, "the end", completed)
	p, err := f.answers.Person(t.Context(), spring, "M-0")
	if err != nil || len(p.History) != 1 || slept.Load() == 0 || p.History[0].Claimed.UnixMilli() < slept.Load() {
		t.Errorf("allowed at %v, woken at %v: %v", p.History, time.UnixMilli(slept.Load()), err)
	}
	f.once()
}

// The end of a call that nobody told is asked for.
func TestAnEndThatNobodyToldIsFound(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.deaf.Store(true)
	spring := f.create(file("spring", "ring_for: 15s"), list(0, 2))
	f.work(f.open(func(c *campaigns.Config) { c.LookAgain = time.Second }))
	f.until(spring, "two calls", func(st campaigns.Status) bool { return st.Counts.Calling == 2 })
	f.until(spring, "two dialed calls", func(campaigns.Status) bool {
		page, err := f.answers.Attempts(t.Context(), spring, "", 10)
		return err == nil && len(page.Attempts) == 2 && page.Attempts[0].State == campaigns.AttemptDialed && page.Attempts[1].State == campaigns.AttemptDialed
	})
	f.shift.Add(int64(20 * time.Second)) // the ringing time is over
	st := f.until(spring, "the end", completed)
	if outcomeOf(st, campaigns.OutcomeHungUp) != 2 {
		t.Errorf("%+v", st.Outcomes)
	}
}

// A process ends in the middle of everything, another one goes on: nobody is rung twice for one attempt, everybody once.
func TestAProcessEndsAndAnotherGoesOn(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	var n atomic.Int64
	f.wire.before = func(campaigns.Ref) error {
		if n.Add(1)%17 == 0 {
			return errCut
		}
		return nil
	}
	f.wire.after = func(campaigns.Ref) error {
		if n.Load()%11 == 0 {
			return errCut
		}
		return nil
	}
	spring := f.create(file("spring"), list(0, people(160)))
	for _, so := range []int{people(30), people(60), people(100)} {
		stop := f.work(f.open(nil))
		f.until(spring, "some calls", func(campaigns.Status) bool { return len(f.calls()) >= so })

		stop()

	}
	f.work(f.open(nil))

	st := f.until(spring, "the end", completed)

	f.once()
	if outcomeOf(st, "renewed") != people(160) {
		t.Errorf("%+v", st)
	}
}

// answer is an answer in Twilio's place.
func answer(status, code int, message string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewBufferString(fmt.Sprintf(`{"code": %d, "message": %q, "status": %d}`, code, message, status))),
	}
}

// What Twilio did not do, or could not be asked, is tried again as the same attempt.
func TestWhatWasNotProcessedIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	var n atomic.Int64
	f.wire.answer = func(campaigns.Ref) *http.Response {
		if n.Add(1) == 1 {
			return answer(429, 20429, "Too Many Requests")
		}
		return nil
	}
	f.wire.before = func(campaigns.Ref) error {
		if n.Load() == 1 && f.refuse.CompareAndSwap(false, true) {
			return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		return nil
	}
	spring := f.create(file("spring"), list(0, 1))
	began := time.Now()
	f.work(f.open(nil))
	f.until(spring, "its second try", func(campaigns.Status) bool {
		p, err := f.answers.Person(t.Context(), spring, "M-0")
		return err == nil && p.Text == "Twilio could not be reached"
	})
	if took := time.Since(began); took > 10*time.Second { // Twilio asked for two seconds at the most
		t.Errorf("it was tried again after %s", took)
	}
	f.shift.Add(int64(6 * time.Second))
	f.until(spring, "the end", completed)
	p, err := f.answers.Person(t.Context(), spring, "M-0")
	if err != nil || len(p.History) != 1 || p.History[0].N != 1 || p.Outcome != "renewed" {
		t.Errorf("%+v, %v", p, err)
	}
	if n.Load() < 2 || !f.refuse.Load() {
		t.Errorf("the troubles did not come: %d", n.Load())
	}
}

// A number that Twilio does not call is the end of a person; an account that may not call is the end of dialing.
func TestTwilioRefuses(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	var asked atomic.Int64 // who comes when is not certain, so that it goes by turn
	f.wire.answer = func(campaigns.Ref) *http.Response {
		switch n := asked.Add(1); {
		case n == 3:
			return answer(400, 21217, "Phone number does not appear to be valid")
		case n > 5:
			return answer(401, 20003, "Authenticate")
		}
		return nil
	}
	spring := f.create(file("spring", "pace: { at_once: 1, per_minute: 3000 }"), list(0, 50))
	f.work(f.open(nil))
	st := f.until(spring, "a pause", func(st campaigns.Status) bool { return st.State == campaigns.StatePaused })
	if reasonOf(st, "twilio_refused:21217") != 1 || !st.Safety || st.Why != "by itself: Twilio refused to make calls: 20003 Authenticate" {
		t.Errorf("%+v", st)
	}
	st = f.until(spring, "the end of live calls", func(st campaigns.Status) bool { return st.Counts.Calling == 0 })
	if n := len(f.calls()); n != 4 || st.Counts.Done != 5 || st.Counts.Pending != 45 || asked.Load() > 16 {
		t.Errorf("%d calls were made, %d asked for: %+v", n, asked.Load(), st.Counts)
	}
}
