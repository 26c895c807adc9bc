package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
)

// peopleFlags say which people are meant, and how they are written.
type peopleFlags struct {
	state, outcome, reason, search string
	where                          []string
	csv                            bool
	limit                          int
}

func (c *campaignServer) peopleCommand() *cobra.Command {
	f := peopleFlags{limit: 50}
	cmd := &cobra.Command{
		Use:   "people NAME",
		Short: "The people of its list: how each came out, or what is next",
		Example: "  paydial campaign people spring-renewals --reason on_dnc:company\n" +
			"  paydial campaign people spring-renewals --outcome declined --csv > declined.csv\n" +
			"  paydial campaign people spring-renewals --search +1555014",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.csv && c.asJSON:
				return fail(exitUsage, "--csv or --json: one of them")
			case f.limit < 0:
				return fail(exitUsage, "--limit %d: a number of people is meant, or 0 for all", f.limit)
			case f.csv && !cmd.Flags().Changed("limit"):
				f.limit = 0
			}
			if err := f.narrow(); err != nil {
				return err
			}
			return c.people(cmd, args[0], f)
		},
	}
	cmd.Flags().StringVar(&f.state, "state", "", "only these: pending, waiting, calling or done")
	cmd.Flags().StringVar(&f.outcome, "outcome", "", "only who is done with this outcome")
	cmd.Flags().StringVar(&f.reason, "reason", "", "only who is not called for this reason")
	cmd.Flags().StringVar(&f.search, "search", "", "only those whose id or number begins so")
	cmd.Flags().StringArrayVar(&f.where, "where", nil, "any of these as one: outcome=declined, state=waiting, reason=no_consent, search=M-1 (repeatable)")
	cmd.Flags().IntVar(&f.limit, "limit", f.limit, "how many; 0 is all, as it is with --csv")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "as CSV, safe to open in a spreadsheet")
	return c.on(cmd)
}

// narrow takes what stands under --where for the flag that it names.
func (f *peopleFlags) narrow() error {
	for _, w := range f.where {
		name, text, ok := strings.Cut(w, "=")
		to := map[string]*string{"state": &f.state, "outcome": &f.outcome, "reason": &f.reason, "search": &f.search}[name]
		if !ok || to == nil {
			return fail(exitUsage, "--where %q: write state=, outcome=, reason= or search= and what is wanted", w)
		}
		*to = text
	}
	if states := []string{"", campaigns.PersonPending, campaigns.PersonWaiting, campaigns.PersonCalling, campaigns.PersonDone}; !slices.Contains(states, f.state) {
		return fail(exitUsage, "--state %q: there are %s", f.state, strings.Join(states[1:], ", "))
	}
	return nil
}

// query are the flags in the API's words.
func (f peopleFlags) query() url.Values {
	q := url.Values{}
	for name, text := range map[string]string{"state": f.state, "outcome": f.outcome, "reason": f.reason, "search": f.search} {
		if text != "" {
			q.Set(name, text)
		}
	}
	return q
}

func (c *campaignServer) people(cmd *cobra.Command, name string, f peopleFlags) error {
	api, err := c.client(cmd)
	if err != nil {
		return err
	}
	items, rows, n := []json.RawMessage{}, []campaigns.Person{}, 0
	out := csv.NewWriter(c.s.out)
	more, err := api.pages(cmd.Context(), campaignPath(name, "people"), f.query(), f.limit, func(item json.RawMessage) error {
		var p campaigns.Person
		if err := decoded(item, &p); err != nil {
			return err
		}
		if f.csv {
			if n++; n == 1 {
				_ = out.Write(peopleHeader())
			}
			return out.Write(contacts.SafeRow(personCells(p)))
		}
		items, rows = append(items, item), append(rows, p)
		return nil
	})
	if err != nil {
		return err
	}
	switch {
	case f.csv && n == 0:
		_ = out.Write(peopleHeader())
		fallthrough
	case f.csv:
		out.Flush()
		return out.Error()
	case c.asJSON:
		return printJSON(c.s, items)
	}
	c.printPeople(rows)
	if more {
		c.note("there are more: --limit 0 is all")
	}
	return nil
}

