package campaigns_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/pgtest"
)

// debtColumns are the columns of a list whose rows name a debt.
const debtColumns = "columns: { id: MemberNo, phone: Mobile, first_name: First, language: Lang, birth_year: BirthYear, plan: Plan, price: Price, ends_on: EndDate, timezone: TZ, consent: ConsentDate, debt_id: Debt }"

// debtor is the list of one person, with a number and a debt.
func debtor(number, debt string) string {
	return "MemberNo,Mobile,First,Lang,BirthYear,Plan,Price,EndDate,TZ,ConsentDate,Debt\n" +
		fmt.Sprintf("M-1,%s,Dana,en-US,1984,Green Saver,129.00,2028-05-04,America/Chicago,2025-05-01,%s\n", number, debt)
}

// first is the one person of a campaign.
func (f *field) first(name string) campaigns.Person {
	f.t.Helper()
	p, err := f.answers.Person(f.t.Context(), name, "M-1")
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// heldOr waits until a person may not be rung for a reason, or is live for the nth time over all campaigns.
func (f *field) heldOr(n int, reason string, names ...string) (calls int) {
	f.t.Helper()
	f.until(names[0], fmt.Sprintf("call %d, or %s", n, reason), func(campaigns.Status) bool {
		calls = len(f.calls())
		idle, held := true, true
		for _, name := range names {
			p := f.first(name)
			idle = idle && p.State != campaigns.PersonCalling && (p.State == campaigns.PersonDone || p.Next.After(f.now()))
			held = held && string(p.Reason) == reason
		}
		return idle && (calls >= n || held)
	})
	return calls
}

// A number is rung so often within seven days as the file says, by all campaigns together.
func TestTheWeeksCapOverTwoCampaigns(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Status: "no-answer"} }
	lines := []string{"limits: { per_person_per_week: 3 }", "try_again: { no_answer: { after: 1h, up_to: 20 } }", debtColumns}
	spring := f.create(file("spring", lines...), debtor("+13125550001", ""))
	summer := f.create(file("summer", lines...), debtor("+13125550001", ""))
	f.work(f.open(nil))
	began, calls := f.now(), 0
	for range 6 {
		calls = f.heldOr(calls+1, "week_cap", spring, summer)
		f.shift.Add(int64(90 * time.Minute))
	}
	if calls != 3 {
		t.Errorf("%d calls within a week, the limit is 3", calls)
	}
	p := f.first(spring)
	if p.Reason != "week_cap" || p.Next.Before(began.Add(6*24*time.Hour)) || p.Next.After(began.Add(8*24*time.Hour)) {
		t.Errorf("%s until %s, it began %s", p.Reason, p.Next, began)
	}
	f.shift.Add(int64(8 * 24 * time.Hour))
	f.until(spring, "a call in the next week", func(campaigns.Status) bool { return len(f.calls()) > 3 })
	f.once()
}

