package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// told gives the events of transcriptions that came to /t, a line for each: number, event, track, text, final.
func (w *world) told() []string {
	w.t.Helper()
	var lines []string
	for _, h := range w.app.got("/t") {
		var data struct {
			Transcript string
			Confidence float64
		}
		if raw := h.form.Get("TranscriptionData"); raw != "" {
			if err := json.Unmarshal([]byte(raw), &data); err != nil || data.Confidence <= 0 {
				w.t.Errorf("TranscriptionData %s: %v", raw, err)
			}
		}
		line := h.form.Get("SequenceId") + " " + strings.TrimPrefix(h.form.Get("TranscriptionEvent"), "transcription-")
		if data.Transcript != "" {
			line += fmt.Sprintf(" %s %q %s", strings.TrimSuffix(h.form.Get("Track"), "_track"), data.Transcript, h.form.Get("Final"))
		}
		if code := h.form.Get("TranscriptionErrorCode"); code != "" {
			line += " " + code
		}
		lines = append(lines, line)
		if !h.signed || !strings.HasPrefix(h.form.Get("TranscriptionSid"), "GT") || h.form.Get("Timestamp") == "" || h.form.Get("From") != "" {
			w.t.Errorf("%v", h.form)
		}
	}
	return lines
}

func (w *world) says(sid, text string) {
	w.t.Helper()
	if code := w.ctl("POST", "/calls/"+sid+"/say", map[string]string{"text": text}, nil); code != http.StatusOK {
		w.t.Fatalf("%q was not said: %d", text, code)
	}
}

