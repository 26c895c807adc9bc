package simulator

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Faults are the troubles that can be switched on while the simulator runs, with PUT /sim/v1/faults. The zero
// value is no trouble. A PUT replaces them all; DELETE takes them away.
type Faults struct {
	Webhooks       WebhookFaults       `json:"webhooks"`
	Connector      ConnectorFaults     `json:"connector"`
	Recordings     RecordingFaults     `json:"recordings"`
	Transcriptions TranscriptionFaults `json:"transcriptions"`
	Payments       PaymentFaults       `json:"payments"`
	REST           RESTFaults          `json:"rest"`
}

// RESTFaults are troubles between the application and Twilio's REST API.
type RESTFaults struct {
	TooManyPercent float64 `json:"too_many_percent"` // so many of a hundred requests are answered with 429 (20429), and not carried out
	FailPercent    float64 `json:"fail_percent"`     // so many of a hundred requests are answered with 503 (20503), and not carried out
	CutPercent     float64 `json:"cut_percent"`      // so many of a hundred POSTs are carried out, and the connection breaks instead of an answer
}

// PaymentFaults are troubles of agent-assisted payments.
type PaymentFaults struct {
	// CaptureError ends every capture at once with this ErrorType, one that Twilio publishes; "" is none.
	CaptureError string `json:"capture_error"`
}

// TranscriptionFaults are troubles with real-time transcriptions.
type TranscriptionFaults struct {
	ErrorPercent float64 `json:"error_percent"` // so many of a hundred end with an error (32655) when they begin
}

// RecordingFaults are troubles with recordings, their status callbacks and their media.
type RecordingFaults struct {
	LosePercent       float64 `json:"lose_percent"`        // so many of a hundred status callbacks of recordings are not sent at all
	AbsentPercent     float64 `json:"absent_percent"`      // so many of a hundred recordings are absent when they are over (16106)
	MediaFailPercent  float64 `json:"media_fail_percent"`  // so many of a hundred requests for media are answered with 503
	MediaCutPercent   float64 `json:"media_cut_percent"`   // so many of a hundred answers with media break off in the middle
	DeleteFailPercent float64 `json:"delete_fail_percent"` // so many of a hundred deletions are answered with 503, and nothing is deleted
}

// valid reports whether the faults can be switched on.
func (f RecordingFaults) valid() bool {
	return percentages(f.LosePercent, f.AbsentPercent, f.MediaFailPercent, f.MediaCutPercent, f.DeleteFailPercent)
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
	// Reverse keeps status callbacks of a call back until it has ended; then they are sent, the last one first.
	Reverse bool `json:"reverse"`
	// Lose are events (initiated, ringing, answered, completed) whose status callbacks are not sent at all.
	Lose []string `json:"lose"`

	// To and Purposes narrow all of this down: to calls to these numbers, and to webhooks of these purposes, as
	// GET /sim/v1/calls/{sid}/webhooks names them (voice, action, status, amd ...). Empty is all.
	To       []string `json:"to"`
	Purposes []string `json:"purposes"`
}

// about gives the faults that concern a webhook of a call.
func (f WebhookFaults) about(c *call, purpose string) WebhookFaults {
	if len(f.To) > 0 && !slices.Contains(f.To, c.to) || len(f.Purposes) > 0 && !slices.Contains(f.Purposes, purpose) {
		return WebhookFaults{}
	}
	return f
}

// valid reports whether the faults can be switched on.
func (f WebhookFaults) valid() bool {
	return f.Duplicate >= 0 && f.Duplicate <= 20 && f.DelayMS >= 0 && f.LateMS >= 0 && f.PadBytes >= 0 && f.PadBytes <= 16<<20 &&
		percentages(f.DropPercent, f.LosePercent)
}

func percentages(all ...float64) bool {
	for _, p := range all {
		if p < 0 || p > 100 {
			return false
		}
	}
	return true
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
	f := s.faults.get().Webhooks.about(w.call, w.purpose)
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
