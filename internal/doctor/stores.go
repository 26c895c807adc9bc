package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/sessions"
)

// redis looks whether Redis answers, and whether it throws nothing away.
func (l *look) redis(ctx context.Context) {
	if l.RedisURL == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	at := l.Redact(l.RedisURL)
	store, err := sessions.Open(ctx, sessions.Config{URL: l.RedisURL})
	if err != nil {
		l.found(AreaStores, Wrong, "Redis does not answer at "+at+": "+err.Error(), "start it, or set PAYDIAL_REDIS_URL to where it is")
		return
	}
	defer func() { _ = store.Close() }()
	warnings, err := store.CheckServer(ctx)
	switch {
	case err != nil:
		l.found(AreaStores, Wrong, "Redis does not answer at "+at+": "+err.Error(), "")
	case len(warnings) == 0:
		l.ok(AreaStores, "Redis answers at %s, and throws nothing away when it is full", at)
	}
	for _, w := range warnings {
		l.found(AreaStores, Wrong, w, "in redis.conf: maxmemory-policy noeviction; at once: redis-cli config set maxmemory-policy noeviction")
	}
}

// database looks whether the database answers. One of SQLite's that is not there is not made.
func (l *look) database(ctx context.Context) {
	at := l.Redact(l.DatabaseURL)
	if file, ok := strings.CutPrefix(l.DatabaseURL, "sqlite:"); ok {
		file, _, _ = strings.Cut(strings.TrimPrefix(file, "//"), "?")
		if file == ":memory:" {
			l.found(AreaStores, Look, "the database is in memory: payments are forgotten when the server ends", "set PAYDIAL_DATABASE_URL to sqlite:FILE or postgres://")
			return
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			l.found(AreaStores, Look, "there is no database "+file+" yet: the server makes it when it starts", "")
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d, err := db.Open(ctx, l.DatabaseURL)
	if err != nil {
		l.found(AreaStores, Wrong, "the database cannot be used, "+at+": "+err.Error(), "start it, or set PAYDIAL_DATABASE_URL to where it is")
		return
	}
	l.db = d
	l.ok(AreaStores, "the database answers at %s", at)
}

// archive stores, reads back and deletes a small file.
func (l *look) archive(ctx context.Context) {
	if l.Simulated && l.RedisURL == "" {
		return // dev has a folder of its own
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, err := archive.Open(l.ArchiveURL)
	if err == nil {
		err = a.Check(ctx)
	}
	if err != nil {
		l.found(AreaStores, Wrong, "the archive cannot keep recordings: "+err.Error(), "PAYDIAL_ARCHIVE_URL says where it is; until it works, no copy at Twilio is deleted")
		return
	}
	l.ok(AreaStores, "the archive %s took a file, gave it back and deleted it", a)
}
