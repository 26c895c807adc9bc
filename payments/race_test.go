package payments_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paydial/paydial/payments"
)

// Results that come at the very same moment: one is taken, and each of the others hears that it contradicts.
// Nothing but the lock of the row keeps two from both finding it open.
func TestCloseAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		states := []payments.State{
			payments.Paid, payments.Declined, payments.Cancelled, payments.GaveUp, payments.HungUp, payments.Unavailable,
		}
		for round := range 20 {
			p := b.open(t, bill(fmt.Sprint("CA", round), 1))
			var taken, contradicted atomic.Int32
			var wg sync.WaitGroup
			start := make(chan struct{})
			for _, s := range states {
				wg.Go(func() {
					<-start
					_, changed, err := b.Close(t.Context(), p.ID, payments.Result{State: s})
					switch {
					case errors.Is(err, payments.ErrContradiction):
						contradicted.Add(1)
					case err != nil:
						t.Error(err)
					case changed:
						taken.Add(1)
					}
				})
			}
			close(start)
			wg.Wait()
			if taken.Load() != 1 || int(contradicted.Load()) != len(states)-1 {
				t.Fatalf("round %d: %d results were taken and %d contradicted, want 1 and %d",
					round, taken.Load(), contradicted.Load(), len(states)-1)
			}
			if got := b.get(t, p.ID); !got.Review {
				t.Errorf("round %d: not flagged: %+v", round, got)
			}
		}
	})
}
