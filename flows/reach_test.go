package flows

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTransferEndings(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
scenes:
  main:
    - transfer: { to: owner, say: One moment., may_return_to: back, record: yes, caller_id: "+15550100000" }
      as: how
      then: { no_answer: late, busy: late, failed: late }
  back: [ { say: Welcome back. }, { transfer: "number:+15550100077", then: { no_answer: late, busy: late, failed: late } } ]
  late: [ { hang_up: Nobody is free. } ]
`)
	start := func() *player { return newPlayer(t, f).send(Input{Kind: InputStart}) }
	dial := start().hears("One moment.").dial()
	if dial.Number != "+15550100099" || dial.Team != "owner" || !dial.Record || dial.CallerID != "+15550100000" || dial.RingFor != 30*time.Second {
		t.Errorf("dial %+v", dial)
	}
	for ending, hears := range map[string]string{"busy": "Nobody is free.", "ended": "Goodbye.", "strange": "Nobody is free.", "returned": "Welcome back."} {
		start().send(Input{Kind: InputDial, Ending: ending}).hears(hears)
	}
	p := start().send(Input{Kind: InputDial, Ending: "returned"})
	if dial := p.dial(); dial.Number != "+15550100077" {
		t.Errorf("dial %+v", dial)
	}
}

func TestVoicemail(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
scenes:
  main:
    - voicemail: { longest: 90s, tell: [ "desk@acme.example" ] }
      as: message
      then: { empty: [ { hang_up: Nothing was said. } ] }
    - hang_up: Thank you.
`)
	start := func() *player { return newPlayer(t, f).send(Input{Kind: InputStart}) }
	p := start().hears("Please leave a message")
	if rec := p.record(); rec.Longest != 90*time.Second || !rec.Beep {
		t.Errorf("record %+v", rec)
	}
	p.send(Input{Kind: InputRecord, Seconds: 9, Recording: "https://r"}).hears("Thank you.")
	if p.fact(FactSend, "voicemail.left") == nil {
		t.Error("nobody is told of the message")
	}
	start().send(Input{Kind: InputRecord}).hears("Nothing was said.")
	start().silent(1).hears("Nothing was said.")
}

func TestTextMessage(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
scenes:
  main:
    - text_message: We call you back on ${today | date}.
      then: { failed: [ { say: Not sent. } ] }
    - hang_up: Bye.
`)
	p := newPlayer(t, f)
	p.service = func(*Effect) Input { return Input{Ending: "sent"} }
	p.send(Input{Kind: InputStart}).hearsNot("Not sent")
	if e := p.effects[0]; e.Body != "We call you back on March 3." || e.To != "+15550123456" || e.From != "+15550100000" {
		t.Errorf("effect %+v", e)
	}
	newPlayer(t, f).send(Input{Kind: InputStart}).hears("Not sent.") // the effect failed
	p = newPlayer(t, f)
	p.st.Call.CanText = false
	p.send(Input{Kind: InputStart}).hears("Not sent.")
	if len(p.effects) != 0 {
		t.Error("a message was asked for without leave")
	}
	p = newPlayer(t, f)
	p.st.Call.From = "anonymous"
	p.send(Input{Kind: InputStart}).hears("Not sent.")
}

func TestOptOutWritesFirst(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
if_error: trouble
scenes:
  main: [ { opt_out: company, say: You are off our list. } ]
  trouble: [ { hang_up: Sorry. } ]
`)
	p := newPlayer(t, f)
	p.service = func(e *Effect) Input {
		if e.Kind != EffectOptOut || e.Service != "company" || e.To != "+15550123456" {
			t.Errorf("effect %+v", e)
		}
		return Input{Ending: "done"}
	}
	p.send(Input{Kind: InputStart}).hears("You are off our list.").outcome("opted_out").ended(true)
	p.hangUp()
	newPlayer(t, f).send(Input{Kind: InputStart}).hears("Sorry.").hearsNot("off our list") // it could not be written
}

func TestRecordPauseIsAnEffect(t *testing.T) {
	t.Parallel()
	p := play(t, `
scenes:
  main: [ { record: pause }, { say: Off the record. }, { record: resume }, { hang_up: Bye. } ]
`)
	if len(p.effects) != 2 || p.effects[0].Kind != EffectRecord || p.effects[0].Body != "pause" || p.effects[1].Body != "resume" {
		t.Errorf("effects %+v", p.effects)
	}
	if p.effects[0].ID == p.effects[1].ID {
		t.Error("two effects have one ID")
	}
	p.hears("Off the record. | Bye.")
}

func TestTwiML(t *testing.T) {
	t.Parallel()
	p := play(t, `
needs: { name: "text, or A & B" }
scenes:
  main:
    - twiml: <Say>${name}</Say>
      come_back_to: next
  next: [ { hang_up: Back. } ]
`)
	if x := stopAs[*TwiMLStop](p).XML; x != "<Say>A &amp; B</Say>" {
		t.Errorf("xml %s", x)
	}
	if !p.flow.WaitsForTwiML(p.st) {
		t.Error("the call waits for TwiML")
	}
	p.send(Input{Kind: InputBack}).hears("Back.")
	if p.flow.WaitsForTwiML(p.st) {
		t.Error("the call no longer waits for TwiML")
	}
}

