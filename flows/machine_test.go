package flows

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/looplab/fsm"
)

// safeName is how names may look that looplab/fsm and Mermaid can bear.
var safeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

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
