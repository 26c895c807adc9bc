package flows

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const breakable = `
needs: { name: text }
defaults: { gave_up: bye }
if_error: trouble
scenes:
  main:
    - say: Welcome.
    - menu:
        options:
          1: { to: break, do: [ { say: "Dear ${name}." }, { hang_up: Never. } ] }
          2: { to: go round, go: round }
  round:
    - set: { n: (later ?? 0) + 1 }
    - set: { later: n }
    - say: Round ${n}.
    - if: n > 1000
      then: bye
      else: round
  trouble:
    - outcome: error
    - say: Sorry.
    - menu: { options: { 1: { to: go on, go: main }, 2: { to: end, go: bye } } }
  bye: [ { hang_up: Bye. } ]
`

func TestErrorsLeadToIfErrorOnce(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, strings.Replace(breakable, "else: round", "else: { go: round, at_most: 99 }", 1))
	p := newPlayer(t, f).send(Input{Kind: InputStart}).presses("1")
	p.hears("Sorry.").hearsNot("Dear").at("trouble").outcome("error")
	if !p.st.InError {
		t.Error("the state does not remember the error")
	}
	got := p.errors()
	if len(got) != 1 || !strings.Contains(got[0], "main#2.1.1 flows/test.yaml:12:") || !strings.Contains(got[0], "name has no value") {
		t.Errorf("errors %q, want the place in the file", got)
	}
	p.presses("1").hears("Welcome.").presses("1").hears("something went wrong on our side").ended(true).outcome("error")
	p.hangUp()
}

func TestStepCap(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, strings.Replace(breakable, "else: round", "else: { go: round, at_most: 99 }", 1))
	p := newPlayer(t, f).send(Input{Kind: InputStart}).presses("2").hears("Round 1.", "Sorry.").at("trouble")
	got := p.errors()
	if len(got) != 2 || !strings.Contains(got[0], "40 of 50 steps") || !strings.Contains(got[1], "more than 50 steps") {
		t.Errorf("errors %q", got)
	}
}

func TestTheHostFails(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, strings.Replace(breakable, "else: round", "else: { go: round, at_most: 99 }", 1))
	p := newPlayer(t, f).send(Input{Kind: InputStart}).send(Input{Kind: InputFailed, Err: "redis is away"}).hears("Sorry.").at("trouble")
	if got := p.errors(); len(got) != 1 || !strings.Contains(got[0], "redis is away") {
		t.Errorf("errors %q", got)
	}
}

func TestWithoutIfErrorTheApologyIsBuiltIn(t *testing.T) {
	t.Parallel()
	p := play(t, `
needs: { name: text }
scenes: { main: [ { say: "Dear ${name}." }, { hang_up: Bye. } ] }
`)
	p.hears("something went wrong on our side").ended(true).outcome("error")
	p = play(t, `
needs: { name: text }
if_error: trouble
scenes:
  main: [ { say: "Dear ${name}." }, { hang_up: Bye. } ]
  trouble: [ { say: "Sorry, ${name}." }, { hang_up: Bye. } ]
`)
	p.hears("something went wrong on our side").hearsNot("Sorry").ended(true)
}

func TestAnErrorInTheLastWord(t *testing.T) {
	t.Parallel()
	play(t, `
needs: { name: text }
if_error: trouble
scenes:
  main: [ { hang_up: "Bye, ${name}." } ]
  trouble: [ { hang_up: Sorry. } ]
`).hears("Sorry.").ended(true)
}

func TestErrorsInAfterCall(t *testing.T) {
	t.Parallel()
	p := play(t, `
needs: { name: text }
after_call:
  - set: { upper_name: upper(name) }
  - outcome: filed
  - send: done
    when: name == "x"
  - send: last
scenes: { main: [ { hang_up: Bye. } ] }
`)
	st, sprint := p.flow.AfterCallRun(p.st, p.now)
	if st.Outcome != "filed" || sprint.Facts[len(sprint.Facts)-1].Name != "last" {
		t.Errorf("outcome %q, facts %+v", st.Outcome, sprint.Facts)
	}
}

func TestStatesOfAnotherFlow(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `scenes: { main: [ { hang_up: Bye. } ] }`)
	if _, _, err := f.Advance(State{Stop: "gone#1"}, Input{Kind: InputSilence}); err == nil {
		t.Error("a step that is not there was taken")
	}
	if _, _, err := (&Flow{Name: "x"}).Advance(State{}, Input{}); !errors.Is(err, errNotCompiled) {
		t.Errorf("a flow that was not compiled: %v", err)
	}
	if _, err := f.Current(State{Stop: "gone#1"}, tuesday); err == nil {
		t.Error("a step that is not there was drawn")
	}
}

