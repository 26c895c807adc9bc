package ivr

import (
	"encoding/json"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
)

// The two call statuses that a session knows by itself; Twilio's status callback may tell others.
// Source: https://www.twilio.com/docs/voice/api/call-resource (status).
const (
	statusInProgress = "in-progress"
	statusCompleted  = "completed"
)

// Payment is what the API shows of a call's last payment. There is no field that could hold a card number.
type Payment struct {
	Result       string `json:"result"`
	Amount       string `json:"amount"` // exact decimal, "84.20"
	Currency     string `json:"currency"`
	Brand        string `json:"brand"`
	Last4        string `json:"last4"`
	Confirmation string `json:"confirmation"`
}

// shownPayment is the API's view of a call's last payment; nil before the first.
func shownPayment(p flows.PaymentFacts) json.RawMessage {
	if p.Result == "" {
		return nil
	}
	return mustJSON(Payment{
		Result: p.Result, Amount: p.Amount.Decimal(), Currency: p.Amount.Currency,
		Brand: p.Brand, Last4: p.Last4, Confirmation: p.Confirmation,
	})
}

// outcomeHungUp is the outcome of a call whose caller left before the flow could set another.
const outcomeHungUp = "hung_up"

// startedPayment is the API's view of a payment under way.
func startedPayment(amount flows.Money) json.RawMessage {
	return mustJSON(Payment{Result: string(payments.Started), Amount: amount.Decimal(), Currency: amount.Currency})
}

// mustJSON encodes a value of ours that cannot fail to encode.
func mustJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("ivr: encode own value: " + err.Error())
	}
	return raw
}
