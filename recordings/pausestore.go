package recordings

import (
	"context"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

// Who pauses.
const (
	byFlow = "flow" // a flow's pay step: we resume what we paused
	byStep = "step" // a flow's own record step: only another one resumes it
	byDesk = "desk" // the desk, which resumes by itself and tells us
)

// What is known of a recording during a payment.
const (
	pauseListed   = "listed"   // of recording "": Twilio has listed the recordings of the call
	pauseUnlisted = "unlisted" // of recording "": it could not be asked
	pauseOver     = "over"     // the recording had ended before
	pauseTheirs   = "theirs"   // somebody else had paused it
	pauseWanted   = "wanted"   // it is going to be paused; Twilio may have been told
	pausePaused   = "paused"   // Twilio has said so
	pauseUnsure   = "unsure"   // Twilio did not say so
	pauseResuming = "resuming" // it is going to be resumed; Twilio may have been told
	pauseResumed  = "resumed"  // Twilio has said so
	pausePassed   = "passed"   // it stayed paused for the next payment, which resumes it
	pauseGone     = "gone"     // it ended while it was paused
)

// wholePause is the recording of the row that says whether Twilio's list could be seen at all.
const wholePause = ""

// pauseRow is what is known of one recording during one payment. Times are zero until they are known.
type pauseRow struct {
	payment   string // the ledger's ID, or step:... for a flow's own step
	recording string // wholePause for what the list said
	call      string
	who       string
	state     string
	wanted    time.Time
	paused    time.Time // when Twilio had said so
	resume    time.Time // the moment before it was told to go on
	resumed   time.Time // when Twilio had said so
	trouble   string
}

// open tells whether the recording may be paused and somebody has to resume it.
func (r pauseRow) open() bool {
	switch r.state {
	case pauseWanted, pausePaused, pauseUnsure, pauseResuming:
		return true
	}
	return false
}

const pauseColumns = `payment, recording, call, who, state, wanted_at, paused_at, resume_at, resumed_at, trouble`

// pauseStore keeps pauses in SQL.
type pauseStore struct{ db *db.DB }

// maxTrouble is the longest text of what went wrong, in bytes.
const maxTrouble = 300

// put writes rows, each in place of the one that was there.
func putPauses(ctx context.Context, tx *db.Tx, rows []pauseRow) error {
	for _, r := range rows {
		_, err := tx.Exec(ctx, `INSERT INTO recording_pauses (`+pauseColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (payment, recording) DO UPDATE SET state = excluded.state, wanted_at = excluded.wanted_at,
			paused_at = excluded.paused_at, resume_at = excluded.resume_at, resumed_at = excluded.resumed_at, trouble = excluded.trouble`,
			r.payment, r.recording, r.call, r.who, r.state, db.Millis(r.wanted), db.Millis(r.paused), db.Millis(r.resume),
			db.Millis(r.resumed), db.Clean(r.trouble, maxTrouble))
		if err != nil {
			return err
		}
	}
	return nil
}

func (s pauseStore) put(ctx context.Context, rows ...pauseRow) error {
	if len(rows) == 0 {
		return nil
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error { return putPauses(ctx, tx, rows) })
}

// change lets decide say what becomes of a call's rows, and writes that.
func (s pauseStore) change(ctx context.Context, call string, decide func([]pauseRow) []pauseRow) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		kept, err := readPauses(ctx, tx, " WHERE call = ? ORDER BY wanted_at, payment, recording"+tx.ForUpdate(), call)
		if err != nil {
			return err
		}
		return putPauses(ctx, tx, decide(kept))
	})
}

// ofCall are all rows of a call.
func (s pauseStore) ofCall(ctx context.Context, call string) ([]pauseRow, error) {
	return readPauses(ctx, s.db, " WHERE call = ? ORDER BY wanted_at, payment, recording", call)
}

// left are rows of flows that somebody may have forgotten: those whose resuming began before resuming, and those that
// were wanted before wanted. The oldest come first.
func (s pauseStore) left(ctx context.Context, resuming, wanted time.Time, limit int) ([]pauseRow, error) {
	return readPauses(ctx, s.db, ` WHERE state IN ('wanted', 'paused', 'unsure', 'resuming') AND who = 'flow'
		AND wanted_at <= ? AND (state <> 'resuming' OR resume_at <= ?) ORDER BY wanted_at LIMIT ?`,
		db.Millis(wanted), db.Millis(resuming), limit)
}

func readPauses(ctx context.Context, from db.Queryer, where string, args ...any) ([]pauseRow, error) {
	rows, err := db.Select(ctx, from, scanPause, "SELECT "+pauseColumns+" FROM recording_pauses"+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read pauses: %w", err)
	}
	return rows, nil
}

func scanPause(from db.Scanner) (r pauseRow, err error) {
	var wanted, paused, resume, resumed int64
	err = from.Scan(&r.payment, &r.recording, &r.call, &r.who, &r.state, &wanted, &paused, &resume, &resumed, &r.trouble)
	r.wanted, r.paused, r.resume, r.resumed = db.Time(wanted), db.Time(paused), db.Time(resume), db.Time(resumed)
	return r, err
}
