package campaigns

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// Ended takes how a call of a campaign ended. It may come twice, from anybody who hears of the end; the first counts.
// An end of another call than the attempt's changes nothing. What it means for the
// person, and for the campaign's safety stops, is kept in the same transaction. An error is ErrNotFound for an attempt that
// was never made, or the database's.
func (c *Campaigns) Ended(ctx context.Context, ref Ref, end CallEnd) error {
	var over bool
	var tripped string
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		over, tripped = false, ""
		r, err := find(ctx, tx, ref.Campaign, tx.ForUpdate()) // ends of one campaign take turns: the first past a limit sees it
		if err != nil {
			return err
		}
		p, err := pairOf(ctx, tx, key{r.num, ref.Row, ref.Attempt})
		if err != nil {
			return err
		}
		a := &p.a
		if a.CallSID != "" && end.SID != "" && a.CallSID != end.SID {
			c.cfg.Log.ErrorContext(ctx, "campaign: another call ended than the attempt's", "campaign", ref.Campaign, "row", ref.Row,
				"attempt", ref.Attempt, "call", a.CallSID, "ended", end.SID)
			return nil
		}
		if over = true; a.State != AttemptEnded {
			tripped, err = c.applyEnd(ctx, tx, &r, p, end)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("note the end of attempt %d of row %d of campaign %s: %w", ref.Attempt, ref.Row, ref.Campaign, err)
	}
	if over {
		c.release(ctx, ref.Campaign, ref.Row, ref.Attempt)
	}
	if tripped != "" {
		c.tripped(ctx, ref.Campaign, tripped)
	}
	return nil
}

// applyEnd keeps how a call ended: in the attempt, for the person, and in what the safety stops look at.
func (c *Campaigns) applyEnd(ctx context.Context, tx *db.Tx, r *campaignRow, p *pair, end CallEnd) (tripped string, err error) {
	x, a := &p.x, &p.a
	retries, stops, machine := c.endRules(ctx, r)
	was := a.State
	c.close(a, end, machine)
	if err := keepAttempt(ctx, tx, r.num, a); err != nil {
		return "", err
	}
	x.paid = x.paid || a.Outcome == OutcomePaid
	switch {
	case x.Attempts == a.N && (x.State == PersonCalling || was == AttemptLost && x.State == PersonWaiting):
		err = c.onward(ctx, tx, r, p, retries)
	case x.paid: // on a call that came late
		err = c.settled(ctx, tx, p)
	}
	if err != nil {
		return "", err
	}
	r.tally = r.tally.current(c.now())
	r.tally.count(a)
	_, past, err := figures(ctx, tx, r, stops)
	if err != nil {
		return "", err
	}
	if past != "" {
		stopped, err := c.trip(ctx, tx, r, past)
		if err != nil {
			return "", err
		}
		if stopped {
			tripped = past
		}
	}
	return tripped, keep(ctx, tx, r)
}

// endRules are what a campaign's file says of ends. Where it does not fit the project any more, nobody is rung again.
func (c *Campaigns) endRules(ctx context.Context, r *campaignRow) ([]flows.Retry, []flows.SafetyStop, flows.MachineRules) {
	p, err := c.plan(r)
	if p != nil && p.campaign != nil {
		return p.campaign.TryAgain, p.campaign.Stops, p.campaign.Machine
	}
	if !errors.Is(err, errNoProject) {
		c.cfg.Log.WarnContext(ctx, "campaign: a call ended, and the file does not fit the project any more: nobody is rung again", "campaign", r.Name, "error", err)
	}
	return nil, nil, flows.MachineRules{}
}

// close writes into an attempt how its call ended.
func (c *Campaigns) close(a *attemptRow, end CallEnd, machine flows.MachineRules) {
	if end.AnsweredBy == "" {
		end.AnsweredBy = a.AnsweredBy
	}
	end.OptedOut = end.OptedOut || a.optedOut
	a.State, a.Ended, a.lookAt = AttemptEnded, c.now(), time.Time{}
	a.Status, a.AnsweredBy, a.Seconds = end.Status, end.AnsweredBy, end.Seconds
	a.Outcome = outcomeOf(end, machine)
	a.reached, a.abandoned, a.optedOut = reachedBy(end, machine), abandonedBy(end, machine), end.OptedOut
	if a.CallSID == "" {
		a.CallSID = end.SID
	}
	if a.paid.Minor > 0 {
		a.Outcome = afterPaying(a.Outcome)
	}
}

// onward says what is next for a person whose call has ended: another try, or nothing.
func (c *Campaigns) onward(ctx context.Context, tx *db.Tx, r *campaignRow, p *pair, retries []flows.Retry) error {
	x, a := &p.x, &p.a
	var times int
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM campaign_attempts WHERE campaign = ? AND line_no = ? AND outcome = ?", r.num, x.Row, a.Outcome).Scan(&times)
	if err != nil {
		return fmt.Errorf("count outcomes of row %d: %w", x.Row, err)
	}
	after, text, again := retryOf(retries, a.Outcome, times, a.N+1)
	switch {
	case !again || a.optedOut || x.paid || a.paid.Minor > 0 && a.Outcome == OutcomeError, r.State == StateEnded, r.State == StateCompleted:
		x.done(a.Outcome, "", "")
	default:
		x.open(c.now().Add(after), "retry_wait", text)
		x.retry = x.Next
	}
	return keepPerson(ctx, tx, r.num, x)
}

// OptOut notes at once that a person has opted out on a call that goes on. The do-not-call list has them already; from here on
// no campaign rings the number, whichever lists it keeps to.
func (c *Campaigns) OptOut(ctx context.Context, ref Ref) error {
	r, err := find(ctx, c.cfg.DB, ref.Campaign, "")
	if err != nil {
		return err
	}
	_, err = c.cfg.DB.Exec(ctx, "UPDATE campaign_attempts SET opted_out = 1 WHERE campaign = ? AND line_no = ? AND n = ?", r.num, ref.Row, ref.Attempt)
	if err != nil {
		return fmt.Errorf("note an opt-out of campaign %s: %w", ref.Campaign, err)
	}
	return nil
}

// Took notes what was paid on a call, in the ledger's own transaction: what campaigns took is what the ledger has. Who pays
// when their call is over is not rung again. A call of no campaign is nobody's matter. The errors are the database's.
func (c *Campaigns) Took(ctx context.Context, tx *db.Tx, call string, m Money) error {
	var k key
	err := tx.QueryRow(ctx, "SELECT campaign, line_no, n FROM campaign_attempts WHERE call_sid = ?", call).Scan(&k.num, &k.row, &k.n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	var p *pair
	if err == nil {
		p, err = pairOf(ctx, tx, k)
	}
	if err != nil {
		return fmt.Errorf("note a payment on call %s: %w", call, err)
	}
	if p.a.paid.Minor > 0 && p.a.paid.Currency != m.Currency {
		c.cfg.Log.ErrorContext(ctx, "campaign: payments in two currencies on one call; the first is kept", "call", call)
		return nil
	}
	p.a.paid = Money{Currency: m.Currency, Minor: p.a.paid.Minor + m.Minor}
	if err := keepAttempt(ctx, tx, k.num, &p.a); err != nil || p.a.State != AttemptEnded {
		return err
	}
	return c.settled(ctx, tx, p)
}

// settled has a person who has paid not rung any more.
func (c *Campaigns) settled(ctx context.Context, tx *db.Tx, p *pair) error {
	p.x.paid = true
	p.x.leaveOut(rules.Paid, fmt.Sprintf("paid on the call of attempt %d", p.a.N))
	return keepPerson(ctx, tx, p.num, &p.x)
}
