package ivr

import (
	"strings"

	"github.com/paydial/paydial/internal/carddata"
)

// Card numbers have 13 to 19 digits (ISO/IEC 7812-1).
const (
	cardMinDigits = 13
	cardMaxDigits = 19
)

// LooksLikeCard tells whether text holds a run of digits that could be a payment card's number: 13 to 19
// digits, spaces and dashes between them allowed, of a known issuer's range and with a right check digit.
// The three together leave phone numbers, timestamps and nearly all account numbers alone.
func LooksLikeCard(text string) bool {
	run := make([]byte, 0, cardMaxDigits+1)
	check := func() bool {
		n := len(run)
		return n >= cardMinDigits && n <= cardMaxDigits && issuerRange(string(run)) && carddata.Luhn(string(run))
	}
	gap := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			if len(run) <= cardMaxDigits {
				run = append(run, c)
			}
			gap = false
		case (c == ' ' || c == '-') && len(run) > 0 && !gap:
			gap = true
		default:
			if check() {
				return true
			}
			run, gap = run[:0], false
		}
	}
	return check()
}

// issuerRange tells whether digits begin like a number that card networks issue.
func issuerRange(digits string) bool {
	switch digits[0] {
	case '4', '6':
		return true
	case '5':
		return digits[1] >= '0' && digits[1] <= '8'
	case '3':
		return strings.IndexByte("045678", digits[1]) >= 0
	case '2':
		return digits[:2] >= "20" && digits[:2] <= "27"
	default:
		return false
	}
}
