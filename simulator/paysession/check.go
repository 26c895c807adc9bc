package paysession

import "github.com/paydial/paydial/simulator/cards"

// maxPostalLen is the longest postal code in the world. A longer entry is something else, perhaps a card
// number in the wrong place, and must not be reported in the clear.
const maxPostalLen = 10

// full reports whether the entry ends by itself here. A postal code does not, however long: cut in two, a card
// number in the wrong place would pass as two postal codes.
func (d *details) full(f Field) bool {
	n := d.entry.Len()
	switch f {
	case CardNumber:
		return d.entry.NumberComplete()
	case Expiration:
		return n >= 4
	case SecurityCode:
		return n >= cards.CodeLen(d.number.Brand())
	case RoutingNumber:
		return n >= cards.RoutingLen
	case PostalCode, AccountNumber, Processing:
	}
	return false
}

// check says what is wrong with the entry, or nothing.
func (d *details) check(f Field) Failure {
	if d.entry.Len() == 0 {
		return InputTimeout
	}
	switch f {
	case CardNumber:
		return d.checkNumber()
	case Expiration:
		return unless(d.entry.ValidExpiry(d.today), InvalidDate)
	case SecurityCode:
		return unless(d.entry.Len() == cards.CodeLen(d.number.Brand()), InvalidCode)
	case PostalCode:
		return unless(d.validPostal(), InvalidPostal)
	case RoutingNumber:
		return unless(d.entry.ValidRouting(), InvalidRouting)
	case AccountNumber:
		n := d.entry.Len()
		return unless(n >= cards.MinAccountLen && n <= cards.MaxAccountLen, InvalidAccount)
	case Processing:
	}
	return ""
}

func (d *details) checkNumber() Failure {
	if !d.entry.ValidNumber() {
		return InvalidNumber
	}
	brand := d.entry.Brand()
	for _, b := range d.cfg.CardTypes {
		if b == brand {
			return ""
		}
	}
	return InvalidType
}

// validPostal accepts any code of a possible length that has no piece of the card number in it: it is reported
// in the clear.
func (d *details) validPostal() bool {
	n := d.entry.Len()
	if d.cfg.PostalLen > 0 && n != d.cfg.PostalLen {
		return false
	}
	return n >= d.cfg.MinPostal && n <= maxPostalLen && !d.number.Shares(d.entry.Clear())
}

func unless(ok bool, f Failure) Failure {
	if ok {
		return ""
	}
	return f
}
