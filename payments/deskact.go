package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/audit"
)

const (
	// maxDecisions is how often a decision is made anew because somebody else was first.
	maxDecisions = 50
	// maxKeys is how many wishes a payment remembers, so that a repeated one is not carried out again.
	maxKeys = 32
)

// errNoChange is what a decision returns that changes nothing.
var errNoChange = errors.New("payments: nothing to change")

// update lets decide change a payment, and keeps it if nobody else did meanwhile; else it decides anew.
func (d *Desk) update(ctx context.Context, id string, decide func(*document, time.Time) error) (*document, error) {
	for range maxDecisions {
		doc, err := d.store.load(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("payment %s: %w", shownID(id), err)
		}
		now := d.cfg.Now()
		if err := decide(doc, now); errors.Is(err, errNoChange) {
			return doc, nil
		} else if err != nil {
			return doc, fmt.Errorf("payment %s: %w", shownID(id), err)
		}
		doc.Updated = now
		kept, err := d.store.keep(ctx, doc, d.rules.due(doc, now))
		if err != nil {
			return doc, fmt.Errorf("keep payment %s: %w", shownID(id), err)
		}
		if kept {
			d.changed(ctx, doc)
			return doc, d.audit(ctx, doc)
		}
	}
	return nil, fmt.Errorf("payment %s changes too fast", shownID(id))
}

func (d *Desk) changed(ctx context.Context, doc *document) {
	if d.cfg.Changed != nil {
		d.cfg.Changed(ctx, doc.Assisted)
	}
}

// audit writes the lines of a payment's log that nobody at the desk has caused, as they are new.
func (d *Desk) audit(ctx context.Context, doc *document) error {
	if d.cfg.Audit == nil {
		return nil
	}
	for _, line := range doc.Log {
		if line.Who != "" || !line.At.Equal(doc.Updated) {
			continue
		}
		action, via := "payment.heard", "twilio"
		if line.Note == "idle" || line.Note == "signed_off" || line.Note == noWord || line.Note == "no_result" {
			via = "worker"
		}
		if line.Field == "" {
			action = "payment.moved"
		}
		err := d.cfg.Audit.Write(ctx, audit.Entry{
			Via: via, Action: action, Call: doc.Call, Payment: doc.ID, Field: line.Field, Result: line.What, Detail: line.Note,
		})
		if err != nil {
			return fmt.Errorf("audit payment %s: %w", doc.ID, err)
		}
	}
	return nil
}

// wish is one thing that somebody at the desk wants, carried out once for its key. It is not new when it was wished
// before, or changes nothing: then nothing is to be sent to Twilio, whatever a decision came to that was not kept.
func (d *Desk) wish(ctx context.Context, by Actor, id, key string, decide func(*document, time.Time) error) (_ *document, isNew bool, err error) {
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		isNew = false
		if err := mayLead(doc, by); err != nil {
			return err
		}
		if key != "" && slices.Contains(doc.Keys, key) {
			return errNoChange
		}
		if err := decide(doc, now); err != nil {
			return err
		}
		isNew = true
		if key != "" {
			doc.Keys = append(doc.Keys, key)
			doc.Keys = doc.Keys[max(len(doc.Keys)-maxKeys, 0):]
		}
		if !doc.Stage.Over() && doc.Stage != StageCharging {
			doc.IdleEnds = now.Add(d.cfg.Limits.Idle)
		}
		return nil
	})
	return doc, isNew && err == nil, err
}

// keyFor keeps the keys of different wishes apart: one that a person used to ask must not stand for a charge.
func keyFor(what, key string) string {
	if key == "" {
		return ""
	}
	return what + ":" + key
}

// mayLead tells whether somebody may move a payment from their screen.
func mayLead(doc *document, by Actor) error {
	switch {
	case doc.Agent != by.ID:
		if by.Supervisor {
			return ErrOtherScreen
		}
		return ErrNoAssisted
	case doc.Screen != by.Screen:
		return ErrOtherScreen
	}
	return nil
}

// shown is a document as it leaves the desk.
func shown(doc *document) Assisted {
	if doc == nil {
		return Assisted{}
	}
	return doc.Assisted
}

// Ask asks the caller for a field, or again for one that was asked before; "first" is the first that is missing,
// and nothing when none is. Another field that is being asked is left. Errors: ErrField, ErrStage, ErrNotSent, ErrOtherScreen.
func (d *Desk) Ask(ctx context.Context, by Actor, id, field, key string) (Assisted, error) {
	doc, isNew, err := d.wish(ctx, by, id, keyFor("ask", key), func(doc *document, now time.Time) error {
		name := field
		if name == "first" {
			missing := doc.missing()
			if len(missing) == 0 { // it came while this was on its way
				return errNoChange
			}
			name = missing[0]
		}
		if err := d.rules.ask(doc, name, uuid.NewString(), now); err != nil {
			return err
		}
		doc.First = ""
		doc.log(now, by.ID, "asked", name, "")
		return nil
	})
	if err != nil || !isNew {
		return shown(doc), err
	}
	doc, err = d.carryOut(ctx, doc, *doc.Capt)
	return shown(doc), err
}

