//go:build !race

package twiml

import "testing"

// Under the race detector sync.Pool forgets on purpose, so what is counted here counts only without it.

// TestAppendDoesNotAllocate: a warm buffer is all that Append needs.
func TestAppendDoesNotAllocate(t *testing.T) {
	r := Response{Verbs: []Verb{&payMenu}}
	buf, err := r.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() { buf, _ = r.Append(buf[:0]) }); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
