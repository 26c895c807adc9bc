package ivr

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
	"github.com/paydial/paydial/twiml"
)

// The facts of a call that a recording's callback carries in its address, inside Twilio's signature: they are known
// even when the session is gone.
const (
	flowParam  = "flow"
	lineParam  = "line"
	classParam = "class"
)

// repeat asks Twilio to send a callback again that could not be delivered or kept.
// Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
const repeat = "#rc=3&rp=all"

// recordingEvents are the moments of a recording that we are told of.
func recordingEvents() []twiml.RecordingEvent {
	return []twiml.RecordingEvent{twiml.RecordingInProgress, twiml.RecordingCompleted, twiml.RecordingAbsent}
}

// recordingURL is where Twilio tells of a recording, transcriptionURL where of a transcription. Both are absolute, as
// <Recording> and <Transcription> want them; what is known of the call travels along, inside Twilio's signature.
func recordingURL(public string, of recordings.CallFacts) string {
	return callbackURL(public, "/voice/recording", of)
}

func transcriptionURL(public string, of recordings.CallFacts) string {
	return callbackURL(public, "/voice/transcription", recordings.CallFacts{Flow: of.Flow, Line: of.Line})
}

func callbackURL(public, path string, of recordings.CallFacts) string {
	q := url.Values{}
	for name, value := range map[string]string{flowParam: of.Flow, lineParam: of.Line, classParam: of.Class} {
		if value != "" {
			q.Set(name, value)
		}
	}
	at := strings.TrimSuffix(public, "/") + path
	if len(q) > 0 {
		at += "?" + q.Encode()
	}
	return at + repeat
}

// facts is what is known of a run's call.
func (r *run) facts() recordings.CallFacts {
	return recordings.CallFacts{Flow: r.flow.Name, Line: lineOf(r.kept)}
}

// lineOf is the number of ours that a call is on.
func lineOf(call sessions.Info) string {
	if strings.HasPrefix(call.Direction, "outbound") {
		return call.From
	}
	return call.To
}

// recording takes a recording's status. What could not be kept is answered 503, so that Twilio sends it again, as its
// address asks for; the sweep finds what never comes.
func (s *Server) recording(c *gin.Context) {
	req := requestOf(c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), turnBudget)
	defer cancel()
	st, err := twilio.ParseRecordingStatus(req.Form)
	if err != nil {
		s.Log.Warn("recording status", "call", req.Call.SID, "error", err)
		c.Status(http.StatusNoContent)
		return
	}
	if s.Recordings != nil {
		facts := recordings.CallFacts{
			Flow: req.Query.Get(flowParam), Line: req.Query.Get(lineParam), Class: req.Query.Get(classParam),
		}
		if err := s.Recordings.Hear(ctx, st, facts); err != nil {
			s.Log.Error("keep recording status", "call", req.Call.SID, "recording", st.SID, "status", st.Status, "error", err)
			c.Status(http.StatusServiceUnavailable)
			return
		}
	}
	name, text := recordingWords(st)
	s.publish(ctx, req.Call.SID, newEvent("recording", name, text, map[string]string{"recording": st.SID, "source": st.Source}))
	c.Status(http.StatusNoContent)
}

// recordingWords is a recording's status for people.
func recordingWords(st twilio.RecordingStatus) (name, text string) {
	switch st.Status {
	case "in-progress":
		return "started", ""
	case "completed":
		return "ready", fmt.Sprintf("%d s", st.Duration)
	case "absent":
		return "absent", fmt.Sprintf("nothing was recorded (%d)", st.ErrorCode)
	}
	return st.Status, ""
}
