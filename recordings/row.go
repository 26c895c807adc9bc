package recordings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// columns are the columns of a recording in the order of values and scan.
const columns = `sid, account, call, flow, line, class, source, channels, state, twilio, started_at, created_at, duration_ms,
	archive_key, bytes, sha256, archived_at, verified_at, twilio_deleted_at, archive_deleted_at, keep_until,
	delete_at_twilio, expires_at, held, flags, not_paused, warned, tries, trouble, dated, claim, claimed_until, retry_at,
	due_at, next_delete, cliff_at, deleting, acted, checked, copies, differs`

// placeholders are as many ? as there are columns, and assignments the same for an UPDATE.
var (
	placeholders = db.Marks(strings.Count(columns, ",") + 1)
	assignments  = strings.Join(strings.FieldsFunc(columns, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }), " = ?, ") + " = ?"
)

// Which copies a deletion is about.
const (
	scopeNone    = ""
	scopeTwilio  = "twilio"
	scopeArchive = "archive"
	scopeBoth    = "both"
)

// What may have been done of a deletion: written down before it is done.
const (
	askedTwilio  = 1
	askedArchive = 2
)

// row is a recording with what only the store knows of it.
type row struct {
	Recording
	account      string
	dated        string
	claim        int64
	claimedUntil time.Time
	retryAt      time.Time
	due          time.Time
	nextDelete   time.Time
	cliff        time.Time
	deleting     string
	acted        int // askedTwilio, askedArchive: what may have been done of a deletion
	checked      bool
	copies       int
	differs      int
}

// hasCopy tells whether there is a copy of ours that was read back and found the same.
func (w *row) hasCopy() bool {
	return w.Key != "" && !w.VerifiedAt.IsZero() && w.ArchiveDeletedAt.IsZero()
}

// flag puts a flag on, unflag takes it off.
func (w *row) flag(f Flag) {
	if !slices.Contains(w.Flags, f) {
		w.Flags = append(slices.Clone(w.Flags), f)
		slices.Sort(w.Flags)
	}
}

func (w *row) unflag(f Flag) {
	w.Flags = slices.DeleteFunc(slices.Clone(w.Flags), func(g Flag) bool { return g == f })
}

func (w *row) values() []any {
	flags := make([]string, len(w.Flags))
	for i, f := range w.Flags {
		flags[i] = string(f)
	}
	return []any{
		w.SID, w.account, w.Call, w.Flow, w.Line, w.Class, w.Source, w.Channels, string(w.State), string(w.Twilio),
		db.Millis(w.Started), db.Millis(w.Created), w.Duration.Milliseconds(), w.Key, w.Bytes, w.SHA256,
		db.Millis(w.ArchivedAt), db.Millis(w.VerifiedAt), db.Millis(w.TwilioDeletedAt), db.Millis(w.ArchiveDeletedAt),
		db.Millis(w.KeepUntil), db.Millis(w.DeleteAtTwilio), db.Millis(w.ExpiresAt), bit(w.OnHold),
		strings.Join(flags, ","), strings.Join(w.NotPaused, ","), w.Warned, w.Tries, w.Trouble, w.dated, w.claim,
		db.Millis(w.claimedUntil), db.Millis(w.retryAt), db.Millis(w.due), db.Millis(w.nextDelete), db.Millis(w.cliff),
		w.deleting, w.acted, bit(w.checked), w.copies, w.differs,
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func scan(from db.Scanner) (row, error) {
	var w row
	var flags, notPaused string
	var held, checked int
	var started, created, duration, archived, verified, gone, ours, keep, delAt, expires, claimed, retry, due, next, cliff int64
	err := from.Scan(
		&w.SID, &w.account, &w.Call, &w.Flow, &w.Line, &w.Class, &w.Source, &w.Channels, &w.State, &w.Twilio,
		&started, &created, &duration, &w.Key, &w.Bytes, &w.SHA256, &archived, &verified, &gone, &ours,
		&keep, &delAt, &expires, &held, &flags, &notPaused, &w.Warned, &w.Tries, &w.Trouble, &w.dated, &w.claim,
		&claimed, &retry, &due, &next, &cliff, &w.deleting, &w.acted, &checked, &w.copies, &w.differs,
	)
	if noRows(err) {
		return row{}, ErrNotFound
	}
	w.Started, w.Created, w.Duration = db.Time(started), db.Time(created), time.Duration(duration)*time.Millisecond
	w.ArchivedAt, w.VerifiedAt, w.TwilioDeletedAt, w.ArchiveDeletedAt = db.Time(archived), db.Time(verified), db.Time(gone), db.Time(ours)
	w.KeepUntil, w.DeleteAtTwilio, w.ExpiresAt = db.Time(keep), db.Time(delAt), db.Time(expires)
	w.claimedUntil, w.retryAt, w.due, w.nextDelete, w.cliff = db.Time(claimed), db.Time(retry), db.Time(due), db.Time(next), db.Time(cliff)
	w.OnHold, w.checked = held == 1, checked == 1
	if flags != "" {
		for _, f := range strings.Split(flags, ",") {
			w.Flags = append(w.Flags, Flag(f))
		}
	}
	if notPaused != "" {
		w.NotPaused = strings.Split(notPaused, ",")
	}
	return w, err
}

// noRows tells whether err says that a query of one row found none.
func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// ErrNotFound says that there is no such recording in the index.
var ErrNotFound = errors.New("there is no such recording")

// byID reads a row and locks it until the transaction ends.
func byID(ctx context.Context, tx *db.Tx, sid string) (row, error) {
	return scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM recordings WHERE sid = ?"+tx.ForUpdate(), sid))
}

// rowOf reads a row as it was last written.
func (r *Recordings) rowOf(ctx context.Context, sid string) (row, error) {
	return scan(r.cfg.DB.QueryRow(ctx, "SELECT "+columns+" FROM recordings WHERE sid = ?", sid))
}

// rows reads what a query of columns finds.
func (r *Recordings) rows(ctx context.Context, query string, args ...any) ([]row, error) {
	return db.Select(ctx, r.cfg.DB, scan, query, args...)
}

// Get returns a recording, or ErrNotFound.
func (r *Recordings) Get(ctx context.Context, sid string) (Recording, error) {
	w, err := r.rowOf(ctx, sid)
	if err != nil {
		return Recording{}, fmt.Errorf("recording %s: %w", shown(sid), err)
	}
	return w.Recording, nil
}
