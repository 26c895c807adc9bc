package console

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/payments"
)

// The problems of the desk.
var (
	problemDeskOff = problem{Code: "desk_off", Status: http.StatusNotFound, Title: "This server has no payment desk",
		Help: "Start it with everything that agent-assisted payments need."}
	problemNoAssisted = problem{Code: "no_such_payment_here", Status: http.StatusNotFound, Title: "No such payment at your desk",
		Help: "It is somebody else's, or over for more than a day. GET /api/v1/desk lists yours."}
	problemBody = problem{Code: "bad_body", Status: http.StatusBadRequest, Title: "The request is not understood",
		Help: "GET /api/openapi.json says what is meant here."}
	problemKeyMissing = problem{Code: "idempotency_key_needed", Status: http.StatusBadRequest, Title: "An Idempotency-Key is needed",
		Help: "Send any text of your own in the header Idempotency-Key, and the same again if you repeat the request."}
	problemKeyReused = problem{Code: "idempotency_reused", Status: http.StatusUnprocessableEntity, Title: "This Idempotency-Key belongs to another request",
		Help: "Send a new key for a new request."}
	problemKeyRunning = problem{Code: "still_running", Status: http.StatusConflict, Title: "The same request is under way",
		Help: "Wait a moment, and send it again with the same key."}
	problemScreen = problem{Code: "other_screen", Status: http.StatusConflict, Title: "Another screen leads this payment",
		Help: "Take it over first. The member payment says how it stands."}
	problemStage = problem{Code: "wrong_stage", Status: http.StatusConflict, Title: "That is not possible now",
		Help: "The member payment says how it stands."}
	problemNotOffered = problem{Code: "not_offered", Status: http.StatusConflict, Title: "No flow has handed this call to you",
		Help: "The flow's transfer step needs agent_may_take_payment: yes, and the caller has to be there still."}
	problemCallBusy = problem{Code: "call_busy", Status: http.StatusConflict, Title: "Another payment is open on this call",
		Help: "Finish or cancel that one. It is in the member payment."}
	problemField = problem{Code: "no_such_field", Status: http.StatusUnprocessableEntity, Title: "This payment has no such field",
		Help: "Its fields are in the member fields of the payment, under the names that Twilio's Capture has."}
	problemMissing = problem{Code: "fields_missing", Status: http.StatusConflict, Title: "Something is still missing",
		Help: "Ask for what the member required of the payment names, then charge."}
	problemAmount = problem{Code: "bad_amount", Status: http.StatusUnprocessableEntity, Title: "That amount cannot be charged",
		Help: "It has to be above zero, in the flow's currency and within its limit; and to charge it has to be the one that was started with."}
	problemRaised = problem{Code: "amount_raised", Status: http.StatusForbidden, Title: "Only a supervisor may charge more than the flow asks for",
		Help: "Lower the amount, or let a supervisor start the payment."}
	problemReason = problem{Code: "reason_needed", Status: http.StatusUnprocessableEntity, Title: "This call has paid already",
		Help: "Say in reason why it is charged again."}
	problemNotSent = problem{Code: "not_sent", Status: http.StatusBadGateway, Title: "Twilio did not take it",
		Help: "The member payment says how it stands. Try again when nothing moves by itself."}
	problemUnsettled = problem{Code: "not_settled", Status: http.StatusConflict, Title: "An earlier payment for this has no known result",
		Help: "Another charge could charge twice. Somebody has to look at the earlier one, under Payments, to look at."}
	problemPaid = problem{Code: "already_paid", Status: http.StatusConflict, Title: "This was paid before",
		Help: "The ledger has the payment. Nothing was charged now."}
	problemCard = problem{Code: "card_digits", Status: http.StatusUnprocessableEntity, Title: "That looks like a card number",
		Help: "Card numbers are never written anywhere: let the caller key it. Nothing was kept."}
	problemNote = problem{Code: "bad_note", Status: http.StatusUnprocessableEntity, Title: "That note cannot be kept",
		Help: "Choose an outcome: done, later, call_back, refused or other. A note has up to 500 characters."}
	problemNoText = problem{Code: "no_text", Status: http.StatusConflict, Title: "No text message can reach this caller",
		Help: "They hide their number, or ring from a line that takes none. Read the confirmation to them."}
	problemReceipt = problem{Code: "receipt_not_sent", Status: http.StatusBadGateway, Title: "The receipt was not sent",
		Help: "The member receipt of the payment says why. The payment itself stands. Read the confirmation to the caller."}
)

// deskProblems is every problem of the desk, for the page that explains them.
func deskProblems() []problem {
	return []problem{problemDeskOff, problemNoAssisted, problemBody, problemKeyMissing, problemKeyReused, problemKeyRunning, problemScreen,
		problemStage, problemNotOffered, problemCallBusy, problemField, problemMissing, problemAmount, problemRaised, problemReason,
		problemNotSent, problemUnsettled, problemPaid, problemCard, problemNote, problemNoText, problemReceipt}
}

// deskProblemOf is the problem that an error of the desk means, with the payment where there is one.
func deskProblemOf(a payments.Assisted, err error) problem {
	p := problemOf(err)
	for _, each := range []struct {
		err error
		p   problem
	}{
		{payments.ErrNoAssisted, problemNoAssisted}, {payments.ErrOtherScreen, problemScreen}, {payments.ErrStage, problemStage},
		{payments.ErrNotOffered, problemNotOffered}, {payments.ErrCallBusy, problemCallBusy}, {payments.ErrField, problemField},
		{payments.ErrMissing, problemMissing}, {payments.ErrRaised, problemRaised}, {payments.ErrAmount, problemAmount},
		{payments.ErrReason, problemReason}, {payments.ErrNotSent, problemNotSent}, {payments.ErrUnsettled, problemUnsettled},
		{payments.ErrAlreadyPaid, problemPaid}, {payments.ErrCardData, problemCard},
		{payments.ErrNote, problemNote}, {payments.ErrNoText, problemNoText}, {payments.ErrReceipt, problemReceipt},
		{errKeyMissing, problemKeyMissing}, {errKeyReused, problemKeyReused}, {errKeyRunning, problemKeyRunning},
	} {
		if errors.Is(err, each.err) {
			p = each.p
			break
		}
	}
	switch {
	case errors.Is(err, errBody), errors.Is(err, errScreen), errors.Is(err, errKeyForm):
		p = problemBody.because(err.Error())
	case errors.Is(err, payments.ErrNotSent) && a.Stage == payments.StageCharging:
		p = p.because("It is not known whether the card company was asked. That is being found out; do not charge again.")
	case errors.Is(err, payments.ErrNotSent):
		p = p.because("Nothing was charged.")
	}
	if a.ID != "" {
		v := viewAssisted(a)
		p.Payment = &v
	}
	return p
}

// failDesk answers with the problem that an error of the desk means.
func (c *Console) failDesk(g *gin.Context, a payments.Assisted, err error) {
	p := deskProblemOf(a, err)
	if p.Code == problemInside.Code && g.Request.Context().Err() == nil {
		c.Log.Error("desk", "path", g.FullPath(), "error", err)
	}
	c.fail(g, p)
}
