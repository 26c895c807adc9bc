package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/audio/audiotest"
	"github.com/paydial/paydial/twilio"
)

// recordedAs is a recording as the control API shows it.
type recordedAs struct {
	SID, Source, Status string
	StartedMS           int64 `json:"started_ms"`
	Paused              []struct {
		FromMS int64  `json:"from_ms"`
		ToMS   *int64 `json:"to_ms"`
	}
}

// media gets the audio of a recording.
func (w *world) media(sid, query string) audiotest.WAV {
	w.t.Helper()
	res, err := http.DefaultClient.Do(w.authorized(w.srv.URL + "/2010-04-01/Accounts/" + simulator.DefaultAccountSID + "/Recordings/" + sid + query))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.wav(res)
}

// recorded ends the call, if it goes on, and gives the audio of its newest recording.
func (w *world) recorded(sid string) audiotest.WAV {
	w.t.Helper()
	if s := w.await(sid); !s.Ended {
		w.do(sid, "hangup")
	}
	w.ended(sid)
	return w.media(w.first("/Calls/"+sid+"/Recordings.json", "recordings")["sid"].(string), "")
}

// talk is a call that waits for keys for ever, with a recording begun over REST.
func talk(t *testing.T, params ...string) (w *world, sid, rec string) {
	t.Helper()
	w = newWorld(t, manual)
	w.app.on("/voice", `<Gather action="/voice" timeout="86400" finishOnKey=""/>`)
	sid = w.ring()
	w.waits(sid, "gather")
	w.advance("3s")
	code, body := w.rest("POST", "/Calls/"+sid+"/Recordings.json", params...)
	if code != http.StatusCreated || body["status"] != "in-progress" || body["source"] != "StartCallRecordingAPI" || body["duration"] != nil {
		t.Fatalf("%d %v", code, body)
	}
	return w, sid, body["sid"].(string)
}

// setRecording moves a recording to a status.
func (w *world) setRecording(sid, rec string, params ...string) (int, map[string]any) {
	w.t.Helper()
	return w.rest("POST", "/Calls/"+sid+"/Recordings/"+rec+".json", params...)
}

// TestPause pauses twice, as silence and left out, and measures to the frame.
func TestPause(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[string]struct {
		seconds float64
		text    string
	}{"": {27, "27"}, "silence": {27, "27"}, "skip": {15, "15"}} {
		t.Run(behaviour, func(t *testing.T) {
			t.Parallel()
			w, sid, rec := talk(t, "RecordingStatusCallback", "", "RecordingChannels", "dual")
			pause := []string{"Status", "paused"}
			if behaviour != "" {
				pause = append(pause, "PauseBehavior", behaviour)
			}
			step := func(keys, wait string) { w.keys(sid, keys); w.advance(wait) }
			step("1", "9s")
			if code, body := w.setRecording(sid, rec, pause...); code != 200 || body["status"] != "paused" || body["sid"] != rec {
				t.Fatalf("%d %v", code, body)
			}
			step("2", "7s")
			if code, body := w.setRecording(sid, "Twilio.CURRENT", pause...); code != 200 || body["sid"] != "Twilio.CURRENT" {
				t.Fatalf("paused again: %d %v", code, body)
			}
			if s := w.await(sid); s.Recordings[0].Status != "paused" || s.Recordings[0].Paused[0].ToMS != nil {
				t.Errorf("the call shows %+v", s.Recordings)
			}
			if code, body := w.setRecording(sid, "Twilio.CURRENT", "Status", "in-progress"); code != 200 || body["status"] != "in-progress" {
				t.Fatalf("%d %v", code, body)
			}
			step("3", "4s")
			w.setRecording(sid, rec, pause...)
			step("4", "5s")
			w.setRecording(sid, rec, "Status", "in-progress")
			w.setRecording(sid, rec, "Status", "in-progress") // changes nothing
			step("5", "2s")
			if code, body := w.setRecording(sid, rec, "Status", "stopped"); code != 200 || body["status"] != "stopped" || body["duration"] != want.text {
				t.Fatalf("%d %v", code, body)
			}
			step("6", "9s")
			sound := w.media(rec, ".wav")
			if !same(sound.Seconds(), want.seconds) {
				t.Errorf("%v s, want %v", sound.Seconds(), want.seconds)
			}
			if got := audiotest.Keys(t, sound.Channels[0]); got != "135" || !audiotest.Silent(sound.Channels[1]) {
				t.Errorf("heard %q", got)
			}
			if !audiotest.Silent(sound.Cut(1, 0.2, 9)) || behaviour != "skip" && !audiotest.Silent(sound.Cut(1, 9, 16)) {
				t.Error("the pause is not silent")
			}
			if _, body := w.rest("GET", "/Recordings/"+rec+".json"); body["duration"] != want.text || body["status"] != "completed" {
				t.Errorf("%v", body)
			}
			w.shows(sid, `[{"sid":"`+rec+`","source":"StartCallRecordingAPI","status":"completed","started_ms":3000,
				"paused":[{"from_ms":12000,"to_ms":19000},{"from_ms":23000,"to_ms":28000}]}]`)
		})
	}
}

