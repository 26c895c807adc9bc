package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// each runs fn on every kind of database.
func each(t *testing.T, fn func(t *testing.T, url string)) {
	t.Parallel()
	urls := map[string]func(*testing.T) string{
		"memory":   func(*testing.T) string { return "sqlite::memory:" },
		"file":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "a b.db") },
		"postgres": func(t *testing.T) string { return pgtest.Start(t) },
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, url(t))
		})
	}
}

func open(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

var migrations = fstest.MapFS{
	"migrations/sqlite/00001_things.sql": {Data: []byte(
		"CREATE TABLE things (id TEXT PRIMARY KEY, n INTEGER NOT NULL, u TEXT UNIQUE) STRICT;\n")},
	"migrations/postgres/00001_things.sql": {Data: []byte(
		"CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT NOT NULL, u TEXT UNIQUE);\n")},
}

func migrated(t *testing.T, url string) *db.DB {
	t.Helper()
	d := open(t, url)
	if err := db.Migrate(t.Context(), d, "things", migrations); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMigrateTwice(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		d := migrated(t, url)
		if err := db.Migrate(t.Context(), d, "things", migrations); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.QueryRow(t.Context(), "SELECT count(*) FROM things_versions").Scan(&n); err != nil || n != 2 {
			t.Errorf("versions: got %d, %v, want 2 (goose notes version 0 too)", n, err)
		}
		if err := db.Migrate(t.Context(), d, "x; DROP", migrations); err == nil {
			t.Error("an owner that is no name was taken")
		}
	})
}

func TestMigrateAllOfAFileOrNothing(t *testing.T) {
	files := func(sql string) fstest.MapFS {
		file := &fstest.MapFile{Data: []byte(sql)}
		return fstest.MapFS{"migrations/sqlite/00001_halves.sql": file, "migrations/postgres/00001_halves.sql": file}
	}
	each(t, func(t *testing.T, url string) {
		d := open(t, url)
		err := db.Migrate(t.Context(), d, "halves", files("CREATE TABLE one (n INTEGER);\nCREATE TABLE two (n NUMBERS, n TEXT);"))
		if err == nil || !strings.Contains(err.Error(), "00001_halves.sql") {
			t.Errorf("a file that cannot be run: got %v, want an error that names it", err)
		}
		if err := db.Migrate(t.Context(), d, "halves", files("CREATE TABLE one (n INTEGER);\nCREATE TABLE two (n INTEGER);")); err != nil {
			t.Errorf("after the file was mended: %v", err)
		}
		if _, err := d.Exec(t.Context(), "INSERT INTO two SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM one)"); err != nil {
			t.Error(err)
		}
		unnumbered := fstest.MapFS{"migrations/" + string(d.Dialect()) + "/halves.sql": {}}
		if err := db.Migrate(t.Context(), d, "others", unnumbered); err == nil || !strings.Contains(err.Error(), "halves.sql") {
			t.Errorf("a file without a number: got %v", err)
		}
	})
}

func TestMigrateFromSeveralProcesses(t *testing.T) {
	t.Parallel()
	url := pgtest.Start(t)
	errs := make(chan error)
	for range 4 {
		d := open(t, url)
		go func() { errs <- db.Migrate(t.Context(), d, "things", migrations) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestIsUnique(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		d := migrated(t, url)
		insert := func(id, n, u any) error {
			_, err := d.Exec(t.Context(), "INSERT INTO things (id, n, u) VALUES (?, ?, ?)", id, n, u)
			return err
		}
		if err := insert("a", 1, "x"); err != nil {
			t.Fatal(err)
		}
		if err := insert("a", 2, "y"); !db.IsUnique(err) {
			t.Errorf("same primary key: got %v, want a unique violation", err)
		}
		if err := insert("b", 2, "x"); !db.IsUnique(err) {
			t.Errorf("same unique column: got %v, want a unique violation", err)
		}
		if err := insert("c", nil, "z"); err == nil || db.IsUnique(err) {
			t.Errorf("NULL in NOT NULL: got %v, want another error", err)
		}
		if err := insert("d", "not a number", "w"); err == nil || db.IsUnique(err) {
			t.Errorf("text in a number: got %v, want another error", err)
		}
		if db.IsUnique(nil) || db.IsUnique(errors.New("UNIQUE")) {
			t.Error("IsUnique is true of what is none")
		}
	})
}

func TestTxRollsBack(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		d := migrated(t, url)
		boom := errors.New("boom")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), "INSERT INTO things (id, n) VALUES (?, ?)", "a", 1); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want what fn returned", err)
		}
		var n int
		if err := d.QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n); err != nil || n != 0 {
			t.Errorf("rows after a rollback: got %d, %v, want 0", n, err)
		}
	})
}

