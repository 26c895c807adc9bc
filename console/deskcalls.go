package console

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
)

// withDesk gives a call the payment that an agent takes on it: its session hears of that only when the flow goes on.
func (c *Console) withDesk(ctx context.Context, s *sessions.Session) error {
	one := []sessions.Session{*s}
	err := c.withDeskAll(ctx, one)
	*s = one[0]
	return err
}

// withDeskAll is withDesk for a page of calls, with one question to the ledger.
func (c *Console) withDeskAll(ctx context.Context, all []sessions.Session) error {
	if len(all) == 0 {
		return nil
	}
	at := make(map[string]int, len(all))
	q := payments.Query{Limit: 500}
	for i, s := range all {
		at[s.Call] = i
		q.Calls = append(q.Calls, s.Call)
	}
	page, err := c.Ledger.List(ctx, q)
	if err != nil {
		return err
	}
	byCall := map[string][]payments.Payment{}
	for _, p := range page.Payments {
		byCall[p.Call] = append(byCall[p.Call], p)
	}
	for call, list := range byCall {
		s := &all[at[call]]
		p := deskPayment(list, paymentOf(*s) != nil)
		if p == nil {
			continue
		}
		if s.Payment, err = json.Marshal(shownOf(*p)); err != nil {
			return err
		}
	}
	return nil
}

// deskPayment is the payment that a call shows in place of its session's, of the ledger's rows, the newest first: the
// newest that is an agent's, unless the caller has paid by themselves since. One that was cancelled says less than
// what the session knows.
func deskPayment(rows []payments.Payment, known bool) *payments.Payment {
	for i, p := range rows {
		switch {
		case p.Source != payments.SourceDesk:
			return nil
		case p.State != payments.Cancelled:
			return &rows[i]
		}
	}
	if known || len(rows) == 0 {
		return nil
	}
	return &rows[0]
}

// shownOf is a payment of the ledger as a call shows it.
func shownOf(p payments.Payment) shownPayment {
	return shownPayment{
		Result: string(p.State), Amount: p.Amount.Decimal(), Currency: p.Amount.Currency, Brand: p.Brand, Last4: p.Last4,
		Confirmation: p.Confirmation,
	}
}

// describeDesk is one thing that happened to a payment that an agent takes.
func describeDesk(f fact) row {
	amount := ""
	if strings.Trim(f.More["amount"], "0.") != "" {
		amount = f.More["amount"] + " " + f.More["currency"]
	}
	who := f.More["who"]
	if who == "" {
		who = t("somebody")
	}
	key, r := f.Name, row{Mark: "▣"}
	switch f.Name {
	case "started":
		if amount == "" {
			key = "saves"
		}
	case "charging":
		if amount == "" {
			key = "saving"
		}
	case "wrong", "silent", "refused":
		r.Mark, r.Mood, r.Small = "!", "warn", f.Text
		if words, ok := deskTroubles["error."+f.Text]; ok && !strings.Contains(words, "{") {
			r.Small = words
		} else if words, ok := deskTroubles["trouble."+f.Text]; ok {
			r.Small = words
		}
	case "right":
		if f.More["field"] == "payment-card-number" && f.More["last4"] != "" {
			r.Small = t("cardEnding", "brand", brandName(f.More["brand"]), "last4", f.More["last4"])
		}
	case "open", "asked", "stopped", "taken_over":
	default: // an end
		end := fact{Name: f.Name, More: maps.Clone(f.More)}
		if amount == "" {
			delete(end.More, "amount")
			delete(end.More, "currency")
		}
		r = describePayment(end)
		if f.Name == string(payments.StageCallerLeft) {
			r.Mood, r.Mark = moodOf(string(payments.HungUp))
		}
		r.Small = f.More["who"]
		if words, ok := deskTroubles["trouble."+f.Text]; ok {
			r.Small = words
		}
		return r
	}
	r.Text = t("rowDesk."+key, "who", who, "amount", amount, "field", deskField(f.More["field"]), "note", f.Text)
	return r
}

// deskField is what a field of Twilio's is called.
func deskField(name string) string {
	if words, ok := deskWords["field."+name]; ok {
		return strings.ToLower(words[:1]) + words[1:]
	}
	return plain(name)
}
