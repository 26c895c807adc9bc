package flows

import (
	"strings"
	"testing"
	"time"
)

const transcribed = `
recordings: { keep_for: 30 days }
if_error: trouble
defaults: { gave_up: bye, failed: bye, no_answer: bye, busy: bye }
scenes:
  main:
    - say: This call is written down.
    - transcribe: start
      engine: deepgram
      speech_model: nova-3
      track: inbound
      hints: [balance, account]
    - menu:
        say: Welcome.
        options:
          1: { to: pay, go: pay }
          2: { to: stop it, go: stopped }
          3: { to: pay with TwiML, go: raw }
          4: { to: begin anew, do: [ { transcribe: start }, { go: pay } ] }
          5: { to: hear a person, go: person }
  pay:
    - say: You pay 5 dollars.
    - pay: { amount: 5.00 }
      then: { paid: paid, declined: again, cancelled: main-menu, unavailable: bye }
  again:
    - say: Declined.
    - go: pay
  paid:
    - say: Confirmation ${payment.confirmation | spell}.
    - go: main-menu
  main-menu:
    - menu:
        options: { 1: { to: pay, go: pay }, 2: { to: stop it, go: stopped }, 0: { to: hear a person, go: person } }
  stopped:
    - transcribe: stop
    - go: pay
  raw:
    - twiml: <Pay/>
      come_back_to: main-menu
  person:
    - transfer: { to: desk, agent_may_take_payment: yes }
  trouble:
    - say: Sorry.
    - go: main-menu
  bye:
    - hang_up: Bye.
`

// switched is what was switched and said, with the names of transcriptions.
func (p *player) switched() string {
	var out []string
	for _, u := range p.heard {
		switch u.Kind {
		case UtterTranscribeStart:
			out = append(out, "start "+u.Transcript.Name)
		case UtterTranscribeStop:
			out = append(out, "stop "+u.Transcript.Name)
		default:
			out = append(out, u.Text)
		}
	}
	return strings.Join(out, " | ")
}

func (p *player) wants(want string) *player {
	p.t.Helper()
	if got := p.switched(); !strings.HasPrefix(got, want) {
		p.t.Errorf("got %q, want it to begin with %q", got, want)
	}
	return p
}

func (p *player) transcript(state TranscriptState, name string) *player {
	p.t.Helper()
	if t := p.st.Transcript; t == nil || t.State != state || t.Name != name {
		p.t.Errorf("transcript %+v, want %s %s", t, name, state)
	}
	return p
}

// TestTranscribe begins a transcription, and leaves card numbers out of it: it is stopped before each payment, and
// begun anew after, under another name.
func TestTranscribe(t *testing.T) {
	t.Parallel()
	p := play(t, transcribed).wants("This call is written down. | start paydial-1 | Welcome.").transcript(TranscriptRuns, "paydial-1")
	if tr := p.st.Transcript; tr.Engine != "deepgram" || tr.Model != "nova-3" || tr.Track != "inbound" || tr.Language != "en-US" || len(tr.Hints) != 2 {
		t.Errorf("%+v", tr)
	}
	p.presses("1").wants("stop paydial-1 | You pay 5 dollars.").transcript(TranscriptHeld, "paydial-1")
	p.send(Input{Kind: InputSilence}).hearsNot("transcribe") // not the result: the payment is still waited for
	p.pays("declined").wants("Declined. | You pay 5 dollars.").transcript(TranscriptHeld, "paydial-2")
	p.pays("paid").wants("start paydial-3 | Confirmation").transcript(TranscriptRuns, "paydial-3")
	p.presses("0").transcript(TranscriptRuns, "paydial-3").dial()
	p.send(Input{Kind: InputDial, Ending: "busy"}).hears("Bye").ended(true)
}

