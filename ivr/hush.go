package ivr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
)

// Hush stops and restarts what a flow has let be transcribed, around a payment that an agent takes: the flow stands
// still meanwhile, and does not know of it.
type Hush struct {
	Sessions  *sessions.Store
	Twilio    *twilio.Client
	PublicURL string
}

// Stop ends the transcription that runs on a call, and gives what Start needs; "" when none runs.
func (h Hush) Stop(ctx context.Context, call string) (string, error) {
	kept, err := h.Sessions.Get(ctx, call)
	if errors.Is(err, sessions.ErrUnknownCall) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var p place
	if err := json.Unmarshal(kept.State, &p); err != nil {
		return "", fmt.Errorf("decode place of call %s: %w", call, err)
	}
	t := p.Flow.Transcript
	if t == nil || t.State != flows.TranscriptRuns {
		return "", nil
	}
	again := string(mustJSON(hushed{Flow: kept.Flow, Line: lineOf(kept.Info), Transcript: *t}))
	if err := h.Twilio.StopTranscription(ctx, call, t.Name); err != nil && !twilio.IsNotFound(err) {
		return again, err
	}
	return again, nil
}

// hushed is a transcription that was stopped.
type hushed struct {
	Flow       string           `json:"flow"`
	Line       string           `json:"line"`
	Transcript flows.Transcript `json:"transcript"`
}

// Start begins a transcription anew, under its name, by which the flow stops it. One that runs is stopped first, so
// that nothing is written down twice when this is done again.
func (h Hush) Start(ctx context.Context, call, again string) error {
	var was hushed
	if err := json.Unmarshal([]byte(again), &was); err != nil {
		return fmt.Errorf("decode transcription of call %s: %w", call, err)
	}
	t := was.Transcript
	if err := h.Twilio.StopTranscription(ctx, call, t.Name); err != nil && !twilio.IsNotFound(err) {
		return err
	}
	_, err := h.Twilio.StartTranscription(ctx, call, twilio.NewTranscription{
		Name: t.Name, Track: transcriptTrack(t.Track), StatusCallback: transcriptionURL(h.PublicURL, recordings.CallFacts{Flow: was.Flow, Line: was.Line}), Language: t.Language, Engine: t.Engine,
		SpeechModel: t.Model, Hints: strings.Join(t.Hints, ","),
	})
	return err
}
