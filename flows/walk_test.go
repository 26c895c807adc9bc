package flows

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Bounds of the calls that are walked at random.
const (
	boldTurns  = 60     // turns in which the caller does anything at all
	patience   = 60     // turns of silence after which every call must be over
	stateLimit = 16_000 // bytes of a state as JSON
)

// TestWalkEverything makes calls with random keys, silences, failures and payment endings. Every call must come
// to an end when the caller falls silent, no turn may fail, and every state must survive JSON.
func TestWalkEverything(t *testing.T) {
	t.Parallel()
	flows := []*Flow{payMyBill(t), renewPlan(t), loadFlow(t, everything)}
	for seed := range uint64(walkedCalls) {
		w := randomCaller{rng: rand.New(rand.NewPCG(seed, 77)), scenes: map[string]bool{}}
		f := flows[seed%uint64(len(flows))]
		p := newPlayer(t, f)
		p.st = f.Start(w.call(f, p.now), "")
		p.service = w.service
		p.send(Input{Kind: InputStart})
		for turn := 0; !p.st.Ended; turn++ {
			if turn > boldTurns+patience {
				t.Fatalf("seed %d, flow %s: the call never ends; it is at %s", seed, f.Name, p.st.Stop)
			}
			p.now = p.now.Add(time.Duration(w.rng.IntN(20)) * time.Second)
			p.send(w.input(p, turn >= boldTurns))
			w.check(t, seed, p)
		}
		st, sprint := f.AfterCallRun(throughJSON(t, p.st), p.now)
		for sprint.Effect != nil {
			in := p.answer(sprint.Effect)
			in.Now = p.now
			var err error
			if st, sprint, err = f.Advance(throughJSON(t, st), in); err != nil {
				t.Fatalf("seed %d: after call: %v", seed, err)
			}
		}
		if !st.After || !st.Ended {
			t.Fatalf("seed %d: after_call did not run to its end", seed)
		}
	}
}

func renewPlan(t testing.TB) *Flow {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "played", "renew-plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return loadProject(t, map[string]string{"flows/renew-plan.yaml": string(text)}).Flows["renew-plan"]
}

// everything is a flow with every verb that waits for something.
const everything = `
defaults: { gave_up: person, failed: person, not_found: person, refused: person, tries: 2 }
anywhere: { 0: person, "*": repeat, "#": main }
if_error: trouble
after_call:
  - submit: billing
    post: /log
    json: { outcome: call.outcome, spent: payment.amount }
  - send: done
scenes:
  main:
    - choose_language: { 1: en-US, 2: es-US }
    - menu:
        say: Welcome.
        options:
          1: { to: ask things, go: questions }
          2: { to: pay, go: paying, at_most: 2 }
          3: { to: leave a message, go: message }
          4: { to: break it, do: [ { say: "${nothing.there}" }, { go: main } ] }
          5: { to: look something up, go: look }
          6: { to: stop these calls, go: stop-it }
          7: { to: hear XML, go: raw }
          8: { to: be written down, go: written }
          9: { to: talk to a program, go: talk }
      when: call.seconds < 100000
    - go: person
  questions:
    - ask: { say: How much?, kind: money, valid_if: it < 100, confirm: yes }
      as: amount
    - ask: { say: When?, kind: date }
      as: day
    - ask: { say: Your secret?, digits: 4-8, private: yes }
      as: secret_digits
    - set: { double: amount * 2, later: day + 30, soon: day - today < 30 }
    - say: Twice is ${double | money}, later is ${later | date}.
    - choose: soon
      then: { yes: [ { say: Soon. } ], no: main, otherwise: main }
    - note: They said ${amount | money}.
    - go: paying
      at_most: 3
  paying:
    - say: You pay ${amount ?? money("5") | money}.
    - pay: { amount: amount ?? money("5"), save_card: no }
      then: { paid: thanks, declined: main, cancelled: main, unavailable: person, hung_up: person }
  thanks:
    - outcome: paid
    - confirm: Thank you. Your confirmation is ${payment.confirmation | spell}. More?
      then: { yes: main, no: person }
  message:
    - voicemail: { tell: [ "x@acme.example" ] }
      then: { empty: { go: message, at_most: 1 } }
    - hang_up: Thanks.
  look:
    - record: pause
    - lookup: billing
      get: /things/${call.id}
      as: nothing
      then: { found: main }
  stop-it: [ { opt_out: company } ]
  written:
    - transcribe: stop
      when: call.seconds > 30
    - transcribe: start
      when: call.seconds < 60
    - go: main
      at_most: 3
  talk:
    - converse: { url: "wss://talk.acme.example/x", greeting: Hello., expect: { amount: money } }
      as: talked
      then: { ended: paying }
  raw:
    - twiml: <Say>Hi</Say>
      come_back_to: main
  person:
    - hours: office
      then: { open: to-person, closed: message }
  to-person:
    - transfer: { to: desk, may_return_to: main }
      then: { no_answer: message, busy: message, failed: message }
  trouble:
    - say: Sorry.
    - go: person
`

// randomCaller is a caller without any sense.
type randomCaller struct {
	rng    *rand.Rand
	writes []string // the transcriptions that run, as Twilio would see it
	scenes map[string]bool
}

func pick[T any](w *randomCaller, from ...T) T { return from[w.rng.IntN(len(from))] }

