package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxShuffle is how far status callbacks drift apart under the fault shuffle.
const maxShuffle = 250 * time.Millisecond

// callback is a status callback: its answer does not change the call.
type callback struct {
	purpose string // status, pay, recording ...
	url     string
	method  string
	params  map[string]string // beside Twilio's own
	bare    bool              // without Twilio's own
	event   string            // of a call's progress: initiated, ringing, answered or completed
}

// completedEvent is the event of a call's end, however it ended.
const completedEvent = "completed"

// purposeRecording is the purpose of a recording's status callback.
const purposeRecording = "recording"

// callbacks keeps the status callbacks of a call in order and numbers them.
type callbacks struct {
	mu   sync.Mutex
	last chan struct{} // closed when the newest so far was sent
	seq  int
	held []func() // kept back by the fault reverse
}

// notify posts cb in the background, after those of the same call that came before it.
func (s *Simulator) notify(c *call, cb callback) {
	if cb.url == "" {
		return
	}
	all := s.faults.get()
	f := all.Webhooks.about(c, cb.purpose)
	if f.LosePercent > 0 && s.ids.percent(f.LosePercent) || cb.event != "" && slices.Contains(f.Lose, cb.event) {
		return
	}
	if lose := all.Recordings.LosePercent; cb.purpose == purposeRecording && lose > 0 && s.ids.percent(lose) {
		return
	}
	params := map[string]string{}
	if !cb.bare {
		params = c.baseParams()
	}
	for name, value := range cb.params {
		params[name] = value
	}
	w := webhook{purpose: cb.purpose, url: cb.url, method: cb.method, params: params, call: c}
	if f.Reverse && cb.event != "" && cb.event != completedEvent {
		c.callbacks.hold(func() { s.tell(w, f.Shuffle) })
		return
	}
	s.tell(w, f.Shuffle)
}

// tell posts a status callback in the background, after those of the same call that came before it unless they are
// shuffled.
func (s *Simulator) tell(w webhook, shuffle bool) {
	c := w.call
	before, sent := c.callbacks.enqueue()
	s.spawn(func() {
		defer close(sent)
		switch {
		case shuffle:
			s.sleep(time.Duration(s.ids.below(int(maxShuffle))))
		case before != nil:
			<-before
		}
		if r, err := s.send(s.ctx, w); err != nil {
			s.noteFor(c, notice{code: err.code, text: err.text, url: w.url, method: w.method})
		} else if !goodCallbackAnswer(r) {
			s.noteFor(c, notice{code: 15003, text: "answer to a status callback: 204, or 200 with an empty <Response/> is meant", url: w.url})
		}
	})
}

func (cs *callbacks) enqueue() (before, sent chan struct{}) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	before = cs.last
	cs.last = make(chan struct{})
	return before, cs.last
}

func (cs *callbacks) hold(send func()) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.held = append(cs.held, send)
}

// release sends what was kept back, the newest first.
func (cs *callbacks) release() {
	cs.mu.Lock()
	held := cs.held
	cs.held = nil
	cs.mu.Unlock()
	for _, send := range slices.Backward(held) {
		send()
	}
}

func (cs *callbacks) next() string {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.seq++
	return strconv.Itoa(cs.seq - 1)
}

// sleep waits in real time; the end of the simulator cuts it short.
func (s *Simulator) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
	}
}

func goodCallbackAnswer(r reply) bool {
	if r.status == http.StatusNoContent || len(r.body) == 0 {
		return true
	}
	return r.status == http.StatusOK && (isXML(r.contentType) || strings.TrimSpace(string(r.body)) == "")
}

// tellStatus posts the status callback for a step of the call, if it was asked for.
func (s *Simulator) tellStatus(c *call, status string) {
	name := status
	final := false
	switch status {
	case statusInitiated, statusRinging:
	case statusInProgress:
		name = "answered"
	default:
		name, final = completedEvent, true
		defer c.callbacks.release()
	}
	c.mu.Lock()
	cb := c.callback
	c.mu.Unlock()
	if cb.url == "" || !cb.events[name] {
		return
	}
	params := map[string]string{
		"CallStatus":     status,
		"Timestamp":      c.clock.now().UTC().Format(rfc2822),
		"CallbackSource": "call-progress-events",
		"SequenceNumber": c.callbacks.next(),
	}
	if final {
		seconds := c.seconds()
		params["CallDuration"] = strconv.Itoa(seconds)
		params["Duration"] = strconv.Itoa((seconds + 59) / 60)
		params["SipResponseCode"] = sipCode(status)
		for name, value := range s.recordings.callbackFields(s, c.sid) {
			params[name] = value
		}
	}
	s.notify(c, callback{purpose: "status", url: cb.url, method: cb.method, params: params, event: name})
}

func sipCode(status string) string {
	switch status {
	case statusBusy:
		return "486"
	case statusNoAnswer, statusCanceled:
		return "487"
	case statusFailed:
		return "404"
	}
	return "200"
}

// callbackEvents turns the names of a StatusCallbackEvent list into a set; none chosen is completed.
func callbackEvents(names []string) map[string]bool {
	events := map[string]bool{}
	for _, list := range names {
		for _, name := range strings.Fields(strings.ReplaceAll(list, ",", " ")) {
			events[name] = true
		}
	}
	if len(events) == 0 {
		events[completedEvent] = true
	}
	return events
}
