package speak

import (
	"strconv"
	"strings"
)

// coin names a currency in one language: one dollar, two dollars, one cent, two cents. sign is for writing.
type coin struct {
	one, many         string
	partOne, partMany string
	sign              string
}

// sum is an amount split at the decimal point.
type sum struct {
	minus    bool
	whole    uint64
	part     uint64
	decimals int
	coin     coin
	currency string // upper case
}

// Decimals tells how many decimals a currency has: 2 for usd, 0 for jpy, 3 for kwd, 2 for one never heard of.
func Decimals(currency string) int {
	switch strings.ToLower(currency) {
	case "bif", "clp", "djf", "gnf", "isk", "jpy", "kmf", "krw", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf":
		return 0
	case "bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd":
		return 3
	}
	return 2
}

func sumOf(minor int64, currency string) sum {
	s := sum{decimals: Decimals(currency), currency: strings.ToUpper(currency)}
	size := uint64(minor)
	if minor < 0 {
		s.minus, size = true, -size
	}
	unit := uint64(1)
	for range s.decimals {
		unit *= 10
	}
	s.whole, s.part = size/unit, size%unit
	return s
}

// decimal writes the amount without its currency: -84.20.
func (s sum) decimal() string {
	out := strconv.FormatUint(s.whole, 10)
	if s.decimals > 0 {
		part := strconv.FormatUint(s.part, 10)
		out += "." + strings.Repeat("0", s.decimals-len(part)) + part
	}
	if s.minus {
		out = "-" + out
	}
	return out
}

func (p *Pack) sayMoney(minor int64, currency string) string {
	s := sumOf(minor, currency)
	c, known := p.coins[strings.ToLower(currency)]
	if !known {
		return p.signed(s.minus, strings.TrimSpace(group(strings.TrimPrefix(s.decimal(), "-"))+" "+s.currency))
	}
	s.coin = c
	return p.signed(s.minus, p.grammar.amount(s))
}

func (p *Pack) writeMoney(minor int64, currency string) string {
	s := sumOf(minor, currency)
	text := group(strings.TrimPrefix(s.decimal(), "-"))
	if sign := p.coins[strings.ToLower(currency)].sign; sign != "" {
		text = sign + text
	} else {
		text = strings.TrimSpace(text + " " + s.currency)
	}
	if s.minus {
		return "-" + text
	}
	return text
}

func (p *Pack) signed(minus bool, text string) string {
	if minus {
		return p.grammar.minus + " " + text
	}
	return text
}

// parts gives the amount's two halves in words, "84 dollars" and "20 cents"; a half that is nothing is "", but
// not both. of is put between a round million and the name ("1,000,000 de dólares").
func (s sum) parts(of string) (whole, part string) {
	if s.whole != 0 || s.part == 0 {
		name := pick(s.whole, s.coin.one, s.coin.many)
		if of != "" && s.whole >= 1_000_000 && s.whole%1_000_000 == 0 {
			name = of + " " + name
		}
		whole = group(strconv.FormatUint(s.whole, 10)) + " " + name
	}
	if s.part != 0 {
		part = strconv.FormatUint(s.part, 10) + " " + pick(s.part, s.coin.partOne, s.coin.partMany)
	}
	return whole, part
}

func pick(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
