package payments

import (
	"context"
	"time"

	"github.com/paydial/paydial/twilio"
)

// PauseWord is what the desk tells of a recording during a payment.
type PauseWord string

// The words.
const (
	PauseListed   PauseWord = "listed"   // of no recording: Twilio has listed those of the call
	PauseUnlisted PauseWord = "unlisted" // of no recording: Twilio did not
	PauseOver     PauseWord = "over"     // it had ended before
	PauseTheirs   PauseWord = "theirs"   // somebody else had paused it
	PausePaused   PauseWord = "paused"   // Twilio has said that it is paused
	PauseUnsure   PauseWord = "unsure"   // Twilio did not say so
	PauseResumed  PauseWord = "resumed"  // it is ordered to go on
)

// PauseNote is one thing that the desk found out or ordered of a call's recordings during a payment.
type PauseNote struct {
	Call, Payment string
	Recording     string // "" for what is told of the list
	What          PauseWord
	At            time.Time // of PauseResumed: just before the order; of all others: when it was known
}

// note tells whoever keeps account of pauses.
func (d *Desk) note(ctx context.Context, n PauseNote) {
	if d.cfg.Noted != nil {
		n.At = d.cfg.Now()
		d.cfg.Noted(ctx, n)
	}
}

// pauseRecordings stops what is being recorded of the call for the length of the payment, before a key can be pressed.
// It gives the recordings that it paused: what somebody else paused stays so. One that cannot be paused keeps none of
// the others from it.
func (d *Desk) pauseRecordings(ctx context.Context, call, id string) (RecordingState, []string) {
	note := func(recording string, what PauseWord) {
		d.note(ctx, PauseNote{Call: call, Payment: id, Recording: recording, What: what})
	}
	all, err := d.cfg.Twilio.CallRecordings(ctx, call)
	if err != nil {
		d.cfg.Log.Warn("list recordings", "call", call, "error", err)
		note("", PauseUnlisted)
		return RecordingUnknown, nil
	}
	note("", PauseListed)
	state, unsure, paused := RecordingNone, false, []string(nil)
	for _, rec := range all {
		switch rec.Status {
		case twilio.RecordingInProgress:
		case twilio.RecordingPaused:
			note(rec.SID, PauseTheirs)
			state = RecordingPaused
			continue
		default:
			note(rec.SID, PauseOver)
			continue
		}
		paused = append(paused, rec.SID) // also one that Twilio may have paused although it did not say so
		err := d.cfg.Twilio.UpdateRecording(ctx, call, rec.SID, twilio.RecordingPaused)
		switch {
		case err == nil:
			note(rec.SID, PausePaused)
			state = RecordingPaused
		case twilio.IsNotFound(err): // it ended a moment ago
			note(rec.SID, PauseOver)
			paused = paused[:len(paused)-1]
		default:
			d.cfg.Log.Warn("pause recording", "call", call, "recording", rec.SID, "error", err)
			note(rec.SID, PauseUnsure)
			unsure = true
		}
	}
	if unsure {
		state = RecordingUnknown
	}
	return state, paused
}

// resumeRecordings lets go on what was paused for a payment. One that has ended meanwhile, with the call, is none of our
// business.
func (d *Desk) resumeRecordings(ctx context.Context, doc *document) {
	for _, rec := range doc.Paused {
		d.note(ctx, PauseNote{Call: doc.Call, Payment: doc.ID, Recording: rec, What: PauseResumed})
		if err := d.cfg.Twilio.UpdateRecording(ctx, doc.Call, rec, twilio.RecordingInProgress); err != nil {
			d.cfg.Log.Info("resume recording", "call", doc.Call, "recording", rec, "error", err)
		}
	}
}

// leftPaused are the recordings that a process may have paused for a payment that it did not live to write.
func (d *Desk) leftPaused(ctx context.Context, call string) []string {
	all, err := d.cfg.Twilio.CallRecordings(ctx, call)
	if err != nil { // with the call they are over
		d.cfg.Log.Info("list recordings", "call", call, "error", err)
	}
	var paused []string
	for _, rec := range all {
		if rec.Status == twilio.RecordingPaused {
			paused = append(paused, rec.SID)
		}
	}
	return paused
}

// hush stops what is transcribed of the call: digits that are read out must not be written down.
func (d *Desk) hush(ctx context.Context, call string) string {
	if d.cfg.Hush == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	again, err := d.cfg.Hush(ctx, call)
	if err != nil { // it may run on: what it hears is masked before it is kept
		d.cfg.Log.Warn("stop transcription", "call", call, "error", err)
	}
	return again
}

// unhush begins it anew.
func (d *Desk) unhush(ctx context.Context, doc *document) {
	if doc.Hushed == "" || d.cfg.Unhush == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	if err := d.cfg.Unhush(ctx, doc.Call, doc.Hushed); err != nil { // with the call it is over
		d.cfg.Log.Info("start transcription anew", "call", doc.Call, "error", err)
	}
}
