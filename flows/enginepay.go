package flows

import (
	"slices"

	"github.com/paydial/paydial/flows/speak"
)

// chargedVar sums what was charged in this call. No author can write this name.
const chargedVar = "?charged"

// Twilio's words for the fields of a payment, by ours.
var payFields = map[string]string{
	"card_number": "payment-card-number", "expiry": "expiration-date", "security_code": "security-code",
	"postal_code": "postal-code", "routing_number": "bank-routing-number", "account_number": "bank-account-number",
	"processing": "payment-processing",
}

// wrongErrors is Twilio's word for an answer that is not valid, by our field.
var wrongErrors = map[string]string{
	"card_number": "invalid-card-number", "expiry": "invalid-date", "security_code": "invalid-security-code",
	"postal_code": "invalid-postal-code", "routing_number": "invalid-bank-routing-number",
	"account_number": "invalid-bank-account-number",
}

const maxAttempts = 3 // of <Pay>

// payStop builds the stop of a pay step.
func (r *run) payStop(s *Step, v *Pay) error {
	language := r.st.Language
	stop := &PayStop{
		Step: s.ID, Connector: v.Connector, Method: "credit-card", BankAccount: v.BankAccount, Cards: v.Cards,
		AskCode: v.AskCode, AskPostal: v.AskPostal, PostalMin: v.PostalMin,
		Attempts: min(r.tries(&Asking{Tries: v.Tries}), maxAttempts), Wait: r.wait(v.Wait),
		Language: language, Voice: r.utter("", language).Voice,
	}
	if v.Method == "bank" {
		stop.Method = "ach-debit"
	}
	if err := r.payAmount(s, v, stop); err != nil {
		return err
	}
	if err := r.payTexts(v, stop); err != nil {
		return err
	}
	prompts, err := r.payPrompts(v)
	if err != nil {
		return err
	}
	stop.Prompts = prompts
	r.out.Stop = stop
	r.holdTranscript()
	return nil
}

// payAmount works out what is charged. It must be something, and within what one call may charge.
func (r *run) payAmount(s *Step, v *Pay, stop *PayStop) error {
	currency := v.Currency
	if currency == "" {
		currency = r.flow.currency()
	}
	if v.Amount == nil {
		stop.Amount.Currency = currency
		stop.TokenType = map[string]string{"one_time": "one-time", "payment_method": "payment-method"}[v.SaveCard]
		if stop.TokenType == "" {
			stop.TokenType = "reusable"
		}
		return nil
	}
	value, err := r.evalExpr(v.Amount)
	if err != nil {
		return err
	}
	amount, err := moneyFrom(value, currency)
	if err != nil {
		return failure{at: v.Amount.At, err: err}
	}
	if amount.Minor <= 0 {
		return fail(v.Amount.At, "the amount of this payment is %s", amount)
	}
	if err := r.withinLimit(amount); err != nil {
		return failure{at: v.Amount.At, err: err}
	}
	stop.Amount = amount
	return nil
}

// moneyFrom reads a value as an amount: a bare number counts whole units.
func moneyFrom(v Value, currency string) (Money, error) {
	if v.Type != TypeMoney {
		return ParseMoney(v.plain(), currency)
	}
	m, err := v.money()
	if err == nil && m.Currency != currency {
		err = errOtherCoin
	}
	return m, err
}

// withinLimit checks an amount, together with what this call has charged, against per_call_limit.
func (r *run) withinLimit(amount Money) error {
	limit := r.flow.Project.Payments.PerCallLimit
	if limit.Minor == 0 {
		return nil
	}
	total, err := amount.Add(r.charged())
	if err != nil {
		return err
	}
	c, err := total.Cmp(limit)
	if err == nil && c > 0 {
		return fail(Span{}, "%s would be charged in this call, and the limit is %s", total, limit)
	}
	return err
}

func (r *run) charged() Money {
	m, err := r.st.Vars[chargedVar].money()
	if err != nil {
		return Money{}
	}
	return m
}

