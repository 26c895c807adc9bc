package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/flows"
)

// dates looks at the first and last day of the campaign and of this person.
func (j *judge) dates() {
	r, _ := j.b.rule(j.c, RuleDates)
	now := j.f.Now
	switch {
	case j.over(now) && !j.ended(j.c.Until, now):
		j.say(r.Name, r.Source, "not after "+momentText(j.f.NotAfter), Expired)
	case j.over(now):
		j.say(r.Name, r.Source, "the campaign's last day was "+dateText(j.c.Until), Expired)
	}
	late := ""
	for _, b := range []struct {
		at   time.Time
		text string
	}{{j.c.From, "the campaign begins "}, {j.f.NotBefore, "not before "}} {
		if begin := j.begins(b.at); begin.After(now) {
			j.atLeast(begin)
			late = b.text + momentText(b.at)
		}
	}
	switch {
	case late != "":
		j.say(r.Name, r.Source, late, NotYet)
	case !j.over(now):
		j.say(r.Name, r.Source, "inside its dates", "")
	}
}

// begins is when a day has begun on every clock, or the moment itself when it is no whole day.
func (j *judge) begins(at time.Time) time.Time {
	d, whole := wholeDay(at)
	if at.IsZero() || !whole {
		return at
	}
	var latest time.Time
	for _, zone := range j.zones {
		if begin := beginOf(d, j.f.Now, zone); begin.After(latest) {
			latest = begin
		}
	}
	return latest
}

// over tells whether the last day of the campaign or of this person is over on any clock.
func (j *judge) over(t time.Time) bool { return j.ended(j.c.Until, t) || j.ended(j.f.NotAfter, t) }

func (j *judge) ended(last, t time.Time) bool {
	if last.IsZero() {
		return false
	}
	d, whole := wholeDay(last)
	if !whole {
		return t.After(last)
	}
	return slices.ContainsFunc(j.zones, func(zone *time.Location) bool {
		today, _ := dayOf(t, zone)
		return today > d
	})
}

