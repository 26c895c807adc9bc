package flows

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const keepingProject = `format: 1
line: Acme
languages: [en-US, es-US]
recordings:
  keep_for: 90 days
  delete_at_twilio_after: 1 day
  classes:
    complaints: { keep_for: 3 years, on_hold: keep_archive_copy }
    quality: { archive: no }
transcripts: { keep_for: 30 days, redact: [cards, codes, ids] }
`

const keepingFlow = `format: 1
flow: sales
recordings:
  archive: yes
  keep_for: 10 days
  pause_for_payments: no
  classes: { complaints: { delete_at_twilio_after: never }, orders: { keep_for: forever } }
transcripts: { engine: off, languages: en-US }
scenes:
  main:
    - say: This call is recorded.
    - record: start
      keep_for: 2 weeks
    - record: { action: start, keep_as: complaints }
    - hang_up:
`

// TestRecordingRules lays rules over one another: the flow's over the project's, a class's over both.
func TestRecordingRules(t *testing.T) {
	t.Parallel()
	p := loadProject(t, map[string]string{ProjectFile: keepingProject, "flows/sales.yaml": keepingFlow})
	for _, c := range []struct {
		flow, class string
		want        []string // keep_for, archive, delete, pause, on_hold: each with where it stands
	}{
		{"", "", []string{"2160h0m0s paydial.yaml:5:13", "true built in", "24h0m0s paydial.yaml:6:27", "true built in", "keep_everywhere built in"}},
		{"", "complaints", []string{"26304h0m0s paydial.yaml:8:29", "true built in", "24h0m0s paydial.yaml:6:27", "true built in", "keep_archive_copy paydial.yaml:8:47"}},
		{"", "quality", []string{"2160h0m0s paydial.yaml:5:13", "false paydial.yaml:9:25", "24h0m0s paydial.yaml:6:27", "true built in", "keep_everywhere built in"}},
		{"sales", "", []string{"240h0m0s flows/sales.yaml:5:13", "true flows/sales.yaml:4:12", "24h0m0s paydial.yaml:6:27", "false flows/sales.yaml:6:23", "keep_everywhere built in"}},
		{"sales", "complaints", []string{"26304h0m0s paydial.yaml:8:29", "true flows/sales.yaml:4:12", "-1ns flows/sales.yaml:7:52", "false flows/sales.yaml:6:23", "keep_archive_copy paydial.yaml:8:47"}},
		{"sales", "quality", []string{"240h0m0s flows/sales.yaml:5:13", "false paydial.yaml:9:25", "24h0m0s paydial.yaml:6:27", "false flows/sales.yaml:6:23", "keep_everywhere built in"}},
		{"sales", "orders", []string{"0s flows/sales.yaml:7:81", "true flows/sales.yaml:4:12", "24h0m0s paydial.yaml:6:27", "false flows/sales.yaml:6:23", "keep_everywhere built in"}},
		{"sales", "keep_for 2 weeks", []string{"336h0m0s flows/sales.yaml:13:17", "true flows/sales.yaml:4:12", "24h0m0s paydial.yaml:6:27", "false flows/sales.yaml:6:23", "keep_everywhere built in"}},
		{"gone", "keep_for 1 day", []string{"24h0m0s built in", "true built in", "24h0m0s paydial.yaml:6:27", "true built in", "keep_everywhere built in"}},
	} {
		got := p.RecordingRulesFor(c.flow, c.class)
		if got.Class != c.class {
			t.Errorf("%s %s: class %q", c.flow, c.class, got.Class)
		}
		have := []string{shown(got.KeepFor), shown(got.Archive), shown(got.DeleteAtTwilioAfter), shown(got.PauseForPayments), shown(got.OnHold)}
		if diff := cmp.Diff(c.want, have); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.flow, c.class, diff)
		}
	}
	if r := p.RecordingRulesFor("sales", "gone"); r.Class != "" || r.KeepFor.Value != 10*day {
		t.Errorf("a class that is gone: %+v", r)
	}
	r := p.RecordingRulesFor("sales", "complaints")
	if r.KeepFor.Key != "recordings.classes.complaints.keep_for" || r.KeepFor.Text != "keep_for: 3 years" || r.DeleteAtTwilioAfter.Text != "delete_at_twilio_after: never" {
		t.Errorf("words: %+v", r)
	}
	if !p.Flows["sales"].PausesForPayments() == r.PauseForPayments.Value { // its recordings leave it to the flow
		t.Error("PausesForPayments does not go by the rules")
	}
}

func shown[T any](r Rule[T]) string {
	at := "built in"
	if r.Written() {
		at = r.At.String()
	}
	return fmt.Sprint(r.Value) + " " + at
}

