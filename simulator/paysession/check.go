package paysession

import "github.com/paydial/paydial/simulator/cards"

// maxPostalLen is the longest postal code in the world. A longer entry is something else, perhaps a card
// number in the wrong place, and must not be reported in the clear.
const maxPostalLen = 10

// full reports whether the entry ends by itself here. A postal code does not, however long: cut in two, a card
// number in the wrong place would pass as two postal codes.
func (s *Session) full() bool {
	n := s.entry.Len()
	switch s.steps[0] {
	case CardNumber:
		return s.entry.NumberComplete()
	case Expiration:
		return n >= 4
	case SecurityCode:
		return n >= cards.CodeLen(s.number.Brand())
	case RoutingNumber:
		return n >= cards.RoutingLen
	case PostalCode, AccountNumber, Processing:
	}
	return false
}

// check says what is wrong with the entry, or nothing.
func (s *Session) check(f Field) Failure {
	switch {
	case s.entry.Len() == 0:
		return InputTimeout
	case s.second && !s.entry.Equal(s.again):
		return MatchingFailed
	}
	switch f {
	case CardNumber:
		return s.checkNumber()
	case Expiration:
		return unless(s.entry.ValidExpiry(s.today), InvalidDate)
	case SecurityCode:
		return unless(s.entry.Len() == cards.CodeLen(s.number.Brand()), InvalidCode)
	case PostalCode:
		return unless(s.validPostal(), InvalidPostal)
	case RoutingNumber:
		return unless(s.entry.ValidRouting(), InvalidRouting)
	case AccountNumber:
		n := s.entry.Len()
		return unless(n >= cards.MinAccountLen && n <= cards.MaxAccountLen, InvalidAccount)
	case Processing:
	}
	return ""
}

func (s *Session) checkNumber() Failure {
	if !s.entry.ValidNumber() {
		return InvalidNumber
	}
	brand := s.entry.Brand()
	for _, b := range s.cfg.CardTypes {
		if b == brand {
			return ""
		}
	}
	return InvalidType
}

// validPostal accepts any code of a possible length that has no piece of the card number in it: it is reported
// in the clear.
func (s *Session) validPostal() bool {
	n := s.entry.Len()
	return n >= s.cfg.MinPostal && n <= maxPostalLen && !s.number.Shares(s.entry.Clear())
}

func unless(ok bool, f Failure) Failure {
	if ok {
		return ""
	}
	return f
}
