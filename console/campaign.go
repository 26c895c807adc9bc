package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/campaigns"
)

// campaignRoutes adds campaigns and do-not-call lists. Whoever reads campaigns sees who is rung and why; to run one, and
// to change a do-not-call list, are permissions of their own. What leaves the house as a file is for those who read the
// audit log.
func (c *Console) campaignRoutes(people, api gin.IRouter) {
	read, run, on := c.need(access.ReadCampaigns), c.need(access.RunCampaigns), c.campaignsOn
	export := c.need(access.SeeAudit)
	people.GET("/campaigns/:name/events", read, on, c.followCampaign) // the feed again, for who has no token but may see the page

	api.GET("/campaigns", read, on, c.listCampaigns)
	api.POST("/campaigns", run, on, c.createCampaign)
	api.POST("/campaigns/check", run, on, c.checkCampaign)
	api.POST("/campaigns/stop", run, on, c.stopCampaigns)
	one := api.Group("/campaigns/:name")
	one.GET("", read, on, c.showCampaign)
	one.GET("/status", read, on, c.campaignStatus)
	one.GET("/events", read, on, c.followCampaign)
	one.GET("/people", read, on, c.listPeople)
	one.GET("/people/:person", read, on, c.showPerson)
	one.GET("/people/:person/why", read, on, c.whyPerson)
	one.GET("/changes", read, on, c.listChanges)
	one.GET("/attempts", read, on, c.listAttempts)
	one.GET("/export", export, on, c.exportCampaign)
	for _, act := range campaignActs() {
		one.POST("/"+act.path, run, on, c.actOnCampaign(act))
	}
	for _, act := range personActs() {
		one.POST("/people/:person/"+act.path, run, on, c.actOnPerson(act))
	}
	c.dncRoutes(api)
}

// campaignsOn answers for a server that runs no campaigns.
func (c *Console) campaignsOn(g *gin.Context) {
	if c.Campaigns == nil {
		c.stop(g, problemCampaignsOff, nil)
	}
}

// listedCampaign is a campaign in the list of all, with how far it is.
type listedCampaign struct {
	campaigns.Campaign
	Counts campaigns.Counts `json:"counts"`
}

// listCampaigns lists all campaigns.
func (c *Console) listCampaigns(g *gin.Context) {
	items, err := c.allCampaigns(g.Request.Context())
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, list{Items: items})
}

// allCampaigns are all campaigns with how far each is, for the API and the page.
func (c *Console) allCampaigns(ctx context.Context) ([]listedCampaign, error) {
	all, err := c.Campaigns.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]listedCampaign, 0, len(all))
	for _, one := range all {
		counts, err := c.Campaigns.Counts(ctx, one.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, listedCampaign{one, counts})
	}
	return out, nil
}

// showCampaign answers with one campaign.
func (c *Console) showCampaign(g *gin.Context) {
	one, err := c.Campaigns.Get(g.Request.Context(), g.Param("name"))
	c.answerWith(g, one, err)
}

// campaignStatus answers how a campaign stands.
func (c *Console) campaignStatus(g *gin.Context) {
	status, err := c.Campaigns.Status(g.Request.Context(), g.Param("name"))
	c.answerWith(g, wholeStatus(status), err)
}

// answerWith answers with a value, or with the problem that its error means.
func (c *Console) answerWith(g *gin.Context, v any, err error) {
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, v)
}

// wholeStatus has empty lists where a status has none.
func wholeStatus(s campaigns.Status) campaigns.Status {
	s.Outcomes, s.Refused, s.HeldBack = some(s.Outcomes), some(s.Refused), some(s.HeldBack)
	s.Figures, s.Money, s.Minutes = some(s.Figures), some(s.Money), some(s.Minutes)
	return s
}

// some is a list that is never null in JSON.
func some[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// peopleQuery reads which people are wanted, for the API and the page.
func peopleQuery(g *gin.Context) (campaigns.PeopleQuery, error) {
	p, err := pageQuery(g)
	q := campaigns.PeopleQuery{
		State: g.Query("state"), Outcome: g.Query("outcome"), Reason: g.Query("reason"), Search: lineQuery(g.Query("search")),
		After: p.after, Limit: p.limit,
	}
	states := []string{campaigns.PersonPending, campaigns.PersonWaiting, campaigns.PersonCalling, campaigns.PersonDone}
	if err == nil && q.State != "" && !slices.Contains(states, q.State) {
		err = fmt.Errorf("%w: state is one of %s", errQuery, strings.Join(states, ", "))
	}
	return q, err
}

// wholePerson has empty lists where a person has none.
func wholePerson(p campaigns.Person) campaigns.Person {
	p.Zones, p.History = some(p.Zones), some(p.History)
	if p.Shown == nil {
		p.Shown = map[string]string{}
	}
	return p
}

// listPeople lists the people of a campaign, in the order of its list.
func (c *Console) listPeople(g *gin.Context) {
	q, err := peopleQuery(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	page, err := c.Campaigns.People(g.Request.Context(), g.Param("name"), q)
	if err != nil {
		c.failWith(g, err)
		return
	}
	for i, p := range page.People {
		p.Zones = some(p.Zones)
		page.People[i] = p
	}
	c.answerList(g, some(page.People), page.Next)
}

// personWord is the form in which a person is named: an id of the list, or a number.
var personWord = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,200}$`)

// onePerson hands a handler's campaign and person to ask, and tells which of the two is not there.
func (c *Console) onePerson(g *gin.Context, ask func(ctx context.Context, campaign, person string) error) error {
	ctx, name, who := g.Request.Context(), g.Param("name"), lineQuery(g.Param("person"))
	if _, err := c.Campaigns.Get(ctx, name); err != nil {
		return err
	}
	if !personWord.MatchString(who) {
		return errNoPerson
	}
	err := ask(ctx, name, who)
	if errors.Is(err, campaigns.ErrNotFound) {
		return errNoPerson
	}
	return err
}

// showPerson answers with one person, with all attempts.
func (c *Console) showPerson(g *gin.Context) {
	var p campaigns.Person
	err := c.onePerson(g, func(ctx context.Context, campaign, person string) (err error) {
		p, err = c.Campaigns.Person(ctx, campaign, person)
		return err
	})
	c.answerWith(g, wholePerson(p), err)
}

// whyPerson answers why a person is called now, or is not.
func (c *Console) whyPerson(g *gin.Context) {
	var why campaigns.Why
	err := c.onePerson(g, func(ctx context.Context, campaign, person string) (err error) {
		why, err = c.Campaigns.Why(ctx, campaign, person)
		return err
	})
	why.Decision.Checks, why.Person = some(why.Decision.Checks), wholePerson(why.Person)
	c.answerWith(g, why, err)
}

// listChanges lists what was done to a campaign.
func (c *Console) listChanges(g *gin.Context) {
	changes, err := c.Campaigns.Changes(g.Request.Context(), g.Param("name"))
	c.answerWith(g, list{Items: some(changes)}, err)
}

// listAttempts lists the attempts of a campaign, newest first.
func (c *Console) listAttempts(g *gin.Context) {
	q, err := pageQuery(g)
	var page campaigns.AttemptPage
	if err == nil {
		page, err = c.Campaigns.Attempts(g.Request.Context(), g.Param("name"), q.after, q.limit)
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	c.answerList(g, some(page.Attempts), page.Next)
}