func (w *world) wantTold(want ...string) {
	w.t.Helper()
	w.advance("0s") // waits for the callbacks
	if got := strings.Join(w.told(), "\n"); got != strings.Join(want, "\n") {
		w.t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// TestTranscription transcribes what is said on both sides, stops while a card is paid with, and starts anew.
func TestTranscription(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	callback := w.app.srv.URL + "/t"
	w.app.on("/voice", `<Start><Transcription name="one" statusCallbackUrl="`+callback+`" partialResults="true" inboundTrackLabel="caller"/></Start>
		<Say>Hello there, who is it?</Say><Gather action="/pay" numDigits="1" timeout="600"/>`)
	w.app.on("/pay", `<Stop><Transcription name="one"/></Stop><Say>Your number please.</Say><Pay action="/paid" timeout="60"/>`)
	w.app.on("/paid", `<Start><Transcription statusCallbackUrl="`+callback+`" track="outbound_track"/></Start><Say>Thank you.</Say><Gather timeout="600"/>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.says(sid, "It is  me again")
	w.keys(sid, "1")
	w.waits(sid, "pay:payment-card-number")
	w.says(sid, "four two four two")
	w.keys(sid, "*")
	w.waits(sid, "gather")
	w.says(sid, "Was that all?")
	w.do(sid, "hangup")
	w.ended(sid)
	w.wantTold("1 started", `2 content outbound "Hello there, who" false`, `3 content outbound "Hello there, who is it?" true`,
		`4 content inbound "It is" false`, `5 content inbound "It is me again" true`, "6 stopped",
		"1 started", `2 content outbound "Thank you." true`, "3 stopped")
	started := w.app.got("/t")[0].form
	wantForm(t, started, map[string]string{
		"Name": "one", "Track": "both_tracks", "TranscriptionEngine": "google", "LanguageCode": "en-US", "PartialResults": "true", "InboundTrackLabel": "caller",
	})
	if !strings.Contains(started.Get("ProviderConfiguration"), `"speechModel":"telephony"`) || w.app.got("/t")[1].form.Get("Stability") == "" {
		t.Errorf("%v", started)
	}
}

// TestTranscriptionREST begins and stops with Twilio's Go library; a call that is connected hears its other side.
func TestTranscriptionREST(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, withPlainToken, atPace(1))
	w.app.on("/voice", `<Dial><Client>kim</Client></Dial>`)
	sid := w.ring()
	agent := w.ringing(sid, 1)[0]
	w.do(agent, "answer")
	w.waits(sid, "dial")
	sdk := w.sdk(plainToken)
	params := (&api.CreateRealtimeTranscriptionParams{}).SetStatusCallbackUrl(w.app.srv.URL + "/t").SetTranscriptionEngine("deepgram").SetName("desk")
	made, err := sdk.CreateRealtimeTranscription(sid, params)
	if err != nil || *made.Status != "in-progress" || *made.Name != "desk" {
		t.Fatalf("%+v %v", made, err)
	}
	w.says(sid, "a")
	w.advance("1s")
	w.says(agent, "And who are you?")
	w.advance("100ms")
	w.wantTold("1 started", `2 content inbound "a" true`)
	w.advance("2s")
	stop := (&api.UpdateRealtimeTranscriptionParams{}).SetStatus("stopped")
	if got, err := sdk.UpdateRealtimeTranscription(sid, "desk", stop); err != nil || *got.Status != "stopped" || *got.Sid != *made.Sid {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := sdk.UpdateRealtimeTranscription(sid, *made.Sid, stop); codeOf(err) != 20404 {
		t.Errorf("stopped twice: %v", err)
	}
	w.says(sid, "b")
	w.advance("9s")
	w.wantTold("1 started", `2 content inbound "a" true`, `3 content outbound "And who are you?" true`, "4 stopped")
	if code, body := w.rest("POST", "/Calls/"+sid+"/Transcriptions/desk.json", "Status", "paused"); code != 400 || body["code"] != 20001.0 {
		t.Errorf("paused: %d %v", code, body)
	}
}

// TestTranscriptionRefusals answers what cannot be.
func TestTranscriptionRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual)
	callback := ` statusCallbackUrl="` + w.app.srv.URL + `/t"`
	w.app.on("/voice", `<Start><Transcription intelligenceService="GA1"`+callback+`/><Transcription transcriptionEngine="ear"`+callback+`/>
		<Transcription statusCallbackUrl="/here"/></Start><Stop><Transcription name="none"/></Stop><Gather timeout="600"/>`)
	sid := w.ring()
	w.waits(sid, "gather")
	for _, code := range []int{95116, 32650, 17585, 0} {
		w.logged(sid, code)
	}
	w.wantTold("1 error 95116", "1 error 32650")
	for _, c := range []struct {
		params []string
		code   float64
	}{
		{[]string{"IntelligenceService", "GA1"}, 95116}, {[]string{"Track", "left"}, 32650}, {[]string{"StatusCallbackUrl", "here"}, 17585},
		{[]string{"StatusCallbackMethod", "PUT"}, 32650},
	} {
		if code, body := w.rest("POST", "/Calls/"+sid+"/Transcriptions.json", c.params...); code != 400 || body["code"] != c.code {
			t.Errorf("%v: %d %v", c.params, code, body)
		}
	}
	w.ctl("PUT", "/faults", map[string]any{"transcriptions": map[string]any{"error_percent": 100}}, nil)
	w.rest("POST", "/Calls/"+sid+"/Transcriptions.json", "StatusCallbackUrl", w.app.srv.URL+"/t")
	w.wantTold("1 error 95116", "1 error 32650", "1 started", "2 error 32655")
	if code := w.ctl("PUT", "/faults", map[string]any{"transcriptions": map[string]any{"error_percent": -1}}, nil); code != 400 {
		t.Errorf("-1 percent: %d", code)
	}
	if code := w.ctl("POST", "/calls/"+sid+"/say", map[string]string{"text": " "}, nil); code != 400 {
		t.Errorf("nothing was said: %d", code)
	}
	w.do(sid, "hangup")
	w.ended(sid)
	if code := w.ctl("POST", "/calls/"+sid+"/say", map[string]string{"text": "hello"}, nil); code != 409 {
		t.Errorf("said after the end: %d", code)
	}
	if code, body := w.rest("POST", "/Calls/"+sid+"/Transcriptions.json"); code != 400 || body["code"] != 21220.0 {
		t.Errorf("after the end: %d %v", code, body)
	}
}
