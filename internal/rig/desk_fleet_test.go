package rig_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/pgtest"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
)

// TestDeskFleet takes payments at two servers on one Redis and one Postgres, where every request and every callback
// may come to either: each is charged once, and the desk is the same on both.
func TestDeskFleet(t *testing.T) {
	c := rig.StartParts(t, rig.Parts{
		Servers: 2, RedisURL: redistest.Real(t), DatabaseURL: pgtest.Start(t), Dir: projectDir(t),
	})
	const agents = 24
	var wg sync.WaitGroup
	for i := range agents {
		wg.Go(func() {
			if err := atTheFleet(t, &c.Rig, i); err != nil {
				t.Errorf("payment %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	book := map[string]int{}
	for _, charge := range c.Charges() {
		book[charge.Parameters["paydial_payment"]]++
	}
	for id, n := range book {
		if n != 1 {
			t.Errorf("%s was charged %d times", id, n)
		}
	}
	if len(book) != agents {
		t.Errorf("%d payments were charged, want %d", len(book), agents)
	}
}

// atTheFleet is one payment, with every click made twice at once.
func atTheFleet(t *testing.T, r *rig.Rig, i int) error {
	call, err := r.TryAgentCall(cardsNamed(t, "visa")...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	d := r.Desk()
	if err := d.Start(ctx, call.SID, map[string]any{"first": "first"}); err != nil {
		return err
	}
	for len(d.Last.Required) > 0 {
		name := d.Last.Required[0]
		if state, err := d.Field(ctx, name); err != nil || state != "right" {
			return fmt.Errorf("%s is %s, %w", name, state, err)
		}
	}
	twice := r.Desk()
	twice.Last = d.Last
	var both sync.WaitGroup
	both.Go(func() { _ = twice.Act(ctx, "complete", map[string]any{"amount": d.Last.Amount}) }) // one of the two is refused
	err = d.Act(ctx, "complete", map[string]any{"amount": d.Last.Amount})
	both.Wait()
	if err := d.Until(ctx, rig.Assisted.Over); err != nil {
		return err
	}
	if d.Last.State != "paid" {
		return fmt.Errorf("it ended %s, %+v, %w", d.Last.State, d.Last.Trouble, err)
	}
	_, err = call.HangUp()
	return err
}
