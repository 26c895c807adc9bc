package ivr

import (
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/twilio"
)

// payVerdict is what a <Pay> result means: the ending the flow hears and the state the ledger keeps.
type payVerdict struct {
	ending string
	state  payments.State
}

// Error codes of the gateway's own refusals; every other connector error means that no decision was made.
// Source: https://www.twilio.com/docs/api/errors (64001 to 64024).
const (
	codeServiceUnavailable = 64002
	codeChargeRejected     = 64008
	codeTokenRejected      = 64010
	codeCardRejected       = 64012
)

// verdictOf maps every Result of <Pay> to an ending. A result that leaves open whether money was taken is
// "unknown", never "failed": a gateway that did not answer in time may still have charged the card.
// Source: https://www.twilio.com/docs/voice/twiml/pay (Result).
func verdictOf(r twilio.PayResult, charging bool) payVerdict {
	switch r.Result {
	case "success":
		if charging {
			return payVerdict{"paid", payments.Paid}
		}
		return payVerdict{"saved", payments.Saved}
	case "caller-interrupted-with-star", "transaction-cancelled":
		return payVerdict{"cancelled", payments.Cancelled}
	case "too-many-failed-attempts":
		return payVerdict{"gave_up", payments.GaveUp}
	case "caller-hung-up":
		return payVerdict{"hung_up", payments.HungUp}
	case "validation-error":
		return payVerdict{"unavailable", payments.Unavailable}
	case "payment-connector-error":
		return connectorVerdict(r, charging)
	default: // internal-error, and whatever Twilio adds one day
		return undecided(charging)
	}
}

// connectorVerdict tells a refusal from a gateway that could not be reached or spoke nonsense.
func connectorVerdict(r twilio.PayResult, charging bool) payVerdict {
	switch r.PayErrorCode {
	case codeServiceUnavailable:
		return undecided(charging)
	case codeCardRejected:
		return payVerdict{"declined", payments.Declined}
	case codeChargeRejected, codeTokenRejected:
		if r.ConnectorError == "" { // rejected without the gateway's reason: its answer could not be read
			return undecided(charging)
		}
		return payVerdict{"declined", payments.Declined}
	case 0:
		if r.ConnectorError != "" {
			return payVerdict{"declined", payments.Declined}
		}
		return undecided(charging)
	default: // set-up errors: the card was never offered to the gateway
		return payVerdict{"unavailable", payments.Unavailable}
	}
}

// undecided is the verdict when nobody knows what the gateway did. Without a charge nothing can be lost.
func undecided(charging bool) payVerdict {
	if charging {
		return payVerdict{"unknown", payments.Unknown}
	}
	return payVerdict{"unavailable", payments.Unavailable}
}