func (w *randomCaller) call(f *Flow, now time.Time) CallFacts {
	call := CallFacts{ID: "CA1", From: pick(w, "+15550123456", "anonymous", "+15550123456"), To: "+15550100000", Started: now, CanText: w.rng.IntN(2) == 0}
	if f.Direction != "outbound" {
		return call
	}
	call.Direction, call.AnsweredBy = "outbound-api", pick(w, "human", "machine_start", "fax", "")
	call.Contact = map[string]Value{}
	for name, text := range map[string]string{
		"id": "7", "first_name": "Ann", "birth_year": "1980", "plan": "gold", "price": pick(w, "120.00", "0", "a lot", "9999"),
		"ends_on": "2026-05-01", "language": pick(w, "en-US", "es-US", "fr-FR", ""),
	} {
		if w.rng.IntN(10) > 0 {
			call.Contact[name] = TextValue(text)
		}
	}
	return call
}

func (w *randomCaller) service(e *Effect) Input {
	in := Input{Ending: pick(w, "found", "found", "not_found", "failed", "done", "done", "refused", "sent", "nonsense")}
	in.Answer = json.RawMessage(pick(w, "",
		`{"name":"Dana","balance":84.20,"due_on":"2026-03-15","zip":"94109","autopay":false}`,
		`{"name":"Dana","balance":0,"due_on":"2026-03-15"}`, `{"balance":"x"}`, `[]`, `{"balance":null}`, `{"name":[1,{"a":"}\""}],"zip":7}`))
	if w.rng.IntN(20) == 0 {
		in.Err = "it broke"
	}
	return in
}

func (w *randomCaller) input(p *player, quiet bool) Input {
	if !quiet && w.rng.IntN(100) == 0 {
		return Input{Kind: pick(w, InputHungUp, InputFailed, InputBack, InputEffect), Err: "odd"}
	}
	switch stop := p.sprint.Stop.(type) {
	case *GatherStop:
		switch {
		case quiet || w.rng.IntN(6) == 0:
			return Input{Kind: InputSilence}
		case w.rng.IntN(8) == 0:
			return Input{Kind: InputKeys, Keys: pick(w, "0", "*", "#", "?", "99", "123456789012345")}
		case w.rng.IntN(10) == 0:
			return Input{Kind: InputKeys, Speech: pick(w, "yes", "no", "pay all of it now", "one two", "")}
		case stop.Digits == 1:
			return Input{Kind: InputKeys, Keys: fmt.Sprint(w.rng.IntN(10))}
		}
		return Input{Kind: InputKeys, Keys: pick(w, "12345678", "03152026", "2500", "1980", "1", "99999999")}
	case *PayStop:
		ending := pick(w, "paid", "declined", "cancelled", "gave_up", "unavailable", "unknown", "hung_up", "nonsense")
		if quiet {
			ending = "gave_up"
		}
		return Input{Kind: InputPay, Ending: ending, Payment: PaymentFacts{Amount: stop.Amount, Confirmation: pick(w, "A1", "")}}
	case *DialStop:
		if quiet {
			return Input{Kind: InputDial, Ending: "no_answer"}
		}
		return Input{Kind: InputDial, Ending: pick(w, "ended", "no_answer", "busy", "failed", "returned")}
	case *ConverseStop:
		if quiet {
			return Input{Kind: InputConverse, Ending: "failed"}
		}
		return Input{Kind: InputConverse, Ending: pick(w, "ended", "failed", "odd"), Handoff: pick(w, "", "x", `{"amount":"5"}`, `{"amount":[]}`)}
	case *RecordStop:
		if quiet {
			return Input{Kind: InputRecord}
		}
		return Input{Kind: InputRecord, Seconds: w.rng.IntN(3), Recording: pick(w, "https://r", "")}
	}
	return Input{Kind: InputBack}
}

// hearTranscripts does what the turn says about transcriptions: none may run while a caller pays, and else exactly the
// one that the flow believes in.
func (w *randomCaller) hearTranscripts(t *testing.T, seed uint64, p *player) {
	t.Helper()
	for _, u := range p.heard {
		switch u.Kind {
		case UtterTranscribeStart:
			w.writes = append(w.writes, u.Transcript.Name)
		case UtterTranscribeStop:
			w.writes = slices.DeleteFunc(w.writes, func(name string) bool { return name == u.Transcript.Name })
		}
	}
	var want []string
	if tr := p.st.Transcript; tr != nil && tr.State == TranscriptRuns {
		want = append(want, tr.Name)
	}
	if _, paying := p.sprint.Stop.(*PayStop); paying && len(w.writes) > 0 || !slices.Equal(w.writes, want) && !p.st.Ended {
		t.Fatalf("seed %d: at %s %v is written, the flow believes %+v", seed, p.st.Stop, w.writes, p.st.Transcript)
	}
}

// check looks for what must hold after every turn.
func (w *randomCaller) check(t *testing.T, seed uint64, p *player) {
	t.Helper()
	if g, ok := p.sprint.Stop.(*GatherStop); ok && len(g.Speech) == 0 {
		t.Fatalf("seed %d: the caller is asked nothing at %s", seed, p.st.Stop)
	}
	w.hearTranscripts(t, seed, p)
	if size := len(mustMarshal(t, p.st)); size > stateLimit {
		t.Fatalf("seed %d: the state has %d bytes", seed, size)
	}
	if p.st.Ended {
		p.hangUp()
		return
	}
	again, err := p.flow.Current(p.st, p.now)
	if err != nil || fmt.Sprintf("%T", again.Stop) != fmt.Sprintf("%T", p.sprint.Stop) {
		t.Fatalf("seed %d: at %s the stop is %T, drawn again %T: %v", seed, p.st.Stop, p.sprint.Stop, again.Stop, err)
	}
}
