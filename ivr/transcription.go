package ivr

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/twilio"
)

// transcription takes an event of a real-time transcription. No word of it is logged or put in the call's feed. What
// could not be kept is answered 503; Twilio repeats it where the address asks for that.
func (s *Server) transcription(c *gin.Context) {
	req := requestOf(c)
	if s.Transcripts == nil {
		c.Status(http.StatusNoContent)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	e, err := twilio.ParseTranscriptionEvent(req.Form)
	if err != nil {
		s.Log.Warn("transcription event", "call", req.Call.SID, "error", err)
		c.Status(http.StatusNoContent)
		return
	}
	got, err := s.Transcripts.Hear(ctx, e, recordings.CallFacts{Flow: req.Query.Get(flowParam), Line: req.Query.Get(lineParam)})
	if err != nil {
		s.Log.Error("keep transcription event", "call", req.Call.SID, "transcription", e.SID, "event", e.Event, "error", err)
		c.Status(http.StatusServiceUnavailable)
		return
	}
	if slices.Contains(got.Masked, redact.Card) {
		s.flag(ctx, req, "card_number_spoken", "a card number was spoken and masked")
	}
	if e.ErrorCode != 0 && got.New {
		s.publish(ctx, req.Call.SID, newEvent("transcription", "failed", transcripts.Trouble(e.ErrorCode, e.Error), nil))
	}
	c.Status(http.StatusNoContent)
}
