package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exampleFlow is what the examples of the catalogue are put into: steps in scene example, scenes behind it.
const exampleFlow = `format: 1
flow: example
defaults: { gave_up: agent }
scenes:
  begin:
    - menu:
        options:
          1: { to: try this, go: example }
          2: { to: pay, go: pay }
          3: { to: hear the balance, go: balance }
          4: { to: say goodbye, go: later }
          0: { to: speak with someone, go: agent }
  balance:
    - say: You owe nothing.
    - go: later
  pay:
    - say: You are paying five dollars.
    - pay: { amount: 5.00 }
      then: { paid: receipt, declined: later, cancelled: later, gave_up: agent, unavailable: later }
  receipt:
    - hang_up: Your confirmation is ${payment.confirmation | spell}.
  agent:
    - transfer: billing-desk
      then: { no_answer: later, busy: later, failed: later }
  later:
    - hang_up: Goodbye.
%s  example:
`

var exampleBlock = regexp.MustCompile("(?s)\n(Bad|Good):\n\n```yaml\n(.*?)\n```\n")

// exampleCodes loads an example and answers the codes found. end is a step to put behind it, so that it does not
// run past its scene.
func exampleCodes(t *testing.T, example, end string) []string {
	t.Helper()
	steps, scenes, _ := strings.Cut(example, "\n---\n")
	if scenes != "" {
		scenes += "\n"
	}
	text := fmt.Sprintf(exampleFlow, scenes)
	for line := range strings.SplitSeq(steps+end, "\n") {
		text += "    " + line + "\n"
	}
	_, found := Load(withCase(t, brokenCase{path: "flows/example.yaml", text: []byte(text)}))
	var codes []string
	for _, f := range found {
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// TestCatalogueExamples runs the examples: a bad one must have the finding, a good one must have none.
func TestCatalogueExamples(t *testing.T) {
	t.Parallel()
	const goOn = "\n- go: balance"
	for _, c := range Codes() {
		t.Run(c.Code, func(t *testing.T) {
			t.Parallel()
			for _, m := range exampleBlock.FindAllStringSubmatch(c.Text, -1) {
				open, closed := exampleCodes(t, m[2], ""), exampleCodes(t, m[2], goOn)
				if m[1] == "Bad" && !slices.Contains(open, c.Code) && !slices.Contains(closed, c.Code) {
					t.Errorf("the bad example does not show it: %v, or %v\n%s", open, closed, m[2])
				}
				if m[1] == "Good" && len(open) > 0 && len(closed) > 0 {
					t.Errorf("the good example has findings: %v, or %v\n%s", open, closed, m[2])
				}
			}
		})
	}
}

func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	for _, c := range Codes() {
		text, ok := Explain(strings.ToLower(c.Code))
		if !ok || text != c.Text {
			t.Errorf("Explain(%s) does not find it", c.Code)
		}
		if !strings.Contains(text, "\nBad") || !strings.Contains(text, "\nGood") {
			t.Errorf("%s has no bad and good example", c.Code)
		}
		if len(text) < 180 {
			t.Errorf("%s is hardly explained: %d characters", c.Code, len(text))
		}
		for i, line := range strings.Split(text, "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("%s.md:%d is longer than 120 characters", c.Code, i+1)
			}
		}
	}
	if _, ok := Explain("F999"); ok {
		t.Error("Explain knows F999")
	}
}