// Seven attempts for one debt within seven days are enough, whatever number or campaign they are by.
func TestADebtsCapOverTwoCampaigns(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Status: "no-answer"} }
	lines := []string{
		"kind: collection", debtColumns, "try_again: { no_answer: { after: 1h, up_to: 20 } }",
		`rules_off: { calling_hours: "the test runs at any time", holidays: "and on any day", identity_first: "no matter here", opt_out_first: "nor this" }`,
	}
	spring := f.create(file("spring", lines...), debtor("+13125550001", "D-9"))
	summer := f.create(file("summer", lines...), debtor("+13125550002", "D-9"))
	other := f.create(file("other", lines...), debtor("+13125550003", "D-10"))
	f.work(f.open(nil))
	f.until(other, "the other debt's call", func(campaigns.Status) bool { return f.first(other).Attempts == 1 })
	if err := f.answers.Pause(t.Context(), other, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	for range 24 { // twelve hours: a number is due every hour, or after whoever is rung about the debt
		f.heldOr(0, "", spring, summer)
		f.shift.Add(int64(31 * time.Minute))
	}
	f.heldOr(9, "frequency_rule", spring, summer)
	if a, b := f.first(spring), f.first(summer); a.Attempts+b.Attempts != 7 || a.Attempts < 2 || b.Attempts < 2 || a.Reason != "frequency_rule" || b.Reason != "frequency_rule" {
		t.Errorf("%d and %d attempts, %s and %s", a.Attempts, b.Attempts, a.Reason, b.Reason)
	}
	if err := f.answers.Resume(t.Context(), other, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	f.until(other, "the other debt's second call", func(campaigns.Status) bool { return f.first(other).Attempts == 2 })
	f.once()
}

// collection is a campaign about debts that rings at any time.
func collection(name string, lines ...string) flows.File {
	return file(name, append(lines, "kind: collection", debtColumns,
		`rules_off: { calling_hours: "the test runs at any time", holidays: "and on any day", identity_first: "no matter here", opt_out_first: "nor this" }`)...)
}

// While somebody is rung about a debt nobody else is, by another number or another campaign: they may be talking, and after
// that it is quiet.
func TestADebtIsRungAboutOnceAtATime(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "sqlite::memory:" }, "postgres": func(t *testing.T) string { return pgtest.Start(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			aDebtOnceAtATime(t, newField(t, base(t)))
		})
	}
}

