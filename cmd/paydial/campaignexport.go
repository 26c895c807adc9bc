package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
)

// exportKinds is what can be exported of a campaign.
func exportKinds() []string { return []string{"outcomes", "attempts", "people", "audit"} }

func (c *campaignServer) exportCommand() *cobra.Command {
	what, to := "outcomes", "-"
	var asCSV bool
	cmd := &cobra.Command{
		Use:   "export NAME",
		Short: "What became of it, as CSV or JSON, to a file or the screen",
		Long: "Write out what became of a campaign: outcomes (how people came out), attempts (every try, with what allowed it),\n" +
			"people (the list as it stands), or audit (who did what). CSV is safe to open in a spreadsheet. That it was\n" +
			"exported is a line of the audit log.",
		Example: "  paydial campaign export spring-renewals -o outcomes.csv\n  paydial campaign export spring-renewals --what attempts --json -o attempts.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !slices.Contains(exportKinds(), what):
				return fail(exitUsage, "--what %q: there are %s", what, strings.Join(exportKinds(), ", "))
			case asCSV && c.asJSON:
				return fail(exitUsage, "--csv or --json: one of them")
			}
			return c.export(cmd, args[0], what, to)
		},
	}
	cmd.Flags().StringVar(&what, "what", what, "outcomes, attempts, people or audit")
	cmd.Flags().StringVarP(&to, "output", "o", to, "file; - is standard output")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "as CSV, which it is by default")
	return c.on(cmd)
}

func (c *campaignServer) export(cmd *cobra.Command, name, what, to string) error {
	api, err := c.client(cmd)
	if err != nil {
		return err
	}
	q := url.Values{"what": {what}, "format": {"csv"}}
	if c.asJSON {
		q.Set("format", "json")
	}
	body, err := api.open(cmd.Context(), apiRequest{method: http.MethodGet, path: campaignPath(name, "export") + "?" + q.Encode()})
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if to == "-" {
		if err := pump(cmd.Context(), c.s.out, body, func(int64) {}); err != nil {
			return fail(exitUnreachable, "the export broke off before its end: %v", err)
		}
		return nil
	}
	p, size := newMeter(c.s), int64(0)
	err = replaced(to, func(file *os.File) error {
		return pump(cmd.Context(), file, body, func(n int64) {
			size += n
			p.at("export", size, 0, true)
		})
	})
	p.end()
	if err != nil {
		return fail(exitUnreachable, "the export broke off before its end, and %s was not written: %v", to, err)
	}
	fmt.Fprintf(c.s.err, "%s  %s of %s\n", to, bytesWords(size), what)
	return nil
}

func (c *campaignServer) changesCommand() *cobra.Command {
	return c.on(&cobra.Command{
		Use:     "changes NAME",
		Short:   "What was done to it, by whom and why",
		Example: "  paydial campaign changes spring-renewals\n  paydial campaign changes spring-renewals --json | jq -r '.[] | select(.by == \"\") | .note'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client(cmd)
			if err != nil {
				return err
			}
			var all []campaigns.Change
			raw, err := api.items(cmd.Context(), campaignPath(args[0], "changes"), &all)
			if err != nil {
				return err
			}
			return c.tell(raw, func() { c.printChanges(all) })
		},
	})
}

func (c *campaignServer) printChanges(all []campaigns.Change) {
	if len(all) == 0 {
		fmt.Fprintln(c.s.out, "nothing was done to it")
		return
	}
	w := tabwriter.NewWriter(c.s.out, 0, 0, 2, ' ', 0)
	for _, ch := range all {
		by, note := ch.By, ch.Note
		if by == "" {
			by = "by itself"
		}
		if ch.Row > 0 {
			note = strings.TrimSuffix(fmt.Sprintf("row %d: %s", ch.Row, note), ": ")
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%s\t%s\t%s\t%s", ch.At.Local().Format(clock), strings.ReplaceAll(ch.What, "_", " "), by, note), "\t"))
	}
	_ = w.Flush()
}
