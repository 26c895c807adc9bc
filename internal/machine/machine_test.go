package machine_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/paydial/paydial/internal/machine"
)

func TestMachineRefusesTwoTransitions(t *testing.T) {
	t.Parallel()
	_, err := machine.New("a", []machine.Transition{{"a", "x", "b"}, {"b", "x", "a"}, {"a", "x", "c"}})
	if err == nil || !strings.Contains(err.Error(), "state a has two transitions for x") {
		t.Errorf("got %v", err)
	}
	if _, err := machine.New("a", []machine.Transition{{"A b", "x", "c"}}); err == nil {
		t.Error("a state without a plain name was taken")
	}
}

func TestMachineNext(t *testing.T) {
	t.Parallel()
	m, err := machine.New("a", []machine.Transition{{"a", "x", "b"}, {"b", "y", "b"}, {"b", "x", "a"}})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if to, err := m.Next("a", "x"); to != "b" || err != nil {
					t.Errorf("a, x leads to %q, %v", to, err)
				}
				if to, err := m.Next("b", "y"); to != "b" || err != nil { // the same state again is no error
					t.Errorf("b, y leads to %q, %v", to, err)
				}
				for _, wrong := range [][2]string{{"a", "y"}, {"a", "z"}, {"nowhere", "x"}} {
					if to, err := m.Next(wrong[0], wrong[1]); err == nil {
						t.Errorf("%v leads to %q", wrong, to)
					}
				}
			}
		})
	}
	wg.Wait()
}
