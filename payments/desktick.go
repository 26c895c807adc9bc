package payments

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paydial/paydial/twilio"
)

// sweepEvery is how often Work looks for what is due.
const sweepEvery = 500 * time.Millisecond

// sweepWidth is how many payments are looked at beside each other: one for which Twilio does not answer must not hold
// up the others.
const sweepWidth = 16

// settleAgain is when an end is tried again whose last duties (ledger, recording) failed.
const settleAgain = 2 * time.Second

// lingers is how long a payment that is over stays in the list of the desk.
const lingers = 10 * time.Minute

// noWord is what the log says of a field of which Twilio told nothing.
const noWord = "no_word"

// maxTries is how often Twilio is asked for the same before only its word is waited for.
const maxTries = 6

// Work does what time asks for, until ctx ends: fields that fell silent, results that did not come, sessions that
// nobody uses. Any number of processes may do it beside each other.
func (d *Desk) Work(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if _, err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
			d.cfg.Log.Error("sweep the desk", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep looks once at every payment that is due, and returns how many there were.
func (d *Desk) Sweep(ctx context.Context) (int, error) {
	ids, err := d.store.due(ctx, d.cfg.Now())
	if err != nil {
		return 0, err
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, sweepWidth)
	for _, id := range ids {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := d.look(ctx, id); err != nil && ctx.Err() == nil {
				d.cfg.Log.Error("look at payment", "payment", id, "error", err)
				_ = d.store.postpone(ctx, id, d.cfg.Now().Add(settleAgain)) // else it is looked at again at once
			}
		})
	}
	wg.Wait()
	return len(ids), nil
}

// look lets time act on one payment, and sends what that comes to.
func (d *Desk) look(ctx context.Context, id string) error {
	var send *order
	var gone bool
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		send, gone = nil, false
		if doc.Stage.Over() {
			gone = doc.Settled && !now.Before(doc.Ended.Add(lingers))
			return errNoChange
		}
		send = d.rules.tick(doc, now)
		return nil
	})
	switch {
	case errors.Is(err, ErrNoAssisted):
		return d.dropMissing(ctx, id)
	case err != nil:
		return err
	case gone:
		return d.store.drop(ctx, id)
	case doc.Stage.Over() && doc.Settled: // it lingers
		return d.store.postpone(ctx, id, d.rules.due(doc, d.cfg.Now()))
	case doc.Stage.Over():
		return d.settle(ctx, doc)
	case send != nil && send.Do == doComplete:
		row, err := d.cfg.Ledger.Get(ctx, id)
		if err == nil && row.State.Final() { // the result came, and its process died before it was on the screen
			return d.adopt(ctx, row, "", twilio.PayResult{Result: string(row.State)})
		}
	}
	if send != nil {
		_, err = d.carryOut(ctx, doc, *send)
		if errors.Is(err, ErrNotSent) {
			err = nil // it is noted, and tried again or told
		}
	}
	return err
}

// dropMissing takes what is noted of a payment that is not there off the lists, and puts it back if it came meanwhile.
func (d *Desk) dropMissing(ctx context.Context, id string) error {
	if err := d.store.drop(ctx, id); err != nil {
		return err
	}
	doc, err := d.store.load(ctx, id)
	if errors.Is(err, ErrNoAssisted) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.store.note(ctx, doc, d.rules.due(doc, d.cfg.Now()))
}

// tick is what the time does to a document: pure. It gives what Twilio is to be asked, if anything.
func (r *rules) tick(doc *document, now time.Time) *order {
	switch doc.Stage {
	case StageStarting:
		return r.tickStart(doc, now)
	case StageOpen:
		if !doc.IdleEnds.IsZero() && !now.Before(doc.IdleEnds) && !doc.Keypad {
			_ = r.cancel(doc, doc.Create.Key+"-idle", "idle", now)
			return nil
		}
		if doc.Keypad {
			r.tickKeypad(doc, now)
			return nil
		}
		return r.tickField(doc, now)
	case StageCharging:
		return r.tickResult(doc, now)
	case StageReady, StagePaid, StageSaved, StageDeclined, StageUnknown, StageCancelled, StageCallerLeft, StageUnavailable:
	}
	return nil
}