func TestPayAmounts(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
needs: { due: money, euros: money }
defaults: { gave_up: bye, declined: again, cancelled: bye, unavailable: bye }
if_error: trouble
scenes:
  main: [ { go: again } ]
  again:
    - say: You pay ${due | money}.
    - pay: { amount: due }
      then: { paid: again }
  bye: [ { hang_up: "Bye ${payment.confirmation ?? \"\"}" } ]
  trouble: [ { hang_up: Sorry. } ]
`)
	try := func(due string) *player {
		p := newPlayer(t, f)
		p.st = f.Start(CallFacts{ID: "CA1", Contact: map[string]Value{"due": TextValue(due)}}, "")
		return p.send(Input{Kind: InputStart})
	}
	for _, bad := range []string{"0", "-5", "2000.01"} {
		try(bad).hears("Sorry.")
	}
	if got := try("2000.00").pay().Amount; got != (Money{200000, "usd"}) {
		t.Errorf("amount %v", got)
	}
	p := try("1200.00").pays("paid") // the limit is for the whole call
	p.hears("Sorry.")
	if got := p.errors(); len(got) != 1 || !strings.Contains(got[0], "2400.00 usd would be charged in this call, and the limit is 2000.00 usd") {
		t.Errorf("errors %q", got)
	}
	try("1200.00").pays("declined").pay()
}

func TestPayPrompts(t *testing.T) {
	t.Parallel()
	p := play(t, `
defaults: { gave_up: bye, declined: bye, cancelled: bye, unavailable: bye }
scenes:
  main:
    - say: You pay five dollars.
    - pay:
        amount: 5.00
        cards: [visa, amex]
        security_code: no
        postal_code: skip
        wait: 9s
        extra: { line: line.name, none: contact.id }
        prompts:
          card_number: { ask: [First., Second.], silent: Silent., wrong: [Wrong., "Wrong again."], card_not_taken: Not taken., amex: Amex. }
          expiry: { wrong: Bad date. }
      then: { paid: bye }
  bye: [ { hang_up: "Bye ${payment.confirmation ?? \"\"}" } ]
`)
	stop := p.pay()
	var got []string
	for _, pr := range stop.Prompts {
		line := pr.For
		for _, part := range [][]string{pr.CardTypes, pr.ErrorTypes} {
			line += " [" + strings.Join(part, " ") + "]"
		}
		for _, a := range pr.Attempts {
			line += " " + string(rune('0'+a))
		}
		got = append(got, line+" "+pr.Speech.Text)
	}
	want := []string{
		"payment-card-number [] [] 1 First.",
		"payment-card-number [] [] 2 3 Second.",
		"payment-card-number [] [timeout] Silent.",
		"payment-card-number [] [invalid-card-number] 2 Wrong.",
		"payment-card-number [] [invalid-card-number] 3 Wrong again.",
		"payment-card-number [] [invalid-card-type] Not taken.",
		"payment-card-number [amex] [] Amex.",
		"expiration-date [] [invalid-date] Bad date.",
		"expiration-date [] [] Please key in the expiration date: two digits for the month and two for the year.",
		"expiration-date [] [timeout] I did not hear any keys. Please key in the expiration date: two digits for the month and two for the year.",
		"payment-processing [] [] Thank you. Please hold while we process your payment.",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("prompts\n%s\nwant\n%s", g, w)
	}
	if stop.AskCode || stop.AskPostal || stop.PostalCode != "" || stop.Wait != 9*time.Second || len(stop.Cards) != 2 || stop.Connector != "acme" {
		t.Errorf("pay %+v", stop)
	}
	if len(stop.Extra) != 1 || stop.Extra[0] != (NameValue{"line", "Acme Energy"}) {
		t.Errorf("extra %v", stop.Extra)
	}
}

func TestSavesACardOrABankAccount(t *testing.T) {
	t.Parallel()
	p := play(t, `
defaults: { gave_up: bye, declined: bye, cancelled: bye, unavailable: bye }
scenes:
  main:
    - pay: { save_card: one_time, method: bank, bank_account: consumer-savings, connector: other, once_per: "${call.id}-x" }
      as: bank
      then: { saved: done }
  done:
    - send: saved
      data: { how: bank.result, token: bank.token }
    - hang_up: Saved.
  bye: [ { hang_up: Bye. } ]
`)
	stop := p.pay()
	if stop.Method != "ach-debit" || stop.BankAccount != "consumer-savings" || stop.TokenType != "one-time" || stop.Connector != "other" || stop.OncePer != "CA1-x" || stop.AskCode || stop.AskPostal {
		t.Errorf("pay %+v", stop)
	}
	for _, pr := range stop.Prompts {
		if strings.Contains(pr.For, "card") || pr.For == "security-code" {
			t.Errorf("a bank account is asked for %s", pr.For)
		}
	}
	p.send(Input{Kind: InputPay, Ending: "saved", Payment: PaymentFacts{Token: "tok_secret"}}).hears("Saved.")
	data := p.fact(FactSend, "saved").Data
	if data["how"].String() != "saved" || data["token"].String() != privateShown {
		t.Errorf("data %v", data)
	}
}

func TestDefaultsOfTheFlow(t *testing.T) {
	t.Parallel()
	p := play(t, `
defaults: { tries: 2, wait: 4s, voice: Polly.Joey, if_silent: Are you there?, if_wrong: [Not that., Nor that.], gave_up: bye }
scenes:
  main:
    - menu: { say: Hello., options: { 1: { to: end, go: bye } }, tries: 3, wait: 6s }
  bye: [ { hang_up: Bye. } ]
`)
	if g := p.gather(); g.Wait != 6*time.Second || g.Speech[0].Voice != "Polly.Joey" {
		t.Errorf("gather %+v", g)
	}
	p.silent(1).hears("Are you there? | To end, press 1.").presses("7").hears("Not that.").presses("7").hears("Bye.")
}

func TestLanguageOfTheContact(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
speaks: [en-US, es-US]
needs: { language: "language, or en-US", name: text }
scenes: { main: [ { hang_up: { en-US: "Bye ${name}.", es-US: "Adiós ${name}." } } ] }
`)
	for lang, hears := range map[string]string{"es-US": "Adiós Ann.", "en-US": "Bye Ann.", "fr-FR": "Bye Ann.", "": "Bye Ann."} {
		contact := map[string]Value{"name": TextValue("Ann")}
		if lang != "" {
			contact["language"] = TextValue(lang)
		}
		p := newPlayer(t, f)
		p.st = f.Start(CallFacts{ID: "CA1", Direction: "outbound-api", Contact: contact}, "en-US")
		p.send(Input{Kind: InputStart}).hears(hears)
	}
}

