package campaigns

import (
	"context"
	"fmt"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// ringingElsewhere is how long a person waits whose number, or debt, is being rung already.
const ringingElsewhere = 30 * time.Second

// claimed is a person whom this process may ring now, and nobody else.
type claimed struct {
	num     int64
	name    string
	attempt attemptRow
}

func (k *claimed) key() key { return key{k.num, k.attempt.Row, k.attempt.N} }

// claim takes a person for attempt n, in one transaction: the campaign still runs, the person is still due, and every rule
// allows the call by what is known at this moment. nil comes back where they are not to be rung; why is then in their row.
func (c *Campaigns) claim(ctx context.Context, p *plan, k key) (*claimed, error) {
	var out *claimed
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		out = nil
		r, err := scanCampaign(tx.QueryRow(ctx, "SELECT "+campaignColumns+" FROM campaigns WHERE num = ?", k.num))
		if err != nil {
			return err
		}
		if r.State != StateRunning || r.hash != p.hash {
			return nil
		}
		x, err := personOf(ctx, tx, k.num, k.row, tx.ForUpdate())
		if err != nil {
			return err
		}
		now := c.now()
		if x.State == PersonCalling || x.State == PersonDone || x.Next.After(now) || x.Attempts != k.n-1 {
			return nil
		}
		if err := lockNumber(ctx, tx, c.cfg.DB.Dialect(), &x); err != nil {
			return err
		}
		now = c.now() // others may have had to be waited for
		d, err := c.judge(ctx, tx, p, &x, now)
		if err != nil {
			return err
		}
		if !d.Allowed {
			x.settle(d, now)
			return keepPerson(ctx, tx, k.num, &x)
		}
		if need := p.campaign.Flow.Lacks(arrivalOf(&r, &x).Contact); need != "" {
			x.leaveOut(rules.About(rules.Missing, need), "the flow has come to need it since the list was read")
			return keepPerson(ctx, tx, k.num, &x)
		}
		out, err = c.take(ctx, tx, &running{row: r, plan: p}, &x, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim row %d: %w", k.row, err)
	}
	return out, nil
}

// lockNumber keeps two campaigns on Postgres from deciding on one number, or one debt, at the same time: each would not see
// the other's attempt. Numbers are always locked before debts. On SQLite transactions take turns anyway.
func lockNumber(ctx context.Context, tx *db.Tx, dialect db.Dialect, x *personRow) error {
	if dialect != db.Postgres {
		return nil
	}
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(1886220, hashtext(?))", x.Phone); err != nil {
		return err
	}
	if x.DebtID == "" {
		return nil
	}
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(1886221, hashtext(?))", x.DebtID)
	return err
}

// judge lets the rules decide on one person by what from knows.
func (c *Campaigns) judge(ctx context.Context, from queryer, p *plan, x *personRow, now time.Time) (rules.Decision, error) {
	k, err := c.learn(ctx, from, p, []personRow{*x})
	if err != nil {
		return rules.Decision{}, err
	}
	return p.book.Judge(p.campaign, k.facts(x, now)), nil
}

// take writes the attempt, with what allowed it. A number that is being rung is not rung twice at a time, and nor is anybody
// else about the same debt.
func (c *Campaigns) take(ctx context.Context, tx *db.Tx, of *running, x *personRow, d rules.Decision) (*claimed, error) {
	r, p := &of.row, of.plan
	now, n := c.now(), x.Attempts+1
	from := p.campaign.CallFrom[(int(x.Row)+n)%len(p.campaign.CallFrom)]
	out := &claimed{num: r.num, name: r.Name, attempt: attemptRow{
		Attempt: Attempt{
			Campaign: r.Name, Row: x.Row, ID: x.ID, N: n, State: AttemptClaimed, Phone: x.Phone, From: from, Claimed: now,
			Book: d.Book, BookVersion: d.Version, Allowed: d.Checks, Zone: d.Zone, Local: d.Local,
		},
		debt: x.DebtID, lookAt: now.Add(c.cfg.Lapse),
	}}
	busy, err := aboutDebt(ctx, tx, x.DebtID)
	text := "somebody is being rung about this debt already"
	if err == nil && !busy {
		var taken bool
		taken, err = insertAttempt(ctx, tx, r.num, &out.attempt)
		busy, text = !taken, "this number is being rung already"
	}
	if err != nil {
		return nil, err
	}
	if busy {
		x.open(now.Add(ringingElsewhere), "not_yet", text)
		return nil, keepPerson(ctx, tx, r.num, x)
	}
	x.State, x.Attempts, x.Reason, x.Text, x.Next, x.retry = PersonCalling, n, "", "", time.Time{}, time.Time{}
	return out, keepPerson(ctx, tx, r.num, x)
}

// aboutDebt tells whether somebody is being rung about a debt: until that call is over nobody knows whether it is a
// conversation, after which it has to be quiet.
func aboutDebt(ctx context.Context, from queryer, debt string) (bool, error) {
	if debt == "" {
		return false, nil
	}
	var n int
	err := from.QueryRow(ctx, "SELECT COUNT(*) FROM campaign_attempts WHERE debt_id = ? AND state IN ('claimed', 'dialed')", debt).Scan(&n)
	return n > 0, err
}

// unclaim takes an attempt back of which it is sure that Twilio made no call: it never happened.
func (c *Campaigns) unclaim(ctx context.Context, k *claimed, again time.Time, text string) error {
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		x, err := personOf(ctx, tx, k.num, k.attempt.Row, tx.ForUpdate())
		if err != nil {
			return err
		}
		res, err := tx.Exec(ctx, "DELETE FROM campaign_attempts WHERE campaign = ? AND line_no = ? AND n = ? AND state = 'claimed' AND call_sid = ''",
			k.num, k.attempt.Row, k.attempt.N)
		if err != nil {
			return err
		}
		if gone, err := res.RowsAffected(); err != nil || gone == 0 || x.Attempts != k.attempt.N || x.State != PersonCalling {
			return err
		}
		x.Attempts--
		x.open(again, "not_yet", text)
		return keepPerson(ctx, tx, k.num, &x)
	})
	if err != nil {
		return fmt.Errorf("take attempt %d of row %d back: %w", k.attempt.N, k.attempt.Row, err)
	}
	return nil
}
