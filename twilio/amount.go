package twilio

import (
	"fmt"
	"strings"
)

// Amount is money as an exact decimal such as "84.20". It is never a float: twilio-go's is a float32 and charges
// 131072.02 for 131072.01.
type Amount string

// maxDecimals is the most decimals a currency of ISO 4217 has.
const maxDecimals = 4

// NewAmount checks s: digits, optionally a point and one to four digits, no leading zeros, below 1,000,000. How many
// decimals a currency has is checked by the payment connector (64003).
func NewAmount(s string) (Amount, error) {
	whole, fraction, point := strings.Cut(s, ".")
	switch {
	case whole == "", len(whole) > 6, !onlyOf(whole, digits), len(whole) > 1 && whole[0] == '0':
	case point && (fraction == "" || len(fraction) > maxDecimals || !onlyOf(fraction, digits)):
	default:
		return Amount(s), nil
	}
	return "", fmt.Errorf("twilio: %.20q is not an amount; allowed: a plain decimal below 1000000, such as 84.20", s)
}

// IsZero tells whether nothing is to be charged.
func (a Amount) IsZero() bool { return strings.Trim(string(a), "0.") == "" }
