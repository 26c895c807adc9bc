package rig_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/payments"
)

// TestDeskStopsTranscription lets an agent take a payment on a call that is transcribed: it is stopped before the first
// key can be asked for, and begun anew when the payment is over.
func TestDeskStopsTranscription(t *testing.T) {
	t.Parallel()
	r := rig.Start(t, local.Options{Bundle: withProject(t, "    - record: start", "    - record: start\n    - transcribe: start\n      engine: google")})
	call := r.AgentCall(t, cardsNamed(t, "visa")...)
	events := func() (out []string) {
		for _, h := range webhooksOf(t, r, call.SID) {
			if event, ok := strings.CutPrefix(h.Params["TranscriptionEvent"], "transcription-"); ok && event != "content" {
				out = append(out, event)
			}
		}
		return out
	}
	a := &agent{t: t, desk: r.Local.App.Desk, who: kim}
	a.took(a.desk.Start(t.Context(), kim, payments.Start{Call: call.SID, Key: "hush"}))
	eventually(t, "the transcription is stopped", func() bool { return slices.Equal(events(), []string{"started", "stopped"}) })
	a.capture()
	if p := a.finish(); p.Stage != payments.StagePaid {
		t.Fatalf("it ended as %s", p.Stage)
	}
	eventually(t, "it goes on", func() bool { return slices.Equal(events(), []string{"started", "stopped", "started"}) })
	if _, err := call.HangUp(); err != nil {
		t.Error(err)
	}
}
