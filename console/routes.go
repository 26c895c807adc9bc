package console

import "github.com/gin-gonic/gin"

// Routes adds every path that people open.
func (c *Console) Routes(r gin.IRouter) {
	api := r.Group("/api", c.guard, c.apiAccess)
	api.GET("/v1/calls", c.listCalls)
	api.GET("/v1/calls/:sid", c.showCall)
	api.GET("/v1/calls/:sid/events", c.followCall)
	api.GET("/v1/flows", c.listFlows)
	api.GET("/v1/flows/:name", c.showFlow)
}
