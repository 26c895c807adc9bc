package rig_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/simulator/audio/audiotest"
)

// TestAgentHearsNoCard listens to a recorded call in which an agent takes a card: what the caller keyed in the menus
// and in the conversation is there, so that the ear is known to work, and of the card nothing, on no leg and in no
// recording, which is paused besides.
func TestAgentHearsNoCard(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{Bundle: withProject(t, "        agent_may_take_payment: yes",
		"        agent_may_take_payment: yes\n        record: yes")})
	call := r.AgentCall(t, cardsNamed(t, "visa")...)
	pressKeys(t, r, call.SID, "97") // said with keys, in conversation
	a := &agent{t: t, desk: r.Local.App.Desk, who: kim}
	a.took(a.desk.Start(t.Context(), kim, payments.Start{Call: call.SID, Key: "sound"}))
	if a.last.Recording != payments.RecordingPaused {
		t.Errorf("the recording is %s", a.last.Recording)
	}
	a.capture()
	if p := a.finish(); p.Stage != payments.StagePaid {
		t.Fatalf("it ended as %s, %+v", p.Stage, p.Trouble)
	}
	paused := pausedOf(t, r, call.SID)
	pressKeys(t, r, call.SID, "86")
	if _, err := call.HangUp(); err != nil {
		t.Fatal(err)
	}
	const menu, talk = "1123456780", "9786"
	heard := map[string]string{
		"caller": ear(t, r, "/sim/v1/calls/"+call.SID+"/audio/caller.wav"),
		"agent":  ear(t, r, "/sim/v1/calls/"+call.SID+"/audio/agent.wav"),
	}
	if heard["caller"] != menu+talk || heard["agent"] != talk {
		t.Errorf("heard %v, want %s%s on the caller's leg and %s on the agent's", heard, menu, talk, talk)
	}
	want := map[string]string{"DialVerb": talk, "StartCallRecordingTwiML": menu[1:] + talk} // the flow's begins behind the language
	for source, sid := range paused {
		if got := ear(t, r, "/2010-04-01/Accounts/"+local.AccountSID+"/Recordings/"+sid+".wav"); got != want[source] {
			t.Errorf("the recording of %s holds %q, want %q", source, got, want[source])
		}
	}
	if len(paused) != len(want) {
		t.Errorf("paused were %v, want both the flow's recording and the transfer's", paused)
	}
}

// pressKeys lets the caller press keys.
func pressKeys(t *testing.T, r *rig.Rig, sid, keys string) {
	t.Helper()
	resp, err := http.Post(r.SimURL+"/sim/v1/calls/"+sid+"/digits", "application/json", strings.NewReader(`{"digits":"`+keys+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("press %s: %s", keys, resp.Status)
	}
}

// recordingOf is a recording as the simulator shows it.
type recordingOf struct {
	SID    string `json:"sid"`
	Source string `json:"source"`
	Status string `json:"status"`
	Paused []struct {
		From int64  `json:"from_ms"`
		To   *int64 `json:"to_ms"`
	} `json:"paused"`
}

// pausedOf are the recordings of a call, by what began them, when all have been paused once and go on again.
func pausedOf(t *testing.T, r *rig.Rig, sid string) map[string]string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		var call struct{ Recordings []recordingOf }
		if err := json.Unmarshal([]byte(r.Get(r.SimURL+"/sim/v1/calls/"+sid)), &call); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, rec := range call.Recordings {
			if len(rec.Paused) == 1 && rec.Paused[0].To != nil && rec.Status == "in-progress" {
				out[rec.Source] = rec.SID
			}
		}
		if len(out) == len(call.Recordings) && len(out) > 0 {
			return out
		}
		if time.Now().After(end) {
			t.Fatalf("the recordings stand at %+v", call.Recordings)
		}
	}
}

// ear is which keys are heard in a file of the simulator's, by our own detector and by multimon-ng.
func ear(t *testing.T, r *rig.Rig, path string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.SimURL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(local.AccountSID, local.AuthToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, resp.Status, err)
	}
	heard := ""
	for _, channel := range audiotest.Read(t, raw).Channels {
		heard += audiotest.Keys(t, channel)
	}
	return heard
}
