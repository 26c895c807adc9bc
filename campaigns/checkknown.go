package campaigns

import (
	"context"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// Check tries a campaign out by what this server knows: its do-not-call lists, the attempts of all campaigns, and its rule
// books. Known, Book and Now are filled in where the request leaves them out.
func (c *Campaigns) Check(ctx context.Context, q CheckRequest) (report *Report, err error) {
	if q.Book == nil {
		if q.Book, err = rules.Open(q.Campaign, c.cfg.ProjectDir); err != nil {
			return nil, err
		}
	}
	if q.Known == nil {
		q.Known = knowing{c}
	}
	if q.Now.IsZero() {
		q.Now = c.now()
	}
	return Check(ctx, q)
}

// knowing is what a server knows of people.
type knowing struct{ c *Campaigns }

// Which tells on which lists numbers and keys stand.
func (k knowing) Which(ctx context.Context, who, lists []string, now time.Time) (map[string][]string, error) {
	return k.c.lists.Which(ctx, who, lists, now)
}

// Past are the attempts to numbers since a moment, of all campaigns and of other systems.
func (k knowing) Past(ctx context.Context, numbers []string, since time.Time) (map[string][]rules.Past, error) {
	out := map[string][]rules.Past{}
	for len(numbers) > 0 {
		part := numbers[:min(len(numbers), mostAsked)]
		numbers = numbers[len(part):]
		of := make([]any, len(part))
		for i, n := range part {
			of[i] = n
		}
		if err := learnPast(ctx, k.c.cfg.DB, out, "phone", of, db.Millis(since)); err != nil {
			return nil, err
		}
	}
	return out, nil
}