// MoreTime asks the field anew that is being asked, so that its time begins again. What was typed of it is lost, what
// was captured before is kept. ErrStage when nothing is being asked.
func (d *Desk) MoreTime(ctx context.Context, by Actor, id, key string) (Assisted, error) {
	a, err := d.Get(ctx, by, id)
	if err != nil {
		return a, err
	}
	if a.Asking == "" {
		return a, fmt.Errorf("payment %s: %w", shownID(id), ErrStage)
	}
	return d.Ask(ctx, by, id, a.Asking, key)
}

// Stop leaves the field that is being asked. Twilio goes on listening for a moment; if the caller finishes it after
// all it is right.
func (d *Desk) Stop(ctx context.Context, by Actor, id string) (Assisted, error) {
	doc, _, err := d.wish(ctx, by, id, "", func(doc *document, now time.Time) error {
		if doc.Asking == "" {
			return errNoChange
		}
		doc.log(now, by.ID, "stopped", doc.Asking, "")
		d.rules.leave(doc)
		return nil
	})
	return shown(doc), err
}

// Complete sends what was captured to the card company, once, however often it is asked for. Shown is the amount that
// the agent's screen shows. Errors: ErrMissing, ErrAmount, ErrStage, ErrNotSent.
func (d *Desk) Complete(ctx context.Context, by Actor, id string, amount Amount, key string) (Assisted, error) {
	doc, isNew, err := d.wish(ctx, by, id, keyFor("complete", key), func(doc *document, now time.Time) error {
		if doc.Intent == Charge && amount != doc.Amount {
			return fmt.Errorf("%w: it is %s", ErrAmount, doc.Amount)
		}
		if err := d.rules.charge(doc, uuid.NewString(), now); err != nil {
			return err
		}
		doc.log(now, by.ID, "charging", "", "")
		return nil
	})
	if err != nil || !isNew {
		return shown(doc), err
	}
	doc, err = d.carryOut(ctx, doc, *doc.Final)
	return shown(doc), err
}

// Cancel stops a payment. Nothing is charged. ErrStage when the card company has been asked already.
func (d *Desk) Cancel(ctx context.Context, by Actor, id, key string) (Assisted, error) {
	doc, _, err := d.wish(ctx, by, id, keyFor("cancel", key), func(doc *document, now time.Time) error {
		if doc.Stage == StageCancelled {
			return errNoChange
		}
		if err := d.rules.cancel(doc, uuid.NewString(), "", now); err != nil {
			return err
		}
		doc.log(now, by.ID, "cancelled", "", "")
		return nil
	})
	if err == nil {
		err = d.settle(context.WithoutCancel(ctx), doc)
	}
	return shown(doc), err
}

// TakeOver lets another screen lead the payment: one of the same agent's, or a supervisor's.
func (d *Desk) TakeOver(ctx context.Context, by Actor, id string) (Assisted, error) {
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		switch {
		case doc.Agent != by.ID && !by.Supervisor:
			return ErrNoAssisted
		case doc.Agent == by.ID && doc.Screen == by.Screen:
			return errNoChange
		}
		doc.log(now, by.ID, "taken_over", "", doc.Agent)
		doc.Agent, doc.Screen = by.ID, by.Screen
		return nil
	})
	return shown(doc), err
}

// Get is one payment, for its agent and for supervisors; for others it does not exist.
func (d *Desk) Get(ctx context.Context, by Actor, id string) (Assisted, error) {
	doc, err := d.store.load(ctx, id)
	if err == nil && doc.Agent != by.ID && !by.Supervisor {
		err = ErrNoAssisted
	}
	if err != nil {
		return Assisted{}, fmt.Errorf("payment %s: %w", shownID(id), err)
	}
	return doc.Assisted, nil
}

// List are the payments of the desk, the oldest first: one's own, and for a supervisor everybody's. Those that are
// over stay a few minutes.
func (d *Desk) List(ctx context.Context, by Actor) ([]Assisted, error) {
	ids, err := d.store.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the desk: %w", err)
	}
	out, err := d.those(ctx, by, ids)
	if err != nil {
		return nil, fmt.Errorf("list the desk: %w", err)
	}
	return out, nil
}

// those gets the payments with these ids; what is gone meanwhile is left out.
func (d *Desk) those(ctx context.Context, by Actor, ids []string) ([]Assisted, error) {
	out := []Assisted{}
	for _, id := range ids {
		a, err := d.Get(ctx, by, id)
		if errors.Is(err, ErrNoAssisted) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}
