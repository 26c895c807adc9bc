package campaigns

import (
	"context"

	"github.com/paydial/paydial/campaigns/rules"
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
		q.Known = c
	}
	if q.Now.IsZero() {
		q.Now = c.now()
	}
	return Check(ctx, q)
}
