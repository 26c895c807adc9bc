package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// holdRow is a hold as the API shows it.
type holdRow struct {
	ID            string    `json:"id"`
	On            string    `json:"on"`
	By            string    `json:"by"`
	Reason        string    `json:"reason"`
	Placed        time.Time `json:"placed_at"`
	Released      time.Time `json:"released_at"`
	ReleasedBy    string    `json:"released_by"`
	ReleaseReason string    `json:"release_reason"`
	Kept          int       `json:"kept"`
	Deleting      int       `json:"deleting"`
}

func (r *recordingCommand) holdCommand() *cobra.Command {
	body := map[string]string{}
	var line, since, until, because string
	cmd := &cobra.Command{
		Use:   "hold [CALL|RECORDING]",
		Short: "Keep recordings from being deleted, whatever the rules say",
		Long: "Keep recordings from being deleted: one, those of a call, of a line, of a time, or what these have in common. It\n" +
			"also covers those that are made later. Twilio still deletes its copies when they are a year old; ours stay.",
		Example: "  paydial recordings hold CA... --because \"complaint 4711\"\n" +
			"  paydial recordings hold --line +15550100000 --since 2026-03-01 --until 2026-04-01 --because \"audit\"",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for name, text := range map[string]string{"line": line, "since": since, "until": until, "reason": because} {
				if text != "" {
					body[name] = text
				}
			}
			for _, id := range args {
				switch {
				case strings.HasPrefix(id, "RE"):
					body["recording"] = id
				case strings.HasPrefix(id, "CA"):
					body["call"] = id
				default:
					return fail(exitUsage, "%.60q is neither a call (CA...) nor a recording (RE...)", id)
				}
			}
			if strings.TrimSpace(because) == "" {
				return fail(exitUsage, "say why with --because: it stands in the receipt")
			}
			var h holdRow
			raw, err := r.change(cmd, "/api/v1/holds", body, &h)
			if err != nil {
				return err
			}
			return r.tell(raw, func() {
				fmt.Fprintf(r.s.out, "%s  holds %s; %s there now\n", h.ID, h.On, plural(h.Kept, "recording"))
				if h.Deleting > 0 {
					r.note("%s being deleted at that moment: for these it may have come too late", plural(h.Deleting, "recording"))
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "of this number of ours")
	f.StringVar(&since, "since", "", "made since a day, as 2026-03-01, or a time")
	f.StringVar(&until, "until", "", "made before a day or a time")
	f.StringVar(&because, "because", "", "why; it stands in the receipt")
	f.SortFlags = false
	return cmd
}

func (r *recordingCommand) releaseCommand() *cobra.Command {
	var because string
	cmd := &cobra.Command{
		Use:     "release HOLD",
		Short:   "End a hold; what is due is deleted then",
		Example: "  paydial recordings holds\n  paydial recordings release hold_abc --because \"complaint 4711 is settled\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !strings.HasPrefix(args[0], "hold_") {
				return fail(exitUsage, "%.60q is no hold: its id begins with hold_\nThese are there: %s recordings holds", args[0], r.s.self)
			}
			if strings.TrimSpace(because) == "" {
				return fail(exitUsage, "say why with --because: it stands in the receipt")
			}
			var h holdRow
			raw, err := r.change(cmd, "/api/v1/holds/"+url.PathEscape(args[0])+"/release", map[string]string{"reason": because}, &h)
			if err != nil {
				return err
			}
			return r.tell(raw, func() { fmt.Fprintf(r.s.out, "%s  released: %s\n", h.ID, h.On) })
		},
	}
	cmd.Flags().StringVar(&because, "because", "", "why; it stands in the receipt")
	return cmd
}

// change posts a change, once: where the answer is lost, nobody knows whether it was made, and holds shows it.
func (r *recordingCommand) change(cmd *cobra.Command, path string, body, out any) (json.RawMessage, error) {
	c, err := r.client(cmd)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	raw, err := c.once(cmd.Context(), apiRequest{method: http.MethodPost, path: path, body: text})
	if err != nil {
		return nil, c.failure(err)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, fail(exitFailed, "decode the app's answer: %v", err)
	}
	return raw, nil
}

func (r *recordingCommand) holdsCommand() *cobra.Command {
	var released bool
	cmd := &cobra.Command{
		Use:     "holds",
		Short:   "The holds that are in force, who placed them and why",
		Example: "  paydial recordings holds\n  paydial recordings holds --released --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := r.client(cmd)
			if err != nil {
				return err
			}
			var holds []holdRow
			raw, err := c.items(cmd.Context(), fmt.Sprintf("/api/v1/holds?released=%t", released), &holds)
			if err != nil {
				return err
			}
			return r.tell(raw, func() { r.printHolds(holds) })
		},
	}
	cmd.Flags().BoolVar(&released, "released", false, "those that were released too")
	return cmd
}

func (r *recordingCommand) printHolds(holds []holdRow) {
	if len(holds) == 0 {
		fmt.Fprintln(r.s.out, "nothing is held")
		return
	}
	w := tabwriter.NewWriter(r.s.out, 0, 0, 2, ' ', 0)
	for _, h := range holds {
		text := h.Reason
		if !h.Released.IsZero() {
			text += fmt.Sprintf("; released %s by %s: %s", h.Released.Local().Format(clock), h.ReleasedBy, h.ReleaseReason)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", h.Placed.Local().Format(clock), h.ID, h.By, h.On, text)
	}
	_ = w.Flush()
}
