package recordings

import (
	"slices"
	"time"
)

// heardSpan is when a recording may have heard something. A zero time is not known: it may be any.
type heardSpan struct{ from, to time.Time }

// spanOf is when a recording may have heard something.
func spanOf(rec Recording) heardSpan {
	s := heardSpan{from: rec.Started}
	if s.from.IsZero() {
		s.from = rec.Created
	}
	if !s.from.IsZero() && rec.Duration > 0 {
		s.to = s.from.Add(rec.Duration)
	}
	return s
}

// unpausedWindows gives the payments during which it cannot be shown that a recording heard nothing: pure. rows are
// the pauses of the whole call.
//
// What is shown: that it was no recording yet, or none any more; or that Twilio had said that it is paused, from before
// the payment's keys could be pressed until nothing was ordered to go on. Where nothing is known, nothing is shown.
func unpausedWindows(rec Recording, windows []Window, rows []pauseRow) []string {
	heard := spanOf(rec)
	var out []string
	for _, w := range windows {
		of := windowRows(w, rec.SID, rows)
		if !heard.during(w, of) || of.own != nil && of.own.shown() {
			continue
		}
		if !covers(pausesOf(rec.SID, w, rows), later(heard.from, w.From), earlier(heard.to, w.To)) {
			out = append(out, w.ID)
		}
	}
	return out
}

// seenRows are the rows of a payment: what the list said, and what is known of one recording.
type seenRows struct{ list, own *pauseRow }

func windowRows(w Window, recording string, rows []pauseRow) (of seenRows) {
	for i := range rows {
		switch r := &rows[i]; {
		case r.payment != w.ID:
		case r.recording == wholePause:
			of.list = r
		case r.recording == recording:
			of.own = r
		}
	}
	return of
}

// shown tells whether the row alone is enough: the recording had ended before the payment, or somebody else had paused
// it then, whose business it is.
func (r pauseRow) shown() bool { return r.state == pauseOver || r.state == pauseTheirs }

// during tells whether a recording may have been made while the payment was taken. Twilio tells times in whole
// seconds, so a recording that began in the second in which the payment ended may have begun after it: it did, if
// Twilio did not list it when the payment began.
func (s heardSpan) during(w Window, of seenRows) bool {
	if !s.to.IsZero() && s.to.Before(w.From) {
		return false
	}
	end := w.To
	if of.list != nil && of.list.state == pauseListed && of.own == nil {
		end = end.Truncate(time.Second)
	}
	return w.To.IsZero() || s.from.IsZero() || s.from.Before(end)
}

// pausesOf are the stretches in which a recording was paused. The one that was made for the payment itself counts from
// the payment's beginning, because the caller is not asked for a key before Twilio has answered.
func pausesOf(recording string, w Window, rows []pauseRow) []heardSpan {
	var out []heardSpan
	for _, r := range rows {
		if r.recording != recording || r.paused.IsZero() || r.shown() {
			continue
		}
		p := heardSpan{from: r.paused, to: r.resume}
		if r.payment == w.ID && w.From.Before(p.from) {
			p.from = w.From
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b heardSpan) int { return a.from.Compare(b.from) })
	return out
}

// covers tells whether spans, in order of their beginnings, leave nothing out between from and to. A zero from is the
// beginning of time, a zero to its end.
func covers(spans []heardSpan, from, to time.Time) bool {
	if from.IsZero() {
		return false
	}
	for _, p := range spans {
		if p.from.After(from) {
			return false
		}
		if p.to.IsZero() {
			return true
		}
		from = later(from, p.to)
		if !to.IsZero() && !from.Before(to) {
			return true
		}
	}
	return !to.IsZero() && !from.Before(to)
}

// earlier is the earlier of two ends; a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
