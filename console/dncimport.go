package console

import (
	"bytes"
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

// rejectedLine is rows that could not be taken, as text of a CSV: after its header, with what is wrong with each.
type rejectedLine struct {
	Line string `json:"line"` // rejected
	CSV  string `json:"csv"`
}

// rejectedRows sends them, whole rows at a time.
type rejectedRows struct {
	out  *lines
	rest []byte
}

func (r *rejectedRows) Write(p []byte) (int, error) {
	r.rest = append(r.rest, p...)
	if n := bytes.LastIndexByte(r.rest, '\n') + 1; n > 0 {
		r.out.say(rejectedLine{"rejected", string(r.rest[:n])})
		r.rest = append(r.rest[:0], r.rest[n:]...)
	}
	return len(p), nil
}

// importDNC puts the numbers of a file on a list, or with dry_run tells what would be new. The body is the list itself,
// or a form with it as the part file.
func (c *Console) importDNC(g *gin.Context) {
	_ = http.NewResponseController(g.Writer).EnableFullDuplex() // a test's recorder cannot
	out := &lines{g: g}
	defer drain(g)
	result, err := c.importInto(g, out)
	if err != nil {
		if result.New+result.Already > 0 {
			out.say(importLine{"progress", result}) // that much was done
		}
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
	var rejected bool
	if q.DryRun, err = yesQuery(g, "dry_run"); err == nil {
		rejected, err = yesQuery(g, "rejected")
	}
	if err != nil {
		return result, err
	}
	if rejected {
		q.Rejected = &rejectedRows{out: out}
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
		detail := q.List
		if q.Source != "" {
			detail += ", source " + q.Source
		}
		err = c.noted(g, "dnc.import", detail+actBody{Note: q.Reason}.words(), run)
	}
	return result, err
}

// yesQuery is a parameter that is 1 or 0.
func yesQuery(g *gin.Context, name string) (bool, error) {
	switch g.Query(name) {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	}
	return false, fmt.Errorf("%w: %s is 1 or 0", errQuery, name)
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
