package sessions

import (
	"fmt"
	"math"
	"testing"
)

// Whoever can publish to Redis can send anything on the channel: it is refused, and takes nothing down.
func FuzzParseLive(f *testing.F) {
	f.Add("CA1 3 1\n")
	f.Add("CA1 3 1\n1-0 scene 2\n{}\n1-1 ending 0\n\n")
	f.Add(fmt.Sprintf("CA1 0 0\n1-0 k %d\nx\n", math.MaxInt))
	f.Add("CA1 0 0\n1-0 k -1\nx\n")
	f.Add("CA1 0 0\n1-0 k 9\nx\n")
	f.Add("\n")
	f.Fuzz(func(t *testing.T, payload string) {
		m, err := parseLive(payload)
		if err != nil {
			return
		}
		size := 0
		for _, e := range m.events {
			size += len(e.Data)
		}
		if m.call == "" || size > len(payload) {
			t.Errorf("%q was read as %+v", payload, m)
		}
	})
}

func TestParseLive(t *testing.T) {
	t.Parallel()
	m, err := parseLive("CA1 3 1\n1-0 scene 3\n{\n}\n1-1 ending 0\n\n")
	if err != nil || m.call != "CA1" || !m.wake || len(m.events) != 2 || string(m.events[0].Data) != "{\n}" || m.events[1].Kind != "ending" {
		t.Errorf("got %+v, %v", m, err)
	}
}
