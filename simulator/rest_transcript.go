package simulator

import (
	"net/http"
	"strconv"
)

func (s *Simulator) transcriptResource(t transcript) map[string]any {
	return map[string]any{
		"sid": t.sid, "account_sid": s.account.sid, "recording_sid": t.recording, "api_version": "2010-04-01", "type": "fast",
		"status": t.status, "transcription_text": t.text, "duration": strconv.Itoa(t.seconds), "price": nil, "price_unit": "USD",
		"date_created": date(t.created), "date_updated": date(t.created),
		"uri": "/2010-04-01/Accounts/" + s.account.sid + "/Transcriptions/" + t.sid + ".json",
	}
}

func (s *Simulator) restListTranscripts(w http.ResponseWriter, r *http.Request) {
	page := listing{key: "transcriptions"}
	for _, t := range s.transcripts.of(r.PathValue("recording")) {
		page.add(t.sid, s.transcriptResource(t))
	}
	writePage(w, r, page)
}

func (s *Simulator) restFetchTranscript(w http.ResponseWriter, r *http.Request) {
	for _, t := range s.transcripts.of(r.PathValue("recording")) {
		if t.sid == sidOf(r, "transcript") {
			writeREST(w, http.StatusOK, s.transcriptResource(t))
			return
		}
	}
	s.restNothing(w, r)
}

func (s *Simulator) restDeleteTranscript(w http.ResponseWriter, r *http.Request) {
	sid := sidOf(r, "transcript")
	for _, t := range s.transcripts.of(r.PathValue("recording")) {
		if t.sid == sid && s.transcripts.remove(sid) {
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	s.restNothing(w, r)
}

// restCreateTranscript refuses: transcripts are asked for with <Record transcribe> only, and in PCI Mode not at all.
func (s *Simulator) restCreateTranscript(w http.ResponseWriter, r *http.Request) {
	if s.account.pci() {
		restError(w, http.StatusBadRequest, transcriptInPCI, "PCI Mode is on: recordings cannot be transcribed")
		return
	}
	s.restNotAllowed(w, r)
}
