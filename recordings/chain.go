package recordings

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// Head is the end of the chain of receipts: how many there are, and the hash of the last. Whoever keeps a copy of it
// elsewhere can later tell that the receipts up to there were not written anew as a whole.
type Head struct {
	Lines int64  `json:"lines"`
	Hash  string `json:"hash"`
}

// ErrReceipts says that receipts are not as they were written. The error around it names the first that is not.
var ErrReceipts = errors.New("the receipts were changed")

// maxLine is how long a line of receipts can be.
const maxLine = 16 << 10

// next checks that a line follows the ones before it, and goes on behind it.
func (h *Head) next(line []byte) error {
	c, err := readReceipt(line)
	switch {
	case err != nil:
		return fmt.Errorf("%w: line %d %w", ErrReceipts, h.Lines+1, err)
	case c.N != h.Lines+1:
		return fmt.Errorf("%w: line %d is missing", ErrReceipts, h.Lines+1)
	case c.Before != h.Hash:
		return fmt.Errorf("%w: line %d does not follow the line before it", ErrReceipts, c.N)
	}
	h.Lines, h.Hash = c.N, c.Hash
	return nil
}

// VerifyReceipts reads an export of all receipts from the first on, JSON lines, and recomputes the chain. Head is how
// far it holds. The error is ErrReceipts with the first line that does not fit, or what reading failed with.
func VerifyReceipts(from io.Reader) (Head, error) {
	var h Head
	err := eachLine(from, h.next)
	if err != nil {
		return h, fmt.Errorf("verify receipts: %w", err)
	}
	return h, nil
}

// eachLine hands over the lines of an export; empty ones are left out.
func eachLine(from io.Reader, fn func([]byte) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	for lines.Scan() {
		line := bytes.TrimSuffix(lines.Bytes(), []byte("\r"))
		if len(line) == 0 {
			continue
		}
		if err := fn(line); err != nil {
			return err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%w: a line is longer than a receipt can be", ErrReceipts)
	} else if err != nil {
		return err
	}
	return nil
}

// Head returns the end of the chain of receipts as it is now.
func (r *Recordings) Head(ctx context.Context) (Head, error) {
	var h Head
	if err := r.cfg.DB.QueryRow(ctx, "SELECT n, hash FROM recording_receipts_head WHERE id = 1").Scan(&h.Lines, &h.Hash); err != nil {
		return h, fmt.Errorf("read the head of the receipts: %w", err)
	}
	return h, nil
}

// chainOf checks the receipts in the database up to head; beside each line it asks other, which may be nil.
func (r *Recordings) chainOf(ctx context.Context, head Head, other func(n int64, line []byte) error) (Head, error) {
	var h Head
	for h.Lines < head.Lines {
		lines, err := r.sids(ctx, "SELECT line FROM recording_receipts WHERE n > ? AND n <= ? ORDER BY n LIMIT 1000", h.Lines, head.Lines)
		if err != nil {
			return h, err
		}
		for _, line := range lines {
			if err := h.next([]byte(line)); err != nil {
				return h, err
			}
			if other != nil {
				if err := other(h.Lines, []byte(line)); err != nil {
					return h, err
				}
			}
		}
		if len(lines) == 0 {
			return h, fmt.Errorf("%w: the last line is %d and should be %d", ErrReceipts, h.Lines, head.Lines)
		}
	}
	if h.Hash != head.Hash {
		return h, fmt.Errorf("%w: line %d is not the one that was written last", ErrReceipts, h.Lines)
	}
	return h, nil
}
