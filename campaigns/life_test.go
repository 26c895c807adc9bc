package campaigns_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/internal/pgtest"
)

// A safety stop pauses the campaign with the call that brings it past its limit, and only a person who says why resumes it.
func TestASafetyStopFiresAtOnce(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	ends := 0 // under f.mu
	f.outcome = func(campaigns.Ref) campaigns.CallEnd {
		if ends++; ends%20 == 0 || ends == 23 { // 1 of 20 is 5 %, 2 of 23 is more
			return campaigns.CallEnd{OptedOut: true}
		}
		return campaigns.CallEnd{Outcome: "renewed"}
	}
	spring := f.create(file("spring", "pace: { at_once: 1, per_minute: 3000 }", "stop_by_itself_if: { opted_out: more than 5% of people reached }"), list(0, 30))
	f.work(f.open(nil))
	st := f.until(spring, "a pause", func(st campaigns.Status) bool { return st.State == campaigns.StatePaused })
	if st.Why != "by itself: opted out 8.7 % of 23 people reached, the limit is 5 %" || !st.Safety || st.WhyBy != "" {
		t.Errorf("why: %q, safety %v, by %q", st.Why, st.Safety, st.WhyBy)
	}
	if outcomeOf(st, "opted_out") != 2 || st.Counts.Done != 23 {
		t.Errorf("%+v", st)
	}
	for _, act := range []campaigns.Act{{}, {By: "kim"}, {By: "kim", Note: "  "}, {Note: "it is fine"}} {
		if err := f.answers.Resume(t.Context(), spring, act); !errors.Is(err, campaigns.ErrNoteNeeded) {
			t.Errorf("resumed with %+v: %v", act, err)
		}
	}
	f.mu.Lock()
	f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Outcome: "renewed"} }
	f.mu.Unlock()
	if err := f.answers.Resume(t.Context(), spring, campaigns.Act{By: "kim", Note: "the list was old, the rest is new"}); err != nil {
		t.Fatal(err)
	}
	if st := f.status(spring); st.Safety || len(st.Figures) != 1 || st.Figures[0].Of > 3 {
		t.Errorf("the figures did not begin anew: %+v", st.Figures)
	}
	f.until(spring, "the end", completed)
}

