package flows

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const campaignDir = "testdata/campaigns"

// campaignProject is the project that the campaign files of testdata/campaigns belong to.
func campaignProject(t testing.TB) *Project {
	t.Helper()
	b, err := ReadBundle(os.DirFS(campaignDir + "/project"))
	if err != nil {
		t.Fatal(err)
	}
	p, found := Load(b)
	if len(found) > 0 {
		t.Fatalf("the project has findings: %v", found)
	}
	return p
}

func TestReadCampaign(t *testing.T) {
	t.Parallel()
	p := campaignProject(t)
	text, err := os.ReadFile(campaignDir + "/project/campaigns/spring-renewals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, found := ReadCampaign(p, File{Path: "campaigns/spring-renewals.yaml", Source: text})
	if len(found) > 0 {
		var out strings.Builder
		_ = found.WriteText(&out, false)
		t.Fatal(out.String())
	}
	if c.Flow != p.Flows["renew-plan"] {
		t.Error("the flow is not that of the project")
	}
	weekly := [7][]OpenSpan{}
	for d := 1; d <= 5; d++ {
		weekly[d] = []OpenSpan{{From: 9 * 60, To: 19*60 + 30}}
	}
	weekly[6] = []OpenSpan{{From: 10 * 60, To: 16 * 60}}
	want := &Campaign{
		Name: "spring-renewals", About: "Members whose plan ends in May.",
		CallFrom: []string{"+15550100000", "+15550100010"}, Kind: "renewal", Country: "US", Contacts: "lists/spring.csv",
		From: time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 4, 24, 0, 0, 0, 0, time.UTC),
		Hours: CallingHours{OpeningHours: OpeningHours{Name: "calling_hours", Weekly: weekly, Closed: []string{"2026-04-10"}}, Unknown: "strictest"},
		Pace:  Pace{AtOnce: 10, PerMinute: 30, WarmUp: 10 * time.Minute}, RingFor: 25 * time.Second,
		Machine: MachineRules{Detect: "wait_for_beep", Then: "leave_message", Unsure: "human"},
		TryAgain: []Retry{
			{Outcome: "no_answer", After: 4 * time.Hour, UpTo: 3}, {Outcome: "busy", After: 20 * time.Minute, UpTo: 2},
			{Outcome: "machine", After: 24 * time.Hour, UpTo: 1}, {Outcome: "call_back", After: 48 * time.Hour, UpTo: 2},
		},
		Limits:    CallLimits{PerDay: 1, PerWeek: 3},
		NeverCall: []ListName{{Name: "company"}, {File: "lists/state-dnc.csv"}}, NeedsConsent: true,
		Stops: []SafetyStop{{What: "opted_out", Percent: 5}, {What: "errors", Percent: 10, Last: 50}, {What: "abandoned", Percent: 3}},
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool {
		switch p.Last().String() {
		case ".At", ".Flow", ".Text", ".Hash", ".Places", ".ignored", ".Columns":
			return true
		}
		return false
	}, cmp.Ignore())
	if diff := cmp.Diff(want, c, ignore); diff != "" {
		t.Errorf("campaign (-want +got):\n%s", diff)
	}
	if len(c.Columns) != 10 || c.Header("first_name") != "First" || c.Header("debt_id") != "debt_id" {
		t.Errorf("columns: %+v", c.Columns)
	}
	if at := c.TryAgain[1].At; at.Line != 38 || at.Col != 3 || c.Places["pace"].Line != 29 || len(c.Hash) != 64 || c.Text != string(text) {
		t.Errorf("places: busy at %s, pace at %s, hash %s", at, c.Places["pace"], c.Hash)
	}
}

// campaignCases are the broken campaign files: name.yaml, and name.txt with what lint says about it.
func campaignCases(t testing.TB) []File {
	t.Helper()
	names, err := filepath.Glob(campaignDir + "/*.yaml")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d cases, %v", len(names), err)
	}
	var out []File
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, File{Path: "campaigns/" + filepath.Base(name), Source: text})
	}
	return out
}

