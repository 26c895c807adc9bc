package habit_test

import (
	"testing"
	"time"

	"github.com/paydial/paydial/simulator/cards"
	"github.com/paydial/paydial/simulator/habit"
)

// wrote is what a plan presses; "!" is hanging up.
func wrote(plan []habit.Press) string {
	out := ""
	for _, p := range plan {
		if p.HangUp {
			out += "!"
		} else {
			out += string(p.Key)
		}
	}
	return out
}

func TestPlan(t *testing.T) {
	t.Parallel()
	visa, _ := cards.FindTestCard("visa")
	card := habit.Hold(visa)
	for _, tc := range []struct {
		habit            habit.Habit
		field            string
		attempt, payment int
		timeout          time.Duration
		want             string
	}{
		{habit.Patient, "payment-card-number", 1, 1, 12, "4242424242424242#"},
		{habit.Patient, "payment-card-number-matcher", 1, 1, 12, "4242424242424242#"},
		{habit.Patient, "payment-confirmation", 0, 1, 12, "1"},
		{habit.Patient, "shoe-size", 1, 1, 12, ""},
		{habit.Mistakes, "payment-card-number", 1, 1, 12, "4242424242424252#"},
		{habit.Mistakes, "payment-card-number", 2, 1, 12, "4242424242424242#"},
		{habit.Mistakes, "expiration-date", 1, 1, 12, "1330"},
		{habit.Mistakes, "security-code", 1, 1, 12, "1#"},
		{habit.Mistakes, "postal-code", 1, 1, 12, "9#"},
		{habit.Mistakes, "bank-routing-number", 1, 1, 12, "110000010"},
		{habit.Mistakes, "payment-confirmation", 1, 1, 12, "1"},
		{habit.Double, "payment-card-number", 1, 1, 12, "42424242424242422#"[:5] + "4" + "24242424242#"},
		{habit.Double, "payment-card-number", 3, 1, 12, "4242424242424242#"},
		{habit.Double, "payment-card-number", 1, 1, 25, "4242424242424242#"},
		{habit.Double, "security-code", 1, 1, 12, "123"},
		{habit.Impatient, "payment-card-number", 1, 1, 12, "4242*"},
		{habit.Impatient, "security-code", 1, 1, 12, "123*"},
		{habit.Impatient, "payment-card-number", 1, 2, 12, "4242424242424242#"},
		{habit.Leaves, "payment-card-number", 1, 1, 12, "42424242!"},
		{habit.Leaves, "expiration-date", 1, 1, 12, "1230"},
	} {
		q := habit.Question{Field: tc.field, Attempt: tc.attempt, Payment: tc.payment, Timeout: tc.timeout * time.Second}
		if got := wrote(tc.habit.Plan(q, card)); got != tc.want {
			t.Errorf("%s, %+v: %q, want %q", tc.habit, q, got, tc.want)
		}
	}
}

// TestSlowIsInTime: the slow caller takes long for every key and never too long, whatever time there is.
func TestSlowIsInTime(t *testing.T) {
	t.Parallel()
	visa, _ := cards.FindTestCard("visa")
	for _, timeout := range []time.Duration{5 * time.Second, 12 * time.Second, 25 * time.Second} {
		for i, p := range habit.Slow.Plan(habit.Question{Field: "payment-card-number", Attempt: 1, Payment: 1, Timeout: timeout}, habit.Hold(visa)) {
			if p.After >= timeout || p.After < timeout/3 {
				t.Errorf("key %d of %s comes after %s", i, timeout, p.After)
			}
		}
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for _, h := range habit.Habits() {
		if !h.Known() {
			t.Errorf("%s is not known", h)
		}
	}
	if habit.Habit("elsewhere").Known() {
		t.Error("any word is a habit")
	}
}
