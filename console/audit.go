package console

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
)

// findAudit reads the query of a list of audit lines and answers it; the API and the page share it.
func (c *Console) findAudit(g *gin.Context) (audit.Page, error) {
	p, err := pageQuery(g)
	if err != nil {
		return audit.Page{}, err
	}
	q := audit.Query{
		Who: g.Query("who"), Call: g.Query("call"), Payment: g.Query("payment"), Action: g.Query("action"),
		Limit: p.limit, After: p.after,
	}
	if text := g.Query("since"); text != "" {
		if q.Since, err = c.moment(text); err != nil {
			return audit.Page{}, err
		}
	}
	return c.Audit.List(g.Request.Context(), q)
}

// listAudit lists the audit log, newest first.
func (c *Console) listAudit(g *gin.Context) {
	page, err := c.findAudit(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	c.answerList(g, append([]audit.Entry{}, page.Entries...), page.Next) // never null
}

// auditRow is a line on the page.
type auditRow struct {
	audit.Entry
	When time.Time // on the project's clock
}

// auditPage shows the audit log, newest first.
func (c *Console) auditPage(g *gin.Context) {
	page, err := c.findAudit(g)
	if err != nil {
		c.sorry(g, err)
		return
	}
	rows := make([]auditRow, len(page.Entries))
	for i, e := range page.Entries {
		rows[i] = auditRow{Entry: e, When: c.local(e.At)}
	}
	next := ""
	if page.Next != "" {
		q := g.Request.URL.Query()
		q.Set("after", page.Next)
		next = "/audit?" + q.Encode()
	}
	c.render(g, http.StatusOK, "audit", frame{Title: t("audit"), Here: "audit", Data: map[string]any{
		"Lines": rows, "Next": next, "Who": g.Query("who"), "Action": g.Query("action"), "Call": g.Query("call"),
		"Payment": g.Query("payment"), "Since": g.Query("since"),
		"Filtered": len(g.Request.URL.Query()) > 0,
	}})
}
