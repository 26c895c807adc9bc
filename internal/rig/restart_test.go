package rig_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// TestServerKilled kills the server (SIGKILL) while the call waits at each of its stops, starts it again, and
// lets the caller go on: every call must end paid, charged once.
func TestServerKilled(t *testing.T) {
	redis := redistest.Real(t)
	dir := projectDir(t)
	c := killer{rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redis, DatabaseURL: "sqlite:" + t.TempDir() + "/paydial.db", Dir: dir,
	})}
	stops := []string{"gather", "gather", "gather", "pay:payment-card-number", "pay:security-code"}
	for at := range stops {
		t.Run(stops[at]+" "+string([]byte{'1' + byte(at)}), func(t *testing.T) {
			before := len(c.Charges())
			got := c.callWithKill(t, at)
			if got.Outcome != "paid" {
				t.Fatalf("outcome %q, want paid; scenes %v\n%s", got.Outcome, got.Scenes, got.Said())
			}
			if n := len(c.Charges()) - before; n != 1 {
				t.Errorf("%d charges, want 1", n)
			}
		})
	}
}

// killer is a cluster whose server is killed in mid-call.
type killer struct{ *rig.Cluster }

// callWithKill plays the paying script and kills the server when the caller is about to act for the at-th time.
func (k killer) callWithKill(t *testing.T, at int) rig.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	who := &caller.Caller{Simulator: k.SimURL}
	script := rig.Script(t, "1,12345678,1", "visa")
	waits := 0
	who.Act = func(caller.Action) {
		if waits == at { // the stop is reached, nothing has been pressed yet
			k.Servers[0].Kill()
			k.Servers[0].Start()
		}
		waits++
	}
	st, err := who.Place(ctx, script)
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Ended(ctx, st)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return got
}
