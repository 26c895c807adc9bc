package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/payments"
)

const (
	barWide   = 36 // characters of the bar of people
	shareWide = 14 // of the longest bar of an outcome
	graphWide = 30 // a minute each
	leastWide = 54 // characters of a line, however narrow the terminal is
	nameWide  = 40 // of the name of an outcome
)

// drawing is a picture in lines of so many characters.
type drawing struct {
	*strings.Builder
	palette
	narrower int // than 80 characters
}

// picture is how a campaign stands, in lines of at most 80 characters, or of a terminal's that has fewer.
func (c *campaignServer) picture(s campaigns.Status) string {
	p := palette(colourful(c.s, c.s.out))
	width, _ := terminalSize(c.s.out)
	b := drawing{&strings.Builder{}, p, max(0, helpWidth-max(width, leastWide))}
	head := []string{p.bold(s.Name), stateMark(p, s.Campaign), "flow " + s.Flow}
	if s.State == campaigns.StateRunning || s.State == campaigns.StatePaused {
		head = append(head, fmt.Sprintf("up to %d a minute, %d at once", s.PerMinute, s.AtOnce))
	}
	b.text("", strings.Join(head, " · "))
	if s.Why != "" {
		b.text("", s.Why)
	}
	if s.Safety {
		fmt.Fprintf(b, "Look, then: %s campaign resume %s --note \"what was done\"\n", c.s.self, s.Name)
	}
	done := s.Counts.Done
	fmt.Fprintf(b, "\n%s  %s of %s people done (%s)\n", bar(p, s.Counts, barWide-b.narrower), thousands(int64(done)), thousands(int64(s.Counts.Total)), percentOf(done, s.Counts.Total))
	parts := []string{fmt.Sprintf("%s on the line", thousands(int64(s.Counts.Calling))), fmt.Sprintf("%s not rung yet", thousands(int64(s.Counts.Pending))),
		fmt.Sprintf("%s to be rung again", thousands(int64(s.Counts.Waiting)))}
	if !s.ETA.IsZero() {
		parts = append(parts, "about "+roughly(time.Until(s.ETA))+" left")
	}
	b.text("", strings.Join(parts, " · "))
	b.graphs(s)
	if len(s.HeldBack) > 0 {
		var held []string
		for _, h := range s.HeldBack {
			held = append(held, fmt.Sprintf("%s %s", thousands(int64(h.People)), h.Reason.Words()))
		}
		b.text("\nHeld back now  ", strings.Join(held, " · "))
	}
	b.happened(s)
	b.safety(s)
	b.refused(s)
	return b.String()
}

// text adds a text behind its head, in as many lines as it takes.
func (b drawing) text(head, text string) {
	column := len(strings.TrimPrefix(head, "\n"))
	fmt.Fprintln(b, head+strings.Join(wrap(text, helpWidth-b.narrower-column), "\n"+strings.Repeat(" ", column)))
}

// stateMark is a state with its mark, in colour on a terminal.
func stateMark(p palette, c campaigns.Campaign) string {
	switch c.State {
	case campaigns.StateRunning:
		return p.green("● running")
	case campaigns.StatePaused:
		if c.Safety {
			return p.red("■ paused by itself")
		}
		return p.yellow("■ paused")
	case campaigns.StateDraft:
		if !c.StartAt.IsZero() {
			return "○ starts " + c.StartAt.Local().Format("Mon 2 Jan 15:04")
		}
		return "○ draft"
	case campaigns.StateCompleted:
		return p.green("✓ completed")
	}
	return "✗ stopped"
}

// bar is people who are done, and who are on the line, of all.
func bar(p palette, n campaigns.Counts, wide int) string {
	if n.Total == 0 {
		return p.dim(strings.Repeat("░", wide))
	}
	full := n.Done * wide / n.Total
	now := min((n.Calling*wide+n.Total-1)/n.Total, wide-full)
	return p.green(strings.Repeat("█", full)) + p.yellow(strings.Repeat("▓", now)) + p.dim(strings.Repeat("░", wide-full-now))
}

// spark draws numbers, the highest as high as the limit, or higher.
func spark(of []int, limit int) string {
	levels := []rune(" ▁▂▃▄▅▆▇█")
	top := max(limit, 1)
	for _, n := range of {
		top = max(top, n)
	}
	var b strings.Builder
	for _, n := range of {
		at := (n*(len(levels)-1) + top - 1) / top
		b.WriteRune(levels[at])
	}
	return b.String()
}

