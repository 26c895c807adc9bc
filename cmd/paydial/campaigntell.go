package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns"
)

// checkPage is what campaign check prints.
type checkPage struct {
	*campaigns.Report
	file    *campaignFile
	written string // the file of rejected rows; "" when there is none
	name    string // as it was typed
	flags   checkFlags
}

// checkView is a report with what belongs to the command.
type checkView struct {
	*campaigns.Report
	RejectedFile string `json:"rejected_file,omitempty"`
}

func tellCheck(s streams, c checkPage) error {
	if c.flags.asJSON {
		return printJSON(s, checkView{c.Report, c.written})
	}
	p := palette(colourful(s, s.out))
	fmt.Fprintf(s.out, "%s · flow %s@%.4s · %s in %s\n\n", p.bold(c.Campaign), c.Flow, c.file.project.Hash, rowsWords(c.Rows), c.file.Contacts)
	c.people(s.out, p)
	c.rest(s)
	c.below(s, p)
	return nil
}

// row prints a line under a heading.
func row(w io.Writer, head, text string) {
	fmt.Fprintf(w, "  %-20s%s\n", head, strings.TrimRight(text, " "))
}

// people prints who will be rung, and who not.
func (c checkPage) people(w io.Writer, p palette) {
	row(w, "will be called", p.green(fmt.Sprintf("%7s", thousands(c.Will))))
	row(w, "will not", p.yellow(fmt.Sprintf("%7s", thousands(c.WillNot))))
	for _, r := range c.Reasons {
		fmt.Fprintf(w, "    %7s  %s\n", thousands(r.People), hanging(r.Text+reasonMore(r), 13))
	}
}

// rowsWords is a number of rows.
func rowsWords(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return thousands(n) + " rows"
}

// mostKinds is how many of the things that are wrong are told of one reason.
const mostKinds = 5

// reasonMore is what else there is to say of a reason: what is wrong, or in which lines.
func reasonMore(r campaigns.CheckReason) string {
	if len(r.Details) > 1 {
		var parts []string
		rest := r.People
		for _, d := range r.Details[:min(len(r.Details), mostKinds)] {
			parts = append(parts, fmt.Sprintf("%s %s", thousands(d.People), d.Text))
			rest -= d.People
		}
		if rest > 0 {
			parts = append(parts, thousands(rest)+" others")
		}
		return ": " + strings.Join(parts, " · ")
	}
	var lines []string
	for _, e := range r.Examples {
		lines = append(lines, fmt.Sprint(e.Line))
	}
	text := ", line " + strings.Join(lines, ", ")
	if int64(len(lines)) < r.People {
		text += " …"
	}
	if e := r.Examples[0]; e.Expected != "" {
		text += fmt.Sprintf(": expected %s, found %s", e.Expected, e.Found)
	}
	return text
}

// rest prints zones, the first week, its cost and the samples.
func (c checkPage) rest(s streams) {
	if c.Will == 0 {
		return
	}
	var zones []string
	for i, z := range c.Zones {
		if i == 7 {
			zones = append(zones, fmt.Sprintf("%d more", len(c.Zones)-i))
			break
		}
		text := zoneWord(z.Zone) + " " + thousands(z.People)
		if z.Zone == "unclear" {
			text += " (strictest rule)"
		}
		zones = append(zones, text)
	}
	row(s.out, "time zones", hanging(strings.Join(zones, " · "), 22))
	w := c.FirstWeek
	if !w.From.IsZero() {
		at := time.UTC
		if zone, err := time.LoadLocation(w.Zone); err == nil {
			at = zone
		}
		text := fmt.Sprintf("%s to %s (%s), about %s attempts, %s of line time at %d at once", w.From.In(at).Format("Mon 2 Jan 15:04"),
			w.Until.In(at).Format("Mon 2 Jan 15:04"), zoneWord(w.Zone), thousands(w.Attempts), lineTime(w.LineSeconds), c.file.Pace.AtOnce)
		row(s.out, "first week", hanging(text, 22))
		cost := fmt.Sprintf("voice %s · detection %s · card capture %s (guessed from list prices: --voice-price)", roundMoney(c.Cost.Voice, c.Cost.Currency),
			roundMoney(c.Cost.Detection, c.Cost.Currency), roundMoney(c.Cost.Capture, c.Cost.Currency))
		row(s.out, "cost guess", hanging(cost, 22))
	}
	var samples []string
	for _, sm := range c.Samples {
		name := sm.Name
		if name == "" {
			name = sm.ID
		}
		samples = append(samples, fmt.Sprintf("line %d %s (%s, %s)", sm.Line, name, zoneWord(sm.Zone), sm.Language))
	}
	row(s.out, "sample calls", hanging(strings.Join(samples, " · "), 22))
}

// below prints the rule book, the columns, remarks and files.
func (c checkPage) below(s streams, p palette) {
	var held, failed []string
	for _, r := range c.Book.Rules {
		word := strings.ReplaceAll(r.Rule, "_", " ")
		switch {
		case r.Off != "":
			failed = append(failed, fmt.Sprintf("%s %s: %s", p.yellow("off"), word, r.Off))
		case r.Passed:
			held = append(held, word+" "+p.green("✓"))
		default:
			failed = append(failed, fmt.Sprintf("%s %s: %s", p.yellow("!"), word, r.Text))
		}
	}
	row(s.out, "rule book", hanging(c.Book.Name+" "+c.Book.Version+": "+strings.Join(held, " · "), 22))
	for _, text := range failed {
		row(s.out, "", hanging(text, 22))
	}
	if len(c.Columns.Ignored) > 0 {
		row(s.out, "ignored columns", hanging(strings.Join(c.Columns.Ignored, ", "), 22))
	}
	fmt.Fprintln(s.out)
	for _, text := range c.Remarks {
		fmt.Fprintln(s.out, hanging(text, 0))
	}
	if !c.Looked {
		fmt.Fprintln(s.out, hanging("The server's do-not-call lists and earlier attempts were not looked at: there is no database here. Name it with --database-url or PAYDIAL_DATABASE_URL.", 0))
	}
	switch {
	case c.written != "":
		fmt.Fprintf(s.out, "Rejected rows: %s\n", c.written)
		fmt.Fprintln(s.out, hanging("Mend them in the list and check again; --strict makes rejected rows a failure.", 0))
	case c.Rejected > 0:
		fmt.Fprintf(s.out, "Rejected rows: %s, not written\n", thousands(c.Rejected))
	}
	if len(c.Samples) > 0 {
		fmt.Fprintf(s.out, "Hear a call: %s campaign preview %s %d\n", s.self, c.name, c.Samples[0].Line)
	}
}

// zoneWord is a zone as people call it.
func zoneWord(zone string) string {
	switch zone {
	case "America/New_York":
		return "Eastern"
	case "America/Chicago":
		return "Central"
	case "America/Denver":
		return "Mountain"
	case "America/Los_Angeles":
		return "Pacific"
	case "America/Phoenix":
		return "Arizona"
	case "America/Anchorage":
		return "Alaska"
	case "Pacific/Honolulu":
		return "Hawaii"
	}
	return zone
}

// lineTime is how long lines are taken.
func lineTime(seconds int64) string {
	if seconds < 3600 {
		return fmt.Sprintf("%d min", (seconds+59)/60)
	}
	return fmt.Sprintf("%s h", thousands((seconds+1800)/3600))
}
