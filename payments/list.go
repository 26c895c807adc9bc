package payments

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
	limit := q.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	where, args := q.where()
	if q.After != "" {
		ms, id, ok := strings.Cut(q.After, ".")
		at, err := strconv.ParseInt(ms, 10, 64)
		if !ok || err != nil {
			return Page{}, fmt.Errorf("list payments: %w", errBadCursor)
		}
		where += " AND (started_at < ? OR started_at = ? AND id < ?)"
		args = append(args, at, at, id)
	}
	rows, err := l.db.Query(ctx, "SELECT "+columns+" FROM payments WHERE "+where+" ORDER BY started_at DESC, id DESC LIMIT ?",
		append(args, limit+1)...)
	if err != nil {
		return Page{}, fmt.Errorf("list payments: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var page Page
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return Page{}, fmt.Errorf("list payments: %w", err)
		}
		page.Payments = append(page.Payments, r.Payment)
	}
	if err := rows.Err(); err != nil {
		return Page{}, fmt.Errorf("list payments: %w", err)
	}
	if len(page.Payments) > limit {
		page.Payments = page.Payments[:limit]
		last := page.Payments[limit-1]
		page.Next = strconv.FormatInt(db.Millis(last.Started), 10) + "." + last.ID
	}
	return page, nil
}

// Totals adds up what a Filter chooses, by state, intent and currency.
func (l *Ledger) Totals(ctx context.Context, f Filter) ([]Total, error) {
	where, args := f.where()
	rows, err := l.db.Query(ctx, "SELECT state, intent, currency, COUNT(*), CAST(SUM(amount_minor) AS BIGINT) FROM payments WHERE "+
		where+" GROUP BY state, intent, currency ORDER BY state, intent, currency", args...)
	if err != nil {
		return nil, fmt.Errorf("total payments: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Total
	for rows.Next() {
		var t Total
		if err := rows.Scan(&t.State, &t.Intent, &t.Amount.Currency, &t.Count, &t.Amount.Minor); err != nil {
			return nil, fmt.Errorf("total payments: %w", err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("total payments: %w", err)
	}
	return out, nil
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
