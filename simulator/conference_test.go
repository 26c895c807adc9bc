package simulator_test

import (
	"net/http"
	"slices"
	"testing"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/paydial/paydial/simulator/audio/audiotest"
)

// TestConference lets three people talk, pauses the recording and looks at what everybody was told.
func TestConference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, withPlainToken)
	sdk := w.sdk(plainToken)
	w.app.on("/left", `<Say>Back</Say><Gather timeout="600"/>`)
	enter := func(callback, attrs string) string {
		t.Helper()
		w.app.on("/voice", `<Dial action="/left"><Conference record="record-from-start" recordingStatusCallback="/recorded" `+
			`recordingStatusCallbackEvent="in-progress completed" statusCallback="`+callback+`" statusCallbackEvent="start end join leave" `+attrs+`>room 1</Conference></Dial>`)
		sid := w.ring()
		w.waits(sid, "conference")
		return sid
	}
	caller := enter("/room", `participantLabel="caller"`)
	w.keys(caller, "1") // nobody is there yet
	w.advance("5s")
	agent := enter("/other", `participantLabel="agent" endConferenceOnExit="true"`)
	quiet := enter("/other", `muted="true"`)
	twice := w.app.got("/room")
	w.app.on("/voice", `<Dial><Conference participantLabel="agent">room 1</Conference></Dial>`)
	w.logged(w.ended(w.ring()).CallSID, 16025)

	found, err := sdk.ListConference((&api.ListConferenceParams{}).SetFriendlyName("room 1").SetStatus("in-progress"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d conferences, %v; told %d", len(found), err, len(twice))
	}
	cf := *found[0].Sid
	recs, err := sdk.ListConferenceRecording(cf, nil)
	if err != nil || len(recs) != 1 || *recs[0].Source != "Conference" || *recs[0].ConferenceSid != cf || *recs[0].CallSid != caller || recs[0].Channels != 1 {
		t.Fatalf("%+v, %v", recs, err)
	}
	rec := *recs[0].Sid
	set := func(named, status string) (string, error) {
		got, err := sdk.UpdateConferenceRecording(cf, named, (&api.UpdateConferenceRecordingParams{}).SetStatus(status))
		if err != nil {
			return "", err
		}
		return *got.Status, nil
	}
	w.advance("2s")
	w.keys(caller, "2")
	w.advance("2s")
	w.keys(agent, "3")
	w.advance("2s")
	w.keys(quiet, "4")
	w.advance("2s")
	if got, err := set("Twilio.CURRENT", "paused"); got != "paused" || err != nil {
		t.Fatal(got, err)
	}
	w.keys(caller, "5")
	w.advance("10s")
	if got, err := set(rec, "in-progress"); got != "in-progress" || err != nil {
		t.Fatal(got, err)
	}
	if _, err := set(rec, "stopped"); codeOf(err) != 20001 {
		t.Errorf("stopped: %v", err)
	}
	if _, err := set("RE00000000000000000000000000000000", "paused"); codeOf(err) != 20404 {
		t.Errorf("another recording: %v", err)
	}
	if code, _ := w.rest("POST", "/Conferences/"+cf+"/Recordings.json"); code != http.StatusMethodNotAllowed {
		t.Errorf("begin one over REST: %d", code)
	}
	w.advance("2s")
	w.keys(agent, "6")
	w.advance("2s")
	w.hears(caller, "caller", "12356")
	w.hears(agent, "caller", "2356")
	w.hears(quiet, "caller", "23456")
	w.do(agent, "hangup") // ends it for everybody
	for _, sid := range []string{caller, quiet} {
		w.waits(sid, "gather")
	}
	if f := w.app.await(t, "/left", 2).form; f.Get("DialCallStatus") != "answered" || f.Has("DialCallSid") {
		t.Errorf("the action got %v", f)
	}
	w.advance("1s") // waits for the callbacks
	sound := w.media(rec, "")
	if got := audiotest.Keys(t, sound.Channels[0]); got != "236" || len(sound.Channels) != 1 || !same(sound.Seconds(), 22) {
		t.Errorf("%v s, heard %q", sound.Seconds(), got)
	}
	var told []string
	for _, h := range w.app.got("/room") {
		told = append(told, h.form.Get("StatusCallbackEvent")+" "+h.form.Get("SequenceNumber"))
		if h.form.Get("ConferenceSid") != cf || h.form.Get("FriendlyName") != "room 1" || !h.signed {
			t.Errorf("told %v", h.form)
		}
	}
	want := []string{"participant-join 1", "conference-start 2", "participant-join 3", "participant-join 4", "participant-leave 5", "conference-end 6"}
	if !slices.Equal(told, want) || len(w.app.got("/other")) > 0 {
		t.Errorf("told %v, want %v", told, want)
	}
	wantForm(t, w.app.got("/room")[5].form, map[string]string{"ReasonConferenceEnded": "participant-with-end-conference-on-exit-left", "CallSidEndingConference": agent})
	for i, status := range []string{"in-progress", "completed"} {
		f := w.app.got("/recorded")[i].form
		wantForm(t, f, map[string]string{"RecordingSid": rec, "ConferenceSid": cf, "RecordingStatus": status, "RecordingSource": "Conference", "RecordingChannels": "1"})
		if f.Has("CallSid") {
			t.Errorf("told of a call: %v", f)
		}
	}
	w.listedWhere(rec, caller, cf)
	if err := sdk.DeleteConferenceRecording(cf, rec, nil); err != nil {
		t.Error(err)
	}
	if _, err := sdk.FetchConferenceRecording(cf, rec, nil); codeOf(err) != 20404 {
		t.Errorf("deleted: %v", err)
	}
	if _, err := set(rec, "paused"); codeOf(err) != 20404 {
		t.Errorf("paused when it is over: %v", err)
	}
	if c, err := sdk.FetchConference(cf, nil); err != nil || *c.Status != "completed" || *c.CallSidEndingConference != agent {
		t.Errorf("%+v, %v", c, err)
	}
}

