package console

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/payments"
)

// personOfCampaign is a person as pages show them. Times are on their own clock, and say whose it is.
type personOfCampaign struct {
	campaigns.Person
	Mood     string
	Because  string // why they are not rung, for good or for now
	NextText string
	ZoneText string
}

// theirTime is a time on the clock of somebody in these zones; the first of several, and it says so.
func theirTime(at time.Time, zones []string) string {
	if at.IsZero() {
		return ""
	}
	zone := "UTC"
	if len(zones) > 0 {
		zone = zones[0]
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		place, zone = time.UTC, "UTC"
	}
	return at.In(place).Format("Mon 2 Jan, 15:04") + " " + zone
}

// zoneWords names the zones a person may be in.
func zoneWords(zones []string) string {
	if len(zones) == 0 {
		return t("zoneUnknown")
	}
	if len(zones) > 3 {
		return t("zoneSeveral", "first", zones[0], "last", zones[len(zones)-1], "count", len(zones))
	}
	return strings.Join(zones, ", ")
}

// viewPerson is what pages show of a person.
func viewPerson(p campaigns.Person) personOfCampaign {
	v := personOfCampaign{Person: p, ZoneText: zoneWords(p.Zones)}
	switch p.State {
	case campaigns.PersonCalling:
		v.Mood = "info"
	case campaigns.PersonWaiting:
		v.Mood = "warn"
	}
	if p.Reason != "" {
		v.Because = p.Reason.Words()
	}
	if p.State == campaigns.PersonWaiting || p.State == campaigns.PersonPending {
		v.NextText = theirTime(p.Next, p.Zones)
		if len(p.Zones) == 1 { // the zone stands beside it
			v.NextText = strings.TrimSuffix(v.NextText, " "+p.Zones[0])
		}
	}
	return v
}

// stateCount is how many people are in a state.
type stateCount struct {
	State  string
	People int
}

func stateCounts(n campaigns.Counts) []stateCount {
	return []stateCount{{campaigns.PersonDone, n.Done}, {campaigns.PersonCalling, n.Calling}, {campaigns.PersonWaiting, n.Waiting}, {campaigns.PersonPending, n.Pending}}
}

// reasonChoices are the reasons that a page of people can be narrowed to: those that keep somebody off now or for good,
// and the one that is asked for.
func reasonChoices(s campaigns.Status, asked string) []share {
	seen := map[string]bool{}
	if asked != "" {
		seen[asked] = true
	}
	for _, all := range [][]campaigns.ReasonPeople{s.Refused, s.HeldBack} {
		for _, r := range all {
			seen[string(r.Reason)] = true
		}
	}
	var out []share
	for _, word := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, share{Word: word, Text: rules.Reason(word).Words()})
	}
	return out
}

// outcomeChoices are the outcomes that a page of people can be narrowed to.
func outcomeChoices(s campaigns.Status, asked string) []share {
	seen := map[string]bool{}
	if asked != "" {
		seen[asked] = true
	}
	for _, o := range s.Outcomes {
		seen[o.Outcome] = true
	}
	var out []share
	for _, word := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, share{Word: word, Text: plain(word)})
	}
	return out
}

