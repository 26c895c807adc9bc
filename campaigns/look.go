package campaigns

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/twilio"
)

const (
	// looksAtOnce is how many attempts are looked up at Twilio at the same time.
	looksAtOnce = 4
	// looksTogether is how many are taken for it.
	looksTogether = 40
	// listed is how many calls of one number are looked through.
	listed = 50
	// clocks is how far Twilio's clock and ours may be apart. A call that is taken for another one is found too much, and
	// one that is not found is made twice: so it is a lot.
	clocks = 30 * time.Second
	// vanished is how long a call may not be found by its own SID before it is given up.
	vanished = 10 * time.Minute
)

// dueLook is an attempt of which Twilio is to be asked.
type dueLook struct {
	num  int64
	name string
	attemptRow
}

func (d *dueLook) key() key { return key{d.num, d.Row, d.N} }

// looks asks Twilio about attempts whose claim has lapsed, and about calls whose end nobody told.
func (c *Campaigns) looks(ctx context.Context) error {
	due, err := db.Select(ctx, c.cfg.DB, func(s db.Scanner) (d dueLook, err error) {
		err = s.Scan(&d.num, &d.name, &d.Row, &d.N)
		return d, err
	}, `SELECT a.campaign, c.name, a.line_no, a.n FROM campaign_attempts a JOIN campaigns c ON c.num = a.campaign
		WHERE a.look_at > 0 AND a.look_at <= ? ORDER BY a.look_at LIMIT ?`, db.Millis(c.now()), looksTogether)
	if err != nil {
		return fmt.Errorf("find attempts to look up: %w", err)
	}
	var all sync.WaitGroup
	room := make(chan struct{}, looksAtOnce)
	for _, d := range due {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if err := c.look(ctx, d); err != nil && ctx.Err() == nil {
				c.cfg.Log.WarnContext(ctx, "campaign: what became of an attempt could not be found out, and is tried again", "campaign", d.name,
					"row", d.Row, "attempt", d.N, "error", err)
			}
		})
	}
	all.Wait()
	return nil
}

// look takes one attempt to be looked up, so that nobody else asks too, and asks.
func (c *Campaigns) look(ctx context.Context, d dueLook) error {
	mine := false
	now := c.now()
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		a, err := attemptOf(ctx, tx, d.key(), tx.ForUpdate())
		if err != nil {
			return err
		}
		if mine = !a.lookAt.IsZero() && !a.lookAt.After(now); !mine {
			return nil
		}
		a.looks++
		a.lookAt = now.Add(c.lookPause(&a))
		d.attemptRow = a
		return keepAttempt(ctx, tx, d.num, &a)
	})
	if err != nil || !mine {
		return err
	}
	if d.CallSID != "" {
		return c.lookAtCall(ctx, d, now)
	}
	return c.lookFor(ctx, d, now)
}

// lookPause is how long after one look the next one is.
func (c *Campaigns) lookPause(a *attemptRow) time.Duration {
	if a.CallSID == "" {
		return min(5*time.Second, c.cfg.LostAfter/4+time.Millisecond)
	}
	return c.cfg.LookAgain * time.Duration(min(a.looks, 4))
}

// lookAtCall asks how a call stands whose end was not told.
func (c *Campaigns) lookAtCall(ctx context.Context, d dueLook, now time.Time) error {
	call, err := c.cfg.Twilio.FetchCall(ctx, d.CallSID)
	if twilio.IsNotFound(err) && now.Sub(d.Claimed) > vanished {
		return c.lose(ctx, d, "Twilio does not know its call any more")
	}
	if err != nil {
		return err
	}
	if !over(call.Status) {
		return nil
	}
	end := CallEnd{SID: call.SID, Status: call.Status, AnsweredBy: call.AnsweredBy, Seconds: call.Duration}
	if c.cfg.Heard != nil {
		heard, known, err := c.cfg.Heard(ctx, call.SID)
		if err != nil {
			return err // it is looked at again
		}
		end.Outcome, end.OptedOut, end.Abandoned = heard.Outcome, heard.OptedOut, heard.Abandoned
		end.NoFlow = !known || heard.NoFlow
	}
	return c.Ended(ctx, Ref{Campaign: d.name, Row: d.Row, Attempt: d.N}, end)
}

