package paysession

import (
	"net/url"
	"strconv"
	"time"
)

// Output is something to be done: Say, Wait, Status, Process or Done. Handle returns them in the order in which
// they are to be done. None at all means: go on with what is going on.
type Output interface{ output() }

// Say asks for a field. It goes on until it is over (PromptDone) or another output follows.
type Say struct {
	Field Field
	// Prompt is the place of the chosen <Prompt> among the verb's, or -1 when Text is to be spoken instead.
	Prompt   int
	Text     string
	Language string
}

// Wait cuts off what is being said and gives the caller that long for the next key, then Silence.
type Wait struct{ For time.Duration }

// Status is a status callback, without the parameters that every request of a call carries.
type Status struct{ Values url.Values }

// Process asks the connector. Its Answer ends the session; the Say that follows goes on beside it.
type Process struct{ Request Request }

// Done is the end: the parameters of the action request, without those that every request of a call carries.
type Done struct {
	Result Result
	Values url.Values
}

func (Say) output()     {}
func (Wait) output()    {}
func (Status) output()  {}
func (Process) output() {}
func (Done) output()    {}

// status reports that a field was taken, or not, or that processing begins.
func (s *Session) status(f Field, why Failure) Status {
	v := url.Values{}
	for key, value := range s.captured() {
		if value != "" {
			v.Set(key, value)
		}
	}
	v.Set("For", string(f))
	v.Set("PaymentMethod", string(s.cfg.Method))
	if f != Processing {
		v.Set("Attempt", strconv.Itoa(s.attempt))
	}
	if why != "" {
		v.Set("ErrorType", string(why))
	}
	return Status{v}
}

// done ends the session. The parameters of a result that does not have them are there, and empty.
func (s *Session) done(r Result, a Answer) Done {
	v := url.Values{}
	for key, value := range s.captured() {
		v.Set(key, value)
	}
	setResult(v, r, a)
	v.Set("PaymentMethod", string(s.cfg.Method))
	if r == Success {
		v.Set(s.cfg.Task().id(), a.ID)
		v.Set("ProfileId", a.ProfileID)
	}
	for key, value := range a.Parameters {
		v.Set("PayConnector_"+key, value)
	}
	s.state = ended
	s.wipe()
	s.again.Wipe()
	return Done{r, v}
}

// setResult writes the parameters that every result has.
func setResult(v url.Values, r Result, a Answer) {
	v.Set("Result", string(r))
	for _, key := range []string{"PaymentConfirmationCode", "PaymentToken", "ProfileId"} {
		v.Set(key, "")
	}
	v.Set("PaymentError", a.Text)
	if a.Code != 0 {
		v.Set("PayErrorCode", strconv.Itoa(a.Code))
	}
	if a.ConnectorError != "" {
		v.Set("ConnectorError", a.ConnectorError)
	}
}
