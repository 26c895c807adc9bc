package simulator

import (
	"strconv"
	"time"

	"github.com/paydial/paydial/simulator/audio"
)

// What makes recordings, as Twilio names it.
const (
	sourceRecord     = "RecordVerb"
	sourceDial       = "DialVerb"
	sourceStart      = "StartCallRecordingTwiML"
	sourceOutbound   = "OutboundAPI"
	sourceREST       = "StartCallRecordingAPI"
	sourceConference = "Conference"
)

// What became of a recording that is over, beside completed.
const (
	statusAbsent  = "absent"  // there is nothing to be heard
	statusDeleted = "deleted" // its data can be seen for a while in an account without PCI Mode
)

// Why a recording is absent.
const (
	absentSilent   = 16102
	absentInternal = 16106
)

// Which audio a recording has.
const (
	trackBoth     = "both"
	trackInbound  = "inbound"  // what the person on the leg gives
	trackOutbound = "outbound" // what they are given
)

// recordingPlan is what is asked of a recording.
type recordingPlan struct {
	source   string
	channels int      // as asked for; of all but sourceRecord both parties are kept apart
	track    string   // "" is both
	trim     bool     // without the silence at its ends
	callback callback // told how it goes on
	events   map[string]bool
}

// recording is a stretch of what sounds on a call's leg. One that is in the registry is never changed in place.
type recording struct {
	recordingPlan
	sid        string
	call       string
	conference string      // in which it is made; "" for a recording of a call
	on         *soundtrack // while it is made
	from       mark
	to         mark // once it is over
	started    time.Time
	ended      time.Time // zero while it is made
	pauses     []pause   // never changed in place
	pci        bool      // it was begun in PCI Mode
	errorCode  int       // why it is absent

	sound  *audio.Timeline // of one that is over, until it is deleted; not of one that was made
	made   bool            // by the control API, without a call
	length time.Duration   // of one that was made or trimmed; of others it is the time that they took

	deleted   time.Time // zero while it is there
	deletedBy string    // rest or retention
	forGood   bool      // its data cannot be seen any more
	watched   bool      // it is in the queue of those that a year takes away
	downloads []download
	fetched   time.Time // when the last byte of its media was downloaded, in one go or in pieces; zero before
}

func (r recording) live() bool { return r.ended.IsZero() }

func (r recording) status() string {
	switch {
	case !r.deleted.IsZero():
		return statusDeleted
	case r.errorCode != 0:
		return statusAbsent
	case !r.live():
		return statusCompleted
	case r.paused():
		return statusPaused
	}
	return statusInProgress
}

// hasMedia reports whether the recording can be listened to.
func (r recording) hasMedia() bool { return r.status() == statusCompleted }

// seconds is the length of the recording, at least one.
func (r recording) seconds() int {
	d := r.ended.Sub(r.started) - r.skipped()
	if r.length > 0 {
		d = r.length
	}
	return max(1, int(d.Round(time.Second)/time.Second))
}

// end completes the recording.
func (r *recording) end(at mark) {
	r.to, r.ended = at, r.on.time(at)
	r.resume(at)
	r.sound = r.timeline()
	if r.trim {
		r.sound.Trim()
		if r.length = r.sound.Length(); r.length == 0 {
			r.errorCode = absentSilent
		}
	}
	r.sound.Pad(time.Second)
	r.on = nil
}

// callbackFields are what a call's last status callback says of a recording that was asked for with Record=true.
func (rs *recordings) callbackFields(s *Simulator, callSID string) map[string]string {
	for _, r := range rs.of(callSID) {
		if r.source == sourceOutbound && !r.live() {
			return s.recordingFields(r)
		}
	}
	return nil
}

// startRecording begins a recording of the leg's call.
func (s *Simulator) startRecording(c *call, plan recordingPlan) recording {
	switch plan.track {
	case trackInbound, trackOutbound:
	default:
		plan.track = trackBoth
	}
	return s.beginRecording(c, recording{recordingPlan: plan, call: c.sid, on: c.track})
}

// beginRecording begins one, of a call or a conference; its callbacks keep order with those of c.
func (s *Simulator) beginRecording(c *call, r recording) recording {
	r.sid, r.from, r.pci = s.ids.sid("RE"), r.on.mark(), s.account.pci()
	r.started = r.on.time(r.from)
	s.recordings.put(r)
	s.tellRecording(c, r)
	return r
}

// endRecording completes a recording and tells its status callback. One that is over already stays as it is; then it
// reports false.
func (s *Simulator) endRecording(c *call, sid string, end mark) (recording, bool) {
	f := s.faults.get().Recordings
	lost := f.AbsentPercent > 0 && s.ids.percent(f.AbsentPercent)
	r, changed := s.recordings.change(sid, func(r *recording) {
		if r.end(end); lost {
			r.errorCode = absentInternal
		}
	})
	if changed {
		s.tellRecording(c, r)
	}
	return r, changed
}

// tellRecording posts a recording's status callback, if its status is one that was asked for.
func (s *Simulator) tellRecording(c *call, r recording) {
	if !r.events[r.status()] {
		return
	}
	cb := r.callback
	cb.purpose = purposeRecording
	cb.params = s.recordingFields(r)
	cb.params["CallSid"] = r.call
	cb.params["RecordingStatus"] = r.status()
	cb.params["RecordingChannels"] = strconv.Itoa(r.channels)
	cb.params["RecordingStartTime"] = r.started.UTC().Format(rfc2822)
	cb.params["RecordingSource"] = r.source
	cb.params["RecordingTrack"] = r.track
	cb.params["ErrorCode"] = strconv.Itoa(r.errorCode)
	if r.conference != "" { // is not about a call
		delete(cb.params, "CallSid")
		cb.params["AccountSid"], cb.params["ConferenceSid"], cb.bare = s.account.sid, r.conference, true
	}
	s.notify(c, cb) // does nothing without a URL
}

// endRecordings completes what is still being recorded beside the verbs of a call. Record and Dial end theirs
// themselves.
func (s *Simulator) endRecordings(c *call) {
	end := c.track.mark()
	for _, r := range s.recordings.running(c.sid) {
		if r.source != sourceRecord && r.source != sourceDial {
			s.endRecording(c, r.sid, end)
		}
	}
}

// recordingFields are the parameters that name a recording.
func (s *Simulator) recordingFields(r recording) map[string]string {
	f := map[string]string{
		"RecordingSid": r.sid,
		"RecordingUrl": s.base() + "/2010-04-01/Accounts/" + s.account.sid + "/Recordings/" + r.sid,
	}
	if !r.live() && r.errorCode == 0 {
		f["RecordingDuration"] = strconv.Itoa(r.seconds())
	}
	return f
}
