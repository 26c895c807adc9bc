package recordings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paydial/paydial/twilio"
)

// When Finish takes a pause for forgotten.
const (
	forgottenPause = 20 * time.Second // after it was wanted, if its payment is over
	failedResume   = 5 * time.Second  // after Twilio did not take the order to go on
	overFor        = 5 * time.Second  // the payment: the turn that brings its result resumes by itself
	maxForgotten   = 500              // looked at in one go
)

// Finish resumes what is still paused although its payment is over and the call goes on: the process that paused it is
// gone, or Twilio did not take the order. It gives how many payments it did so for, and is meant to be called again
// every few seconds.
func (p *Pauses) Finish(ctx context.Context) (int, error) {
	now := p.now()
	rows, err := p.store.left(ctx, now.Add(-failedResume), now.Add(-forgottenPause), maxForgotten)
	if err != nil {
		return 0, err
	}
	var calls []string
	for _, r := range rows {
		if !slices.Contains(calls, r.call) {
			calls = append(calls, r.call)
		}
	}
	n, failed := 0, []error(nil)
	for _, call := range calls {
		done, err := p.finishCall(ctx, call, rows)
		if n += done; err != nil {
			failed = append(failed, err)
		}
	}
	return n, errors.Join(failed...)
}

// finishCall resumes what was forgotten on one call, unless a payment is being taken there: it goes on behind that.
func (p *Pauses) finishCall(ctx context.Context, call string, rows []pauseRow) (int, error) {
	windows, err := p.cfg.payments(ctx, call)
	if err != nil {
		return 0, fmt.Errorf("payments of call %s: %w", call, err)
	}
	over := overPayments(windows, p.now().Add(-overFor))
	var ids []string
	for _, r := range rows {
		if r.call == call && slices.Contains(over, r.payment) && !slices.Contains(ids, r.payment) {
			ids = append(ids, r.payment)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	p.cfg.log.Warn("recordings were left paused behind a payment, and are resumed", "call", call, "payments", ids)
	err = p.resume(ctx, call, func(r pauseRow) bool { return r.who == byFlow && slices.Contains(ids, r.payment) })
	return len(ids), errors.Join(err, p.recheck(ctx, call, ids))
}

// overPayments are the payments that ended before a moment; none while one is open.
func overPayments(windows []Window, before time.Time) []string {
	var over []string
	for _, w := range windows {
		if w.To.IsZero() {
			return nil
		}
		if !w.To.After(before) {
			over = append(over, w.ID)
		}
	}
	return over
}

// recheck pauses again what was resumed for payments while another one began on the same call: that one may have taken
// it for paused. Its recording is then not shown to have been silent.
func (p *Pauses) recheck(ctx context.Context, call string, resumed []string) error {
	windows, err := p.cfg.payments(ctx, call)
	if err != nil {
		return fmt.Errorf("payments of call %s: %w", call, err)
	}
	var begun []string
	for _, w := range windows {
		if w.To.IsZero() {
			begun = append(begun, w.ID)
		}
	}
	if len(begun) == 0 {
		return nil
	}
	kept, err := p.store.ofCall(ctx, call)
	if err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, pauseLimit)
	defer cancel()
	var failed []error
	for _, r := range kept {
		if !slices.Contains(resumed, r.payment) || r.state != pauseResumed {
			continue
		}
		err := p.cfg.twilio.UpdateRecording(limit, call, r.recording, twilio.RecordingPaused)
		failed = append(failed, err)
		changed := disturbed(kept, r.recording, begun)
		if err == nil {
			r.state, r.paused, r.resume, r.resumed = pausePaused, p.now(), time.Time{}, time.Time{}
			changed = append(changed, r)
		}
		failed = append(failed, p.store.put(ctx, changed...))
	}
	return errors.Join(failed...)
}

// disturbed are the rows of payments that are under way while a recording of theirs went on.
func disturbed(rows []pauseRow, recording string, begun []string) []pauseRow {
	var out []pauseRow
	for _, r := range rows {
		if r.recording == recording && slices.Contains(begun, r.payment) {
			r.state, r.paused, r.trouble = pauseUnsure, time.Time{}, "it went on for a moment, for a payment before"
			out = append(out, r)
		}
	}
	return out
}

// PauseWord is what somebody else tells of a recording during a payment.
type PauseWord string

// The words.
const (
	NoteListed   PauseWord = pauseListed   // of Recording "": Twilio has listed the call's recordings
	NoteUnlisted PauseWord = pauseUnlisted // of Recording "": it could not be asked
	NoteOver     PauseWord = pauseOver     // the recording had ended before
	NoteTheirs   PauseWord = pauseTheirs   // it was paused already
	NoteSilent   PauseWord = pausePaused   // Twilio has said that it is paused
	NoteUnsure   PauseWord = pauseUnsure   // Twilio did not say so
	NoteResumed  PauseWord = pauseResumed  // it was ordered to go on
)

// PauseNote is what the desk tells, which pauses and resumes by itself.
type PauseNote struct {
	Call, Payment string
	Recording     string // "" for what is told of the list
	What          PauseWord
	At            time.Time // of NoteResumed: just before the order; of all others: when it was known
}

// NotePaused writes down what the desk did. The same note again changes nothing.
func (p *Pauses) NotePaused(ctx context.Context, n PauseNote) error {
	if n.Call == "" || n.Payment == "" {
		return fmt.Errorf("recordings: a note of a pause without its call or payment")
	}
	err := p.store.change(ctx, n.Call, func(kept []pauseRow) []pauseRow {
		r := pauseRow{payment: n.Payment, recording: n.Recording, call: n.Call, who: byDesk, wanted: n.At}
		known := false
		for _, k := range kept {
			if k.payment == n.Payment && k.recording == n.Recording {
				r, known = k, true
			}
		}
		next, changed := r.noted(n, known)
		if !changed {
			return nil
		}
		return []pauseRow{next}
	})
	if err != nil {
		return fmt.Errorf("note pause of %s for %s: %w", n.Recording, n.Payment, err)
	}
	return nil
}

// noted is a row after a note: pure.
func (r pauseRow) noted(n PauseNote, known bool) (pauseRow, bool) {
	switch n.What {
	case NoteSilent:
		if known && !r.paused.IsZero() {
			return r, false
		}
		r.state, r.paused = pausePaused, n.At
	case NoteResumed:
		if known && !r.resume.IsZero() {
			return r, false
		}
		r.state, r.resume, r.resumed = pauseResumed, n.At, n.At
	case NoteListed, NoteUnlisted, NoteOver, NoteTheirs, NoteUnsure:
		if known {
			return r, false
		}
		r.state = string(n.What)
	default:
		return r, false
	}
	return r, true
}

// unpaused gives the payments of a recording's call during which it cannot be shown that it was paused.
func (p *Pauses) unpaused(ctx context.Context, rec Recording) ([]string, error) {
	windows, err := p.cfg.payments(ctx, rec.Call)
	if err != nil {
		return nil, fmt.Errorf("payments of call %s: %w", rec.Call, err)
	}
	if len(windows) == 0 {
		return nil, nil
	}
	rows, err := p.store.ofCall(ctx, rec.Call)
	if err != nil {
		return nil, err
	}
	return unpausedWindows(rec, windows, rows), nil
}
