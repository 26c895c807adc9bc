//go:build !nosimulator

package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/local"
)

// TestTranscripts transcribes a call of dev's line, and reads, exports and deletes what was said.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	d := startDev(t, nil)
	from := len(d.out.text())
	call := d.agentCall(t, "--card", "visa")
	sid := d.waits(t, from)
	words := func(args ...string) result {
		t.Helper()
		return paydial(t, nil, append(append([]string{"transcripts"}, args...), "--app", d.app)...)
	}
	words("list").want(t, 0, "no transcripts")
	form := url.Values{"StatusCallbackUrl": {d.app + "/voice/transcription?flow=pay-my-bill"}}
	d.post(t, "/2010-04-01/Accounts/"+local.AccountSID+"/Calls/"+sid+"/Transcriptions.json", "application/x-www-form-urlencoded", form.Encode())
	d.post(t, "/sim/v1/calls/"+sid+"/say", "application/json", `{"text":"it is four two four two four two four two four two four two four two four two"}`)
	d.pay(t, "take", "--yes").want(t, 0, "paid 84.20 usd")
	called(t, call())
	words("list", "--cards").want(t, 0, sid, "pay-my-bill", "1 lines", "1 masked", "kept")
	words("list", "--json").want(t, 0, `"cards_masked": 1`)
	words("show", sid).want(t, 0, "caller: it is [card number]")
	words("show", sid, "--json").want(t, 0, `"text": "it is [card number]"`)
	words("export", sid, "--format", "vtt").want(t, 0, "WEBVTT", "<v caller>it is [card number]")
	dir := filepath.Join(t.TempDir(), "out")
	words("export", "--to", dir, "--since", "2h").want(t, 0)
	raw, err := os.ReadFile(filepath.Join(dir, sid+".txt"))
	if err != nil || !strings.Contains(string(raw), "[card number]") {
		t.Errorf("%v %s", err, raw)
	}
	words("export", "--to", dir).want(t, exitConflict, "is there already")
	words("export").want(t, exitUsage, "--to")
	words("export", sid, "--format", "pdf").want(t, exitUsage)
	words("delete", sid, "--yes").want(t, exitUsage, "--reason")
	words("delete", sid, "--reason", "asked for").want(t, exitUsage, "--yes")
	words("delete", sid, "--reason", "asked for", "--yes").want(t, 0, "deleted the transcript of "+sid)
	words("show", sid).want(t, exitNotFound, "No such transcript")
}

// post sends something to the simulator.
func (d devRun) post(t *testing.T, path, kind, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, d.sim+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(local.AccountSID, local.AuthToken)
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
}
