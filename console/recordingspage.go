package console

import "github.com/gin-gonic/gin"

func (c *Console) recordingsPage(g *gin.Context) { c.recordingsOn(g) }

func (c *Console) recordingPage(g *gin.Context) { c.recordingsOn(g) }
