package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// reportBody is what a check found, as the API says it.
type reportBody struct {
	Flow    string `json:"flow"`
	Rows    int64  `json:"rows"`
	Will    int64  `json:"will"`
	WillNot int64  `json:"will_not"`
	Reasons []struct {
		Reason  rules.Reason `json:"reason"`
		Text    string       `json:"text"`
		People  int64        `json:"people"`
		Details []struct {
			Text   string `json:"text"`
			People int64  `json:"people"`
		} `json:"details"`
		Examples []reportExample `json:"examples"`
	} `json:"reasons"`
	Zones []struct {
		Zone   string `json:"zone"`
		People int64  `json:"people"`
	} `json:"zones"`
	FirstWeek struct {
		From        time.Time `json:"from"`
		Until       time.Time `json:"until"`
		Attempts    int64     `json:"attempts"`
		LineSeconds int64     `json:"line_seconds"`
		Zone        string    `json:"zone"`
	} `json:"first_week"`
	Cost struct {
		Voice     float64 `json:"voice"`
		Detection float64 `json:"detection"`
		Capture   float64 `json:"capture"`
		Currency  string  `json:"currency"`
	} `json:"cost"`
	Samples []struct {
		Line     int    `json:"line"`
		ID       string `json:"id"`
		Name     string `json:"name"`
		Zone     string `json:"zone"`
		Language string `json:"language"`
	} `json:"samples"`
	Book struct {
		Name    string         `json:"name"`
		Version string         `json:"version"`
		Rules   []rules.Remark `json:"rules"`
	} `json:"rule_book"`
	Remarks  []string       `json:"remarks"`
	Findings flows.Findings `json:"findings"`
	Columns  struct {
		Used    []string `json:"used"`
		Ignored []string `json:"ignored"`
	} `json:"columns"`
}

// reportExample is a row that is not called.
type reportExample struct {
	Line     int    `json:"line"`
	Column   string `json:"column"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
	Mend     string `json:"mend"`
}

// reportFact is a line of a report.
type reportFact struct{ Name, Value string }

// reportReason is why people of a list are not called.
type reportReason struct {
	Text     string
	People   string
	Rows     string   // the first of them
	Examples []string // what is wrong there
}

// reportView is what a check found, as the page shows it. Will and will not add up to the rows, and the reasons to those
// that will not be called.
type reportView struct {
	Flow                            string
	Will                            int64
	RowsText, WillText, WillNotText string
	Reasons                         []reportReason
	Facts                           []reportFact
	Samples                         []string
	BookName                        string
	Book                            []rules.Remark
	Warnings                        []string
}

// many writes a large number.
func many(n int64) string { return count(int(n)) }

// viewReport is what a page shows of a check.
func viewReport(r reportBody) reportView {
	v := reportView{Flow: r.Flow, Will: r.Will, RowsText: many(r.Rows), WillText: many(r.Will), WillNotText: many(r.WillNot),
		Book: r.Book.Rules, BookName: strings.TrimSpace(r.Book.Name + " " + r.Book.Version), Warnings: r.Remarks}
	for _, why := range r.Reasons {
		row := reportReason{Text: why.Text, People: many(why.People)}
		if row.Text == "" {
			row.Text = why.Reason.Words()
		}
		for _, d := range why.Details {
			row.Examples = append(row.Examples, many(d.People)+" "+d.Text)
		}
		row.addExamples(why.Examples)
		v.Reasons = append(v.Reasons, row)
	}
	for _, f := range r.Findings {
		v.Warnings = append(v.Warnings, t("lineWord", "line", f.Line)+": "+f.Message)
	}
	for _, s := range r.Samples {
		parts := []string{}
		for _, p := range []string{s.Name, s.ID, s.Zone, s.Language} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		v.Samples = append(v.Samples, t("rowWord", "row", s.Line)+": "+strings.Join(parts, ", "))
	}
	v.Facts = reportFacts(r)
	return v
}

// shownExamples is how many rows a reason names.
const shownExamples = 5

func (row *reportReason) addExamples(all []reportExample) {
	var lines []string
	for i, e := range all {
		if i == shownExamples {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, fmt.Sprint(e.Line))
	}
	row.Rows = strings.Join(lines, ", ")
	for _, e := range all {
		if e.Expected == "" {
			continue
		}
		text := t("exampleWords", "row", e.Line, "column", e.Column, "expected", e.Expected, "found", e.Found)
		if e.Mend != "" {
			text += " " + t("exampleMend", "mend", e.Mend)
		}
		row.Examples = append(row.Examples, text)
		break // the others are in the file of rejected rows
	}
}

// reportFacts are zones, the first week, cost and columns.
func reportFacts(r reportBody) []reportFact {
	var facts []reportFact
	var zones []string
	for _, z := range r.Zones {
		zones = append(zones, strings.ReplaceAll(z.Zone, "_", " ")+" "+many(z.People))
	}
	if zones != nil {
		facts = append(facts, reportFact{"zones", strings.Join(zones, " · ")})
	}
	if w := r.FirstWeek; !w.From.IsZero() {
		facts = append(facts, reportFact{"week", t("weekWords", "from", theirTime(w.From, []string{w.Zone}), "until", theirTime(w.Until, []string{w.Zone}),
			"attempts", many(w.Attempts), "hours", many((w.LineSeconds+1800)/3600))})
	}
	if cost := r.Cost; cost.Currency != "" {
		facts = append(facts, reportFact{"cost", t("costWords", "voice", fmt.Sprintf("%.0f", cost.Voice), "detection", fmt.Sprintf("%.0f", cost.Detection),
			"capture", fmt.Sprintf("%.0f", cost.Capture), "currency", cost.Currency)})
	}
	if len(r.Columns.Used) > 0 {
		facts = append(facts, reportFact{"used", strings.Join(r.Columns.Used, ", ")})
	}
	if len(r.Columns.Ignored) > 0 {
		facts = append(facts, reportFact{"ignored", strings.Join(r.Columns.Ignored, ", ")})
	}
	return facts
}

// mostRejected is how many bytes of rejected rows a page gets.
const mostRejected = 4 << 20

// firstRows keeps the first rows of what is written.
type firstRows struct {
	kept []byte
	cut  bool
}

// Write takes everything, and keeps what there is room for.
func (f *firstRows) Write(b []byte) (int, error) {
	room := mostRejected - len(f.kept)
	if f.cut = f.cut || len(b) > room; !f.cut {
		f.kept = append(f.kept, b...)
	}
	return len(b), nil
}

// text is what was kept, in whole lines.
func (f *firstRows) text() string {
	if f.cut {
		return string(f.kept[:bytes.LastIndexByte(f.kept, '\n')+1])
	}
	return string(f.kept)
}

// campaignReport shows a report that the page got from the API.
func (c *Console) campaignReport(g *gin.Context) {
	raw, err := io.ReadAll(g.Request.Body) // its size was bounded before
	var body reportBody
	if err == nil {
		err = json.Unmarshal(raw, &body)
	}
	if err != nil {
		c.failWith(g, errBody)
		return
	}
	c.fragment(g, viewReport(body), "report")
}
