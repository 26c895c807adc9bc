package simulator

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Faults are the troubles that can be switched on while the simulator runs, with PUT /sim/v1/faults. The zero
// value is no trouble. A PUT replaces them all; DELETE takes them away.
type Faults struct {
	Webhooks  WebhookFaults   `json:"webhooks"`
	Connector ConnectorFaults `json:"connector"`
	Payments  PaymentFaults   `json:"payments"`
}

// PaymentFaults are troubles of agent-assisted payments.
type PaymentFaults struct {
	// CaptureError ends every capture at once with this ErrorType, one that Twilio publishes; "" is none.
	CaptureError string `json:"capture_error"`
}

// WebhookFaults are troubles between the simulator and the application.
type WebhookFaults struct {
	Duplicate      int     `json:"duplicate"`       // so many more copies of every webhook, at the same time
	LateMS         int     `json:"late_ms"`         // one more copy of every webhook, so much later
	DelayMS        int     `json:"delay_ms"`        // every webhook leaves so much later
	WrongSignature bool    `json:"wrong_signature"` // every webhook is signed with another token
	DropPercent    float64 `json:"drop_percent"`    // so many of a hundred tries never arrive (a failed connection)
	LosePercent    float64 `json:"lose_percent"`    // so many of a hundred status callbacks are not sent at all
	Shuffle        bool    `json:"shuffle"`         // status callbacks overtake one another
	PadBytes       int     `json:"pad_bytes"`       // every webhook carries a parameter Padding of this size
}

type faultBox struct {
	mu     sync.Mutex
	faults Faults
}

func (b *faultBox) get() Faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults
}

func (b *faultBox) set(f Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = f
}

// disturb applies the faults that concern one try of a webhook.
func (s *Simulator) disturb(ctx context.Context, w *webhook) *webhookError {
	f := s.faults.get().Webhooks
	if f.DelayMS > 0 {
		t := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return connectionError(ctx, context.DeadlineExceeded, w.url, false)
		}
	}
	if f.DropPercent > 0 && s.ids.percent(f.DropPercent) {
		return &webhookError{code: 11205, kind: failConnect, text: w.url + ": dropped by the fault drop_percent"}
	}
	if f.PadBytes > 0 {
		padded := make(map[string]string, len(w.params)+1)
		for name, value := range w.params {
			padded[name] = value
		}
		padded["Padding"] = strings.Repeat("x", f.PadBytes)
		w.params = padded
	}
	return nil
}
