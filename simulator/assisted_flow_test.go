package simulator_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paydial/paydial/simulator"
)

// inProgress is a call that was answered.
func (w *world) inProgress() string {
	w.t.Helper()
	sid := w.ring()
	w.stream(sid, func(e happened) bool { return e.Type == "status" && e.Status == "in-progress" })
	return sid
}

// TestAssistedBesideVerbs captures a field while each verb runs: the keys are the payment's, and the verb has no idea.
func TestAssistedBesideVerbs(t *testing.T) {
	t.Parallel()
	for verb, c := range map[string]struct{ doc, waits string }{
		"Dial":    {`<Dial hangupOnStar="true" timeout="900"><Client>kim</Client></Dial>`, "dial"},
		"Gather":  {`<Gather action="/gathered" timeout="900" numDigits="4"/>`, "gather"},
		"Pause":   {`<Say>One moment.</Say><Pause length="900"/>`, ""},
		"Enqueue": {`<Enqueue>desk</Enqueue>`, ""},
		"Record":  {`<Record timeout="900" maxLength="900" playBeep="false"/>`, "record"},
	} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, func(cfg *simulator.Config) {
				if verb == "Pause" {
					cfg.Pace = 1
				}
			})
			w.app.on("/voice", c.doc)
			w.app.on("/gathered", `<Hangup/>`)
			sid := w.inProgress()
			if c.waits != "" {
				w.waits(sid, c.waits)
			}
			d := w.openDesk(sid, "ChargeAmount", "1")
			d.must("Capture", "payment-card-number")
			first := w.waits(sid, "pay:payment-card-number").WaitingID
			if s := w.keys(sid, "42424"); s.Taken != 5 || s.WaitingID != first {
				t.Errorf("%+v", s)
			}
			d.must("Capture", "payment-card-number") // anew: what was typed is gone
			if s := w.await(sid); s.WaitingID == first || s.WaitingFor != "pay:payment-card-number" {
				t.Errorf("%+v", s)
			}
			s := w.keys(sid, "4242424242424242#99") // # belongs to the entry, and what is behind it to nobody
			if s.Taken != 17 || s.Ignored != 2 || s.WaitingFor != c.waits || s.Ended {
				t.Errorf("%+v", s)
			}
			d.ask("expiration-date", "1230")
			d.ask("security-code", "123")
			d.must("Capture", "postal-code")
			w.keys(sid, "94105")
			w.advance("599s")
			if s := w.await(sid); s.WaitingFor != "pay:postal-code" {
				t.Errorf("%+v", s)
			}
			w.advance("1s")
			if f := d.told("/postal-code", 7)[6]; f.Get("PaymentCardPostalCode") != "94105" || f.Get("Required") != "" || f.Get("ErrorType") != "" {
				t.Errorf("%v", f)
			}
			d.must("Status", "complete")
			if f := d.told("/complete", 1)[0]; f.Get("Result") != "success" {
				t.Errorf("%v", f)
			}
			if got := w.app.got("/gathered"); len(got) > 0 {
				t.Errorf("the verb got %v", got[0].form)
			}
			for _, e := range w.stream(sid, func(e happened) bool { return e.Type == "pay" && e.Result == "success" }) {
				if e.Key != "" || e.Type == "key" && e.Ignored == 0 && !e.Masked {
					t.Errorf("a key is shown: %+v", e)
				}
			}
			if verb == "Gather" {
				w.waits(sid, "gather")
				w.keys(sid, "1234")
				if f := w.app.await(t, "/gathered", 1).form; f.Get("Digits") != "1234" {
					t.Errorf("%v", f)
				}
			}
		})
	}
}

// TestAssistedEnds ends sessions from the caller's side.
func TestAssistedEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, result string
		act          func(d *desk)
		goesOn       bool
	}{
		{"star", "caller-interrupted-with-star", func(d *desk) { d.world.keys(d.call, "42*42") }, true},
		{"hang-up", "caller-hung-up", func(d *desk) { d.do(d.call, "hangup") }, false},
		{"the call is ended over REST", "caller-hung-up", func(d *desk) { d.rest("POST", "/Calls/"+d.call+".json", "Status", "completed") }, false},
		{"cancel", "transaction-cancelled", func(d *desk) { d.must("Status", "cancel") }, true},
		{"the call goes to another document, which ends", "caller-hung-up", func(d *desk) {
			d.app.on("/away", `<Gather timeout="900"/>`)
			if code, _ := d.rest("POST", "/Calls/"+d.call+".json", "Url", d.app.srv.URL+"/away"); code != 200 {
				d.t.Errorf("redirect: %d", code)
			}
			d.waits(d.call, "pay:payment-card-number") // the session is still there
			d.world.keys(d.call, "4242424242424242")
			d.waits(d.call, "gather")
			d.advance("900s")
			d.ended(d.call)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			sid, agent := w.talking()
			d := w.openDesk(sid, "ChargeAmount", "1")
			d.must("Capture", "payment-card-number")
			w.waits(sid, "pay:payment-card-number")
			c.act(d)
			path := "/payment-card-number" // the newest request's callback hears of the end
			if c.name == "cancel" {
				path = "/cancel"
			}
			var last string
			for n := 1; last == ""; n++ {
				last = w.app.await(t, path, n).form.Get("Result")
			}
			if last != c.result || len(w.book()) != 0 {
				t.Errorf("%s; booked %v", last, w.book())
			}
			if !c.goesOn {
				w.ended(sid)
				w.ended(agent)
				return
			}
			if s := w.waits(sid, "dial"); s.Ended {
				t.Error("the call is over")
			}
			d.keys++
			w.openDesk(sid, "ChargeAmount", "2", "Description", "again") // a new one can be opened
		})
	}
}

