package console

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/recordings/transcripts"
)

// transcriptRoutes adds what was said on calls: to read for who may read transcripts, to delete for who manages.
func (c *Console) transcriptRoutes(api gin.IRouter) {
	api.GET("/transcripts", c.need(access.ReadTranscripts), c.listTranscripts)
	api.GET("/transcripts/:call", c.need(access.ReadTranscripts), c.showTranscript)
	api.POST("/transcripts/:call/delete", c.need(access.Manage), c.deleteTranscript)
}

// listTranscripts lists transcripts without their words, newest first.
func (c *Console) listTranscripts(g *gin.Context) {
	page, err := c.findTranscripts(g)
	if err != nil {
		c.failWith(g, err)
		return
	}
	items := make([]transcripts.SummaryView, 0, len(page.Transcripts))
	for _, s := range page.Transcripts {
		items = append(items, s.View())
	}
	c.answerList(g, items, page.Next)
}

func (c *Console) findTranscripts(g *gin.Context) (transcripts.Page, error) {
	p, err := pageQuery(g)
	if err != nil {
		return transcripts.Page{}, err
	}
	q := transcripts.Query{
		Call: g.Query("call"), Flow: g.Query("flow"), Line: g.Query("line"), Masked: g.Query("masked") == "true", Cards: g.Query("cards") == "true",
		Trouble: g.Query("trouble") == "true", Limit: p.limit, After: p.after,
	}
	if text := g.Query("since"); text != "" {
		if q.Since, err = c.moment(text); err != nil {
			return transcripts.Page{}, err
		}
	}
	return c.Transcripts.List(g.Request.Context(), q)
}

// mediaTypes are how the formats of a transcript are answered.
var mediaTypes = map[transcripts.Format]string{
	transcripts.JSON: "application/json; charset=utf-8", transcripts.Text: "text/plain; charset=utf-8", transcripts.WebVTT: "text/vtt; charset=utf-8",
}

// showTranscript shows what was said on a call.
func (c *Console) showTranscript(g *gin.Context) {
	format := transcripts.Format(g.DefaultQuery("format", string(transcripts.JSON)))
	if mediaTypes[format] == "" {
		c.failWith(g, fmt.Errorf("%w: format is json, text or vtt", errQuery))
		return
	}
	t, err := c.Transcripts.Get(g.Request.Context(), g.Param("call"))
	if err != nil {
		c.failWith(g, err)
		return
	}
	var out bytes.Buffer
	if err := t.Export(&out, format); err != nil {
		c.failWith(g, err)
		return
	}
	g.Header("Cache-Control", "no-store")
	g.Header("X-Content-Type-Options", "nosniff")
	g.Data(http.StatusOK, mediaTypes[format], out.Bytes())
}

// maxReason is how long the reason for a deletion may be, in bytes.
const maxReason = 300

// deleteTranscript deletes what was said on a call, for good.
func (c *Console) deleteTranscript(g *gin.Context) {
	reason := g.Query("reason")
	if reason == "" || len(reason) > maxReason {
		c.failWith(g, fmt.Errorf("%w: reason says why, in %d bytes at most", errQuery, maxReason))
		return
	}
	who := c.principal(g)
	d := transcripts.Deletion{Call: g.Param("call"), Who: who.ID, Role: who.RoleWords(), Via: string(who.Via), Reason: reason}
	if err := c.Transcripts.Delete(g.Request.Context(), d); err != nil {
		c.failWith(g, err)
		return
	}
	g.JSON(http.StatusOK, gin.H{"call_sid": d.Call, "deleted": true})
}
