package campaigns

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
)

// table is what is exported: columns and the rows, one by one.
type table struct {
	columns []string
	each    func(ctx context.Context, row func(cells []string) error) error
}

// Export writes what is known of a campaign: outcomes (people by outcome and reason), people, attempts, or audit (its changes).
// format is csv or json; a CSV is safe to be opened in a spreadsheet, JSON is a list of objects. Private values are masked.
func (c *Campaigns) Export(ctx context.Context, name, what, format string, w io.Writer) error {
	if _, err := find(ctx, c.cfg.DB, name, ""); err != nil {
		return err
	}
	var t table
	var err error
	switch what {
	case "outcomes":
		t, err = c.outcomesTable(ctx, name)
	case "people":
		t, err = c.peopleTable(ctx, name)
	case "attempts":
		t = c.attemptsTable(name)
	case "audit":
		t, err = c.changesTable(ctx, name)
	default:
		err = fmt.Errorf("%.40q is none of outcomes, people, attempts, audit: %w", what, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("export campaign %s: %w", name, err)
	}
	write := t.csv
	switch format {
	case "json":
		write = t.json
	case "csv", "":
	default:
		return fmt.Errorf("export campaign %s: %.40q is neither csv nor json: %w", name, format, ErrNotFound)
	}
	if err := write(ctx, w); err != nil {
		return fmt.Errorf("export campaign %s: %w", name, err)
	}
	return nil
}

func (t table) csv(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(contacts.SafeRow(slices.Clone(t.columns))); err != nil {
		return err
	}
	if err := t.each(ctx, func(cells []string) error { return out.Write(contacts.SafeRow(cells)) }); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func (t table) json(ctx context.Context, w io.Writer) error {
	before := "[\n"
	err := t.each(ctx, func(cells []string) error {
		var b strings.Builder
		b.WriteString(before + " {")
		before = ",\n"
		for i, name := range t.columns {
			if i > 0 {
				b.WriteString(", ")
			}
			b.Write(jsonText(name))
			b.WriteString(": ")
			b.Write(jsonText(cells[i]))
		}
		b.WriteString("}")
		_, err := io.WriteString(w, b.String())
		return err
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if before == "[\n" {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}

func jsonText(s string) []byte {
	raw, err := json.Marshal(s)
	if err != nil { // a string always can be
		return []byte(`""`)
	}
	return raw
}

func (c *Campaigns) outcomesTable(ctx context.Context, name string) (table, error) {
	st, err := c.Status(ctx, name)
	if err != nil {
		return table{}, err
	}
	var rows [][]string
	add := func(kind, what string, people int) {
		rows = append(rows, []string{kind, what, strconv.Itoa(people)})
	}
	for _, o := range st.Outcomes {
		add("outcome", o.Outcome, o.People)
	}
	for _, r := range st.Refused {
		add("not_called", string(r.Reason), r.People)
	}
	add("pending", "", st.Counts.Pending)
	add("waiting", "", st.Counts.Waiting)
	add("calling", "", st.Counts.Calling)
	add("total", "", st.Counts.Total)
	return fixed([]string{"kind", "what", "people"}, rows), nil
}

// fixed is a table whose rows are there already.
func fixed(columns []string, rows [][]string) table {
	return table{columns: columns, each: func(_ context.Context, row func([]string) error) error {
		for _, r := range rows {
			if err := row(r); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (c *Campaigns) changesTable(ctx context.Context, name string) (table, error) {
	all, err := c.Changes(ctx, name)
	if err != nil {
		return table{}, err
	}
	rows := make([][]string, len(all))
	for i, ch := range all {
		rows[i] = []string{stamp(ch.At), ch.What, ch.By, ch.Note, number(ch.Row)}
	}
	return fixed([]string{"at", "what", "by", "note", "row"}, rows), nil
}

// peopleTable has a column for each need of the flow, as the first people have them.
func (c *Campaigns) peopleTable(ctx context.Context, name string) (table, error) {
	first, err := c.People(ctx, name, PeopleQuery{Limit: 500})
	if err != nil {
		return table{}, err
	}
	var names []string
	for _, p := range first.People {
		for name := range p.Shown {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	columns := []string{"row", "id", "phone", "zones", "language", "consent", "debt_id", "priority", "state", "outcome", "reason", "text", "next", "attempts"}
	for _, n := range names {
		columns = append(columns, "value:"+n)
	}
	return table{columns: columns, each: func(ctx context.Context, row func([]string) error) error {
		for q := (PeopleQuery{Limit: 500}); ; {
			page, err := c.People(ctx, name, q)
			if err != nil {
				return err
			}
			for i := range page.People {
				p := &page.People[i]
				cells := []string{number(p.Row), p.ID, p.Phone, strings.Join(p.Zones, " "), p.Language, day(p.Consent), p.DebtID, strconv.Itoa(p.Priority),
					p.State, p.Outcome, string(p.Reason), p.Text, stamp(p.Next), strconv.Itoa(p.Attempts)}
				for _, n := range names {
					cells = append(cells, p.Shown[n])
				}
				if err := row(cells); err != nil {
					return err
				}
			}
			if q.After = page.Next; q.After == "" {
				return nil
			}
		}
	}}, nil
}

func (c *Campaigns) attemptsTable(name string) table {
	columns := []string{"row", "id", "attempt", "state", "call_sid", "phone", "from", "status", "answered_by", "outcome", "claimed", "dialed", "ended",
		"seconds", "rule_book", "rule_book_version", "zone", "local_time", "allowed", "paid", "currency"}
	return table{columns: columns, each: func(ctx context.Context, row func([]string) error) error {
		for after := ""; ; {
			page, err := c.Attempts(ctx, name, after, 500)
			if err != nil {
				return err
			}
			for i := range page.Attempts {
				if err := row(attemptCells(&page.Attempts[i])); err != nil {
					return err
				}
			}
			if after = page.Next; after == "" {
				return nil
			}
		}
	}}
}

func attemptCells(a *Attempt) []string {
	var allowed []string
	for _, check := range a.Allowed {
		allowed = append(allowed, check.Rule+": "+check.Text)
	}
	paid, currency := "", ""
	if a.Paid != nil {
		paid, currency = strconv.FormatInt(a.Paid.Minor, 10), a.Paid.Currency
	}
	return []string{number(a.Row), a.ID, strconv.Itoa(a.N), a.State, a.CallSID, a.Phone, a.From, a.Status, a.AnsweredBy, a.Outcome, stamp(a.Claimed),
		stamp(a.Dialed), stamp(a.Ended), strconv.Itoa(a.Seconds), a.Book, a.BookVersion, a.Zone, a.Local, strings.Join(allowed, "; "), paid, currency}
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
