//go:build !nosimulator

package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
)

// ringing is everything on this machine, with the renewals project on disk.
type ringing struct {
	*local.Local
	dir string
}

func startRinging(t *testing.T) ringing {
	t.Helper()
	r := ringing{dir: renewalsProject(t)}
	bundle, err := flows.ReadBundle(os.DirFS(r.dir))
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]string{}
	besideSimulator(bundle, services)
	if r.Local, _, err = local.Start(t.Context(), local.Options{Bundle: bundle, Services: services}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// campaign runs `paydial campaign` against it.
func (r ringing) campaign(t *testing.T, args ...string) result {
	t.Helper()
	return paydial(t, nil, append(append([]string{"campaign"}, args...), "--app", r.AppURL)...)
}

// typed is the same, with somebody who types.
func (r ringing) typed(t *testing.T, in string, args ...string) result {
	t.Helper()
	return paydialWith(t, strings.NewReader(in), nil, append(append([]string{"campaign"}, args...), "--app", r.AppURL)...)
}

func (r ringing) file() string { return filepath.Join(r.dir, renewalsFile) }

// draft sends the campaign as a draft.
func (r ringing) draft(t *testing.T) {
	t.Helper()
	r.campaign(t, "create", r.file()).want(t, 0, "spring-renewals  40 rows: 30 will be called, 10 will not", "It is a draft", "campaign start spring-renewals --app "+r.AppURL)
}

// TestCampaignFromTheTerminal creates, starts, pauses, slows down, resumes and stops.
func TestCampaignFromTheTerminal(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.campaign(t, "list").want(t, 0, "no campaigns", "campaign check")
	r.campaign(t, "start", r.file(), "--dry-run").want(t, 0, "will be called", "30", "state-dnc")
	r.campaign(t, "list").want(t, 0, "no campaigns")
	r.draft(t)
	r.campaign(t, "create", r.file()).want(t, exitConflict, "A campaign of this name is there already", "campaign start NAME")
	r.campaign(t, "start", "spring-renewals").want(t, exitUsage, "Ring 3", "of 40 people (now)?", "say --yes")
	r.typed(t, "n\n", "start", "spring-renewals").want(t, exitFailed, "spring-renewals is a draft; nobody is rung")
	r.campaign(t, "list").want(t, 0, "spring-renewals  draft")
	r.typed(t, "y\n", "start", "spring-renewals").want(t, 0, "running, up to 30 calls a minute and 10 at once", "status spring-renewals --watch --app "+r.AppURL, "Or open:  "+r.AppURL+"/campaigns/spring-renewals")
	r.campaign(t, "start", "spring-renewals", "--yes").want(t, 0, "running")
	r.campaign(t, "slow", "spring-renewals").want(t, 0, "15 calls a minute")
	r.campaign(t, "slow", "spring-renewals", "--per-minute", "10").want(t, 0, "10 calls a minute")
	r.campaign(t, "slow", "spring-renewals", "--per-minute", "31").want(t, exitConflict, "its file allows 30", "campaign status spring-renewals")
	r.campaign(t, "slow", "spring-renewals", "--per-minute", "0").want(t, exitUsage, "at least 1", "campaign pause")
	r.campaign(t, "pause", "spring-renewals", "--note", "lunch").want(t, 0, "paused", "campaign resume spring-renewals")
	r.campaign(t, "status", "spring-renewals").want(t, 0, "■ paused", "by api: lunch", "of 40 people done", "Not called", "number cannot be called", "Safety", "stops at")
	r.campaign(t, "resume", "spring-renewals").want(t, 0, "running, 10 calls a minute")
	r.campaign(t, "stop", "spring-renewals").want(t, exitUsage, "--confirm spring-renewals", "campaign pause")
	r.campaign(t, "stop", "spring-renewals", "--confirm", "x").want(t, exitUsage, "cannot be undone")
	r.campaign(t, "stop").want(t, exitUsage, "--all")
	r.campaign(t, "stop", "spring-renewals", "--all").want(t, exitUsage, "--all")
	r.campaign(t, "stop", "--all", "--note", "fire").want(t, 0, "paused: spring-renewals", "live calls go on to their end")
	r.campaign(t, "stop", "--all", "--json").want(t, 0, `"paused": []`)
	r.campaign(t, "stop", "spring-renewals", "--confirm", "spring-renewals").want(t, 0, "stopped; live calls go on to their end")
	r.campaign(t, "resume", "spring-renewals").want(t, exitConflict, "That is not possible now")
	r.campaign(t, "changes", "spring-renewals").want(t, 0, "created", "40 people", "slowed", "paused", "lunch", "stopped")
	r.campaign(t, "list", "--json").want(t, 0, `"state": "ended"`, `"counts"`)
}

// TestStartAFile sends the file and its lists, and says what is wrong with them.
func TestStartAFile(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.campaign(t, "start", r.file()).want(t, exitUsage, "say --yes")
	r.campaign(t, "list").want(t, 0, "no campaigns")
	r.campaign(t, "start", "spring-renewals", "--yes").want(t, exitNotFound, "No such campaign", "campaign start FILE")
	r.campaign(t, "start", "spring-renewals", "--dry-run").want(t, exitUsage, "the campaign's file")
	r.campaign(t, "start", filepath.Join(r.dir, "campaigns/none.yaml")).want(t, exitNotFound, "there is no campaign")
	for _, at := range []string{"soon", "25:00", "2020-01-01 09:00"} {
		r.campaign(t, "start", r.file(), "--yes", "--at", at).want(t, exitUsage, "--at")
	}
	r.campaign(t, "start", r.file(), "--yes", "--at", time.Now().AddDate(0, 0, 2).Format("2006-01-02")+" 09:00").want(t, 0, "30 will be called", "starts at ", " 09:00")
	r.campaign(t, "status", "spring-renewals").want(t, 0, "○ starts ")

	list := filepath.Join(r.dir, "lists/spring.csv")
	raw, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	again := newRenewals(t, r.dir, "again")
	write(t, list, strings.Replace(string(raw), "Mobile", "Phone2", 1))
	r.campaign(t, "start", again, "--yes").want(t, exitFindings, "Mobile")
	write(t, list, string(raw)+"M-1,\xff\xfe\n")
	r.campaign(t, "start", again, "--yes").want(t, exitFindings, "The list cannot be read", "UTF-8")
	if err := os.Remove(list); err != nil {
		t.Fatal(err)
	}
	r.campaign(t, "start", again, "--yes").want(t, exitNotFound, "spring.csv")
	write(t, list, string(raw))
	edit(t, r.dir, "flows/renew-plan.yaml", "flow: renew-plan", "flow: renew-plan2") // the app has the flow under its old name
	edit(t, r.dir, "campaigns/again.yaml", "flow: renew-plan", "flow: renew-plan2")
	if err := os.Rename(filepath.Join(r.dir, "flows/renew-plan.yaml"), filepath.Join(r.dir, "flows/renew-plan2.yaml")); err != nil {
		t.Fatal(err)
	}
	r.campaign(t, "start", again, "--yes").want(t, exitFindings, "renew-plan2", "its project may be another")
	r.campaign(t, "list").want(t, 0, "spring-renewals")
}

// newRenewals is a copy of the campaign under another name.
func newRenewals(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, renewalsFile))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "campaigns", name+".yaml")
	write(t, path, strings.Replace(string(raw), "campaign: spring-renewals", "campaign: "+name, 1))
	return path
}

