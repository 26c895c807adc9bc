package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/paydial/paydial/simulator/paysession"
)

// notFound is Twilio's code for what is not there.
const notFound = 20404

// paymentResource is an agent-assisted payment as Twilio's REST API shows it. What becomes of it is told to status
// callbacks only.
type paymentResource struct {
	SID         string  `json:"sid"`
	AccountSID  string  `json:"account_sid"`
	CallSID     string  `json:"call_sid"`
	DateCreated *string `json:"date_created"`
	DateUpdated *string `json:"date_updated"`
	URI         string  `json:"uri"`
}

func (p *assisted) resource() paymentResource {
	c := p.leg.call
	return paymentResource{
		SID: p.sid, AccountSID: c.accountSID, CallSID: c.sid, DateCreated: date(p.created), DateUpdated: date(p.updated),
		URI: fmt.Sprintf("/2010-04-01/Accounts/%s/Calls/%s/Payments/%s.json", c.accountSID, c.sid, p.sid),
	}
}

// restCreatePayment opens an agent-assisted payment on the leg whose person is to type.
func (s *Simulator) restCreatePayment(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	req, no := readPayRequest(r.Form)
	if no == nil {
		req.operation.start = true
		no = s.readOpening(&req, r.Form)
	}
	if no != nil {
		refusePayment(w, r, no)
		return
	}
	s.answerPayment(w, r, http.StatusCreated, c.leg, func() (*assisted, *refusal) { return c.leg.openPayment(req) })
}

// restUpdatePayment asks for a field, completes the payment or cancels it.
func (s *Simulator) restUpdatePayment(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	req, no := readPayRequest(r.Form)
	if no == nil {
		no = req.readUpdate(r.Form)
	}
	if no != nil {
		refusePayment(w, r, no)
		return
	}
	sid := sidOf(r, "payment")
	s.answerPayment(w, r, http.StatusAccepted, c.leg, func() (*assisted, *refusal) { return c.leg.updatePayment(sid, req) })
}

// answerPayment lets the leg do what was asked and answers with the payment.
func (s *Simulator) answerPayment(w http.ResponseWriter, r *http.Request, status int, l *leg, do func() (*assisted, *refusal)) {
	var res paymentResource
	var no *refusal
	done := l.onLeg(r, func() {
		var p *assisted
		if p, no = do(); no == nil {
			res = p.resource()
		}
	})
	switch {
	case !done:
		restError(w, http.StatusInternalServerError, 20500, "The call did not take it in time")
	case no != nil:
		refusePayment(w, r, no)
	default:
		writeREST(w, status, res)
	}
}

func refusePayment(w http.ResponseWriter, r *http.Request, no *refusal) {
	if no.code == notFound {
		restError(w, http.StatusNotFound, notFound, fmt.Sprintf("The requested resource %s was not found", r.URL.Path))
		return
	}
	restError(w, http.StatusBadRequest, no.code, no.text)
}

// restNotAllowed answers methods that a resource does not have.
func (s *Simulator) restNotAllowed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	restError(w, http.StatusMethodNotAllowed, 20004, "Method not allowed")
}

// readPayRequest reads what opening and moving on have in common. Two requests are the same when all that they say
// is: one IdempotencyKey for different requests is common, and fine.
func readPayRequest(form url.Values) (payRequest, *refusal) {
	for _, name := range []string{"IdempotencyKey", "StatusCallback"} {
		if strings.TrimSpace(form.Get(name)) == "" {
			return payRequest{}, &refusal{20001, "Missing required parameter " + name + " in the post body"}
		}
	}
	return payRequest{operation: operation{key: form.Encode(), url: strings.TrimSpace(form.Get("StatusCallback"))}}, nil
}

// readOpening checks a session's parameters, and its connector.
func (s *Simulator) readOpening(req *payRequest, form url.Values) *refusal {
	cfg, no := paysession.ParseForm(form)
	if no == nil {
		req.client, no = s.gatewayFor(&cfg)
	}
	if no != nil {
		return &refusal{no.Code, no.Text}
	}
	cfg.FinalPartial = s.finalPartial
	req.cfg = cfg
	return nil
}

// readUpdate reads what is asked of a session.
func (req *payRequest) readUpdate(form url.Values) *refusal {
	capture, status := form.Get("Capture"), form.Get("Status")
	if (capture == "") == (status == "") {
		return &refusal{paysession.CodeNeitherNorBoth, "One of Capture and Status is needed, and not both"}
	}
	switch status {
	case "":
		c, ok := paysession.ParseCapture(capture)
		if !ok {
			return &refusal{paysession.CodeParameter, "Capture='" + maskCards(capture) + "' (not a piece of payment information)"}
		}
		req.input, req.operation.capture = c, c
	case "complete":
		req.input = paysession.Complete{}
	case "cancel":
		req.input = paysession.Cancel{}
	default:
		return &refusal{paysession.CodeParameter, "Status='" + maskCards(status) + "' (not one of complete, cancel)"}
	}
	return nil
}
