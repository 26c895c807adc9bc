package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/recordings"
)

// sweepReport is what a sweep did, or would do.
type sweepReport struct {
	DryRun  bool             `json:"dry_run"`
	Listed  int64            `json:"listed"`
	Counts  map[string]int64 `json:"counts"`
	Dated   int64            `json:"dated"`
	Actions []struct {
		Do        string `json:"do"`
		Recording string `json:"recording"`
		Text      string `json:"text"`
	} `json:"actions"`
}

func (r *recordingCommand) sweepCommand() *cobra.Command {
	var dryRun, newest bool
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Compare with Twilio's list: what was not told, or is gone",
		Long: "Compare the index with Twilio's list of recordings: add those that nobody told of, correct what has changed,\n" +
			"find what was deleted elsewhere, and warn of what Twilio will delete before there is a copy of ours. A worker\n" +
			"sweeps by itself; this does it now. It goes on where one that was interrupted stopped. Copies are made, and\n" +
			"deletions done, by the worker: a dry run also tells what is due.",
		Example: "  paydial recordings sweep --dry-run\n  paydial recordings sweep --newest\n" +
			"  paydial recordings sweep --dry-run --json | jq .counts",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			raw, err := r.job(cmd, "/api/v1/recordings/sweep", map[string]bool{"dry_run": dryRun, "newest": newest}, map[string]string{
				"list": "compared with Twilio's list", "warn": "near the end of Twilio's year", "date": "dates worked out anew", "due": "due",
			})
			if err != nil {
				return err
			}
			var report sweepReport
			if err := json.Unmarshal(raw, &report); err != nil {
				return fail(exitFailed, "decode the app's answer: %v", err)
			}
			return r.tell(raw, func() { r.printSweep(report) })
		},
	}
	cmd.Flags().BoolVarP(&dryRun, "dry-run", "n", false, "tell what would be done, and do nothing")
	cmd.Flags().BoolVar(&newest, "newest", false, "only what was made since the last sweep")
	return cmd
}

// sweepWords say what a sweep does, in the order in which it is told.
func sweepWords() [][3]string {
	return [][3]string{
		{recordings.SweepAdd, "added to the index", "to be added to the index"},
		{recordings.SweepCorrect, "corrected", "to be corrected"},
		{recordings.SweepReturned, "taken for gone, and there after all", "taken for gone, and there after all"},
		{recordings.SweepGone, "gone at Twilio", "gone at Twilio"},
		{recordings.SweepWarn, "near the end of Twilio's year without a copy of ours", "near the end of Twilio's year without a copy of ours"},
		{recordings.SweepDue, "due", "due"},
	}
}

func (r *recordingCommand) printSweep(x sweepReport) {
	if len(x.Actions) > 0 {
		w := tabwriter.NewWriter(r.s.out, 0, 0, 2, ' ', 0)
		for _, a := range x.Actions {
			fmt.Fprintf(w, "%s\t%s\t%s\n", a.Do, a.Recording, a.Text)
		}
		_ = w.Flush()
		fmt.Fprintln(r.s.out)
	}
	total := int64(0)
	fmt.Fprintf(r.s.out, "%s of Twilio's compared with the index\n", plural(int(x.Listed), "recording"))
	for _, w := range sweepWords() {
		n, text := x.Counts[w[0]], w[1]
		if x.DryRun {
			text = w[2]
		}
		if total += n; n > 0 {
			fmt.Fprintf(r.s.out, "%d %s\n", n, text)
		}
	}
	if x.Dated > 0 {
		fmt.Fprintf(r.s.out, "%d with other dates: the rules have changed\n", x.Dated)
	}
	switch {
	case x.DryRun:
		fmt.Fprintln(r.s.out, "nothing was changed: this was a dry run")
	case total == 0:
		fmt.Fprintln(r.s.out, "all is as it was known")
	}
	if more := total - int64(len(x.Actions)); more > 0 {
		fmt.Fprintf(r.s.out, "%d more are not listed\n", more)
	}
}
