package ivr

import (
	"testing"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/twilio"
)

// TestVerdictOf holds the map from every Result of <Pay> to an ending of the flow and a state of the ledger.
func TestVerdictOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		result    string
		code      int
		connector string
		charging  bool
		want      payVerdict
	}{
		{"charged", "success", 0, "", true, payVerdict{"paid", payments.Paid}},
		{"saved", "success", 0, "", false, payVerdict{"saved", payments.Saved}},
		{"star", "caller-interrupted-with-star", 0, "", true, payVerdict{"cancelled", payments.Cancelled}},
		{"cancelled by an agent", "transaction-cancelled", 0, "", true, payVerdict{"cancelled", payments.Cancelled}},
		{"tries used up", "too-many-failed-attempts", 0, "", true, payVerdict{"gave_up", payments.GaveUp}},
		{"hung up", "caller-hung-up", 0, "", true, payVerdict{"hung_up", payments.HungUp}},
		{"attribute refused", "validation-error", 64003, "", true, payVerdict{"unavailable", payments.Unavailable}},
		{"card refused", "payment-connector-error", 64012, "card_declined", true, payVerdict{"declined", payments.Declined}},
		{"charge refused", "payment-connector-error", 64008, "do not honour", true, payVerdict{"declined", payments.Declined}},
		{"answer unreadable", "payment-connector-error", 64008, "", true, payVerdict{"unknown", payments.Unknown}},
		{"gateway silent", "payment-connector-error", 64002, "", true, payVerdict{"unknown", payments.Unknown}},
		{"gateway silent while saving", "payment-connector-error", 64002, "", false, payVerdict{"unavailable", payments.Unavailable}},
		{"connector unknown", "payment-connector-error", 64004, "", true, payVerdict{"unavailable", payments.Unavailable}},
		{"no code, a reason", "payment-connector-error", 0, "stolen", true, payVerdict{"declined", payments.Declined}},
		{"no code, no reason", "payment-connector-error", 0, "", true, payVerdict{"unknown", payments.Unknown}},
		{"fault of Twilio's", "internal-error", 0, "", true, payVerdict{"unknown", payments.Unknown}},
		{"a word of tomorrow", "settled-later", 0, "", true, payVerdict{"unknown", payments.Unknown}},
		{"a word of tomorrow while saving", "settled-later", 0, "", false, payVerdict{"unavailable", payments.Unavailable}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := twilio.PayResult{Result: c.result, PayErrorCode: c.code, ConnectorError: c.connector}
			if got := verdictOf(r, c.charging); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
