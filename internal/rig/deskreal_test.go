package rig_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// wire is everything that goes between browsers and the app, and can be cut.
type wire struct {
	mu     sync.Mutex
	log    bytes.Buffer
	wishes map[string]map[string]bool // by path: the keys that came with it
	cut    bool
}

// wrap puts the wire before the app. Twilio's door is not on it: the digits that Twilio sends are masked by Twilio.
func (w *wire) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/desk") {
			next.ServeHTTP(out, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		w.mu.Lock()
		away := w.cut
		w.log.Write(body)
		if key := r.Header.Get("Idempotency-Key"); key != "" {
			if w.wishes[r.URL.Path] == nil {
				w.wishes[r.URL.Path] = map[string]bool{}
			}
			w.wishes[r.URL.Path][key] = true
		}
		w.mu.Unlock()
		if away {
			out.WriteHeader(http.StatusBadGateway)
			return
		}
		next.ServeHTTP(&tapped{ResponseWriter: out, wire: w}, r)
	})
}

// tapped writes an answer to the log too, and fails once the wire is cut.
type tapped struct {
	http.ResponseWriter
	wire *wire
}

func (t *tapped) Write(b []byte) (int, error) {
	t.wire.mu.Lock()
	defer t.wire.mu.Unlock()
	t.wire.log.Write(b)
	if t.wire.cut {
		return 0, io.ErrClosedPipe
	}
	return t.ResponseWriter.Write(b)
}

func (t *tapped) Flush() { _ = http.NewResponseController(t.ResponseWriter).Flush() }

func (t *tapped) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (w *wire) setCut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
}

// keysFor are the different keys that wishes of one kind came with.
func (w *wire) keysFor(suffix string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path, keys := range w.wishes {
		if strings.HasSuffix(path, suffix) {
			n += len(keys)
		}
	}
	return n
}

func (w *wire) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// dial lets the caller of a call press keys.
func dial(t *testing.T, r *rig.Rig, call, digits string) {
	t.Helper()
	resp, err := http.Post(r.SimURL+"/sim/v1/calls/"+call+"/digits", "application/json", strings.NewReader(fmt.Sprintf(`{"digits":%q}`, digits)))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("press: %s", resp.Status)
	}
}

// TestDeskSurvives is a payment through a reload in the middle of a number, a second tab that takes it over, a line
// that breaks, and a charge that is pressed three times. Nothing the browser got or kept holds more than four digits.
func TestDeskSurvives(t *testing.T) {
	t.Parallel()
	w := &wire{wishes: map[string]map[string]bool{}}
	r := rig.Start(t, local.Options{Wrap: w.wrap})
	b := deskBrowser(t, r, "kim")
	call := b.answered(r)
	b.reads("#desk-work", "Take a payment")
	b.click(`.desk-options summary`)
	b.click(`[name="slow"]`) // nobody waits in this test, but a slow machine may
	b.click(`[data-do="start"]`)
	b.field("payment-card-number", "waiting")
	dial(t, r, call, "424242424")
	b.reads(`li[data-field="payment-card-number"]`, "9 digits")
	b.reads("#desk-polite", "Card number: 9 digits")
	b.picture("desk-typing-real")

	b.do(chromedp.Reload()) // the browser forgets everything
	b.reads(`li[data-field="payment-card-number"]`, "9 digits")
	dial(t, r, call, "2424242#")
	b.field("payment-card-number", "right")
	b.reads(`li[data-field="payment-card-number"]`, "Visa")

	second := deskBrowser(t, r, "kim")
	second.reads("#desk-work", "Another screen of yours leads this payment")
	second.until("document.querySelector('[data-do=ask]') === null")
	second.click(`[data-do="take-over"]`)
	second.reads("#desk-ask", "Take over this payment?")
	second.click(`#desk-ask [value="yes"]`)
	second.until("document.querySelector('[data-do=ask]') !== null")
	b.reads("#desk-work", "Another screen of yours leads this payment") // the first one hears of it

	second.press("2")
	second.field("expiration-date", "waiting")
	w.setCut(true)
	dial(t, r, call, "1230")
	second.reads("#desk-offline", "No connection.")
	second.reads("#desk-offline", "What you see is from")
	second.judge("offline")
	second.picture("desk-offline")
	w.setCut(false)
	second.field("expiration-date", "right") // it comes back by itself, with what happened meanwhile
	second.until("document.getElementById('desk-offline').hidden")

	second.press("3")
	second.field("security-code", "waiting")
	dial(t, r, call, "123")
	second.field("security-code", "right")
	second.until("document.getElementById('charge').getAttribute('aria-disabled') === null")
	second.run("const c = document.getElementById('charge'); c.click(); c.click(); c.click()")
	second.reads("#desk-work", "Approved")
	if book := r.Charges(); len(book) != 1 {
		t.Errorf("charged %d times: %+v", len(book), book)
	}
	if n := w.keysFor("/complete"); n != 1 {
		t.Errorf("one intent went under %d keys", n)
	}
	w.searched(t, b, second)
}

