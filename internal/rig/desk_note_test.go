package rig_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
)

// TestNoteIsTheAgentsOwn: another agent can neither read nor write it, nor send the receipt.
func TestNoteIsTheAgentsOwn(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	a, call := opened(t, r, payments.Start{}, "visa")
	a.capture()
	a.finish()
	ctx, desk, id := t.Context(), r.Local.App.Desk, a.last.ID
	lee, boss := payments.Actor{ID: "lee", Screen: "x"}, payments.Actor{ID: "sam", Screen: "y", Supervisor: true}
	if _, err := desk.Note(ctx, lee, id, payments.WrapUpDone, ""); !errors.Is(err, payments.ErrNoAssisted) {
		t.Errorf("another agent writes: %v", err)
	}
	if _, err := desk.SendReceipt(ctx, lee, id, nil); !errors.Is(err, payments.ErrNoAssisted) {
		t.Errorf("another agent sends the receipt: %v", err)
	}
	if p, err := desk.Note(ctx, boss, id, payments.WrapUpOther, "the call was listened to"); err != nil || p.WrapUp != payments.WrapUpOther || p.Agent != "kim" {
		t.Errorf("a supervisor writes: %+v, %v", p, err)
	}
	for who, want := range map[payments.Actor]int{kim: 1, boss: 1, lee: 0} {
		if got, err := desk.On(ctx, who, call.SID); err != nil || len(got) != want {
			t.Errorf("%s sees %d payments of the call, %v", who.ID, len(got), err)
		}
	}
}

// TestPractisingAlone answers on the desk's own phone, and lets the caller answer by themselves.
func TestPractisingAlone(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	r.Ringing(t)
	b.click(".agent-answer")
	b.reads("#softphone", "The caller answers by themselves")
	b.run(`const s = document.querySelector('#softphone [name="habit"]'); s.value = "mistakes"; s.dispatchEvent(new Event("change", {bubbles: true}))`)
	b.until(`!document.querySelector("#softphone .practice-card").hidden`)
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.field("payment-card-number", "typing")
	b.look("practice")
	b.field("payment-card-number", "wrong")
	b.press("2")
	b.field("expiration-date", "typing")
}

// TestDeskWrapUpOnThePage sends the receipt, writes an outcome with a note that first holds a card number, finds it on
// the call's page, and is asked for it when the next call comes.
func TestDeskWrapUpOnThePage(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	call := r.AgentCall(t, cardsNamed(t, "visa")...)
	b.reads("#desk-work", "owes")
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.charges("payment-card-number", "expiration-date", "security-code")
	b.reads("#desk-work", "Approved")
	b.click(`[data-do="receipt"]`)
	b.reads("#desk-work", "Receipt sent to "+"+1 555 012 3456")
	b.until(`document.querySelector('[name="outcome"][value="done"]').checked`)
	if _, err := call.HangUp(); err != nil {
		t.Fatal(err)
	}
	r.AgentCall(t, cardsNamed(t, "visa")...)
	b.until(`document.querySelectorAll("#desk-calls [data-call]").length === 2`)
	b.click("#desk-calls li:first-child button")
	b.reads("#desk-work", "The call before has no outcome yet: $84.20")
	b.look("unwrapped")
	b.click(`[data-key="unwrapped"] [data-do="choose"]`)
	b.click(`[name="outcome"][value="call_back"] + span`)
	b.focus(`[name="note"]`)
	for _, key := range "4242 4242 4242 4242" {
		b.press(string(key))
	}
	b.reads(".desk-note", "That looks like a card number")
	b.run(`const el = document.querySelector('[name="note"]'); el.value = ""; el.dispatchEvent(new Event("input", {bubbles: true}))`)
	for _, key := range "Rings on Friday" {
		b.press(string(key))
	}
	b.look("wrap-up")
	b.click(`[data-key="keep-note"]`)
	b.reads(".desk-note.kept", "We call back Rings on Friday")
	b.look("wrapped-up")
	b.click(`[data-do="note-open"]`)
	b.until(`document.querySelector('[name="note"]').value === "Rings on Friday"`)
	b.click(`[data-do="note-close"]`)
	b.reads(".desk-note.kept", "Rings on Friday")
	b.do(chromedp.Navigate(r.AppURL + "/calls/" + call.SID))
	b.reads("body", "Rings on Friday")
	b.look("call-note")
	if page := b.value("document.documentElement.outerHTML"); strings.Contains(page, "42424242") || strings.Contains(page, "4242 4242") {
		t.Error("the page shows a card number")
	}
}
