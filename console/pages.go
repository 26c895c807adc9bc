package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/flows/graph"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
)

var errNoFlow = errors.New("no such flow")

// callRow is a call in a list.
type callRow struct {
	sessions.Session
	Payment *shownPayment
	Length  string
	When    time.Time // it began, on the project's clock
}

// Outbound tells whether we rang.
func (r callRow) Outbound() bool { return strings.HasPrefix(r.Direction, "outbound") }

// Other is the number at the other end.
func (r callRow) Other() string {
	if r.Outbound() {
		return r.To
	}
	return r.From
}

// Person is the page of whom a campaign rang with this call; "" no campaign did.
func (r callRow) Person() string {
	who := r.Contact
	if who == "" {
		who = r.Other()
	}
	if r.Campaign == "" || who == "" {
		return ""
	}
	return "/campaigns/" + url.PathEscape(r.Campaign) + "/people/" + url.PathEscape(who)
}

func (c *Console) rowsOf(all []sessions.Session) []callRow {
	rows := make([]callRow, 0, len(all))
	for _, s := range all {
		end := s.Ended
		if s.Live() {
			end = c.Now()
		}
		rows = append(rows, callRow{Session: s, Payment: paymentOf(s), Length: duration(end.Sub(s.Started)), When: c.local(s.Started)})
	}
	return rows
}

