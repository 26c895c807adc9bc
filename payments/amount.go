package payments

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Amount is money in the currency's smallest unit: 8420 usd is 84.20. It is never a float.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // ISO 4217, lower case
}

var errAmount = errors.New("payments: not an amount")

// ParseAmount reads an exact decimal, "84.20" or "84". More places than the currency has, signs, exponents,
// spaces and group separators are errors.
func ParseAmount(decimal, currency string) (Amount, error) {
	a := Amount{Currency: currency}
	if !validCurrency(currency) {
		return Amount{}, fmt.Errorf("%w: currency %q", errAmount, currency)
	}
	whole, frac, dotted := strings.Cut(decimal, ".")
	places := a.places()
	if whole == "" || !digitsOnly(whole) || !digitsOnly(frac) || dotted && frac == "" || len(frac) > places {
		return Amount{}, fmt.Errorf("%w: %q %s", errAmount, decimal, currency)
	}
	minor, err := strconv.ParseInt(whole+frac+strings.Repeat("0", places-len(frac)), 10, 64)
	if err != nil {
		return Amount{}, fmt.Errorf("%w: %q %s", errAmount, decimal, currency)
	}
	a.Minor = minor
	return a, nil
}

// Decimal is the exact decimal that Twilio is given: "84.20".
func (a Amount) Decimal() string {
	places := a.places()
	sign, digits := "", strconv.FormatInt(a.Minor, 10)
	if a.Minor < 0 {
		sign, digits = "-", digits[1:]
	}
	if places == 0 {
		return sign + digits
	}
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	cut := len(digits) - places
	return sign + digits[:cut] + "." + digits[cut:]
}

// String is the amount as people read it: "84.20 usd".
func (a Amount) String() string { return a.Decimal() + " " + a.Currency }

// Plus adds an amount of the same currency. ok is false for another currency or where the sum is too large.
func (a Amount) Plus(b Amount) (sum Amount, ok bool) {
	if a.Currency != b.Currency || b.Minor > 0 && a.Minor > math.MaxInt64-b.Minor || b.Minor < 0 && a.Minor < math.MinInt64-b.Minor {
		return Amount{}, false
	}
	return Amount{Minor: a.Minor + b.Minor, Currency: a.Currency}, true
}

// places is the number of decimal places of the currency, by ISO 4217; 2 where it is not listed.
func (a Amount) places() int {
	switch a.Currency {
	case "bif", "clp", "djf", "gnf", "isk", "jpy", "kmf", "krw", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf":
		return 0
	case "bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd":
		return 3
	}
	return 2
}

// validCurrency tells whether s is three lower-case letters.
func validCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// digitsOnly tells whether s has nothing but ASCII digits; "" has nothing else.
func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
