package rig_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
)

// optOutFlow offers to stop the calls.
const optOutFlow = `format: 1
flow: reminders
about: Somebody rings back and asks not to be called again.
speaks: [en-US]
scenes:
  welcome:
    - menu:
        say: This is Acme Energy.
        options:
          9: { to: stop our calls, go: stop }
          0: { to: speak with someone, go: agent }
      then: { gave_up: goodbye }
  stop:
    - opt_out: company
      say: You are off our list. Goodbye.
  agent:
    - transfer: desk
      then: { no_answer: goodbye, busy: goodbye, failed: goodbye }
    - hang_up:
  goodbye:
    - hang_up: Goodbye.
`

const optOutProject = `format: 1
line: Acme Energy
timezone: America/New_York
languages: [en-US]
numbers: { "+15550100000": reminders }
payments: { connector: sandbox, currency: usd }
teams: { desk: { client: desk } }
`

// TestOptOut presses the key that stops the calls: the entry is written before the caller hears that it is.
func TestOptOut(t *testing.T) {
	t.Parallel()
	store := "sqlite:" + filepath.Join(t.TempDir(), "paydial.db")
	r := rig.Start(t, local.Options{DatabaseURL: store, Bundle: flows.Bundle{Files: []flows.File{
		{Path: "flows/reminders.yaml", Source: []byte(optOutFlow)}, {Path: "paydial.yaml", Source: []byte(optOutProject)},
	}}})
	got := r.Call(rig.Script(t, "9", ""))
	if !strings.Contains(got.Said(), "You are off our list.") {
		t.Errorf("scenes %v, heard\n%s", got.Scenes, got.Said())
	}
	d, err := db.Open(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	lists, err := campaigns.NewDoNotCall(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if listed, err := lists.Has(t.Context(), rig.From, "company"); err != nil || !listed {
		t.Errorf("on the list: %v, %v", listed, err)
	}
	if listed, err := lists.Has(t.Context(), "+15550199999"); err != nil || listed {
		t.Errorf("somebody else is on the list: %v, %v", listed, err)
	}
}