// shows compares the recordings of a call in the control API.
func (w *world) shows(sid, want string) {
	w.t.Helper()
	var got struct{ Recordings json.RawMessage }
	w.ctl("GET", "/calls/"+sid, nil, &got)
	var a, b any
	if err := json.Unmarshal(got.Recordings, &a); err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		w.t.Fatal(err)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		w.t.Errorf("recordings (-want +got):\n%s", diff)
	}
}

// TestPausedAtTheEnd ends a call while its recording is paused.
func TestPausedAtTheEnd(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[string]float64{"silence": 13, "skip": 4} {
		w, sid, rec := talk(t)
		w.advance("4s")
		w.setRecording(sid, rec, "Status", "paused", "PauseBehavior", behaviour)
		w.advance("9s")
		w.keys(sid, "5")
		if sound := w.recorded(sid); !same(sound.Seconds(), want) || audiotest.Keys(t, sound.Channels[0]) != "" {
			t.Errorf("%s: %v s", behaviour, sound.Seconds())
		}
	}
}

// TestPauseWithoutTime pauses and resumes in one instant: what was keyed meanwhile is in no recording.
func TestPauseWithoutTime(t *testing.T) {
	t.Parallel()
	w, sid, rec := talk(t)
	w.keys(sid, "1144")
	w.setRecording(sid, rec, "Status", "paused")
	w.keys(sid, "4242424242424242")
	w.setRecording(sid, rec, "Status", "in-progress")
	w.keys(sid, "9")
	if sound := w.recorded(sid); audiotest.Keys(t, sound.Channels[0]) != "11449" {
		t.Error("the keys pressed in the pause are heard, or the others are not")
	}
}

