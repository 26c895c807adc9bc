package payments_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/payments"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// each runs fn on every kind of database.
func each(t *testing.T, fn func(t *testing.T, b bench)) {
	t.Parallel()
	pgtest.Each(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		l, err := payments.NewLedger(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		c := &clock{at: time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)}
		l.Now = c.now
		fn(t, bench{Ledger: l, clock: c, db: d})
	})
}

// bench is a ledger with its clock and its database.
type bench struct {
	*payments.Ledger
	clock *clock
	db    *db.DB
}

// clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bill is a payment of 84.20 usd.
func bill(call string, turn int) payments.NewPayment {
	return payments.NewPayment{
		Call: call, Turn: turn, Step: "pay#2", Flow: "pay-my-bill", Intent: payments.Charge,
		Amount: payments.Amount{Minor: 8420, Currency: "usd"}, Connector: "acme-stripe", Reference: "bill 12345678",
	}
}

func (b bench) open(t *testing.T, n payments.NewPayment) payments.Payment {
	t.Helper()
	p, err := b.Open(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b bench) close(t *testing.T, id string, r payments.Result) payments.Payment {
	t.Helper()
	p, _, err := b.Close(t.Context(), id, r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b bench) get(t *testing.T, id string) payments.Payment {
	t.Helper()
	p, err := b.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var paid = payments.Result{State: payments.Paid, Brand: "visa", Last4: "4242", Confirmation: "SIM-7F3K2M"}

func TestOpenAndClose(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		p := b.open(t, bill("CA1", 3))
		want := payments.Payment{
			ID: p.ID, Call: "CA1", Turn: 3, Step: "pay#2", Flow: "pay-my-bill", Intent: payments.Charge, Source: payments.SourceKeypad,
			Method: "credit-card", Connector: "acme-stripe", Reference: "bill 12345678",
			Amount: payments.Amount{Minor: 8420, Currency: "usd"}, State: payments.Started,
			Started: b.clock.now(), Updated: b.clock.now(), Deadline: b.clock.now().Add(payments.DefaultDeadline),
		}
		if diff := cmp.Diff(want, p); diff != "" || !strings.HasPrefix(p.ID, "pay_") {
			t.Errorf("opened: %s", diff)
		}
		if again := b.open(t, bill("CA1", 3)); !cmp.Equal(again, p) {
			t.Errorf("opened again: %s", cmp.Diff(p, again))
		}
		b.clock.advance(time.Minute)
		closed, changed, err := b.Close(t.Context(), p.ID, paid)
		if err != nil || !changed {
			t.Fatalf("close: %v, changed %v", err, changed)
		}
		want.State, want.Brand, want.Last4, want.Confirmation = payments.Paid, "visa", "4242", "SIM-7F3K2M"
		want.Closed, want.Updated = b.clock.now(), b.clock.now()
		if diff := cmp.Diff(want, closed); diff != "" {
			t.Errorf("closed: %s", diff)
		}
		b.clock.advance(time.Minute)
		if again, changed, err := b.Close(t.Context(), p.ID, paid); err != nil || changed || !cmp.Equal(again, closed) {
			t.Errorf("closed again: %v, changed %v, %s", err, changed, cmp.Diff(closed, again))
		}
		if got := b.get(t, p.ID); !cmp.Equal(got, closed) {
			t.Errorf("kept: %s", cmp.Diff(closed, got))
		}
		if again := b.open(t, bill("CA1", 3)); !cmp.Equal(again, closed) {
			t.Errorf("opened after it was paid: %s", cmp.Diff(closed, again))
		}
	})
}

func TestNotFound(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		_, err1 := b.Get(t.Context(), "pay_x")
		_, _, err2 := b.Close(t.Context(), "", paid)
		err3 := b.Progress(t.Context(), "pay_x", payments.Progress{Last4: "4242"})
		for _, err := range []error{err1, err2, err3} {
			if !errors.Is(err, payments.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
		}
		p := b.open(t, bill("CA1", 1))
		for _, s := range []payments.State{"", "started", "lost"} {
			if _, _, err := b.Close(t.Context(), p.ID, payments.Result{State: s}); err == nil {
				t.Errorf("closed as %q", s)
			}
		}
	})
}

