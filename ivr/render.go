package ivr

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/twiml"
)

// pollPause is the silence between two looks for the answer of a slow effect.
const pollPause = 1

// draw renders where the run came to as the answer to its turn.
func (s *Server) draw(r *run) ([]byte, error) {
	d := drawing{
		next: turnPath(r.turn+1, r.place.Payment), payment: r.place.Payment,
		voices: r.project.Voices, flow: r.flow.Name, public: s.PublicURL, facts: r.facts(),
	}
	verbs, err := d.verbs(r.speech, r.stop)
	if err != nil {
		return nil, err
	}
	doc, err := (&twiml.Response{Verbs: verbs}).Bytes()
	if err != nil {
		return nil, fmt.Errorf("render step %s of flow %s: %w", r.place.Flow.Stop, r.flow.Name, err)
	}
	return doc, nil
}

// drawing turns a stop and what is said before it into verbs. It is pure.
type drawing struct {
	next    string            // where Twilio comes back to
	payment string            // ledger ID of the payment that is being opened
	flow    string            // the flow's name, for the payment's parameters
	voices  map[string]string // language to voice
	public  string            // what Twilio calls us by
	facts   recordings.CallFacts
}

// verbs draws speech and stop. Speech before a gather goes into it, so that a key stops it; what switches a
// recording stays outside.
func (d drawing) verbs(speech []flows.Utterance, stop flows.Stop) ([]twiml.Verb, error) {
	if g, ok := stop.(*flows.GatherStop); ok {
		cut := 0
		for i, u := range speech {
			if u.Kind == flows.UtterRecordStart || u.Kind == flows.UtterRecordStop {
				cut = i + 1
			}
		}
		return append(d.speak(speech[:cut]), d.gather(g, speech[cut:])), nil
	}
	out := d.speak(speech)
	switch st := stop.(type) {
	case *flows.PayStop:
		pay, err := d.pay(st)
		if err != nil {
			return nil, err
		}
		return append(out, pay), nil
	case *flows.DialStop:
		return append(out, d.dial(st)), nil
	case *flows.RecordStop:
		return append(out, d.record(st)), nil
	case *flows.HangUpStop:
		return append(out, &twiml.Hangup{}), nil
	case *flows.TwiMLStop:
		return append(out, &twiml.Raw{XML: st.XML}, &twiml.Redirect{URL: d.next}), nil
	case *holdStop:
		return append(out, &twiml.Redirect{URL: d.next}), nil
	case *waitStop:
		return append(out, &twiml.Pause{Length: pollPause}, &twiml.Redirect{URL: d.next}), nil
	default:
		return nil, fmt.Errorf("stop %T cannot be drawn", stop)
	}
}

// speak draws utterances as verbs of the document.
func (d drawing) speak(speech []flows.Utterance) []twiml.Verb {
	out := make([]twiml.Verb, 0, len(speech)+2)
	for _, u := range speech {
		switch u.Kind {
		case flows.UtterRecordStart:
			out = append(out, &twiml.Start{Media: []twiml.Media{&twiml.Recording{
				RecordingStatusCallback: recordingURL(d.public, d.facts), RecordingStatusCallbackEvent: recordingEvents(),
			}}})
		case flows.UtterRecordStop:
			out = append(out, &twiml.Stop{Media: []twiml.Media{&twiml.Recording{}}})
		default:
			if v, ok := d.audible(u).(twiml.Verb); ok {
				out = append(out, v)
			}
		}
	}
	return out
}

// audibles draws utterances as children of a gather or prompt.
func (d drawing) audibles(speech []flows.Utterance) []twiml.Audible {
	out := make([]twiml.Audible, 0, len(speech))
	for _, u := range speech {
		if a := d.audible(u); a != nil {
			out = append(out, a)
		}
	}
	return out
}

// audible draws one utterance; nil for one that is not heard.
func (d drawing) audible(u flows.Utterance) twiml.Audible {
	switch u.Kind {
	case flows.UtterSay:
		voice := u.Voice
		if voice == "" {
			voice = d.voices[u.Language]
		}
		say := &twiml.Say{Text: u.Text, Language: u.Language, Voice: voice}
		if u.Slow {
			say.Text, say.Parts = "", []twiml.Part{&twiml.Prosody{Rate: "slow", Parts: []twiml.Part{twiml.Text(u.Text)}}}
		}
		return say
	case flows.UtterPlay:
		return &twiml.Play{URL: u.URL, Loop: u.Times}
	case flows.UtterKeys:
		return &twiml.Play{Digits: u.Keys}
	case flows.UtterPause:
		return &twiml.Pause{Length: seconds(u.For)}
	default:
		return nil
	}
}