// TestRecordHoldsKeys keeps the keys that were pressed while <Record> ran on a call without pace, all of them, and not
// the one that ended it.
func TestRecordHoldsKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather action="/record" numDigits="1" timeout="600"/>`)
	w.app.on("/record", `<Record action="/done" finishOnKey="#" timeout="600"/>`)
	w.app.on("/done", `<Gather timeout="600"/>`)
	sid := w.ring()
	seen := w.waits(sid, "gather").WaitingID
	w.keys(sid, "7")
	if s := w.awaitAfter(sid, seen); s.WaitingFor != "record" {
		t.Fatalf("the call waits for %s", s.WaitingFor)
	}
	w.keys(sid, "1234567890#5")
	w.app.await(t, "/done", 1)
	rec := w.first("/Recordings.json", "recordings")["sid"].(string)
	sound := w.media(rec, ".wav?RequestedChannels=1")
	if got := audiotest.Keys(t, sound.Channels[0]); got != "1234567890" || sound.Seconds() < 1.8 {
		t.Errorf("heard %q in %v s", got, sound.Seconds())
	}
	if code, body := w.rest("GET", "/Recordings/"+rec+".wav", "RequestedChannels", "2"); code != 400 || body["code"] != 16113.0 {
		t.Errorf("two channels: %d %v", code, body)
	}
	w.hears(sid, "caller", "71234567890#5")
}

// TestChannels gives recordings in the channels that were asked for, then and now, and on the track.
func TestChannels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		params          []string
		channels        int
		both, one, line string
	}{
		{nil, 1, "12", "1", "2"},
		{[]string{"RecordingChannels", "dual"}, 2, "12", "1", "2"},
		{[]string{"RecordingChannels", "mono", "RecordingTrack", "inbound"}, 1, "1", "1", ""},
		{[]string{"RecordingChannels", "dual", "RecordingTrack", "outbound"}, 2, "2", "", "2"},
	} {
		w := newWorld(t, manual)
		w.app.on("/voice", `<Dial><Client>kim</Client></Dial>`)
		sid := w.ring()
		agent := w.ringing(sid, 1)[0]
		w.do(agent, "answer")
		w.waits(sid, "dial")
		_, body := w.rest("POST", "/Calls/"+sid+"/Recordings.json", c.params...)
		w.advance("1s")
		w.keys(sid, "1")
		w.advance("1s")
		w.keys(agent, "2")
		w.advance("1s")
		w.setRecording(sid, "Twilio.CURRENT", "Status", "stopped")
		rec := body["sid"].(string)
		if got := len(w.media(rec, "").Channels); got != c.channels || body["channels"] != float64(c.channels) {
			t.Errorf("%v: %d channels, %v", c.params, got, body["channels"])
		}
		mono, dual := w.media(rec, ".wav?RequestedChannels=1"), w.media(rec, ".wav?RequestedChannels=2")
		if got := audiotest.Keys(t, mono.Channels[0]); got != c.both || !same(mono.Seconds(), 3) {
			t.Errorf("%v: mixed %q in %v s", c.params, got, mono.Seconds())
		}
		if a, b := audiotest.Keys(t, dual.Channels[0]), audiotest.Keys(t, dual.Channels[1]); a != c.one || b != c.line {
			t.Errorf("%v: apart %q and %q", c.params, a, b)
		}
	}
}

// TestRecordingCallbacks tells a recording begun over REST to who asked, and of what.
func TestRecordingCallbacks(t *testing.T) {
	t.Parallel()
	w, sid, rec := talk(t)
	if _, body := w.rest("POST", "/Calls/"+sid+"/Recordings.json"); body["sid"] != rec {
		t.Errorf("a second recording beside the first: %v", body)
	}
	w.setRecording(sid, rec, "Status", "stopped")
	_, body := w.rest("POST", "/Calls/"+sid+"/Recordings.json", "RecordingStatusCallback", w.app.srv.URL+"/recorded",
		"RecordingStatusCallbackEvent", "in-progress completed", "Trim", "do-not-trim")
	first := w.app.await(t, "/recorded", 1).form
	wantForm(t, first, map[string]string{"RecordingSid": body["sid"].(string), "RecordingStatus": "in-progress", "RecordingDuration": ""})
	w.advance("6s")
	w.setRecording(sid, "Twilio.CURRENT", "Status", "stopped")
	wantForm(t, w.app.await(t, "/recorded", 2).form, map[string]string{
		"RecordingStatus": "completed", "RecordingDuration": "6", "RecordingChannels": "1", "RecordingSource": "StartCallRecordingAPI", "RecordingTrack": "both",
	})
	w.rest("POST", "/Calls/"+sid+"/Recordings.json", "RecordingStatusCallback", w.app.srv.URL+"/absent", "RecordingStatusCallbackEvent", "absent")
	w.do(sid, "hangup")
	w.app.await(t, "/status", 1)
	if hooks := w.app.got("/absent"); len(hooks) != 0 {
		t.Errorf("told of what was not asked for: %v", hooks)
	}
}

// TestRecordingRefusals answers mistakes as Twilio does.
func TestRecordingRefusals(t *testing.T) {
	t.Parallel()
	w, sid, rec := talk(t)
	done := w.ring()
	w.waits(done, "gather")
	w.do(done, "hangup")
	w.ended(done)
	calls := "/Calls/" + sid + "/Recordings"
	for _, c := range []struct {
		path   string
		params []string
		status int
		code   float64
	}{
		{calls + "/" + rec + ".json", []string{}, 400, 20001},
		{calls + "/" + rec + ".json", []string{"Status", "completed"}, 400, 20001},
		{calls + "/" + rec + ".json", []string{"Status", "paused", "PauseBehavior", "loud"}, 400, 20001},
		{calls + "/RE00000000000000000000000000000000.json", []string{"Status", "paused"}, 404, 20404},
		{"/Calls/" + done + "/Recordings/" + rec + ".json", []string{"Status", "paused"}, 404, 20404},
		{"/Calls/" + done + "/Recordings/Twilio.CURRENT.json", []string{"Status", "paused"}, 404, 20404},
		{"/Calls/CA0/Recordings/Twilio.CURRENT.json", []string{"Status", "paused"}, 404, 20404},
		{"/Calls/CA0/Recordings.json", nil, 404, 20404},
		{"/Calls/" + done + "/Recordings.json", nil, 400, 21220},
		{calls + ".json", []string{"RecordingChannels", "three"}, 400, 20001},
		{calls + ".json", []string{"RecordingTrack", "left"}, 400, 20001},
		{calls + ".json", []string{"Trim", "yes"}, 400, 20001},
		{calls + ".json", []string{"RecordingStatusCallback", "nowhere"}, 400, 21205},
		{calls + ".json", []string{"RecordingStatusCallbackMethod", "PUT"}, 400, 21209},
	} {
		if status, body := w.rest("POST", c.path, c.params...); status != c.status || body["code"] != c.code {
			t.Errorf("%s %v: %d %v", c.path, c.params, status, body)
		}
	}
	if code, _ := w.rest("GET", "/Recordings/"+rec+".wav"); code != 404 {
		t.Errorf("the audio of a recording that is being made: %d", code)
	}
	w.setRecording(sid, rec, "Status", "stopped")
	for _, name := range []string{rec, "Twilio.CURRENT"} {
		if status, body := w.setRecording(sid, name, "Status", "in-progress"); status != 404 || body["code"] != 20404.0 {
			t.Errorf("%s after its end: %d %v", name, status, body)
		}
	}
}

// TestManyRecordings does not guess which of two is meant, and stops the recording of a verb only once.
func TestManyRecordings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Start><Recording recordingStatusCallback="/beside" channels="mono"/></Start><Record action="/done" recordingStatusCallback="/recorded" timeout="0"/>`)
	w.app.on("/done", `<Hangup/>`)
	sid := w.ring()
	w.waits(sid, "record")
	w.advance("5s")
	if status, body := w.setRecording(sid, "Twilio.CURRENT", "Status", "paused"); status != 400 || body["code"] != 16108.0 {
		t.Errorf("%d %v", status, body)
	}
	w.setRecording(sid, w.first("/Recordings.json", "recordings")["sid"].(string), "Status", "stopped") // the verb's
	w.advance("5s")
	w.keys(sid, "1")
	wantForm(t, w.app.await(t, "/done", 1).form, map[string]string{"RecordingDuration": "5", "Digits": "1"})
	wantForm(t, w.app.await(t, "/beside", 1).form, map[string]string{"RecordingDuration": "10", "RecordingChannels": "1"})
	w.app.await(t, "/status", 1)
	if hooks := w.app.got("/recorded"); len(hooks) != 1 || hooks[0].form.Get("RecordingDuration") != "5" {
		t.Errorf("the verb's recording was told of %d times", len(hooks))
	}
}

