package console

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/payments"
)

// paymentCursor is the form of a place in the ledger: when a payment began, and which.
var paymentCursor = regexp.MustCompile(`^\d{1,16}\.[\w-]{1,64}$`)

// states is every state a payment may have, in the order pages show them.
var states = []payments.State{
	payments.Paid, payments.Saved, payments.Declined, payments.Cancelled, payments.GaveUp, payments.HungUp,
	payments.Unavailable, payments.Unknown, payments.Started,
}

// money is an amount as the API writes it: exact in both forms.
type money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
	Text     string `json:"text"` // "84.20 usd"
}

func viewMoney(a payments.Amount) money {
	if a.Currency == "" { // a card is saved, nothing is charged
		return money{}
	}
	return money{Minor: a.Minor, Currency: a.Currency, Text: a.String()}
}

// paymentView is a payment as the API shows it. The gateway's token is not in it: it is as good as the card.
type paymentView struct {
	ID             string          `json:"id"`
	CallSID        string          `json:"call_sid"`
	Flow           string          `json:"flow"`
	State          payments.State  `json:"state"`
	Intent         payments.Intent `json:"intent"`
	Source         payments.Source `json:"source"`
	Method         string          `json:"method"`
	Amount         money           `json:"amount"`
	Reference      string          `json:"reference"`
	Connector      string          `json:"connector"`
	Brand          string          `json:"brand"`
	Last4          string          `json:"last4"`
	Confirmation   string          `json:"confirmation"`
	ErrorCode      int             `json:"error_code,omitempty"`
	ErrorText      string          `json:"error_text,omitempty"`
	ConnectorError string          `json:"connector_error,omitempty"`
	Review         bool            `json:"review"` // somebody has to look at it
	ReviewNote     string          `json:"review_note,omitempty"`
	StartedAt      time.Time       `json:"started_at"`
	UpdatedAt      time.Time       `json:"updated_at"`
	ClosedAt       time.Time       `json:"closed_at,omitzero"`
}

func viewPayment(p payments.Payment) paymentView {
	return paymentView{
		ID: p.ID, CallSID: p.Call, Flow: p.Flow, State: p.State, Intent: p.Intent, Source: p.Source, Method: p.Method,
		Amount: viewMoney(p.Amount), Reference: p.Reference, Connector: p.Connector, Brand: p.Brand, Last4: p.Last4,
		Confirmation: p.Confirmation, ErrorCode: p.ErrorCode, ErrorText: p.ErrorText, ConnectorError: p.ConnectorError,
		Review: p.Review, ReviewNote: p.ReviewNote, StartedAt: p.Started, UpdatedAt: p.Updated, ClosedAt: p.Closed,
	}
}

func (c *Console) showPayment(g *gin.Context) {
	p, err := c.Ledger.Get(g.Request.Context(), g.Param("id"))
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, viewPayment(p))
}

// listPayments lists the ledger, newest first.
func (c *Console) listPayments(g *gin.Context) {
	page, err := c.findPayments(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	items := make([]paymentView, 0, len(page.Payments))
	for _, p := range page.Payments {
		items = append(items, viewPayment(p))
	}
	c.answerList(g, items, page.Next)
}

// findPayments reads the query of a list of payments and answers it; the API and the page share it.
func (c *Console) findPayments(g *gin.Context) (payments.Page, error) {
	q, err := pageQuery(g)
	if err != nil {
		return payments.Page{}, err
	}
	if q.after != "" && !paymentCursor.MatchString(q.after) {
		return payments.Page{}, fmt.Errorf("%w: after is the next of the page before", errQuery)
	}
	filter := payments.Filter{Call: g.Query("call"), Flow: g.Query("flow"), NeedsLook: g.Query("needs_look") == "true"}
	if text := g.Query("state"); text != "" {
		for _, word := range strings.Split(text, ",") {
			if !slices.Contains(states, payments.State(word)) {
				return payments.Page{}, fmt.Errorf("%w: state is one or more of %s", errQuery, stateWords())
			}
			filter.States = append(filter.States, payments.State(word))
		}
	}
	if text := g.Query("since"); text != "" {
		if filter.Since, err = c.moment(text); err != nil {
			return payments.Page{}, err
		}
	}
	return c.Ledger.List(g.Request.Context(), payments.Query{Filter: filter, Limit: q.limit, After: q.after})
}

func stateWords() string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// moment reads a point in time: RFC 3339, or how long ago ("2h").
func (c *Console) moment(text string) (time.Time, error) {
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return c.Now().Add(-ago), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: since is a time like 2026-03-03T10:00:00Z, or how long ago, like 2h", errQuery)
	}
	return t, nil
}
