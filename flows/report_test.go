package flows

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// brokenFindings are the findings of the file that the description of the language shows the look of lint with.
func brokenFindings(t *testing.T) Findings {
	t.Helper()
	text, err := os.ReadFile("testdata/report/broken.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, found := Load(withCase(t, brokenCase{path: "flows/broken.yaml", text: text}))
	return found
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/report/broken.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := brokenFindings(t).WriteText(&got, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	var coloured bytes.Buffer
	if err := brokenFindings(t).WriteText(&coloured, true); err != nil {
		t.Fatal(err)
	}
	plain := coloured.String()
	for _, style := range []string{styleError, styleWarning, stylePlace, styleBold, styleEnd} {
		if !strings.Contains(plain, style) {
			t.Errorf("colour %q is never used", style)
		}
		plain = strings.ReplaceAll(plain, style, "")
	}
	if plain != got.String() {
		t.Error("the report says something else in colour")
	}
}

func TestWriteTextOdd(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a ", 500) + "here" + strings.Repeat(" b", 500)
	for name, c := range map[string]struct {
		f    Finding
		want string
	}{
		"a tab before the caret": {
			Finding{Span: Span{"f", 3, 3, 5}, Source: "a\tbc", Label: "look"},
			"   |\n 3 | a\tbc\n   |  \t^^ look\n",
		},
		"a caret wider than the line": {
			Finding{Span: Span{"f", 3, 2, 99}, Source: "abc"},
			"   |\n 3 | abc\n   |  ^^\n",
		},
		"a caret behind the line": {
			Finding{Span: Span{"f", 3, 9, 10}, Source: "abc"},
			"   |\n 3 | abc\n   |    ^\n",
		},
		"no excerpt": {
			Finding{Span: Span{"f", 12, 1, 2}, Label: "do this", Help: "or that"},
			"    = do this\n    = help: or that\n",
		},
		"a terminal is not steered": {
			Finding{Span: Span{"f", 3, 1, 2}, Source: "\x1b[2Jx", Message: "bell \a", Label: "\u202eback"},
			"   |\n 3 | \ufffd[2Jx\n   | ^ \ufffdback\n",
		},
		"a long line": {
			Finding{Span: Span{"f", 3, 1001, 1005}, Source: long},
			"   |\n 3 | …" + long[961:1080] + "…\n   | " + strings.Repeat(" ", 40) + "^^^^\n",
		},
	} {
		var got bytes.Buffer
		if err := (Findings{c.f}).WriteText(&got, false); err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(got.String(), "  --> ")
		_, body, _ = strings.Cut(body, "\n")
		body, _, _ = strings.Cut(body, "\n\n")
		if diff := cmp.Diff(c.want, body+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if strings.ContainsAny(got.String(), "\a\x1b\u202e") {
			t.Errorf("%s: control characters reach the terminal", name)
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	e, w := Finding{Severity: SeverityError, Span: Span{File: "a"}}, Finding{Severity: SeverityWarning, Span: Span{File: "b"}}
	for want, fs := range map[string]Findings{
		"no findings":                    nil,
		"1 error in 1 file":              {e},
		"2 warnings in 1 file":           {w, w},
		"2 errors, 1 warning in 2 files": {e, w, e},
	} {
		if got := fs.Summary(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := brokenFindings(t)[:2].In("my project").WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	want := `{
  "findings": [
    {
      "code": "F021",
      "severity": "warning",
      "file": "my project/flows/broken.yaml",
      "line": 5,
      "column": 61,
      "endColumn": 66,
      "message": "the caller will not hear the end of this sentence",
      "label": "YAML reads everything after \" #\" as a comment",
      "help": "put the sentence in double quotes, or write \"the pound key\"",
      "source": "    - say: Thanks for calling. To hear this again press the # key"
    },
    {
      "code": "F101",
      "severity": "error",
      "file": "my project/flows/broken.yaml",
      "line": 6,
      "column": 7,
      "endColumn": 11,
      "message": "\"meun\" is not a step",
      "label": "did you mean \"menu\"?",
      "fix": "menu",
      "source": "    - meun:"
    }
  ],
  "errors": 1,
  "warnings": 1
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	out.Reset()
	if err := Findings(nil).WriteJSON(&out); err != nil || !strings.Contains(out.String(), `"findings": []`) {
		t.Errorf("without findings: %s", out.String())
	}
}

func TestWriteGitHub(t *testing.T) {
	t.Parallel()
	fs := Findings{{Code: "F020", Severity: SeverityError, Span: Span{"a,b/100%.yaml", 3, 4, 6}, Message: "50% is\nodd", Label: "mend it", Help: "now"}}
	var out bytes.Buffer
	if err := fs.WriteGitHub(&out); err != nil {
		t.Fatal(err)
	}
	want := "::error file=a%2Cb/100%25.yaml,line=3,endLine=3,col=4,endColumn=6,title=F020::50%25 is%0Aodd (mend it). Now\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
}

func TestWriteSARIF(t *testing.T) {
	t.Parallel()
	fs := brokenFindings(t)
	fs = append(fs, fs[1])
	var out bytes.Buffer
	if err := fs.In("a b").WriteSARIF(&out); err != nil {
		t.Fatal(err)
	}
	var doc sarifLog
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	run := doc.Runs[0]
	if doc.Version != "2.1.0" || doc.Schema == "" || run.Tool.Driver.Name != "paydial" {
		t.Errorf("header: %+v", doc)
	}
	if len(run.Tool.Driver.Rules) != 6 || len(run.Results) != 7 {
		t.Errorf("%d rules and %d results, want 6 and 7", len(run.Tool.Driver.Rules), len(run.Results))
	}
	for i, r := range run.Results {
		at := r.Locations[0].Physical
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Level != fs[i].Severity || at.Artifact.URI != "a%20b/flows/broken.yaml" ||
			at.Region != (sarifRegion{fs[i].Line, fs[i].Col, fs[i].EndCol}) {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	if rule := run.Tool.Driver.Rules[0]; rule.Default.Level != SeverityWarning || !strings.Contains(rule.Help.Markdown, "# F021") {
		t.Errorf("rule: %+v", rule)
	}
}
