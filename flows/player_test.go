package flows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const testProject = `format: 1
line: Acme Energy
timezone: America/New_York
languages: [en-US, es-US]
voices: { en-US: Polly.Joanna-Neural, es-US: Polly.Lupe-Neural }
services:
  billing: { url: "https://billing.acme.example/v2", timeout: 3s }
payments: { connector: acme, currency: usd, cards: [visa, mastercard, amex], per_call_limit: 2000.00 }
teams:
  billing-desk: { queue: billing, hours: office }
  desk: { queue: billing }
  owner: { number: "+15550100099" }
hours:
  office: { mon-fri: "08:00-20:00", closed: [2026-12-25] }
settings: { greeting: Hello, surcharge: "2.50" }
conversation_relay: { speech: [google, deepgram], voices: [google, amazon] }
`

// tuesday is a working day, 10:30 in New York.
var tuesday = time.Date(2026, 3, 3, 15, 30, 0, 0, time.UTC)

// loadFlow loads one flow, written without its head: scenes, and what else stands at the top.
func loadFlow(t testing.TB, text string) *Flow {
	t.Helper()
	p := loadProject(t, map[string]string{"flows/test.yaml": "format: 1\nflow: test\n" + text})
	return p.Flows["test"]
}

func loadProject(t testing.TB, files map[string]string) *Project {
	t.Helper()
	var b Bundle
	if files[ProjectFile] == "" {
		b.Files = append(b.Files, File{Path: ProjectFile, Source: []byte(testProject)})
	}
	for path, text := range files {
		b.Files = append(b.Files, File{Path: path, Source: []byte(text)})
	}
	p, found := Load(b)
	for _, f := range found {
		if f.Severity == SeverityError {
			t.Fatalf("%s %s: %s (%s)\n%s", f.Code, f.Span, f.Message, f.Label, f.Source)
		}
	}
	return p
}

// player is a caller: it moves a flow and remembers everything that was heard and asked for.
type player struct {
	t       testing.TB
	flow    *Flow
	st      State
	now     time.Time
	service func(*Effect) Input // answers effects; nil: they fail

	sprint  Sprint
	heard   []Utterance // since the last action
	facts   []Fact
	effects []*Effect
}

func newPlayer(t testing.TB, flow *Flow) *player {
	return &player{t: t, flow: flow, now: tuesday, st: flow.Start(CallFacts{
		ID: "CA1", From: "+15550123456", To: "+15550100000", Direction: "inbound", Started: tuesday, CanText: true,
	}, "")}
}

func play(t testing.TB, text string) *player {
	t.Helper()
	return newPlayer(t, loadFlow(t, text)).send(Input{Kind: InputStart})
}

// send moves the call by one input, through all effects. The state goes through JSON before every turn.
func (p *player) send(in Input) *player {
	p.t.Helper()
	p.heard = nil
	for range 60 {
		in.Now = p.now
		p.st = throughJSON(p.t, p.st)
		before := mustMarshal(p.t, p.st)
		st, sprint, err := p.flow.Advance(p.st, in)
		if err != nil {
			p.t.Fatalf("advance: %v", err)
		}
		if after := mustMarshal(p.t, p.st); after != before {
			p.t.Fatalf("Advance changed the state it was given:\n%s\n%s", before, after)
		}
		p.st, p.sprint = st, sprint
		p.facts = append(p.facts, sprint.Facts...)
		p.heard = append(p.heard, sprint.Speech...)
		if sprint.Effect == nil {
			if g, ok := sprint.Stop.(*GatherStop); ok {
				p.heard = append(p.heard, g.Speech...)
			}
			return p
		}
		p.effects = append(p.effects, sprint.Effect)
		in = p.answer(sprint.Effect)
	}
	p.t.Fatal("effects without end")
	return p
}

func (p *player) answer(e *Effect) Input {
	in := Input{Kind: InputEffect, Ending: "failed"}
	if p.service != nil {
		in = p.service(e)
		in.Kind = InputEffect
	}
	return in
}

