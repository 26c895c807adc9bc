package simulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator"
)

// TestLoopForEver repeats without end: a key, silence or a hang-up ends it.
func TestLoopForEver(t *testing.T) {
	t.Parallel()
	for name, pace := range map[string]float64{"without pace": 0, "with pace": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, atPace(pace))
			w.app.on("/voice", `<Gather action="/got" numDigits="1"><Say loop="0">Press a key.</Say></Gather>`)
			w.app.on("/got", `<Say loop="0">Hello?</Say>`)
			sid := w.ring()
			w.waits(sid, "gather")
			w.advance("5s")
			w.keys(sid, "1")
			w.stream(sid, func(e happened) bool { return e.Text == "Hello?" })
			w.advance("5s")
			s := w.do(sid, "hangup")
			if n := strings.Count(s.said(), "Press a key."); pace == 0 && n != 1 || pace == 1 && n < 4 {
				t.Errorf("said %d times", n)
			}
			w.ended(sid)
		})
	}
}

// TestWorld reads what the control API tells beside calls.
func TestWorld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Hangup/>`)
	var numbers struct {
		Numbers []struct {
			Phone    string
			VoiceURL string `json:"voice_url"`
		}
	}
	w.ctl("GET", "/numbers", nil, &numbers)
	if len(numbers.Numbers) != 1 || numbers.Numbers[0].Phone != line || numbers.Numbers[0].VoiceURL != w.app.srv.URL+"/voice" {
		t.Errorf("%+v", numbers)
	}
	var f simulator.Faults
	w.ctl("PUT", "/faults", map[string]any{"webhooks": map[string]any{"delay_ms": 1}}, nil)
	w.ctl("GET", "/faults", nil, &f)
	if f.Webhooks.DelayMS != 1 {
		t.Errorf("%+v", f)
	}
	for range 3 {
		w.ended(w.ring())
	}
	var list struct{ Calls []state }
	for query, want := range map[string]int{"": 3, "?limit=2": 2, "?status=completed": 3, "?status=ringing": 0} {
		w.ctl("GET", "/calls"+query, nil, &list)
		if len(list.Calls) != want {
			t.Errorf("%q: %d calls", query, len(list.Calls))
		}
	}
	for _, to := range []string{person, "+15550123457"} {
		w.rest("POST", "/Messages.json", "From", line, "To", to, "Body", "hello")
	}
	var messages struct {
		Messages []struct{ SID, Body string }
	}
	w.ctl("GET", "/messages?to=%2B15550123457", nil, &messages)
	if len(messages.Messages) != 1 || messages.Messages[0].Body != "hello" {
		t.Fatalf("%+v", messages)
	}
	if code, _ := w.rest("DELETE", "/Messages/"+messages.Messages[0].SID+".json"); code != 204 {
		t.Errorf("%d", code)
	}
	w.ctl("GET", "/messages", nil, &messages)
	if len(messages.Messages) != 1 {
		t.Errorf("%+v", messages)
	}
}

// TestNumbers fetches, changes and gives back a phone number.
func TestNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, page := w.rest("GET", "/IncomingPhoneNumbers.json", "PhoneNumber", line)
	sid := page["incoming_phone_numbers"].([]any)[0].(map[string]any)["sid"].(string)
	if code, n := w.rest("GET", "/IncomingPhoneNumbers/"+sid+".json"); code != 200 || n["phone_number"] != line {
		t.Errorf("%d %v", code, n)
	}
	for pair, want := range map[string]float64{"VoiceUrl=here": 21502, "VoiceMethod=PUT": 21403} {
		name, value, _ := strings.Cut(pair, "=")
		if code, n := w.rest("POST", "/IncomingPhoneNumbers/"+sid+".json", name, value); code != 400 || n["code"] != want {
			t.Errorf("%s: %d %v", pair, code, n)
		}
	}
	if code, n := w.rest("POST", "/IncomingPhoneNumbers.json", "PhoneNumber", line); code != 400 || n["code"] != 21422.0 {
		t.Errorf("%d %v", code, n)
	}
	if code, _ := w.rest("DELETE", "/IncomingPhoneNumbers/"+sid+".json"); code != 204 {
		t.Errorf("%d", code)
	}
	if code, _ := w.rest("GET", "/IncomingPhoneNumbers/"+sid+".json"); code != 404 {
		t.Errorf("%d", code)
	}
}

// TestBadCallbackAnswer warns of an answer to a status callback that Twilio does not like.
func TestBadCallbackAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   int
	}{
		"json":  {answerWith(200, "application/json", `{"ok":true}`), 15003},
		"500":   {answerWith(500, "text/plain", "no"), 11200},
		"empty": {answerWith(200, "text/xml", "<Response/>"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.app.on("/voice", `<Hangup/>`)
			w.app.handle("/status", c.answer)
			sid := w.ring()
			w.ended(sid)
			w.advance("1s") // returns when all is quiet
			if c.code == 0 {
				if log := w.log(sid); len(log) != 0 {
					t.Errorf("%+v", log)
				}
				return
			}
			w.logged(sid, c.code)
			_, page := w.rest("GET", "/Calls/"+sid+"/Notifications.json")
			n := page["notifications"].([]any)[0].(map[string]any)
			if n["error_code"] != fmt.Sprint(c.code) {
				t.Errorf("%v", n)
			}
			if code, _ := w.rest("GET", "/Notifications/"+n["sid"].(string)+".json"); code != 200 {
				t.Errorf("%d", code)
			}
		})
	}
}

// TestHTTPS trusts the certificates it is told to, and no others.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(answerWith(200, "text/xml", hello))
	srv.Config.ErrorLog = nil
	t.Cleanup(srv.Close)
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	for _, c := range []struct {
		config *tls.Config
		said   string
	}{{&tls.Config{RootCAs: pool}, "hello"}, {nil, "application error"}} {
		w := newWorld(t, noFallback, func(cfg *simulator.Config) {
			cfg.Numbers[0].VoiceURL, cfg.TLS = srv.URL, c.config
		})
		sid := w.ring()
		if s := w.ended(sid); !strings.Contains(s.said(), c.said) {
			t.Errorf("heard %q", s.said())
		}
		if c.config == nil {
			w.logged(sid, 11237)
		}
	}
}

// TestConfig refuses what cannot be played.
func TestConfig(t *testing.T) {
	t.Parallel()
	for want, cfg := range map[string]simulator.Config{
		"pace":        {Pace: -1},
		"auto answer": {AutoAnswer: "dog"},
		"number":      {Numbers: []simulator.Number{{Number: "5550100"}}},
		"absolute":    {Numbers: []simulator.Number{{Number: line, VoiceURL: "/voice"}}},
		"auth token":  {Accounts: []simulator.Account{{SID: "AC1"}}},
		"2 accounts":  {Accounts: make([]simulator.Account, 2)},
	} {
		if _, err := simulator.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestSeed repeats a run.
func TestSeed(t *testing.T) {
	t.Parallel()
	var sids []string
	for range 2 {
		w := newWorld(t, func(cfg *simulator.Config) { cfg.Seed = 7 })
		w.app.on("/voice", `<Gather timeout="600"/>`)
		sids = append(sids, w.ring())
	}
	if sids[0] != sids[1] {
		t.Errorf("%v", sids)
	}
}
