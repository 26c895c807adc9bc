package campaigns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// Why says why a person is called, or not called, now: what every rule says at this moment, what was tried, and what is
// next. An error is ErrNotFound, what is wrong with the campaign's file, or the database's.
func (c *Campaigns) Why(ctx context.Context, name, idOrPhone string) (Why, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return Why{}, err
	}
	x, err := c.lookUp(ctx, c.cfg.DB, r.num, idOrPhone, "")
	if err != nil {
		return Why{}, err
	}
	if x.History, err = c.history(ctx, &r, x.Row); err != nil {
		return Why{}, err
	}
	p, err := c.plan(&r)
	if err != nil {
		return Why{}, err
	}
	k, err := c.learn(ctx, c.cfg.DB, p, []personRow{x})
	if err != nil {
		return Why{}, err
	}
	now := c.now()
	f := k.facts(&x, now)
	switch r.State {
	case StatePaused:
		f.Paused = r.Why
	case StateEnded:
		f.Stopped = r.Why
	}
	w := Why{Person: x.Person, Decision: p.book.Judge(p.campaign, f)}
	if x.State == PersonPending || x.State == PersonWaiting {
		w.Next = later(x.Next, w.Decision.Next)
		if w.Decision.Next.IsZero() && !w.Decision.Allowed {
			w.Next = time.Time{}
		}
	}
	w.Text = whyText(&r, &x, w.Decision, w.Next, now)
	return w, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// whyText is the answer in a line.
func whyText(r *campaignRow, x *personRow, d rules.Decision, next, now time.Time) string {
	switch {
	case x.State == PersonCalling:
		return fmt.Sprintf("being called now, attempt %d", x.Attempts)
	case x.State == PersonDone && x.Outcome != "":
		return fmt.Sprintf("done after %d: %s", x.Attempts, x.Outcome)
	case x.State == PersonDone:
		return fmt.Sprintf("not called: %s, %s", x.Reason, x.Text)
	case r.State == StateDraft:
		return "not now: the campaign has not started"
	case d.Allowed && !x.Next.After(now):
		return "may be called now, and waits for a slot"
	case d.Allowed:
		return fmt.Sprintf("not before %s: %s", next.Format(time.RFC3339), x.Text)
	case d.Next.IsZero():
		return fmt.Sprintf("not called: %s, %s", d.Reason, failedText(d))
	}
	return fmt.Sprintf("not now: %s, %s", d.Reason, failedText(d))
}

// Skip has a person not called any more, by hand. Somebody who is being called is not called again.
func (c *Campaigns) Skip(ctx context.Context, name, id string, act Act) error {
	return c.mark(ctx, name, marking{id, "skipped", act}, func(x *personRow) error {
		x.skipped = true
		x.leaveOut(rules.Skipped, joined("skipped by "+someone(act.By), act.Note))
		return nil
	})
}

// MarkPaid says that a person has paid meanwhile, so that they are not called any more.
func (c *Campaigns) MarkPaid(ctx context.Context, name, id string, act Act) error {
	return c.mark(ctx, name, marking{id, "paid", act}, func(x *personRow) error {
		x.paid = true
		x.leaveOut(rules.Paid, joined("paid meanwhile, says "+someone(act.By), act.Note))
		return nil
	})
}

// leaveOut has a person who waits not rung any more.
func (x *personRow) leaveOut(reason rules.Reason, text string) {
	if x.State == PersonPending || x.State == PersonWaiting {
		x.done("", reason, text)
	}
}

// marking is what is done to a person by hand.
type marking struct {
	id, what string
	act      Act
}

// mark changes a person, and notes it among the campaign's changes.
func (c *Campaigns) mark(ctx context.Context, name string, m marking, fn func(*personRow) error) error {
	var row int64
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		x, err := c.lookUp(ctx, tx, r.num, m.id, tx.ForUpdate())
		if err != nil {
			return err
		}
		if err := fn(&x); err != nil {
			return err
		}
		row = x.Row
		if err := keepPerson(ctx, tx, r.num, &x); err != nil {
			return err
		}
		return c.noted(ctx, tx, r.num, Change{What: m.what, By: m.act.By, Note: m.act.Note, Row: row})
	})
	if err == nil {
		c.audited(ctx, m.what, name, m.act, fmt.Sprintf("row %d", row))
	}
	return err
}

// errCalling says that somebody is on the line with a person.
var errCalling = errors.New("they are being called now")

// Forget removes what is known of a person: their id, number and values, here and from their attempts. The row stays, so
// that numbers add up. The number stays on do-not-call lists: it must not be called. Somebody who is being called cannot be
// forgotten before the call ends: then it is ErrState.
func (c *Campaigns) Forget(ctx context.Context, name, id string, act Act) error {
	var row int64
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		x, err := c.lookUp(ctx, tx, r.num, id, tx.ForUpdate())
		if err != nil {
			return err
		}
		if x.State == PersonCalling {
			return fmt.Errorf("forget row %d: %w: %w", x.Row, errCalling, ErrState)
		}
		if x.State != PersonDone {
			x.done("", rules.Skipped, "forgotten")
		}
		row = x.Row
		if err := keepPerson(ctx, tx, r.num, &x); err != nil {
			return err
		}
		return c.erase(ctx, tx, r, row, act)
	})
	if err == nil {
		c.audited(ctx, "forget", name, act, fmt.Sprintf("row %d", row))
	}
	return err
}

func (c *Campaigns) erase(ctx context.Context, tx *db.Tx, r *campaignRow, row int64, act Act) error {
	_, err := tx.Exec(ctx, `UPDATE campaign_people SET id = '', phone = '', zones = '', language = '', consent_source = '', debt_id = '', vals = '{}', words = 'forgotten'
		WHERE campaign = ? AND line_no = ?`, r.num, row)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE campaign_attempts SET id = '', phone = '', debt_id = '' WHERE campaign = ? AND line_no = ?", r.num, row)
	}
	if err != nil {
		return fmt.Errorf("forget row %d: %w", row, err)
	}
	return c.noted(ctx, tx, r.num, Change{What: "forgotten", By: act.By, Note: act.Note, Row: row})
}
