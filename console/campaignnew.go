package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/flows"
)

// setting is something that a campaign's file says, and where.
type setting struct {
	Name  string // set.NAME is a word of the catalogue
	Texts []string
	Line  int // 0: the file does not say it
}

// settings is a campaign's file as the page that makes one shows it, step by step.
type settings struct {
	List, Words, When, Safety []setting
	Columns                   []columnRow
	ListFiles                 []string // lists of numbers that have to be uploaded with it
	Findings                  flows.Findings
	Errors                    int
	Sketch                    sketch // when one person would be rung who never answers
	Remarks                   []rules.Remark
	BookName                  string
	BookTrouble               string
}

// columnRow says which column of the list holds a field.
type columnRow struct {
	Field, Header string
	Needed        bool // by the flow
}

// lineOf is the line of a part of the file.
func lineOf(c *flows.Campaign, name string) int { return c.Places[name].Line }

// campaignName finds a campaign's name in its file.
var campaignName = regexp.MustCompile(`(?m)^campaign:[ \t]*["']?([A-Za-z0-9._-]+)`)

// settingsOf reads a campaign's file for the page.
func (c *Console) settingsOf(text string) settings {
	project := c.Project()
	// A file has the campaign's name; the one that is being written has none yet.
	path := "campaign.yaml"
	if m := campaignName.FindStringSubmatch(text); m != nil {
		path = m[1] + ".yaml"
	}
	file, findings := flows.ReadCampaign(project, flows.File{Path: path, Source: []byte(text)})
	s := settings{Findings: findings, List: listSettings(file), Words: wordSettings(file), When: whenSettings(file), Safety: safetySettings(file)}
	for _, f := range findings {
		if f.Severity == flows.SeverityError {
			s.Errors++
		}
	}
	s.Columns, s.ListFiles = columnsOf(file), listFiles(file)
	if s.Errors > 0 {
		return s
	}
	book, err := c.Campaigns.BookOf(file)
	if err != nil {
		s.BookTrouble = err.Error()
		return s
	}
	s.BookName, s.Remarks = book.Name+" "+book.Stamp(), book.Remarks(file)
	s.Sketch = sketchOf(book, file, c.local(c.Now()))
	return s
}

// columnsOf are the columns that are read beside those that have their field's own name.
func columnsOf(c *flows.Campaign) []columnRow {
	named := map[string]bool{}
	var rows []columnRow
	needs := func(field string) bool {
		return c.Flow != nil && slices.ContainsFunc(c.Flow.Needs, func(f flows.Field) bool { return f.Name == field && f.Default == "" })
	}
	for _, col := range c.Columns {
		named[col.Field] = true
		rows = append(rows, columnRow{col.Field, col.Header, needs(col.Field) || col.Field == "phone"})
	}
	if !named["phone"] {
		rows = append(rows, columnRow{"phone", "phone", true})
	}
	if c.Flow != nil {
		for _, f := range c.Flow.Needs {
			if !named[f.Name] && f.Name != "phone" {
				rows = append(rows, columnRow{f.Name, f.Name, needs(f.Name)})
			}
		}
	}
	return rows
}

// listFiles are the lists of numbers that a campaign names as files.
func listFiles(c *flows.Campaign) []string {
	var out []string
	for _, l := range c.NeverCall {
		if l.File != "" {
			out = append(out, l.File)
		}
	}
	return out
}

func listSettings(c *flows.Campaign) []setting {
	return []setting{{Name: "contacts", Texts: []string{c.Contacts}, Line: lineOf(c, "contacts")}}
}

func wordSettings(c *flows.Campaign) []setting {
	flow := ""
	if c.Flow != nil {
		flow = c.Flow.Name
	}
	out := []setting{
		{"campaign", []string{c.Name}, lineOf(c, "campaign")}, {"about", []string{c.About}, lineOf(c, "about")}, {"flow", []string{flow}, lineOf(c, "flow")},
		{"kind", []string{c.Kind + ", " + c.Country}, lineOf(c, "kind")}, {"call_from", c.CallFrom, lineOf(c, "call_from")},
	}
	if c.Flow != nil {
		out = append(out, setting{"languages", languagesOf(c.Flow), lineOf(c, "flow")})
	}
	machine := c.Machine.Detect
	if machine != flows.DetectOff {
		machine = plain(c.Machine.Detect) + ", " + plain(c.Machine.Then) + "; " + t("unsureIs", "who", c.Machine.Unsure)
	}
	return append(out, setting{"machine", []string{machine}, c.Machine.At.Line}, setting{"ring_for", []string{c.RingFor.String()}, lineOf(c, "ring_for")})
}

func whenSettings(c *flows.Campaign) []setting {
	span := t("anyDay")
	if !c.From.IsZero() || !c.Until.IsZero() {
		span = dayOr(c.From, "…") + " – " + dayOr(c.Until, "…")
	}
	pace := t("paceWords", "perMinute", count(c.Pace.PerMinute), "atOnce", count(c.Pace.AtOnce))
	if c.Pace.WarmUp > 0 {
		pace += ", " + t("warmUp", "time", spokenSpan(c.Pace.WarmUp))
	}
	out := []setting{{"runs", []string{span}, lineOf(c, "runs")}, {"hours", hoursWords(c.Hours.OpeningHours), c.Hours.At.Line}}
	if len(c.Hours.Closed) > 0 {
		out = append(out, setting{"closed", []string{strings.Join(c.Hours.Closed, ", ")}, c.Hours.At.Line})
	}
	var again []string
	line := 0
	for _, r := range c.TryAgain {
		times := t("upTo", "times", r.UpTo)
		if r.UpTo == 1 {
			times = t("onceWord")
		}
		again = append(again, t("againWords", "outcome", plain(r.Outcome), "after", spokenSpan(r.After), "times", times))
		line = lineOf(c, "try_again")
	}
	if again == nil {
		again = []string{t("neverAgain")}
	}
	return append(out, setting{"zones", []string{t("zones." + c.Hours.Unknown)}, c.Hours.At.Line},
		setting{"pace", []string{pace}, c.Pace.At.Line}, setting{"try_again", again, line})
}

