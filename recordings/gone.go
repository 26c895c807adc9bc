package recordings

import (
	"context"
	"errors"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

// errYoung is why a recording that Twilio does not find is not taken for gone.
var errYoung = errors.New("it was created only just now, and Twilio may not have it ready")

// missing finds out what it means that Twilio did not find something of a recording: cause is how it said so.
func (j *job) missing(ctx context.Context, cause error) error {
	rec, err := j.r.ask(ctx, j.row.SID)
	switch {
	case err == nil: // it is there, but its sound is not
		if rec.Status != statusCompleted {
			cause = errors.New("Twilio's status of it is " + rec.Status)
		}
		return doing("copy from Twilio", cause)
	case !twilio.IsNotFound(err):
		return doing("ask Twilio for it", err)
	case j.twilioNow().Before(j.row.Created.Add(young)):
		return doing("ask Twilio for it", errYoung)
	}
	err = j.change(ctx, func(tx *db.Tx, w *row) error {
		if err := j.r.gone(ctx, tx, w, j.twilioNow()); err != nil {
			return err
		}
		trouble := w.Trouble
		if w.done(); w.State.over() {
			w.Trouble = trouble
		}
		return nil
	})
	if err == nil {
		j.r.clearSpool(j.row.SID)
		j.r.tellGone(ctx, &j.row)
	}
	return err
}

// gone notes that Twilio does not have a recording any more, and not by our doing.
func (r *Recordings) gone(ctx context.Context, tx *db.Tx, w *row, twilioNow time.Time) error {
	if w.Twilio != TwilioHas {
		return nil
	}
	// An hour: our date of creation may be a little off, and the year ends somewhere in it.
	year := !w.ExpiresAt.IsZero() && !twilioNow.Before(w.ExpiresAt.Add(-lookAfter))
	w.Twilio, w.TwilioDeletedAt = TwilioElsewhere, r.now()
	kind := KindDeletedElsewhere
	if year {
		w.Twilio, w.TwilioDeletedAt, kind = TwilioExpired, w.ExpiresAt, KindExpiredAtTwilio
	}
	why := Because{}
	if year {
		why = w.whyYear().because()
	}
	if w.hasCopy() || w.State == Archived { // there is one, or it is read back right now
		return r.receipt(ctx, tx, receiptOf(kind, w, why, "there is a copy in the archive"), "")
	}
	switch {
	case !w.ArchiveDeletedAt.IsZero() && w.State == Completed: // ours was kept for its time, and Twilio's was left to it
		if err := r.must(w, eventDone); err != nil {
			return err
		}
	case year:
		if err := r.must(w, eventExpires); err != nil {
			return err
		}
		if !w.cliff.IsZero() {
			w.Trouble = "Twilio's year was over before there was a copy of ours"
		}
	default:
		if err := r.must(w, eventLost); err != nil {
			return err
		}
		kind, w.Trouble = KindLost, "it was deleted at Twilio, not by us, before there was a copy of ours"
		w.flag(FlagLost)
	}
	w.claimedUntil, w.deleting, w.acted = time.Time{}, scopeNone, 0
	return r.receipt(ctx, tx, receiptOf(kind, w, why, "there is no copy in the archive"), "")
}

// tellGone says in the log and the audit log that a recording is gone.
func (r *Recordings) tellGone(ctx context.Context, w *row) {
	action, result, detail := "recording.gone", "kept", "gone at Twilio ("+string(w.Twilio)+"); there is a copy of ours"
	if !w.hasCopy() {
		result, detail = "lost", "gone at Twilio ("+string(w.Twilio)+"); there is no copy of ours"
	}
	if w.State == Deleted {
		result = "deleted"
	}
	r.cfg.Log.WarnContext(ctx, "recording: gone at Twilio", "recording", w.SID, "how", string(w.Twilio), "state", string(w.State))
	if err := r.audit(ctx, w, action, result, detail); err != nil {
		r.cfg.Log.ErrorContext(ctx, "recording: no audit line", "recording", w.SID, "error", err)
	}
}