// TestBrokenCampaigns compares what lint says, word for word: the words are what people have to mend their file with.
func TestBrokenCampaigns(t *testing.T) {
	t.Parallel()
	p := campaignProject(t)
	for _, file := range campaignCases(t) {
		name := strings.TrimSuffix(filepath.Base(file.Path), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, found := ReadCampaign(p, file)
			if c == nil {
				t.Fatal("there is no campaign")
			}
			for _, f := range found {
				if f.EndCol <= f.Col || f.Message == "" || f.Label == "" {
					t.Errorf("finding without a width, a message or a way to mend it: %+v", f)
				}
			}
			var got strings.Builder
			if err := found.WriteText(&got, false); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join(campaignDir, name+".txt")
			if os.Getenv("WRITE_GOLDEN") == "1" {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

// campaignCodes are the codes that the broken campaigns show, as TestEveryCodeHasACase wants.
func campaignCodes(t *testing.T) map[string]bool {
	t.Helper()
	p, seen := campaignProject(t), map[string]bool{}
	for _, file := range campaignCases(t) {
		_, found := ReadCampaign(p, file)
		for _, f := range found {
			seen[f.Code] = true
		}
	}
	return seen
}

func TestReadCampaignLeavesTheProjectAlone(t *testing.T) {
	t.Parallel()
	p := campaignProject(t)
	before := len(p.sources)
	for _, file := range campaignCases(t) {
		go ReadCampaign(p, file) // the race detector looks on
		ReadCampaign(p, file)
	}
	if len(p.sources) != before {
		t.Errorf("%d files in the project, want %d", len(p.sources), before)
	}
}

func TestCampaignFiles(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"campaigns/b.yml": {Data: []byte("b")}, "campaigns/a.yaml": {Data: []byte("a")}, "campaigns/.c.yaml": {}, "campaigns/d.csv": {},
		"campaigns/e.yaml/f.yaml": {},
	}
	files, err := CampaignFiles(fsys)
	if err != nil || len(files) != 2 || files[0].Path != "campaigns/a.yaml" || string(files[1].Source) != "b" {
		t.Errorf("CampaignFiles = %v, %v", files, err)
	}
	if files, err := CampaignFiles(fstest.MapFS{}); err != nil || len(files) != 0 {
		t.Errorf("without campaigns: %v, %v", files, err)
	}
}

// FuzzReadCampaign reads anything as a campaign file: no panic, no long wait, and every finding lies in the file.
func FuzzReadCampaign(f *testing.F) {
	p := campaignProject(f)
	for _, file := range campaignCases(f) {
		f.Add(file.Source)
	}
	good, err := os.ReadFile(campaignDir + "/project/campaigns/spring-renewals.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, text []byte) {
		file := File{Path: "campaigns/spring-renewals.yaml", Source: text}
		begin := time.Now()
		c, found := ReadCampaign(p, file)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%d bytes took %s", len(text), took)
		}
		read := &Project{sources: map[string]*source{file.Path: newSource(file.Path, text)}}
		if len(text) > maxFileSize {
			read.sources[file.Path] = newSource(file.Path, nil)
		}
		for _, one := range found {
			checkFinding(t, read, one)
		}
		if err := found.WriteText(io.Discard, true); err != nil {
			t.Error(err)
		}
		if found.Errors() {
			return
		}
		switch {
		case c.Flow == nil, c.Name == "", len(c.CallFrom) == 0, c.Contacts == "", c.RingFor <= 0, c.Pace.AtOnce < 1, c.Pace.PerMinute < 1:
			t.Errorf("a campaign without errors lacks something: %+v", c)
		}
		for _, r := range c.TryAgain {
			if r.After <= 0 || r.UpTo < 1 {
				t.Errorf("a retry without an end: %+v", r)
			}
		}
	})
}
