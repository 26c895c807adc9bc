package console

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
)

// dncRoutes adds the do-not-call lists.
func (c *Console) dncRoutes(api gin.IRouter) {
	read, manage, on := c.need(access.ReadCampaigns), c.need(access.ManageDNC), c.campaignsOn
	api.GET("/dnc", read, on, c.listDNC)
	api.GET("/dnc/check", read, on, c.checkDNC)
	api.PUT("/dnc/:list", manage, on, c.setDNC)
	api.POST("/dnc/:list", c.need(access.AddDNC), on, c.addDNC)
	api.DELETE("/dnc/:list/*number", manage, on, c.removeDNC)
	api.POST("/dnc/:list/import", manage, on, c.importDNC)
	api.GET("/dnc/:list/export", c.need(access.SeeAudit), on, c.exportDNC)
}

// dncList is a do-not-call list.
type dncList struct {
	Name    string          `json:"name"`
	Owner   string          `json:"owner"`
	Scope   campaigns.Scope `json:"scope"`
	Source  string          `json:"source"`
	Expires time.Time       `json:"expires,omitzero"`
	Entries int64           `json:"entries"`
}

// viewDNC is a list as it is answered; its day is one where the project is.
func (c *Console) viewDNC(l campaigns.List) dncList {
	v := dncList{Name: l.Name, Owner: l.Owner, Scope: l.Scope, Source: l.Source, Entries: l.Entries}
	if !l.Expires.IsZero() {
		v.Expires = c.local(l.Expires)
	}
	return v
}

// dncStay is the time that a number was on a list.
type dncStay struct {
	List      string    `json:"list"`
	Number    string    `json:"number,omitempty"`
	Key       string    `json:"key,omitempty"` // a person's or an account's, on lists of these
	Because   string    `json:"because"`
	Source    string    `json:"source"`
	By        string    `json:"by"`
	Added     time.Time `json:"added"`
	Expires   time.Time `json:"expires,omitzero"`
	Removed   time.Time `json:"removed,omitzero"`
	RemovedBy string    `json:"removed_by,omitempty"`
	Why       string    `json:"why,omitempty"` // it was taken off
	Holds     bool      `json:"holds"`         // now
}

// dncAnswer is on which lists a number stands and stood.
type dncAnswer struct {
	Number  string    `json:"number"`
	On      []string  `json:"on"`      // lists that hold it now
	History []dncStay `json:"history"` // the latest first
}

// listDNC lists the lists.
func (c *Console) listDNC(g *gin.Context) {
	lists, err := c.Campaigns.Lists().Lists(g.Request.Context())
	if err != nil {
		c.failWith(g, err)
		return
	}
	items := make([]dncList, 0, len(lists))
	for _, l := range lists {
		items = append(items, c.viewDNC(l))
	}
	g.JSON(http.StatusOK, list{Items: items})
}