func TestOutboundNames(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
direction: either
scenes:
  main:
    - send: who
      data: { caller: caller.number, line: line.number, way: call.direction, by: call.answered_by }
    - hang_up: "You can opt out by pressing 9."
`)
	p := newPlayer(t, f)
	p.st = f.Start(CallFacts{ID: "CA1", Direction: "outbound-api", From: "+15550100000", To: "+15550123456", AnsweredBy: "machine_end_beep"}, "")
	p.send(Input{Kind: InputStart})
	for name, want := range map[string]string{"caller": "+15550123456", "line": "+15550100000", "way": "outbound", "by": "machine"} {
		if got := p.fact(FactSend, "who").Data[name].String(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestValuesStaySmall(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, loadFlow(t, `
defaults: { failed: bye, not_found: bye }
scenes:
  main:
    - set: { x: '"0123456789abcdef"' }
    - set: { x: x + x + x + x + x + x + x + x }
    - set: { x: x + x + x + x + x + x + x + x }
    - set: { x: x + x + x + x + x + x + x + x }
    - lookup: billing
      get: /x
      as: big
      then: { found: bye }
  bye: [ { hang_up: Bye. } ]
`))
	p.service = func(*Effect) Input {
		return Input{Ending: "found", Answer: []byte(`{"x":"` + strings.Repeat("x", 40_000) + `"}`)}
	}
	p.send(Input{Kind: InputStart}).hears("Bye.")
	if got := p.errors(); len(got) != 1 || !strings.Contains(got[0], "too large to keep") {
		t.Errorf("errors %q", got)
	}
	play(t, `
scenes:
  main:
    - set: { x: '"0123456789abcdef"' }
    - set: { x: x + x + x + x + x + x + x + x }
    - set: { x: x + x + x + x + x + x + x + x }
    - set: { x: x + x + x + x + x + x + x + x }
    - set: { x: x + x + x + x + x + x + x + x }
    - hang_up: Bye.
`).hears("something went wrong")
}

func TestAnEffectAskedForAgainKeepsItsID(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
defaults: { failed: bye, refused: bye }
scenes:
  main:
    - submit: billing
      post: /x
      then: { done: bye }
  bye: [ { hang_up: Bye. } ]
`)
	st := f.Start(CallFacts{ID: "CA1"}, "")
	st, first, err := f.Advance(st, Input{Kind: InputStart, Now: tuesday})
	if err != nil || first.Effect == nil {
		t.Fatal(first, err)
	}
	current, err := f.Current(st, tuesday)
	if err != nil || current.Effect == nil || current.Effect.ID != first.Effect.ID {
		t.Errorf("drawn again it is %+v, %v", current.Effect, err)
	}
	again, sprint, err := f.Advance(st, Input{Kind: InputSilence, Now: tuesday})
	if err != nil || sprint.Effect == nil || sprint.Effect.ID != first.Effect.ID {
		t.Errorf("asked for again it is %+v, %v", sprint.Effect, err)
	}
	again.Pending = first.Effect // as the host keeps it
	again, _, err = f.Advance(again, Input{Kind: InputEffect, Ending: "done", Now: tuesday})
	if err != nil || again.Pending != nil || !again.Ended {
		t.Errorf("after the answer: %+v, %v", again, err)
	}
}

func TestPrivateValuesAreInNoError(t *testing.T) {
	t.Parallel()
	p := play(t, `
defaults: { gave_up: bye }
scenes:
  main:
    - ask: { say: Your code?, digits: 8, private: yes }
      as: code
    - set: { due: 'money(code + "x")' }
    - hang_up: Bye.
  bye: [ { hang_up: Bye. } ]
`).presses("31415926")
	if got := p.errors(); len(got) != 1 || strings.Contains(got[0], "3141") {
		t.Errorf("errors %q", got)
	}
}
