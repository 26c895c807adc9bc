package console

import (
	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
)

// Routes adds every path that people open. What a path needs stands beside it.
func (c *Console) Routes(r gin.IRouter) {
	calls, money, flows := c.need(access.ViewCalls), c.need(access.ViewPayments), c.need(access.ViewFlows)
	people := r.Group("", c.guard, c.identify, c.checkChange)

	api := people.Group("/api/v1")
	api.GET("/calls", calls, c.listCalls)
	api.GET("/calls/:sid", calls, c.showCall)
	api.GET("/calls/:sid/events", calls, c.followCall)
	api.GET("/payments", money, c.listPayments)
	api.GET("/payments/:id", money, c.showPayment)
	api.GET("/flows", flows, c.listFlows)
	api.GET("/flows/:name", flows, c.showFlow)

	open := r.Group("", c.guard) // says nothing of anybody
	open.GET("/api/openapi.json", c.openAPI)
	open.GET("/api/problems", c.problemsPage)
	open.GET("/assets/*name", c.asset)

	people.GET("/", calls, c.nowPage)
	people.GET("/calls", calls, c.callsPage)
	people.GET("/calls/:sid", calls, c.callPage)
	people.GET("/calls/:sid/events", calls, c.followCall) // the feed again, for who has no token but may see the page
	people.GET("/flows", flows, c.flowsPage)
	people.GET("/flows/:name", flows, c.flowPage)
	people.GET("/payments", money, c.paymentsPage)

	c.deskRoutes(people, api)
	if c.Transcripts != nil {
		c.transcriptRoutes(api)
	}
	c.recordingRoutes(people, api)
	c.campaignRoutes(people, api)
	c.campaignPageRoutes(people)
	if c.Audit != nil {
		api.GET("/audit", c.need(access.SeeAudit), c.listAudit)
		people.GET("/audit", c.need(access.SeeAudit), c.auditPage)
	}
	if c.Access != nil {
		people.GET(signInPath, c.signInPage)
		people.POST(signInPath, c.signIn)
		people.POST("/sign-out", c.signOut)
		people.GET("/sign-in/link/:token", c.signInByLink)
		people.GET("/sign-in/oidc", c.signInAtProvider)
		people.GET("/sign-in/oidc/callback", c.signedInAtProvider)
	}
}

// deskRoutes adds the agent's payment desk. Who takes payments may act, who reads the audit log may look.
func (c *Console) deskRoutes(people, api gin.IRouter) {
	look, take := c.needDesk, c.need(access.TakePayments)
	people.GET("/desk", look, c.deskOn, c.deskPage)
	api.GET("/desk", look, c.deskOn, c.showDesk)
	api.GET("/desk/events", look, c.deskOn, c.followDesk)
	api.POST("/calls/:sid/payments", take, c.deskOn, c.startPayment(false))
	api.POST("/calls/:sid/keypad", take, c.deskOn, c.startPayment(true))
	one := api.Group("/payments/:id")
	one.GET("/desk", look, c.deskOn, c.showAssisted)
	one.GET("/events", look, c.deskOn, c.followPayment)
	one.POST("/ask", take, c.deskOn, c.askField)
	one.POST("/complete", take, c.deskOn, c.complete)
	one.POST("/more-time", take, c.deskOn, c.act("payment.more_time", c.moreTime))
	one.POST("/stop", take, c.deskOn, c.act("payment.stop", c.stopField))
	one.POST("/cancel", take, c.deskOn, c.act("payment.cancel", c.cancelPayment))
	one.POST("/note", take, c.deskOn, c.wrapUp)
	one.POST("/receipt", take, c.deskOn, c.act("payment.receipt", c.sendReceipt))
	one.POST("/take-over", take, c.deskOn, c.act("payment.take_over", c.takeOver))
}

// recordingRoutes adds what is kept of calls. Who may see calls may see what there is of them; to hear it, to hold it
// and to look after the archive are permissions of their own. Whose reasons stand in holds and receipts is for those
// who read the audit log.
func (c *Console) recordingRoutes(people, api gin.IRouter) {
	look, hear, hold, manage := c.need(access.ViewCalls), c.need(access.HearRecordings), c.need(access.HoldRecordings), c.need(access.ManageRecordings)
	audit := c.need(access.SeeAudit)
	people.GET("/recordings", look, c.recordingsOn, c.recordingsPage)
	people.GET("/recordings/:sid", look, c.recordingsOn, c.recordingPage)
	people.GET("/recordings/:sid/audio", hear, c.recordingsOn, c.recordingAudio) // the same again, for who has no token but may hear it
	people.POST("/recordings/holds", hold, c.recordingsOn, c.holdByForm)
	people.POST("/recordings/holds/:id/release", hold, c.recordingsOn, c.releaseByForm)

	api.GET("/recordings", look, c.recordingsOn, c.listRecordings)
	api.GET("/recordings/totals", look, c.recordingsOn, c.totalRecordings)
	api.GET("/recordings/:sid", look, c.recordingsOn, c.showRecording)
	api.GET("/recordings/:sid/why", look, c.recordingsOn, c.whyRecording)
	api.GET("/recordings/:sid/audio", hear, c.recordingsOn, c.recordingAudio)
	api.POST("/recordings/sweep", manage, c.recordingsOn, c.sweepRecordings)
	api.POST("/recordings/verify", manage, c.recordingsOn, c.verifyRecordings)
	api.GET("/holds", audit, c.recordingsOn, c.listHolds)
	api.POST("/holds", hold, c.recordingsOn, c.placeHold)
	api.POST("/holds/:id/release", hold, c.recordingsOn, c.releaseHold)
	api.GET("/receipts", audit, c.recordingsOn, c.listReceipts)
}
