package rig_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
)

// gallery answers for the desk's API with states that are hard to come by, behind the real page.
type gallery struct {
	mu   sync.Mutex
	desk map[string]any
}

func (g *gallery) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		desk := g.desk
		g.mu.Unlock()
		switch {
		case r.URL.Path == "/api/v1/desk":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(desk)
		case r.URL.Path == "/api/v1/desk/events":
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = fmt.Fprint(w, "event: beat\ndata: {}\n\n")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hang shows a person a desk with one payment on it, and one handover.
func (g *gallery) hang(me map[string]any, language string, shown ...payments.Assisted) {
	list := []any{}
	for _, p := range shown {
		list = append(list, viewed(p))
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.desk = map[string]any{
		"now": time.Now().UTC(), "me": me, "payments": list,
		"handovers": []any{map[string]any{
			"call_sid": "CA1", "from": rig.From, "to": rig.Line, "flow": "pay-my-bill", "scene": "balance", "team": "billing-desk",
			"language": language, "at": time.Now().Add(-134 * time.Second), "agent_sees": []any{
				map[string]any{"name": "account", "value": "····5678"}, map[string]any{"name": "owes", "value": "$84.20"}},
			"offer": map[string]any{
				"intent": "charge", "amount": map[string]any{"minor": 8420, "currency": "usd", "text": "84.20 usd"}, "reference": "Energy bill 5678",
				"method": "credit-card", "cards": []string{"visa", "mastercard", "amex"}, "ask_code": true, "ask_postal": true, "postal_code": "94109",
			},
		}},
	}
}

// viewed is a payment as the API shows it.
func viewed(p payments.Assisted) map[string]any {
	raw, _ := json.Marshal(p)
	var out map[string]any
	_ = json.Unmarshal(raw, &out)
	out["amount"] = map[string]any{"minor": p.Amount.Minor, "currency": p.Amount.Currency, "text": p.Amount.String()}
	return out
}

var agentKim = map[string]any{"id": "kim", "name": "Kim", "roles": []string{"agent"}, "can": []string{"take_payments"}}

// open is a card payment that is led from the screen of the gallery, with the first field asked for.
func openPayment(change func(*payments.Assisted)) payments.Assisted {
	now := time.Now()
	p := payments.Assisted{
		ID: "pay_1", Call: "CA1", Version: 7, Stage: payments.StageOpen, Intent: payments.Charge, Method: "credit-card",
		Amount: payments.Amount{Minor: 8420, Currency: "usd"}, Reference: "Energy bill 5678", Agent: "kim", Screen: "gallery", KeyTimeout: 18,
		Recording: payments.RecordingPaused, Started: now.Add(-92 * time.Second), Updated: now, IdleEnds: now.Add(9 * time.Minute),
		Asking: "payment-card-number", Required: []string{"payment-card-number", "expiration-date", "security-code"},
		Fields: []payments.Field{
			{Name: "payment-card-number", State: payments.FieldWaiting, Tries: 1, Until: now.Add(18 * time.Second)},
			{Name: "expiration-date", State: payments.FieldNotAsked, Length: 4},
			{Name: "security-code", State: payments.FieldNotAsked},
			{Name: "postal-code", State: payments.FieldRight, Given: true, Digits: 5, Value: "94109"},
		},
		Log: []payments.LogLine{{At: now.Add(-92 * time.Second), Who: "kim", What: "started"}, {At: now.Add(-91 * time.Second), What: "open"},
			{At: now.Add(-90 * time.Second), Who: "kim", What: "asked", Field: "payment-card-number"}},
	}
	if change != nil {
		change(&p)
	}
	return p
}

func ended(stage payments.Stage, code, text string) payments.Assisted {
	return openPayment(func(p *payments.Assisted) {
		p.Stage, p.Asking, p.IdleEnds = stage, "", time.Time{}
		p.Brand, p.Last4 = "visa", "4242"
		if code != "" {
			p.Trouble = &payments.Trouble{Code: code, Text: text, At: time.Now()}
		}
	})
}

// noted is a payment that was paid, with its receipt and what the agent wrote.
func noted(receipt payments.Receipt, outcome payments.WrapUp, note string) payments.Assisted {
	p := ended(payments.StagePaid, "", "")
	receipt.To, receipt.At = rig.From, time.Now()
	p.Confirmation, p.Receipt, p.WrapUp, p.Note = "SIM-7F3K2M", &receipt, outcome, note
	return p
}

// galleryStates are the pictures, by name. Each is judged by axe in light and dark.
func galleryStates() map[string]payments.Assisted {
	return map[string]payments.Assisted{
		"waiting": openPayment(nil),
		"typing": openPayment(func(p *payments.Assisted) {
			p.Brand = "visa"
			p.Fields[0] = payments.Field{Name: "payment-card-number", State: payments.FieldTyping, Digits: 9, Length: 16, Tries: 1, Until: time.Now().Add(9 * time.Second)}
		}),
		"amex": openPayment(func(p *payments.Assisted) {
			p.Brand, p.Slow = "amex", true
			p.Fields[0] = payments.Field{Name: "payment-card-number", State: payments.FieldRight, Digits: 15, Length: 15, Tries: 3, Value: "xxxxxxxxxxx0005"}
			p.Fields[1] = payments.Field{Name: "expiration-date", State: payments.FieldStopped, Tries: 1, Length: 4}
			p.Fields[2] = payments.Field{Name: "security-code", State: payments.FieldTyping, Digits: 1, Tries: 1, Until: time.Now().Add(16 * time.Second)}
			p.Asking, p.Required = "security-code", []string{"expiration-date", "security-code"}
		}),
		"silent": openPayment(func(p *payments.Assisted) {
			p.Asking, p.Recording = "", payments.RecordingUnknown
			p.Fields[0] = payments.Field{Name: "payment-card-number", State: payments.FieldSilent, Error: "input-timeout", Tries: 1}
		}),
		"brand": openPayment(func(p *payments.Assisted) {
			p.Asking, p.Brand = "", "diners-club"
			p.Fields[0] = payments.Field{Name: "payment-card-number", State: payments.FieldWrong, Error: "invalid-card-type", Digits: 14, Length: 14, Tries: 2}
		}),
		"bank": openPayment(func(p *payments.Assisted) {
			p.Method, p.BankAccount, p.Asking = "ach-debit", "consumer-savings", "bank-account-number"
			p.Fields = []payments.Field{
				{Name: "bank-routing-number", State: payments.FieldRight, Digits: 9, Length: 9, Value: "110000000", Tries: 1},
				{Name: "bank-account-number", State: payments.FieldTyping, Digits: 5, Tries: 1, Until: time.Now().Add(7 * time.Second)},
			}
			p.Required = []string{"bank-account-number"}
		}),
		"starting": openPayment(func(p *payments.Assisted) {
			p.Stage, p.Asking = payments.StageStarting, ""
			p.Fields[0].State = payments.FieldNotAsked
		}),
		"charging":       openPayment(func(p *payments.Assisted) { p.Stage, p.Asking, p.Required = payments.StageCharging, "", nil }),
		"declined":       ended(payments.StageDeclined, "64012", "Your card was declined."),
		"unknown":        ended(payments.StageUnknown, "no_result", ""),
		"star":           ended(payments.StageCancelled, "caller-interrupted-with-star", ""),
		"left":           ended(payments.StageCallerLeft, "caller-hung-up", ""),
		"setup":          ended(payments.StageUnavailable, "64001", "Connector credentials are invalid"),
		"saved":          ended(payments.StageSaved, "", ""),
		"receipt":        noted(payments.Receipt{State: payments.ReceiptPossible}, "", ""),
		"receipt-failed": noted(payments.Receipt{State: payments.ReceiptFailed, Why: "21610 Attempt to send to unsubscribed recipient"}, "", ""),
		"receipt-unknown": noted(payments.Receipt{State: payments.ReceiptUnknown}, payments.WrapUpCallBack, "Rings on Friday about the rest, asks for "+
			"Annemarie-Louise Featherstonehaugh-Cholmondeley; account under Energieversorgungsgesellschaftsvertrag."),
		"long": openPayment(func(p *payments.Assisted) {
			p.Amount = payments.Amount{Minor: 98765432100, Currency: "usd"}
			p.Reference = "Energy bill 5678, second reminder, with the reconnection fee of last February and ReferenceWithoutAnySpaceInIt"
			p.Slow, p.Method, p.BankAccount = true, "ach-debit", "commercial-checking"
			p.Fields = []payments.Field{
				{Name: "bank-routing-number", State: payments.FieldWrong, Error: "invalid-bank-routing-number", Digits: 9, Length: 9, Tries: 2},
				{Name: "bank-account-number", State: payments.FieldTyping, Digits: 17, Tries: 1, Until: time.Now().Add(7 * time.Second)},
			}
			p.Asking, p.Required = "bank-account-number", []string{"bank-routing-number", "bank-account-number"}
		}),
		"other":  openPayment(func(p *payments.Assisted) { p.Screen = "another" }),
		"idle":   openPayment(func(p *payments.Assisted) { p.IdleEnds = time.Now().Add(52 * time.Second) }),
		"keypad": openPayment(func(p *payments.Assisted) { p.Keypad, p.Asking = true, "" }),
	}
}

// TestDeskGallery looks at every state of the desk, in light and dark, wide and narrow, with axe as the judge.
func TestDeskGallery(t *testing.T) {
	t.Parallel()
	g := &gallery{}
	r := rig.Start(t, local.Options{Wrap: g.wrap})
	g.hang(agentKim, "en-US")
	b := deskBrowser(t, r, "kim")
	b.until("sessionStorage.getItem('paydial.desk.screen') !== null") // the page's own name, which would come over ours
	b.run("sessionStorage.setItem('paydial.desk.screen', 'gallery')")
	states := galleryStates()
	for _, name := range slices.Sorted(maps.Keys(states)) {
		language := "en-US"
		if name == "brand" || name == "declined" {
			language = "es-US"
		}
		g.hang(agentKim, language, states[name])
		b.do(chromedp.Reload())
		b.until("document.querySelector('[data-payment=pay_1]') !== null")
		b.look(name)
	}
	b.galleryOfPeople(g)
	b.galleryOfForms(g)
}

// galleryOfPeople is what a supervisor and an auditor see of somebody else's payment.
func (b *browser) galleryOfPeople(g *gallery) {
	b.t.Helper()
	for name, can := range map[string][]string{"supervisor": {"take_payments", "take_over", "raise_amount", "see_audit"}, "auditor": {"see_audit"}} {
		g.hang(map[string]any{"id": "sam", "name": "Sam", "roles": []string{name}, "can": can}, "en-US", galleryStates()["typing"])
		b.do(chromedp.Reload())
		b.reads("#desk-work", "kim leads this payment")
		b.look(name)
		over := galleryStates()["receipt-unknown"]
		over.ID, over.Call, over.Agent = "pay_2", "CA2", "annemarie.featherstonehaugh"
		g.hang(map[string]any{"id": "sam", "name": "Sam", "roles": []string{name}, "can": can}, "en-US", galleryStates()["typing"], over)
		b.do(chromedp.Reload())
		b.reads("#desk-ended", "We call back")
		b.look(name + "-ended")
	}
}

// galleryOfForms is what can be chosen before a payment, and the questions that are asked.
func (b *browser) galleryOfForms(g *gallery) {
	b.t.Helper()
	g.hang(agentKim, "en-US")
	b.do(chromedp.Reload())
	b.reads("#desk-work", "Take a payment")
	b.click(`[name="method"][value="ach-debit"]`)
	b.click(`.desk-options summary`)
	b.reads("#desk-work", "Do you authorize")
	b.until("document.querySelector('[data-do=start]').getAttribute('aria-disabled') === 'true'")
	b.look("form-bank")
	b.click(`[name="intent"][value="save"]`)
	b.reads("#desk-work", "Nothing is charged")
	b.look("form-save")
	g.hang(agentKim, "en-US", galleryStates()["typing"])
	b.do(chromedp.Reload())
	b.reads("#desk-work", "9 of 16")
	b.press("?")
	b.until("document.getElementById('desk-help').open")
	b.look("help")
	b.press("\x1b")
	b.until("!document.getElementById('desk-help').open")
	b.press("2")
	b.reads("#desk-ask", "Stop card number and ask expiry date?")
	b.look("switch")
	b.press("\x1b")
	b.until("!document.getElementById('desk-ask').open")
	b.press("\x1b")
	b.reads("#desk-ask", "Cancel this payment?")
	b.look("cancel")
	b.press("\x1b")
	b.until("!document.getElementById('desk-ask').open")
}