// Counting up from many goroutines loses nothing, and readers never wait in vain.
func TestConcurrentTx(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		d := migrated(t, url)
		if _, err := d.Exec(t.Context(), "INSERT INTO things (id, n) VALUES ('a', 0)"); err != nil {
			t.Fatal(err)
		}
		const workers, each = 16, 10
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each {
					if err := countUp(t.Context(), d); err != nil {
						t.Error(err)
					}
					var n int
					if err := d.QueryRow(t.Context(), "SELECT n FROM things WHERE id = 'a'").Scan(&n); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.QueryRow(t.Context(), "SELECT n FROM things").Scan(&n); err != nil || n != workers*each {
			t.Errorf("got %d, %v, want %d", n, err, workers*each)
		}
	})
}

// Two processes may write to one SQLite file: a transaction that reads first is not undone for it.
func TestTwoWritersOfOneFile(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	first := migrated(t, url)
	if _, err := first.Exec(t.Context(), "INSERT INTO things (id, n) VALUES ('a', 0)"); err != nil {
		t.Fatal(err)
	}
	const times = 50
	var wg sync.WaitGroup
	for _, d := range []*db.DB{first, open(t, url)} {
		wg.Go(func() {
			for range times {
				if err := countUp(t.Context(), d); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var n int
	if err := first.QueryRow(t.Context(), "SELECT n FROM things").Scan(&n); err != nil || n != 2*times {
		t.Errorf("got %d, %v, want %d", n, err, 2*times)
	}
}

func countUp(ctx context.Context, d *db.DB) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, "SELECT n FROM things WHERE id = ?"+tx.ForUpdate(), "a").Scan(&n); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE things SET n = ? WHERE id = ?", n+1, "a")
		return err
	})
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"sqlite::memory:", "sqlite:" + filepath.Join(t.TempDir(), "x.db")} {
		d := migrated(t, url)
		rows, err := d.Query(t.Context(), "INSERT INTO things (id, n) VALUES ('a', 1) RETURNING id")
		if err == nil {
			rows.Next()
			err = rows.Err()
			_ = rows.Close()
		}
		if err == nil {
			t.Errorf("%s: a row was written by a reader", url)
		}
	}
}

func TestSQLiteIsDurable(t *testing.T) {
	t.Parallel()
	path := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	d := migrated(t, path)
	// The pragmas of the writing connection, read through a transaction, which is on it.
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
			var got string
			if err := tx.QueryRow(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", pragma, got, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(t.Context(), "INSERT INTO things (id, n) VALUES ('a', 7)"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := open(t, path).QueryRow(t.Context(), "SELECT n FROM things WHERE id = 'a'").Scan(&n); err != nil || n != 7 {
		t.Errorf("after opening again: got %d, %v, want 7", n, err)
	}
}

func TestMemoryIsEachOnesOwn(t *testing.T) {
	t.Parallel()
	migrated(t, "sqlite::memory:")
	var n int
	if err := open(t, "sqlite::memory:").QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n); err == nil {
		t.Error("a second database in memory sees the first one's tables")
	}
}

func TestRebind(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"a = ? AND b = ?":               "a = $1 AND b = $2",
		"a = '?' AND b = ?":             "a = '?' AND b = $1",
		"a = 'it''s ?' AND \"c?\" = ?":  "a = 'it''s ?' AND \"c?\" = $1",
		"SELECT 1 -- why?\n WHERE a=?":  "SELECT 1 -- why?\n WHERE a=$1",
		"no placeholder":                "no placeholder",
		"unclosed 'quote ?":             "unclosed 'quote ?",
		strings.Repeat("?,", 10) + "é?": "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,é$11",
	} {
		if got := db.Postgres.Rebind(query); got != want {
			t.Errorf("Rebind(%q): got %q, want %q", query, got, want)
		}
		if got := db.SQLite.Rebind(query); got != query {
			t.Errorf("on SQLite Rebind(%q): got %q, want it unchanged", query, got)
		}
	}
}

func TestMillis(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Millisecond)
	if got := db.Time(db.Millis(now)); !got.Equal(now) || got.Location() != time.UTC {
		t.Errorf("got %v, want %v in UTC", got, now)
	}
	if got := db.Time(db.Millis(time.Time{})); !got.IsZero() {
		t.Errorf("zero time: got %v", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "mysql://x", "sqlite:", "sqlite:a?mode=ro", "postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=1",
		"postgres://u:hunter2@%zz/x", "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "dir.db"),
	} {
		d, err := db.Open(t.Context(), url)
		if err == nil {
			_ = d.Close()
			t.Errorf("Open(%q) succeeded", url)
			continue
		}
		if strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}