// The lattice: for each state that is kept and each that comes, what is kept then.
func TestLattice(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		states := []payments.State{
			payments.Unknown, payments.Paid, payments.Declined, payments.Cancelled, payments.GaveUp, payments.HungUp, payments.Unavailable,
		}
		for i, first := range states {
			for j, second := range states {
				p := b.open(t, bill(fmt.Sprintf("CA%d-%d", i, j), 1))
				b.close(t, p.ID, payments.Result{State: first})
				got, changed, err := b.Close(t.Context(), p.ID, payments.Result{State: second})
				want, contradiction := first, false
				switch {
				case first == payments.Unknown:
					want = second
				case second != payments.Unknown && second != first:
					contradiction = true
				}
				if got.State != want || got.Review != contradiction || errors.Is(err, payments.ErrContradiction) != contradiction ||
					err != nil && !contradiction || changed != (want != first) {
					t.Errorf("%s, then %s: got %s, review %v, changed %v, %v", first, second, got.State, got.Review, changed, err)
				}
				if kept := b.get(t, p.ID); !cmp.Equal(kept, got) {
					t.Errorf("%s, then %s: returned and kept differ: %s", first, second, cmp.Diff(got, kept))
				}
			}
		}
	})
}

// In whatever order the news of one payment come, it ends the same.
func TestOrderDoesNotMatter(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		news := []payments.Result{
			{State: payments.Unknown, ErrorText: "no answer"}, {State: payments.Paid}, paid,
			{State: payments.Paid, Token: "tok_1", ProfileID: "prof"},
		}
		n := 0
		permute(news, func(order []payments.Result) {
			n++
			p := b.open(t, bill(fmt.Sprint("CA", n), 1))
			for _, r := range order {
				b.close(t, p.ID, r)
			}
			got := b.get(t, p.ID)
			if got.State != payments.Paid || got.Confirmation != "SIM-7F3K2M" || got.Last4 != "4242" || got.Token != "tok_1" || got.Review ||
				got.ErrorText != "" { // what was said while nobody knew is no news any more
				t.Errorf("order %v: got %+v", order, got)
			}
		})
		if n != 24 {
			t.Errorf("%d orders were tried, want 24", n)
		}
	})
}

func permute(list []payments.Result, fn func([]payments.Result)) {
	var rec func(k int)
	rec = func(k int) {
		if k == len(list) {
			fn(slices.Clone(list))
			return
		}
		for i := k; i < len(list); i++ {
			list[k], list[i] = list[i], list[k]
			rec(k + 1)
			list[k], list[i] = list[i], list[k]
		}
	}
	rec(0)
}

// Two charges for one payment: the second confirmation is flagged, and the first one stays.
func TestSecondConfirmation(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		p := b.open(t, bill("CA1", 1))
		b.close(t, p.ID, paid)
		for _, conf := range []string{"OTHER-1", "OTHER-2"} {
			got, changed, err := b.Close(t.Context(), p.ID, payments.Result{State: payments.Paid, Confirmation: conf})
			if !errors.Is(err, payments.ErrContradiction) || changed || got.Confirmation != paid.Confirmation ||
				!got.Review || !strings.Contains(got.ReviewNote, "OTHER-1") {
				t.Errorf("%s: got %+v, %v", conf, got, err)
			}
		}
	})
}

func TestSavedInsteadOfCharged(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		p := b.open(t, bill("CA1", 1))
		if got := b.close(t, p.ID, payments.Result{State: payments.Saved, Token: "tok_1"}); got.State != payments.Saved || !got.Review {
			t.Errorf("got %+v, want it saved and flagged", got)
		}
		n := bill("CA2", 1)
		n.Intent, n.Amount = payments.Save, payments.Amount{}
		if got := b.close(t, b.open(t, n).ID, payments.Result{State: payments.Saved, Token: "tok_1"}); got.Review || got.Token != "tok_1" {
			t.Errorf("a card that was to be saved: got %+v", got)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		silent, done, late := b.open(t, bill("CA1", 1)), b.open(t, bill("CA2", 1)), bill("CA3", 1)
		late.Deadline = time.Hour
		patient := b.open(t, late)
		b.close(t, done.ID, paid)
		b.clock.advance(payments.DefaultDeadline - time.Millisecond)
		if n, err := b.Sweep(t.Context()); n != 0 || err != nil {
			t.Errorf("before the deadline: got %d, %v", n, err)
		}
		b.clock.advance(time.Millisecond)
		for _, want := range []int{1, 0} {
			if n, err := b.Sweep(t.Context()); n != want || err != nil {
				t.Errorf("at the deadline: got %d, %v, want %d", n, err, want)
			}
		}
		for id, want := range map[string]payments.State{silent.ID: payments.Unknown, done.ID: payments.Paid, patient.ID: payments.Started} {
			if got := b.get(t, id); got.State != want {
				t.Errorf("got %s, want %s", got.State, want)
			}
		}
		if got := b.close(t, silent.ID, paid); got.State != payments.Paid || got.Closed != b.clock.now() {
			t.Errorf("a late result does not settle: %+v", got)
		}
	})
}