// TestRecordingClients pauses, resumes and stops with Twilio's Go library and with our own client.
func TestRecordingClients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, withPlainToken)
	w.app.on("/voice", `<Gather timeout="86400"/>`)
	sid := w.ring()
	w.waits(sid, "gather")
	sdk := w.sdk(plainToken)
	made, err := sdk.CreateCallRecording(sid, (&api.CreateCallRecordingParams{}).SetRecordingChannels("dual"))
	if err != nil || *made.Status != "in-progress" || made.Channels != 2 {
		t.Fatalf("%+v %v", made, err)
	}
	own, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: plainToken, BaseURL: w.srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w.advance("2s")
	if err := own.UpdateRecording(ctx, sid, twilio.CurrentRecording, "paused"); err != nil {
		t.Error(err)
	}
	w.advance("3s")
	got, err := sdk.FetchCallRecording(sid, *made.Sid, nil)
	if err != nil || *got.Status != "paused" {
		t.Errorf("%+v %v", got, err)
	}
	p := (&api.UpdateCallRecordingParams{}).SetStatus("in-progress")
	if got, err := sdk.UpdateCallRecording(sid, *made.Sid, p); err != nil || *got.Status != "in-progress" {
		t.Errorf("%+v %v", got, err)
	}
	p.SetStatus("paused").SetPauseBehavior("skip")
	if _, err := sdk.UpdateCallRecording(sid, twilio.CurrentRecording, p); err != nil {
		t.Error(err)
	}
	w.advance("4s")
	if err := own.UpdateRecording(ctx, sid, *made.Sid, "stopped"); err != nil {
		t.Error(err)
	}
	if sound := w.media(*made.Sid, ".wav"); !same(sound.Seconds(), 5) || len(sound.Channels) != 2 {
		t.Errorf("%v s on %d channels", sound.Seconds(), len(sound.Channels))
	}
	if err := own.UpdateRecording(ctx, sid, twilio.CurrentRecording, "paused"); err == nil {
		t.Error("there is none to pause")
	}
}
