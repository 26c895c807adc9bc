package campaigns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

const (
	// minWatch is how often what was begun is looked after, at most.
	minWatch = 500 * time.Millisecond
	// syncEvery is how often the pace is told which calls run.
	syncEvery = 10 * time.Second
	// forgotten is of how few calls it is not asked whether Redis has forgotten them before it is told anyway: a call begins and
	// ends between two looks.
	forgotten = 4
	// pieces is how many people one transaction ends.
	pieces = 2000
	// lastZone is how much later than in UTC a day ends where it ends last.
	lastZone = 12 * time.Hour
	// keepMinutes is how long the busiest minutes are kept.
	keepMinutes = 24 * time.Hour
)

// watch looks after what was begun.
func (w *worker) watch(ctx context.Context) {
	for _, part := range []func(context.Context) error{w.c.looks, w.c.tidy, w.sample} {
		if err := part(ctx); err != nil && ctx.Err() == nil {
			w.c.cfg.Log.ErrorContext(ctx, "campaigns: looking after what was begun", "error", err)
		}
	}
}

// tidy ends what is over: campaigns in which everybody is done, people of campaigns that were stopped or whose last day
// has passed.
func (c *Campaigns) tidy(ctx context.Context) error {
	rows, err := db.Select(ctx, c.cfg.DB, scanCampaign, "SELECT "+campaignColumns+` FROM campaigns c WHERE state = 'running'
		OR state = 'ended' AND EXISTS (SELECT 1 FROM campaign_people p WHERE p.campaign = c.num AND p.due_at > 0)`)
	if err != nil {
		return fmt.Errorf("read campaigns: %w", err)
	}
	for i := range rows {
		r := &rows[i]
		if r.State == StateEnded {
			err = c.refuseRest(ctx, r)
		} else if err = c.expire(ctx, r); err == nil {
			err = c.complete(ctx, r)
		}
		if err != nil {
			return fmt.Errorf("campaign %s: %w", r.Name, err)
		}
	}
	return nil
}

