package carddata_test

import (
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/carddata"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"4242424242424242":              "xxxxxxxxxxxx4242",
		"card 4242 4242-4242 4242, ok?": "card xxxx xxxx-xxxx 4242, ok?",
		"378282246310005":               "xxxxxxxxxxx0005",
		"bill 12345678":                 "bill 12345678",
		"2026-11-21 01:46:16":           "2026-11-21 01:46:16",
		"1234567890127":                 "1234567890127", // fails the check digit
		"":                              "",
		"４２４２４２４２４２４２４２４２":                  "xxxxxxxxxxxx４２４２",
		"4242424242424242 5555555555554444": "xxxxxxxxxxxx4242 xxxxxxxxxxxx4444",
	} {
		if got := carddata.Mask(text, carddata.Prose); got != want {
			t.Errorf("Mask(%q) = %q, want %q", text, got, want)
		}
		if got := carddata.Holds(text, carddata.Prose); got != (text != want) {
			t.Errorf("Holds(%q) = %v", text, got)
		}
	}
	// A name that a computer made holds a run of digits beside a letter.
	const name = "tok_a4242424242424242b"
	if carddata.Holds(name, carddata.Identifier) || !carddata.Holds(name, carddata.Prose) {
		t.Errorf("%s: an identifier %v, prose %v", name, carddata.Holds(name, carddata.Identifier), carddata.Holds(name, carddata.Prose))
	}
}

func TestSpansAndIsCard(t *testing.T) {
	t.Parallel()
	const text = "é 4242 4242-4242 4242, no 12345678"
	spans := carddata.Spans(text, carddata.Prose)
	if len(spans) != 1 || text[spans[0][0]:spans[0][1]] != "4242 4242-4242 4242" || carddata.Spans("none", carddata.Prose) != nil {
		t.Errorf("%v", spans)
	}
	for digits, want := range map[string]bool{"4242424242424242": true, "4242424242424241": false, "9242424242424242": false, "424242424242": false, "": false} {
		if carddata.IsCard(digits) != want {
			t.Errorf("IsCard(%s) is %v", digits, !want)
		}
	}
	if !carddata.Luhn("79927398713") || carddata.Luhn("79927398710") || carddata.Digit('４') != 4 || carddata.Digit('x') != -1 {
		t.Error("Luhn or Digit")
	}
}

// FuzzMask wants that what was masked holds no card number, and that nothing but digits is changed.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"4242424242424242", "4242 4242 4242 4242 12/30", "a", "４２４２４２４２４２４２４２４２", "42424242424242421230"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		masked := carddata.Mask(s, carddata.Prose)
		if carddata.Holds(masked, carddata.Prose) {
			t.Errorf("%q masked is %q, which holds a card number", s, masked)
		}
		if !carddata.Holds(s, carddata.Prose) && masked != s {
			t.Errorf("%q holds none, and became %q", s, masked)
		}
		if n, m := len([]rune(s)), len([]rune(masked)); n != m {
			t.Errorf("%q: %d characters became %d", s, n, m)
		}
		if strings.Count(masked, " ") != strings.Count(s, " ") {
			t.Errorf("%q: spaces changed: %q", s, masked)
		}
	})
}
