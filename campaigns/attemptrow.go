package campaigns

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// statusRefused is the status of an attempt for which Twilio made no call.
const statusRefused = "refused"

const attemptColumns = `line_no, n, state, id, phone, debt_id, from_number, call_sid, status, answered_by, outcome, claimed_at, dialed_at, ended_at,
	look_at, looks, seconds, reached, opted_out, abandoned, book, book_version, checks, zone, local, paid_minor, paid_currency`

// attemptRow is an attempt as it is kept.
type attemptRow struct {
	Attempt
	debt                         string
	lookAt                       time.Time
	looks                        int
	reached, optedOut, abandoned bool
	paid                         Money
}

func scanAttempt(from db.Scanner) (a attemptRow, err error) {
	var claimed, dialed, ended, look int64
	var reached, optedOut, abandoned int
	var checks string
	err = from.Scan(&a.Row, &a.N, &a.State, &a.ID, &a.Phone, &a.debt, &a.From, &a.CallSID, &a.Status, &a.AnsweredBy, &a.Outcome,
		&claimed, &dialed, &ended, &look, &a.looks, &a.Seconds, &reached, &optedOut, &abandoned, &a.Book, &a.BookVersion, &checks,
		&a.Zone, &a.Local, &a.paid.Minor, &a.paid.Currency)
	if err != nil {
		return a, err
	}
	a.Claimed, a.Dialed, a.Ended, a.lookAt = db.Time(claimed), db.Time(dialed), db.Time(ended), db.Time(look)
	a.reached, a.optedOut, a.abandoned = reached == 1, optedOut == 1, abandoned == 1
	if a.paid.Minor > 0 {
		a.Paid = &a.paid
	}
	if err := json.Unmarshal([]byte(checks), &a.Allowed); err != nil {
		return a, fmt.Errorf("read an attempt's evidence: %w", err)
	}
	return a, nil
}

// key names an attempt among all.
type key struct {
	num, row int64
	n        int
}

// pair is a person and one of their attempts.
type pair struct {
	num int64
	x   personRow
	a   attemptRow
}

// pairOf reads a person and one of their attempts, to be changed.
func pairOf(ctx context.Context, tx *db.Tx, k key) (*pair, error) {
	x, err := personOf(ctx, tx, k.num, k.row, tx.ForUpdate())
	if err != nil {
		return nil, err
	}
	a, err := attemptOf(ctx, tx, k, tx.ForUpdate())
	return &pair{k.num, x, a}, err
}

// attemptOf reads one attempt. An error is ErrNotFound, or the database's.
func attemptOf(ctx context.Context, from queryer, k key, lock string) (attemptRow, error) {
	a, err := scanAttempt(from.QueryRow(ctx, "SELECT "+attemptColumns+" FROM campaign_attempts WHERE campaign = ? AND line_no = ? AND n = ?"+lock, k.num, k.row, k.n))
	if errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("attempt %d of row %d: %w", k.n, k.row, ErrNotFound)
	}
	if err != nil {
		return a, fmt.Errorf("read attempt %d of row %d: %w", k.n, k.row, err)
	}
	return a, nil
}

// insertAttempt writes a new attempt. It reports false where the number is being rung already, or the attempt is there.
func insertAttempt(ctx context.Context, tx *db.Tx, num int64, a *attemptRow) (bool, error) {
	res, err := tx.Exec(ctx, "INSERT INTO campaign_attempts (campaign, "+attemptColumns+") VALUES (?, "+db.Marks(27)+") ON CONFLICT DO NOTHING",
		num, a.Row, a.N, a.State, a.ID, a.Phone, a.debt, a.From, a.CallSID, a.Status, a.AnsweredBy, a.Outcome, db.Millis(a.Claimed),
		db.Millis(a.Dialed), db.Millis(a.Ended), db.Millis(a.lookAt), a.looks, a.Seconds, bit(a.reached), bit(a.optedOut), bit(a.abandoned),
		a.Book, a.BookVersion, encodeChecks(a.Allowed), a.Zone, a.Local, a.paid.Minor, a.paid.Currency)
	if err != nil {
		return false, fmt.Errorf("keep attempt %d of row %d: %w", a.N, a.Row, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// keepAttempt writes what became of an attempt.
func keepAttempt(ctx context.Context, tx *db.Tx, num int64, a *attemptRow) error {
	_, err := tx.Exec(ctx, `UPDATE campaign_attempts SET state = ?, call_sid = ?, status = ?, answered_by = ?, outcome = ?, dialed_at = ?, ended_at = ?,
		look_at = ?, looks = ?, seconds = ?, reached = ?, opted_out = ?, abandoned = ?, paid_minor = ?, paid_currency = ?
		WHERE campaign = ? AND line_no = ? AND n = ?`,
		a.State, a.CallSID, a.Status, a.AnsweredBy, a.Outcome, db.Millis(a.Dialed), db.Millis(a.Ended), db.Millis(a.lookAt), a.looks, a.Seconds,
		bit(a.reached), bit(a.optedOut), bit(a.abandoned), a.paid.Minor, a.paid.Currency, num, a.Row, a.N)
	if err != nil {
		return fmt.Errorf("keep attempt %d of row %d: %w", a.N, a.Row, err)
	}
	return nil
}

func encodeChecks(all []rules.Check) string {
	if len(all) == 0 {
		return "[]"
	}
	raw, err := json.Marshal(all)
	if err != nil { // it is made of texts
		return "[]"
	}
	return string(raw)
}
