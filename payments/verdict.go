package payments

import (
	"github.com/paydial/paydial/internal/carddata"
	"github.com/paydial/paydial/twilio"
)

// Error codes of the gateway's own refusals; every other connector error means that no decision was made.
// Source: https://www.twilio.com/docs/api/errors (64001 to 64024).
const (
	codeServiceUnavailable = 64002
	codeChargeRejected     = 64008
	codeTokenRejected      = 64010
	codeCardRejected       = 64012
)

// ResultOf is what a result of <Pay> or of the Payment resource means for the ledger.
func ResultOf(r twilio.PayResult, charging bool) Result {
	shown := r.PaymentCardNumber
	if shown == "" {
		shown = r.BankAccountNumber
	}
	return Result{
		State: verdictOf(r, charging), Brand: r.PaymentCardType, Last4: shownEnd(shown),
		Confirmation: r.PaymentConfirmationCode, Token: r.PaymentToken, ProfileID: r.ProfileID,
		ErrorCode: r.PayErrorCode, ErrorText: r.PaymentError, ConnectorError: r.ConnectorError,
	}
}

// shownEnd is what a masked number leaves to see: its digits, four at most.
func shownEnd(masked string) string {
	digits, ok := carddata.LastDigits(masked)
	if !ok {
		return digits[len(digits)-carddata.ShownDigits:]
	}
	return digits
}

// verdictOf maps every Result to a state. A result that leaves open whether money was taken is Unknown, never
// failed: a gateway that did not answer in time may still have charged the card.
// Source: https://www.twilio.com/docs/voice/twiml/pay (Result).
func verdictOf(r twilio.PayResult, charging bool) State {
	switch r.Result {
	case "success":
		if charging {
			return Paid
		}
		return Saved
	case "caller-interrupted-with-star", "transaction-cancelled":
		return Cancelled
	case "too-many-failed-attempts":
		return GaveUp
	case "caller-hung-up":
		return HungUp
	case "validation-error":
		return Unavailable
	case "payment-connector-error":
		return connectorVerdict(r, charging)
	default: // internal-error, and whatever Twilio adds one day
		return undecided(charging)
	}
}

// connectorVerdict tells a refusal from a gateway that could not be reached or spoke nonsense.
func connectorVerdict(r twilio.PayResult, charging bool) State {
	switch r.PayErrorCode {
	case codeServiceUnavailable:
		return undecided(charging)
	case codeCardRejected:
		return Declined
	case codeChargeRejected, codeTokenRejected:
		if r.ConnectorError == "" { // rejected without the gateway's reason: its answer could not be read
			return undecided(charging)
		}
		return Declined
	case 0:
		if r.ConnectorError != "" {
			return Declined
		}
		return undecided(charging)
	default: // set-up errors: the card was never offered to the gateway
		return Unavailable
	}
}

// undecided is the verdict when nobody knows what the gateway did. Without a charge nothing can be lost.
func undecided(charging bool) State {
	if charging {
		return Unknown
	}
	return Unavailable
}
