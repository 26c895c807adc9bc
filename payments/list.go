package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
)

// Filter chooses payments. The zero Filter is all of them.
type Filter struct {
	States    []State // any of these
	Call      string
	Calls     []string // any of these
	Flow      string
	Reference string
	Agent     string
	Campaign  string
	Since     time.Time // started at or after
	Until     time.Time // started before
	NeedsLook bool      // unknown, or flagged for review
}

// Query is a page of what a Filter chooses, newest first.
type Query struct {
	Filter
	Limit int    // 0: 50; at most 500
	After string // Page.Next of the page before
}

// Page is one page of payments.
type Page struct {
	Payments []Payment
	Next     string // "" on the last page
}

// Total is how many payments stand at one state and what they amount to, in one currency. Those that only
// save a card have no amount and an empty currency.
type Total struct {
	State  State  `json:"state"`
	Intent Intent `json:"intent"`
	Count  int    `json:"count"`
	Amount Amount `json:"amount"`
}

var errBadCursor = errors.New("payments: not a place in the list")

// List returns one page of payments, newest first. Payments that begin meanwhile do not shift later pages.
func (l *Ledger) List(ctx context.Context, q Query) (Page, error) {
	limit := db.PageSize(q.Limit)
	where, args := q.where()
	if q.After != "" {
		p, ok := db.ParsePlace(q.After)
		if !ok {
			return Page{}, fmt.Errorf("list payments: %w", errBadCursor)
		}
		where += " AND (started_at < ? OR started_at = ? AND id < ?)"
		args = append(args, p.At, p.At, p.ID)
	}
	found, err := db.Select(ctx, l.db, scan, "SELECT "+columns+" FROM payments WHERE "+where+" ORDER BY started_at DESC, id DESC LIMIT ?",
		append(args, limit+1)...)
	if err != nil {
		return Page{}, fmt.Errorf("list payments: %w", err)
	}
	var page Page
	for _, r := range found {
		page.Payments = append(page.Payments, r.Payment)
	}
	if len(page.Payments) > limit {
		page.Payments = page.Payments[:limit]
		last := page.Payments[limit-1]
		page.Next = db.Place{At: db.Millis(last.Started), ID: last.ID}.String()
	}
	return page, nil
}

// Totals adds up what a Filter chooses, by state, intent and currency.
func (l *Ledger) Totals(ctx context.Context, f Filter) ([]Total, error) {
	where, args := f.where()
	totals, err := db.Select(ctx, l.db, scanTotal, "SELECT state, intent, currency, COUNT(*), CAST(SUM(amount_minor) AS BIGINT) FROM payments WHERE "+
		where+" GROUP BY state, intent, currency ORDER BY state, intent, currency", args...)
	if err != nil {
		return nil, fmt.Errorf("total payments: %w", err)
	}
	return totals, nil
}

func scanTotal(from db.Scanner) (t Total, err error) {
	err = from.Scan(&t.State, &t.Intent, &t.Amount.Currency, &t.Count, &t.Amount.Minor)
	return t, err
}

// where is the filter as SQL. Values are never part of its text.
func (f Filter) where() (string, []any) {
	where, args := []string{"1 = 1"}, []any(nil)
	add := func(clause string, values ...any) {
		where, args = append(where, clause), append(args, values...)
	}
	for _, c := range []struct{ column, value string }{
		{"call", f.Call}, {"flow", f.Flow}, {"reference", f.Reference}, {"agent", f.Agent}, {"campaign", f.Campaign},
	} {
		if c.value != "" {
			add(c.column+" = ?", c.value)
		}
	}
	anyOf := func(column string, values []any) {
		if len(values) > 0 {
			add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
		}
	}
	states, calls := make([]any, len(f.States)), make([]any, len(f.Calls))
	for i, s := range f.States {
		states[i] = string(s)
	}
	for i, call := range f.Calls {
		calls[i] = call
	}
	anyOf("state", states)
	anyOf("call", calls)
	if !f.Since.IsZero() {
		add("started_at >= ?", db.Millis(f.Since))
	}
	if !f.Until.IsZero() {
		add("started_at < ?", db.Millis(f.Until))
	}
	if f.NeedsLook {
		add("(state = ? OR review = 1)", string(Unknown))
	}
	return strings.Join(where, " AND "), args
}
