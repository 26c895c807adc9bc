package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paydial/paydial/flows"
)

// slowly is the rule of hours, days and bounds in other words than the program's: minute by minute, from the written
// date and clock of every zone. It is what Next is compared with.
type slowly struct {
	c     *flows.Campaign
	f     Facts
	zones []*time.Location
}

func (s *slowly) allowed(t time.Time) bool {
	if t.Before(s.f.NextAt) || t.Before(s.f.NotBefore) {
		return false
	}
	today, week := 0, 0
	for _, p := range s.f.Past {
		sameDay, sameWeek := false, t.Before(p.At.Add(7*24*time.Hour))
		for _, z := range s.zones {
			then, now := p.At.In(z), t.In(z)
			sameDay = sameDay || then.Format(time.DateOnly) == now.Format(time.DateOnly)
			y, m, d := then.Date()
			sameWeek = sameWeek || now.Format(time.DateOnly) < time.Date(y, m, d+7, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		if sameDay {
			today++
		}
		if sameWeek {
			week++
		}
	}
	if s.c.Limits.PerDay > 0 && today >= s.c.Limits.PerDay || s.c.Limits.PerWeek > 0 && week >= s.c.Limits.PerWeek {
		return false
	}
	for _, z := range s.zones {
		local := t.In(z)
		minute := local.Hour()*60 + local.Minute()
		date := local.Format(time.DateOnly)
		inside := minute >= 8*60 && minute < 21*60 && !slices.Contains(s.c.Hours.Closed, date) &&
			(s.c.From.IsZero() || date >= s.c.From.Format(time.DateOnly)) && (s.c.Until.IsZero() || date <= s.c.Until.Format(time.DateOnly))
		if !inside || !slices.ContainsFunc(s.c.Hours.Weekly[local.Weekday()], func(o flows.OpenSpan) bool {
			return minute >= o.From && minute < o.To
		}) {
			return false
		}
	}
	return true
}

// next is the first allowed minute within days.
func (s *slowly) next(days int) time.Time {
	for t := s.f.Now; t.Before(s.f.Now.Add(time.Duration(days) * 24 * time.Hour)); t = t.Add(time.Minute) {
		if s.allowed(t) {
			return t
		}
	}
	return time.Time{}
}

// changes are weeks in which clocks change somewhere: in spring, in autumn, by half an hour, over a date line, at midnight.
var changes = []struct {
	zone string
	near string // a day a little before
}{
	{"America/New_York", "2026-03-05"}, {"America/New_York", "2026-10-29"},
	{"America/Phoenix", "2026-03-05"}, {"America/Anchorage", "2027-03-11"}, {"America/Anchorage", "2026-10-30"},
	{"Europe/Berlin", "2026-03-26"}, {"Europe/Berlin", "2026-10-22"},
	{"Australia/Lord_Howe", "2026-04-02"}, {"Australia/Lord_Howe", "2026-10-01"},
	{"Pacific/Apia", "2011-12-27"}, {"Pacific/Apia", "2012-03-30"}, {"Pacific/Apia", "2026-04-02"},
	{"America/Havana", "2026-03-05"}, {"America/Havana", "2026-10-29"}, {"Africa/Cairo", "2026-04-22"}, {"Africa/Cairo", "2026-10-27"},
	{"America/St_Johns", "2026-10-29"}, {"Asia/Kathmandu", "2026-05-01"},
}

// nearZones are second zones that a number could be in as well.
var nearZones = map[string][]string{
	"America/New_York": {"America/Chicago", "America/Phoenix"}, "America/Anchorage": {"America/Los_Angeles", "America/Adak"},
	"Europe/Berlin": {"Europe/London", "Africa/Cairo"}, "Australia/Lord_Howe": {"Australia/Brisbane"}, "Pacific/Apia": {"Pacific/Pago_Pago"},
}

// TestNextAgreesWithTheSlowWay draws campaigns and people at random, in weeks in which clocks change.
func TestNextAgreesWithTheSlowWay(t *testing.T) {
	t.Parallel()
	const days = 12
	for i, week := range changes {
		t.Run(fmt.Sprint(week.zone, " ", week.near), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(2026, uint64(i)))
			never := 0
			for range drawn {
				c, f := drawCase(t, r, week.zone, week.near)
				b := open(t, c)
				d := b.Judge(c, f)
				slow := &slowly{c: c, f: f}
				for _, z := range f.Zones {
					slow.zones = append(slow.zones, b.zone(z))
				}
				want := slow.next(days)
				if d.Reason == ZoneUnclear || d.Reason == Expired {
					if never++; !want.IsZero() && d.Reason == Expired {
						t.Errorf("expired, but %s is allowed", want)
					}
					continue
				}
				if d.Allowed != slow.allowed(f.Now) {
					t.Errorf("allowed %t at %s\n%+v\n%s", d.Allowed, f.Now, c.Hours, shown(d))
				}
				got := d.Next
				if !got.IsZero() && got.Sub(f.Now) >= days*24*time.Hour {
					got = time.Time{}
				}
				if !got.Equal(want) {
					t.Fatalf("next is %s, the slow way says %s\nhours %+v, from %s until %s\nfacts %+v\n%s", got.UTC(), want.UTC(), c.Hours, c.From, c.Until, f, shown(d))
				}
			}
			if never > drawn*3/4 {
				t.Errorf("%d of %d draws say nothing", never, drawn)
			}
		})
	}
}

