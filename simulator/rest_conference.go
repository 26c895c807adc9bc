package simulator

import (
	"net/http"
	"slices"
)

// conferenceRoutes are Twilio's resources of conferences that the simulator serves.
func (s *Simulator) conferenceRoutes(mux *http.ServeMux) {
	const account = "/2010-04-01/Accounts/{account}"
	for pattern, h := range map[string]restHandler{
		"GET " + account + "/Conferences.json":                                   s.restListConferences,
		"GET " + account + "/Conferences/{conference}":                           s.restFetchConference,
		"POST " + account + "/Conferences/{conference}":                          s.restUpdateConference,
		"GET " + account + "/Conferences/{conference}/Recordings.json":           s.restListRecordings,
		account + "/Conferences/{conference}/Recordings.json":                    s.restNotAllowed,
		"GET " + account + "/Conferences/{conference}/Recordings/{recording}":    s.restFetchRecording,
		"POST " + account + "/Conferences/{conference}/Recordings/{recording}":   s.restUpdateConferenceRecording,
		"DELETE " + account + "/Conferences/{conference}/Recordings/{recording}": s.restDeleteRecording,
	} {
		mux.Handle(pattern, s.rest(h))
	}
}

// conferenceResource is a conference as REST shows it: https://www.twilio.com/docs/voice/api/conference-resource
// The mutex of conferences is held.
func (s *Simulator) conferenceResource(c *conference) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.account.sid + "/Conferences/" + c.sid
	return map[string]any{
		"sid": c.sid, "account_sid": s.account.sid, "friendly_name": c.name, "status": c.status(), "api_version": "2010-04-01",
		"region": s.region, "date_created": date(c.created), "date_updated": date(c.updated), "uri": uri + ".json",
		"reason_conference_ended": optional(c.reason), "call_sid_ending_conference": optional(c.endedBy),
		"subresource_uris": map[string]string{"recordings": uri + "/Recordings.json"},
	}
}

func (s *Simulator) restListConferences(w http.ResponseWriter, r *http.Request) {
	created, ok := readRange(r.Form, "DateCreated")
	if !ok {
		restError(w, http.StatusBadRequest, 20001, "DateCreated is a date: YYYY-MM-DD")
		return
	}
	page := listing{key: "conferences"}
	s.conferences.mu.Lock()
	for _, c := range slices.Backward(s.conferences.all) {
		if created.holds(c.created) && matches(r.Form, "FriendlyName", c.name) && matches(r.Form, "Status", c.status()) {
			page.add(c.sid, s.conferenceResource(c))
		}
	}
	s.conferences.mu.Unlock()
	writePage(w, r, page)
}

// restConference finds the conference that a path names, or answers that there is none.
func (s *Simulator) restConference(w http.ResponseWriter, r *http.Request) *conference {
	c := s.conferences.find(sidOf(r, "conference"))
	if c == nil {
		s.restNothing(w, r)
	}
	return c
}

func (s *Simulator) restFetchConference(w http.ResponseWriter, r *http.Request) {
	if c := s.restConference(w, r); c != nil {
		s.conferences.mu.Lock()
		res := s.conferenceResource(c)
		s.conferences.mu.Unlock()
		writeREST(w, http.StatusOK, res)
	}
}

// restUpdateConference ends a conference.
func (s *Simulator) restUpdateConference(w http.ResponseWriter, r *http.Request) {
	c := s.restConference(w, r)
	if c == nil {
		return
	}
	if r.Form.Get("Status") != statusCompleted {
		restError(w, http.StatusBadRequest, 20001, "Status is completed; the simulator can do nothing else with a conference")
		return
	}
	s.conferences.mu.Lock()
	c.end(s, endedByREST, "")
	res := s.conferenceResource(c)
	s.conferences.mu.Unlock()
	writeREST(w, http.StatusOK, res)
}

// restUpdateConferenceRecording pauses a recording of a conference, or goes on with it. It cannot be stopped.
func (s *Simulator) restUpdateConferenceRecording(w http.ResponseWriter, r *http.Request) {
	c := s.restConference(w, r)
	if c == nil {
		return
	}
	want := r.Form.Get("Status")
	no := oneOf(r.Form, "PauseBehavior", "skip silence")
	if want != statusPaused && want != statusInProgress {
		no = &refusal{20001, "Status of a conference's recording is paused or in-progress: it cannot be stopped"}
	}
	if no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	s.controlRecording(w, r, c.sid, c.first, ofConference)
}
