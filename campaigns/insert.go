package campaigns

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// insertAtOnce is how many people one transaction puts in; each of its statements puts in insertTogether.
const (
	insertAtOnce   = 1000
	insertTogether = 50
)

// inserter puts the people of a list into a new campaign, some at a time.
type inserter struct {
	c      *Campaigns
	num    int64
	now    time.Time
	batch  []personRow
	people int
}

// person takes a row of the list.
func (i *inserter) person(ctx context.Context, r contacts.Row) error {
	p := personRow{Person: Person{
		Row: int64(r.Line), ID: r.ID, Phone: r.Phone, Zones: r.Zones, ZoneFrom: r.ZoneFrom, Language: r.Language, Consent: r.Consent,
		ConsentSource: r.ConsentSource, DebtID: r.DebtID, Priority: r.Priority, NotBefore: r.NotBefore, NotAfter: r.NotAfter, Values: r.Values,
	}}
	p.open(i.now, "", "")
	return i.add(ctx, p)
}

// reject takes a row that nobody can ring: it is in the campaign, with the reason, so that somebody can ask for it.
func (i *inserter) reject(ctx context.Context, r contacts.Reject, id, phone string) error {
	text := fmt.Sprintf("%s: found %s, expected %s", r.Column, r.Found, r.Expected)
	if r.Column == "" {
		text = fmt.Sprintf("found %s, expected %s", r.Found, r.Expected)
	}
	p := personRow{Person: Person{Row: int64(r.Line), ID: id, Phone: phone}}
	p.done("", rules.Reason(r.Reason), text)
	return i.add(ctx, p)
}

func (i *inserter) add(ctx context.Context, p personRow) error {
	if i.batch = append(i.batch, p); len(i.batch) < insertAtOnce {
		return nil
	}
	return i.flush(ctx)
}

// flush puts in what was taken. It fails where the campaign is not being read in any more.
func (i *inserter) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	err := i.c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		var state string
		if err := tx.QueryRow(ctx, "SELECT state FROM campaigns WHERE num = ?"+tx.ForUpdate(), i.num).Scan(&state); err != nil || State(state) != stateImporting {
			return fmt.Errorf("the campaign is not being read in any more (%s): %w", state, ErrState)
		}
		for from := 0; from < len(i.batch); from += insertTogether {
			if err := insertPeople(ctx, tx, i.num, i.batch[from:min(len(i.batch), from+insertTogether)]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("put people into a campaign: %w", err)
	}
	i.people += len(i.batch)
	i.batch = i.batch[:0]
	return nil
}

func insertPeople(ctx context.Context, tx *db.Tx, num int64, people []personRow) error {
	one := ", (" + db.Marks(strings.Count(personColumns, ",")+2) + ")"
	query := "INSERT INTO campaign_people (campaign, " + personColumns + ") VALUES " + strings.Repeat(one, len(people))[2:]
	args := make([]any, 0, len(people)*(strings.Count(personColumns, ",")+2))
	for k := range people {
		p := &people[k]
		due := db.Millis(p.Next)
		if p.State == PersonDone {
			due = 0
		}
		args = append(args, num, p.Row, db.Clean(p.ID, 200), p.Phone, strings.Join(p.Zones, ","), p.ZoneFrom, p.Language, db.Millis(p.Consent),
			db.Clean(p.ConsentSource, 200), db.Clean(p.DebtID, 200), p.Priority, db.Millis(p.NotBefore), db.Millis(p.NotAfter),
			encodeValues(p.Values), p.State, p.Outcome, string(p.Reason), db.Clean(p.Text, 500), due, db.Millis(p.retry), p.Attempts,
			bit(p.skipped), bit(p.paid))
	}
	_, err := tx.Exec(ctx, query, args...)
	return err
}
