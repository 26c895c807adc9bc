package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/audio/audiotest"
)

func withoutPCI(cfg *simulator.Config) { cfg.PCIMode = "off" }

// kept is a recording as GET /sim/v1/recordings shows it.
type kept struct {
	SID       string
	CallSID   string `json:"call_sid"`
	Status    string
	Created   time.Time
	Seconds   int
	PCI       bool
	DeletedAt *time.Time `json:"deleted_at"`
	DeletedBy string     `json:"deleted_by"`
	FetchedAt *time.Time `json:"fetched_at"`
	Downloads []struct {
		At                time.Time
		From, Bytes, Size int64
		Cut               bool
	}
}

// kept gives every recording there ever was, the oldest first.
func (w *world) kept(query string) []kept {
	w.t.Helper()
	var out struct{ Recordings []kept }
	if code := w.ctl("GET", "/recordings"+query, nil, &out); code != http.StatusOK {
		w.t.Fatalf("the recordings: %d", code)
	}
	return out.Recordings
}

// make makes finished recordings.
func (w *world) make(in map[string]any) []string {
	w.t.Helper()
	var out struct{ SIDs []string }
	if code := w.ctl("POST", "/recordings", in, &out); code != http.StatusCreated {
		w.t.Fatalf("%v: %d", in, code)
	}
	return out.SIDs
}

// get requests the media of a recording.
func (w *world) get(sid, span string) (status int, body []byte, err error) {
	w.t.Helper()
	req := w.authorized(w.srv.URL + "/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Recordings/" + sid + ".wav")
	if span != "" {
		req.Header.Set("Range", span)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, err
}

// TestRecordingEvents tells of the events that were asked for, wherever the recording was asked for.
func TestRecordingEvents(t *testing.T) {
	t.Parallel()
	const told = ` recordingStatusCallback="/recorded" recordingStatusCallbackEvent="in-progress completed"`
	for source, twiml := range map[string]string{
		"RecordVerb":              `<Record timeout="0"` + told + `/>`,
		"StartCallRecordingTwiML": `<Start><Recording` + told + `/></Start><Gather timeout="60"/>`,
		"DialVerb":                `<Dial record="record-from-answer"` + told + `><Client>kim</Client></Dial>`,
		"OutboundAPI":             `<Gather timeout="60"/>`,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual, answeredBy)
			w.app.on("/voice", twiml)
			if source == "OutboundAPI" {
				w.rest("POST", "/Calls.json", "From", line, "To", person, "Url", w.app.srv.URL+"/voice", "Record", "true",
					"RecordingStatusCallback", w.app.srv.URL+"/recorded", "RecordingStatusCallbackEvent", "in-progress", "RecordingStatusCallbackEvent", "completed")
				w.app.await(t, "/voice", 1)
			} else {
				sid := w.ring()
				if source == "DialVerb" {
					w.do(w.ringing(sid, 1)[0], "answer")
				}
			}
			first := w.app.await(t, "/recorded", 1).form
			wantForm(t, first, map[string]string{"RecordingStatus": "in-progress", "RecordingSource": source, "RecordingDuration": ""})
			w.advance("5s")
			w.do(first.Get("CallSid"), "hangup")
			wantForm(t, w.app.await(t, "/recorded", 2).form, map[string]string{"RecordingStatus": "completed", "RecordingDuration": "5", "ErrorCode": "0"})
		})
	}
}

// TestTrimSilence leaves silence out at the ends, where that was asked for; nothing but silence is an absent recording.
func TestTrimSilence(t *testing.T) {
	t.Parallel()
	w, sid, rec := talk(t, "Trim", "trim-silence")
	w.advance("3s")
	w.keys(sid, "1")
	w.advance("4s")
	w.keys(sid, "2")
	w.advance("9s")
	w.setRecording(sid, rec, "Status", "stopped")
	if sound := w.media(rec, ""); !same(sound.Seconds(), 4.18) || audiotest.Keys(t, sound.Channels[0]) != "12" {
		t.Errorf("%v s", sound.Seconds())
	}
	if _, body := w.rest("GET", "/Recordings/"+rec+".json"); body["duration"] != "4" {
		t.Errorf("%v", body)
	}
	_, body := w.rest("POST", "/Calls/"+sid+"/Recordings.json", "Trim", "trim-silence", "RecordingStatusCallback", w.app.srv.URL+"/recorded",
		"RecordingStatusCallbackEvent", "absent")
	w.advance("9s")
	w.setRecording(sid, "Twilio.CURRENT", "Status", "stopped")
	wantForm(t, w.app.await(t, "/recorded", 1).form, map[string]string{"RecordingStatus": "absent", "ErrorCode": "16102", "RecordingDuration": ""})
	silent := body["sid"].(string)
	if _, body := w.rest("GET", "/Recordings/"+silent+".json"); body["status"] != "absent" || body["error_code"] != 16102.0 || body["duration"] != nil {
		t.Errorf("%v", body)
	}
	if code, _, _ := w.get(silent, ""); code != 404 {
		t.Errorf("the media of what is absent: %d", code)
	}
	w.ctl("PUT", "/faults", map[string]any{"recordings": map[string]any{"absent_percent": 100}}, nil)
	w.rest("POST", "/Calls/"+sid+"/Recordings.json")
	w.do(sid, "hangup")
	w.ended(sid)
	if all := w.kept("?call_sid=" + sid); len(all) != 3 || all[2].Status != "absent" || all[0].Seconds != 4 {
		t.Errorf("%+v", all)
	}
}