func TestTranscribeOtherWays(t *testing.T) {
	t.Parallel()
	t.Run("stopped by the flow", func(t *testing.T) {
		t.Parallel()
		p := play(t, transcribed).presses("2").wants("stop paydial-1 | You pay").transcript(TranscriptStopped, "paydial-1")
		p.pays("paid").wants("Confirmation").transcript(TranscriptStopped, "paydial-1")
	})
	t.Run("begun anew right before", func(t *testing.T) {
		t.Parallel()
		p := play(t, transcribed).presses("4").wants("stop paydial-1 | You pay").transcript(TranscriptHeld, "paydial-2")
		p.pays("paid").wants("start paydial-3 | Confirmation")
	})
	t.Run("TwiML that pays", func(t *testing.T) {
		t.Parallel()
		p := play(t, transcribed).presses("3").wants("stop paydial-1").transcript(TranscriptHeld, "paydial-1")
		p.send(Input{Kind: InputBack}).wants("start paydial-2 | To pay")
	})
	t.Run("hung up while paying", func(t *testing.T) {
		t.Parallel()
		play(t, transcribed).presses("1").pays("hung_up").hearsNot("transcribe").ended(true)
	})
	t.Run("an answer that may be lost", func(t *testing.T) {
		t.Parallel()
		p := play(t, transcribed).presses("1")
		p.send(Input{Kind: InputFailed, Err: "no ledger"}).wants("stop paydial-1 | start paydial-2 | Sorry.").transcript(TranscriptRuns, "paydial-2")
		p.presses("2").wants("stop paydial-2 | You pay")
		p.send(Input{Kind: InputFailed, Err: "again"}).wants("stop paydial-1 | stop paydial-2").transcript(TranscriptStopped, "paydial-2")
	})
	t.Run("an offer to an agent changes nothing", func(t *testing.T) {
		t.Parallel()
		p := play(t, transcribed).presses("5")
		if _, _, ok := p.flow.Offer(p.st, p.now); !ok {
			t.Fatal("no offer")
		}
		p.transcript(TranscriptRuns, "paydial-1")
	})
}

func TestConverse(t *testing.T) {
	t.Parallel()
	const text = `
needs: { code: "digits, private", number: "text, or none" }
if_error: trouble
scenes:
  main:
    - converse:
        url: wss://talk.acme.example/agent
        greeting: Hello ${contact.name ?? "there"}, ${number}.
        voices: amazon
        voice: Joanna
        speech_model: telephony
        hints: [balance]
        keys: yes
        parameters: { account: number, nothing: contact.id, line: "Line ${line.name}" }
        expect: { reason: text, amount: money }
      as: talk
      then: { ended: after, failed: trouble }
  after:
    - say: Because of ${talk.data.reason ?? "nothing"}, ${talk.data.amount | money}.
      when: talk.handoff != nil
    - hang_up: After ${talk.seconds | number} seconds.
  trouble:
    - hang_up: Sorry.
`
	flow := loadFlow(t, text)
	begin := func(number string) *player {
		p := newPlayer(t, flow)
		call := p.st.Call
		call.Contact = map[string]Value{"number": TextValue(number), "code": DigitsValue("1234")}
		p.st = p.flow.Start(call, "")
		return p.send(Input{Kind: InputStart})
	}
	p := begin("12")
	got := stopAs[*ConverseStop](p)
	if got.URL != "wss://talk.acme.example/agent" || got.Greeting != "Hello there, 12." || got.Language != "en-US" || got.Speech != "Google" ||
		got.Voices != "Amazon" || got.Voice != "Joanna" || got.Model != "telephony" || !got.Keys || len(got.Hints) != 1 ||
		len(got.Parameters) != 2 || got.Parameters[0] != (NameValue{"account", "12"}) || got.Parameters[1].Value != "Line Acme Energy" {
		t.Errorf("%+v", got)
	}
	p.send(Input{Kind: InputSilence})
	stopAs[*ConverseStop](p) // not for this stop: it goes on
	p.send(Input{Kind: InputConverse, Ending: "ended", Seconds: 9, Handoff: `{"reason":"a bill","amount":"12.50"}`}).
		hears("Because of a bill, 12 dollars and 50 cents", "After 9 seconds").ended(true)
	begin("12").send(Input{Kind: InputConverse, Ending: "ended", Seconds: 9}).hears("After 9 seconds").hearsNot("Because")
	begin("12").send(Input{Kind: InputConverse, Ending: "ended", Handoff: "by hand"}).hears("Sorry")
	begin("12").send(Input{Kind: InputConverse, Ending: "failed", Err: "the conversation failed"}).hears("Sorry")
	begin("12").send(Input{Kind: InputConverse, Ending: "whatever"}).hears("Sorry")
	if p := begin("4242 4242 4242 4242").hears("Sorry"); !strings.Contains(strings.Join(p.errors(), " "), "card number") {
		t.Errorf("why: %v", p.errors())
	}
}

