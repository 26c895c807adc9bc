package campaigns

import (
	"context"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// BookOf is the rule book that a campaign's file would be judged by here. An error is rules.ErrNoBook, or says where a
// file of the project is wrong.
func (c *Campaigns) BookOf(file *flows.Campaign) (*rules.Book, error) {
	return rules.Open(file, c.cfg.ProjectDir)
}

// Rules is a campaign's file as the project reads it now, and the rule book that judges it. An error is ErrNotFound, a
// FileError, what is wrong with the rule book, or the database's.
func (c *Campaigns) Rules(ctx context.Context, name string) (*flows.Campaign, *rules.Book, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return nil, nil, err
	}
	p, err := c.plan(&r)
	if err != nil {
		return nil, nil, err
	}
	return p.campaign, p.book, nil
}
