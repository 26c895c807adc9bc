package recordings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/twilio"
)

// young is for how long Twilio may not find a recording that it has told us of.
const young = 10 * time.Minute

// run does what is to be done with a recording now, if anything is and nobody else is at it. It reports whether
// something was done. A step that fails is noted in the row and tried again later; the error is for what could not even
// be noted.
func (r *Recordings) run(ctx context.Context, sid string) (bool, error) {
	j, claimed, err := r.claim(ctx, sid)
	if err != nil || !claimed {
		return false, err
	}
	err = j.renewed(ctx, j.do)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errFenced):
		r.cfg.Log.WarnContext(ctx, "recording: the claim was lost, another worker goes on", "recording", sid, "step", string(j.step))
		return true, nil
	case ctx.Err() != nil:
		return true, j.letGo(ctx)
	}
	return true, j.fail(ctx, err)
}

func (j *job) do(ctx context.Context) error {
	switch j.step {
	case stepCopy:
		return j.copy(ctx)
	case stepRemove:
		return j.remove(ctx)
	case stepLook:
		return j.look(ctx)
	case stepInquire:
		if err := j.inquire(ctx); err != nil {
			return err
		}
		return j.change(ctx, func(_ *db.Tx, w *row) error { w.done(); return nil })
	}
	return nil
}

// stepError is an error with what was done when it came.
type stepError struct {
	doing string
	err   error
}

