package server

import (
	"context"
	"io/fs"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/ivr"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/twilio"
)

// Outbound says how this process rings people.
type Outbound struct {
	Workers int   // calls that are created at once; 0: the default
	Rules   fs.FS // the project's folder, for its own rule books; nil: it has none
}

// openCampaigns puts together the campaigns. Nobody is rung before Work.
func (a *App) openCampaigns(client *twilio.Client) (err error) {
	a.Campaigns, err = campaigns.New(context.Background(), campaigns.Config{
		DB: a.db, Redis: a.Sessions.Redis(), Twilio: client, PublicURL: a.cfg.PublicURL, Project: a.Projects.Current,
		ProjectDir: a.cfg.Outbound.Rules, Workers: a.cfg.Outbound.Workers, Audit: a.Audit, Log: a.cfg.Log, Now: a.cfg.Now,
		Heard: func(ctx context.Context, call string) (campaigns.CallEnd, bool, error) {
			return ivr.CampaignEnd(ctx, a.Sessions, client, call)
		},
	})
	a.Ledger.Took = func(ctx context.Context, tx *db.Tx, p payments.Payment) error {
		return a.Campaigns.Took(ctx, tx, p.Call, campaigns.Money{Currency: p.Amount.Currency, Minor: p.Amount.Minor})
	}
	return err
}

// workOnCampaigns dials whoever is due, until ctx ends.
func (a *App) workOnCampaigns(ctx context.Context) {
	for ctx.Err() == nil {
		if err := a.Campaigns.Work(ctx); err != nil && ctx.Err() == nil {
			a.cfg.Log.Error("work on campaigns", "error", err)
			rest(ctx, workAgain)
		}
	}
}
