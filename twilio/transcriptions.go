package twilio

import (
	"context"
	"errors"
	"fmt"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// NewTranscription is a real-time transcription to be begun on a live call. Empty fields are left to Twilio. There is
// no way to have it stored by Conversation Intelligence: that is not for calls with payments.
// https://www.twilio.com/docs/voice/api/realtime-transcription-resource
type NewTranscription struct {
	Name                 string // to stop it by
	Track                string // inbound_track, outbound_track, both_tracks (default)
	InboundLabel         string
	OutboundLabel        string
	StatusCallback       string // absolute URL
	StatusCallbackMethod string // POST (default), GET
	Language             string // en-US (default) ...
	Engine               string // google (default), deepgram
	SpeechModel          string
	Hints                string
	PartialResults       bool
	ProfanityFilter      *bool // nil: Twilio's, which is on
	Punctuation          *bool // nil: Twilio's, which is on
	ProviderData         bool
}

// Transcription is a real-time transcription.
type Transcription struct {
	SID     string // GT...
	CallSID string
	Name    string
	Status  string // in-progress, stopped
}

// StartTranscription begins a real-time transcription of a call that is in progress; CodeCallNotInProgress is
// Twilio's answer for any other.
func (c *Client) StartTranscription(ctx context.Context, callSID string, n NewTranscription) (Transcription, error) {
	const op = "start transcription"
	if err := checkSID(op, callSID, "CA"); err != nil {
		return Transcription{}, err
	}
	if n.StatusCallback == "" {
		return Transcription{}, fmt.Errorf("twilio: %s: without a status callback nobody would get the words", op)
	}
	a, err := c.api(ctx).CreateRealtimeTranscription(callSID, &api.CreateRealtimeTranscriptionParams{
		Name: given(n.Name), Track: given(n.Track), InboundTrackLabel: given(n.InboundLabel), OutboundTrackLabel: given(n.OutboundLabel),
		StatusCallbackUrl: given(n.StatusCallback), StatusCallbackMethod: given(n.StatusCallbackMethod),
		LanguageCode: given(n.Language), TranscriptionEngine: given(n.Engine), SpeechModel: given(n.SpeechModel), Hints: given(n.Hints),
		PartialResults: given(n.PartialResults), ProfanityFilter: n.ProfanityFilter, EnableAutomaticPunctuation: n.Punctuation,
		EnableProviderData: given(n.ProviderData),
	})
	if err != nil {
		return Transcription{}, failed(op, err)
	}
	t := Transcription{SID: said(a.Sid), CallSID: said(a.CallSid), Name: said(a.Name), Status: said(a.Status)}
	if !isSID(t.SID, "GT") {
		return t, failed(op, fmt.Errorf("%w: %.40q is not the id of a transcription", errAnswer, t.SID))
	}
	return t, nil
}

// StopTranscription ends a transcription, named by its SID or by the name that it was given. It cannot be paused: who
// wants to go on starts a new one. IsNotFound tells that none of that name runs.
func (c *Client) StopTranscription(ctx context.Context, callSID, sidOrName string) error {
	const op = "stop transcription"
	if err := checkSID(op, callSID, "CA"); err != nil {
		return err
	}
	if sidOrName == "" || len(sidOrName) > 64 || !onlyOf(sidOrName, transcriptionName) {
		return failed(op, errors.New("it is named by its id, or by a name of letters, digits, - and _"))
	}
	stopped := "stopped"
	_, err := c.api(ctx).UpdateRealtimeTranscription(callSID, sidOrName, &api.UpdateRealtimeTranscriptionParams{Status: &stopped})
	return failed(op, err)
}

// transcriptionName is what a name that goes into a URL is made of.
const transcriptionName = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits + "-_"
