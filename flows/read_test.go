package flows

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// verb answers the verb of the only step of a flow, read from its YAML. Findings are not looked at.
func verb(t *testing.T, step string) Verb {
	t.Helper()
	text := "scenes:\n  main:\n"
	for line := range strings.SplitSeq(strings.Trim(step, "\n"), "\n") {
		text += "    " + line + "\n"
	}
	f, found := readTestFlow(t, text)
	if len(f.Scenes) == 0 || len(f.Scenes[0].Steps) == 0 {
		t.Fatalf("no step was read from %s: %v", step, found)
	}
	return f.Scenes[0].Steps[0].Verb
}

// plain leaves out where things stand and what the checker makes of them.
var plain = cmp.Options{
	cmpopts.IgnoreTypes(Span{}),
	cmpopts.IgnoreUnexported(Expr{}, Template{}),
	cmpopts.EquateEmpty(),
}

// en is a sentence in English alone.
func en(text string) *Text {
	return &Text{ByLanguage: map[string]*Template{"en-US": {Raw: text}}}
}

func TestShortAndLongForms(t *testing.T) {
	t.Parallel()
	for name, forms := range map[string]struct {
		short, long string
		want        Verb
	}{
		"say":             {"- say: Hello.\n  slow: yes", "- say: { text: Hello., slow: yes }", &Say{Text: en("Hello."), Slow: true}},
		"play":            {"- play: a.wav", "- play: { file: a.wav }", &Play{Source: "a.wav", Times: 1}},
		"pause":           {"- pause: 2s", "- pause: { for: 2 seconds }", &PauseFor{For: 2 * time.Second}},
		"confirm":         {"- confirm: Is it?\n  yes: 5", "- confirm: { say: Is it?, yes: 5 }", &Confirm{Say: en("Is it?"), Yes: "5", No: "2"}},
		"choose_language": {"- choose_language: { 1: en-US }\n  remember: yes", "- choose_language:\n    options: { 1: en-US }\n    remember: yes", &ChooseLanguage{Options: []LanguageOption{{Key: "1", Language: "en-US"}}, Remember: true}},
		"go":              {"- go: main\n  at_most: 2", "- go: { scene: main, at_most: 2 }", &Go{Target: &Target{Scene: "main", AtMost: 2}}},
		"hours":           {"- hours: office", "- hours: { name: office }", &HoursCheck{Name: "office"}},
		"send":            {"- send: call.noted", "- send: { event: call.noted }", &Send{Event: "call.noted"}},
		"transfer":        {"- transfer: billing-desk", "- transfer: { to: billing-desk, ring_for: 30s }", &Transfer{To: "billing-desk", RingFor: 30 * time.Second}},
		"transfer out":    {"- transfer: +15550100001", "- transfer: { to: \"number:+15550100001\" }", &Transfer{To: "number:+15550100001", RingFor: 30 * time.Second}},
		"voicemail":       {"- voicemail: Speak.", "- voicemail: { say: Speak., longest: 2m, beep: yes }", &Voicemail{Say: en("Speak."), Longest: 2 * time.Minute, Beep: true}},
		"text_message":    {"- text_message: Hello.\n  to: caller.number", "- text_message: { text: Hello., to: caller.number }", &TextMessage{Text: en("Hello."), To: &Expr{Raw: "caller.number"}}},
		"record":          {"- record: start", "- record: { action: start }", &RecordCall{Action: "start"}},
		"outcome":         {"- outcome: paid", "- outcome: { of: paid }", &Outcome{Of: "paid"}},
		"note":            {"- note: Be kind.", "- note: { text: Be kind. }", &Note{Text: en("Be kind.")}},
		"opt_out":         {"- opt_out: company\n  say: Bye.", "- opt_out: { list: company, say: Bye. }", &OptOut{List: "company", Say: en("Bye.")}},
		"hang_up":         {"- hang_up: Bye.", "- hang_up: { say: Bye. }", &HangUp{Say: en("Bye.")}},
		"hang_up alone":   {"- hang_up:", "- hang_up: {}", &HangUp{}},
		"twiml":           {"- twiml: <Leave/>\n  come_back_to: main", "- twiml: { xml: <Leave/>, come_back_to: main }", &RawTwiML{XML: &Template{Raw: "<Leave/>"}, ComeBackTo: "main"}},
	} {
		if diff := cmp.Diff(forms.want, verb(t, forms.short), plain); diff != "" {
			t.Errorf("%s, short (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(forms.want, verb(t, forms.long), plain); diff != "" {
			t.Errorf("%s, long (-want +got):\n%s", name, diff)
		}
	}
}

func TestAskingForms(t *testing.T) {
	t.Parallel()
	got := verb(t, `
- ask:
    say: { en-US: How much?, es-US: "¿Cuánto?" }
    kind: money
    digits: 3-6
    ends_with: "*"
    valid_if: it > 5
    private: true
    confirm: No
    tries: 2
    wait: 1 minute
    speech: yes
    hints: [ten, twenty]
    if_silent: Hello?
    if_wrong: [Once more., { en-US: Last try., es-US: La última. }]
`)
	want := &Ask{
		Asking: Asking{
			Tries: 2, Wait: time.Minute, Speech: true, Hints: []string{"ten", "twenty"},
			IfSilent: []*Text{en("Hello?")},
			IfWrong: []*Text{en("Once more."), {ByLanguage: map[string]*Template{
				"en-US": {Raw: "Last try."}, "es-US": {Raw: "La última."}}}},
		},
		Say:  &Text{ByLanguage: map[string]*Template{"en-US": {Raw: "How much?"}, "es-US": {Raw: "¿Cuánto?"}}},
		Kind: "money", Min: 3, Max: 6, EndsWith: "*", ValidIf: &Expr{Raw: "it > 5"}, Private: true,
	}
	if diff := cmp.Diff(Verb(want), got, plain); diff != "" {
		t.Errorf("ask (-want +got):\n%s", diff)
	}
	got = verb(t, `
- menu:
    say: Welcome.
    options:
      1: { to: pay, go: main, at_most: 2, when: caller.known }
      "*": { do: [ { say: Again. } ] }
      "#": { go: repeat }
`)
	want2 := &Menu{Say: en("Welcome."), Options: []*Option{
		{Key: "1", To: en("pay"), When: &Expr{Raw: "caller.known"}, Target: &Target{Scene: "main", AtMost: 2}},
		{Key: "*", Target: &Target{Kind: TargetSteps, Steps: []*Step{{ID: "main#1.*.1", Scene: "main", Verb: &Say{Text: en("Again.")}}}}},
		{Key: "#", Target: &Target{Kind: TargetRepeat}},
	}}
	if diff := cmp.Diff(Verb(want2), got, plain); diff != "" {
		t.Errorf("menu (-want +got):\n%s", diff)
	}
}

func TestServiceForms(t *testing.T) {
	t.Parallel()
	got := verb(t, `
- lookup: billing
  get: /accounts/007123
  query: { account: "007123", at: "${today}", zip: zip }
  headers: { Accept: "'text/plain'" }
  expect: { balance: money, ssn: "digits, private", lang: "language, or en-US" }
  tries: 2
  cache: 60s
  while_waiting: One moment.
`)
	want := &Lookup{
		Service: "billing", Path: &Template{Raw: "/accounts/007123"},
		Query: []Pair{
			{Name: "account", Expr: &Expr{Raw: "007123"}},
			{Name: "at", Text: &Template{Raw: "${today}"}},
			{Name: "zip", Expr: &Expr{Raw: "zip"}},
		},
		Headers: []Pair{{Name: "Accept", Expr: &Expr{Raw: "'text/plain'"}}},
		Expect: []Field{
			{Name: "balance", Type: "money"}, {Name: "ssn", Type: "digits", Private: true},
			{Name: "lang", Type: "language", Default: "en-US"},
		},
		Timeout: 3 * time.Second, Tries: 2, Cache: time.Minute, WhileWaiting: en("One moment."),
	}
	if diff := cmp.Diff(Verb(want), got, plain); diff != "" {
		t.Errorf("lookup (-want +got):\n%s", diff)
	}
	got = verb(t, `
- submit: billing
  patch: /accounts/1
  form: { zip: zip }
  once_per: ${call.id}
  timeout: 500ms
`)
	want2 := &Submit{
		Service: "billing", Method: "PATCH", Path: &Template{Raw: "/accounts/1"}, Form: []Pair{{Name: "zip", Expr: &Expr{Raw: "zip"}}},
		OncePer: &Template{Raw: "${call.id}"}, Timeout: 500 * time.Millisecond, Tries: 1,
	}
	if diff := cmp.Diff(Verb(want2), got, plain); diff != "" {
		t.Errorf("submit (-want +got):\n%s", diff)
	}
}

func TestPayForms(t *testing.T) {
	t.Parallel()
	cards := []string{"visa", "mastercard", "amex", "discover"}
	base := Pay{Currency: "usd", Connector: "acme-stripe", Method: "card", Cards: cards, AskCode: true, AskPostal: true}
	for name, c := range map[string]struct {
		step string
		want func(*Pay)
	}{
		"charge": {"- pay: { amount: 10 }", func(p *Pay) { p.Amount, p.SaveCard = &Expr{Raw: "10"}, "no" }},
		"save":   {"- pay: {}", func(p *Pay) { p.SaveCard = "reusable" }},
		"postal": {"- pay: { postal_code: zip, security_code: no }", func(p *Pay) {
			p.SaveCard, p.PostalCode, p.AskPostal, p.AskCode = "reusable", &Expr{Raw: "zip"}, false, false
		}},
		"skip": {"- pay: { postal_code: skip }", func(p *Pay) { p.SaveCard, p.AskPostal = "reusable", false }},
		"ask":  {"- pay: { postal_code: ask, postal_code_at_least: 5 }", func(p *Pay) { p.SaveCard, p.PostalMin = "reusable", 5 }},
		"own": {"- pay: { connector: other, currency: EUR, cards: amex, tries: 2, wait: 9s }", func(p *Pay) {
			p.SaveCard, p.Connector, p.Currency, p.Cards, p.Tries, p.Wait = "reusable", "other", "eur", []string{"amex"}, 2, 9*time.Second
		}},
		"bank": {"- pay: { method: bank, bank_account: consumer-checking, enter_twice: [bank_account] }", func(p *Pay) {
			p.SaveCard, p.Method, p.BankAccount, p.AskCode, p.AskPostal, p.EnterTwice = "reusable", "bank", "consumer-checking", false, false, []string{"bank_account"}
		}},
		"prompts": {"- pay: { prompts: { expiry: { ask: [A, B], silent: C }, card_number: { amex: D } } }", func(p *Pay) {
			p.SaveCard = "reusable"
			p.Prompts = []PayPrompt{
				{For: "expiry", Case: "ask", Texts: []*Text{en("A"), en("B")}}, {For: "expiry", Case: "silent", Texts: []*Text{en("C")}},
				{For: "card_number", Case: "amex", Texts: []*Text{en("D")}},
			}
		}},
	} {
		want := base
		c.want(&want)
		if diff := cmp.Diff(Verb(&want), verb(t, c.step), plain); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFlowHead(t *testing.T) {
	t.Parallel()
	f, found := readTestFlow(t, `
about: "A test: with a colon."
direction: either
speaks: es-US
needs: { member: "digits, private", plan: text }
defaults: { tries: 2, wait: 9s, voice: Lupe, gave_up: main, failed: continue, if_wrong: [Una., Dos.] }
anywhere: { 0: main, "*": repeat }
if_error: main
scenes:
  main:
    - name: goodbye
      when: 1 == 1
      hang_up: Adiós.
    - &end
      hang_up:
`)
	if len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
	if f.About != "A test: with a colon." || f.Direction != "either" || f.Speaks[0] != "es-US" || !f.Needs[0].Private {
		t.Errorf("head: %+v", f)
	}
	d := f.Defaults
	if d.Tries != 2 || d.Wait != 9*time.Second || d.Voice != "Lupe" || d.Endings["gave_up"].Scene != "main" ||
		d.Endings["failed"].Kind != TargetContinue || len(d.IfWrong) != 2 || d.IfWrong[1].ByLanguage["es-US"].Raw != "Dos." {
		t.Errorf("defaults: %+v", d)
	}
	if len(f.Anywhere) != 2 || f.Anywhere[1].Key != "*" || f.Anywhere[1].Target.Kind != TargetRepeat || f.IfError.Scene != "main" {
		t.Errorf("anywhere and if_error: %+v %+v", f.Anywhere, f.IfError)
	}
	s := f.Scenes[0].Steps[0]
	if s.Name != "goodbye" || s.When.Raw != "1 == 1" || s.Verb.(*HangUp).Say.ByLanguage["es-US"].Raw != "Adiós." {
		t.Errorf("step: %+v", s)
	}
	if s.At.String() != "flows/test.yaml:15:7" || f.At.String() != "flows/test.yaml:2:7" {
		t.Errorf("places: %s %s", s.At, f.At)
	}
}

func TestAnchors(t *testing.T) {
	t.Parallel()
	f, found := readTestFlow(t, `
scenes:
  main:
    - say: &hello Hello.
    - hours: office
      then: &leads { open: [ &step { pause: 1s }, *step ], closed: bye }
    - hours: office
      then: *leads
    - say: *hello
    - go: bye
  bye:
    - hang_up: *hello
`)
	if len(found) > 0 {
		t.Fatalf("findings: %v", found)
	}
	want := []string{
		"main#1 say", "main#2 hours", "main#2.open.1 pause", "main#2.open.2 pause", "main#3 hours", "main#3.open.1 pause",
		"main#3.open.2 pause", "main#4 say", "main#5 go", "bye#1 hang_up",
	}
	if diff := cmp.Diff(want, ids(f)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if got := f.Scenes[1].Steps[0].Verb.(*HangUp).Say.ByLanguage["en-US"].Raw; got != "Hello." {
		t.Errorf("alias: got %q", got)
	}
}

func TestTranslationsAreMissing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{ en-US: Hello., es-US: Hola. }": "",
		"{ en-US: Hello. }":               "L003",
		"{ es-US: Hola. }":                "L001",
		"Hello.":                          "",
	} {
		_, found := readTestFlow(t, "scenes:\n  main:\n    - hang_up: "+text+"\n")
		got := ""
		for _, f := range found {
			got += f.Code
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
