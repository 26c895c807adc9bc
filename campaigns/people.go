package campaigns

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/db"
)

// People is a page of a campaign's people, in the order of the list. An error is ErrNotFound, or the database's.
func (c *Campaigns) People(ctx context.Context, name string, q PeopleQuery) (PeoplePage, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return PeoplePage{}, err
	}
	where, args := q.where(r.num, c.now())
	limit := db.PageSize(q.Limit)
	people, err := db.Select(ctx, c.cfg.DB, scanPerson, "SELECT "+personColumns+" FROM campaign_people WHERE "+where+" ORDER BY line_no LIMIT ?",
		append(args, limit+1)...)
	if err != nil {
		return PeoplePage{}, fmt.Errorf("list people of campaign %s: %w", name, err)
	}
	out := PeoplePage{People: make([]Person, 0, len(people))}
	for i := range people {
		if i == limit {
			out.Next = strconv.FormatInt(people[i-1].Row, 10)
			break
		}
		out.People = append(out.People, people[i].Person)
	}
	return out, nil
}

// where are the conditions of a query.
func (q PeopleQuery) where(num int64, now time.Time) (string, []any) {
	where, args := "campaign = ?", []any{num}
	add := func(condition string, values ...any) {
		where += " AND " + condition
		args = append(args, values...)
	}
	if q.State != "" {
		add("state = ?", q.State)
	}
	if q.Outcome != "" {
		add("state = 'done' AND outcome = ?", q.Outcome)
	}
	if q.Reason != "" {
		add("reason = ?", q.Reason)
	}
	if q.Outcomes != nil {
		some := []any{}
		for _, o := range q.Outcomes {
			some = append(some, o)
		}
		add("state = 'done' AND outcome IN (NULL"+strings.Repeat(", ?", len(some))+")", some...)
	}
	if q.Later {
		add("state <> 'done' AND due_at > ?", db.Millis(now))
	}
	if q.Paid {
		add("line_no IN (SELECT line_no FROM campaign_attempts WHERE campaign = ? AND paid_minor > 0)", num)
	}
	if s := strings.TrimSpace(q.Search); s != "" {
		add("(id >= ? AND id < ? OR phone >= ? AND phone < ?)", s, s+"\U0010FFFF", s, s+"\U0010FFFF")
	}
	if after, err := strconv.ParseInt(q.After, 10, 64); err == nil {
		add("line_no > ?", after)
	}
	return where, args
}

// lookUp finds a person by id, by phone number, or by the line of the list: "row 14". Where several rows have it, it is the
// first that is not done because of another.
func (c *Campaigns) lookUp(ctx context.Context, from queryer, num int64, idOrPhone, lock string) (personRow, error) {
	column, value := "id", any(strings.TrimSpace(idOrPhone))
	if line, ok := strings.CutPrefix(idOrPhone, "row "); ok {
		n, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			return personRow{}, fmt.Errorf("%.80q: %w", idOrPhone, ErrNotFound)
		}
		return personOf(ctx, from, num, n, lock)
	}
	if strings.HasPrefix(idOrPhone, "+") {
		column = "phone"
	}
	p, err := scanPerson(from.QueryRow(ctx, "SELECT "+personColumns+" FROM campaign_people WHERE campaign = ? AND "+column+
		" = ? ORDER BY CASE WHEN reason = 'duplicate' THEN 1 ELSE 0 END, line_no LIMIT 1"+lock, num, value))
	if errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("%.80q: %w", idOrPhone, ErrNotFound)
	}
	if err != nil {
		return p, fmt.Errorf("find a person: %w", err)
	}
	return p, nil
}

// Person is one person with their attempts, by id, phone number, or "row 14". An error is ErrNotFound, or the database's.
func (c *Campaigns) Person(ctx context.Context, name, idOrPhone string) (Person, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return Person{}, err
	}
	p, err := c.lookUp(ctx, c.cfg.DB, r.num, idOrPhone, "")
	if err != nil {
		return Person{}, err
	}
	p.History, err = c.history(ctx, &r, p.Row)
	return p.Person, err
}

func (c *Campaigns) history(ctx context.Context, r *campaignRow, row int64) ([]Attempt, error) {
	rows, err := db.Select(ctx, c.cfg.DB, scanAttempt, "SELECT "+attemptColumns+" FROM campaign_attempts WHERE campaign = ? AND line_no = ? ORDER BY n", r.num, row)
	if err != nil {
		return nil, fmt.Errorf("read the attempts of row %d: %w", row, err)
	}
	out := make([]Attempt, len(rows))
	for i := range rows {
		out[i] = rows[i].Attempt
		out[i].Campaign = r.Name
	}
	return out, nil
}

// Attempts is a page of a campaign's attempts, newest first.
func (c *Campaigns) Attempts(ctx context.Context, name, after string, limit int) (AttemptPage, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return AttemptPage{}, err
	}
	query, args := "SELECT "+attemptColumns+" FROM campaign_attempts WHERE campaign = ?", []any{r.num}
	if place, ok := db.ParsePlace(after); ok {
		row, n, _ := strings.Cut(place.ID, ":")
		line, _ := strconv.ParseInt(row, 10, 64)
		try, _ := strconv.Atoi(n)
		query += " AND (claimed_at < ? OR claimed_at = ? AND (line_no < ? OR line_no = ? AND n < ?))"
		args = append(args, place.At, place.At, line, line, try)
	}
	limit = db.PageSize(limit)
	rows, err := db.Select(ctx, c.cfg.DB, scanAttempt, query+" ORDER BY claimed_at DESC, line_no DESC, n DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return AttemptPage{}, fmt.Errorf("list attempts of campaign %s: %w", name, err)
	}
	out := AttemptPage{Attempts: []Attempt{}}
	for i := range rows {
		if i == limit {
			last := rows[i-1]
			out.Next = db.Place{At: db.Millis(last.Claimed), ID: refKey(last.Row, last.N)}.String()
			break
		}
		rows[i].Campaign = r.Name
		out.Attempts = append(out.Attempts, rows[i].Attempt)
	}
	return out, nil
}

// Changes is what was done to a campaign, oldest first.
func (c *Campaigns) Changes(ctx context.Context, name string) ([]Change, error) {
	r, err := find(ctx, c.cfg.DB, name, "")
	if err != nil {
		return nil, err
	}
	out, err := db.Select(ctx, c.cfg.DB, func(from db.Scanner) (ch Change, err error) {
		var at int64
		err = from.Scan(&at, &ch.What, &ch.By, &ch.Note, &ch.Row)
		ch.At = db.Time(at)
		return ch, err
	}, "SELECT at, what, who, note, person FROM campaign_changes WHERE campaign = ? ORDER BY n", r.num)
	if err != nil {
		return nil, fmt.Errorf("list changes of campaign %s: %w", name, err)
	}
	return out, nil
}

// Past are the attempts that were made to some numbers, by all campaigns and by other systems.
func (c *Campaigns) Past(ctx context.Context, numbers []string, since time.Time) (map[string][]rules.Past, error) {
	return pastOf(ctx, c.cfg.DB, numbers, since)
}

func pastOf(ctx context.Context, from queryer, numbers []string, since time.Time) (map[string][]rules.Past, error) {
	out := map[string][]rules.Past{}
	for len(numbers) > 0 {
		some := numbers[:min(len(numbers), 400)]
		numbers = numbers[len(some):]
		args := make([]any, len(some))
		for i, n := range some {
			args[i] = n
		}
		past, err := learnPast(ctx, from, "phone", args, db.Millis(since))
		if err != nil {
			return nil, err
		}
		maps.Copy(out, past)
	}
	return out, nil
}
