package console

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/sessions"
)

var viewed = time.Date(2026, 3, 3, 14, 6, 20, 0, time.UTC)

// middle is a campaign in the middle of its way.
func middle() campaigns.Status {
	return campaigns.Status{
		Campaign: campaigns.Campaign{Name: "spring", State: campaigns.StateRunning, PerMinute: 30, AtOnce: 10},
		Counts:   campaigns.Counts{Total: 2207, Pending: 890, Waiting: 98, Calling: 15, Done: 1204},
		Outcomes: []campaigns.OutcomeCount{{Outcome: "renewed", People: 188}, {Outcome: "not_now", People: 332}, {Outcome: "hung_up", People: 69}, {Outcome: "opted_out", People: 22},
			{Outcome: "no_answer", People: 121}, {Outcome: "left_message", People: 402}, {Outcome: "error", People: 17}},
		Refused:  []campaigns.ReasonPeople{{Reason: "no_consent", People: 31}, {Reason: "on_dnc:company", People: 22}},
		HeldBack: []campaigns.ReasonPeople{{Reason: "outside_hours", People: 98}},
		Figures:  []campaigns.Safety{{What: "opted_out", Now: 3.5, StopsAt: 5}, {What: "errors", Now: 8, StopsAt: 10}, {What: "abandoned", Now: 3.2, StopsAt: 3}},
		Money:    []campaigns.Money{{Currency: "usd", Minor: 2425200}},
		Paid:     188,
		ETA:      viewed.Add(27 * time.Hour),
	}
}

// TestEveryNumberAddsUp holds the page to its promise: parts are never more or less than their whole.
func TestEveryNumberAddsUp(t *testing.T) {
	t.Parallel()
	s := middle()
	v := viewCampaign(s, viewed, func(at time.Time) time.Time { return at })
	groups, line := 0, 0
	for _, g := range v.Groups {
		rows := 0
		for _, r := range g.Rows {
			rows += r.People
			if r.Bar < 0 || r.Bar > barWidth {
				t.Errorf("%s has a bar of %d", r.Word, r.Bar)
			}
		}
		if rows != g.People {
			t.Errorf("group %s: its rows are %d, it says %d", g.Name, rows, g.People)
		}
		groups += g.People
	}
	for _, r := range v.Line {
		line += r.People
	}
	if groups != s.Counts.Done || line != s.Counts.Done {
		t.Errorf("groups %d, line %d; done %d", groups, line, s.Counts.Done)
	}
	people, end := 0, 0
	for _, p := range v.Bar {
		people += p.People
		if p.X != end {
			t.Errorf("%s begins at %d, the part before ends at %d", p.Kind, p.X, end)
		}
		end = p.X + p.Width
	}
	if people != s.Counts.Total || end != barWidth {
		t.Errorf("the bar shows %d of %d people and ends at %d", people, s.Counts.Total, end)
	}
	if v.Reached != 611 || v.OptedOut != 22 || v.Percent != 54 || v.Left != "about 1 day 3 h left" || v.Sums[0].String() != "24252.00 usd" {
		t.Errorf("reached %d, opted out %d, %d %%, %q, %v", v.Reached, v.OptedOut, v.Percent, v.Left, v.Sums)
	}
	steps := []string{}
	for i, step := range v.Funnel {
		steps = append(steps, step.Name+" "+count(step.People))
		if i > 0 && step.People > v.Funnel[i-1].People {
			t.Errorf("the funnel widens at %s", step.Name)
		}
	}
	if diff := cmp.Diff([]string{"done 1,204", "rung 1,151", "reached 611", "stayed 542", "paid 188"}, steps); diff != "" {
		t.Errorf("funnel (-want +got):\n%s", diff)
	}
	moods := ""
	for _, f := range v.Safe {
		moods += f.Mood + " "
	}
	if moods != "good warn bad " {
		t.Errorf("safety feels %s", moods)
	}
}

