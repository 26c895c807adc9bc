package phone_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/phone"
)

const line = "+15550100000"

// stage is the page with everything it talks to on one origin: the real simulator, a small TwiML application
// that takes a payment, and an app's API that knows the call's scenes.
type stage struct {
	url string
	app *billing
}

func newStage(t *testing.T) *stage {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	sim, err := simulator.New(simulator.Config{
		Numbers: []simulator.Number{{Number: line, VoiceURL: server.URL + "/voice"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := sim.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	app := &billing{calls: map[string]*place{}}
	pages := phone.Handler(phone.Options{AppAPI: "/api/v1", Token: "a-token", Numbers: []phone.Number{{Number: line, Name: "Acme Energy"}}})
	mux.Handle("/phone", pages)
	mux.Handle("/phone/", pages)
	mux.Handle("/alone/", http.StripPrefix("/alone", phone.Handler(phone.Options{}))) // as on the simulator's own port
	mux.Handle("/sim/v1/", sim.Handler())
	mux.Handle("/2010-04-01/", sim.Handler())
	mux.HandleFunc("/voice", app.voice)
	mux.HandleFunc("/voice/", app.voice)
	mux.HandleFunc("GET /api/v1/calls/{sid}", app.show)
	return &stage{url: server.URL, app: app}
}

// billing is a TwiML application in the shape of the demo line.
type billing struct {
	mu    sync.Mutex
	calls map[string]*place
}

type place struct {
	Scenes  []string          `json:"scenes"`
	Outcome string            `json:"outcome"`
	Payment map[string]string `json:"payment"`
}

// answers is what each turn says, and the scene it leads to.
var answers = map[string][2]string{
	"/voice": {"welcome", `<Gather numDigits="1" timeout="600" action="/voice/turn/1"><Say language="en-US">For English, press 1.</Say>` +
		`<Say language="es-US">Para español, oprima el 2.</Say></Gather>`},
	"/voice/turn/1": {"find-account", `<Say language="en-US">Thanks for calling Acme Energy.</Say>` +
		`<Gather numDigits="8" timeout="600" finishOnKey="" action="/voice/turn/2"><Say language="en-US">Please key in your eight digit account number.</Say></Gather>`},
	"/voice/turn/2": {"balance", `<Gather numDigits="1" timeout="600" action="/voice/turn/3"><Say language="en-US">You owe 84 dollars and 20 cents, due on March 15.` +
		` To pay all of it now, press 1. To speak with someone, press 0.</Say></Gather>`},
	"/voice/turn/3": {"pay", `<Say language="en-US">You can press star at any point to stop without paying.</Say>` +
		`<Pay chargeAmount="84.20" currency="usd" paymentConnector="Default" description="Energy bill 5678" maxAttempts="3" ` +
		`action="/voice/turn/4" statusCallback="/voice/pay" language="en-US">` +
		`<Prompt for="payment-card-number"><Say>Key in your card number, then press the pound key.</Say></Prompt>` +
		`<Prompt for="expiration-date"><Say>Key in the expiry date. Two digits for the month, two for the year.</Say></Prompt>` +
		`<Prompt for="postal-code"><Say>Key in your postal code, then press the pound key.</Say></Prompt>` +
		`<Prompt for="security-code"><Say>Key in the three digit code on the back of the card.</Say></Prompt>` +
		`<Prompt for="payment-processing"><Say>Thank you. Please hold.</Say></Prompt></Pay>`},
	"paid":      {"receipt", `<Say language="en-US">Thank you. Your payment was approved.</Say><Hangup/>`},
	"cancelled": {"stopped", `<Say language="en-US">You have not been charged. Goodbye.</Say><Hangup/>`},
	"declined":  {"declined", `<Say language="en-US">Your bank did not approve the card. You have not been charged.</Say><Hangup/>`},
	"transfer":  {"agent", `<Dial timeout="30"><Client>billing-desk</Client></Dial>`},
}

func (b *billing) voice(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/voice/pay" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	key := r.URL.Path
	switch {
	case key == "/voice/turn/4" && r.FormValue("Result") == "success":
		key = "paid"
	case key == "/voice/turn/4" && r.FormValue("Result") == "caller-interrupted-with-star":
		key = "cancelled"
	case key == "/voice/turn/4":
		key = "declined"
	case key == "/voice/turn/3" && r.FormValue("Digits") == "0":
		key = "transfer"
	}
	b.enter(r, key)
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Response>%s</Response>`, answers[key][1])
}

func (b *billing) enter(r *http.Request, key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.calls[r.FormValue("CallSid")]
	if p == nil {
		p = &place{}
		b.calls[r.FormValue("CallSid")] = p
	}
	p.Scenes = append(p.Scenes, answers[key][0])
	switch key {
	case "paid", "declined", "cancelled":
		p.Outcome = key
		number := r.FormValue("PaymentCardNumber")
		p.Payment = map[string]string{
			"result": key, "amount": "84.20", "currency": "usd", "brand": r.FormValue("PaymentCardType"),
			"last4": number[max(0, len(number)-4):], "confirmation": r.FormValue("PaymentConfirmationCode"),
		}
	}
}

func (b *billing) show(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.calls[r.PathValue("sid")]
	if p == nil || !strings.HasSuffix(r.Header.Get("Authorization"), "a-token") {
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(p)
}