// whoWord is the form of what stands on a list: a number, or a key.
var whoWord = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,200}$`)

// plainNumber is a number as it can be rung.
var plainNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// numberIn reads a number that somebody wrote. One with its country is taken as it is, also where nobody can be rung by
// it: it is to stand on a list, not to be dialed.
func numberIn(text string) (string, error) {
	text = lineQuery(text)
	if plain := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(text); plainNumber.MatchString(plain) {
		return plain, nil
	}
	n, err := contacts.NewNumbers().Parse(text, "US")
	if err != nil {
		return "", campaigns.ErrNotANumber
	}
	return n.E164, nil
}

// checkDNC tells on which lists a number stands, and where it stood. A key is looked for under its own name.
func (c *Console) checkDNC(g *gin.Context) {
	who, err := g.Query("key"), error(nil)
	if who == "" {
		who, err = numberIn(g.Query("number"))
	}
	var out dncAnswer
	if err == nil {
		out, err = c.findDNC(g.Request.Context(), who)
	}
	c.answerWith(g, out, err)
}

// findDNC is where a number or a key stands and stood, for the API and the page.
func (c *Console) findDNC(ctx context.Context, who string) (dncAnswer, error) {
	out := dncAnswer{Number: who, On: []string{}, History: []dncStay{}}
	stays, err := c.Campaigns.Lists().History(ctx, who)
	if err != nil {
		return out, err
	}
	now := c.Now()
	for _, s := range stays {
		v := dncStay{List: s.List, Number: s.Number, Key: s.Key, Because: s.Reason, Source: s.Source, By: s.By, Added: s.Added,
			Expires: s.Expires, Removed: s.Removed, RemovedBy: s.RemovedBy, Why: s.Why}
		if v.Holds = s.Removed.IsZero() && (s.Expires.IsZero() || s.Expires.After(now)); v.Holds {
			out.On = append(out.On, s.List)
		}
		out.History = append(out.History, v)
	}
	return out, nil
}

// setDNC writes down what a list is.
func (c *Console) setDNC(g *gin.Context) {
	var body struct {
		Owner   string          `json:"owner"`
		Scope   campaigns.Scope `json:"scope"`
		Source  string          `json:"source"`
		Expires string          `json:"expires"`
	}
	ctx, name := context.WithoutCancel(g.Request.Context()), g.Param("list")
	err := readBody(g, &body)
	l := campaigns.List{Name: name, Owner: body.Owner, Scope: body.Scope, Source: body.Source}
	if err == nil {
		l.Expires, err = c.day(body.Expires) // may be over: the list is late then
	}
	if err == nil {
		err = c.noted(g, "dnc.set", fmt.Sprintf("%s: owner %s, scope %s", name, l.Owner, l.Scope), func() error {
			return c.Campaigns.Lists().Set(ctx, l)
		})
	}
	if err == nil {
		l, err = c.Campaigns.Lists().Get(ctx, name)
	}
	c.answerWith(g, c.viewDNC(l), err)
}

// expiry is until when somebody is to be on a list, which is to come; zero for good.
func (c *Console) expiry(text string) (time.Time, error) {
	at, err := c.day(text)
	if err == nil && !at.IsZero() && !at.After(c.Now()) {
		return at, fmt.Errorf("%w: expires is over already: give a time to come", errBody)
	}
	return at, err
}

// day is a time, or the beginning of a day where the project is; zero for none.
func (c *Console) day(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.ParseInLocation(form, text, c.local(c.Now()).Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: expires is a time like 2027-03-03T10:00:00Z, or a day like 2027-03-03", errBody)
}

// dncBody is who is to be put on a list, and why.
type dncBody struct {
	Number  string `json:"number"`
	Key     string `json:"key"` // of a person or an account, instead
	Because string `json:"because"`
	Source  string `json:"source"`
	Expires string `json:"expires"`
}

// addDNC puts a number on a list.
func (c *Console) addDNC(g *gin.Context) {
	var body dncBody
	who, err := "", readBody(g, &body)
	if err == nil {
		who, err = c.putDNC(g, body)
	}
	c.answerDNC(g, who, err)
}

// answerDNC answers with where a number stands.
func (c *Console) answerDNC(g *gin.Context, who string, err error) {
	var out dncAnswer
	if err == nil {
		out, err = c.findDNC(g.Request.Context(), who)
	}
	c.answerWith(g, out, err)
}

// putDNC puts a number, or a key, on the list of a path, for the API and the page.
func (c *Console) putDNC(g *gin.Context, body dncBody) (who string, err error) {
	ctx, name := context.WithoutCancel(g.Request.Context()), g.Param("list")
	e := campaigns.Entry{List: name, Reason: strings.TrimSpace(body.Because), Source: body.Source, By: c.principal(g).ID}
	if e.Source == "" {
		e.Source = string(c.principal(g).Via)
	}
	switch {
	case e.Reason == "":
		return "", errBecause
	case body.Key != "" && (body.Number != "" || !whoWord.MatchString(body.Key)):
		return "", fmt.Errorf("%w: a number, or a key of up to 200 characters", errBody)
	case body.Key != "":
		e.Key, who = body.Key, body.Key
	default:
		if e.Number, err = numberIn(body.Number); err != nil {
			return "", err
		}
		who = e.Number
	}
	if e.Expires, err = c.expiry(body.Expires); err != nil {
		return "", err
	}
	return who, c.noted(g, "dnc.add", fmt.Sprintf("%s on %s: %s", who, name, e.Reason), func() error {
		return c.Campaigns.Lists().Put(ctx, e)
	})
}

// removeDNC takes a number off a list.
func (c *Console) removeDNC(g *gin.Context) {
	var body struct {
		Because string `json:"because"`
	}
	who, err := strings.TrimPrefix(g.Param("number"), "/"), readBody(g, &body) // a key may have slashes
	if err == nil {
		who, err = c.takeOffDNC(g, lineQuery(who), body.Because)
	}
	c.answerDNC(g, who, err)
}

// takeOffDNC takes a number, or a key, off the list of a path, for the API and the page.
func (c *Console) takeOffDNC(g *gin.Context, who, because string) (string, error) {
	name, because := g.Param("list"), strings.TrimSpace(because)
	if because == "" {
		return "", errBecause
	}
	if number, err := numberIn(who); err == nil && strings.HasPrefix(who, "+") {
		who = number
	}
	if !whoWord.MatchString(who) {
		return "", campaigns.ErrNotOnList
	}
	return who, c.noted(g, "dnc.remove", fmt.Sprintf("%s off %s: %s", who, name, because), func() error {
		return c.Campaigns.Lists().Remove(context.WithoutCancel(g.Request.Context()), name, who, c.principal(g).ID, because)
	})
}

// exportDNC writes a list out: as CSV, or a line of JSON for each entry. Who had it is a line of the audit log.
func (c *Console) exportDNC(g *gin.Context) {
	name, format := g.Param("list"), g.DefaultQuery("format", formatCSV)
	var err error
	if format != formatCSV && format != formatJSON {
		err = fmt.Errorf("%w: format is csv or json", errQuery)
	} else {
		_, err = c.Campaigns.Lists().Get(g.Request.Context(), name)
	}
	if err == nil {
		err = c.note(g, audit.Entry{Action: "dnc.export", Result: "done", Detail: name + " as " + format})
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	kind, as := fileKind(format), format
	if format == formatJSON {
		kind, as = ndjson, "ndjson"
	}
	c.pourFile(g, name+"."+as, kind, func(out *fileAnswer) error {
		_, err := c.Campaigns.Lists().Export(g.Request.Context(), name, out, as)
		return err
	})
}
