package campaigns

import (
	"context"
	"fmt"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// Looking is what a database knows of people, for a check beside the server: it writes nothing.
type Looking struct {
	*DoNotCall
	db *db.DB
}

// Look returns what d knows. now is the clock; nil is time.Now.
func Look(d *db.DB, now func() time.Time) *Looking { return &Looking{ReadDoNotCall(d, now), d} }

// Ready tells whether the tables are there, as this version has them.
func (l *Looking) Ready(ctx context.Context) error {
	if _, err := l.Lists(ctx); err != nil {
		return err
	}
	var n int
	if err := l.db.QueryRow(ctx, "SELECT COUNT(*) FROM campaigns").Scan(&n); err != nil {
		return fmt.Errorf("count campaigns: %w", err)
	}
	return nil
}

// Past are the attempts that were made to some numbers, by all campaigns and by other systems.
func (l *Looking) Past(ctx context.Context, numbers []string, since time.Time) (map[string][]rules.Past, error) {
	return pastOf(ctx, l.db, numbers, since)
}
