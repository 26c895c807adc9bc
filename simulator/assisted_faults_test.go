package simulator_test

import (
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator/paysession"
)

func failing(why string) map[string]any {
	return map[string]any{"payments": map[string]string{"capture_error": why}}
}

// TestEveryErrorType lets a capture end with each ErrorType that Twilio publishes: the field is still wanted, and
// the session goes on.
func TestEveryErrorType(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Dial timeout="900"><Client>kim</Client></Dial>`)
	sid := w.inProgress()
	d := w.openDesk(sid, "ChargeAmount", "1", "PostalCode", "false")
	all := paysession.Failures()
	if len(all) != 13 {
		t.Fatalf("%d error types", len(all))
	}
	for i, why := range all {
		if code := w.ctl("PUT", "/faults", failing(string(why)), nil); code != 200 {
			t.Fatalf("%s: %d", why, code)
		}
		d.must("Capture", "payment-card-number")
		f := d.told("/payment-card-number", 2*i+2)[2*i+1]
		if f.Get("ErrorType") != string(why) || f.Has("PartialResult") || !strings.Contains(f.Get("Required"), "payment-card-number") {
			t.Errorf("%s: %v", why, f)
		}
	}
	var refused struct{ Error string }
	if code := w.ctl("PUT", "/faults", failing("nonsense"), &refused); code != 400 || !strings.Contains(refused.Error, "session-in-progress") {
		t.Errorf("%d %s", code, refused.Error)
	}
	w.ctl("DELETE", "/faults", nil, nil)
	for field, keys := range map[string]string{"payment-card-number": "4242424242424242", "expiration-date": "1230"} {
		d.ask(field, keys)
	}
	d.ask("security-code", "123")
	d.must("Status", "complete")
	if f := d.told("/complete", 1)[0]; f.Get("Result") != "success" {
		t.Errorf("%v", f)
	}
}