// TestPeopleFromTheTerminal looks for people, asks why, and leaves some out.
func TestPeopleFromTheTerminal(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.draft(t)
	r.campaign(t, "people", "spring-renewals").want(t, 0, "row", "M-10041", "pending", "price is empty")
	r.campaign(t, "people", "spring-renewals", "--limit", "2").want(t, 0, "there are more: --limit 0")
	r.campaign(t, "people", "spring-renewals", "--reason", "missing:price", "--json").want(t, 0, `"reason": "missing:price"`)
	r.campaign(t, "people", "spring-renewals", "--where", "outcome=renewed", "--where", "state=done").want(t, 0, "nobody")
	r.campaign(t, "people", "spring-renewals", "--where", "plan=x").want(t, exitUsage, "write state=, outcome=")
	r.campaign(t, "people", "spring-renewals", "--state", "dead").want(t, exitUsage, "there are pending, waiting")
	r.campaign(t, "people", "spring-renewals", "--outcome", "renewed").want(t, 0, "nobody")
	r.campaign(t, "people", "spring-renewals", "--csv", "--json").want(t, exitUsage, "one of them")
	r.campaign(t, "people", "none").want(t, exitNotFound, "No such campaign")
	all := r.campaign(t, "people", "spring-renewals", "--csv")
	all.want(t, 0)
	rows, err := csv.NewReader(strings.NewReader(all.out)).ReadAll()
	if err != nil || len(rows) != 41 || rows[0][0] != "row" || !strings.HasPrefix(rows[1][2], "'+1") {
		t.Errorf("%d rows, %v, %v", len(rows), rows[:min(2, len(rows))], err)
	}
	r.campaign(t, "why", "spring-renewals", "M-10042").want(t, 0, "Luis (M-10042)   not now", "✓ consent", "✓ not on company, state-dnc", "next      ")
	r.campaign(t, "why", "spring-renewals", "M-10042", "--json").want(t, 0, `"decision"`, `"checks"`)
	r.campaign(t, "why", "spring-renewals", "row 14").want(t, 0, "✓ consent")
	r.campaign(t, "why", "spring-renewals", "M-1").want(t, exitNotFound, "Nobody of that id", "campaign people spring-renewals")
	r.campaign(t, "skip", "spring-renewals", "M-10042", "--note", "moved").want(t, 0, "not called in this campaign any more", "dnc add")
	r.campaign(t, "why", "spring-renewals", "M-10042").want(t, 0, "Luis (M-10042)   not called", "skipped by api: moved")
	r.campaign(t, "paid", "spring-renewals", "M-10043").want(t, 0, "has paid")
	r.campaign(t, "forget", "spring-renewals", "M-10044").want(t, exitUsage, "It cannot be undone", "--yes")
	r.typed(t, "n\n", "forget", "spring-renewals", "M-10044").want(t, exitFailed, "nothing was deleted")
	r.campaign(t, "forget", "spring-renewals", "M-10044", "--yes").want(t, 0, "forgotten")
	r.campaign(t, "why", "spring-renewals", "M-10044").want(t, exitNotFound)
	fits(t, "why", r.campaign(t, "why", "spring-renewals", "M-10045").out)
	fits(t, "status", r.campaign(t, "status", "spring-renewals").out)
}

