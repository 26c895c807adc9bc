package simulator

import (
	"net/http"
	"strings"
)

// resource is a real-time transcription as REST shows it.
func (t *transcription) resource() map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	status := statusInProgress
	if t.stopped {
		status = statusStopped
	}
	return map[string]any{
		"sid": t.sid, "account_sid": t.call.accountSID, "call_sid": t.call.sid, "name": optional(t.name), "status": status,
		"date_updated": date(t.updated),
		"uri":          "/2010-04-01/Accounts/" + t.call.accountSID + "/Calls/" + t.call.sid + "/Transcriptions/" + t.sid + ".json",
	}
}

// restCreateTranscription begins a real-time transcription of a live call:
// https://www.twilio.com/docs/voice/api/realtime-transcription-resource
func (s *Simulator) restCreateTranscription(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	t, no := s.newTranscription(c, func(name string) string { return r.Form.Get(strings.ToUpper(name[:1]) + name[1:]) })
	if status, _ := c.state(); no == nil && status != statusInProgress {
		no = &refusal{notInProgress, "Requested resource is not eligible for transcription: the call is " + status}
	}
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	t.begin(s)
	writeREST(w, http.StatusOK, t.resource())
}

// restUpdateTranscription stops one. There is no pause.
func (s *Simulator) restUpdateTranscription(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	if r.Form.Get("Status") != statusStopped {
		restError(w, http.StatusBadRequest, 20001, "Status is stopped; a transcription cannot be paused")
		return
	}
	t := c.transcripts.named(sidOf(r, "transcription"))
	if t == nil || !t.stop(s) {
		s.restNothing(w, r)
		return
	}
	writeREST(w, http.StatusOK, t.resource())
}
