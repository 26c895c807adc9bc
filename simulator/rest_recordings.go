package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// recordingResource is a recording in the account's list, or with ofCall in the list of its call, which differs.
func (s *Simulator) recordingResource(r recording, ofCall bool) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.account.sid + "/Recordings/" + r.sid
	res := map[string]any{
		"sid": r.sid, "account_sid": s.account.sid, "call_sid": r.call, "conference_sid": nil, "api_version": "2010-04-01",
		"status": r.status(), "channels": r.channels, "source": r.source, "duration": nil, "price": nil,
		"price_unit": "USD", "error_code": nil, "encryption_details": nil, "start_time": date(r.started),
		"date_created": date(r.started), "date_updated": date(r.started), "uri": uri + ".json",
	}
	if ofCall {
		res["track"] = r.track
	} else {
		res["media_url"] = s.base() + uri
		res["subresource_uris"] = map[string]string{"transcriptions": uri + "/Transcriptions.json", "add_on_results": uri + "/AddOnResults.json"}
	}
	if !r.live() {
		res["duration"], res["date_updated"] = strconv.Itoa(r.seconds()), date(r.ended)
	}
	return res
}

func (s *Simulator) restListRecordings(w http.ResponseWriter, r *http.Request) {
	page := listing{key: "recordings"}
	for _, rec := range s.recordings.of(sidOf(r, "sid")) {
		if matches(r.Form, "CallSid", rec.call) {
			page.add(rec.sid, s.recordingResource(rec, r.PathValue("sid") != ""))
		}
	}
	writePage(w, r, page)
}

// restFetchRecording answers with the resource for .json, and with the audio for .wav or no extension.
func (s *Simulator) restFetchRecording(w http.ResponseWriter, r *http.Request) {
	sid, format, _ := strings.Cut(r.PathValue("recording"), ".")
	rec, ok := s.recordings.get(sid)
	switch {
	case !ok, format != "json" && rec.live():
		s.restNothing(w, r)
	case format == "json":
		writeREST(w, http.StatusOK, s.recordingResource(rec, r.PathValue("sid") != ""))
	case format == "" || format == "wav":
		writeMedia(w, r, rec)
	default:
		restError(w, http.StatusNotFound, 20404, "The simulator keeps recordings as WAV only")
	}
}

// writeMedia answers with the audio, in the channels that were asked for when it was made or are asked for now: what
// both parties of a call say is kept apart, but for <Record>, which has one.
func writeMedia(w http.ResponseWriter, r *http.Request, rec recording) {
	channels := rec.channels
	switch r.Form.Get("RequestedChannels") {
	case "1":
		channels = 1
	case "2":
		channels = 2
		if rec.source == sourceRecord {
			restError(w, http.StatusBadRequest, 16113, "The recording has one channel only")
			return
		}
	}
	writeSound(w, r, rec.timeline(), channels)
}

func (s *Simulator) restDeleteRecording(w http.ResponseWriter, r *http.Request) {
	sid, _, _ := strings.Cut(r.PathValue("recording"), ".")
	rec, ok := s.recordings.get(sid)
	switch {
	case !ok:
		s.restNothing(w, r)
	case rec.live():
		restError(w, http.StatusConflict, 20409, "The recording is "+rec.status()+" and cannot be deleted yet")
	default:
		rec.deleted = true
		s.recordings.put(rec)
		w.WriteHeader(http.StatusNoContent)
	}
}
