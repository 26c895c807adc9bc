package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// payLanguages are the languages for which Twilio has wording of its own for <Pay>.
var payLanguages = []string{
	"de-DE", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-PH", "en-US", "en-ZA",
	"es-ES", "es-MX", "es-US", "fr-CA", "fr-FR", "it-IT",
}

// checkPay looks at what can be said of a pay step alone.
func (l *flowLint) checkPay(s *Step) {
	v, ok := s.Verb.(*Pay)
	if !ok {
		return
	}
	l.checkAmount(v)
	for _, lang := range l.flow.Speaks {
		if missing := promptsMissing(v, lang); len(missing) > 0 {
			f := l.add("L004", s.At, fmt.Sprintf("Twilio has no wording of its own for paying in %s", lang))
			f.Label = "write these under prompts: " + strings.Join(missing, ", ")
		}
	}
}

// promptsMissing lists the prompts that a pay step needs in a language because nobody else has them.
func promptsMissing(v *Pay, lang string) []string {
	if slices.Contains(payLanguages, lang) {
		return nil
	}
	need := []string{"card_number", "expiry"}
	if v.AskCode {
		need = append(need, "security_code")
	}
	if v.AskPostal {
		need = append(need, "postal_code")
	}
	if v.Method == "bank" {
		need = []string{"routing_number", "account_number"}
	}
	return slices.DeleteFunc(append(need, "processing"), func(field string) bool {
		return slices.ContainsFunc(v.Prompts, func(p PayPrompt) bool { return p.For == field && p.Case == "ask" })
	})
}

// checkAmount looks at an amount that is written as a number.
func (l *flowLint) checkAmount(v *Pay) {
	if v.Amount == nil || !isDecimal(v.Amount.Raw) {
		return
	}
	amount, err := ParseMoney(v.Amount.Raw, v.Currency)
	limit := l.project.Payments.PerCallLimit
	switch {
	case err != nil || amount.Minor <= 0:
		l.add("F125", v.Amount.At, quoteWord(v.Amount.Raw)+" is not an amount that can be charged").
			Label = "write an amount above 0, with the decimals of the currency"
	case limit.Minor > 0 && limit.Currency == amount.Currency && amount.Minor > limit.Minor:
		l.add("P005", v.Amount.At, "this is more than a call may charge").
			Label = fmt.Sprintf("per_call_limit in %s is %s", ProjectFile, limit)
	}
}

var (
	saysMoney   = regexp.MustCompile(`\$\{[^}]*\|\s*money\b`)
	saysDollars = regexp.MustCompile(`(?i)\b(dollars?|cents?|euros?|pounds?|pesos?|d[oó]lar(es)?|centavos?)\b|[$€£]\s?\d`)
	saysReceipt = regexp.MustCompile(`payment\.confirmation`)
)

// checkMoney follows the ways to and from the pay steps: a caller must hear the amount before paying it, and the
// confirmation after.
func (l *flowLint) checkMoney() {
	if len(l.notes.broken) > 0 {
		return
	}
	literal := map[*spot]bool{}
	states := func(n *spot) bool {
		return says(spokenBy(n.step), saysMoney)
	}
	for _, n := range l.paths.nodes {
		if v, ok := n.step.Verb.(*Pay); ok && v.Amount != nil && isDecimal(v.Amount.Raw) {
			literal[n] = true
		}
	}
	unsaid := l.paths.reach([]*spot{l.paths.start()}, states)
	unsaidLiteral := unsaid
	if len(literal) > 0 {
		unsaidLiteral = l.paths.reach([]*spot{l.paths.start()}, func(n *spot) bool {
			return states(n) || says(spokenBy(n.step), saysDollars)
		})
	}
	receipt := l.paths.leadTo(func(n *spot) bool {
		texts := spokenBy(n.step)
		if v, ok := n.step.Verb.(*TextMessage); ok {
			texts = append(texts, v.Text)
		}
		return says(texts, saysReceipt)
	}, nil)
	for _, n := range l.paths.nodes {
		v, ok := n.step.Verb.(*Pay)
		if !ok || v.Amount == nil {
			continue
		}
		if missing := unsaid[n.index] && !literal[n] || literal[n] && unsaidLiteral[n.index]; missing && !states(n) {
			f := l.add("F320", n.step.At, "a caller can come here without having heard the amount")
			if f.Label = "say it before this step"; !literal[n] {
				f.Label += ": You are paying ${" + v.Amount.Raw + " | money}."
			}
		}
		l.checkReceipt(n, receipt)
	}
}

// checkReceipt finds a payment after which no way speaks the confirmation.
func (l *flowLint) checkReceipt(n *spot, receipt []bool) {
	for _, e := range n.lanes {
		if e.ending != "paid" || e.assumed || e.to == nil || receipt[e.to.index] {
			continue
		}
		l.add("F321", n.step.At, "a caller who has paid never hears the confirmation").
			Label = "say it on the way from paid: ${payment.confirmation | spell}"
	}
}
