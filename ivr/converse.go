package ivr

import (
	"fmt"
	"strings"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twilio"
	"github.com/paydial/paydial/twiml"
)

// converse draws a conversation with a program.
func (d drawing) converse(st *flows.ConverseStop) twiml.Verb {
	relay := &twiml.ConversationRelay{
		URL: st.URL, WelcomeGreeting: st.Greeting, Language: st.Language, TTSProvider: st.Voices, Voice: st.Voice,
		TranscriptionProvider: st.Speech, SpeechModel: st.Model, Hints: strings.Join(st.Hints, ","),
	}
	if st.Keys {
		relay.DTMFDetection = twiml.True
	}
	for _, p := range st.Parameters {
		relay.Parameters = append(relay.Parameters, twiml.Parameter{Name: p.Name, Value: p.Value})
	}
	return &twiml.Connect{Action: d.next, To: relay}
}

// converseInput reads how a conversation ended, and what the program handed back.
// Source: https://www.twilio.com/docs/voice/twiml/connect/conversationrelay.
func converseInput(req *Request, in flows.Input) (flows.Input, error) {
	res, err := twilio.ParseRelayResult(req.Form)
	if err != nil {
		return in, fmt.Errorf("read result of a conversation: %w", err)
	}
	in.Kind, in.Ending, in.Seconds, in.Handoff = flows.InputConverse, "ended", res.SessionDuration, res.HandoffData
	if res.SessionStatus == "failed" || res.ErrorCode != 0 {
		in.Ending, in.Err = "failed", fmt.Sprintf("the conversation failed: error %d", res.ErrorCode)
	}
	return in, nil
}
