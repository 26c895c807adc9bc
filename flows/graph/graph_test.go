package graph

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
)

var update = flag.Bool("update", false, "write the golden files anew")

// load reads a flow of an example project. A finding is no reason to stop: a flow with errors is drawn too.
func load(t *testing.T, project fs.FS, name string) *flows.Flow {
	t.Helper()
	bundle, err := flows.ReadBundle(project)
	if err != nil {
		t.Fatal(err)
	}
	p, findings := flows.Load(bundle)
	if p.Flows[name] == nil {
		t.Fatalf("there is no flow %s: %v", name, findings)
	}
	return p.Flows[name]
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		project fs.FS
		flow    string
	}{
		{examples.BillPayment(), "pay-my-bill"},
		{examples.Donation(), "donate"},
	} {
		g := Of(load(t, tc.project, tc.flow))
		for ending, got := range map[string]string{".svg": g.SVG(SVGOptions{}), ".mmd": g.Mermaid(), ".txt": g.Text()} {
			golden := filepath.Join("testdata", tc.flow+ending)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (run with -update if that is meant):\n%s", golden, diff)
			}
		}
	}
}

func TestSameFlowSameBytes(t *testing.T) {
	t.Parallel()
	want := Of(load(t, examples.BillPayment(), "pay-my-bill"))
	for range 20 {
		got := Of(load(t, examples.BillPayment(), "pay-my-bill"))
		if got.SVG(SVGOptions{}) != want.SVG(SVGOptions{}) || got.Mermaid() != want.Mermaid() || got.Text() != want.Text() {
			t.Fatal("the same flow was drawn in two ways")
		}
	}
}

// to makes the targets of these tests short to write.
func to(scene string) *flows.Target { return &flows.Target{Kind: flows.TargetScene, Scene: scene} }

func TestExits(t *testing.T) {
	t.Parallel()
	inPlace := func(steps ...*flows.Step) *flows.Target {
		return &flows.Target{Kind: flows.TargetSteps, Steps: steps}
	}
	step := func(v flows.Verb, then ...flows.Branch) *flows.Step { return &flows.Step{Verb: v, Then: then} }
	gone := step(&flows.Go{Target: to("b")})
	for _, tc := range []struct {
		name  string
		steps []*flows.Step
		want  []Exit
	}{
		{"nothing", nil, []Exit{{}}},
		{"talk only", []*flows.Step{step(&flows.Say{})}, []Exit{{}}},
		{"go", []*flows.Step{gone}, []Exit{{To: "b"}}},
		{"go under a condition", []*flows.Step{{Verb: &flows.Go{Target: to("b")}, When: &flows.Expr{Raw: "x"}}}, []Exit{{To: "b"}, {}}},
		{"what follows a go is never reached", []*flows.Step{gone, step(&flows.HangUp{})}, []Exit{{To: "b"}}},
		{"hang up", []*flows.Step{step(&flows.HangUp{})}, []Exit{{}}},
		{"if without else", []*flows.Step{step(&flows.If{Cond: &flows.Expr{Raw: "a >\n 1"}, Then: to("b")}), step(&flows.HangUp{})},
			[]Exit{{Labels: []string{"if a > 1"}, Abouts: []string{""}, To: "b"}, {}}},
		{"if with else", []*flows.Step{step(&flows.If{Cond: &flows.Expr{Raw: "a"}, Then: to("b"), Else: to("c")})},
			[]Exit{{Labels: []string{"if a"}, Abouts: []string{""}, To: "b"}, {Labels: []string{"otherwise"}, Abouts: []string{""}, To: "c"}}},
		{"endings with one target are merged", []*flows.Step{step(&flows.Transfer{}, flows.Branch{Ending: "no_answer", Target: to("b")}, flows.Branch{Ending: "busy", Target: to("b")})},
			[]Exit{{Labels: []string{"no answer", "busy"}, Abouts: []string{"", ""}, To: "b"}, {}}},
		{"all endings written", []*flows.Step{step(&flows.Confirm{}, flows.Branch{Ending: "yes", Target: to("b")}, flows.Branch{Ending: "no", Target: to("c")})},
			[]Exit{{Labels: []string{"yes"}, Abouts: []string{""}, To: "b"}, {Labels: []string{"no"}, Abouts: []string{""}, To: "c"}}},
		{"steps in place", []*flows.Step{step(&flows.HoursCheck{}, flows.Branch{Ending: "open", Target: inPlace(gone)}, flows.Branch{Ending: "closed", Target: inPlace(step(&flows.Say{}))})},
			[]Exit{{Labels: []string{"open"}, Abouts: []string{""}, To: "b"}, {}}},
		{"choose", []*flows.Step{step(&flows.Choose{}, flows.Branch{Ending: "human", Target: to("b")}, flows.Branch{Ending: "fax", Target: to("c")})},
			[]Exit{{Labels: []string{"human"}, Abouts: []string{""}, To: "b"}, {Labels: []string{"fax"}, Abouts: []string{""}, To: "c"}}},
		{"menu", []*flows.Step{step(&flows.Menu{Options: []*flows.Option{
			{Key: "1", Target: &flows.Target{Scene: "b", AtMost: 2}, To: &flows.Text{ByLanguage: map[string]*flows.Template{"en-US": {Raw: "pay  now"}}}},
			{Key: "2", Target: &flows.Target{Kind: flows.TargetRepeat}},
		}})}, []Exit{{Labels: []string{"1"}, Abouts: []string{"pay now"}, To: "b", AtMost: 2}, {Labels: []string{"2"}, Abouts: []string{""}, To: "a"}}},
		{"a default ending is not drawn in the scene", []*flows.Step{step(&flows.Lookup{}, flows.Branch{Ending: "found", Target: to("b")}, flows.Branch{Ending: "not_found", Target: to("c")})},
			[]Exit{{Labels: []string{"found"}, Abouts: []string{""}, To: "b"}, {Labels: []string{"not found"}, Abouts: []string{""}, To: "c"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := &flows.Flow{Name: "f", Speaks: []string{"en-US"}, Scenes: []*flows.Scene{{Name: "a", Steps: tc.steps}, {Name: "b"}, {Name: "c"}}}
			f.Defaults.Endings = map[string]*flows.Target{"failed": to("c")}
			if diff := cmp.Diff(tc.want, Of(f).Scenes[0].Exits); diff != "" {
				t.Errorf("exits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnytimeAndMissingScenes(t *testing.T) {
	t.Parallel()
	f := &flows.Flow{Name: "f", Scenes: []*flows.Scene{{Name: "a"}}, IfError: to("trouble")}
	f.Anywhere = []flows.AnywhereKey{{Key: "0", Target: to("agent")}, {Key: "*", Target: &flows.Target{Kind: flows.TargetRepeat}}}
	f.Defaults.Endings = map[string]*flows.Target{"gave_up": to("agent"), "failed": to("trouble")}
	g := Of(f)
	want := []Exit{
		{Labels: []string{"0", "gave up"}, Abouts: []string{"", ""}, To: "agent"},
		{Labels: []string{"failed", "error"}, Abouts: []string{"", ""}, To: "trouble"},
	}
	if diff := cmp.Diff(want, g.Anytime); diff != "" {
		t.Errorf("at any time (-want +got):\n%s", diff)
	}
	if len(g.Scenes) != 3 || g.Scenes[1].Kind != KindMissing || g.Scenes[2].Name != "agent" && g.Scenes[1].Name != "agent" {
		t.Errorf("the scenes that are not written are not there: %+v", g.Scenes)
	}
}
