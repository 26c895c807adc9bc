package redact_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/recordings/redact"
)

// TestLongTexts masks texts as long as a webhook can be, made of what costs most. Nothing may take time that grows with
// the square of the length: the bound is wide, a square goes far beyond it.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{
		"card number 12345678 ", "expires card 1/2 ", "cvv 123 ", "one ", "4", "4 ", "to ", "um ", "card ", "cvv ", "expires ", "4 um yes ", "[4 digits] ",
		"[card number] 4 ", "siebenundvierzig", "zweiundvierzig ", "1-2-3 ", "DE89 3704 ", "a1", "$4.", "my card number is 1234 phone ", "hundred thousand ", "double ", "[", "12 march ",
	} {
		began := time.Now()
		redact.Text(strings.Repeat(piece, 64<<10/len(piece)), "de", redact.All())
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%q: %v", piece, d)
		} else {
			t.Logf("%q: %v", piece, d)
		}
	}
}
