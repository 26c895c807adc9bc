package rig_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/recordings"
)

// TestPayPausesRecording rings the recorded demo line with people who speak at half their pace, and pays: the pause is
// where the payment is, within a second at both ends, although something is said right before it; and of the card no
// key is heard in the recording, while those of the menus are, so that the ear is known to work.
func TestPayPausesRecording(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	script := rig.Script(t, "1,12345678,1,1", "declined,visa") // the first card is declined, so it is paused twice
	script.Pace = 0.5
	got := r.Call(script)
	if got.Outcome != "paid" {
		t.Fatalf("outcome %q, scenes %v\n%s", got.Outcome, got.Scenes, got.Said())
	}
	paid := payTimes(t, r.SimURL, got.CallSID)
	recs := recordingsOf(t, r, got.CallSID)
	if len(recs) != 1 || len(paid) != 2 || len(recs[0].Paused) != 2 {
		t.Fatalf("payments %+v, recordings %+v: want one recording with two pauses", paid, recs)
	}
	for i, p := range recs[0].Paused {
		if p.To == nil {
			t.Fatalf("pause %d was not ended: %+v", i, recs[0])
		}
		if from, to := p.From-paid[i].from, *p.To-paid[i].to; from < -1000 || from > 0 || to < 0 || to > 1000 {
			t.Errorf("payment %d was from %d to %d ms, the pause from %d to %d ms", i, paid[i].from, paid[i].to, p.From, *p.To)
		}
		t.Logf("payment %d to %d ms, pause %d to %d ms", paid[i].from, paid[i].to, p.From, *p.To)
	}
	const menu = "123456781" + "1" // the account, pay all of it, another card; the language was chosen before
	if keys := ear(t, r, "/2010-04-01/Accounts/"+local.AccountSID+"/Recordings/"+recs[0].SID+".wav"); keys != menu {
		t.Errorf("the recording holds the keys %q, want %q", keys, menu)
	}
	var rec recordings.Recording
	eventually(t, "the recording is in the archive", func() bool {
		rec, _ = r.Local.App.Recordings.Get(t.Context(), recs[0].SID)
		return rec.State == recordings.Verified
	})
	if rec.Flow != "pay-my-bill" || rec.Line != rig.Line || rec.Call != got.CallSID || len(rec.Flags) != 0 {
		t.Errorf("the index has %+v", rec)
	}
	var shown struct {
		Pauses []struct {
			Payment  string
			From, To time.Time
			Sure     bool
		}
	}
	if err := json.Unmarshal([]byte(r.Get(r.AppURL+"/api/v1/recordings/"+rec.SID)), &shown); err != nil {
		t.Fatal(err)
	}
	if len(shown.Pauses) != 2 || !shown.Pauses[0].Sure || !shown.Pauses[1].To.After(shown.Pauses[0].To) || !shown.Pauses[0].To.After(shown.Pauses[0].From) {
		t.Errorf("the API shows the pauses %+v", shown.Pauses)
	}
	feed := r.Get(r.AppURL + "/api/v1/calls/" + got.CallSID + "/events")
	for _, word := range []string{"started", "paused", "resumed", "ready"} {
		if !strings.Contains(feed, `"kind":"recording"`) || !strings.Contains(feed, `"name":"`+word+`"`) {
			t.Errorf("the call's feed does not say that the recording is %s:\n%s", word, feed)
		}
	}
}

// paySpan is when a <Pay> ran, in milliseconds since its call was created.
type paySpan struct{ from, to int64 }

// payTimes are the payments of a call that is over, from the simulator's own feed: from the document that held <Pay>
// to its result.
func payTimes(t *testing.T, sim, sid string) (out []paySpan) {
	t.Helper()
	resp, err := http.Get(sim + "/sim/v1/calls/" + sid + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		var e struct {
			AtMS               int64 `json:"at_ms"`
			Type, Body, Result string
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatal(err)
		}
		switch {
		case e.Type == "twiml" && strings.Contains(e.Body, "<Pay "):
			if !strings.HasPrefix(e.Body[strings.Index(e.Body, "<Response>"):], "<Response><Pay ") {
				t.Errorf("something comes before <Pay>: %s", e.Body)
			}
			out = append(out, paySpan{from: e.AtMS})
		case e.Type == "pay" && e.Result != "":
			out[len(out)-1].to = e.AtMS
		}
	}
	return out
}

// recordingsOf are the recordings of a call as the simulator shows them, the oldest first.
func recordingsOf(t *testing.T, r *rig.Rig, sid string) []recordingOf {
	t.Helper()
	var call struct{ Recordings []recordingOf }
	if err := json.Unmarshal([]byte(r.Get(r.SimURL+"/sim/v1/calls/"+sid)), &call); err != nil {
		t.Fatal(err)
	}
	return call.Recordings
}

// waits lets a call come to where it waits for something.
func waits(t *testing.T, r *rig.Rig, sid, want string) {
	t.Helper()
	eventually(t, "the call waits for "+want, func() bool {
		var call struct {
			WaitingFor string `json:"waiting_for"`
		}
		if err := json.Unmarshal([]byte(r.Get(r.SimURL+"/sim/v1/calls/"+sid)), &call); err != nil {
			t.Fatal(err)
		}
		return call.WaitingFor == want
	})
}