func TestProgress(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		p := b.open(t, bill("CA1", 1))
		tell := func(brand, last4 string) payments.Payment {
			t.Helper()
			if err := b.Progress(t.Context(), p.ID, payments.Progress{Brand: brand, Last4: last4}); err != nil {
				t.Errorf("progress %q, %q: %v", brand, last4, err)
			}
			return b.get(t, p.ID)
		}
		tell("", "xxxx")
		if got := tell("visa", "xxxxxxxxxxxx1111"); got.Brand != "visa" || got.Last4 != "1111" || got.State != payments.Started {
			t.Errorf("first card: got %+v", got)
		}
		if got := tell("amex", "xxxx-xxxxxx-x4001"); got.Brand != "amex" || got.Last4 != "4001" {
			t.Errorf("second card: got %+v", got)
		}
		if got := tell("", ""); got.Last4 != "4001" {
			t.Errorf("nothing new: got %+v", got)
		}
		if got := tell("", "*******92"); got.Last4 != "92" {
			t.Errorf("bank account: got %+v", got)
		}
		for _, bad := range []payments.Progress{
			{Last4: "42424"}, {Last4: "4242424242424242"}, {Last4: "4242 4242"}, {Brand: "visa4242424242424242"}, {Brand: "12345"},
			{Brand: "4111 1111 1111 1111"}, {Last4: "٤٢٤٢٤"},
		} {
			if err := b.Progress(t.Context(), p.ID, bad); !errors.Is(err, payments.ErrCardData) {
				t.Errorf("progress %+v: got %v, want ErrCardData", bad, err)
			}
		}
		b.close(t, p.ID, paid)
		if got := tell("discover", "9999"); got.Brand != "visa" || got.Last4 != "4242" {
			t.Errorf("after the result: got %+v", got)
		}
	})
}

// 64 goroutines open the same turn and close it with different results: one row, one of the results, every
// other final one told that it contradicts.
func TestConcurrent(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		results := []payments.Result{
			paid, {State: payments.Unknown}, {State: payments.Declined}, {State: payments.Cancelled},
			{State: payments.Paid, Confirmation: "OTHER"}, {State: payments.HungUp}, paid, {State: payments.Unavailable},
		}
		var changedTo, contradictions atomic.Int32
		var ids sync.Map
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				p, err := b.Open(t.Context(), bill("CA1", 7))
				if err != nil {
					t.Error(err)
					return
				}
				ids.Store(p.ID, true)
				r := results[i%len(results)]
				_, changed, err := b.Close(t.Context(), p.ID, r)
				switch {
				case errors.Is(err, payments.ErrContradiction):
					contradictions.Add(1)
				case err != nil:
					t.Error(err)
				case changed && r.State.Final():
					changedTo.Add(1)
				}
			})
		}
		wg.Wait()
		page, err := b.List(t.Context(), payments.Query{})
		if err != nil || len(page.Payments) != 1 {
			t.Fatalf("rows: got %d, %v, want 1", len(page.Payments), err)
		}
		got := page.Payments[0]
		if !got.State.Final() || !got.Review || got.ReviewNote == "" {
			t.Errorf("kept: %+v", got)
		}
		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		if n != 1 || changedTo.Load() != 1 {
			t.Errorf("%d payments, %d results taken, want 1 and 1", n, changedTo.Load())
		}
		// Eight of each result: 8 unknown, and of 56 final ones those equal to the kept one agree.
		agree := int32(8)
		if got.State == payments.Paid && got.Confirmation == paid.Confirmation {
			agree = 16
		}
		if c := contradictions.Load(); c != 56-agree {
			t.Errorf("%d contradictions, want %d (kept %s %s)", c, 56-agree, got.State, got.Confirmation)
		}
	})
}
