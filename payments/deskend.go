package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/paydial/paydial/twilio"
)

// Hear takes a status callback of Twilio's Payment resource. It may come late, twice, or in any order. The ask is the
// number in the callback's address, 0 for none. ErrForeign: it belongs to another session. Any other error means that
// it was not kept, and that Twilio should send it again.
func (d *Desk) Hear(ctx context.Context, id string, ask int, st twilio.PaymentStatus) error {
	if st.Result != "" {
		return d.HearResult(ctx, id, st.SID, st.PayResult)
	}
	foreign := false
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		if foreign = doc.SID != "" && doc.SID != st.SID; foreign || !d.rules.hear(doc, ask, st, now) {
			return errNoChange
		}
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("hear of payment: %w", err)
	case foreign:
		return fmt.Errorf("hear of payment %s: %w", shownID(id), ErrForeign)
	case doc.First != "" && doc.Stage == StageOpen: // the process that opened it died before it asked
		_, err = d.Ask(ctx, Actor{ID: doc.Agent, Screen: doc.Screen}, id, doc.First, doc.Create.Key)
		if errors.Is(err, ErrNotSent) {
			err = nil
		}
	}
	return err
}

// HearResult takes the end of a payment: into the ledger first, whatever became of the desk's own document, then onto
// the screen. The session is Twilio's SID, "" for a payment by keypad.
func (d *Desk) HearResult(ctx context.Context, id, session string, res twilio.PayResult) error {
	doc, err := d.store.load(ctx, id)
	gone := errors.Is(err, ErrNoAssisted)
	if err != nil && !gone {
		return fmt.Errorf("hear result of payment %s: %w", shownID(id), err)
	}
	if !gone && session != "" && doc.SID != "" && doc.SID != session {
		return fmt.Errorf("hear result of payment %s: %w", shownID(id), ErrForeign)
	}
	row, err := d.cfg.Ledger.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("hear result of payment: %w", err)
	}
	kept, _, err := d.cfg.Ledger.Close(ctx, id, ResultOf(res, row.Intent == Charge))
	if err != nil && !errors.Is(err, ErrContradiction) {
		return err
	}
	if err != nil {
		d.cfg.Log.Error("payment result contradicts the ledger", "call", row.Call, "payment", id, "error", err)
	}
	if gone {
		return nil
	}
	doc, err = d.update(ctx, id, func(doc *document, now time.Time) error {
		if doc.Keypad && kept.State.Succeeded() { // callbacks on the way may come later than the result
			d.rules.keyed(doc, res)
		}
		return d.rules.result(doc, kept, res.Result, now)
	})
	if err != nil {
		return err
	}
	return d.settle(ctx, doc)
}

// result brings what the ledger keeps of a result into a document: pure.
func (r *rules) result(doc *document, kept Payment, word string, now time.Time) error {
	to := stageOf(kept.State)
	if doc.Stage == to && to != StageUnknown {
		if doc.Confirmation == kept.Confirmation {
			return errNoChange
		}
		doc.Confirmation = or(doc.Confirmation, kept.Confirmation)
		return nil
	}
	doc.Trouble = nil
	if !kept.State.Succeeded() {
		doc.Trouble = &Trouble{Code: cleanWord(word), Text: or(kept.ErrorText, kept.ConnectorError), At: now}
		if kept.ErrorCode != 0 {
			doc.Trouble.Code = fmt.Sprint(kept.ErrorCode)
		}
	}
	if !r.end(doc, to, now) {
		return errNoChange // it is over already; the ledger keeps both results and flags them
	}
	doc.Brand, doc.Last4 = or(kept.Brand, doc.Brand), or(kept.Last4, doc.Last4)
	doc.Confirmation, doc.Settled = kept.Confirmation, false
	return nil
}

// stageOf is the stage that a state of the ledger means.
func stageOf(s State) Stage {
	switch s {
	case Paid:
		return StagePaid
	case Saved:
		return StageSaved
	case Declined:
		return StageDeclined
	case Cancelled, GaveUp:
		return StageCancelled
	case HungUp:
		return StageCallerLeft
	case Unavailable:
		return StageUnavailable
	case Unknown, Started:
	}
	return StageUnknown
}

