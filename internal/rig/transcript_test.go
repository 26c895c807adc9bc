package rig_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// shownLines is a call's transcript in the API.
type shownLines struct {
	Lines []struct{ Speaker, Text string }
	Cards int `json:"cards_masked"`
}

// spokenCards are numbers that a caller says in these tests; in the database none of their parts may be found.
var spokenCards = []string{
	"my card is 4242 4242 4242 4242 okay", // typed by the engine, on one line
	"it is five five five five five five five five five five five five four four four four",
	"the number is three seven", "eighty-two, eighty-two", "two four six three", "one", "triple zero five", // over lines
	"security code seven seven eight", // and a code
}

// cardParts are what must not be found of them.
var cardParts = []string{
	"4242 4242", "42424242", "five five five", "four four four", "three seven", "eighty-two", "two four six", "triple zero", "seven seven eight",
}

// TestTranscriptIsRedacted lets a caller say card numbers while the call is transcribed, with partial results, and
// searches all of the database's files, Redis, the server's log at debug level, the API and the pages for them.
func TestTranscriptIsRedacted(t *testing.T) {
	redisURL := redistest.Real(t)
	data := t.TempDir()
	c := rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redisURL, DatabaseURL: "sqlite:" + filepath.Join(data, "paydial.db"), Dir: projectDir(t), LogLevel: "debug",
	})
	call := c.AgentCall(t)
	transcribe(t, &c.Rig, call.SID)
	say(t, &c.Rig, call.SID, "good morning")
	for i, text := range spokenCards {
		say(t, &c.Rig, call.SID, text)
		if i == 4 {
			say(t, &c.Rig, call.Agent, "go on please")
		}
	}
	got := waitLines(t, c, call.SID, len(spokenCards)+2)
	shown := make([]string, len(got.Lines))
	for i, l := range got.Lines {
		shown[i] = l.Speaker + ": " + l.Text
	}
	for _, want := range []string{"caller: good morning", "line: go on please", "caller: security code [security code]", "caller: the number is [card number]"} {
		if !slices.Contains(shown, want) {
			t.Errorf("%q is not in the transcript: %q", want, shown)
		}
	}
	if strings.Contains(strings.Join(shown, "\n"), "778") { // in the files it could be part of a time or an id
		t.Errorf("the transcript holds the code: %q", shown)
	}
	if got.Cards < 7 {
		t.Errorf("%d card numbers were masked: %q", got.Cards, shown)
	}
	api := c.Get(c.AppURL+"/api/v1/calls/"+call.SID) + c.Get(c.AppURL+"/api/v1/transcripts/"+call.SID) + c.Get(c.AppURL+"/api/v1/transcripts")
	places := map[string][]byte{
		"database": readAll(t, data), "redis": dumpRedis(t, redisURL), "server log": []byte(c.Servers[0].Log()), "api": []byte(api),
		"pages": []byte(c.Get(c.AppURL+"/calls/"+call.SID) + c.Get(c.AppURL+"/")),
	}
	for name, text := range places {
		if part := saidIn(text); part != "" {
			t.Errorf("%s holds %q", name, part)
		}
		if saidIn(append(bytes.Clone(text), "x five five five x"...)) == "" {
			t.Errorf("%s: the search does not find what is planted", name)
		}
	}
	if !bytes.Contains(places["database"], []byte("good morning")) || !bytes.Contains(places["database"], []byte("[card number]")) {
		t.Error("the database holds no transcript at all")
	}
	if bytes.Contains(places["server log"], []byte("good morning")) {
		t.Error("the server logs what is said")
	}
	if !strings.Contains(c.Get(c.AppURL+"/calls/"+call.SID), "a card number was spoken and masked") {
		t.Error("the call's feed does not say that a card number was spoken")
	}
	if _, err := call.HangUp(); err != nil {
		t.Fatal(err)
	}
}

// saidIn tells which part of a spoken card a text holds; "" for none.
func saidIn(text []byte) string {
	for _, part := range cardParts {
		if bytes.Contains(bytes.ToLower(text), []byte(part)) {
			return part
		}
	}
	return ""
}

// transcribe begins a transcription of a call, as a program does over REST.
func transcribe(t *testing.T, r *rig.Rig, sid string) {
	t.Helper()
	form := url.Values{
		"StatusCallbackUrl": {r.AppURL + "/voice/transcription?flow=pay-my-bill"}, "PartialResults": {"true"}, "Name": {"talk"},
	}
	at := r.SimURL + "/2010-04-01/Accounts/" + local.AccountSID + "/Calls/" + sid + "/Transcriptions.json"
	req, err := http.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(local.AccountSID, local.AuthToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	wantOK(t, req)
}

// say lets the person on a leg say something.
func say(t *testing.T, r *rig.Rig, sid, text string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.SimURL+"/sim/v1/calls/"+sid+"/say", strings.NewReader(`{"text":"`+text+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	wantOK(t, req)
}

func wantOK(t *testing.T, req *http.Request) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", req.Method, req.URL.Path, resp.Status)
	}
}

// waitLines waits until so many lines of a call were kept.
func waitLines(t *testing.T, c *rig.Cluster, sid string, lines int) (got shownLines) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		got = shownLines{}
		err := c.TryAPI(ctx, "/api/v1/transcripts/"+sid, &got)
		if err == nil && len(got.Lines) == lines {
			return got
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d lines were kept, not %d: %+v %v", len(got.Lines), lines, got, err)
		case <-tick.C:
		}
	}
}
