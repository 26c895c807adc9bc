package ivr

import (
	"strings"
	"testing"
)

func TestLooksLikeCard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"4242424242424242":                    true,
		"4242 4242 4242 4242":                 true,
		"4242-4242-4242-4242":                 true,
		"my card is 378282246310005 thanks":   true,
		"5555555555554444#":                   true,
		"2223003122003222":                    true,  // the newer range of Mastercard
		"4242424242424241":                    false, // check digit
		"12345678":                            false, // an account
		"+15550123456":                        false,
		"1770000000000":                       false, // milliseconds since 1970
		"9242424242424242":                    false, // nobody's range
		"42424242424242424242424":             false, // too long to be one
		"4242  4242 4242 4242":                false, // two gaps: not a written number
		"CA42424242424242424242424242424242f": false,
		"":                                    false,
	} {
		if got := LooksLikeCard(text); got != want {
			t.Errorf("LooksLikeCard(%q) = %v, want %v", text, got, want)
		}
	}
}

func FuzzLooksLikeCard(f *testing.F) {
	f.Add("4242 4242 4242 4242")
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		if LooksLikeCard(text) && strings.Count(text, "")-1 < cardMinDigits {
			t.Errorf("%q is too short for a card", text)
		}
		if !strings.ContainsAny(text, "0123456789") && LooksLikeCard(text) {
			t.Errorf("%q has no digits", text)
		}
	})
}