// eventually looks again and again, for a minute and a half.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(90 * time.Second); !is(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// ring rings the demo line and keys its menus, up to the card number.
func ring(t *testing.T, r *rig.Rig) (sid string) {
	t.Helper()
	resp, err := http.Post(r.SimURL+"/sim/v1/calls", "application/json", strings.NewReader(`{"from":"`+rig.From+`","to":"`+rig.Line+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var call struct {
		SID string `json:"call_sid"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&call); err != nil {
		t.Fatal(err)
	}
	for _, keys := range []string{"1", "12345678", "1"} {
		waits(t, r, call.SID, "gather")
		pressKeys(t, r, call.SID, keys)
	}
	waits(t, r, call.SID, "pay:payment-card-number")
	return call.SID
}

// keyCard keys a card, which is asked for.
func keyCard(t *testing.T, r *rig.Rig, sid string) {
	t.Helper()
	card := cardsNamed(t, "visa")[0]
	for _, field := range []struct{ name, keys string }{
		{"payment-card-number", card.Number + "#"}, {"expiration-date", card.Expiry}, {"security-code", card.Code + "#"},
	} {
		waits(t, r, sid, "pay:"+field.name)
		pressKeys(t, r, sid, field.keys)
	}
}

// TestServerKilledWhileRecordingIsPaused kills the server (SIGKILL) between the pause and its end. Started again, it
// takes the payment's result and lets the recording go on.
func TestServerKilledWhileRecordingIsPaused(t *testing.T) {
	c := rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redistest.Real(t), DatabaseURL: "sqlite:" + t.TempDir() + "/paydial.db", Dir: projectDir(t),
	})
	sid := ring(t, &c.Rig)
	if recs := recordingsOf(t, &c.Rig, sid); len(recs) != 1 || recs[0].Status != "paused" {
		t.Fatalf("while the card is asked for: %+v", recs)
	}
	c.Servers[0].Kill()
	c.Servers[0].Start()
	keyCard(t, &c.Rig, sid)
	eventually(t, "the recording goes on", func() bool {
		recs := recordingsOf(t, &c.Rig, sid)
		return len(recs[0].Paused) == 1 && recs[0].Paused[0].To != nil
	})
	if n := len(c.Charges()); n != 1 {
		t.Errorf("%d charges", n)
	}
}

// badREST stands between the app and the simulator's REST API, and answers 503 to some of it.
type badREST struct {
	url    string
	target atomic.Pointer[url.URL]
	bad    atomic.Pointer[func(*http.Request) bool]
}

func newBadREST(t *testing.T) *badREST {
	t.Helper()
	b := &badREST{}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(b.target.Load()) }}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if bad := b.bad.Load(); b.target.Load() == nil || bad != nil && (*bad)(q) {
			http.Error(w, "no", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, q)
	}))
	t.Cleanup(srv.Close)
	b.url = srv.URL
	return b
}

// anyRules are rules for an index that is only read.
type anyRules struct{}

func (anyRules) For(string, string) recordings.Policy { return recordings.Policy{} }
func (anyRules) Version() string                      { return "" }

// indexOf is the index of recordings in a database that a server works on.
func indexOf(t *testing.T, database string) *recordings.Recordings {
	t.Helper()
	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	r, err := recordings.New(t.Context(), recordings.Config{DB: d, Policies: func() recordings.Policies { return anyRules{} }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRecordingCannotBePaused lets Twilio refuse to list or to pause: the payment goes on.
func TestRecordingCannotBePaused(t *testing.T) {
	rest := newBadREST(t)
	database := "sqlite:" + t.TempDir() + "/paydial.db"
	c := rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redistest.Real(t), DatabaseURL: database, Dir: projectDir(t), Twilio: rest.url,
	})
	index := indexOf(t, database)
	sim, err := url.Parse(c.SimURL)
	if err != nil {
		t.Fatal(err)
	}
	rest.target.Store(sim)
	recording := func(q *http.Request) bool { return strings.Contains(q.URL.Path, "/Recordings") }
	for name, bad := range map[string]func(*http.Request) bool{
		"the list":  func(q *http.Request) bool { return recording(q) && q.Method == http.MethodGet },
		"the order": func(q *http.Request) bool { return recording(q) && q.Method == http.MethodPost },
	} {
		t.Run(name, func(t *testing.T) {
			rest.bad.Store(&bad)
			got := c.Call(rig.Script(t, "1,12345678,1", "visa"))
			if got.Outcome != "paid" {
				t.Errorf("outcome %q, scenes %v\n%s", got.Outcome, got.Scenes, got.Said())
			}
			recs := recordingsOf(t, &c.Rig, got.CallSID)
			if len(recs) != 1 || len(recs[0].Paused) != 0 {
				t.Fatalf("recordings %+v", recs)
			}
			eventually(t, "the recording is flagged", func() bool {
				rec, err := index.Get(t.Context(), recs[0].SID)
				return err == nil && slices.Contains(rec.Flags, recordings.FlagNotPaused)
			})
		})
	}
}
