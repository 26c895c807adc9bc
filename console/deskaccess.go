package console

import (
	"context"
	"regexp"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/payments"
)

// screenHeader tells a person's screens apart. A program that has none leaves it out.
const screenHeader = "X-Desk-Screen"

// screenWord is the form of a screen's name.
var screenWord = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// deskOn answers for a server without a desk.
func (c *Console) deskOn(g *gin.Context) {
	if c.Desk == nil {
		c.stop(g, problemDeskOff, nil)
	}
}

// needDesk lets in who takes payments, and who reads the audit log: those may look.
func (c *Console) needDesk(g *gin.Context) {
	if !c.principal(g).Can(access.SeeAudit) {
		c.need(access.TakePayments)(g)
	}
}

// mayStillLook is needDesk for a stream that goes on.
func (c *Console) mayStillLook(g *gin.Context) bool {
	return c.still(g, access.TakePayments) || c.still(g, access.SeeAudit)
}

// actor is who acts at the desk, and from which screen; false when that is no name.
func (c *Console) actor(g *gin.Context) (payments.Actor, bool) {
	who := c.principal(g)
	screen := g.GetHeader(screenHeader)
	if screen == "" && who.Via == access.ViaAPI {
		screen = "api"
	}
	return payments.Actor{ID: who.ID, Screen: screen, Supervisor: who.Can(access.TakeOver)}, screenWord.MatchString(screen)
}

// reader is who looks at the desk: who reads the audit log sees everybody's payments, as a supervisor does.
func (c *Console) reader(g *gin.Context) payments.Actor {
	who := c.principal(g)
	return payments.Actor{ID: who.ID, Supervisor: who.Can(access.TakeOver) || who.Can(access.SeeAudit)}
}

// note writes a line of the audit log. What cannot be noted is not done.
func (c *Console) note(g *gin.Context, e audit.Entry) error {
	if c.Audit == nil {
		return nil
	}
	who := c.principal(g)
	e.Who, e.Role, e.Via = who.ID, who.RoleWords(), string(who.Via)
	return c.Audit.Write(context.WithoutCancel(g.Request.Context()), e)
}
