package flows

import "time"

// Offer is what the flow's own pay step would take of the caller now, for an agent who takes it instead: the first
// pay step, in file order, whose amount and texts can be worked out from what the call knows. Where the amount is not
// chosen yet it is the first sum of money that the transfer shows to the agent (agent_sees). A step that charges
// comes before one that only saves. limit is what the call may still charge, zero for no limit. ok is false when
// there is no such step.
func (f *Flow) Offer(st State, now time.Time) (stop *PayStop, limit Money, ok bool) {
	for _, saving := range []bool{false, true} {
		for _, n := range f.offers(saving) {
			r, err := f.newRun(st, Input{Now: now})
			if err != nil {
				return nil, Money{}, false
			}
			r.node = n
			if stop = r.offerOf(n); stop != nil {
				return stop, r.leftToCharge(stop.Amount.Currency), true
			}
		}
	}
	return nil, Money{}, false
}

// offers are the nodes of the pay steps that charge, or that only save.
func (f *Flow) offers(saving bool) []*node {
	var out []*node
	if f.program == nil {
		return nil
	}
	for _, n := range f.program.order {
		if n.step == nil {
			continue
		}
		if pay, ok := n.step.Verb.(*Pay); ok && (pay.Amount == nil) == saving {
			out = append(out, n)
		}
	}
	return out
}

// offerOf is the stop of a pay step as it would be now; nil when something it needs is not known yet.
func (r *run) offerOf(n *node) *PayStop {
	pay, _ := n.step.Verb.(*Pay)
	if r.payStop(n.step, pay) == nil {
		stop, _ := r.out.Stop.(*PayStop)
		return stop
	}
	owed, ok := r.moneySeen()
	if !ok || r.withinLimit(owed) != nil {
		return nil
	}
	open := *pay
	open.Amount = nil
	if r.payStop(n.step, &open) != nil {
		return nil
	}
	stop, _ := r.out.Stop.(*PayStop)
	stop.Amount, stop.TokenType = owed, ""
	return stop
}

// moneySeen is the first sum of money that the transfer where the call stands shows to the agent.
func (r *run) moneySeen() (Money, bool) {
	at := r.prog.nodes[r.st.Stop]
	if at == nil || at.step == nil {
		return Money{}, false
	}
	transfer, ok := at.step.Verb.(*Transfer)
	if !ok {
		return Money{}, false
	}
	for _, p := range transfer.AgentSees {
		v, err := r.pair(p)
		if err != nil || v.Type != TypeMoney || v.Private {
			continue
		}
		if m, err := v.money(); err == nil && m.Minor > 0 {
			return m, true
		}
	}
	return Money{}, false
}

// leftToCharge is what per_call_limit leaves; zero when there is no limit.
func (r *run) leftToCharge(currency string) Money {
	limit := r.flow.Project.Payments.PerCallLimit
	if limit.Minor == 0 || limit.Currency != currency {
		return Money{}
	}
	left, err := limit.Sub(r.charged())
	if err != nil { // nothing was charged yet, in no currency
		return limit
	}
	return left
}
