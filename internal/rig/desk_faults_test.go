package rig_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/simulator"
)

// TestDeskInTrouble takes 500 payments (40 under the race detector) while callbacks overtake each other, come three times more, and every tenth is
// never sent. Every payment comes to the end it should, nobody is charged twice, and none is left open.
func TestDeskInTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("500 payments")
	}
	t.Parallel()
	r := rig.Start(t, local.Options{
		RedisURL:   redistest.Real(t),
		Sessions:   sessions.Config{Timeout: 10 * time.Second}, // the trouble is to be at Twilio
		DeskLimits: payments.Limits{KeyTimeout: 2, Grace: 300 * time.Millisecond, Result: time.Second, Unknown: 30 * time.Second},
	})
	faults(t, r, simulator.WebhookFaults{Shuffle: true, Duplicate: 3, LosePercent: 10})
	var wg sync.WaitGroup
	slots := make(chan struct{}, deskAtOnce)
	var mu sync.Mutex
	ends := map[string]payments.Assisted{}
	for i := range deskSessions {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			p, err := troubled(t, r, i)
			if err != nil {
				t.Errorf("payment %d: %v", i, err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ends[p.ID] = p
		})
	}
	wg.Wait()
	faults(t, r, simulator.WebhookFaults{})
	book := map[string][]rig.Charge{}
	for _, c := range r.Charges() {
		book[c.Parameters["paydial_payment"]] = append(book[c.Parameters["paydial_payment"]], c)
	}
	counts := map[payments.Stage]int{}
	for id, p := range ends {
		counts[p.Stage]++
		row, err := r.Local.App.Ledger.Get(t.Context(), id)
		if err != nil || row.Review {
			t.Errorf("%s: %+v, %v", id, row, err)
		}
		switch charges := book[id]; {
		case p.Stage == payments.StagePaid && (len(charges) != 1 || charges[0].ID != p.Confirmation || row.State != payments.Paid):
			t.Errorf("%s is paid, the ledger says %s and the book %+v", id, row.State, charges)
		case p.Stage == payments.StageDeclined && (len(charges) != 0 || row.State != payments.Declined):
			t.Errorf("%s is declined, the ledger says %s and the book %+v", id, row.State, charges)
		}
	}
	t.Logf("ends: %v, charges: %d", counts, len(book))
	if want := deskSessions / 5; counts[payments.StageDeclined] != want || counts[payments.StagePaid] != deskSessions-want {
		t.Errorf("ends %v, want %d declined and the others paid", counts, want)
	}
	open, err := r.Local.App.Desk.List(t.Context(), payments.Actor{ID: "boss", Supervisor: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range open {
		if !p.Stage.Over() {
			t.Errorf("%s is left %s", p.ID, p.Stage)
		}
	}
}

// troubled is one agent's payment: every fifth caller's card is declined, every third makes a slip first.
func troubled(t *testing.T, r *rig.Rig, i int) (payments.Assisted, error) {
	cards := "visa"
	switch {
	case i%5 == 0:
		cards = "declined"
	case i%3 == 0:
		cards = "wrong,visa"
	}
	call, err := r.TryAgentCall(cardsNamed(t, cards)...)
	if err != nil {
		return payments.Assisted{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	desk, who := r.Local.App.Desk, payments.Actor{ID: fmt.Sprintf("agent-%d", i), Screen: "one"}
	p, err := desk.Start(ctx, who, payments.Start{Call: call.SID, Key: uuid.NewString()})
	for err == nil && !p.Stage.Over() {
		switch {
		case p.Stage == payments.StageOpen && p.Asking == "" && len(p.Required) > 0:
			p, err = desk.Ask(ctx, who, p.ID, "first", "")
		case p.Stage == payments.StageOpen && len(p.Required) == 0:
			p, err = desk.Complete(ctx, who, p.ID, p.Amount, "charge")
		default:
			p, err = changed(ctx, desk, who, p)
		}
	}
	if err != nil {
		return p, fmt.Errorf("it stands at %s, asking %q, %+v: %w", p.Stage, p.Asking, p.Fields, err)
	}
	return p, call.End(ctx) // the app may not hear of it: that word can be lost too
}

// changed waits until a payment is another than it was.
func changed(ctx context.Context, desk *payments.Desk, who payments.Actor, was payments.Assisted) (payments.Assisted, error) {
	w, err := desk.Watch(ctx)
	if err != nil {
		return was, err
	}
	defer w.Close()
	p, err := desk.Get(ctx, who, was.ID)
	for err == nil && p.Version == was.Version {
		if err = news(ctx, w, was.ID); err == nil {
			p, err = desk.Get(ctx, who, was.ID)
		}
	}
	return p, err
}

// news waits until something is new of one payment.
func news(ctx context.Context, w *payments.Watcher, id string) error {
	for {
		select {
		case c := <-w.C:
			if c.ID == id || c.Call == "" {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// faults switches trouble on or off.
func faults(t *testing.T, r *rig.Rig, f simulator.WebhookFaults) {
	t.Helper()
	body, err := json.Marshal(simulator.Faults{Webhooks: f})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPut, r.SimURL+"/sim/v1/faults", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("faults: %s", resp.Status)
	}
}
