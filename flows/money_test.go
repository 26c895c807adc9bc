package flows

import (
	"errors"
	"math/big"
	"testing"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, currency string
		minor          int64
		want           string
		err            error
	}{
		{"84.20", "usd", 8420, "84.20", nil},
		{"84.2", "USD", 8420, "84.20", nil},
		{"84", "usd", 8400, "84.00", nil},
		{" 1,234.50 ", "usd", 123450, "1234.50", nil},
		{"-0.05", "usd", -5, "-0.05", nil},
		{"0.10", "usd", 10, "0.10", nil},
		{"131072.01", "usd", 13107201, "131072.01", nil}, // where twilio-go's float32 begins to be wrong
		{"999999.99", "usd", 99999999, "999999.99", nil},
		{"500", "jpy", 500, "500", nil},
		{"1.234", "kwd", 1234, "1.234", nil},
		{"84.201", "usd", 0, "", errNotDecimals},
		{"0.5", "jpy", 0, "", errNotDecimals},
		{"1e3", "usd", 0, "", errNotAmount},
		{"0x10", "usd", 0, "", errNotAmount},
		{"1/3", "usd", 0, "", errNotAmount},
		{"", "usd", 0, "", errNotAmount},
		{".5", "usd", 0, "", errNotAmount},
		{"5.", "usd", 0, "", errNotAmount},
		{"--5", "usd", 0, "", errNotAmount},
		{"92233720368547758.07", "usd", 0, "", errTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.text+tt.currency, func(t *testing.T) {
			t.Parallel()
			m, err := ParseMoney(tt.text, tt.currency)
			if !errors.Is(err, tt.err) || m.Minor != tt.minor {
				t.Fatalf("got %v, %v; want %d, %v", m, err, tt.minor, tt.err)
			}
			if err == nil && m.Decimal() != tt.want {
				t.Errorf("written %q, want %q", m.Decimal(), tt.want)
			}
		})
	}
}

func TestMoneyCounts(t *testing.T) {
	t.Parallel()
	usd := func(minor int64) Money { return Money{minor, "usd"} }
	if sum, err := usd(10).Add(usd(20)); err != nil || sum != usd(30) {
		t.Errorf("0.10 + 0.20 = %v, %v", sum, err)
	}
	if diff, err := usd(10).Sub(usd(20)); err != nil || diff != usd(-10) {
		t.Errorf("0.10 - 0.20 = %v, %v", diff, err)
	}
	if _, err := usd(10).Add(Money{10, "eur"}); !errors.Is(err, errOtherCoin) {
		t.Errorf("dollars and euros: %v", err)
	}
	if sum, err := (Money{}).Add(usd(7)); err != nil || sum != usd(7) {
		t.Errorf("nothing + 0.07 = %v, %v", sum, err)
	}
	if _, err := usd(maxMinor).Add(usd(1)); !errors.Is(err, errTooLarge) {
		t.Errorf("too much: %v", err)
	}
	for _, tt := range []struct {
		minor  int64
		factor string
		want   int64
	}{
		{1, "1/2", 1}, {-1, "1/2", -1}, {1, "49/100", 0}, {3, "1/2", 2}, {105, "1/10", 11}, {8420, "3", 25260}, {100, "-1/3", -33},
	} {
		factor, _ := new(big.Rat).SetString(tt.factor)
		if got, err := usd(tt.minor).Times(factor); err != nil || got != usd(tt.want) {
			t.Errorf("%d times %s = %v, %v; want %d", tt.minor, tt.factor, got, err, tt.want)
		}
	}
}

// FuzzParseMoney: what can be read is written back as the same amount.
func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"84.20", "-0.05", "1,000", "1e9", "00012.50", "9223372036854775807", "٣"} {
		f.Add(seed, "usd")
		f.Add(seed, "jpy")
		f.Add(seed, "kwd")
	}
	f.Fuzz(func(t *testing.T, text, currency string) {
		m, err := ParseMoney(text, currency)
		if err != nil {
			return
		}
		again, err := ParseMoney(m.Decimal(), currency)
		if err != nil || again != m {
			t.Errorf("%q became %v, and that %v, %v", text, m, again, err)
		}
	})
}
