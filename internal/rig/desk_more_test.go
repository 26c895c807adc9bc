package rig_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
)

// opened is an agent with a call that has an open payment.
func opened(t *testing.T, r *rig.Rig, s payments.Start, cards string) (*agent, *rig.AgentCall) {
	t.Helper()
	call := r.AgentCall(t, cardsNamed(t, cards)...)
	a := &agent{t: t, desk: r.Local.App.Desk, who: kim}
	s.Call, s.Key = call.SID, uuid.NewString()
	a.took(a.desk.Start(t.Context(), kim, s))
	a.until("open", func(p payments.Assisted) bool { return p.Stage == payments.StageOpen })
	return a, call
}

// capture asks for everything that is missing.
func (a *agent) capture() {
	a.t.Helper()
	for len(a.last.Required) > 0 {
		a.ask(a.last.Required[0], payments.FieldRight)
	}
}

// finish sends it to the card company and waits for the end.
func (a *agent) finish() payments.Assisted {
	a.t.Helper()
	a.took(a.desk.Complete(a.t.Context(), a.who, a.last.ID, a.last.Amount, uuid.NewString()))
	return a.until("the end", func(p payments.Assisted) bool { return p.Stage.Over() })
}

// stage waits for a stage.
func (a *agent) stage(want payments.Stage) payments.Assisted {
	a.t.Helper()
	return a.until(string(want), func(p payments.Assisted) bool { return p.Stage == want })
}

// withProject is the demo project with texts of its files replaced.
func withProject(t *testing.T, pairs ...string) flows.Bundle {
	t.Helper()
	b := rig.Demo(t)
	for i := 0; i+1 < len(pairs); i += 2 {
		found := false
		for k := range b.Files {
			if bytes.Contains(b.Files[k].Source, []byte(pairs[i])) {
				b.Files[k].Source = bytes.Replace(b.Files[k].Source, []byte(pairs[i]), []byte(pairs[i+1]), 1)
				found = true
			}
		}
		if !found {
			t.Fatalf("the demo project has no %q", pairs[i])
		}
	}
	return b
}

func TestAgentTakesBankAccount(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	a, _ := opened(t, r, payments.Start{Method: "ach-debit", BankAccount: "consumer-savings", First: "first"}, "visa")
	a.until("the routing number", func(p payments.Assisted) bool { return p.Fields[0].State == payments.FieldRight })
	if f := a.last.Fields[0]; f.Value != "110000000" || f.Name != "bank-routing-number" {
		t.Errorf("routing number %+v", f)
	}
	if f := a.ask("bank-account-number", payments.FieldRight); f.Value != "*******89" {
		t.Errorf("account number %+v", f)
	}
	p := a.finish()
	book := r.Charges()
	if p.Stage != payments.StagePaid || p.Last4 != "89" || len(book) != 1 || book[0].ID != p.Confirmation || book[0].Amount != "84.20" {
		t.Errorf("it ended as %s, %+v, book %+v", p.Stage, p.Trouble, book)
	}
}

// TestAgentSavesCard saves a card with each connector: which of token and profile comes back is Twilio's table.
// Source: https://www.twilio.com/docs/voice/api/payment-resource (PaymentToken, ProfileId).
func TestAgentSavesCard(t *testing.T) {
	t.Parallel()
	braintree := "\n        extra: { MerchantAccountId: \"'acme'\", name: \"'bill'\", kind: \"'debit'\", quantity: 1, totalAmount: 84.20, unitAmount: 84.20 }"
	for _, tc := range []struct {
		connector, tokenType string
		token, profile       string // how they begin; "" for none
		extra                string
	}{
		{connector: "sandbox", token: "TOK-"},
		{connector: "stripe", token: "tok_", profile: "cus_"},
		{connector: "stripe", tokenType: "one-time", token: "tok_", profile: "cus_"},
		{connector: "stripe", tokenType: "payment-method", token: "pm_", profile: "cus_"},
		{connector: "braintree", token: "any", profile: "any", extra: braintree},
		{connector: "cardconnect", token: "any", profile: "any"},
		{connector: "chase", profile: "any"},
		{connector: "base-commerce", token: "any"},
		{connector: "aci", token: "any"},
		{connector: "shuttle", token: "any"},
	} {
		t.Run(tc.connector+"/"+tc.tokenType, func(t *testing.T) {
			t.Parallel()
			r := rig.Start(t, local.Options{Bundle: withProject(t, "connector: sandbox", "connector: "+tc.connector,
				"        postal_code: account.zip", "        postal_code: account.zip"+tc.extra)})
			a, _ := opened(t, r, payments.Start{Intent: payments.Save, TokenType: tc.tokenType}, "visa")
			a.capture()
			if p := a.finish(); p.Stage != payments.StageSaved || p.Confirmation != "" {
				t.Fatalf("it ended as %s, %+v", p.Stage, p.Trouble)
			}
			row, err := r.Local.App.Ledger.Get(t.Context(), a.last.ID)
			if err != nil || row.State != payments.Saved || !begins(row.Token, tc.token) || !begins(row.ProfileID, tc.profile) {
				t.Errorf("token %q, profile %q, state %s, %v; want %q, %q", row.Token, row.ProfileID, row.State, err, tc.token, tc.profile)
			}
		})
	}
}