// TestExportFromTheTerminal writes to the screen and to a file.
func TestExportFromTheTerminal(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.draft(t)
	screen := r.campaign(t, "export", "spring-renewals", "--what", "people")
	screen.want(t, 0, "row,id,phone")
	to := filepath.Join(t.TempDir(), "people.csv")
	r.campaign(t, "export", "spring-renewals", "--what", "people", "-o", to).want(t, 0, to, "of people")
	raw, err := os.ReadFile(to)
	if err != nil || string(raw) != screen.out {
		t.Errorf("the file has %d bytes, the screen %d, %v", len(raw), len(screen.out), err)
	}
	if out := r.campaign(t, "export", "spring-renewals", "--what", "audit", "--json").out; !json.Valid([]byte(out)) {
		t.Errorf("no JSON: %s", out)
	}
	r.campaign(t, "export", "spring-renewals", "--what", "all").want(t, exitUsage, "outcomes, attempts, people, audit")
	r.campaign(t, "export", "none").want(t, exitNotFound, "No such campaign")
	r.campaign(t, "export", "spring-renewals", "--csv", "--json").want(t, exitUsage, "one of them")
}

// TestWatchFromTheTerminal follows a campaign to its end, a line for each change.
func TestWatchFromTheTerminal(t *testing.T) {
	t.Parallel()
	r := startRinging(t)
	r.draft(t)
	ended, out := make(chan int, 1), &screen{}
	go func() {
		ended <- run(t.Context(), []string{"campaign", "status", "spring-renewals", "--watch", "--app", r.AppURL}, streams{out: out, err: out, env: env{}.lookup})
	}()
	out.until(t, 0, `"state":"draft"`)
	r.campaign(t, "start", "spring-renewals", "--yes").want(t, 0)
	out.until(t, 0, `"state":"running"`)
	r.campaign(t, "stop", "spring-renewals", "--confirm", "spring-renewals").want(t, 0)
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(patience):
		t.Fatalf("it goes on after the end:\n%s", out.text())
	}
	var last campaigns.Status
	lines := strings.Split(strings.TrimSpace(out.text()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.State != campaigns.StateEnded || last.Counts.Done != 40 {
		t.Errorf("the last line: %v %+v", err, last.Counts)
	}
	r.campaign(t, "status", "spring-renewals", "--watch").want(t, 0, `"state":"ended"`)
	r.campaign(t, "status", "none", "--watch").want(t, exitNotFound, "No such campaign")
	paydial(t, nil, "campaign", "status", "x", "--app", "http://127.0.0.1:1").want(t, exitUnreachable, "the app does not answer")
}

// TestPictureOfACampaign draws one that is half done.
func TestPictureOfACampaign(t *testing.T) {
	t.Parallel()
	c := &campaignServer{deskCommand{s: streams{out: &screen{}, env: env{}.lookup, self: "paydial"}}}
	s := campaigns.Status{
		Campaign: campaigns.Campaign{Name: "spring", Flow: "renew-plan", State: campaigns.StatePaused, Safety: true, Why: "by itself: opted out 6.0 % of 50 people reached, the limit is 5 %", PerMinute: 30, AtOnce: 10},
		Counts:   campaigns.Counts{Total: 2207, Done: 1204, Waiting: 211, Pending: 784, Calling: 8},
		Outcomes: []campaigns.OutcomeCount{{Outcome: "renewed", People: 804}, {Outcome: "left_message", People: 391}},
		Refused:  []campaigns.ReasonPeople{{Reason: "on_dnc:company", People: 9}},
		HeldBack: []campaigns.ReasonPeople{{Reason: "outside_hours", People: 98}, {Reason: "day_cap", People: 64}},
		Figures:  []campaigns.Safety{{What: "opted_out", Now: 6, StopsAt: 5, Of: 50, Least: 20}, {What: "abandoned", Now: 50, StopsAt: 3, Of: 2, Least: 20}},
		Money:    []campaigns.Money{{Currency: "usd", Minor: 2425200}},
		Minutes:  []campaigns.Minute{{}, {Dialed: 15, AtOnce: 5}, {Dialed: 30, AtOnce: 10}},
	}
	got := c.picture(s)
	for _, words := range []string{
		"spring · ■ paused by itself · flow renew-plan", "the limit is 5 %", `campaign resume spring --note`, "1,204 of 2,207 people done (54 %)",
		"8 on the line · 784 not rung yet · 211 to be rung again", "┤ ▄█│ 10 of 10", "┤ ▄█│ 30 in this minute", "98 outside the calling hours · 64 rung often enough today",
		"renewed", "67.3 %", "left message", "on the do-not-call list company", "100.0 %", "opted out", "6.0 %", "5 %  of 50", "3 %  of 2, from 20 on", "24252.00 usd",
	} {
		if !strings.Contains(got, words) {
			t.Errorf("it does not say %q:\n%s", words, got)
		}
	}
	fits(t, "the picture", got)
	if n := redraw(&screen{}, got, 0); n != strings.Count(got, "\n") {
		t.Errorf("%d lines were drawn", n)
	}
	if got := clipColoured("\x1b[32mabcdef\x1b[0m", 3); got != "\x1b[32mabc\x1b[0m" {
		t.Errorf("clipped: %q", got)
	}
}

// TestStartAt reads hours and days.
func TestStartAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 6, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"9:00": "2026-04-07T09:00:00Z", "13:30": "2026-04-06T13:30:00Z", "2026-04-08 09:00": "2026-04-08T09:00:00Z",
		"2026-04-08T09:00": "2026-04-08T09:00:00Z", "2026-04-08T09:00:00+02:00": "2026-04-08T07:00:00Z",
	} {
		if got, err := startAt(text, now); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}
