package audit

import (
	"context"
	"errors"
	"fmt"
)

// ErrChanged says that the log is not as it was written. The error around it tells where.
var ErrChanged = errors.New("the audit log was changed")

// Head is the end of the chain: how many lines there are, and the hash of the last. Whoever keeps a copy of it
// elsewhere can later tell that the log up to there was not written anew as a whole.
type Head struct {
	Lines int64  `json:"lines"`
	Hash  string `json:"hash"`
}

// Head returns the end of the chain as it is now.
func (l *Log) Head(ctx context.Context) (Head, error) {
	var h Head
	if err := l.db.QueryRow(ctx, "SELECT seq, hash FROM audit_head WHERE id = 1").Scan(&h.Lines, &h.Hash); err != nil {
		return h, fmt.Errorf("read the head of the audit log: %w", err)
	}
	return h, nil
}

// Verify reads every line and recomputes the chain. The error is ErrChanged, with the first line that does not fit,
// or a failure of the database. Lines that are written meanwhile are left to the next time.
func (l *Log) Verify(ctx context.Context) error {
	head, err := l.Head(ctx)
	if err != nil {
		return fmt.Errorf("verify audit log: %w", err)
	}
	rows, err := l.db.Query(ctx, "SELECT "+columns+" FROM audit WHERE seq <= ? ORDER BY seq", head.Lines)
	if err != nil {
		return fmt.Errorf("verify audit log: %w", err)
	}
	defer func() { _ = rows.Close() }()
	last := Head{}
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return fmt.Errorf("verify audit log: %w", err)
		}
		if why := r.follows(last); why != "" {
			return fmt.Errorf("verify audit log: %w: %s", ErrChanged, why)
		}
		last = Head{Lines: r.Seq, Hash: r.hash}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("verify audit log: %w", err)
	}
	if last.Lines != head.Lines {
		return fmt.Errorf("verify audit log: %w: its last line is %d and should be %d", ErrChanged, last.Lines, head.Lines)
	}
	if last.Hash != head.Hash {
		return fmt.Errorf("verify audit log: %w: line %d is not the one that was written last", ErrChanged, last.Lines)
	}
	return nil
}

// follows says why a line cannot be the one behind last; "" when it is.
func (r line) follows(last Head) string {
	switch {
	case r.Seq != last.Lines+1:
		return fmt.Sprintf("line %d is missing", last.Lines+1)
	case r.before != last.Hash:
		return fmt.Sprintf("line %d does not follow the line before it", r.Seq)
	case r.hash != r.Entry.hash(r.before):
		return fmt.Sprintf("line %d is not as it was written", r.Seq)
	}
	return ""
}