// begins tells whether an id is as wanted: "" none, "any" some, else how it begins.
func begins(id, want string) bool {
	switch want {
	case "":
		return id == ""
	case "any":
		return id != ""
	}
	return strings.HasPrefix(id, want)
}

func TestAgentPaymentEnds(t *testing.T) {
	t.Parallel()
	quick := payments.Limits{KeyTimeout: 1, Grace: 100 * time.Millisecond, Idle: 700 * time.Millisecond}
	for name, tc := range map[string]struct {
		limits payments.Limits
		cards  string
		do     func(t *testing.T, a *agent, call *rig.AgentCall)
		want   payments.Stage
		state  payments.State
		code   string // of the trouble
	}{
		"declined": {cards: "declined", do: func(_ *testing.T, a *agent, _ *rig.AgentCall) { a.capture(); a.finish() },
			want: payments.StageDeclined, state: payments.Declined, code: "64012"},
		"cancelled by the agent": {cards: "visa", do: func(t *testing.T, a *agent, _ *rig.AgentCall) {
			a.ask("payment-card-number", payments.FieldRight)
			a.took(a.desk.Cancel(t.Context(), kim, a.last.ID, ""))
			a.took(a.desk.Cancel(t.Context(), kim, a.last.ID, "")) // again
		}, want: payments.StageCancelled, state: payments.Cancelled},
		"star": {cards: "star", do: func(t *testing.T, a *agent, _ *rig.AgentCall) {
			a.took(a.desk.Ask(t.Context(), kim, a.last.ID, "expiration-date", ""))
		}, want: payments.StageCancelled, state: payments.Cancelled, code: "caller-interrupted-with-star"},
		"the caller leaves": {cards: "hangup", do: func(t *testing.T, a *agent, _ *rig.AgentCall) {
			a.took(a.desk.Ask(t.Context(), kim, a.last.ID, "payment-card-number", ""))
		}, want: payments.StageCallerLeft, state: payments.HungUp, code: "caller-hung-up"},
		"nobody does anything": {limits: quick, cards: "visa", do: func(*testing.T, *agent, *rig.AgentCall) {},
			want: payments.StageCancelled, state: payments.Cancelled, code: "idle"},
		"the agent signs off": {cards: "visa", do: func(t *testing.T, a *agent, _ *rig.AgentCall) {
			if err := a.desk.SignedOff(t.Context(), kim.ID); err != nil {
				t.Fatal(err)
			}
		}, want: payments.StageCancelled, state: payments.Cancelled, code: "signed_off"},
		"the gateway's answer is lost": {limits: payments.Limits{Result: 300 * time.Millisecond, Unknown: time.Second}, cards: "no-answer",
			do:   func(_ *testing.T, a *agent, _ *rig.AgentCall) { a.capture(); a.finish() },
			want: payments.StageUnknown, state: payments.Unknown, code: "no_result"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.Start(t, local.Options{DeskLimits: tc.limits})
			a, call := opened(t, r, payments.Start{}, tc.cards)
			tc.do(t, a, call)
			p := a.stage(tc.want)
			if tc.code != "" && (p.Trouble == nil || p.Trouble.Code != tc.code) {
				t.Errorf("trouble %+v, want %s", p.Trouble, tc.code)
			}
			row, err := r.Local.App.Ledger.Get(t.Context(), p.ID)
			for deadline := time.Now().Add(time.Minute); err == nil && row.State != tc.state && time.Now().Before(deadline); {
				row, err = r.Local.App.Ledger.Get(t.Context(), p.ID)
			}
			if err != nil || row.State != tc.state || row.Source != payments.SourceDesk || row.Agent != "kim" {
				t.Errorf("the ledger says %+v, %v", row, err)
			}
			if charged := len(r.Charges()); charged != 0 {
				t.Errorf("%d charges", charged)
			}
		})
	}
}

