package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
)

// dncCountry is how a number without a + is read on these pages.
const dncCountry = "US"

// listRow is a do-not-call list on a page.
type listRow struct {
	campaigns.List
	Count string
	Scope string
}

// stayRow is a time that a number was on a list.
type stayRow struct {
	campaigns.Stay
	InForce    bool
	Added      string
	Expires    string
	Removed    string
	RemovedWhy string
}

// checkedNumber is what a page says of a number.
type checkedNumber struct {
	Number  string
	On      []string // the lists that hold it now
	History []stayRow
}

// numberWords is a number in E.164, however people write it.
func numberWords(text string) (string, error) {
	n, err := contacts.NewNumbers().Parse(lineQuery(text), dncCountry)
	if err != nil {
		return "", campaigns.ErrNotANumber
	}
	return n.E164, nil
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
	stays, err := c.Campaigns.Lists().History(ctx, number)
	if err != nil {
		return nil, err
	}
	out := &checkedNumber{Number: number}
	for _, s := range stays {
		row := viewStay(s, c.Now(), c.local)
		if row.InForce {
			out.On = append(out.On, s.List)
		}
		out.History = append(out.History, row)
	}
	return out, nil
}

func viewStay(s campaigns.Stay, now time.Time, on func(time.Time) time.Time) stayRow {
	row := stayRow{Stay: s, Added: momentWords(s.Added, on), Expires: t("never"), RemovedWhy: s.Why}
	if !s.Expires.IsZero() {
		row.Expires = momentWords(s.Expires, on)
	}
	row.InForce = s.Removed.IsZero() && (s.Expires.IsZero() || s.Expires.After(now))
	if !s.Removed.IsZero() {
		row.Removed = momentWords(s.Removed, on)
	}
	return row
}

// momentWords is a moment on the clock of the pages.
func momentWords(at time.Time, on func(time.Time) time.Time) string {
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
		number, wrong := numberWords(f.number)
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
		rows[i] = listRow{List: l, Count: count(int(l.Entries)), Scope: t("scope." + string(l.Scope))}
	}
	if f.typed == nil {
		f.typed = map[string]string{}
	}
	said := ""
	if word := g.Query("said"); (word == "added" || word == "removed") && checked != nil {
		said = t(word+"Now", "number", phone(checked.Number), "list", g.Query("list"))
	}
	c.render(g, f.status, "dnc", frame{Title: t("dnc"), Here: "dnc", Data: map[string]any{
		"Lists": rows, "May": c.mayCampaigns(g), "Number": lineQuery(f.number), "Checked": checked, "Typed": f.typed, "Trouble": f.trouble, "Said": said,
	}})
}

// addDNCByForm puts a number on a list for the page.
func (c *Console) addDNCByForm(g *gin.Context) {
	typed := map[string]string{"list": g.PostForm("list"), "number": g.PostForm("number"), "because": g.PostForm("because"), "expires": g.PostForm("expires")}
	number, err := c.addDNCFrom(g, typed)
	if err == nil {
		g.Redirect(http.StatusSeeOther, "/dnc?"+url.Values{"number": {number}, "list": {typed["list"]}, "said": {"added"}}.Encode())
		return
	}
	c.failDNC(g, err, dncForm{typed: typed})
}

// addDNCFrom puts what a form says on its list.
func (c *Console) addDNCFrom(g *gin.Context, typed map[string]string) (number string, err error) {
	if number, err = numberWords(typed["number"]); err != nil {
		return "", err
	}
	until := time.Time{}
	if typed["expires"] != "" {
		if until, err = time.ParseInLocation(time.DateOnly, typed["expires"], c.local(c.Now()).Location()); err != nil {
			return "", errBody
		}
	}
	return number, c.putDNC(g, campaigns.Entry{List: typed["list"], Number: number, Reason: strings.TrimSpace(typed["because"]), Expires: until})
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
	if err := c.takeOffDNC(g, list, number, strings.TrimSpace(g.PostForm("because"))); err != nil {
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
		err = c.putDNC(g, campaigns.Entry{List: g.PostForm("list"), Number: p.Phone, Reason: strings.TrimSpace(g.PostForm("because"))})
	}
	c.backToPerson(g, "/campaigns/"+url.PathEscape(g.Param("name"))+"/people/"+url.PathEscape(g.Param("person")), err)
}