// payTexts fills in what goes to the gateway.
func (r *run) payTexts(v *Pay, stop *PayStop) (err error) {
	if v.For != nil {
		if stop.Reference, err = r.render(v.For, r.flow.Speaks[0], toWrite, nil); err != nil {
			return err
		}
	}
	if v.OncePer != nil {
		if stop.OncePer, err = r.render(v.OncePer, r.flow.Speaks[0], toSend, asIs); err != nil {
			return err
		}
	}
	if v.PostalCode != nil {
		value, err := r.evalExpr(v.PostalCode)
		switch {
		case isMissing(err): // then the caller has to be asked
			stop.AskPostal = true
		case err != nil:
			return err
		default:
			stop.PostalCode = value.plain()
		}
	}
	for _, p := range v.Extra {
		value, err := r.pair(p)
		if err != nil {
			return err
		}
		if !value.IsMissing() {
			stop.Extra = append(stop.Extra, NameValue{Name: p.Name, Value: value.plain()})
		}
	}
	return nil
}

// payPrompts are the author's prompts, and the built-in ones for whatever is left out.
func (r *run) payPrompts(v *Pay) ([]SpokenPrompt, error) {
	var out []SpokenPrompt
	for _, p := range v.Prompts {
		for i, text := range p.Texts {
			u, err := r.say(text)
			if err != nil {
				return nil, err
			}
			prompt := promptFor(p.For, p.Case, u)
			prompt.Attempts = attemptsOf(i, len(p.Texts), len(prompt.ErrorTypes) > 0)
			out = append(out, prompt)
		}
	}
	pack, _ := speak.Lookup(r.st.Language)
	for _, p := range pack.PayPrompts() {
		if !r.hasField(v, p.For) || slices.ContainsFunc(v.Prompts, func(own PayPrompt) bool {
			return own.For == p.For && own.Case == p.Case
		}) {
			continue
		}
		text := p.Text
		prompt := promptFor(p.For, p.Case, r.builtIn(func(*speak.Pack) string { return text }))
		if len(prompt.CardTypes) > 0 && len(v.Cards) > 0 && !slices.Contains(v.Cards, p.Case) {
			continue // a brand that is not taken
		}
		out = append(out, prompt)
	}
	return out, nil
}

// hasField tells whether a payment comes by a field at all.
func (r *run) hasField(v *Pay, field string) bool {
	bank := v.Method == "bank"
	switch field {
	case "routing_number", "account_number":
		return bank
	case "postal_code":
		return !bank && (v.AskPostal || v.PostalCode != nil && r.postalMissing(v))
	case "security_code":
		return !bank && v.AskCode
	case "processing":
		return true
	}
	return !bank
}

func (r *run) postalMissing(v *Pay) bool {
	_, err := r.evalExpr(v.PostalCode)
	return isMissing(err)
}

// promptFor puts a prompt into Twilio's terms.
func promptFor(field, in string, u Utterance) SpokenPrompt {
	p := SpokenPrompt{For: payFields[field], Speech: u}
	switch in {
	case "ask":
	case "silent":
		p.ErrorTypes = []string{"timeout"}
	case "wrong":
		p.ErrorTypes = []string{wrongErrors[field]}
	case "card_not_taken":
		p.ErrorTypes = []string{"invalid-card-type"}
	case "mismatch":
		p.ErrorTypes = []string{"input-matching-failed"}
	default: // a brand
		p.CardTypes = []string{in}
	}
	return p
}

// attemptsOf are the attempts that the ith of n wordings is for: the last one also speaks for those behind it. A
// wording after a mistake cannot be for the first attempt.
func attemptsOf(i, n int, afterMistake bool) []int {
	if n == 1 {
		return nil
	}
	first := i + 1
	if afterMistake {
		first++
	}
	if i < n-1 {
		return []int{first}
	}
	var out []int
	for a := first; a <= max(maxAttempts, first); a++ {
		out = append(out, a)
	}
	return out
}

// answerPay takes over how a payment ended.
func (r *run) answerPay(s *Step) (ending string, waits bool, err error) {
	ending = r.in.Ending
	if r.node.ways[ending] == nil {
		ending = "unknown" // better an unsure word to the caller than a wrong one
	}
	if ending != "hung_up" {
		r.resumeTranscript()
	}
	r.st.Payment = r.in.Payment
	r.st.Payment.Result = ending
	if ending == "paid" || ending == "unknown" {
		if total, err := r.charged().Add(r.in.Payment.Amount); err == nil {
			r.save(chargedVar, MoneyValue(total))
		}
	}
	if s.As != "payment" {
		r.save(s.As, factRecord(r, "payment."))
	}
	return ending, false, nil
}
