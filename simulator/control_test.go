package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
)

// TestControlErrors looks at what the control API says to wrong requests.
func TestControlErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather timeout="600"/>`)
	sid := w.ring()
	w.waits(sid, "gather")
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/calls", `{"from":"+15550123456"}`, 400, `"to"`},
		{"POST", "/calls", `{"from":"+15550123456","to":"+15550109999"}`, 404, line},
		{"POST", "/calls", `{"from":1}`, 400, "from"},
		{"POST", "/calls", `{"form":"+1"}`, 400, `"form"`},
		{"POST", "/calls", `{"from":"a","to":"b","pace":-1}`, 400, "pace"},
		{"POST", "/calls", `{`, 400, "JSON"},
		{"GET", "/calls/CAnone", ``, 404, "CAnone"},
		{"GET", "/calls/" + sid + "?wait=soon", ``, 400, "duration"},
		{"POST", "/calls/" + sid + "/digits", `{"digits":"12x"}`, 400, "keys"},
		{"POST", "/calls/" + sid + "/digits", `{}`, 400, "keys"},
		{"POST", "/calls/" + sid + "/answer", `{"by":"human"}`, 409, "inbound"},
		{"POST", "/calls/" + sid + "/answer", `{"by":"dog"}`, 400, "human"},
		{"POST", "/clock", `{"advance":"5s"}`, 409, "--manual-clock"},
		{"POST", "/clock", `{"advance":"later"}`, 400, "duration"},
		{"PUT", "/faults", `{"webhooks":{"drop_percent":101}}`, 400, "percent"},
		{"PUT", "/faults", `{"wobhooks":{}}`, 400, "wobhooks"},
		{"GET", "/nothing", ``, 404, "/sim/v1/nothing"},
	} {
		req, _ := http.NewRequest(c.method, w.srv.URL+"/sim/v1"+c.path, strings.NewReader(c.body))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		var e struct{ Error string }
		if err := json.Unmarshal(raw, &e); err != nil || res.StatusCode != c.status || !strings.Contains(e.Error, c.says) {
			t.Errorf("%s %s %s: %d %s, want %d and %q in it", c.method, c.path, c.body, res.StatusCode, raw, c.status, c.says)
		}
	}
	w.do(sid, "hangup")
	if code := w.ctl("POST", "/calls/"+sid+"/digits", map[string]string{"digits": "1"}, nil); code != http.StatusConflict {
		t.Errorf("digits after the end: %d", code)
	}
	if code := w.ctl("POST", "/calls/"+sid+"/hangup", nil, nil); code != http.StatusOK {
		t.Errorf("hanging up twice: %d", code)
	}
}

// TestEvents reads the stream of a call, from the start and from a place in it.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather action="/got" numDigits="2"><Say>Two keys?</Say></Gather>`)
	w.app.on("/got", `<Say mood="glad">Thanks.</Say>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.keys(sid, "42")
	all := w.stream(sid, func(e happened) bool { return e.Type == "ended" })
	var order []string
	for _, e := range all {
		order = append(order, strings.TrimSpace(e.Type+" "+e.Status+e.Key+e.Purpose))
	}
	got := strings.Join(order, ", ")
	want := "status ringing, webhook voice, answered voice, twiml, status in-progress, heard, waiting, key 4, key 2, waiting, " +
		"webhook action, answered action, twiml, log, heard, status completed, ended completed"
	if got != want {
		t.Errorf("events\n%s, want\n%s", got, want)
	}
	for i, e := range all {
		if e.Seq != i+1 {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
	}
	w.app.await(t, "/status", 1)
	req, _ := http.NewRequest(http.MethodGet, w.srv.URL+"/sim/v1/calls/"+sid+"/events", nil)
	req.Header.Set("Last-Event-ID", "100")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusNoContent {
		t.Errorf("after the end: %v %v", res.StatusCode, err)
	}
	_ = res.Body.Close()
}

// TestPacePerCall lets one call take its time and another none.
func TestPacePerCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Say>A sentence of some length.</Say><Pause length="3"/><Say>The end.</Say>`)
	var out struct {
		CallSID string `json:"call_sid"`
	}
	w.ctl("POST", "/calls", map[string]any{"from": person, "to": line, "pace": 1}, &out)
	w.ended(w.ring())
	w.advance("20s")
	s := w.ended(out.CallSID)
	if at := s.Heard[1].AtMS; at < 4000 || at > 6000 {
		t.Errorf("the end was said at %d ms", at)
	}
}

