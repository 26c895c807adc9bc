package flows

import (
	"regexp"
	"testing"
)

// safeName is how names may look that internal/machine takes.
var safeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func TestSafeNames(t *testing.T) {
	t.Parallel()
	var n names
	for _, tt := range []struct{ text, want string }{
		{"pay-my-bill#2", "pay_my_bill_2"}, {"pay-my_bill#2", "pay_my_bill_2_2"}, {"pay-my_bill_2", "pay_my_bill_2_3"}, {"1", "s_1"},
		{"Zoë", "zo_"}, {"", "s_"}, {"pay_my_bill_2_2", "pay_my_bill_2_2_2"},
	} {
		if got := n.safe(tt.text, "s"); got != tt.want || !safeName.MatchString(got) {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
}
