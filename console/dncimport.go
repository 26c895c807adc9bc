package console

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns"
)

// partFile is the part of a form that has a list in it.
const partFile = "file"

// importLine is a line about an import: progress, then the report.
type importLine struct {
	Line string `json:"line"` // progress, report
	campaigns.ImportResult
}

// importDNC puts the numbers of a file on a list, or with dry_run tells what would be new. The body is the list itself,
// or a form with it as the part file.
func (c *Console) importDNC(g *gin.Context) {
	_ = http.NewResponseController(g.Writer).EnableFullDuplex() // a test's recorder cannot
	out := &lines{g: g}
	defer drain(g)
	result, err := c.importInto(g, out)
	if err != nil {
		c.failLines(out, err)
		return
	}
	out.say(importLine{"report", result})
}

func (c *Console) importInto(g *gin.Context, out *lines) (result campaigns.ImportResult, err error) {
	q := campaigns.ImportRequest{
		List: g.Param("list"), Country: strings.ToUpper(g.Query("country")), Reason: strings.TrimSpace(g.Query("because")),
		Source: g.Query("source"), By: c.principal(g).ID,
	}
	switch g.Query("dry_run") {
	case "", "0", "false":
	case "1", "true":
		q.DryRun = true
	default:
		return result, fmt.Errorf("%w: dry_run is 1 or 0", errQuery)
	}
	if len(q.Country) != 0 && len(q.Country) != 2 {
		return result, fmt.Errorf("%w: country is two letters, such as US", errQuery)
	}
	if q.Expires, err = c.expiry(g.Query("expires")); err != nil {
		return result, err
	}
	if !q.DryRun && g.GetHeader(onceHeader) == "" {
		return result, errKeyMissing
	}
	if q.From, err = c.importBody(g); err != nil {
		return result, err
	}
	key := &uploadKey{done: func() {}}
	if !q.DryRun {
		if key, err = c.onceUpload(g, []byte(g.Request.URL.RawQuery)); err != nil {
			return result, err
		}
	}
	defer key.done()
	run := func() error {
		var err error
		result, err = c.Campaigns.Lists().Import(g.Request.Context(), q, func(p campaigns.ImportResult) {
			if !q.DryRun {
				key.keep(time.Now())
			}
			out.steady(time.Now(), importLine{"progress", p})
		})
		return err
	}
	if q.DryRun {
		err = run()
	} else {
		err = c.noted(g, "dnc.import", q.List+actBody{Note: q.Reason}.words(), run)
	}
	return result, err
}

// importBody is the list of a request, which is read as it comes.
func (c *Console) importBody(g *gin.Context) (io.Reader, error) {
	switch kind, _, _ := mime.ParseMediaType(g.GetHeader("Content-Type")); kind {
	case "text/csv", "text/plain", "application/octet-stream":
		body := &moving{ReadCloser: g.Request.Body, control: http.NewResponseController(g.Writer)}
		g.Request.Body = body
		return &whole{body}, nil
	case "multipart/form-data":
		r, err := openParts(g)
		if err != nil {
			return nil, err
		}
		for {
			part, err := r.NextRawPart()
			switch {
			case err == io.EOF: //nolint:errorlint // as it is documented
				return nil, fmt.Errorf("%w: the part %s is missing", errUpload, partFile)
			case err != nil:
				return nil, cutOff(err)
			case part.FormName() == partFile:
				return &whole{part}, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: the body is a list of numbers as text/csv", errUpload)
}
