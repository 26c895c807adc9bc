package contacts

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/paydial/paydial/campaigns/rules"
)

// NumberOptions say how a list of numbers is read.
type NumberOptions struct {
	Country string // how numbers without a + are meant; "": US
	Keys    bool   // what is no number is the key of a person or an account, and not refused

	// Began is called with the columns of the file, before the first number; nil for nobody.
	Began func(Summary) error
	// Progress is told of the lines and bytes so far every few thousand lines; nil for nobody.
	Progress func(rows, bytes int64)
}

// ReadNumbers reads a list of numbers, such as a do-not-call list: one to a line, or a CSV with a column for them, or the
// pairs of area code and number in which registries hand theirs out. Empty lines and lines that begin with # are left
// out. Each is called with a number in E.164, or with a key. The errors are as those of Read.
func ReadNumbers(ctx context.Context, from io.Reader, o NumberOptions, each func(line int, number string) error, reject func(Reject, []string) error) (Summary, error) {
	r, err := beginNumbers(from, o)
	if err != nil {
		return Summary{}, err
	}
	return r.run(ctx, o, reject, func(rec record, number string) error { return each(rec.line, number) })
}

// run reads to the end.
func (r *numberReader) run(ctx context.Context, o NumberOptions, reject func(Reject, []string) error, each func(record, string) error) (Summary, error) {
	err := r.scan.each(ctx, &r.sum, o.Progress, func(rec record) (err error) {
		if r.sum.Header == nil {
			if rec, err = r.header(rec, o); err != nil {
				return err
			}
		}
		return r.take(rec, each, reject)
	})
	return r.sum, err
}

// numberReader reads one list of numbers.
type numberReader struct {
	scan    *scanner
	sum     Summary
	numbers *Numbers
	country string
	keys    bool
	column  int
	key     int  // the column of keys, where there is one for each; else column
	pairs   bool // an area code, then a number
}

func beginNumbers(from io.Reader, o NumberOptions) (*numberReader, error) {
	in, bom, err := open(from)
	if err != nil {
		return nil, err
	}
	head, err := in.Peek(readAhead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line, _, _ := strings.Cut(strings.TrimLeft(string(head), "\r\n"), "\n")
	wanted := map[string]bool{}
	for _, name := range numberHeaders() {
		wanted[name] = true
	}
	r := &numberReader{
		scan: &scanner{in: in, sep: separatorOf(line, wanted), maxCell: defaultMaxCell}, numbers: NewNumbers(), country: o.Country, keys: o.Keys,
	}
	if r.country == "" {
		r.country = "US"
	}
	r.sum.BOM, r.sum.Separator = bom, rune(r.scan.sep)
	return r, nil
}

// numberHeaders are the names, folded, of columns with numbers or keys, the likeliest first.
func numberHeaders() []string {
	return []string{"phone", "number", "phone number", "phonenumber", "telephone", "mobile", "cell", "key", "id", "account", "debt id"}
}

// header looks at the first row. One that names columns is taken off; the row that comes back is empty then.
func (r *numberReader) header(rec record, o NumberOptions) (record, error) {
	names := make([]string, len(rec.cells))
	for i, c := range rec.cells {
		names[i] = fold(unsafe(c))
	}
	at := -1
	for _, name := range numberHeaders() {
		if at = slices.Index(names, name); at >= 0 {
			break
		}
	}
	cells := append([]string{}, rec.cells...)
	switch {
	case at >= 0:
		r.column, r.key, rec.cells = at, at, nil
		if key := slices.Index(names, "key"); key >= 0 {
			r.key = key
		}
		r.sum.Header = cells
	case len(rec.cells) == 2 && len(names[0]) == 3 && len(names[1]) == 7 && onlyDigits(names[0]+names[1]):
		r.pairs = true
		r.sum.Header = []string{"area code", "number"}
	case len(rec.cells) == 1:
		r.sum.Header = []string{"number"}
	default:
		return rec, &Fault{
			Line: rec.line, What: "no column is named phone or number", Found: shown(strings.Join(cells, ", ")),
			Mend: "name the column with the numbers phone in the first line, or write one number to a line",
		}
	}
	if o.Began == nil {
		return rec, nil
	}
	return rec, o.Began(r.sum)
}

// take hands over the number of one row.
func (r *numberReader) take(rec record, each func(record, string) error, reject func(Reject, []string) error) error {
	if rec.blank() || strings.HasPrefix(strings.TrimSpace(rec.cells[0]), "#") {
		r.sum.Blank++
		return nil
	}
	r.sum.Records++
	number, why := r.number(rec)
	if why != nil {
		r.sum.Rejected++
		return reject(*why, rec.cells)
	}
	r.sum.Rows++
	return each(rec, number)
}

func (r *numberReader) number(rec record) (string, *Reject) {
	if rec.bad != "" || len(rec.cells) <= r.column || r.pairs && len(rec.cells) != 2 {
		return "", &Reject{Line: rec.line, Reason: BadRow, Expected: "a row like the others", Found: shown(strings.Join(rec.cells, ", ")), Mend: "mend the row, or take it out"}
	}
	text := strings.TrimSpace(unsafe(rec.cells[r.column]))
	if text == "" && r.keys && r.key < len(rec.cells) {
		text = strings.TrimSpace(unsafe(rec.cells[r.key]))
	}
	if r.pairs {
		text = strings.TrimSpace(rec.cells[0]) + strings.TrimSpace(rec.cells[1])
	}
	trouble := damaged(text)
	var err error
	if trouble == nil {
		var number Number
		if number, err = r.numbers.Parse(text, r.country); err == nil {
			return number.E164, nil
		}
		if r.keys && text != "" && len(text) <= maxID && !exponent.MatchString(text) {
			return text, nil
		}
	} else {
		err = trouble
	}
	why := &Reject{Line: rec.line, Column: r.sum.Header[min(r.column, len(r.sum.Header)-1)], Reason: rules.BadNumber, Found: foundIn(text, false)}
	if errors.As(err, &trouble) {
		why.Expected, why.Mend = trouble.Expected, trouble.Mend
	}
	return "", why
}
