package rules_test

import (
	"strings"
	"testing"

	"github.com/paydial/paydial/campaigns/rules"
)

// TestWordsOfReasons: each reason has words of its own, and says what it is about.
func TestWordsOfReasons(t *testing.T) {
	t.Parallel()
	for reason, want := range map[rules.Reason]string{
		"on_dnc:company": "on the do-not-call list company", "twilio_refused:21211": "Twilio refused the call (21211)", "missing:price": "price is empty",
		"outside_hours": "outside the calling hours", "a_new_one:x": "a new one:x",
	} {
		if got := reason.Words(); got != want {
			t.Errorf("%s: %q, want %q", reason, got, want)
		}
	}
	for _, r := range []rules.Reason{rules.BadNumber, rules.Duplicate, rules.Missing, rules.Stopped, rules.OptedOut, rules.OnDNC, rules.Paid, rules.Skipped, rules.NoConsent,
		rules.ZoneUnclear, rules.Expired, rules.Done, rules.Refused, rules.Paused, rules.NotYet, rules.RetryWait, rules.Frequency, rules.WeekCap, rules.DayCap, rules.OutsideHours} {
		if words := r.Words(); words == strings.ReplaceAll(string(r), "_", " ") {
			t.Errorf("there are no words for the reason %s", r)
		}
	}
}
