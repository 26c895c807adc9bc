package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/recordings/transcripts"
)

func transcriptsCommand(s streams) *cobra.Command {
	d := &deskCommand{s: s}
	cmd := &cobra.Command{
		Use:   "transcripts",
		Short: "What was said on calls, private numbers masked",
		Long: "Read, export and delete what was said on calls that were transcribed. Card numbers and other private numbers were\n" +
			"masked before anything was stored. An app that is not dev's wants its token in PAYDIAL_API_TOKEN.",
		Example: "  paydial transcripts list --cards             # somebody spoke a card number in these\n" +
			"  paydial transcripts show CA0123...",
	}
	cmd.PersistentFlags().StringVar(&d.app, "app", "http://127.0.0.1:8080", "the app")
	cmd.PersistentFlags().BoolVar(&d.asJSON, "json", false, "as JSON")
	cmd.AddCommand(d.listTranscripts(), d.showTranscript(), d.exportTranscripts(), d.deleteTranscript())
	return cmd
}

// transcriptFilter is which transcripts a command is about.
type transcriptFilter struct {
	flow, call, since      string
	cards, masked, trouble bool
	limit                  int
}

func (f *transcriptFilter) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.flow, "flow", "", "only of calls in this flow")
	flags.StringVar(&f.call, "call", "", "only of this call")
	flags.BoolVar(&f.cards, "cards", false, "only those in which a card number was masked")
	flags.BoolVar(&f.masked, "masked", false, "only those in which any number was masked")
	flags.BoolVar(&f.trouble, "trouble", false, "only those with which something went wrong")
	flags.StringVar(&f.since, "since", "", "only of the last so many hours, for example 2h, or since a time")
	flags.SortFlags = false
}

// query is the filter for the API.
func (f *transcriptFilter) query() url.Values {
	q := url.Values{"limit": {strconv.Itoa(f.limit)}}
	for name, text := range map[string]string{"flow": f.flow, "call": f.call, "since": f.since} {
		if text != "" {
			q.Set(name, text)
		}
	}
	for name, on := range map[string]bool{"cards": f.cards, "masked": f.masked, "trouble": f.trouble} {
		if on {
			q.Set(name, "true")
		}
	}
	return q
}

// transcriptPage is a page of GET /api/v1/transcripts.
type transcriptPage struct {
	Items json.RawMessage `json:"items"`
	Next  string          `json:"next"`
	rows  []transcripts.SummaryView
}

// pageOf reads one page.
func (d *deskCommand) pageOf(ctx context.Context, c *deskClient, q url.Values) (transcriptPage, error) {
	var page transcriptPage
	if _, err := c.get(ctx, "/api/v1/transcripts?"+q.Encode(), &page); err != nil {
		return page, err
	}
	if err := json.Unmarshal(page.Items, &page.rows); err != nil {
		return page, fail(exitFailed, "decode the app's answer: %v", err)
	}
	return page, nil
}

func (d *deskCommand) listTranscripts() *cobra.Command {
	f := transcriptFilter{limit: 50}
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Transcripts without their words, newest first",
		Example: "  paydial transcripts list --since 24h\n  paydial transcripts list --trouble --json | jq -r '.[].trouble'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			page, err := d.pageOf(cmd.Context(), c, f.query())
			if err != nil {
				return err
			}
			return d.tell(page.Items, func() {
				d.printTranscripts(page.rows)
				if page.Next != "" {
					d.note("there are more: --limit, at most 200")
				}
			})
		},
	}
	f.flags(cmd)
	cmd.Flags().IntVar(&f.limit, "limit", f.limit, "how many, at most 200")
	return cmd
}

func (d *deskCommand) printTranscripts(rows []transcripts.SummaryView) {
	if len(rows) == 0 {
		fmt.Fprintln(d.s.out, "no transcripts")
		return
	}
	w := tabwriter.NewWriter(d.s.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		about := fmt.Sprintf("%d masked", r.Masked)
		if r.Trouble != "" {
			about += " !"
		}
		until := "kept"
		if !r.Until.IsZero() {
			until = "until " + r.Until.Local().Format("2006-01-02")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d lines\t%s\t%s\n", r.Began.Local().Format(clock), r.Call, cmp.Or(r.Flow, "-"), r.LineCount, about, until)
	}
	_ = w.Flush()
}

// transcriptAs reads one transcript in a format.
func transcriptAs(ctx context.Context, c *deskClient, call, format string) ([]byte, error) {
	path := "/api/v1/transcripts/" + url.PathEscape(call) + "?" + url.Values{"format": {format}}.Encode()
	raw, err := c.once(ctx, apiRequest{method: http.MethodGet, path: path})
	if err != nil {
		return nil, c.failure(err)
	}
	return raw, nil
}

func (d *deskCommand) showTranscript() *cobra.Command {
	return &cobra.Command{
		Use:     "show CALL",
		Short:   "What was said on a call",
		Example: "  paydial transcripts show CA0123...\n  paydial transcripts show CA0123... --json | jq -r '.lines[].text'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			var t transcripts.SummaryView
			raw, err := c.get(cmd.Context(), "/api/v1/transcripts/"+url.PathEscape(args[0]), &t)
			if err != nil {
				return err
			}
			if d.asJSON {
				return printJSON(d.s, raw)
			}
			text, err := transcriptAs(cmd.Context(), c, args[0], string(transcripts.Text))
			if err != nil {
				return err
			}
			if _, err := d.s.out.Write(text); err != nil {
				return err
			}
			if t.Rule != "" {
				d.note("it is deleted on %s: %s", t.Until.Local().Format(clock), t.Rule)
			}
			return nil
		},
	}
}

