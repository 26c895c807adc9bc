package twilio_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/twilio"
)

// sim is a simulator and a client of it.
type sim struct {
	t *testing.T
	*twilio.Client
	url string
}

func newSim(t *testing.T, cfg simulator.Config) sim {
	t.Helper()
	s, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	c, err := twilio.NewClient(twilio.Config{AccountSID: simulator.DefaultAccountSID, AuthToken: simulator.DefaultAuthToken, BaseURL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return sim{t, c, srv.URL}
}

// control asks the control API for something.
func (s sim) control(method, path, body string, into any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/sim/v1"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode > 299 {
		s.t.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, b, err)
	}
	if into != nil {
		if err := json.Unmarshal(b, into); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s sim) make(body string) []string {
	s.t.Helper()
	var made struct{ SIDs []string }
	s.control("POST", "/recordings", body, &made)
	return made.SIDs
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRecordingsOfTheSimulator(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{ManualClock: true, Start: start})
	made := s.make(`{"count":25,"seconds":2,"created":"2026-02-01T00:00:00Z","every":"12h"}`)
	list := func(f twilio.RecordingFilter) (found []twilio.Recording, pages int) {
		t.Helper()
		if err := s.Recordings(t.Context(), f, func(r []twilio.Recording, at time.Time) error {
			if !at.Equal(start) {
				t.Errorf("Twilio's clock says %v, the simulator's %v", at, start)
			}
			found, pages = append(found, r...), pages+1
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return found, pages
	}
	all, pages := list(twilio.RecordingFilter{PageSize: 10})
	if len(all) != 25 || pages != 3 || all[0].SID != made[24] || all[24].SID != made[0] {
		t.Fatalf("%d recordings on %d pages: %+v", len(all), pages, all)
	}
	if r := all[23]; r.Status != "completed" || r.Channels != 1 || r.Duration != 2*time.Second || !r.Created.Equal(time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)) || r.Call == "" {
		t.Errorf("%+v", r)
	}
	day := func(d int) time.Time { return time.Date(2026, 2, d, 6, 0, 0, 0, time.UTC) }
	if got, _ := list(twilio.RecordingFilter{CreatedAfter: day(2), CreatedBefore: day(4)}); len(got) != 4 {
		t.Errorf("%d of two days", len(got))
	}
	if got, _ := list(twilio.RecordingFilter{Call: all[3].Call}); len(got) != 1 || got[0].SID != all[3].SID {
		t.Errorf("of a call: %+v", got)
	}
	one, err := s.FetchRecording(t.Context(), made[0])
	if err != nil || one.SID != made[0] || one.Call != all[24].Call {
		t.Errorf("%+v, %v", one, err)
	}
	if err := s.DeleteRecording(t.Context(), made[0]); err != nil {
		t.Fatal(err)
	}
	_, fetched := s.FetchRecording(t.Context(), made[0])
	_, media := s.RecordingMedia(t.Context(), made[0], 0, "")
	for what, err := range map[string]error{"delete": s.DeleteRecording(t.Context(), made[0]), "fetch": fetched, "media": media} {
		if !twilio.IsNotFound(err) {
			t.Errorf("%s what is gone: %v", what, err)
		}
	}
	s.control("PUT", "/faults", `{"recordings":{"delete_fail_percent":100,"media_fail_percent":100}}`, nil)
	var e *twilio.Error
	if err := s.DeleteRecording(t.Context(), made[1]); !errors.As(err, &e) || !e.Unclear() {
		t.Errorf("a deletion that failed: %v", err)
	}
	if _, err := s.RecordingMedia(t.Context(), made[1], 0, ""); !errors.As(err, &e) || e.Status != 503 {
		t.Errorf("media that failed: %v", err)
	}
}

// TestMediaOfTheSimulator fetches a file that is longer than any other answer may be, and goes on where it broke off.
func TestMediaOfTheSimulator(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{ManualClock: true, Start: start})
	sid := s.make(`{"seconds":1200}`)[0]
	const size = 44 + 1200*16000
	fetch := func(from int64, etag string) (*twilio.Media, []byte, error) {
		t.Helper()
		m, err := s.RecordingMedia(t.Context(), sid, from, etag)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(m.Body)
		_ = m.Body.Close()
		return m, b, err
	}
	m, whole, err := fetch(0, "")
	if err != nil || len(whole) != size || m.Total != size || m.From != 0 || m.ETag == "" {
		t.Fatalf("%d bytes of %+v, %v", len(whole), m, err)
	}
	s.control("PUT", "/faults", `{"recordings":{"media_cut_percent":100}}`, nil)
	cut, half, err := fetch(0, "")
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(half) == 0 || len(half) >= size {
		t.Fatalf("%d bytes of a file that was cut, %v", len(half), err)
	}
	s.control("DELETE", "/faults", "", nil)
	m, rest, err := fetch(int64(len(half)), cut.ETag)
	if err != nil || m.From != int64(len(half)) || m.Total != size || !bytes.Equal(append(half, rest...), whole) {
		t.Errorf("the rest is not the rest: %+v, %d bytes, %v", m, len(rest), err)
	}
	if m, rest, err := fetch(size, cut.ETag); err != nil || m.From != size || m.Total != size || len(rest) != 0 {
		t.Errorf("all is there: %+v, %d bytes, %v", m, len(rest), err)
	}
	if m, again, err := fetch(1000, `"another"`); err != nil || m.From != 0 || !bytes.Equal(again, whole) {
		t.Errorf("it has changed: %+v, %d bytes, %v", m, len(again), err)
	}
}

func TestTranscriptionsOfTheSimulator(t *testing.T) {
	t.Parallel()
	told := make(chan twilio.TranscriptionEvent, 10)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/told" {
			w.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(w, `<Response><Say>Hello</Say><Gather timeout="600"/></Response>`)
			return
		}
		f, err := twilio.ParseForm(body)
		if err == nil {
			var e twilio.TranscriptionEvent
			e, err = twilio.ParseTranscriptionEvent(f)
			told <- e
		}
		if err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(app.Close)
	s := newSim(t, simulator.Config{ManualClock: true, Start: start, Numbers: []simulator.Number{{Number: "+15550100000", VoiceURL: app.URL + "/voice"}}})
	var rung struct {
		SID string `json:"call_sid"`
	}
	s.control("POST", "/calls", `{"to":"+15550100000","from":"+15557654321"}`, &rung)
	s.control("POST", "/clock", `{"advance":"1s"}`, nil)
	yes := true
	begun, err := s.StartTranscription(t.Context(), rung.SID, twilio.NewTranscription{
		Name: "words", Track: "inbound_track", InboundLabel: "caller", StatusCallback: app.URL + "/told", Language: "de-DE", Engine: "deepgram",
		SpeechModel: "nova-3", PartialResults: true, ProfanityFilter: &yes, Hints: "a,b",
	})
	if err != nil || begun.CallSID != rung.SID || begun.Name != "words" || begun.Status != "in-progress" {
		t.Fatalf("%+v, %v", begun, err)
	}
	e := <-told
	if e.SID != begun.SID || e.Event != "transcription-started" || e.Engine != "deepgram" || e.InboundLabel != "caller" || !e.PartialResults ||
		e.LanguageCode != "de-DE" || e.SequenceID != 1 || !strings.Contains(string(e.ProviderConfiguration), `"nova-3"`) {
		t.Errorf("%+v", e)
	}
	for _, name := range []string{"words", begun.SID} {
		if err := s.StopTranscription(t.Context(), rung.SID, name); err != nil && name == "words" || err == nil && name != "words" || err != nil && !twilio.IsNotFound(err) {
			t.Errorf("stop %s: %v", name, err)
		}
	}
	if e := <-told; e.Event != "transcription-stopped" {
		t.Errorf("%+v", e)
	}
	s.control("POST", "/calls/"+rung.SID+"/hangup", "", nil)
	s.control("POST", "/clock", `{"advance":"1s"}`, nil)
	if _, err := s.StartTranscription(t.Context(), rung.SID, twilio.NewTranscription{StatusCallback: app.URL + "/told"}); !twilio.IsCode(err, twilio.CodeCallNotInProgress) {
		t.Errorf("of a call that is over: %v", err)
	}
}
