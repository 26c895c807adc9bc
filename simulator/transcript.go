package simulator

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// Twilio's codes of transcriptions of recordings.
const (
	transcriptInPCI  = 13619
	transcriptLength = 13617
)

// transcript is the transcription of a recording that <Record transcribe> asked for, in an account without PCI Mode:
// https://www.twilio.com/docs/voice/api/recording-transcription
type transcript struct {
	sid, recording string
	status         string // completed or failed
	text           string
	seconds        int
	created        time.Time
}

// transcripts is those of the account, the oldest first.
type transcripts struct {
	mu  sync.Mutex
	all []transcript
}

func (ts *transcripts) add(t transcript) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.all = append(ts.all, t)
}

// of gives the transcripts of a recording, or all when it is "", the newest first.
func (ts *transcripts) of(recording string) []transcript {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	out := slices.Clone(ts.all)
	slices.Reverse(out)
	return slices.DeleteFunc(out, func(t transcript) bool { return recording != "" && t.recording != recording })
}

// remove deletes a transcript; it reports false when there is none.
func (ts *transcripts) remove(sid string) bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	before := len(ts.all)
	ts.all = slices.DeleteFunc(ts.all, func(t transcript) bool { return t.sid == sid })
	return len(ts.all) < before
}

// write transcribes a recording of <Record>: what the person on the leg has said meanwhile.
func (l *leg) write(el *element, rec recording) {
	if rec.pci || l.sim.account.pci() {
		l.note(transcriptInPCI, "PCI Mode is on: <Record transcribe> is not available; the recording is made without")
		return
	}
	t := transcript{
		sid: l.sim.ids.sid("TR"), recording: rec.sid, status: statusCompleted, seconds: rec.seconds(), created: l.now(),
		text: l.call.transcripts.saidSince(rec.started),
	}
	if rec.errorCode != 0 || t.seconds < 2 || t.seconds > 120 {
		t.status, t.text = statusFailed, ""
		l.note(transcriptLength, "<Record transcribe>: recordings of 2 to 120 seconds are transcribed, this one has "+strconv.Itoa(t.seconds))
	}
	l.sim.transcripts.add(t)
	ref := el.attr("transcribeCallback")
	target, ok := l.resolve(ref)
	switch {
	case ref == "":
	case !ok:
		l.note(11200, "transcribeCallback of <Record> is not a URL that can be reached")
	default:
		params := l.sim.recordingFields(rec)
		params["TranscriptionSid"], params["TranscriptionStatus"], params["TranscriptionText"] = t.sid, t.status, t.text
		params["TranscriptionUrl"] = params["RecordingUrl"] + "/Transcriptions/" + t.sid
		l.notify(callback{purpose: "transcription", url: target, params: params})
	}
}