// peoplePage lists the people of a campaign.
func (c *Console) peoplePage(g *gin.Context) {
	ctx, name := g.Request.Context(), g.Param("name")
	status, err := c.Campaigns.Status(ctx, name)
	var q campaigns.PeopleQuery
	if err == nil {
		q, err = peopleQuery(g)
	}
	group := g.Query("group")
	if err == nil && !knownGroup(group) {
		err = fmt.Errorf("%w: group is one of %s", errQuery, strings.Join(groupNames, ", "))
	}
	narrow(&q, group, status)
	var page campaigns.PeoplePage
	if err == nil {
		page, err = c.Campaigns.People(ctx, name, q)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	rows := make([]personOfCampaign, len(page.People))
	for i, p := range page.People {
		rows[i] = viewPerson(p)
	}
	values := g.Request.URL.Query()
	next, first := "", ""
	if page.Next != "" {
		values.Set("after", page.Next)
		next = "/campaigns/" + name + "/people?" + values.Encode()
	}
	if q.After != "" {
		values.Del("after")
		first = "/campaigns/" + name + "/people?" + values.Encode()
	}
	c.render(g, http.StatusOK, "campaignpeople", frame{Title: name + " · " + t("peopleHead"), Here: "campaigns", Data: map[string]any{
		"Name": name, "Rows": rows, "Next": next, "Counts": status.Counts, "States": stateCounts(status.Counts),
		"Outcomes": outcomeChoices(status, q.Outcome), "Reasons": reasonChoices(status, q.Reason), "Query": firstValues(g.Request.URL.Query()),
		"Filtered": narrowed(g), "OnlyState": group == "" && q.Outcome == "" && q.Reason == "" && q.Search == "", "First": first,
	}})
}

// firstValues are the first values of a query, for the form that it came from.
func firstValues(all url.Values) map[string]string {
	out := map[string]string{}
	for name := range all {
		out[name] = all.Get(name)
	}
	return out
}

// tryRow is an attempt on a person's page.
type tryRow struct {
	campaigns.Attempt
	When   string // on their clock
	Length string
	Mood   string
	Sum    string
	Checks checksView
}

func viewTry(a campaigns.Attempt, zones []string) tryRow {
	row := tryRow{Attempt: a, Mood: outcomeMood(a.Outcome), Checks: checksView{a.Allowed, "/campaigns/" + a.Campaign + "/rules"}}
	if a.Zone != "" {
		zones = []string{a.Zone}
	}
	at := a.Dialed
	if at.IsZero() {
		at = a.Claimed
	}
	row.When = theirTime(at, zones)
	if a.Seconds > 0 {
		row.Length = duration(time.Duration(a.Seconds) * time.Second)
	}
	if a.Paid != nil && a.Paid.Currency != "" {
		row.Sum = payments.Amount{Minor: a.Paid.Minor, Currency: a.Paid.Currency}.String()
	}
	return row
}

// value is a value of a person's row, as people may see it.
type value struct{ Name, Value string }

// personDoes is what can be done about a person, by whoever looks.
type personDoes struct{ Skip, List, Forget bool }

// Any tells whether there is anything to do.
func (d personDoes) Any() bool { return d.Skip || d.List || d.Forget }

// personPage shows one person: what was tried, what is next, and why.
func (c *Console) personPage(g *gin.Context) { c.showPersonPage(g, http.StatusOK, "") }

func (c *Console) showPersonPage(g *gin.Context, status int, trouble string) {
	name := g.Param("name")
	var why campaigns.Why
	err := c.onePerson(g, func(ctx context.Context, campaign, person string) (err error) {
		why, err = c.Campaigns.Why(ctx, campaign, person)
		return err
	})
	var run campaigns.Campaign
	if err == nil {
		run, err = c.Campaigns.Get(g.Request.Context(), name)
	}
	var lists []string
	may := c.mayCampaigns(g)
	if err == nil && may.Add {
		lists, err = c.listNames(g.Request.Context())
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	p := why.Person
	tries := make([]tryRow, len(p.History))
	for i, a := range p.History {
		tries[len(tries)-1-i] = viewTry(a, p.Zones) // the newest first
	}
	var values []value
	for _, key := range slices.Sorted(maps.Keys(p.Shown)) {
		values = append(values, value{key, p.Shown[key]})
	}
	v := viewPerson(p)
	from := ""
	if p.ZoneFrom != "" {
		from = t("zoneFrom." + p.ZoneFrom)
	}
	next, local := why.Next, why.Decision.Local
	if p.State == campaigns.PersonDone || p.State == campaigns.PersonCalling || why.Decision.Allowed {
		next = time.Time{}
	}
	if p.State == campaigns.PersonDone {
		local = ""
	}
	title := p.ID
	if title == "" {
		title = t("rowWord", "row", p.Row)
	}
	c.render(g, status, "campaignperson", frame{Title: title + " · " + name, Here: "campaigns", Live: p.State == campaigns.PersonCalling, Data: map[string]any{
		"Name": name, "Person": v, "May": may, "Trouble": trouble, "Path": "/campaigns/" + name + "/people/row " + strconv.FormatInt(p.Row, 10),
		"Stands": standsOf(why, run.State, c.Now()), "NextText": theirTime(next, zonesOf(why)), "Local": local,
		"Checks": checksView{why.Decision.Checks, "/campaigns/" + name + "/rules"},
		"Book":   why.Decision.Book, "Version": why.Decision.Version, "Tries": tries, "Values": values, "Lists": lists, "ZoneFrom": from,
		"Acts": personDoes{Skip: may.Run && p.State != campaigns.PersonDone, List: may.Add && p.Phone != "" && len(lists) > 0, Forget: may.Run},
	}})
}

// zonesOf is the zone whose clock decides, before those the person may be in.
func zonesOf(w campaigns.Why) []string {
	if w.Decision.Zone != "" {
		return []string{w.Decision.Zone}
	}
	return w.Person.Zones
}

// personByForm makes a handler that does something about a person for their page.
func (c *Console) personByForm(a personAct) gin.HandlerFunc {
	return func(g *gin.Context) {
		var err error
		if a.path == "forget" && g.PostForm("sure") == "" {
			err = errConfirm
		} else {
			_, err = c.runPerson(g, a, g.PostForm("note"))
		}
		to := "/campaigns/" + url.PathEscape(g.Param("name")) + "/people"
		if a.path != "forget" {
			to += "/" + url.PathEscape(g.Param("person"))
		}
		c.backToPerson(g, to, err)
	}
}

// backToPerson leads back after a form of a person's page, or says there why it was not carried out.
func (c *Console) backToPerson(g *gin.Context, to string, err error) {
	p := problemOf(err)
	switch {
	case err == nil:
		g.Redirect(http.StatusSeeOther, to)
	case p.Code == problemInside.Code || errors.Is(err, campaigns.ErrNotFound) || errors.Is(err, errNoPerson):
		c.sorry(g, err)
	default:
		c.showPersonPage(g, p.Status, p.words())
	}
}