// peopleHeader is the first line of people as CSV.
func peopleHeader() []string {
	return []string{"row", "id", "phone", "state", "outcome", "reason", "text", "next", "attempts"}
}

func personCells(p campaigns.Person) []string {
	next := ""
	if !p.Next.IsZero() && p.State != campaigns.PersonDone {
		next = p.Next.UTC().Format(time.RFC3339)
	}
	return []string{strconv.FormatInt(p.Row, 10), p.ID, p.Phone, p.State, p.Outcome, string(p.Reason), p.Text, next, strconv.Itoa(p.Attempts)}
}

func (c *campaignServer) printPeople(rows []campaigns.Person) {
	if len(rows) == 0 {
		fmt.Fprintln(c.s.out, "nobody")
		return
	}
	room := 0 // no limit, for programs
	if isTerminal(c.s.out) {
		width, _ := terminalSize(c.s.out)
		room = max(width-50, 24)
	}
	w := tabwriter.NewWriter(c.s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "row\tid\tnumber\ttries\tstate\twhat")
	for _, p := range rows {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%s\n", p.Row, dash(clip(p.ID, 24)), dash(spaced(p.Phone)), p.Attempts, p.State, dash(clip(whatOf(p), room)))
	}
	_ = w.Flush()
}

// whatOf is how a person came out, or what is next, or why not.
func whatOf(p campaigns.Person) string {
	switch {
	case p.State == campaigns.PersonDone && p.Outcome != "":
		return strings.ReplaceAll(p.Outcome, "_", " ")
	case p.State == campaigns.PersonCalling:
		return "on the line"
	case p.Reason != "" && p.Text != "":
		return p.Reason.Words() + ": " + p.Text
	case p.Reason != "":
		return p.Reason.Words()
	}
	return p.Text
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func (c *campaignServer) whyCommand() *cobra.Command {
	return c.on(&cobra.Command{
		Use:   "why NAME PERSON",
		Short: "Why somebody is called now, or is not; an id or a number",
		Long: "Why a person is called now, or is not: every rule as it stands at this moment, what was tried, and what is next.\n" +
			"PERSON is the id of the list, the number, or the row as \"row 14\".",
		Example: "  paydial campaign why spring-renewals +15550142002\n  paydial campaign why spring-renewals M-10042 --json | jq .decision.checks",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client(cmd)
			if err != nil {
				return err
			}
			var why campaigns.Why
			raw, err := api.get(cmd.Context(), personPath(args[0], args[1], "why"), &why)
			if err != nil {
				return err
			}
			return c.tell(raw, func() { c.printWhy(why) })
		},
	})
}

// nameOf is what a person is called.
func nameOf(p campaigns.Person) string {
	for _, field := range []string{"first_name", "name", "full_name", "last_name"} {
		if name := p.Shown[field]; name != "" && !strings.Contains(name, "•") {
			return fmt.Sprintf("%s (%s)", name, dash(p.ID))
		}
	}
	if p.ID == "" {
		return fmt.Sprintf("row %d", p.Row)
	}
	return p.ID
}

func (c *campaignServer) printWhy(w campaigns.Why) {
	p := palette(colourful(c.s, c.s.out))
	verdict, more, _ := strings.Cut(w.Text, ": ")
	if w.Person.State == campaigns.PersonCalling || w.Person.Outcome != "" || w.Decision.Allowed && w.Person.State != campaigns.PersonDone {
		verdict = p.green(verdict)
	} else {
		verdict = p.yellow(verdict)
	}
	fmt.Fprintf(c.s.out, "%s   %s\n", p.bold(nameOf(w.Person)), verdict)
	if w.Person.State == campaigns.PersonDone && more != "" {
		fmt.Fprintf(c.s.out, "  %s\n", hanging(strings.ReplaceAll(more, "_", " "), 2))
	}
	if w.Person.Outcome == "" && w.Person.State != campaigns.PersonCalling { // else it is told what allowed the call
		c.printChecks(p, w.Decision.Checks)
	}
	if w.Person.State != campaigns.PersonDone {
		fmt.Fprintf(c.s.out, "  next      %s\n", hanging(whatNext(w), 12))
	}
	for i, a := range w.Person.History {
		fmt.Fprintf(c.s.out, "  %-9s %s\n", fmt.Sprintf("try %d", a.N), attemptWords(a))
		if i == len(w.Person.History)-1 {
			fmt.Fprintf(c.s.out, "  %s\n", p.dim("allowed by "+a.Book+" "+a.BookVersion))
			c.printChecks(p, a.Allowed)
		}
	}
}

