package campaigns

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/db"
)

// PastRequest is a file of calls that another system made.
type PastRequest struct {
	From     io.Reader
	Country  string    // how numbers without a + are meant; "": US
	Source   string    // the system, as reasons name it
	DryRun   bool      // count only
	Rejected io.Writer // a CSV of what could not be taken; nil: nobody wants it
}

// PastResult is what became of a file. Rows is New and Already together.
type PastResult struct {
	Lines    int64 `json:"lines"`
	Rows     int64 `json:"rows"`
	New      int64 `json:"new"`
	Already  int64 `json:"already"` // the same number, time and debt was there
	Rejected int64 `json:"rejected"`
	Bytes    int64 `json:"bytes"`
	DryRun   bool  `json:"dry_run"`
}

// TakePast takes in calls that another system made, so that caps and the rules of debts count them: 500 at a time, as a stream.
// What was taken stays, also when the file turns out to be broken further down, and taking it again changes nothing. The
// errors are a *contacts.Fault, and those of the database and of From.
func (c *Campaigns) TakePast(ctx context.Context, q PastRequest, progress func(PastResult)) (PastResult, error) {
	t := &takingPast{c: c, q: q, res: PastResult{DryRun: q.DryRun}}
	o := contacts.NumberOptions{Country: q.Country, Began: t.began, Progress: func(rows, bytes int64) {
		if progress != nil {
			t.res.Lines, t.res.Bytes = rows, bytes
			progress(t.res)
		}
	}}
	sum, err := contacts.ReadPast(ctx, q.From, o, func(p contacts.PastCall) error { return t.take(ctx, p) }, t.reject)
	if flushErr := t.flush(context.WithoutCancel(ctx)); err == nil {
		err = flushErr
	}
	t.res.Lines, t.res.Rows, t.res.Rejected, t.res.Bytes = sum.Records, sum.Rows, sum.Rejected, sum.Bytes
	if t.rejected != nil {
		if _, closeErr := t.rejected.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return t.res, fmt.Errorf("take in past calls: %w", err)
	}
	return t.res, nil
}

// errDryRun takes back what a dry run has written.
var errDryRun = errors.New("a dry run writes nothing")

// takingPast is one file under way.
type takingPast struct {
	c        *Campaigns
	q        PastRequest
	res      PastResult
	rejected *contacts.Rejected
	batch    []contacts.PastCall
}

func (t *takingPast) began(s contacts.Summary) (err error) {
	if t.q.Rejected != nil {
		t.rejected, err = contacts.NewRejected(t.q.Rejected, s)
	}
	return err
}

func (t *takingPast) reject(why contacts.Reject, cells []string) error {
	if t.rejected == nil {
		return nil
	}
	return t.rejected.Write(why, cells)
}

func (t *takingPast) take(ctx context.Context, p contacts.PastCall) error {
	if t.batch = append(t.batch, p); len(t.batch) < mostAsked {
		return nil
	}
	return t.flush(ctx)
}

// flush writes what was collected. A dry run takes it back.
func (t *takingPast) flush(ctx context.Context) error {
	if len(t.batch) == 0 {
		return nil
	}
	batch := t.batch
	t.batch = t.batch[:0]
	var added int64
	err := t.c.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		added = 0
		for _, p := range batch {
			talked := 0
			if p.Talked {
				talked = 1
			}
			res, err := tx.Exec(ctx, `INSERT INTO campaign_past (phone, at, debt_id, talked, source) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (phone, at, debt_id) DO NOTHING`, p.Phone, db.Millis(p.At), p.DebtID, talked, t.q.Source)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			added += n
		}
		if t.q.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	t.res.New += added
	t.res.Already += int64(len(batch)) - added
	return nil
}
