package examples_test

import (
	"encoding/csv"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paydial/paydial/campaigns/rules"
	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
)

// campaignsOf reads the campaigns of a project, which must be free of findings as well.
func campaignsOf(t *testing.T, project fs.FS) []*flows.Campaign {
	t.Helper()
	p := lintClean(t, "project", project)
	files, err := flows.CampaignFiles(project)
	if err != nil {
		t.Fatal(err)
	}
	var out []*flows.Campaign
	for _, file := range files {
		c, found := flows.ReadCampaign(p, file)
		if !found.Errors() {
			found = append(found, rules.Lint(c, project)...)
		}
		for _, f := range found {
			t.Errorf("%s: %s[%s]: %s (%s)", f.Span, f.Severity, f.Code, f.Message, f.Label)
		}
		out = append(out, c)
	}
	return out
}

func TestRenewalsCampaign(t *testing.T) {
	t.Parallel()
	all := campaignsOf(t, examples.Renewals())
	if len(all) != 1 || all[0].Name != "spring-renewals" || !all[0].From.IsZero() {
		t.Fatalf("campaigns: %+v", all)
	}
	c := all[0]
	book, err := rules.Open(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range book.Remarks(c) {
		if !r.Passed || r.Off != "" {
			t.Errorf("%s: %s (off: %q)", r.Rule, r.Text, r.Off)
		}
	}
	for _, l := range append(slices.Clone(c.NeverCall), flows.ListName{File: c.Contacts}) {
		if l.File == "" {
			continue
		}
		if _, err := fs.Stat(examples.Renewals(), l.File); err != nil {
			t.Error(err)
		}
	}
}

// TestRenewalsList holds what the simulator's people rely on, and what the README says of the list.
func TestRenewalsList(t *testing.T) {
	t.Parallel()
	c := campaignsOf(t, examples.Renewals())[0]
	file, err := examples.Renewals().Open(c.Contacts)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(field string) int { return slices.Index(rows[0], c.Header(field)) }
	for _, field := range []string{"id", "phone", "timezone", "postal_code", "consent"} {
		if column(field) < 0 {
			t.Errorf("no column for %s", field)
		}
	}
	for _, need := range c.Flow.Needs {
		if column(need.Name) < 0 {
			t.Errorf("no column for %s, which the flow needs", need.Name)
		}
	}
	readme, err := fs.ReadFile(examples.Renewals(), "README.md")
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`^\+1555[0-9]{7}$`)
	good, phones := 0, map[string]bool{}
	for i, row := range rows[1:] {
		phone, price := row[column("phone")], row[column("price")]
		_, badPrice := flows.ParseMoney(price, "usd")
		fine := number.MatchString(phone) && !phones[phone] && row[column("consent")] != "" && badPrice == nil
		phones[phone] = true
		if fine {
			good++
			if !strings.HasSuffix(phone, row[column("birth_year")]) {
				t.Errorf("row %d: born in %s, rung at %s", i+2, row[column("birth_year")], phone)
			}
			continue
		}
		if !strings.Contains(string(readme), " "+row[column("first_name")]+" ") {
			t.Errorf("row %d, %s: the README does not say what is wrong", i+2, row[column("first_name")])
		}
	}
	if len(rows) != 41 || good < 30 {
		t.Errorf("%d rows, of which %d can be used", len(rows)-1, good)
	}
}

// rung is a call that we make to a member.
func rung(t *testing.T, answeredBy, language string) *walker {
	t.Helper()
	f := lintClean(t, "renewals", examples.Renewals()).Flows["renew-plan"]
	contact := map[string]flows.Value{}
	for name, raw := range map[string]string{
		"id": "M-10042", "first_name": "Luis", "language": language, "birth_year": "1971", "plan": "Night Owl", "price": "99.50", "ends_on": "2026-05-09",
	} {
		kind := flows.TypeText
		if i := slices.IndexFunc(f.Needs, func(n flows.Field) bool { return n.Name == name }); i >= 0 {
			kind = flows.ValueType(f.Needs[i].Type)
		}
		v, err := flows.ParseValue(kind, raw, "usd")
		if err != nil {
			t.Fatal(err)
		}
		contact[name] = v
	}
	w := &walker{t: t, flow: f}
	w.state = f.Start(flows.CallFacts{
		ID: "CA1", From: "+15550100000", To: "+15550141971", Direction: "outbound", AnsweredBy: answeredBy, Started: march, Contact: contact,
	}, "")
	w.send(flows.Input{Kind: flows.InputStart})
	return w
}

func TestRenewalCalls(t *testing.T) {
	t.Parallel()
	w := rung(t, "human", "en-US")
	w.hears("This is Acme Energy with a message for Luis.", "To stop these calls, press 9.")
	w.press("1")
	w.hears("key in the year you were born")
	w.press("1971")
	w.hears("your Night Owl plan ends on May 9.", "Renewing for a year costs 99 dollars and 50 cents.")
	w.press("1")
	if stop := w.last.Stop.(*flows.PayStop); stop.Amount != (flows.Money{Minor: 9950, Currency: "usd"}) || stop.Reference != "Renewal of Night Owl" {
		t.Errorf("the payment is %+v", stop)
	}
	w.pay("paid")
	w.hears("You are renewed. Your confirmation is S I M dash 7 F 3.")
	if w.state.Outcome != "renewed" || !w.state.Ended {
		t.Errorf("the call ended with %q, ended %t; want renewed", w.state.Outcome, w.state.Ended)
	}

	w = rung(t, "unknown", "es-US")
	w.hears("Le llama Acme Energy con un mensaje para Luis.", "Para dejar de recibir llamadas, oprima 9.")
	w.press("1", "1900", "1900")
	w.hears("No coincide con lo que tenemos.", "Disculpe la molestia.")
	if w.state.Outcome != "wrong_person" {
		t.Errorf("the outcome is %q, want wrong_person", w.state.Outcome)
	}

	w = rung(t, "machine_end_beep", "en-US")
	w.hears("Please call us back at 5 5 5, 0 1 0, 0 0 0 0.", "ring that number and press 9")
	if w.state.Outcome != "left_message" || !w.state.Ended {
		t.Errorf("the message ended with %q, ended %t", w.state.Outcome, w.state.Ended)
	}
	if w = rung(t, "fax", "en-US"); !w.state.Ended || len(w.heard) != 0 {
		t.Errorf("a fax hears %q", w.heard)
	}
}
