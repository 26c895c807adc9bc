package rules

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestCampaignsPage runs what docs/campaigns.md shows: the campaign, the project's field and the book, and looks whether
// it names every field, rule and reason.
func TestCampaignsPage(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/campaigns.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	blocks := yamlBlock.FindAllStringSubmatch(page, -1)
	if len(blocks) < 3 {
		t.Fatalf("%d examples", len(blocks))
	}
	bundle, err := flows.ReadBundle(examples.Renewals())
	if err != nil {
		t.Fatal(err)
	}
	p, _ := flows.Load(bundle)
	c, found := flows.ReadCampaign(p, flows.File{Path: "campaigns/spring-renewals.yaml", Source: []byte(blocks[0][1])})
	for _, f := range append(found, Lint(c, nil)...) {
		t.Errorf("%s %s: %s", f.Code, f.Span, f.Message)
	}
	for name := range c.Places {
		if !strings.Contains(page, "| `"+name+"`") && !strings.Contains(page, ", `"+name+"` |") && name != "format" {
			t.Errorf("the table does not name %s", name)
		}
	}
	own, err := Open(c, fstest.MapFS{"rules/us-renewal.yaml": {Data: []byte(blocks[2][1])}})
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := own.rule(c, RuleHours); r.Figures.until != 20*60 {
		t.Errorf("the book of the page ends at %s", r.Figures.Until)
	}
	books, err := Books()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range books {
		if !strings.Contains(page, "| `"+b.Name+"` |") {
			t.Errorf("the page does not name the book %s", b.Name)
		}
	}
	for _, name := range ruleNames {
		if !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("the page does not name the rule %s", name)
		}
	}
	for _, r := range append([]Reason{Duplicate, Missing, Done, Refused}, precedence...) {
		if !strings.Contains(page, "`"+string(r)+"`") && !strings.Contains(page, "`"+string(r)+":<") {
			t.Errorf("the page does not name the reason %s", r)
		}
	}
	for _, code := range regexp.MustCompile(`\b[CF]\d{3}\b`).FindAllString(page, -1) {
		if _, ok := flows.Explain(code); !ok {
			t.Errorf("the page speaks of %s, which is no code", code)
		}
	}
}
