package contacts

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paydial/paydial/internal/carddata"
)

// Rejected writes the rows that are not used into a CSV of their own: the line in the list, the column, the reason,
// what was expected and found, how to mend it, and then the row as it was. A row that is mended there can be taken as
// a list again.
type Rejected struct {
	out   *csv.Writer
	rows  int64
	cells []string
}

// NewRejected begins a file of rejected rows, under the columns of a list.
func NewRejected(w io.Writer, header []string) (*Rejected, error) {
	r := &Rejected{out: csv.NewWriter(w)}
	head := append([]string{"line", "column", "reason", "expected", "found", "how to mend"}, header...)
	if err := r.out.Write(SafeRow(head)); err != nil {
		return nil, fmt.Errorf("write rejected rows: %w", err)
	}
	return r, nil
}

// Write adds one row. No cell of it runs in a spreadsheet, and of what looks like a card number the last four digits
// are left.
func (r *Rejected) Write(why Reject, row []string) error {
	r.cells = append(r.cells[:0], strconv.Itoa(why.Line), why.Column, string(why.Reason), why.Expected, why.Found, why.Mend)
	r.cells = append(r.cells, row...)
	for i, c := range r.cells {
		if len(c) >= 13 && digitsIn(c) >= 13 {
			c = carddata.Mask(c, carddata.Identifier)
		}
		r.cells[i] = Safe(strings.ReplaceAll(c, "\x00", "\uFFFD"))
	}
	r.rows++
	if err := r.out.Write(r.cells); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	return nil
}

// Close writes out what is left, and tells how many rows there are. The writer underneath stays open.
func (r *Rejected) Close() (int64, error) {
	r.out.Flush()
	if err := r.out.Error(); err != nil {
		return r.rows, fmt.Errorf("write rejected rows: %w", err)
	}
	return r.rows, nil
}
