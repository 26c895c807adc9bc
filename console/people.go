package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
)

// maxForm is how large the body of a change may be, in bytes.
const maxForm = 64 << 10

// visitor is who sent a request, and what is known of how.
type visitor struct {
	who        access.Principal
	credential string // what the browser sent by itself: a session's token, or the password of Basic; "" else
	expired    bool   // there was a session, and it has ended
}

// visitorKey is where a request's visitor is kept.
const visitorKey = "paydial.visitor"

// identify finds out who sent a request: an API token, a session, or whoever sits at a developer's own computer.
// What somebody says of themselves in the Authorization header goes before the cookie.
func (c *Console) identify(g *gin.Context) {
	v, err := c.visit(g)
	if err != nil {
		c.stop(g, problemInside, err)
		return
	}
	g.Set(visitorKey, v)
}

func (c *Console) visit(g *gin.Context) (visitor, error) {
	if token, ok := strings.CutPrefix(g.GetHeader("Authorization"), "Bearer "); ok {
		if c.known(token) {
			return visitor{who: access.API()}, nil
		}
		return visitor{}, nil
	}
	if _, password, ok := g.Request.BasicAuth(); ok && c.known(password) {
		return visitor{who: access.API(), credential: password}, nil
	}
	var v visitor
	if c.Access != nil {
		if token := c.Access.Token(g.Request); token != "" {
			who, err := c.Access.Authenticate(g.Request.Context(), token, !inBackground(g.Request))
			if err == nil {
				return visitor{who: who, credential: token}, nil
			}
			if !errors.Is(err, access.ErrNoSession) {
				return visitor{}, err
			}
			v.expired = true
		}
	}
	if c.LoopbackOnly && !isAPI(g) { // guard has seen to it that they are at this computer
		v.who = access.Local()
	}
	return v, nil
}

// inBackground tells whether a page asked by itself. Such requests do not keep a session from ending: else no screen
// that shows a live page would ever be signed out.
func inBackground(r *http.Request) bool {
	return r.Header.Get("Paydial-Background") != "" || strings.HasPrefix(r.Header.Get("Accept"), "text/event-stream")
}

// visitorOf is who sent a request; nobody before identify.
func visitorOf(g *gin.Context) visitor {
	v, _ := g.Get(visitorKey)
	out, _ := v.(visitor)
	return out
}

// principal is who sent a request.
func (c *Console) principal(g *gin.Context) access.Principal { return visitorOf(g).who }

// csrfToken is what the pages of this request have to put into their forms (field csrf) and requests (header
// X-CSRF-Token); "" where none is asked for.
func (c *Console) csrfToken(g *gin.Context) string {
	if v := visitorOf(g); v.credential != "" {
		return access.CSRF(v.credential)
	}
	return ""
}

// checkChange refuses a change that a page of somebody else's made this browser send. A browser tells where a request
// comes from, which no page can forge; and what the browser sends by itself, a cookie or a password, is not enough
// without a token that only our pages have. A bearer token needs neither: no page makes a browser send one.
func (c *Console) checkChange(g *gin.Context) {
	switch g.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return
	}
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, bodyLimit(g))
	v := visitorOf(g)
	if v.who.Via == access.ViaAPI && v.credential == "" {
		return
	}
	if err := c.origins.Check(g.Request); err != nil {
		c.stop(g, problemCSRF, nil)
		return
	}
	if v.credential == "" || g.FullPath() == signInPath { // the form to sign in was there before the session
		return
	}
	token := g.GetHeader("X-CSRF-Token")
	if token == "" {
		token = tokenInForm(g)
	}
	if !access.CheckCSRF(v.credential, token) {
		c.stop(g, problemCSRF, nil)
	}
}

// need lets in whoever has a permission. Of the API others get a problem; of the pages somebody who is not signed in
// is led to the page where they can, and somebody who may not is told so.
func (c *Console) need(p access.Permission) gin.HandlerFunc {
	return func(g *gin.Context) {
		switch v := visitorOf(g); {
		case v.who.Can(p):
		case v.who.Person():
			c.stop(g, problemForbidden.because("This needs the permission "+string(p)+", which "+v.who.RoleWords()+" does not have."), nil)
		case !wantsPage(g):
			c.refuseAPI(g, v)
		default:
			c.refuseNobody(g)
		}
	}
}

// Guarded is what to put before a handler that somebody else serves, so that only who has p gets to it.
func (c *Console) Guarded(p access.Permission) []gin.HandlerFunc {
	return []gin.HandlerFunc{c.guard, c.identify, c.checkChange, c.need(p)}
}

// refuseAPI answers a request to the API from nobody.
func (c *Console) refuseAPI(g *gin.Context, v visitor) {
	switch {
	case v.expired:
		c.fail(g, problemExpired)
	case len(c.tokens) == 0 && !c.signInOn():
		c.fail(g, problemOff)
	default:
		g.Header("WWW-Authenticate", `Bearer realm="paydial"`)
		c.fail(g, problemToken)
	}
}

// refuseNobody answers a request for a page from somebody who is not signed in.
func (c *Console) refuseNobody(g *gin.Context) {
	switch {
	case c.signInOn():
		to := signInPath
		if g.Request.Method == http.MethodGet {
			to += "?next=" + url.QueryEscape(g.Request.URL.RequestURI())
		}
		g.Redirect(http.StatusSeeOther, to)
		g.Abort()
	case len(c.tokens) == 0:
		c.refusePage(g, http.StatusNotFound, "The pages are off: the server was started without an API token and without users.\n"+
			"Set PAYDIAL_API_TOKEN, or add a user with paydial user add.\n")
	default:
		g.Header("WWW-Authenticate", `Basic realm="paydial: any name, the API token as password", charset="UTF-8"`)
		c.refusePage(g, http.StatusUnauthorized, "These pages need the API token: give any name, and the token as the password.\n")
	}
}

// signInOn tells whether people can sign in.
func (c *Console) signInOn() bool { return c.Access != nil && c.Access.On() }

// isAPI tells whether a request is for the API.
func isAPI(g *gin.Context) bool { return strings.HasPrefix(g.Request.URL.Path, "/api/") }

// wantsPage tells whether whoever asks can show a page.
func wantsPage(g *gin.Context) bool {
	accept := g.GetHeader("Accept")
	return !isAPI(g) && g.FullPath() != "/metrics" && !strings.HasPrefix(accept, "text/event-stream") && !strings.HasPrefix(accept, "application/json")
}

// stop ends a request with a problem, as a page where a page was asked for. err goes to the log.
func (c *Console) stop(g *gin.Context, p problem, err error) {
	if err != nil && g.Request.Context().Err() == nil {
		c.Log.Error("console", "path", g.FullPath(), "error", err)
	}
	if !wantsPage(g) {
		c.fail(g, p)
		return
	}
	c.render(g, p.Status, "sorry", frame{Title: p.Title, Data: strings.TrimSpace(p.Detail + " " + p.Help)})
	g.Abort()
}

// still tells whether whoever began a long answer may still have it: their session may end meanwhile.
func (c *Console) still(g *gin.Context, p access.Permission) bool {
	v, err := c.visit(g)
	return err == nil && v.who.Can(p)
}
