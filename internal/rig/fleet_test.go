package rig_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// projectDir writes the demo project to a directory of the test's.
func projectDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range rig.Demo(t).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestFleet rings two servers on one Redis and one Postgres through a round-robin proxy with many callers at
// once. Every outcome must be right, and the gateway's book must hold what the ledger says was paid.
func TestFleet(t *testing.T) {
	c := rig.StartParts(t, rig.Parts{
		Servers: 2, RedisURL: redistest.Real(t), DatabaseURL: pgtest.Start(t), Dir: projectDir(t),
	})
	kinds := []struct{ press, cards, outcome string }{
		{"1,12345678,1", "visa", "paid"},
		{"2,12345678,1", "mastercard", "paid"},
		{"1,12345678,1", "declined", "declined"},
		{"1,12345678,1,*", "visa", "cancelled"},
		{"1,12345678,1", "hangup", "hung_up"},
	}
	var wg sync.WaitGroup
	got := make([]rig.Outcome, fleetCalls)
	for i := range got {
		k := kinds[i%len(kinds)]
		script := rig.Script(t, k.press, k.cards)
		wg.Go(func() {
			var err error
			if got[i], err = c.TryCall(script); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	paid := map[string]bool{}
	for i, o := range got {
		k := kinds[i%len(kinds)]
		if o.Outcome != k.outcome {
			t.Errorf("call %d (%s): outcome %q, want %q; scenes %v", i, k.cards, o.Outcome, k.outcome, o.Scenes)
		}
		if o.Payment != nil && o.Payment.Result == "paid" {
			paid[o.Payment.Confirmation] = true
		}
	}
	book := c.Charges()
	for _, charge := range book {
		if !paid[charge.ID] {
			t.Errorf("charge %s of the book is in no call's payment", charge.ID)
		}
	}
	if len(book) != len(paid) || len(paid) != fleetCalls*2/len(kinds) {
		t.Errorf("%d charges in the book, %d paid in the ledger, want %d", len(book), len(paid), fleetCalls*2/len(kinds))
	}
	for i, n := range c.Requests {
		if n.Load() < fleetCalls {
			t.Errorf("server %d answered only %d requests: the calls were not spread", i, n.Load())
		}
	}
}
