package campaigns

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
)

// stateImporting is a campaign whose list is being read in. Nobody sees it.
const stateImporting State = "importing"

// campaignRow is a campaign as it is kept.
type campaignRow struct {
	Campaign
	num                int64
	path, source, hash string
	warmAt             time.Time
	tally              tally
}

// tally is what the safety stops look at: calls that ended since the campaign was started, or resumed after such a stop, in
// the thirty days that run.
type tally struct {
	since                                       time.Time
	calls, reached, optedOut, abandoned, errors int
}

const campaignColumns = `num, id, name, about, flow, kind, country, path, source, hash, state, why, why_by, safety, per_minute, at_once,
	created_at, start_at, started_at, ended_at, warm_at, people, book, book_version, since_at, calls, reached, opted_out, abandoned, errors`

func scanCampaign(from db.Scanner) (c campaignRow, err error) {
	var created, startAt, started, ended, warm, since int64
	var safety int
	err = from.Scan(&c.num, &c.ID, &c.Name, &c.About, &c.Flow, &c.Kind, &c.Country, &c.path, &c.source, &c.hash, &c.State, &c.Why,
		&c.WhyBy, &safety, &c.PerMinute, &c.AtOnce, &created, &startAt, &started, &ended, &warm, &c.People, &c.Book, &c.BookVersion,
		&since, &c.tally.calls, &c.tally.reached, &c.tally.optedOut, &c.tally.abandoned, &c.tally.errors)
	c.Created, c.StartAt, c.Started, c.Ended = db.Time(created), db.Time(startAt), db.Time(started), db.Time(ended)
	c.warmAt, c.tally.since, c.Safety = db.Time(warm), db.Time(since), safety == 1
	return c, err
}

func (c *campaignRow) values() []any {
	t := c.tally
	return []any{
		c.num, c.ID, c.Name, c.About, c.Flow, c.Kind, c.Country, c.path, c.source, c.hash, c.State, c.Why, c.WhyBy, bit(c.Safety),
		c.PerMinute, c.AtOnce, db.Millis(c.Created), db.Millis(c.StartAt), db.Millis(c.Started), db.Millis(c.Ended), db.Millis(c.warmAt),
		c.People, c.Book, c.BookVersion, db.Millis(t.since), t.calls, t.reached, t.optedOut, t.abandoned, t.errors,
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// newID is an id that nobody else has.
func newID() string { return "cmp_" + strings.ToLower(rand.Text()) }

// queryer is where rows are read: the database, or inside a transaction that.
type queryer interface {
	db.Queryer
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// find reads a campaign by its name. An error is ErrNotFound, or the database's.
func find(ctx context.Context, from queryer, name, lock string) (campaignRow, error) {
	row, err := scanCampaign(from.QueryRow(ctx, "SELECT "+campaignColumns+" FROM campaigns WHERE name = ? AND state <> 'importing'"+lock, name))
	if errors.Is(err, sql.ErrNoRows) {
		return row, fmt.Errorf("campaign %.80q: %w", name, ErrNotFound)
	}
	if err != nil {
		return row, fmt.Errorf("read campaign %s: %w", name, err)
	}
	return row, nil
}

// change loads a campaign, has fn change it, and keeps it, in one transaction. Nothing is kept where fn fails.
func (c *Campaigns) change(ctx context.Context, name string, fn func(*db.Tx, *campaignRow) error) (Campaign, error) {
	var out Campaign
	err := c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		row, err := find(ctx, tx, name, tx.ForUpdate())
		if err != nil {
			return err
		}
		if err := fn(tx, &row); err != nil {
			return err
		}
		out = row.Campaign
		return keep(ctx, tx, &row)
	})
	return out, err
}

// keep writes what may change of a campaign.
func keep(ctx context.Context, tx *db.Tx, c *campaignRow) error {
	t := c.tally
	_, err := tx.Exec(ctx, `UPDATE campaigns SET state = ?, why = ?, why_by = ?, safety = ?, per_minute = ?, at_once = ?, start_at = ?, started_at = ?,
		ended_at = ?, warm_at = ?, people = ?, since_at = ?, calls = ?, reached = ?, opted_out = ?, abandoned = ?, errors = ? WHERE num = ?`,
		c.State, c.Why, c.WhyBy, bit(c.Safety), c.PerMinute, c.AtOnce, db.Millis(c.StartAt), db.Millis(c.Started), db.Millis(c.Ended),
		db.Millis(c.warmAt), c.People, db.Millis(t.since), t.calls, t.reached, t.optedOut, t.abandoned, t.errors, c.num)
	if err != nil {
		return fmt.Errorf("keep campaign %s: %w", c.Name, err)
	}
	return nil
}

// noted adds a line to a campaign's changes.
func (c *Campaigns) noted(ctx context.Context, tx *db.Tx, num int64, ch Change) error {
	_, err := tx.Exec(ctx, `INSERT INTO campaign_changes (campaign, n, at, what, who, note, person)
		SELECT ?, COALESCE(MAX(n), 0) + 1, ?, ?, ?, ?, ? FROM campaign_changes WHERE campaign = ?`,
		num, db.Millis(c.now()), ch.What, ch.By, db.Clean(ch.Note, maxNote), ch.Row, num)
	if err != nil {
		return fmt.Errorf("note a change: %w", err)
	}
	return nil
}

// maxNote is how much of a note is kept, in bytes.
const maxNote = 1000

// audited writes a line in the audit log. It comes after what was done; a log that is away undoes nothing.
func (c *Campaigns) audited(ctx context.Context, action, campaign string, act Act, detail string) {
	if c.cfg.Audit == nil {
		return
	}
	via := act.Via
	if via == "" {
		via = audit.ViaWorker
	}
	if act.Note != "" {
		detail += ": " + act.Note
	}
	err := c.cfg.Audit.Write(ctx, audit.Entry{Who: act.By, Via: via, Action: "campaign." + action, Result: "ok", Detail: campaign + ": " + detail})
	if err != nil {
		c.cfg.Log.ErrorContext(ctx, "campaign: write the audit log", "campaign", campaign, "action", action, "error", err)
	}
}
