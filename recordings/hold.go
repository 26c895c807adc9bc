package recordings

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// HoldOn is what a hold keeps: a recording, what was recorded of a call, of a line, in a time, or what all of these
// have in common. At least one is needed.
type HoldOn struct {
	Recording string    // RE...
	Call      string    // CA...
	Line      string    // the number of ours
	Since     time.Time // created then or later
	Until     time.Time // created before then
}

// String says it in words.
func (on HoldOn) String() string {
	var parts []string
	for _, p := range []struct{ word, value string }{{"recording ", on.Recording}, {"call ", on.Call}, {"line ", on.Line}} {
		if p.value != "" {
			parts = append(parts, p.word+p.value)
		}
	}
	if !on.Since.IsZero() {
		parts = append(parts, "from "+on.Since.UTC().Format(time.RFC3339)+" on")
	}
	if !on.Until.IsZero() {
		parts = append(parts, "before "+on.Until.UTC().Format(time.RFC3339))
	}
	return strings.Join(parts, ", ")
}

// Hold keeps recordings from being deleted, whatever the rules say. It also covers those that are made later.
type Hold struct {
	ID            string
	On            HoldOn
	By            string // who placed it
	Reason        string
	Placed        time.Time
	Released      time.Time // zero: it holds
	ReleasedBy    string
	ReleaseReason string

	// Kept and Deleting are how many recordings it keeps, and how many of what it names were being deleted at the moment
	// when it was placed: for these it may have come too late. Only Hold fills them in.
	Kept, Deleting int
}

// Errors of Hold and Release.
var (
	ErrHoldNothing = errors.New("a hold names a recording, a call, a line or a time")
	ErrNoReason    = errors.New("who does it and why is needed")
	ErrNoHold      = errors.New("there is no such hold")
	ErrReleased    = errors.New("the hold was released already")
)

// Limits of what a hold says, in bytes.
const (
	maxWho    = 120
	maxReason = 500
)

const holdColumns = "id, recording, call, line, since, until, who, why, placed_at, released_at, released_by, release_why"

// Hold places a hold. It is in force when Hold returns, also for recordings that are made later: a deletion looks at the
// holds themselves, in the transaction that begins it. The errors are ErrHoldNothing, ErrNoReason and those of the database.
func (r *Recordings) Hold(ctx context.Context, by string, on HoldOn, reason string) (Hold, error) {
	h := Hold{ID: "hold_" + strings.ToLower(rand.Text()[:16]), On: on, By: words(by, maxWho), Reason: words(reason, maxReason), Placed: r.now()}
	h.On.Since, h.On.Until = db.Time(db.Millis(on.Since)), db.Time(db.Millis(on.Until))
	h.On.Recording, h.On.Call, h.On.Line = db.Clean(on.Recording, 64), db.Clean(on.Call, 64), db.Clean(on.Line, 64)
	switch {
	case h.On == HoldOn{}:
		return Hold{}, ErrHoldNothing
	case strings.TrimSpace(h.By) == "" || strings.TrimSpace(h.Reason) == "":
		return Hold{}, ErrNoReason
	}
	err := r.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO recording_holds ("+holdColumns+", applied) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', 0)",
			h.ID, h.On.Recording, h.On.Call, h.On.Line, db.Millis(h.On.Since), db.Millis(h.On.Until), h.By, h.Reason, db.Millis(h.Placed))
		if err != nil {
			return err
		}
		return r.receipt(ctx, tx, Receipt{Kind: KindHeld, Recording: h.On.Recording, Call: h.On.Call, By: h.By,
			Detail: words(h.ID+", "+h.On.String()+": "+h.Reason, maxReason)}, h.ID)
	})
	if err == nil {
		err = r.applyHold(ctx, &h)
	}
	if err != nil {
		return h, fmt.Errorf("hold %s: %w", h.On.String(), err)
	}
	return h, nil
}

// Release ends a hold. The errors are ErrNoHold, ErrReleased, ErrNoReason and those of the database.
func (r *Recordings) Release(ctx context.Context, by, holdID, reason string) error {
	by, reason = words(by, maxWho), words(reason, maxReason)
	if strings.TrimSpace(by) == "" || strings.TrimSpace(reason) == "" {
		return ErrNoReason
	}
	var h Hold
	err := r.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		var err error
		h, err = scanHold(tx.QueryRow(ctx, "SELECT "+holdColumns+" FROM recording_holds WHERE id = ?"+tx.ForUpdate(), holdID))
		if err != nil {
			return err
		}
		if !h.Released.IsZero() {
			return ErrReleased
		}
		if _, err := tx.Exec(ctx, "UPDATE recording_holds SET released_at = ?, released_by = ?, release_why = ?, applied = 0 WHERE id = ?",
			db.Millis(r.now()), by, reason, h.ID); err != nil {
			return err
		}
		return r.receipt(ctx, tx, Receipt{Kind: KindReleased, Recording: h.On.Recording, Call: h.On.Call, By: by,
			Detail: words(h.ID+", "+h.On.String()+": "+reason, maxReason)}, h.ID)
	})
	if err == nil {
		err = r.applyHold(ctx, &h)
	}
	if err != nil {
		return fmt.Errorf("release hold %s: %w", shown(holdID), err)
	}
	return nil
}

