package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// Query chooses lines. The zero Query is the first page of all of them, newest first.
type Query struct {
	Who     string
	Call    string
	Payment string
	Action  string    // the whole word, or with a dot at its end its beginning: "payment."
	Since   time.Time // written at or after
	Limit   int       // 0: 50; at most 500
	After   string    // Page.Next of the page before
}

// Page is one page of lines, newest first.
type Page struct {
	Entries []Entry
	Next    string // "" on the last page
}

// ErrCursor says that Query.After is not what a page before had as its Next.
var ErrCursor = errors.New("not a place in the audit log")

// List returns one page of lines. Lines that are written meanwhile do not shift later pages. The errors are
// ErrCursor and failures of the database.
func (l *Log) List(ctx context.Context, q Query) (Page, error) {
	limit := db.PageSize(q.Limit)
	where, args := q.where()
	if q.After != "" {
		seq, err := strconv.ParseInt(q.After, 36, 64)
		if err != nil {
			return Page{}, fmt.Errorf("list audit log: %w", ErrCursor)
		}
		where, args = where+" AND seq < ?", append(args, seq)
	}
	found, err := db.Select(ctx, l.db, scan, "SELECT "+columns+" FROM audit WHERE "+where+" ORDER BY seq DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return Page{}, fmt.Errorf("list audit log: %w", err)
	}
	var page Page
	for _, r := range found {
		page.Entries = append(page.Entries, r.Entry)
	}
	if len(page.Entries) > limit {
		page.Entries = page.Entries[:limit]
		page.Next = strconv.FormatInt(page.Entries[limit-1].Seq, 36)
	}
	return page, nil
}

// where is the query as SQL. Values are never part of its text.
func (q Query) where() (string, []any) {
	where, args := "1 = 1", []any(nil)
	for _, c := range []struct{ column, value string }{{"who", q.Who}, {"call", q.Call}, {"payment", q.Payment}} {
		if c.value != "" {
			where, args = where+" AND "+c.column+" = ?", append(args, c.value)
		}
	}
	switch group, ok := strings.CutSuffix(q.Action, "."); {
	case ok: // every action that begins so: the sign behind the dot in ASCII ends the range
		where, args = where+" AND action >= ? AND action < ?", append(args, group+".", group+"/")
	case q.Action != "":
		where, args = where+" AND action = ?", append(args, q.Action)
	}
	if !q.Since.IsZero() {
		where, args = where+" AND at >= ?", append(args, db.Millis(q.Since))
	}
	return where, args
}
