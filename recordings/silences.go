package recordings

import (
	"context"
	"slices"
	"time"

	"github.com/paydial/paydial/db"
)

// Silence is a part of a recording during which it was paused, or should have been.
type Silence struct {
	Payment string // in the ledger; "step:..." for a flow's own record step
	From    time.Time
	To      time.Time // zero while it is silent
	Sure    bool      // Twilio said that it was paused
	Trouble string    // what Twilio said instead; "" when all went well
}

// Silences are the pauses of recordings, by SID, the oldest first. It asks once, however many recordings there are.
func (r *Recordings) Silences(ctx context.Context, of []Recording) (map[string][]Silence, error) {
	if len(of) == 0 {
		return nil, nil
	}
	bySID, calls := map[string]Recording{}, []any{}
	for _, rec := range of {
		bySID[rec.SID] = rec
		if !slices.Contains(calls, any(rec.Call)) {
			calls = append(calls, rec.Call)
		}
	}
	where := " WHERE call IN (" + db.Marks(len(calls)) + ") ORDER BY wanted_at, payment"
	rows, err := readPauses(ctx, r.cfg.DB, where, calls...)
	if err != nil {
		return nil, err
	}
	out := map[string][]Silence{}
	for _, row := range rows {
		rec, ok := bySID[row.recording]
		if !ok || row.state == pauseOver {
			continue
		}
		last := len(out[rec.SID]) - 1
		s := row.silence(rec)
		if last >= 0 && out[rec.SID][last].To.IsZero() { // it stayed paused for this payment
			out[rec.SID][last].To = s.From
		}
		out[rec.SID] = append(out[rec.SID], s)
	}
	return out, nil
}

// silence is a pause for people. What began is shown from when Twilio had said so, or else from when it was asked.
func (p pauseRow) silence(rec Recording) Silence {
	s := Silence{Payment: p.payment, From: p.paused, To: p.resumed, Trouble: p.trouble}
	s.Sure = !p.paused.IsZero() || p.state == pauseTheirs
	if s.From.IsZero() {
		s.From = p.wanted
	}
	if s.To.IsZero() {
		s.To = p.resume
	}
	if s.To.IsZero() && rec.Duration > 0 { // it ended before anybody resumed it
		s.To = rec.Started.Add(rec.Duration)
	}
	if s.To.Before(s.From) && !s.To.IsZero() {
		s.To = s.From
	}
	return s
}
