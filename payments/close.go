package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/carddata"
)

// Close tells how a payment ended. It may be told any number of times, in any order, by anybody: a payment
// only moves up (started, unknown, a final result), what is known is never overwritten, and the same result
// again only fills in what was missing. changed tells whether the result added anything.
//
// Another final result, or the same with another confirmation, is ErrContradiction: the first one is kept,
// the payment is flagged for review, and it is returned as it is kept. A result that comes after the
// deadline, when the payment is unknown, settles it.
func (l *Ledger) Close(ctx context.Context, id string, res Result) (kept Payment, changed bool, err error) {
	if res.State.rank() < Unknown.rank() {
		return Payment{}, false, fmt.Errorf("close payment %s: not a result: %q", shownID(id), res.State)
	}
	res = res.clean()
	var contradiction bool
	err = l.db.Tx(ctx, func(tx *db.Tx) error {
		r, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		before := r.Payment
		contradiction = merge(&r.Payment, res, l.now())
		kept, changed = r.Payment, r.Payment != before
		if !changed {
			return nil
		}
		if err := r.update(ctx, tx); err != nil {
			return err
		}
		if l.Took != nil && r.State == Paid && before.State != Paid {
			if err := l.Took(ctx, tx, r.Payment); err != nil {
				return err
			}
		}
		return l.settleGuard(ctx, tx, r)
	})
	if err == nil && contradiction {
		err = fmt.Errorf("%w: %s is kept, %s came", ErrContradiction, kept.State, res.State)
		changed = false
	}
	if err != nil {
		return kept, changed, fmt.Errorf("close payment %s: %w", shownID(id), err)
	}
	return kept, changed, nil
}

// settleGuard lets another payment for the same thing begin, or forbids it. A payment under review forbids it
// again: money may have moved.
func (l *Ledger) settleGuard(ctx context.Context, tx *db.Tx, r row) error {
	if r.guard == "" || !r.State.Final() {
		return nil
	}
	if r.Review || r.guardKept && r.State.Succeeded() {
		_, err := tx.Exec(ctx, "INSERT INTO payment_guards (guard, payment) VALUES (?, ?) ON CONFLICT (guard) DO NOTHING", r.guard, r.ID)
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM payment_guards WHERE guard = ? AND payment = ?", r.guard, r.ID)
	return err
}

// merge brings a result into a payment. It is pure, and true when the two contradict each other.
func merge(p *Payment, res Result, now time.Time) (contradiction bool) {
	switch {
	case res.State.rank() > p.State.rank():
		p.State, p.Updated = res.State, now
		if res.State.Final() {
			p.Closed = now
		}
		// What the result says of the card is newer than what progress said.
		p.Brand, p.Last4 = or(res.Brand, p.Brand), or(res.Last4, p.Last4)
		p.ErrorCode, p.ErrorText, p.ConnectorError = res.ErrorCode, res.ErrorText, res.ConnectorError
	case res.State.rank() < p.State.rank():
		return false // older news
	case res.Yields && res.State != p.State && res.State.tookNothing() && p.State.tookNothing():
		return false // another word for the same end
	case res.State != p.State, res.Confirmation != "" && p.Confirmation != "" && res.Confirmation != p.Confirmation:
		note := fmt.Sprintf("%s came at %s", res.State, now.Format(time.RFC3339))
		if res.Confirmation != "" {
			note += ", confirmation " + res.Confirmation
		}
		if !p.Review { // the first contradiction says it all; a repeated webhook adds nothing
			p.Review, p.ReviewNote, p.Updated = true, db.Clean(note, maxText), now
		}
		return true
	}
	before := *p
	p.Brand, p.Last4 = or(p.Brand, res.Brand), or(p.Last4, res.Last4)
	p.Confirmation, p.Token, p.ProfileID = or(p.Confirmation, res.Confirmation), or(p.Token, res.Token), or(p.ProfileID, res.ProfileID)
	p.ErrorText, p.ConnectorError = or(p.ErrorText, res.ErrorText), or(p.ConnectorError, res.ConnectorError)
	if p.ErrorCode == 0 {
		p.ErrorCode = res.ErrorCode
	}
	if wrongKind(p.State, p.Intent) && !p.Review {
		p.Review, p.ReviewNote = true, fmt.Sprintf("%s, but it was opened to %s", p.State, p.Intent)
	}
	if *p != before {
		p.Updated = now
	}
	return false
}

// wrongKind tells whether a success is not the one that was wanted.
func wrongKind(s State, i Intent) bool { return s == Paid && i != Charge || s == Saved && i != Save }

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// clean makes a result fit for the ledger. Nothing in it can keep it out: card-like digits are masked, and what
// is too long is cut.
func (r Result) clean() Result {
	r.Brand = cleanBrand(r.Brand)
	if digits, ok := carddata.LastDigits(r.Last4); ok {
		r.Last4 = digits
	} else {
		r.Last4 = digits[len(digits)-carddata.ShownDigits:]
	}
	if r.ErrorCode < 0 || r.ErrorCode > 99999 {
		r.ErrorCode = 0
	}
	for _, f := range []struct {
		text *string
		rule carddata.Rule
	}{
		{&r.Confirmation, carddata.Identifier}, {&r.Token, carddata.Identifier}, {&r.ProfileID, carddata.Identifier},
		{&r.ErrorText, carddata.Prose}, {&r.ConnectorError, carddata.Prose},
	} {
		*f.text = db.Clean(carddata.Mask(db.Clean(*f.text, 4*maxText), f.rule), maxText)
	}
	return r
}

// Progress notes what a status callback tells of a payment under way. The last word counts, until there is a
// final result. Anything that is not masked, with more than four digits in it, is ErrCardData.
func (l *Ledger) Progress(ctx context.Context, id string, p Progress) error {
	last4, ok := carddata.LastDigits(p.Last4)
	brand := cleanBrand(p.Brand)
	if !ok || brand != p.Brand {
		return fmt.Errorf("progress of payment %s: %w", shownID(id), ErrCardData)
	}
	res, err := l.db.Exec(ctx, `UPDATE payments SET brand = CASE WHEN ? = '' THEN brand ELSE ? END,
		last4 = CASE WHEN ? = '' THEN last4 ELSE ? END, updated_at = ? WHERE id = ? AND state IN (?, ?)`,
		brand, brand, last4, last4, db.Millis(l.now()), id, string(Started), string(Unknown))
	if err != nil {
		return fmt.Errorf("progress of payment %s: %w", shownID(id), err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	if _, err := l.Get(ctx, id); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	} else if err != nil {
		return fmt.Errorf("progress of payment %s: %w", shownID(id), ErrNotFound)
	}
	return nil
}
