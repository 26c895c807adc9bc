package ivr

import (
	"strings"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twiml"
)

// switches tells whether an utterance switches a recording or a transcription: it is not heard, and stands outside of
// a gather.
func switches(u flows.Utterance) bool {
	switch u.Kind {
	case flows.UtterRecordStart, flows.UtterRecordStop, flows.UtterTranscribeStart, flows.UtterTranscribeStop:
		return true
	}
	return false
}

// transcribe draws the beginning or the end of a transcription.
func (d drawing) transcribe(u flows.Utterance) twiml.Verb {
	if u.Kind == flows.UtterTranscribeStop {
		return &twiml.Stop{Media: []twiml.Media{&twiml.Transcription{Name: u.Transcript.Name}}}
	}
	t := u.Transcript
	return &twiml.Start{Media: []twiml.Media{&twiml.Transcription{
		Name: t.Name, Track: transcriptTrack(t.Track), StatusCallbackURL: transcriptionURL(d.public, d.facts),
		LanguageCode: t.Language, TranscriptionEngine: t.Engine, SpeechModel: t.Model, Hints: strings.Join(t.Hints, ","),
	}}}
}

// transcriptTrack is Twilio's word for whom a transcription hears.
// Source: https://www.twilio.com/docs/voice/twiml/transcription.
func transcriptTrack(track string) string {
	switch track {
	case "inbound", "outbound":
		return track + "_track"
	}
	return "both_tracks"
}
