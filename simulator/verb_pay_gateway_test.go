package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/gateway"
)

// TestPayHangUp hangs up while a field is asked for, and while the gateway is at work.
func TestPayHangUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offer(`chargeAmount="1"`, "")
	sid := w.ring()
	w.waits(sid, "pay:payment-card-number")
	w.keys(sid, "42424242")
	w.do(sid, "hangup")
	wantForm(t, w.paid(), map[string]string{"Result": "caller-hung-up", "CallStatus": "completed", "PaymentCardNumber": ""})
	if len(w.book()) != 0 {
		t.Errorf("booked %+v", w.book())
	}

	for number, want := range map[string]map[string]string{
		"4242424242424242": {"Result": "success", "CallStatus": "completed"},
		"4000000000000002": {"Result": "payment-connector-error", "PayErrorCode": "64012", "CallStatus": "completed"},
	} {
		g := hold(t)
		w := newWorld(t, g.connect)
		w.offer(`chargeAmount="1"`, "")
		sid := w.ring()
		if s := w.fill(sid, holder(number, "123")); s.WaitingFor != "pay:payment-processing" {
			t.Fatalf("it waits for %q", s.WaitingFor)
		}
		w.do(sid, "hangup")
		close(g.release)
		form, book := w.paid(), g.bank.Book()
		wantForm(t, form, want)
		if booked := len(book); booked == 1 != (want["Result"] == "success") {
			t.Errorf("%s: %d lines in the book", number, booked)
		} else if booked == 1 && form.Get("PaymentConfirmationCode") != book[0].ID {
			t.Errorf("confirmed %q, booked %+v", form.Get("PaymentConfirmationCode"), book)
		}
	}
}

// held is a gateway that does nothing until it is released.
type held struct {
	bank    *gateway.Gateway
	release chan struct{}
	url     string
}

func hold(t *testing.T) *held {
	g := &held{bank: &gateway.Gateway{}, release: make(chan struct{})}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-g.release:
			g.bank.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(srv.Close)
	g.url = srv.URL
	return g
}

// connect makes it the gateway of the default connector.
func (g *held) connect(cfg *simulator.Config) {
	cfg.Connectors = []simulator.Connector{{URL: g.url, Timeout: time.Minute}}
}

// TestPayRedirected takes a call away by REST: without a charge nobody is told, with one the action is.
func TestPayRedirected(t *testing.T) {
	t.Parallel()
	g := hold(t)
	w := newWorld(t, g.connect)
	w.offer(`chargeAmount="1"`, "")
	w.app.on("/elsewhere", `<Say>Elsewhere.</Say>`)
	sid := w.ring()
	w.waits(sid, "pay:payment-card-number")
	w.update(sid, url.Values{"Url": {w.app.srv.URL + "/elsewhere"}})
	if s := w.ended(sid); !strings.HasSuffix(s.said(), "Elsewhere.") || len(w.app.got("/paid")) != 0 {
		t.Errorf("heard %s; the action got %d requests", s.said(), len(w.app.got("/paid")))
	}

	sid = w.ring()
	w.fill(sid, holder("4242424242424242", "123"))
	w.update(sid, url.Values{"Url": {w.app.srv.URL + "/elsewhere"}})
	close(g.release)
	if s := w.ended(sid); !strings.HasSuffix(s.said(), "Elsewhere.") {
		t.Errorf("heard %s", s.said())
	}
	wantForm(t, w.paid(), map[string]string{"Result": "success", "PaymentConfirmationCode": g.bank.Book()[0].ID})
}

// update changes a live call over REST.
func (w *world) update(sid string, form url.Values) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.srv.URL+"/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls/"+sid+".json",
		strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, simulator.DefaultAuthToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("update: %s", res.Status)
	}
}

// TestPayAddresses are actions and connectors that may not get card data.
func TestPayAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, noFallback)
	w.app.on("/voice", `<Pay action="http://example.com/paid"/>`)
	sid := w.ring()
	if s := w.ended(sid); !strings.Contains(s.said(), "application error") {
		t.Errorf("heard %s", s.said())
	}
	w.logged(sid, 64016)
	w.app.on("/voice", `<Pay action="ftp://example.com/paid"/>`)
	sid = w.ring()
	w.ended(sid)
	w.logged(sid, 11100)

	for _, bad := range []simulator.Connector{
		{Name: "c", URL: "http://example.com/"}, {Name: "c", URL: "nowhere"}, {Name: "c", Mode: "SANDBOX"}, {Name: "c", Cards: "all"},
	} {
		if sim, err := simulator.New(simulator.Config{Connectors: []simulator.Connector{bad}}); err == nil {
			_ = sim.Close(t.Context())
			t.Errorf("%+v was taken", bad)
		}
	}
	if _, err := simulator.New(simulator.Config{Connectors: []simulator.Connector{{Name: "c"}, {Name: "c"}}}); err == nil {
		t.Error("two connectors of one name were taken")
	}
}

// TestPayOtherGateway uses a gateway of the user's own.
func TestPayOtherGateway(t *testing.T) {
	t.Parallel()
	var body map[string]any
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &body); err != nil || user != "me" || password != "secret" {
			t.Errorf("%v, as %s:%s", err, user, password)
		}
		_, _ = io.WriteString(w, `{"charge_id":"ch_77","error_code":null,"error_message":null,"parameters":{"Risk":"low"}}`)
	}))
	t.Cleanup(own.Close)
	w := newWorld(t, func(cfg *simulator.Config) {
		cfg.Connectors = []simulator.Connector{{Name: "mine", URL: own.URL, Username: "me", Password: "secret", Mode: "LIVE", Approved: true}}
	})
	w.offer(`paymentConnector="mine" chargeAmount="10.00" currency="eur"`, "")
	sid := w.ring()
	w.fill(sid, holder("4000001234567899", "123"))
	w.ended(sid)
	wantForm(t, w.paid(), map[string]string{"Result": "success", "PaymentConfirmationCode": "ch_77", "PayConnector_Risk": "low"})
	if body["amount"] != "10.00" || body["currency_code"] != "EUR" || body["cardnumber"] != "4000001234567899" || body["cvv"] != "123" ||
		body["expiry_month"] != "12" || body["expiry_year"] != "30" || body["postal_code"] != "94105" || body["method"] != "charge" {
		t.Errorf("the gateway got %v", body)
	}
	var out struct {
		Connectors []struct {
			Name, Gateway, Mode string
			AnyCard             bool `json:"any_card"`
		}
	}
	w.ctl("GET", "/connectors", nil, &out)
	if len(out.Connectors) != 10 || out.Connectors[0].Gateway != own.URL || !out.Connectors[0].AnyCard || out.Connectors[1].Gateway != "sandbox" || out.Connectors[1].AnyCard {
		t.Errorf("got %+v", out)
	}
}

// TestPayGatewayTroubles are the faults of the connector.
func TestPayGatewayTroubles(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{"down": "64002", "malformed": "64008"} {
		w := newWorld(t)
		w.ctl("PUT", "/faults", map[string]any{"connector": map[string]any{fault: true}}, nil)
		w.offer(`chargeAmount="1"`, "")
		sid := w.ring()
		w.fill(sid, holder("4242424242424242", "123"))
		w.ended(sid)
		wantForm(t, w.paid(), map[string]string{"Result": "payment-connector-error", "PayErrorCode": want})
		if len(w.book()) != 0 {
			t.Errorf("%s: booked %+v", fault, w.book())
		}
	}
}
