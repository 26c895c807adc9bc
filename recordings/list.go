package recordings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// Limits of one page of List.
const (
	// maxLooked is how many rows one page looks at. A filter of several parts uses the index of one and looks at what
	// that finds, so a page of a rare combination may have few recordings, or none, and still a Next.
	maxLooked = 10_000
	chunk     = 2000 // rows looked at with one query at the most
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
	limit := db.PageSize(q.Limit)
	l := q.list()
	var page Page
	p, err := cursor(q.After)
	if err != nil {
		return page, fmt.Errorf("list recordings: %w", err)
	}
	size, last := limit+1, db.Place{}
	for looked := 0; ; size = min(4*size, chunk) {
		found, err := r.positioned(ctx, l, p, size, limit+1-len(page.Recordings))
		if err != nil {
			return Page{}, fmt.Errorf("list recordings: %w", err)
		}
		for _, f := range found {
			if len(page.Recordings) == limit { // one more is there
				page.Next = last.String()
				return page, nil
			}
			page.Recordings, last = append(page.Recordings, f.Recording), f.place
		}
		if len(l.rest) == 0 {
			return page, nil
		}
		var more bool
		if p, more, err = r.endOf(ctx, l, p, size); err != nil {
			return Page{}, fmt.Errorf("list recordings: %w", err)
		}
		if !more {
			return page, nil
		}
		if looked += size; looked >= maxLooked {
			page.Next = p.String()
			return page, nil
		}
	}
}

// positioned is a recording and its place.
type positioned struct {
	Recording
	place db.Place
}

// positioned reads what fits among the next rows of the list, as many as size.
func (r *Recordings) positioned(ctx context.Context, l list, from db.Place, size, limit int) ([]positioned, error) {
	query, args := l.sql(from, size, limit)
	return db.Select(ctx, r.cfg.DB, func(from db.Scanner) (f positioned, err error) {
		w, err := scan(withMore{from, []any{&f.place.At}})
		f.Recording, f.place.ID = w.Recording, w.SID
		return f, err
	}, query, args...)
}

// endOf is the place behind so many rows of the list; false when it ends before.
func (r *Recordings) endOf(ctx context.Context, l list, from db.Place, size int) (db.Place, bool, error) {
	rows, args := l.rows(from, size, l.column+", sid")
	var p db.Place
	err := r.cfg.DB.QueryRow(ctx, fmt.Sprintf("SELECT %s, sid FROM (%s) AS found%s LIMIT 1 OFFSET %d", l.column, rows, l.ordered(), size-1), args...).Scan(&p.At, &p.ID)
	if noRows(err) {
		return p, false, nil
	}
	return p, err == nil, err
}

// withMore scans further columns behind those of a recording.
type withMore struct {
	db.Scanner
	more []any
}

// Scan reads them.
func (m withMore) Scan(dest ...any) error { return m.Scanner.Scan(append(dest, m.more...)...) }

func cursor(after string) (db.Place, error) {
	if after == "" {
		return db.Place{}, nil
	}
	p, ok := db.ParsePlace(after)
	if !ok || p.ID == "" {
		return db.Place{}, ErrCursor
	}
	return p, nil
}

func (l list) ordered() string {
	return fmt.Sprintf(" ORDER BY %s %s, sid %s", l.column, l.order, l.order)
}

// rows are the next rows of the list behind a place, each source's own first ones, found by its index in order.
func (l list) rows(from db.Place, size int, columns string) (string, []any) {
	var args []any
	var parts []string
	for i, source := range l.sources {
		where := source.sql
		args = append(args, source.args...)
		if from.ID != "" {
			where += fmt.Sprintf(" AND (%s, sid) %s (?, ?)", l.column, l.beyond)
			args = append(args, from.At, from.ID)
		}
		parts = append(parts, fmt.Sprintf("SELECT * FROM (SELECT %s FROM recordings WHERE %s%s LIMIT %d) AS s%d", columns, where, l.ordered(), size, i))
	}
	if len(parts) == 1 {
		return parts[0], args
	}
	return "SELECT * FROM (" + strings.Join(parts, " UNION ALL ") + ") AS merged" + l.ordered() + fmt.Sprintf(" LIMIT %d", size), args
}

// sql is what fits of the next rows.
func (l list) sql(from db.Place, size, limit int) (string, []any) {
	rows, args := l.rows(from, size, "*")
	query := "SELECT " + columns + ", " + l.column + " FROM (" + rows + ") AS found"
	for i, c := range l.rest {
		word := " AND "
		if i == 0 {
			word = " WHERE "
		}
		query, args = query+word+c.sql, append(args, c.args...)
	}
	return query + l.ordered() + fmt.Sprintf(" LIMIT %d", limit), args
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
