package rig_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// deskBrowser signs somebody in and opens the desk, with cookies of their own.
func deskBrowser(t *testing.T, r *rig.Rig, who string) *browser {
	t.Helper()
	b := openBrowser(t)
	b.colours("light")
	b.do(chromedp.Navigate(r.Local.SignIn(who)))
	b.reads("#desk-live", "Calls handed to you")
	return b
}

// colours makes the system's colour scheme light or dark, and stops what moves.
func (b *browser) colours(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// press sends one key of the keyboard to whatever has the focus.
func (b *browser) press(key string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key))
}

// field waits until a field of the payment is in a state.
func (b *browser) field(name, state string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelector('li[data-field=%q][data-state=%q]') !== null", name, state))
}

// until waits for a JavaScript expression to be true.
func (b *browser) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	b.wait(ctx, expression, expression)
}

// value is what a script on the page comes to.
func (b *browser) value(script string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return text
}

// run runs a script on the page.
func (b *browser) run(script string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](script+"; 0")); err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
}

// focus puts the focus on an element, as the Tab key would.
func (b *browser) focus(selector string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)))
}

// axeFinding is one rule that a page breaks.
type axeFinding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// serious runs axe over the page as it is now, and gives what it calls serious or critical. Without rules it tries all
// that it has.
func (b *browser) serious(rules ...string) []axeFinding {
	b.t.Helper()
	if b.value("typeof window.axe") == "undefined" {
		source, err := os.ReadFile("node/node_modules/axe-core/axe.min.js")
		if err != nil {
			b.t.Skip("axe-core is not installed: run npm ci in internal/rig/node")
		}
		b.run(string(source))
	}
	options := map[string]any{"resultTypes": []string{"violations"}}
	if len(rules) > 0 {
		options["runOnly"] = rules
	}
	raw, err := json.Marshal(options)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
		fmt.Sprintf("axe.run(document, %s).then((r) => JSON.stringify(r.violations))", raw), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var all, out []axeFinding
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		b.t.Fatal(err)
	}
	for _, f := range all {
		if f.Impact == "serious" || f.Impact == "critical" {
			out = append(out, f)
		}
	}
	return out
}

// ofColours are the rules of axe that the colours decide on. The others look at what is on the page, and where: what
// holds in the light holds in the dark.
var ofColours = []string{"color-contrast", "link-in-text-block"}

// look takes pictures of a state in light and dark, wide and narrow, and lets axe judge each.
func (b *browser) look(name string) {
	b.t.Helper()
	for _, at := range []struct {
		name   string
		width  int64
		height int64
	}{{"", 1280, 900}, {"-360", 360, 740}} {
		b.do(chromedp.EmulateViewport(at.width, at.height))
		for _, in := range []struct {
			colours string
			rules   []string
		}{{"light", nil}, {"dark", ofColours}} {
			if !everyLook {
				if narrow := b.looks%2 == 1; (at.width == 360) != narrow || (in.colours == "dark") != narrow {
					continue
				}
				in.rules = nil
			}
			b.colours(in.colours)
			b.judge(name+at.name+"-"+in.colours, in.rules...)
			b.picture("desk-" + name + at.name + "-" + in.colours)
		}
	}
	b.looks++
	b.do(chromedp.EmulateViewport(320, 700))
	b.until("document.documentElement.scrollWidth <= 320")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.colours("light")
}

func (b *browser) judge(name string, rules ...string) {
	b.t.Helper()
	for _, f := range b.serious(rules...) {
		for _, n := range f.Nodes {
			b.t.Errorf("%s: axe calls %s %s: %s\n%s\n%s", name, f.ID, f.Impact, f.Help, n.HTML, n.Summary)
		}
	}
}

// TestDeskByKeyboard is a whole capture without a mouse: answer, start, a slip, ask again, and one charge.
func TestDeskByKeyboard(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	b.look("empty")
	call := r.AgentCall(t, cardsNamed(t, "wrong,visa")...)
	b.reads("#desk-work", "owes")
	b.look("offered")
	b.focus(`[data-do="start"]`)
	b.press("\r")
	b.field("payment-card-number", "wrong")
	b.look("wrong")
	b.press("1")
	b.field("payment-card-number", "right")
	b.press("2")
	b.field("expiration-date", "right")
	b.press("3")
	b.field("security-code", "right")
	b.until("document.getElementById('charge').getAttribute('aria-disabled') === null")
	b.look("ready")
	b.press("\r")
	b.reads("#desk-work", "Approved")
	b.look("paid")
	if book := r.Charges(); len(book) != 1 || book[0].Amount != "84.20" {
		t.Errorf("the gateway's book: %+v", book)
	}
	if page := b.text("html"); strings.Contains(page, "424242") {
		t.Error("the page shows more than the last four digits")
	}
	if out, err := call.HangUp(); err != nil || out.Outcome != "paid" {
		t.Errorf("the call ended as %+v, %v", out, err)
	}
}
