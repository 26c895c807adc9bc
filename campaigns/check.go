package campaigns

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// Known is what the server knows of people: its do-not-call lists, and the attempts of all campaigns.
type Known interface {
	// Which tells on which lists numbers and keys stand at a moment.
	Which(ctx context.Context, who, lists []string, now time.Time) (map[string][]string, error)
	// Past are the attempts to numbers since a moment.
	Past(ctx context.Context, numbers []string, since time.Time) (map[string][]rules.Past, error)
}

// CheckRequest is a campaign that is to be tried out, without a call and without a write.
type CheckRequest struct {
	Campaign  *flows.Campaign
	Contacts  io.Reader
	ListFiles func(path string) (io.ReadCloser, error) // do-not-call lists that are files of the project
	Known     Known                                    // nil: no server was looked at
	Book      *rules.Book
	Now       time.Time
	Rejected  io.Writer      // a CSV of the rows that cannot be used; nil: nobody wants it
	Prices    Prices         // zero: DefaultPrices
	Findings  flows.Findings // of the campaign's file, for the report
	Progress  func(rows, bytes int64)
}

// Report is what a campaign would do. Will and WillNot together are Rows, and the people of Reasons are WillNot.
type Report struct {
	Campaign  string          `json:"campaign"`
	Flow      string          `json:"flow"`
	Rows      int64           `json:"rows"`
	Will      int64           `json:"will"`
	WillNot   int64           `json:"will_not"`
	Rejected  int64           `json:"rejected"` // of WillNot: rows that have to be mended
	Reasons   []CheckReason   `json:"reasons"`
	Zones     []ZoneCount     `json:"zones"` // of those who will be rung
	FirstWeek FirstWeek       `json:"first_week"`
	Cost      Cost            `json:"cost"`
	Samples   []Sample        `json:"samples"`
	Book      BookReport      `json:"rule_book"`
	Remarks   []string        `json:"remarks"`
	Findings  flows.Findings  `json:"findings"`
	Columns   ColumnsReport   `json:"columns"`
	Looked    bool            `json:"server_looked_at"` // at the server's lists and attempts
	Estimates EstimateSources `json:"estimated_from"`
}

// CheckReason is why some people will not be rung.
type CheckReason struct {
	Reason   rules.Reason  `json:"reason"`
	Text     string        `json:"text"`
	People   int64         `json:"people"`
	Details  []DetailCount `json:"details,omitempty"`
	Examples []Example     `json:"examples"`
}

// DetailCount is what is wrong in so many of a reason's rows.
type DetailCount struct {
	Text   string `json:"text"`
	People int64  `json:"people"`
}

// Example is a row that will not be rung.
type Example struct {
	Line     int    `json:"line"`
	Column   string `json:"column,omitempty"`
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
	Mend     string `json:"mend,omitempty"`
}

// ZoneCount is how many people of a time zone will be rung. People whose zone is not known for sure are under "unclear".
type ZoneCount struct {
	Zone   string `json:"zone"`
	People int64  `json:"people"`
}

// Sample is a person who will be rung, to listen to.
type Sample struct {
	Line     int    `json:"line"` // in the list, as preview takes it
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Zone     string `json:"zone"`
	Language string `json:"language"`
}

// BookReport is which rule book holds, and what of the flow and the file fulfils it.
type BookReport struct {
	Name    string         `json:"name"`
	Version string         `json:"version"`
	Rules   []rules.Remark `json:"rules"`
}

// ColumnsReport is which columns of the list are used.
type ColumnsReport struct {
	Used    []string `json:"used"`
	Ignored []string `json:"ignored"`
}

// Check tries a campaign out: it reads every row, judges it as the dialer would, and counts. It makes no call and writes
// nothing but the rejected rows. Memory does not grow with the list, but for two sets to know duplicates by (15 to 30
// bytes a row each) and eight bytes for every number of a list that is a file. The errors are a *contacts.Fault, and
// those of Known and of the files.
func Check(ctx context.Context, q CheckRequest) (*Report, error) {
	if q.Prices == (Prices{}) {
		q.Prices = DefaultPrices()
	}
	files, remarks, err := readFileLists(ctx, q.Campaign, q.ListFiles)
	if err != nil {
		return nil, err
	}
	k := newChecking(q, files)
	o := contacts.Options{Campaign: q.Campaign, Now: q.Now, Progress: q.Progress, Began: k.began}
	sum, err := contacts.Read(ctx, q.Contacts, o, func(r contacts.Row) error { return k.row(ctx, r) }, k.reject)
	if err == nil {
		err = k.flush(ctx)
	}
	if k.rejected != nil {
		if _, closeErr := k.rejected.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return nil, err
	}
	rep := k.report(sum)
	rep.Remarks = append(remarks, rep.Remarks...)
	if rep.Will+rep.WillNot != rep.Rows {
		return nil, errors.New("check: the rows do not add up") // a fault of ours
	}
	return rep, nil
}
