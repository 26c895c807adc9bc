package rig_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/browsertest"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// captures asks for the fields with the keys until nothing is missing.
func (b *browser) captures(fields ...string) {
	b.t.Helper()
	for i, name := range fields {
		if i > 0 { // the first is asked with the start
			b.press(fmt.Sprint(i + 1))
		}
		b.field(name, "right")
	}
	b.until("document.getElementById('charge').getAttribute('aria-disabled') === null")
}

// charges captures the fields, and charges with the key.
func (b *browser) charges(fields ...string) {
	b.t.Helper()
	b.captures(fields...)
	b.press("\r")
}

// focused is what has the focus: its id, what it does, or its name.
func (b *browser) focused() string {
	b.t.Helper()
	return b.value("(({id, dataset, name, value, type, tagName}) => dataset.key || dataset.do || id || (type === 'radio' ? name + '=' + value : name) || tagName)(document.activeElement)")
}

// TestDeskTakesBankAccountOnThePage is ACH from the choice of the method to the end: the kind of account, the sentence
// that has to be read, the tick without which nothing starts, the routing number in clear, two digits of the account.
func TestDeskTakesBankAccountOnThePage(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	r.AgentCall(t, cardsNamed(t, "visa")...)
	b.reads("#desk-work", "owes")
	b.click(`[name="method"][value="ach-debit"]`)
	b.do(chromedp.SetValue(chromedp.CSS(`select[name="bank"]`), "consumer-savings"))
	b.run(`document.querySelector('select[name="bank"]').dispatchEvent(new Event("input", {bubbles: true}))`)
	b.reads(".desk-consent", "personal savings account")
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.reads(".desk-consent", "tick when the caller has said yes")
	if there := b.value("String(document.querySelector('[data-payment]') !== null)"); there != "false" {
		t.Fatal("a payment began without consent")
	}
	b.click(`[name="consent"]`)
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.reads(`[data-payment]`, "personal savings")
	b.charges("bank-routing-number", "bank-account-number")
	b.reads("#desk-work", "Approved")
	b.reads(".desk-end", "•••• 89")
	if book := r.Charges(); len(book) != 1 || book[0].Amount != "84.20" {
		t.Errorf("the gateway's book: %+v", book)
	}
	if page := b.text("html"); strings.Contains(page, "000123456789") {
		t.Error("the page shows the account number")
	}
	b.look("bank-paid")
}

// TestDeskSavesCardOnThePage keeps a card and charges nothing; the token is on no page.
func TestDeskSavesCardOnThePage(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	r.AgentCall(t, cardsNamed(t, "visa")...)
	b.reads("#desk-work", "owes")
	b.click(`[name="intent"][value="save"]`)
	b.reads(".desk-consent", "Nothing is charged now")
	b.click(`[name="consent"]`)
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.charges("payment-card-number", "expiration-date", "security-code")
	b.reads(".desk-end", "Nothing was charged")
	if book := r.Charges(); slices.ContainsFunc(book, func(c rig.Charge) bool { return c.Amount != "" && c.Amount != "0.00" }) {
		t.Errorf("the gateway's book: %+v", book)
	}
	if page := b.value("document.documentElement.outerHTML"); strings.Contains(page, "TOK-") {
		t.Error("the page shows the token")
	}
	b.look("saved-really")
}

// TestDeskSendsToKeypadAndBack gives the caller to the keypad in the middle, sees the result, and the agent's phone
// rings again on the same page.
func TestDeskSendsToKeypadAndBack(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	call := r.AgentCall(t, cardsNamed(t, "visa")...)
	b.reads("#desk-work", "owes")
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.field("payment-card-number", "right")
	b.click(`[data-do="to-keypad"]`)
	b.reads("#desk-ask", "Send the caller to the keypad?")
	b.press("\r")
	b.reads(".desk-end", "Approved")
	b.reads("#softphone", "Answer")
	b.look("keypad-back")
	b.click(".agent-answer")
	b.reads("#softphone", "Hang up")
	if out, err := call.HangUp(); err != nil || out.Outcome != "paid" || len(r.Charges()) != 1 {
		t.Errorf("the call ended as %+v, %v, charges %+v", out, err, r.Charges())
	}
}

// TestDeskKeysOff switches the single keys off: then 1, the full stop, ? and Enter do nothing. Esc goes on working:
// it is no character key.
func TestDeskKeysOff(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	r.AgentCall(t, cardsNamed(t, "visa")...)
	b.reads("#desk-work", "owes")
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.field("payment-card-number", "right")
	b.click("#desk-keys")
	b.run("document.activeElement.blur()")
	for _, key := range []string{"2", ".", "?", "\r"} {
		b.press(key)
	}
	b.press("\x1b") // what comes of it proves that the keys before have been heard
	b.reads("#desk-ask", "Cancel this payment?")
	b.press("\x1b")
	b.until("!document.querySelector('dialog[open]')")
	if states := b.value("[...document.querySelectorAll('[data-field][data-state]')].map((f) => f.dataset.state).join()"); states != "right,not_asked,not_asked,right" {
		t.Errorf("the fields after keys that are off: %s", states)
	}
	b.do(chromedp.Reload()) // the switch is remembered
	b.reads("#desk-work", "Still needed")
	b.until("!document.getElementById('desk-keys').checked")
	b.click("#desk-keys")
	b.run("document.activeElement.blur()")
	b.press("2")
	b.field("expiration-date", "right")
}

