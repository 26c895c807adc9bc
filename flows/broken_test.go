package flows

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const brokenDir = "testdata/broken"

// brokenCase is one file of testdata/broken; its README says how they are written.
type brokenCase struct {
	name string
	path string // where it is put into the project
	text []byte
	want []string
}

func brokenCases(t *testing.T) []brokenCase {
	t.Helper()
	files, err := filepath.Glob(brokenDir + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []brokenCase
	for _, file := range files {
		c := brokenCase{name: strings.TrimSuffix(filepath.Base(file), ".yaml")}
		if c.text, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		c.path = "flows/" + c.name + ".yaml"
		if strings.HasPrefix(c.name, "project-") {
			c.path = ProjectFile
		}
		line, _, _ := strings.Cut(string(c.text), "\n")
		wanted, found := strings.CutPrefix(line, "# want: ")
		if !found {
			side, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".want")
			if err != nil {
				t.Fatalf("%s has neither a first line \"# want: ...\" nor a .want file", file)
			}
			wanted = strings.ReplaceAll(strings.TrimSpace(string(side)), "\n", ",")
		}
		for want := range strings.SplitSeq(wanted, ",") {
			if want = strings.TrimSpace(want); strings.Count(want, " ") == 2 {
				want = c.path + " " + want
			}
			c.want = append(c.want, want)
		}
		slices.Sort(c.want)
		out = append(out, c)
	}
	return out
}

// withCase is the clean project with a case put into it.
func withCase(t *testing.T, c brokenCase) Bundle {
	t.Helper()
	b, err := ReadBundle(os.DirFS(brokenDir + "/project"))
	if err != nil {
		t.Fatal(err)
	}
	b.Files = slices.DeleteFunc(b.Files, func(f File) bool { return f.Path == c.path })
	b.Files = append(b.Files, File{Path: c.path, Source: c.text})
	return b
}

func TestBroken(t *testing.T) {
	t.Parallel()
	for _, c := range brokenCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, found := Load(withCase(t, c))
			var got []string
			for _, f := range found {
				got = append(got, fmt.Sprintf("%s %s %d %d", f.File, f.Code, f.Line, f.Col))
				if f.EndCol <= f.Col || f.Message == "" {
					t.Errorf("finding without a width or a message: %+v", f)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				var text strings.Builder
				_ = found.WriteText(&text, false)
				t.Errorf("findings (-want +got):\n%s\n%s", diff, text.String())
			}
		})
	}
}

// TestBrokenProjectIsClean makes sure that a case finds what is in the case.
func TestBrokenProjectIsClean(t *testing.T) {
	t.Parallel()
	b, err := ReadBundle(os.DirFS(brokenDir + "/project"))
	if err != nil {
		t.Fatal(err)
	}
	if _, found := Load(b); len(found) > 0 {
		t.Errorf("the clean project has findings: %v", found)
	}
}

// testedInGo are the codes that no single file can show; TestLoadLimits, TestLoadWithoutProject and TestKept do, and
// those of rule books are found by campaigns/rules.
var testedInGo = []string{"F004", "F005", "P030", "C120", "C121", "C122", "C123"}

func TestEveryCodeHasACase(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, code := range testedInGo {
		seen[code] = true
	}
	for _, c := range brokenCases(t) {
		for _, want := range c.want {
			seen[strings.Fields(want)[1]] = true
		}
	}
	maps.Copy(seen, campaignCodes(t))
	for _, c := range Codes() {
		if !seen[c.Code] {
			t.Errorf("no case in %s wants %s (%s)", brokenDir, c.Code, c.Title)
		}
		delete(seen, c.Code)
	}
	if len(seen) > 0 {
		t.Errorf("codes without a file in catalogue: %v", slices.Sorted(maps.Keys(seen)))
	}
}

// TestEmittedCodesAreInTheCatalogue reads the source for codes, so that none is published without an explanation.
func TestEmittedCodesAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeInSource.FindAllStringSubmatch(string(text), -1) {
			if _, ok := Explain(code[1]); !ok {
				t.Errorf("%s uses %s, which has no file in catalogue", file, code[1])
			}
		}
	}
}

var codeInSource = regexp.MustCompile(`"([FLPCT][0-9]{3})"`)
