package recordings

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// Limits of one page of List.
const (
	defaultPage = 50
	maxPage     = 500
	// maxLooked is how many rows one page looks at. A filter of several parts uses the index of one and looks at what
	// that finds, so a page of a rare combination may have few recordings, or none, and still a Next.
	maxLooked = 10_000
	chunk     = 1000
)

// Filter chooses recordings. The zero Filter is all of them.
type Filter struct {
	States  []State // any of these
	Flow    string
	Call    string
	Line    string
	Class   string
	Flagged bool
	Held    bool
	Since   time.Time // created at or after
	Until   time.Time // created before
	// DueBefore: a copy is to be deleted before then. Such a list begins with what is deleted first.
	DueBefore time.Time
	// CliffBefore: Twilio deletes it before then, and there is no copy of ours though there should be. Such a list begins
	// with what Twilio deletes first.
	CliffBefore time.Time
}

// Query is a page of what a Filter chooses, newest first.
type Query struct {
	Filter
	Limit int    // 0: 50; at most 500
	After string // Page.Next of the page before
}

// Page is one page of recordings. It can have fewer than were asked for and still a Next.
type Page struct {
	Recordings []Recording
	Next       string // "" on the last page
}

// ErrCursor says that Query.After is not what a page before had as its Next.
var ErrCursor = errors.New("not a place in the list of recordings")

// list is how a filter is answered: sources are conditions that an index each finds in order; the rest is looked at.
type list struct {
	sources []clause
	rest    []clause
	column  string // what it is ordered by
	order   string // DESC or ASC
	beyond  string // < or >
}

type clause struct {
	sql  string
	args []any
}

// List returns one page of recordings, newest first. Recordings that are added meanwhile do not shift later pages. The
// time it takes does not grow with their number. The errors are ErrCursor and failures of the database.
func (r *Recordings) List(ctx context.Context, q Query) (Page, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	l := q.list()
	var page Page
	at, sid, err := cursor(q.After)
	if err != nil {
		return page, fmt.Errorf("list recordings: %w", err)
	}
	size := limit + 1
	if len(l.rest) > 0 {
		size = chunk
	}
	for looked := 0; ; {
		query, args := l.sql(at, sid, size)
		found, err := r.looked(ctx, query, args)
		if err != nil {
			return Page{}, fmt.Errorf("list recordings: %w", err)
		}
		for i, f := range found {
			if f.fits && len(page.Recordings) == limit {
				return page, nil // one more is there: Next stands
			}
			at, sid = f.at, f.SID
			page.Next = strconv.FormatInt(at, 10) + "." + sid
			if f.fits {
				page.Recordings = append(page.Recordings, f.Recording)
			}
			if i == len(found)-1 && len(found) < size {
				page.Next = ""
			}
		}
		if looked += len(found); len(found) < size {
			page.Next = ""
			return page, nil
		}
		if looked >= maxLooked {
			return page, nil
		}
	}
}

// lookedAt is a row that the sources found, and whether the rest of the filter wants it.
type lookedAt struct {
	Recording
	at   int64
	fits bool
}

func (r *Recordings) looked(ctx context.Context, query string, args []any) ([]lookedAt, error) {
	found, err := r.cfg.DB.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	var out []lookedAt
	for found.Next() {
		var f lookedAt
		var fits int
		w, err := scan(withMore{found, []any{&fits, &f.at}})
		if err != nil {
			return nil, err
		}
		f.Recording, f.fits = w.Recording, fits == 1
		out = append(out, f)
	}
	return out, found.Err()
}

// withMore scans further columns behind those of a recording.
type withMore struct {
	scanner
	more []any
}

// Scan reads them.
func (m withMore) Scan(dest ...any) error { return m.scanner.Scan(append(dest, m.more...)...) }

func cursor(after string) (at int64, sid string, err error) {
	if after == "" {
		return 0, "", nil
	}
	ms, sid, ok := strings.Cut(after, ".")
	at, err = strconv.ParseInt(ms, 10, 64)
	if !ok || err != nil || sid == "" {
		return 0, "", ErrCursor
	}
	return at, sid, nil
}

