package simulator

import (
	"net/http"
	"net/url"
	"strings"
)

// currentRecording, in place of a SID, is the only recording that is being made on a call.
const currentRecording = "Twilio.CURRENT"

// What a client asks of a recording that is being made, beside in-progress and paused.
const statusStopped = "stopped"

// restCreateRecording begins a recording of a live call. A second one beside it does nothing: the answer is the one
// that is being made.
func (s *Simulator) restCreateRecording(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	plan, no := readRecording(r.Form, sourceREST)
	if status, _ := c.state(); no == nil && status != statusInProgress {
		no = &refusal{21220, "Requested resource is not eligible for recording: the call is " + status}
	}
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	for _, running := range s.recordings.running(c.sid) {
		if running.source == sourceREST {
			writeREST(w, http.StatusCreated, s.recordingResource(running, ofACall))
			return
		}
	}
	writeREST(w, http.StatusCreated, s.recordingResource(s.startRecording(c, plan), ofACall))
}

// readRecording reads what a new recording is to be.
func readRecording(form url.Values, source string) (recordingPlan, *refusal) {
	plan := recordingPlan{source: source, channels: 1, track: form.Get("RecordingTrack"), trim: form.Get("Trim") == trimSilence}
	if _, err := formURL(form, "RecordingStatusCallback"); err != nil {
		return plan, &refusal{21205, "RecordingStatusCallback is not a valid URL: " + form.Get("RecordingStatusCallback")}
	}
	if !validMethod(form.Get("RecordingStatusCallbackMethod")) {
		return plan, &refusal{21209, "RecordingStatusCallbackMethod is neither GET nor POST"}
	}
	for name, allowed := range map[string]string{
		"RecordingChannels": "mono dual", "RecordingTrack": "inbound outbound both", "Trim": "trim-silence do-not-trim",
	} {
		if no := oneOf(form, name, allowed); no != nil {
			return plan, no
		}
	}
	plan.events = callbackEvents(form["RecordingStatusCallbackEvent"])
	plan.callback = callback{url: form.Get("RecordingStatusCallback"), method: form.Get("RecordingStatusCallbackMethod")}
	plan.channels = channelsOf(form.Get("RecordingChannels"))
	return plan, nil
}

// channelsOf is how many channels RecordingChannels asks for.
func channelsOf(name string) int {
	if name == "dual" {
		return 2
	}
	return 1
}

// oneOf refuses a value that is none of the allowed ones; no value is allowed too.
func oneOf(form url.Values, name, allowed string) *refusal {
	value := form.Get(name)
	for _, one := range append(strings.Fields(allowed), "") {
		if value == one {
			return nil
		}
	}
	return &refusal{20001, name + " is " + value + "; allowed are " + strings.ReplaceAll(allowed, " ", ", ")}
}

// restUpdateRecording pauses, resumes or stops a recording that is being made.
func (s *Simulator) restUpdateRecording(w http.ResponseWriter, r *http.Request) {
	c := s.restCall(w, r)
	if c == nil {
		return
	}
	want := r.Form.Get("Status")
	no := oneOf(r.Form, "Status", statusInProgress+" "+statusPaused+" "+statusStopped)
	if want == "" {
		no = &refusal{20001, "Status is missing: paused, in-progress or stopped"}
	}
	if no == nil {
		no = oneOf(r.Form, "PauseBehavior", "skip silence")
	}
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	s.controlRecording(w, r, c.sid, c, ofACall)
}

// controlRecording sets the status of a recording that is being made of a call or a conference, heard through c.
func (s *Simulator) controlRecording(w http.ResponseWriter, r *http.Request, of string, c *call, kind where) {
	want, named := r.Form.Get("Status"), sidOf(r, "recording")
	rec, many := s.runningRecording(of, named)
	if many {
		restError(w, http.StatusBadRequest, 16108, "More than one recording is being made: name one by its SID")
		return
	}
	ok := false
	if rec.sid != "" {
		rec, ok = s.setRecording(c, rec, want, r.Form.Get("PauseBehavior") == "skip")
	}
	if !ok {
		s.restNothing(w, r)
		return
	}
	res := s.recordingResource(rec, kind)
	res["status"], res["sid"] = want, named
	writeREST(w, http.StatusOK, res)
}

// runningRecording finds a recording of a call or a conference that is being made; none has no SID.
func (s *Simulator) runningRecording(sid, named string) (found recording, many bool) {
	running := s.recordings.running(sid)
	if named == currentRecording {
		if len(running) != 1 {
			return recording{}, len(running) > 1
		}
		return running[0], false
	}
	for _, r := range running {
		if r.sid == named {
			return r, false
		}
	}
	return recording{}, false
}

// setRecording moves a recording to a status; it reports false when it was over before.
func (s *Simulator) setRecording(c *call, rec recording, status string, skip bool) (recording, bool) {
	if status == statusStopped {
		return s.endRecording(c, rec.sid, rec.on.mark())
	}
	return s.recordings.change(rec.sid, func(r *recording) {
		if status == statusPaused {
			r.hold(r.on.mark(), skip)
		} else {
			r.resume(r.on.mark())
		}
	})
}