// What was long ago does not make up for what is now: shares are those of thirty days.
func TestASafetyStopLooksAtThirtyDays(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	spring := f.create(file("spring", "pace: { at_once: 5, per_minute: 3000 }", "stop_by_itself_if: { abandoned: more than 3% of answered calls }"), list(0, 70))
	f.work(f.open(nil))
	f.until(spring, "good calls", func(st campaigns.Status) bool { return st.Counts.Done >= 35 })
	if err := f.answers.Pause(t.Context(), spring, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	f.until(spring, "the last call's end", func(st campaigns.Status) bool { return st.Counts.Calling == 0 })
	f.shift.Add(int64(31 * 24 * time.Hour))
	f.mu.Lock()
	bad := true
	f.outcome = func(campaigns.Ref) campaigns.CallEnd {
		defer func() { bad = false }()
		return campaigns.CallEnd{Outcome: "renewed", Abandoned: bad}
	}
	f.mu.Unlock()
	if err := f.answers.Resume(t.Context(), spring, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	st := f.until(spring, "a pause", func(st campaigns.Status) bool { return st.State != campaigns.StateRunning })
	if st.Why != "by itself: abandoned 5.0 % of 20 people reached, the limit is 3 %" {
		t.Errorf("%s: %q", st.State, st.Why)
	}
}

// An opt-out on one campaign's call keeps another one from ringing the number, from that moment on.
func TestAnOptOutHoldsForEveryCampaign(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	ref := campaigns.Ref{Campaign: "spring", Row: 2, Attempt: 1}
	spring := f.create(file("spring"), list(7, 1))
	f.hold = make(chan struct{})
	f.work(f.open(nil))
	f.until(spring, "a live call", func(st campaigns.Status) bool { return len(f.calls()) == 1 })
	if err := f.answers.OptOut(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	close(f.hold)
	summer := f.create(file("summer"), list(7, 1))
	st := f.until(summer, "the end", completed)
	if reasonOf(st, "opted_out") != 1 || len(f.calls()) != 1 {
		t.Errorf("%+v, %d calls", st, len(f.calls()))
	}
	if st := f.until(spring, "the end", completed); outcomeOf(st, "opted_out") != 1 {
		t.Errorf("the call's own campaign: %+v", st)
	}
	w, err := f.answers.Why(t.Context(), summer, "M-7")
	if err != nil || w.Text != "not called: opted_out, asked not to be called again" {
		t.Errorf("why: %+v, %v", w, err)
	}
}

// A number is never rung by two campaigns at the same time.
func TestANumberIsRungOnceAtATime(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.hold = make(chan struct{})
	spring := f.create(file("spring"), list(0, 20))
	summer := f.create(file("summer"), list(0, 20))
	f.work(f.open(nil))
	f.work(f.open(nil))
	held := func(name string) int {
		n := 0
		for _, h := range f.status(name).HeldBack {
			if h.Reason == "not_yet" {
				n += h.People
			}
		}
		return n
	}
	f.until(spring, "everybody to be rung once", func(campaigns.Status) bool { return len(f.calls()) == 20 && held(spring)+held(summer) == 20 })
	live := map[string]bool{}
	for _, p := range f.calls() {
		if live[p.to] {
			t.Errorf("%s is rung twice at a time", p.to)
		}
		live[p.to] = true
	}
	close(f.hold)
	f.until(spring, "the live calls' end", func(st campaigns.Status) bool { return st.Counts.Calling+f.status(summer).Counts.Calling == 0 })
	f.shift.Add(int64(time.Minute))
	f.until(spring, "the end", completed)
	f.until(summer, "the end", completed)
	f.once()
}

// Who does not answer is rung again, so often and so late as the file says.
func TestRetries(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Outcome: "call_back"} }
	spring := f.create(file("spring", "try_again: { call_back: { after: 4h, up_to: 2 } }"), list(0, 1))
	f.work(f.open(nil))
	for try, text := range []string{"second try, 4h after call_back", "third try, 4h after call_back"} {
		var p campaigns.Person
		var err error
		f.until(spring, "a wait", func(campaigns.Status) bool {
			p, err = f.answers.Person(t.Context(), spring, "M-0")
			return err != nil || p.Attempts == try+1 && p.State == campaigns.PersonWaiting
		})
		if err != nil || p.Text != text || p.Reason != "retry_wait" || p.Next.Sub(f.now()).Round(time.Minute) != 4*time.Hour {
			t.Errorf("%+v, %v", p, err)
		}
		if st := f.status(spring); len(st.HeldBack) != 1 || st.HeldBack[0].Reason != "retry_wait" {
			t.Errorf("held back: %+v", st.HeldBack)
		}
		f.shift.Add(int64(4*time.Hour + time.Minute))
	}
	st := f.until(spring, "the end", completed)
	if outcomeOf(st, "call_back") != 1 || len(f.calls()) != 3 {
		t.Errorf("%+v, %d calls", st, len(f.calls()))
	}
	f.once()
}

// Attempts of other campaigns count for the day's cap, and of whom it is too late is not rung.
func TestCapsAndTheLastDay(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	last := time.Now().UTC().Add(48 * time.Hour).Format(time.DateOnly)
	spring := f.create(file("spring"), list(0, 3))
	f.work(f.open(nil))
	f.until(spring, "the end", completed)
	summer := f.create(file("summer", "limits: { per_person_per_day: 1 }", "runs: { from: 2020-01-01, until: "+last+" }"), list(0, 4))
	st := f.until(summer, "who was not rung today", func(st campaigns.Status) bool { return st.Counts.Done == 1 && len(st.HeldBack) == 1 })
	if st.HeldBack[0].Reason != "day_cap" || st.HeldBack[0].People != 3 || len(f.calls()) != 4 {
		t.Errorf("%+v, %d calls", st, len(f.calls()))
	}
	if err := f.answers.MarkPaid(t.Context(), summer, "M-1", campaigns.Act{By: "billing"}); err != nil {
		t.Fatal(err)
	}
	if err := f.answers.Skip(t.Context(), summer, "+13125550002", campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	f.shift.Add(int64(6 * 24 * time.Hour))
	st = f.until(summer, "the end", completed)
	if reasonOf(st, "expired") != 1 || reasonOf(st, "paid_meanwhile") != 1 || reasonOf(st, "skipped") != 1 || len(f.calls()) != 4 {
		t.Errorf("%+v, %d calls", st, len(f.calls()))
	}
}

func TestSlowStopAndStopAll(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	kim := campaigns.Act{By: "kim", Note: "why not"}
	spring := f.create(file("spring", "pace: { at_once: 5, per_minute: 60 }"), list(0, 50))
	if err := f.answers.Slow(t.Context(), spring, 0, kim); err != nil || f.status(spring).PerMinute != 30 {
		t.Errorf("%v, %d a minute", err, f.status(spring).PerMinute)
	}
	if err := f.answers.Slow(t.Context(), spring, 100, kim); !errors.Is(err, campaigns.ErrState) {
		t.Errorf("faster than the file: %v", err)
	}
	names, err := f.answers.StopAll(t.Context(), kim)
	if err != nil || len(names) != 1 || f.status(spring).State != campaigns.StatePaused {
		t.Errorf("%v, %v", names, err)
	}
	if err := f.answers.Stop(t.Context(), spring, kim); err != nil {
		t.Fatal(err)
	}
	f.work(f.open(nil))
	st := f.until(spring, "everybody to be done", func(st campaigns.Status) bool { return st.Counts.Done == 50 })
	if st.State != campaigns.StateEnded || reasonOf(st, "stopped") != 50 || len(f.calls()) != 0 {
		t.Errorf("%+v", st)
	}
	if err := f.answers.Resume(t.Context(), spring, kim); !errors.Is(err, campaigns.ErrState) {
		t.Errorf("resumed what was ended: %v", err)
	}
	if _, _, err := f.answers.Create(t.Context(), campaigns.CreateRequest{File: file("spring"), Contacts: strings.NewReader(list(0, 1))}); !errors.Is(err, campaigns.ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	if _, err := f.answers.Status(t.Context(), "autumn"); !errors.Is(err, campaigns.ErrNotFound) {
		t.Errorf("an unknown campaign: %v", err)
	}
	changes, err := f.answers.Changes(t.Context(), spring)
	var what []string
	for _, ch := range changes {
		what = append(what, ch.What)
	}
	if err != nil || strings.Join(what, " ") != "created started slowed paused stopped" {
		t.Errorf("%v, %v", what, err)
	}
}

// A list that breaks off leaves nothing behind.
func TestABrokenListLeavesNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	_, _, err := f.answers.Create(t.Context(), campaigns.CreateRequest{File: file("spring"), Contacts: strings.NewReader(list(0, 3000) + "M-9,\"+1312")})
	if err == nil {
		t.Fatal("a list with an open quote was taken")
	}
	if all, err := f.answers.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, _, err = f.answers.Create(t.Context(), campaigns.CreateRequest{File: file("spring"), Contacts: strings.NewReader(list(0, 1))}); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

// What is known of a person who waits, was refused, or was called; and what of it goes out.
func TestWhyAndExport(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]string{"sqlite": "sqlite::memory:", "postgres": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if base == "" {
				base = pgtest.Start(t)
			}
			f := newField(t, base)
			f.outcome = func(ref campaigns.Ref) campaigns.CallEnd {
				if f.pays = 0; ref.Row == 3 {
					return campaigns.CallEnd{Outcome: "call_back"}
				}
				f.pays = 12900
				return campaigns.CallEnd{Outcome: "renewed"}
			}
			rows := list(0, 2) + "M-7,+13125557777,Eve,en-US,1984,Green,1.00,2027-05-04,America/Chicago,\n" +
				"M-8,1.3125E+10,Eve,en-US,1984,Green,1.00,2027-05-04,America/Chicago,2025-05-01\n"
			spring := f.create(file("spring", "try_again: { call_back: { after: 2 days, up_to: 1 } }"), rows)
			f.work(f.open(nil))
			st := f.until(spring, "three to be done", func(st campaigns.Status) bool { return st.Counts.Done == 3 && st.Counts.Waiting == 1 })
			if reasonOf(st, "no_consent") != 1 || reasonOf(st, "bad_number") != 1 || len(st.Money) != 1 || st.Money[0] != (campaigns.Money{Currency: "usd", Minor: 12900}) {
				t.Errorf("%+v", st)
			}
			for who, want := range map[string]string{
				"M-0": "done after 1: renewed", "M-1": "not now: retry_wait", "row 4": "not called: no_consent, no consent date", "M-8": "not called: bad_number",
			} {
				w, err := f.answers.Why(t.Context(), spring, who)
				if err != nil || !strings.HasPrefix(w.Text, want) {
					t.Errorf("why %s: %q, %v; want %q", who, w.Text, err, want)
				}
			}
			if err := f.answers.Slow(t.Context(), spring, 0, campaigns.Act{By: "=cmd()", Note: "@home"}); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			for what, lines := range map[string]int{"people": 5, "attempts": 3, "audit": 4, "outcomes": 8} {
				out.Reset()
				if err := f.answers.Export(t.Context(), spring, what, "csv", &out); err != nil {
					t.Fatal(err)
				}
				text := out.String()
				all, err := csv.NewReader(&out).ReadAll()
				if err != nil || len(all) != lines {
					t.Errorf("%s: %d lines, %v\n%s", what, len(all), err, text)
				}
				for _, row := range all {
					for _, cell := range row {
						if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
							t.Errorf("%s: a spreadsheet would run %q", what, cell)
						}
					}
				}
				if what == "people" && strings.Contains(text, ",1984") {
					t.Error("a private value went out")
				}
			}
			out.Reset()
			var rowsOut []map[string]string
			if err := f.answers.Export(t.Context(), spring, "attempts", "json", &out); err != nil || json.Unmarshal(out.Bytes(), &rowsOut) != nil || len(rowsOut) != 2 {
				t.Errorf("json: %v, %s", err, out.String())
			}
			if err := f.answers.Forget(t.Context(), spring, "M-0", campaigns.Act{By: "kim"}); err != nil {
				t.Fatal(err)
			}
			if _, err := f.answers.Person(t.Context(), spring, "M-0"); !errors.Is(err, campaigns.ErrNotFound) {
				t.Errorf("still known: %v", err)
			}
			f.status(spring)
		})
	}
}

