package rig_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/browsertest"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// browserPatience is how long a step on a page may take; sentences are spoken eight times faster than by people.
const browserPatience = browsertest.Patience

// TestPayInTheBrowser is the newcomer's first call, all of it real: the page that dev serves, the app, the simulator
// and the gateway. Every key is clicked, the card's number too; the ledger and the book agree with the page.
func TestPayInTheBrowser(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := openBrowser(t)
	b.do(chromedp.Navigate(r.AppURL+"/phone"), chromedp.SetValue(chromedp.CSS("#opt-speed"), "0.125"))
	b.click("#ring")
	for _, step := range []struct{ hears, waiting, keys string }{ // two waits for keys read alike: the words tell them apart
		{"For English", "your keys", "1"},
		{"eight digit account number", "your keys", "12345678"},
		{"84 dollars and 20 cents", "your keys", "1"},
		{"card number", "your card number", "4242424242424242"},
		{"expiration date", "your expiry date", "1230"},
		{"security code", "your security code", "123"},
	} {
		b.reads("#captions", step.hears)
		b.reads("#waiting", "Waiting for "+step.waiting)
		for _, key := range step.keys {
			b.click(`[data-key="` + string(key) + `"]`)
		}
	}
	b.reads("#outcome", "Paid $84.20")
	b.reads("#captions", "Your confirmation is")
	book := r.Charges()
	if len(book) != 1 || book[0].Amount != "84.20" || book[0].Last4 != "4242" {
		t.Fatalf("the gateway's book: %+v", book)
	}
	b.picture("whole-call-paid")
	b.do(chromedp.Navigate(r.AppURL + "/payments"))
	b.reads("body", book[0].ID)
	b.picture("payments")
	b.do(chromedp.Navigate(r.AppURL + "/calls"))
	b.reads("body", "paid")
	if page := b.text("html"); strings.Contains(page, "424242") {
		t.Error("a page shows more than the last four digits")
	}
}

// browser is one page of Chromium.
type browser struct {
	looks int // so far, of the gallery
	t     *testing.T
	ctx   context.Context
}

// openBrowser opens a page with cookies of the test's own.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	return &browser{t: t, ctx: browsertest.Tab(t)}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v\nthe page shows:\n%s", err, b.text("body"))
	}
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.until(browsertest.Reachable(selector))
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// reads waits until an element's text holds the words.
func (b *browser) reads(selector, words string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	b.wait(ctx, fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').includes(%q)", selector, words), fmt.Sprintf("%q in %s", words, selector))
}

// wait waits for a JavaScript expression to be true. A page that gives way to the next ends one look, not the wait.
func (b *browser) wait(ctx context.Context, expression, what string) {
	b.t.Helper()
	err := browsertest.Poll(ctx, expression)
	for err != nil && ctx.Err() == nil {
		err = browsertest.Poll(ctx, expression)
	}
	if err != nil {
		b.t.Fatalf("wait for %s: %v\nthe page shows:\n%s", what, err, b.text("body"))
	}
}

func (b *browser) text(selector string) string {
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)))
	if err != nil {
		return err.Error()
	}
	return text
}

// picture saves the page as a picture where PAYDIAL_SCREENSHOTS names a folder.
func (b *browser) picture(name string) {
	b.t.Helper()
	browsertest.Picture(b.t, b.ctx, name)
}
