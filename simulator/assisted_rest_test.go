package simulator_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// refused fails the test unless a request was refused with the status and the code, in Twilio's form.
func (w *world) refused(what string, code int, body map[string]any, status, want int) {
	w.t.Helper()
	if code != status || body["code"] != float64(want) || body["status"] != float64(status) || body["message"] == "" ||
		!strings.HasSuffix(body["more_info"].(string), "/docs/errors/"+what[strings.LastIndex(what, " ")+1:]) {
		w.t.Errorf("%s: %d %v, want %d %d", what, code, body, status, want)
	}
}

// TestAssistedCreateRefused is every way to be refused a session.
func TestAssistedCreateRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	sid, _ := w.talking()
	path := "/Calls/" + sid + "/Payments.json"
	for _, c := range []struct {
		params []string
		code   string
	}{
		{[]string{"ChargeAmount", "1.001"}, "64003"}, {[]string{"PaymentConnector", "acme"}, "64004"}, {[]string{"TokenType", "payment-method"}, "64006"},
		{[]string{"Currency", "dollars"}, "64011"}, {[]string{"BankAccountType", "consumer-savings"}, "64017"},
		{[]string{"Timeout", "601"}, "64020"}, {[]string{"ChargeAmount", "1", "TokenType", "reusable"}, "64020"},
		{[]string{"Parameter", "{'a':{}}"}, "64020"}, {[]string{"StatusCallback", "ftp://example.com/x"}, "64020"},
		{[]string{"IdempotencyKey", ""}, "20001"}, {[]string{"StatusCallback", " "}, "20001"},
	} {
		form := map[string]string{"IdempotencyKey": "k", "StatusCallback": w.app.srv.URL + "/start"}
		for i := 0; i+1 < len(c.params); i += 2 {
			form[c.params[i]] = c.params[i+1]
		}
		var pairs []string
		for name, value := range form {
			pairs = append(pairs, name, value)
		}
		code, body := w.rest("POST", path, pairs...)
		want := map[string]int{"64003": 64003, "64004": 64004, "64006": 64006, "64011": 64011, "64017": 64017, "64020": 64020, "20001": 20001}[c.code]
		w.refused(strings.Join(c.params, "=")+" "+c.code, code, body, 400, want)
	}
	good := []string{"IdempotencyKey", "k", "StatusCallback", w.app.srv.URL + "/start"}
	code, body := w.rest("POST", "/Calls/CA00000000000000000000000000000000/Payments.json", good...)
	w.refused("no call 20404", code, body, 404, 20404)
	for _, method := range []string{"GET", "DELETE"} {
		for _, p := range []string{path, "/Calls/" + sid + "/Payments/PK00000000000000000000000000000000.json"} {
			code, body = w.rest(method, p)
			w.refused(method+" 20004", code, body, 405, 20004)
		}
	}
	if code, body = w.rest("POST", path, good...); code != 201 {
		t.Fatalf("%d %v", code, body)
	}
	code, body = w.rest("POST", path, append(good, "ChargeAmount", "1")...)
	w.refused("a second one 64021", code, body, 400, 64021)

	other := w.ring() // rings an agent who has not answered: the call itself is in progress
	w.ringing(other, 1)
	if code, body = w.rest("POST", "/Calls/"+other+"/Payments.json", good...); code != 201 {
		t.Errorf("while it rings elsewhere: %d %v", code, body)
	}
	w.do(other, "hangup")
	w.ended(other)
	code, body = w.rest("POST", "/Calls/"+other+"/Payments.json", append(good, "ChargeAmount", "2")...)
	w.refused("over 21220", code, body, 400, 21220)

	w.offer("", "")
	paying := w.ring()
	w.waits(paying, "pay:payment-card-number")
	code, body = w.rest("POST", "/Calls/"+paying+"/Payments.json", good...)
	w.refused("inside Pay 64021", code, body, 400, 64021)
}

