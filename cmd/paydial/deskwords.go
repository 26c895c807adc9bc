package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/paydial/paydial/payments"
)

// fieldNames are the fields of a payment: what a person types for one, Twilio's name, and what it is called.
var fieldNames = []struct{ short, name, word string }{
	{"card", "payment-card-number", "card number"}, {"expiry", "expiration-date", "expiry date"},
	{"code", "security-code", "security code"}, {"postal", "postal-code", "postal code"},
	{"routing", "bank-routing-number", "routing number"}, {"account", "bank-account-number", "account number"},
}

// firstMissing asks for the first field that is missing.
const firstMissing = "first"

// fieldNamed is Twilio's name of a field that a person has typed, short or long.
func fieldNamed(text string) (string, error) {
	if text == firstMissing {
		return text, nil
	}
	var known []string
	for _, f := range fieldNames {
		if text == f.short || text == f.name {
			return f.name, nil
		}
		known = append(known, f.short)
	}
	return "", fail(exitUsage, "there is no field %.30q: %s, or the names that Twilio has for them", text, strings.Join(known, ", "))
}

// fieldWord is what a field of Twilio's is called.
func fieldWord(name string) string {
	for _, f := range fieldNames {
		if name == f.name {
			return f.word
		}
	}
	return name
}

// refusedWords say why what was keyed was not taken.
var refusedWords = map[string]string{
	"input-timeout": "nothing keyed", "invalid-card-number": "card number not valid", "invalid-card-type": "card type not taken",
	"invalid-date": "expiry not valid", "invalid-postal-code": "zip code not valid", "invalid-security-code": "code not valid",
	"invalid-bank-routing-number": "routing number not valid", "invalid-bank-account-number": "account number not valid",
	"input-matching-failed":                              "the two entries differ",
	"invalid-card-number-security-code-capture-sequence": "the code was asked before the card number",
}

// troubleWords say what went wrong with a payment as a whole.
var troubleWords = map[string]string{
	"caller-interrupted-with-star": "the caller pressed star", "caller-hung-up": "the caller hung up", "idle": "nobody did anything for too long",
	"signed_off": "its agent signed off", "not_sent": "Twilio did not answer", "no_result": "no result came",
	"payment-connector-error": "the card company said no, or could not be reached", "validation-error": "something keyed was not accepted",
	"transaction-cancelled": "it was cancelled", "64012": "the card was declined (64012)",
}

// said is a code word as people read it.
func said(words map[string]string, code string) string { return cmp.Or(words[code], code) }

// stageWord is a stage as people read it.
func stageWord(s payments.Stage) string { return strings.ReplaceAll(string(s), "_", " ") }

// fieldValue is what may be shown of a field that is right.
func fieldValue(f payments.Field, brand string) string {
	switch f.Name {
	case "payment-card-number":
		return strings.TrimSpace(dots(f.Value) + " " + brand)
	case "bank-account-number", "security-code":
		return dots(f.Value)
	case "expiration-date":
		if len(f.Value) == 4 {
			return f.Value[:2] + "/" + f.Value[2:]
		}
	}
	return f.Value
}

// fieldStands says how a field stands.
func fieldStands(f payments.Field, brand string) string {
	switch f.State {
	case payments.FieldNotAsked:
		return "not asked yet"
	case payments.FieldAsking, payments.FieldWaiting:
		return "waiting for the first key"
	case payments.FieldTyping:
		if f.Length > 0 {
			return fmt.Sprintf("%d of %d keys", f.Digits, f.Length)
		}
		return plural(f.Digits, "key")
	case payments.FieldRight:
		if f.Given {
			return "known: " + f.Value
		}
		return "right " + fieldValue(f, brand)
	case payments.FieldWrong:
		return "wrong: " + said(refusedWords, f.Error)
	case payments.FieldSilent:
		return "silent: nothing keyed"
	case payments.FieldStopped:
	}
	return "stopped"
}

// deskFact is one thing that happened to a payment of the desk: a line of its log, with the payment as it stands.
type deskFact struct {
	what, who, field, note             string
	amount, brand, last4, confirmation string // the amount is "84.20 usd", "" when nothing is charged
}

// factOf is a line of a payment's log.
func factOf(a payments.Assisted, l payments.LogLine) deskFact {
	return deskFact{
		what: l.What, who: l.Who, field: l.Field, note: l.Note, amount: chargedText(a), brand: a.Brand, last4: a.Last4,
		confirmation: a.Confirmation,
	}
}

// chargedText is what a payment charges; "" when it only saves.
func chargedText(a payments.Assisted) string {
	if a.Intent == payments.Save || a.Amount.Minor == 0 {
		return ""
	}
	return a.Amount.String()
}

// words say it in one line, behind the mark that stands for it.
func (d deskFact) words() (mark, text string) {
	who, field := cmp.Or(d.who, "somebody"), fieldWord(d.field)
	switch d.what {
	case "started":
		return "▣", who + " takes " + cmp.Or(d.amount, "a card or account to save")
	case "open":
		return "▣", "Twilio listens"
	case "asked":
		return "▣", who + " asks " + field
	case "right":
		if d.field == "payment-card-number" || d.field == "bank-account-number" {
			field += strings.TrimRight(" right ···· "+d.last4+" "+d.brand, " ·")
			return "▣", field
		}
		return "▣", field + " right"
	case "wrong":
		return "!", field + " wrong: " + said(refusedWords, d.note)
	case "silent":
		return "!", field + ": nothing keyed"
	case "stopped":
		return "▣", who + " stops asking " + field
	case "charging":
		if d.amount == "" {
			return "▣", who + " saves"
		}
		return "▣", who + " charges " + d.amount
	case "taken_over":
		return "▣", who + " takes over from " + d.note
	case "refused":
		return "!", "Twilio did not take it: " + said(troubleWords, d.note)
	}
	return d.end()
}

// end says how a payment ended.
func (d deskFact) end() (mark, text string) {
	money := d.amount + " not charged"
	if d.amount == "" {
		money = "nothing saved"
	}
	why := ""
	switch {
	case d.who != "":
		why = ", by " + d.who
	case d.note != "":
		why = ", " + said(troubleWords, d.note)
	}
	switch payments.Stage(d.what) {
	case payments.StagePaid, payments.StageSaved:
		text = "paid " + d.amount
		if d.amount == "" {
			text = "saved, nothing charged"
		}
		if card := strings.TrimSpace(d.brand + " " + d.last4); card != "" {
			text += "   " + card
		}
		if d.confirmation != "" {
			text += "   confirmation " + d.confirmation
		}
		return "✓", text
	case payments.StageUnknown:
		return "?", "unknown: nobody knows whether " + cmp.Or(d.amount, "it") + " was taken"
	}
	return "✗", strings.ReplaceAll(d.what, "_", " ") + why + ": " + money
}

// moneyLine says how a payment stands, in one line.
func moneyLine(a payments.Assisted) string {
	if !a.Stage.Over() {
		return stageWord(a.Stage) + ": " + cmp.Or(chargedText(a), "nothing is charged")
	}
	note := ""
	if a.Trouble != nil {
		note = a.Trouble.Code
	}
	l := payments.LogLine{What: string(a.Stage), Note: note}
	_, text := factOf(a, l).words()
	return text
}
