package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paydial/paydial/flows"
)

// brokenProject is the demo line with one mistake: a menu leads to a scene that is not there.
func brokenProject(t *testing.T) string {
	t.Helper()
	dir := demoProject(t)
	edit(t, dir, demoFlow, "go: pay-all }", "go: pay-al }")
	return dir
}

// warnedProject is the demo line with something that lint only warns about.
func warnedProject(t *testing.T) string {
	t.Helper()
	dir := demoProject(t)
	edit(t, dir, demoFlow, "\n  goodbye:\n", "\n  never-reached:\n    - go: goodbye\n\n  goodbye:\n")
	return dir
}

func TestLint(t *testing.T) {
	t.Parallel()
	sound, broken, warned := demoProject(t), brokenProject(t), warnedProject(t)
	paydial(t, nil, "lint", sound).want(t, 0, "2 files, no findings")
	paydial(t, nil, "lint", "--dir", sound, "--strict").want(t, 0, "no findings")
	paydial(t, env{"PAYDIAL_DIR": sound}, "lint").want(t, 0, "no findings")

	paydial(t, nil, "lint", broken).want(t, exitFindings, "error[", demoFlow+":", "^^^^^^", `did you mean "pay-all"?`, "in 1 file")
	paydial(t, nil, "lint", filepath.Join(broken, demoFlow)).want(t, exitFindings, "error[") // the file will do
	paydial(t, nil, "lint", filepath.Join(broken, "paydial.yaml")).want(t, exitFindings, "error[")

	paydial(t, nil, "lint", warned).want(t, 0, "warning[", "never-reached")
	paydial(t, nil, "lint", warned, "--strict").want(t, exitFindings, "warning[")
}

func TestLintSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	paydial(t, nil, "lint", t.TempDir()).want(t, exitNotFound, "there is no paydial.yaml in ", "paydial new my-line")
	paydial(t, nil, "lint", filepath.Join(t.TempDir(), "nowhere")).want(t, exitNotFound, "there is no paydial.yaml in ")
	paydial(t, nil, "lint", demoProject(t), "--format", "xml").want(t, exitUsage, `--format "xml": there are text, json, sarif and github`)
}

func TestLintForMachines(t *testing.T) {
	t.Parallel()
	dir := brokenProject(t)
	var doc struct {
		Findings []struct {
			Code, File string
			Line, Col  int
		}
		Errors int
	}
	for _, args := range [][]string{{"lint", dir, "--json"}, {"lint", dir, "--format", "json"}} {
		r := paydial(t, nil, args...)
		r.want(t, exitFindings)
		if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Errors != 1 || len(doc.Findings) == 0 || doc.Findings[0].File != demoFlow || doc.Findings[0].Line == 0 {
			t.Errorf("%v: %+v", args, doc)
		}
	}
	var sarif struct {
		Version string
		Runs    []struct{ Results []struct{ RuleID string } }
	}
	r := paydial(t, nil, "lint", dir, "--format", "sarif")
	r.want(t, exitFindings)
	if err := json.Unmarshal([]byte(r.out), &sarif); err != nil {
		t.Fatal(err)
	}
	if sarif.Version != "2.1.0" || len(sarif.Runs) != 1 || len(sarif.Runs[0].Results) == 0 || sarif.Runs[0].Results[0].RuleID != doc.Findings[0].Code {
		t.Errorf("SARIF: %+v", sarif)
	}
	r = paydial(t, nil, "lint", dir, "--format", "github")
	r.want(t, exitFindings, "::error file="+dir+"/"+demoFlow+",line=", "title="+doc.Findings[0].Code)
	paydial(t, nil, "lint", demoProject(t), "--format", "github").want(t, 0)
}

// TestLintNamesFilesFromHere is what makes the places of findings open in an editor.
func TestLintNamesFilesFromHere(t *testing.T) {
	dir := brokenProject(t)
	t.Chdir(filepath.Dir(dir))
	paydial(t, nil, "lint", filepath.Base(dir)).want(t, exitFindings, "--> "+filepath.Base(dir)+"/"+demoFlow+":")
	t.Chdir(dir)
	paydial(t, nil, "lint").want(t, exitFindings, "--> "+demoFlow+":")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	paydial(t, nil, "explain", "P001").want(t, 0, "# P001 error:", "```yaml")
	paydial(t, nil, "explain", "p001").want(t, 0, "# P001 error:")
	paydial(t, nil, "explain", "Z999").want(t, exitNotFound, `no finding has the code "Z999"`, "paydial explain")
	r := paydial(t, nil, "explain")
	r.want(t, 0)
	for _, c := range flows.Codes() {
		if !strings.Contains(r.out, c.Code+"  ") {
			t.Errorf("the list lacks %s", c.Code)
		}
	}
}

