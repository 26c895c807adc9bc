package flows

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMenu(t *testing.T) {
	t.Parallel()
	const flow = `
needs: { vip: "yes_no, or no" }
defaults: { gave_up: bye }
scenes:
  main:
    - menu:
        say: Welcome.
        options:
          1: { to: pay, go: one }
          2: { to: use the fast lane, go: two, when: vip }
          "*": { go: star }
          3: { to: hear two sentences, do: [ { say: First. }, { say: Second. }, { go: one } ] }
          4: { to: try it twice, go: one, at_most: 1 }
      as: key
  one:
    - menu: { options: { 1: { to: go back, go: main } } }
  two: [ { hang_up: Fast. } ]
  star: [ { hang_up: Star. } ]
  bye: [ { hang_up: Bye. } ]
`
	f := loadFlow(t, flow)
	start := func() *player { return newPlayer(t, f).send(Input{Kind: InputStart}) }
	p := start().hears("Welcome. | To pay, press 1. To hear two sentences, press 3. To try it twice, press 4.").hearsNot("fast lane")
	if g := p.gather(); g.Digits != 1 || g.FinishOn != "" {
		t.Errorf("gather %+v", g)
	}
	p.presses("2").at("main").hears("could not use that answer", "To pay, press 1").hearsNot("Welcome")
	p.presses("1").at("one")
	if got := p.st.Vars["key"].String(); got != "1" {
		t.Errorf("key %q", got)
	}
	start().presses("*").hears("Star.").ended(true) // an option wins over "star repeats"
	start().presses("3").hears("First. | Second. | To go back").at("one")
	start().presses("4").at("one").presses("1", "4").hears("Bye.").ended(true) // counted: the second time it gives up
	start().silent(1).hears("did not hear any keys").silent(2).hears("Bye.")
	start().presses("9", "9").silent(1).hears("Bye.") // silence and wrong keys count together
	vip := newPlayer(t, f)
	vip.st.Vars = map[string]Value{"vip": YesNoValue(true)}
	vip.send(Input{Kind: InputStart}).hears("To use the fast lane, press 2.").presses("2").hears("Fast.")
}

func TestAsk(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, fields string
		keys         string
		want         string // the value, "" when the answer is wrong
		kind         ValueType
	}{
		{"digits keep zeros", "digits: 8", "00712345", "00712345", TypeDigits},
		{"too few", "digits: 8", "123", "", ""},
		{"a range", "digits: 6-10", "1234567", "1234567", TypeDigits},
		{"above the range", "digits: 6-10", "12345678901", "", ""},
		{"the ending key is no digit", "digits: 6-10", "123456#", "123456", TypeDigits},
		{"money in cents", "kind: money", "2500", "25.00", TypeMoney},
		{"money with a star", "kind: money", "25*5", "25.50", TypeMoney},
		{"money with two stars", "kind: money", "2*5*5", "", ""},
		{"a date", "kind: date", "03152026", "2026-03-15", TypeDate},
		{"no such date", "kind: date", "02302026", "", ""},
		{"a phone number", "kind: phone", "5550123456", "+15550123456", TypePhone},
		{"no phone number", "kind: phone", "0550123456", "", ""},
		{"a zip code", "kind: zip", "01234", "01234", TypeDigits},
		{"a short zip code", "kind: zip", "1234", "", ""},
		{"valid_if holds", "{ kind: money, valid_if: it >= 5 and it < limit }", "999", "9.99", TypeMoney},
		{"valid_if does not", "{ kind: money, valid_if: it >= 5 and it < limit }", "1000", "", ""},
		{"a dropped card number", "digits: 4-19", "?", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fields := strings.Trim(tt.fields, "{ }")
			p := play(t, `
defaults: { gave_up: bye }
scenes:
  main:
    - set: { limit: "money(\"10\")" }
    - ask: { say: Key it in., `+fields+` } # paydial:ignore P001 because it is a test
      as: answer
    - hang_up: Thanks.
  bye: [ { hang_up: Bye. } ]
`)
			p.presses(tt.keys)
			got := p.st.Vars["answer"]
			if got.String() != tt.want || got.Type != tt.kind || p.st.Ended != (tt.want != "") {
				t.Errorf("answer %q of type %q, want %q of type %q; heard %s", got, got.Type, tt.want, tt.kind, p.text())
			}
		})
	}
}

