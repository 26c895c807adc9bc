package console

import (
	"bytes"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/sessions"
)

// frame is what every page shows around its own part.
type frame struct {
	Title  string
	Here   string // the entry of the navigation this page belongs to
	Line   string // what the line is called
	Phone  bool
	Events string // where the page hears that something changed; "": it asks every few seconds where Live is set
	Live   bool
	Data   any

	Who    access.Principal // who looks at it
	CSRF   string           // what its forms have to bring
	SignIn bool             // there is a page to sign in at
	Desk   bool             // there is a desk that they may see
	Audit  bool             // there is an audit log that they may see
	Kept   bool             // recordings are kept
	Rings  bool             // there are campaigns that they may see
}

// parsePages reads the layout once, and every embedded page into a copy of it.
func parsePages() map[string]*template.Template {
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		panic("console: list pages: " + err.Error())
	}
	layout := template.Must(template.New("layout.html").Funcs(helpers).
		ParseFS(files, "pages/layout.html", "pages/parts.html", "pages/campaignparts.html"))
	pages := map[string]*template.Template{}
	for _, name := range names {
		word := strings.TrimSuffix(path.Base(name), ".html")
		if word == "layout" || word == "parts" || word == "campaignparts" {
			continue
		}
		pages[word] = template.Must(template.Must(layout.Clone()).ParseFS(files, name))
	}
	return pages
}

// render answers with a page. It is written whole or not at all.
func (c *Console) render(g *gin.Context, status int, page string, f frame) {
	f.Line, f.Phone = c.Project().Line, c.LoopbackOnly || c.Phone
	f.Who, f.CSRF, f.SignIn = c.principal(g), c.csrfToken(g), c.signInOn()
	f.Desk = c.Desk != nil && (f.Who.Can(access.TakePayments) || f.Who.Can(access.SeeAudit))
	f.Audit = c.Audit != nil && f.Who.Can(access.SeeAudit)
	f.Kept = c.Recordings != nil
	f.Rings = c.Campaigns != nil && f.Who.Can(access.ReadCampaigns)
	var out bytes.Buffer
	if err := c.pages[page].Execute(&out, f); err != nil {
		c.Log.Error("render page", "page", page, "error", err)
		g.String(http.StatusInternalServerError, "%s\n", t("troubleText"))
		return
	}
	g.Data(status, "text/html; charset=utf-8", out.Bytes())
}

// sorry answers with a page that says why there is no other.
func (c *Console) sorry(g *gin.Context, err error) {
	f, status := frame{Title: t("trouble"), Data: t("troubleText")}, http.StatusInternalServerError
	switch {
	case errors.Is(err, sessions.ErrUnknownCall):
		f, status = frame{Title: t("noSuchPage"), Here: "calls", Data: t("noSuchCall")}, http.StatusNotFound
	case errors.Is(err, errNoFlow):
		f, status = frame{Title: t("noSuchPage"), Here: "flows", Data: t("noSuchFlow")}, http.StatusNotFound
	case errors.Is(err, recordings.ErrNotFound):
		f, status = frame{Title: t("noSuchPage"), Here: "recordings", Data: t("noSuchRecording")}, http.StatusNotFound
	case errors.Is(err, errQuery), errors.Is(err, audit.ErrCursor), errors.Is(err, recordings.ErrCursor):
		f, status = frame{Title: t("trouble"), Data: t("badQuery")}, http.StatusBadRequest
	default:
		p, ok := campaignProblemOf(err)
		if ok {
			f, status = frame{Title: t("trouble"), Here: "campaigns", Data: p.words()}, p.Status
			if status == http.StatusNotFound { // its help is about the API
				f.Title, f.Data = t("noSuchPage"), p.Title+"."
			}
			break
		}
		c.Log.Error("console", "path", g.FullPath(), "error", err)
	}
	c.render(g, status, "sorry", f)
}
