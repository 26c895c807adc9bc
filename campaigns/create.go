package campaigns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

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

// reserve writes the campaign's row, as one whose list is being read. What an import that was broken off left of that
// name goes. An error is ErrExists, or the database's.
func (c *Campaigns) reserve(ctx context.Context, p *plan, file flows.File) (*campaignRow, error) {
	f := p.campaign
	row := &campaignRow{
		Campaign: Campaign{
			ID: newID(), Name: f.Name, About: f.About, Flow: f.Flow.Name, Kind: f.Kind, Country: f.Country, State: stateImporting,
			PerMinute: f.Pace.PerMinute, AtOnce: f.Pace.AtOnce, Created: c.now(), Book: p.book.Name, BookVersion: p.book.Stamp(),
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

// CreateRequest is a campaign to be made.
type CreateRequest struct {
	File     flows.File
	Contacts io.Reader // the list
	// ListFiles opens the do-not-call files of the project that the campaign names; nil where it names none.
	ListFiles func(path string) (io.ReadCloser, error)
	Act       Act
	Progress  func(rows, bytes int64) // nil: nobody wants to know
}

// Create makes a campaign, as a draft, from its file and its list, which is read once and put in as it comes. Rows that cannot
// be used are in it too, done, with the reason. The report is what Check says of it at this moment. Nothing is rung before Start.
// The errors are ErrExists, a *FileError, a *contacts.Fault, and the database's: then nothing is left of it.
func (c *Campaigns) Create(ctx context.Context, req CreateRequest) (*Campaign, *Report, error) {
	var report *Report
	made, err := c.create(ctx, req.File, req.Act, func(p *plan, in *inserter) (err error) {
		if err := c.takeLists(ctx, p.campaign, req); err != nil {
			return err
		}
		report, err = c.readIn(ctx, p, in, req)
		return err
	})
	return made, report, err
}

// readIn puts the list into the campaign while Check reads it: each goes through it once, side by side.
func (c *Campaigns) readIn(ctx context.Context, p *plan, in *inserter, req CreateRequest) (*Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from, to := io.Pipe()
	put := make(chan error, 1)
	go func() {
		err := c.putIn(ctx, p, in, from)
		if err != nil {
			from.CloseWithError(err)
		}
		put <- err
	}()
	report, err := Check(ctx, CheckRequest{
		Campaign: p.campaign, Contacts: io.TeeReader(req.Contacts, to), ListFiles: req.ListFiles, Known: c, Book: p.book, Now: c.now(),
		Progress: req.Progress,
	})
	if err != nil {
		to.CloseWithError(err)
	} else {
		to.Close()
	}
	if putErr := <-put; err == nil || putErr != nil && errors.Is(err, putErr) {
		err = putErr
	}
	return report, err
}

// putIn puts the people of a list into the campaign.
func (c *Campaigns) putIn(ctx context.Context, p *plan, in *inserter, from io.Reader) error {
	id, phone := -1, -1
	began := func(s contacts.Summary) error {
		id, phone = columnOf(p.campaign, s.Header, "id"), columnOf(p.campaign, s.Header, "phone")
		return nil
	}
	_, err := contacts.Read(ctx, from, contacts.Options{Campaign: p.campaign, Now: c.now(), Began: began},
		func(r contacts.Row) error { return in.person(ctx, r) },
		func(r contacts.Reject, cells []string) error {
			return in.reject(ctx, r, cellOf(cells, id), numberOf(cellOf(cells, phone)))
		})
	if err == nil {
		_, err = io.Copy(io.Discard, from) // what it did not need, so that the other one is not held up
	}
	return err
}

// Which tells on which do-not-call lists numbers and keys stand at a moment.
func (c *Campaigns) Which(ctx context.Context, who, lists []string, now time.Time) (map[string][]string, error) {
	return c.lists.Which(ctx, who, lists, now)
}

// columnOf finds the column of a field; -1: there is none.
func columnOf(f *flows.Campaign, header []string, field string) int {
	for _, col := range f.Columns {
		if col.Field == field {
			return slices.Index(header, col.Header)
		}
	}
	return slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), field) })
}

func cellOf(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return strings.Clone(strings.TrimSpace(cells[i])) // the cells are valid for a moment only
}

// numberOf is a cell that holds a number as it is; anything else may be what should not be kept.
func numberOf(cell string) string {
	if e164.MatchString(cell) {
		return cell
	}
	return ""
}