// A call of an attempt that was given up is served, and noted.
func TestALateCallIsServed(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.wire.before = func(campaigns.Ref) error { return errCut }
	spring := f.create(file("spring", `runs: { from: 2020-01-01, until: `+time.Now().UTC().Add(72*time.Hour).Format(time.DateOnly)+` }`, "limits: { per_person_per_day: 1 }"), list(0, 1))
	stop := f.work(f.open(nil))
	f.until(spring, "the attempt to be lost", func(campaigns.Status) bool {
		p, err := f.answers.Person(t.Context(), spring, "M-0")
		return err == nil && len(p.History) == 1 && p.History[0].State == campaigns.AttemptLost
	})
	stop()
	ref := campaigns.Ref{Campaign: spring, Row: 2, Attempt: 1}
	sid := "CA" + strings.Repeat("0", 32)
	a, err := f.answers.Arrive(t.Context(), ref, sid, "human")
	if err != nil || !a.Late || a.Flow != "renew-plan" || a.Contact["first_name"].String() != "Dana" || a.Contact["id"].String() != "M-0" || a.Campaign["name"].String() != "spring" {
		t.Fatalf("%+v, %v", a, err)
	}
	for range 2 {
		if err := f.answers.Ended(t.Context(), ref, campaigns.CallEnd{SID: sid, Status: "completed", Outcome: "renewed"}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := f.answers.Person(t.Context(), spring, "M-0")
	if err != nil || p.Outcome != "renewed" || p.State != campaigns.PersonDone {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := f.answers.Arrive(t.Context(), campaigns.Ref{Campaign: spring, Row: 99, Attempt: 1}, sid, ""); !errors.Is(err, campaigns.ErrNotFound) {
		t.Errorf("nobody's call: %v", err)
	}
}
