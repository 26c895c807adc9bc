package flows

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/paydial/paydial/flows/speak"
)

// Money is an amount in the currency's smallest unit (cents for usd). Currency is lower case ISO 4217. It is
// always exact: no operation goes through a floating point number.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// maxMinor bounds every amount, so that sums of two of them cannot overflow. It is far above any real bill.
const maxMinor = math.MaxInt64 / 4

var (
	errNotAmount   = errors.New("not an amount of money")
	errTooLarge    = errors.New("the amount is too large")
	errOtherCoin   = errors.New("amounts of different currencies")
	errNotDecimals = errors.New("more decimals than the currency has")
)

// ParseMoney reads an amount as people and services write it: "84.20", "-5", "1,234.50". It refuses more
// decimals than the currency has.
func ParseMoney(text, currency string) (Money, error) {
	plain := strings.ReplaceAll(strings.TrimSpace(text), ",", "")
	if !isDecimal(plain) {
		return Money{}, fmt.Errorf("%q: %w", text, errNotAmount)
	}
	whole, part, _ := strings.Cut(plain, ".")
	missing := speak.Decimals(currency) - len(strings.TrimRight(part, "0"))
	if missing < 0 {
		return Money{}, fmt.Errorf("%s %s: %w", plain, currency, errNotDecimals)
	}
	minor, err := strconv.ParseInt(whole+strings.TrimRight(part, "0")+strings.Repeat("0", missing), 10, 64)
	if err != nil || minor > maxMinor || minor < -maxMinor {
		return Money{}, errTooLarge
	}
	return Money{Minor: minor, Currency: strings.ToLower(currency)}, nil
}

// isDecimal tells whether text is a plain decimal number: no exponent, no sign but a leading minus, at most
// 40 characters.
func isDecimal(text string) bool {
	text = strings.TrimPrefix(text, "-")
	whole, part, dotted := strings.Cut(text, ".")
	if whole == "" || len(text) > 40 || dotted && part == "" {
		return false
	}
	return strings.Trim(whole+part, "0123456789") == ""
}

// moneyOf turns a number of whole units into money, if it fits the currency's decimals exactly.
func moneyOf(r *big.Rat, currency string) (Money, error) {
	minor := new(big.Rat).Mul(r, new(big.Rat).SetInt64(unitOf(currency)))
	if !minor.IsInt() {
		return Money{}, fmt.Errorf("%s %s: %w", r.FloatString(6), currency, errNotDecimals)
	}
	return minorOf(minor.Num(), currency)
}

func minorOf(n *big.Int, currency string) (Money, error) {
	if !n.IsInt64() || n.Int64() > maxMinor || n.Int64() < -maxMinor {
		return Money{}, errTooLarge
	}
	return Money{Minor: n.Int64(), Currency: strings.ToLower(currency)}, nil
}

// unitOf is how many of its smallest units make one of a currency.
func unitOf(currency string) int64 {
	unit := int64(1)
	for range speak.Decimals(currency) {
		unit *= 10
	}
	return unit
}

// Decimal writes the amount without its currency, as Twilio and services want it: "84.20".
func (m Money) Decimal() string {
	decimals, unit := speak.Decimals(m.Currency), uint64(unitOf(m.Currency))
	size, sign := uint64(m.Minor), ""
	if m.Minor < 0 {
		size, sign = -size, "-"
	}
	out := sign + strconv.FormatUint(size/unit, 10)
	if decimals == 0 {
		return out
	}
	part := strconv.FormatUint(size%unit, 10)
	return out + "." + strings.Repeat("0", decimals-len(part)) + part
}

// String writes the amount with its currency: "84.20 usd".
func (m Money) String() string { return strings.TrimSpace(m.Decimal() + " " + m.Currency) }

// IsZero tells whether m is no amount at all or an amount of nothing.
func (m Money) IsZero() bool { return m.Minor == 0 }

// Cmp compares two amounts of the same currency: -1, 0 or 1.
func (m Money) Cmp(o Money) (int, error) {
	if _, err := sameCurrency(m, o); err != nil {
		return 0, err
	}
	return cmp.Compare(m.Minor, o.Minor), nil
}

// Add is m + o.
func (m Money) Add(o Money) (Money, error) {
	currency, err := sameCurrency(m, o)
	if err != nil {
		return Money{}, err
	}
	return checked(m.Minor+o.Minor, currency)
}

// Sub is m - o.
func (m Money) Sub(o Money) (Money, error) {
	return m.Add(Money{Minor: -o.Minor, Currency: o.Currency})
}

// Times is m taken factor times, rounded to the smallest unit, halves away from zero.
func (m Money) Times(factor *big.Rat) (Money, error) {
	product := new(big.Rat).Mul(new(big.Rat).SetInt64(m.Minor), factor)
	twice := new(big.Int).Mul(product.Num(), big.NewInt(2))
	if product.Sign() < 0 {
		twice.Sub(twice, product.Denom())
	} else {
		twice.Add(twice, product.Denom())
	}
	return minorOf(twice.Quo(twice, new(big.Int).Mul(product.Denom(), big.NewInt(2))), m.Currency)
}

func checked(minor int64, currency string) (Money, error) {
	if minor > maxMinor || minor < -maxMinor {
		return Money{}, errTooLarge
	}
	return Money{Minor: minor, Currency: currency}, nil
}

// sameCurrency is the currency of two amounts; an amount of nothing fits every currency.
func sameCurrency(a, b Money) (string, error) {
	switch {
	case a.Currency == b.Currency, b.Currency == "" && b.Minor == 0:
		return a.Currency, nil
	case a.Currency == "" && a.Minor == 0:
		return b.Currency, nil
	}
	return "", fmt.Errorf("%s and %s: %w", a.Currency, b.Currency, errOtherCoin)
}

// ratOf is a number of an expression as the author wrote it: 0.1 is one tenth, not its nearest binary fraction.
func ratOf(n any) (*big.Rat, error) {
	switch n := n.(type) {
	case int:
		return new(big.Rat).SetInt64(int64(n)), nil
	case float64:
		if r, ok := new(big.Rat).SetString(strconv.FormatFloat(n, 'f', -1, 64)); ok {
			return r, nil
		}
	}
	return nil, fmt.Errorf("%v is not a number that money can be counted with", n)
}
