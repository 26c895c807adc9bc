package console

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// ruleRow is a rule of a book on a page, and how a campaign stands to it.
type ruleRow struct {
	rules.Rule
	Here   string // how the campaign stands to it; "" it is off
	Passed bool
	Off    string // because
	ByBook bool   // it is the book that switches it off, and not the campaign
	Fixed  []string
}

// ruleRows are all rules of a book, in its order.
func ruleRows(book *rules.Book, file *flows.Campaign) []ruleRow {
	remarks := book.Remarks(file)
	rows := make([]ruleRow, len(book.Rules))
	for i, r := range book.Rules {
		row := ruleRow{Rule: r, Fixed: figureWords(r.Figures)}
		at := slices.IndexFunc(remarks, func(m rules.Remark) bool { return m.Rule == r.Name })
		switch {
		case at < 0:
			row.Off, row.ByBook = r.Off, true
		case remarks[at].Off != "":
			row.Off = remarks[at].Off
		default:
			row.Here, row.Passed = remarks[at].Text, remarks[at].Passed
		}
		rows[i] = row
	}
	return rows
}

// figureWords are the figures of a rule, as its book has them.
func figureWords(f rules.Figures) []string {
	var out []string
	if f.From != "" {
		out = append(out, f.From+" – "+f.Until)
	}
	for _, one := range []struct {
		word string
		n    int
	}{{"attempts", f.Attempts}, {"days", f.Days}, {"quiet", f.QuietDays}, {"seconds", f.Seconds}} {
		if one.n > 0 {
			out = append(out, t("figure."+one.word, "count", one.n))
		}
	}
	if f.Percent > 0 {
		out = append(out, fmt.Sprintf("%g %%", f.Percent))
	}
	if f.Calendar != "" {
		out = append(out, t("figure.calendar", "name", f.Calendar))
	}
	if f.Closed {
		out = append(out, t("figure.closed"))
	}
	if f.Required {
		out = append(out, t("figure.required"))
	}
	return out
}

// rulesPage shows what judges a campaign's people: its rule book, rule by rule, and what its own file says.
func (c *Console) rulesPage(g *gin.Context) {
	name := g.Param("name")
	file, book, err := c.Campaigns.Rules(g.Request.Context(), name)
	if err != nil {
		c.sorry(g, err)
		return
	}
	c.render(g, http.StatusOK, "campaignrules", frame{Title: name + " · " + t("rulesHead"), Here: "campaigns", Data: map[string]any{
		"Name": name, "Book": book, "Version": book.Stamp(), "Rules": ruleRows(book, file),
		"Sketch":   sketchOf(book, file, c.local(c.Now())),
		"Settings": slices.Concat(whenSettings(file), safetySettings(file), wordSettings(file)),
	}})
}
