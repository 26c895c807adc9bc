package console

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/audit"
)

// What can be exported, and how.
const (
	formatCSV  = "csv"
	formatJSON = "json"
)

// exportKinds is what can be exported of a campaign.
func exportKinds() []string { return []string{"outcomes", "attempts", "people", "audit"} }

// exportCampaign writes out what became of a campaign. Who had it is a line of the audit log.
func (c *Console) exportCampaign(g *gin.Context) {
	name, what, format := g.Param("name"), g.DefaultQuery("what", "outcomes"), g.DefaultQuery("format", formatCSV)
	var err error
	if !slices.Contains(exportKinds(), what) {
		err = fmt.Errorf("%w: what is one of %s", errQuery, strings.Join(exportKinds(), ", "))
	} else if format != formatCSV && format != formatJSON {
		err = fmt.Errorf("%w: format is csv or json", errQuery)
	} else {
		_, err = c.Campaigns.Get(g.Request.Context(), name)
	}
	if err == nil {
		err = c.note(g, audit.Entry{Action: "campaign.export", Result: "done", Detail: name + " " + what + " as " + format})
	}
	if err != nil {
		c.failWith(g, err)
		return
	}
	c.pourFile(g, fmt.Sprintf("%s-%s.%s", name, what, format), fileKind(format), func(out *fileAnswer) error {
		return c.Campaigns.Export(g.Request.Context(), name, what, format, out)
	})
}

// fileKind is the media type of a format.
func fileKind(format string) string {
	if format == formatJSON {
		return "application/json"
	}
	return "text/csv; charset=utf-8"
}

// fileWord is what is left of a text in the name of a file.
var fileWord = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// pourFile answers with a file that is written while it is read. Where nothing was written yet an error is the answer;
// later the connection breaks off, so that nobody takes a part for the whole.
func (c *Console) pourFile(g *gin.Context, name, kind string, write func(*fileAnswer) error) {
	out := &fileAnswer{g: g, name: fileWord.ReplaceAllString(name, "-"), kind: kind}
	err := write(out)
	switch {
	case err == nil:
		out.begin()
	case !out.begun:
		c.failWith(g, err)
	default:
		if g.Request.Context().Err() == nil {
			c.Log.Error("console", "path", g.FullPath(), "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// fileAnswer sends its header with the first byte.
type fileAnswer struct {
	g          *gin.Context
	name, kind string
	begun      bool
}

func (f *fileAnswer) begin() {
	if f.begun {
		return
	}
	f.begun = true
	h := f.g.Writer.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, f.name))
	f.g.Writer.WriteHeader(http.StatusOK)
	f.g.Writer.WriteHeaderNow()
}

func (f *fileAnswer) Write(b []byte) (int, error) {
	f.begin()
	return f.g.Writer.Write(b)
}
