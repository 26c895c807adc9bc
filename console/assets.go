package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows/graph"
)

//go:embed assets pages openapi.json
var files embed.FS

// flowStyle is the style sheet of flow pictures; the pictures' own package writes it.
const flowStyle = "css/flowgraph.css"

// asset serves one embedded file; a browser that has it already is told so.
func (c *Console) asset(g *gin.Context) {
	name := path.Clean("/" + g.Param("name"))[1:]
	body := []byte(graph.CSS())
	if name != flowStyle {
		var err error
		if body, err = fs.ReadFile(files, "assets/"+name); err != nil {
			g.String(http.StatusNotFound, "no such file\n")
			return
		}
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	g.Header("Cache-Control", "no-cache")
	g.Header("ETag", tag)
	if g.GetHeader("If-None-Match") == tag {
		g.Status(http.StatusNotModified)
		return
	}
	g.Data(http.StatusOK, assetType(name), body)
}

// assetType does not ask the machine it runs on for the types that matter: a wrong one stops a module.
func assetType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "text/plain; charset=utf-8"
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
