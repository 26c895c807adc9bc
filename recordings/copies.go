package recordings

import (
	"context"
	"errors"
	"fmt"

	"github.com/paydial/paydial/db"
)

// ErrNoIndex says that a database has no index of recordings yet.
var ErrNoIndex = errors.New("the database has no index of recordings yet")

// Standing is how a recording stands in the index.
type Standing struct {
	Copied   bool // a copy of ours was read back, and is there
	InDanger bool // Twilio deletes the only copy that there should be two of
}

// StandingOf looks recordings up in a database's index, which it does not bring up to date: one that is not in the
// answer is not in the index. The errors are ErrNoIndex and the database's.
func StandingOf(ctx context.Context, d *db.DB, sids []string) (map[string]Standing, error) {
	const most = 500 // parameters of one query
	out := make(map[string]Standing, len(sids))
	for len(sids) > 0 {
		some := sids[:min(most, len(sids))]
		sids = sids[len(some):]
		args := make([]any, len(some))
		for i, sid := range some {
			args[i] = sid
		}
		query := "SELECT sid, CASE WHEN verified_at > 0 AND archive_deleted_at = 0 THEN 1 ELSE 0 END, CASE WHEN cliff_at > 0 THEN 1 ELSE 0 END" +
			" FROM recordings WHERE sid IN (" + db.Marks(len(some)) + ")"
		if err := standings(ctx, d, out, query, args); err != nil {
			if d.QueryRow(ctx, "SELECT COUNT(*) FROM recordings_versions").Scan(new(int)) != nil && d.Ping(ctx) == nil {
				err = ErrNoIndex
			}
			return nil, fmt.Errorf("look recordings up: %w", err)
		}
	}
	return out, nil
}

func standings(ctx context.Context, d *db.DB, into map[string]Standing, query string, args []any) error {
	rows, err := d.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var sid string
		var copied, danger int
		if err := rows.Scan(&sid, &copied, &danger); err != nil {
			return err
		}
		into[sid] = Standing{Copied: copied == 1, InDanger: danger == 1}
	}
	return rows.Err()
}