func momentText(t time.Time) string {
	if _, whole := wholeDay(t); whole {
		return dateText(t)
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func (j *judge) retry() {
	r, _ := j.b.rule(j.c, RuleRetry)
	switch text := j.f.RetryText; {
	case j.f.NextAt.After(j.f.Now):
		j.atLeast(j.f.NextAt)
		if text == "" {
			text = "rung again later"
		}
		if len(j.zones) > 0 {
			text += ", not before " + j.f.NextAt.In(j.zones[0]).Format("Mon 15:04")
		}
		j.say(r.Name, r.Source, text, RetryWait)
	case text != "":
		j.say(r.Name, r.Source, text, "")
	case len(j.f.Past) == 0:
		j.say(r.Name, r.Source, "first try", "")
	}
}

// leaves is when an attempt no longer counts towards a bound of n days: its own day is the first of them, on every clock
// it may have been made on, and with several days so many times 24 hours are over too.
func (j *judge) leaves(at time.Time, n int) time.Time {
	var latest time.Time
	if n > 1 {
		latest = at.Add(time.Duration(n) * 24 * time.Hour)
	}
	for _, zone := range j.zones {
		d, _ := dayOf(at, zone)
		if begin := beginOf(d+day(n), at, zone); begin.After(latest) {
			latest = begin
		}
	}
	return latest
}

// tally counts the attempts that still count towards a bound of days, and says when there are fewer than most.
func (j *judge) tally(days, most int, of func(Past) bool) (n int, free time.Time) {
	var room [16]time.Time
	left := room[:0]
	for _, p := range j.f.Past {
		if of != nil && !of(p) {
			continue
		}
		if at := j.leaves(p.At, days); at.After(j.f.Now) {
			left = append(left, at)
		}
	}
	n = len(left)
	if most <= 0 || n < most {
		return n, time.Time{}
	}
	slices.SortFunc(left, func(a, b time.Time) int { return b.Compare(a) })
	return n, left[most-1]
}

// frequency is the rule of attempts for one debt in so many days, and of quiet after a conversation.
func (j *judge) frequency() {
	r, off := j.off(RuleFrequency)
	most, days, quiet := r.Figures.Attempts, max(r.Figures.Days, 1), r.Figures.QuietDays
	if off {
		most, days, quiet = 0, 7, 0
	}
	if own := j.c.Limits.PerDebt; own > 0 && (most == 0 || own < most) {
		most, days = own, 7
	}
	if most == 0 && quiet == 0 {
		return
	}
	about, of := "to this number", func(Past) bool { return true }
	if j.f.DebtID != "" {
		about = "for debt " + j.f.DebtID
		of = func(p Past) bool { return p.DebtID == j.f.DebtID }
	}
	if quiet > 0 {
		_, free := j.tally(quiet, 1, func(p Past) bool { return p.Talked && of(p) })
		if !free.IsZero() {
			j.atLeast(free)
			j.say(r.Name, r.Source, "talked within "+count(quiet)+" days, quiet until "+j.localText(free), Frequency)
			return
		}
	}
	n, free := j.tally(days, most, of)
	text := "attempts " + about + " in " + count(days) + " days: " + count(n)
	if most > 0 {
		text += " of " + count(most)
	}
	if free.IsZero() {
		j.say(r.Name, r.Source, text, "")
		return
	}
	j.atLeast(free)
	j.say(r.Name, r.Source, text+", next "+j.localText(free), Frequency)
}

func (j *judge) localText(t time.Time) string {
	if len(j.zones) == 0 {
		return t.UTC().Format("2006-01-02 15:04 UTC")
	}
	return t.In(j.zones[0]).Format("Mon 2006-01-02 15:04")
}

// limits are the campaign's own bounds for one person.
func (j *judge) limits() {
	r, _ := j.b.rule(j.c, RuleLimits)
	today, tomorrow := j.tally(1, j.c.Limits.PerDay, nil)
	week, later := j.tally(7, j.c.Limits.PerWeek, nil)
	reason := Reason("")
	if !tomorrow.IsZero() {
		j.atLeast(tomorrow)
		reason = DayCap
	}
	if !later.IsZero() {
		j.atLeast(later)
		reason = WeekCap
	}
	text := make([]byte, 0, 48)
	text = append(append(text, "attempts today "...), count(today)...)
	text = appendOf(text, j.c.Limits.PerDay)
	text = append(append(text, ", this week "...), count(week)...)
	j.say(r.Name, r.Source, string(appendOf(text, j.c.Limits.PerWeek)), reason)
}

func appendOf(text []byte, most int) []byte {
	if most == 0 {
		return text
	}
	return append(append(text, " of "...), count(most)...)
}

// hours looks at the clock of every zone.
func (j *judge) hours() {
	r, _ := j.off(RuleHours)
	closed := j.closedDays()
	if closed != nil {
		j.table.closed = closed
	}
	for i, zone := range j.zones {
		if d, second := dayOf(j.f.Now, zone); !j.table.open(d, second) {
			j.shut = i
			j.say(r.Name, r.Source, j.shutText(i, d, second), OutsideHours)
			return
		}
	}
	if len(j.zones) == 0 {
		return
	}
	text := make([]byte, 0, 96)
	for i, zone := range j.zones {
		text = append(text, [...]string{"it is ", " and "}[min(i, 1)]...)
		text = j.f.Now.In(zone).AppendFormat(text, "15:04")
		text = append(append(text, " in "...), j.f.Zones[i]...)
	}
	j.say(r.Name, r.Source, string(append(text, ", inside the hours"...)), "")
}

// closedDays tells of a day whether the campaign is closed; nil when it never is.
func (j *judge) closedDays() func(day) bool {
	if len(j.c.Hours.Closed) == 0 {
		return nil
	}
	closed := make([]day, 0, len(j.c.Hours.Closed))
	for _, name := range j.c.Hours.Closed {
		if d, ok := dayNamed(name); ok {
			closed = append(closed, d)
		}
	}
	return func(d day) bool { return slices.Contains(closed, d) }
}

// shutText says why a zone is outside the hours.
func (j *judge) shutText(i int, d day, second int) string {
	var text strings.Builder
	text.WriteString("it is ")
	text.WriteString(j.f.Now.In(j.zones[i]).Format("15:04"))
	text.WriteString(" in ")
	text.WriteString(j.f.Zones[i])
	if j.table.closed != nil && j.table.closed(d) {
		return text.String() + ", and " + d.String() + " is a closed day of the campaign"
	}
	spans := j.c.Hours.Weekly[d.weekday()]
	if len(spans) == 0 {
		return text.String() + ", and the campaign has no hours on " + d.weekday().String() + "s"
	}
	if s := j.table.opens(d, second); s >= 0 {
		whose := ", campaign hours start "
		if !slices.ContainsFunc(spans, func(o flows.OpenSpan) bool { return o.From*60 == s }) {
			whose = ", calls are made from "
		}
		return text.String() + whose + clockText(s)
	}
	last := 0
	for _, s := range spans {
		if from, to := j.table.overlap(s); from < to {
			last = max(last, to)
		}
	}
	whose := ", campaign hours ended "
	if !slices.ContainsFunc(spans, func(o flows.OpenSpan) bool { return o.To*60 == last }) {
		whose = ", calls are made until "
	}
	if last == 0 {
		return text.String() + ", and no hours of the campaign on " + d.weekday().String() + "s are inside " +
			clockText(j.table.from*60) + "-" + clockText(j.table.until*60)
	}
	return text.String() + whose + clockText(last)
}

func clockText(second int) string {
	return string([]byte{
		byte('0' + second/36000), byte('0' + second/3600%10), ':', byte('0' + second%3600/600), byte('0' + second%600/60),
	})
}

// holidays looks whether it is a holiday on any clock. Where the book closes on holidays, the search for the next moment
// leaves them out.
func (j *judge) holidays() {
	r, off := j.off(RuleHolidays)
	if off || j.b.calendar == nil || len(j.zones) == 0 {
		return
	}
	if r.Figures.Closed {
		closed := j.table.closed
		j.table.closed = func(d day) bool { return closed != nil && closed(d) || j.b.calendar.on(d) != "" }
	}
	for i, zone := range j.zones {
		d, _ := dayOf(j.f.Now, zone)
		name := j.b.calendar.on(d)
		switch {
		case name == "":
		case r.Figures.Closed:
			if j.shut < 0 {
				j.shut = i
			}
			j.say(r.Name, r.Source, d.String()+" is "+name, OutsideHours)
			return
		default:
			j.say(r.Name, r.Source, d.String()+" is "+name+"; the rule book only remarks on it", "")
			return
		}
	}
	j.say(r.Name, r.Source, "no holiday", "")
}
