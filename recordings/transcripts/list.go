package transcripts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paydial/paydial/db"
)

// Query chooses transcripts. The zero Query is the first page of all of them, newest first.
type Query struct {
	Call    string
	Flow    string
	Line    string
	Since   time.Time // began at or after
	Until   time.Time // began before
	Masked  bool      // only those in which something was masked
	Cards   bool      // only those in which a card number was masked
	Trouble bool      // only those with which something went wrong
	Limit   int       // 0: 50; at most 500
	After   string    // Page.Next of the page before
}

// Page is one page of transcripts.
type Page struct {
	Transcripts []Summary
	Next        string // "" on the last page
}

// ErrCursor says that Query.After is not what a page before had as its Next.
var ErrCursor = errors.New("not a place in the list of transcripts")

// List returns one page of transcripts, newest first. Those that begin meanwhile do not shift later pages. The errors
// are ErrCursor and failures of the database.
func (s *Store) List(ctx context.Context, q Query) (Page, error) {
	page, err := s.list(ctx, q)
	if err != nil {
		return Page{}, fmt.Errorf("list transcripts: %w", err)
	}
	return page, nil
}

func (s *Store) list(ctx context.Context, q Query) (Page, error) {
	limit := db.PageSize(q.Limit)
	where, args := q.where()
	if q.After != "" {
		p, ok := db.ParsePlace(q.After)
		if !ok {
			return Page{}, ErrCursor
		}
		where, args = where+" AND (began_at < ? OR began_at = ? AND call < ?)", append(args, p.At, p.At, p.ID)
	}
	found, err := db.Select(ctx, s.db, s.scanSummary, "SELECT "+summaryColumns+" FROM transcripts WHERE "+where+" ORDER BY began_at DESC, call DESC LIMIT ?",
		append(args, limit+1)...)
	if err != nil {
		return Page{}, err
	}
	page := Page{Transcripts: found}
	if len(page.Transcripts) > limit {
		page.Transcripts = page.Transcripts[:limit]
		last := page.Transcripts[limit-1]
		page.Next = db.Place{At: db.Millis(last.Began), ID: last.Call}.String()
	}
	return page, nil
}

// where is the query as SQL. Values are never part of its text.
func (q Query) where() (string, []any) {
	where, args := "deleted_at = 0", []any(nil)
	for _, c := range []struct{ column, value string }{{"call", q.Call}, {"flow", q.Flow}, {"line", q.Line}} {
		if c.value != "" {
			where, args = where+" AND "+c.column+" = ?", append(args, c.value)
		}
	}
	if !q.Since.IsZero() {
		where, args = where+" AND began_at >= ?", append(args, db.Millis(q.Since))
	}
	if !q.Until.IsZero() {
		where, args = where+" AND began_at < ?", append(args, db.Millis(q.Until))
	}
	if q.Masked {
		where += " AND masked > 0"
	}
	if q.Cards {
		where += " AND cards > 0"
	}
	if q.Trouble {
		where += " AND trouble <> ''"
	}
	return where, args
}

// Of tells of which calls there is a transcript. It asks once, however many calls there are.
func (s *Store) Of(ctx context.Context, calls []string) (map[string]bool, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	args := make([]any, len(calls))
	for i, call := range calls {
		args[i] = call
	}
	there, err := db.Select(ctx, s.db, db.Word, "SELECT call FROM transcripts WHERE call IN ("+db.Marks(len(calls))+") AND deleted_at = 0 AND lines > 0", args...)
	if err != nil {
		return nil, fmt.Errorf("look for transcripts: %w", err)
	}
	out := map[string]bool{}
	for _, call := range there {
		out[call] = true
	}
	return out, nil
}
