package paysession

import (
	"fmt"
	"strings"
)

// amount checks chargeAmount as text: it is never a float. Twilio calls it paymentAmount in its own message.
func (a attributes) amount(c Config) {
	if c.Amount == "" {
		return
	}
	whole, fraction, point := strings.Cut(c.Amount, ".")
	switch {
	case !digitsOnly(whole) || point && !digitsOnly(fraction) || beyondMillion(whole, fraction):
		a.report.refuse(CodeAmount, "paymentAmount", c.Amount, "not a number between 0.00 - 1,000,000.00")
	case len(strings.TrimRight(fraction, "0")) > decimals(c.Currency):
		a.report.refuse(CodeAmount, "paymentAmount", c.Amount,
			fmt.Sprintf("more than %d decimals for %s", decimals(c.Currency), c.Currency))
	}
}

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// beyondMillion reports whether whole.fraction is more than 1,000,000.
func beyondMillion(whole, fraction string) bool {
	whole = strings.TrimLeft(whole, "0")
	const million = "1000000"
	if len(whole) != len(million) {
		return len(whole) > len(million)
	}
	return whole > million || whole == million && strings.Trim(fraction, "0") != ""
}

// decimals is how many decimals the amounts of a currency have (ISO 4217).
func decimals(currency string) int {
	switch currency {
	case "bif", "clp", "djf", "gnf", "isk", "jpy", "kmf", "krw", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf":
		return 0
	case "bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd":
		return 3
	}
	return 2
}
