package console

import "github.com/gin-gonic/gin"

// Routes adds every path that people open.
func (c *Console) Routes(r gin.IRouter) {
	api := r.Group("/api", c.guard, c.apiAccess)
	api.GET("/v1/calls", c.listCalls)
	api.GET("/v1/calls/:sid", c.showCall)
	api.GET("/v1/calls/:sid/events", c.followCall)
	api.GET("/v1/payments", c.listPayments)
	api.GET("/v1/payments/:id", c.showPayment)
	api.GET("/v1/flows", c.listFlows)
	api.GET("/v1/flows/:name", c.showFlow)

	open := r.Group("", c.guard) // says nothing of anybody
	open.GET("/api/openapi.json", c.openAPI)
	open.GET("/api/problems", c.problemsPage)
	open.GET("/assets/*name", c.asset)

	pages := r.Group("", c.guard, c.pageAccess)
	pages.GET("/", c.nowPage)
	pages.GET("/calls", c.callsPage)
	pages.GET("/calls/:sid", c.callPage)
	pages.GET("/calls/:sid/events", c.followCall) // the feed again, for who has no token but may see the page
	pages.GET("/flows", c.flowsPage)
	pages.GET("/flows/:name", c.flowPage)
	pages.GET("/payments", c.paymentsPage)
}
