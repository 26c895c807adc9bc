package recordings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/twilio"
)

// freshCopy is how long ago a copy may have been read back for Twilio's to be deleted without reading it once more.
const freshCopy = 5 * time.Minute

// remove does a deletion that was decided. Whoever finds it half done, after a crash, goes on: what may have been done
// already was written down before.
func (j *job) remove(ctx context.Context) error {
	if j.row.deleting == scopeTwilio || j.row.deleting == scopeBoth {
		if over, err := j.removeAtTwilio(ctx); err != nil || over {
			return err
		}
	}
	if j.row.deleting == scopeArchive || j.row.deleting == scopeBoth {
		if err := j.removeHere(ctx); err != nil {
			return err
		}
	}
	return j.change(ctx, func(_ *db.Tx, w *row) error { return j.finish(w) })
}

// finish leaves the state deleting for where the copies that are left lead.
func (j *job) finish(w *row) error {
	e := eventDone
	switch {
	case w.hasCopy():
		e = eventKept
	case w.Twilio == TwilioHas:
		e = eventLeft
	}
	w.deleting, w.acted = scopeNone, 0
	w.done()
	return j.r.must(w, e)
}

// stillDue works out once more, in the transaction in which it counts, whether a copy is to be deleted: a hold may have
// come, or other rules.
func (j *job) stillDue(ctx context.Context, tx *db.Tx, w *row, which string) (bool, error) {
	if err := j.r.settle(ctx, tx, w); err != nil {
		return false, err
	}
	scope := w.scope(j.r.cfg.Policies().For(w.Flow, w.Class), j.sure())
	return scope == which || scope == scopeBoth, nil
}

// removeAtTwilio deletes Twilio's copy. It reports true when there is nothing more to be done with the recording now:
// our copy turned out to be damaged, so that Twilio's is copied again.
func (j *job) removeAtTwilio(ctx context.Context) (over bool, err error) {
	if j.row.Twilio != TwilioHas {
		return false, nil
	}
	_, err = j.r.ask(ctx, j.row.SID)
	switch {
	case twilio.IsNotFound(err) && j.row.acted&askedTwilio != 0:
		return false, j.removedAtTwilio(ctx)
	case twilio.IsNotFound(err):
		return j.goneElsewhere(ctx)
	case err != nil:
		return false, doing("ask Twilio for it", err)
	}
	if j.row.hasCopy() && j.row.deleting == scopeTwilio && j.row.VerifiedAt.Before(j.now.Add(-freshCopy)) {
		wrong, err := j.readBack(ctx)
		if err != nil {
			return false, doing("read the copy back before Twilio's is deleted", err)
		}
		if wrong != "" {
			return true, j.differs(ctx, wrong)
		}
	}
	due := false
	err = j.change(ctx, func(tx *db.Tx, w *row) error {
		var err error
		if due, err = j.stillDue(ctx, tx, w, scopeTwilio); due {
			w.acted |= askedTwilio
		}
		return err
	})
	if err != nil || !due {
		return false, err
	}
	if err := j.r.cfg.Twilio.DeleteRecording(ctx, j.row.SID); err != nil && !twilio.IsNotFound(err) {
		return false, doing("delete at Twilio", err)
	}
	switch _, err := j.r.ask(ctx, j.row.SID); {
	case err == nil:
		return false, doing("delete at Twilio", errors.New("Twilio said yes, and still has it"))
	case !twilio.IsNotFound(err):
		return false, doing("see whether it is gone at Twilio", err)
	}
	return false, j.removedAtTwilio(ctx)
}

// removedAtTwilio notes that Twilio's copy was deleted by us and is gone.
func (j *job) removedAtTwilio(ctx context.Context) error {
	var detail string
	err := j.change(ctx, func(tx *db.Tx, w *row) error {
		why := w.whyTwilio(j.policy).because()
		detail = "Twilio does not find it any more; no copy in the archive was wanted"
		if w.hasCopy() {
			detail = "Twilio does not find it any more; the copy in the archive was read back on " + stamp(w.VerifiedAt)
		}
		w.Twilio, w.TwilioDeletedAt = TwilioDeleted, j.r.now()
		return j.r.receipt(ctx, tx, receiptOf(KindDeletedAtTwilio, w, why, detail), againAbout(w))
	})
	return j.told(ctx, err, "recording.delete_at_twilio", detail)
}

// againAbout tells the receipts of a second life from those of the first: a recording that Twilio had again.
func againAbout(w *row) string {
	if w.copies > 1 {
		return fmt.Sprint(w.copies)
	}
	return ""
}

// goneElsewhere notes that somebody else, or Twilio's year, was faster.
func (j *job) goneElsewhere(ctx context.Context) (over bool, err error) {
	err = j.change(ctx, func(tx *db.Tx, w *row) error {
		due, err := j.stillDue(ctx, tx, w, scopeTwilio)
		if err != nil {
			return err
		}
		if due && !w.hasCopy() { // it was to go, and is gone: nothing is lost
			w.Twilio, w.TwilioDeletedAt = TwilioElsewhere, j.r.now()
			return j.r.receipt(ctx, tx, receiptOf(KindDeletedElsewhere, w, w.whyTwilio(j.policy).because(), "it was due"), "")
		}
		return j.r.gone(ctx, tx, w, j.twilioNow())
	})
	if err == nil {
		j.r.tellGone(ctx, &j.row)
	}
	return j.row.State != Deleting, err
}

// removeHere deletes our copy.
func (j *job) removeHere(ctx context.Context) error {
	if !j.row.hasCopy() {
		return nil
	}
	begun := j.row.acted&askedArchive != 0
	due := false
	err := j.change(ctx, func(tx *db.Tx, w *row) error {
		var err error
		if due, err = j.stillDue(ctx, tx, w, scopeArchive); due {
			w.acted |= askedArchive
		}
		return err
	})
	if err != nil {
		return err
	}
	if !due {
		if !begun {
			return nil
		}
		// A hold came after a worker had begun to delete it and died: what is there stays.
		file, _, err := j.r.cfg.Archive.Open(ctx, j.row.Key)
		if err == nil {
			return doing("look into the archive", file.Close())
		}
		if !errors.Is(err, archive.ErrNotFound) {
			return doing("look into the archive", err)
		}
	} else if err := j.r.cfg.Archive.Delete(ctx, j.row.Key); err != nil {
		return doing("delete from the archive", err)
	}
	detail := "the archive does not find it any more"
	err = j.change(ctx, func(tx *db.Tx, w *row) error {
		why := w.whyKeep(j.policy).because()
		w.ArchiveDeletedAt = j.r.now()
		return j.r.receipt(ctx, tx, receiptOf(KindDeletedHere, w, why, detail), againAbout(w))
	})
	return j.told(ctx, err, "recording.delete_from_archive", detail)
}

// told writes the audit line of what was done, if it was.
func (j *job) told(ctx context.Context, err error, action, detail string) error {
	if err != nil {
		return err
	}
	return doing("write the audit log", j.r.audit(ctx, &j.row, action, "deleted", detail))
}
