package ivr

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/sessions"
)

// errTooManyEffects means a flow asked for one effect after the other without ever waiting for the caller.
var errTooManyEffects = errors.New("a turn ran out of effects")

// play moves the flow until it waits for the caller, doing what it asks in between. An effect that takes long
// is left running: the caller hears that it takes a moment and comes back for it with the next turn.
func (s *Server) play(ctx context.Context, r *run, in flows.Input) error {
	if err := s.deskResult(ctx, r, in.Kind); err != nil {
		return err
	}
	for range maxAdvances {
		st, sprint, err := r.flow.Advance(r.place.Flow, in)
		if err != nil {
			return fmt.Errorf("advance flow %s: %w", r.flow.Name, err)
		}
		r.place.Flow = st
		r.speech = append(r.speech, sprint.Speech...)
		s.tell(r, sprint.Facts)
		if sprint.Effect != nil {
			answer, done, err := s.effect(ctx, r, *sprint.Effect)
			if err != nil {
				return err
			}
			if !done {
				r.wait(*sprint.Effect)
				return nil
			}
			in = answer
			continue
		}
		again, stop, err := s.openPayment(ctx, r, sprint.Stop)
		if err != nil {
			return err
		}
		if again != nil {
			in = *again
			continue
		}
		if dial, ok := sprint.Stop.(*flows.DialStop); ok {
			r.asked()
			if err := s.offer(ctx, r, dial); err != nil {
				return err
			}
		}
		r.stop = stop
		return s.finish(ctx, r)
	}
	return errTooManyEffects
}

// wait parks the turn on an effect that was left running: the caller hears while_waiting, once, and comes back.
func (r *run) wait(e flows.Effect) {
	if e.WhileWaiting != nil {
		r.speech = append(r.speech, *e.WhileWaiting)
	}
	r.place.Flow.Pending = &e
	r.stop = &waitStop{}
}

// waitStop is ivr's own stop: come back in a moment. It is not one of the flow's.
type waitStop struct{ flows.Stop }

// openPayment writes the ledger's row before <Pay> leaves us, and pauses what is being recorded. It gives the stop to
// wait at: where something is to be said before a pause, the payment is held until the next turn. A payment that cannot
// be opened because an earlier one is unsettled comes back to the flow as unknown: nobody is charged twice.
func (s *Server) openPayment(ctx context.Context, r *run, stop flows.Stop) (*flows.Input, flows.Stop, error) {
	pay, ok := stop.(*flows.PayStop)
	if !ok {
		return nil, stop, nil
	}
	if err := s.secure(ctx, r); err != nil {
		return nil, nil, err
	}
	var look recordings.Look
	if s.pauses(r) {
		var hold bool
		if look, hold = s.lookAround(ctx, r); hold {
			r.place.Held = pay
			return nil, &holdStop{}, nil
		}
	}
	p, again, err := s.openLedger(ctx, r, pay)
	if again != nil || err != nil {
		return again, nil, err
	}
	r.place.Payment, r.place.Charging = p.ID, p.Intent == payments.Charge
	if s.pauses(r) {
		s.silence(ctx, r, look, p.ID)
	}
	r.event("payment", "started", p.ID, map[string]string{"amount": p.Amount.Decimal(), "currency": p.Amount.Currency})
	return nil, pay, nil
}

// openLedger writes the ledger's row. An input comes in its place where there is none to be had.
func (s *Server) openLedger(ctx context.Context, r *run, pay *flows.PayStop) (payments.Payment, *flows.Input, error) {
	intent := payments.Save
	if pay.Amount.Minor > 0 {
		intent = payments.Charge
	}
	p, err := s.Ledger.Open(ctx, payments.NewPayment{
		Call: r.call, Turn: r.turn, Step: pay.Step, Flow: r.flow.Name, Reference: pay.Reference,
		Amount: payments.Amount{Minor: pay.Amount.Minor, Currency: pay.Amount.Currency},
		Intent: intent, Source: payments.SourceKeypad, Method: pay.Method, Connector: pay.Connector, OnceKey: pay.OncePer,
	})
	if errors.Is(err, payments.ErrUnsettled) || errors.Is(err, payments.ErrChanged) {
		s.Log.Warn("payment refused: an earlier one is unsettled", "call", r.call, "flow", r.flow.Name)
		facts := flows.PaymentFacts{Result: "unknown", Amount: pay.Amount}
		return p, &flows.Input{Kind: flows.InputPay, Now: s.Now(), Ending: "unknown", Payment: facts}, nil
	}
	if errors.Is(err, payments.ErrAlreadyPaid) { // once_per: what was paid is told again, nothing is charged
		facts := paymentFacts(p, string(p.State))
		return p, &flows.Input{Kind: flows.InputPay, Now: s.Now(), Ending: facts.Result, Payment: facts}, nil
	}
	if err != nil {
		return p, nil, fmt.Errorf("open payment: %w", err)
	}
	return p, nil, nil
}

// finish runs after_call once the flow has come to its end. What it submits is waited for: the call is over, and
// an answer that nobody kept would be lost with this process.
func (s *Server) finish(ctx context.Context, r *run) error {
	if r.gone {
		r.place.Flow.Ended = true
	}
	if !r.place.Flow.Ended || r.place.Flow.After {
		return nil
	}
	st, sprint := r.flow.AfterCallRun(r.place.Flow, s.Now())
	for range maxAdvances {
		r.place.Flow = st
		s.tell(r, sprint.Facts)
		if sprint.Effect == nil {
			return nil
		}
		if err := s.secure(ctx, r); err != nil {
			return err
		}
		limit, cancel := context.WithTimeout(ctx, effectLimit(*sprint.Effect))
		in := s.effectInput(r, s.perform(limit, r, *sprint.Effect))
		cancel()
		var err error
		if st, sprint, err = r.flow.Advance(r.place.Flow, in); err != nil {
			return fmt.Errorf("run after_call of flow %s: %w", r.flow.Name, err)
		}
	}
	return errTooManyEffects
}

// tell turns a sprint's facts into events of the live feed and lines of the log.
func (s *Server) tell(r *run, facts []flows.Fact) {
	for _, f := range facts {
		data := map[string]string{}
		for name, v := range f.Data {
			data[name] = v.String()
		}
		if f.At.Line > 0 {
			data["at"] = f.At.String()
		}
		r.event(string(f.Kind), f.Name, f.Text, data)
		if f.Kind == flows.FactError {
			s.Log.Error("flow", "call", r.call, "flow", r.flow.Name, "step", f.Name, "at", f.At.String(), "error", f.Text)
		}
	}
}

// event adds one event to the turn; it is published with the commit and never without it. name and text are
// for people, data holds no digits that the caller keyed.
func (r *run) event(kind, name, text string, data map[string]string) {
	r.events = append(r.events, newEvent(kind, name, text, data))
}

// newEvent is an event of the live feed: {"name","text", ...data}.
func newEvent(kind, name, text string, data map[string]string) sessions.Event {
	body := make(map[string]string, len(data)+2)
	maps.Copy(body, data)
	body["name"], body["text"] = name, text
	return sessions.Event{Kind: kind, Data: mustJSON(body)}
}

// logTurn writes the one line of a turn.
func (s *Server) logTurn(r *run) {
	s.Log.Info("turn", "call", r.call, "flow", r.flow.Name, "turn", r.turn,
		"scene", r.place.Flow.Scene, "stop", r.place.Flow.Stop, "outcome", r.place.Flow.Outcome)
}