func TestTranscriptRules(t *testing.T) {
	t.Parallel()
	files := map[string]string{ProjectFile: keepingProject, "flows/sales.yaml": keepingFlow}
	p := loadProject(t, files)
	got, own := p.TranscriptRulesFor(""), p.TranscriptRulesFor("sales")
	if shown(got.Engine) != "transcription-noun built in" || shown(got.KeepFor) != "720h0m0s paydial.yaml:10:26" ||
		shown(got.Redact) != "[cards codes ids] paydial.yaml:10:43" || shown(got.Languages) != "[en-US es-US] built in" {
		t.Errorf("project: %+v", got)
	}
	if got.Redact.Text != "redact: [cards, codes, ids]" {
		t.Errorf("text %q", got.Redact.Text)
	}
	if shown(own.Engine) != "off flows/sales.yaml:8:24" || shown(own.KeepFor) != shown(got.KeepFor) || shown(own.Languages) != "[en-US] flows/sales.yaml:8:40" {
		t.Errorf("flow: %+v", own)
	}
	delete(files, ProjectFile)
	files["flows/sales.yaml"] = "format: 1\nflow: sales\nscenes: { main: [ hang_up: ] }\n"
	if r := loadProject(t, files).TranscriptRulesFor("sales"); shown(r.Redact) != "[cards codes bank] built in" || r.KeepFor.Value != 0 {
		t.Errorf("nothing written: %+v", r)
	}
}

// TestYears keeps for at least as long as the calendar says, whichever years these are.
func TestYears(t *testing.T) {
	t.Parallel()
	for n := 1; n <= longestKept; n++ {
		longest := time.Duration(0)
		for from := 1999; from < 2010; from++ {
			a, b := time.Date(from, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(from+n, 3, 1, 0, 0, 0, 0, time.UTC)
			longest = max(longest, b.Sub(a))
		}
		if got, ok := keepTime(fmt.Sprintf("%d years", n)); !ok || got != longest {
			t.Errorf("%d years: %v, want %v", n, got, longest)
		}
	}
	for _, raw := range []string{"31 years", "0 days", "", "year", "999999 weeks", "99999999 s", "two years"} {
		if d, ok := keepTime(raw); ok {
			t.Errorf("%q is %v", raw, d)
		}
	}
}

// TestKept finds what nobody says the end of, once, where it should be said.
func TestKept(t *testing.T) {
	t.Parallel()
	const project = "format: 1\nline: Acme\n"
	const flow = "scenes:\n  main:\n    - say: This call is recorded.\n    - record: start\n    - transcribe: start\n    - voicemail: Speak.\n"
	for name, c := range map[string]struct {
		project, flow string
		want          []string
	}{
		"nothing said":      {project, "", []string{"P030 paydial.yaml:1:1", "P030 paydial.yaml:1:1"}},
		"the project's":     {project + "recordings: { archive: yes }\n", "", []string{"P030 paydial.yaml:1:1", "P030 paydial.yaml:3:1"}},
		"the flow's":        {project + "recordings: { archive: yes }\n", "recordings: { archive: no }\ntranscripts: { redact: all_numbers }\n", []string{"P030 flows/f.yaml:3:1", "P030 flows/f.yaml:4:1"}},
		"without end":       {project + "recordings: { keep_for: forever }\ntranscripts: { keep_for: forever }\n", "", nil},
		"said in the flow":  {project, "recordings: { keep_for: 1 day, delete_at_twilio_after: 0 days }\ntranscripts: { keep_for: 1 day }\n", nil},
		"with a reason":     {"format: 1 # paydial:ignore P030 because we delete by hand\nline: Acme\n", "", nil},
		"an unread project": {"format: [\n", "", []string{"F008 paydial.yaml:2:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := Load(Bundle{Files: []File{
				{Path: ProjectFile, Source: []byte(c.project)},
				{Path: "flows/f.yaml", Source: []byte("format: 1\nflow: f\n" + c.flow + flow)},
			}})
			var got []string
			for _, f := range found {
				got = append(got, f.Code+" "+f.Span.String())
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%v", diff, found)
			}
		})
	}
}

// TestWithoutPCIMode allows what only PCI Mode forbids, and no more.
func TestWithoutPCIMode(t *testing.T) {
	t.Parallel()
	const flow = `format: 1
flow: f
recordings: { keep_for: 5 years, archive: no, delete_at_twilio_after: 2 years }
scenes:
  main:
    - converse: wss://talk.acme.example/x
      then: { failed: main }
    - transcribe: start
      engine: deepgram
      language: multi
    - twiml: <Record transcribe="true" action="https://acme.example/x"/>
      come_back_to: more
  more:
    - twiml: <Connect><ConversationRelay url="wss://x" intelligenceService="GA1"/></Connect>
      come_back_to: main
`
	for mode, want := range map[string]string{
		"no":  "F330 F330",
		"yes": "F330 F330 P020 P021 P022 P022 P022 P022 P024 P031 P031",
	} {
		_, found := Load(Bundle{Files: []File{
			{Path: ProjectFile, Source: []byte("format: 1\npci_mode: " + mode + "\ntranscripts: { keep_for: 1 day }\n")},
			{Path: "flows/f.yaml", Source: []byte(flow)},
		}})
		var got []string
		for _, f := range found {
			got = append(got, f.Code)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("pci_mode %s: %v, want %s\n%v", mode, got, want, found)
		}
	}
}
