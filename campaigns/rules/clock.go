package rules

import (
	"time"

	"github.com/paydial/paydial/flows"
)

// day is a calendar day, as the number of days since 1970-01-01. It has no time zone: it is a day on somebody's clock.
type day int

const (
	secondsADay = 24 * 60 * 60
	// farthest is how far ahead a moment is looked for at which somebody may be rung.
	farthest = 400 * 24 * time.Hour
)

func (d day) date() (int, time.Month, int) { return time.Unix(int64(d)*secondsADay, 0).UTC().Date() }

func (d day) month() time.Month {
	_, m, _ := d.date()
	return m
}

func (d day) weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) } // 1970-01-01 was a Thursday

func (d day) String() string { return time.Unix(int64(d)*secondsADay, 0).UTC().Format(time.DateOnly) }

// dayOf is the day on a zone's clock, and the second of it.
func dayOf(t time.Time, zone *time.Location) (day, int) {
	_, offset := t.In(zone).Zone()
	return split(t.Unix() + int64(offset))
}

// split takes a count of seconds on a clock apart.
func split(local int64) (day, int) {
	d := local / secondsADay
	if local%secondsADay < 0 {
		d--
	}
	return day(d), int(local - d*secondsADay)
}

// wholeDay is the day that a moment stands for when it is midnight UTC.
func wholeDay(t time.Time) (day, bool) {
	d, second := split(t.Unix())
	return d, second == 0 && t.Nanosecond() == 0
}

// dayNamed reads 2026-12-25.
func dayNamed(s string) (day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	d, _ := split(t.Unix())
	return d, err == nil
}

// steady is a stretch of time in which a zone does not change its clock: where it ends (no end: far away), and what is
// to be added to UTC.
func steady(t time.Time, zone *time.Location) (end time.Time, offset int64) {
	local := t.In(zone)
	_, o := local.Zone()
	if _, end = local.ZoneBounds(); end.IsZero() {
		end = t.Add(100 * 366 * 24 * time.Hour)
	}
	return end, int64(o)
}

// beginOf is the first moment from t on at which it is day d or later on a zone's clock. A day that a zone leaves out,
// as Samoa did when it crossed the date line, begins with the next.
func beginOf(d day, t time.Time, zone *time.Location) time.Time {
	for {
		end, offset := steady(t, zone)
		if now, _ := split(t.Unix() + offset); now >= d {
			return t
		}
		if begin := int64(d)*secondsADay - offset; begin < end.Unix() {
			return time.Unix(begin, 0)
		}
		t = end
	}
}

// timetable is when people may be rung, on their clock: inside the campaign's hours and inside the frame, on days that
// are not closed.
type timetable struct {
	hours       *flows.OpeningHours
	from, until int // the frame, in minutes
	closed      func(day) bool
}

// overlap is what a stretch of hours has inside the frame, in seconds.
func (h *timetable) overlap(s flows.OpenSpan) (from, to int) {
	return max(s.From, h.from) * 60, min(s.To, h.until) * 60
}

// open tells whether people may be rung in a second of a day.
func (h *timetable) open(d day, second int) bool {
	for _, s := range h.hours.Weekly[d.weekday()] {
		if from, to := h.overlap(s); second >= from && second < to {
			return h.closed == nil || !h.closed(d)
		}
	}
	return false
}

// next is the first moment from t on, and before limit, that is open on a zone's clock; zero when there is none. What a
// clock leaves out in spring is never open; what it repeats in autumn is open twice.
func (h *timetable) next(t, limit time.Time, zone *time.Location) time.Time {
	for t.Before(limit) {
		end, offset := steady(t, zone)
		if limit.Before(end) {
			end = limit
		}
		d, second := split(t.Unix() + offset)
		if h.open(d, second) {
			return t
		}
		last := end.Unix() + offset
		for int64(d)*secondsADay+int64(second) < last {
			if s := h.opens(d, second); s >= 0 && int64(d)*secondsADay+int64(s) < last {
				return time.Unix(int64(d)*secondsADay+int64(s)-offset, 0)
			}
			d, second = d+1, 0
		}
		t = end
	}
	return time.Time{}
}

// opens is the first second of a day from second on that is open, or -1.
func (h *timetable) opens(d day, second int) int {
	best := -1
	for _, s := range h.hours.Weekly[d.weekday()] {
		from, to := h.overlap(s)
		if from = max(from, second); from < to && (best < 0 || from < best) {
			best = from
		}
	}
	if best >= 0 && h.closed != nil && h.closed(d) {
		return -1
	}
	return best
}

// nextIn is next for several zones at once: the first moment that is open on every clock.
func (h *timetable) nextIn(t, limit time.Time, zones []*time.Location) time.Time {
	for {
		latest := t
		for _, zone := range zones {
			open := h.next(latest, limit, zone)
			if open.IsZero() {
				return open
			}
			latest = open
		}
		if latest.Equal(t) {
			return t
		}
		t = latest
	}
}
