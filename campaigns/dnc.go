package campaigns

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/paydial/paydial/db"
)

//go:embed migrations
var migrations embed.FS

// ErrNotANumber says that a number cannot be put on a list because it is not E.164 (a withheld caller id).
var ErrNotANumber = errors.New("campaigns: not a phone number in E.164")

// e164 is the shape of an international number (ITU-T E.164).
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// DoNotCall is the lists of numbers that must not be called.
type DoNotCall struct {
	db  *db.DB
	now func() time.Time
}

// NewDoNotCall brings the tables up to date and returns the lists. now is the clock; nil is time.Now.
func NewDoNotCall(ctx context.Context, d *db.DB, now func() time.Time) (*DoNotCall, error) {
	if err := db.Migrate(ctx, d, "campaigns", migrations); err != nil {
		return nil, err
	}
	if now == nil {
		now = time.Now
	}
	return &DoNotCall{db: d, now: now}, nil
}

// Add puts number on list. A number that is on it already stays with its first date and reason. An error is
// ErrNotANumber, or the database's.
func (d *DoNotCall) Add(ctx context.Context, list, number, reason string) error {
	if !e164.MatchString(number) {
		return fmt.Errorf("add to list %s: %w", list, ErrNotANumber)
	}
	_, err := d.db.Exec(ctx, `INSERT INTO do_not_call (list, number, reason, added) VALUES (?, ?, ?, ?)
		ON CONFLICT (list, number) DO NOTHING`, list, number, reason, db.Millis(d.now()))
	if err != nil {
		return fmt.Errorf("add to list %s: %w", list, err)
	}
	return nil
}

// Has tells whether number is on any of the lists; no lists means any list at all.
func (d *DoNotCall) Has(ctx context.Context, number string, lists ...string) (bool, error) {
	query, args := `SELECT COUNT(*) FROM do_not_call WHERE number = ?`, []any{number}
	for i, l := range lists {
		if i == 0 {
			query += ` AND list IN (?`
		} else {
			query += `, ?`
		}
		args = append(args, l)
	}
	if len(lists) > 0 {
		query += `)`
	}
	var n int
	if err := d.db.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("look for a number on %v: %w", lists, err)
	}
	return n > 0, nil
}