// TestNumbersAreLinks: behind a number stand the people that it counts.
func TestNumbersAreLinks(t *testing.T) {
	t.Parallel()
	v := viewCampaign(middle(), viewed, func(at time.Time) time.Time { return at })
	want := map[string]string{
		"renewed": "/campaigns/spring/people?outcome=renewed", "on_dnc:company": "/campaigns/spring/people?state=done&reason=on_dnc%3Acompany",
	}
	for _, r := range v.Line {
		if link := want[r.Word]; link != "" && r.Link != link {
			t.Errorf("%s leads to %s", r.Word, r.Link)
		}
		delete(want, r.Word)
	}
	if len(want) > 0 || v.Held[0].Link != "/campaigns/spring/people?group=held&reason=outside_hours" {
		t.Errorf("missing %v; held back %v", want, v.Held)
	}
}

// TestHowLongItGoesOn: where everybody who is left is held back, a page says when it goes on.
func TestHowLongItGoesOn(t *testing.T) {
	t.Parallel()
	utc := func(at time.Time) time.Time { return at.UTC() }
	s := middle()
	s.Counts.Calling = 0
	s.HeldBack = []campaigns.ReasonPeople{{Reason: "day_cap", People: 888, Next: viewed.Add(20 * time.Hour)}, {Reason: "outside_hours", People: 100, Next: viewed.Add(18 * time.Hour)}}
	if got := leftOf(s, viewed, utc); got != "goes on Wed 08:06 UTC" {
		t.Errorf("all are held back: %q", got)
	}
	if opens := heldOf(s, viewed, utc)[1].Opens; opens != "Wed 08:06 UTC" {
		t.Errorf("the first of them from %q", opens)
	}
	s.HeldBack[0].People--
	if got := leftOf(s, viewed, utc); got != "about 1 day 3 h left" {
		t.Errorf("all but one are held back: %q", got)
	}
	for at, want := range map[time.Duration]string{time.Hour: "15:06 UTC", 9 * 24 * time.Hour: "Thu 12 Mar, 14:06 UTC"} {
		if got := soonWords(viewed.Add(at), viewed, utc); got != want {
			t.Errorf("in %s: %q, want %q", at, got, want)
		}
	}
}

// TestWhomACallReached leads from a call to the person whom a campaign rang.
func TestWhomACallReached(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]sessions.Info{
		"":                                   {Direction: "inbound", From: "+15550001", To: "+15550002"},
		"/campaigns/spring/people/M-1%2F2":   {Direction: "outbound-api", From: "+15550001", To: "+15550002", Campaign: "spring", Contact: "M-1/2"},
		"/campaigns/spring/people/+15550002": {Direction: "outbound-api", From: "+15550001", To: "+15550002", Campaign: "spring"},
	} {
		if got := (callRow{Session: sessions.Session{Info: s}}).Person(); got != want {
			t.Errorf("%+v leads to %q, want %q", s, got, want)
		}
	}
}

