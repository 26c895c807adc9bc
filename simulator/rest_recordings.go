package simulator

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// where a recording is shown: the three resources differ.
type where int

const (
	ofAccount where = iota
	ofACall
	ofConference
)

// whereIs says which of the resources a request is about.
func whereIs(r *http.Request) where {
	switch {
	case r.PathValue("conference") != "":
		return ofConference
	case r.PathValue("sid") != "":
		return ofACall
	}
	return ofAccount
}

// recordingResource is a recording in the list of the account, of its call or of its conference.
func (s *Simulator) recordingResource(r recording, in where) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.account.sid + "/Recordings/" + r.sid
	res := map[string]any{
		"sid": r.sid, "account_sid": s.account.sid, "call_sid": r.call, "conference_sid": optional(r.conference), "api_version": "2010-04-01",
		"status": r.status(), "channels": r.channels, "source": r.source, "duration": nil, "price": nil,
		"price_unit": "USD", "error_code": nil, "encryption_details": nil, "start_time": date(r.started),
		"date_created": date(r.started), "date_updated": date(r.started), "uri": uri + ".json",
	}
	switch in {
	case ofACall:
		res["track"] = r.track
	case ofAccount:
		res["media_url"] = s.base() + uri
		res["subresource_uris"] = map[string]string{"transcriptions": uri + "/Transcriptions.json", "add_on_results": uri + "/AddOnResults.json"}
	}
	if !r.live() {
		res["duration"], res["date_updated"] = strconv.Itoa(r.seconds()), date(r.ended)
	}
	if r.errorCode != 0 {
		res["duration"], res["error_code"] = nil, r.errorCode
	}
	if !r.deleted.IsZero() {
		res["date_updated"] = date(r.deleted)
	}
	return res
}

func (s *Simulator) restListRecordings(w http.ResponseWriter, r *http.Request) {
	created, ok := readRange(r.Form, "DateCreated")
	if !ok {
		restError(w, http.StatusBadRequest, 20001, "DateCreated is a date: YYYY-MM-DD")
		return
	}
	of := cmp.Or(sidOf(r, "sid"), sidOf(r, "conference"))
	deletedToo, now := r.Form.Get("IncludeSoftDeleted") == "true", s.clock.now()
	found := s.recordings.list(cmp.Or(of, r.Form.Get("CallSid")), func(rec *recording) bool {
		return (rec.deleted.IsZero() || deletedToo && rec.shows(now)) && created.holds(rec.started) &&
			(of == "" || rec.madeOn(of)) && matches(r.Form, "CallSid", rec.call) && matches(r.Form, "ConferenceSid", rec.conference)
	})
	page := listing{key: "recordings", view: func(i int) any { return s.recordingResource(*found[i], whereIs(r)) }}
	for _, rec := range found {
		page.sids = append(page.sids, rec.sid)
	}
	writePage(w, r, page)
}

// recordingFor finds the recording that a path names, and that belongs to the call or the conference that it names.
func (s *Simulator) recordingFor(r *http.Request, sid string) (recording, bool) {
	rec, ok := s.recordings.get(sid)
	if !ok && r.Form.Get("IncludeSoftDeleted") == "true" {
		rec, ok = s.recordings.getDeleted(sid)
	}
	of := cmp.Or(sidOf(r, "sid"), sidOf(r, "conference"))
	return rec, ok && (of == "" || rec.madeOn(of))
}

// restFetchRecording answers with the resource for .json, and with the audio for .wav or no extension.
func (s *Simulator) restFetchRecording(w http.ResponseWriter, r *http.Request) {
	sid, format, _ := strings.Cut(r.PathValue("recording"), ".")
	rec, ok := s.recordingFor(r, sid)
	switch {
	case !ok, format != "json" && !rec.hasMedia():
		s.restNothing(w, r)
	case format == "json":
		writeREST(w, http.StatusOK, s.recordingResource(rec, whereIs(r)))
	case format == "" || format == "wav":
		s.writeMedia(w, r, rec)
	default: // not 404: a client would take the recording for deleted
		restError(w, http.StatusNotAcceptable, 20406, "The simulator has recordings as .wav only, not as ."+format)
	}
}

func (s *Simulator) restDeleteRecording(w http.ResponseWriter, r *http.Request) {
	sid, _, _ := strings.Cut(r.PathValue("recording"), ".")
	rec, ok := s.recordings.get(sid)
	f := s.faults.get().Recordings
	switch of := cmp.Or(sidOf(r, "sid"), sidOf(r, "conference")); {
	case !ok, of != "" && !rec.madeOn(of):
		s.restNothing(w, r)
	case rec.live():
		restError(w, http.StatusConflict, 20409, "The recording is "+rec.status()+" and cannot be deleted yet")
	case f.DeleteFailPercent > 0 && s.ids.percent(f.DeleteFailPercent):
		restError(w, http.StatusServiceUnavailable, 20503, "The recording cannot be deleted now (fault delete_fail_percent)")
	case !s.recordings.remove(sid, s.account.pci()):
		s.restNothing(w, r)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
