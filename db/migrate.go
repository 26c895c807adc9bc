package db

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrationLock keeps two processes that start on one Postgres from migrating at once.
const migrationLock = 0x70617964_69616c // "paydial"

var migrationOwner = regexp.MustCompile(`^[a-z][a-z_]{0,30}$`)

// Migrate brings the tables of one room up to date. files holds numbered goose files (00001_words.sql) in a
// folder for each dialect, "migrations/sqlite" and "migrations/postgres". The versions that were applied are
// noted in a table of the room's own, so that rooms move independently. It is safe to call again, and on
// Postgres from several processes at once; a SQLite file belongs to one.
func Migrate(ctx context.Context, d *DB, owner string, files fs.FS) error {
	if !migrationOwner.MatchString(owner) {
		return fmt.Errorf("migrate %q: not a name for a table", owner)
	}
	dir, err := fs.Sub(files, "migrations/"+string(d.dialect))
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithTableName(owner + "_versions"), goose.WithDisableGlobalRegistry(true)}
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("migrate %s: %w", owner, err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, d.write, dir, options...)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", owner, err)
	}
	return nil
}