// TestDeskFocus walks the page with Tab alone, from its start to the button that takes the payment; questions keep
// the focus and give it back; Enter on a focused Cancel asks, and charges nothing.
func TestDeskFocus(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	r.AgentCall(t, cardsNamed(t, "visa")...)
	b.reads("#desk-work", "owes")
	b.run("document.activeElement.blur(); window.getSelection().removeAllRanges()")
	var walked []string
	for range 60 {
		b.press("\t")
		walked = append(walked, b.focused())
		if walked[len(walked)-1] == "start" {
			break
		}
	}
	at := -1
	for _, want := range []string{"desk-keys", "help", "choose", "amount", "reference", "method=credit-card", "intent=charge", "keypad", "start"} {
		next := slices.Index(walked[at+1:], want)
		if next < 0 {
			t.Fatalf("Tab does not come to %s after %v; it goes %v", want, walked[:at+1], walked)
		}
		at += 1 + next
	}
	b.press("\r")
	b.captures("payment-card-number", "expiration-date", "security-code")
	b.focus(`[data-do="cancel"]`)
	b.press("\r")
	b.reads("#desk-ask", "Cancel this payment?")
	for range 5 { // the browser's own stops are not the page's
		b.press("\t")
		b.until("document.getElementById('desk-ask').contains(document.activeElement) || document.activeElement === document.body")
	}
	b.press("\x1b")
	b.until("!document.getElementById('desk-ask').open")
	if here := b.focused(); here != "cancel" {
		t.Errorf("after the question the focus is on %s", here)
	}
	if len(r.Charges()) != 0 {
		t.Error("Enter on Cancel charged")
	}
	b.forcedColours()
}

// forcedColours looks at a payment in the colours of somebody who has chosen their own.
func (b *browser) forcedColours() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}, {Name: "prefers-color-scheme", Value: "dark"}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.until("matchMedia('(forced-colors: active)').matches")
	b.picture("desk-forced-colours")
}

// TestDeskSecondTab opens the desk in another tab of the same browser: it has a name of its own, can only look, and
// leads once it has taken over; then the first can only look.
func TestDeskSecondTab(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	one := deskBrowser(t, r, "kim")
	r.AgentCall(t, cardsNamed(t, "visa")...)
	one.reads("#desk-work", "owes")
	one.focus(`[data-do="start"]`)
	one.press("\r")
	one.field("payment-card-number", "right")
	two := one.tab()
	two.do(chromedp.Navigate(r.AppURL + "/desk"))
	two.reads("#desk-work", "Another screen of yours leads this payment")
	two.run("document.activeElement.blur()")
	two.press("2")
	two.until("document.getElementById('charge') === null")
	two.look("second-tab")
	two.click(`[data-do="take-over"]`)
	two.reads("#desk-ask", "Take over this payment?")
	two.press("\r")
	two.until("document.getElementById('charge') !== null")
	one.reads("#desk-work", "Another screen of yours leads this payment")
	two.charges("payment-card-number", "expiration-date", "security-code")
	one.reads("#desk-work", "Approved")
	two.reads("#desk-work", "Approved")
	if len(r.Charges()) != 1 {
		t.Errorf("the gateway's book: %+v", r.Charges())
	}
}

// TestTabsOnATelephone: where there is no room for the names of all pages, the one that is open is in sight.
func TestTabsOnATelephone(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "sam")
	b.do(chromedp.EmulateViewport(360, 740))
	for _, page := range []string{"/audit", "/payments", "/desk"} {
		b.do(chromedp.Navigate(r.AppURL + page))
		b.until(fmt.Sprintf(`(() => {
			const nav = document.querySelector(".bar-nav").getBoundingClientRect(), here = document.querySelector(".bar-nav [aria-current]");
			const at = here.getBoundingClientRect();
			return here.getAttribute("href") === %q && nav.width > 0 && at.left >= nav.left - 1 && at.right <= nav.right + 1;
		})()`, page))
	}
	b.picture("tabs-360")
}

// tab is another tab of the same browser.
func (b *browser) tab() *browser {
	b.t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	b.t.Cleanup(closeTab)
	if err := browsertest.Ready(ctx); err != nil {
		b.t.Fatal(err)
	}
	return &browser{t: b.t, ctx: ctx}
}
