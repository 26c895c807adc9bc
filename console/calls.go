package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/sessions"
)

// maxLimit is the longest page of a list.
const maxLimit = 200

var errQuery = errors.New("not a query")

// callCursor is the form of a place in the list of calls: when a call began, and which.
var callCursor = regexp.MustCompile(`^\d{1,16}\.\w{1,64}$`)

// callView is a call as the API shows it. The fields up to Payment are relied on by others: never change them.
type callView struct {
	CallSID string        `json:"call_sid"`
	Status  string        `json:"status"`
	Flow    string        `json:"flow"`
	Outcome string        `json:"outcome"`
	Scenes  []string      `json:"scenes"`
	Payment *shownPayment `json:"payment"` // null before the first

	Scene     string    `json:"scene"`
	From      string    `json:"from"`
	To        string    `json:"to"`
	Direction string    `json:"direction"`
	Version   string    `json:"version"` // content hash of the flow's project
	Turn      int       `json:"turn"`
	StartedAt time.Time `json:"started_at"`
	UpdatedAt time.Time `json:"updated_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

func viewCall(s sessions.Session) callView {
	scenes := s.Scenes
	if scenes == nil {
		scenes = []string{}
	}
	return callView{
		CallSID: s.Call, Status: s.Status, Flow: s.Flow, Outcome: s.Outcome, Scenes: scenes, Payment: paymentOf(s),
		Scene: s.Scene, From: s.From, To: s.To, Direction: s.Direction, Version: s.Bundle, Turn: s.Turn,
		StartedAt: s.Started, UpdatedAt: s.Updated, EndedAt: s.Ended,
	}
}

// list is one page of a list.
type list struct {
	Items any    `json:"items"`
	Next  string `json:"next,omitempty"` // the value of after for the next page
}

func (c *Console) showCall(g *gin.Context) {
	s, err := c.Sessions.Get(g.Request.Context(), g.Param("sid"))
	if err == nil {
		err = c.withDesk(g.Request.Context(), &s)
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, viewCall(s))
}

// listCalls lists the calls that are still kept, the newest first.
func (c *Console) listCalls(g *gin.Context) {
	q, err := pageQuery(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	live := g.Query("live")
	if live != "" && live != "true" && live != "false" {
		c.failWith(g, fmt.Errorf("%w: live is true or false", errQuery))
		return
	}
	if q.after != "" && !callCursor.MatchString(q.after) {
		c.failWith(g, fmt.Errorf("%w: after is the next of the page before", errQuery))
		return
	}
	page, err := c.Sessions.List(g.Request.Context(), sessions.Query{Live: live == "true", Limit: q.limit, After: q.after})
	if err == nil {
		err = c.withDeskAll(g.Request.Context(), page.Sessions)
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	items := make([]callView, 0, len(page.Sessions))
	for _, s := range page.Sessions {
		items = append(items, viewCall(s))
	}
	c.answerList(g, items, page.Next)
}

// paging is where a page of a list begins and how long it is.
type paging struct {
	limit int
	after string
}

// pageQuery reads limit and after.
func pageQuery(g *gin.Context) (paging, error) {
	q := paging{limit: 50, after: g.Query("after")}
	if text := g.Query("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			return q, fmt.Errorf("%w: limit is a number from 1 to %d", errQuery, maxLimit)
		}
		q.limit = n
	}
	return q, nil
}

// answerList answers with a page and says where the next one is.
func (c *Console) answerList(g *gin.Context, items any, next string) {
	if next != "" {
		u := url.URL{Path: g.Request.URL.Path}
		v := g.Request.URL.Query()
		v.Set("after", next)
		u.RawQuery = v.Encode()
		g.Header("Link", "<"+u.String()+`>; rel="next"`)
	}
	g.JSON(http.StatusOK, list{Items: items, Next: next})
}
