package ivr

import (
	"context"
	"errors"
	"fmt"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/twilio"
)

// unreadableKey stands for keys that were dropped at the door: it is an answer, and never a right one.
const unreadableKey = "?"

// input says in the flow's words what the webhook brought. A payment's result is written to the ledger first.
func (s *Server) input(ctx context.Context, r *run, req *Request) (flows.Input, error) {
	in := flows.Input{Now: s.Now()}
	r.served(req)
	switch {
	case r.turn == 0:
		in.Kind = flows.InputStart
		return in, nil
	case req.Form.Has("Result"):
		return s.payInput(ctx, r, req, in)
	case r.gone:
		in.Kind = flows.InputHungUp
		return in, nil
	case req.Form.Has("DialCallStatus"), req.Form.Has("QueueResult"):
		in.Kind, in.Ending = flows.InputDial, dialEnding(req.Form)
		return in, nil
	case req.Form.Has("SessionStatus"):
		return converseInput(req, in)
	case req.Form.Has("RecordingUrl"):
		return recordInput(req, in)
	default:
		return gatherInput(r, req, in), nil
	}
}

// gatherInput reads keys, speech or silence; a stop that asked for none of them came back from its own TwiML.
func gatherInput(r *run, req *Request, in flows.Input) flows.Input {
	in.Keys, in.Speech = req.Form.Get("Digits"), req.Form.Get("SpeechResult")
	switch {
	case req.CardDropped:
		in.Kind, in.Keys, in.Speech = flows.InputKeys, unreadableKey, ""
	case in.Keys != "", in.Speech != "":
		in.Kind = flows.InputKeys
	case req.Form.Has("Digits"), req.Form.Has("SpeechResult"):
		in.Kind = flows.InputSilence
	default:
		in.Kind = flows.InputSilence
		if r.flow.WaitsForTwiML(r.place.Flow) {
			in.Kind = flows.InputBack
		}
	}
	return in
}

// recordInput reads what <Record> left.
func recordInput(req *Request, in flows.Input) (flows.Input, error) {
	rec, err := twilio.ParseRecordResult(req.Form)
	if err != nil {
		return in, fmt.Errorf("read record result: %w", err)
	}
	in.Kind, in.Recording, in.Seconds = flows.InputRecord, rec.RecordingURL, rec.RecordingDuration
	return in, nil
}

// dialEnding maps what Twilio says of a dialled or queued call to an ending of transfer.
// Source: https://www.twilio.com/docs/voice/twiml/dial (DialCallStatus), .../enqueue (QueueResult).
func dialEnding(f twilio.Form) string {
	switch f.Get("DialCallStatus") {
	case "completed", "answered":
		return "ended"
	case "busy":
		return "busy"
	case "no-answer":
		return "no_answer"
	}
	switch f.Get("QueueResult") {
	case "bridged", "hangup", "redirected", "redirected-from-bridged":
		return "ended"
	case "leave":
		return "no_answer"
	}
	return "failed"
}

// ended tells whether a call status is final.
func ended(status string) bool {
	switch status {
	case "completed", "busy", "failed", "no-answer", "canceled":
		return true
	}
	return false
}

// payInput closes the payment in the ledger and tells the flow how it ended. The ledger's word counts: if it
// knows better than this webhook (a first result is kept), the flow hears what the ledger says.
func (s *Server) payInput(ctx context.Context, r *run, req *Request, in flows.Input) (flows.Input, error) {
	res, err := twilio.ParsePayResult(req.Form)
	if err != nil {
		return in, fmt.Errorf("read pay result: %w", err)
	}
	result := payments.ResultOf(res, r.place.Charging)
	kept, _, err := s.Ledger.Close(ctx, r.place.Payment, result)
	if err != nil && !errors.Is(err, payments.ErrContradiction) {
		return in, fmt.Errorf("close payment %s: %w: %w", r.place.Payment, errResultNotKept, err)
	}
	if err != nil {
		s.Log.Error("payment result contradicts the ledger", "call", req.Call.SID, "payment", r.place.Payment, "error", err)
	}
	in.Kind, in.Ending = flows.InputPay, endingOf(kept, result)
	in.Payment = paymentFacts(kept, in.Ending)
	r.event("payment", in.Ending, r.place.Payment, map[string]string{
		"result": in.Ending, "amount": kept.Amount.Decimal(), "currency": kept.Amount.Currency,
		"brand": kept.Brand, "last4": kept.Last4, "confirmation": kept.Confirmation,
	})
	r.place.Payment = ""
	return in, nil
}

// settlePaymentOnly writes a payment's result to the ledger when the call's place is lost: money is never
// forgotten with a session. The ledger's ID travels in the action URL.
func (s *Server) settlePaymentOnly(ctx context.Context, req *Request) {
	id := req.Query.Get(paymentParam)
	if id == "" || !req.Form.Has("Result") {
		return
	}
	kept, err := s.Ledger.Get(ctx, id)
	if err == nil && kept.Call == req.Call.SID {
		var res twilio.PayResult
		if res, err = twilio.ParsePayResult(req.Form); err == nil {
			_, _, err = s.Ledger.Close(ctx, id, payments.ResultOf(res, kept.Intent == payments.Charge))
		}
	}
	if err != nil {
		s.Log.Error("payment of a lost call", "call", req.Call.SID, "payment", id, "error", err)
	}
}

// endingOf is the flow's word for what the ledger keeps: endings of pay are called as the ledger's states.
func endingOf(kept payments.Payment, came payments.Result) string {
	if kept.ID == "" {
		return string(came.State)
	}
	return string(kept.State)
}

// paymentFacts is what the flow may say of a payment.
func paymentFacts(p payments.Payment, result string) flows.PaymentFacts {
	text := p.ErrorText
	if text == "" {
		text = p.ConnectorError
	}
	return flows.PaymentFacts{
		Result: result, Amount: flows.Money{Minor: p.Amount.Minor, Currency: p.Amount.Currency},
		Confirmation: p.Confirmation, Brand: p.Brand, Last4: p.Last4, Error: text, Token: p.Token,
	}
}

// last4 is the end of a masked number.
func last4(masked string) string {
	if len(masked) < 4 {
		return ""
	}
	return masked[len(masked)-4:]
}