// stateOf is the ledger's word for an end that the desk decided by itself.
func stateOf(s Stage) State {
	switch s {
	case StageCancelled:
		return Cancelled
	case StageCallerLeft:
		return HungUp
	case StageUnavailable:
		return Unavailable
	case StagePaid, StageSaved, StageDeclined, StageUnknown, StageReady, StageStarting, StageOpen, StageCharging:
	}
	return Unknown
}

// settle does what is left to do for a payment that is over, each of which may be done again: the ledger, Twilio's
// session, the recording, the call. What fails is tried again by Work.
func (d *Desk) settle(ctx context.Context, doc *document) error {
	if doc.Settled || !doc.Stage.Over() {
		return nil
	}
	switch doc.Stage {
	case StageCancelled, StageCallerLeft, StageUnavailable, StageUnknown:
		res := Result{State: stateOf(doc.Stage)}
		if doc.Trouble != nil {
			res.ErrorText = or(doc.Trouble.Text, doc.Trouble.Code)
		}
		_, _, err := d.cfg.Ledger.Close(ctx, doc.ID, res)
		if err != nil && !errors.Is(err, ErrContradiction) { // it may know better: a result was there first
			return fmt.Errorf("settle payment %s: %w", doc.ID, err)
		}
	default:
	}
	if o := doc.Final; o != nil && o.Do == doCancel && !o.Acked && doc.SID != "" {
		if _, err := d.post(ctx, doc, *o); err != nil { // the session ends with the call at the latest
			d.cfg.Log.Info("cancel session", "call", doc.Call, "payment", doc.ID, "error", err)
		}
	}
	for _, rec := range doc.Paused { // one that has ended meanwhile, with the call, is none of our business
		if err := d.cfg.Twilio.UpdateRecording(ctx, doc.Call, rec, twilio.RecordingInProgress); err != nil {
			d.cfg.Log.Info("resume recording", "call", doc.Call, "recording", rec, "error", err)
		}
	}
	if err := d.store.let(ctx, doc.Call, doc.ID, ""); err != nil {
		return fmt.Errorf("settle payment %s: %w", doc.ID, err)
	}
	_, err := d.update(ctx, doc.ID, func(kept *document, _ time.Time) error {
		if kept.Settled || kept.Stage != doc.Stage {
			return errNoChange
		}
		kept.Settled = true
		if kept.Final != nil {
			kept.Final.Acked = true
		}
		return nil
	})
	return err
}

// CallEnded ends what is open on a call whose caller is gone. What the card company was asked for goes on.
func (d *Desk) CallEnded(ctx context.Context, call string) error {
	if err := d.Withdraw(ctx, call); err != nil {
		return err
	}
	id, err := d.store.openOn(ctx, call)
	if err != nil || id == "" {
		return err
	}
	doc, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		switch {
		case doc.Stage.Over() || doc.Stage == StageCharging:
			return errNoChange
		case doc.Keypad:
			doc.CallEnded = now // <Pay> tells its result with the end
			return nil
		}
		r := d.rules
		doc.Trouble = &Trouble{Code: "caller-hung-up", At: now}
		r.end(doc, StageCallerLeft, now)
		return nil
	})
	if errors.Is(err, ErrNoAssisted) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.settle(ctx, doc)
}

// SignedOff cancels what an agent leaves open who signs off; what is being charged goes on.
func (d *Desk) SignedOff(ctx context.Context, agent string) error {
	all, err := d.List(ctx, Actor{ID: agent})
	if err != nil {
		return err
	}
	var failed []error
	for _, a := range all {
		if a.Stage.Over() {
			continue
		}
		doc, err := d.update(ctx, a.ID, func(doc *document, now time.Time) error {
			if doc.Agent != agent || d.rules.cancel(doc, uuid.NewString(), "signed_off", now) != nil {
				return errNoChange
			}
			return nil
		})
		if err == nil {
			err = d.settle(ctx, doc)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// HearKeypad takes progress of a payment for which the agent has sent the caller to the keypad. ErrNoAssisted: it is
// a payment of a flow, which no agent looks at.
func (d *Desk) HearKeypad(ctx context.Context, id string, st twilio.PayStatus) error {
	_, err := d.update(ctx, id, func(doc *document, now time.Time) error {
		if !d.rules.keypad(doc, st, now) {
			return errNoChange
		}
		return nil
	})
	return err
}