// TestAssistedUpdateRefused is every way to be refused what is asked of a session.
func TestAssistedUpdateRefused(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = w.Write([]byte(`{"charge_id":null,"error_code":"do_not_honor","error_message":"No.","parameters":{"a":"b"}}`))
	}))
	t.Cleanup(gateway.Close)
	w := newWorld(t, manual, func(cfg *simulator.Config) {
		cfg.Connectors = []simulator.Connector{{URL: gateway.URL, Cards: "any", Timeout: time.Minute}}
	})
	sid, agent := w.talking()
	d := w.openDesk(sid, "ChargeAmount", "3.00", "SecurityCode", "false", "PostalCode", "false")
	try := func(what string, status, want int, params ...string) {
		t.Helper()
		code, body := d.update(params...)
		w.refused(what, code, body, status, want)
	}
	try("neither 64018", 400, 64018, "X", "y")
	try("both 64018", 400, 64018, "Capture", "payment-card-number", "Status", "complete")
	try("no capture 64020", 400, 64020, "Capture", "card")
	try("no matcher of an account 64020", 400, 64020, "Capture", "bank-account-number-matcher")
	try("a bank's 64020", 400, 64020, "Capture", "bank-account-number")
	try("no status 64020", 400, 64020, "Status", "completed")
	try("too early 64019", 400, 64019, "Status", "complete")
	path := "/Calls/" + sid + "/Payments/" + d.sid + ".json"
	code, body := w.rest("POST", path, "IdempotencyKey", "k", "Status", "cancel")
	w.refused("no callback 20001", code, body, 400, 20001)
	code, body = w.rest("POST", path, "StatusCallback", "http://127.0.0.1/x", "Status", "cancel")
	w.refused("no key 20001", code, body, 400, 20001)
	code, body = w.rest("POST", path, "IdempotencyKey", "k", "StatusCallback", "ftp://x", "Status", "cancel")
	w.refused("a strange callback 64020", code, body, 400, 64020)
	code, body = w.rest("POST", "/Calls/"+agent+"/Payments/"+d.sid+".json", "IdempotencyKey", "k", "StatusCallback", w.app.srv.URL, "Status", "cancel")
	w.refused("on another leg 20404", code, body, 404, 20404)
	code, body = w.rest("POST", "/Calls/"+sid+"/Payments/PK00000000000000000000000000000000.json", "IdempotencyKey", "k", "StatusCallback", w.app.srv.URL, "Status", "cancel")
	w.refused("no payment 20404", code, body, 404, 20404)

	d.ask("payment-card-number", "4242424242424242")
	d.ask("expiration-date", "1230")
	d.must("Status", "complete")
	try("while the gateway works 64021", 400, 64021, "Status", "cancel")
	try("while the gateway works 64021", 400, 64021, "Capture", "expiration-date")
	w.do(sid, "hangup") // does not take the charge back
	try("and after the call 64021", 400, 64021, "Status", "cancel")
	close(release)
	if diff := cmp.Diff(form("DateUpdated=x", "PaymentMethod=credit-card", "PaymentCardNumber=xxxxxxxxxxxx4242", "PaymentCardType=visa",
		"ExpirationDate=1230", "Result=payment-connector-error", "PayErrorCode=64012", "ConnectorError=do_not_honor", "PaymentError=No.",
		"PaymentConfirmationCode=", "PaymentToken=", "ProfileId="), d.told("/complete", 1)[0]); diff != "" {
		t.Errorf("a refusal (-want +got):\n%s", diff)
	}
	w.ended(sid)
	try("after the end 20404", 404, 20404, "Status", "cancel")
}

