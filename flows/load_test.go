package flows

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// loadDir loads a project from testdata.
func loadDir(t *testing.T, dir string) (*Project, Findings) {
	t.Helper()
	b, err := ReadBundle(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return Load(b)
}

// acme is the example project of the language's description.
func acme(t *testing.T) *Project {
	t.Helper()
	p, found := loadDir(t, "testdata/projects/acme")
	if len(found) > 0 {
		var text strings.Builder
		_ = found.WriteText(&text, false)
		t.Fatalf("the example project has findings:\n%s", text.String())
	}
	return p
}

// readTestFlow loads one flow, called test, with the clean project of the broken cases around it.
func readTestFlow(t *testing.T, text string) (*Flow, Findings) {
	t.Helper()
	p, found := Load(withCase(t, brokenCase{path: "flows/test.yaml", text: []byte("format: 1\nflow: test\n" + text)}))
	return p.Flows["test"], found
}

func TestExampleProjectIsClean(t *testing.T) {
	t.Parallel()
	p := acme(t)
	got := fmt.Sprint(p.Line, " ", p.Timezone, " ", p.Languages, " ", slices.Sorted(maps.Keys(p.Flows)))
	if want := "Acme Energy billing America/New_York [en-US es-US] [pay-my-bill renew-plan]"; got != want {
		t.Errorf("project: got %s, want %s", got, want)
	}
	if n := p.Numbers[0]; n.Number != "+15550100000" || n.Flow != "pay-my-bill" || n.At.String() != "paydial.yaml:9:19" {
		t.Errorf("number: %+v", n)
	}
	if s := p.Services["billing"]; s.URL != "https://billing.acme.example/v2" || s.Bearer != "billing_token" || s.Timeout != 3*time.Second {
		t.Errorf("service: %+v", s)
	}
	rules := p.Payments
	if rules.Connector != "acme-stripe" || rules.PerCallLimit != (Money{200000, "usd"}) || len(rules.Cards) != 4 {
		t.Errorf("payments: %+v", rules)
	}
	if team := p.Teams["billing-desk"]; team.Queue != "billing" || team.Hours != "office" {
		t.Errorf("team: %+v", team)
	}
	rec, trans := p.RecordingRulesFor("", ""), p.TranscriptRulesFor("")
	if rec.KeepFor.Value != 90*24*time.Hour || !rec.PauseForPayments.Value || trans.Engine.Value != EngineNoun {
		t.Errorf("keeping: %+v %+v", rec, trans)
	}
}

func TestOpeningHours(t *testing.T) {
	t.Parallel()
	office := acme(t).Hours["office"]
	zone := acme(t).Timezone
	for at, want := range map[string]string{
		"2026-03-03 07:59": "closed", // a Tuesday
		"2026-03-03 08:00": "open",
		"2026-03-03 19:59": "open",
		"2026-03-03 20:00": "closed",
		"2026-03-07 09:00": "open", // Saturday
		"2026-03-07 13:00": "closed",
		"2026-03-08 10:00": "closed", // Sunday
		"2026-12-25 10:00": "holiday",
	} {
		moment, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := office.StatusAt(moment); got != want {
			t.Errorf("%s: got %s, want %s", at, got, want)
		}
	}
}

// ids lists every step of a flow with its id and verb.
func ids(f *Flow) []string {
	var out []string
	for s := range f.allSteps() {
		out = append(out, s.ID+" "+s.Verb.Word())
	}
	return out
}

func TestStepIDs(t *testing.T) {
	t.Parallel()
	f, found := readTestFlow(t, `
defaults: { gave_up: end-it }
after_call:
  - outcome: done
  - send: call.finished
scenes:
  first:
    - hours: office
      then:
        open: [ { say: Welcome. }, { pause: 1s } ]
        closed:
          - say: We are closed.
          - if: caller.can_text
            then: [ { text_message: We are closed. }, { hang_up: } ]
            else: end-it
    - menu:
        options:
          1: { to: hear it again, do: [ { say: Again. }, { go: first } ] }
          0: { to: speak with someone, go: people }
  people:
    - transfer: billing-desk
      then: { no_answer: end-it, busy: end-it, failed: end-it }
  end-it:
    - hang_up: Goodbye.
`)
	if len(found) > 0 {
		t.Fatalf("findings: %v", found)
	}
	want := []string{
		"first#1 hours", "first#1.open.1 say", "first#1.open.2 pause", "first#1.closed.1 say", "first#1.closed.2 if",
		"first#1.closed.2.then.1 text_message", "first#1.closed.2.then.2 hang_up",
		"first#2 menu", "first#2.1.1 say", "first#2.1.2 go",
		"people#1 transfer", "end-it#1 hang_up", "after_call#1 outcome", "after_call#2 send",
	}
	if diff := cmp.Diff(want, ids(f)); diff != "" {
		t.Errorf("step ids (-want +got):\n%s", diff)
	}
}

func TestLoadLimits(t *testing.T) {
	t.Parallel()
	bomb := "format: 1\nflow: test\nscenes: &s0 [a, a, a, a, a, a, a, a, a, a]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("x%d: &s%d [*s%d, *s%d, *s%d, *s%d, *s%d, *s%d, *s%d, *s%d]\n", i, i+1, i, i, i, i, i, i, i, i)
	}
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"too large":     {bytes.Repeat([]byte("# comment\n"), maxFileSize/10+1), "F004"},
		"too deep":      {[]byte("a: " + strings.Repeat("[", 60) + strings.Repeat("]", 60)), "F009"},
		"far too deep":  {[]byte("a: " + strings.Repeat("[", maxFileSize-100)), "F"},
		"alias bomb":    {[]byte(bomb), "F009"},
		"only brackets": {[]byte(strings.Repeat("{", 1000)), "F"},
		"long key":      {[]byte(strings.Repeat("k", 200_000) + ": 1\n"), "F1"},
		"many findings": {[]byte("format: 1\nflow: test\nscenes:\n  a:\n" + strings.Repeat("    - sya: x\n", 15_000)), "F1"},
		"one line":      {[]byte("format: 1\nflow: test\nscenes: { a: [" + strings.Repeat("{say: a}, ", 25_000) + "] }"), "F107"},
		"one comment":   {[]byte("format: 1\n" + strings.Repeat("# paydial:ignore F301 because x\n", 8_000)), "F120"},
		"many recordings": {[]byte("format: 1\nflow: test\nrecordings: { pause_for_payments: no }\nscenes:\n  a:\n" +
			strings.Repeat("    - record: resume\n    - record: start\n      keep_for: 2 days\n    - pay: { amount: 5.00 }\n", 2_000)), "P025"},
		"many steps": {[]byte("format: 1\nflow: test\nscenes:\n  a:\n" + strings.Repeat("    - say: x\n", 15_000)), "F107"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			_, found := Load(withCase(t, brokenCase{path: "flows/test.yaml", text: c.text}))
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			if !slices.ContainsFunc(found, func(f Finding) bool { return strings.HasPrefix(f.Code, c.want) }) {
				t.Errorf("no finding %s among %d", c.want, len(found))
			}
		})
	}
}