// TestClock has a day pass: time stands still in between.
func TestClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)
	w := newWorld(t, manual, func(cfg *simulator.Config) { cfg.Start = start })
	var c struct {
		Now    time.Time
		Manual bool
	}
	w.ctl("GET", "/clock", nil, &c)
	if !c.Manual || !c.Now.Equal(start) {
		t.Errorf("%+v", c)
	}
	w.advance("25h")
	w.ctl("GET", "/clock", nil, &c)
	if want := start.Add(25 * time.Hour); !c.Now.Equal(want) {
		t.Errorf("%s, want %s", c.Now, want)
	}
}

// TestSilentEnd waits through five Gathers with one advance of the clock: each timeout sets off the next.
func TestSilentEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", strings.Repeat(`<Gather timeout="10"/>`, 4)+`<Redirect>/more</Redirect>`)
	w.app.on("/more", `<Gather timeout="10"/><Say>Goodbye.</Say>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.advance("49s")
	w.waits(sid, "gather")
	w.advance("2s")
	if s := w.ended(sid); s.Heard[0].AtMS != 50000 {
		t.Errorf("%+v", s.Heard)
	}
}

// TestMask types a card number into a Gather, where it does not belong: no list or stream repeats it.
func TestMask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather action="/got?n=4242424242424242" numDigits="16"/>`)
	w.app.on("/got", `<Say>You typed 4242 4242 4242 4242, your reference is 123456789012.</Say>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.keys(sid, "4242424242424242")
	s := w.ended(sid)
	if s.said() != "You typed xxxx xxxx xxxx 4242, your reference is 123456789012." {
		t.Errorf("heard %q", s.said())
	}
	if got := w.app.await(t, "/got", 1).form.Get("Digits"); got != "4242424242424242" {
		t.Errorf("the application got %q", got)
	}
	raw, _ := json.Marshal(w.webhooks(sid))
	if bytes.Contains(raw, []byte("42424242")) || bytes.Contains(raw, []byte("4242 4242 4")) {
		t.Errorf("%s", raw)
	}
	if !bytes.Contains(raw, []byte(`"Digits":"xxxxxxxxxxxx4242"`)) {
		t.Errorf("no masked digits in %s", raw)
	}
}

// TestManyCalls runs calls side by side, some of which are hung up at a bad moment.
func TestManyCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Say>Hello.</Say><Gather action="/a" numDigits="1"><Say>Key?</Say></Gather>`)
	w.app.on("/a", `<Gather action="/b" numDigits="3"/>`)
	w.app.on("/b", `<Say>Thanks.</Say>`)
	done := make(chan string)
	for i := range 100 {
		go func() {
			defer func() { done <- "" }()
			sid := w.ring()
			w.waits(sid, "gather")
			w.keys(sid, "1")
			if i%5 == 0 {
				w.do(sid, "hangup")
				return
			}
			w.awaitAfter(sid, 1)
			w.keys(sid, "12")
			w.keys(sid, "3")
			if s := w.ended(sid); !strings.Contains(s.said(), "Thanks.") {
				t.Errorf("heard %q", s.said())
			}
		}()
	}
	for range 100 {
		<-done
	}
	w.app.await(t, "/status", 100)
}

// TestClose closes a simulator in the middle of everything: nothing of it runs on.
func TestClose(t *testing.T) {
	w := newWorld(t, answeredBy)
	never := make(chan struct{})
	w.app.on("/voice", `<Gather timeout="600"/>`)
	w.app.on("/dial", `<Dial timeout="600"><Client>kim</Client></Dial>`)
	w.app.handle("/hang", func(http.ResponseWriter, *http.Request) { <-never })
	sid := w.ring()
	w.waits(sid, "gather")
	for _, path := range []string{"/dial", "/hang"} {
		w.rest("POST", "/Calls.json", "From", line, "To", person, "Url", w.app.srv.URL+path)
		w.app.await(t, path, 1)
	}
	stream, err := http.Get(w.srv.URL + "/sim/v1/calls/" + sid + "/events")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := w.sim.Close(ctx); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stream.Body)
	_ = stream.Body.Close()
	if rec := httptest.NewRecorder(); true {
		w.sim.Handler().ServeHTTP(rec, httptest.NewRequest("POST", "/sim/v1/calls", strings.NewReader(`{"from":"+15550123456","to":"`+line+`"}`)))
		if rec.Code < 400 {
			t.Errorf("a call after the end: %d", rec.Code)
		}
	}
	close(never)
	w.srv.Close()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, g := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(g, "simulator.(*leg)") || strings.Contains(g, "simulator.(*Simulator).spawn") {
			t.Errorf("still running:\n%s", g)
		}
	}
}
