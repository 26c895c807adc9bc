package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/flows"
)

// spring is a campaign with the hours of the example: Mon-Fri 09:00-19:30, Sat 10:00-16:00.
func spring() *flows.Campaign {
	c := &flows.Campaign{
		Name: "spring", Kind: flows.KindRenewal, Country: "US", NeedsConsent: true, RingFor: 25 * time.Second,
		Limits:    flows.CallLimits{PerDay: 1, PerWeek: 3},
		NeverCall: []flows.ListName{{Name: "company"}, {File: "lists/state-dnc.csv"}},
		Machine:   flows.MachineRules{Detect: flows.DetectBeep, Then: flows.LeaveMessage},
		Stops:     []flows.SafetyStop{{What: flows.StopAbandoned, Percent: 3}},
	}
	c.Hours.Unknown = flows.ZonesStrictest
	for d := 1; d <= 5; d++ {
		c.Hours.Weekly[d] = []flows.OpenSpan{{From: 9 * 60, To: 19*60 + 30}}
	}
	c.Hours.Weekly[6] = []flows.OpenSpan{{From: 10 * 60, To: 16 * 60}}
	return c
}

func open(t testing.TB, c *flows.Campaign) *Book {
	t.Helper()
	b, err := Open(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// at is a moment on a zone's clock.
func at(t testing.TB, zone, clock string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	out, err := time.ParseInLocation("2006-01-02 15:04", clock, loc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// luis is somebody in Denver who may be rung on Monday 6 April 2026 at 10:12.
func luis(t testing.TB) Facts {
	return Facts{
		Now: at(t, "America/Denver", "2026-04-06 10:12"), Phone: "+15550142002", Zones: []string{"America/Denver"}, ZoneFrom: "row",
		Consent: time.Date(2025, 5, 12, 0, 0, 0, 0, time.UTC),
	}
}

// shown writes a decision as paydial campaign why does.
func shown(d Decision) string {
	var lines []string
	for _, c := range d.Checks {
		mark := "✗ "
		if c.Passed {
			mark = "✓ "
		}
		lines = append(lines, mark+c.Rule+": "+c.Text)
	}
	next := "never"
	if !d.Next.IsZero() {
		next = d.Next.UTC().Format("Mon 2006-01-02 15:04Z")
	}
	return strings.Join(append(lines, strings.TrimSpace(string(d.Reason)+" @ "+d.Local+" -> "+next)), "\n")
}

func TestJudgeTellsEveryRule(t *testing.T) {
	t.Parallel()
	c := spring()
	f := luis(t)
	f.Past = []Past{{At: at(t, "America/Denver", "2026-04-02 17:40")}}
	want := strings.TrimSpace(`
✓ do_not_call: not on company, state-dnc
✓ paid_meanwhile: has not paid
✓ consent: consent 2025-05-12
✓ time_zone: America/Denver, from the list
✓ dates: inside its dates
✓ limits: attempts today 0 of 1, this week 1 of 3
✓ calling_hours: it is 10:12 in America/Denver, inside the hours
✓ holidays: no holiday
@ Mon 10:12 America/Denver -> Mon 2026-04-06 16:12Z`)
	d := open(t, c).Judge(c, f)
	if got := shown(d); got != want || !d.Allowed {
		t.Errorf("allowed %t:\n%s\nwant\n%s", d.Allowed, got, want)
	}
	for _, check := range d.Checks {
		if check.Rule == RuleHours && check.Source != "47 CFR 64.1200(c)(1)" {
			t.Errorf("hours come from %q", check.Source)
		}
	}
	if d.Book != "us-renewal" || d.Version != open(t, c).Stamp() {
		t.Errorf("judged by %s %s", d.Book, d.Version)
	}
	f.Now, f.RetryText = at(t, "America/Denver", "2026-04-06 08:12"), "second try, 4h after no_answer"
	want = strings.TrimSpace(`
✓ do_not_call: not on company, state-dnc
✓ paid_meanwhile: has not paid
✓ consent: consent 2025-05-12
✓ time_zone: America/Denver, from the list
✓ dates: inside its dates
✓ retry: second try, 4h after no_answer
✓ limits: attempts today 0 of 1, this week 1 of 3
✗ calling_hours: it is 08:12 in America/Denver, campaign hours start 09:00
✓ holidays: no holiday
outside_hours @ Mon 08:12 America/Denver -> Mon 2026-04-06 15:00Z`)
	if got := shown(open(t, c).Judge(c, f)); got != want {
		t.Errorf("too early:\n%s\nwant\n%s", got, want)
	}
}

// TestReasons changes one thing at a time in a person who may be rung.
func TestReasons(t *testing.T) {
	t.Parallel()
	day := func(s string) time.Time { return at(t, "UTC", s+" 00:00") }
	denver := func(s string) time.Time { return at(t, "America/Denver", s) }
	for name, tc := range map[string]struct {
		change func(c *flows.Campaign, f *Facts)
		reason Reason
		next   string // on the clock of Denver; "": never, "now": allowed
		text   string // of the check that did not hold
	}{
		"nothing":          {func(*flows.Campaign, *Facts) {}, "", "now", ""},
		"no number":        {func(_ *flows.Campaign, f *Facts) { f.Phone = "" }, BadNumber, "", "there is no number to ring"},
		"opted out":        {func(_ *flows.Campaign, f *Facts) { f.OptedOut = true }, OptedOut, "", "asked not to be called again"},
		"on a list":        {func(_ *flows.Campaign, f *Facts) { f.OnLists = []string{"state-dnc"} }, "on_dnc:state-dnc", "", "on state-dnc"},
		"paid":             {func(_ *flows.Campaign, f *Facts) { f.Paid = true }, Paid, "", "paid meanwhile"},
		"skipped":          {func(_ *flows.Campaign, f *Facts) { f.Skipped = true }, Skipped, "", "skipped by hand"},
		"no consent":       {func(_ *flows.Campaign, f *Facts) { f.Consent = time.Time{} }, NoConsent, "", "no consent date"},
		"consent not due":  {func(_ *flows.Campaign, f *Facts) { f.Consent = day("2027-01-01") }, NoConsent, "", "the consent is dated 2027-01-01, in the future"},
		"consent is today": {func(_ *flows.Campaign, f *Facts) { f.Consent = day("2026-04-07") }, "", "now", ""},
		"not asked for": {func(c *flows.Campaign, f *Facts) {
			c.NeedsConsent, f.Consent = false, time.Time{}
		}, "", "now", ""},
		"no zone": {func(_ *flows.Campaign, f *Facts) { f.Zones = nil }, ZoneUnclear, "", "nothing says in which time zone this person is"},
		"unknown zone": {func(_ *flows.Campaign, f *Facts) { f.Zones = []string{"America/Denver", "Mars/Olympus"} }, ZoneUnclear, "",
			"there is no time zone America/Denver, Mars/Olympus"},
		"two zones, never": {func(c *flows.Campaign, f *Facts) {
			c.Hours.Unknown, f.Zones = flows.ZonesNever, []string{"America/Denver", "America/Chicago"}
		}, ZoneUnclear, "", "America/Denver or America/Chicago, and unknown_timezone is never"},
		"two zones": {func(_ *flows.Campaign, f *Facts) {
			f.Zones, f.Now = []string{"America/Chicago", "America/Denver"}, denver("2026-04-06 08:30")
		}, OutsideHours, "2026-04-06 09:00", "it is 08:30 in America/Denver, campaign hours start 09:00"},
		"two zones at night": {func(_ *flows.Campaign, f *Facts) {
			f.Zones, f.Now = []string{"America/Denver", "America/Chicago"}, denver("2026-04-06 18:45")
		}, OutsideHours, "2026-04-07 09:00", "it is 19:45 in America/Chicago, campaign hours ended 19:30"},
		"zones too far apart": {func(_ *flows.Campaign, f *Facts) {
			f.Zones = []string{"Pacific/Auckland", "Europe/London"}
		}, ZoneUnclear, "", "no moment of a week is inside the hours in all of Pacific/Auckland, Europe/London"},
		"expired":              {func(c *flows.Campaign, _ *Facts) { c.Until = day("2026-04-05") }, Expired, "", "the campaign's last day was 2026-04-05"},
		"the last day":         {func(c *flows.Campaign, _ *Facts) { c.Until = day("2026-04-06") }, "", "now", ""},
		"not after":            {func(_ *flows.Campaign, f *Facts) { f.NotAfter = denver("2026-04-06 10:00") }, Expired, "", "not after 2026-04-06 16:00 UTC"},
		"no moment left":       {func(c *flows.Campaign, f *Facts) { c.Until, f.Now = day("2026-04-06"), denver("2026-04-06 19:30") }, OutsideHours, "", "it is 19:30 in America/Denver, campaign hours ended 19:30"},
		"paused":               {func(_ *flows.Campaign, f *Facts) { f.Paused = "by Kim" }, Paused, "2026-04-06 10:12", "the campaign is paused: by Kim"},
		"stopped and paid":     {func(_ *flows.Campaign, f *Facts) { f.Stopped, f.Paid = "by Kim", true }, Stopped, "", "the campaign is stopped: by Kim"},
		"not begun":            {func(c *flows.Campaign, _ *Facts) { c.From = day("2026-04-11") }, NotYet, "2026-04-11 10:00", "the campaign begins 2026-04-11"},
		"not before":           {func(_ *flows.Campaign, f *Facts) { f.NotBefore = denver("2026-04-06 13:30") }, NotYet, "2026-04-06 13:30", "not before 2026-04-06 19:30 UTC"},
		"retry":                {func(_ *flows.Campaign, f *Facts) { f.NextAt, f.RetryText = denver("2026-04-06 21:40"), "second try" }, RetryWait, "2026-04-07 09:00", "second try, not before Mon 21:40"},
		"day cap":              {func(_ *flows.Campaign, f *Facts) { f.Past = []Past{{At: denver("2026-04-06 09:00")}} }, DayCap, "2026-04-07 09:00", "attempts today 1 of 1, this week 1 of 3"},
		"yesterday at 23:59":   {func(_ *flows.Campaign, f *Facts) { f.Past = []Past{{At: denver("2026-04-05 23:59")}} }, "", "now", ""},
		"Sunday":               {func(_ *flows.Campaign, f *Facts) { f.Now = denver("2026-04-05 12:00") }, OutsideHours, "2026-04-06 09:00", "it is 12:00 in America/Denver, and the campaign has no hours on Sundays"},
		"closed":               {func(c *flows.Campaign, _ *Facts) { c.Hours.Closed = []string{"2026-04-06", "2026-04-07"} }, OutsideHours, "2026-04-08 09:00", "it is 10:12 in America/Denver, and 2026-04-06 is a closed day of the campaign"},
		"opted out and paused": {func(_ *flows.Campaign, f *Facts) { f.OptedOut, f.Paused = true, "by Kim" }, OptedOut, "", "asked not to be called again"},
		"week cap": {func(_ *flows.Campaign, f *Facts) {
			for _, s := range []string{"2026-03-31 10:00", "2026-04-02 10:00", "2026-04-03 11:30", "2026-03-30 10:00"} {
				f.Past = append(f.Past, Past{At: denver(s)})
			}
		}, WeekCap, "2026-04-07 10:00", "attempts today 0 of 1, this week 3 of 3"},
		"a campaign without hours left by the book": {func(c *flows.Campaign, _ *Facts) {
			c.Hours.Weekly = [7][]flows.OpenSpan{1: {{From: 21 * 60, To: 23 * 60}}}
		}, OutsideHours, "", "it is 10:12 in America/Denver, and no hours of the campaign on Mondays are inside 08:00-21:00"},
		"the book is narrower": {func(c *flows.Campaign, f *Facts) {
			c.Hours.Weekly[1], f.Now = []flows.OpenSpan{{From: 6 * 60, To: 23 * 60}}, denver("2026-04-06 07:59")
		}, OutsideHours, "2026-04-06 08:00", "it is 07:59 in America/Denver, calls are made from 08:00"},
		"the book is narrower at night": {func(c *flows.Campaign, f *Facts) {
			c.Hours.Weekly[1], f.Now = []flows.OpenSpan{{From: 6 * 60, To: 23 * 60}}, denver("2026-04-06 21:00")
		}, OutsideHours, "2026-04-07 09:00", "it is 21:00 in America/Denver, calls are made until 21:00"},
		"the book's hours switched off": {func(c *flows.Campaign, f *Facts) {
			c.Hours.Weekly[1], f.Now = []flows.OpenSpan{{From: 6 * 60, To: 23 * 60}}, denver("2026-04-06 22:59")
			c.RulesOff = []flows.RuleOff{{Rule: RuleHours, Because: "night workers asked for it"}}
		}, "", "now", ""},
		"do-not-call has no switch": {func(c *flows.Campaign, f *Facts) {
			c.RulesOff = []flows.RuleOff{{Rule: RuleDoNotCall, Because: "we want to"}}
			f.OnLists = []string{"company"}
		}, "on_dnc:company", "", "on company"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := spring(), luis(t)
			tc.change(c, &f)
			d := open(t, c).Judge(c, f)
			next := ""
			switch {
			case d.Allowed && d.Next.Equal(f.Now):
				next = "now"
			case !d.Next.IsZero():
				next = d.Next.In(denver("2026-04-06 10:12").Location()).Format("2006-01-02 15:04")
			}
			if d.Reason != tc.reason || next != tc.next || d.Allowed != (tc.reason == "") {
				t.Errorf("allowed %t, reason %q, next %q; want %q, %q\n%s", d.Allowed, d.Reason, next, tc.reason, tc.next, shown(d))
			}
			said := tc.text == ""
			for _, check := range d.Checks {
				said = said || !check.Passed && check.Text == tc.text
				if d.Allowed && !check.Passed {
					t.Errorf("allowed, but %s: %s", check.Rule, check.Text)
				}
			}
			if !said {
				t.Errorf("nothing says %q\n%s", tc.text, shown(d))
			}
		})
	}
}

// TestEveryReasonHasAPrecedence keeps Passing and precedence in step.
func TestEveryReasonHasAPrecedence(t *testing.T) {
	t.Parallel()
	passing := false
	for _, r := range precedence {
		if passing && !r.Passing() {
			t.Errorf("%s lasts, and comes behind reasons that pass", r)
		}
		passing = r.Passing()
	}
	if About(OnDNC, "a:b").Kind() != OnDNC || About(Missing, "price").Passing() {
		t.Error("a reason with what it is about is not of its kind")
	}
}

// debtor is somebody of the collection book.
func debtor(t testing.TB, past ...Past) (*flows.Campaign, Facts) {
	c, f := spring(), luis(t)
	c.Kind, c.Limits = flows.KindCollection, flows.CallLimits{}
	f.DebtID, f.Past = "D-12", past
	return c, f
}

func TestFrequencyOfDebts(t *testing.T) {
	t.Parallel()
	denver := func(s string) time.Time { return at(t, "America/Denver", s) }
	var seven []Past
	for range 7 {
		seven = append(seven, Past{At: denver("2026-04-01 12:00"), DebtID: "D-12"})
	}
	other := append([]Past{{At: denver("2026-04-02 10:00"), DebtID: "D-99", Talked: true}}, seven[:6]...)
	for name, tc := range map[string]struct {
		past   []Past
		limit  int
		noDebt bool
		reason Reason
		next   string
		text   string
	}{
		"six":             {seven[:6], 0, false, "", "", "attempts for debt D-12 in 7 days: 6 of 7"},
		"seven":           {seven, 0, false, Frequency, "2026-04-08 12:00", "attempts for debt D-12 in 7 days: 7 of 7, next Wed 2026-04-08 12:00"},
		"another debt":    {other, 0, false, "", "", "attempts for debt D-12 in 7 days: 6 of 7"},
		"no debt id":      {other, 0, true, Frequency, "2026-04-09 10:00", "talked within 7 days, quiet until Thu 2026-04-09 10:00"},
		"own bound":       {seven[:2], 2, false, Frequency, "2026-04-08 12:00", "attempts for debt D-12 in 7 days: 2 of 2, next Wed 2026-04-08 12:00"},
		"own, but larger": {seven, 9, false, Frequency, "2026-04-08 12:00", "attempts for debt D-12 in 7 days: 7 of 7, next Wed 2026-04-08 12:00"},
		"talked": {[]Past{{At: denver("2026-04-03 19:00"), DebtID: "D-12", Talked: true}}, 0, false, Frequency, "2026-04-11 10:00",
			"talked within 7 days, quiet until Fri 2026-04-10 19:00"},
		"talked long ago": {[]Past{{At: denver("2026-03-30 10:12"), DebtID: "D-12", Talked: true}}, 0, false, "", "",
			"attempts for debt D-12 in 7 days: 0 of 7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := debtor(t, tc.past...)
			c.Limits.PerDebt = tc.limit
			if tc.noDebt {
				f.DebtID = ""
			}
			if name == "talked" { // Friday at 19:00 was the last call; on Friday the hours end at 19:00
				c.Hours.Weekly[5] = []flows.OpenSpan{{From: 9 * 60, To: 19 * 60}}
			}
			d := open(t, c).Judge(c, f)
			next := ""
			if !d.Allowed {
				next = d.Next.In(f.Now.Location()).Format("2006-01-02 15:04")
			}
			if d.Reason != tc.reason || next != tc.next || !strings.Contains(shown(d), tc.text) {
				t.Errorf("reason %q, next %s; want %q, %s and %q\n%s", d.Reason, next, tc.reason, tc.next, tc.text, shown(d))
			}
		})
	}
}

func TestHolidaysAreRemarkedOnOrKept(t *testing.T) {
	t.Parallel()
	c, f := spring(), luis(t)
	f.Now = at(t, "America/Denver", "2026-07-03 10:00") // the Friday before Independence Day
	d := open(t, c).Judge(c, f)
	if !d.Allowed || !strings.Contains(shown(d), "✓ holidays: 2026-07-03 is Independence Day (observed); the rule book only remarks on it") {
		t.Errorf("remarked:\n%s", shown(d))
	}
	own := ownBook("us-renewal", "  - { rule: holidays, figures: { calendar: us-federal, closed: yes } }")
	b, err := Open(c, own)
	if err != nil {
		t.Fatal(err)
	}
	d = b.Judge(c, f)
	if d.Reason != OutsideHours || !d.Next.Equal(at(t, "America/Denver", "2026-07-06 09:00")) || !strings.Contains(shown(d), "✗ holidays: 2026-07-03 is Independence Day (observed)") {
		t.Errorf("kept:\n%s", shown(d))
	}
	if d.Zone != "America/Denver" || d.Local != "Fri 10:00 America/Denver" {
		t.Errorf("decided in %q at %q", d.Zone, d.Local)
	}
	c.RulesOff = []flows.RuleOff{{Rule: RuleHolidays, Because: "members asked for it"}}
	if d = b.Judge(c, f); !d.Allowed || !strings.Contains(shown(d), "✓ holidays: switched off: members asked for it") {
		t.Errorf("switched off:\n%s", shown(d))
	}
}

func TestJudgeChangesNothing(t *testing.T) {
	t.Parallel()
	c, f := debtor(t, Past{At: luis(t).Now.Add(-time.Hour), DebtID: "D-12"}, Past{At: luis(t).Now.Add(-200 * time.Hour), DebtID: "D-12"})
	b := open(t, c)
	first := shown(b.Judge(c, f))
	done := make(chan string)
	for range 8 {
		go func() { done <- shown(b.Judge(c, f)) }()
	}
	for range 8 {
		if again := <-done; again != first {
			t.Errorf("the same facts come to\n%s\nand to\n%s", first, again)
		}
	}
}
