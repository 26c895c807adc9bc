package rig_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/internal/server"
)

// oneFlow is a bundle with one flow on the demo line: scenes, and what else stands at its top.
func oneFlow(scenes string, project ...string) flows.Bundle {
	return flows.Bundle{Files: []flows.File{
		{Path: "paydial.yaml", Source: []byte(`format: 1
line: Acme Energy
languages: [en-US]
numbers: { "+15550100000": one }
payments: { connector: sandbox, currency: usd }
recordings: { keep_for: 30 days }
transcripts: { keep_for: 30 days }
` + strings.Join(project, "\n"))},
		{Path: "flows/one.yaml", Source: []byte("format: 1\nflow: one\n" + scenes)},
	}}
}

// TestNativeTranscriptionRefused asks for the transcription of a recording, which PCI Mode does not have. Nobody
// makes one: not the linter, not the server at its start or with a reload, not a call that makes the attribute of a
// value, and not the simulator.
func TestNativeTranscriptionRefused(t *testing.T) {
	t.Parallel()
	asked := map[string]flows.Bundle{
		"in the language": oneFlow("scenes:\n  main:\n    - voicemail: { say: Please speak., transcribe: yes }\n"),
		"in TwiML":        oneFlow("scenes:\n  main:\n    - twiml: <Record transcribe=\"true\"/>\n"),
		"with a callback": oneFlow("scenes:\n  main:\n    - twiml: <Record transcribeCallback=\"/x\"/>\n"),
	}
	for name, bundle := range asked {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := flows.Load(bundle)
			if !found.Errors() || !slices.ContainsFunc(found, func(f flows.Finding) bool { return f.Code == "P020" }) {
				t.Errorf("lint finds %v", found)
			}
			all, found, err := local.Start(context.Background(), local.Options{Bundle: bundle})
			if err == nil {
				all.Close()
				t.Fatal("the server starts with it")
			}
			if !found.Errors() {
				t.Errorf("the server does not say why: %v", err)
			}
		})
	}
	t.Run("reloaded", func(t *testing.T) {
		t.Parallel()
		r := rig.Start(t, local.Options{Bundle: oneFlow("scenes:\n  main:\n    - hang_up: All as before.\n")})
		if _, err := r.Local.App.Reload(asked["in the language"]); !errors.Is(err, server.ErrFindings) {
			t.Errorf("reload: %v", err)
		}
		if got := r.Call(rig.Script(t, "", "")); !strings.Contains(got.Said(), "All as before.") {
			t.Errorf("heard %s", got.Said())
		}
	})
	t.Run("made of a value", func(t *testing.T) {
		t.Parallel()
		r := rig.Start(t, local.Options{Bundle: oneFlow(`if_error: trouble
scenes:
  main:
    - twiml: <Record transcribe="${setting.written}"/>
      come_back_to: main
  trouble:
    - outcome: error
    - hang_up: Sorry, that did not work.
`, `settings: { written: "true" }`)})
		got := r.Call(rig.Script(t, "", ""))
		if got.Outcome != "error" || !strings.Contains(got.Said(), "Sorry, that did not work.") {
			t.Errorf("outcome %s, heard %s", got.Outcome, got.Said())
		}
		if feed := r.Get(r.AppURL + "/api/v1/calls/" + got.CallSID + "/events"); !strings.Contains(feed, "this TwiML is not sent") {
			t.Errorf("the call's events do not tell: %s", feed)
		}
		for _, hook := range webhooksOf(t, r, got.CallSID) {
			if strings.Contains(hook.Body, "transcribe") {
				t.Errorf("it was sent: %s", hook.Body)
			}
		}
	})
	t.Run("at the simulator", func(t *testing.T) {
		t.Parallel()
		r := rig.Start(t, local.Options{})
		sid := ringWith(t, r, `<Record transcribe="true" maxLength="5" timeout="1"/><Hangup/>`)
		act(t, r, sid, "answer", "{}")
		untilStatus(t, r, sid, "completed")
		var log struct{ Log []struct{ Code int } }
		getSim(t, r, "/sim/v1/calls/"+sid+"/log", &log)
		if !slices.ContainsFunc(log.Log, func(e struct{ Code int }) bool { return e.Code == 13619 }) {
			t.Errorf("no 13619 in the call's log: %+v", log)
		}
		var list struct {
			Transcriptions []json.RawMessage `json:"transcriptions"`
		}
		getSim(t, r, "/2010-04-01/Accounts/"+local.AccountSID+"/Transcriptions.json", &list)
		if list.Transcriptions == nil || len(list.Transcriptions) > 0 {
			t.Errorf("it was transcribed: %s", list.Transcriptions)
		}
	})
}

// hook is a webhook as the simulator has sent it.
type hook struct {
	Purpose, URL, Body string
	Params             map[string]string
}

func webhooksOf(t *testing.T, r *rig.Rig, sid string) []hook {
	t.Helper()
	var out struct{ Webhooks []hook }
	getSim(t, r, "/sim/v1/calls/"+sid+"/webhooks", &out)
	return out.Webhooks
}

// getSim reads JSON from the simulator.
func getSim(t *testing.T, r *rig.Rig, path string, out any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.SimURL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(local.AccountSID, local.AuthToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", path, resp.Status, err)
	}
}

// ringWith has the simulator ring the demo's caller and follow a document.
func ringWith(t *testing.T, r *rig.Rig, twiml string) string {
	t.Helper()
	form := url.Values{"To": {rig.From}, "From": {rig.Line}, "Twiml": {"<Response>" + twiml + "</Response>"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.SimURL+"/2010-04-01/Accounts/"+local.AccountSID+"/Calls.json", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(local.AccountSID, local.AuthToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var call struct{ SID string }
	if err := json.NewDecoder(resp.Body).Decode(&call); err != nil || call.SID == "" {
		t.Fatalf("ring: %s, %v", resp.Status, err)
	}
	return call.SID
}

// untilStatus waits until a call has a status, or waits for something.
func untilStatus(t *testing.T, r *rig.Rig, sid, what string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var st struct {
		Status  string
		Waiting string `json:"waiting_for"`
	}
	for limit := time.After(30 * time.Second); ; {
		getSim(t, r, "/sim/v1/calls/"+sid, &st)
		if st.Status == what || st.Waiting == what {
			return
		}
		select {
		case <-limit:
			t.Logf("sent: %+v", webhooksOf(t, r, sid))
			t.Fatalf("call %s is %+v, want %s", sid, st, what)
		case <-tick.C:
		}
	}
}

// act does something with a call at the simulator.
func act(t *testing.T, r *rig.Rig, sid, what, body string) {
	t.Helper()
	resp, err := http.Post(fmt.Sprintf("%s/sim/v1/calls/%s/%s", r.SimURL, sid, what), "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", what, resp.Status)
	}
}
