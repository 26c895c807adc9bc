package rig_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/twilio"
)

// node runs a script with Twilio's official Node library and returns what it printed. env says where the simulator is.
func node(t *testing.T, script string, env ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat("node/node_modules/twilio"); err != nil {
		t.Skip("the Node library is not installed: run npm ci in internal/rig/node")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, script)
	cmd.Dir = "node"
	cmd.Env = append(append(os.Environ(), "TWILIO_ACCOUNT_SID="+local.AccountSID, "TWILIO_AUTH_TOKEN="+local.AuthToken), env...)
	raw, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return raw
}

// TestNodeSDK drives the simulator with Twilio's official Node library: it was not written for it.
func TestNodeSDK(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	raw := node(t, "calls.mjs", "SIMULATOR_URL="+r.SimURL, "VOICE_URL="+r.AppURL+"/voice")
	var got struct {
		Created     struct{ SID, AccountSID, Status, Direction string }
		Fetched     struct{ SID, To, From string }
		DateCreated bool
		Listed      []string
		Ended       struct{ SID, Status string }
		Refused     struct{ Status, Code int }
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	sid := got.Created.SID
	switch {
	case !strings.HasPrefix(sid, "CA") || got.Created.AccountSID != local.AccountSID || got.Created.Direction != "outbound-api":
		t.Errorf("created %+v", got.Created)
	case got.Fetched.SID != sid || got.Fetched.To != rig.From || got.Fetched.From != rig.Line:
		t.Errorf("fetched %+v", got.Fetched)
	case !got.DateCreated:
		t.Error("dateCreated is no date")
	case !slices.Contains(got.Listed, sid):
		t.Errorf("the list %v has no %s", got.Listed, sid)
	case got.Ended.SID != sid:
		t.Errorf("ended %+v", got.Ended)
	case got.Refused.Status != 404 || got.Refused.Code != 20404:
		t.Errorf("an unknown call was refused with %+v", got.Refused)
	}
}

// TestGoClient does the same with our own client, which stands on Twilio's official Go library.
func TestGoClient(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{})
	c, err := twilio.NewClient(twilio.Config{AccountSID: local.AccountSID, AuthToken: local.AuthToken, BaseURL: r.SimURL})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	created, err := c.CreateCall(ctx, twilio.NewCall{To: rig.From, From: rig.Line, URL: r.AppURL + "/voice?flow=pay-my-bill"})
	if err != nil {
		t.Fatal(err)
	}
	fetched, err := c.FetchCall(ctx, created.SID)
	if err != nil || fetched.To != rig.From {
		t.Errorf("fetched %+v, %v", fetched, err)
	}
	list, err := c.ListCalls(ctx, twilio.CallFilter{To: rig.From})
	if err != nil || !slices.ContainsFunc(list, func(l twilio.Call) bool { return l.SID == created.SID }) {
		t.Errorf("the list %v has no %s, %v", list, created.SID, err)
	}
	if _, err := c.EndCall(ctx, created.SID); err != nil {
		t.Error(err)
	}
}