// nowPage shows who is on the line, today's numbers and what somebody should look at.
func (c *Console) nowPage(g *gin.Context) {
	ctx := g.Request.Context()
	live, err := c.Sessions.List(ctx, sessions.Query{Live: true, Limit: maxLimit})
	if err == nil {
		err = c.withDeskAll(ctx, live.Sessions)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	latest, err := c.Sessions.List(ctx, sessions.Query{Limit: 8})
	if err == nil {
		err = c.withDeskAll(ctx, latest.Sessions)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	today, err := c.today(ctx)
	if err != nil {
		c.sorry(g, err)
		return
	}
	c.render(g, http.StatusOK, "now", frame{Title: t("now"), Here: "now", Live: true, Data: map[string]any{
		"Live": c.rowsOf(live.Sessions), "Latest": c.rowsOf(latest.Sessions), "Today": today,
	}})
}

// numbers is what happened today, on the project's clock.
type numbers struct {
	Calls    int
	More     bool // there were more calls than were counted
	Paid     int
	Declined int
	Look     int
	Cards    int64             // times digits that look like a card came outside of a payment
	Sums     []payments.Amount // charged, by currency
}

func (c *Console) today(ctx context.Context) (numbers, error) {
	now := c.local(c.Now())
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	var n numbers
	page, err := c.Sessions.List(ctx, sessions.Query{Limit: 500})
	if err != nil {
		return n, err
	}
	for _, s := range page.Sessions {
		if !s.Started.Before(midnight) {
			n.Calls++
		}
	}
	n.More = n.Calls == len(page.Sessions) && page.Next != ""
	if err := c.countPayments(ctx, &n, midnight); err != nil {
		return n, err
	}
	counts, err := c.Sessions.Counts(ctx, now)
	n.Cards = counts["card_digits_dropped"]
	return n, err
}

// countPayments adds up the ledger of the day, and all that still needs a look.
func (c *Console) countPayments(ctx context.Context, n *numbers, since time.Time) error {
	totals, err := c.Ledger.Totals(ctx, payments.Filter{Since: since})
	if err != nil {
		return err
	}
	for _, total := range totals {
		switch {
		case total.State == payments.Paid:
			n.Paid += total.Count
			n.Sums = append(n.Sums, total.Amount)
		case total.State == payments.Declined:
			n.Declined += total.Count
		}
	}
	look, err := c.Ledger.Totals(ctx, payments.Filter{NeedsLook: true})
	for _, total := range look {
		n.Look += total.Count
	}
	return err
}

// callsPage lists calls, newest first.
func (c *Console) callsPage(g *gin.Context) {
	q, err := pageQuery(g)
	if err == nil && q.after != "" && !callCursor.MatchString(q.after) {
		err = errQuery
	}
	var page sessions.Page
	if err == nil {
		page, err = c.Sessions.List(g.Request.Context(), sessions.Query{Limit: q.limit, After: q.after})
	}
	if err == nil {
		err = c.withDeskAll(g.Request.Context(), page.Sessions)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	c.render(g, http.StatusOK, "calls", frame{Title: t("calls"), Here: "calls", Live: q.after == "", Data: map[string]any{
		"Calls": c.rowsOf(page.Sessions), "Next": page.Next,
	}})
}

// callPage shows one call: its facts, its payment and its timeline.
func (c *Console) callPage(g *gin.Context) {
	ctx, sid := g.Request.Context(), g.Param("sid")
	s, err := c.Sessions.Get(ctx, sid)
	if err == nil {
		err = c.withDesk(ctx, &s)
	}
	if err != nil {
		c.sorry(g, err)
		return
	}
	events, err := c.Sessions.Events(ctx, sid, "", 0)
	if err != nil {
		c.sorry(g, err)
		return
	}
	notes, err := c.notesOn(g, sid)
	if err != nil {
		c.sorry(g, err)
		return
	}
	recorded, err := c.recordedOf(ctx, sid)
	if err != nil {
		c.sorry(g, err)
		return
	}
	f := frame{Title: t("call") + " " + shortSID(sid), Here: "calls", Live: s.Live(), Data: map[string]any{
		"Call": c.rowsOf([]sessions.Session{s})[0], "Rows": c.timeline(events, s.Started), "Notes": notes, "Recorded": recorded,
	}}
	if s.Live() {
		f.Events = "/calls/" + sid + "/events"
	}
	c.render(g, http.StatusOK, "call", f)
}

func (c *Console) flowsPage(g *gin.Context) {
	c.render(g, http.StatusOK, "flows", frame{Title: t("flows"), Here: "flows", Data: c.viewFlows()})
}

// flowPage draws a flow, says the same as a list, and shows where callers are in it now.
func (c *Console) flowPage(g *gin.Context) {
	p := c.Project()
	f := p.Flows[g.Param("name")]
	if f == nil {
		c.sorry(g, errNoFlow)
		return
	}
	here, callers, err := c.callersIn(g.Request.Context(), f)
	if err != nil {
		c.sorry(g, err)
		return
	}
	drawing := graph.SVG(f, graph.SVGOptions{
		Inline: true, Here: here, Href: func(scene string) string { return "#scene-" + scene },
	})
	c.render(g, http.StatusOK, "flow", frame{Title: f.Name, Here: "flows", Live: callers > 0, Data: map[string]any{
		"Flow": viewFlow(p, f), "SVG": template.HTML(drawing), //nolint:gosec // drawn by flows/graph, which escapes every word
		"Graph": graph.Of(f), "Callers": callers, "Here": here,
	}})
}

// callersIn counts the callers in each scene of a flow now.
func (c *Console) callersIn(ctx context.Context, f *flows.Flow) (here map[string]int, all int, err error) {
	page, err := c.Sessions.List(ctx, sessions.Query{Live: true, Limit: 500})
	here = map[string]int{}
	for _, s := range page.Sessions {
		if s.Flow == f.Name {
			here[s.Scene]++
			all++
		}
	}
	return here, all, err
}

// paymentRow is a payment in the list.
type paymentRow struct {
	payments.Payment
	When time.Time // it began, on the project's clock
}

func (c *Console) paymentRows(all []payments.Payment) []paymentRow {
	rows := make([]paymentRow, len(all))
	for i, p := range all {
		rows[i] = paymentRow{Payment: p, When: c.local(p.Started)}
	}
	return rows
}

// local is a time on the project's clock.
func (c *Console) local(at time.Time) time.Time {
	if zone := c.Project().Timezone; zone != nil {
		return at.In(zone)
	}
	return at.UTC()
}

// paymentsPage shows the ledger, newest first.
func (c *Console) paymentsPage(g *gin.Context) {
	page, err := c.findPayments(g)
	if err != nil {
		c.sorry(g, err)
		return
	}
	today, err := c.today(g.Request.Context())
	if err != nil {
		c.sorry(g, err)
		return
	}
	c.render(g, http.StatusOK, "payments", frame{Title: t("payments"), Here: "payments", Data: map[string]any{
		"Payments": c.paymentRows(page.Payments), "Next": page.Next, "Today": today, "State": g.Query("state"),
		"Look": g.Query("needs_look") == "true", "States": states,
	}})
}

func (c *Console) problemsPage(g *gin.Context) {
	c.render(g, http.StatusOK, "problems", frame{Title: t("problems"), Data: problems()})
}
