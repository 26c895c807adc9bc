package contacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// Row is one person that a campaign may ring, as the list has it. Slices are shared between rows: do not change them.
type Row struct {
	Line          int
	ID            string // the list's own, else made from the number
	Phone         string // E.164
	Zones         []string
	ZoneFrom      string // FromRow, FromPostal, FromNumber or Unclear
	Language      string // one that the flow speaks
	Consent       time.Time
	ConsentSource string
	DebtID        string
	NotBefore     time.Time // midnight UTC of a day on the person's clock, as NotAfter
	NotAfter      time.Time
	Priority      int
	Values        map[string]flows.Value // the flow's needs; one that is missing has its default or is not there
	Unknown       bool                   // the number lies in no range that is known to be given out
}

// Reject is why a row is not used.
type Reject struct {
	Line     int
	Column   string // its header; "" when it is the row as a whole
	Reason   rules.Reason
	Expected string
	Found    string // shortened; private and card numbers are not shown
	Mend     string
}

// Summary is what became of a list.
type Summary struct {
	Header    []string
	Used      []string // headers
	Ignored   []string
	Separator rune
	BOM       bool
	Records   int64 // rows of the list that are not empty: Rows and Rejected together
	Rows      int64
	Rejected  int64
	Blank     int64
	Bytes     int64
	Unknown   int64 // rows whose number lies in no range that is known to be given out
	Mended    int64 // postal codes that had lost the zeros at their beginning
}

// Options say how a list is read.
type Options struct {
	Campaign *flows.Campaign
	MaxCell  int       // bytes; 0: 10,000
	Now      time.Time // zero: the clock; from when on zones are compared

	// Began is called with what is known once the header is read; nil for nobody.
	Began func(Summary) error
	// Progress is told of the rows and bytes so far every few thousand rows; nil for nobody.
	Progress func(rows, bytes int64)
}

// Read hands over every usable row of a list to each, and every other with its cells to reject; both may be called
// before a Fault further down is found. The row's cells are valid during the call only. The errors are a *Fault, what each and
// reject return, the context's, and the reader's.
func Read(ctx context.Context, from io.Reader, o Options, each func(Row) error, reject func(Reject, []string) error) (Summary, error) {
	r, err := begin(from, o)
	if err != nil {
		return Summary{}, err
	}
	if o.Began != nil {
		if err := o.Began(r.sum); err != nil {
			return r.sum, err
		}
	}
	err = r.scan.each(ctx, &r.sum, o.Progress, func(rec record) error {
		if rec.blank() {
			r.sum.Blank++
			return nil
		}
		r.sum.Records++
		row, why := r.row(rec)
		if why != nil {
			r.sum.Rejected++
			return reject(*why, rec.cells)
		}
		r.sum.Rows++
		return each(row)
	})
	return r.sum, r.named(err)
}

// reader reads one list.
type reader struct {
	scan    *scanner
	cols    *columns
	sum     Summary
	plan    plan
	numbers *Numbers
	zones   *Zones
	postal  *postal
	ids     *seen
	phones  *seen
}

// begin reads up to the end of the header.
func begin(from io.Reader, o Options) (*reader, error) {
	in, bom, err := open(from)
	if err != nil {
		return nil, err
	}
	r := &reader{scan: &scanner{in: in, sep: ',', maxCell: o.MaxCell}, numbers: NewNumbers(), postal: newPostal(), ids: newSeen(), phones: newSeen()}
	if r.scan.maxCell <= 0 {
		r.scan.maxCell = defaultMaxCell
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	r.zones = NewZones(o.Now)
	if err := r.separator(o.Campaign); err != nil {
		return nil, err
	}
	rec, err := r.headerRecord()
	if err != nil {
		return nil, err
	}
	header := make([]string, len(rec.cells))
	for i, c := range rec.cells {
		header[i] = strings.TrimSpace(unsafe(c))
	}
	if r.cols, err = columnsOf(o.Campaign, header, rec.line); err != nil {
		return nil, err
	}
	if r.plan, err = planFor(o.Campaign, r.cols); err != nil {
		return nil, err
	}
	r.sum = Summary{Header: header, Used: r.cols.used, Ignored: r.cols.unused, Separator: rune(r.scan.sep), BOM: bom, Bytes: r.scan.bytes}
	return r, nil
}

// separator finds what separates the columns, from the first line, or from Excel's "sep=;" above it.
func (r *reader) separator(c *flows.Campaign) error {
	for {
		head, err := r.scan.in.Peek(readAhead)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the list: %w", err)
		}
		line, _, _ := strings.Cut(string(head), "\n")
		plain := strings.TrimSpace(line)
		if given, ok := strings.CutPrefix(strings.ToLower(plain), "sep="); ok && len(given) == 1 && strings.Contains(separators, given) {
			r.scan.sep = given[0]
			_, err := r.scan.next()
			return err
		}
		if plain == "" && len(line) < len(head) { // empty lines above the header
			if _, err := r.scan.next(); err != nil {
				return err
			}
			continue
		}
		r.scan.sep = separatorOf(line, wantedBy(c))
		return nil
	}
}

func (r *reader) headerRecord() (record, error) {
	rec, err := r.scan.next()
	switch {
	case errors.Is(err, io.EOF):
		return rec, &Fault{What: "the file is empty", Mend: "its first line must name the columns"}
	case err != nil:
		return rec, err
	case rec.bad != "":
		return rec, &Fault{Line: rec.line, What: "the header cannot be read: " + rec.bad, Mend: mendUnquote}
	case slices.ContainsFunc(rec.cells, func(c string) bool { return strings.IndexByte(c, 0) >= 0 }):
		return rec, &Fault{Line: rec.line, What: "there is a NUL byte in the header", Mend: mendSave}
	}
	return rec, nil
}

// named puts the name of a column into a fault that knows its position.
func (r *reader) named(err error) error {
	var fault *Fault
	if errors.As(err, &fault) {
		for i, h := range r.cols.header {
			if h != "" && fault.Column == fmt.Sprint(i+1) {
				fault.Column = fmt.Sprintf("%d (%s)", i+1, h)
			}
		}
	}
	return err
}
