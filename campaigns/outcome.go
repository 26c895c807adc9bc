package campaigns

import (
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/flows"
)

// The outcomes of calls beside those that flows set.
const (
	OutcomeNoAnswer = "no_answer"
	OutcomeBusy     = "busy"
	OutcomeFailed   = "failed"
	OutcomeCanceled = "canceled"
	OutcomeMachine  = "machine"
	OutcomeFax      = "fax"
	OutcomeHungUp   = "hung_up"
	OutcomeOptedOut = "opted_out"
	OutcomeError    = "error"
	OutcomePaid     = "paid" // they paid, and the flow had no time to say how it went
)

// Who answers a call.
const (
	answerHuman   = "human"
	answerMachine = "machine"
	answerFax     = "fax"
)

// answeredAs is who answered, as the campaign takes it. Where nobody looked, it was a person.
func answeredAs(by string, m flows.MachineRules) string {
	switch {
	case strings.HasPrefix(by, "machine"):
		return answerMachine
	case by == "fax":
		return answerFax
	case by == "unknown" && m.Unsure == "machine":
		return answerMachine
	}
	return answerHuman
}

// outcomeOf is how a call came out.
func outcomeOf(end CallEnd, m flows.MachineRules) string {
	switch end.Status {
	case "busy":
		return OutcomeBusy
	case "no-answer":
		return OutcomeNoAnswer
	case "failed":
		return OutcomeFailed
	case "canceled":
		return OutcomeCanceled
	}
	said := end.Outcome
	who := answeredAs(end.AnsweredBy, m)
	switch {
	case end.OptedOut:
		return OutcomeOptedOut
	case who == answerMachine && (said == "" || said == OutcomeHungUp):
		return OutcomeMachine
	case who == answerFax && (said == "" || said == OutcomeHungUp):
		return OutcomeFax
	case said != "":
		return said
	case end.NoFlow && !hungUpFirst(end, m):
		return OutcomeError
	}
	return OutcomeHungUp
}

// hungUpFirst tells whether somebody hung up while Twilio still listened for who they were: we were not asked for a flow.
func hungUpFirst(end CallEnd, m flows.MachineRules) bool {
	return end.NoFlow && end.AnsweredBy == "" && (m.Detect == flows.DetectFast || m.Detect == flows.DetectBeep)
}

// afterPaying is the outcome of a call on which money was taken. Only a flow may say that there is more to be rung about.
func afterPaying(outcome string) string {
	switch outcome {
	case OutcomeHungUp, OutcomeMachine, OutcomeFax:
		return OutcomePaid
	}
	return outcome
}

// reachedBy tells whether a person was reached: they answered.
func reachedBy(end CallEnd, m flows.MachineRules) bool {
	return end.Status == "completed" && answeredAs(end.AnsweredBy, m) == answerHuman
}

// firstWords is how many seconds a person may wait for our first words before they count as left alone, as in ivr.
// Source: 47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4).
const firstWords = 2

// abandonedBy tells whether a person was reached and left alone.
func abandonedBy(end CallEnd, m flows.MachineRules) bool {
	if hungUpFirst(end, m) {
		return reachedBy(end, m) && end.Seconds > firstWords
	}
	return reachedBy(end, m) && (end.Abandoned || end.NoFlow)
}

// retryOf is when a person is rung again after an outcome that they came to so many times; false: they are not.
func retryOf(all []flows.Retry, outcome string, times, next int) (after time.Duration, text string, again bool) {
	for _, r := range all {
		if r.Outcome == outcome && times <= r.UpTo {
			return r.After, fmt.Sprintf("%s try, %s after %s", ordinal(next), short(r.After), outcome), true
		}
	}
	return 0, "", false
}

var ordinals = [...]string{"no", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"}

// ordinal is a number as it stands before try.
func ordinal(n int) string {
	if n > 0 && n < len(ordinals) {
		return ordinals[n]
	}
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprint(n) + suffix
}

// short is a time as files write it: 4h, 20m, 2 days.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "1 day"
	case d > 0 && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	case d > 0 && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d > 0 && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