// TestDeskRefuses is every refusal of the desk, which leaves things as they are.
func TestDeskRefuses(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	ctx, desk := t.Context(), r.Local.App.Desk
	if _, err := desk.Start(ctx, kim, payments.Start{Call: "CA00000000000000000000000000000009", Key: "k"}); !errors.Is(err, payments.ErrNotOffered) {
		t.Errorf("a call nobody handed over: %v", err)
	}
	a, call := opened(t, r, payments.Start{}, "visa")
	usd := func(minor int64) payments.Amount { return payments.Amount{Minor: minor, Currency: "usd"} }
	other, boss := payments.Actor{ID: "lee", Screen: "x"}, payments.Actor{ID: "sam", Screen: "y", Supervisor: true}
	second := payments.Actor{ID: "kim", Screen: "two"}
	id := a.last.ID
	for name, tc := range map[string]struct {
		try  func() error
		want error
	}{
		"another payment on the call": {func() error {
			p, err := desk.Start(ctx, other, payments.Start{Call: call.SID, Key: "k2"})
			if p.ID != id {
				return fmt.Errorf("it came with %q", p.ID)
			}
			return err
		}, payments.ErrCallBusy},
		"raised": {func() error {
			_, err := desk.Start(ctx, kim, payments.Start{Call: call.SID, Key: "k3", Amount: usd(8421)})
			return err
		}, payments.ErrRaised},
		"over the limit": {func() error {
			_, err := desk.Start(ctx, boss, payments.Start{Call: call.SID, Key: "k4", Amount: usd(200001)})
			return err
		}, payments.ErrAmount},
		"another currency": {func() error {
			_, err := desk.Start(ctx, boss, payments.Start{Call: call.SID, Key: "k5", Amount: payments.Amount{Minor: 1, Currency: "eur"}})
			return err
		}, payments.ErrAmount},
		"a card in the reference": {func() error {
			_, err := desk.Start(ctx, kim, payments.Start{Call: call.SID, Key: "k6", Reference: "4242 4242 4242 4242"})
			return err
		}, payments.ErrCardData},
		"somebody else's":                  {func() error { _, err := desk.Get(ctx, other, id); return err }, payments.ErrNoAssisted},
		"somebody else asks":               {func() error { _, err := desk.Ask(ctx, other, id, "expiration-date", ""); return err }, payments.ErrNoAssisted},
		"a second screen":                  {func() error { _, err := desk.Ask(ctx, second, id, "expiration-date", ""); return err }, payments.ErrOtherScreen},
		"a supervisor, before taking over": {func() error { _, err := desk.Cancel(ctx, boss, id, ""); return err }, payments.ErrOtherScreen},
		"a field there is none of":         {func() error { _, err := desk.Ask(ctx, kim, id, "bank-routing-number", ""); return err }, payments.ErrField},
		"more time for nothing":            {func() error { _, err := desk.MoreTime(ctx, kim, id, ""); return err }, payments.ErrStage},
		"too early":                        {func() error { _, err := desk.Complete(ctx, kim, id, a.last.Amount, ""); return err }, payments.ErrMissing},
		"another amount":                   {func() error { _, err := desk.Complete(ctx, kim, id, usd(1), ""); return err }, payments.ErrAmount},
		"an unknown payment":               {func() error { _, err := desk.Get(ctx, kim, "pay_none"); return err }, payments.ErrNoAssisted},
		"taken over by another agent":      {func() error { _, err := desk.TakeOver(ctx, other, id); return err }, payments.ErrNoAssisted},
	} {
		if err := tc.try(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	if p := a.stage(payments.StageOpen); p.Asking != "" || len(p.Log) != 2 {
		t.Errorf("something moved: %+v", p)
	}
}

// TestSecondScreenTakesOver is a reload in another tab, and a supervisor who helps.
func TestSecondScreenTakesOver(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	a, _ := opened(t, r, payments.Start{}, "visa")
	a.ask("payment-card-number", payments.FieldRight)
	for _, who := range []payments.Actor{{ID: "kim", Screen: "two"}, {ID: "sam", Screen: "y", Supervisor: true}} {
		before := a.who
		a.who = who
		a.took(a.desk.TakeOver(t.Context(), who, a.last.ID))
		if _, err := a.desk.Ask(t.Context(), before, a.last.ID, "security-code", ""); err == nil {
			t.Errorf("%+v still leads after %+v took over", before, who)
		}
	}
	a.capture()
	if p := a.finish(); p.Stage != payments.StagePaid || p.Agent != "sam" || len(r.Charges()) != 1 {
		t.Errorf("it ended as %s of %s", p.Stage, p.Agent)
	}
}

// TestSecondChargeNeedsReason pays twice on one call, for two things.
func TestSecondChargeNeedsReason(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	a, call := opened(t, r, payments.Start{Amount: payments.Amount{Minor: 2000, Currency: "usd"}}, "visa")
	a.capture()
	a.finish()
	again := payments.Start{Call: call.SID, Key: "again", Reference: "late fee"}
	if _, err := a.desk.Start(t.Context(), kim, again); !errors.Is(err, payments.ErrReason) {
		t.Fatalf("a second charge without a reason: %v", err)
	}
	again.Reason = "the caller pays a late fee too"
	a.took(a.desk.Start(t.Context(), kim, again))
	a.capture()
	if p := a.finish(); p.Stage != payments.StagePaid || len(r.Charges()) != 2 {
		t.Errorf("it ended as %s, %d charges", p.Stage, len(r.Charges()))
	}
}

// TestKeypadDetour sends the caller to the keypad; the result is on the screen, and the caller comes back.
func TestKeypadDetour(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	call := r.AgentCall(t, cardsNamed(t, "wrong,visa")...)
	a := &agent{t: t, desk: r.Local.App.Desk, who: kim}
	a.took(a.desk.Start(t.Context(), kim, payments.Start{Call: call.SID, Key: "desk"}))
	a.took(a.desk.SendToKeypad(t.Context(), kim, payments.Start{Call: call.SID, Key: "keypad"}))
	p := a.until("the end", func(p payments.Assisted) bool { return p.Stage.Over() })
	if p.Stage != payments.StagePaid || !p.Keypad || p.Last4 != "4242" || len(p.Required) > 0 || p.Fields[0].Value != "xxxxxxxxxxxx4242" {
		t.Fatalf("it ended as %s, trouble %+v, fields %+v", p.Stage, p.Trouble, p.Fields)
	}
	if err := call.Back(t.Context()); err != nil { // the agent's phone rings again
		t.Fatal(err)
	}
	out, err := call.HangUp()
	if err != nil || out.Outcome != "paid" || len(r.Charges()) != 1 || out.Payment.Confirmation != p.Confirmation {
		t.Errorf("the call ended as %+v, %v", out, err)
	}
	if h, err := a.desk.Handovers(t.Context()); err != nil || len(h) != 0 {
		t.Errorf("still on the desks: %+v, %v", h, err)
	}
}

// TestCallbackOfAnotherPayment is a signed callback with the wrong session, and one with a wrong signature.
func TestCallbackOfAnotherPayment(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	a, call := opened(t, r, payments.Start{}, "visa")
	path := "/voice/payments/" + a.last.ID + "?ask=1"
	form := rig.Form(call.SID, "Sid", "PK00000000000000000000000000000001", "Result", "success",
		"PaymentConfirmationCode", "FORGED", "PaymentMethod", "credit-card")
	if got := r.Webhook(path, form); got.Status != http.StatusNoContent {
		t.Errorf("another session's result was answered %d", got.Status)
	}
	if got := r.Post(path, form.Encode(), r.Sign("somebodyelsestoken", path, form)); got.Status != http.StatusForbidden {
		t.Errorf("a wrong signature was answered %d", got.Status)
	}
	other := r.AgentCall(t, cardsNamed(t, "visa")...)
	form = rig.Form(other.SID, "Result", "success", "PaymentConfirmationCode", "FORGED", "PaymentMethod", "credit-card")
	if got := r.Webhook("/voice/desk/"+a.last.ID+"/done", form); got.Status != http.StatusForbidden {
		t.Errorf("another call's result was answered %d", got.Status)
	}
	if p := a.stage(payments.StageOpen); p.Confirmation != "" {
		t.Errorf("it moved: %+v", p)
	}
	row, err := r.Local.App.Ledger.Get(t.Context(), a.last.ID)
	if err != nil || row.State != payments.Started {
		t.Errorf("the ledger says %s, %v", row.State, err)
	}
}