func (d drawing) gather(g *flows.GatherStop, before []flows.Utterance) *twiml.Gather {
	out := &twiml.Gather{
		Action: d.next, Timeout: seconds(g.Wait), NumDigits: g.Digits, ActionOnEmptyResult: twiml.True,
		FinishOnKey: g.FinishOn, Prompts: d.audibles(append(before[:len(before):len(before)], g.Speech...)),
	}
	if g.FinishOn == "" {
		out.FinishOnKey = twiml.Empty
	}
	if g.Listen {
		out.Input, out.Language, out.SpeechTimeout = twiml.InputDTMFSpeech, g.Language, "auto"
	}
	return out
}

// pay draws <Pay>. The ledger's ID goes along to the gateway, because Twilio keeps no record of a payment that
// could be asked for later.
func (d drawing) pay(p *flows.PayStop) (*twiml.Pay, error) {
	if d.payment == "" {
		return nil, fmt.Errorf("pay step %s has no ledger entry", p.Step)
	}
	out := &twiml.Pay{
		Action: d.next, StatusCallback: "/voice/pay?" + paymentParam + "=" + d.payment,
		PaymentConnector: p.Connector, PaymentMethod: twiml.PaymentMethod(p.Method),
		BankAccountType: twiml.BankAccountType(p.BankAccount), Timeout: seconds(p.Wait), MaxAttempts: p.Attempts,
		MinPostalCodeLength: p.PostalMin, TokenType: twiml.TokenType(p.TokenType), Currency: p.Amount.Currency,
		Description: p.Reference, Language: p.Language,
		Parameters: []twiml.Parameter{{Name: "paydial_payment", Value: d.payment}},
	}
	if p.Amount.Minor > 0 {
		out.ChargeAmount = p.Amount.Decimal()
	}
	if out.PaymentMethod != twiml.ACHDebit {
		out.SecurityCode = twiml.BoolOf(p.AskCode)
		out.PostalCode = strconv.FormatBool(p.AskPostal)
		if !p.AskPostal && p.PostalCode != "" {
			out.PostalCode = p.PostalCode
		}
		for _, c := range p.Cards {
			out.ValidCardTypes = append(out.ValidCardTypes, twiml.CardType(c))
		}
	}
	for _, x := range p.Extra {
		out.Parameters = append(out.Parameters, twiml.Parameter{Name: x.Name, Value: x.Value})
	}
	for _, sp := range p.Prompts {
		out.Prompts = append(out.Prompts, d.prompt(sp, p.Voice))
	}
	return out, nil
}

func (d drawing) prompt(sp flows.SpokenPrompt, voice string) *twiml.Prompt {
	u := sp.Speech
	if u.Voice == "" {
		u.Voice = voice
	}
	out := &twiml.Prompt{
		For: twiml.PromptFor(sp.For), Attempt: sp.Attempts, Speech: d.audibles([]flows.Utterance{u}),
	}
	for _, e := range sp.ErrorTypes {
		out.ErrorType = append(out.ErrorType, twiml.PromptError(e))
	}
	for _, c := range sp.CardTypes {
		out.CardType = append(out.CardType, twiml.CardType(c))
	}
	return out
}

// dial draws a transfer: a queue waits with <Enqueue>, everybody else is rung with <Dial>.
func (d drawing) dial(st *flows.DialStop) twiml.Verb {
	if st.Queue != "" {
		return &twiml.Enqueue{Name: st.Queue, Action: d.next}
	}
	out := &twiml.Dial{Action: d.next, Timeout: seconds(st.RingFor), CallerID: st.CallerID}
	if st.Record {
		out.Record = "record-from-answer-dual"
		out.RecordingStatusCallback, out.RecordingStatusCallbackEvent = recordingURL(d.public, d.facts), recordingEvents()
	}
	switch {
	case st.Client != "":
		client := &twiml.Client{Identity: st.Client}
		for _, x := range st.AgentSees {
			client.Parameters = append(client.Parameters, twiml.Parameter{Name: x.Name, Value: x.Value})
		}
		out.Targets = []twiml.Target{client}
	case st.SIP != "":
		out.Targets = []twiml.Target{&twiml.Sip{URI: st.SIP}}
	default:
		out.Targets = []twiml.Target{&twiml.Number{PhoneNumber: st.Number}}
	}
	return out
}

func (d drawing) record(st *flows.RecordStop) *twiml.Record {
	return &twiml.Record{
		Action: d.next, MaxLength: seconds(st.Longest), PlayBeep: twiml.BoolOf(st.Beep),
		RecordingStatusCallback: recordingURL(d.public, d.facts), RecordingStatusCallbackEvent: recordingEvents(), FinishOnKey: "#",
	}
}

// seconds rounds a duration up to whole seconds, Twilio's unit; 0 leaves the attribute out.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
