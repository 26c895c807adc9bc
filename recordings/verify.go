package recordings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings/archive"
)

// ErrNoCopy says that there is no copy of a recording in the archive.
var ErrNoCopy = errors.New("there is no copy of it in the archive")

// Audio opens our copy of a recording. The errors are ErrNotFound, ErrNoCopy and the archive's.
func (r *Recordings) Audio(ctx context.Context, sid string) (io.ReadSeekCloser, Recording, error) {
	w, err := r.rowOf(ctx, sid)
	if err == nil && (!w.hasCopy() || r.cfg.Archive == nil) {
		err = ErrNoCopy
	}
	if err != nil {
		return nil, w.Recording, fmt.Errorf("audio of recording %s: %w", shown(sid), err)
	}
	file, _, err := r.cfg.Archive.Open(ctx, w.Key)
	if errors.Is(err, archive.ErrNotFound) {
		err = ErrNoCopy
	}
	if err != nil {
		return nil, w.Recording, fmt.Errorf("audio of recording %s: %w", sid, err)
	}
	return file, w.Recording, nil
}

// VerifyOptions say what to verify. The zero value verifies everything.
type VerifyOptions struct {
	Earlier      io.Reader // an export of receipts that was kept elsewhere: the chain has to begin with it; nil: none
	ReceiptsOnly bool      // not the copies
	Recording    string    // of the copies only this one; "": all
}

// VerifyProgress is how far a verification is.
type VerifyProgress struct {
	Phase string // receipts, copies
	Done  int64
	Total int64
	Bytes int64 // read back
}

// CopyTrouble is a copy that is not what was stored.
type CopyTrouble struct {
	Recording string
	Text      string
}

// VerifyReport is what a verification found.
type VerifyReport struct {
	Head     Head   // how far the receipts hold
	Receipts string // what is wrong with them; "" for nothing
	Copies   int64  // that were read back
	Bytes    int64  // how much that was
	Damaged  []CopyTrouble
	Unread   []CopyTrouble // that could not be read back now, so that nothing is known
}

// OK tells whether all is as it was written.
func (v VerifyReport) OK() bool { return v.Receipts == "" && len(v.Damaged) == 0 && len(v.Unread) == 0 }

// Verify recomputes the chain of receipts, line by line, and reads every copy in the archive back: its length and
// SHA-256 have to be those of its receipt. Copies that are damaged are flagged, with a receipt; one that Twilio still
// has is copied again. What is wrong is in the report; the error is for what could not be verified at all.
func (r *Recordings) Verify(ctx context.Context, opts VerifyOptions, progress func(VerifyProgress)) (VerifyReport, error) {
	if progress == nil {
		progress = func(VerifyProgress) {}
	}
	var v VerifyReport
	if err := r.verifyReceipts(ctx, opts, progress, &v); err != nil {
		return v, fmt.Errorf("verify receipts: %w", err)
	}
	if opts.ReceiptsOnly {
		return v, nil
	}
	if err := r.verifyCopies(ctx, opts, progress, &v); err != nil {
		return v, fmt.Errorf("verify the archive: %w", err)
	}
	return v, nil
}

func (r *Recordings) verifyReceipts(ctx context.Context, opts VerifyOptions, progress func(VerifyProgress), v *VerifyReport) error {
	head, err := r.Head(ctx)
	if err != nil {
		return err
	}
	note := func(n int64, _ []byte) error {
		if n%1000 == 0 || n == head.Lines {
			progress(VerifyProgress{Phase: "receipts", Done: n, Total: head.Lines})
		}
		return nil
	}
	v.Head, err = r.chainOf(ctx, head, note)
	if err == nil && opts.Earlier != nil {
		err = r.beginsWith(ctx, opts.Earlier)
	}
	if errors.Is(err, ErrReceipts) {
		v.Receipts, err = err.Error(), nil
	}
	return err
}

// beginsWith checks that the receipts begin with those of an earlier export.
func (r *Recordings) beginsWith(ctx context.Context, earlier io.Reader) error {
	var h Head
	return eachLine(earlier, func(line []byte) error {
		if err := h.next(line); err != nil {
			return fmt.Errorf("the earlier export: %w", err)
		}
		var ours string
		err := r.cfg.DB.QueryRow(ctx, "SELECT line FROM recording_receipts WHERE n = ?", h.Lines).Scan(&ours)
		switch {
		case noRows(err):
			return fmt.Errorf("%w: line %d of the earlier export is not there any more", ErrReceipts, h.Lines)
		case err != nil:
			return err
		case ours != string(line):
			return fmt.Errorf("%w: line %d is another one than in the earlier export", ErrReceipts, h.Lines)
		}
		return nil
	})
}

