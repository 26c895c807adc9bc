package simulator

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// What makes recordings, as Twilio names it.
const (
	sourceRecord   = "RecordVerb"
	sourceDial     = "DialVerb"
	sourceStart    = "StartCallRecordingTwiML"
	sourceOutbound = "OutboundAPI"
	sourceREST     = "StartCallRecordingAPI"
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
	callback callback // told when it is complete
	events   map[string]bool
}

// recording is a stretch of what sounds on a call's leg. The registry hands out copies.
type recording struct {
	recordingPlan
	sid     string
	call    string
	on      *soundtrack
	from    mark
	to      mark // once it is over
	started time.Time
	ended   time.Time // zero while it is made
	pauses  []pause   // never changed in place
	deleted bool
}

func (r recording) live() bool { return r.ended.IsZero() }

func (r recording) status() string {
	switch {
	case !r.live():
		return statusCompleted
	case r.paused():
		return statusPaused
	}
	return statusInProgress
}

// seconds is the length of the recording, at least one.
func (r recording) seconds() int {
	d := r.ended.Sub(r.started) - r.skipped()
	return max(1, int(d.Round(time.Second)/time.Second))
}

// recordings is every recording of the account.
type recordings struct {
	mu    sync.Mutex
	order []string
	calls map[string][]string // the recordings of each call
	by    map[string]recording
}

func newRecordings() *recordings {
	return &recordings{by: map[string]recording{}, calls: map[string][]string{}}
}

func (rs *recordings) put(r recording) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if _, ok := rs.by[r.sid]; !ok {
		rs.order = append(rs.order, r.sid)
		rs.calls[r.call] = append(rs.calls[r.call], r.sid)
	}
	rs.by[r.sid] = r
}

// change changes a recording that is being made, and gives it. It reports false, and gives the recording as it is,
// when it is over.
func (rs *recordings) change(sid string, f func(*recording)) (recording, bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	if !ok || !r.live() {
		return r, false
	}
	f(&r)
	rs.by[sid] = r
	return r, true
}

func (rs *recordings) get(sid string) (recording, bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r, ok := rs.by[sid]
	return r, ok && !r.deleted
}

// of gives the recordings of a call, or all when sid is "", the newest first.
func (rs *recordings) of(callSID string) []recording {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	var out []recording
	sids := rs.order
	if callSID != "" {
		sids = rs.calls[callSID]
	}
	for _, sid := range slices.Backward(sids) {
		if r := rs.by[sid]; !r.deleted {
			out = append(out, r)
		}
	}
	return out
}

// running gives the recordings of a call that are being made.
func (rs *recordings) running(callSID string) []recording {
	return slices.DeleteFunc(rs.of(callSID), func(r recording) bool { return !r.live() })
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
	r := recording{recordingPlan: plan, sid: s.ids.sid("RE"), call: c.sid, on: c.track, from: c.track.mark()}
	r.started = c.track.time(r.from)
	s.recordings.put(r)
	if r.events[statusInProgress] {
		s.tellRecording(c, r)
	}
	return r
}

// endRecording completes a recording and tells its status callback. One that is over already stays as it is; then it
// reports false.
func (s *Simulator) endRecording(c *call, sid string, end mark) (recording, bool) {
	r, changed := s.recordings.change(sid, func(r *recording) {
		r.to, r.ended = end, c.track.time(end)
		r.resume(end)
	})
	if changed && (len(r.events) == 0 || r.events[statusCompleted]) {
		s.tellRecording(c, r)
	}
	return r, changed
}

// tellRecording posts a recording's status callback.
func (s *Simulator) tellRecording(c *call, r recording) {
	cb := r.callback
	cb.purpose = "recording"
	cb.params = s.recordingFields(r)
	cb.params["RecordingStatus"] = r.status()
	cb.params["RecordingChannels"] = strconv.Itoa(r.channels)
	cb.params["RecordingStartTime"] = r.started.UTC().Format(rfc2822)
	cb.params["RecordingSource"] = r.source
	cb.params["RecordingTrack"] = r.track
	cb.params["ErrorCode"] = "0"
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
	if !r.live() {
		f["RecordingDuration"] = strconv.Itoa(r.seconds())
	}
	return f
}