// over tells whether a call status is final.
func over(status string) bool {
	switch status {
	case "completed", "busy", "failed", "no-answer", "canceled":
		return true
	}
	return false
}

// lookFor looks for the call of an attempt that nobody knows to have one. Twilio's list takes a while to know of a call, so
// it is believed only after some time when it has none.
func (c *Campaigns) lookFor(ctx context.Context, d dueLook, now time.Time) error {
	calls, err := c.cfg.Twilio.ListCalls(ctx, twilio.CallFilter{To: d.Phone, From: d.From, PageSize: listed, Limit: listed})
	if err != nil {
		return err
	}
	for i := len(calls) - 1; i >= 0; i-- { // the oldest that can be it
		call := calls[i]
		began := call.DateCreated
		if began.IsZero() {
			began = call.StartTime
		}
		if !began.IsZero() && began.Before(d.Claimed.Add(-clocks)) || began.After(d.Claimed.Add(c.cfg.Lapse+clocks)) {
			continue
		}
		err := c.found(ctx, d, call)
		if errors.Is(err, errBound) {
			continue
		}
		return err
	}
	if now.Sub(d.Claimed) < c.cfg.LostAfter || time.Duration(d.looks)*c.lookPause(&d.attemptRow) < c.cfg.LostAfter*3/4 {
		return nil // where the clocks of two of us differ, so many looks take their time
	}
	return c.lose(ctx, d, "Twilio knows of no call")
}

// errBound says that a call belongs to another attempt.
var errBound = errors.New("the call belongs to another attempt")

// found notes a call that was found at Twilio.
func (c *Campaigns) found(ctx context.Context, d dueLook, call twilio.Call) error {
	var n int
	err := c.cfg.DB.QueryRow(ctx, "SELECT COUNT(*) FROM campaign_attempts WHERE call_sid = ? AND NOT (campaign = ? AND line_no = ? AND n = ?)",
		call.SID, d.num, d.Row, d.N).Scan(&n)
	if err != nil {
		return err
	}
	if n > 0 {
		return errBound
	}
	err = c.bound(ctx, d.key(), call.SID, c.cfg.LookAgain)
	if errors.Is(err, errOther) { // it came by itself meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	c.cfg.Log.InfoContext(ctx, "campaign: the call of an attempt was found at Twilio", "campaign", d.name, "row", d.Row, "attempt", d.N, "call", call.SID)
	if d.CallSID = call.SID; over(call.Status) {
		return c.lookAtCall(ctx, d, c.now())
	}
	return nil
}

// lose gives an attempt up. The person may be rung again, by the rules, with this attempt counted.
func (c *Campaigns) lose(ctx context.Context, d dueLook, why string) error {
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		p, err := pairOf(ctx, tx, d.key())
		if err != nil {
			return err
		}
		x, a := &p.x, &p.a
		if a.State != AttemptClaimed && a.State != AttemptDialed || a.CallSID != d.CallSID {
			return nil
		}
		a.State, a.lookAt = AttemptLost, time.Time{}
		if err := keepAttempt(ctx, tx, d.num, a); err != nil || x.State != PersonCalling || x.Attempts != a.N {
			return err
		}
		x.open(c.now(), "", fmt.Sprintf("attempt %d was lost: %s", a.N, why))
		return keepPerson(ctx, tx, d.num, x)
	})
	if err != nil {
		return fmt.Errorf("give attempt %d of row %d up: %w", d.N, d.Row, err)
	}
	c.cfg.Log.WarnContext(ctx, "campaign: an attempt is lost", "campaign", d.name, "row", d.Row, "attempt", d.N, "why", why)
	c.release(ctx, d.name, d.Row, d.N)
	return nil
}