// Holds are all holds, those in force first, then the newest first.
func (r *Recordings) Holds(ctx context.Context) ([]Hold, error) {
	return r.holds(ctx, "1 = 1 ORDER BY CASE WHEN released_at = 0 THEN 0 ELSE 1 END, placed_at DESC, id")
}

func (r *Recordings) holds(ctx context.Context, where string, args ...any) ([]Hold, error) {
	found, err := db.Select(ctx, r.cfg.DB, scanHold, "SELECT "+holdColumns+" FROM recording_holds WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list holds: %w", err)
	}
	return found, nil
}

// matching is the condition for holds that are in force on a recording; its arguments are those of matchArgs.
const matching = `released_at = 0 AND (recording = '' OR recording = ?) AND (call = '' OR call = ?) AND (line = '' OR line = ?)
	AND (since = 0 OR since <= ?) AND (until = 0 OR until > ?)`

func matchArgs(w *row) []any {
	return []any{w.SID, w.Call, w.Line, db.Millis(w.Created), db.Millis(w.Created)}
}

// holdsOn are the ids of the holds that are in force on a recording.
func holdsOn(ctx context.Context, tx *db.Tx, w *row) ([]string, error) {
	return db.Select(ctx, tx, db.Word, "SELECT id FROM recording_holds WHERE "+matching, matchArgs(w)...)
}

// holdsNow are the holds that are in force on a recording.
func (r *Recordings) holdsNow(ctx context.Context, w *row) ([]Hold, error) {
	return r.holds(ctx, matching+" ORDER BY placed_at, id", matchArgs(w)...)
}

func scanHold(from db.Scanner) (Hold, error) {
	var h Hold
	var since, until, placed, released int64
	err := from.Scan(&h.ID, &h.On.Recording, &h.On.Call, &h.On.Line, &since, &until, &h.By, &h.Reason, &placed, &released,
		&h.ReleasedBy, &h.ReleaseReason)
	if noRows(err) {
		return h, ErrNoHold
	}
	h.On.Since, h.On.Until, h.Placed, h.Released = db.Time(since), db.Time(until), db.Time(placed), db.Time(released)
	return h, err
}

// applyHold brings the rows of what a hold names up to date, and notes when that is done: whoever dies on the way is
// followed by the next worker.
func (r *Recordings) applyHold(ctx context.Context, h *Hold) error {
	where, args := h.On.where()
	for last := ""; ; {
		sids, err := r.sids(ctx, "SELECT sid FROM recordings WHERE "+where+" AND sid > ? ORDER BY sid LIMIT 200", append(args, last)...)
		if err != nil {
			return err
		}
		if len(sids) == 0 {
			break
		}
		if err := r.resettle(ctx, sids, func(w row) {
			switch {
			case w.State == Deleting && !w.claimedUntil.IsZero():
				h.Deleting++
			case w.OnHold && !w.State.over():
				h.Kept++
			}
		}); err != nil {
			return err
		}
		last = sids[len(sids)-1]
	}
	_, err := r.cfg.DB.Exec(ctx, "UPDATE recording_holds SET applied = 1 WHERE id = ?", h.ID)
	return err
}

// where is what a hold names, as a condition on rows.
func (on HoldOn) where() (string, []any) {
	where, args := "1 = 1", []any(nil)
	for _, c := range []struct {
		clause string
		value  any
		use    bool
	}{
		{"sid = ?", on.Recording, on.Recording != ""}, {"call = ?", on.Call, on.Call != ""}, {"line = ?", on.Line, on.Line != ""},
		{"created_at >= ?", db.Millis(on.Since), !on.Since.IsZero()}, {"created_at < ?", db.Millis(on.Until), !on.Until.IsZero()},
	} {
		if c.use {
			where, args = where+" AND "+c.clause, append(args, c.value)
		}
	}
	return where, args
}

// resettle works out rows anew in one transaction, and shows each.
func (r *Recordings) resettle(ctx context.Context, sids []string, each func(row)) error {
	var after []row
	err := r.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		after = after[:0]
		deltas := map[string]int64{}
		for _, sid := range sids { // in order, as everybody takes them
			before, err := byID(ctx, tx, sid)
			if err != nil {
				return err
			}
			w := before
			if err := r.write(ctx, tx, &w); err != nil {
				return err
			}
			difference(deltas, before, w)
			after = append(after, w)
		}
		return add(ctx, tx, deltas)
	})
	if err != nil {
		return err
	}
	for _, w := range after {
		each(w)
	}
	return nil
}

// sids reads what a query of one text column finds.
func (r *Recordings) sids(ctx context.Context, query string, args ...any) ([]string, error) {
	return db.Select(ctx, r.cfg.DB, db.Word, query, args...)
}

// applyHolds brings rows up to date with the holds whose placing or release was not finished.
func (r *Recordings) applyHolds(ctx context.Context) error {
	open, err := r.holds(ctx, "applied = 0 ORDER BY placed_at, id LIMIT 20")
	for i := 0; i < len(open) && err == nil; i++ {
		err = r.applyHold(ctx, &open[i])
	}
	return err
}
