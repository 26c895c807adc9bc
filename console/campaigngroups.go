package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/rules"
)

// The groups of people that a number of a campaign's page can stand for, beside a state, an outcome and a reason.
const (
	groupReached = "reached" // done, and talked to
	groupMissed  = "missed"  // done, rung, and not talked to
	groupRefused = "refused" // done without a call
	groupRung    = "rung"    // done, and rung
	groupStayed  = "stayed"  // reached, and did not hang up
	groupPaid    = "paid"    // paid on a call
	groupHeld    = "held"    // due only later
)

// groupNames is every group.
var groupNames = []string{groupReached, groupMissed, groupRefused, groupRung, groupStayed, groupPaid, groupHeld}

// narrow has a query find the people of a group, as a status counts them.
func narrow(q *campaigns.PeopleQuery, group string, s campaigns.Status) {
	switch group {
	case groupPaid:
		q.Paid = true
	case groupHeld:
		q.Later = true
	case groupRefused:
		q.Outcomes = []string{""}
	case groupReached, groupMissed, groupRung, groupStayed:
		q.Outcomes = []string{}
		for _, o := range s.Outcomes {
			reached := reachedBy(o.Outcome)
			if group == groupRung || reached == (group != groupMissed) && (group != groupStayed || o.Outcome != campaigns.OutcomeHungUp) {
				q.Outcomes = append(q.Outcomes, o.Outcome)
			}
		}
	}
}

// narrowed says in words to what a page of people is narrowed; "" to nothing.
func narrowed(g *gin.Context) string {
	var parts []string
	for _, one := range []struct{ key, prefix string }{{"state", "personState."}, {"group", "people."}} {
		if word := g.Query(one.key); word != "" {
			parts = append(parts, t(one.prefix+word))
		}
	}
	if word := g.Query("outcome"); word != "" {
		parts = append(parts, plain(word))
	}
	if word := g.Query("reason"); word != "" {
		parts = append(parts, rules.Reason(word).Words())
	}
	if word := lineQuery(g.Query("search")); word != "" {
		parts = append(parts, t("beginsWith", "text", word))
	}
	return strings.Join(parts, ", ")
}

// step is a step of the way from the list to the end of a call.
type step struct {
	Name    string // step.NAME is its word
	People  int
	Bar     int
	Percent string // of those of another step
	Of      string // of whom, in words
	Link    string
}

// funnelOf is the way from the list to a call that was heard to its end, and was paid on.
func funnelOf(s campaigns.Status, reached group) []step {
	refused, left := 0, 0
	for _, r := range s.Refused {
		refused += r.People
	}
	for _, r := range reached.Rows {
		if r.Word == campaigns.OutcomeHungUp {
			left = r.People
		}
	}
	people, done := "/campaigns/"+s.Name+"/people?", s.Counts.Done
	rung := done - refused
	steps := []step{{Name: "done", People: done, Link: people + "state=done"}, {Name: groupRung, People: rung, Percent: percent(rung, done), Of: "done"},
		{Name: groupReached, People: reached.People, Percent: percent(reached.People, rung), Of: groupRung},
		{Name: groupStayed, People: reached.People - left, Percent: percent(reached.People-left, reached.People), Of: groupReached}}
	if s.Paid > 0 { // who pays and then hangs up did not stay: it is a part of those reached
		steps = append(steps, step{Name: groupPaid, People: s.Paid, Percent: percent(s.Paid, reached.People), Of: groupReached})
	}
	for i := range steps {
		one := &steps[i]
		one.Bar = min(barWidth, ofBar(one.People, done))
		if one.Link == "" {
			one.Link = people + "group=" + one.Name
			one.Of = t("stepOf." + one.Of)
		}
	}
	return steps
}

// heldShare is people who are held back for now. Opens is when the first of them is looked at again.
type heldShare struct {
	share
	Opens string
}

// heldOf are the people who are held back, on the clock of the page.
func heldOf(s campaigns.Status, now time.Time, on func(time.Time) time.Time) []heldShare {
	var out []heldShare
	for _, r := range s.HeldBack {
		one := heldShare{share: share{Word: string(r.Reason), Text: r.Reason.Words(), People: r.People,
			Link: "/campaigns/" + s.Name + "/people?group=held&reason=" + url.QueryEscape(string(r.Reason))}}
		if !r.Next.IsZero() {
			one.Opens = soonWords(r.Next, now, on)
		}
		out = append(out, one)
	}
	return out
}

// soonWords is a moment to come: today only its hour, this week its day too.
func soonWords(at, now time.Time, on func(time.Time) time.Time) string {
	at, now = on(at), on(now)
	switch days := at.Sub(now); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return at.Format("15:04 MST")
	case days < 6*24*time.Hour:
		return at.Format("Mon 15:04 MST")
	}
	return at.Format("Mon 2 Jan, 15:04 MST")
}

// leftOf is how much longer a campaign goes on: "" where nobody knows. Where nobody may be rung now it is when it goes on.
func leftOf(s campaigns.Status, now time.Time, on func(time.Time) time.Time) string {
	if s.State != campaigns.StateRunning {
		return ""
	}
	held := 0
	var next time.Time
	for _, r := range s.HeldBack {
		held += r.People
		if next.IsZero() || r.Next.Before(next) {
			next = r.Next
		}
	}
	if held > 0 && held == s.Counts.Pending+s.Counts.Waiting && s.Counts.Calling == 0 && next.After(now) {
		return t("goesOn", "when", soonWords(next, now, on))
	}
	if s.ETA.After(now) {
		return leftWords(s.ETA.Sub(now))
	}
	return ""
}

// knownGroup tells whether there is such a group; "" is everybody.
func knownGroup(group string) bool { return group == "" || slices.Contains(groupNames, group) }
