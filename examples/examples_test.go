package examples_test

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
)

// lintClean loads a project and wants no finding at all, not even a warning: people copy examples.
func lintClean(t *testing.T, name string, project fs.FS) *flows.Project {
	t.Helper()
	bundle, err := flows.ReadBundle(project)
	if err != nil {
		t.Fatal(err)
	}
	p, findings := flows.Load(bundle)
	for _, f := range findings {
		t.Errorf("%s: %s: %s[%s]: %s (%s)", name, f.Span, f.Severity, f.Code, f.Message, f.Label)
	}
	return p
}

func TestEveryExampleIsLintClean(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "new" {
			continue
		}
		found++
		p := lintClean(t, e.Name(), os.DirFS(e.Name()))
		if len(p.Flows) == 0 || len(p.Numbers) == 0 {
			t.Errorf("%s: %d flows on %d numbers, want at least one of each", e.Name(), len(p.Flows), len(p.Numbers))
		}
		if _, err := os.Stat(path.Join(e.Name(), "README.md")); err != nil {
			t.Errorf("%s has no README.md", e.Name())
		}
	}
	if found < 2 {
		t.Errorf("found %d examples, want at least 2", found)
	}
}

func TestEmbeddedProjectsAreTheOnesOnDisk(t *testing.T) {
	t.Parallel()
	for name, embedded := range map[string]fs.FS{"bill-payment": examples.BillPayment(), "donation": examples.Donation(), "renewals": examples.Renewals()} {
		onDisk, err := flows.ReadBundle(os.DirFS(name))
		if err != nil {
			t.Fatal(err)
		}
		inBinary, err := flows.ReadBundle(embedded)
		if err != nil {
			t.Fatal(err)
		}
		if onDisk.Hash() != inBinary.Hash() {
			t.Errorf("%s differs between the binary and the disk", name)
		}
	}
}

// TestDemoLine holds what other checks and the documentation rely on.
func TestDemoLine(t *testing.T) {
	t.Parallel()
	p := lintClean(t, "bill-payment", examples.BillPayment())
	if p.Line != "Acme Energy" || len(p.Numbers) != 1 || p.Numbers[0].Number != "+15550100000" || p.Numbers[0].Flow != "pay-my-bill" {
		t.Errorf("the demo line is %q on %+v", p.Line, p.Numbers)
	}
	if got := p.Services["billing"].URL; got != "http://127.0.0.1:8090/demo/billing" {
		t.Errorf("billing is at %s", got)
	}
	if p.Payments.Connector != "sandbox" || p.Payments.Currency != "usd" {
		t.Errorf("payments go to %s in %s", p.Payments.Connector, p.Payments.Currency)
	}
	for day, open := range p.Hours["office"].Weekly {
		if !slices.Equal(open, []flows.OpenSpan{{From: 0, To: 24 * 60}}) {
			t.Errorf("on day %d the desk is open %v, want always", day, open)
		}
	}
}

func TestNewProjectsAreLintClean(t *testing.T) {
	t.Parallel()
	for _, made := range []examples.Project{
		{Name: "pay-by-phone"},
		{Name: "pagos", Language: "es-US", Line: "Pagos del Río", Timezone: "America/Chicago"},
		{Name: "x2", Line: "Smith & Sons, Inc."},
		{Name: "yes", Line: "No"},
	} {
		files, err := examples.New(made)
		if err != nil {
			t.Fatal(err)
		}
		dir := fstest.MapFS{}
		for _, f := range files {
			dir[f.Path] = &fstest.MapFile{Data: f.Data}
		}
		p := lintClean(t, made.Name, dir)
		if made.Line != "" && p.Line != made.Line {
			t.Errorf("%s: the line is called %q, want %q", made.Name, p.Line, made.Line)
		}
		if p.Flows[made.Name] == nil || !strings.Contains(p.Flows[made.Name].About, ".") {
			t.Errorf("%s: there is no flow of that name", made.Name)
		}
	}
}
