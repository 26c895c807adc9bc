package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/paydial/paydial/campaigns"
)

func (c *campaignServer) statusCommand() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "status NAME",
		Short: "How it stands, or with --watch as it goes",
		Long: "How a campaign stands: who is done and how, who is held back and why, its pace, and how near its safety stops are.\n" +
			"With --watch it is drawn anew each time that it changes, until it is over; where there is no terminal, or with\n" +
			"--json, it is one line of JSON for each change.",
		Example: "  paydial campaign status spring-renewals\n  paydial campaign status spring-renewals --watch\n" +
			"  paydial campaign status spring-renewals --watch --json | jq -c .counts",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client(cmd)
			if err != nil {
				return err
			}
			if watch {
				return c.watch(cmd, api, args[0])
			}
			var now campaigns.Status
			raw, err := api.get(cmd.Context(), campaignPath(args[0], "status"), &now)
			if err != nil {
				return err
			}
			return c.tell(raw, func() { fmt.Fprint(c.s.out, c.picture(now)) })
		},
	}
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "go on, until it is over")
	return c.on(cmd)
}

// watch shows how a campaign goes, until it is over.
func (c *campaignServer) watch(cmd *cobra.Command, api *deskClient, name string) error {
	draws := !c.asJSON && isTerminal(c.s.out)
	drawn := 0
	err := api.events(cmd.Context(), campaignPath(name, "events"), "status", func(data json.RawMessage) error {
		var now campaigns.Status
		if err := decoded(data, &now); err != nil {
			return err
		}
		if draws {
			drawn = redraw(c.s.out, c.picture(now), drawn)
		} else if _, err := fmt.Fprintf(c.s.out, "%s\n", data); err != nil {
			return err
		}
		over := now.State == campaigns.StateEnded || now.State == campaigns.StateCompleted
		if over && now.Counts.Calling == 0 && now.Counts.Done == now.Counts.Total {
			return errStreamEnded
		}
		return nil
	})
	if isUnreachable(err) {
		return fail(exitUnreachable, "the app at %s does not answer any more; the campaign goes on there as it was", api.app)
	}
	return err
}

// redraw draws a picture over the one before, of so many lines, and tells how many it has. What does not fit on the
// terminal is left out: it could not be drawn over.
func redraw(to io.Writer, picture string, before int) int {
	width, height := terminalSize(to)
	lines := strings.Split(strings.TrimSuffix(picture, "\n"), "\n")
	lines = lines[:min(len(lines), max(height-1, 1))]
	var b strings.Builder
	if before > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\x1b[J", before)
	}
	for _, l := range lines {
		b.WriteString(clipColoured(l, width) + "\n")
	}
	_, _ = io.WriteString(to, b.String())
	return len(lines)
}

// terminalSize is how many characters a line has, and how many lines there are: 80 and 50 where there is no terminal.
func terminalSize(w io.Writer) (width, height int) {
	if f, ok := w.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 0 {
			return w, h
		}
	}
	return 80, 50
}

// clipColoured shortens a line to so many characters; what sets colours has no width.
func clipColoured(line string, width int) string {
	var b strings.Builder
	n, escape := 0, false
	for _, r := range line {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		case n == width:
			continue
		default:
			n++
		}
		b.WriteRune(r)
	}
	return b.String()
}
