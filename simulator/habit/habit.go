package habit

import (
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// Habit is a kind of caller.
type Habit string

// The habits.
const (
	Patient   Habit = "patient"   // keys the right digits, as fast as people do
	Mistakes  Habit = "mistakes"  // one slip in every field, right when asked again
	Slow      Habit = "slow"      // takes nearly all the time there is for every key
	Double    Habit = "double"    // one tone comes twice, until pressing slowly is asked for
	Impatient Habit = "impatient" // presses star in the middle of the first payment
	Leaves    Habit = "leaves"    // hangs up in the middle
)

// Habits are all of them.
func Habits() []Habit { return []Habit{Patient, Mistakes, Slow, Double, Impatient, Leaves} }

// Known tells whether there is such a habit.
func (h Habit) Known() bool { return slices.Contains(Habits(), h) }

// The caller's hands.
const (
	begin    = 2500 * time.Millisecond // until the first key: the card is turned over
	stroke   = 650 * time.Millisecond  // from key to key
	breath   = 500 * time.Millisecond  // more after every four: the eye goes back to the card
	echo     = 90 * time.Millisecond   // from a tone to its double
	slowest  = 9 * time.Second         // nobody is slower
	slowKeys = 20 * time.Second        // who is given so long has been asked to press slowly
	tries    = 2                       // so often a line doubles a tone
)

// Card is what the caller has in their hand.
type Card struct {
	Number, Expiry, Code, PostalCode string
	Routing, Account                 string // of their bank
}

// Hold is the card of a test card, with the rest of what is asked for.
func Hold(c cards.TestCard) Card {
	return Card{Number: c.Number, Expiry: "1230", Code: c.Code(), PostalCode: "94109", Routing: "110000000", Account: "123456789"}
}

// Question is what the caller is asked for.
type Question struct {
	Field   string        // as Capture spells it, or payment-confirmation
	Attempt int           // how often it was asked for in this payment, from 1
	Payment int           // the how many-th payment of the call, from 1
	Timeout time.Duration // the time there is for a key
}

// Press is one thing the caller does, so long after the one before.
type Press struct {
	After  time.Duration
	Key    byte
	HangUp bool
}

// Plan is how a caller with the habit answers a question. Nothing for a question that nobody can answer.
func (h Habit) Plan(q Question, c Card) []Press {
	field := strings.TrimSuffix(q.Field, "-matcher")
	keys := c.Keys(field)
	if keys == "" {
		return nil
	}
	switch {
	case h == Mistakes && q.Attempt <= 1:
		keys = slip(field, keys)
	case h == Impatient && q.Payment <= 1:
		return append(typed(keys[:min(4, len(keys))], stroke), Press{After: stroke, Key: '*'})
	case h == Leaves && field == "payment-card-number", h == Leaves && field == "bank-account-number":
		return append(typed(keys[:len(keys)/2], stroke), Press{After: begin, HangUp: true})
	case h == Slow:
		return typed(keys, min(q.Timeout*3/4, slowest))
	case h == Double && long(field) && q.Attempt <= tries && q.Timeout < slowKeys:
		return doubled(typed(keys, stroke))
	}
	return typed(keys, stroke)
}

// Keys are what is pressed for a field of <Pay> or of an agent's question when nothing goes wrong; the pound key ends what
// has no fixed length. A field that is none has no keys.
func (c Card) Keys(field string) string {
	switch field {
	case "payment-confirmation":
		return "1"
	case "payment-card-number":
		return c.Number + "#"
	case "expiration-date":
		return c.Expiry
	case "security-code":
		return c.Code
	case "postal-code":
		return c.PostalCode + "#"
	case "bank-routing-number":
		return c.Routing
	case "bank-account-number":
		return c.Account + "#"
	}
	return ""
}

// long tells whether a field is so long that a line may double a tone of it.
func long(field string) bool { return strings.HasSuffix(field, "-number") }

// slip is one mistake in the keys of a field: a wrong digit, a month that is none, or an entry that ends too early.
func slip(field, keys string) string {
	switch field {
	case "payment-card-number", "bank-routing-number":
		k := []byte(keys)
		at := len(strings.TrimSuffix(keys, "#")) - 2
		k[at] = '0' + (k[at]-'0'+1)%10
		return string(k)
	case "expiration-date":
		return "13" + keys[2:]
	case "payment-confirmation":
		return keys
	}
	return keys[:1] + "#"
}

// typed is the keys one after the other, with a pause of gap before each, and a breath after every four.
func typed(keys string, gap time.Duration) []Press {
	var out []Press
	for i := range len(keys) {
		after := gap
		switch {
		case i == 0:
			after = max(begin, gap)
		case i%4 == 0 && gap < begin:
			after += breath
		}
		out = append(out, Press{After: after, Key: keys[i]})
	}
	return out
}

// doubled lets the fifth tone come twice.
func doubled(plan []Press) []Press {
	const at = 4
	return slices.Insert(plan, at+1, Press{After: echo, Key: plan[at].Key})
}