// TestNothingYet draws a draft.
func TestNothingYet(t *testing.T) {
	t.Parallel()
	v := viewCampaign(campaigns.Status{Campaign: campaigns.Campaign{State: campaigns.StateDraft}}, viewed, func(at time.Time) time.Time { return at })
	if len(v.Groups) != 0 || len(v.Bar) != 0 || v.Percent != 0 || v.Left != "" || v.Funnel[1].Percent != "" || len(v.PerMin.Bars) != chartMinutes {
		t.Errorf("a draft: %+v", v)
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	value := func(m campaigns.Minute) int { return m.Dialed }
	c := chartOf([]campaigns.Minute{{At: viewed.Add(-40 * time.Minute), Dialed: 99}, {At: viewed.Add(-29 * time.Minute), Dialed: 15}, {At: viewed.Add(-time.Minute), Dialed: 45},
		{At: viewed, Dialed: 30}, {At: viewed.Add(time.Minute), Dialed: 99}}, viewed, 30, value)
	if c.Most != 45 || c.Now != 30 || len(c.Bars) != 30 || c.Bars[0].Value != 15 || c.Bars[28].Value != 45 || !c.Bars[28].Over || c.Bars[29].Over || !c.Bars[29].Open {
		t.Errorf("%+v", c)
	}
	for i, b := range c.Bars {
		if b.Y < 0 || b.Y+b.Height != c.Height || i > 0 && b.X <= c.Bars[i-1].X {
			t.Errorf("bar %d is outside: %+v", i, b)
		}
	}
	if at := c.Bars[29]; at.Y != c.LimitY {
		t.Errorf("a minute at the limit ends at %d, the limit's line is at %d", at.Y, c.LimitY)
	}
}

func TestTheirTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		at    time.Time
		zones []string
		want  string
	}{
		{viewed, []string{"America/Denver"}, "Tue 3 Mar, 07:06 America/Denver"},
		{time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC), []string{"America/Denver"}, "Sun 8 Mar, 04:00 America/Denver"}, // the clock went on an hour before
		{viewed, nil, "Tue 3 Mar, 14:06 UTC"}, {viewed, []string{"Nowhere/At_All"}, "Tue 3 Mar, 14:06 UTC"}, {time.Time{}, nil, ""},
	} {
		if got := theirTime(tc.at, tc.zones); got != tc.want {
			t.Errorf("%v %v: %q, want %q", tc.at, tc.zones, got, tc.want)
		}
	}
	if got := zoneWords([]string{"a", "b", "c", "d"}); got != "a to d, one of 4" {
		t.Error(got)
	}
}

func TestCountsAndTimesInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := count(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		time.Second: "about 1 min left", 61 * time.Minute: "about 1 h 1 min left", 24 * time.Hour: "about 1 day 0 h left", 50 * time.Hour: "about 2 days 2 h left",
	} {
		if got := leftWords(d); got != want {
			t.Errorf("%s: %q", d, got)
		}
	}
	week := flows.OpeningHours{}
	for d := 1; d <= 5; d++ {
		week.Weekly[d] = []flows.OpenSpan{{From: 540, To: 1170}}
	}
	week.Weekly[0] = []flows.OpenSpan{{From: 600, To: 720}, {From: 780, To: 1440}}
	if diff := cmp.Diff([]string{"Mon – Fri 09:00 – 19:30", "Sun 10:00 – 12:00, 13:00 – 24:00"}, hoursWords(week)); diff != "" {
		t.Error(diff)
	}
}

// TestWhatCanBeDone goes through the states.
func TestWhatCanBeDone(t *testing.T) {
	t.Parallel()
	words := func(d campaignDoes) string {
		out := ""
		for _, one := range []struct {
			on   bool
			word string
		}{{d.Start, "start"}, {d.Pause, "pause"}, {d.CallOff, "(call off)"}, {d.Slow, "slow"}, {d.Resume, "resume"}, {d.Stop, "stop"}} {
			if one.on {
				out += one.word + " "
			}
		}
		return strings.TrimSpace(out)
	}
	for _, tc := range []struct {
		c    campaigns.Campaign
		want string
	}{
		{campaigns.Campaign{State: campaigns.StateDraft}, "start stop"}, {campaigns.Campaign{State: campaigns.StateDraft, StartAt: viewed}, "start pause (call off) stop"},
		{campaigns.Campaign{State: campaigns.StateRunning}, "pause slow stop"}, {campaigns.Campaign{State: campaigns.StatePaused}, "resume stop"},
		{campaigns.Campaign{State: campaigns.StateCompleted}, ""}, {campaigns.Campaign{State: campaigns.StateEnded}, ""},
	} {
		if got := words(doesWith(tc.c, true, "UTC")); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.c.State, got, tc.want)
		}
		if d := doesWith(tc.c, false, "UTC"); d.Any() {
			t.Errorf("%s: somebody who may not run campaigns can %s", tc.c.State, words(d))
		}
	}
}
