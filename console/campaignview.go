package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
)

// barWidth is how wide bars are drawn, in their own units.
const barWidth = 1000

// barPart is a part of a bar that shows parts of a whole.
type barPart struct {
	Kind     string // of people: reached, missed, refused, calling, waiting or pending; picks the colour
	X, Width int
	People   int
}

// share is how many people came out in one way, and what part that is of a whole.
type share struct {
	Word    string // the outcome or the reason, as it is kept
	Text    string // in words
	Mood    string
	People  int
	Percent string // "30.8 %"; "" of nothing
	Bar     int    // of barWidth
	Link    string
}

// group are the ways in which people came out that belong together. Their sum is People.
type group struct {
	Name    string // reached, missed or refused
	Of      string // what the shares are of, in words
	Link    string
	People  int
	Percent string // of everybody who is done
	Rows    []share
}

// safetyRow is a figure on its way to its limit.
type safetyRow struct {
	campaigns.Safety
	Name    string
	NowText string
	Rest    string // of how many, and the limit
	Bar     int
	Mood    string // "" while it says too little
	Link    string // to the people behind it; "" none
}

// campaignView is a campaign as pages show it. Every number of it adds up: Counts.Total is the sum of the other counts,
// and Counts.Done the sum of the groups.
type campaignView struct {
	campaigns.Status
	Mood, Mark string
	By         string // who brought it to where it is, when Why does not say so
	Percent    int    // of people that are done
	Bar        []barPart
	Reached    int // people who were talked to and are done
	OptedOut   int
	Line       []share // outcomes and refusals of everybody who is done, the largest first
	Groups     []group
	Held       []heldShare
	Safe       []safetyRow
	Sums       []payments.Amount
	Funnel     []step
	AtOnceNow  chart
	PerMin     chart
	Left       string // how long it goes on, or when; "" nobody knows
	Created    time.Time
	StartAt    time.Time
	Started    time.Time
	Ended      time.Time
}

// unreached are the outcomes of people nobody talked to.
var unreached = []string{campaigns.OutcomeNoAnswer, campaigns.OutcomeBusy, campaigns.OutcomeFailed, campaigns.OutcomeCanceled,
	campaigns.OutcomeMachine, campaigns.OutcomeFax, campaigns.OutcomeError, "left_message", "message_left", "voicemail"}

// reachedBy tells whether somebody was talked to who came out so.
func reachedBy(outcome string) bool { return !slices.Contains(unreached, outcome) }

// stateMood is how a campaign's state feels, and the mark that says so without colour.
func stateMood(c campaigns.Campaign) (mood, mark string) {
	switch {
	case c.State == campaigns.StateRunning:
		return "info", "●"
	case c.Safety:
		return "bad", "!"
	case c.State == campaigns.StatePaused:
		return "warn", "‖"
	case c.State == campaigns.StateCompleted:
		return "good", "✓"
	case c.State == campaigns.StateEnded:
		return "", "■"
	}
	return "", "…"
}

// viewCampaign is what a page shows of a campaign; on is the clock of the page.
func viewCampaign(s campaigns.Status, now time.Time, on func(time.Time) time.Time) campaignView {
	v := campaignView{Status: s}
	v.Mood, v.Mark = stateMood(s.Campaign)
	if !strings.Contains(s.Why, s.WhyBy) {
		v.By = s.WhyBy
	}
	if s.Counts.Total > 0 {
		v.Percent = s.Counts.Done * 100 / s.Counts.Total
	}
	people := "/campaigns/" + s.Name + "/people?"
	reached, missed, refused := group{Name: groupReached}, group{Name: groupMissed}, group{Name: groupRefused}
	for _, o := range s.Outcomes {
		row := share{Word: o.Outcome, Text: plain(o.Outcome), Mood: outcomeMood(o.Outcome), People: o.People, Link: people + "outcome=" + url.QueryEscape(o.Outcome)}
		if reachedBy(o.Outcome) {
			reached.add(row)
		} else {
			missed.add(row)
		}
	}
	for _, r := range s.Refused {
		refused.add(share{Word: string(r.Reason), Text: r.Reason.Words(), People: r.People, Link: people + "state=done&reason=" + url.QueryEscape(string(r.Reason))})
	}
	v.Reached = reached.People
	for _, r := range reached.Rows {
		if r.Word == campaigns.OutcomeOptedOut {
			v.OptedOut = r.People
		}
	}
	for _, g := range []group{reached, missed, refused} {
		if g.People > 0 {
			v.Line = append(v.Line, g.Rows...)
			g.Link = people + "group=" + g.Name
			v.Groups = append(v.Groups, g.closed(s.Counts.Done))
		}
	}
	slices.SortStableFunc(v.Line, func(a, b share) int { return b.People - a.People })
	v.Held = heldOf(s, now, on)
	v.Bar = barOf(s.Counts, reached.People, refused.People)
	for _, f := range s.Figures {
		v.Safe = append(v.Safe, viewSafety(f, people))
	}
	for _, m := range s.Money {
		v.Sums = append(v.Sums, payments.Amount{Minor: m.Minor, Currency: m.Currency})
	}
	v.Funnel = funnelOf(s, reached)
	v.AtOnceNow = chartOf(s.Minutes, now, s.AtOnce, func(m campaigns.Minute) int { return m.AtOnce })
	v.PerMin = chartOf(s.Minutes, now, s.PerMinute, func(m campaigns.Minute) int { return m.Dialed })
	v.Left = leftOf(s, now, on)
	v.Created, v.StartAt, v.Started, v.Ended = on(s.Created), on(s.StartAt), on(s.Started), on(s.Ended)
	return v
}