func (r *Recordings) verifyCopies(ctx context.Context, opts VerifyOptions, progress func(VerifyProgress), v *VerifyReport) error {
	t, err := r.Totals(ctx)
	if err != nil {
		return err
	}
	last := ""
	for {
		where, args := "sid > ?", []any{last}
		if opts.Recording != "" {
			where, args = where+" AND sid = ?", append(args, opts.Recording)
			t.InArchive = 1
		}
		found, err := r.rows(ctx, "SELECT "+columns+" FROM recordings WHERE "+where+" AND verified_at > 0 AND archive_deleted_at = 0 ORDER BY sid LIMIT 200", args...)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, w := range found {
			last = w.SID
			if err := r.verifyCopy(ctx, w, v); err != nil {
				return err
			}
			progress(VerifyProgress{Phase: "copies", Done: v.Copies, Total: max(t.InArchive, v.Copies), Bytes: v.Bytes})
		}
	}
}

// verifyCopy reads one copy back, and notes in the row when it is not what was stored.
func (r *Recordings) verifyCopy(ctx context.Context, w row, v *VerifyReport) error {
	wrong, err := r.againstReceipt(ctx, &w)
	if err == nil && wrong == "" {
		wrong, err = r.compare(ctx, w.Key, w.Bytes, w.SHA256)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.Unread = append(v.Unread, CopyTrouble{w.SID, troubleOf("read the copy back", err).text})
		return nil
	}
	v.Copies++
	v.Bytes += w.Bytes
	if wrong == "" {
		return r.mended(ctx, w)
	}
	deleted := false
	kept, err := r.change(ctx, w.SID, func(tx *db.Tx, now *row) error {
		if !now.hasCopy() || now.SHA256 != w.SHA256 || now.acted&askedArchive != 0 { // it was deleted, or made anew, meanwhile
			deleted = true
			return errKeep
		}
		if now.Twilio == TwilioHas && now.claimedUntil.IsZero() && r.damaged(ctx, tx, now, wrong) == nil {
			now.Trouble, now.retryAt = wrong+"; it is copied again", r.now()
			return nil
		}
		now.flag(FlagDamaged)
		now.Trouble = wrong
		return r.receipt(ctx, tx, receiptOf(KindDamaged, now, Because{}, wrong), fmt.Sprint(now.copies))
	})
	if err != nil || deleted {
		return err
	}
	v.Damaged = append(v.Damaged, CopyTrouble{w.SID, wrong})
	r.cfg.Log.ErrorContext(ctx, "recording: the copy is damaged", "recording", w.SID, "wrong", wrong)
	return r.audit(ctx, &kept, "recording.damaged", "damaged", wrong)
}

// mended takes the flag off a copy that had been damaged and was put back by somebody.
func (r *Recordings) mended(ctx context.Context, w row) error {
	if !slices.Contains(w.Flags, FlagDamaged) {
		return nil
	}
	_, err := r.change(ctx, w.SID, func(_ *db.Tx, now *row) error {
		if now.SHA256 != w.SHA256 {
			return errKeep
		}
		now.unflag(FlagDamaged)
		now.Trouble = ""
		return nil
	})
	return err
}

// againstReceipt compares a row with its last receipt of a copy, which nobody can change unseen.
func (r *Recordings) againstReceipt(ctx context.Context, w *row) (string, error) {
	lines, err := r.sids(ctx, "SELECT line FROM recording_receipts WHERE recording = ? AND kind = ? ORDER BY n DESC LIMIT 1", w.SID, KindArchived)
	if err != nil {
		return "", err
	}
	if len(lines) == 0 {
		return "there is no receipt of the copy", nil
	}
	c, err := readReceipt([]byte(lines[0]))
	switch {
	case err != nil:
		return "the receipt of the copy " + err.Error(), nil
	case c.SHA256 != w.SHA256 || c.Bytes != w.Bytes:
		return "the index says another length or SHA-256 than the receipt of the copy", nil
	}
	return "", nil
}
