package rig_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// TestPaying rings the demo line in every way that a payment can end, over real HTTP and the real protocol.
func TestPaying(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, press, cards string
		outcome, result    string
		charges            int
		hears              []string
	}{
		{
			name: "visa", press: "1,12345678,1", cards: "visa", outcome: "paid", result: "paid", charges: 1,
			hears: []string{"eight digit account number", "84 dollars and 20 cents", "ending 4 2 4 2"},
		},
		{name: "amex", press: "1,12345678,1", cards: "amex", outcome: "paid", result: "paid", charges: 1,
			hears: []string{"four digit", "ending 0 0 0 5"}},
		{name: "declined", press: "1,12345678,1", cards: "declined", outcome: "declined", result: "declined",
			hears: []string{"did not approve"}},
		{name: "declined, then another card", press: "1,12345678,1,1", cards: "declined,mastercard",
			outcome: "paid", result: "paid", charges: 1, hears: []string{"did not approve", "ending 4 4 4 4"}},
		{name: "insufficient funds", press: "1,12345678,1", cards: "insufficient", outcome: "declined", result: "declined"},
		{name: "star inside pay", press: "1,12345678,1,*", cards: "visa", outcome: "cancelled", result: "cancelled",
			hears: []string{"You have not been charged"}},
		{name: "hang-up inside pay", press: "1,12345678,1", cards: "hangup", outcome: "hung_up", result: "hung_up"},
		{name: "a wrong number, then a right one", press: "1,12345678,1", cards: "wrong,visa", outcome: "paid", result: "paid",
			charges: 1, hears: []string{"not valid", "ending 4 2 4 2"}},
		{name: "another amount", press: "1,12345678,2,2500#,1", cards: "visa", outcome: "paid", result: "paid", charges: 1,
			hears: []string{"25 dollars"}},
		{name: "Spanish", press: "2,12345678,1", cards: "visa", outcome: "paid", result: "paid", charges: 1,
			hears: []string{"dólares"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rig.Start(t, local.Options{})
			got := r.Call(rig.Script(t, c.press, c.cards))
			if got.Outcome != c.outcome {
				t.Errorf("outcome %q, want %q; scenes %v\n%s", got.Outcome, c.outcome, got.Scenes, got.Said())
			}
			if got.Payment == nil || got.Payment.Result != c.result {
				t.Errorf("payment %+v, want result %q", got.Payment, c.result)
			}
			for _, want := range c.hears {
				if !strings.Contains(got.Said(), want) {
					t.Errorf("the caller did not hear %q, but\n%s", want, got.Said())
				}
			}
			book := r.Charges()
			if len(book) != c.charges {
				t.Errorf("%d charges in the gateway's book, want %d: %+v", len(book), c.charges, book)
			}
			if c.charges == 1 && len(book) == 1 {
				want := rig.Payment{Result: "paid", Amount: book[0].Amount, Currency: "usd", Brand: book[0].Brand,
					Last4: book[0].Last4, Confirmation: book[0].ID}
				if diff := cmp.Diff(&want, got.Payment); diff != "" {
					t.Errorf("payment against the book (-book +app):\n%s", diff)
				}
			}
			openPayments(t, r)
		})
	}
}

// openPayments fails when the ledger has a payment that was started and not closed.
func openPayments(t *testing.T, r *rig.Rig) {
	t.Helper()
	var list struct {
		Items []struct{ ID, State string } `json:"items"`
	}
	if err := r.TryAPI(t.Context(), "/api/v1/payments", &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Items) == 0 {
		t.Error("the ledger has no payment at all")
	}
	for _, p := range list.Items {
		if p.State == "started" {
			t.Errorf("payment %s was left open", p.ID)
		}
	}
}

// TestSilence stays silent from every stop on: the call must end with a person, a message or a goodbye.
func TestSilence(t *testing.T) {
	t.Parallel()
	for name, press := range map[string]string{
		"from the start": "", "at the account": "1", "at the balance": "1,12345678", "at the amount": "1,12345678,2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.Start(t, local.Options{})
			got := r.Call(rig.Script(t, press, ""))
			said := got.Said()
			if got.Outcome == "error" || !strings.Contains(said, "connecting you") && !strings.Contains(said, "oodbye") && !strings.Contains(said, "leave your name") {
				t.Errorf("outcome %q, scenes %v: a dead end\n%s", got.Outcome, got.Scenes, said)
			}
		})
	}
	t.Run("inside pay", func(t *testing.T) {
		t.Parallel()
		r := rig.Start(t, local.Options{})
		got := r.Call(rig.Script(t, "1,12345678,1", "silent"))
		if got.Payment == nil || got.Payment.Result != "gave_up" {
			t.Errorf("payment %+v, want gave_up", got.Payment)
		}
		openPayments(t, r)
	})
}
