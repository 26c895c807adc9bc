package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// campaignPastCommand takes in calls that other systems made.
func campaignPastCommand(s streams) *cobra.Command {
	d := &dncFlags{s: s}
	var f importFlags
	cmd := &cobra.Command{
		Use:   "past FILE",
		Short: "Take in calls that another system made: they count for limits",
		Long: "Take in calls that another system made, so that the limits of campaigns and the rules of debts count them: a CSV with\n" +
			"the columns phone and at, and where they are known debt_id and talked (yes: there was a conversation). A date without\n" +
			"a time counts as the end of that day. - is standard input. Taking a file in again changes nothing.",
		Example: "  paydial campaign past dialer-2025.csv --source \"old dialer\" --dry-run\n" +
			"  paydial campaign past dialer-2025.csv --source \"old dialer\" --rejected dialer.rejected.csv",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return d.runPast(cmd, args[0], f) },
	}
	flags := cmd.Flags()
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "count only, and change nothing")
	flags.StringVar(&f.source, "source", "", "the system they come from (default: the file's name)")
	flags.StringVar(&f.rejected, "rejected", "", "a file for the rows that cannot be read, with what is wrong with each")
	flags.String("database-url", "", "sqlite:FILE or postgres:// (PAYDIAL_DATABASE_URL; default sqlite:paydial.db)")
	flags.StringVar(&d.country, "country", "US", "how numbers without + and country code are meant")
	flags.StringVar(&d.by, "by", "", "who does it, for the audit log (default: the user of this system)")
	flags.BoolVar(&d.asJSON, "json", false, "as JSON")
	return cmd
}

func (d *dncFlags) runPast(cmd *cobra.Command, name string, f importFlags) error {
	var res campaigns.PastResult
	err := d.takeIn(cmd, name, f, intake{action: "campaign.past", failed: dncFailure, take: func(in *takenFile) (_ int64, err error) {
		res, err = in.st.all.TakePast(cmd.Context(), campaigns.PastRequest{
			From: in.from, Country: strings.ToUpper(d.country), Source: in.source, DryRun: f.dryRun, Rejected: in.rejected,
		}, func(r campaigns.PastResult) { in.progress(r.Bytes) })
		return res.Rejected, err
	}})
	if err != nil {
		return err
	}
	return d.printPast(res, f)
}

func (d *dncFlags) printPast(r campaigns.PastResult, f importFlags) error {
	if d.asJSON {
		return printJSON(d.s, r)
	}
	word := "calls taken in"
	if r.DryRun {
		word = "calls would be taken in"
	}
	fmt.Fprintf(d.s.out, "%10s  %s\n%10s  are there already\n", thousands(r.New), word, thousands(r.Already))
	if r.Rejected > 0 {
		where := "see which with --rejected FILE"
		if f.rejected != "" {
			where = "see " + f.rejected
		}
		fmt.Fprintf(d.s.out, "%10s  rows cannot be read: %s\n", thousands(r.Rejected), where)
	}
	if r.DryRun {
		fmt.Fprintln(d.s.out, "Nothing was changed.")
	}
	return nil
}
