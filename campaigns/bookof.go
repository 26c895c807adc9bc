package campaigns

import (
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// BookOf is the rule book that a campaign's file would be judged by here. An error is rules.ErrNoBook, or says where a
// file of the project is wrong.
func (c *Campaigns) BookOf(file *flows.Campaign) (*rules.Book, error) {
	return rules.Open(file, c.cfg.ProjectDir)
}
