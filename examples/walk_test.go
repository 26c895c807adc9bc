package examples_test

import (
	"io/fs"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/simulator/backoffice"
)

// march is when these calls take place: a Sunday night, when a real desk would be closed.
var march = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// walker takes a call through an example: the engine is the real one, and so is the demo back office.
type walker struct {
	t      *testing.T
	flow   *flows.Flow
	office *backoffice.Office
	state  flows.State
	last   flows.Sprint
	heard  []string
}

func ring(t *testing.T, project fs.FS, flow string) *walker {
	t.Helper()
	p := lintClean(t, flow, project)
	f := p.Flows[flow]
	w := &walker{t: t, flow: f, office: backoffice.New(func() time.Time { return march })}
	w.state = f.Start(flows.CallFacts{ID: "CA1", From: "+15550123456", To: "+15550100000", Direction: "inbound", Started: march}, "")
	w.send(flows.Input{Kind: flows.InputStart})
	return w
}

// send takes one input to the next stop, answering effects on the way.
func (w *walker) send(in flows.Input) {
	w.t.Helper()
	in.Now = march
	for {
		var err error
		if w.state, w.last, err = w.flow.Advance(w.state, in); err != nil {
			w.t.Fatal(err)
		}
		speech := w.last.Speech
		if gather, ok := w.last.Stop.(*flows.GatherStop); ok {
			speech = slices.Concat(speech, gather.Speech)
		}
		for _, u := range speech {
			w.heard = append(w.heard, u.Text)
		}
		for _, f := range w.last.Facts {
			if f.Kind == flows.FactError {
				w.t.Errorf("%s: %s", f.At, f.Text)
			}
		}
		if w.last.Effect == nil {
			return
		}
		in = w.answer(w.last.Effect)
	}
}

func (w *walker) answer(e *flows.Effect) flows.Input {
	r := httptest.NewRequest(e.Method, backoffice.Prefix+e.Path, strings.NewReader(e.Body))
	r.Header.Set("Idempotency-Key", e.Key)
	rec := httptest.NewRecorder()
	w.office.ServeHTTP(rec, r)
	endings := map[flows.EffectKind][3]string{
		flows.EffectLookup: {"found", "not_found", "failed"},
		flows.EffectSubmit: {"done", "refused", "failed"},
	}
	ending := endings[e.Kind][2]
	switch {
	case rec.Code < 300:
		ending = endings[e.Kind][0]
	case rec.Code < 500:
		ending = endings[e.Kind][1]
	}
	return flows.Input{Kind: flows.InputEffect, Now: march, Ending: ending, Answer: rec.Body.Bytes()}
}

func (w *walker) press(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		w.send(flows.Input{Kind: flows.InputKeys, Keys: k})
	}
}

func (w *walker) pay(ending string) {
	w.t.Helper()
	stop, ok := w.last.Stop.(*flows.PayStop)
	if !ok {
		w.t.Fatalf("the call is at %T in %s, want a payment", w.last.Stop, w.state.Scene)
	}
	facts := flows.PaymentFacts{Result: ending, Amount: stop.Amount, Brand: "visa", Last4: "4242", Confirmation: "SIM-7F3"}
	w.send(flows.Input{Kind: flows.InputPay, Ending: ending, Payment: facts})
}

// hears wants a text among what was said since the last look.
func (w *walker) hears(texts ...string) {
	w.t.Helper()
	said := strings.Join(w.heard, " ")
	w.heard = nil
	for _, text := range texts {
		if !strings.Contains(said, text) {
			w.t.Errorf("in %s the caller hears %q, want %q", w.state.Scene, said, text)
		}
	}
}

