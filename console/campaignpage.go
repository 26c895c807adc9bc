package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/campaigns"
)

// campaignPageRoutes adds the pages of campaigns and of do-not-call lists.
func (c *Console) campaignPageRoutes(people gin.IRouter) {
	read, run, manage, on := c.need(access.ReadCampaigns), c.need(access.RunCampaigns), c.need(access.ManageDNC), c.campaignsOn
	people.GET("/campaigns", read, on, c.campaignsPage)
	people.POST("/campaigns/stop", run, on, c.stopAllByForm)
	people.GET("/campaigns/new", run, on, c.newCampaignPage)
	people.POST("/campaigns/new/settings", run, on, c.campaignSettings)
	people.POST("/campaigns/new/report", run, on, c.campaignReport)
	one := people.Group("/campaigns/:name")
	one.GET("", read, on, c.campaignPage)
	one.GET("/people", read, on, c.peoplePage)
	one.GET("/rules", read, on, c.rulesPage)
	one.GET("/people/:person", read, on, c.personPage)
	one.GET("/export", c.need(access.SeeAudit), on, c.exportCampaign)
	for _, act := range campaignActs() {
		one.POST("/"+act.path, run, on, c.campaignByForm(act))
	}
	for _, act := range personActs() {
		one.POST("/people/:person/"+act.path, run, on, c.personByForm(act))
	}
	one.POST("/people/:person/dnc", c.need(access.AddDNC), on, c.listPersonByForm)

	people.GET("/dnc", read, on, c.dncPage)
	people.GET("/dnc/:list/export", c.need(access.SeeAudit), on, c.exportDNC)
	people.POST("/dnc/add", c.need(access.AddDNC), on, c.addDNCByForm)
	people.POST("/dnc/remove", manage, on, c.removeDNCByForm)
}

// mayCampaigns is what whoever looks may do about campaigns.
type mayCampaigns struct{ Run, Add, Lists, Audit bool }

func (c *Console) mayCampaigns(g *gin.Context) mayCampaigns {
	who := c.principal(g)
	return mayCampaigns{who.Can(access.RunCampaigns), who.Can(access.AddDNC), who.Can(access.ManageDNC), who.Can(access.SeeAudit)}
}

// orderOver is campaignOrder of what is over.
const orderOver = 3

// shownOver is how many campaigns that are over the list shows unless all are asked for: each of them is counted.
const shownOver = 30

// campaignOrder is the order of campaigns in the list of all: what moves, what waits for somebody, what is over.
func campaignOrder(c campaigns.Campaign) int {
	switch c.State {
	case campaigns.StateRunning:
		return 0
	case campaigns.StatePaused:
		return 1
	case campaigns.StateDraft:
		return 2
	}
	return orderOver
}

// campaignsPage lists all campaigns.
func (c *Console) campaignsPage(g *gin.Context) {
	ctx := g.Request.Context()
	all, err := c.Campaigns.List(ctx)
	if err != nil {
		c.sorry(g, err)
		return
	}
	rows := make([]campaignView, 0, len(all))
	running, live, over, hidden := 0, 0, 0, 0
	for _, one := range all { // the newest first
		if campaignOrder(one) == orderOver {
			if over++; over > shownOver && g.Query("all") == "" {
				hidden++
				continue
			}
		}
		status, err := c.Campaigns.Status(ctx, one.Name)
		if err != nil {
			c.sorry(g, err)
			return
		}
		if status.State == campaigns.StateRunning {
			running++
		}
		live += status.Counts.Calling
		rows = append(rows, viewCampaign(status, c.Now(), c.local))
	}
	slices.SortStableFunc(rows, func(a, b campaignView) int {
		if by := campaignOrder(a.Campaign) - campaignOrder(b.Campaign); by != 0 {
			return by
		}
		return b.Status.Created.Compare(a.Status.Created)
	})
	said := ""
	if n, err := strconv.Atoi(g.Query("stopped")); err == nil {
		said = t("stoppedAll", "count", n)
	}
	c.render(g, http.StatusOK, "campaigns", frame{Title: t("campaigns"), Here: "campaigns", Live: running > 0, Data: map[string]any{
		"Rows": rows, "Running": running, "Live": live, "May": c.mayCampaigns(g), "Said": said, "Hidden": hidden,
	}})
}

// campaignDoes is what can be done to a campaign now, by whoever looks.
type campaignDoes struct {
	Start, Pause, Slow, Resume, Stop bool
	CallOff                          bool   // to pause it is to call off that it starts by itself
	Half                             int    // half of the pace in force
	Zone                             string // what times in forms are read as
}

// Any tells whether there is anything to do.
func (d campaignDoes) Any() bool { return d.Start || d.Pause || d.Slow || d.Resume || d.Stop }

// doesWith is what can be done to a campaign as it stands.
func doesWith(s campaigns.Campaign, may bool, zone string) campaignDoes {
	d := campaignDoes{Half: max(1, s.PerMinute/2), Zone: zone}
	if may {
		d.Start = s.State == campaigns.StateDraft
		d.CallOff = s.State == campaigns.StateDraft && !s.StartAt.IsZero()
		d.Pause = s.State == campaigns.StateRunning || d.CallOff
		d.Slow = s.State == campaigns.StateRunning
		d.Resume = s.State == campaigns.StatePaused
		d.Stop = s.State != campaigns.StateCompleted && s.State != campaigns.StateEnded
	}
	return d
}

