package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/flows"
)

// precedence is which reason is told when there are several: what lasts before what passes, what people did before what
// a file says.
var precedence = []Reason{
	BadNumber, Stopped, OptedOut, OnDNC, Paid, Skipped, NoConsent, ZoneUnclear, Expired,
	Paused, NotYet, RetryWait, Frequency, WeekCap, DayCap, OutsideHours,
}

// judge is one judgement in the making.
type judge struct {
	b     *Book
	c     *flows.Campaign
	f     *Facts
	d     Decision
	rank  int // of d.Reason in precedence
	zones []*time.Location
	some  [4]*time.Location // room for zones
	table timetable
	least time.Time // nobody is rung before: retry, dates and caps together
	shut  int       // the first zone that is outside the hours, or -1
}

// Judge looks at every rule, in a fixed order, and says whether a person may be rung at f.Now. It is pure: the same
// campaign and facts come to the same decision.
func (b *Book) Judge(c *flows.Campaign, f Facts) Decision {
	j := judge{b: b, c: c, f: &f, rank: len(precedence), least: f.Now, shut: -1}
	j.d = Decision{Checks: make([]Check, 0, len(ruleNames)), Book: b.Name, Version: b.stamp}
	j.findZones()
	j.running()
	j.number()
	j.doNotCall()
	j.paid()
	j.consent()
	j.timeZone()
	j.dates()
	j.retry()
	j.frequency()
	j.limits()
	j.hours()
	j.holidays()
	j.d.Allowed = j.d.Reason == ""
	j.place()
	switch {
	case j.d.Allowed:
		j.d.Next = f.Now
	case j.d.Reason.Passing():
		j.d.Next = j.earliest()
	}
	return j.d
}

// say notes what a rule said. reason is why it did not hold, "" when it did.
func (j *judge) say(rule, source, text string, reason Reason) {
	j.d.Checks = append(j.d.Checks, Check{Rule: rule, Passed: reason == "", Text: text, Source: source})
	if reason == "" {
		return
	}
	if rank := slices.Index(precedence, reason.Kind()); rank >= 0 && rank < j.rank {
		j.d.Reason, j.rank = reason, rank
	}
}

// off looks whether a rule is switched off: by the campaign, which is noted, or by the book, which is not.
func (j *judge) off(name string) (r *Rule, off bool) {
	r, because := j.b.rule(j.c, name)
	if because == "" {
		return r, false
	}
	if r.Off == "" {
		j.say(name, r.Source, "switched off: "+because, "")
	}
	return r, true
}

func (j *judge) findZones() {
	j.zones = j.some[:0]
	for _, name := range j.f.Zones {
		if zone := j.b.zone(name); zone != nil {
			j.zones = append(j.zones, zone)
		}
	}
	if len(j.zones) < len(j.f.Zones) { // one that is not known could be anywhere
		j.zones = j.zones[:0]
	}
	frame, off := j.b.rule(j.c, RuleHours)
	j.table = timetable{hours: &j.c.Hours.OpeningHours, from: frame.Figures.from, until: frame.Figures.until}
	if off != "" {
		j.table.from, j.table.until = 0, 24*60
	}
}

func (j *judge) running() {
	switch {
	case j.f.Stopped != "":
		j.say("campaign", "", "the campaign is stopped: "+j.f.Stopped, Stopped)
	case j.f.Paused != "":
		j.say("campaign", "", "the campaign is paused: "+j.f.Paused, Paused)
	}
}

func (j *judge) number() {
	if len(j.f.Phone) < 8 || j.f.Phone[0] != '+' {
		j.say("number", "", "there is no number to ring", BadNumber)
	}
}

func (j *judge) doNotCall() {
	r, _ := j.b.rule(j.c, RuleDoNotCall)
	switch {
	case j.f.OptedOut:
		j.say(r.Name, r.Source, "asked not to be called again", OptedOut)
	case len(j.f.OnLists) > 0:
		j.say(r.Name, r.Source, "on "+strings.Join(j.f.OnLists, ", "), About(OnDNC, j.f.OnLists[0]))
	case len(j.c.NeverCall) == 0:
		j.say(r.Name, r.Source, "has not opted out; the campaign looks at no list", "")
	default:
		text := make([]byte, 0, 64)
		text = append(text, "not on "...)
		for i, l := range j.c.NeverCall {
			if i > 0 {
				text = append(text, ", "...)
			}
			text = append(text, ListLabel(l)...)
		}
		j.say(r.Name, r.Source, string(text), "")
	}
}

