package ivr

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
)

// holdStop is ivr's own stop: what comes before a payment is said first, so that the recording, which is paused with
// the next turn, has all of it. It is not one of the flow's.
type holdStop struct{ flows.Stop }

// pauses tells whether the flow's recordings are to be silent while a caller pays.
func (s *Server) pauses(r *run) bool {
	return s.Recordings != nil && r.project.Recordings.PauseForPayments
}

// lookAround asks Twilio what is being recorded, before a payment. hold says that the caller has to hear first what is
// to be heard before: a pause begins at once, and <Pay> only behind that.
func (s *Server) lookAround(ctx context.Context, r *run) (look recordings.Look, hold bool) {
	look = s.Recordings.Look(ctx, r.call)
	return look, has(r.speech, flows.UtterRecordStart) ||
		look.MayRun() && has(r.speech, flows.UtterSay, flows.UtterPlay, flows.UtterPause, flows.UtterKeys, flows.UtterRecordStop)
}

// has tells whether something of these kinds is to be said, or switched.
func has(speech []flows.Utterance, kinds ...flows.UtteranceKind) bool {
	return slices.ContainsFunc(speech, func(u flows.Utterance) bool { return slices.Contains(kinds, u.Kind) })
}

// silence pauses what was seen to run, for the payment that is about to leave us. The payment goes on whatever comes
// of it: what could not be shown is written down, told, and flagged with the recording.
func (s *Server) silence(ctx context.Context, r *run, look recordings.Look, payment string) {
	n, err := s.Recordings.PauseSeen(ctx, look, payment)
	r.place.Silent = n > 0 || err != nil
	if n > 0 {
		r.event("recording", "paused", "", map[string]string{"payment": payment, "recordings": fmt.Sprint(n)})
	}
	if err == nil {
		return
	}
	s.Log.Warn("pause recordings", "call", r.call, "payment", payment, "error", err)
	text := "a payment begins, and it cannot be shown that its recording is paused"
	if errors.Is(err, recordings.ErrNotShown) {
		text += ": Twilio did not say so"
	}
	r.event("flag", "recording_not_paused", text, map[string]string{"payment": payment})
	if err := s.Sessions.Count(ctx, "recording_not_paused", 1); err != nil {
		s.Log.Warn("count recording_not_paused", "error", err)
	}
}

// unsilence lets recordings go on that were paused for a payment, now that <Pay> is over. What Twilio does not take now
// the worker tries again; the caller does not wait for that.
func (s *Server) unsilence(ctx context.Context, r *run) {
	if !r.place.Silent || s.Recordings == nil {
		return
	}
	r.place.Silent = false
	if r.gone { // they ended with the call, as they were
		return
	}
	if err := s.Recordings.ResumeCall(ctx, r.call); err != nil {
		s.Log.Warn("resume recordings", "call", r.call, "error", err)
		return
	}
	r.event("recording", "resumed", "", nil)
}

// payHeld takes the payment that was held back until the words before it were said.
func (s *Server) payHeld(ctx context.Context, r *run) error {
	pay := r.place.Held
	r.place.Held = nil
	again, stop, err := s.openPayment(ctx, r, pay)
	if err != nil {
		return err
	}
	if again != nil {
		return s.play(ctx, r, *again)
	}
	r.stop = stop
	return s.finish(ctx, r)
}

// recordStep is a flow's own record step: it pauses or resumes what is recorded of the call.
func (s *Server) recordStep(ctx context.Context, r *run, e flows.Effect) effectResult {
	var n int
	var err error
	if e.Body == "pause" {
		n, err = s.Recordings.PauseStep(ctx, r.call, e.ID)
	} else {
		n, err = s.Recordings.ResumeStep(ctx, r.call)
	}
	if err == nil && n == 0 {
		err = errors.New("nothing is being recorded")
	}
	if err != nil {
		return effectResult{Ending: "failed", Err: err.Error()}
	}
	return effectResult{Ending: "done"}
}