// TestRawTwiMLInTheCall makes forbidden TwiML of values: it is not sent, the call goes to if_error.
func TestRawTwiMLInTheCall(t *testing.T) {
	t.Parallel()
	const text = `
needs: { x: text }
if_error: trouble
scenes:
  main:
    - twiml: XML
      come_back_to: main
  trouble:
    - hang_up: Sorry.
`
	for name, c := range map[string]struct{ xml, x, want string }{
		"a value":            {`<Record transcribe="${x}"/>`, "true", "P020"},
		"a harmless value":   {`<Record transcribe="${x}"/>`, "false", ""},
		"a name":             {`<Record ${x}="https://a.example"/>`, "transcribeCallback", "P020"},
		"intelligence":       {`<Start><Transcription ${x}="GA1"/></Start>`, "intelligenceService", "P021"},
		"an element":         {`<Connect><${x} url="wss://a"/></Connect>`, "ConversationRelay", "P022"},
		"a provider":         {`<Connect><ConversationRelay url="wss://a" transcriptionProvider="${x}" ttsProvider="${x}"/></Connect>`, "ElevenLabs", "P022"},
		"many languages":     {`<Start><Transcription transcriptionEngine="deepgram" languageCode="${x}"/></Start>`, "multi", "P024"},
		"a plain address":    {`<Record action="${x}"/>`, "http://acme.example/", "P010"},
		"a plain address, 2": {`<Record action="${x}://acme.example:80/"/>`, "HTTP", "P010"},
		"this machine":       {`<Record action="${x}"/>`, "http://[::1]:8080/", ""},
		"no XML":             {`<${x}/>`, "a b=c", "not sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := loadFlow(t, strings.Replace(text, "XML", c.xml, 1))
			call := CallFacts{ID: "CA1", Started: tuesday, Contact: map[string]Value{"x": TextValue(c.x)}}
			st, sprint, err := f.Advance(f.Start(call, ""), Input{Kind: InputStart, Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			_, sent := sprint.Stop.(*TwiMLStop)
			var why string
			for _, fact := range sprint.Facts {
				if fact.Kind == FactError {
					why += fact.Text
				}
			}
			if sent != (c.want == "") || !strings.Contains(why, c.want) || !sent && st.Scene != "trouble" {
				t.Errorf("sent %v, scene %s, because %q; want %q", sent, st.Scene, why, c.want)
			}
		})
	}
}

// FuzzReadRaw looks through anything: it must end, and point inside of the text.
func FuzzReadRaw(f *testing.F) {
	for _, s := range []string{`<Record transcribe="${x}"/>`, `<a:b x='http://h/'>`, "<Connect><ConversationRelay hints='4242424242424242'/></Connect>", "<空 transcribe=1>", "<![CDATA[", "</Response><Record transcribeCallback='1'/>"} {
		f.Add(s)
	}
	p := &Project{PCIMode: true}
	f.Fuzz(func(t *testing.T, text string) {
		hidden := hideValues(text)
		if len([]rune(hidden)) != len([]rune(text)) {
			t.Fatalf("%q has another length than %q", hidden, text)
		}
		found, _, _ := p.readRaw(hidden)
		for _, x := range found {
			if x.from < 0 || x.to <= x.from || x.to > len([]rune(text)) {
				t.Errorf("%+v lies outside of %q", x, text)
			}
		}
	})
}