// ListLabel is what a do-not-call list is called in reasons: its name, or that of its file without folder and ending.
func ListLabel(l flows.ListName) string {
	if l.File == "" {
		return l.Name
	}
	base := l.File[strings.LastIndexByte(l.File, '/')+1:]
	if dot := strings.LastIndexByte(base, '.'); dot > 0 {
		base = base[:dot]
	}
	return base
}

func (j *judge) paid() {
	if j.f.Skipped {
		j.say("skipped", "", "skipped by hand", Skipped)
	}
	r, off := j.off(RulePaid)
	switch {
	case off:
	case j.f.Paid:
		j.say(r.Name, r.Source, "paid meanwhile", Paid)
	default:
		j.say(r.Name, r.Source, "has not paid", "")
	}
}

func (j *judge) consent() {
	r, off := j.off(RuleConsent)
	switch {
	case off:
	case j.f.Consent.IsZero() && !j.c.NeedsConsent && !r.Figures.Required:
		j.say(r.Name, r.Source, "this campaign asks for no consent", "")
	case j.f.Consent.IsZero():
		j.say(r.Name, r.Source, "no consent date", NoConsent)
	case j.f.Consent.After(j.f.Now.Add(24 * time.Hour)): // a day that has begun somewhere is not the future
		j.say(r.Name, r.Source, "the consent is dated "+dateText(j.f.Consent)+", in the future", NoConsent)
	default:
		j.say(r.Name, r.Source, "consent "+dateText(j.f.Consent), "")
	}
}

func dateText(t time.Time) string {
	var text [len(time.DateOnly)]byte
	return string(t.UTC().AppendFormat(text[:0], time.DateOnly))
}

func (j *judge) timeZone() {
	r, _ := j.b.rule(j.c, RuleTimeZone)
	switch {
	case len(j.f.Zones) == 0:
		j.say(r.Name, r.Source, "nothing says in which time zone this person is", ZoneUnclear)
	case len(j.zones) == 0:
		j.say(r.Name, r.Source, "there is no time zone "+strings.Join(j.f.Zones, ", "), ZoneUnclear)
	case len(j.zones) == 1:
		j.say(r.Name, r.Source, j.f.Zones[0]+j.zoneFrom(), "")
	case j.c.Hours.Unknown == flows.ZonesNever:
		j.say(r.Name, r.Source, strings.Join(j.f.Zones, " or ")+", and unknown_timezone is never", ZoneUnclear)
	case j.apart():
		j.say(r.Name, r.Source, "no moment of a week is inside the hours in all of "+strings.Join(j.f.Zones, ", "), ZoneUnclear)
	default:
		j.say(r.Name, r.Source, strings.Join(j.f.Zones, " or ")+j.zoneFrom()+"; the hours hold in each", "")
	}
}

func (j *judge) zoneFrom() string {
	switch j.f.ZoneFrom {
	case "row":
		return ", from the list"
	case "postal_code":
		return ", from the postal code"
	case "number":
		return ", from the number"
	}
	return ""
}

// apart tells whether the zones are so far from each other that the hours never hold in all of them.
func (j *judge) apart() bool {
	const more = 8 * 24 * time.Hour // than a week, so that a changed clock cannot hide its only moment
	return j.table.nextIn(j.f.Now, j.f.Now.Add(more), j.zones).IsZero()
}

// place says where the decision was made: in the first zone that is outside the hours, else in the first.
func (j *judge) place() {
	if len(j.zones) == 0 {
		return
	}
	i := max(j.shut, 0)
	j.d.Zone = j.f.Zones[i]
	text := make([]byte, 0, 48)
	text = j.f.Now.In(j.zones[i]).AppendFormat(text, "Mon 15:04 ")
	j.d.Local = string(append(text, j.d.Zone...))
}

// earliest is the first moment from which all that depends on time holds; zero when there is none.
func (j *judge) earliest() time.Time {
	if len(j.zones) == 0 || j.least.Sub(j.f.Now) > farthest {
		return time.Time{}
	}
	t := j.table.nextIn(j.least, j.least.Add(farthest), j.zones)
	if t.IsZero() || j.over(t) {
		return time.Time{}
	}
	return t
}

// atLeast notes that nobody is rung before t.
func (j *judge) atLeast(t time.Time) {
	if t.After(j.least) {
		j.least = t
	}
}

func count(n int) string { return strconv.Itoa(n) }