// sql is one chunk of the list behind a place in it. Each source gives its own first rows, found by its index in order;
// the outer query merges them.
func (l list) sql(at int64, sid string, size int) (string, []any) {
	var args []any
	fits := "1"
	if len(l.rest) > 0 {
		var rest []string
		for _, c := range l.rest {
			rest, args = append(rest, c.sql), append(args, c.args...)
		}
		fits = "CASE WHEN " + strings.Join(rest, " AND ") + " THEN 1 ELSE 0 END"
	}
	order := fmt.Sprintf(" ORDER BY %s %s, sid %s LIMIT %d", l.column, l.order, l.order, size)
	var parts []string
	for i, source := range l.sources {
		where := source.sql
		args = append(args, source.args...)
		if sid != "" {
			where += fmt.Sprintf(" AND (%s, sid) %s (?, ?)", l.column, l.beyond)
			args = append(args, at, sid)
		}
		parts = append(parts, fmt.Sprintf("SELECT * FROM (SELECT * FROM recordings WHERE %s%s) AS s%d", where, order, i))
	}
	return "SELECT " + columns + ", " + fits + ", " + l.column + " FROM (" + strings.Join(parts, " UNION ALL ") + ") AS found" + order, args
}

// list chooses the index that a filter uses: the part that fewest recordings share, as far as that can be known.
func (f Filter) list() list {
	l := list{column: "created_at", order: "DESC", beyond: "<"}
	var window clause
	if !f.Since.IsZero() {
		window = window.and(clause{"created_at >= ?", []any{db.Millis(f.Since)}})
	}
	if !f.Until.IsZero() {
		window = window.and(clause{"created_at < ?", []any{db.Millis(f.Until)}})
	}
	var parts [][]clause // in the order of preference; more than one clause: any of them
	if !f.DueBefore.IsZero() {
		l.column, l.order, l.beyond = "next_delete", "ASC", ">"
		parts = append(parts, []clause{{"next_delete > 0 AND next_delete < ?", []any{db.Millis(f.DueBefore)}}})
	}
	if !f.CliffBefore.IsZero() {
		if len(parts) == 0 {
			l.column, l.order, l.beyond = "cliff_at", "ASC", ">"
		}
		parts = append(parts, []clause{{"cliff_at > 0 AND cliff_at < ?", []any{db.Millis(f.CliffBefore)}}})
	}
	for _, c := range []struct{ column, value string }{{"call", f.Call}, {"line", f.Line}, {"class", f.Class}, {"flow", f.Flow}} {
		if c.value != "" {
			parts = append(parts, []clause{{c.column + " = ?", []any{c.value}}})
		}
		if c.column != "call" {
			continue
		}
		if f.Flagged {
			parts = append(parts, []clause{{"flags <> ''", nil}})
		}
		if f.Held {
			parts = append(parts, []clause{{"held = 1", nil}})
		}
	}
	if len(f.States) > 0 {
		var either []clause
		for _, s := range f.States {
			either = append(either, clause{"state = ?", []any{string(s)}})
		}
		parts = append(parts, either)
	}
	if len(parts) == 0 {
		parts = [][]clause{{{"1 = 1", nil}}}
	}
	for _, c := range parts[0] {
		if l.column == "created_at" {
			c = c.and(window)
		}
		l.sources = append(l.sources, c)
	}
	if l.column != "created_at" && window.sql != "" {
		l.rest = append(l.rest, window)
	}
	for _, p := range parts[1:] {
		l.rest = append(l.rest, anyOf(p))
	}
	return l
}

func (c clause) and(d clause) clause {
	switch {
	case c.sql == "":
		return d
	case d.sql == "":
		return c
	}
	return clause{c.sql + " AND " + d.sql, append(append([]any(nil), c.args...), d.args...)}
}

func anyOf(parts []clause) clause {
	var out clause
	for i, p := range parts {
		if i > 0 {
			out.sql += " OR "
		}
		out.sql, out.args = out.sql+p.sql, append(out.args, p.args...)
	}
	out.sql = "(" + out.sql + ")"
	return out
}