// refuseRest refuses the people of a campaign that was stopped.
func (c *Campaigns) refuseRest(ctx context.Context, r *campaignRow) error {
	for ctx.Err() == nil {
		res, err := c.cfg.DB.Exec(ctx, `UPDATE campaign_people SET state = 'done', reason = 'stopped', words = ?, due_at = 0, retry_at = 0, outcome = ''
			WHERE campaign = ? AND due_at > 0 AND line_no IN (SELECT line_no FROM campaign_people WHERE campaign = ? AND due_at > 0 LIMIT ?)`,
			r.Why, r.num, r.num, pieces)
		if err != nil {
			return fmt.Errorf("refuse who is left: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// expire has everybody looked at who waits beyond the campaign's last day: the rules then say that it is too late.
func (c *Campaigns) expire(ctx context.Context, r *campaignRow) error {
	p, err := c.plan(r)
	if err != nil || p.campaign.Until.IsZero() {
		return nil //nolint:nilerr // a file that does not fit is the dialer's matter
	}
	now := c.now()
	if now.Before(p.campaign.Until.Add(24*time.Hour + lastZone)) {
		return nil
	}
	_, err = c.cfg.DB.Exec(ctx, `UPDATE campaign_people SET due_at = ? WHERE campaign = ? AND line_no IN
		(SELECT line_no FROM campaign_people WHERE campaign = ? AND due_at > ? LIMIT ?)`, db.Millis(now), r.num, r.num, db.Millis(now), pieces)
	if err != nil {
		return fmt.Errorf("look at who waits beyond the last day: %w", err)
	}
	return nil
}

// complete ends a campaign in which everybody is done.
func (c *Campaigns) complete(ctx context.Context, r *campaignRow) error {
	left := func(from queryer) (n int, err error) {
		err = from.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM campaign_people WHERE campaign = ?
			AND state IN ('pending', 'waiting', 'calling') LIMIT 1) x`, r.num).Scan(&n)
		return n, err
	}
	if n, err := left(c.cfg.DB); err != nil || n > 0 {
		return err
	}
	var done bool
	_, err := c.change(ctx, r.Name, func(tx *db.Tx, kept *campaignRow) error {
		n, err := left(tx)
		if done = err == nil && n == 0 && kept.State == StateRunning; !done {
			return err
		}
		kept.State, kept.Why, kept.WhyBy, kept.Ended = StateCompleted, "everybody is done", "", c.now()
		return c.noted(ctx, tx, kept.num, Change{What: "completed"})
	})
	if err == nil && done {
		c.audited(ctx, "complete", r.Name, Act{}, "everybody is done")
	}
	return err
}

// sample notes how many calls run, and now and then tells the pace which.
func (w *worker) sample(ctx context.Context) error {
	w.mu.Lock()
	all := make([]*running, 0, len(w.rows))
	for _, r := range w.rows {
		all = append(all, r)
	}
	due := time.Since(w.synced) >= syncEvery
	if due {
		w.synced = time.Now()
	}
	w.mu.Unlock()
	here := map[string]bool{}
	for _, r := range all {
		here[r.row.Name] = true
		noted, away := w.c.pace.Live(ctx, r.row.Name) // before the rows: whose end it has heard of is over there
		live, err := w.c.live(ctx, r.row.num)
		if err != nil {
			return err
		}
		if err := w.c.sampled(ctx, r.row.num, len(live)); err != nil {
			return err
		}
		if !due && (away != nil || 2*noted+forgotten > len(live)) {
			continue
		}
		if _, err := w.c.pace.Sync(ctx, r.row.Name, live); err != nil {
			return err
		}
	}
	if !due {
		return nil
	}
	return w.c.syncOthers(ctx, here)
}

// syncOthers tells the pace which calls run of campaigns that do not run themselves: whose end Redis did not hear of takes
// room from all.
func (c *Campaigns) syncOthers(ctx context.Context, here map[string]bool) error {
	names, err := c.pace.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if here[name] {
			continue
		}
		var live []string
		r, err := find(ctx, c.cfg.DB, name, "")
		if err == nil {
			live, err = c.live(ctx, r.num)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if _, err := c.pace.Sync(ctx, name, live); err != nil {
			return err
		}
	}
	return nil
}

// live are the calls of a campaign that run, as the pace names them.
func (c *Campaigns) live(ctx context.Context, num int64) ([]string, error) {
	live, err := db.Select(ctx, c.cfg.DB, func(s db.Scanner) (string, error) {
		var row int64
		var n int
		err := s.Scan(&row, &n)
		return refKey(row, n), err
	}, "SELECT line_no, n FROM campaign_attempts WHERE campaign = ? AND state IN ('claimed', 'dialed')", num)
	if err != nil {
		return nil, fmt.Errorf("find calls that run: %w", err)
	}
	return live, nil
}

// sampled keeps the most calls at once of this minute.
func (c *Campaigns) sampled(ctx context.Context, num int64, live int) error {
	if live == 0 {
		return nil
	}
	minute := c.now().Truncate(time.Minute)
	_, err := c.cfg.DB.Exec(ctx, `INSERT INTO campaign_minutes (campaign, minute, at_once) VALUES (?, ?, ?)
		ON CONFLICT (campaign, minute) DO UPDATE SET at_once = excluded.at_once WHERE campaign_minutes.at_once < excluded.at_once`,
		num, db.Millis(minute), live)
	if err == nil {
		_, err = c.cfg.DB.Exec(ctx, "DELETE FROM campaign_minutes WHERE campaign = ? AND minute < ?", num, db.Millis(minute.Add(-keepMinutes)))
	}
	if err != nil {
		return fmt.Errorf("note how many calls run: %w", err)
	}
	return nil
}
