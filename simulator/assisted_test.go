package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/simulator"
)

// desk is an agent's program: it asks for one thing after the other on a call, with callbacks to paths of their own.
type desk struct {
	*world
	call, sid string
	keys      int
}

// talking is a call on which the caller waits for somebody who was dialed and answered.
func (w *world) talking() (sid, agent string) {
	w.t.Helper()
	w.app.on("/voice", `<Dial action="/dialed"><Client>kim</Client></Dial>`)
	sid = w.ring()
	agent = w.ringing(sid, 1)[0]
	w.do(agent, "answer")
	w.stream(sid, func(e happened) bool { return e.Type == "child" && e.Status == "in-progress" })
	return sid, agent
}

// openDesk opens a payment of the given parameters.
func (w *world) openDesk(call string, params ...string) *desk {
	w.t.Helper()
	d := &desk{world: w, call: call}
	code, body := d.create(params...)
	if code != 201 {
		w.t.Fatalf("create: %d %v", code, body)
	}
	d.sid = body["sid"].(string)
	return d
}

func (d *desk) create(params ...string) (int, map[string]any) {
	d.t.Helper()
	d.keys++
	if !strings.Contains(strings.Join(params, " "), "Timeout") {
		params = append(params, "Timeout", "600") // the machine may be busy
	}
	return d.rest("POST", "/Calls/"+d.call+"/Payments.json", append([]string{
		"IdempotencyKey", fmt.Sprint("key-", d.keys), "StatusCallback", d.app.srv.URL + "/start"}, params...)...)
}

func (d *desk) update(params ...string) (int, map[string]any) {
	d.t.Helper()
	d.keys++
	return d.rest("POST", "/Calls/"+d.call+"/Payments/"+d.sid+".json", append([]string{
		"IdempotencyKey", fmt.Sprint("key-", d.keys), "StatusCallback", d.app.srv.URL + "/" + params[1]}, params...)...)
}

// must is an update that is accepted.
func (d *desk) must(params ...string) {
	d.t.Helper()
	if code, body := d.update(params...); code != 202 || body["sid"] != d.sid {
		d.t.Fatalf("%v: %d %v", params, code, body)
	}
}

// ask captures a field: the caller types keys, or is silent.
func (d *desk) ask(field, keys string) {
	d.t.Helper()
	d.must("Capture", field)
	d.waits(d.call, "pay:"+field)
	if keys == "" {
		d.do(d.call, "silence")
	} else {
		d.world.keys(d.call, keys)
	}
}

// askAll captures every field of a card.
func (d *desk) askAll(number, code string) {
	d.t.Helper()
	d.ask("payment-card-number", number)
	d.ask("expiration-date", "1230")
	d.ask("security-code", code)
	d.ask("postal-code", "94105#")
}

// told are the status callbacks of a path so far, in short, with dates and ids taken out after a look at them.
func (d *desk) told(path string, n int) []url.Values {
	d.t.Helper()
	d.app.await(d.t, path, n)
	var all []url.Values
	for _, h := range d.app.got(path) {
		if !h.signed || h.method != "POST" {
			d.t.Errorf("a callback to %s is not signed, or no POST", path)
		}
		f := url.Values{}
		for name, value := range h.form {
			f[name] = value
		}
		if f.Get("CallSid") != d.call || f.Get("AccountSid") != simulator.DefaultAccountSID || f.Get("Sid") != d.sid {
			d.t.Errorf("a callback of another payment: %v", f)
		}
		for _, name := range []string{"CallSid", "AccountSid", "Sid"} {
			f.Del(name)
		}
		for _, name := range []string{"DateCreated", "DateUpdated"} {
			if f.Has(name) && !strings.HasPrefix(f.Get(name), "2026-01-05T10:") {
				d.t.Errorf("%s is %q", name, f.Get(name))
			}
			if f.Has(name) {
				f.Set(name, "x")
			}
		}
		all = append(all, f)
	}
	return all
}

// form makes values of "Name=value" texts.
func form(texts ...string) url.Values {
	v := url.Values{}
	for _, text := range texts {
		name, value, _ := strings.Cut(text, "=")
		v.Set(name, value)
	}
	return v
}

// TestAssistedCallbacks holds every callback of a payment, parameter for parameter.
func TestAssistedCallbacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	sid, _ := w.talking()
	d := w.openDesk(sid, "ChargeAmount", "9.99")
	common := []string{"PaymentConnector=Default", "PaymentMethod=credit-card", "ChargeAmount=9.99", "DateCreated=x"}
	with := func(more ...string) url.Values { return form(append(append([]string{}, common...), more...)...) }
	if diff := cmp.Diff([]url.Values{with()}, d.told("/start", 1)); diff != "" {
		t.Errorf("after the start (-want +got):\n%s", diff)
	}

	d.ask("payment-card-number", "4242424242424242")
	rest := "Required=expiration-date,security-code,postal-code"
	want := []url.Values{with("DateUpdated=x", "Capture=payment-card-number", "PartialResult=true",
		"Required=payment-card-number,expiration-date,security-code,postal-code")}
	for n := 1; n <= 16; n++ {
		want = append(want, with("DateUpdated=x", "Capture=payment-card-number", "PartialResult=true",
			"Required=payment-card-number,expiration-date,security-code,postal-code", "PaymentCardNumber="+strings.Repeat("x", n)))
	}
	number := []string{"DateUpdated=x", "PaymentCardNumber=xxxxxxxxxxxx4242", "PaymentCardType=visa"}
	want = append(want, with(append(number, "Capture=payment-card-number", rest)...))
	if diff := cmp.Diff(want, d.told("/payment-card-number", 18)); diff != "" {
		t.Errorf("card number (-want +got):\n%s", diff)
	}
	w.waits(sid, "dial")

	d.ask("security-code", "123")
	code := append(number, "Capture=security-code")
	before := "Required=expiration-date,security-code,postal-code"
	want = []url.Values{with(append(code, before, "PartialResult=true")...)}
	for n := 1; n <= 3; n++ {
		want = append(want, with(append(code, before, "PartialResult=true", "SecurityCode="+strings.Repeat("x", n))...))
	}
	want = append(want, with(append(code, "Required=expiration-date,postal-code", "SecurityCode=xxx")...))
	if diff := cmp.Diff(want, d.told("/security-code", 5)); diff != "" {
		t.Errorf("security code (-want +got):\n%s", diff)
	}

	d.ask("expiration-date", "1230")
	d.ask("postal-code", "94105#")
	if diff := cmp.Diff(with(append(number, "Capture=postal-code", "Required=", "SecurityCode=xxx", "ExpirationDate=1230",
		"PaymentCardPostalCode=94105")...), d.told("/postal-code", 7)[6]); diff != "" {
		t.Errorf("the last capture (-want +got):\n%s", diff)
	}
	d.must("Status", "complete")
	got := d.told("/complete", 1)[0]
	if diff := cmp.Diff(form(append(number, "PaymentMethod=credit-card", "SecurityCode=xxx", "ExpirationDate=1230", "Result=success",
		"PaymentCardPostalCode=94105", "PaymentConfirmationCode="+w.book()[0].ID, "PaymentToken=", "ProfileId=")...), got); diff != "" {
		t.Errorf("the end (-want +got):\n%s", diff)
	}
	if c := w.book()[0]; c.Amount != "9.99" || c.Last4 != "4242" {
		t.Errorf("booked %+v", c)
	}
	if s := w.await(sid); s.Ended || s.WaitingFor != "dial" {
		t.Errorf("the call: %+v", s)
	}
}
