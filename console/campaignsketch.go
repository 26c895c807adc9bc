package console

import (
	"slices"
	"time"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

const (
	// sketchTries and sketchWeeks bound a sketch.
	sketchTries = 6
	sketchWeeks = 3
)

// sketch is when one person would be rung who never answers: the rules of trying again, as a calendar.
type sketch struct {
	Zone  string
	Tries []sketchTry
	Weeks [][]sketchDay // Monday first, from the week of the first try to that of the last, or as many as are shown
	Names []string      // of the days of a week
}

// sketchTry is one try. Waited are the rules that put it off.
type sketchTry struct {
	N      int
	When   string
	Waited []string
}

// sketchDay is a day of the calendar, with the hours of its tries.
type sketchDay struct {
	Date  time.Time
	Tries []sketchTry // When is the hour
	Month bool        // the month is said with it
}

// sketchOf asks the rules again and again, on the clock that now is on, for somebody whose row lacks nothing.
func sketchOf(book *rules.Book, c *flows.Campaign, now time.Time) sketch {
	zone := now.Location()
	f := rules.Facts{Now: now, Phone: "+12125550123", Zones: []string{zone.String()}, ZoneFrom: "row", Consent: now.AddDate(0, -1, 0), DebtID: "sketch"}
	after, upTo := time.Duration(0), 0
	for _, r := range c.TryAgain {
		if r.Outcome == "no_answer" {
			after, upTo = r.After, r.UpTo
		}
	}
	s := sketch{Zone: zone.String()}
	var moments []time.Time
	var waited []string
	for looks := 0; len(moments) < sketchTries && len(moments) <= upTo && looks < 4*sketchTries; looks++ {
		d := book.Judge(c, f)
		if !d.Allowed {
			if d.Next.IsZero() || !d.Next.After(f.Now) {
				break
			}
			f.Now, waited = d.Next, putOff(waited, d.Checks)
			continue
		}
		at := f.Now.In(zone)
		moments = append(moments, at)
		s.Tries = append(s.Tries, sketchTry{len(moments), at.Format("Mon 2 Jan, 15:04"), waited})
		f.Past = append(f.Past, rules.Past{At: f.Now, Campaign: c.Name, DebtID: f.DebtID})
		f.NextAt = f.Now.Add(after)
		f.RetryText, waited = spokenSpan(after), nil
		f.Now = f.Now.Add(time.Minute)
	}
	if len(moments) > 0 {
		s.draw(moments)
	}
	return s
}

// putOff adds the rules that did not pass to those of before.
func putOff(before []string, checks []rules.Check) []string {
	for _, one := range checks {
		if name := plain(one.Rule); !one.Passed && !slices.Contains(before, name) {
			before = append(before, name)
		}
	}
	return before
}

// draw lays the tries out in weeks.
func (s *sketch) draw(moments []time.Time) {
	first, last := moments[0], moments[len(moments)-1]
	day := time.Date(first.Year(), first.Month(), first.Day()-(int(first.Weekday())+6)%7, 12, 0, 0, 0, first.Location())
	for range 7 {
		s.Names = append(s.Names, day.AddDate(0, 0, len(s.Names)).Format("Mon"))
	}
	for len(s.Weeks) < sketchWeeks && (len(s.Weeks) == 0 || !day.After(last.Add(12*time.Hour))) {
		var week []sketchDay
		for range 7 {
			one := sketchDay{Date: day, Month: day.Day() == 1 || len(s.Weeks) == 0 && len(week) == 0}
			for i, at := range moments {
				if at.Format(time.DateOnly) == day.Format(time.DateOnly) {
					one.Tries = append(one.Tries, sketchTry{N: i + 1, When: at.Format("15:04")})
				}
			}
			week = append(week, one)
			day = day.AddDate(0, 0, 1)
		}
		s.Weeks = append(s.Weeks, week)
	}
}
