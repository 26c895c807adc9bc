package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// campaignServer is what the commands have that speak to the app.
type campaignServer struct{ deskCommand }

// campaignServerCommands adds the commands for campaigns that are on the app.
func campaignServerCommands(parent *cobra.Command, s streams) {
	c := func() *campaignServer { return &campaignServer{deskCommand{s: s}} }
	inGroup(parent, "Run", c().startCommand(), c().createCommand(), c().pauseCommand(), c().resumeCommand(), c().slowCommand(), c().stopCommand())
	inGroup(parent, "Look", c().listCommand(), c().statusCommand(), c().peopleCommand(), c().whyCommand(), c().changesCommand(), c().exportCommand())
	inGroup(parent, "One person", c().skipCommand(), c().paidCommand(), c().forgetCommand())
}

// on gives a command the flags of those that speak to the app.
func (c *campaignServer) on(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&c.app, "app", "http://127.0.0.1:8080", "the app")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "as JSON")
	cmd.Flags().SortFlags = false
	return cmd
}

// campaignPath is the path of a campaign in the API, with what follows.
func campaignPath(name string, more ...string) string {
	path := "/api/v1/campaigns/" + url.PathEscape(name)
	for _, m := range more {
		path += "/" + url.PathEscape(m)
	}
	return path
}

// personPath names a person in a path; a plus means itself there.
func personPath(campaign, who string, more ...string) string {
	return campaignPath(campaign, append([]string{"people", who}, more...)...)
}

// post sends a wish, and again with the same key where the answer was lost.
func (c *deskClient) post(ctx context.Context, path string, body, out any) (json.RawMessage, error) {
	return c.change(ctx, apiRequest{method: http.MethodPost, path: path}, body, out)
}

// change is post with another method.
func (c *deskClient) change(ctx context.Context, r apiRequest, body, out any) (json.RawMessage, error) {
	var err error
	if r.body, err = json.Marshal(body); err != nil {
		return nil, err
	}
	r.key = c.key()
	return c.send(ctx, r, out)
}

// campaignHelp is what to do about a problem of the API with campaigns; "" for others.
func campaignHelp(self string, p *deskProblem) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(p.Path, campaignPath("")), "/")
	if !strings.HasPrefix(p.Path, campaignPath("")) || name == "" || p.Code == "no_such_campaign" {
		name = "NAME"
	}
	help := map[string]string{
		"no_such_campaign":  "These are there: " + self + " campaign list\nOne that is still a file begins with: " + self + " campaign start FILE",
		"no_such_person":    "These are there: " + self + " campaign people NAME --search ...",
		"campaign_exists":   "Start it if it is a draft: " + self + " campaign start NAME\nElse give the new one another name in its file: who was rung, and why, stays under the old one.",
		"campaign_state":    "How it stands: " + self + " campaign status NAME",
		"note_needed":       "Why it did: " + self + " campaign status NAME\nThen say with --note what was done about it.",
		"confirm_needed":    "Repeat its name: " + self + " campaign stop NAME --confirm NAME",
		"campaign_findings": "Check it: " + self + " campaign check FILE",
	}[p.Code]
	return strings.ReplaceAll(help, "NAME", name)
}

// listedCampaign is a campaign as the API lists it.
type listedCampaign struct {
	campaigns.Campaign
	Counts campaigns.Counts `json:"counts"`
}

func (c *campaignServer) listCommand() *cobra.Command {
	return c.on(&cobra.Command{
		Use:     "list",
		Short:   "All campaigns, and how far each is",
		Example: "  paydial campaign list\n  paydial campaign list --json | jq -r '.[] | select(.state == \"paused\") | .name'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client(cmd)
			if err != nil {
				return err
			}
			var all []listedCampaign
			raw, err := api.items(cmd.Context(), "/api/v1/campaigns", &all)
			if err != nil {
				return err
			}
			return c.tell(raw, func() { c.printCampaigns(all) })
		},
	})
}

func (c *campaignServer) printCampaigns(all []listedCampaign) {
	if len(all) == 0 {
		fmt.Fprintf(c.s.out, "no campaigns\nBegin with a file: %s campaign check campaigns/NAME.yaml\n", c.s.self)
		return
	}
	w := tabwriter.NewWriter(c.s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "campaign\tstate\tdone\tpeople\tpace\tsince")
	for _, one := range all {
		state := string(one.State)
		if one.Safety {
			state += " !"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d a minute\t%s\n", one.Name, state, percentOf(one.Counts.Done, one.Counts.Total), thousands(int64(one.Counts.Total)),
			one.PerMinute, since(one.Campaign).Local().Format("2006-01-02 15:04"))
	}
	_ = w.Flush()
	for _, one := range all {
		if one.Safety {
			c.note("! %s paused by itself: %s", one.Name, strings.TrimPrefix(one.Why, "by itself: "))
		}
	}
}

// since is from when on a campaign is in its state, as far as that is known.
func since(c campaigns.Campaign) time.Time {
	switch {
	case !c.Ended.IsZero():
		return c.Ended
	case !c.Started.IsZero():
		return c.Started
	}
	return c.Created
}

// percentOf is a part of a whole, for reading.
func percentOf(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %%", part*100/whole)
}
