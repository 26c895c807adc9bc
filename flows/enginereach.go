package flows

import (
	"strings"

	"github.com/paydial/paydial/flows/speak"
)

// dialStop builds the stop of a transfer.
func (r *run) dialStop(s *Step, v *Transfer) error {
	stop := &DialStop{Step: s.ID, RingFor: v.RingFor, CallerID: v.CallerID, AgentMayTake: v.AgentMayTake, Record: v.Record}
	if v.Say != nil {
		u, err := r.say(v.Say)
		if err != nil {
			return err
		}
		r.out.Speech = append(r.out.Speech, u)
	}
	if err := r.destination(s, v.To, stop); err != nil {
		return err
	}
	for _, p := range v.AgentSees {
		value, err := r.pair(p)
		if err != nil {
			return err
		}
		if !value.IsMissing() {
			stop.AgentSees = append(stop.AgentSees, NameValue{Name: p.Name, Value: r.forAgent(value)})
		}
	}
	r.out.Stop = stop
	return nil
}

// forAgent writes a value for the desk; agents read the language that the flow is written in.
func (r *run) forAgent(v Value) string {
	if v.Private {
		return privateShown
	}
	return r.put(speak.For(r.flow.Speaks[0]), "", v.shown(), toWrite, nil)
}

// destination finds out whom a transfer goes to.
func (r *run) destination(s *Step, to string, stop *DialStop) error {
	kind, rest, direct := strings.Cut(to, ":")
	if direct {
		switch kind {
		case "number":
			stop.Number = rest
		case "client":
			stop.Client = rest
		default:
			stop.SIP = to
		}
		return nil
	}
	team := r.flow.Project.Teams[to]
	if team == nil {
		return fail(s.At, "there is no team called %q", to)
	}
	stop.Team, stop.Queue, stop.Number, stop.Client, stop.SIP = team.Name, team.Queue, team.Number, team.Client, team.SIP
	return nil
}

// answerDial takes over how a transfer ended.
func (r *run) answerDial(s *Step) string {
	ending := r.in.Ending
	if r.node.ways[ending] == nil {
		ending = "failed"
	}
	r.save(s.As, TextValue(ending))
	return ending
}

// answerRecord takes a voice message over.
func (r *run) answerRecord(s *Step, v *Voicemail) string {
	if r.in.Kind != InputRecord || r.in.Seconds <= 0 || r.in.Recording == "" {
		return "empty"
	}
	message := map[string]Value{"recording": TextValue(r.in.Recording), "seconds": IntValue(r.in.Seconds)}
	r.save(s.As, RecordValue(message))
	if len(v.Tell) > 0 {
		message["tell"] = TextValue(strings.Join(v.Tell, ", "))
	}
	r.tell(Fact{Kind: FactSend, Name: "voicemail.left", At: s.At, Data: message})
	return "left"
}
