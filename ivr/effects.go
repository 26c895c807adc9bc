package ivr

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twilio"
)

// effectResult is an effect's answer as it is kept for the turn that comes back for it.
type effectResult struct {
	Ending string          `json:"ending"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Err    string          `json:"err,omitempty"`
}

// effect does what a flow asks of the outside. It is safe to run again: lookups read, submits carry their
// idempotency key, opt-outs are rows that exist once. done is false when the answer is not there in time; it
// is then kept in Redis when it comes.
func (s *Server) effect(ctx context.Context, r *run, e flows.Effect) (in flows.Input, done bool, err error) {
	if err := s.secure(ctx, r); err != nil {
		return in, false, err
	}
	answer, late := make(chan effectResult), make(chan struct{})
	began := s.Now()
	go func() { // may outlive the turn: the answer is then kept for the next one
		bg, cancel := context.WithTimeout(context.WithoutCancel(ctx), effectLimit(e))
		defer cancel()
		res := s.perform(bg, r, e)
		select {
		case answer <- res:
		case <-late:
			if err := s.Sessions.SaveEffect(bg, r.call, e.ID, mustJSON(res)); err != nil {
				s.Log.Warn("keep effect", "call", r.call, "effect", e.ID, "error", err)
			}
		}
	}()
	timer := time.NewTimer(waitBudget)
	defer timer.Stop()
	select {
	case res := <-answer:
		r.event("effect", e.Step, res.Ending, map[string]string{
			"kind": string(e.Kind), "service": e.Service, "method": e.Method,
			"ms": fmt.Sprint(s.Now().Sub(began).Milliseconds()),
		})
		return s.effectInput(r, res), true, nil
	case <-timer.C:
		close(late)
		return flows.Input{}, false, nil
	}
}

// effectLimit bounds an effect in time: all its tries, and a little for us.
func effectLimit(e flows.Effect) time.Duration {
	return e.Timeout*time.Duration(max(e.Tries, 1)) + 2*time.Second
}

// perform does one effect to its end.
func (s *Server) perform(ctx context.Context, r *run, e flows.Effect) effectResult {
	switch e.Kind {
	case flows.EffectLookup, flows.EffectSubmit:
		return s.services.call(ctx, r.project, e)
	case flows.EffectText:
		if err := s.Twilio.SendMessage(ctx, e.To, e.From, e.Body); err != nil {
			return effectResult{Ending: "failed", Err: err.Error()}
		}
		return effectResult{Ending: "sent"}
	case flows.EffectOptOut:
		if s.OptOut == nil {
			return effectResult{Ending: "failed", Err: "no do-not-call list is configured"}
		}
		if err := s.OptOut.Add(ctx, e.Service, e.To, "asked by key on call "+r.call); err != nil {
			return effectResult{Ending: "failed", Err: err.Error()}
		}
		if err := s.optedOut(ctx, r); err != nil {
			s.Log.Error("tell the campaign of an opt-out", "call", r.call, "error", err)
		}
		return effectResult{Ending: "done"}
	case flows.EffectRecord:
		if s.Recordings != nil {
			return s.recordStep(ctx, r, e)
		}
		if err := s.Twilio.UpdateRecording(ctx, r.call, twilio.CurrentRecording, recordingStatus(e.Body)); err != nil {
			return effectResult{Ending: "failed", Err: err.Error()}
		}
		return effectResult{Ending: "done"}
	default:
		return effectResult{Ending: "failed", Err: fmt.Sprintf("effect %q is not known", e.Kind)}
	}
}

// recordingStatus is Twilio's word for pausing or resuming a recording.
// Source: https://www.twilio.com/docs/voice/api/recording#update-a-recording-resource.
func recordingStatus(action string) string {
	if action == "pause" {
		return "paused"
	}
	return "in-progress"
}

// effectInput tells the flow how an effect ended.
func (s *Server) effectInput(r *run, res effectResult) flows.Input {
	if res.Err != "" {
		s.Log.Warn("effect", "call", r.call, "flow", r.flow.Name, "ending", res.Ending, "error", res.Err)
	}
	r.place.Flow.Pending, r.place.Waits, r.place.Reran = nil, 0, false
	return flows.Input{
		Kind: flows.InputEffect, Now: s.Now(), Ending: res.Ending, Answer: res.Answer, Err: res.Err,
	}
}

// pendingInput looks for the answer of an effect that an earlier turn left running. waiting is true when it is
// not there yet: the caller then goes on waiting. When the time of the effect is over the process that ran it
// must be gone, so it is run once more; after that it has failed.
func (s *Server) pendingInput(ctx context.Context, r *run) (in flows.Input, waiting bool, err error) {
	e := *r.place.Flow.Pending
	if r.gone {
		r.place.Flow.Pending = nil
		return flows.Input{Kind: flows.InputHungUp, Now: s.Now()}, false, nil
	}
	raw, found := r.effects[e.ID]
	if !found {
		wait, cancel := context.WithTimeout(ctx, waitBudget)
		defer cancel()
		if raw, found, err = s.Sessions.AwaitEffect(wait, r.call, e.ID); err != nil {
			return in, false, err
		}
	}
	if found {
		var res effectResult
		if err := json.Unmarshal(raw, &res); err != nil {
			return in, false, fmt.Errorf("decode effect %s: %w", e.ID, err)
		}
		r.forget = append(r.forget, e.ID)
		return s.effectInput(r, res), false, nil
	}
	r.place.Waits++
	if time.Duration(r.place.Waits)*waitBudget <= effectLimit(e) {
		return in, true, nil
	}
	if r.place.Reran {
		return s.effectInput(r, effectResult{Ending: "failed", Err: "no answer in time"}), false, nil
	}
	r.place.Waits, r.place.Reran = 0, true
	in, done, err := s.effect(ctx, r, e)
	return in, !done, err
}
