package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/recordings"
)

func (r *recordingCommand) listCommand() *cobra.Command {
	var f recordingFilter
	limit := 50
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Recordings, newest first, and until when they are kept",
		Example: "  paydial recordings list --since 48h --flow pay-my-bill\n" +
			"  paydial recordings list --deleted-within 24h         # the next first\n" +
			"  paydial recordings list --flagged --json | jq -r '.[].sid'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return fail(exitUsage, "--limit %d: at least 1 is meant", limit)
			}
			c, err := r.client(cmd)
			if err != nil {
				return err
			}
			items, rows := []json.RawMessage{}, []recordingRow{}
			more, err := c.pages(cmd.Context(), "/api/v1/recordings", f.query(), limit, func(item json.RawMessage) error {
				var row recordingRow
				items = append(items, item)
				err := json.Unmarshal(item, &row)
				rows = append(rows, row)
				return err
			})
			if err != nil {
				return err
			}
			if r.asJSON {
				return printJSON(r.s, items)
			}
			r.printRecordings(rows)
			if more {
				r.note("there are more: --limit")
			}
			return nil
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&f.deleted, "deleted-within", "", "only those of which a copy is deleted that soon, as 24h")
	cmd.Flags().IntVar(&limit, "limit", limit, "how many")
	cmd.Flags().SortFlags = false
	return cmd
}

// printRecordings prints recordings as a table.
func (r *recordingCommand) printRecordings(rows []recordingRow) {
	if len(rows) == 0 {
		fmt.Fprintln(r.s.out, "no recordings")
		return
	}
	w := tabwriter.NewWriter(r.s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "created\tlength\tstate\tour copy\tTwilio's copy\t\trecording\n")
	for _, row := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.Created.Local().Format(clock), row.length(), strings.ReplaceAll(string(row.State), "_", " "),
			row.InArchive.words(shortDay), row.AtTwilio.words(shortDay), row.marks(), row.SID)
	}
	_ = w.Flush()
}

func (r *recordingCommand) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show RECORDING",
		Short:   "One recording: copies, dates and why, pauses, holds, receipts",
		Example: "  paydial recordings show RE...\n  paydial recordings show RE... --json | jq .in_archive",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sid, c, err := r.named(cmd, args[0])
			if err != nil {
				return err
			}
			var shown recordingShown
			raw, err := c.get(cmd.Context(), "/api/v1/recordings/"+url.PathEscape(sid), &shown)
			if err != nil {
				return err
			}
			if r.asJSON {
				return printJSON(r.s, raw)
			}
			reasons, _, err := c.reasons(cmd.Context(), sid)
			if err != nil {
				return err
			}
			r.printRecording(shown)
			r.printReasons(reasons)
			r.printShortReceipts(shown.Receipts)
			return nil
		},
	}
}

// printRecording prints a recording in words.
func (r *recordingCommand) printRecording(x recordingShown) {
	r.say("recording", x.SID)
	on := x.Call
	if x.Line != "" {
		on += ", on " + spaced(x.Line)
	}
	if x.Flow != "" {
		on += ", flow " + x.Flow
	}
	r.say("call", on)
	r.say("state", strings.ReplaceAll(string(x.State), "_", " ")+": "+stateWords(x.State))
	r.say("made", fmt.Sprintf("%s, %s, %s, by %s", x.Created.Local().Format(clock), x.length(), plural(max(x.Channels, 1), "channel"), x.Source))
	r.say("class", x.Class)
	ours := x.InArchive.words(longDay)
	if x.InArchive.State == "verified" {
		ours = fmt.Sprintf("%s, read back on %s, %s", bytesWords(x.InArchive.Bytes), x.InArchive.VerifiedAt.Local().Format(clock), ours)
	}
	r.say("our copy", ours)
	r.say("sha256", x.InArchive.SHA256)
	r.say("Twilio's copy", x.AtTwilio.words(longDay))
	for _, p := range x.Pauses {
		text := p.From.Local().Format(clock) + " until it ended"
		if !p.To.IsZero() {
			text = p.From.Local().Format(clock) + " to " + p.To.Local().Format(time.TimeOnly)
		}
		if !p.Sure {
			text += ", which cannot be shown"
		}
		r.say("paused", strings.TrimSuffix(text+", for "+p.Payment+": "+p.Trouble, ": "))
	}
	for _, h := range x.Holds {
		r.say("held", fmt.Sprintf("%s by %s on %s, on %s: %s", h.ID, h.By, h.Placed.Local().Format(clock), h.On, h.Reason))
	}
	if x.Transcript != nil && *x.Transcript {
		r.say("transcript", "there is one of its call")
	}
	for _, f := range x.Flags {
		r.say("look at it", flagWords(x.recordingRow, f))
	}
	r.say("trouble", x.Trouble)
}

