//go:build !race

package twilio

import "testing"

// Under the race detector sync.Pool forgets on purpose, so what is counted here counts only without it.

// TestCheckDoesNotAllocate: a webhook whose form is parsed costs no memory to check.
func TestCheckDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(1000, checkParsed(t)); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
