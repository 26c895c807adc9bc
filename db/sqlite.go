package db

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyMillis is how long a connection waits for another process's write before it gives up.
const busyMillis = 5000

// openSQLite opens a file, or memory. One connection writes, so that writers queue in Go and never fail with
// "database is locked"; it takes the write lock when a transaction begins, so that none has to be undone for
// having read first. Readers have connections of their own and see the last commit.
func openSQLite(name string) (*DB, error) {
	name = strings.TrimPrefix(name, "//")
	switch {
	case name == ":memory:":
		return openSQLiteMemory()
	case name == "" || strings.ContainsAny(name, "?#%\x00"):
		return nil, errors.New("sqlite: needs a file name without ? # or %, or :memory:")
	}
	dsn := (&url.URL{Scheme: "file", Opaque: strings.ReplaceAll(name, " ", "%20")}).String()
	return openSQLiteAs(dsn, "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
}

// openSQLiteMemory opens a database in memory that all connections of one DB share. It lives as long as the
// writing connection, which is never given up.
func openSQLiteMemory() (*DB, error) {
	return openSQLiteAs("file:/paydial-"+rand.Text(), "?vfs=memdb")
}

func openSQLiteAs(dsn, query string) (*DB, error) {
	query += fmt.Sprintf("&_pragma=busy_timeout(%d)&_pragma=foreign_keys(1)", busyMillis)
	write, err := sql.Open("sqlite", dsn+query+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	write.SetConnMaxLifetime(0)
	write.SetConnMaxIdleTime(0)
	// The first connection makes the file and switches it to WAL, before any reader looks at it.
	if err := write.Ping(); err != nil {
		_ = write.Close()
		return nil, err
	}
	read, err := sql.Open("sqlite", dsn+query+"&_pragma=query_only(1)")
	if err != nil {
		_ = write.Close()
		return nil, err
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, runtime.NumCPU()))
	return &DB{dialect: SQLite, write: write, read: read}, nil
}

// isUniqueSQLite tells whether SQLite refused a row for being there already.
func isUniqueSQLite(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
