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
	case doc.Stage.Over():
		return d.settle(ctx, doc)
	case doc.First != "" && doc.Stage == StageOpen: // before the answer to its opening, or in place of it
		err = d.askFirst(ctx, doc)
		if errors.Is(err, ErrNotSent) || errors.Is(err, ErrStage) || errors.Is(err, ErrOtherScreen) {
			err = nil // Twilio has nothing to send again for that
		}
	}
	return err
}

// askFirst asks for the field that was to be asked as soon as the session is open: once, whoever does it.
func (d *Desk) askFirst(ctx context.Context, doc *document) error {
	_, err := d.Ask(ctx, Actor{ID: doc.Agent, Screen: doc.Screen}, doc.ID, doc.First, doc.Create.Key)
	return err
}

// HearResult takes the end of a payment: into the ledger first, whatever became of the desk's own document, then onto
// the screen. The session is Twilio's SID, "" for a payment by keypad.
func (d *Desk) HearResult(ctx context.Context, id, session string, res twilio.PayResult) error {
	doc, away := d.store.load(ctx, id)
	gone := errors.Is(away, ErrNoAssisted)
	if away == nil && session != "" && doc.SID != "" && doc.SID != session {
		return fmt.Errorf("hear result of payment %s: %w", shownID(id), ErrForeign)
	}
	row, err := d.cfg.Ledger.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("hear result of payment: %w", err)
	}
	told := ResultOf(res, row.Intent == Charge)
	told.Yields = true
	kept, _, err := d.cfg.Ledger.Close(ctx, id, told)
	if err != nil && !errors.Is(err, ErrContradiction) {
		return err
	}
	if err != nil {
		d.cfg.Log.Error("payment result contradicts the ledger", "call", row.Call, "payment", id, "error", err)
	}
	switch {
	case gone:
		return nil
	case away != nil: // Redis; the ledger has it, and Twilio tells the screen when it sends it again
		return fmt.Errorf("hear result of payment %s: %w", shownID(id), away)
	}
	return d.adopt(ctx, kept, session, res)
}

// adopt brings what the ledger keeps of a payment onto the screen.
func (d *Desk) adopt(ctx context.Context, kept Payment, session string, res twilio.PayResult) error {
	doc, err := d.update(ctx, kept.ID, func(doc *document, now time.Time) error {
		unnamed := doc.SID == "" && session != ""
		doc.SID = or(doc.SID, session)
		if doc.Keypad && kept.State.Succeeded() { // callbacks on the way may come later than the result
			d.rules.keyed(doc, res)
		}
		err := d.rules.result(doc, kept, res.Result, now)
		if unnamed && errors.Is(err, errNoChange) {
			return nil
		}
		return err
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
		res := Result{State: stateOf(doc.Stage), Yields: true}
		if doc.Trouble != nil {
			res.ErrorText = or(doc.Trouble.Text, doc.Trouble.Code)
		}
		kept, _, err := d.cfg.Ledger.Close(ctx, doc.ID, res)
		switch {
		case err == nil && doc.Stage == StageUnknown && kept.State.Final(): // a result was there first
			return d.adopt(ctx, kept, "", twilio.PayResult{Result: string(kept.State)})
		case err != nil && !errors.Is(err, ErrContradiction) && !errors.Is(err, ErrNotFound):
			return fmt.Errorf("settle payment %s: %w", doc.ID, err)
		}
	default:
	}
	closed := d.closeSession(ctx, doc)
	if doc.Keypad {
		if err := d.setDetour(ctx, doc.Call, "", &doc.ID); err != nil && !errors.Is(err, ErrNotOffered) {
			return fmt.Errorf("settle payment %s: %w", doc.ID, err)
		}
	}
	d.resumeRecordings(ctx, doc)
	d.unhush(ctx, doc)
	if err := d.store.let(ctx, doc.Call, doc.ID, ""); err != nil {
		return fmt.Errorf("settle payment %s: %w", doc.ID, err)
	}
	_, err := d.update(ctx, doc.ID, func(kept *document, _ time.Time) error {
		if kept.Settled || kept.Stage != doc.Stage {
			return errNoChange
		}
		kept.Hushed = ""
		o := kept.Final
		if o == nil || o.Do != doCancel || o.Acked {
			kept.Settled = true
			return nil
		}
		kept.SID = or(kept.SID, doc.SID)
		o.Acked, o.Tries = closed, o.Tries+1
		kept.Settled = closed || o.Tries >= maxTries // the session ends with the call at the latest
		return nil
	})
	return err
}

// closeSession cancels the session that a payment left open at Twilio; true when nothing is left to try. Where the
// session's name never came, the request that opened it is sent again: with the same key it is answered with the name.
func (d *Desk) closeSession(ctx context.Context, doc *document) bool {
	o := doc.Final
	if o == nil || o.Do != doCancel || o.Acked || doc.Keypad || doc.Create == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	said := reply{sid: doc.SID}
	if said.sid == "" {
		said = d.post(ctx, doc, *doc.Create)
		doc.SID = said.sid
	}
	if said.err == nil {
		said = d.post(ctx, doc, *o)
	}
	if said.err != nil {
		d.cfg.Log.Info("cancel session", "call", doc.Call, "payment", doc.ID, "error", said.err)
	}
	return said.err == nil || refused(said.err)
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
	if errors.Is(err, ErrNoAssisted) { // its process died before it was written
		return d.bury(ctx, call, id)
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
