package campaigns

import (
	"context"
	"fmt"
	"strings"

	"github.com/paydial/paydial/db"
)

// Start starts a draft, now or at a time. A running campaign stays as it is. The errors are ErrNotFound, ErrState, and what
// is wrong with the campaign's file by the project as it is now.
func (c *Campaigns) Start(ctx context.Context, name string, o StartOptions, act Act) error {
	row, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return err
	}
	if _, err := c.plan(&row); err != nil {
		return fmt.Errorf("start campaign %s: %w", name, err)
	}
	_, err = c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		switch {
		case r.State == StateRunning:
			return nil
		case r.State != StateDraft:
			return refused("start", r, "resume it, or create it anew under another name")
		case o.At.After(c.now()):
			r.StartAt, r.WhyBy = o.At, act.By
			r.Why = "starts at " + o.At.UTC().Format("2006-01-02 15:04 UTC")
			return c.noted(ctx, tx, r.num, Change{What: "scheduled", By: act.By, Note: joined(r.Why, act.Note)})
		}
		c.begin(r, act.By)
		return c.noted(ctx, tx, r.num, Change{What: "started", By: act.By, Note: act.Note})
	})
	if err == nil {
		c.audited(ctx, "start", name, act, "started")
	}
	return err
}

// begin sets a draft running.
func (c *Campaigns) begin(r *campaignRow, by string) {
	now := c.now()
	r.State, r.Why, r.WhyBy, r.StartAt = StateRunning, "", by, db.Time(0)
	r.Started, r.warmAt, r.tally = now, now, tally{since: now}
}

// Pause stops dialing within a second, in every process; live calls finish. A paused campaign stays as it is.
func (c *Campaigns) Pause(ctx context.Context, name string, act Act) error {
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		switch r.State {
		case StatePaused:
			return nil
		case StateRunning:
		case StateDraft:
			if r.StartAt.IsZero() {
				return refused("pause", r, "it is not running")
			}
			r.State, r.StartAt, r.Why, r.WhyBy = StateDraft, db.Time(0), joined("its start was called off", act.Note), act.By
			return c.noted(ctx, tx, r.num, Change{What: "start_called_off", By: act.By, Note: act.Note})
		default:
			return refused("pause", r, "it is over")
		}
		r.State, r.Why, r.WhyBy = StatePaused, joined("by "+someone(act.By), act.Note), act.By
		return c.noted(ctx, tx, r.num, Change{What: "paused", By: act.By, Note: act.Note})
	})
	if err == nil {
		c.audited(ctx, "pause", name, act, "paused")
	}
	return err
}

// Resume goes on with a paused campaign. One that paused by itself needs somebody, and a note, or ErrNoteNeeded comes
// back; what its safety stops look at begins anew.
func (c *Campaigns) Resume(ctx context.Context, name string, act Act) error {
	row, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return err
	}
	if _, err := c.plan(&row); err != nil && row.State == StatePaused {
		return fmt.Errorf("resume campaign %s: %w", name, err)
	}
	_, err = c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		switch {
		case r.State == StateRunning:
			return nil
		case r.State != StatePaused:
			return refused("resume", r, "only a paused campaign is resumed")
		case r.Safety && (act.By == "" || strings.TrimSpace(act.Note) == ""):
			return fmt.Errorf("resume campaign %s, which paused %s: %w", name, r.Why, ErrNoteNeeded)
		}
		if r.Safety {
			r.tally = tally{since: c.now()}
		}
		r.State, r.Why, r.WhyBy, r.Safety = StateRunning, "", act.By, false
		return c.noted(ctx, tx, r.num, Change{What: "resumed", By: act.By, Note: act.Note})
	})
	if err == nil {
		c.audited(ctx, "resume", name, act, "resumed")
	}
	return err
}

// Slow sets how many calls a minute may begin; 0 halves it. It may not be set above what the campaign's file says.
func (c *Campaigns) Slow(ctx context.Context, name string, perMinute int, act Act) error {
	if perMinute < 0 {
		return fmt.Errorf("slow campaign %s: %d calls a minute: %w", name, perMinute, ErrState)
	}
	var text string
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		if r.State == StateCompleted || r.State == StateEnded {
			return refused("slow", r, "it is over")
		}
		p, err := c.plan(r)
		if err != nil {
			return err
		}
		to := perMinute
		if to == 0 {
			to = max(1, r.PerMinute/2)
		}
		if most := p.campaign.Pace.PerMinute; most > 0 && to > most {
			return fmt.Errorf("slow campaign %s to %d a minute: its file allows %d: %w", name, to, most, ErrState)
		}
		text = fmt.Sprintf("%d to %d calls a minute", r.PerMinute, to)
		r.PerMinute = to
		return c.noted(ctx, tx, r.num, Change{What: "slowed", By: act.By, Note: joined(text, act.Note)})
	})
	if err == nil {
		c.audited(ctx, "slow", name, act, text)
	}
	return err
}