func (p *player) presses(keys ...string) *player {
	p.t.Helper()
	for _, k := range keys {
		p.send(Input{Kind: InputKeys, Keys: k})
	}
	return p
}

func (p *player) says(words string) *player {
	p.t.Helper()
	return p.send(Input{Kind: InputKeys, Speech: words})
}

func (p *player) silent(times int) *player {
	p.t.Helper()
	for range times {
		p.send(Input{Kind: InputSilence})
	}
	return p
}

// pays ends the payment that the call waits at.
func (p *player) pays(ending string) *player {
	p.t.Helper()
	stop := p.pay()
	facts := PaymentFacts{Amount: stop.Amount}
	if ending == "paid" {
		facts.Confirmation, facts.Brand, facts.Last4, facts.Token = "A1B2", "visa", "4242", "tok_secret"
	}
	return p.send(Input{Kind: InputPay, Ending: ending, Payment: facts})
}

func (p *player) text() string {
	var out []string
	for _, u := range p.heard {
		if u.Kind == UtterSay {
			out = append(out, u.Text)
		} else {
			out = append(out, fmt.Sprintf("<%s>", u.Kind))
		}
	}
	return strings.Join(out, " | ")
}

func (p *player) hears(want ...string) *player {
	p.t.Helper()
	got := p.text()
	for _, w := range want {
		if !strings.Contains(strings.ToLower(got), strings.ToLower(w)) {
			p.t.Errorf("heard %q, want %q in it", got, w)
		}
	}
	return p
}

func (p *player) hearsNot(unwanted string) *player {
	p.t.Helper()
	if got := p.text(); strings.Contains(got, unwanted) {
		p.t.Errorf("heard %q, want no %q in it", got, unwanted)
	}
	return p
}

func (p *player) at(scene string) *player {
	p.t.Helper()
	if p.st.Scene != scene {
		p.t.Errorf("the call is in scene %q at %s, want %q; facts: %v", p.st.Scene, p.st.Stop, scene, p.errors())
	}
	return p
}

func (p *player) outcome(want string) *player {
	p.t.Helper()
	if p.st.Outcome != want {
		p.t.Errorf("outcome %q, want %q", p.st.Outcome, want)
	}
	return p
}

func (p *player) ended(want bool) *player {
	p.t.Helper()
	if p.st.Ended != want {
		p.t.Errorf("ended %v, want %v; the call is at %s", p.st.Ended, want, p.st.Stop)
	}
	return p
}

func (p *player) gather() *GatherStop { return stopAs[*GatherStop](p) }
func (p *player) pay() *PayStop       { return stopAs[*PayStop](p) }
func (p *player) dial() *DialStop     { return stopAs[*DialStop](p) }
func (p *player) record() *RecordStop { return stopAs[*RecordStop](p) }
func (p *player) hangUp() *HangUpStop { return stopAs[*HangUpStop](p) }

func stopAs[S Stop](p *player) S {
	p.t.Helper()
	stop, ok := p.sprint.Stop.(S)
	if !ok {
		p.t.Fatalf("the call waits at %T (%s, scene %s), want %T; errors: %v", p.sprint.Stop, p.st.Stop, p.st.Scene, stop, p.errors())
	}
	return stop
}

func (p *player) errors() []string {
	var out []string
	for _, f := range p.facts {
		if f.Kind == FactError {
			out = append(out, fmt.Sprintf("%s %s: %s", f.Name, f.At, f.Text))
		}
	}
	return out
}

func (p *player) fact(kind FactKind, name string) *Fact {
	for i, f := range p.facts {
		if f.Kind == kind && (name == "" || f.Name == name) {
			return &p.facts[i]
		}
	}
	return nil
}

func throughJSON(t testing.TB, st State) State {
	t.Helper()
	var out State
	if err := json.Unmarshal([]byte(mustMarshal(t, st)), &out); err != nil {
		t.Fatalf("state does not come back from JSON: %v", err)
	}
	if diff := cmp.Diff(mustMarshal(t, st), mustMarshal(t, out)); diff != "" {
		t.Fatalf("state changes on its way through JSON:\n%s", diff)
	}
	return out
}

func mustMarshal(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