// drawCase draws a campaign and a person around a week.
func drawCase(t *testing.T, r *rand.Rand, zone, near string) (*flows.Campaign, Facts) {
	t.Helper()
	c := &flows.Campaign{Kind: flows.KindReminder, Country: "US"}
	minute := func() int { return r.IntN(24*4+1) * 15 }
	for d := range c.Hours.Weekly {
		for range r.IntN(3) {
			if from, to := minute(), minute(); from < to {
				c.Hours.Weekly[d] = append(c.Hours.Weekly[d], flows.OpenSpan{From: from, To: to})
			}
		}
	}
	first, err := time.Parse(time.DateOnly, near)
	if err != nil {
		t.Fatal(err)
	}
	for range r.IntN(3) {
		c.Hours.Closed = append(c.Hours.Closed, first.AddDate(0, 0, r.IntN(7)).Format(time.DateOnly))
	}
	if r.IntN(3) == 0 {
		c.From = first.AddDate(0, 0, r.IntN(6))
	}
	if r.IntN(3) == 0 {
		c.Until = first.AddDate(0, 0, 3+r.IntN(6))
	}
	c.Limits = flows.CallLimits{PerDay: r.IntN(3), PerWeek: r.IntN(4)}
	f := Facts{Phone: "+15550142002", Zones: []string{zone}, Now: first.Add(time.Duration(r.IntN(5*24*60)) * time.Minute)}
	if near := nearZones[zone]; len(near) > 0 && r.IntN(2) == 0 {
		f.Zones = append(f.Zones, near[r.IntN(len(near))])
	}
	for range r.IntN(5) {
		f.Past = append(f.Past, Past{At: f.Now.Add(-time.Duration(r.IntN(8*24*60)) * time.Minute)})
	}
	if r.IntN(3) == 0 {
		f.NextAt = f.Now.Add(time.Duration(r.IntN(3*24*60)) * time.Minute)
	}
	if r.IntN(4) == 0 {
		f.NotBefore = f.Now.Add(time.Duration(1+r.IntN(2*24*60)) * time.Minute)
		if _, whole := wholeDay(f.NotBefore); whole {
			f.NotBefore = f.NotBefore.Add(time.Minute)
		}
	}
	return c, f
}

