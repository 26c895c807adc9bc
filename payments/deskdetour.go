package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// OnDetour tells whether an agent has sent the caller to the keypad, and they are not back yet: the end of their talk
// with the agent is none for the flow.
func (d *Desk) OnDetour(ctx context.Context, call string) (bool, error) {
	h, err := d.Handover(ctx, call)
	if errors.Is(err, ErrNotOffered) || err == nil && h.Detour == "" {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	doc, err := d.store.load(ctx, h.Detour)
	if errors.Is(err, ErrNoAssisted) { // nothing came of it
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("payment %s: %w", h.Detour, err)
	}
	return !doc.Stage.Over(), nil
}

// Arrived notes that a caller who was sent to the keypad is there, before <Pay> begins: from here on they are not sent
// again, which could charge twice, and only the result ends the payment. ErrStage: it is over, they go back.
func (d *Desk) Arrived(ctx context.Context, id string) error {
	_, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		if !doc.Keypad || doc.Stage.Over() {
			return ErrStage
		}
		if !d.rules.opened(doc, "", now) {
			return errNoChange // Twilio asked for the page again
		}
		doc.Create.Acked = true
		return nil
	})
	return err
}

// Back notes that the caller is on the way back to the agent.
func (d *Desk) Back(ctx context.Context, call string) error {
	err := d.setDetour(ctx, call, "", nil)
	if errors.Is(err, ErrNotOffered) {
		return nil
	}
	return err
}

// setDetour notes for which payment the caller is with the keypad, "" for none; with only, in place of that one only.
// A call that is off the desks stays off.
func (d *Desk) setDetour(ctx context.Context, call, id string, only *string) error {
	for range maxDecisions {
		was, err := d.store.handover(ctx, call)
		if err != nil {
			return fmt.Errorf("handover of call %s: %w", call, err)
		}
		var h Handover
		if err := json.Unmarshal(was, &h); err != nil {
			return fmt.Errorf("handover of call %s: %w", call, err)
		}
		if h.Detour == id || only != nil && h.Detour != *only {
			return nil
		}
		h.Detour = id
		raw, err := json.Marshal(h)
		if err != nil {
			return fmt.Errorf("handover of call %s: %w", call, err)
		}
		if done, err := d.store.swapHandover(ctx, call, was, raw); err != nil || done {
			return err
		}
	}
	return fmt.Errorf("handover of call %s changes too fast", call)
}
