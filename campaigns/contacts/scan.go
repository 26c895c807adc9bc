package contacts

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of one row. encoding/csv has none: there an unclosed quote is read to the end of the file before anybody is
// told, and not where it began.
const (
	defaultMaxCell = 10_000
	maxRow         = 1 << 20
	maxColumns     = 2_000
)

// record is one row of a file as it stands there.
type record struct {
	line  int      // on which it begins, from 1
	cells []string // until the next record is read
	bad   string   // why it cannot be used, when its quotes are broken
}

// blank tells whether nothing stands in a row: spreadsheets leave such rows below the last.
func (r record) blank() bool {
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return r.bad == ""
}

// scanner splits a file into records. Quotes are as in RFC 4180; a quote inside of an unquoted cell stands for itself.
type scanner struct {
	in      *bufio.Reader
	sep     byte
	maxCell int
	line    int   // lines read so far
	bytes   int64 // bytes read so far

	out   []byte // the cells of the record, one behind the other
	ends  []int  // where each of them ends in out
	cells []string
}

// place is where the state machine stands in a row.
type place int

const (
	cellStart  place = iota // before the first byte of a cell
	cellPlain               // in an unquoted cell
	cellQuoted              // inside of quotes
	cellQuote               // behind a quote inside of quotes: the end, or the first of two
	cellBroken              // something stands behind a closing quote; the rest of the line is taken as it is
)

// next reads one record. The errors are io.EOF, a Fault, and what reading gives.
func (s *scanner) next() (record, error) {
	rec := record{line: s.line + 1}
	s.out, s.ends = s.out[:0], s.ends[:0]
	at, opened := cellStart, 0
	for {
		part, err := s.in.ReadSlice('\n')
		s.bytes += int64(len(part))
		if len(part) == 0 && err != nil {
			if errors.Is(err, io.EOF) && (len(s.out) > 0 || len(s.ends) > 0 || at != cellStart) {
				break
			}
			return rec, readError(err, s.line+1)
		}
		whole := part[len(part)-1] == '\n'
		if whole {
			s.line++
		}
		if at == cellStart && len(s.ends) == 0 && whole && bytes.IndexByte(part, '"') < 0 {
			s.split(trimEnd(part))
		} else if at, opened, err = s.run(part, at, opened); err != nil {
			return rec, err
		}
		if fault := s.tooBig(rec.line, opened, at); fault != nil {
			return rec, fault
		}
		if whole && at != cellQuoted {
			break
		}
	}
	if at == cellQuoted {
		return rec, &Fault{Line: opened, Column: s.position(), What: "a quote is opened and never closed", Mend: mendUnquote}
	}
	return s.finish(rec, at, opened)
}

// readError is the end of the file, or what went wrong with reading it.
func readError(err error, line int) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("read line %d: %w", line, err)
}

// trimEnd is a line without what ends it.
func trimEnd(part []byte) []byte {
	part = part[:len(part)-1]
	return bytes.TrimSuffix(part, []byte("\r"))
}

// progressEvery is how many rows are read between two words of progress.
const progressEvery = 2048

// each hands over the records to the end of the list; sum and progress are told how far it is.
func (s *scanner) each(ctx context.Context, sum *Summary, progress func(rows, bytes int64), take func(record) error) error {
	for n := 0; ; n++ {
		if n%progressEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(sum.Records, s.bytes)
			}
		}
		rec, err := s.next()
		sum.Bytes = s.bytes
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(rec)
		}
		if err != nil {
			return err
		}
	}
}

// split takes a line without quotes apart.
func (s *scanner) split(line []byte) {
	for {
		i := bytes.IndexByte(line, s.sep)
		if i < 0 {
			break
		}
		s.out = append(s.out, line[:i]...)
		s.ends = append(s.ends, len(s.out))
		line = line[i+1:]
	}
	s.out = append(s.out, line...)
}

