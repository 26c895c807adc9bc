package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/db"
)

func auditCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Who did what: read and check the audit log",
		Long:  "Read the audit log in the database, or check that no line of it was changed, taken out or put in.",
	}
	cmd.PersistentFlags().String("database-url", "", "sqlite:FILE or postgres:// (PAYDIAL_DATABASE_URL; default sqlite:paydial.db)")
	cmd.AddCommand(auditListCommand(s), auditVerifyCommand(s))
	return cmd
}

// openAudit opens the log of the database that is configured. A database that is not there is not made.
func openAudit(cmd *cobra.Command, s streams) (*audit.Log, func(), error) {
	v, err := resolve(cmd, s, serveSettings)
	if err != nil {
		return nil, nil, err
	}
	at := v.get("database-url")
	if file, ok := strings.CutPrefix(at, "sqlite:"); ok {
		if _, err := os.Stat(strings.TrimPrefix(file, "//")); errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fail(exitNotFound, "there is no database %s\nSay where it is with --database-url or PAYDIAL_DATABASE_URL", file)
		}
	}
	d, err := db.Open(cmd.Context(), at)
	if err != nil {
		return nil, nil, startFailure(err, v)
	}
	log, err := audit.New(cmd.Context(), d)
	if err != nil {
		_ = d.Close()
		return nil, nil, startFailure(err, v)
	}
	return log, func() { _ = d.Close() }, nil
}

func auditListCommand(s streams) *cobra.Command {
	var q audit.Query
	var since time.Duration
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "The latest lines, newest first",
		Example: "  paydial audit list --who kim --since 24h\n  paydial audit list --action payment. --limit 500 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, end, err := openAudit(cmd, s)
			if err != nil {
				return err
			}
			defer end()
			if since > 0 {
				q.Since = time.Now().Add(-since)
			}
			page, err := log.List(cmd.Context(), q)
			if err != nil {
				return fail(exitFailed, "%v", err)
			}
			return printLines(s, page.Entries, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Who, "who", "", "only of this person")
	f.StringVar(&q.Call, "call", "", "only of this call")
	f.StringVar(&q.Payment, "payment", "", "only of this payment")
	f.StringVar(&q.Action, "action", "", "only this action, or with a dot at its end all that begin so: payment.")
	f.DurationVar(&since, "since", 0, "only of the last so many hours, for example 24h")
	f.IntVar(&q.Limit, "limit", 50, "how many lines, at most 500")
	f.BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printLines(s streams, lines []audit.Entry, asJSON bool) error {
	if asJSON {
		return printJSON(s, append([]audit.Entry{}, lines...)) // never null
	}
	if len(lines) == 0 {
		fmt.Fprintln(s.out, "no lines")
		return nil
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, e := range lines {
		who := e.Who
		if who == "" {
			who = "-"
		}
		about := strings.Join(strings.Fields(strings.Join([]string{e.Result, e.Field, e.Payment, e.Call, e.Detail}, " ")), " ")
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", e.Seq, e.At.Format("2006-01-02 15:04:05"), who, e.Action, about)
	}
	return w.Flush()
}

func auditVerifyCommand(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that no line was changed, taken out or put in",
		Long: "Read every line and recompute the chain of hashes. It prints how many lines there are and the hash of the\n" +
			"last: keep a copy elsewhere, and you can later tell that the log up to there was not written anew.",
		Example: "  paydial audit verify\n  paydial audit verify --json >> /mnt/elsewhere/audit-heads.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, end, err := openAudit(cmd, s)
			if err != nil {
				return err
			}
			defer end()
			head, err := log.Head(cmd.Context())
			if err == nil {
				err = log.Verify(cmd.Context())
			}
			switch {
			case errors.Is(err, audit.ErrChanged):
				return fail(exitRefused, "%v", err)
			case err != nil:
				return fail(exitFailed, "%v", err)
			case asJSON:
				return printJSON(s, head)
			}
			fmt.Fprintf(s.out, "%s, none was changed; the last has the hash %s\n", plural(int(head.Lines), "line"), head.Hash)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
