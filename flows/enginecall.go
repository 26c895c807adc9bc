package flows

import (
	"strings"
	"time"
)

// Current is the stop or effect that a call waits at, made anew: for a turn that has to be drawn again. Nothing
// is counted and nothing that was said before is said again.
func (f *Flow) Current(st State, now time.Time) (Sprint, error) {
	r, err := f.newRun(st, Input{Now: now})
	if err != nil {
		return Sprint{}, err
	}
	if err := r.locate(); err != nil {
		return Sprint{}, err
	}
	switch {
	case st.Ended || r.node.step == nil:
		return Sprint{Stop: &HangUpStop{Step: st.Stop}}, nil
	case st.Pending != nil:
		return Sprint{Effect: st.Pending}, nil
	}
	switch s := r.node.step; s.Verb.(type) {
	case *Lookup, *Submit, *TextMessage, *OptOut, *RecordCall:
		_, _, err = r.presentEffect(s, true)
	default:
		_, _, err = r.present(Utterance{})
	}
	if err != nil {
		return Sprint{}, err
	}
	return Sprint{Effect: r.out.Effect, Stop: r.out.Stop}, nil
}

// AfterCallRun runs the flow's after_call steps, once, when the call is over. A submit among them comes out as an
// Effect; Advance with its answer goes on with the rest.
func (f *Flow) AfterCallRun(st State, now time.Time) (State, Sprint) {
	if st.After || f.program == nil || len(f.AfterCall) == 0 {
		st.After = true
		return st, Sprint{}
	}
	r, err := f.newRun(st, Input{Now: now})
	if err != nil {
		return st, Sprint{}
	}
	r.st.After, r.st.Ended = true, true
	r.node = r.prog.after
	r.play()
	return r.st, r.out
}

// WaitsForTwiML tells whether the call waits for a twiml step to come back.
func (f *Flow) WaitsForTwiML(st State) bool {
	if f.program == nil {
		return false
	}
	n := f.program.nodes[st.Stop]
	if n == nil || n.step == nil {
		return false
	}
	_, ok := n.step.Verb.(*RawTwiML)
	return ok
}

// direction is inbound or outbound, whatever Twilio calls it: outbound-api, outbound-dial.
func (r *run) direction() string {
	if strings.HasPrefix(r.st.Call.Direction, "outbound") {
		return "outbound"
	}
	return "inbound"
}

// callerNumber is the number of the person on the phone, lineNumber ours: in an outbound call we are From.
func (r *run) callerNumber() string {
	number := r.st.Call.From
	if r.direction() == "outbound" {
		number = r.st.Call.To
	}
	if !strings.HasPrefix(number, "+") { // anonymous, restricted ...
		return ""
	}
	return number
}

func (r *run) lineNumber() string {
	if r.direction() == "outbound" {
		return r.st.Call.From
	}
	return r.st.Call.To
}

// answeredBy is human, machine, fax or unknown; Twilio tells machines apart by what they do.
func answeredBy(by string) string {
	switch {
	case strings.HasPrefix(by, "machine"):
		return "machine"
	case by == "human", by == "fax":
		return by
	}
	return "unknown"
}

func (r *run) seconds() int {
	if r.st.Call.Started.IsZero() {
		return 0
	}
	return max(0, int(r.in.Now.Sub(r.st.Call.Started)/time.Second))
}

func (r *run) paidAmount() Value {
	if r.st.Payment.Result == "" || r.st.Payment.Amount.Currency == "" {
		return Value{}
	}
	return MoneyValue(r.st.Payment.Amount)
}
