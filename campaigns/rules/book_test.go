package rules

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paydial/paydial/flows"
)

func TestBooksAreWhole(t *testing.T) {
	t.Parallel()
	books, err := Books()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range books {
		names = append(names, b.Name)
		if len(b.Rules) != len(ruleNames) || b.About == "" || len(b.Hash) != 64 || !strings.HasPrefix(b.Stamp(), b.Version+"+") {
			t.Errorf("%s: %d rules, version %q, stamp %q", b.Name, len(b.Rules), b.Version, b.Stamp())
		}
		for _, r := range b.Rules {
			if (r.Source == "") != (r.Link == "") || r.Link != "" && !strings.HasPrefix(r.Link, "https://") {
				t.Errorf("%s: %s has source %q and link %q", b.Name, r.Name, r.Source, r.Link)
			}
		}
	}
	if got := strings.Join(names, " "); got != "reminder us-collection us-renewal" {
		t.Errorf("books: %s", got)
	}
}

// ownBook is a project with a rule book of its own.
func ownBook(name, rules string) fstest.MapFS {
	text := "format: 1\nbook: " + name + "\nversion: 2026-12-01\nrules:\n" + rules + "\n"
	return fstest.MapFS{"rules/" + name + ".yaml": {Data: []byte(text)}}
}

