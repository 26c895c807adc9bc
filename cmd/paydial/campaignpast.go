package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/db"
)

// pastCommand takes in calls that other systems made, into the server's database.
type pastCommand struct {
	s       streams
	f       importFlags
	country string
	by      string
	asJSON  bool
}

// campaignPastCommand takes in calls that other systems made.
func campaignPastCommand(s streams) *cobra.Command {
	d := &pastCommand{s: s}
	cmd := &cobra.Command{
		Use:   "past FILE",
		Short: "Take in calls that another system made: they count for limits",
		Long: "Take in calls that another system made, so that the limits of campaigns and the rules of debts count them: a CSV with\n" +
			"the columns phone and at, and where they are known debt_id and talked (yes: there was a conversation). A date without\n" +
			"a time counts as the end of that day. - is standard input. Taking a file in again changes nothing.",
		Example: "  paydial campaign past dialer-2025.csv --source \"old dialer\" --dry-run\n" +
			"  paydial campaign past dialer-2025.csv --source \"old dialer\" --rejected dialer.rejected.csv",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd, args[0]) },
	}
	flags := cmd.Flags()
	flags.BoolVarP(&d.f.dryRun, "dry-run", "n", false, "count only, and change nothing")
	flags.StringVar(&d.f.source, "source", "", "the system they come from (default: the file's name)")
	flags.StringVar(&d.f.rejected, "rejected", "", "a file for the rows that cannot be read, with what is wrong with each")
	flags.String("database-url", "", "sqlite:FILE or postgres:// (PAYDIAL_DATABASE_URL; default sqlite:paydial.db)")
	flags.StringVar(&d.country, "country", "US", "how numbers without + and country code are meant")
	flags.StringVar(&d.by, "by", "", "who does it, for the audit log (default: the user of this system)")
	flags.BoolVar(&d.asJSON, "json", false, "as JSON")
	return cmd
}

func (d *pastCommand) run(cmd *cobra.Command, name string) error {
	from, size, err := listSource(d.s, name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	base, err := d.open(cmd)
	if err != nil {
		return err
	}
	defer func() { _ = base.Close() }()
	rejected, err := d.f.rejectedFile()
	if err != nil {
		return err
	}
	defer rejected.discard()
	q := campaigns.PastRequest{From: from, Country: strings.ToUpper(d.country), Source: cmp.Or(d.f.source, filepath.Base(name)), DryRun: d.f.dryRun}
	if rejected != nil {
		q.Rejected = rejected
	}
	all, err := campaigns.New(cmd.Context(), campaigns.Config{DB: base})
	if err == nil && !q.DryRun {
		err = d.note(cmd.Context(), base, fmt.Sprintf("%s, source %s", name, q.Source))
	}
	if err != nil {
		return pastFailure(err)
	}
	p := newMeter(d.s)
	res, err := all.TakePast(cmd.Context(), q, func(r campaigns.PastResult) { p.at("reading "+name, r.Bytes, size, true) })
	p.end()
	if err == nil && res.Rejected > 0 {
		err = rejected.keep()
	}
	if err != nil {
		return pastFailure(err)
	}
	return d.print(res)
}

// open opens the database that is configured. One that is not there is not made.
func (d *pastCommand) open(cmd *cobra.Command) (*db.DB, error) {
	v, err := resolve(cmd, d.s, serveSettings)
	if err != nil {
		return nil, err
	}
	if err := databaseThere(v.get("database-url")); err != nil {
		return nil, err
	}
	base, err := db.Open(cmd.Context(), v.get("database-url"))
	if err != nil {
		return nil, startFailure(err, v)
	}
	return base, nil
}

// databaseThere fails where a database would have to be made first.
func databaseThere(url string) error {
	file, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return nil
	}
	if _, err := os.Stat(strings.TrimPrefix(file, "//")); errors.Is(err, fs.ErrNotExist) {
		return fail(exitNotFound, "there is no database %s\nSay where it is with --database-url or PAYDIAL_DATABASE_URL", file)
	}
	return nil
}

// note writes into the audit log what is about to be done.
func (d *pastCommand) note(ctx context.Context, base *db.DB, detail string) error {
	who := d.by
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if v, ok := d.s.env(name); ok && who == "" {
			who = v
		}
	}
	if who == "" {
		return fail(exitUsage, "nobody knows who you are: say it with --by NAME, it is kept in the audit log")
	}
	log, err := audit.New(ctx, base)
	if err != nil {
		return err
	}
	return log.Write(ctx, audit.Entry{Who: who, Via: audit.ViaCLI, Action: "campaign.past", Result: "ok", Detail: detail})
}

// pastFailure is what went wrong, with its exit code.
func pastFailure(err error) error {
	var told *exitError
	var fault *contacts.Fault
	code := exitFailed
	switch {
	case errors.As(err, &told), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &fault):
		code = exitFindings
	}
	return fail(code, "%s", strings.ReplaceAll(err.Error(), "campaigns: ", ""))
}

func (d *pastCommand) print(r campaigns.PastResult) error {
	if d.asJSON {
		return printJSON(d.s, r)
	}
	word := "calls taken in"
	if r.DryRun {
		word = "calls would be taken in"
	}
	fmt.Fprintf(d.s.out, "%10s  %s\n%10s  are there already\n", thousands(r.New), word, thousands(r.Already))
	if r.Rejected > 0 {
		fmt.Fprintf(d.s.out, "%10s  rows cannot be read: %s\n", thousands(r.Rejected), d.f.rejectedWords())
	}
	if r.DryRun {
		fmt.Fprintln(d.s.out, "Nothing was changed.")
	}
	return nil
}