func TestAskConfirmsTheAnswer(t *testing.T) {
	t.Parallel()
	p := play(t, `
defaults: { gave_up: bye }
anywhere: { 0: bye }
scenes:
  main:
    - ask: { say: Key in your member number., digits: 4, confirm: yes }
      as: member
    - hang_up: Thanks.
  bye: [ { hang_up: Bye. } ]
`)
	p.presses("1234").hears("You entered 1 2 3 4. | For yes, press 1. For no, press 2.")
	if g := p.gather(); g.Digits != 1 {
		t.Errorf("gather %+v", g)
	}
	again, err := p.flow.Current(p.st, p.now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.sprint.Stop, again.Stop); diff != "" {
		t.Errorf("drawn again it is another stop:\n%s", diff)
	}
	p.presses("2").hears("Key in your member number.").presses("4321").silent(1).hears("did not hear", "You entered 4 3 2 1").presses("1").hears("Thanks.")
	if got := p.st.Vars["member"].String(); got != "4321" || len(p.st.Vars) != 1 {
		t.Errorf("kept %v", p.st.Vars)
	}
}

func TestPrivateAnswersStayPrivate(t *testing.T) {
	t.Parallel()
	p := play(t, `
defaults: { gave_up: bye, failed: bye, refused: bye }
scenes:
  main:
    - ask: { say: Key in your pin., digits: 8, kind: pin, confirm: yes }
      as: secret_pin
    - set: { copy: secret_pin }
    - send: pin.seen
      data: { pin: secret_pin, copy: copy, end: "${secret_pin | last4}", text: "is ${copy}" }
    - submit: billing
      post: /pins
      json: { pin: secret_pin }
      then: { done: continue }
    - transfer: { to: desk, agent_sees: { pin: copy } }
      then: { no_answer: bye, busy: bye, failed: bye }
  bye: [ { hang_up: Bye. } ]
`)
	p.service = func(*Effect) Input { return Input{Ending: "done"} }
	p.presses("12345678").hears("You entered ending in 5 6 7 8").hearsNot("1 2 3 4")
	p.presses("1")
	got := map[string]string{}
	for name, v := range p.fact(FactSend, "pin.seen").Data {
		got[name] = v.String()
	}
	want := map[string]string{"pin": "••••", "copy": "••••", "end": "5678", "text": "••••"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if body := p.effects[0].Body; body != `{"pin":"12345678"}` { // the service needs the value itself
		t.Errorf("body %s", body)
	}
	if sees := p.dial().AgentSees; len(sees) != 1 || sees[0].Value != "••••" {
		t.Errorf("the agent sees %v", sees)
	}
	if facts := mustMarshal(t, p.facts); strings.Contains(facts, "12345678") {
		t.Errorf("facts hold the pin: %s", facts)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
defaults: { gave_up: bye }
scenes:
  main:
    - confirm: { say: Shall we?, yes: "*", no: 3 }
      as: agreed
      then: { yes: [ { say: Good. } ], no: repeat }
    - hang_up: Done.
  bye: [ { hang_up: Bye. } ]
`)
	start := func() *player { return newPlayer(t, f).send(Input{Kind: InputStart}) }
	p := start().hears("Shall we? | For yes, press star. For no, press 3.").presses("3").hears("Shall we?").presses("*").hears("Good. | Done.")
	if got := p.st.Vars["agreed"].String(); got != "yes" {
		t.Errorf("agreed %q", got)
	}
	start().presses("1", "2").silent(1).hears("Bye.")
}

func TestSpeech(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
defaults: { gave_up: bye }
scenes:
  main:
    - menu: { speech: yes, options: { 1: { to: pay my bill, go: number }, 2: { to: leave, go: bye } } }
  number:
    - ask: { say: Your number?, digits: 4, speech: yes, hints: [one, two] }
      as: number
    - confirm: { say: Sure?, speech: yes }
      then: { yes: bye, no: number }
  bye: [ { hang_up: Bye. } ]
`)
	start := func() *player { return newPlayer(t, f).send(Input{Kind: InputStart}) }
	if g := start().gather(); !g.Listen || g.Language != "en-US" {
		t.Errorf("gather %+v", g)
	}
	p := start().says("Uh, pay my bill please.").at("number").says("It is 1 2 3 4.")
	if got := p.st.Vars["number"].String(); got != "1234" {
		t.Errorf("number %q", got)
	}
	p.says("No, wrong.").at("number").says("1234").says("Yes.").hears("Bye.")
	start().says("2").hears("Bye.")
	start().says("nonsense").at("main").hears("could not use")
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	p := play(t, `
scenes:
  main:
    - set: { n: 3, name: '"Ann"', due: money("12.50"), big: due * 2 + 0.5 }
    - if: n > 2 and name == "Ann"
      then: [ { say: One. } ]
      else: [ { say: Not one. } ]
    - if: not (n == 3)
      then: [ { say: Two. } ]
    - say: Guarded.
      when: n == 4
    - say: Let in.
      when: big == 25.5
    - choose: name
      then: { Bob: other, otherwise: [ { say: Other. } ] }
    - choose: n < 10
      then: { yes: [ { say: Small. } ], otherwise: other }
    - go: other
      when: n == 4
    - hours: office
      then: { open: other, closed: [ { hang_up: Closed. } ] }
  other:
    - hang_up: There.
`)
	p.hears("One. | Let in. | Other. | Small. | There.").at("other")
}

func TestSaySpeaksValues(t *testing.T) {
	t.Parallel()
	f := loadFlow(t, `
needs: { due: money, on: date, account: digits, back: phone, autopay: yes_no, name: text, count: number, nobody: text }
scenes:
  main:
    - say: "${due | money} and ${due}, ${on | date}, ${account | digits}, ${account | last4}, ${back | phone}, ${name | spell}."
    - say: '${name}, ${count}, ${count | ordinal}, ${count + 1 | words}, ${autopay}, $${x}, ${name == "Ann" ? "A" : "B"}'
    - say: { text: "Dear ${nobody}.", or_say: Nobody here. }
    - hang_up: ${nobody ?? "friend"}
`)
	p := newPlayer(t, f)
	contact := map[string]Value{}
	for name, text := range map[string]string{
		"due": "84.20", "on": "2026-03-15", "account": "007123", "back": "(555) 010-0000", "autopay": "no", "name": "Ann", "count": "3",
	} {
		contact[name] = TextValue(text) // as a contact list brings them
	}
	p.st = f.Start(CallFacts{ID: "CA1", Contact: contact}, "en-US")
	p.send(Input{Kind: InputStart})
	p.hears("84 dollars and 20 cents and 84 dollars and 20 cents, March 15, 0 0 7 1 2 3, 7 1 2 3, 5 5 5, 0 1 0, 0 0 0 0, A N N.")
	p.hears("Ann, 3, third, four, no, ${x}, A", "Nobody here.", "friend")
}

func TestPlayAndPause(t *testing.T) {
	t.Parallel()
	p := play(t, `
scenes:
  main:
    - say: { text: Slowly now., slow: yes, voice: Polly.Joey }
    - pause: 2s
    - play: { file: music.mp3, say: Music., times: 2 }
    - play: { keys: "12ww3" }
    - record: start
    - record: stop
    - hang_up:
`)
	want := []Utterance{
		{Kind: UtterSay, Text: "Slowly now.", Language: "en-US", Voice: "Polly.Joey", Slow: true},
		{Kind: UtterPause, For: 2 * time.Second},
		{Kind: UtterPlay, URL: "music.mp3", Text: "Music.", Language: "en-US", Voice: "Polly.Joanna-Neural", Times: 2},
		{Kind: UtterKeys, Keys: "12ww3"},
		{Kind: UtterRecordStart},
		{Kind: UtterRecordStop},
	}
	if diff := cmp.Diff(want, p.heard); diff != "" {
		t.Error(diff)
	}
	p.hangUp()
}
