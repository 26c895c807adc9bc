package paysession

import (
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// details are what the caller types and has typed: the card or bank account of a session, whoever asks for it.
type details struct {
	cfg   Config
	today time.Time    // for expiry dates
	entry cards.Digits // what is being typed

	number, expiry, code, routing, account cards.Digits
	postal                                 string
}

func newDetails(cfg Config, today time.Time) details {
	d := details{cfg: cfg, today: today}
	for _, place := range []*cards.Digits{&d.entry, &d.number, &d.expiry, &d.code, &d.routing, &d.account} {
		*place = cards.NewDigits()
	}
	if cfg.Method == CreditCard {
		d.postal = cfg.PostalCode
	}
	return d
}

// keep moves the entry to the field it belongs to.
func (d *details) keep(f Field) {
	place := d.place(f)
	if place == nil {
		d.postal = d.entry.Clear()
		d.entry.Wipe()
		return
	}
	*place, d.entry = d.entry, *place
	d.entry.Wipe()
}

// place is where the digits of a field are kept; a postal code, which is no secret, has none.
func (d *details) place(f Field) *cards.Digits {
	switch f {
	case CardNumber:
		return &d.number
	case Expiration:
		return &d.expiry
	case SecurityCode:
		return &d.code
	case RoutingNumber:
		return &d.routing
	case AccountNumber:
		return &d.account
	case PostalCode, Processing:
	}
	return nil
}

// captured is every field taken so far, in the form in which it may leave the call.
func (d *details) captured() map[string]string {
	if d.cfg.Method == ACHDebit {
		return map[string]string{
			"BankRoutingNumber": d.routing.Clear(),
			"BankAccountNumber": d.account.AccountMask(),
			"BankAccountType":   d.cfg.BankAccountType,
		}
	}
	return map[string]string{
		"PaymentCardNumber":     d.number.CardMask(),
		"PaymentCardType":       string(d.number.Brand()),
		"ExpirationDate":        d.expiry.Clear(),
		"SecurityCode":          d.code.String(),
		"PaymentCardPostalCode": d.postal,
	}
}

// barred is the answer in place of the connector's when it is one for test cards and this is none.
func (d *details) barred() *Answer {
	if !d.cfg.TestCardsOnly {
		return nil
	}
	if _, ok := d.number.TestCard(); d.cfg.Method == CreditCard && !ok {
		return &Answer{Code: CodeNotTestCard, Text: "The connector is in test mode and takes published test cards only"}
	}
	if d.cfg.Method == ACHDebit && !d.account.TestAccount() {
		return &Answer{Code: CodeNotTestAccount,
			Text: "The connector is in test mode and takes published test account numbers only"}
	}
	return nil
}

func (d *details) request() Request {
	return Request{
		Method: d.cfg.Task(), Pay: d.cfg.Method,
		Number: d.number, Code: d.code, Expiry: d.expiry, PostalCode: d.postal,
		Routing: d.routing, Account: d.account,
		Amount: d.cfg.Amount, Currency: d.cfg.Currency, TokenType: d.cfg.TokenType,
		Description: d.cfg.Description, Parameters: d.cfg.Parameters,
	}
}

func (d *details) wipe() {
	for _, digits := range []cards.Digits{d.entry, d.number, d.expiry, d.code, d.routing, d.account} {
		digits.Wipe()
	}
}