func TestLoadWithoutProject(t *testing.T) {
	t.Parallel()
	p, found := Load(Bundle{})
	if p == nil || len(found) != 1 || found[0].Code != "F005" {
		t.Errorf("an empty bundle: %v", found)
	}
	// what only paydial.yaml could tell is not held against the flow
	flow := File{"flows/test.yaml", []byte("format: 1\nflow: test\nspeaks: [fr-FR]\nscenes:\n  main:\n" +
		"    - transfer: desk\n      then: { no_answer: main, busy: main, failed: main }\n")}
	if _, found = Load(Bundle{Files: []File{flow}}); len(found) != 1 || found[0].Code != "F005" {
		t.Errorf("a flow alone: %v", found)
	}
}

func TestUnreadableFlowIsNotUnknown(t *testing.T) {
	t.Parallel()
	_, found := Load(withCase(t, brokenCase{path: "flows/hello.yaml", text: []byte("format: 1\nflow: \"hello\n")}))
	if len(found) != 1 || found[0].Code != "F008" {
		t.Errorf("got %v, want only F008: the number that starts the flow is not wrong", found)
	}
}

func TestTwoFilesForOneFlow(t *testing.T) {
	t.Parallel()
	text := []byte("format: 1\nflow: hello\nscenes:\n  main:\n    - hang_up: Hello.\n")
	p, found := Load(withCase(t, brokenCase{path: "flows/hello.yml", text: text}))
	if len(found) != 1 || found[0].Code != "F015" || found[0].File != "flows/hello.yml" || p.Flows["hello"].Scenes[0].Name != "hello" {
		t.Errorf("got %v, want F015 for the second file, and the flow of the first", found)
	}
}

func TestReadBundle(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"paydial.yaml":         {Data: []byte("format: 1\n")},
		"flows/b.yaml":         {Data: []byte("b")},
		"flows/a.yml":          {Data: []byte("a")},
		"flows/.#a.yaml":       {Data: []byte("an editor's")},
		"flows/notes.txt":      {Data: []byte("no")},
		"flows/deep/c.yaml":    {Data: []byte("no")},
		"flows/large.yaml":     {Data: bytes.Repeat([]byte("x"), 2*maxFileSize)},
		"tests/b_test.yaml":    {Data: []byte("no")},
		"prompts/shared.yaml":  {Data: []byte("no")},
		"flows/sub.yaml/x.txt": {Data: []byte("a directory")},
	}
	b, err := ReadBundle(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range b.Files {
		got = append(got, fmt.Sprintf("%s %d", f.Path, min(len(f.Source), maxFileSize+1)))
	}
	want := []string{"paydial.yaml 10", "flows/a.yml 1", "flows/b.yaml 1", fmt.Sprintf("flows/large.yaml %d", maxFileSize+1)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if b, err = ReadBundle(fstest.MapFS{}); err != nil || len(b.Files) != 0 {
		t.Errorf("an empty directory: %v %v", b, err)
	}
}

func TestBundleHash(t *testing.T) {
	t.Parallel()
	one := Bundle{Files: []File{{"a", []byte("1")}, {"b", []byte("2")}}}
	turned := Bundle{Files: []File{{"b", []byte("2")}, {"a", []byte("1")}}}
	if one.Hash() != turned.Hash() || len(one.Hash()) != 64 {
		t.Error("the order of the files changes the hash")
	}
	seen := map[string]bool{one.Hash(): true}
	for _, b := range []Bundle{
		{}, {Files: []File{{"a", []byte("1")}}}, {Files: []File{{"a", []byte("12")}, {"b", nil}}},
		{Files: []File{{"ab", []byte("12")}}}, {Files: []File{{"a", []byte("2")}, {"b", []byte("1")}}},
	} {
		if seen[b.Hash()] {
			t.Errorf("%v has the hash of another bundle", b)
		}
		seen[b.Hash()] = true
	}
	if p, _ := Load(one); p.Hash != one.Hash() {
		t.Error("the project has another hash than its bundle")
	}
}
