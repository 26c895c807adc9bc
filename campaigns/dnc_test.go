package campaigns_test

import (
	"errors"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
)

func TestDoNotCall(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(*testing.T) string { return "sqlite::memory:" },
		"postgres": func(t *testing.T) string { return pgtest.Start(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			d, err := db.Open(ctx, url(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			lists, err := campaigns.NewDoNotCall(ctx, d, func() time.Time { return time.Unix(1_770_000_000, 0) })
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time changes nothing
				if err := lists.Add(ctx, "company", "+15550123456", "asked by key"); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range []struct {
				number string
				lists  []string
				want   bool
			}{
				{"+15550123456", []string{"company"}, true},
				{"+15550123456", nil, true},
				{"+15550123456", []string{"state", "company"}, true},
				{"+15550123456", []string{"state"}, false},
				{"+15550123457", nil, false},
			} {
				if got, err := lists.Has(ctx, c.number, c.lists...); err != nil || got != c.want {
					t.Errorf("Has(%s, %v) = %v, %v, want %v", c.number, c.lists, got, err, c.want)
				}
			}
			if err := lists.Add(ctx, "company", "anonymous", "asked"); !errors.Is(err, campaigns.ErrNotANumber) {
				t.Errorf("a withheld number: %v, want ErrNotANumber", err)
			}
		})
	}
}
