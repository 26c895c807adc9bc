package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// checkFlags are the flags of campaign check.
type checkFlags struct {
	rejected       string
	noRejected     bool
	strict, asJSON bool
	at             string
	prices         campaigns.Prices
}

func campaignCheckCommand(s streams) *cobra.Command {
	f := checkFlags{prices: campaigns.DefaultPrices()}
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Who would be rung, who not, and why: no call, no change",
		Long: "Read a campaign's whole list and judge every row as the dialer would, without a call and without a change: who will\n" +
			"be rung, who will not and why, in which time zones, how long the first week takes and what it may cost. Rows that\n" +
			"cannot be used are written beside the list, with what is wrong with each and how to mend it. The server's\n" +
			"do-not-call lists are looked at when there is a database, and it is told when there is none.\n\n" +
			"The exit code is 3 when the campaign or the list has faults, with --strict also when any row has.",
		Example: "  paydial campaign check campaigns/spring-renewals.yaml\n" +
			"  paydial campaign check spring-renewals --strict --no-rejected\n" +
			"  paydial campaign check spring-renewals --json | jq '.reasons[] | {reason, people}'",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return checkCampaign(cmd, s, args[0], f) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.strict, "strict", false, "fail when any row is rejected")
	flags.StringVar(&f.rejected, "rejected", "", "the file for rejected rows (default: NAME.rejected.csv beside the list)")
	flags.BoolVar(&f.noRejected, "no-rejected", false, "write no file of rejected rows")
	flags.StringVar(&f.at, "at", "", "as if it were then, for example 2027-04-05T09:00:00Z")
	flags.Float64Var(&f.prices.VoicePerMinute, "voice-price", f.prices.VoicePerMinute, "what a minute of a call costs, in usd")
	flags.Float64Var(&f.prices.Detection, "detection-price", f.prices.Detection, "what listening for a machine costs, a call")
	flags.Float64Var(&f.prices.Capture, "capture-price", f.prices.Capture, "what a payment by keypad costs")
	flags.String("database-url", "", "sqlite:FILE or postgres:// (PAYDIAL_DATABASE_URL; default sqlite:paydial.db)")
	flags.BoolVar(&f.asJSON, "json", false, "as JSON")
	flags.SortFlags = false
	return cmd
}

func checkCampaign(cmd *cobra.Command, s streams, name string, f checkFlags) error {
	c, err := readCampaign(cmd, s, name)
	if err != nil {
		return err
	}
	q := campaigns.CheckRequest{Campaign: c.Campaign, ListFiles: c.open, Now: time.Now(), Prices: f.prices, Findings: c.findings}
	if f.at != "" {
		if q.Now, err = time.Parse(time.RFC3339, f.at); err != nil {
			return fail(exitUsage, "--at %q: write a moment as 2027-04-05T09:00:00Z", f.at)
		}
	}
	if q.Book, err = rules.Open(c.Campaign, os.DirFS(c.dir)); err != nil {
		return fail(exitFindings, "%v", err)
	}
	list := filepath.Join(c.dir, filepath.FromSlash(c.Contacts))
	from, size, err := openList(list)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	q.Contacts = from
	known, end, err := knownPeople(cmd, s)
	if err != nil {
		return err
	}
	defer end()
	if known != nil { // an interface with nil in it would be asked
		q.Known = known
	}
	out, err := f.rejectedFile(list, c.Name)
	if err != nil {
		return err
	}
	if out != nil {
		defer out.discard()
		q.Rejected = out
	}
	p := newMeter(s)
	q.Progress = func(_, bytes int64) { p.at("reading "+fromHere(list), bytes, size, true) }
	report, err := campaigns.Check(cmd.Context(), q)
	p.end()
	if err != nil {
		return checkFailure(err, fromHere(list))
	}
	written := ""
	if out != nil && report.Rejected > 0 {
		if err := out.keep(); err != nil {
			return err
		}
		written = fromHere(out.name)
	}
	if err := tellCheck(s, checkPage{report, c, written, name, f}); err != nil {
		return err
	}
	if f.strict && report.Rejected > 0 {
		return &exitError{code: exitFindings, err: errors.New("rejected rows"), silent: true}
	}
	return nil
}

// rejectedFile begins the file of rejected rows; nil when none is wanted.
func (f checkFlags) rejectedFile(list, campaign string) (*ownFile, error) {
	if f.noRejected {
		return nil, nil
	}
	name := f.rejected
	if name == "" {
		name = filepath.Join(filepath.Dir(list), campaign+".rejected.csv")
	}
	if sameFile(name, list) {
		return nil, fail(exitUsage, "the rejected rows would be written over the list: name another file with --rejected")
	}
	return newOwnFile(name)
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// checkFailure is what went wrong with a check, with its exit code.
func checkFailure(err error, list string) error {
	var fault *contacts.Fault
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &fault) && err.Error() == fault.Error():
		return fail(exitFindings, "%s: %v", list, err)
	case errors.As(err, &fault):
		return fail(exitFindings, "%v", err)
	}
	return fail(exitFailed, "%v", err)
}

// knownPeople opens the database, where one is configured or there, for looking only; nil where there is none.
func knownPeople(cmd *cobra.Command, s streams) (*campaigns.Looking, func(), error) {
	v, err := resolve(cmd, s, serveSettings)
	if err != nil {
		return nil, nil, err
	}
	at := v.get("database-url")
	if v["database-url"].origin == "default" {
		if _, err := os.Stat(strings.TrimPrefix(at, "sqlite:")); errors.Is(err, fs.ErrNotExist) {
			return nil, func() {}, nil
		}
	}
	if err := databaseThere(at); err != nil {
		return nil, nil, err
	}
	d, err := db.Open(cmd.Context(), at)
	if err != nil {
		return nil, nil, startFailure(err, v)
	}
	known := campaigns.Look(d, nil)
	if err := known.Ready(cmd.Context()); err != nil {
		_ = d.Close()
		return nil, nil, fail(exitFailed, "the database %s is not of this version: start %s serve once, or leave it out with --database-url \"\"\n%v", redacted(at), s.self, err)
	}
	return known, func() { _ = d.Close() }, nil
}

// roundMoney is an amount for reading.
func roundMoney(amount float64, currency string) string {
	if amount < 10 {
		return fmt.Sprintf("%.2f %s", amount, currency)
	}
	return thousands(int64(amount+0.5)) + " " + currency
}
