package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns"
)

// listRow is a do-not-call list on a page.
type listRow struct {
	campaigns.List
	Count string
	Scope string
	File  bool // it was read from a file that a campaign names
}

// stayRow is a time that a number was on a list, on the clock of the pages.
type stayRow struct {
	dncStay
	AddedText, ExpiresText, RemovedText string
}

// checkedNumber is what a page says of a number.
type checkedNumber struct {
	Number  string
	On      []string // the lists that hold it now
	History []stayRow
}

// listNames are the names of all do-not-call lists.
func (c *Console) listNames(ctx context.Context) ([]string, error) {
	all, err := c.Campaigns.Lists().Lists(ctx)
	names := make([]string, len(all))
	for i, l := range all {
		names[i] = l.Name
	}
	return names, err
}

// checkNumber says where a number stands and stood.
func (c *Console) checkNumber(ctx context.Context, number string) (*checkedNumber, error) {
	found, err := c.findDNC(ctx, number)
	if err != nil {
		return nil, err
	}
	out := &checkedNumber{Number: found.Number, On: found.On}
	for _, s := range found.History {
		row := stayRow{s, momentWords(s.Added, c.local), t("never"), momentWords(s.Removed, c.local)}
		if !s.Expires.IsZero() {
			row.ExpiresText = momentWords(s.Expires, c.local)
		}
		out.History = append(out.History, row)
	}
	return out, nil
}

// momentWords is a moment on the clock of the pages; "" for none.
func momentWords(at time.Time, on func(time.Time) time.Time) string {
	if at.IsZero() {
		return ""
	}
	return on(at).Format("2 Jan 2006, 15:04")
}

// dncForm is a form of the page as it was filled in, and what was wrong with it.
type dncForm struct {
	status  int
	trouble string
	number  string // to look up
	typed   map[string]string
}

// dncPage shows the do-not-call lists, and where a number stands.
func (c *Console) dncPage(g *gin.Context) {
	f := dncForm{status: http.StatusOK, number: g.Query("number")}
	c.showDNCPage(g, f)
}

func (c *Console) showDNCPage(g *gin.Context, f dncForm) {
	ctx := g.Request.Context()
	all, err := c.Campaigns.Lists().Lists(ctx)
	var checked *checkedNumber
	if err == nil && strings.TrimSpace(f.number) != "" {
		number, wrong := numberIn(f.number)
		if wrong != nil {
			f.status, f.trouble = problemNumber.Status, problemNumber.words()
		} else if checked, err = c.checkNumber(ctx, number); err == nil {
			f.number = number
		}
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	rows := make([]listRow, len(all))
	for i, l := range all {
		rows[i] = listRow{List: l, Count: count(int(l.Entries)), Scope: t("scope." + string(l.Scope)), File: strings.HasPrefix(l.Name, "file.")}
	}
	if f.typed == nil {
		f.typed = map[string]string{}
	}
	said := ""
	if word := g.Query("said"); (word == "added" || word == "removed") && checked != nil {
		said = t("said."+word, "number", phone(checked.Number), "list", g.Query("list"))
	}
	c.render(g, f.status, "dnc", frame{Title: t("dnc"), Here: "dnc", Data: map[string]any{
		"Lists": rows, "May": c.mayCampaigns(g), "Number": lineQuery(f.number), "Checked": checked, "Typed": f.typed, "Trouble": f.trouble, "Said": said,
	}})
}

// addDNCByForm puts a number on a list for the page.
func (c *Console) addDNCByForm(g *gin.Context) {
	typed := map[string]string{"list": g.PostForm("list"), "number": g.PostForm("number"), "because": g.PostForm("because"), "expires": g.PostForm("expires")}
	g.AddParam("list", strings.TrimSpace(typed["list"]))
	number, err := c.putDNC(g, dncBody{Number: typed["number"], Because: typed["because"], Expires: typed["expires"]})
	if err == nil {
		g.Redirect(http.StatusSeeOther, "/dnc?"+url.Values{"number": {number}, "list": {typed["list"]}, "said": {"added"}}.Encode())
		return
	}
	c.failDNC(g, err, dncForm{typed: typed})
}

// failDNC says on the page why a form was not carried out.
func (c *Console) failDNC(g *gin.Context, err error, f dncForm) {
	p := problemOf(err)
	if p.Code == problemInside.Code {
		c.sorry(g, err)
		return
	}
	f.status, f.trouble = p.Status, p.words()
	c.showDNCPage(g, f)
}

// removeDNCByForm takes a number off a list for the page.
func (c *Console) removeDNCByForm(g *gin.Context) {
	list, number := g.PostForm("list"), g.PostForm("number")
	g.AddParam("list", list)
	if _, err := c.takeOffDNC(g, number, g.PostForm("because")); err != nil {
		c.failDNC(g, err, dncForm{number: number})
		return
	}
	g.Redirect(http.StatusSeeOther, "/dnc?"+url.Values{"number": {number}, "list": {list}, "said": {"removed"}}.Encode())
}

// listPersonByForm puts a person's number on a list, from their page.
func (c *Console) listPersonByForm(g *gin.Context) {
	var p campaigns.Person
	err := c.onePerson(g, func(ctx context.Context, campaign, person string) (err error) {
		p, err = c.Campaigns.Person(ctx, campaign, person)
		return err
	})
	if err == nil {
		g.AddParam("list", g.PostForm("list"))
		_, err = c.putDNC(g, dncBody{Number: p.Phone, Because: g.PostForm("because")})
	}
	c.backToPerson(g, "/campaigns/"+url.PathEscape(g.Param("name"))+"/people/"+url.PathEscape(g.Param("person")), err)
}
