package campaigns_test

import (
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
)

// An opt-out holds until somebody takes the number off the list again, also for campaigns that do not name the list; being
// taken off another list changes nothing.
func TestAnOptOutIsTakenBack(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	lists := f.answers.Lists()
	f.outcome = func(ref campaigns.Ref) campaigns.CallEnd {
		if ref.Campaign != "spring" {
			return campaigns.CallEnd{Outcome: "renewed"}
		}
		if err := lists.Add(f.t.Context(), "house", "+13125550007", "pressed 9"); err != nil {
			f.t.Error(err)
		}
		return campaigns.CallEnd{OptedOut: true}
	}
	if err := lists.Put(t.Context(), campaigns.Entry{List: "state", Number: "+13125550007", Reason: "state's list"}); err != nil {
		t.Fatal(err)
	}
	f.work(f.open(nil))
	f.until(f.create(file("spring"), list(7, 1)), "the end", completed)

	refusedIn := func(name, reason string, lines ...string) {
		t.Helper()
		if st := f.until(f.create(file(name, lines...), list(7, 1)), "the end", completed); reasonOf(st, reason) != 1 || len(f.calls()) != 1 {
			t.Errorf("%s: %+v, %+v, %d calls", name, st.Refused, st.Outcomes, len(f.calls()))
		}
	}
	const elsewhere = "never_call: [company]" // and not the list of the opt-out
	refusedIn("summer", "opted_out", elsewhere)
	f.shift.Add(int64(time.Minute))
	if err := lists.Remove(t.Context(), "state", "+13125550007", "kim", "it was renewed"); err != nil {
		t.Fatal(err)
	}
	refusedIn("autumn", "opted_out", elsewhere)
	if err := lists.Remove(t.Context(), "house", "+13125550007", "kim", "they wrote to us"); err != nil {
		t.Fatal(err)
	}
	winter := f.create(file("winter", elsewhere), list(7, 1))
	if st := f.until(winter, "the end", completed); outcomeOf(st, "renewed") != 1 || len(f.calls()) != 2 {
		t.Errorf("taken off the list: %+v, %+v", st.Refused, st.Outcomes)
	}
	w, err := f.answers.Why(t.Context(), winter, "M-7")
	if err != nil || w.Person.Outcome != "renewed" {
		t.Errorf("%+v, %v", w, err)
	}
	f.mu.Lock()
	f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{OptedOut: true} }
	f.mu.Unlock()
	if st := f.until(f.create(file("again"), list(7, 1)), "the end", completed); outcomeOf(st, "opted_out") != 1 {
		t.Errorf("opted out once more: %+v", st.Outcomes)
	}
	if st := f.until(f.create(file("never", elsewhere), list(7, 1)), "the end", completed); reasonOf(st, "opted_out") != 1 {
		t.Errorf("after the second opt-out: %+v", st.Refused)
	}
}

// A machine is hung up on where the file says so, and a person is not.
func TestMachinesAreHungUpOn(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.hold = make(chan struct{})
	defer close(f.hold)
	hangUp := f.create(file("spring", "answering_machine: { detect: fast, then: hang_up, unsure_means: machine }"), list(0, 1))
	message := f.create(file("summer", "answering_machine: { detect: wait_for_beep, then: leave_message, unsure_means: human }"), list(1, 1))
	for _, c := range []struct {
		campaign, by, is string
		hangUp           bool
	}{
		{hangUp, "machine_start", "machine_start", true}, {hangUp, "fax", "fax", true}, {hangUp, "unknown", "machine_start", true},
		{hangUp, "human", "human", false}, {message, "machine_end_beep", "machine_end_beep", false}, {message, "unknown", "human", false},
	} {
		a, err := f.answers.Arrive(t.Context(), campaigns.Ref{Campaign: c.campaign, Row: 2, Attempt: 1}, "CA00000000000000000000000000000001", c.by)
		if err != nil || a.HangUp != c.hangUp || a.AnsweredBy != c.is {
			t.Errorf("%+v: hang up %v, by %s, %v", c, a.HangUp, a.AnsweredBy, err)
		}
	}
}

// Whoever asked by key not to be called is rung by no campaign: also where they rang us, where a list had their number from
// elsewhere before, and when what is known of them was forgotten.
func TestAnOptOutHoldsHoweverItCame(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	lists := f.answers.Lists()
	f.outcome = func(ref campaigns.Ref) campaigns.CallEnd {
		if err := lists.Add(f.t.Context(), "house", "+13125550009", "pressed 9"); err != nil {
			f.t.Error(err)
		}
		return campaigns.CallEnd{OptedOut: true}
	}
	f.work(f.open(nil))
	spring := f.create(file("spring"), list(9, 1))
	f.until(spring, "the end", completed)
	if err := f.answers.Forget(t.Context(), spring, "M-9", campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	if err := lists.Put(t.Context(), campaigns.Entry{List: "house", Number: "+13125550008", Reason: "old system", Source: "a file"}); err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"+13125550007", "+13125550008"} { // they rang us
		if err := lists.Add(t.Context(), "house", number, "pressed 9"); err != nil {
			t.Fatal(err)
		}
	}
	st := f.until(f.create(file("summer", "never_call: [company]"), list(7, 3)), "the end", completed)
	if reasonOf(st, "opted_out") != 3 || len(f.calls()) != 1 {
		t.Errorf("%+v, %+v, %d calls", st.Refused, st.Outcomes, len(f.calls()))
	}
}
