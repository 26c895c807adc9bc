package console

import (
	"time"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
)

// stripWidth is how wide a strip is drawn, in its own units.
const stripWidth = 1000

// strip is a recording's time from left to right.
type strip struct {
	Width  int
	Pauses []stripPart
	Paid   []stripPart
	Ends   []string // its beginning and end, as a player counts
}

// stripPart is a part of a strip.
type stripPart struct {
	X, Width int
	Sure     bool
	From, To string
	Text     string
}

// stripOf draws a recording with the parts in which it was paused, and the payments that were taken meanwhile; nil when
// it is not known when it began.
func stripOf(r recordings.Recording, pauses []Pause, paid []payments.Payment, now time.Time) *strip {
	from := r.Started
	if from.IsZero() {
		from = r.Created
	}
	to := from.Add(r.Duration)
	if r.Duration == 0 {
		if r.State != recordings.Running && r.State != recordings.Paused {
			return nil
		}
		to = now
	}
	if !to.After(from) {
		return nil
	}
	s := &strip{Width: stripWidth, Ends: []string{duration(0), duration(to.Sub(from))}}
	part := func(a, b time.Time, text string, sure bool) (stripPart, bool) {
		if b.IsZero() || b.After(to) {
			b = to
		}
		if a.Before(from) {
			a = from
		}
		if !b.After(a) {
			return stripPart{}, false
		}
		x, end := at(a.Sub(from), to.Sub(from)), at(b.Sub(from), to.Sub(from))
		return stripPart{X: x, Width: max(2, end-x), Sure: sure, From: duration(a.Sub(from)), To: duration(b.Sub(from)), Text: text}, true
	}
	for _, p := range pauses {
		if one, ok := part(p.From, p.To, p.Payment, p.Sure); ok {
			s.Pauses = append(s.Pauses, one)
		}
	}
	for _, p := range paid {
		end := p.Closed
		if end.IsZero() && p.State != payments.Started {
			end = p.Updated
		}
		if one, ok := part(p.Started, end, p.ID, true); ok {
			s.Paid = append(s.Paid, one)
		}
	}
	return s
}

// at is where a time is on a strip.
func at(since, whole time.Duration) int {
	return int(int64(stripWidth) * int64(since/time.Millisecond) / max(1, int64(whole/time.Millisecond)))
}

// pauseRow is a pause on a page.
type pauseRow struct {
	Pause
	Text string // since the recording began: "0:12 – 0:40"
}

func (c *Console) pauseRows(pauses []Pause, r recordings.Recording) []pauseRow {
	from := r.Started
	if from.IsZero() {
		from = r.Created
	}
	out := make([]pauseRow, len(pauses))
	for i, p := range pauses {
		end := t("stillPaused")
		if !p.To.IsZero() {
			end = duration(p.To.Sub(from))
		}
		out[i] = pauseRow{p, duration(p.From.Sub(from)) + " – " + end}
	}
	return out
}