func TestDemoCallInEnglish(t *testing.T) {
	t.Parallel()
	w := ring(t, examples.BillPayment(), "pay-my-bill")
	w.hears("For English, press 1.", "Para español, oprima 2.")
	w.press("1")
	w.hears("Please key in your eight digit account number.")
	w.press("12345678")
	w.hears("You owe 84 dollars and 20 cents, due on March 15.", "To pay all of it now, press 1.", "To speak with someone, press 0.")
	w.press("1")
	w.hears("You can press star at any point")
	stop := w.last.Stop.(*flows.PayStop)
	if stop.Amount != (flows.Money{Minor: 8420, Currency: "usd"}) || stop.Connector != "sandbox" || stop.PostalCode != "94109" || stop.Reference != "Energy bill 5678" {
		t.Errorf("the payment is %+v", stop)
	}
	w.pay("paid")
	w.hears("We took 84 dollars and 20 cents from your Visa card ending 4 2 4 2.", "Your confirmation is S I M dash 7 F 3.", "Goodbye.")
	if w.state.Outcome != "paid" || !w.state.Ended {
		t.Errorf("the call ended with %q, ended %t; want paid", w.state.Outcome, w.state.Ended)
	}
}

func TestDemoCallInSpanish(t *testing.T) {
	t.Parallel()
	w := ring(t, examples.BillPayment(), "pay-my-bill")
	w.press("2")
	w.hears("Gracias por llamar a Acme Energy.", "Por favor marque su número de cuenta")
	w.press("23456789")
	w.hears("Usted debe 1 dólar con 1 centavo, con vencimiento el 15 de marzo.", "Para pagar el total ahora, oprima 1.")
	w.press("1")
	w.pay("declined")
	w.hears("Su banco no aprobó la tarjeta.", "Para intentar con otra tarjeta, oprima 1.")
	w.press("1")
	w.pay("unknown")
	w.hears("No pudimos confirmar su pago.", "Le comunico con nuestro departamento de cobros.")
	if w.state.Outcome != "unknown" {
		t.Errorf("the outcome is %q, want unknown", w.state.Outcome)
	}
}

func TestDemoAccountsShowWhatTheirReadmeSays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ account, hears, scene string }{
		{"10000000", "You do not owe anything today.", "goodbye"},
		{"20000000", "You owe 1,845 dollars and 99 cents", "balance"},
		{"30000000", "You owe 12,500 dollars", "balance"},
		{"50000000", "Sorry, something went wrong on our side.", "to-agent"},
		{"99999999", "I could not find account 9 9 9 9 9 9 9 9.", "find-account"},
	} {
		w := ring(t, examples.BillPayment(), "pay-my-bill")
		w.press("1", tc.account)
		w.hears(tc.hears)
		if w.state.Scene != tc.scene {
			t.Errorf("account %s leads to %s, want %s", tc.account, w.state.Scene, tc.scene)
		}
	}
}

func TestDemoTransferWorksAtAnyTime(t *testing.T) {
	t.Parallel()
	w := ring(t, examples.BillPayment(), "pay-my-bill")
	w.press("1", "0")
	dial, ok := w.last.Stop.(*flows.DialStop)
	if !ok || dial.Client != "billing-desk" || !dial.AgentMayTake {
		t.Fatalf("the call is at %T %+v, want the desk to ring", w.last.Stop, w.last.Stop)
	}
	w.send(flows.Input{Kind: flows.InputDial, Ending: "no_answer"})
	w.hears("Please leave your name and number after the tone.")
}

func TestPayADifferentAmount(t *testing.T) {
	t.Parallel()
	w := ring(t, examples.BillPayment(), "pay-my-bill")
	w.press("1", "12345678", "2", "100")
	w.hears("Please choose an amount between five dollars and 84 dollars and 20 cents.")
	w.press("2500")
	w.hears("You chose 25 dollars. Is that right?", "For yes, press 1.")
	w.press("1")
	w.pay("paid")
	w.hears("We took 25 dollars from your Visa card")
}

func TestDonationCalls(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		keys  []string
		hears string
	}{
		{[]string{"1", "1"}, "You would like to give 25 dollars."},
		{[]string{"1", "2"}, "You would like to give 100 dollars."},
		{[]string{"1", "3", "4050"}, "You would like to give 40 dollars and 50 cents."},
		{[]string{"2", "3", "4050"}, "Usted quiere donar 40 dólares con 50 centavos."},
	} {
		w := ring(t, examples.Donation(), "donate")
		w.press(tc.keys...)
		w.hears(tc.hears)
		w.press("1")
		w.pay("paid")
		if w.state.Outcome != "paid" || !w.state.Ended {
			t.Errorf("keys %v: the call ended with %q, ended %t; want paid", tc.keys, w.state.Outcome, w.state.Ended)
		}
	}
}
