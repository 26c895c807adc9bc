package server

import (
	"context"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
)

// windows says when payments were taken on a call, from the ledger.
func (a *App) windows(ctx context.Context, call string) ([]recordings.Window, error) {
	page, err := a.Ledger.List(ctx, payments.Query{Filter: payments.Filter{Call: call}, Limit: 500})
	if err != nil {
		return nil, err
	}
	out := make([]recordings.Window, 0, len(page.Payments))
	for _, p := range page.Payments {
		w := recordings.Window{ID: p.ID, From: p.Started, To: p.Closed}
		if w.To.IsZero() && p.State != payments.Started { // nobody knows its result, but it is over
			w.To = p.Updated
		}
		out = append(out, w)
	}
	return out, nil
}
