package simulator_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator"
)

// TestMediaInParts resumes a download, and finds it in the log.
func TestMediaInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	rec := w.make(map[string]any{"count": 2, "seconds": 25})
	_, whole, err := w.get(rec[0], "")
	if err != nil || len(whole) != 44+25*16000 {
		t.Fatalf("%d bytes, %v", len(whole), err)
	}
	if _, again, _ := w.get(rec[0], ""); string(again) != string(whole) {
		t.Error("another download is another sound")
	}
	w.ctl("PUT", "/faults", map[string]any{"recordings": map[string]any{"media_cut_percent": 100}}, nil)
	_, half, err := w.get(rec[1], "")
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(half) == 0 {
		t.Errorf("%d bytes, %v", len(half), err)
	}
	if string(half) == string(whole[:len(half)]) {
		t.Error("two recordings sound alike")
	}
	w.ctl("DELETE", "/faults", nil, nil)
	w.advance("1m")
	code, rest, err := w.get(rec[1], fmt.Sprintf("bytes=%d-", len(half)))
	if code != http.StatusPartialContent || err != nil || len(half)+len(rest) != len(whole) {
		t.Errorf("the rest: %d, %d bytes, %v", code, len(rest), err)
	}
	if _, again, _ := w.get(rec[1], "bytes=0-9,20-"); string(again) != string(half)+string(rest) {
		t.Error("the parts are not the whole")
	}
	if code, _, _ := w.get(rec[1], "bytes=9999999-"); code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("behind the end: %d", code)
	}
	w.rest("DELETE", "/Recordings/"+rec[1]+".json")
	got := w.kept("")[1]
	if len(got.Downloads) != 3 || !got.Downloads[0].Cut || got.Downloads[1].From != int64(len(half)) || got.FetchedAt == nil ||
		!got.FetchedAt.Equal(got.Downloads[1].At) || got.FetchedAt.Equal(got.Downloads[0].At) || got.DeletedAt.Before(*got.FetchedAt) {
		t.Errorf("%+v", got)
	}
}

// TestRecordingFaults loses callbacks of recordings only, refuses media and deletions.
func TestRecordingFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.ctl("PUT", "/faults", map[string]any{"recordings": map[string]any{"lose_percent": 50, "media_fail_percent": 100, "delete_fail_percent": 100}}, nil)
	rec := w.make(map[string]any{"count": 400, "status_callback": w.app.srv.URL + "/recorded"})
	w.advance("1s") // waits for the callbacks
	if n := len(w.app.got("/recorded")); n < 120 || n > 280 {
		t.Errorf("%d of 400 callbacks came", n)
	}
	if code, _, _ := w.get(rec[0], ""); code != 503 {
		t.Errorf("media: %d", code)
	}
	if code, _ := w.rest("DELETE", "/Recordings/"+rec[0]+".json"); code != 503 {
		t.Errorf("deletion: %d", code)
	}
	w.ctl("DELETE", "/faults", nil, nil)
	if code, _, _ := w.get(rec[0], ""); code != 200 {
		t.Errorf("media again: %d", code)
	}
	f := w.app.got("/recorded")[0].form
	wantForm(t, f, map[string]string{"RecordingStatus": "completed", "RecordingDuration": "3"})
	if f.Get("CallSid") != w.kept("?call_sid=" + f.Get("CallSid"))[0].CallSID {
		t.Errorf("%v", f)
	}
	for body, says := range map[string]string{
		`{"count":200001}`: "count", `{"seconds":0.5}`: "seconds", `{"seconds":200000,"channels":2}`: "seconds", `{"channels":3}`: "channels",
		`{"created":"2026-02-01T00:00:00Z"}`: "created", `{"count":100,"every":"1s"}`: "created", `{"every":"often"}`: "every",
		`{"count":200000,"every":"2000000h"}`: "created", `{"status_callback":"here"}`: "status_callback", `{"created":"then"}`: "JSON",
	} {
		res, err := http.Post(w.srv.URL+"/sim/v1/recordings", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 400 || !strings.Contains(string(raw), says) {
			t.Errorf("%s: %d %s", body, res.StatusCode, raw)
		}
	}
	if code := w.ctl("PUT", "/faults", map[string]any{"recordings": map[string]any{"lose_percent": 101}}, nil); code != 400 {
		t.Errorf("101 percent: %d", code)
	}
	if code := w.ctl("GET", "/recordings?limit=no", nil, nil); code != 400 {
		t.Errorf("limit: %d", code)
	}
}

// TestGibibyte asks for the end of a very long recording without waiting for its beginning.
func TestGibibyte(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	rec := w.make(map[string]any{"seconds": 67_200})[0]
	code, end, err := w.get(rec, "bytes=-160000")
	if code != 206 || err != nil || len(end) != 160_000 || strings.Trim(string(end), "\x00") == "" {
		t.Errorf("%d, %d bytes, %v", code, len(end), err)
	}
	if d := w.kept("")[0].Downloads[0]; d.Size < 1<<30 || d.From != d.Size-160_000 {
		t.Errorf("%+v", d)
	}
}

// TestCallEvents reads the log of a call: in PCI Mode what was typed is not in it.
func TestCallEvents(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{"on": "xxxx", "off": "1827"} {
		w := newWorld(t, func(cfg *simulator.Config) { cfg.PCIMode = mode })
		w.app.on("/voice", `<Gather action="/got" method="GET" numDigits="4"/>`)
		w.app.on("/got", `<Gather action="/end" numDigits="4"/>`)
		w.app.on("/end", `<Hangup/>`)
		sid := w.ring()
		w.waits(sid, "gather")
		w.keys(sid, "1827")
		w.app.await(t, "/got", 1)
		w.waits(sid, "gather")
		w.keys(sid, "1827")
		w.ended(sid)
		_, body := w.rest("GET", "/Calls/"+sid+"/Events.json", "PageSize", "1000")
		var digits []string
		for _, e := range body["events"].([]any) {
			request := e.(map[string]any)["request"].(map[string]any)
			if d, ok := request["parameters"].(map[string]any)["Digits"]; ok {
				digits = append(digits, d.(string))
			}
			if mode == "on" && strings.Contains(fmt.Sprint(request), "1827") {
				t.Errorf("%v", request)
			}
		}
		if len(digits) != 2 || digits[0] != want || digits[1] != want {
			t.Errorf("PCI Mode %s: %v in %v", mode, digits, body)
		}
	}
}