// namedChart is a chart with the name of what it shows; chart.NAME is its word.
type namedChart struct {
	Name  string
	Chart chart
}

// minuteRow is a minute of both charts, in numbers.
type minuteRow struct {
	At             time.Time
	AtOnce, Dialed int
}

// changeRow is a change on a page.
type changeRow struct {
	campaigns.Change
	When time.Time
}

// shownChanges is how many changes a campaign's page shows.
const shownChanges = 30

// failedForm is a form that could not be carried out, as it was filled in.
type failedForm struct {
	open    string // the act
	trouble string
	status  int
	typed   map[string]string
}

// campaignPage shows how a campaign stands.
func (c *Console) campaignPage(g *gin.Context) {
	c.showCampaignPage(g, failedForm{status: http.StatusOK})
}

// showCampaignPage shows a campaign, and what was wrong with a form.
func (c *Console) showCampaignPage(g *gin.Context, f failedForm) {
	ctx, name := g.Request.Context(), g.Param("name")
	status, err := c.Campaigns.Status(ctx, name)
	var changes []campaigns.Change
	if err == nil {
		changes, err = c.Campaigns.Changes(ctx, name)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	may, now := c.mayCampaigns(g), c.Now()
	v := viewCampaign(status, now, c.local)
	data := map[string]any{
		"View": v, "Acts": doesWith(status.Campaign, may.Run, c.zoneName()), "Open": f.open, "Typed": f.typed, "Trouble": f.trouble,
		"Changes": c.changeRows(changes), "MoreChanges": max(0, len(changes)-shownChanges), "Exports": exportKinds(), "May": may,
		"Seen": newsOf(status, nil).id, // as the feed names what is shown
	}
	if f.typed == nil {
		data["Typed"] = map[string]string{}
	}
	if !status.Started.IsZero() {
		data["Charts"] = []namedChart{{"at_once", v.AtOnceNow}, {"per_minute", v.PerMin}}
		data["Minutes"] = c.minuteRows(v)
	}
	c.render(g, f.status, "campaign", frame{Title: name, Here: "campaigns", Data: data})
}

// zoneName is the zone of the pages' clock.
func (c *Console) zoneName() string { return c.local(c.Now()).Location().String() }

// changeRows are the newest changes, the newest first.
func (c *Console) changeRows(all []campaigns.Change) []changeRow {
	rows := make([]changeRow, 0, len(all))
	for _, one := range all {
		rows = append(rows, changeRow{one, c.local(one.At)})
	}
	slices.SortStableFunc(rows, func(a, b changeRow) int { return b.At.Compare(a.At) })
	return rows[:min(len(rows), shownChanges)]
}

// minuteRows are both charts in numbers, the newest minute first.
func (c *Console) minuteRows(v campaignView) []minuteRow {
	rows := make([]minuteRow, len(v.PerMin.Bars))
	for i, b := range v.PerMin.Bars {
		rows[len(rows)-1-i] = minuteRow{At: c.local(b.At), Dialed: b.Value, AtOnce: v.AtOnceNow.Bars[i].Value}
	}
	return rows
}

// formTime reads the time of a form, on the pages' clock, as the API writes times; "" is now.
func (c *Console) formTime(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, c.local(c.Now()).Location())
	if err != nil {
		return "", errBody
	}
	return at.UTC().Format(time.RFC3339), nil
}

// campaignByForm makes a handler that does something to a campaign for its page.
func (c *Console) campaignByForm(a campaignAct) gin.HandlerFunc {
	return func(g *gin.Context) {
		body := actBody{Note: g.PostForm("note"), Confirm: g.PostForm("confirm")}
		at, err := c.formTime(g.PostForm("at"))
		body.At = at
		if text := g.PostForm("per_minute"); text != "" && err == nil {
			n, wrong := strconv.Atoi(text)
			body.PerMinute, err = &n, wrong
			if wrong != nil {
				err = errBody
			}
		}
		if err == nil {
			err = c.runCampaign(g, a, body)
		}
		if err == nil {
			g.Redirect(http.StatusSeeOther, "/campaigns/"+g.Param("name"))
			return
		}
		p := problemOf(err)
		if p.Code == problemInside.Code || errors.Is(err, campaigns.ErrNotFound) {
			c.sorry(g, err)
			return
		}
		c.showCampaignPage(g, failedForm{open: a.path, trouble: p.words(), status: p.Status,
			typed: map[string]string{"note": body.Note, "confirm": body.Confirm, "at": g.PostForm("at")}})
	}
}

// words is a problem as a page says it.
func (p problem) words() string {
	out := p.Title + "."
	if p.Detail != "" {
		out += " " + p.Detail
	}
	return out + " " + p.Help
}

// stopAllByForm stops everything.
func (c *Console) stopAllByForm(g *gin.Context) {
	names, err := c.stopAll(g, g.PostForm("note"))
	if err != nil {
		c.sorry(g, err)
		return
	}
	g.Redirect(http.StatusSeeOther, "/campaigns?stopped="+strconv.Itoa(len(names)))
}