// outcomeMood is how an outcome of a call feels.
func outcomeMood(outcome string) string {
	switch outcome {
	case campaigns.OutcomeOptedOut, campaigns.OutcomeError, campaigns.OutcomeFailed:
		return "bad"
	}
	mood, _ := moodOf(outcome)
	return mood
}

func (g *group) add(row share) {
	if row.People > 0 {
		g.People += row.People
		g.Rows = append(g.Rows, row)
	}
}

// closed works out the shares of a group: each row's of the group, the group's of everybody who is done.
func (g group) closed(done int) group {
	slices.SortStableFunc(g.Rows, func(a, b share) int { return b.People - a.People })
	g.Of = t("shareOf", "count", count(g.People))
	g.Percent = percent(g.People, done)
	for i := range g.Rows {
		g.Rows[i].Percent = percent(g.Rows[i].People, g.People)
		g.Rows[i].Bar = ofBar(g.Rows[i].People, g.People)
	}
	return g
}

// barOf draws people from those who are done to those who were not rung yet.
func barOf(c campaigns.Counts, reached, refused int) []barPart {
	var out []barPart
	x, sum := 0, 0
	for _, p := range []barPart{{Kind: "reached", People: reached}, {Kind: "missed", People: c.Done - reached - refused}, {Kind: "refused", People: refused}, {Kind: "calling", People: c.Calling},
		{Kind: "waiting", People: c.Waiting}, {Kind: "pending", People: c.Pending}} {
		if p.People <= 0 {
			continue
		}
		sum += p.People
		end := ofBar(sum, c.Total)
		p.X, p.Width = x, end-x
		x = end
		out = append(out, p)
	}
	return out
}

// viewSafety shows a figure and how far it is from its limit; people is where the campaign's people are listed.
func viewSafety(f campaigns.Safety, people string) safetyRow {
	row := safetyRow{Safety: f, Name: plain(f.What), NowText: tenths(f.Now)}
	_, row.Rest, _ = strings.Cut(f.Text, " % ") // "errors 2.0 % of the last 50 calls, the limit is 10 %"
	row.Rest = strings.ReplaceAll(row.Rest, " %", "\u00a0%")
	switch f.What {
	case flows.StopOptedOut:
		row.Link = people + "outcome=" + campaigns.OutcomeOptedOut
	case flows.StopErrors:
		row.Link = people + "outcome=" + campaigns.OutcomeError
	}
	if f.StopsAt > 0 {
		row.Bar = min(barWidth, int(f.Now/f.StopsAt*barWidth))
	}
	switch {
	case f.Of < f.Least:
	case f.Now > f.StopsAt:
		row.Mood = "bad"
	case row.Bar >= barWidth*3/4:
		row.Mood = "warn"
	default:
		row.Mood = "good"
	}
	return row
}

// ofBar is how much of a bar a number takes.
func ofBar(n, of int) int {
	if of <= 0 {
		return 0
	}
	return int(int64(n) * barWidth / int64(of))
}

// percent is a share with one place; "" of nothing.
func percent(n, of int) string {
	if of <= 0 {
		return ""
	}
	return tenths(float64(n) * 100 / float64(of))
}

func tenths(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) + "\u00a0%" }

// count writes a number in groups of three.
func count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// sumWords is an amount with its digits in groups of three.
func sumWords(a payments.Amount) string {
	whole, cents, parted := strings.Cut(a.Decimal(), ".")
	if n, err := strconv.Atoi(whole); err == nil {
		whole = count(n)
	}
	if parted {
		whole += "." + cents
	}
	return whole + " " + a.Currency
}

// onLine says how many calls go on.
func onLine(calls int) string {
	switch calls {
	case 0:
		return t("onLine.none")
	case 1:
		return t("onLine.one")
	}
	return t("onLine.many", "calls", count(calls))
}

// leftWords is how long something goes on, in two units at most.
func leftWords(d time.Duration) string {
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days == 1:
		return t("leftDay", "hours", hours)
	case days > 1:
		return t("leftDays", "days", days, "hours", hours)
	case hours > 0:
		return t("leftHours", "hours", hours, "minutes", minutes)
	}
	return t("leftMinutes", "minutes", max(1, minutes))
}
