package rules

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
)

// renewals is the example campaign, with something in its file or its flow replaced.
func renewals(t *testing.T, file, old, with string) *flows.Campaign {
	t.Helper()
	bundle, err := flows.ReadBundle(examples.Renewals())
	if err != nil {
		t.Fatal(err)
	}
	campaign, err := fs.ReadFile(examples.Renewals(), "campaigns/spring-renewals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := old == ""
	change := func(path string, source []byte) []byte {
		if path != file {
			return source
		}
		changed = strings.Contains(string(source), old)
		return []byte(strings.Replace(string(source), old, with, 1))
	}
	for i, f := range bundle.Files {
		bundle.Files[i].Source = change(f.Path, f.Source)
	}
	p, found := flows.Load(bundle)
	if found.Errors() {
		t.Fatal(found)
	}
	c, found := flows.ReadCampaign(p, flows.File{Path: "campaigns/spring-renewals.yaml", Source: change("campaigns/spring-renewals.yaml", campaign)})
	if found.Errors() || !changed {
		t.Fatalf("changed %t: %v", changed, found)
	}
	return c
}

const (
	campaignFile = "campaigns/spring-renewals.yaml"
	flowFile     = "flows/renew-plan.yaml"
)

func TestRemarksOfTheExample(t *testing.T) {
	t.Parallel()
	c := renewals(t, "", "", "")
	want := strings.TrimSpace(`
✓ do_not_call: nobody on company, state-dnc
✓ paid_meanwhile: nobody who has paid
✓ consent: nobody without a date of consent
✓ time_zone: where several time zones are possible, the hours hold in each
✓ dates: no first and no last day
✓ retry: tries again after no_answer up to 3, busy up to 2, machine up to 1, call_back up to 2
✓ limits: at most 1 a day, 3 a week
✓ calling_hours: hours inside 08:00-21:00
✓ holidays: calls on holidays are remarked on
✓ identity_first: identity first
✓ opt_out_first: opt-out at the first choice
✓ voicemail_number: voicemail has a number and says how to stop
✓ ring_time: rings 25 s
✓ abandonment: stops above 3 % abandoned`)
	var lines []string
	for _, r := range open(t, c).Remarks(c) {
		mark := "✗ "
		if r.Passed {
			mark = "✓ "
		}
		lines = append(lines, mark+r.Rule+": "+r.Text)
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("remarks:\n%s\nwant\n%s", got, want)
	}
	if found := Lint(c, nil); len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
}

// TestRemarksSeeWhatIsMissing takes one thing away at a time; only its own rule may fail.
func TestRemarksSeeWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, old, with, rule, text string }{
		"identity": {flowFile, "en-US: This is Acme Energy with a message for ${first_name}.\n          es-US: Le llama Acme Energy con un mensaje para ${first_name}.",
			"en-US: A message for ${first_name}.\n          es-US: Un mensaje para ${first_name}.", RuleIdentity, "identity first"},
		"opt-out": {flowFile, "          9: { to: { en-US: stop these calls, es-US: dejar de recibir llamadas }, go: stop-calling }\n", "", RuleOptOutFirst, "opt-out at the first choice"},
		"number": {flowFile, "5 5 5, 0 1 0, 0 0 0 0.\n          To stop these calls, ring that number and press 9.\n        es-US: >\n          Le llama Acme Energy. Por favor llámenos al 5 5 5, 0 1 0, 0 0 0 0.",
			"our number.\n          To stop these calls, ring that number and press 9.\n        es-US: >\n          Le llama Acme Energy.", RuleVoicemail, "voicemail has a number and says how to stop"},
		"ring":      {campaignFile, "ring_for: 25s", "ring_for: 14s", RuleRingTime, "rings 14 s"},
		"stop":      {campaignFile, "more than 3% of answered", "more than 3.5% of answered", RuleAbandonment, "stops above 3.5 % abandoned"},
		"no stop":   {campaignFile, "  abandoned: more than 3% of answered calls\n", "", RuleAbandonment, "no safety stop looks at abandoned calls"},
		"hours":     {campaignFile, `sat: "10:00-16:00"`, `sat: "10:00-22:00"`, RuleHours, "hours inside 08:00-21:00"},
		"consent":   {campaignFile, "needs_consent: yes", "needs_consent: no", RuleConsent, "the campaign asks for no consent"},
		"no limits": {campaignFile, "limits: { per_person_per_day: 1, per_person_per_week: 3 }\n", "", RuleLimits, "no bound for a day or a week"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := renewals(t, tc.file, tc.old, tc.with)
			for _, r := range open(t, c).Remarks(c) {
				if r.Passed == (r.Rule == tc.rule) || r.Rule == tc.rule && r.Text != tc.text {
					t.Errorf("%s passed %t: %s", r.Rule, r.Passed, r.Text)
				}
			}
		})
	}
	c := renewals(t, campaignFile, "then: leave_message ", "then: hang_up ")
	c.RulesOff = []flows.RuleOff{{Rule: RuleHolidays, Because: "members asked for it"}}
	for _, r := range open(t, c).Remarks(c) {
		if r.Rule == RuleVoicemail && r.Text != "no message is left" || r.Rule == RuleHolidays && r.Off != "members asked for it" {
			t.Errorf("%+v", r)
		}
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	german := fstest.MapFS{"rules/us-renewal.yaml": {Data: []byte("format: 2\n")}}
	for name, tc := range map[string]struct {
		old, with string
		own       fs.FS
		want      string
	}{
		"hours":      {`sat: "10:00-16:00"`, `sat: "07:30-16:00"`, nil, "C120 26 rule book us-renewal has calls only from 08:00 to 21:00"},
		"ignored":    {"calling_hours:  ", "calling_hours: # paydial:ignore C120 because our hours are for two books\n  sun: \"07:00-08:00\"\n  # ", nil, ""},
		"off":        {"ring_for: 25s", "rules_off: { holiday: because }", nil, `C121 33 rule book us-renewal has no rule "holiday"`},
		"always":     {"ring_for: 25s", "rules_off: { do_not_call: because }", nil, "C121 33 the rule do_not_call has no switch"},
		"ring":       {"ring_for: 25s", "ring_for: 14s", nil, "C122 33 a call should ring at least 15 seconds before it is given up"},
		"ring off":   {"ring_for: 25s", "ring_for: 14s\nrules_off: { ring_time: our phones ring twice as fast }", nil, ""},
		"abandoned":  {"more than 3% of answered", "more than 4% of answered", nil, "C122 53 more calls may be abandoned than the 3 % of rule book us-renewal"},
		"not looked": {"  abandoned: more than 3% of answered calls\n", "", nil, "C122 50 no safety stop looks at abandoned calls"},
		"debts":      {"kind: renewal  ", "kind: collection  ", nil, ""},
		"no book":    {"country: US", "country: DE", nil, "C123 8 there is no rule book for kind renewal in country DE; write one into the project as rules/de-renewal.yaml"},
		"own book":   {"country: US", "country: US", german, "C123 8 rule book rules/us-renewal.yaml: it must begin with format: 1"},
		"attempts": {"kind: renewal  ", "kind: collection  ", ownBook("us-collection", "  - { rule: ring_time, figures: { seconds: 30 } }"),
			"C122 33 a call should ring at least 30 seconds before it is given up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range Lint(renewals(t, campaignFile, tc.old, tc.with), tc.own) {
				got = append(got, fmt.Sprintf("%s %d %s", f.Code, f.Line, f.Message))
				if f.Label == "" || f.EndCol <= f.Col || f.Source == "" || f.Severity == "" {
					t.Errorf("a finding that cannot be shown: %+v", f)
				}
			}
			if strings.Join(got, "; ") != tc.want {
				t.Errorf("findings: %q, want %q", got, tc.want)
			}
		})
	}
	c := renewals(t, campaignFile, "kind: renewal  ", "kind: collection  ")
	c.Limits.PerDebt = 8
	if found := Lint(c, nil); len(found) != 1 || found[0].Message != "rule book us-collection allows 7 attempts for a debt in 7 days" {
		t.Errorf("findings: %v", found)
	}
}
