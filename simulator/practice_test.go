package simulator_test

import (
	"net/http"
	"net/url"
	"testing"
)

// practises is an agent with a payment on a call whose caller answers by themselves.
func practises(t *testing.T, habit, card string) *desk {
	t.Helper()
	w := newWorld(t, manual)
	sid, _ := w.talking()
	var s struct{ Caller struct{ Habit, Card string } }
	if code := w.ctl("POST", "/calls/"+sid+"/caller", map[string]string{"habit": habit, "card": card}, &s); code != http.StatusOK || s.Caller.Habit != habit || s.Caller.Card != card {
		t.Fatalf("caller: %d %+v", code, s)
	}
	return w.openDesk(sid, "ChargeAmount", "1", "Timeout", "12", "PostalCode", "false")
}

// last asks for a field, lets the time pass, and gives the callback with the end of it.
func (d *desk) last(field, pass string) url.Values {
	d.t.Helper()
	before := len(d.ends(field))
	d.must("Capture", field)
	d.advance(pass)
	if ends := d.ends(field); len(ends) > before {
		return ends[len(ends)-1]
	}
	return url.Values{"ErrorType": {"not over"}}
}

// ends are the callbacks of a field that are no progress.
func (d *desk) ends(field string) []url.Values {
	var out []url.Values
	for _, h := range d.app.got("/" + field) {
		if h.form.Get("PartialResult") != "true" {
			out = append(out, h.form)
		}
	}
	return out
}

// TestCallerAnswersAlone is every habit, asked for the fields of a card: how each try ends, in which time.
func TestCallerAnswersAlone(t *testing.T) {
	t.Parallel()
	type asked struct{ field, pass, want string }
	number, expiry, code := "payment-card-number", "expiration-date", "security-code"
	for habit, tries := range map[string][]asked{
		"patient":  {{number, "6s", "not over"}, {number, "20s", ""}, {expiry, "8s", ""}, {code, "8s", ""}},
		"mistakes": {{number, "20s", "invalid-card-number"}, {number, "20s", ""}, {expiry, "8s", "invalid-date"}, {expiry, "8s", ""}, {code, "20s", "invalid-security-code"}, {code, "8s", ""}},
		"slow":     {{number, "135s", "not over"}, {number, "145s", ""}, {expiry, "37s", ""}, {code, "28s", ""}},
		"double":   {{number, "20s", "invalid-card-number"}, {number, "20s", "invalid-card-number"}, {number, "20s", ""}, {code, "8s", ""}},
	} {
		t.Run(habit, func(t *testing.T) {
			t.Parallel()
			d := practises(t, habit, "visa")
			for i, a := range tries {
				if got := d.last(a.field, a.pass).Get("ErrorType"); got != a.want {
					t.Fatalf("try %d, %s in %s: %q, want %q", i, a.field, a.pass, got, a.want)
				}
			}
			if habit == "double" {
				return
			}
			d.must("Status", "complete")
			if f := d.told("/complete", 1)[0]; f.Get("Result") != "success" {
				t.Errorf("%v", f)
			}
		})
	}
}

// TestCallerGivesUp is the impatient caller, who pays at the second try, and the one who leaves.
func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	d := practises(t, "impatient", "mastercard")
	if f := d.last("payment-card-number", "20s"); f.Get("Result") != "caller-interrupted-with-star" {
		t.Errorf("%v", f)
	}
	again := d.world.openDesk(d.call, "ChargeAmount", "1", "Timeout", "12", "PostalCode", "false", "Description", "again")
	if f := again.last("payment-card-number", "20s"); f.Get("ErrorType") != "" || f.Get("PaymentCardType") != "mastercard" {
		t.Errorf("the second payment: %v", f)
	}
	d = practises(t, "leaves", "visa")
	if f := d.last("payment-card-number", "20s"); f.Get("Result") != "caller-hung-up" {
		t.Errorf("%v", f)
	}
	if s := d.ended(d.call); s.Status != "completed" {
		t.Errorf("%+v", s)
	}
	if got := d.ctl("POST", "/calls/"+d.call+"/caller", map[string]string{"habit": "patient"}, nil); got != http.StatusConflict {
		t.Errorf("a habit for a call that is over: %d", got)
	}
}

// TestCallerIsTold is the control: what is asked already is answered, off means off, and what is no habit is refused.
func TestCallerIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	sid, _ := w.talking()
	d := w.openDesk(sid, "ChargeAmount", "1", "Timeout", "60")
	if f := d.last("payment-card-number", "30s"); f.Get("ErrorType") != "not over" {
		t.Fatalf("somebody typed: %v", f)
	}
	set := func(habit, card string) int {
		return w.ctl("POST", "/calls/"+sid+"/caller", map[string]string{"habit": habit, "card": card}, nil)
	}
	for _, bad := range [][2]string{{"", "visa"}, {"nice", "visa"}, {"patient", "4242424242424242"}} {
		if got := set(bad[0], bad[1]); got != http.StatusBadRequest {
			t.Errorf("%v: %d", bad, got)
		}
	}
	if got := w.ctl("POST", "/calls/CA0/caller", map[string]string{"habit": "patient"}, nil); got != http.StatusNotFound {
		t.Errorf("no call: %d", got)
	}
	set("patient", "")
	w.advance("4s")
	set("off", "")
	w.advance("20s")
	if ends := d.ends("payment-card-number"); len(ends) != 0 {
		t.Fatalf("who is off types on: %v", ends)
	}
	set("patient", "amex") // on top of what was typed: the number is wrong
	w.advance("20s")
	if ends := d.ends("payment-card-number"); len(ends) != 1 {
		t.Fatalf("nobody answers: %v", ends)
	}
	if f := d.last("payment-card-number", "20s"); f.Get("PaymentCardType") != "amex" || f.Get("ErrorType") != "" {
		t.Errorf("%v", f)
	}
}
