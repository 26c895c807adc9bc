package db

import (
	"context"
	"database/sql"
	"strings"
)

// Queryer is where rows are read: a DB, or inside a transaction its Tx.
type Queryer interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Scanner is a row, of a query for one or for many.
type Scanner interface{ Scan(dest ...any) error }

// Select reads all rows that a query finds, each with scan, and closes them. Where something fails, none come back.
func Select[T any](ctx context.Context, from Queryer, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := from.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// Word scans a row of one text, for Select.
func Word(from Scanner) (word string, err error) {
	err = from.Scan(&word)
	return word, err
}

// Marks are n placeholders for the values of an IN or of an INSERT: "?, ?, ?".
func Marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
