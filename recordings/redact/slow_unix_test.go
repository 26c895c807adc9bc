//go:build unix && !race

package redact_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paydial/paydial/recordings/redact"
)

// TestTimeGrowsWithLength masks texts made of what costs most, short and eight times as long. Four times the fair share
// is allowed; time that grows with the square of the length takes eight times it. It counts this process's time on the
// processor, so that a busy machine changes nothing, and is therefore not parallel.
func TestTimeGrowsWithLength(t *testing.T) {
	const short, times, allowed = 4 << 10, 8, 4
	for _, piece := range []string{
		"card number 12345678 ", "expires card 1/2 ", "cvv 123 ", "one ", "4", "4 ", "to ", "um ", "card ", "cvv ", "expires ", "4 um yes ", "[4 digits] ",
		"[card number] 4 ", "siebenundvierzig", "zweiundvierzig ", "1-2-3 ", "DE89 3704 ", "a1", "$4.", "my card number is 1234 phone ", "hundred thousand ", "double ", "[", "12 march ",
	} {
		var ratio float64
		for range 3 {
			first := spent(t, strings.Repeat(piece, short/len(piece)))
			ratio = float64(spent(t, strings.Repeat(piece, times*short/len(piece)))) / float64(max(first, time.Millisecond))
			if ratio <= times*allowed {
				break
			}
		}
		if ratio > times*allowed {
			t.Errorf("%q: a text %d times as long takes %.0f times as long", piece, times, ratio)
		}
	}
}

// spent is the processor's time that a text takes.
func spent(t *testing.T, text string) time.Duration {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := used()
	redact.Text(text, "de", redact.All())
	return used() - began
}