// listedWhere checks in which lists a recording of a conference is.
func (w *world) listedWhere(rec, call, cf string) {
	w.t.Helper()
	for path, want := range map[string]int{
		"/Recordings.json?ConferenceSid=" + cf: 1, "/Recordings.json?CallSid=" + call: 1, "/Recordings.json?ConferenceSid=CF1": 0,
		"/Calls/" + call + "/Recordings.json": 0, "/Conferences/" + cf + "/Recordings.json": 1, "/Conferences/CF1/Recordings.json": 0,
	} {
		if _, body := w.rest("GET", path); len(body["recordings"].([]any)) != want {
			w.t.Errorf("%s: %v, want %d", path, body["recordings"], want)
		}
	}
	for path, want := range map[string]int{
		"/Calls/" + call + "/Recordings/" + rec + ".json": 404, "/Conferences/" + cf + "/Recordings/" + rec + ".json": 200,
		"/Conferences/CF1/Recordings/" + rec + ".json": 404, "/Recordings/" + rec + ".json": 200,
	} {
		if code, _ := w.rest("GET", path); code != want {
			w.t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
}

// TestConferenceEnds over REST, by star, by a redirect and when the last one leaves; the next of that name is another.
func TestConferenceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	w.app.on("/voice", `<Dial hangupOnStar="true" action="/left"><Conference>a</Conference></Dial>`)
	w.app.on("/left", `<Hangup/>`)
	w.app.on("/away", `<Gather timeout="600"/>`)
	first, second, third := w.ring(), w.ring(), w.ring()
	for _, sid := range []string{first, second, third} {
		w.waits(sid, "conference")
	}
	only := func() map[string]any { w.t.Helper(); return w.first("/Conferences.json", "conferences") }
	one := only()
	w.keys(first, "*")
	w.ended(first)
	if code, _ := w.rest("POST", "/Calls/"+second+".json", "Url", w.app.srv.URL+"/away", "Method", "POST"); code != 200 {
		t.Fatal(code)
	}
	w.waits(second, "gather")
	if got := only(); got["status"] != "in-progress" {
		t.Errorf("with one left: %v", got)
	}
	w.do(third, "hangup")
	w.ended(third)
	w.advance("1s")
	if got := only(); got["sid"] != one["sid"] || got["status"] != "completed" || got["reason_conference_ended"] != "last-participant-left" {
		t.Errorf("with none left: %v", got)
	}
	fourth, fifth := w.ring(), w.ring()
	w.waits(fourth, "conference")
	w.waits(fifth, "conference")
	two := only()
	if two["sid"] == one["sid"] || two["status"] != "in-progress" {
		t.Errorf("the next one: %v", two)
	}
	path := "/Conferences/" + two["sid"].(string)
	if code, _ := w.rest("POST", path+".json", "Status", "paused"); code != 400 {
		t.Errorf("a status that cannot be: %d", code)
	}
	if code, _ := w.rest("POST", path+"/Recordings/Twilio.CURRENT.json", "Status", "paused"); code != 404 {
		t.Errorf("pause what is not recorded: %d", code)
	}
	if code, body := w.rest("POST", path+".json", "Status", "completed"); code != 200 || body["reason_conference_ended"] != "conference-ended-via-api" {
		t.Errorf("%d %v", code, body)
	}
	w.ended(fourth)
	w.ended(fifth)
	if code, _ := w.rest("GET", "/Conferences/CF1.json"); code != 404 {
		t.Errorf("none: %d", code)
	}
}