// run takes bytes of a row that has quotes, or that is longer than the buffer.
func (s *scanner) run(part []byte, at place, opened int) (place, int, error) {
	for i, c := range part {
		switch at {
		case cellQuoted:
			switch {
			case c == '"':
				at = cellQuote
			case c == '\n' && len(s.out) > 0 && s.out[len(s.out)-1] == '\r':
				s.out[len(s.out)-1] = '\n'
			default:
				s.out = append(s.out, c)
			}
			continue
		case cellQuote:
			if c == '"' {
				s.out = append(s.out, c)
				at = cellQuoted
				continue
			}
		case cellStart:
			if c == '"' {
				at, opened = cellQuoted, s.lineOf(part)
				continue
			}
		}
		switch {
		case c == s.sep && at != cellBroken:
			s.ends = append(s.ends, len(s.out))
			at = cellStart
		case c == '\n':
			return at, opened, nil
		case c == '\r' && (i+1 == len(part) || part[i+1] == '\n'):
		default:
			if at == cellQuote {
				at = cellBroken
			} else if at == cellStart {
				at = cellPlain
			}
			s.out = append(s.out, c)
		}
	}
	return at, opened, nil
}

// lineOf is the line that part belongs to.
func (s *scanner) lineOf(part []byte) int {
	if part[len(part)-1] == '\n' {
		return s.line
	}
	return s.line + 1
}

// tooBig is the fault of a row that grows beyond its bounds.
func (s *scanner) tooBig(line, opened int, at place) error {
	from := 0
	for i, end := range s.ends {
		if end-from > s.maxCell {
			return &Fault{
				Line: line, Column: fmt.Sprint(i + 1), What: fmt.Sprintf("a cell has more than %s bytes", grouped(s.maxCell)),
				Found: shown(string(s.out[from:min(end, from+200)])), Mend: "shorten it, or take the column out",
			}
		}
		from = end
	}
	open := len(s.out) - from
	switch {
	case open > s.maxCell && at == cellQuoted:
		return &Fault{
			Line: opened, Column: s.position(), What: fmt.Sprintf("a quote is opened, and %s bytes later it is not closed", grouped(s.maxCell)),
			Found: shown(string(s.out[from : from+200])), Mend: mendUnquote,
		}
	case open > s.maxCell:
		return &Fault{
			Line: line, Column: s.position(), What: fmt.Sprintf("a cell has more than %s bytes", grouped(s.maxCell)),
			Found: shown(string(s.out[from : from+200])), Mend: "shorten it, or take the column out",
		}
	case len(s.out) > maxRow:
		return &Fault{Line: line, What: fmt.Sprintf("a row has more than %s bytes", grouped(maxRow)), Mend: "take columns out that are not needed"}
	case len(s.ends) > maxColumns:
		return &Fault{Line: line, What: fmt.Sprintf("a row has more than %s columns", grouped(maxColumns)), Mend: "take columns out that are not needed"}
	}
	return nil
}

// position is the column that is being read, from 1.
func (s *scanner) position() string { return fmt.Sprint(len(s.ends) + 1) }

// finish turns the bytes of a record into cells.
func (s *scanner) finish(rec record, at place, opened int) (record, error) {
	s.ends = append(s.ends, len(s.out))
	if !utf8.Valid(s.out) {
		return rec, s.notUTF8(rec.line)
	}
	text := string(s.out)
	s.cells = s.cells[:0]
	from := 0
	for _, end := range s.ends {
		s.cells = append(s.cells, text[from:end])
		from = end
	}
	rec.cells = s.cells
	if at == cellBroken {
		rec.bad = "something stands behind a closing quote"
		if opened != s.line {
			rec.bad = fmt.Sprintf("the quote of line %d swallows the lines up to %d", opened, s.line)
		}
	}
	return rec, nil
}

// notUTF8 is the fault of a file in another encoding.
func (s *scanner) notUTF8(line int) error {
	at, cell := 0, 0
	for at < len(s.out) {
		r, size := utf8.DecodeRune(s.out[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	for cell < len(s.ends)-1 && s.ends[cell] <= at {
		cell++
	}
	guess := "Latin-1 or Windows-1252"
	if b := s.out[at]; b >= 0x80 && b < 0xA0 {
		guess = "Windows-1252"
	}
	return &Fault{
		Line: line, Column: fmt.Sprint(cell + 1), What: "the file is not UTF-8 but probably " + guess,
		Found: fmt.Sprintf("byte 0x%02X", s.out[at]), Mend: mendSave,
	}
}

// grouped is a number with commas.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
