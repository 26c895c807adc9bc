package payments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

// columns are the columns of a payment in the order of values and scan.
const columns = `id, call, turn, step, flow, intent, source, method, connector, reference, agent, campaign, contact,
	guard, guard_kept, amount_minor, currency, state, brand, last4, confirmation, token, profile_id,
	error_code, error_text, connector_error, review, review_note, started_at, deadline_at, updated_at, closed_at`

// placeholders are as many ? as there are columns.
var placeholders = db.Marks(strings.Count(columns, ",") + 1)

// row is a payment with what only the store knows of it.
type row struct {
	Payment
	guard     string // hash of what may be paid once at a time; "" for none
	guardKept bool   // success keeps the guard
}

func (r *row) values() []any {
	return []any{
		r.ID, r.Call, r.Turn, r.Step, r.Flow, string(r.Intent), string(r.Source), r.Method, r.Connector, r.Reference,
		r.Agent, r.Campaign, r.Contact, r.guard, flag(r.guardKept), r.Amount.Minor, r.Amount.Currency, string(r.State),
		r.Brand, r.Last4, r.Confirmation, r.Token, r.ProfileID, r.ErrorCode, r.ErrorText, r.ConnectorError,
		flag(r.Review), r.ReviewNote, db.Millis(r.Started), db.Millis(r.Deadline), db.Millis(r.Updated), db.Millis(r.Closed),
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func scan(from db.Scanner) (row, error) {
	var r row
	var kept, review int
	var started, deadline, updated, closed int64
	err := from.Scan(
		&r.ID, &r.Call, &r.Turn, &r.Step, &r.Flow, &r.Intent, &r.Source, &r.Method, &r.Connector, &r.Reference,
		&r.Agent, &r.Campaign, &r.Contact, &r.guard, &kept, &r.Amount.Minor, &r.Amount.Currency, &r.State,
		&r.Brand, &r.Last4, &r.Confirmation, &r.Token, &r.ProfileID, &r.ErrorCode, &r.ErrorText, &r.ConnectorError,
		&review, &r.ReviewNote, &started, &deadline, &updated, &closed,
	)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, ErrNotFound
	}
	r.guardKept, r.Review = kept == 1, review == 1
	r.Started, r.Deadline, r.Updated, r.Closed = db.Time(started), db.Time(deadline), db.Time(updated), db.Time(closed)
	return r, err
}

// byID reads a payment and locks it until the transaction ends.
func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM payments WHERE id = ?"+tx.ForUpdate(), id))
}

// update writes what a result can change.
func (r *row) update(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE payments SET state = ?, brand = ?, last4 = ?, confirmation = ?, token = ?,
		profile_id = ?, error_code = ?, error_text = ?, connector_error = ?, review = ?, review_note = ?,
		updated_at = ?, closed_at = ? WHERE id = ?`,
		string(r.State), r.Brand, r.Last4, r.Confirmation, r.Token, r.ProfileID, r.ErrorCode, r.ErrorText,
		r.ConnectorError, flag(r.Review), r.ReviewNote, db.Millis(r.Updated), db.Millis(r.Closed), r.ID)
	return err
}

// Get returns a payment, or ErrNotFound.
func (l *Ledger) Get(ctx context.Context, id string) (Payment, error) {
	r, err := scan(l.db.QueryRow(ctx, "SELECT "+columns+" FROM payments WHERE id = ?", id))
	if err != nil {
		return Payment{}, fmt.Errorf("payment %s: %w", shownID(id), err)
	}
	return r.Payment, nil
}

// shownID is an ID for a message: what was handed in as one may be anything.
func shownID(id string) string { return carddata.Mask(db.Clean(id, 64), carddata.Prose) }
