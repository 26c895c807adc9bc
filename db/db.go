package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Dialect is which SQL the database speaks.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	write   *sql.DB // SQLite: the one connection that writes
	read    *sql.DB // SQLite: any number that only read; Postgres: the same as write

	sent atomic.Int64
}

// Open opens a database by URL:
//
//	sqlite:paydial.db, sqlite:///var/lib/paydial/paydial.db   a file, made if it is not there
//	sqlite::memory:                                           in memory, one for each Open, gone with Close
//	postgres://user:password@host/name                        Postgres
//
// A writer of SQLite is durable when it returns (WAL, synchronous=FULL).
func Open(ctx context.Context, url string) (*DB, error) {
	var d *DB
	var err error
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		d, err = openSQLite(rest)
	case "postgres", "postgresql":
		d, err = openPostgres(url)
	default:
		return nil, errors.New("open database: the URL must begin with sqlite: or postgres://")
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := d.Ping(ctx); err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return d, nil
}

// Statements is how many statements were sent outside of transactions since Open.
func (d *DB) Statements() int64 { return d.sent.Load() }

// Dialect tells which SQL the database speaks.
func (d *DB) Dialect() Dialect { return d.dialect }

// Ping tells whether the database answers, for /readyz.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.write.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	if d.read == d.write {
		return nil
	}
	if err := d.read.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Close closes the database.
func (d *DB) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Exec runs a statement that writes, in a transaction of its own.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	d.sent.Add(1)
	return d.write.ExecContext(ctx, d.dialect.Rebind(query), args...)
}

// Query reads rows. Inside Tx use the Tx's own.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.sent.Add(1)
	return d.read.QueryContext(ctx, d.dialect.Rebind(query), args...)
}

// QueryRow reads one row. Inside Tx use the Tx's own.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	d.sent.Add(1)
	return d.read.QueryRowContext(ctx, d.dialect.Rebind(query), args...)
}

// Tx is a transaction that may write.
type Tx struct {
	tx      *sql.Tx
	dialect Dialect
}

// Tx runs fn in a transaction: it is committed when fn returns nil, and otherwise rolled back. On SQLite
// writers take turns. On Postgres they run together at read committed: lock what you decide on with
// ForUpdate. Do not use the DB inside fn: in SQLite it would not see what fn wrote, and a write would wait
// for fn to end.
func (d *DB) Tx(ctx context.Context, fn func(*Tx) error) (err error) {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if err := fn(&Tx{tx: tx, dialect: d.dialect}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// Exec runs a statement.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, t.dialect.Rebind(query), args...)
}

// Query reads rows. They must be closed before the next statement.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, t.dialect.Rebind(query), args...)
}

// QueryRow reads one row.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, t.dialect.Rebind(query), args...)
}

// ForUpdate is what to put at the end of a SELECT to lock its rows until the transaction ends: " FOR UPDATE"
// on Postgres, nothing on SQLite, where the transaction already is the only one that writes.
func (t *Tx) ForUpdate() string {
	if t.dialect == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// Rebind turns the ? placeholders of a query into $1, $2 ... on Postgres. A ? inside quotes or a comment stays.
func (l Dialect) Rebind(query string) string {
	if l != Postgres || !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n := 0
	for i := 0; i < len(query); {
		end := i + 1
		switch c := query[i]; {
		case c == '\'' || c == '"':
			end = past(query, i+1, string(c))
		case strings.HasPrefix(query[i:], "--"):
			end = past(query, i, "\n")
		case c == '?':
			n++
			fmt.Fprintf(&b, "$%d", n)
			i++
			continue
		}
		b.WriteString(query[i:end])
		i = end
	}
	return b.String()
}

// past is the place behind the next mark in s from i on, or the end of s. A doubled quote ends one string and
// begins the next, which comes to the same.
func past(s string, i int, mark string) int {
	at := strings.Index(s[i:], mark)
	if at < 0 {
		return len(s)
	}
	return i + at + len(mark)
}

// Millis is a time as it is kept: milliseconds since 1970, 0 for the zero time. Both databases sort and
// compare it alike, and no driver turns it into another zone.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is the time kept as ms, in UTC; the zero time for 0.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Clean is a text as both databases take it: valid UTF-8, without NUL, and not longer than max bytes.
func Clean(s string, max int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if len(s) <= max {
		return s
	}
	return strings.ToValidUTF8(s[:max], "")
}
