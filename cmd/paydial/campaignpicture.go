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
)

// picture is how a campaign stands, in lines.
func (c *campaignServer) picture(s campaigns.Status) string {
	p := palette(colourful(c.s, c.s.out))
	var b strings.Builder
	head := []string{p.bold(s.Name), stateMark(p, s.Campaign), "flow " + s.Flow}
	if s.State == campaigns.StateRunning || s.State == campaigns.StatePaused {
		head = append(head, fmt.Sprintf("up to %d a minute, %d at once", s.PerMinute, s.AtOnce))
	}
	fmt.Fprintln(&b, strings.Join(head, " · "))
	if s.Why != "" {
		fmt.Fprintf(&b, "%s\n", hanging(s.Why, 0))
	}
	if s.Safety {
		fmt.Fprintf(&b, "Look, then: %s campaign resume %s --note \"what was done\"\n", c.s.self, s.Name)
	}
	done := s.Counts.Done
	line := fmt.Sprintf("%s  %s of %s people done (%s)", bar(p, done, s.Counts.Calling, s.Counts.Total), thousands(int64(done)), thousands(int64(s.Counts.Total)), percentOf(done, s.Counts.Total))
	fmt.Fprintf(&b, "\n%s\n", line)
	parts := []string{fmt.Sprintf("%s on the line", thousands(int64(s.Counts.Calling))), fmt.Sprintf("%s not rung yet", thousands(int64(s.Counts.Pending))),
		fmt.Sprintf("%s to be rung again", thousands(int64(s.Counts.Waiting)))}
	if !s.ETA.IsZero() {
		parts = append(parts, "about "+roughly(time.Until(s.ETA))+" left")
	}
	fmt.Fprintln(&b, strings.Join(parts, " · "))
	graphs(&b, p, s)
	if len(s.HeldBack) > 0 {
		var held []string
		for _, h := range s.HeldBack {
			held = append(held, fmt.Sprintf("%s %s", thousands(int64(h.People)), h.Reason.Words()))
		}
		fmt.Fprintf(&b, "\nHeld back now  %s\n", hanging(strings.Join(held, " · "), 15))
	}
	happened(&b, p, s)
	safety(&b, p, s)
	return b.String()
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
func bar(p palette, done, calling, total int) string {
	if total == 0 {
		return p.dim(strings.Repeat("░", barWide))
	}
	full := done * barWide / total
	now := min((calling*barWide+total-1)/total, barWide-full)
	return p.green(strings.Repeat("█", full)) + p.yellow(strings.Repeat("▓", now)) + p.dim(strings.Repeat("░", barWide-full-now))
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
func graphs(b *strings.Builder, p palette, s campaigns.Status) {
	var once, begun []int
	busy := false
	for _, m := range s.Minutes[max(0, len(s.Minutes)-graphWide):] {
		once, begun = append(once, m.AtOnce), append(begun, m.Dialed)
		busy = busy || m.AtOnce > 0 || m.Dialed > 0
	}
	if !busy {
		return
	}
	now := s.Minutes[len(s.Minutes)-1]
	fmt.Fprintf(b, "\nCalls at once %5d ┤%s│ %d of %d\n", s.AtOnce, p.cyan(spark(once, s.AtOnce)), now.AtOnce, s.AtOnce)
	fmt.Fprintf(b, "Per minute    %5d ┤%s│ %d in this minute\n", s.PerMinute, p.cyan(spark(begun, s.PerMinute)), now.Dialed)
	fmt.Fprintf(b, "%s└%s the last %d minutes\n", strings.Repeat(" ", 20), strings.Repeat("─", len(once)), len(once))
}

// happened is what became of people, the most first: who was rung, then who was not.
func happened(b *strings.Builder, p palette, s campaigns.Status) {
	var came, refused []countOf
	for _, o := range s.Outcomes {
		came = append(came, countOf{strings.ReplaceAll(o.Outcome, "_", " "), o.People})
	}
	for _, r := range s.Refused {
		refused = append(refused, countOf{r.Reason.Words(), r.People})
	}
	shares(b, "What happened", came, p.green)
	shares(b, "Not called", refused, p.yellow)
}

// countOf is so many people, and what they have in common.
type countOf struct {
	words  string
	people int
}

// shares prints counts with bars, and what part of their sum each is.
func shares(b *strings.Builder, head string, of []countOf, paint func(string) string) {
	sum, most := 0, 1
	for _, c := range of {
		sum, most = sum+c.people, max(most, c.people)
	}
	if sum == 0 {
		return
	}
	fmt.Fprintf(b, "\n%-42s %8s  %7s\n", head, "people", "share")
	for _, c := range of {
		share := fmt.Sprintf("%.1f %%", float64(c.people)*100/float64(sum))
		fmt.Fprintf(b, "  %-40s %8s  %7s  %s\n", clip(c.words, 40), thousands(int64(c.people)), share, paint(strings.Repeat("▇", (c.people*shareWide+most-1)/most)))
	}
}

// safety is how near the campaign is to stopping by itself, and what was paid.
func safety(b *strings.Builder, p palette, s campaigns.Status) {
	if len(s.Figures) > 0 {
		fmt.Fprintf(b, "\n%-42s %8s  %7s\n", "Safety", "now", "stops at")
	}
	for _, f := range s.Figures {
		now := fmt.Sprintf("%.1f %%", f.Now)
		pad := strings.Repeat(" ", max(0, 8-len(now)))
		switch {
		case f.Now > f.StopsAt:
			now = p.red(now)
		case f.Now > f.StopsAt/2:
			now = p.yellow(now)
		}
		fmt.Fprintf(b, "  %-40s %s%s  %6.4g %%  of %s\n", strings.ReplaceAll(f.What, "_", " "), pad, now, f.StopsAt, thousands(int64(f.Of)))
	}
	for _, m := range s.Money {
		fmt.Fprintf(b, "%-42s %s\n", "Money collected", payments.Amount{Minor: m.Minor, Currency: m.Currency})
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
