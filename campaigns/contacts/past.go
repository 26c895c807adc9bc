package contacts

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
)

// PastCall is a call that another system made.
type PastCall struct {
	Line   int
	Phone  string // E.164
	At     time.Time
	DebtID string
	Talked bool // there was a conversation
}

const expectedMoment = "a date and time such as 2026-05-04T14:30:00-05:00, or a date"

// ReadPast reads calls that another system made: a CSV with a column for the number (phone), one for the time (at), and, where
// they are known, debt_id and talked (yes or no). A time without an offset is taken for UTC, a date for the last moment of
// that day: it counts longest so. The errors are as those of Read.
func ReadPast(ctx context.Context, from io.Reader, o NumberOptions, each func(PastCall) error, reject func(Reject, []string) error) (Summary, error) {
	r, err := beginNumbers(from, o)
	if err != nil {
		return Summary{}, err
	}
	p := &pastReader{}
	began := o.Began
	o.Began = func(s Summary) error {
		if err := p.find(s.Header); err != nil || began == nil {
			return err
		}
		return began(s)
	}
	return r.run(ctx, o, reject, func(rec record, number string) error {
		call, why := p.call(rec, number)
		if why != nil {
			r.sum.Rows--
			r.sum.Rejected++
			return reject(*why, rec.cells)
		}
		return each(call)
	})
}

// pastReader knows which columns there are; -1 is none.
type pastReader struct {
	header           []string
	at, debt, talked int
}

func (p *pastReader) find(header []string) error {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = fold(h)
	}
	among := func(all ...string) int {
		return slices.IndexFunc(names, func(name string) bool { return slices.Contains(all, name) })
	}
	p.header = header
	p.at, p.debt, p.talked = among("at", "when", "time", "date", "called at"), among("debt id", "debt", "account"), among("talked", "conversation", "reached")
	if p.at < 0 {
		return &Fault{
			Line: 1, What: "no column says when the calls were made", Found: shown(strings.Join(header, ", ")),
			Mend: "name the columns in the first line: phone, at, and where they are known debt_id and talked",
		}
	}
	return nil
}

func (p *pastReader) call(rec record, number string) (PastCall, *Reject) {
	c := PastCall{Line: rec.line, Phone: number}
	cell := func(at int) string {
		if at < 0 || at >= len(rec.cells) {
			return ""
		}
		return strings.TrimSpace(unsafe(rec.cells[at]))
	}
	bad := func(at int, field, expected, mend string) *Reject {
		return &Reject{Line: rec.line, Column: p.header[at], Reason: rules.About(BadValue, field), Expected: expected, Found: foundIn(cell(at), false), Mend: mend}
	}
	var ok bool
	if c.At, ok = moment(cell(p.at)); !ok {
		return c, bad(p.at, "at", expectedMoment, "write it as YYYY-MM-DD, or with the time and the offset from UTC")
	}
	if c.DebtID = cell(p.debt); len(c.DebtID) > maxID {
		return c, bad(p.debt, "debt_id", "at most 200 bytes", "it is too long: shorten it")
	}
	switch strings.ToLower(cell(p.talked)) {
	case "yes", "y", "true", "1":
		c.Talked = true
	case "", "no", "n", "false", "0":
	default:
		return c, bad(p.talked, "talked", "yes or no", "write yes or no")
	}
	return c, nil
}

// moment reads when a call was made.
func moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			_, err := sane(t)
			return t.UTC(), err == nil
		}
	}
	if strings.Contains(text, ":") {
		return time.Time{}, false
	}
	day, err := parseDay(text)
	return day.Add(24*time.Hour - time.Millisecond), err == nil
}
