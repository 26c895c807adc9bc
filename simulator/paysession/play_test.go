package paysession

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// today is the day on which all these calls happen.
func today() time.Time { return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC) }

// player is a caller with a connector behind: it drives a session the way a leg does.
type player struct {
	t       testing.TB
	session *Session
	answer  Answer

	all      []Output // everything the session said
	said     []Say
	statuses []url.Values
	asked    []Request
	numbers  []string // every card number taken, in the clear: what must not be found
	done     *Done
}

// play runs a <Pay> against a script of inputs: digits, * and #; "." is the end of a prompt, "-" is silence to
// the end of the wait, "!" is a hang-up. After the script all that is left is silence.
func play(t testing.TB, src Source, script string, answer Answer) *player {
	t.Helper()
	cfg, warnings, refusal := Parse(src)
	if refusal != nil || len(warnings) > 0 {
		t.Fatalf("parse: %v %q", refusal, warnings)
	}
	p := &player{t: t, session: New(cfg, today()), answer: answer}
	p.take(p.session.Start())
	for _, c := range strings.ReplaceAll(script, " ", "") {
		switch c {
		case '.':
			p.put(PromptDone{})
		case '-':
			p.put(PromptDone{})
			p.put(Silence{})
		case '!':
			p.put(HungUp{})
		default:
			p.put(Key(c))
		}
	}
	for i := 0; p.done == nil; i++ {
		if i > 200 {
			t.Fatal("the session does not end")
		}
		p.put(PromptDone{})
		p.put(Silence{})
	}
	return p
}

func (p *player) put(in Input) { p.take(p.session.Handle(in)) }

func (p *player) take(outs []Output) {
	p.t.Helper()
	p.all = append(p.all, outs...)
	if n := p.session.number; n.Len() > 0 {
		p.numbers = append(p.numbers, string(n.AppendTo(nil)))
	}
	for i, out := range outs {
		if p.done != nil {
			p.t.Fatalf("%T after Done", out)
		}
		switch out := out.(type) {
		case Say:
			p.said = append(p.said, out)
		case Status:
			p.statuses = append(p.statuses, out.Values)
		case Process:
			p.asked = append(p.asked, out.Request)
			p.numbers = append(p.numbers, string(out.Request.Number.AppendTo(nil)))
			p.check(out.Request)
			defer p.put(p.answer)
		case Done:
			p.done = &out
		case Wait:
			if i != len(outs)-1 {
				p.t.Fatalf("a Wait is followed by %T", outs[i+1])
			}
		}
	}
}

// check makes sure that the digits are there while the connector is asked.
func (p *player) check(r Request) {
	p.t.Helper()
	if r.Pay == CreditCard && r.Number.Len() < 12 || r.Pay == ACHDebit && r.Account.Len() < 4 {
		p.t.Errorf("the connector is asked without a number: %+v", r)
	}
}

// steps is the story of a session in short: "payment-card-number 1 invalid-card-number".
func (p *player) steps() []string {
	var all []string
	for _, v := range p.statuses {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", v.Get("For"), v.Get("Attempt"), v.Get("ErrorType"))))
	}
	return all
}

func card(attrs ...string) Source {
	src := Source{Attrs: map[string]string{"chargeAmount": "84.20"}}
	for i := 0; i+1 < len(attrs); i += 2 {
		src.Attrs[attrs[i]] = attrs[i+1]
	}
	return src
}

func ach(attrs ...string) Source {
	return card(append([]string{"paymentMethod", "ach-debit"}, attrs...)...)
}

// wantValues compares some parameters; a name that is wanted empty may also be absent.
func wantValues(t *testing.T, got url.Values, want map[string]string) {
	t.Helper()
	for key, value := range want {
		if got.Get(key) != value {
			t.Errorf("%s: got %q, want %q", key, got.Get(key), value)
		}
	}
}

func wantSteps(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got steps\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
