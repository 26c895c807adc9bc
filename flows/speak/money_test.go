package speak

import (
	"math"
	"testing"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		minor    int64
		currency string
		english  string
		spanish  string
		written  string
	}{
		{"dollars and cents", 8420, "usd", "84 dollars and 20 cents", "84 dólares con 20 centavos", "$84.20"},
		{"one of each", 101, "usd", "1 dollar and 1 cent", "1 dólar con 1 centavo", "$1.01"},
		{"no cents", 2500, "usd", "25 dollars", "25 dólares", "$25.00"},
		{"one dollar", 100, "USD", "1 dollar", "1 dólar", "$1.00"},
		{"only cents", 20, "usd", "20 cents", "20 centavos", "$0.20"},
		{"only one cent", 1, "usd", "1 cent", "1 centavo", "$0.01"},
		{"nothing", 0, "usd", "0 dollars", "0 dólares", "$0.00"},
		{"negative", -8420, "usd", "minus 84 dollars and 20 cents", "menos 84 dólares con 20 centavos", "-$84.20"},
		{"thousands", 123456, "usd", "1,234 dollars and 56 cents", "1,234 dólares con 56 centavos", "$1,234.56"},
		{"a million", 100000000, "usd", "1,000,000 dollars", "1,000,000 de dólares", "$1,000,000.00"},
		{"a million and one", 100000100, "usd", "1,000,001 dollars", "1,000,001 dólares", "$1,000,001.00"},
		{"euros", 205, "eur", "2 euros and 5 cents", "2 euros con 5 céntimos", "€2.05"},
		{"pounds", 101, "gbp", "1 pound and 1 penny", "1 libra con 1 penique", "£1.01"},
		{"pence", 250, "gbp", "2 pounds and 50 pence", "2 libras con 50 peniques", "£2.50"},
		{"pesos", 9950, "mxn", "99 Mexican pesos and 50 centavos", "99 pesos mexicanos con 50 centavos", "MX$99.50"},
		{"canadian", 300, "cad", "3 Canadian dollars", "3 dólares canadienses", "CA$3.00"},
		{"no decimals", 1500, "jpy", "1,500 yen", "1,500 yenes", "¥1,500"},
		{"three decimals", 1250, "kwd", "1 Kuwaiti dinar and 250 fils", "1 dinar kuwaití con 250 fils", "1.250 KWD"},
		{"unknown currency", 8420, "xyz", "84.20 XYZ", "84.20 XYZ", "84.20 XYZ"},
		{"unknown without decimals", 8420, "vnd", "8,420 VND", "8,420 VND", "8,420 VND"},
		{"no currency", 8420, "", "84.20", "84.20", "84.20"},
		{"the smallest", math.MinInt64, "jpy", "minus 9,223,372,036,854,775,808 yen", "menos 9,223,372,036,854,775,808 yenes",
			"-¥9,223,372,036,854,775,808"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := Money(tc.minor, tc.currency)
			check(t, "English", For("en-US").Speak("money", v), tc.english)
			check(t, "Spanish", For("es-US").Speak("money", v), tc.spanish)
			check(t, "written", For("en-US").Write("money", v), tc.written)
			check(t, "without a filter", For("en-US").Speak("", v), tc.english)
		})
	}
}

func TestCurrenciesAreSpokenInBothLanguages(t *testing.T) {
	t.Parallel()
	for code, c := range english.coins {
		other, ok := spanish.coins[code]
		if !ok {
			t.Errorf("%s has no Spanish words", code)
		}
		for _, one := range []coin{c, other} {
			if one.one == "" || one.many == "" {
				t.Errorf("%s: a name is missing: %+v", code, one)
			}
			if hasPart := one.partOne != "" && one.partMany != ""; hasPart != (Decimals(code) > 0) {
				t.Errorf("%s has %d decimals and parts %q %q", code, Decimals(code), one.partOne, one.partMany)
			}
		}
	}
	if len(english.coins) != len(spanish.coins) {
		t.Errorf("%d currencies in English, %d in Spanish", len(english.coins), len(spanish.coins))
	}
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