func (d *deskCommand) exportTranscripts() *cobra.Command {
	f := transcriptFilter{limit: 200}
	format, to := "", ""
	cmd := &cobra.Command{
		Use:   "export [CALL]",
		Short: "Write one transcript, or a folder of them",
		Long: "Write the transcript of CALL to the terminal or to a file; without CALL, those that the flags choose into a folder,\n" +
			"one file for each call. A file that is there is not written over.",
		Example: "  paydial transcripts export CA0123... --format vtt --to call.vtt\n  paydial transcripts export --since 24h --to transcripts",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			if d.asJSON {
				format = string(transcripts.JSON)
			}
			if len(args) == 0 {
				return d.exportMany(cmd.Context(), c, f.query(), exportTo{format, to})
			}
			raw, err := transcriptAs(cmd.Context(), c, args[0], format)
			if err != nil {
				return err
			}
			if to == "" {
				_, err = d.s.out.Write(raw)
				return err
			}
			return writeNew(to, raw)
		},
	}
	f.flags(cmd)
	cmd.Flags().StringVar(&format, "format", string(transcripts.Text), "text, json or vtt (WebVTT)")
	cmd.Flags().StringVar(&to, "to", "", "the file, or without CALL the folder")
	return cmd
}

// exportTo is how and where transcripts are written.
type exportTo struct{ format, folder string }

// exportMany writes a file for each transcript of a query.
func (d *deskCommand) exportMany(ctx context.Context, c *deskClient, q url.Values, to exportTo) error {
	if to.folder == "" {
		return fail(exitUsage, "say into which folder with --to, or name one CALL")
	}
	if err := os.MkdirAll(to.folder, 0o750); err != nil {
		return fail(exitFailed, "make the folder: %v", err)
	}
	ending := map[string]string{"text": ".txt"}[to.format]
	for n := 0; ; {
		page, err := d.pageOf(ctx, c, q)
		if err != nil {
			return err
		}
		for _, r := range page.rows {
			raw, err := transcriptAs(ctx, c, r.Call, to.format)
			if err != nil {
				return err
			}
			name := filepath.Join(to.folder, filepath.Base(r.Call)+cmp.Or(ending, "."+to.format))
			if err := writeNew(name, raw); err != nil {
				return err
			}
			if n++; n%100 == 0 {
				d.note("%d transcripts", n)
			}
		}
		if page.Next == "" {
			d.note("%d transcripts are in %s", n, to.folder)
			return nil
		}
		q.Set("after", page.Next)
	}
}

// writeNew writes a file that is not there yet, for its owner only.
func writeNew(name string, raw []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user names it
	switch {
	case errors.Is(err, fs.ErrExist):
		return fail(exitConflict, "%s is there already", name)
	case err != nil:
		return fail(exitFailed, "write the transcript: %v", err)
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Close())
}

func (d *deskCommand) deleteTranscript() *cobra.Command {
	reason, yes := "", false
	cmd := &cobra.Command{
		Use:     "delete CALL",
		Short:   "Delete what was said on a call, for good",
		Example: "  paydial transcripts delete CA0123... --reason \"the caller asked for it\" --yes",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case strings.TrimSpace(reason) == "":
				return fail(exitUsage, "say why with --reason: it is kept in the audit log")
			case !yes:
				return fail(exitUsage, "it cannot be brought back: say --yes to delete the transcript of %s", args[0])
			}
			c, err := d.client(cmd)
			if err != nil {
				return err
			}
			path := "/api/v1/transcripts/" + url.PathEscape(args[0]) + "/delete?" + url.Values{"reason": {reason}}.Encode()
			raw, err := c.once(cmd.Context(), apiRequest{method: http.MethodPost, path: path})
			if err != nil {
				return c.failure(err)
			}
			return d.tell(raw, func() { fmt.Fprintf(d.s.out, "deleted the transcript of %s\n", args[0]) })
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; it is kept in the audit log")
	cmd.Flags().BoolVar(&yes, "yes", false, "it is meant")
	return cmd
}
