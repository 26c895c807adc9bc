package console

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
)

// signInPath is the page to sign in at.
const signInPath = "/sign-in"

// deskPath is where a link leads to when it says nothing else.
const deskPath = "/desk"

// signInForm is what the page to sign in at shows.
type signInForm struct {
	Name      string // as it was typed
	Next      string
	Error     string
	Passwords bool
	Provider  bool
	Links     []access.Link
}

// signInPage shows the form. Somebody who is signed in is led on.
func (c *Console) signInPage(g *gin.Context) {
	next := access.LocalPath(g.Query("next"), "/")
	if c.principal(g).Person() {
		g.Redirect(http.StatusSeeOther, next)
		return
	}
	form := signInForm{Next: next}
	if visitorOf(g).expired {
		form.Error = t("sessionEnded")
	}
	c.showSignIn(g, http.StatusOK, form)
}

func (c *Console) showSignIn(g *gin.Context, status int, form signInForm) {
	form.Passwords, form.Provider = c.Access.Passwords(), c.Access.HasOIDC()
	if c.LoopbackOnly { // the links are for this computer alone, and guard lets nobody else in
		form.Links = c.Access.Links()
	}
	c.render(g, status, "signin", frame{Title: t("signIn"), Here: "sign-in", Data: form})
}

// signIn takes a name and a password.
func (c *Console) signIn(g *gin.Context) {
	form := signInForm{Name: g.PostForm("name"), Next: access.LocalPath(g.PostForm("next"), "/")}
	in, err := c.Access.SignIn(g.Request.Context(), access.Attempt{
		Name: form.Name, Password: g.PostForm("password"), Address: address(g),
	})
	var wait *access.Throttled
	switch {
	case err == nil:
		c.enter(g, in, form.Next)
	case errors.As(err, &wait):
		seconds := strconv.Itoa(int(wait.After.Seconds()))
		g.Header("Retry-After", seconds)
		form.Error = t("tooManyAttempts", "seconds", seconds)
		c.refuseSignIn(g, problemThrottled, form)
	case errors.Is(err, access.ErrRefused):
		form.Error = t("wrongPassword")
		c.refuseSignIn(g, problemRefused, form)
	default:
		c.stop(g, problemInside, err)
	}
}

func (c *Console) refuseSignIn(g *gin.Context, p problem, form signInForm) {
	if !wantsPage(g) {
		c.fail(g, p.because(form.Error))
		return
	}
	c.showSignIn(g, p.Status, form)
}

// enter gives the browser its session and leads on. A session that it had before ends.
func (c *Console) enter(g *gin.Context, in access.SignedIn, next string) {
	if old := c.Access.Token(g.Request); old != "" {
		if err := c.Access.SignOut(g.Request.Context(), old); err != nil {
			c.Log.Warn("end the session before", "error", err)
		}
	}
	http.SetCookie(g.Writer, c.Access.Cookie(in.Token))
	// A browser that another site sent here does not bring the new cookie on a redirect, but does so on a step that
	// our own page makes.
	if from := g.GetHeader("Sec-Fetch-Site"); from == "cross-site" || from == "same-site" {
		g.Set(visitorKey, visitor{who: in.Principal, credential: in.Token})
		c.render(g, http.StatusOK, "onward", frame{Title: t("signedIn"), Data: next})
		return
	}
	g.Redirect(http.StatusSeeOther, next)
}

// signOut ends the session of the browser, or with the field everywhere all sessions of its person.
func (c *Console) signOut(g *gin.Context) {
	v := visitorOf(g)
	err := error(nil)
	if v.who.Person() {
		c.leaveDesk(g, v.who)
		err = c.Access.SignOut(g.Request.Context(), v.credential)
		if err == nil && g.PostForm("everywhere") != "" {
			err = c.Access.SignOutEverywhere(g.Request.Context(), v.who)
		}
	}
	if err != nil {
		c.stop(g, problemInside, err)
		return
	}
	http.SetCookie(g.Writer, c.Access.Cookie(""))
	g.Redirect(http.StatusSeeOther, signInPath)
}

// leaveDesk cancels what somebody leaves open at the desk who signs off. It does not keep them from leaving: what
// nobody leads is cancelled by the idle limit.
func (c *Console) leaveDesk(g *gin.Context, who access.Principal) {
	if c.Desk == nil || !who.Can(access.TakePayments) {
		return
	}
	if err := c.Desk.SignedOff(g.Request.Context(), who.ID); err != nil {
		c.Log.Error("cancel payments of who signs off", "who", who.ID, "error", err)
	}
}

// signInByLink signs in whoever a link was made for, at a developer's own computer.
func (c *Console) signInByLink(g *gin.Context) {
	in, err := access.SignedIn{}, access.ErrRefused
	if c.LoopbackOnly {
		in, err = c.Access.UseLink(g.Request.Context(), g.Param("token"))
	}
	switch {
	case err == nil:
		c.enter(g, in, access.LocalPath(g.Query("next"), deskPath))
	case errors.Is(err, access.ErrRefused):
		c.render(g, http.StatusNotFound, "sorry", frame{Title: t("noSuchPage"), Data: t("noSuchLink")})
	default:
		c.stop(g, problemInside, err)
	}
}

// signInAtProvider sends the browser to the OpenID Connect provider.
func (c *Console) signInAtProvider(g *gin.Context) {
	if !c.Access.HasOIDC() {
		c.render(g, http.StatusNotFound, "sorry", frame{Title: t("noSuchPage"), Data: t("noProvider")})
		return
	}
	to, cookie, err := c.Access.BeginOIDC(g.Request.Context(), g.Query("next"))
	if err != nil {
		c.providerFailed(g, err)
		return
	}
	http.SetCookie(g.Writer, cookie)
	g.Redirect(http.StatusSeeOther, to)
}

// signedInAtProvider is where the provider sends the browser back to.
func (c *Console) signedInAtProvider(g *gin.Context) {
	http.SetCookie(g.Writer, c.Access.EndOIDCCookie())
	in, next, err := c.Access.FinishOIDC(g.Request)
	if err != nil {
		c.providerFailed(g, err)
		return
	}
	c.enter(g, in, next)
}

// providerFailed shows the form again, with what went wrong at the provider.
func (c *Console) providerFailed(g *gin.Context, err error) {
	form := signInForm{Next: "/"}
	status := http.StatusForbidden
	switch {
	case errors.Is(err, access.ErrStale):
		form.Error, status = t("staleSignIn"), http.StatusBadRequest
	case errors.Is(err, access.ErrNoRole):
		form.Error = t("noRole")
	case errors.Is(err, access.ErrRefused):
		form.Error = t("providerRefused")
	case errors.Is(err, access.ErrProvider):
		form.Error, status = t("providerAway"), http.StatusBadGateway
	default:
		c.stop(g, problemInside, err)
		return
	}
	c.showSignIn(g, status, form)
}

// address is where a request comes from, for counting attempts; "" when that cannot be known. A proxy that nobody
// told us of names it in a header that anybody can send, and its own address is everybody's.
func address(g *gin.Context) string {
	remote, _, _ := net.SplitHostPort(g.Request.RemoteAddr)
	from := g.ClientIP()
	near, err := netip.ParseAddr(remote)
	proxied := g.GetHeader("X-Forwarded-For") != "" || g.GetHeader("Forwarded") != ""
	if from == remote && proxied && err == nil && (near.IsLoopback() || near.IsPrivate()) {
		return ""
	}
	return from
}