func TestOwnBooks(t *testing.T) {
	t.Parallel()
	c := spring()
	own, err := Open(c, ownBook("us-renewal", `  - { rule: calling_hours, figures: { until: "20:00" } }`+"\n"+`  - { rule: paid_meanwhile, off: we do not know of payments }`))
	if err != nil {
		t.Fatal(err)
	}
	ours := open(t, c)
	hours, _ := own.rule(c, RuleHours)
	if !own.Own || ours.Own || own.Version != "2026-12-01" || own.Hash == ours.Hash || own.About != ours.About {
		t.Errorf("own %t, version %s, about %q", own.Own, own.Version, own.About)
	}
	if hours.Figures.From != "08:00" || hours.Figures.until != 20*60 || !strings.Contains(hours.WeDo, "narrower") {
		t.Errorf("what the project does not say must stay: %+v", hours)
	}
	if _, off := own.rule(c, RulePaid); off == "" {
		t.Error("the book's switch does nothing")
	}
	if r, _ := ours.rule(c, RuleHours); r.Figures.until != 21*60 {
		t.Error("a project has changed the book of all")
	}
	for name, tc := range map[string]struct {
		file, rules string
		want        string
	}{
		"unknown rule":   {"us-renewal", "  - { rule: caling_hours }", `line 5: there is no rule "caling_hours"; there are do_not_call,`},
		"unknown field":  {"us-renewal", "  - { rule: holidays, closd: yes }", "line 5, rule holidays"},
		"unknown figure": {"us-renewal", "  - { rule: holidays, figures: { closd: yes } }", "closd"},
		"no switch":      {"us-renewal", "  - { rule: do_not_call, off: we want to }", "rule do_not_call: it cannot be switched off"},
		"hours":          {"us-renewal", `  - { rule: calling_hours, figures: { from: "21:00" } }`, `rule calling_hours: from: and until: are times of a day`},
		"clock":          {"us-renewal", `  - { rule: calling_hours, figures: { from: 8am } }`, `rule calling_hours: from: and until: are times of a day`},
		"calendar":       {"us-renewal", "  - { rule: holidays, figures: { calendar: ../x } }", `there is no calendar "../x"`},
		"figure":         {"us-renewal", "  - { rule: frequency, figures: { attempts: -1 } }", "a figure makes no sense"},
		"days":           {"us-renewal", "  - { rule: frequency, figures: { attempts: 3 } }", "attempts: needs days:"},
		"not a rule":     {"us-renewal", "  - hours", "line 5"},
		"no yaml":        {"us-renewal", "  - { rule: ", "rule book rules/us-renewal.yaml"},
		"not whole":      {"de-renewal", "  - { rule: holidays, what: a, we_do: b }", "the rule do_not_call is missing"},
		"says nothing":   {"de-renewal", "  - { rule: holidays }", "it must say what it is (what:)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := spring()
			c.Country = strings.ToUpper(tc.file[:2])
			_, err := Open(c, ownBook(tc.file, tc.rules))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q in it", err, tc.want)
			}
		})
	}
	for text, want := range map[string]string{
		"book: us-renewal\nversion: 2026-12-01\n":                       "it must begin with format: 1",
		"format: 1\nbook: other\nversion: 2026-12-01\n":                 "it must say book: us-renewal",
		"format: 1\nbook: us-renewal\nversion: yesterday\n":             `version "yesterday"`,
		"format: 1\nbook: us-renewal\nversion: 2026-12-01\nruels: []\n": "ruels",
	} {
		_, err := Open(c, fstest.MapFS{"rules/us-renewal.yaml": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
}

func TestOpenFindsTheBook(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, country, want string }{
		{"renewal", "US", "us-renewal"}, {"collection", "US", "us-collection"}, {"reminder", "US", "reminder"}, {"reminder", "DE", "reminder"},
	} {
		c := &flows.Campaign{Kind: tc.kind, Country: tc.country}
		if b, err := Open(c, fstest.MapFS{}); err != nil || b.Name != tc.want {
			t.Errorf("%s in %s: %v, %v", tc.kind, tc.country, b, err)
		}
	}
	_, err := Open(&flows.Campaign{Kind: "renewal", Country: "DE"}, nil)
	if !errors.Is(err, ErrNoBook) || !strings.Contains(err.Error(), "rules/de-renewal.yaml") {
		t.Errorf("no book: %v", err)
	}
	ours, err := files.ReadFile("books/us-renewal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	german := fstest.MapFS{"rules/de-renewal.yaml": {Data: []byte(strings.Replace(string(ours), "book: us-renewal", "book: de-renewal", 1))}}
	if b, err := Open(&flows.Campaign{Kind: "renewal", Country: "DE"}, german); err != nil || b.Name != "de-renewal" || !b.Own {
		t.Errorf("a whole book of a project: %v, %v", b, err)
	}
}

// TestFederalHolidays compares what is worked out with the dates that the Office of Personnel Management lists.
func TestFederalHolidays(t *testing.T) {
	t.Parallel()
	c, err := readCalendar("us-federal")
	if err != nil {
		t.Fatal(err)
	}
	kept := map[int]string{
		2026: "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25",
		2027: "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31",
		2028: "01-01 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-11 11-23 12-25",
	}
	for year, want := range kept {
		var got []string
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if n, _ := dayNamed(d.Format(time.DateOnly)); c.on(n) != "" {
				got = append(got, d.Format("01-02"))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d: %s\nwant  %s", year, strings.Join(got, " "), want)
		}
	}
	for _, bad := range []string{"", "Jul", "Jul 0", "Jul 32", "Julember 4", "fifth Mon of Jan", "last Mum of May", "last Mon in May", "last Mon of Mai", "a b c"} {
		if h, err := parseHoliday(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, h)
		}
	}
}

// FuzzOwnBook lays anything over a book: an error or a book that can judge, no panic.
func FuzzOwnBook(f *testing.F) {
	for _, name := range []string{"us-renewal", "us-collection", "reminder"} {
		text, err := files.ReadFile("books/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("format: 1\nbook: us-renewal\nversion: 2026-12-01\nrules:\n  - { rule: frequency, off: '', figures: { attempts: 9, days: 31, quiet_days: 31 } }\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, facts := spring(), luis(t)
		facts.Past = []Past{{At: facts.Now.Add(-time.Hour), Talked: true}}
		b, err := Open(c, fstest.MapFS{"rules/us-renewal.yaml": {Data: text}})
		if err != nil {
			return
		}
		if d := b.Judge(c, facts); d.Allowed == (d.Reason != "") || len(d.Checks) == 0 {
			t.Errorf("%+v", d)
		}
		if len(b.Remarks(c)) == 0 {
			t.Error("no remarks")
		}
	})
}
