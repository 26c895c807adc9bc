package simulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
)

// TestDetection tells who picked up, in the first webhook and beside the call, with what it took to tell.
func TestDetection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		by, mode string
		tuned    []string
		want     string
		took     int
	}{
		{"human", "Enable", nil, "human", 2600},
		{"human", "DetectMessageEnd", []string{"MachineDetectionSpeechEndThreshold", "3000"}, "human", 4400},
		{"human", "Enable", []string{"MachineDetectionSpeechEndThreshold", "5000", "MachineDetectionTimeout", "4"}, "unknown", 4000},
		{"machine", "Enable", nil, "machine_start", 2900},
		{"machine", "Enable", []string{"MachineDetectionSpeechThreshold", "6000", "MachineDetectionTimeout", "5"}, "unknown", 5000},
		{"machine", "DetectMessageEnd", nil, "machine_end_beep", 9500},
		{"machine", "DetectMessageEnd", []string{"MachineDetectionTimeout", "5"}, "machine_end_other", 5000},
		{"machine", "DetectMessageEnd", []string{"MachineDetectionSpeechThreshold", "6000", "MachineDetectionTimeout", "5"}, "unknown", 5000},
		{"machine-no-beep", "Enable", nil, "machine_start", 2900},
		{"machine-no-beep", "DetectMessageEnd", nil, "machine_end_silence", 9700},
		{"machine-talks-on", "DetectMessageEnd", nil, "machine_end_other", 30000},
		{"fax", "Enable", nil, "fax", 3000},
		{"unclear", "Enable", nil, "unknown", 5000},
		{"unclear", "DetectMessageEnd", []string{"MachineDetectionSilenceTimeout", "2000"}, "unknown", 2000},
	} {
		t.Run(fmt.Sprint(c.by, " ", c.mode, " ", c.tuned), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, atPace(1), func(cfg *simulator.Config) { cfg.AutoAnswer = c.by })
			w.app.on("/out", `<Gather timeout="600"/>`)
			params := append([]string{"MachineDetection", c.mode}, c.tuned...)
			waits := w.dial(person, "/out", params...)
			beside := w.dial(person, "/out", append(params, "AsyncAmd", "true", "AsyncAmdStatusCallback", w.app.srv.URL+"/amd")...)
			w.waits(beside, "gather")
			before := w.app.got("/out")
			w.advance(fmt.Sprintf("%dms", c.took-1))
			if _, call := w.rest("GET", "/Calls/"+waits+".json"); len(before) != 1 || len(w.app.got("/out")) != 1 || len(w.app.got("/amd")) != 0 || call["answered_by"] != nil {
				t.Errorf("told too early: %v %v", w.app.got("/out"), call["answered_by"])
			}
			w.advance("1ms")
			for name, h := range map[string]hook{"first webhook": w.app.await(t, "/out", 2), "callback": w.app.await(t, "/amd", 1)} {
				if h.form.Get("AnsweredBy") != c.want || h.form.Get("MachineDetectionDuration") != strconv.Itoa(c.took) || !h.signed {
					t.Errorf("%s: %v", name, h.form)
				}
			}
			for _, sid := range []string{waits, beside} {
				if _, call := w.rest("GET", "/Calls/"+sid+".json"); call["answered_by"] != c.want {
					t.Errorf("answered_by %v", call["answered_by"])
				}
			}
		})
	}
}

// TestDetectionNeedsACall: who hangs up before it is known who they are is not told of.
func TestDetectionNeedsACall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, atPace(1), answeredBy)
	w.app.on("/out", `<Gather timeout="600"/>`)
	sid := w.dial(person, "/out", "MachineDetection", "Enable", "AsyncAmd", "true", "AsyncAmdStatusCallback", w.app.srv.URL+"/amd")
	w.waits(sid, "gather")
	w.do(sid, "hangup")
	w.advance("1m")
	if got := w.app.got("/amd"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// ladder asks for every status callback.
func (w *world) ladder() []string {
	out := []string{"StatusCallback", w.app.srv.URL + "/progress?row=7&x=a%20b"}
	for _, e := range []string{"initiated", "ringing", "answered", "completed"} {
		out = append(out, "StatusCallbackEvent", e)
	}
	return out
}

// climbed is the status callbacks in the order in which they came: status and number.
func (w *world) climbed(n int) string {
	w.t.Helper()
	w.app.await(w.t, "/progress", n)
	var out []string
	for _, h := range w.app.got("/progress") {
		out = append(out, h.form.Get("CallStatus")+" "+h.form.Get("SequenceNumber"))
		if _, err := time.Parse(time.RFC1123Z, h.form.Get("Timestamp")); err != nil || h.form.Get("CallbackSource") != "call-progress-events" ||
			!h.signed || h.query != "row=7&x=a%20b" {
			w.t.Errorf("%v %q signed %t: %v", h.form, h.query, h.signed, err)
		}
	}
	return strings.Join(out, ", ")
}

// TestLadder tells every step of a call, however it ends, with what Twilio says of it.
func TestLadder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		crowd, sip, want string
		n                int
	}{
		{"later", "200", "initiated 0, ringing 1, in-progress 2, completed 3", 4},
		{"busy", "486", "initiated 0, busy 1", 2},
		{"failed", "404", "initiated 0, failed 1", 2},
		{"no_answer", "487", "initiated 0, ringing 1, no-answer 2", 3},
	} {
		t.Run(c.crowd, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.ctl("PUT", "/crowd", map[string]any{"weights": map[string]int{c.crowd: 1}, "pace": 1}, nil)
			w.app.on("/out", `<Hangup/>`)
			sid := w.dial(person, "/out", append(w.ladder(), "Timeout", "30")...)
			w.advance("29s")
			if _, call := w.rest("GET", "/Calls/"+sid+".json"); c.crowd == "no_answer" && call["status"] != "ringing" {
				t.Errorf("after 29 s: %v", call["status"])
			}
			w.advance("2s")
			if got := w.climbed(c.n); got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
			last := w.app.await(t, "/progress", c.n).form
			if last.Get("SipResponseCode") != c.sip || last.Get("CallDuration") == "" || last.Get("Direction") != "outbound-api" {
				t.Errorf("%v", last)
			}
		})
	}
}

