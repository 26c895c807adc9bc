package console

import (
	"context"
	"fmt"
	"io"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns"
)

func (c *Console) putDNC(g *gin.Context, e campaigns.Entry) error {
	if e.Reason == "" {
		return errBecause
	}
	e.By, e.Source = c.principal(g).ID, "page"
	return c.noted(g, "dnc.add", fmt.Sprintf("%s on %s: %s", e.Number, e.List, e.Reason), func() error {
		return c.Campaigns.Lists().Put(context.WithoutCancel(g.Request.Context()), e)
	})
}

func (c *Console) takeOffDNC(g *gin.Context, list, number, because string) error {
	if because == "" {
		return errBecause
	}
	return c.noted(g, "dnc.remove", fmt.Sprintf("%s from %s: %s", number, list, because), func() error {
		return c.Campaigns.Lists().Remove(context.WithoutCancel(g.Request.Context()), list, number, c.principal(g).ID, because)
	})
}

func (c *Console) exportDNC(g *gin.Context) {
	name, format := g.Param("list"), g.DefaultQuery("format", formatCSV)
	c.pourFile(g, name+"."+format, format, func(w io.Writer) error {
		_, err := c.Campaigns.Lists().Export(g.Request.Context(), name, w, format)
		return err
	})
}