// searched looks for card digits in all that went over the wire, and in what the tabs hold and keep.
func (w *wire) searched(t *testing.T, tabs ...*browser) {
	t.Helper()
	places := map[string]string{"the wire": w.text()}
	for i, b := range tabs {
		kept := b.value("document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie")
		places[fmt.Sprintf("tab %d", i+1)] = kept
	}
	for place, text := range places {
		if !strings.Contains(text, "4242") { // else this looks at the wrong thing
			t.Errorf("%s does not hold the last four digits", place)
		}
		if strings.Contains(text, "42424") {
			t.Errorf("%s holds more than four digits of the card", place)
		}
	}
	if kept := tabs[0].value("JSON.stringify(Object.keys(localStorage).concat(Object.keys(sessionStorage)))"); kept != `["paydial.desk.screen"]` {
		t.Errorf("the browser keeps %s", kept)
	}
}

// TestDeskTakesNoCardByHand: there is no place to write a card number, and an agent who tries is told why.
func TestDeskTakesNoCardByHand(t *testing.T) {
	t.Parallel()
	w := &wire{wishes: map[string]map[string]bool{}}
	r := rig.Start(t, local.Options{Wrap: w.wrap})
	b := deskBrowser(t, r, "kim")
	b.answered(r)
	b.reads("#desk-work", "Take a payment")
	b.focus(`[name="reference"]`)
	b.press(" for 4242 4242 4242 4242")
	b.reads("#desk-work", "That looks like a card number")
	b.until("!/4242/.test(document.querySelector('[name=reference]').value)")
	b.judge("card-refused")
	b.picture("desk-card-refused")
	b.run("document.querySelector('[name=amount]').select()")
	b.focus(`[name="amount"]`)
	b.press("90.00")
	b.reads("#desk-work", "Only a supervisor may charge more")
	b.until("document.querySelector('[data-do=start]').getAttribute('aria-disabled') === 'true'")
	b.judge("raised")
	b.press("1") // a digit in a field is a digit, not a wish
	b.run("document.querySelector('[name=amount]').value = ''")
	b.press("20.00")
	b.reads(`[data-do="start"]`, "$20.00")
	b.press("\r")
	b.field("payment-card-number", "waiting")
	b.reads(".desk-pay-head", "$20.00")
	b.press("\x1b")
	b.reads("#desk-ask", "Nothing was charged")
	b.click(`#desk-ask [value="yes"]`)
	b.reads("#desk-work", "Cancelled: nothing was charged")
	if n := w.keysFor("/cancel"); n != 1 || strings.Contains(w.text(), "4242") {
		t.Errorf("%d cancels; the number went over the wire: %t", n, strings.Contains(w.text(), "4242"))
	}
}

// TestAgentAnswersOnThePage: the agent's leg rings on the desk's own page, and is answered there.
func TestAgentAnswersOnThePage(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	b := deskBrowser(t, r, "kim")
	b.reads("#softphone", "Your phone is ready")
	r.Ringing(t)
	b.reads("#softphone", "is calling")
	b.reads("#softphone", "+1 555 012 3456")
	b.judge("ringing")
	b.picture("desk-ringing")
	b.click(".agent-answer")
	b.reads("#softphone", "on the line")
	b.reads("#desk-work", "Take a payment")
	b.click(".agent-hangup")
	b.reads("#softphone", "Your phone is ready")
}

// answered is a call that the agent has answered on the page: its caller's leg.
func (b *browser) answered(r *rig.Rig) string {
	b.t.Helper()
	call := r.Ringing(b.t)
	b.click(".agent-answer")
	b.reads("#softphone", "on the line")
	b.reads("#desk-work", "Take a payment")
	return call
}
