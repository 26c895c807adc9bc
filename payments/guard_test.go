package payments_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paydial/paydial/payments"
)

// once is a bill that may be paid once only, whoever calls.
func once(call string, turn int) payments.NewPayment {
	n := bill(call, turn)
	n.OnceKey = "bill-2026-03"
	return n
}

func TestOnceKey(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		first := b.open(t, once("CA1", 1))
		refused := func(call string, want error, kept payments.Payment) {
			t.Helper()
			p, err := b.Open(t.Context(), once(call, 1))
			if !errors.Is(err, want) || p.ID != kept.ID || p.State != kept.State {
				t.Errorf("got %+v, %v, want %v with %s", p, err, want, kept.ID)
			}
		}
		refused("CA2", payments.ErrUnsettled, first)
		b.clock.advance(payments.DefaultDeadline)
		if _, err := b.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		refused("CA2", payments.ErrUnsettled, b.get(t, first.ID))
		b.close(t, first.ID, payments.Result{State: payments.Declined})
		second := b.open(t, once("CA2", 1)) // a declined one stands in nobody's way
		second = b.close(t, second.ID, paid)
		refused("CA3", payments.ErrAlreadyPaid, second)
		if again := b.open(t, once("CA2", 1)); again.ID != second.ID {
			t.Error("the turn that paid cannot be opened again")
		}
		page, err := b.List(t.Context(), payments.Query{})
		if err != nil || len(page.Payments) != 2 {
			t.Errorf("refused payments left rows: %+v, %v", page, err)
		}
	})
}

// A "paid" that comes after "declined" may have moved money: the thing is held again until somebody looked.
func TestContradictionHoldsTheGuard(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		p := b.open(t, once("CA1", 1))
		b.close(t, p.ID, payments.Result{State: payments.Declined})
		if _, _, err := b.Close(t.Context(), p.ID, paid); !errors.Is(err, payments.ErrContradiction) {
			t.Fatal(err)
		}
		if _, err := b.Open(t.Context(), once("CA2", 1)); !errors.Is(err, payments.ErrUnsettled) {
			t.Errorf("got %v, want ErrUnsettled", err)
		}
	})
}

// Without a key the same call may not charge the same thing while an earlier charge is open, and may pay two
// bills one after the other.
func TestUnsettledInTheSameCall(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		first := b.open(t, bill("CA1", 1))
		if p, err := b.Open(t.Context(), bill("CA1", 4)); !errors.Is(err, payments.ErrUnsettled) || p.ID != first.ID {
			t.Errorf("while it is started: got %+v, %v", p, err)
		}
		other := bill("CA1", 4)
		other.Reference = "another bill"
		b.open(t, other)
		b.open(t, bill("CA2", 1))
		b.close(t, first.ID, payments.Result{State: payments.Unknown})
		if _, err := b.Open(t.Context(), bill("CA1", 5)); !errors.Is(err, payments.ErrUnsettled) {
			t.Errorf("while it is unknown: got %v", err)
		}
		b.close(t, first.ID, paid)
		b.open(t, bill("CA1", 5))
		save := bill("CA1", 6)
		save.Intent, save.Amount = payments.Save, payments.Amount{}
		b.open(t, save) // nothing can be charged twice
	})
}

func TestTurnWithAnotherAmount(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		first := b.open(t, bill("CA1", 1))
		n := bill("CA1", 1)
		n.Amount.Minor++
		if p, err := b.Open(t.Context(), n); !errors.Is(err, payments.ErrChanged) || p.Amount != first.Amount {
			t.Errorf("got %+v, %v, want ErrChanged with the first amount", p, err)
		}
	})
}

// Of many calls that pay one thing at the same moment one may; when it is declined another one may.
func TestOnceKeyConcurrent(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for round := range 3 {
			var opened, refused atomic.Int32
			var winner atomic.Value
			var wg sync.WaitGroup
			for i := range 32 {
				wg.Go(func() {
					p, err := b.Open(t.Context(), once(fmt.Sprintf("CA%d-%d", round, i), 1))
					switch {
					case err == nil:
						opened.Add(1)
						winner.Store(p.ID)
					case errors.Is(err, payments.ErrUnsettled):
						refused.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if opened.Load() != 1 || refused.Load() != 31 {
				t.Fatalf("round %d: %d opened, %d refused", round, opened.Load(), refused.Load())
			}
			b.close(t, winner.Load().(string), payments.Result{State: payments.Declined})
		}
	})
}

// Opening and declining at the same time: a guard that moves between two looks is no error.
func TestGuardMoves(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for n := range 15 {
					p, err := b.Open(t.Context(), once(fmt.Sprintf("CA%d-%d", i, n), 1))
					switch {
					case err == nil:
						if _, _, err := b.Close(t.Context(), p.ID, payments.Result{State: payments.Declined}); err != nil {
							t.Error(err)
						}
					case !errors.Is(err, payments.ErrUnsettled):
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestOpenRefuses(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		for name, spoil := range map[string]func(*payments.NewPayment){
			"no call":            func(n *payments.NewPayment) { n.Call = "" },
			"a negative turn":    func(n *payments.NewPayment) { n.Turn = -1 },
			"no intent":          func(n *payments.NewPayment) { n.Intent = "" },
			"unknown source":     func(n *payments.NewPayment) { n.Source = "web" },
			"unknown method":     func(n *payments.NewPayment) { n.Method = "cash" },
			"no amount":          func(n *payments.NewPayment) { n.Amount.Minor = 0 },
			"a negative amount":  func(n *payments.NewPayment) { n.Amount.Minor = -1 },
			"too much":           func(n *payments.NewPayment) { n.Amount.Minor = 4111111111111111 },
			"no currency":        func(n *payments.NewPayment) { n.Amount.Currency = "" },
			"a currency in caps": func(n *payments.NewPayment) { n.Amount.Currency = "USD" },
			"NUL":                func(n *payments.NewPayment) { n.Reference = "a\x00b" },
			"broken UTF-8":       func(n *payments.NewPayment) { n.Reference = "a\xffb" },
		} {
			n := bill("CA1", 1)
			spoil(&n)
			if _, err := b.Open(t.Context(), n); err == nil {
				t.Errorf("%s: was opened", name)
			}
		}
	})
}
