package flows

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestKeepingPage loads what docs/keeping.md shows: its rules as a project, its steps as a flow.
func TestKeepingPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/keeping.md")
	if err != nil {
		t.Fatal(err)
	}
	project, scenes := "format: 1\nlanguages: [en-US, es-US]\nteams: { desk: { queue: desk } }\n", ""
	for i, m := range yamlBlock.FindAllStringSubmatch(string(page), -1) {
		if i == 0 {
			project += m[1]
			continue
		}
		scenes += "    " + strings.ReplaceAll(strings.TrimSpace(m[1]), "\n", "\n    ") + "\n"
	}
	_, found := Load(Bundle{Files: []File{
		{Path: ProjectFile, Source: []byte(project)},
		{Path: "flows/page.yaml", Source: []byte("format: 1\nflow: page\nscenes:\n  main:\n    - say: This call is recorded.\n" + scenes +
			"  after:\n    - hang_up: It is about ${talk.data.reason}.\n  agent:\n    - hang_up:\n")},
	}})
	for _, f := range found {
		t.Errorf("%s %s: %s\n%s", f.Code, f.Span, f.Message, f.Source)
	}
	for _, code := range regexp.MustCompile(`[PF]\d{3}`).FindAllString(string(page), -1) {
		if _, ok := Explain(code); !ok {
			t.Errorf("the page speaks of %s, which is no code", code)
		}
	}
}