// TestRecordingList lists with Twilio's Go library: by date, by call, page by page.
func TestRecordingList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, withPlainToken) // it is 2026-01-05, 10:00
	late := w.make(map[string]any{"count": 120, "created": "2026-01-04T00:00:00Z", "every": "1m"})
	early := w.make(map[string]any{"count": 3, "created": "2025-12-31T23:59:58Z", "every": "1s", "seconds": 61, "channels": 2})
	sdk := w.sdk(plainToken)
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	list := func(p *api.ListRecordingParams) (sids []string) {
		recs, err := sdk.ListRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range recs {
			sids = append(sids, *r.Sid)
		}
		return sids
	}
	all := list((&api.ListRecordingParams{}).SetPageSize(7))
	if len(all) != 123 || all[0] != late[119] || all[119] != late[0] || all[120] != early[2] || all[122] != early[0] {
		t.Errorf("%d are listed", len(all))
	}
	for _, c := range []struct {
		name string
		p    *api.ListRecordingParams
		want int
	}{
		{"at", (&api.ListRecordingParams{}).SetDateCreated(day("2026-01-01")), 1},
		{"before", (&api.ListRecordingParams{}).SetDateCreatedBefore(day("2026-01-03")), 3},
		{"after", (&api.ListRecordingParams{}).SetDateCreatedAfter(day("2026-01-01")), 121},
		{"between", (&api.ListRecordingParams{}).SetDateCreatedAfter(day("2026-01-01")).SetDateCreatedBefore(day("2026-01-02")), 1},
		{"in a conference", (&api.ListRecordingParams{}).SetConferenceSid("CF00000000000000000000000000000001"), 0},
	} {
		if got := len(list(c.p)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if _, body := w.rest("GET", "/Recordings.json", "DateCreated", "2025-12-31"); len(body["recordings"].([]any)) != 2 {
		t.Errorf("on a day: %v", body)
	}
	one := w.kept("?limit=1&after=" + early[2])[0]
	if got := list((&api.ListRecordingParams{}).SetCallSid(one.CallSID)); one.SID != late[0] || len(got) != 1 || got[0] != one.SID {
		t.Errorf("of the call: %v, want %v", got, one)
	}
	if code, _ := w.rest("GET", "/Recordings.json", "DateCreated", "soon"); code != 400 {
		t.Errorf("a date that is none: %d", code)
	}
	r, err := sdk.FetchRecording(early[0], nil)
	if err != nil || *r.Duration != "61" || *r.Channels != 2 || *r.Status != "completed" {
		t.Errorf("%+v %v", r, err)
	}
}

// TestRecordingOfItsCall finds a recording under its own call only.
func TestRecordingOfItsCall(t *testing.T) {
	t.Parallel()
	w, sid, rec := talk(t)
	other := w.ring()
	w.setRecording(sid, rec, "Status", "stopped")
	for _, method := range []string{"GET", "DELETE"} {
		if code, _ := w.rest(method, "/Calls/"+other+"/Recordings/"+rec+".json"); code != 404 {
			t.Errorf("%s under another call: %d", method, code)
		}
	}
	if code, body := w.rest("GET", "/Calls/"+sid+"/Recordings/"+rec+".mp3"); code != 406 || !strings.Contains(fmt.Sprint(body["message"]), ".wav") {
		t.Errorf("MP3: %d %v", code, body)
	}
	if code, body := w.rest("GET", "/Calls/"+sid+"/Recordings/"+rec+".json"); code != 200 || body["track"] != "both" {
		t.Errorf("%d %v", code, body)
	}
	if code, _ := w.rest("DELETE", "/Calls/"+sid+"/Recordings/"+rec+".json"); code != 204 {
		t.Errorf("deleted: %d", code)
	}
	if code, _ := w.rest("DELETE", "/Recordings/"+rec+".json"); code != 404 {
		t.Errorf("deleted again: %d", code)
	}
}

// TestSoftDelete deletes without PCI Mode, and then with it.
func TestSoftDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, withoutPCI)
	rec := w.make(map[string]any{"count": 3})
	shown := func(sid string) (fetched int, listed bool) {
		fetched, _ = w.rest("GET", "/Recordings/"+sid+".json", "IncludeSoftDeleted", "true")
		_, body := w.rest("GET", "/Recordings.json", "IncludeSoftDeleted", "true")
		return fetched, strings.Contains(fmt.Sprint(body), sid)
	}
	w.rest("DELETE", "/Recordings/"+rec[0]+".json")
	if code, _ := w.rest("GET", "/Recordings/"+rec[0]+".json"); code != 404 {
		t.Errorf("a deleted recording: %d", code)
	}
	if _, body := w.rest("GET", "/Recordings/"+rec[0]+".json", "IncludeSoftDeleted", "true"); body["status"] != "deleted" {
		t.Errorf("%v", body)
	}
	if code, _, _ := w.get(rec[0], ""); code != 404 {
		t.Errorf("its media: %d", code)
	}
	w.advance("959h")
	if fetched, listed := shown(rec[0]); fetched != 200 || !listed {
		t.Errorf("after 39 days: %d, %t", fetched, listed)
	}
	w.advance("2h")
	if fetched, listed := shown(rec[0]); fetched != 404 || listed {
		t.Errorf("after 40 days: %d, %t", fetched, listed)
	}
	for value, want := range map[any]int{false: 200, nil: 400, "yes": 400} {
		if code := w.ctl("PUT", "/account", map[string]any{"pci_mode": value}, nil); code != want {
			t.Errorf("pci_mode %v: %d", value, code)
		}
	}
	var account struct {
		PCI bool `json:"pci_mode"`
	}
	if code := w.ctl("PUT", "/account", map[string]any{"pci_mode": true}, &account); code != 200 || !account.PCI {
		t.Errorf("%d %v", code, account)
	}
	var no struct{ Error string }
	if code := w.ctl("PUT", "/account", map[string]any{"pci_mode": false}, &no); code != 409 || !strings.Contains(no.Error, "cannot be switched off") {
		t.Errorf("off again: %d %v", code, no)
	}
	w.rest("DELETE", "/Recordings/"+rec[1]+".json")
	if fetched, listed := shown(rec[1]); fetched != 404 || listed {
		t.Errorf("in PCI Mode: %d, %t", fetched, listed)
	}
	w.advance("10000h")
	if all := w.kept(""); all[0].DeletedBy != "rest" || all[1].DeletedBy != "rest" || all[2].DeletedAt != nil || all[2].PCI {
		t.Errorf("%+v", all)
	}
	if _, err := simulator.New(simulator.Config{PCIMode: "maybe"}); err == nil {
		t.Error("PCI Mode can be maybe")
	}
}

