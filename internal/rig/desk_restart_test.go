package rig_test

import (
	"context"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// TestServerKilledAtTheDesk kills the server (SIGKILL) in the middle of an agent's payment, at each of its moments, and
// starts it again: the desk comes back with the same payment, which ends paid, charged once.
func TestServerKilledAtTheDesk(t *testing.T) {
	c := rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redistest.Real(t), DatabaseURL: "sqlite:" + t.TempDir() + "/paydial.db", Dir: projectDir(t),
	})
	for at, moment := range []string{"started", "while a field is typed", "between capture and complete", "while it is charged"} {
		t.Run(moment, func(t *testing.T) {
			before := len(c.Charges())
			call := c.AgentCall(t, cardsNamed(t, "visa")...)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			d := c.Desk()
			must(t, d.Start(ctx, call.SID, nil))
			id := d.Last.ID
			kill := func(moment int) {
				if at == moment {
					c.Servers[0].Kill()
					c.Servers[0].Start()
				}
			}
			kill(0)
			for len(d.Last.Required) > 0 {
				if at == 1 {
					must(t, d.Act(ctx, "ask", map[string]any{"field": "first"}))
					kill(1)
					at = -1
				}
				if state, err := d.Field(ctx, d.Last.Required[0]); err != nil || state != "right" {
					t.Fatalf("%s, %v", state, err)
				}
			}
			kill(2)
			must(t, d.Act(ctx, "complete", map[string]any{"amount": d.Last.Amount}))
			kill(3)
			must(t, d.Until(ctx, rig.Assisted.Over))
			if n := len(c.Charges()) - before; d.Last.State != "paid" || d.Last.ID != id || n != 1 {
				t.Errorf("%s ended %s (%+v), %d charges", d.Last.ID, d.Last.State, d.Last.Trouble, n)
			}
			if _, err := call.HangUp(); err != nil {
				t.Error(err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
