package simulator_test

import (
	"net/http"
	"testing"
)

// TestCall is a whole call: it rings in, is answered with a Gather, keys go to the action, and the end is told.
func TestCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Say language="es-US">Hola.</Say><Gather action="/turn/1?x=1" numDigits="1"><Say>Press 1.</Say></Gather>`)
	w.app.on("/turn/1", `<Say>Thank you.</Say><Hangup/>`)

	sid := w.ring()
	if s := w.waits(sid, "gather"); s.Status != "in-progress" || s.said() != "Hola. | Press 1." || s.Heard[0].Language != "es-US" {
		t.Errorf("before the key: %+v", s)
	}
	if s := w.keys(sid, "1"); s.Taken != 1 || s.Ignored != 0 || s.WaitingFor != "" && s.WaitingFor != "gather" {
		t.Errorf("the key: %+v", s)
	}
	s := w.ended(sid)
	if s.Status != "completed" || s.said() != "Hola. | Press 1. | Thank you." {
		t.Errorf("at the end: %s %s", s.Status, s.said())
	}

	first := w.app.await(t, "/voice", 1)
	for name, want := range map[string]string{
		"CallSid": sid, "AccountSid": "AC00000000000000000000000000000001", "From": person, "To": line, "Caller": person, "Called": line,
		"CallStatus": "ringing", "ApiVersion": "2010-04-01", "Direction": "inbound", "FromCountry": "US",
	} {
		if got := first.form.Get(name); got != want {
			t.Errorf("%s of the first webhook is %q, want %q", name, got, want)
		}
	}
	turn := w.app.await(t, "/turn/1", 1)
	if turn.form.Get("Digits") != "1" || turn.form.Get("CallStatus") != "in-progress" || turn.query != "x=1" || turn.form.Get("msg") != "Gather End" {
		t.Errorf("the action got %v", turn.form)
	}
	end := w.app.await(t, "/status", 1)
	if end.form.Get("CallStatus") != "completed" || end.form.Get("SequenceNumber") != "0" || end.form.Get("CallDuration") == "" ||
		end.form.Get("CallbackSource") != "call-progress-events" {
		t.Errorf("the status callback got %v", end.form)
	}
	for _, h := range []hook{first, turn, end} {
		if !h.signed || h.method != http.MethodPost || h.header.Get("User-Agent") != "TwilioProxy/1.1" || h.header.Get("I-Twilio-Idempotency-Token") == "" {
			t.Errorf("%s: signed %t, %s, %v", h.path, h.signed, h.method, h.header)
		}
	}
}