// tickStart sends the opening again, or gives it up: nothing was asked of the caller yet.
func (r *rules) tickStart(doc *document, now time.Time) *order {
	if now.Sub(doc.Started) > r.limits.Start {
		doc.Trouble = &Trouble{Code: "not_sent", At: now}
		doc.Final = &order{Do: doCancel, Key: doc.Create.Key + "-late", At: now}
		r.end(doc, StageUnavailable, now)
		return nil
	}
	if doc.Create.Acked || now.Sub(doc.Create.At) < r.limits.Result {
		return nil
	}
	return sendAgain(doc.Create, now)
}

// sendAgain is an order that is to be sent again. Its time is noted, so that no other process sends it beside this
// one; and where nobody knows what came of the last try, so is that.
func sendAgain(o *order, now time.Time) *order {
	o.At, o.Unsure = now, o.Unsure || o.Tries == 0
	return o
}

// tickKeypad waits for the result of a caller who has hung up.
func (r *rules) tickKeypad(doc *document, now time.Time) {
	if !doc.CallEnded.IsZero() && now.Sub(doc.CallEnded) > r.limits.Unknown {
		r.end(doc, StageUnknown, now)
	}
}

// tickField notices that no key came for too long. Twilio is first asked what became of the field, by the same
// request with the same key: it is carried out once, and answered with a callback.
func (r *rules) tickField(doc *document, now time.Time) *order {
	f := doc.field(doc.Asking)
	if f == nil || f.Until.IsZero() || now.Before(f.Until.Add(r.limits.Grace)) {
		return nil
	}
	if !f.Nudged && doc.Capt != nil && doc.Capt.Ask == f.Ask {
		f.Nudged = true
		f.Until = now // and the grace once more
		return doc.Capt
	}
	r.field(f, eventSilent)
	f.Error, f.Until = "input-timeout", time.Time{}
	doc.Asking, doc.Required = "", doc.missing()
	doc.log(now, "", "silent", f.Name, noWord)
	return nil
}

// tickResult asks again for a result that did not come, and in the end says that nobody knows it.
func (r *rules) tickResult(doc *document, now time.Time) *order {
	if now.Sub(doc.Charged) > r.limits.Unknown {
		doc.Trouble = &Trouble{Code: "no_result", At: now}
		r.end(doc, StageUnknown, now)
		return nil
	}
	if doc.Final == nil || doc.Final.Tries >= maxTries || now.Sub(doc.Final.At) < r.limits.Result {
		return nil
	}
	return sendAgain(doc.Final, now)
}

// due is when a document has to be looked at next: pure.
func (r *rules) due(doc *document, now time.Time) time.Time {
	at := now.Add(time.Minute)
	soonest := func(t time.Time) {
		if !t.IsZero() && t.Before(at) {
			at = t
		}
	}
	switch doc.Stage {
	case StageReady, StageStarting:
		soonest(now.Add(r.limits.Result))
		soonest(doc.Started.Add(r.limits.Start))
	case StageOpen:
		if doc.Keypad {
			if !doc.CallEnded.IsZero() {
				soonest(doc.CallEnded.Add(r.limits.Unknown))
			}
			return at
		}
		soonest(doc.IdleEnds)
		if f := doc.field(doc.Asking); f != nil && !f.Until.IsZero() {
			soonest(f.Until.Add(r.limits.Grace))
		}
	case StageCharging:
		if doc.Final != nil && doc.Final.Tries < maxTries {
			soonest(doc.Final.At.Add(r.limits.Result))
		}
		soonest(doc.Charged.Add(r.limits.Unknown))
	case StagePaid, StageSaved, StageDeclined, StageUnknown, StageCancelled, StageCallerLeft, StageUnavailable:
		if !doc.Settled {
			return now.Add(settleAgain)
		}
		return doc.Ended.Add(lingers)
	}
	return at
}