// whatNext is when a person is rung next, and why then.
func whatNext(w campaigns.Why) string {
	next := "never, as things are"
	switch {
	case strings.HasSuffix(w.Text, "has not started"):
		next = "when the campaign is started"
	case !w.Next.IsZero():
		next = nextWords(w.Next, w.Decision.Zone, time.Now())
	case w.Person.State == campaigns.PersonCalling:
		next = "on the line now"
	}
	if w.Person.Text != "" {
		next += ", " + w.Person.Text
	}
	return next
}

// printChecks prints rules: those that said yes side by side, then each that said no.
func (c *campaignServer) printChecks(p palette, checks []rules.Check) {
	line := " "
	end := func() {
		if line != " " {
			fmt.Fprintln(c.s.out, marked(line, p))
		}
		line = " "
	}
	for _, check := range checks {
		if !check.Passed {
			continue
		}
		text := "✓ " + check.Text
		if len([]rune(line))+len([]rune(text))+2 > helpWidth {
			end()
		}
		line += strings.Repeat(" ", min(len(line), 3)) + text
	}
	end()
	for _, check := range checks {
		if !check.Passed {
			c.printStop(p, check)
		}
	}
}

// marked has the marks of a line in colour.
func marked(line string, p palette) string { return strings.ReplaceAll(line, "✓", p.green("✓")) }

// printStop prints a rule that said no, and where it comes from.
func (c *campaignServer) printStop(p palette, check rules.Check) {
	text := check.Text
	if check.Source != "" {
		text += " (" + check.Source + ")"
	}
	word := strings.ReplaceAll(check.Rule, "_", " ")
	fmt.Fprintf(c.s.out, "  %s %s   %s\n", p.red("✗"), word, hanging(text, 7+len(word)))
}

// attemptWords is an attempt in a line.
func attemptWords(a campaigns.Attempt) string {
	text := a.Local
	if text == "" {
		text = a.Claimed.Local().Format("Mon 2 Jan 15:04")
	}
	came := a.Outcome
	if came == "" {
		came = a.Status
	}
	switch {
	case a.State == campaigns.AttemptLost:
		came = "lost: Twilio knows of no call"
	case a.State != campaigns.AttemptEnded:
		came = "under way"
	}
	text += ", " + strings.ReplaceAll(came, "_", " ")
	if a.Seconds > 0 {
		text += ", " + lasted(time.Duration(a.Seconds)*time.Second)
	}
	if a.CallSID != "" {
		text += "  " + a.CallSID
	}
	return text
}

// nextWords is a moment to come, on somebody's own clock.
func nextWords(at time.Time, zone string, now time.Time) string {
	place := "here"
	if z, err := time.LoadLocation(zone); err == nil && zone != "" {
		at, now = at.In(z), now.In(z)
		place = strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
	} else {
		at, now = at.Local(), now.Local()
	}
	if !at.After(now) {
		return "now"
	}
	day := at.Format("Mon 2 Jan")
	switch days := dayOf(at).Sub(dayOf(now)); {
	case days == 0:
		day = "today"
	case days == 24*time.Hour:
		day = "tomorrow"
	}
	return fmt.Sprintf("%s %s %s", day, at.Format("15:04"), place)
}

// dayOf is the day of a moment, so that days can be counted.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
