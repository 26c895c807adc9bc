// Package db opens the SQL database in which the house keeps what happened: SQLite in a file or in memory, or
// Postgres by URL. DB is its main type. It speaks one SQL to both: placeholders are written as ? and times are
// integers, so that a room's store is written once and its tests run on either.
//
//	d, err := db.Open(ctx, "sqlite:paydial.db")
//	err = db.Migrate(ctx, d, "payments", migrations)
//	err = d.Tx(ctx, func(tx *db.Tx) error { ... })
//
// It must not know any table: each room owns its tables, its migrations and its store.
package db