func TestNewWritesAProject(t *testing.T) {
	t.Parallel()
	for language, hears := range map[string]string{"": "Thank you for calling Pay by phone.", "es-US": "Gracias por llamar a Pay by phone."} {
		t.Run("language "+language, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			args := []string{"new", "pay-by-phone", "--dir", home}
			if language != "" {
				args = append(args, "--language", language)
			}
			r := paydial(t, nil, args...)
			r.want(t, 0, "paydial.yaml", "flows/pay-by-phone.yaml", ".gitignore", ".env.example", "paydial dev --dir ")
			dir := filepath.Join(home, "pay-by-phone")
			paydial(t, nil, "lint", dir, "--strict").want(t, 0, "no findings")
			paydial(t, nil, "new", "pay-by-phone", "--dir", home).want(t, exitConflict, "is there already: nothing was written")

			d := startDev(t, nil, "--dir", dir)
			got := d.call(t, "--press", "1,4000#,1", "--card", "visa")
			got.want(t, 0, hears, "paid 40.00 usd", "visa ending 4242")
		})
	}
}

func TestNewKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	mine := filepath.Join(home, "my-line", ".gitignore")
	write(t, mine, "mine\n")
	paydial(t, nil, "new", "my-line", "--dir", home).want(t, exitConflict, mine)
	entries, err := os.ReadDir(filepath.Dir(mine))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: more than the old file is there", entries, err)
	}
	write(t, filepath.Join(home, "file"), "a file where a directory should be")
	paydial(t, nil, "new", "x", "--dir", filepath.Join(home, "file")).want(t, exitFailed, "make directory")
}

func TestNewAsks(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	r := paydialWith(t, strings.NewReader("Smith & Sons\nes-US\n"), nil, "new", "my-line", "--dir", home)
	r.want(t, 0, "What do callers hear the line called?", "Which language, en-US or es-US?")
	raw, err := os.ReadFile(filepath.Join(home, "my-line", "paydial.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"line: Smith & Sons\n", "languages: [es-US]"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("paydial.yaml lacks %q:\n%s", want, raw)
		}
	}
	r = paydialWith(t, strings.NewReader(""), nil, "new", "other", "--dir", home, "--yes")
	r.want(t, 0)
	if strings.Contains(r.out, "?") {
		t.Errorf("it asked all the same:\n%s", r.out)
	}
	paydialWith(t, strings.NewReader("\n\n"), nil, "new", "third", "--dir", home).want(t, 0, "flows/third.yaml")
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	paydial(t, nil, "new", "Pay_Now", "--dir", home).want(t, exitUsage, `name "Pay_Now": use small letters`)
	paydial(t, nil, "new", "../out", "--dir", home).want(t, exitUsage, "name")
	paydial(t, nil, "new", "pay", "--language", "fr-CA", "--dir", home).want(t, exitUsage, "en-US and es-US")
	paydial(t, nil, "new", "pay", "--timezone", "../x", "--dir", home).want(t, exitUsage, "time zone")
	paydial(t, nil, "new", "--dir", home).want(t, exitUsage, "paydial new pay-by-phone")
	if entries, _ := os.ReadDir(home); len(entries) != 0 {
		t.Errorf("it wrote %v", entries)
	}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	paydial(t, nil, "graph", "--dir", dir).want(t, 0, "flowchart", "welcome")
	paydial(t, nil, "graph", "pay-my-bill", "--mermaid", "--dir", dir).want(t, 0, "flowchart")
	paydial(t, nil, "graph", demoFlow, "--text", "--dir", dir).want(t, 0, "welcome")
	r := paydial(t, nil, "graph", "--svg", "--dir", dir)
	r.want(t, 0, "<svg")
	if err := xml.Unmarshal([]byte(r.out), new(struct{ XMLName xml.Name })); err != nil {
		t.Errorf("the SVG does not parse: %v", err)
	}
	file := filepath.Join(t.TempDir(), "flow.svg")
	r = paydial(t, nil, "graph", "--svg", "-o", file, "--dir", dir)
	r.want(t, 0, "wrote "+file)
	if raw, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(raw), "<svg") || r.out != "" {
		t.Errorf("the file has %.20q, stdout %.20q, %v", raw, r.out, err)
	}
}

func TestGraphSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	paydial(t, nil, "graph", "nothing", "--dir", dir).want(t, exitNotFound, `there is no flow "nothing": there are pay-my-bill`)
	paydial(t, nil, "graph", "--svg", "--text", "--dir", dir).want(t, exitUsage, "svg", "text")
	paydial(t, nil, "graph", "--dir", brokenProject(t)).want(t, 0, "pay-al", "the project has 1 error", "paydial lint")
	empty := t.TempDir()
	write(t, filepath.Join(empty, "paydial.yaml"), "format: 1\nline: Nothing yet\n")
	paydial(t, nil, "graph", "--dir", empty).want(t, exitNotFound, "there is no flow in "+filepath.Join(empty, "flows"))
	paydial(t, nil, "graph", "x", "--dir", empty).want(t, exitNotFound, "there is no flow in ")
	paydial(t, nil, "graph", "--dir", t.TempDir()).want(t, exitNotFound, "there is no paydial.yaml")
	paydial(t, nil, "graph", "-o", filepath.Join(t.TempDir(), "no", "dir.mmd"), "--dir", dir).want(t, exitFailed, "write graph")
	write(t, filepath.Join(dir, "flows", "second.yaml"),
		"format: 1\nflow: second\nabout: Says goodbye.\nspeaks: [en-US]\nscenes:\n  welcome:\n    - hang_up: Goodbye.\n")
	paydial(t, nil, "graph", "--dir", dir).want(t, exitUsage, "which flow? There are pay-my-bill, second")
}
