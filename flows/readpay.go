package flows

import (
	"fmt"
	"slices"
	"time"
)

// promptCases are the prompts that each field of a pay step can have, besides ask and, for the fields of a card,
// a brand.
var promptCases = map[string][]string{
	"card_number":    {"silent", "wrong", "card_not_taken"},
	"expiry":         {"silent", "wrong"},
	"security_code":  {"silent", "wrong"},
	"postal_code":    {"silent", "wrong"},
	"routing_number": {"silent", "wrong", "mismatch"},
	"account_number": {"silent", "wrong", "mismatch"},
	"processing":     {},
}

// brandPrompts are the fields whose prompt can depend on the brand: it is known once the number is.
var brandPrompts = []string{"card_number", "expiry", "security_code", "postal_code"}

func readPay(s *stepReader, m *fields, _ field, _ bool) Verb {
	rules := s.project.Payments
	v := &Pay{
		Amount:      m.expr("amount"),
		Currency:    s.readCurrency(m, rules.Currency),
		For:         m.template("for"),
		Connector:   rules.Connector,
		Method:      m.word("method", "card", "card", "bank"),
		BankAccount: m.word("bank_account", "", "consumer-checking", "consumer-savings", "commercial-checking"),
		Cards:       rules.Cards,
		SaveCard:    m.word("save_card", "", "no", "one_time", "reusable", "payment_method"),
		Tries:       m.number("tries", 1, 3),
		Wait:        m.duration("wait", time.Minute),
		EnterTwice:  m.words("enter_twice", "F124", "bank_account", "routing_number"),
		Extra:       m.pairs("extra"),
		OncePer:     m.template("once_per"),
	}
	if name := m.text("connector"); name != "" {
		v.Connector = name
	}
	if cards := m.words("cards", "F119", cardBrands...); cards != nil {
		v.Cards = cards
	}
	s.readAsked(m, v)
	s.checkSaving(m, v)
	s.readPrompts(m, v)
	return v
}

// readAsked reads which details are asked for. A card's security code and postal code are, unless said otherwise.
func (s *stepReader) readAsked(m *fields, v *Pay) {
	card := v.Method == "card"
	v.AskCode, v.AskPostal = card && m.yesNo("security_code", true), card
	if f, ok := m.filled("postal_code"); ok {
		switch f.value.Value {
		case "ask":
			v.AskPostal = true
		case "skip":
			v.AskPostal = false
		default:
			v.AskPostal, v.PostalCode = false, s.asExpr(f)
		}
	}
	v.PostalMin = m.number("postal_code_at_least", 1, 10)
	if !card {
		for _, name := range []string{"security_code", "postal_code", "postal_code_at_least", "cards"} {
			if m.has(name) {
				m.add("F131", m.src.spanOf(m.by[name].key), fmt.Sprintf("a bank account has no %q", name)).Label = "delete it, or use method: card"
			}
		}
		m.taken["security_code"] = true
		return
	}
	for _, name := range []string{"bank_account", "enter_twice"} {
		if m.has(name) {
			m.add("F131", m.src.spanOf(m.by[name].key), fmt.Sprintf("a card has no %q", name)).Label = "delete it, or use method: bank"
		}
	}
}

// checkSaving makes sure that a pay step either charges or saves.
func (s *stepReader) checkSaving(m *fields, v *Pay) {
	switch {
	case m.has("amount") && (v.SaveCard == "" || v.SaveCard == "no"):
		v.SaveCard = "no"
	case m.has("amount"):
		s.add("P004", s.src.spanOf(m.by["save_card"].value), "one pay step cannot both charge a card and save it").
			Label = "leave out amount, or write save_card: no"
	case v.SaveCard == "no":
		s.add("P004", s.src.spanOf(m.by["save_card"].value), "this pay step neither charges nor saves").
			Label = "add amount:, or save the card"
	case v.SaveCard == "":
		v.SaveCard = "reusable"
	}
}

func (s *stepReader) readPrompts(m *fields, v *Pay) {
	f, ok := m.filled("prompts")
	if !ok {
		return
	}
	prompts, ok := m.sub(f, `"prompts"`)
	if !ok {
		return
	}
	for _, name := range keysOf(promptCases) {
		one, ok := prompts.filled(name)
		if !ok {
			continue
		}
		sub, ok := prompts.sub(one, quoteWord(name))
		if !ok {
			continue
		}
		cases := append([]string{"ask"}, promptCases[name]...)
		if slices.Contains(brandPrompts, name) {
			cases = append(cases, cardBrands...)
		}
		for _, c := range cases {
			if texts := sub.taper(c); len(texts) > 0 {
				v.Prompts = append(v.Prompts, PayPrompt{At: s.src.spanOf(sub.by[c].key), For: name, Case: c, Texts: texts})
			}
		}
		sub.done()
	}
	prompts.done()
	slices.SortStableFunc(v.Prompts, func(a, b PayPrompt) int {
		if a.At.Line != b.At.Line {
			return a.At.Line - b.At.Line
		}
		return a.At.Col - b.At.Col
	})
}