func dayOr(at time.Time, none string) string {
	if at.IsZero() {
		return none
	}
	return day(at)
}

// spokenSpan is a time as files write it.
func spokenSpan(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return spanWords(d)
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}

// hoursWords are opening hours, days that are alike in one line.
func hoursWords(h flows.OpeningHours) []string {
	texts := [7]string{}
	for i := range texts {
		var parts []string
		for _, s := range h.Weekly[(i+1)%7] { // Monday first
			parts = append(parts, fmt.Sprintf("%02d:%02d – %02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
		}
		texts[i] = strings.Join(parts, ", ")
	}
	var out []string
	for i := 0; i < 7; {
		end := i
		for end < 6 && texts[end+1] == texts[i] {
			end++
		}
		name := time.Weekday((i + 1) % 7).String()[:3]
		if end > i {
			name += " – " + time.Weekday((end + 1) % 7).String()[:3]
		}
		if texts[i] != "" {
			out = append(out, name+" "+texts[i])
		}
		i = end + 1
	}
	return out
}

func safetySettings(c *flows.Campaign) []setting {
	var limits, never, stops, off []string
	for _, l := range []struct {
		word string
		n    int
	}{{"day", c.Limits.PerDay}, {"week", c.Limits.PerWeek}, {"debt", c.Limits.PerDebt}} {
		if l.n > 0 {
			limits = append(limits, t("limit."+l.word, "count", l.n))
		}
	}
	for _, l := range c.NeverCall {
		never = append(never, l.Name+l.File)
	}
	for _, s := range c.Stops {
		text := t("stopWords", "what", plain(s.What), "percent", fmt.Sprint(s.Percent))
		if s.Last > 0 {
			text += " " + t("stopLast", "count", s.Last)
		}
		stops = append(stops, text)
	}
	for _, r := range c.RulesOff {
		off = append(off, plain(r.Rule)+": "+r.Because)
	}
	consent := t("consentNot")
	if c.NeedsConsent {
		consent = t("consentNeeded")
	}
	out := []setting{{"limits", orNone(limits), c.Limits.At.Line}, {"never_call", orNone(never), lineOf(c, "never_call")},
		{"consent", []string{consent}, lineOf(c, "needs_consent")}, {"stops", orNone(stops), lineOf(c, "stop_by_itself_if")}}
	if len(off) > 0 {
		out = append(out, setting{"rules_off", off, lineOf(c, "rules_off")})
	}
	return out
}

func orNone(all []string) []string {
	if len(all) == 0 {
		return []string{t("none")}
	}
	return all
}

// newCampaignPage is where a campaign is made.
func (c *Console) newCampaignPage(g *gin.Context) {
	text := starterCampaign(c.Project())
	words, err := json.Marshal(map[string]string{
		"rows": t("uploadRows"), "sent": t("uploadSent"), "lost": t("noAnswer"), "noList": t("chooseList"), "noLists": t("chooseListFile"), "atMissing": t("chooseTime"),
		"checked": t("checkedSaid"), "creating": t("creatingSaid"), "head": t("columnsFound"), "notStarted": t("notStarted"), "broken": t("brokenOff"), "line": t("lineWord"),
	})
	if err != nil {
		c.sorry(g, err)
		return
	}
	c.render(g, http.StatusOK, "campaignnew", frame{Title: t("newCampaign"), Here: "campaigns", Data: map[string]any{
		"Text": text, "Settings": c.settingsOf(text), "Words": string(words),
	}})
}

// fragment answers with parts of the page that makes a campaign.
func (c *Console) fragment(g *gin.Context, data any, names ...string) {
	var out bytes.Buffer
	for _, name := range names {
		if err := c.pages["campaignnew"].ExecuteTemplate(&out, name, data); err != nil {
			c.failWith(g, err)
			return
		}
	}
	g.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
}

// campaignSettings shows what a campaign's file says while it is written.
func (c *Console) campaignSettings(g *gin.Context) {
	c.fragment(g, c.settingsOf(g.PostForm("campaign")), "findings", "step-list", "step-words", "step-when", "step-safety")
}

// starterCampaign is a campaign's file to begin with, for the first flow that can ring somebody.
func starterCampaign(p *flows.Project) string {
	flow, from, needs := "my-flow", "+15550100000", ""
	for _, name := range slices.Sorted(maps.Keys(p.Flows)) {
		f := p.Flows[name]
		if f.Direction == "outbound" || f.Direction == "either" {
			flow = name
			for _, n := range f.Needs {
				needs += fmt.Sprintf("  %s: %s\n", n.Name, n.Name)
			}
			break
		}
	}
	if len(p.Numbers) > 0 {
		from = p.Numbers[0].Number
	}
	return strings.NewReplacer("{flow}", flow, "{from}", from, "{needs}", needs).Replace(starterText)
}

// languagesOf are the languages a flow speaks.
func languagesOf(f *flows.Flow) []string {
	if f.Speaks == nil && f.Project != nil {
		return f.Project.Languages
	}
	return f.Speaks
}
