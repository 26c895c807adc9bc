package rig_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// TestNodeSDKRecordings pauses a recording with Twilio's official Node library.
func TestNodeSDKRecordings(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	sid, err := (&caller.Caller{Simulator: r.SimURL}).Ring(t.Context(), rig.Script(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(r.SimURL + "/sim/v1/calls/" + sid + "?wait=30s") // until it waits for a key
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	raw := node(t, "recordings.mjs", "SIMULATOR_URL="+r.SimURL, "CALL_SID="+sid)
	var got struct {
		Made struct {
			SID, Source string
			Channels    int
		}
		Statuses []string
		Current  string
		Listed   []string
		MediaURL string
		Refused  struct{ Status, Code int }
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	want := []string{"in-progress", "paused", "paused", "in-progress", "stopped", "completed"}
	switch {
	case !strings.HasPrefix(got.Made.SID, "RE") || got.Made.Source != "StartCallRecordingAPI" || got.Made.Channels != 2:
		t.Errorf("made %+v", got.Made)
	case !slices.Equal(got.Statuses, want):
		t.Errorf("statuses %v, want %v", got.Statuses, want)
	case got.Current != "Twilio.CURRENT" || !slices.Contains(got.Listed, got.Made.SID) || !strings.HasSuffix(got.MediaURL, got.Made.SID):
		t.Errorf("%+v", got)
	case got.Refused.Status != 404 || got.Refused.Code != 20404:
		t.Errorf("pausing what was stopped was refused with %+v", got.Refused)
	}
}
