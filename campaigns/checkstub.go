package campaigns

import (
	"context"
	"io"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// CheckRequest stands in until the real one is merged.
type CheckRequest struct {
	Campaign  *flows.Campaign
	Contacts  io.Reader
	ListFiles func(path string) (io.ReadCloser, error)
	Book      *rules.Book
	Now       time.Time
	Progress  func(rows, bytes int64)
}

// Report stands in until the real one is merged.
type Report struct {
	Rows    int64 `json:"rows"`
	Will    int64 `json:"will"`
	WillNot int64 `json:"will_not"`
}

// Check stands in until the real one is merged.
func Check(ctx context.Context, r CheckRequest) (*Report, error) {
	return &Report{}, nil
}

// Check stands in until the real one is merged.
func (c *Campaigns) Check(ctx context.Context, r CheckRequest) (*Report, error) {
	return Check(ctx, r)
}
