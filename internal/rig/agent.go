package rig

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/internal/caller"
)

// AgentCall is a call that a flow has handed to an agent, who has answered. The caller keys what is asked for, by
// their script, until somebody hangs up.
type AgentCall struct {
	SID   string // the caller's leg
	Agent string // the agent's leg

	rig   *Rig
	ended chan error
	state caller.State
}

// AgentCall rings the demo line, asks for a person, and lets the agent answer. Cards are what the caller keys when a
// field is asked, as the command takes them.
func (r *Rig) AgentCall(t testing.TB, cards ...caller.Card) *AgentCall {
	t.Helper()
	a, err := r.TryAgentCall(cards...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TryAgentCall is AgentCall for goroutines.
func (r *Rig) TryAgentCall(cards ...caller.Card) (*AgentCall, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	who := &caller.Caller{Simulator: r.SimURL}
	s := caller.Script{To: Line, From: From, Press: []string{"1", "12345678", "0"}, Cards: cards, Holds: true}
	sid, err := who.Ring(ctx, s)
	if err != nil {
		cancel()
		return nil, err
	}
	a := &AgentCall{SID: sid, rig: r, ended: make(chan error, 1)}
	go func() {
		defer cancel()
		var err error
		a.state, err = who.Follow(ctx, sid, s)
		a.ended <- err
	}()
	return a, a.answer(ctx, who)
}

// answer waits until the agent's leg rings, and answers it.
func (a *AgentCall) answer(ctx context.Context, who *caller.Caller) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := who.State(ctx, a.SID)
		if err != nil {
			return err
		}
		for _, leg := range st.Children {
			switch leg.Status {
			case "ringing":
				if err := a.post(ctx, leg.CallSID, "answer"); err != nil {
					return err
				}
				a.Agent = leg.CallSID
			case "in-progress":
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no agent's leg rang on call %s: %w", a.SID, ctx.Err())
		case <-tick.C:
		}
	}
}

// Back waits until the agent's phone rings again, and answers it.
func (a *AgentCall) Back(ctx context.Context) error {
	return a.answer(ctx, &caller.Caller{Simulator: a.rig.SimURL})
}

func (a *AgentCall) post(ctx context.Context, sid, what string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.rig.SimURL+"/sim/v1/calls/"+sid+"/"+what, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", what, sid, resp.Status)
	}
	return nil
}

// End lets the caller hang up, and does not wait for the app to hear of it.
func (a *AgentCall) End(ctx context.Context) error {
	if err := a.post(ctx, a.SID, "hangup"); err != nil {
		return err
	}
	return <-a.ended
}

// HangUp lets the caller hang up, and tells how the call ended, as the app's API says.
func (a *AgentCall) HangUp() (Outcome, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	if err := a.End(ctx); err != nil {
		return Outcome{}, err
	}
	return a.rig.Ended(ctx, a.state)
}

// Ringing rings the demo line and asks for a person, whom nobody has answered for yet. It gives the caller's leg.
// From then on the caller keys nothing by themselves: what they press is up to the test.
func (r *Rig) Ringing(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	who := &caller.Caller{Simulator: r.SimURL}
	s := caller.Script{To: Line, From: From, Press: []string{"1", "12345678", "0"}, Holds: true}
	sid, err := who.Ring(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		_, _ = who.Follow(ctx, sid, s) // until it is told to stop
	}()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		st, err := who.State(ctx, sid)
		if err != nil {
			t.Fatal(err)
		}
		for _, leg := range st.Children {
			if leg.Status == "ringing" {
				cancel()
				<-followed
				return sid
			}
		}
		<-tick.C
	}
}
