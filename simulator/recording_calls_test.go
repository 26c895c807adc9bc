package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/simulator"
)

// TestDialRecordsFrom begins a recording with the ringing or with the answer.
func TestDialRecordsFrom(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]struct {
		seconds  float64
		channels int
	}{
		"record-from-answer": {3, 1}, "record-from-answer-dual": {3, 2}, "record-from-ringing": {10, 1}, "record-from-ringing-dual": {10, 2}, "true": {3, 1},
		"do-not-record": {}, "false": {}, "record-from-nowhere": {},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.app.on("/voice", `<Dial record="`+how+`"><Client>kim</Client></Dial>`)
			sid := w.ring()
			agent := w.ringing(sid, 1)[0]
			w.advance("7s")
			w.do(agent, "answer")
			w.advance("3s")
			if want.channels == 0 {
				w.do(sid, "hangup")
				w.ended(sid)
				if got := w.kept("?call_sid=" + sid); len(got) > 0 {
					t.Errorf("recorded: %+v", got)
				}
				return
			}
			if sound := w.recorded(sid); !same(sound.Seconds(), want.seconds) || len(sound.Channels) != want.channels {
				t.Errorf("%v s of %d channels, want %+v", sound.Seconds(), len(sound.Channels), want)
			}
		})
	}
	w := newWorld(t, manual)
	w.app.on("/voice", `<Dial record="record-from-ringing"><Client>kim</Client></Dial><Say>On</Say>`)
	sid := w.ring()
	w.advance("4s")
	w.do(w.ringing(sid, 1)[0], "hangup")
	if sound := w.recorded(sid); !same(sound.Seconds(), 4) {
		t.Errorf("nobody answered: %v s", sound.Seconds())
	}
}

// TestLosingCallbacksOfRecordings loses those of recordings of calls, and no others.
func TestLosingCallbacksOfRecordings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, func(cfg *simulator.Config) { cfg.Seed = 4 })
	w.app.on("/voice", `<Start><Recording recordingStatusCallback="/recorded"/></Start><Say>Hello</Say><Record recordingStatusCallback="/recorded" action="/done" timeout="1"/>`)
	w.app.on("/done", `<Hangup/>`)
	if code := w.ctl("PUT", "/faults", map[string]any{"recordings": map[string]any{"lose_percent": 20}}, nil); code != 200 {
		t.Fatal(code)
	}
	const calls = 60
	for range calls {
		w.ring()
	}
	w.advance("10s")
	if n := len(w.app.got("/status")); n != calls {
		t.Errorf("%d of %d callbacks of calls came", n, calls)
	}
	if n := len(w.app.got("/recorded")); n < calls*2*6/10 || n >= calls*2*95/100 {
		t.Errorf("%d of %d callbacks of recordings came", n, calls*2)
	}
	if n := len(w.kept("")); n != 2*calls {
		t.Errorf("%d recordings were kept", n)
	}
}

// TestClockOfAnswers: REST is answered with the simulator's date, in the header and in the resources.
func TestClockOfAnswers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, manual, func(cfg *simulator.Config) { cfg.Start = at })
	rec := w.make(nil)[0]
	w.advance("8760h")
	for path, want := range map[string]int{"/Recordings.json": 200, "/Recordings/" + rec + ".json": 404, "/Calls.json": 200} {
		res, err := http.DefaultClient.Do(w.authorized(w.srv.URL + "/2010-04-01/Accounts/" + simulator.DefaultAccountSID + path))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if diff := cmp.Diff([]string{"Mon, 01 Mar 2027 12:00:00 GMT"}, res.Header["Date"]); diff != "" || res.StatusCode != want {
			t.Errorf("%s: %d, %s", path, res.StatusCode, diff)
		}
	}
}
