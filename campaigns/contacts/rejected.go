package contacts

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/paydial/paydial/internal/carddata"
)

// Rejected writes the rows that are not used into a CSV of their own: the line in the list, the column, the reason,
// what was expected and found, how to mend it, and then the row as it was. A row that is mended there can be taken as
// a list again, and what is rejected then has these columns once.
type Rejected struct {
	out   *csv.Writer
	rows  int64
	cells []string
	skip  int // columns at the beginning of the list that come from an earlier file of rejected rows
}

// NewRejected begins a file of rejected rows, under the columns of a list. It opens in a spreadsheet as the list does:
// with its separator, and with a byte order mark if that has one.
func NewRejected(w io.Writer, list Summary) (*Rejected, error) {
	r := &Rejected{out: csv.NewWriter(w)}
	if list.Separator != 0 {
		r.out.Comma = list.Separator
	}
	head := []string{"line", "column", "reason", "expected", "found", "how to mend"}
	header := list.Header
	if len(header) > len(head) && slices.EqualFunc(header[:len(head)], head, func(a, b string) bool { return a == b || a == clashing+b }) {
		r.skip = len(head)
		header = header[r.skip:]
	}
	for i, name := range head {
		if slices.ContainsFunc(header, func(h string) bool { return fold(h) == name }) {
			head[i] = clashing + name
		}
	}
	begin := ""
	if list.BOM {
		begin = mark
	}
	_, err := io.WriteString(w, begin)
	if err == nil {
		err = r.out.Write(SafeRow(append(head, header...)))
	}
	if err != nil {
		return nil, fmt.Errorf("write rejected rows: %w", err)
	}
	return r, nil
}

// clashing is put before the name of a column of ours that the list has too.
const clashing = "rejected "

// Write adds one row. No cell of it runs in a spreadsheet, and of what looks like a card number the last four digits
// are left.
func (r *Rejected) Write(why Reject, row []string) error {
	r.cells = append(r.cells[:0], strconv.Itoa(why.Line), why.Column, string(why.Reason), why.Expected, why.Found, why.Mend)
	r.cells = append(r.cells, row[min(r.skip, len(row)):]...)
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
