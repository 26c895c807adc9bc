package ivr

import (
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/twiml"
)

// say is a sentence in English.
func say(text string) flows.Utterance {
	return flows.Utterance{Kind: flows.UtterSay, Text: text, Language: "en-US"}
}

func TestDrawing(t *testing.T) {
	t.Parallel()
	d := drawing{next: "/voice/turn/4", payment: "pay_x", voices: map[string]string{"en-US": "Polly.Joanna-Neural"},
		public: "https://pay.example.com/", facts: recordings.CallFacts{Flow: "pay-my-bill", Line: "+15550100000"}}
	const told = `recordingStatusCallback="https://pay.example.com/voice/recording?flow=pay-my-bill&amp;line=%2B15550100000#rc=3&amp;rp=all" ` +
		`recordingStatusCallbackEvent="in-progress completed absent"`
	for _, c := range []struct {
		name   string
		speech []flows.Utterance
		stop   flows.Stop
		want   []string // in this order
	}{
		{
			"a gather takes what is said before it inside, so that a key stops it",
			[]flows.Utterance{say("Hello.")},
			&flows.GatherStop{Digits: 1, Wait: 7 * time.Second, Speech: []flows.Utterance{say("Press 1.")}},
			[]string{`<Gather action="/voice/turn/4"`, `timeout="7"`, `finishOnKey=""`, `numDigits="1"`, `actionOnEmptyResult="true"`, "Hello.", "Press 1.", "</Gather>"},
		},
		{
			"a recording is switched outside of the gather",
			[]flows.Utterance{say("Recorded."), {Kind: flows.UtterRecordStart}, say("Key it in.")},
			&flows.GatherStop{FinishOn: "#", Wait: 1500 * time.Millisecond},
			[]string{"Recorded.", "<Start><Recording " + told, "<Gather", `timeout="2"`, `finishOnKey="#"`, "Key it in.", "</Gather>"},
		},
		{
			"a charge",
			[]flows.Utterance{say("Press star to stop.")},
			&flows.PayStop{Amount: flows.Money{Minor: 8420, Currency: "usd"}, Connector: "sandbox", AskCode: true, PostalCode: "94109",
				Attempts: 3, Cards: []string{"visa"}, Reference: "Bill", Method: "credit-card", Language: "en-US",
				Prompts: []flows.SpokenPrompt{{For: "security-code", CardTypes: []string{"amex"}, ErrorTypes: []string{"timeout"}, Attempts: []int{2}, Speech: say("Four digits.")}}},
			[]string{"Press star to stop.", `<Pay `, `action="/voice/turn/4"`, `statusCallback="/voice/pay?payment=pay_x"`, `maxAttempts="3"`,
				`securityCode="true"`, `postalCode="94109"`, `paymentConnector="sandbox"`, `chargeAmount="84.20"`, `currency="usd"`,
				`<Prompt for="security-code"`, "Four digits.", `<Parameter name="paydial_payment" value="pay_x"/>`},
		},
		{
			"saving a card charges nothing",
			nil, &flows.PayStop{TokenType: "reusable", AskPostal: true},
			[]string{`postalCode="true"`, `tokenType="reusable"`},
		},
		{"a queue", nil, &flows.DialStop{Queue: "billing"}, []string{`<Enqueue action="/voice/turn/4">billing</Enqueue>`}},
		{"an agent", nil, &flows.DialStop{Client: "kim", RingFor: 45 * time.Second}, []string{`timeout="45"`, "<Client>kim</Client>"}},
		{"a number", nil, &flows.DialStop{Number: "+15550100099", RingFor: 30 * time.Second}, []string{"<Number>+15550100099</Number>"}},
		{"a recorded transfer", nil, &flows.DialStop{Client: "kim", Record: true}, []string{`record="record-from-answer-dual"`, told}},
		{"a message", nil, &flows.RecordStop{Longest: 2 * time.Minute, Beep: true}, []string{`maxLength="120"`, `playBeep="true"`, told}},
		{"a payment that is held until the words before it are said", []flows.Utterance{say("Press star to stop.")}, &holdStop{},
			[]string{"Press star to stop.", "</Say><Redirect>/voice/turn/4</Redirect></Response>"}},
		{"the end", []flows.Utterance{say("Goodbye.")}, &flows.HangUpStop{}, []string{`voice="Polly.Joanna-Neural"`, "Goodbye.", "<Hangup/>"}},
		{"waiting for a slow service", []flows.Utterance{say("One moment.")}, &waitStop{}, []string{"One moment.", `<Pause length="1"/>`, "<Redirect>/voice/turn/4</Redirect>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			verbs, err := d.verbs(c.speech, c.stop)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := (&twiml.Response{Verbs: verbs}).Bytes()
			if err != nil {
				t.Fatal(err)
			}
			rest := string(doc)
			for _, want := range c.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Fatalf("no %s, or not in this place, in\n%s", want, doc)
				}
				rest = after
			}
		})
	}
	t.Run("a payment without a ledger entry is never drawn", func(t *testing.T) {
		t.Parallel()
		if _, err := (drawing{}).verbs(nil, &flows.PayStop{}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("saving has no amount", func(t *testing.T) {
		t.Parallel()
		pay, err := d.pay(&flows.PayStop{TokenType: "reusable"})
		if err != nil || pay.ChargeAmount != "" {
			t.Errorf("%+v, %v", pay, err)
		}
	})
}
