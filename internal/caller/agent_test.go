package caller_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// agent is somebody who answers a call and takes a payment on it, one field after the other as Required says.
type agent struct {
	t      *testing.T
	sim    string
	client *twilio.Client
	told   chan twilio.PaymentStatus
	hook   string
}

const account, token = "AC00000000000000000000000000000001", "0123456789abcdef0123456789abcdef"

// desk starts a simulator whose line rings an agent.
func desk(t *testing.T) *agent {
	t.Helper()
	a := &agent{t: t, told: make(chan twilio.PaymentStatus, 1000)}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/voice" {
			w.Header().Set("Content-Type", "text/xml")
			_, _ = w.Write([]byte(`<Response><Dial timeout="60"><Client>kim</Client></Dial></Response>`))
			return
		}
		_ = r.ParseForm()
		form, err := twilio.ParseForm([]byte(r.PostForm.Encode()))
		if err == nil {
			var s twilio.PaymentStatus
			if s, err = twilio.ParsePaymentStatus(form); err == nil {
				a.told <- s
			}
		}
		if err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(app.Close)
	a.hook = app.URL + "/told"
	sim, err := simulator.New(simulator.Config{
		Accounts: []simulator.Account{{SID: account, AuthToken: token}},
		Numbers:  []simulator.Number{{Number: "+15550100000", VoiceURL: app.URL + "/voice"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		_ = sim.Close(context.Background())
		server.Close()
	})
	a.sim = server.URL
	if a.client, err = twilio.NewClient(twilio.Config{AccountSID: account, AuthToken: token, BaseURL: server.URL}); err != nil {
		t.Fatal(err)
	}
	return a
}

// control makes a request of the control API.
func (a *agent) control(method, path string, out any) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.sim+"/sim/v1/calls/"+path, strings.NewReader("{}"))
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	if out != nil {
		if err := json.NewDecoder(res.Body).Decode(out); err != nil {
			a.t.Fatal(err)
		}
	}
}

// take answers the call, takes the payment, and hangs up. It returns what went wrong on the way, and the end.
func (a *agent) take(sid string, n twilio.NewPayment) ([]string, twilio.PaymentStatus) {
	a.t.Helper()
	var st caller.State
	for st.WaitingFor != "dial" {
		a.control("GET", sid+"?wait=10s", &st)
	}
	kim := st.Children[0].CallSID
	a.control("POST", kim+"/answer", nil)
	for !st.Talking() {
		a.control("GET", sid, &st)
	}
	n.IdempotencyKey, n.StatusCallback = "k", a.hook
	p, err := a.client.CreatePayment(a.t.Context(), sid, n)
	if err != nil {
		a.t.Fatal(err)
	}
	var troubles []string
	update := twilio.PaymentUpdate{IdempotencyKey: "k", StatusCallback: a.hook}
	for limit := time.After(time.Minute); ; {
		var s twilio.PaymentStatus
		select {
		case s = <-a.told:
		case <-limit:
			a.t.Fatal("the payment does not end")
		}
		switch {
		case s.Result != "":
			a.control("POST", kim+"/hangup", nil)
			return troubles, s
		case s.Partial:
			continue
		case s.ErrorType != "":
			troubles = append(troubles, s.ErrorType)
		}
		update.IdempotencyKey += "k" // something new each time
		update.Capture, update.Status = "", ""
		switch {
		case !s.HasRequired && n.PaymentMethod == "ach-debit":
			update.Capture = "bank-account-number"
		case !s.HasRequired:
			update.Capture = "expiration-date"
		case len(s.Required) == 0:
			update.Status = "complete"
		default:
			update.Capture = s.Required[0]
		}
		if _, err := a.client.UpdatePayment(a.t.Context(), sid, p.SID, update); err != nil {
			a.t.Fatal(err)
		}
	}
}

// TestCallerPaysAnAgent keys what an agent asks for, while the call waits for nothing but the conversation.
func TestCallerPaysAnAgent(t *testing.T) {
	t.Parallel()
	yes := true
	for _, c := range []struct {
		name, cards string
		payment     twilio.NewPayment
		troubles    string
		want        twilio.PayResult
	}{
		{"a slip, then the right card, twice", "wrong,visa", twilio.NewPayment{ChargeAmount: "84.20", RequireMatchingInputs: []string{"payment-card-number"}},
			"invalid-card-number", twilio.PayResult{PaymentCardNumber: "xxxxxxxxxxxx4242"}},
		{"a token, confirmed", "amex", twilio.NewPayment{Confirmation: &yes}, "", twilio.PayResult{PaymentCardNumber: "xxxxxxxxxxx0005"}},
		{"a bank account", "visa", twilio.NewPayment{ChargeAmount: "5.00", PaymentMethod: "ach-debit"}, "", twilio.PayResult{BankAccountNumber: "*******89"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := desk(t)
			chosen, err := caller.ParseCards(c.cards)
			if err != nil {
				t.Fatal(err)
			}
			who := &caller.Caller{Simulator: a.sim}
			script := caller.Script{To: "+15550100000", From: "+15550123456", Cards: chosen, Holds: true}
			sid, err := who.Ring(t.Context(), script)
			if err != nil {
				t.Fatal(err)
			}
			over := make(chan error, 1)
			go func() {
				_, err := who.Follow(t.Context(), sid, script)
				over <- err
			}()
			troubles, end := a.take(sid, c.payment)
			if err := <-over; err != nil {
				t.Fatal(err)
			}
			if strings.Join(troubles, " ") != c.troubles || end.Result != "success" || end.PaymentCardNumber != c.want.PaymentCardNumber ||
				end.BankAccountNumber != c.want.BankAccountNumber || (end.PaymentConfirmationCode == "") == (c.payment.ChargeAmount != "") {
				t.Errorf("troubles %v, end %+v", troubles, end)
			}
		})
	}
}

// TestAnswer picks up what the call rings, and ends with the call.
func TestAnswer(t *testing.T) {
	t.Parallel()
	a := desk(t)
	who := &caller.Caller{Simulator: a.sim}
	sid, err := who.Ring(t.Context(), caller.Script{To: "+15550100000", From: "+15550123456"})
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- who.Answer(t.Context(), sid) }()
	var st caller.State
	for limit := time.Now().Add(time.Minute); !st.Talking(); {
		if time.Now().After(limit) {
			t.Fatalf("nobody picked up: %+v", st)
		}
		a.control("GET", sid, &st)
	}
	if err := who.HangUp(t.Context(), sid); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
	gone := &caller.Caller{Simulator: "http://127.0.0.1:1"}
	if err := gone.Answer(t.Context(), sid); !errors.Is(err, caller.ErrUnreachable) {
		t.Errorf("without a simulator: %v", err)
	}
}
