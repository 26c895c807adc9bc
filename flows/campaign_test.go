package flows

import (
	"os"
	"strings"
	"testing"
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
