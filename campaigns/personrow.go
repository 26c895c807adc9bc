package campaigns

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

const personColumns = `line_no, id, phone, zones, zone_from, language, consent_at, consent_source, debt_id, priority, not_before, not_after,
	vals, state, outcome, reason, words, due_at, retry_at, attempts, skipped, paid`

// personRow is a person as they are kept.
type personRow struct {
	Person
	retry time.Time // not before then, by a retry rule
}

func scanPerson(from db.Scanner) (p personRow, err error) {
	var zones, vals string
	var consent, notBefore, notAfter, due, retry int64
	var skipped, paid int
	err = from.Scan(&p.Row, &p.ID, &p.Phone, &zones, &p.ZoneFrom, &p.Language, &consent, &p.ConsentSource, &p.DebtID, &p.Priority,
		&notBefore, &notAfter, &vals, &p.State, &p.Outcome, &p.Reason, &p.Text, &due, &retry, &p.Attempts, &skipped, &paid)
	if err != nil {
		return p, err
	}
	if zones != "" {
		p.Zones = strings.Split(zones, ",")
	}
	p.Consent, p.NotBefore, p.NotAfter = db.Time(consent), db.Time(notBefore), db.Time(notAfter)
	p.Next, p.retry, p.skipped, p.paid = db.Time(due), db.Time(retry), skipped == 1, paid == 1
	if err := json.Unmarshal([]byte(vals), &p.Values); err != nil {
		return p, fmt.Errorf("read row %d: %w", p.Row, err)
	}
	p.Shown = map[string]string{}
	for name, v := range p.Values {
		p.Shown[name] = v.String()
	}
	return p, nil
}

// personOf reads one person. An error is ErrNotFound, or the database's.
func personOf(ctx context.Context, from queryer, num, row int64, lock string) (personRow, error) {
	p, err := scanPerson(from.QueryRow(ctx, "SELECT "+personColumns+" FROM campaign_people WHERE campaign = ? AND line_no = ?"+lock, num, row))
	if errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("row %d: %w", row, ErrNotFound)
	}
	if err != nil {
		return p, fmt.Errorf("read row %d: %w", row, err)
	}
	return p, nil
}

// keepPerson writes where a person stands.
func keepPerson(ctx context.Context, tx *db.Tx, num int64, p *personRow) error {
	due := int64(0)
	if p.State == PersonPending || p.State == PersonWaiting {
		due = max(1, db.Millis(p.Next))
	}
	_, err := tx.Exec(ctx, `UPDATE campaign_people SET state = ?, outcome = ?, reason = ?, words = ?, due_at = ?, retry_at = ?, attempts = ?,
		skipped = ?, paid = ? WHERE campaign = ? AND line_no = ?`,
		p.State, p.Outcome, string(p.Reason), p.Text, due, db.Millis(p.retry), p.Attempts, bit(p.skipped), bit(p.paid), num, p.Row)
	if err != nil {
		return fmt.Errorf("keep row %d: %w", p.Row, err)
	}
	return nil
}

// done brings a person to their end: with an outcome, or with a reason why not.
func (p *personRow) done(outcome string, reason rules.Reason, text string) {
	p.State, p.Outcome, p.Reason, p.Text = PersonDone, outcome, reason, text
	p.Next, p.retry = time.Time{}, time.Time{}
}

// open has somebody look at a person again at a time.
func (p *personRow) open(at time.Time, reason rules.Reason, text string) {
	p.State = PersonPending
	if p.Attempts > 0 {
		p.State = PersonWaiting
	}
	p.Outcome, p.Reason, p.Text, p.Next = "", reason, text, at
}
