package db

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresConns is how many connections one process may hold: a few processes must fit into the default
	// limit of a server, 100.
	postgresConns = 20
	// uniqueViolation is Postgres's error code for a row that is there already.
	// https://www.postgresql.org/docs/current/errcodes-appendix.html
	uniqueViolation = "23505"
)

// openPostgres opens a pool. Its errors never quote the URL, which holds the password.
func openPostgres(url string) (*DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("postgres: the URL cannot be read (not shown: it may hold a password)")
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{dialect: Postgres, write: pool, read: pool}, nil
}

func isUniquePostgres(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == uniqueViolation
}

// IsUnique tells whether err says that a row was refused because one with the same key is there already.
func IsUnique(err error) bool { return isUniqueSQLite(err) || isUniquePostgres(err) }
