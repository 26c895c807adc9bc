package flows

import (
	"encoding/json"
	"strings"
)

// relayNames are Twilio's names of providers.
var relayNames = map[string]string{
	"deepgram": "Deepgram", "google": "Google", "elevenlabs": "ElevenLabs", "amazon": "Amazon",
}

// converseStop builds the stop of a conversation. Card numbers and private values are never handed to the program:
// Twilio does not treat what it is told as card data.
func (r *run) converseStop(s *Step, v *Converse) error {
	stop := &ConverseStop{
		Step: s.ID, URL: v.URL, Language: v.Language, Speech: relayNames[v.Speech], Voices: relayNames[v.Voices],
		Voice: v.Voice, Model: v.Model, Hints: v.Hints, Keys: v.Keys,
	}
	if stop.Language == "" {
		stop.Language = r.st.Language
	}
	if v.Greeting != nil {
		u, err := r.say(v.Greeting)
		if err != nil {
			return err
		}
		if stop.Greeting = u.Text; holdsCard(u.Text) {
			return fail(v.Greeting.At, "the greeting holds what looks like a card number, and is not said")
		}
	}
	for _, p := range v.Parameters {
		value, err := r.pair(p)
		if err != nil {
			return err
		}
		if value.IsMissing() {
			continue
		}
		text := value.plain()
		if value.Private || holdsCard(text) {
			return fail(p.At, "the parameter %s is private or looks like a card number, and is not handed on", p.Name)
		}
		stop.Parameters = append(stop.Parameters, NameValue{Name: p.Name, Value: text})
	}
	r.out.Stop = stop
	return nil
}

// answerConverse takes over how a conversation ended, and what the program has handed back.
func (r *run) answerConverse(s *Step, v *Converse) string {
	ending := r.in.Ending
	if r.node.ways[ending] == nil {
		ending = "failed"
	}
	if r.in.Err != "" {
		r.tell(Fact{Kind: FactError, Name: s.ID, Text: r.in.Err, At: s.At})
	}
	if s.As == "" {
		return ending
	}
	result := map[string]Value{"ending": TextValue(ending), "seconds": IntValue(r.in.Seconds)}
	if r.in.Handoff != "" {
		result["handoff"] = TextValue(r.in.Handoff)
	}
	if len(v.Expect) > 0 && strings.TrimSpace(r.in.Handoff) != "" {
		answer, err := expectedRecord(v.Expect, json.RawMessage(r.in.Handoff), r.flow.currency())
		if err != nil {
			r.tell(Fact{Kind: FactError, Name: s.ID, At: s.At, Text: "what the conversation handed back does not fit expect: " + err.Error()})
			ending = "failed"
		} else if !answer.IsMissing() {
			result["data"] = answer
		}
	}
	if err := r.keep(s.As, RecordValue(result)); err != nil {
		r.tell(Fact{Kind: FactError, Name: s.ID, At: s.At, Text: "what the conversation handed back: " + err.Error()})
	}
	return ending
}

// kindOfConversation is the kind of what a conversation saves.
func kindOfConversation(v *Converse) *kind {
	k := recordOf(map[string]ValueType{"ending": TypeText, "seconds": TypeNumber, "handoff": TypeText})
	if len(v.Expect) > 0 {
		k.fields["data"] = recordOfFields(v.Expect)
	}
	return k
}

// converse checks what a conversation is told: nothing private.
func (c *flowCheck) converse(v *Converse) {
	c.text(v.Greeting, spoken)
	c.pairs(v.Parameters)
	for _, p := range v.Parameters {
		switch {
		case p.Expr != nil && p.Expr.code != nil && (p.Expr.code.kind.private || privateName(p.Expr.code) != ""):
			c.notHanded(p, privateName(p.Expr.code))
		case p.Text != nil:
			for _, part := range p.Text.parts {
				if part.code != nil && part.code.kind.private && part.filter != "last4" && part.filter != "mask" {
					c.notHanded(p, privateName(part.code))
				}
			}
		}
	}
}

func (c *flowCheck) notHanded(p Pair, name string) {
	f := c.add("P023", p.At, quoteWord(name)+" is private, and this hands it to somebody else")
	f.Label = "leave it out"
}
