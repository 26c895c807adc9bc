package campaigns

import (
	"context"
	"errors"
	"fmt"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// create makes a campaign from its file and its people: fill hands each of them on. Nobody sees the campaign before all
// of them are in.
func (c *Campaigns) create(ctx context.Context, file flows.File, act Act, fill func(*plan, *inserter) error) (*Campaign, error) {
	if c.cfg.Project == nil || c.cfg.Project() == nil {
		return nil, fmt.Errorf("create a campaign: %w", errNoProject)
	}
	p := readPlan(c.cfg.Project(), file, c.cfg.ProjectDir)
	if p.err != nil {
		return nil, fmt.Errorf("create a campaign: %w", p.err)
	}
	row, err := c.reserve(ctx, p, file)
	if err != nil {
		return nil, err
	}
	in := &inserter{c: c, num: row.num, now: c.now()}
	if err = fill(p, in); err == nil {
		err = in.flush(ctx)
	}
	if err == nil {
		err = c.finishImport(ctx, row, in.people, act)
	}
	if err != nil {
		c.discard(context.WithoutCancel(ctx), row.num)
		return nil, fmt.Errorf("create campaign %s: %w", row.Name, err)
	}
	c.audited(ctx, "create", row.Name, act, fmt.Sprintf("created with %d people", in.people))
	made, err := c.Get(ctx, row.Name)
	return &made, err
}

// createRows is create with rows that were read already.
func (c *Campaigns) createRows(ctx context.Context, file flows.File, act Act, rows func(yield func(contacts.Row) bool)) (*Campaign, error) {
	return c.create(ctx, file, act, func(_ *plan, in *inserter) (err error) {
		rows(func(r contacts.Row) bool {
			err = in.person(ctx, r)
			return err == nil
		})
		return err
	})
}

// reserve writes the campaign's row, as one whose list is being read. What an import that was broken off left of that
// name goes. An error is ErrExists, or the database's.
func (c *Campaigns) reserve(ctx context.Context, p *plan, file flows.File) (*campaignRow, error) {
	f := p.campaign
	row := &campaignRow{
		Campaign: Campaign{
			ID: newID(), Name: f.Name, About: f.About, Flow: f.Flow.Name, Kind: f.Kind, Country: f.Country, State: stateImporting,
			PerMinute: f.Pace.PerMinute, AtOnce: f.Pace.AtOnce, Created: c.now(), Book: p.book.Name, BookVersion: p.book.Version,
		},
		path: file.Path, source: string(file.Source), hash: f.Hash,
	}
	var old int64
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		var state string
		err := tx.QueryRow(ctx, "SELECT num, state FROM campaigns WHERE name = ?"+tx.ForUpdate(), f.Name).Scan(&old, &state)
		switch {
		case err == nil && State(state) != stateImporting:
			return fmt.Errorf("create campaign %s: %w", f.Name, ErrExists)
		case err == nil:
			if _, err := tx.Exec(ctx, "UPDATE campaigns SET name = id, state = 'importing' WHERE num = ?", old); err != nil {
				return err
			}
		}
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(num), 0) + 1 FROM campaigns").Scan(&row.num); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO campaigns ("+campaignColumns+") VALUES ("+db.Marks(len(row.values()))+")", row.values()...)
		return err
	})
	if db.IsUnique(err) {
		return nil, fmt.Errorf("create campaign %s: %w", f.Name, ErrExists)
	}
	if err != nil {
		if errors.Is(err, ErrExists) {
			return nil, err
		}
		return nil, fmt.Errorf("create campaign %s: %w", f.Name, err)
	}
	if old > 0 {
		c.discard(ctx, old)
	}
	return row, nil
}

// finishImport makes a campaign that is complete a draft.
func (c *Campaigns) finishImport(ctx context.Context, row *campaignRow, people int, act Act) error {
	return c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		res, err := tx.Exec(ctx, "UPDATE campaigns SET state = 'draft', people = ? WHERE num = ? AND state = 'importing' AND name = ?", people, row.num, row.Name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("somebody else has begun to create it: %w", ErrState)
		}
		return c.noted(ctx, tx, row.num, Change{What: "created", By: act.By, Note: joined(fmt.Sprintf("%d people", people), act.Note)})
	})
}

// discard removes a campaign that was not read in to its end.
func (c *Campaigns) discard(ctx context.Context, num int64) {
	for {
		res, err := c.cfg.DB.Exec(ctx, `DELETE FROM campaign_people WHERE campaign = ? AND line_no IN
			(SELECT line_no FROM campaign_people WHERE campaign = ? LIMIT 20000)`, num, num)
		if err != nil {
			c.cfg.Log.ErrorContext(ctx, "campaign: remove what is left of an import", "error", err)
			return
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			break
		}
	}
	if _, err := c.cfg.DB.Exec(ctx, "DELETE FROM campaigns WHERE num = ? AND state = 'importing'", num); err != nil {
		c.cfg.Log.ErrorContext(ctx, "campaign: remove what is left of an import", "error", err)
	}
}
