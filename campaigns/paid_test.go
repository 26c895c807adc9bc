package campaigns_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/internal/pgtest"
)

// Who has paid is not rung again: not by a retry rule for those who hang up, where they did so behind their payment, and not
// where the result of the payment came when the call was over. What the campaign took is what the ledger has.
func TestWhoPaidIsNotRungAgain(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "sqlite::memory:" },
		"postgres": func(t *testing.T) string { return pgtest.Start(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, base(t))
			f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Outcome: "hung_up"} }
			const again = "try_again: { hung_up: { after: 1h, up_to: 3 } }"
			late := f.create(file("late", again), list(0, 1))
			f.work(f.open(nil))
			f.until(late, "a wait", func(st campaigns.Status) bool { return st.Counts.Waiting == 1 })
			p, err := f.answers.Person(t.Context(), late, "M-0")
			if err != nil {
				t.Fatal(err)
			}
			f.pay(p.History[0].CallSID, 1, 5000)
			f.pay(p.History[0].CallSID, 2, 900) // an agent takes the rest
			f.mu.Lock()
			f.pays = 12900
			f.mu.Unlock()
			atOnce := f.create(file("at-once", again), list(1, 1))
			f.until(late, "the end", completed)
			f.until(atOnce, "the end", completed)
			f.shift.Add(int64(2 * time.Hour))
			if st := f.status(late); reasonOf(st, "paid_meanwhile") != 1 || len(st.Money) != 1 || st.Money[0] != (campaigns.Money{Currency: "usd", Minor: 5900}) {
				t.Errorf("paid after the call's end: %+v, %+v, %+v", st.Outcomes, st.Refused, st.Money)
			}
			if st := f.status(atOnce); outcomeOf(st, "paid") != 1 || len(st.Money) != 1 || st.Money[0].Minor != 12900 {
				t.Errorf("paid, and hung up: %+v, %+v", st.Outcomes, st.Money)
			}
			if n := len(f.calls()); n != 2 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// A debt that is paid on one campaign's call, or of which somebody says so, is rung about by no other.
func TestAPaidDebtIsRungAboutByNobody(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.pays = 8420
	f.outcome = func(campaigns.Ref) campaigns.CallEnd { return campaigns.CallEnd{Outcome: "paid"} }
	f.work(f.open(nil))
	f.until(f.create(file("spring", debtColumns), debtor("+13125550001", "D-9")), "the end", completed)
	st := f.until(f.create(file("summer", debtColumns), debtor("+13125550002", "D-9")), "the end", completed)
	if reasonOf(st, "paid_meanwhile") != 1 || len(f.calls()) != 1 {
		t.Errorf("%+v, %+v, %d calls", st.Outcomes, st.Refused, len(f.calls()))
	}
	st = f.until(f.create(file("autumn", debtColumns), debtor("+13125550001", "D-10")), "the end", completed)
	if outcomeOf(st, "paid") != 1 {
		t.Errorf("another debt: %+v", st.Refused)
	}
}

// What became of a call's flow is asked for again while it cannot be told: a Redis that is away leaves nobody alone.
func TestAFlowThatCannotBeAskedIsAskedAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.deaf.Store(true)
	f.wire.after = func(campaigns.Ref) error { return errCut }
	spring := f.create(file("spring"), list(0, 1))
	var asked atomic.Int64
	f.work(f.open(func(c *campaigns.Config) {
		c.LookAgain = 200 * time.Millisecond
		c.Heard = func(context.Context, string) (campaigns.CallEnd, bool, error) {
			if asked.Add(1) <= 2 {
				return campaigns.CallEnd{}, false, errCut
			}
			return campaigns.CallEnd{Outcome: "renewed"}, true, nil
		}
	}))
	if st := f.until(spring, "the end", completed); outcomeOf(st, "renewed") != 1 || asked.Load() != 3 {
		t.Errorf("%+v", st.Outcomes)
	}
}