func aDebtOnceAtATime(t *testing.T, f *field) {
	f.hold = make(chan struct{})
	spring := f.create(collection("spring"), debtor("+13125550001", "D-9"))
	summer := f.create(collection("summer"), debtor("+13125550002", "D-9"))
	other := f.create(collection("other"), debtor("+13125550003", "D-10"))
	f.work(f.open(nil))
	f.work(f.open(nil))
	f.until(other, "the other debt's call", func(st campaigns.Status) bool {
		return len(f.calls()) >= 2 && reasonHeld(f.status(spring), "not_yet")+reasonHeld(f.status(summer), "not_yet") == 1 || len(f.calls()) == 3
	})
	if n := len(f.calls()); n != 2 {
		t.Errorf("%d calls are live for two debts", n)
	}
	close(f.hold)
	f.until(spring, "the live calls' end", func(st campaigns.Status) bool { return st.Counts.Calling+f.status(summer).Counts.Calling == 0 })
	f.shift.Add(int64(time.Hour))
	f.until(spring, "quiet after the conversation", func(st campaigns.Status) bool {
		return reasonHeld(st, "frequency_rule")+reasonHeld(f.status(summer), "frequency_rule") == 1 || len(f.calls()) > 2
	})
	if n := len(f.calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
}

// A book may look back further than ours do.
func TestABookWithAMonthOfQuiet(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	past := "phone,at,debt_id,talked\n+13125550001," + f.now().Add(-20*24*time.Hour).UTC().Format(time.RFC3339) + ",D-9,yes\n"
	if _, err := f.answers.TakePast(t.Context(), campaigns.PastRequest{From: strings.NewReader(past), Source: "old dialer"}, nil); err != nil {
		t.Fatal(err)
	}
	spring := f.create(collection("spring"), debtor("+13125550001", "D-9"))
	f.work(f.open(func(c *campaigns.Config) {
		c.ProjectDir = fstest.MapFS{"rules/us-collection.yaml": {Data: []byte(
			"format: 1\nbook: us-collection\nversion: 2026-11-21\nrules:\n  - rule: frequency\n    figures: { quiet_days: 30 }\n")}}
	}))
	st := f.until(spring, "quiet, or a call", func(st campaigns.Status) bool { return reasonHeld(st, "frequency_rule") == 1 || st.Counts.Done == 1 })
	if n := len(f.calls()); n != 0 {
		t.Errorf("%d calls: %+v", n, st.Outcomes)
	}
}

// A campaign that warms up begins with a tenth of its calls a minute, and has all of them when it is warm.
func TestWarmingUp(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	spring := f.create(file("spring", "pace: { at_once: 200, per_minute: 600, warm_up: 30m }"), list(0, 400))
	f.work(f.open(nil))
	f.until(spring, "the first calls", func(campaigns.Status) bool { return len(f.calls()) >= 3 })
	began := f.calls()[0].at
	<-time.After(time.Until(began.Add(2500 * time.Millisecond)))
	if n := len(f.calls()); n > 5 { // one a second, where there will be ten
		t.Errorf("%d calls in 2.5 s, and it is cold", n)
	}
	f.shift.Add(int64(31 * time.Minute))
	warm := time.Now()
	f.until(spring, "it to be warm", func(campaigns.Status) bool { return len(f.calls()) >= 15 })
	if took := time.Since(warm); took > 5*time.Second {
		t.Errorf("ten calls took %s, and it is warm", took)
	}
}

// A campaign that is to start later starts then, by itself, and not before.
func TestAScheduledStart(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	kim := campaigns.Act{By: "kim"}
	at := f.now().Add(time.Hour)
	for _, name := range []string{"spring", "summer"} {
		if _, _, err := f.answers.Create(t.Context(), campaigns.CreateRequest{File: file(name), Contacts: strings.NewReader(list(0, 2)), Act: kim}); err != nil {
			t.Fatal(err)
		}
		if err := f.answers.Start(t.Context(), name, campaigns.StartOptions{At: at}, kim); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.answers.Pause(t.Context(), "summer", kim); err != nil {
		t.Fatal(err)
	}
	f.work(f.open(nil))
	f.shift.Add(int64(58 * time.Minute))
	<-time.After(300 * time.Millisecond) // six rounds
	if st := f.status("spring"); st.State != campaigns.StateDraft || len(f.calls()) != 0 || st.Why != "starts at "+at.UTC().Format("2006-01-02 15:04 UTC") {
		t.Errorf("before its time: %s, %q, %d calls", st.State, st.Why, len(f.calls()))
	}
	f.shift.Add(int64(2 * time.Minute))
	st := f.until("spring", "the end", completed)
	if st.Started.Before(at.Truncate(time.Millisecond)) || outcomeOf(st, "renewed") != 2 {
		t.Errorf("started %s, to start at %s: %v", st.Started, at, st.Outcomes)
	}
	if st := f.status("summer"); st.State != campaigns.StateDraft || !st.StartAt.IsZero() || len(f.calls()) != 2 {
		t.Errorf("its start was called off: %+v, %d calls", st.Campaign, len(f.calls()))
	}
}

// Calls that another system made count for the limits; one that cannot be read says why, and taking them again adds none.
func TestPastCallsOfAnotherSystem(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func() string{"sqlite": func() string { return "sqlite::memory:" }, "postgres": func() string { return pgtest.Start(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, url())
			lines := []string{"limits: { per_person_per_week: 3 }", debtColumns}
			var past strings.Builder
			past.WriteString("phone,at,debt_id,talked\n")
			for i := range 3 {
				fmt.Fprintf(&past, "+13125550001,%s,,no\n", f.now().Add(-time.Duration(i+1)*time.Hour).UTC().Format(time.RFC3339))
			}
			for turn := range 2 {
				res, err := f.answers.TakePast(t.Context(), campaigns.PastRequest{From: strings.NewReader(past.String()), Source: "old dialer"}, nil)
				if err != nil || res.Rows != 3 || res.New != int64(3-3*turn) || res.Already != int64(3*turn) {
					t.Fatalf("%+v, %v", res, err)
				}
			}
			spring := f.create(file("spring", lines...), debtor("+13125550001", ""))
			f.work(f.open(nil))
			st := f.until(spring, "the limit to hold", func(st campaigns.Status) bool { return reasonHeld(st, "week_cap") == 1 })
			if n := len(f.calls()); n != 0 {
				t.Errorf("%d calls: %+v", n, st.HeldBack)
			}
		})
	}
}

func reasonHeld(st campaigns.Status, reason rules.Reason) (n int) {
	for _, h := range st.HeldBack {
		if h.Reason == reason {
			n += h.People
		}
	}
	return n
}
