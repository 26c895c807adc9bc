package flows

import (
	"fmt"
	"regexp"
)

// A card number has 13 to 19 digits.
const (
	cardDigitsLeast = 13
	cardDigitsMost  = 19
)

// cardWords are what a question about card details sounds like, cardNames what its answer would be called.
var (
	cardWords = regexp.MustCompile(`(?i)\b(card|cards|cvv2?|cvc2?|security code|expiry|expiration|expires|` +
		`tarjeta|c[oó]digo de seguridad|caducidad|vencimiento)\b`)
	cardNames = regexp.MustCompile(`(^|_)(card|pan|cvv2?|cvc2?|security_code|expiry|expiration)(_|$)`)
	lastFour  = regexp.MustCompile(`(?i)\blast (4|four)\b|[uú]ltimos (4|cuatro)`)
)

// checkAsk finds questions that collect card details: their digits would reach this server.
func (l *flowLint) checkAsk(s *Step) {
	v, ok := s.Verb.(*Ask)
	if !ok {
		return
	}
	shortEnd := v.Max > 0 && v.Max <= 4 && says([]*Text{v.Say}, lastFour)
	byWords := says(heardAt(s), cardWords) || cardNames.MatchString(s.As)
	byLength := v.Min <= cardDigitsMost && v.Max >= cardDigitsLeast
	switch {
	case byWords && !shortEnd || byLength:
		f := l.add("P001", s.At, "card details must not be collected with ask")
		f.Label = "use the pay step: its digits never reach this server"
		f.Help = "paydial explain P001"
		if byLength && !byWords {
			f.Message = fmt.Sprintf("an answer of %d to %d digits can be a card number", v.Min, v.Max)
			if v.Min == v.Max {
				f.Message = fmt.Sprintf("an answer of %d digits can be a card number", v.Min)
			}
			f.Help = "if it cannot, say why: # paydial:ignore P001 because ..."
		}
	case v.Max == 0 && (v.Kind == "digits" || v.Kind == "text"):
		f := l.add("P006", s.At, "without a length, a caller can key in a card number here")
		f.Label = "say how many digits there can be, for example digits: 6-10"
	}
}