// graphs are the last minutes: calls at once, and calls begun.
func (b drawing) graphs(s campaigns.Status) {
	var once, begun []int
	busy := false
	for _, m := range s.Minutes[max(0, len(s.Minutes)-graphWide+b.narrower):] {
		once, begun = append(once, m.AtOnce), append(begun, m.Dialed)
		busy = busy || m.AtOnce > 0 || m.Dialed > 0
	}
	if !busy {
		return
	}
	now := s.Minutes[len(s.Minutes)-1]
	fmt.Fprintf(b, "\nCalls at once %5d ┤%s│ %d of %d\n", s.AtOnce, b.cyan(spark(once, s.AtOnce)), now.AtOnce, s.AtOnce)
	fmt.Fprintf(b, "Per minute    %5d ┤%s│ %d in this minute\n", s.PerMinute, b.cyan(spark(begun, s.PerMinute)), now.Dialed)
	fmt.Fprintf(b, "%s└%s the last %d minutes\n", strings.Repeat(" ", 20), strings.Repeat("─", len(once)), len(once))
}

// happened is what became of people who were rung, the most first.
func (b drawing) happened(s campaigns.Status) {
	var came []countOf
	for _, o := range s.Outcomes {
		came = append(came, countOf{strings.ReplaceAll(o.Outcome, "_", " "), o.People})
	}
	b.shares("What happened", came, b.green)
}

// refused is why the others were not: below what changes, which a terminal with few lines would else cut off.
func (b drawing) refused(s campaigns.Status) {
	var refused []countOf
	for _, r := range s.Refused {
		refused = append(refused, countOf{r.Reason.Words(), r.People})
	}
	b.shares("Not called", refused, b.yellow)
}

// countOf is so many people, and what they have in common.
type countOf struct {
	words  string
	people int
}

// shares prints counts with bars, and what part of their sum each is.
func (b drawing) shares(head string, of []countOf, paint func(string) string) {
	sum, most := 0, 1
	for _, c := range of {
		sum, most = sum+c.people, max(most, c.people)
	}
	if sum == 0 {
		return
	}
	name := nameWide - (b.narrower+1)/2
	fmt.Fprintf(b, "\n%-*s %8s  %7s\n", name+2, head, "people", "share")
	for _, c := range of {
		share := fmt.Sprintf("%.1f %%", float64(c.people)*100/float64(sum))
		fmt.Fprintf(b, "  %-*s %8s  %7s  %s\n", name, clip(c.words, name), thousands(int64(c.people)), share, paint(strings.Repeat("▇", (c.people*(shareWide-b.narrower/2)+most-1)/most)))
	}
}

// safety is how near the campaign is to stopping by itself, and what was paid.
func (b drawing) safety(s campaigns.Status) {
	name := nameWide - (b.narrower+1)/2
	if len(s.Figures) > 0 {
		fmt.Fprintf(b, "\n%-*s %8s  %7s\n", name+2, "Safety", "now", "stops at")
	}
	for _, f := range s.Figures {
		now := fmt.Sprintf("%.1f %%", f.Now)
		pad := strings.Repeat(" ", max(0, 8-len(now)))
		of := thousands(int64(f.Of))
		switch {
		case f.Of < f.Least:
			now, of = b.dim(now), of+b.dim(fmt.Sprintf(", from %d on", f.Least))
		case f.Now > f.StopsAt:
			now = b.red(now)
		case f.Now > f.StopsAt/2:
			now = b.yellow(now)
		}
		fmt.Fprintf(b, "  %-*s %s%s  %6.4g %%  of %s\n", name, strings.ReplaceAll(f.What, "_", " "), pad, now, f.StopsAt, of)
	}
	for _, m := range s.Money {
		fmt.Fprintf(b, "%-*s %s\n", name+2, "Money collected", payments.Amount{Minor: m.Minor, Currency: m.Currency})
	}
}

// roughly is a length of time for reading.
func roughly(d time.Duration) string {
	switch d = d.Round(time.Minute); {
	case d < time.Minute:
		return "a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", (d+30*time.Minute)/time.Hour)
	}
	return fmt.Sprintf("%d days %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}
