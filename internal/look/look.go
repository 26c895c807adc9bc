// Package look is what all pages have in common, whoever serves them: colours, the basic style sheet, the font, the icon,
// and the switch between light and dark. Asset finds a file for a page, its own or one of ours; Serve answers with it.
//
// It must not know what is on the pages.
package look

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed assets
var files embed.FS

// Asset reads the file of this name below the folder assets of own, or else the one that all pages share. An error says
// that there is none.
func Asset(own fs.FS, name string) ([]byte, error) {
	name = path.Join("assets", path.Clean("/"+name))
	body, err := fs.ReadFile(own, name)
	if errors.Is(err, fs.ErrNotExist) {
		body, err = fs.ReadFile(files, name)
	}
	return body, err
}

// Serve answers with a file; a browser that has it already is told so. name says by its ending what kind it is.
func Serve(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// contentType does not ask the machine it runs on for the types that matter: a wrong one stops a module.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
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