// TestCallbackTroubles delivers the callbacks of one call last first, twice, late or not at all, and those of another
// as ever.
func TestCallbackTroubles(t *testing.T) {
	t.Parallel()
	const other = "+15550123499"
	for _, c := range []struct {
		name  string
		fault map[string]any
		want  string
		n     int
	}{
		{"reverse", map[string]any{"reverse": true}, "completed 3, in-progress 2, ringing 1, initiated 0", 4},
		{"lose", map[string]any{"lose": []string{"answered", "completed"}}, "initiated 0, ringing 1", 2},
		{"other purposes", map[string]any{"duplicate": 3, "purposes": []string{"voice"}}, "initiated 0, ringing 1, in-progress 2, completed 3", 4},
		{"late copies", map[string]any{"late_ms": 5000, "lose": []string{"initiated", "ringing", "answered"}}, "completed 3, completed 3", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, answeredBy)
			w.app.on("/out", `<Hangup/>`)
			c.fault["to"] = []string{person}
			if code := w.ctl("PUT", "/faults", map[string]any{"webhooks": c.fault}, nil); code != 200 {
				t.Fatalf("%d", code)
			}
			w.ended(w.dial(person, "/out", w.ladder()...))
			w.advance("10s")
			if got := w.climbed(c.n); got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
			w.ended(w.dial(other, "/out", w.ladder()...))
			if got := w.climbed(c.n + 4); got != c.want+", initiated 0, ringing 1, in-progress 2, completed 3" {
				t.Errorf("of both %q", got)
			}
		})
	}
}

// TestRESTTroubles refuses requests, or carries them out and does not say so.
func TestRESTTroubles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy)
	w.app.on("/out", `<Gather timeout="600"/>`)
	trouble := func(name string, percent float64) int {
		return w.ctl("PUT", "/faults", map[string]any{"rest": map[string]any{name: percent}}, nil)
	}
	if code := trouble("cut_percent", 101); code != 400 {
		t.Errorf("101 %%: %d", code)
	}
	for name, want := range map[string]int{"too_many_percent": 429, "fail_percent": 503} {
		trouble(name, 100)
		if code, body := w.rest("POST", "/Calls.json", "From", line, "To", person, "Url", w.app.srv.URL+"/out"); code != want {
			t.Errorf("%s: %d %v", name, code, body)
		}
	}
	if got := w.placedAfter(0); len(got) != 0 {
		t.Errorf("calls were made: %+v", got)
	}
	trouble("cut_percent", 100)
	form := url.Values{"From": {line}, "To": {person}, "Url": {w.app.srv.URL + "/out"}}
	req, err := http.NewRequest(http.MethodPost, w.srv.URL+"/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls.json", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, w.token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Errorf("there is an answer: %s", res.Status)
	}
	if got := w.placedAfter(0); len(got) != 1 || got[0].StartedAt.IsZero() {
		t.Errorf("the call was not made: %+v", got)
	}
	if code, page := w.rest("GET", "/Calls.json", "To", person); code != 200 || len(page["calls"].([]any)) != 1 {
		t.Errorf("%d %v", code, page)
	}
}

// TestTimeLimitLater shortens a call that is on the line.
func TestTimeLimitLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy)
	w.app.on("/out", `<Gather timeout="600"/>`)
	sid := w.dial(person, "/out")
	w.waits(sid, "gather")
	w.advance("10s")
	if code, body := w.rest("POST", "/Calls/"+sid+".json", "TimeLimit", "soon"); code != 400 || body["code"] != 21208.0 {
		t.Errorf("%d %v", code, body)
	}
	w.rest("POST", "/Calls/"+sid+".json", "TimeLimit", "15")
	w.advance("4s")
	if _, call := w.rest("GET", "/Calls/"+sid+".json"); call["status"] != "in-progress" {
		t.Errorf("%v", call["status"])
	}
	w.advance("2s")
	if _, call := w.rest("GET", "/Calls/"+sid+".json"); call["status"] != "completed" || call["duration"] != "15" {
		t.Errorf("%v %v", call["status"], call["duration"])
	}
}

// TestMagicNumbers are those of Twilio's test credentials, for calls: https://www.twilio.com/docs/iam/test-credentials
func TestMagicNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, answeredBy)
	w.app.on("/out", `<Hangup/>`)
	for _, c := range []struct {
		from, to string
		code     float64 // 0: the call is made
	}{
		{"+15005550006", person, 0},
		{"+15005550001", person, 21212},
		{"+15005550007", person, 21210},
		{"+15005550006", "+15005550001", 21217},
		{"+15005550006", "+15005550002", 21214},
		{"+15005550006", "+15005550003", 21215},
		{"+15005550006", "+15005550004", 21216},
		{"+15005550006", "+15005550005", 0},
		{line, "+15005550002", 21214},
	} {
		code, body := w.rest("POST", "/Calls.json", "From", c.from, "To", c.to, "Url", w.app.srv.URL+"/out")
		if c.code == 0 && code != 201 || c.code != 0 && (code != 400 || body["code"] != c.code) {
			t.Errorf("%s to %s: %d %v", c.from, c.to, code, body["code"])
		}
	}
}
