package campaigns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

// errOther says that an attempt has another call already.
var errOther = errors.New("the attempt has another call")

// bind notes which call an attempt has. A lost attempt whose call turns up is live again, unless its number is being rung
// by another one meanwhile.
func (c *Campaigns) bind(ctx context.Context, tx *db.Tx, num int64, a *attemptRow, x *personRow, sid string, lookAt time.Time) error {
	if a.CallSID != "" && a.CallSID != sid {
		return fmt.Errorf("attempt %d of row %d has call %s, and %s came: %w", a.N, a.Row, a.CallSID, sid, errOther)
	}
	if a.CallSID == sid && a.State != AttemptClaimed {
		return nil
	}
	a.CallSID = sid
	if a.Dialed.IsZero() {
		a.Dialed = c.now()
	}
	switch a.State {
	case AttemptClaimed:
		a.State, a.lookAt, a.looks = AttemptDialed, lookAt, 0
	case AttemptLost:
		live, err := isLive(ctx, tx, a.Phone)
		if err != nil {
			return err
		}
		if !live && x.Attempts == a.N && x.State == PersonWaiting {
			a.State, a.lookAt, a.looks = AttemptDialed, lookAt, 0
			x.State, x.Next, x.Text, x.Reason = PersonCalling, time.Time{}, "", ""
			if err := keepPerson(ctx, tx, num, x); err != nil {
				return err
			}
		}
	}
	return keepAttempt(ctx, tx, num, a)
}

// isLive tells whether a number is being rung.
func isLive(ctx context.Context, from queryer, phone string) (bool, error) {
	var n int
	err := from.QueryRow(ctx, "SELECT COUNT(*) FROM campaign_attempts WHERE phone = ? AND state IN ('claimed', 'dialed')", phone).Scan(&n)
	return n > 0, err
}

// both reads a person and one of their attempts, to be changed.
func both(ctx context.Context, tx *db.Tx, num, row int64, n int) (x personRow, a attemptRow, err error) {
	if x, err = personOf(ctx, tx, num, row, tx.ForUpdate()); err != nil {
		return x, a, err
	}
	a, err = attemptOf(ctx, tx, num, row, n, tx.ForUpdate())
	return x, a, err
}

// bound notes the call of an attempt. It is asked about at Twilio after a while, if its end is not told.
func (c *Campaigns) bound(ctx context.Context, num, row int64, n int, sid string, look time.Duration) error {
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		x, a, err := both(ctx, tx, num, row, n)
		if err != nil {
			return err
		}
		return c.bind(ctx, tx, num, &a, &x, sid, c.now().Add(look))
	})
	if err != nil {
		return fmt.Errorf("note the call of attempt %d of row %d: %w", n, row, err)
	}
	return nil
}
