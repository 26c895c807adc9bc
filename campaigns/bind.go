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
func (c *Campaigns) bind(ctx context.Context, tx *db.Tx, p *pair, sid string, lookAt time.Time) error {
	a, x := &p.a, &p.x
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
			if err := keepPerson(ctx, tx, p.num, x); err != nil {
				return err
			}
		}
	}
	return keepAttempt(ctx, tx, p.num, a)
}

// isLive tells whether a number is being rung.
func isLive(ctx context.Context, from queryer, phone string) (bool, error) {
	var n int
	err := from.QueryRow(ctx, "SELECT COUNT(*) FROM campaign_attempts WHERE phone = ? AND state IN ('claimed', 'dialed')", phone).Scan(&n)
	return n > 0, err
}

// bound notes the call of an attempt. It is asked about at Twilio after a while, if its end is not told.
func (c *Campaigns) bound(ctx context.Context, k key, sid string, look time.Duration) error {
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		p, err := pairOf(ctx, tx, k)
		if err != nil {
			return err
		}
		return c.bind(ctx, tx, p, sid, c.now().Add(look))
	})
	if err != nil {
		return fmt.Errorf("note the call of attempt %d of row %d: %w", k.n, k.row, err)
	}
	return nil
}
