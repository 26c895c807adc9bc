package flows

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzLoad reads anything as a flow and as a project file: no panic, no long wait, and every finding lies in the
// file it names.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/broken/*.yaml", "testdata/projects/acme/*.yaml", "testdata/projects/acme/flows/*.yaml", "testdata/report/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	project, err := os.ReadFile("testdata/broken/project/paydial.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, b := range []Bundle{
			{Files: []File{{ProjectFile, project}, {"flows/test.yaml", text}}},
			{Files: []File{{ProjectFile, text}, {"flows/test.yaml", text}}},
		} {
			begin := time.Now()
			p, found := Load(b)
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("%d bytes took %s", len(text), took)
			}
			for _, one := range found {
				checkFinding(t, p, one)
			}
			if err := found.WriteText(io.Discard, true); err != nil {
				t.Error(err)
			}
		}
	})
}

// checkFinding makes sure that a finding can be shown.
func checkFinding(t *testing.T, p *Project, f Finding) {
	t.Helper()
	src := p.sources[f.File]
	if f.Code == "F005" {
		return
	}
	if src == nil || f.Line < 1 || f.Line > len(src.lines) || f.Col < 1 || f.EndCol <= f.Col {
		t.Errorf("finding lies nowhere: %s %s to %d: %s", f.Code, f.Span, f.EndCol, f.Message)
		return
	}
	if width := len(src.line(f.Line)); f.EndCol > width+2 {
		t.Errorf("%s %s ends at %d in a line of %d: %s", f.Code, f.Span, f.EndCol, width, f.Message)
	}
	if f.Message == "" {
		t.Errorf("%s %s has no message", f.Code, f.Span)
	}
}
