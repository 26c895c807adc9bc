package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"regexp"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrationLock keeps two processes that start on one Postgres from migrating at once.
const migrationLock = 0x70617964_69616c // "paydial"

var migrationOwner = regexp.MustCompile(`^[a-z][a-z_]{0,30}$`)

// Migrate brings the tables of one room up to date. files holds numbered files of SQL (00001_words.sql) in a
// folder for each dialect, "migrations/sqlite" and "migrations/postgres"; each is run as a whole, in a transaction.
// The versions that were applied are noted in a table of the room's own, so that rooms move independently. There is no
// way down: that would drop the book. It is safe to call again, and on Postgres from several processes at once; a
// SQLite file belongs to one.
func Migrate(ctx context.Context, d *DB, owner string, files fs.FS) error {
	if !migrationOwner.MatchString(owner) {
		return fmt.Errorf("migrate %q: not a name for a table", owner)
	}
	steps, err := migrations(files, "migrations/"+string(d.dialect))
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{
		goose.WithTableName(owner + "_versions"), goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(steps...),
	}
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("migrate %s: %w", owner, err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, d.write, nil, options...)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	return nil
}

// migrations reads the files of a folder. goose keeps the versions only: its reader of SQL takes it apart for the sake
// of the way down, and costs more than all the rest of opening a database.
func migrations(files fs.FS, dir string) ([]*goose.Migration, error) {
	names, err := fs.Glob(files, dir+"/*.sql")
	if err != nil {
		return nil, err
	}
	var steps []*goose.Migration
	for _, name := range names {
		version, err := goose.NumericComponent(path.Base(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		statements, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		up := func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, string(statements)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: up}, nil))
	}
	return steps, nil
}