func TestOutcomeNoteSend(t *testing.T) {
	t.Parallel()
	p := play(t, `
after_call:
  - outcome: filed
  - submit: billing
    post: /log
    json: { outcome: call.outcome }
  - send: call.filed
    data: { outcome: call.outcome, seconds: call.seconds, pay: payment }
scenes:
  main:
    - outcome: looked_in
    - note: They called at ${now | time}.
    - send: looked.in
      data: { line: line.name, greeting: setting.greeting, nobody: contact.id }
    - hang_up: Bye.
`)
	p.outcome("looked_in")
	if diff := cmp.Diff([]string{"They called at 10:30 AM."}, p.st.Notes); diff != "" {
		t.Error(diff)
	}
	data := p.fact(FactSend, "looked.in").Data
	if data["line"].String() != "Acme Energy" || data["greeting"].String() != "Hello" || string(data["nobody"].Data) != "null" {
		t.Errorf("data %v", data)
	}
	st, sprint := p.flow.AfterCallRun(p.st, p.now.Add(time.Minute))
	if sprint.Effect == nil || sprint.Effect.Body != `{"outcome":"filed"}` || st.Stop != "after_call#2" {
		t.Fatalf("after call: %+v, at %s", sprint, st.Stop)
	}
	st, sprint, err := p.flow.Advance(throughJSON(t, st), Input{Kind: InputEffect, Ending: "done", Now: p.now.Add(time.Minute)})
	if err != nil || sprint.Effect != nil || sprint.Stop != nil || !st.After {
		t.Fatalf("after call: %+v %v", sprint, err)
	}
	last := sprint.Facts[len(sprint.Facts)-1]
	if last.Name != "call.filed" || last.Data["seconds"].String() != "60" || string(last.Data["pay"].Data) != "null" {
		t.Errorf("fact %+v", last)
	}
	if _, sprint, err = p.flow.Advance(st, Input{Kind: InputHungUp}); err != nil || len(sprint.Facts) != 0 {
		t.Errorf("after the end something happens: %+v %v", sprint, err)
	}
}

func TestLookupEffect(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, loadFlow(t, `
defaults: { failed: bye, refused: bye, not_found: bye }
scenes:
  main:
    - set: { id: '"a/b c?&"', due: money("84.20") }
    - lookup: billing
      get: /accounts/${id}/x
      query: { q: id, none: contact.id, on: today }
      headers: { X-Who: id }
      expect: { balance: money, name: text, since: date, gone: text }
      cache: 60s
      tries: 2
      as: account
      then: { found: continue }
    - submit: billing
      put: /renewals/${account.balance}
      json: { member: id, due: due, name: account.name, missing: account.gone, flag: account.balance > 0, mixed: "x ${due}", typed: "${due}" }
      once_per: ${id}-${today}
      as: later
      then: { done: continue }
    - submit: billing
      post: /form
      form: { a: due, b: id, c: account.gone }
      then: { done: continue }
    - hang_up: ${later.ref}.
  bye: [ { hang_up: Bye. } ]
`))
	p.service = func(e *Effect) Input {
		if e.Kind == EffectLookup {
			return Input{Ending: "found", Answer: json.RawMessage(`{"balance":10,"name":"Zoë \"Z\"","since":null,"more":[1]}`)}
		}
		return Input{Ending: "done", Answer: json.RawMessage(`{"ref":"R77","n":1}`)}
	}
	p.send(Input{Kind: InputStart}).hears("R77.")
	want := []*Effect{
		{
			ID: "main#2:1", Kind: EffectLookup, Step: "main#2", Service: "billing", Method: "GET",
			Path:    "/accounts/a%2Fb%20c%3F&/x?q=a%2Fb+c%3F%26&on=2026-03-03",
			Headers: map[string]string{"X-Who": "a/b c?&"}, Timeout: 3 * time.Second, Tries: 2, Cache: time.Minute,
		},
		{
			ID: "main#3:2", Kind: EffectSubmit, Step: "main#3", Service: "billing", Method: "PUT", Path: "/renewals/10.00",
			ContentType: "application/json", Key: "a/b c?&-2026-03-03", Timeout: 3 * time.Second, Tries: 1,
			Body: `{"member":"a/b c?&","due":84.20,"name":"Zoë \"Z\"","missing":null,"flag":true,"mixed":"x 84.20","typed":84.20}`,
		},
		{
			ID: "main#4:3", Kind: EffectSubmit, Step: "main#4", Service: "billing", Method: "POST", Path: "/form",
			ContentType: "application/x-www-form-urlencoded", Timeout: 3 * time.Second, Tries: 1, Body: "a=84.20&b=a%2Fb+c%3F%26",
		},
	}
	for _, e := range p.effects {
		if e.WhileWaiting == nil || e.WhileWaiting.Text != "One moment, please." {
			t.Errorf("while waiting %+v", e.WhileWaiting)
		}
		e.WhileWaiting = nil
	}
	if diff := cmp.Diff(want, p.effects); diff != "" {
		t.Error(diff)
	}
	for _, answer := range []string{``, `null`, `{}`, `[]`} {
		p := newPlayer(t, p.flow)
		p.service = func(*Effect) Input { return Input{Ending: "found", Answer: json.RawMessage(answer)} }
		p.send(Input{Kind: InputStart}).hears("Bye.")
	}
}