// TestAssistedResource is the answer to a request, field for field, and through our own client.
func TestAssistedResource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withPlainToken, manual)
	w.app.token = plainToken
	sid, agent := w.talking()
	c, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: plainToken, BaseURL: w.srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	n := twilio.NewPayment{IdempotencyKey: "k", StatusCallback: "/start", Timeout: 600, SecurityCode: &no, PostalCode: &yes,
		MinPostalCodeLength: 5, Parameters: map[string]string{"account": "a-1"}, Confirmation: &yes, ValidCardTypes: []string{"visa", "amex"},
		RequireMatchingInputs: []string{"postal-code"}, PaymentConnector: "sandbox", ChargeAmount: "0.50", Currency: "USD", Description: "bill"}
	p, err := c.CreatePayment(t.Context(), sid, n)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{world: w, call: sid, sid: p.SID}
	if p.CallSID != sid || p.AccountSID != simulator.DefaultAccountSID || p.DateCreated.IsZero() || !strings.HasPrefix(p.SID, "PK") {
		t.Errorf("%+v", p)
	}
	for _, step := range []struct{ capture, keys string }{
		{"payment-card-number", "378282246310005"}, {"postal-code", "94105#"}, {"postal-code-matcher", "94105#"}, {"expiration-date", "1230"},
	} {
		if _, err := c.UpdatePayment(t.Context(), sid, p.SID, twilio.PaymentUpdate{IdempotencyKey: "k", StatusCallback: "/told", Capture: step.capture}); err != nil {
			t.Fatal(err)
		}
		w.waits(sid, "pay:"+step.capture)
		w.keys(sid, step.keys)
	}
	if _, err := c.UpdatePayment(t.Context(), sid, p.SID, twilio.PaymentUpdate{IdempotencyKey: "k", StatusCallback: w.app.srv.URL + "/end", Status: "complete"}); err != nil {
		t.Fatal(err)
	}
	s := w.waits(sid, "pay:payment-confirmation")
	if !strings.Contains(s.said(), "card ending in 0 0 0 5") {
		t.Errorf("heard %s", s.said())
	}
	w.keys(sid, "1")
	w.app.await(t, "/end", 1)
	form, err := twilio.ParseForm([]byte(w.app.got("/end")[0].form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	last, err := twilio.ParsePaymentStatus(form)
	if err != nil || last.Result != "success" || last.PaymentCardNumber != "xxxxxxxxxxx0005" || last.SID != p.SID {
		t.Errorf("%+v, %v", last, err)
	}
	if b := w.book(); len(b) != 1 || b[0].Amount != "0.50" || b[0].Parameters["account"] != "a-1" {
		t.Errorf("%+v", b)
	}
	_, err = c.UpdatePayment(t.Context(), sid, p.SID, twilio.PaymentUpdate{IdempotencyKey: "new", StatusCallback: "/x", Status: "cancel"})
	if err == nil {
		t.Error("a session that is over was cancelled")
	}

	// On the agent's leg nobody types, and callbacks name the parent.
	code, body := w.rest("POST", "/Calls/"+agent+"/Payments.json", "IdempotencyKey", "k", "StatusCallback", "http://127.0.0.1:1/", "Timeout", "9")
	if code != 201 || body["call_sid"] != agent {
		t.Fatalf("%d %v", code, body)
	}
	if diff := cmp.Diff([]string{"account_sid", "call_sid", "date_created", "date_updated", "sid", "uri"}, slices.Sorted(maps.Keys(body))); diff != "" {
		t.Error(diff)
	}
	pk := body["sid"].(string)
	if body["date_created"] != "Mon, 05 Jan 2026 10:00:00 +0000" || body["uri"] != "/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls/"+agent+"/Payments/"+pk+".json" {
		t.Errorf("%v", body)
	}
	d.sid = pk
	d.call = agent
	d.must("Capture", "payment-card-number")
	w.waits(agent, "pay:payment-card-number")
	if s := w.keys(sid, "4242424242424242"); s.WaitingFor != "dial" {
		t.Errorf("the caller's leg: %+v", s)
	}
	w.advance("9s")
	f := w.app.await(t, "/payment-card-number", 2).form
	if f.Get("ErrorType") != "input-timeout" || f.Get("CallSid") != sid || f.Get("Sid") != pk {
		t.Errorf("%v", f)
	}
}
