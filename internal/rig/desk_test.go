package rig_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
)

// kim is the agent of these tests.
var kim = payments.Actor{ID: "kim", Screen: "one"}

// agent is somebody at the desk, with one payment.
type agent struct {
	t    testing.TB
	desk *payments.Desk
	who  payments.Actor
	last payments.Assisted
}

// took notes the payment that an action came to.
func (a *agent) took(p payments.Assisted, err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatalf("%v; it stands at %s, trouble %+v", err, p.Stage, p.Trouble)
	}
	a.last = p
}

// until looks at the payment with every change, until it is as wanted.
func (a *agent) until(what string, wanted func(payments.Assisted) bool) payments.Assisted {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w, err := a.desk.Watch(ctx)
	if err != nil {
		a.t.Fatal(err)
	}
	defer w.Close()
	for {
		p, err := a.desk.Get(ctx, a.who, a.last.ID)
		if err != nil {
			a.t.Fatal(err)
		}
		if a.last = p; wanted(p) {
			return p
		}
		if news(ctx, w, p.ID) != nil {
			a.t.Fatalf("wait for %s: the payment stands at %+v", what, p)
		}
	}
}

// ask asks for a field and waits until it has come to an end.
func (a *agent) ask(field string, want payments.FieldState) payments.Field {
	a.t.Helper()
	a.took(a.desk.Ask(a.t.Context(), a.who, a.last.ID, field, ""))
	var got payments.Field
	a.until(field+" "+string(want), func(p payments.Assisted) bool {
		for _, f := range p.Fields {
			if f.Name == field {
				got = f
			}
		}
		switch got.State {
		case payments.FieldRight, payments.FieldWrong, payments.FieldSilent, payments.FieldStopped:
			return true
		}
		return p.Stage.Over()
	})
	if got.State != want {
		a.t.Fatalf("%s is %s (%s), want %s", field, got.State, got.Error, want)
	}
	return got
}

func cardsNamed(t testing.TB, names string) []caller.Card {
	t.Helper()
	cards, err := caller.ParseCards(names)
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

// TestAgentTakesCard is an agent's call from end to end: the expiry date first, a slip in the card number, the code
// twice, and one charge.
func TestAgentTakesCard(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	call := r.AgentCall(t, cardsNamed(t, "wrong,visa")...)
	a := &agent{t: t, desk: r.Local.App.Desk, who: kim}
	a.took(a.desk.Start(t.Context(), kim, payments.Start{Call: call.SID, Key: uuid.NewString()}))
	if p := a.last; p.Amount != (payments.Amount{Minor: 8420, Currency: "usd"}) || p.Reference != "Energy bill 5678" {
		t.Fatalf("the flow's offer came as %s for %q", p.Amount, p.Reference)
	}
	if f := a.ask("expiration-date", payments.FieldRight); f.Value != "1230" {
		t.Errorf("expiry date %q", f.Value)
	}
	if f := a.ask("payment-card-number", payments.FieldWrong); f.Error != "invalid-card-number" {
		t.Errorf("the slip is %q", f.Error)
	}
	if f := a.ask("payment-card-number", payments.FieldRight); f.Value != "xxxxxxxxxxxx4242" || f.Digits != 16 {
		t.Errorf("card number %+v", f)
	}
	a.ask("security-code", payments.FieldRight)
	if f := a.ask("security-code", payments.FieldRight); f.Tries != 2 || f.Value != "xxx" {
		t.Errorf("security code %+v", f)
	}
	if len(a.last.Required) != 0 || a.last.Brand != "visa" || a.last.Last4 != "4242" {
		t.Errorf("before the charge: %+v", a.last)
	}
	a.took(a.desk.Complete(t.Context(), kim, a.last.ID, a.last.Amount, "once"))
	a.took(a.desk.Complete(t.Context(), kim, a.last.ID, a.last.Amount, "once")) // a double click
	p := a.until("paid", func(p payments.Assisted) bool { return p.Stage.Over() })
	book := r.Charges()
	if p.Stage != payments.StagePaid || len(book) != 1 || book[0].ID != p.Confirmation || book[0].Parameters["paydial_payment"] != p.ID {
		t.Fatalf("stage %s, confirmation %q, book %+v", p.Stage, p.Confirmation, book)
	}
	out, err := call.HangUp()
	if err != nil || out.Outcome != "paid" || out.Payment == nil || out.Payment.Confirmation != p.Confirmation {
		t.Errorf("the call ended as %+v, %v", out, err)
	}
}