// TestAssistedRepeats sends requests twice: nothing happens twice, and the callback hears once more how things stand.
func TestAssistedRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	sid, _ := w.talking()
	start := []string{"IdempotencyKey", "one", "StatusCallback", w.app.srv.URL + "/start", "ChargeAmount", "5.00", "Timeout", "600", "SecurityCode", "false", "PostalCode", "false"}
	_, first := w.rest("POST", "/Calls/"+sid+"/Payments.json", start...)
	d := &desk{world: w, call: sid, sid: first["sid"].(string)}
	twice := func(status int, path string, params ...string) {
		t.Helper()
		for range 2 {
			code, body := w.rest("POST", path, params...)
			if code != status || body["sid"] != d.sid {
				t.Fatalf("%v: %d %v", params, code, body)
			}
		}
	}
	twice(201, "/Calls/"+sid+"/Payments.json", start...)
	if all := d.told("/start", 3); all[0].Encode() != all[2].Encode() {
		t.Errorf("told %v, then %v", all[0], all[2])
	}
	path := "/Calls/" + sid + "/Payments/" + d.sid + ".json"
	number := []string{"IdempotencyKey", "one", "StatusCallback", w.app.srv.URL + "/number", "Capture", "payment-card-number"}
	twice(202, path, number...)
	w.keys(sid, "4242")
	twice(202, path, number...) // while it is typed: the entry goes on
	if f := d.told("/number", 8)[7]; f.Get("PaymentCardNumber") != "xxxx" || f.Get("PartialResult") != "true" {
		t.Errorf("%v", f)
	}
	w.keys(sid, "424242424242")
	d.ask("expiration-date", "1230")
	twice(202, path, number...)
	if f := d.told("/number", 23)[22]; f.Get("PaymentCardNumber") != "xxxxxxxxxxxx4242" || f.Has("PartialResult") || f.Get("Required") != "" ||
		f.Get("ExpirationDate") != "1230" || f.Get("Capture") != "payment-card-number" {
		t.Errorf("%v", f)
	}
	end := []string{"IdempotencyKey", "one", "StatusCallback", w.app.srv.URL + "/end", "Status", "complete"}
	_, _ = w.rest("POST", path, end...)
	w.app.await(t, "/end", 1)
	twice(202, path, end...)
	w.do(sid, "hangup")
	w.ended(sid)
	twice(202, path, end...) // even then
	twice(202, path, number...)
	all := d.told("/end", 5)
	for _, f := range all {
		if f.Encode() != all[0].Encode() || f.Get("Result") != "success" {
			t.Errorf("%v", f)
		}
	}
	if f := d.told("/number", 25)[24]; f.Get("Result") != "success" {
		t.Errorf("after the end: %v", f)
	}
	if len(w.book()) != 1 {
		t.Errorf("booked %v", w.book())
	}
	if code, _ := w.rest("POST", path, "IdempotencyKey", "two", "StatusCallback", w.app.srv.URL+"/end", "Status", "complete"); code != 404 {
		t.Errorf("another key after the end: %d", code)
	}
}

// TestAssistedKnobs are the other answers to two questions that Twilio's documents leave open.
func TestAssistedKnobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, func(cfg *simulator.Config) { cfg.PayRepeats, cfg.FinalPartial = "silent", "false" })
	sid, _ := w.talking()
	d := w.openDesk(sid)
	d.ask("expiration-date", "")
	d.keys--
	d.must("Capture", "expiration-date")
	d.ask("payment-card-number", "")
	if all := d.told("/expiration-date", 2); len(all) != 2 || all[1].Get("PartialResult") != "false" || all[1].Get("TokenType") != "reusable" {
		t.Errorf("%v", all)
	}
	for _, cfg := range []simulator.Config{{PayRepeats: "loud"}, {FinalPartial: "true"}} {
		if _, err := simulator.New(cfg); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
}

