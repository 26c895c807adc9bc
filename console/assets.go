package console

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows/graph"
	"github.com/paydial/paydial/internal/look"
)

//go:embed assets pages openapi.json
var files embed.FS

// flowStyle is the style sheet of flow pictures; the pictures' own package writes it.
const flowStyle = "css/flowgraph.css"

// asset serves one file.
func (c *Console) asset(g *gin.Context) {
	name := path.Clean("/" + g.Param("name"))[1:]
	body := []byte(graph.CSS())
	if name != flowStyle {
		var err error
		if body, err = look.Asset(files, name); err != nil {
			g.String(http.StatusNotFound, "no such file\n")
			return
		}
	}
	look.Serve(g.Writer, g.Request, name, body)
}

// openAPI serves the description of the API.
func (c *Console) openAPI(g *gin.Context) {
	body, err := fs.ReadFile(files, "openapi.json")
	if err != nil {
		c.failWith(g, err)
		return
	}
	g.Data(http.StatusOK, "application/json", bytes.TrimSpace(body))
}
