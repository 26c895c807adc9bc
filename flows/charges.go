package flows

import (
	"iter"
	"slices"
	"strings"
)

// Steps goes through every step of the flow in file order, those inside of branches behind their owner.
func (f *Flow) Steps() iter.Seq[*Step] { return f.allSteps() }

// ChargedNeeds are the needs that a pay step of the flow charges as they are.
func (f *Flow) ChargedNeeds() []string {
	var out []string
	for s := range f.allSteps() {
		pay, ok := s.Verb.(*Pay)
		if !ok || pay.Amount == nil {
			continue
		}
		name := strings.TrimPrefix(strings.TrimSpace(pay.Amount.Raw), "contact.")
		if !slices.Contains(out, name) && slices.ContainsFunc(f.Needs, func(n Field) bool { return n.Name == name && n.Type == string(TypeMoney) }) {
			out = append(out, name)
		}
	}
	return out
}

// CanCharge tells whether a call of this flow can charge a value: an amount above 0, within per_call_limit.
func (f *Flow) CanCharge(v Value) bool {
	m, err := v.money()
	if err != nil || m.Minor <= 0 {
		return false
	}
	limit := f.Project.Payments.PerCallLimit
	return limit.Minor == 0 || limit.Currency != m.Currency || m.Minor <= limit.Minor
}