// TestAssistedTime: the caller's time begins with the question and anew with each key.
func TestAssistedTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, atPace(1))
	sid, _ := w.talking()
	d := w.openDesk(sid, "Timeout", "4", "PaymentMethod", "ach-debit", "Confirmation", "true")
	d.must("Capture", "bank-account-number")
	w.advance("3s")
	w.keys(sid, "123")
	w.advance("3s")
	w.keys(sid, "45678")
	w.advance("4s")
	if f := d.told("/bank-account-number", 10)[9]; f.Get("BankAccountNumber") != "******78" || f.Get("BankAccountType") != "consumer-checking" {
		t.Errorf("%v", f)
	}
	d.must("Capture", "bank-routing-number")
	w.advance("4s")
	if f := d.told("/bank-routing-number", 2)[1]; f.Get("ErrorType") != "input-timeout" || f.Get("Required") != "bank-routing-number" {
		t.Errorf("%v", f)
	}
	d.ask("bank-routing-number", "110000000")
	d.must("Status", "complete")
	w.advance("5s") // the question itself takes time
	if s := w.waits(sid, "pay:payment-confirmation"); !strings.Contains(s.said(), "bank account ending in 5 6 7 8") {
		t.Errorf("heard %s", s.said())
	}
	w.keys(sid, "1")
	f := d.told("/complete", 1)[0]
	if f.Get("Result") != "success" || f.Get("PaymentToken") != w.book()[0].ID || f.Get("BankRoutingNumber") != "110000000" {
		t.Errorf("%v", f)
	}
}

// TestAssistedFaults disturbs the callbacks: they come twice and out of order, and one payment comes of it.
func TestAssistedFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sid, _ := w.talking()
	if code := w.ctl("PUT", "/faults", map[string]any{"webhooks": map[string]any{"duplicate": 1, "shuffle": true}}, nil); code != 200 {
		t.Fatal(code)
	}
	d := w.openDesk(sid, "ChargeAmount", "7.00")
	d.askAll("4242424242424242", "123")
	d.must("Status", "complete")
	w.app.await(t, "/complete", 2)
	w.app.await(t, "/payment-card-number", 36)
	var order []int
	for _, h := range w.app.got("/payment-card-number") {
		order = append(order, len(h.form.Get("PaymentCardNumber")))
	}
	if slices.IsSorted(order) {
		t.Errorf("the callbacks came in order: %v", order)
	}
	w.ctl("PUT", "/faults", map[string]any{"webhooks": map[string]any{"lose_percent": 100}}, nil)
	w.openDesk(sid, "ChargeAmount", "8.00", "Description", "lost")
	w.ctl("DELETE", "/faults", nil, nil)
	if n := len(w.app.got("/start")); n > 2 {
		t.Errorf("%d callbacks of the start, the second should be lost", n)
	}
}

// TestAssistedLeaksNothing lets many callers type cards that nobody else has, and looks for them everywhere.
func TestAssistedLeaksNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *simulator.Config) { cfg.Connectors = []simulator.Connector{{Name: "any", Cards: "any"}} })
	w.app.on("/voice", `<Gather timeout="600" action="/gathered" numDigits="30"/>`)
	rnd := rand.New(rand.NewPCG(5, 6))
	var numbers, sids []string
	var wg sync.WaitGroup
	for range 20 {
		number := uncommonVisa(rnd)
		sid := w.inProgress()
		numbers, sids = append(numbers, number), append(sids, sid)
		wg.Go(func() {
			d := w.openDesk(sid, "PaymentConnector", "any", "PostalCode", "false")
			d.ask("payment-card-number", number[:15]+string('0'+(number[15]-'0'+1)%10))
			d.ask("payment-card-number", number+"#"+number[:3])
			d.ask("expiration-date", "1230")
			d.ask("security-code", hidden)
			d.must("Status", "complete")
		})
	}
	wg.Wait()
	w.app.await(t, "/complete", len(numbers))
	for _, sid := range sids {
		w.do(sid, "hangup")
		w.ended(sid)
	}
	w.app.await(t, "/status", len(sids))
	if b := w.book(); len(b) != len(numbers) {
		t.Fatalf("%d tokens", len(b))
	}
	var all strings.Builder
	for _, h := range w.app.allHooks() {
		all.WriteString(h.form.Encode() + " " + h.query + "\n")
	}
	for _, sid := range sids {
		for _, part := range []string{"", "/webhooks", "/log", "/events"} {
			all.WriteString(w.text("/sim/v1/calls/" + sid + part))
		}
	}
	if found := leaked(all.String(), pieces(numbers...)); found != "" {
		t.Error(found)
	}
	if found := codeLeaked(all.String()); found != "" {
		t.Error(found)
	}
}