func (r *recordingCommand) whyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "why RECORDING",
		Short:   "Why it is kept until then: rule, file, line and arithmetic",
		Example: "  paydial recordings why RE...\n  paydial recordings why RE... --json | jq '.[] | {date, file, line}'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sid, c, err := r.named(cmd, args[0])
			if err != nil {
				return err
			}
			reasons, raw, err := c.reasons(cmd.Context(), sid)
			if err != nil {
				return err
			}
			return r.tell(raw, func() { r.printReasons(reasons) })
		},
	}
}

// reason is why a date is what it is.
type reason struct {
	Date string `json:"date"`
	Text string `json:"text"`
}

// reasons asks why a recording's dates are what they are.
func (c *deskClient) reasons(ctx context.Context, sid string) ([]reason, json.RawMessage, error) {
	var out []reason
	raw, err := c.items(ctx, "/api/v1/recordings/"+url.PathEscape(sid)+"/why", &out)
	return out, raw, err
}

// printReasons prints why dates are what they are.
func (r *recordingCommand) printReasons(reasons []reason) {
	names := map[string]string{
		recordings.DateKeepUntil: "why kept", recordings.DateCopy: "why a copy", recordings.DateDeleteAtTwilio: "why at Twilio",
		recordings.DateExpires: "Twilio's year", recordings.DateHold: "hold",
	}
	for _, w := range reasons {
		r.say(names[w.Date], w.Text)
	}
}

// printShortReceipts prints a line for each receipt.
func (r *recordingCommand) printShortReceipts(lines []json.RawMessage) {
	for _, line := range lines {
		c, err := recordings.ReadReceipt(line)
		if err != nil {
			r.say("receipt", "a line that is not as it was written: "+clip(string(line), 60))
			continue
		}
		r.say("receipt", fmt.Sprintf("%d, %s: %s", c.N, c.At.Local().Format(clock), receiptWords(c.Kind)))
	}
}

// totals is how things stand, as GET /api/v1/recordings/totals says.
type totals struct {
	States    map[string]int64 `json:"states"`
	Flags     map[string]int64 `json:"flags"`
	Held      int64            `json:"held"`
	Trouble   int64            `json:"trouble"`
	AtTwilio  int64            `json:"at_twilio"`
	InArchive int64            `json:"in_archive"`
	Bytes     int64            `json:"bytes"`
	Today     int64            `json:"deleted_today"`
	Overdue   int64            `json:"overdue"`
	AtRisk    map[string]int64 `json:"at_risk"`
	LastSweep time.Time        `json:"last_sweep"`
	LastWhole time.Time        `json:"last_whole_sweep"`
}

func (r *recordingCommand) totalsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "totals",
		Short:   "How many there are in each state, and what is near",
		Example: "  paydial recordings totals\n  paydial recordings totals --json | jq .at_risk",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := r.client(cmd)
			if err != nil {
				return err
			}
			var t totals
			raw, err := c.get(cmd.Context(), "/api/v1/recordings/totals", &t)
			if err != nil {
				return err
			}
			return r.tell(raw, func() { r.printTotals(t) })
		},
	}
}

func (r *recordingCommand) printTotals(t totals) {
	r.say("our copies", fmt.Sprintf("%d, %s", t.InArchive, bytesWords(t.Bytes)))
	r.say("Twilio's", fmt.Sprint(t.AtTwilio))
	r.say("states", counted(t.States))
	r.say("held", fmt.Sprint(t.Held))
	r.say("look at", counted(t.Flags))
	if t.Trouble > 0 {
		r.say("trouble", fmt.Sprintf("%d, which are tried again", t.Trouble))
	}
	r.say("next day", fmt.Sprintf("%s deleted", orMore(t.Today)))
	if t.Overdue > 0 {
		r.say("overdue", orMore(t.Overdue)+": does a worker run?")
	}
	for _, days := range []string{"7", "30", "60"} {
		if n := t.AtRisk[days]; n > 0 {
			r.say("Twilio's year", fmt.Sprintf("%s without a copy of ours are deleted by Twilio within %s days", orMore(n), days))
		}
	}
	swept := "never"
	if !t.LastSweep.IsZero() {
		swept = t.LastSweep.Local().Format(clock)
	}
	if !t.LastWhole.IsZero() {
		swept += ", all of it " + t.LastWhole.Local().Format(clock)
	}
	r.say("swept", swept)
}

// counted lists counts that are not 0, the largest first.
func counted(counts map[string]int64) string {
	var names []string
	for name, n := range counts {
		if n > 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b] - counts[a])
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", counts[name], strings.ReplaceAll(name, "_", " "))
	}
	return strings.Join(names, ", ")
}

// orMore is a count that ends at a thousand.
func orMore(n int64) string {
	if n >= 1000 {
		return "1000 or more"
	}
	return fmt.Sprint(n)
}