// TestAllowedIsInsideTheHours asks at random moments of a year, in every kind of zone.
func TestAllowedIsInsideTheHours(t *testing.T) {
	t.Parallel()
	zones := []string{
		"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
		"Pacific/Honolulu", "America/Puerto_Rico", "America/Havana", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
	}
	r := rand.New(rand.NewPCG(7, 7))
	c := spring()
	b := open(t, c)
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	allowed := 0
	for range 100 * drawn {
		f := luis(t)
		f.Now = begin.Add(time.Duration(r.IntN(366*24*60*60)) * time.Second)
		f.Zones = []string{zones[r.IntN(len(zones))], zones[r.IntN(len(zones))]}[:1+r.IntN(2)]
		d := b.Judge(c, f)
		if d.Allowed {
			allowed++
		}
		if d.Next.IsZero() {
			continue
		}
		for _, zone := range f.Zones {
			local := d.Next.In(b.zone(zone))
			clock := local.Format("15:04")
			from, until := "09:00", "19:30"
			if local.Weekday() == time.Saturday {
				from, until = "10:00", "16:00"
			}
			if local.Weekday() == time.Sunday || clock < from || clock >= until || clock < "08:00" || clock >= "21:00" {
				t.Fatalf("rung at %s in %s: %s", local, zone, shown(d))
			}
		}
	}
	if allowed == 0 {
		t.Error("nobody was ever allowed")
	}
}

// TestNextIsAllowedAndNotTheSecondBefore asks again at the moment that was told, with every rule that looks at time: debts,
// conversations, holidays that are kept.
func TestNextIsAllowedAndNotTheSecondBefore(t *testing.T) {
	t.Parallel()
	own := ownBook("us-collection", "  - { rule: holidays, figures: { calendar: us-federal, closed: yes } }")
	r := rand.New(rand.NewPCG(12, 1006))
	b, err := Open(&flows.Campaign{Kind: flows.KindCollection, Country: "US"}, own)
	if err != nil {
		t.Fatal(err)
	}
	told := map[Reason]int{}
	for range 2000 {
		week := changes[r.IntN(len(changes))]
		c, f := drawCase(t, r, week.zone, week.near)
		c.Kind, f.DebtID = flows.KindCollection, "D-1"
		for i := range 8 {
			if r.IntN(2) == 0 {
				f.Past = append(f.Past, Past{At: f.Now.Add(-time.Duration(r.IntN(8*24*60)) * time.Minute), DebtID: "D-1", Talked: i == 0})
			}
		}
		d := b.Judge(c, f)
		if told[d.Reason]++; d.Next.IsZero() {
			continue
		}
		then := f
		if then.Now = d.Next; !b.Judge(c, then).Allowed {
			t.Fatalf("next is %s, and then:\n%s\nnow:\n%s", d.Next, shown(b.Judge(c, then)), shown(d))
		}
		if then.Now = d.Next.Add(-time.Second); !d.Allowed && !then.Now.Before(f.Now) && b.Judge(c, then).Allowed {
			t.Fatalf("next is %s, but a second before:\n%s\nnow:\n%s", d.Next, shown(b.Judge(c, then)), shown(d))
		}
	}
	for _, r := range []Reason{"", Expired, NotYet, RetryWait, Frequency, WeekCap, DayCap, OutsideHours} {
		if told[r] == 0 {
			t.Errorf("no draw came to %q: %v", r, told)
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1969-12-31", "1970-01-01", "2026-02-28", "2028-02-29", "2100-03-01"} {
		d, ok := dayNamed(s)
		parsed, err := time.Parse(time.DateOnly, s)
		if !ok || err != nil || d.String() != s || d.weekday() != parsed.Weekday() || d.month() != parsed.Month() {
			t.Errorf("%s is %s, a %s in %s", s, d, d.weekday(), d.month())
		}
	}
	if _, ok := dayNamed("2026-02-30"); ok {
		t.Error("2026-02-30 is a day")
	}
	apia, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	left, _ := dayNamed("2011-12-30") // Samoa had no such day
	begin := beginOf(left, time.Date(2011, 12, 30, 6, 0, 0, 0, time.UTC), apia)
	if got := begin.In(apia).Format("2006-01-02 15:04"); got != "2011-12-31 00:00" {
		t.Errorf("the day left out begins at %s", got)
	}
}
