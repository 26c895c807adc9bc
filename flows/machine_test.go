package flows

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/looplab/fsm"
)

func TestMachineRefusesTwoTransitions(t *testing.T) {
	t.Parallel()
	_, err := newMachine([]transition{{"a", "x", "b"}, {"b", "x", "a"}, {"a", "x", "c"}})
	if err == nil || !strings.Contains(err.Error(), "state a has two transitions for x") {
		t.Errorf("got %v", err)
	}
	if _, err := newMachine([]transition{{"A b", "x", "c"}}); err == nil {
		t.Error("a state without a plain name was taken")
	}
}

func TestMachineNext(t *testing.T) {
	t.Parallel()
	m, err := newMachine([]transition{{"a", "x", "b"}, {"b", "y", "b"}, {"b", "x", "a"}})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if to, err := m.next("a", "x"); to != "b" || err != nil {
					t.Errorf("a, x leads to %q, %v", to, err)
				}
				if to, err := m.next("b", "y"); to != "b" || err != nil { // the same state again is no error
					t.Errorf("b, y leads to %q, %v", to, err)
				}
				for _, wrong := range [][2]string{{"a", "y"}, {"a", "z"}, {"nowhere", "x"}} {
					if to, err := m.next(wrong[0], wrong[1]); err == nil {
						t.Errorf("%v leads to %q", wrong, to)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestSafeNames(t *testing.T) {
	t.Parallel()
	var n names
	for _, tt := range []struct{ text, want string }{
		{"pay-my-bill#2", "pay_my_bill_2"}, {"pay-my_bill#2", "pay_my_bill_2_2"}, {"pay-my_bill_2", "pay_my_bill_2_3"}, {"1", "s_1"},
		{"end", "s_end"}, {"state", "s_state"}, {"Zoë", "zo_"}, {"", "s_"}, {"pay_my_bill_2_2", "pay_my_bill_2_2_2"},
	} {
		if got := n.safe(tt.text, "s"); got != tt.want || !safeName.MatchString(got) {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
}

// TestEdgesAreAMachine builds looplab/fsm from Edges and asks it to draw itself.
func TestEdgesAreAMachine(t *testing.T) {
	t.Parallel()
	f := payMyBill(t)
	var events []fsm.EventDesc
	seen := map[string]bool{}
	for _, e := range f.Edges() {
		if key := e.From + " " + e.Event; seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
		events = append(events, fsm.EventDesc{Name: e.Event, Src: []string{e.From}, Dst: e.To})
	}
	drawn, err := fsm.VisualizeWithType(fsm.NewFSM("begin", events, nil), fsm.MERMAID)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"balance_3 --> pay_2: key_1", "pay_2 --> receipt_2: paid", "pay_2 --> over: hung_up", "no_such_account_2 --> find_account_1: go",
		"no_such_account_2 --> agent_1: gave_up", "find_account_1 --> agent_1: anywhere_0", "balance_1 --> balance_3: else",
	} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%q is not in the diagram:\n%s", want, drawn)
		}
	}
	if got := fmt.Sprint(f.Stops()); !strings.Contains(got, "balance#3") || strings.Contains(got, "balance#1") {
		t.Errorf("stops %s", got)
	}
}
