package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Handover is a call that a flow has given to an agent who may take a payment, with what the flow knows of it. No
// field holds digits that the caller keyed in private.
type Handover struct {
	Call      string    `json:"call_sid"`
	From      string    `json:"from"`
	To        string    `json:"to"`
	Outbound  bool      `json:"outbound,omitempty"` // we have rung: the caller is To
	Flow      string    `json:"flow"`
	Scene     string    `json:"scene"`
	Team      string    `json:"team"`
	Language  string    `json:"language"` // the caller's
	At        time.Time `json:"at"`
	AgentSees []Seen    `json:"agent_sees"`

	// Offer is what the flow's own pay step would take now; nil when the flow cannot say.
	Offer *Offer `json:"offer"`
	// Detour is the payment for which the caller is with the keypad now; "" while they are with the agent.
	Detour string `json:"detour,omitempty"`
}

// Seen is one thing that the flow shows to the agent.
type Seen struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Offer is a payment as a flow's pay step would take it.
type Offer struct {
	Step        string            `json:"step"`
	Intent      Intent            `json:"intent"`
	Amount      Amount            `json:"amount"`
	Limit       Amount            `json:"limit,omitzero"` // most that this call may still charge; zero: none
	Reference   string            `json:"reference"`
	Connector   string            `json:"connector"`
	Method      string            `json:"method"`
	BankAccount string            `json:"bank_account_type,omitempty"`
	TokenType   string            `json:"token_type,omitempty"`
	Cards       []string          `json:"cards,omitempty"` // brands that are taken
	AskCode     bool              `json:"ask_code"`
	AskPostal   bool              `json:"ask_postal"`
	PostalCode  string            `json:"postal_code,omitempty"` // that the flow knows
	PostalMin   int               `json:"postal_min,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	OnceKey     string            `json:"once_key,omitempty"`
}

// Offer puts a call on the desks. Offering it again replaces what was known of it.
func (d *Desk) Offer(ctx context.Context, h Handover) error {
	if h.At.IsZero() {
		h.At = d.cfg.Now()
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("offer call %s: %w", h.Call, err)
	}
	if err := d.store.putHandover(ctx, h.Call, raw); err != nil {
		return fmt.Errorf("offer call %s: %w", h.Call, err)
	}
	return nil
}

// Withdraw takes a call off the desks. A payment that is open on it stays.
func (d *Desk) Withdraw(ctx context.Context, call string) error {
	if err := d.store.dropHandover(ctx, call); err != nil {
		return fmt.Errorf("withdraw call %s: %w", call, err)
	}
	return nil
}

// Handover is what the flow gave the desk of a call, or ErrNotOffered.
func (d *Desk) Handover(ctx context.Context, call string) (Handover, error) {
	raw, err := d.store.handover(ctx, call)
	if err != nil {
		return Handover{}, fmt.Errorf("handover of call %s: %w", call, err)
	}
	var h Handover
	if err := json.Unmarshal(raw, &h); err != nil {
		return Handover{}, fmt.Errorf("handover of call %s: %w", call, err)
	}
	return h, nil
}

// Handovers are the calls that are on the desks now, the oldest first.
func (d *Desk) Handovers(ctx context.Context) ([]Handover, error) {
	all, err := d.store.handovers(ctx)
	if err != nil {
		return nil, fmt.Errorf("list handovers: %w", err)
	}
	return all, nil
}