// Stop ends a campaign for good: nobody else is rung, live calls finish. Those who were not done are refused as stopped.
func (c *Campaigns) Stop(ctx context.Context, name string, act Act) error {
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) error {
		if r.State == StateEnded {
			return nil
		}
		if r.State == StateCompleted {
			return refused("stop", r, "it is over")
		}
		return c.end(ctx, tx, r, act)
	})
	if err == nil {
		c.audited(ctx, "stop", name, act, "stopped")
	}
	return err
}

// end stops a campaign. The people are refused by Work, in pieces: with a million of them that takes a while.
func (c *Campaigns) end(ctx context.Context, tx *db.Tx, r *campaignRow, act Act) error {
	r.State, r.Safety, r.StartAt, r.Ended = StateEnded, false, db.Time(0), c.now()
	r.Why, r.WhyBy = joined("stopped by "+someone(act.By), act.Note), act.By
	return c.noted(ctx, tx, r.num, Change{What: "stopped", By: act.By, Note: act.Note})
}

// StopAll pauses every campaign that runs or is about to start, and tells which. They can be resumed one by one.
func (c *Campaigns) StopAll(ctx context.Context, act Act) ([]string, error) {
	var names []string
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		names = nil
		rows, err := db.Select(ctx, tx, scanCampaign, "SELECT "+campaignColumns+
			" FROM campaigns WHERE state = 'running' OR state = 'draft' AND start_at > 0 ORDER BY name"+tx.ForUpdate())
		if err != nil {
			return fmt.Errorf("stop all campaigns: %w", err)
		}
		for i := range rows {
			r := &rows[i]
			r.StartAt, r.WhyBy = db.Time(0), act.By
			if r.State == StateRunning {
				r.State, r.Why = StatePaused, joined("everything was stopped by "+someone(act.By), act.Note)
			}
			if err := c.noted(ctx, tx, r.num, Change{What: "paused", By: act.By, Note: joined("everything was stopped", act.Note)}); err != nil {
				return err
			}
			if err := keep(ctx, tx, r); err != nil {
				return err
			}
			names = append(names, r.Name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.audited(ctx, "stop_all", "all", act, strings.Join(names, ", "))
	return names, nil
}

// pauseItself pauses a running campaign for a reason that a person has to look at. It does nothing to one that does not run.
func (c *Campaigns) pauseItself(ctx context.Context, name, why string) error {
	var done bool
	_, err := c.change(ctx, name, func(tx *db.Tx, r *campaignRow) (err error) {
		done, err = c.trip(ctx, tx, r, why)
		return err
	})
	if err == nil && done {
		c.tripped(ctx, name, why)
	}
	return err
}

// trip pauses a running campaign by itself.
func (c *Campaigns) trip(ctx context.Context, tx *db.Tx, r *campaignRow, why string) (bool, error) {
	if r.State != StateRunning {
		return false, nil
	}
	r.State, r.Safety, r.Why, r.WhyBy = StatePaused, true, "by itself: "+why, ""
	return true, c.noted(ctx, tx, r.num, Change{What: "paused", Note: r.Why})
}

// tripped tells that a campaign paused by itself, once that is kept.
func (c *Campaigns) tripped(ctx context.Context, name, why string) {
	c.cfg.Log.WarnContext(ctx, "campaign: paused by itself", "campaign", name, "why", why)
	c.audited(ctx, "pause", name, Act{}, "paused by itself: "+why)
}

// refused is ErrState with words.
func refused(what string, r *campaignRow, advice string) error {
	return fmt.Errorf("%s campaign %s, which is %s: %s: %w", what, r.Name, r.State, advice, ErrState)
}

func someone(by string) string {
	if by == "" {
		return "somebody"
	}
	return by
}

// joined is a text with a note behind it.
func joined(text, note string) string {
	if note = strings.TrimSpace(note); note != "" {
		return text + ": " + note
	}
	return text
}