func (e *stepError) Error() string { return e.doing + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// doing says what was done when err came.
func doing(what string, err error) error {
	if err == nil || errors.Is(err, errFenced) {
		return err
	}
	return &stepError{what, err}
}

// fail notes why a step failed, and when it is tried again. Nothing is lost: what Twilio has, it still has.
func (j *job) fail(ctx context.Context, err error) error {
	what := &stepError{"work on it", err}
	errors.As(err, &what)
	t := troubleOf(what.doing, what.err)
	note := j.change(ctx, func(_ *db.Tx, w *row) error {
		j.r.move(w, eventBroken) // of a copy that was being made; others stay where they are
		w.failed(j.r.now(), t)
		return nil
	})
	if errors.Is(note, errFenced) {
		return nil
	}
	j.r.cfg.Log.WarnContext(ctx, "recording: a step failed and is tried again", "recording", j.row.SID, "step", string(j.step),
		"tries", j.row.Tries, "again", j.row.due, "error", err)
	return note
}

// inquire looks up whether the recording was paused for payments, under the claim.
func (j *job) inquire(ctx context.Context) error {
	if j.row.checked {
		return nil
	}
	if err := j.r.inquire(ctx, j.row.Recording, j.row.claim); err != nil {
		return doing("find out whether it was paused", err)
	}
	j.row.checked = true
	return nil
}

// copy brings a recording from Twilio into the archive and reads it back.
func (j *job) copy(ctx context.Context) error {
	if err := j.inquire(ctx); err != nil {
		return err
	}
	if j.row.State == Archiving {
		if err := j.store(ctx); err != nil {
			return err
		}
	}
	if j.row.State != Archived { // it was gone
		return nil
	}
	return j.verify(ctx)
}

// archiveKey is where a recording's copy is kept. It does not change any more once there is one.
func (w *row) archiveKey() string {
	if w.Key != "" {
		return w.Key
	}
	return w.Created.UTC().Format("2006/01/02/") + w.SID + ".wav"
}

func (j *job) store(ctx context.Context) error {
	got, err := j.fetch(ctx)
	if twilio.IsNotFound(err) {
		return j.missing(ctx, err)
	}
	if err != nil {
		return doing("copy from Twilio", err)
	}
	defer func() { _ = got.file.Close() }()
	key := j.row.archiveKey()
	if err := j.r.cfg.Archive.Put(ctx, key, got.file, got.sha256); err != nil {
		if errors.Is(err, archive.ErrChanged) {
			j.r.clearSpool(j.row.SID)
		}
		return doing("store in the archive", err)
	}
	return j.change(ctx, func(_ *db.Tx, w *row) error {
		w.Key, w.Bytes, w.SHA256, w.ArchivedAt = key, got.bytes, got.sha256, j.r.now()
		return j.r.must(w, eventStored)
	})
}

// verify reads the copy back. Only a copy that is the same, by length and SHA-256, counts.
func (j *job) verify(ctx context.Context) error {
	wrong, err := j.readBack(ctx)
	if err != nil {
		return doing("read the copy back", err)
	}
	if wrong != "" {
		j.r.clearSpool(j.row.SID)
		return j.differs(ctx, wrong)
	}
	err = j.change(ctx, func(tx *db.Tx, w *row) error {
		if err := j.r.must(w, eventMatches); err != nil {
			return err
		}
		w.VerifiedAt, w.ArchiveDeletedAt, w.differs = j.r.now(), time.Time{}, 0
		w.copies++
		w.unflag(FlagDamaged)
		w.done()
		about := ""
		if w.copies > 1 {
			about = fmt.Sprint(w.copies)
		}
		detail := fmt.Sprintf("copied to %s, read back: %d bytes, the same SHA-256", w.Key, w.Bytes)
		return j.r.receipt(ctx, tx, receiptOf(KindArchived, w, w.whyCopyMade(j.policy), detail), about)
	})
	if err == nil {
		j.r.clearSpool(j.row.SID)
	}
	return err
}

// whyCopyMade is the rule by which there is a copy.
func (w *row) whyCopyMade(p Policy) Because {
	if !p.Archive && w.OnHold {
		return Because{Rule: DateHold, Text: "it is held, though the rules want no copy"}
	}
	return Because{Rule: p.ArchiveAt.Rule, File: p.ArchiveAt.File, Line: p.ArchiveAt.Line, Text: p.ArchiveAt.Text}
}

// readBack compares the copy in the archive with what Twilio sent. It says what is wrong with the copy, "" for nothing; an
// error says that nobody knows.
func (j *job) readBack(ctx context.Context) (string, error) {
	return j.r.compare(ctx, j.row.Key, j.row.Bytes, j.row.SHA256)
}

func (r *Recordings) compare(ctx context.Context, key string, bytes int64, sha256 string) (string, error) {
	sum, n, err := archive.Sum(ctx, r.cfg.Archive, key)
	switch {
	case errors.Is(err, archive.ErrNotFound):
		return "the copy is not in the archive", nil
	case err != nil:
		return "", err
	case n != bytes:
		return fmt.Sprintf("the copy in the archive has %d bytes and should have %d", n, bytes), nil
	case sum != sha256:
		return "the copy in the archive has another SHA-256 than what Twilio sent", nil
	}
	return "", nil
}

// differsFlagged is how many copies in a row may be wrong before a person has to look.
const differsFlagged = 3

// differs has the copy made anew: it is not what Twilio sent.
func (j *job) differs(ctx context.Context, wrong string) error {
	err := j.change(ctx, func(tx *db.Tx, w *row) error {
		if err := j.r.damaged(ctx, tx, w, wrong); err != nil {
			return err
		}
		w.failed(j.r.now(), trouble{text: wrong + "; it is copied again"})
		return nil
	})
	if err == nil {
		j.r.cfg.Log.ErrorContext(ctx, "recording: the copy is not what Twilio sent", "recording", j.row.SID, "wrong", wrong, "times", j.row.differs)
	}
	return err
}

// damaged moves a row whose copy is not what Twilio sent back to where it is copied again. One that had been verified is
// flagged, with a receipt.
func (r *Recordings) damaged(ctx context.Context, tx *db.Tx, w *row, wrong string) error {
	was := w.hasCopy()
	if err := r.must(w, eventDiffers); err != nil {
		return err
	}
	w.differs++
	w.deleting, w.acted = scopeNone, 0
	if w.differs >= differsFlagged {
		w.flag(FlagStuck)
	}
	if !was {
		w.ArchivedAt = time.Time{}
		return nil
	}
	err := r.receipt(ctx, tx, receiptOf(KindDamaged, w, Because{}, wrong), fmt.Sprint(w.copies))
	w.flag(FlagDamaged)
	w.ArchivedAt, w.VerifiedAt = time.Time{}, time.Time{}
	return err
}

// look asks Twilio what became of a recording.
func (j *job) look(ctx context.Context) error {
	rec, err := j.r.ask(ctx, j.row.SID)
	if twilio.IsNotFound(err) {
		return j.missing(ctx, err)
	}
	if err != nil {
		return doing("ask Twilio for it", err)
	}
	return j.change(ctx, func(_ *db.Tx, w *row) error {
		before := w.State
		j.r.learn(w, askedNews(rec, j.r.cfg.Twilio.AccountSID()), CallFacts{})
		w.done()
		if w.State == before {
			w.retryAt = j.r.now().Add(lookAgain)
		}
		return nil
	})
}

// ask fetches a recording from Twilio. One whose status is deleted is not found.
func (r *Recordings) ask(ctx context.Context, sid string) (twilio.Recording, error) {
	rec, err := r.cfg.Twilio.FetchRecording(ctx, sid)
	if err == nil && rec.Status == statusDeleted {
		return rec, &twilio.Error{Op: "fetch recording", Status: 404, Code: twilio.CodeNotFound, Message: "its status is deleted"}
	}
	return rec, err
}

// audit writes a line in the audit log about what the worker did or found.
func (r *Recordings) audit(ctx context.Context, w *row, action, result, detail string) error {
	if r.cfg.Audit == nil {
		return nil
	}
	return r.cfg.Audit.Write(ctx, audit.Entry{Via: audit.ViaWorker, Action: action, Call: w.Call, Result: result,
		Detail: w.SID + ": " + detail})
}
