package payments

import (
	"testing"

	"github.com/paydial/paydial/twilio"
)

// TestVerdictOf holds the map from every Result of <Pay> to a state of the ledger, which the flow knows as an ending.
func TestVerdictOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		result    string
		code      int
		connector string
		charging  bool
		want      State
	}{
		{"charged", "success", 0, "", true, Paid},
		{"saved", "success", 0, "", false, Saved},
		{"star", "caller-interrupted-with-star", 0, "", true, Cancelled},
		{"cancelled by an agent", "transaction-cancelled", 0, "", true, Cancelled},
		{"tries used up", "too-many-failed-attempts", 0, "", true, GaveUp},
		{"hung up", "caller-hung-up", 0, "", true, HungUp},
		{"attribute refused", "validation-error", 64003, "", true, Unavailable},
		{"card refused", "payment-connector-error", 64012, "card_declined", true, Declined},
		{"charge refused", "payment-connector-error", 64008, "do not honour", true, Declined},
		{"answer unreadable", "payment-connector-error", 64008, "", true, Unknown},
		{"gateway silent", "payment-connector-error", 64002, "", true, Unknown},
		{"gateway silent while saving", "payment-connector-error", 64002, "", false, Unavailable},
		{"connector unknown", "payment-connector-error", 64004, "", true, Unavailable},
		{"no code, a reason", "payment-connector-error", 0, "stolen", true, Declined},
		{"no code, no reason", "payment-connector-error", 0, "", true, Unknown},
		{"fault of Twilio's", "internal-error", 0, "", true, Unknown},
		{"a word of tomorrow", "settled-later", 0, "", true, Unknown},
		{"a word of tomorrow while saving", "settled-later", 0, "", false, Unavailable},
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
