package simulator

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// recording is a stretch of silence: its length is what counts. The registry hands out copies.
type recording struct {
	sid      string
	call     string
	source   string // RecordVerb, DialVerb, StartCallRecordingTwiML, OutboundAPI
	channels int
	started  time.Time
	ended    time.Time // zero while it is made
	callback callback  // told when it is complete
	deleted  bool
}

func (r recording) status() string {
	if r.ended.IsZero() {
		return "in-progress"
	}
	return statusCompleted
}

// seconds is the length of the recording, at least one.
func (r recording) seconds() int {
	return max(1, int(r.ended.Sub(r.started).Round(time.Second)/time.Second))
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

// callbackFields are what a call's last status callback says of a recording that was asked for with Record=true.
func (rs *recordings) callbackFields(s *Simulator, callSID string) map[string]string {
	for _, r := range rs.of(callSID) {
		if r.source == "OutboundAPI" && !r.ended.IsZero() {
			return s.recordingFields(r)
		}
	}
	return nil
}

// startRecording begins a recording of the leg's call.
func (s *Simulator) startRecording(c *call, source string, cb callback) recording {
	r := recording{sid: s.ids.sid("RE"), call: c.sid, source: source, channels: 1, started: s.clock.now(), callback: cb}
	if source != "RecordVerb" {
		r.channels = 2
	}
	s.recordings.put(r)
	return r
}

// endRecording completes a recording and tells its status callback.
func (s *Simulator) endRecording(c *call, r recording) recording {
	r.ended = s.clock.now()
	s.recordings.put(r)
	if r.callback.url != "" {
		cb := r.callback
		cb.purpose = "recording"
		cb.params = s.recordingFields(r)
		cb.params["RecordingStatus"] = statusCompleted
		cb.params["RecordingChannels"] = strconv.Itoa(r.channels)
		cb.params["RecordingStartTime"] = r.started.UTC().Format(rfc2822)
		cb.params["RecordingSource"] = r.source
		cb.params["RecordingTrack"] = "both"
		cb.params["ErrorCode"] = "0"
		s.notify(c, cb)
	}
	return r
}

// endRecordings completes what is still being recorded beside the verbs of a call. Record and Dial end theirs
// themselves.
func (s *Simulator) endRecordings(c *call) {
	for _, r := range s.recordings.of(c.sid) {
		beside := r.source != "RecordVerb" && r.source != "DialVerb"
		if beside && r.ended.IsZero() {
			s.endRecording(c, r)
		}
	}
}

// recordingFields are the parameters that name a recording.
func (s *Simulator) recordingFields(r recording) map[string]string {
	return map[string]string{
		"RecordingSid": r.sid, "RecordingDuration": strconv.Itoa(r.seconds()),
		"RecordingUrl": s.base() + "/2010-04-01/Accounts/" + s.account.sid + "/Recordings/" + r.sid,
	}
}