// TestRetention has a year pass over very many recordings.
func TestRetention(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	const many = 100_000
	w.make(map[string]any{"count": many, "created": "2025-12-01T00:00:00Z", "every": "20s"})
	old := w.make(map[string]any{"created": "2025-03-01T12:00:00Z"})[0]
	w.app.on("/voice", `<Start><Recording/></Start><Gather timeout="60"/>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.do(sid, "hangup")
	w.ended(sid)
	begun := time.Now()
	w.advance("1000h")
	if code, _ := w.rest("GET", "/Recordings/"+old+".json"); code != 200 {
		t.Errorf("before its anniversary: %d", code)
	}
	w.advance("7800h") // 366 days and more, in all
	if code, body := w.rest("GET", "/Recordings.json"); code != 200 || len(body["recordings"].([]any)) != 0 {
		t.Errorf("%d %v", code, body)
	}
	t.Logf("a year of %d recordings took %v", many, time.Since(begun))
	var out struct {
		Recordings []kept
		Total      int
	}
	w.ctl("GET", "/recordings?limit=2000", nil, &out) // the REST list has shown that none is left
	all := out.Recordings
	for i, r := range all {
		if r.DeletedBy != "retention" || r.DeletedAt == nil || !r.DeletedAt.Equal(r.Created.AddDate(1, 0, 0)) || r.FetchedAt != nil {
			t.Fatalf("recording %d of %d: %+v", i, len(all), r)
		}
	}
	if out.Total != many+2 || len(all) != 2000 || all[0].SID != old {
		t.Errorf("%d recordings", len(all))
	}
}
